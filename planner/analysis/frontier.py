"""A problem into the price of an aim: what each tolerance of it saves in new sites and euros."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from planner.domain import AimProof, Kind, Plan, Problem, ProofStatus
from planner.errors import Fault, InputError
from planner.facility_location import Limits, Progress, aims_at, solve_tolerances
from planner.facility_location.tolerances import BOUGHT
from planner.records import total_aims
from planner.verification import require_sound
from planner.verification.books import open_books

log = logging.getLogger(__name__)

AIMS_WITH_A_PRICE = ("persons_beyond_standard", "persons_unserved")
SHARES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4, 1.0)
"""Of the need: from a site for everyone's comfort to none for comfort alone."""


@dataclass(frozen=True)
class PricePoint:
    """One tolerance, and the plan that it leads to.

    Attributes
    ----------
    share : float
        Of the need of each group of coupled services that the aim may be given back, 0..1.
    problem, plan : Problem and Plan
        The question with this tolerance, and its verified answer.
    need, served, within_standard : int
        Persons, all services together.
    new_units, sites : int
        New units, and all units, of all services.
    cost_eur : int
    aims : tuple of AimProof
        All groups together: value, bound, gap and status of each aim down to the last one that
        the tolerance buys.
    """

    share: float
    problem: Problem
    plan: Plan
    need: int
    served: int
    within_standard: int
    new_units: int
    sites: int
    cost_eur: int
    aims: tuple[AimProof, ...]

    @property
    def status(self) -> ProofStatus:
        """The worst of what is known of its aims."""
        found = {aim.status for aim in self.aims}
        order = (ProofStatus.STOPPED, ProofStatus.BEST_FOUND)
        return next((status for status in order if status in found), ProofStatus.PROVEN)

    @property
    def bought(self) -> tuple[AimProof, ...]:
        """What is known of the aims that the tolerance buys: sites and euros."""
        return tuple(aim for aim in self.aims if aim.name in BOUGHT)


@dataclass(frozen=True)
class PriceCurve:
    """What each tolerance of an aim costs, tightest first.

    Attributes
    ----------
    aim : str
        What is given back.
    asked : float, optional
        The tolerance of the question itself, one of the points; ``None`` where it is no share of
        the need.
    seconds : float
        Wall clock of all points together.
    """

    aim: str
    asked: float | None
    points: tuple[PricePoint, ...]
    seconds: float


def price_curve(
    problem: Problem,
    aim: str = AIMS_WITH_A_PRICE[0],
    *,
    shares: Sequence[float] = SHARES,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    start: Plan | None = None,
) -> PriceCurve:
    """Return what each tolerance of `aim` costs in new sites and euros, every plan verified.

    The tolerance of the problem itself is a point as well, where it is a share of the need.

    Parameters
    ----------
    problem : Problem
        What is asked, with its aims in order.
    aim : str
        One of `AIMS_WITH_A_PRICE`.
    shares : sequence of float
        Tolerances, as shares of the need, 0..1.
    limits : Limits, optional
        For all points together.
    start : Plan, optional
        A plan to begin with; where it answers `problem`, its bounds are used too.

    Raises
    ------
    InputError
        If a share is not within 0..1, or no price can be told: see `aims_at`.
    InfeasibleError, NoPlanError
        See `planner.facility_location.solve`.
    VerificationError
        If a plan behind a point breaks a rule; no point is returned then.
    """
    began = time.monotonic()
    if any(not 0 <= share <= 1 for share in shares):
        raise InputError(Fault("a tolerance is a share of the need: give 0 to 1"))
    aims_at(problem, aim, 0.0)
    terms = next(terms for terms in problem.aims if terms.name == aim)
    asked = None if terms.absolute or terms.of_value else terms.of_need
    wanted = sorted({*shares, *(() if asked is None else (asked,))})
    plans = solve_tolerances(
        problem,
        aim,
        wanted,
        limits=limits or Limits(),
        on_progress=on_progress,
        start=start,
    )
    points = tuple(
        _point(replace(problem, aims=aims_at(problem, aim, share)), share, plan)
        for share, plan in zip(wanted, plans, strict=True)
    )
    seconds = time.monotonic() - began
    log.info("priced %d tolerances of %s in %.1f s", len(points), aim, seconds)
    return PriceCurve(aim, asked, points, round(seconds, 3))


def _point(problem: Problem, share: float, plan: Plan) -> PricePoint:
    require_sound(problem, plan)
    books = open_books(problem, plan)
    served = sum(plan.assigned.values())
    return PricePoint(
        share=share,
        problem=problem,
        plan=plan,
        need=sum(problem.persons.values()),
        served=served,
        within_standard=sum(
            persons for link, persons in plan.assigned.items() if books.within_standard(*link)
        ),
        new_units=sum(o.units for o in plan.opened.values() if o.kind is Kind.NEW),
        sites=sum(o.units for o in plan.opened.values()),
        cost_eur=sum(size.cost_eur for size in books.built.values()),
        aims=total_aims(plan.proof),
    )

"""A group of coupled services into its best plan: each aim under the earlier ones, none lost.

The plan of an aim satisfies every earlier hold, so it is a plan for the next aim before the
solver has begun: an aim that runs out of time keeps it.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from planner.domain import (
    AimProof,
    AimTerms,
    Link,
    Need,
    Opening,
    Option,
    Plan,
    Problem,
    ProofStatus,
)
from planner.errors import Fault, NoPlanError
from planner.facility_location.conflicts import explain_conflict
from planner.facility_location.formulations import Formulation
from planner.facility_location.greedy import greedy_openings
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort, Ending, Floats
from planner.facility_location.narrowing import is_large, minimise_aim
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.sharing import Sharing
from planner.facility_location.stated import ABOUT_THE_WORST, Stated, state
from planner.facility_location.worst_first import WORST_SERVED_FIRST, serve_the_worst_first
from planner.records import gap_of

_log = logging.getLogger(__name__)

_SAME = 1e-9
_SPARED_FOR_LATER, _SPARED_WHERE_LARGE = 0.4, 0.8
"""What each later aim gets beside the present one; most take less and pass it on."""
_PROVEN_GAP = 0.05  # whoever asks for less is told the gap, not that anything is proven

Report = Callable[[str, float, float], None]


class Clock:
    """Seconds since a start, and until a deadline."""

    def __init__(self, seconds: float | None) -> None:
        self.began = time.monotonic()
        self.deadline = math.inf if seconds is None else self.began + seconds

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds until the deadline, not below 0; ``inf`` without one."""
        return max(0.0, self.deadline - time.monotonic())

    def part(self, share: float) -> Clock:
        """Return a clock from now on with `share` of the seconds left."""
        return Clock(None if math.isinf(self.deadline) else self.left * share)


@dataclass(frozen=True)
class Search:
    """How to search: by when, how exactly, and whom to tell.

    `report` is called with aim, value and bound; it may raise to stop everything.
    """

    clock: Clock
    effort: Effort
    report: Report


@dataclass(frozen=True)
class GroupPlan:
    """The part of a plan that one group of services makes up."""

    services: tuple[str, ...]
    opened: Mapping[Option, Opening]
    assigned: Mapping[Link, int]
    unserved: Mapping[Need, int]
    aims: tuple[AimProof, ...]


def plan_group(
    problem: Problem,
    services: tuple[str, ...],
    formulation: Formulation,
    *,
    search: Search,
    start: Plan | None = None,
) -> GroupPlan:
    """Return the best plan found for `services`, aim after aim.

    Raises
    ------
    InfeasibleError
        If no plan keeps every rule.
    NoPlanError
        If the time ends before any plan is found.
    """
    ground = reduce_ground(survey(problem, services), formulation)
    aims = problem.aims if formulation.minimise is None else formulation.minimise
    names = [terms.name for terms in aims]
    stated = state(ground, formulation, names, stop=search.effort.stop)
    best = _first_plan(stated, aims[0].name, start, search)
    if best is None:
        best = _any_plan(stated, aims[0].name, formulation, search)
    sharing = Sharing.of(stated, formulation, [terms.name for terms in aims], search.effort.stop)
    spared = _SPARED_WHERE_LARGE if is_large(stated) else _SPARED_FOR_LATER
    proofs: list[AimProof] = []
    for position, terms in enumerate(aims):
        waiting = len(aims) - position - 1
        share = search.clock.part(1 / (1 + spared * waiting))
        proof, best = _pursue(stated, terms, best, sharing, replace(search, clock=share))
        proofs.append(proof)
        stated.hold(terms.name, proof.value + proof.allowance)
        if terms.name == WORST_SERVED_FIRST:
            best = serve_the_worst_first(stated, best, _pursuit(stated, terms.name, search))
    return GroupPlan(
        services=services,
        opened={
            option: Opening(way.places, way.units, way.kind)
            for option, way in sorted(stated.columns.ways_in(best).items())
        },
        assigned=stated.columns.assigned_in(best),
        unserved=stated.columns.unserved_in(best),
        aims=tuple(replace(p, in_plan=_in_plan(stated, p.name, best)) for p in proofs),
    )


def _in_plan(stated: Stated, aim: str, best: Floats) -> float:
    """Return the value of an aim in a plan; of the worst trips as they are, not as they may be."""
    if aim in ABOUT_THE_WORST:
        return max(stated.columns.minutes_in(best), default=0.0)
    return stated.value_of(aim, best)


def _first_plan(stated: Stated, aim: str, start: Plan | None, search: Search) -> Floats | None:
    """Return the best of nothing built, a greedy plan and the openings of `start`.

    ``None`` where none of them keeps the rules.
    """
    offered = [stated.ways_of_today()]
    if start is not None:
        offered.append(stated.ways_like(start))
    tried = [stated.settle(aim, ways, effort=search.effort) for ways in offered]
    if tried[0] is not None and aim == "persons_unserved":
        unserved = stated.columns.unserved_in(tried[0])
        grown = greedy_openings(stated.ground, offered[0], unserved) if unserved else {}
        if len(grown) > len(offered[0]):
            tried.append(stated.settle(aim, grown, effort=search.effort))
    found = [values for values in tried if values is not None]
    return min(found, key=lambda values: stated.value_of(aim, values), default=None)


def _any_plan(stated: Stated, aim: str, formulation: Formulation, search: Search) -> Floats:
    """Return a plan where nothing built is none: the solver's first, of whole persons."""
    effort = replace(search.effort, seconds=search.clock.left, gap=1e9)
    for whole_persons in (False, True):
        outcome = stated.minimise(aim, effort, whole_persons=whole_persons)
        if outcome.ending is Ending.INFEASIBLE:
            explain_conflict(stated.ground, formulation, effort=effort)
        if outcome.values is not None:
            settled = stated.settle(
                aim, stated.columns.ways_in(outcome.values), effort=search.effort
            )
            if settled is not None:
                return settled
        effort = replace(effort, seconds=search.clock.left)
    raise NoPlanError(
        Fault(
            "no plan found within {seconds} seconds; give more time",
            fields={"seconds": round(search.clock.passed, 1)},
        )
    )


def _pursue(
    stated: Stated, terms: AimTerms, best: Floats, sharing: Sharing | None, search: Search
) -> tuple[AimProof, Floats]:
    """Return what is known of one aim when its time is over, and the best plan then."""
    began = time.monotonic()
    name = terms.name
    pursuit = _pursuit(stated, name, search)
    proven = -math.inf
    if sharing is not None:
        best, proven = sharing.pursue(pursuit, best)
    if not pursuit.near(stated.value_of(name, best), proven):
        best, alone = minimise_aim(pursuit, best)
        proven = max(proven, alone)
    value = stated.value_of(name, best)
    bound = stated.rounded_bound(name, proven, value)
    search.report(name, value, -math.inf if bound is None else bound)
    gap = 1.0 if bound is None else gap_of(value, bound)
    status = ProofStatus.BEST_FOUND
    if bound is None:
        status, bound = ProofStatus.STOPPED, min(0.0, value)
    elif pursuit.near(value, bound, at_most=_PROVEN_GAP):
        status = ProofStatus.PROVEN
    need = sum(stated.ground.needs.values())
    proof = AimProof(
        name=name,
        value=value,
        bound=bound,
        gap=gap,
        status=status,
        seconds=round(time.monotonic() - began, 3),
        allowance=terms.absolute + terms.of_need * need + terms.of_value * value,
        in_plan=value,
    )
    told = ("+".join(stated.ground.services), name, value, bound, proof.seconds)
    _log.info("%s: %s %.3f, bound %.3f, in %.2f s", *told)
    return proof, best


def _pursuit(stated: Stated, aim: str, search: Search) -> Pursuit:
    def on_progress(value: float, bound: float) -> None:
        search.report(aim, value, bound)

    return Pursuit(stated, aim, search.effort, search.clock.deadline, on_progress)

"""A Problem into one plan for each tolerance of an aim: what comfort costs, step by step.

The aims up to the one in question are solved once. Then each tolerance holds that aim at its
value plus so much of the need, and the later aims down to sites and euros are solved in order.

What one tolerance finds is used by all others. A model is stated by its holds h: each aim
solved so far is at most h. Where every hold of h is at most that of h', written h <= h', whatever
keeps h keeps h' too, so

- a *plan* found under h is a plan under h' (the plan of a tighter tolerance suits a looser one);
- a *bound* proven under h' is a bound under h (nothing tighter can be better than the best of the
  looser), and not the other way round.

The tightest and the loosest tolerance are solved first and then always the middle of two, so that
most are closed by a plan from one side and a bound from the other before any solver has begun.

References
----------
One aim kept at a level while another is minimised, level after level (epsilon-constraint method):
Haimes, Y. Y., Lasdon, L. S. and Wismer, D. A. (1971), IEEE Transactions on Systems, Man, and
Cybernetics 1(3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.domain import AimTerms, Plan, Problem
from planner.errors import Fault, InputError
from planner.facility_location.apart import services_apart
from planner.facility_location.coupling import coupled_services
from planner.facility_location.formulations import DEFAULT, Formulation
from planner.facility_location.search import Clock, GroupPlan, Search
from planner.facility_location.solver import joined, solve
from planner.facility_location.sweeps import Point, Sweep
from planner.facility_location.teams import UNLIMITED, Group, Limits, Report, Team
from planner.facility_location.worst_first import WORST_SERVED_FIRST

BOUGHT = ("new_sites", "sites", "cost_eur")
"""Aims that a tolerance of an earlier aim makes smaller: what it buys."""
_SHARE_FOR_THE_FIRST = 0.4


def aims_at(problem: Problem, aim: str, share: float) -> tuple[AimTerms, ...]:
    """Return the aims down to the last about sites or euros, `aim` with `share` of the need free.

    Raises
    ------
    InputError
        If the problem has no such aim, none about sites or euros after it, or puts the worst
        served first on the way there: their levels are no single value to hold.
    """
    names = [terms.name for terms in problem.aims]
    bought = [k for k, name in enumerate(names) if name in BOUGHT]
    if aim not in names or not bought or bought[-1] <= names.index(aim):
        raise InputError(
            Fault(
                "a price needs the aim {aim} and after it an aim about sites or euros; the aims "
                "are {aims}",
                fields={"aim": aim, "aims": ", ".join(names)},
            )
        )
    wanted = problem.aims[: bought[-1] + 1]
    if WORST_SERVED_FIRST in {terms.name for terms in wanted}:
        raise InputError(
            Fault(
                "a price cannot be told where the aim {aim} comes before",
                fields={
                    "aim": WORST_SERVED_FIRST,
                },
            )
        )
    return tuple(AimTerms(aim, of_need=share) if terms.name == aim else terms for terms in wanted)


def solve_tolerances(
    problem: Problem,
    aim: str,
    shares: Sequence[float],
    formulation: Formulation = DEFAULT,
    *,
    limits: Limits = UNLIMITED,
    on_progress: Report | None = None,
    start: Plan | None = None,
) -> tuple[Plan, ...]:
    """Return a plan for every tolerance: the answer to `problem` with the aims of `aims_at`.

    Its persons go where `aim`, and then their minutes, are least with the sites that it opens.

    Parameters
    ----------
    problem : Problem
        What is asked, with its aims in order.
    aim : str
        The aim that is given back, e.g. ``"persons_beyond_standard"``.
    shares : sequence of float
        How much of it: shares of the persons in need of each group of coupled services, 0..1.
    formulation, limits, on_progress, start
        See `planner.facility_location.solve`; the seconds are for all plans together.

    Raises
    ------
    InputError
        If the problem has no such aim, or none about sites or euros after it.
    InfeasibleError, NoPlanError
        See `planner.facility_location.solve`.
    """
    clock = Clock(limits.seconds)
    before = aims_at(problem, aim, 0.0)
    position = [terms.name for terms in before].index(aim)
    part = None if limits.seconds is None else limits.seconds * _SHARE_FOR_THE_FIRST
    first = solve(
        replace(problem, aims=before[: position + 1]),
        formulation,
        limits=replace(limits, seconds=part),
        on_progress=on_progress,
        start=start,
    )

    def sweep(group: Group, search: Search) -> list[GroupPlan]:
        found = Sweep(problem, group, formulation, before, first, search)
        if start is not None:
            found.learn_from(start)
        apart = services_apart(found, formulation)
        if apart is not None:
            apart.teach([share * found.need for share in shares])
        return _all_at(found, shares)

    team = Team(sweep, clock=clock, limits=limits, on_progress=on_progress)
    found = team.find_all(problem, coupled_services(problem, formulation))
    return tuple(
        joined(
            replace(problem, aims=aims_at(problem, aim, share)),
            [plans[k] for plans in found],
            seconds=clock.passed,
        )
        for k, share in enumerate(shares)
    )


def _all_at(sweep: Sweep, shares: Sequence[float]) -> list[GroupPlan]:
    """Return the plan at each share; a second round gives each what the others found."""
    order = sorted(range(len(shares)), key=lambda k: shares[k])
    turns = [order[k] for k in _ends_then_middles(len(order))] + order
    found: dict[int, Point] = {}
    for turn, k in enumerate(turns):
        clock = sweep.search.clock.part(1 / (1 + 0.5 * (len(turns) - turn - 1)))
        found[k] = sweep.at(shares[k] * sweep.need, clock)
    return [sweep.plan(found[k]) for k in range(len(shares))]


def _ends_then_middles(count: int) -> Iterator[int]:
    """Yield 0 .. count - 1: first, last, and then the middle of every part, larger parts first."""
    yield from range(count)[:1]
    yield from range(count)[1:][-1:]
    parts = [(0, count - 1)]
    while parts:
        low, high = parts.pop(0)
        middle = (low + high) // 2
        if low < middle < high:
            yield middle
            parts += [(low, middle), (middle, high)]

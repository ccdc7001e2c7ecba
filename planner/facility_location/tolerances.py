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

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.domain import AimProof, AimTerms, Opening, Plan, Problem, ProofStatus
from planner.errors import Fault, InputError, NoPlanError
from planner.facility_location.coupling import coupled_services
from planner.facility_location.formulations import DEFAULT, Formulation
from planner.facility_location.ground import survey
from planner.facility_location.narrowing import minimise_aim
from planner.facility_location.program import Floats
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.search import Clock, GroupPlan, Search
from planner.facility_location.solver import joined, solve
from planner.facility_location.stated import Stated, Ways, state
from planner.facility_location.teams import UNLIMITED, Group, Limits, Report, Team
from planner.facility_location.worst_first import WORST_SERVED_FIRST
from planner.records import gap_of, problem_digest

BOUGHT = ("new_sites", "sites", "cost_eur")
"""Aims that a tolerance of an earlier aim makes smaller: what it buys."""
_PROVEN_GAP = 0.05
_MINUTES = "person_minutes"
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
        found = _Sweep(problem, group, formulation, aim, first, search)
        if start is not None:
            found.learn_from(start)
        return found.all_at(shares)

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


@dataclass(frozen=True)
class _Bound:
    """What no plan under these holds goes below, for one aim."""

    aim: str
    held: Mapping[str, float]
    bound: float

    def holds_for(self, aim: str, held: Mapping[str, float]) -> bool:
        """Return whether it is a bound under `held` too: no hold of `held` may be looser."""
        return self.aim == aim and all(
            held.get(name, math.inf) <= limit for name, limit in self.held.items()
        )


@dataclass(eq=False)
class _Memory:
    """The plans and bounds that all tolerances of a group of services have found together."""

    stated: Stated
    plans: list[tuple[Floats, Mapping[str, float]]] = field(default_factory=list)
    bounds: list[_Bound] = field(default_factory=list)

    def keep(self, plan: Floats, aims: Sequence[str]) -> None:
        """Remember a plan with its values of `aims`."""
        values = {name: self.stated.value_of(name, plan) for name in aims}
        if all(values != known for _, known in self.plans):
            self.plans.append((plan, values))

    def best(self, aim: str, held: Mapping[str, float]) -> Floats:
        """Return the best plan known under `held`; there always is the first one."""
        suiting = [
            (values[aim], k)
            for k, (_, values) in enumerate(self.plans)
            if all(values[name] <= limit + 1e-9 for name, limit in held.items())
        ]
        return self.plans[min(suiting)[1]][0]

    def bound(self, aim: str, held: Mapping[str, float]) -> float:
        """Return the best bound known under `held`, -inf without any."""
        suiting = (known.bound for known in self.bounds if known.holds_for(aim, held))
        return max(suiting, default=-math.inf)


@dataclass(frozen=True)
class _Floored(Pursuit):
    """A pursuit that knows a bound before it begins, and ends where the value comes near it."""

    floor: float = -math.inf

    def near(self, value: float, bound: float, *, at_most: float = 1.0) -> bool:
        """Return whether a value is as near a bound, or the one known before, as was asked."""
        return super().near(value, max(bound, self.floor), at_most=at_most)


@dataclass(frozen=True, eq=False)
class _Point:
    """What is found at one tolerance: the model with its holds, a plan, what is known of it."""

    stated: Stated
    best: Floats
    proofs: tuple[AimProof, ...]


class _Sweep:
    """One group of services under one tolerance after another."""

    def __init__(
        self,
        problem: Problem,
        group: Group,
        formulation: Formulation,
        aim: str,
        first: Plan,
        search: Search,
    ) -> None:
        self.problem, self.group, self.aim, self.search = problem, group, aim, search
        self.proofs = dict(first.proof.groups)[group]
        names = [terms.name for terms in aims_at(problem, aim, 0.0)]
        self.names = names
        offered = {terms.name for terms in problem.aims}
        self.has_minutes = _MINUTES in offered
        ground = reduce_ground(survey(problem, group), formulation)
        self.stated = state(ground, formulation, [*names, *([_MINUTES] * self.has_minutes)])
        self.need = sum(ground.needs.values())
        for proof in self.proofs[:-1]:
            self.stated.hold(proof.name, proof.value + proof.allowance)
        self.memory = _Memory(self.stated)
        begun = self.stated.settle(aim, self.stated.ways_like(first), effort=search.effort)
        if begun is None:
            raise NoPlanError(
                Fault(
                    "no plan found within {seconds} seconds; give more time",
                    fields={"seconds": round(search.clock.passed, 1)},
                )
            )
        self.memory.keep(begun, names)
        self.settled: list[tuple[Ways, Floats]] = []

    def learn_from(self, plan: Plan) -> None:
        """Remember an earlier plan, and its bounds where it answers the same problem."""
        ways = self.stated.ways_like(plan)
        settled = self.stated.settle(self.aim, ways, effort=self.search.effort)
        if settled is not None:
            self.memory.keep(settled, self.names)
        if plan.proof.problem_digest != problem_digest(self.problem):
            return
        asked = self.stated
        for proof in dict(plan.proof.groups).get(self.group, ()):
            if proof.name not in self.names:
                break
            if proof.status is not ProofStatus.STOPPED:
                self.memory.bounds.append(_Bound(proof.name, dict(asked.held), proof.bound))
            asked = asked.holding(proof.name, proof.value + proof.allowance)

    def all_at(self, shares: Sequence[float]) -> list[GroupPlan]:
        """Return the plan at each share; a second round gives each what the others found."""
        order = sorted(range(len(shares)), key=lambda k: shares[k])
        turns = [order[k] for k in _ends_then_middles(len(order))] + order
        found: dict[int, _Point] = {}
        for turn, k in enumerate(turns):
            left = len(turns) - turn
            found[k] = self._at(shares[k], self.search.clock.part(1 / (1 + 0.5 * (left - 1))))
        return [self._plan(found[k]) for k in range(len(shares))]

    def _at(self, share: float, clock: Clock) -> _Point:
        """Solve the later aims at one tolerance."""
        stated = self.stated
        proofs = [*self.proofs]
        tolerance = share * self.need
        proofs[-1] = replace(self.proofs[-1], allowance=tolerance)
        stated = stated.holding(self.aim, proofs[-1].value + tolerance)
        best = self.memory.best(self.aim, stated.held)
        later = aims_at(self.problem, self.aim, share)[len(proofs) :]
        for k, terms in enumerate(later):
            part = clock.part(1 / (1 + 0.5 * (len(later) - 1 - k)))
            proof, best = self._pursue(stated, terms, part)
            proofs.append(proof)
            stated = stated.holding(terms.name, proof.value + proof.allowance)
        return _Point(stated, best, tuple(proofs))

    def _plan(self, point: _Point) -> GroupPlan:
        stated, best = point.stated, self._settled(point.stated, point.best)
        return GroupPlan(
            services=self.group,
            opened={
                option: Opening(way.places, way.units, way.kind)
                for option, way in sorted(stated.ways_in(best).items())
            },
            assigned=stated.assigned_in(best),
            unserved=stated.unserved_in(best),
            aims=tuple(replace(p, in_plan=stated.value_of(p.name, best)) for p in point.proofs),
        )

    def _pursue(self, stated: Stated, terms: AimTerms, clock: Clock) -> tuple[AimProof, Floats]:
        """Return what is known of one aim under the holds, and the best plan."""
        began, name, memory = time.monotonic(), terms.name, self.memory
        best, bound = memory.best(name, stated.held), memory.bound(name, stated.held)
        pursuit = _Floored(
            stated,
            name,
            self.search.effort,
            clock.deadline,
            lambda value, below: self.search.report(name, value, below),
            floor=bound,
        )
        if not pursuit.near(stated.value_of(name, best), bound) and clock.left:
            best, found = minimise_aim(pursuit, best)
            memory.keep(best, self.names)
            bound = max(bound, found)
        value = stated.value_of(name, best)
        rounded = stated.rounded_bound(name, bound, value)
        if rounded is not None:
            memory.bounds.append(_Bound(name, dict(stated.held), rounded))
        self.search.report(name, value, -math.inf if rounded is None else rounded)
        status = ProofStatus.BEST_FOUND
        if rounded is None:
            status = ProofStatus.STOPPED
        elif pursuit.near(value, rounded, at_most=_PROVEN_GAP):
            status = ProofStatus.PROVEN
        proof = AimProof(
            name=name,
            value=value,
            bound=min(0.0, value) if rounded is None else rounded,
            gap=1.0 if rounded is None else gap_of(value, rounded),
            status=status,
            seconds=round(time.monotonic() - began, 3),
            allowance=terms.absolute + terms.of_need * self.need + terms.of_value * value,
            in_plan=value,
        )
        return proof, best

    def _settled(self, stated: Stated, best: Floats) -> Floats:
        """Return the plan with the same openings, `aim` least and then the minutes of persons."""
        ways = stated.ways_in(best)
        known = next((plan for opened, plan in self.settled if opened == ways), None)
        if known is None or any(
            stated.value_of(name, known) > limit + 1e-9 for name, limit in stated.held.items()
        ):
            known = self._settle(stated, ways, best)
            self.settled.append((ways, known))
        return known

    def _settle(self, stated: Stated, ways: Ways, best: Floats) -> Floats:
        effort = self.search.effort
        nearer = stated.settle(self.aim, ways, effort=effort)
        if nearer is None:
            return best
        if not self.has_minutes:
            return nearer
        held = stated.holding(self.aim, stated.value_of(self.aim, nearer))
        quicker = held.settle(_MINUTES, ways, effort=effort)
        return nearer if quicker is None else quicker


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

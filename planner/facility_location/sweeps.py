"""A group of services into what the later aims are at one tolerance after another.

Whatever one tolerance finds is remembered for all others: plans go from tighter to looser holds,
bounds from looser to tighter ones. Why, stands in `tolerances`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.domain import AimProof, AimTerms, Opening, Plan, Problem, ProofStatus
from planner.errors import Fault, NoPlanError
from planner.facility_location.formulations import Formulation
from planner.facility_location.ground import Ways, survey
from planner.facility_location.highs import Floats
from planner.facility_location.narrowing import minimise_aim
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.search import Clock, GroupPlan, Search
from planner.facility_location.stated import Stated, state
from planner.records import gap_of, problem_digest

_PROVEN_GAP = 0.05
_MINUTES = "person_minutes"


@dataclass(frozen=True)
class Bound:
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
class Memory:
    """The plans and bounds that all tolerances of a group of services have found together."""

    stated: Stated
    plans: list[tuple[Floats, Mapping[str, float]]] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)

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
class Floored(Pursuit):
    """A pursuit that knows a bound before it begins, and ends where the value comes near it."""

    floor: float = -math.inf

    def near(self, value: float, bound: float, *, at_most: float = 1.0) -> bool:
        """Return whether a value is as near a bound, or the one known before, as was asked."""
        return super().near(value, max(bound, self.floor), at_most=at_most)


@dataclass(frozen=True, eq=False)
class Point:
    """What is found at one tolerance: the model with its holds, a plan, what is known of it."""

    stated: Stated
    best: Floats
    proofs: tuple[AimProof, ...]


class Sweep:
    """One group of services under one tolerance after another.

    Parameters
    ----------
    aims : sequence of AimTerms
        Those of `first`, the last of which is given back, and the later ones.
    first : Plan
        With the proof of the first aims for this group.
    """

    def __init__(
        self,
        problem: Problem,
        group: tuple[str, ...],
        formulation: Formulation,
        aims: Sequence[AimTerms],
        first: Plan,
        search: Search,
    ) -> None:
        self.problem, self.group, self.search = problem, group, search
        self.proofs = dict(first.proof.groups)[group]
        self.aim, self.later = self.proofs[-1].name, tuple(aims[len(self.proofs) :])
        aim, names = self.aim, [terms.name for terms in aims]
        self.names = names
        offered = {terms.name for terms in problem.aims}
        self.has_minutes = _MINUTES in offered
        ground = reduce_ground(survey(problem, group), formulation)
        asked = [*names, *([_MINUTES] * self.has_minutes)]
        self.stated = state(ground, formulation, asked, stop=search.effort.stop)
        self.need = sum(ground.needs.values())
        for proof in self.proofs[:-1]:
            self.stated.hold(proof.name, proof.value + proof.allowance)
        self.memory = Memory(self.stated)
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
                self.memory.bounds.append(Bound(proof.name, dict(asked.held), proof.bound))
            asked = asked.holding(proof.name, proof.value + proof.allowance)

    def held_at(self, tolerance: float) -> Stated:
        """Return the model in which the aim is at most its value and `tolerance` persons more."""
        return self.stated.holding(self.aim, self.proofs[-1].value + tolerance)

    def at(self, tolerance: float, clock: Clock) -> Point:
        """Solve the later aims with so many persons given back."""
        proofs = [*self.proofs[:-1], replace(self.proofs[-1], allowance=tolerance)]
        stated = self.held_at(tolerance)
        best = self.memory.best(self.aim, stated.held)
        for k, terms in enumerate(self.later):
            part = clock.part(1 / (1 + 0.5 * (len(self.later) - 1 - k)))
            proof, best = self._pursue(stated, terms, part)
            proofs.append(proof)
            stated = stated.holding(terms.name, proof.value + proof.allowance)
        return Point(stated, best, tuple(proofs))

    def plan(self, point: Point) -> GroupPlan:
        """Return the plan of a point, its persons where `aim` and then minutes are least."""
        stated, best = point.stated, self._settled(point.stated, point.best)
        return GroupPlan(
            services=self.group,
            opened={
                option: Opening(way.places, way.units, way.kind)
                for option, way in sorted(stated.columns.ways_in(best).items())
            },
            assigned=stated.columns.assigned_in(best),
            unserved=stated.columns.unserved_in(best),
            aims=tuple(replace(p, in_plan=stated.value_of(p.name, best)) for p in point.proofs),
        )

    def _pursue(self, stated: Stated, terms: AimTerms, clock: Clock) -> tuple[AimProof, Floats]:
        """Return what is known of one aim under the holds, and the best plan."""
        began, name, memory = time.monotonic(), terms.name, self.memory
        best, bound = memory.best(name, stated.held), memory.bound(name, stated.held)
        pursuit = Floored(
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
            memory.bounds.append(Bound(name, dict(stated.held), rounded))
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
        ways = stated.columns.ways_in(best)
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

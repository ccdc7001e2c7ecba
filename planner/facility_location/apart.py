"""Services that only budgets couple into plans and bounds of them all, service by service.

Without the budgets each service is a problem of its own, and a small one. What it needs in sites
and euros falls, step by step, with the persons whom it leaves beyond the standard. A knapsack over
the services deals out the persons that all of them together may leave: of the lower bounds of the
steps, it is a bound for the services together (budgets only forbid); of the plans, it is a plan,
if the budgets allow it. Only the steps that the knapsack picks are made exact, each by halving
the interval in which it may lie.

References
----------
The multiple-choice knapsack problem: Kellerer, H., Pferschy, U. and Pisinger, D. (2004), Knapsack
Problems, chapter 11.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.domain import Kind
from planner.facility_location import constraints as rule
from planner.facility_location.coupling import coupled_services
from planner.facility_location.formulations import Formulation
from planner.facility_location.ground import Ways
from planner.facility_location.search import Clock, plan_group
from planner.facility_location.solver import joined
from planner.facility_location.sweeps import Bound, Sweep

_SPLITS_AT_MOST = 2
_SHARE_OF_TIME = 0.6
_DEALT = {"new_sites", "sites", "cost_eur"}

Choice = tuple[int, float, int]
"""Persons left beyond the standard, what that needs, and the last number with the same bound."""


@dataclass(frozen=True, eq=False)
class _Step:
    """What a service needs when it may leave so many persons: at least, at most, and a plan."""

    persons: int
    least: float
    most: float
    ways: Ways


@dataclass(eq=False)
class _Service:
    """One service without the budgets; `fewest` is the least number of persons it can leave."""

    sweep: Sweep
    fewest: int
    steps: list[_Step] = field(default_factory=list)

    def bounds(self) -> list[Choice]:
        """Return the lower bounds, each from the first number of persons that it holds for."""
        found, first = [], self.fewest
        for step in self.steps:
            if step.persons >= first:
                found.append((first, step.least, step.persons))
                first = step.persons + 1
        return found

    def known(self) -> list[Choice]:
        """Return what is needed by the plans that are known."""
        return [(step.persons, step.most, step.persons) for step in self.steps]

    def best_at(self, persons: int) -> _Step:
        """Return the best plan that leaves so many persons at most; one leaves the fewest."""
        return min((s for s in self.steps if s.persons <= persons), key=lambda s: s.most)


class Apart:
    """The services of a sweep, apart; `teach` gives the sweep what they find together."""

    def __init__(self, whole: Sweep, services: Sequence[_Service]) -> None:
        self.whole, self.services = whole, services
        self.clock = whole.search.clock.part(_SHARE_OF_TIME)
        self.weights = _weights(whole)

    def teach(self, tolerances: Sequence[float]) -> None:
        """Give the sweep a plan and bounds for each tolerance, while there is time."""
        for service in self.services:
            for persons in (service.fewest, service.sweep.need):
                self._solve(service, max(persons, service.fewest), self.clock.part(0.2))
        for left, tolerance in zip(range(len(tolerances), 0, -1), tolerances, strict=True):
            self._teach_one(tolerance, self.clock.part(1 / left))

    def _teach_one(self, tolerance: float, clock: Clock) -> None:
        stated = self.whole.held_at(tolerance)
        persons = math.floor(stated.held[self.whole.aim] + 1e-6)
        while (picked := _pick([s.bounds() for s in self.services], persons)) is not None:
            unsure = [
                (service, first, last)
                for service, (first, least, last) in zip(self.services, picked[0], strict=True)
                if first < last and not self._near(service.best_at(first).most, least)
            ]
            if not unsure or not clock.left:
                break
            for service, first, last in unsure:
                self._solve(service, (first + last) // 2, clock)
        if picked is None:
            return
        self._remember_bound(picked[1], stated.held)
        planned = _pick([s.known() for s in self.services], persons)
        if planned is not None:
            ways = {
                option: way
                for service, (first, _, _) in zip(self.services, planned[0], strict=True)
                for option, way in service.best_at(first).ways.items()
            }
            settled = stated.settle(self.whole.aim, ways, effort=self.whole.search.effort)
            if settled is not None:
                self.whole.memory.keep(settled, self.whole.names)

    def _near(self, most: float, least: float) -> bool:
        last = most % self.weights[0] if len(self.weights) > 1 else most
        return most - least <= self.whole.search.effort.gap * last + 1e-6

    def _remember_bound(self, least: float, held: dict[str, float]) -> None:
        """Split a bound of the later aims together into one of each."""
        names = [terms.name for terms in self.whole.later]
        known = dict(held)
        for name, weight in zip(names, self.weights, strict=True):
            part = math.floor(least / weight + 1e-9) if weight != 1 else least
            self.whole.memory.bounds.append(Bound(name, dict(known), float(part)))
            known[name] = float(part)
            least -= part * weight

    def _solve(self, service: _Service, persons: int, clock: Clock) -> None:
        """Find what a service needs that may leave so many persons; changes `service`."""
        if any(step.persons == persons for step in service.steps):
            return
        point = service.sweep.at(persons - service.fewest, clock)
        later = point.proofs[-len(self.weights) :]
        values = [point.stated.value_of(proof.name, point.best) for proof in later]
        service.steps.append(
            _Step(
                persons,
                sum(w * max(0.0, p.bound) for w, p in zip(self.weights, later, strict=True)),
                sum(w * v for w, v in zip(self.weights, values, strict=True)),
                point.stated.columns.ways_in(point.best),
            )
        )
        service.steps.sort(key=lambda step: step.persons)


def services_apart(whole: Sweep, formulation: Formulation) -> Apart | None:
    """Return the services of a sweep apart, ``None`` where more than budgets couples them.

    Also where budgets leave more persons unserved than must be, where an earlier aim is given
    back, and where the later aims are others than one or two of sites and euros, nothing given
    back: then the sum of the services says nothing about them all.
    """
    problem, group = whole.problem, whole.group
    free = formulation.without(rule.stay_within_budget)
    before, later = whole.proofs[:-1], whole.later
    apart = all(
        len(found) == 1 for found in coupled_services(problem, free) if set(found) & set(group)
    )
    sums = len(later) <= _SPLITS_AT_MOST and all(
        t.name in _DEALT and not (t.absolute or t.of_need or t.of_value) for t in later[:-1]
    )
    dealt = all(t.name in _DEALT for t in later)
    plain = [p.name for p in before] in ([], ["persons_unserved"]) and not any(
        p.allowance for p in before
    )
    if len(group) == 1 or not (apart and sums and dealt and plain):
        return None
    aims = problem.aims[: len(whole.proofs)]
    services = []
    for name in group:
        part = plan_group(
            replace(problem, aims=aims),
            (name,),
            free,
            search=replace(whole.search, clock=whole.search.clock.part(0.1)),
        )
        if any(proof.value != proof.bound for proof in part.aims):
            return None
        plan = joined(problem, [part], seconds=0.0)
        sweep = Sweep(problem, (name,), free, problem.aims[: len(whole.names)], plan, whole.search)
        services.append(_Service(sweep, round(part.aims[-1].value)))
    for k, proof in enumerate(before):
        if sum(service.sweep.proofs[k].value for service in services) != proof.value:
            return None
    return Apart(whole, services)


def _weights(sweep: Sweep) -> list[float]:
    """Return what one of each later aim weighs, so that the first decides before the second."""
    if len(sweep.later) == 1:
        return [1.0]
    second = sweep.later[1].name
    most = 1.0
    for ways in sweep.stated.ground.ways.values():
        most += max(
            (
                w.cost_eur
                if second == "cost_eur"
                else w.units * (w.kind is Kind.NEW or second == "sites")
            )
            for w in ways
        )
    return [most, 1.0]


def _pick(choices: Sequence[Sequence[Choice]], persons: int) -> tuple[list[Choice], float] | None:
    """Return a choice for each service, least in sum, that leave so many persons at most."""
    tables = [np.zeros(persons + 1)]
    for offered in choices:
        sums = np.full(persons + 1, np.inf)
        for first, needed, _ in offered:
            if first <= persons:
                part = sums[first:]
                np.minimum(part, tables[-1][: persons + 1 - first] + needed, out=part)
        tables.append(sums)
    total = float(tables[-1][persons])
    if not math.isfinite(total):
        return None
    left, picked = persons, []
    for k in range(len(choices) - 1, -1, -1):
        fitting = [c for c in choices[k] if c[0] <= left]
        best = min(fitting, key=lambda c: (tables[k][left - c[0]] + c[1], c[0]))
        picked.append(best)
        left -= best[0]
    return picked[::-1], total

"""A budget that several services share into the fewest persons unserved, service by service.

Every service has a least cost for each number of its persons left unserved. Enough places at the
least price are a lower bound of it; the model of the service alone gives it exactly. A knapsack
over the services tells which numbers are worth knowing exactly, until all that it picks are.

References
----------
Lower bounds that are made exact only where they are picked: lazy evaluation, as in Kellerer,
Pferschy and Pisinger (2004), Knapsack Problems, chapter 5 (core concepts).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain import Budget, Problem
from planner.facility_location import constraints as rule
from planner.facility_location.formulations import Formulation
from planner.facility_location.ground import survey
from planner.facility_location.narrowing import minimise_aim
from planner.facility_location.packing import Table, least_costs
from planner.facility_location.program import Floats
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.stated import Stated, Ways, state

_SHARE_OF_TIME = 0.6
_SHARE_OF_A_TRY = 0.3
_EXACT_GAP = 1e-6


@dataclass(eq=False)
class _Service:
    """One service alone: bounds of its cost by persons unserved, and plans where known."""

    stated: Stated
    fewest: Floats
    least: Table
    known: dict[int, tuple[float, Ways]]


def share_the_budget(
    pursuit: Pursuit, best: Floats, formulation: Formulation
) -> tuple[Floats, float]:
    """Return the best plan found for the aim `persons_unserved`, and a bound.

    -inf, and `best` as it is, unless one budget for all that is built is all that couples the
    services.
    """
    stated = pursuit.stated
    budget = _the_budget(stated.ground.problem, stated.ground.services, formulation)
    if budget is None or stated.held or pursuit.aim != "persons_unserved":
        return best, -math.inf
    spared = (1 - _SHARE_OF_TIME) * pursuit.left if math.isfinite(pursuit.left) else 0.0
    part = replace(pursuit, deadline=pursuit.deadline - spared)
    alone = formulation.without(rule.stay_within_budget)
    worst = round(stated.value_of(pursuit.aim, best))
    services = []
    for name in stated.ground.services:
        service = _one_service(part, name, alone, worst)
        if service is None:
            return best, -math.inf
        services.append(service)
    bound = -math.inf
    while part.left:
        picked = _pick([service.least for service in services], budget.amount_eur)
        if picked is None:
            break
        bound = max(bound, float(sum(picked)))
        unknown = [k for k, u in enumerate(picked) if u not in services[k].known]
        if not unknown:
            best = _joined(pursuit, services, picked, best)
            break
        for k in unknown:
            _make_exact(part, services[k], picked[k])
        if all(picked[k] not in services[k].known for k in unknown):
            break
    else:
        known = _pick([_known_only(service) for service in services], budget.amount_eur)
        if known is not None:
            best = _joined(pursuit, services, known, best)
    return best, bound


def _known_only(service: _Service) -> Table:
    """Return the costs of the plans that are known, ``inf`` between them."""
    costs = np.full(len(service.least), np.inf)
    for unserved, (cost, _) in service.known.items():
        costs[unserved] = cost
    return costs


def _the_budget(
    problem: Problem, services: Sequence[str], formulation: Formulation
) -> Budget | None:
    rules = formulation.subject_to
    together = {"*"} & {*problem.new_sites_at_most, *problem.sites_at_most}
    at_address = "*" in problem.address_places_at_most
    if len(problem.budgets) != 1 or len(services) < 2 or together or at_address:  # noqa: PLR2004
        return None
    budget = problem.budgets[0]
    every = budget.services is None or set(services) <= budget.services
    plain = budget.kind == "capital" and budget.share_permille == 1000  # noqa: PLR2004
    whole = budget.municipalities is None and budget.year is None
    known = rule.stay_within_budget in rules and rule.respect_capacity in rules
    return budget if every and plain and whole and known else None


def _one_service(
    pursuit: Pursuit, name: str, formulation: Formulation, worst: int
) -> _Service | None:
    """Return one service without the budget: its fewest unserved, and bounds of its cost."""
    problem = pursuit.stated.ground.problem
    ground = reduce_ground(survey(problem, (name,)), formulation)
    stated = state(ground, formulation, ["persons_unserved", "cost_eur"])
    effort = replace(pursuit.effort, gap=_EXACT_GAP)
    start = stated.settle("persons_unserved", stated.ways_of_today(), effort=effort)
    if start is None:
        return None
    alone = replace(pursuit, stated=stated, aim="persons_unserved", effort=effort)
    fewest, bound = minimise_aim(alone, start)
    floor = stated.rounded_bound("persons_unserved", bound, math.inf)
    if floor is None:
        return None
    need = sum(ground.needs.values())
    least = np.maximum(0.0, least_costs(ground, need)[::-1])[: min(need, worst) + 1].copy()
    least[: max(0, round(floor))] = np.inf
    return _Service(stated, fewest, least, {})


def _make_exact(pursuit: Pursuit, service: _Service, unserved: int) -> None:
    """Find the least cost with so many unserved at most; changes `service`."""
    alone = service.stated.holding("persons_unserved", unserved)
    if service.stated.value_of("persons_unserved", service.fewest) > unserved:
        return
    effort = replace(pursuit.effort, gap=_EXACT_GAP)
    stop = pursuit.deadline
    if math.isfinite(stop):
        stop -= (1 - _SHARE_OF_A_TRY) * pursuit.left
    task = replace(pursuit, stated=alone, aim="cost_eur", effort=effort, deadline=stop)
    plan, bound = minimise_aim(task, service.fewest)
    cost = alone.value_of("cost_eur", plan)
    proven = alone.rounded_bound("cost_eur", bound, cost)
    if proven is not None:
        service.least[: unserved + 1] = np.maximum(service.least[: unserved + 1], proven)
        if proven >= cost:
            service.known[unserved] = (cost, alone.ways_in(plan))


def _pick(least: Sequence[Table], amount_eur: float) -> list[int] | None:
    """Return persons unserved by service, fewest in all, whose least costs fit the budget."""
    tables = [np.zeros(1)]
    for costs in least:
        before = tables[-1]
        size = len(before) + len(costs) - 1
        sums = np.full(size, np.inf)
        for unserved, cost in enumerate(costs):
            part = sums[unserved : unserved + len(before)]
            np.minimum(part, before + cost, out=part)
        tables.append(sums)
    fitting = np.flatnonzero(tables[-1] <= amount_eur)
    if not len(fitting):
        return None
    left = int(fitting[0])
    picked: list[int] = []
    for k in range(len(least) - 1, -1, -1):
        choices = range(min(left, len(least[k]) - 1), -1, -1)
        unserved = min(
            (u for u in choices if left - u < len(tables[k])),
            key=lambda u: (least[k][u] + tables[k][left - u], u),
        )
        picked.append(unserved)
        left -= unserved
    return picked[::-1]


def _joined(
    pursuit: Pursuit, services: Sequence[_Service], picked: Sequence[int], best: Floats
) -> Floats:
    """Return the plan of all services together, if it is better than `best`."""
    ways: Ways = {
        option: way
        for service, unserved in zip(services, picked, strict=True)
        for option, way in service.known[unserved][1].items()
    }
    stated = pursuit.stated
    settled = stated.settle(pursuit.aim, ways, effort=pursuit.effort)
    if settled is None:
        return best
    return min(best, settled, key=lambda values: stated.value_of(pursuit.aim, values))

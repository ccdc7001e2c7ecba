"""A plan with nothing built into openings for those whom it leaves unserved, best place first.

Quick rather than good: it is what a search begins with, and what is left when there is no time.

References
----------
The greedy rule for maximal covering: Church, R. and ReVelle, C. (1974), The maximal covering
location problem, Papers of the Regional Science Association 32.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from planner.domain import EVERY_SERVICE, Kind, Need, Option
from planner.facility_location.constraints import in_scope
from planner.facility_location.ground import Ground, Way


def greedy_openings(
    ground: Ground, opened: Mapping[Option, Way], unserved: Mapping[Need, int]
) -> dict[Option, Way]:
    """Return `opened` and new units that take in the unserved, while budgets and limits allow.

    Parameters
    ----------
    unserved : mapping of Need to persons
        Those left when `opened` serves as many as it can.
    """
    found = dict(opened)
    left = dict(unserved)
    money = {k: b.amount_eur * 1000 for k, b in enumerate(ground.problem.budgets)}
    for option, way in opened.items():
        _pay(ground, option, way, money)
    building = {o: ways for o, ways in ground.ways.items() if ways[0].kind is Kind.NEW}
    well = {
        option: [i for i in near if (option[0], i, option[1]) not in ground.beyond]
        for option, near in ground.points_near.items()
    }
    for reach in (well, ground.points_near):
        _grow(ground, building, reach, found, left, money)
    return found


def _grow(
    ground: Ground,
    building: Mapping[Option, tuple[Way, ...]],
    reach: Mapping[Option, Sequence[str]],
    found: dict[Option, Way],
    left: dict[Need, int],
    money: dict[int, int],
) -> None:
    """Add units to `found` for those who are `left` within `reach`, until none is worth it."""
    while True:
        best: tuple[float, int, Option, Way] | None = None
        for option, ways in building.items():
            if option in found:
                continue
            near = sum(left.get((option[0], i), 0) for i in reach.get(option, ()))
            offer = _offer(ground, option, ways, near, money)
            if offer is None or not _within_limits(ground, option, offer[1], found):
                continue
            gain, way = offer
            worth = gain / max(1, way.cost_eur) if money else gain
            if best is None or (worth, -way.cost_eur) > best[:2]:
                best = (worth, -way.cost_eur, option, way)
        if best is None:
            return
        _, _, option, way = best
        found[option] = way
        _pay(ground, option, way, money)
        room = ground.problem.services[option[0]].persons_at(way.places)
        by_minutes = sorted(reach[option], key=lambda i: ground.links[option[0], i, option[1]])
        for i in by_minutes:
            taken = min(room, left.get((option[0], i), 0))
            left[option[0], i] = left.get((option[0], i), 0) - taken
            room -= taken


def _offer(
    ground: Ground, option: Option, ways: tuple[Way, ...], near: int, money: Mapping[int, int]
) -> tuple[int, Way] | None:
    """Return the most persons that an affordable way would take in, and the cheapest such way."""
    terms = ground.problem.services[option[0]]
    offers = [
        (min(near, terms.persons_at(way.places)), -way.cost_eur, k)
        for k, way in enumerate(ways)
        if near >= max(1, terms.least_load_persons * way.units)
        and all(_price(ground, b, option, way) <= rest for b, rest in money.items())
    ]
    if not offers:
        return None
    gain, _, k = max(offers)
    return gain, ways[k]


def _price(ground: Ground, number: int, option: Option, way: Way) -> int:
    """Return thousandths of a EUR that budget `number` pays for a way."""
    if not in_scope(ground, number, option):
        return 0
    budget = ground.problem.budgets[number]
    running = budget.kind == "running"
    return budget.share_permille * (way.running_eur if running else way.cost_eur)


def _pay(ground: Ground, option: Option, way: Way, money: dict[int, int]) -> None:
    for number in money:
        money[number] -= _price(ground, number, option, way)


def _within_limits(ground: Ground, option: Option, way: Way, opened: Mapping[Option, Way]) -> bool:
    problem = ground.problem
    for name in (option[0], EVERY_SERVICE):
        if name not in problem.new_sites_at_most and name not in problem.sites_at_most:
            continue
        counted = [w for o, w in opened.items() if name in {o[0], EVERY_SERVICE}] + [way]
        new = sum(w.new_units for w in counted)
        every = sum(w.units for w in counted)
        if new > problem.new_sites_at_most.get(name, math.inf):
            return False
        if every > problem.sites_at_most.get(name, math.inf):
            return False
    return True

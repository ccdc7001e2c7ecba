"""What must be served and what it may cost into the ways of opening that no such plan can hold.

Of all the geography only this is kept: the places must be enough for the persons to be served.
Then a plan is a choice of one way for each existing site and of any number of new units, and the
least cost for a number of places follows by dynamic programming. A way whose cheapest company is
dearer than allowed is in no plan.

References
----------
The multiple-choice knapsack problem: Kellerer, H., Pferschy, U. and Pisinger, D. (2004), Knapsack
Problems, chapter 11.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from planner.domain import Kind, Option
from planner.facility_location.ground import Ground, Way

Table = NDArray[np.float64]
"""Least cost in EUR for at least so many places; shape (places wanted + 1,)."""

_LARGEST = 4_000_000


@dataclass(frozen=True)
class Allowance:
    """What a plan must serve and may use: persons, new units (``None``: any), EUR."""

    persons_served: int
    new_units: int | None
    cost_eur: float


def needless_ways(ground: Ground, allowance: Allowance) -> tuple[set[tuple[Option, Way]], float]:
    """Return ways that no plan within `allowance` holds, and the least cost of any such plan.

    For one service; the least cost is ``inf`` where no plan has enough places.
    """
    service = ground.services[0]
    per_place = ground.problem.services[service].persons_per_place
    wanted = math.ceil(allowance.persons_served / Fraction(per_place))
    units = allowance.new_units
    if wanted * ((units or 0) + 1) * 8 > _LARGEST or wanted <= 0:
        return set(), 0.0
    standing = {o: ways for o, ways in ground.ways.items() if ways[0].kind is not Kind.NEW}
    building = {o: ways for o, ways in ground.ways.items() if ways[0].kind is Kind.NEW}
    new = _of_new_units({way for ways in building.values() for way in ways}, wanted, units)
    choices = {option: _choices(ground, option, ways) for option, ways in standing.items()}
    before, after = _sums(choices, wanted)
    least = _together(before[-1], new[-1])[wanted]
    needless: set[tuple[Option, Way]] = set()
    for k, (option, ways) in enumerate(standing.items()):
        others = _together(_together(before[k], after[k + 1]), new[-1])
        needless |= {
            (option, way)
            for way in ways
            if way.cost_eur + others[max(0, wanted - way.places)] > allowance.cost_eur
        }
    with_units = [_together(before[-1], table) for table in new]
    for option, ways in building.items():
        for way in ways:
            left = len(new) - 1 - (way.new_units if units is not None else 0)
            enough = max(0, wanted - way.places)
            if left < 0 or way.cost_eur + with_units[left][enough] > allowance.cost_eur:
                needless.add((option, way))
    return needless, float(least)


def least_costs(ground: Ground, persons: int) -> Table:
    """Return the least cost in EUR of places for 0, 1, ... `persons` of one service.

    Shape (persons + 1,); no plan that serves so many is cheaper.
    """
    per_place = Fraction(ground.problem.services[ground.services[0]].persons_per_place)
    wanted = math.ceil(persons / per_place)
    standing = {o: ways for o, ways in ground.ways.items() if ways[0].kind is not Kind.NEW}
    new = {way for ways in ground.ways.values() if ways[0].kind is Kind.NEW for way in ways}
    choices = {option: _choices(ground, option, ways) for option, ways in standing.items()}
    before, _ = _sums(choices, wanted)
    by_places = _together(before[-1], _of_new_units(new, wanted, None)[-1])
    places = [math.ceil(served / per_place) for served in range(persons + 1)]
    return by_places[places]


def _of_new_units(ways: set[Way], wanted: int, units: int | None) -> Sequence[Table]:
    """Return the least cost of new units alone, for 0, 1, ... `units` of them at most."""
    tables: list[Table] = []
    places_of = np.array([way.places for way in ways], dtype=np.intp)
    cost_of = np.array([way.cost_eur for way in ways], dtype=float)
    for most in range(1 if units is None else units + 1):
        table = np.full(wanted + 1, np.inf)
        table[0] = 0.0
        if units is None:
            for places in range(1, wanted + 1 if ways else 0):
                table[places] = (table[np.maximum(0, places - places_of)] + cost_of).min()
        else:
            for way in ways:
                if way.units <= most:
                    fewer = tables[most - way.units]
                    table = np.minimum(table, _shifted(fewer, way.places) + way.cost_eur)
            if most:
                table = np.minimum(table, tables[most - 1])
        tables.append(table)
    return tables


def _choices(ground: Ground, option: Option, ways: Sequence[Way]) -> list[tuple[int, int]]:
    stays = ground.stays_open(option) or option in ground.problem.kept
    closed = [] if stays else [(0, 0)]
    return closed + [(way.places, way.cost_eur) for way in ways]


def _sums(
    choices: Mapping[Option, list[tuple[int, int]]], wanted: int
) -> tuple[list[Table], list[Table]]:
    """Return the least cost of the first k existing sites, and of those from the k-th on."""

    def sums(options: Sequence[list[tuple[int, int]]]) -> list[Table]:
        nothing = np.full(wanted + 1, np.inf)
        nothing[0] = 0.0
        tables = [nothing]
        for offered in options:
            tables.append(
                np.minimum.reduce([_shifted(tables[-1], p) + cost for p, cost in offered])
            )
        return tables

    offered = list(choices.values())
    return sums(offered), sums(offered[::-1])[::-1]


def _shifted(table: Table, places: int) -> Table:
    """Return the least cost with `places` more, which cost nothing."""
    step = min(places, len(table))
    return np.concatenate([np.full(step, table[0]), table[: len(table) - step]])


def _together(one: Table, other: Table) -> Table:
    """Return the least cost of two parts for at least so many places in all."""
    size = len(one)
    best = np.full(size, np.inf)
    for places in np.flatnonzero(np.isfinite(one)):
        best = np.minimum(best, one[places] + _shifted(other, int(places)))
    return best

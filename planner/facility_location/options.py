"""Options of a programme, each by itself: the best way of opening it at some prices, and filled.

What is compiled here takes a few milliseconds for thousands of ways and tens of thousands of links.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from planner.facility_location import constraints as rule
from planner.facility_location.highs import Floats
from planner.facility_location.stated import Stated

Ints = NDArray[np.int64]

_NEVER = -1
_ROUNDING = 1e-9
_HALF = 0.5


class Options(NamedTuple):
    """The options of a programme as compressed rows: their links, and their ways of opening.

    Attributes
    ----------
    link_start, way_start : int64 arrays of shape (options + 1,)
    link, way : int64 arrays of shape (links,) and (ways,)
        Columns.
    most, least : float64 arrays of shape (ways,)
        Persons that a way can take, and those that it needs.
    opened : int64 array of shape (options,)
        The column that says whether an option is open, -1 where that of its only way does.
    must_open : bool array of shape (options,)
    """

    link_start: Ints
    link: Ints
    way_start: Ints
    way: Ints
    most: Floats
    least: Floats
    opened: Ints
    must_open: NDArray[np.bool_]

    @classmethod
    def of(cls, stated: Stated) -> Options:
        """Return the options of `stated`, with the rules that it was written with."""
        written = {wrote for wrote, _ in stated.rows}
        links: list[int] = []
        ways: list[int] = []
        most: list[float] = []
        least: list[float] = []
        opened: list[int] = []
        link_start, way_start = [0], [0]
        for option, offered in stated.columns.offered.items():
            terms = stated.ground.problem.services[option[0]]
            columns = stated.columns.of_ways[option].tolist()
            own = stated.columns.opened[option]
            ways += columns
            opened.append(_NEVER if own in columns else own)
            persons = set(stated.columns.of_option[option].tolist()) - {*columns, own}
            links += sorted(persons)
            for way, _ in offered:
                capacity = terms.persons_at(way.places)
                most.append(capacity if rule.respect_capacity in written else math.inf)
                needed = terms.least_load_persons * way.new_units
                least.append(needed if rule.be_viable in written else 0)
            link_start.append(len(links))
            way_start.append(len(ways))
        stays = [stated.ground.stays_open(option) for option in stated.columns.offered]
        return cls(
            link_start=np.array(link_start),
            link=np.array(links, dtype=np.int64),
            way_start=np.array(way_start),
            way=np.array(ways, dtype=np.int64),
            most=np.array(most, dtype=float),
            least=np.array(least, dtype=float),
            opened=np.array(opened, dtype=np.int64),
            must_open=np.array(stays, dtype=bool) & (rule.stay in written),
        )


@numba.njit(cache=True, nogil=True)
def _fill(
    columns: Ints,
    prices: Floats,
    upper: Floats,
    most: float,
    least: float,
    values: Floats,
) -> tuple[float, float]:
    """Take persons, cheapest first: who gains while there is room, others until `least`.

    Return the sum of their prices and their number; who is taken stands in `values`.
    """
    worth = taken = 0.0
    for k in range(len(columns)):
        room = most - taken
        if prices[k] >= 0.0:
            room = min(room, least - taken)
        if room <= 0.0:
            break
        take = min(room, upper[columns[k]])
        values[columns[k]] = take
        worth += take * prices[k]
        taken += take
    return worth, taken


@numba.njit(cache=True, nogil=True)
def _cheapest_first(
    links: Ints, reduced: Floats, upper: Floats, wanted: float
) -> tuple[Ints, Floats]:
    """Return the links in order of their price: all where `wanted` asks for it, or who gain."""
    gaining = 0
    ready = 0.0
    for c in links:
        if reduced[c] < 0.0 < upper[c]:
            gaining += 1
            ready += upper[c]
    columns = np.empty(len(links), np.int64)
    count = 0
    for c in links:
        if upper[c] > 0.0 and (ready < wanted or reduced[c] < 0.0):
            columns[count] = c
            count += 1
    columns = columns[:count]
    columns = columns[np.argsort(reduced[columns])]
    return columns, reduced[columns]


@numba.njit(cache=True, nogil=True)
def choose(
    o: Options, reduced: Floats, lower: Floats, upper: Floats, values: Floats
) -> tuple[Floats, Floats]:
    """Return the worth of each way and the least of each option; write the choice to `values`."""
    worth, chosen = np.empty(len(o.way)), np.empty(len(o.opened))
    spare = np.zeros(len(reduced))
    for j in range(len(o.opened)):
        first, end = o.way_start[j], o.way_start[j + 1]
        ways = o.way[first:end]
        needed = o.least[first:end][upper[ways] > _HALF]
        wanted = needed.max() if len(needed) else 0.0
        forced = (lower[ways] > _HALF).any()
        links = o.link[o.link_start[j] : o.link_start[j + 1]]
        columns, prices = _cheapest_first(links, reduced, upper, wanted)
        fixed = reduced[o.opened[j]] if o.opened[j] >= 0 else 0.0
        chosen[j] = np.inf if o.must_open[j] or forced else 0.0
        best = _NEVER
        for w in range(first, end):
            worth[w] = np.inf
            if upper[o.way[w]] < _HALF or (forced and lower[o.way[w]] < _HALF):
                continue
            value, taken = _fill(columns, prices, upper, o.most[w], o.least[w], spare)
            if taken >= o.least[w] - _ROUNDING:
                worth[w] = value + reduced[o.way[w]] + fixed
                if worth[w] < chosen[j]:
                    chosen[j] = worth[w]
                    best = w
        if best >= 0:
            values[o.way[best]] = 1.0
            if o.opened[j] >= 0:
                values[o.opened[j]] = 1.0
            _fill(columns, prices, upper, o.most[best], o.least[best], values)
    return worth, chosen


@numba.njit(cache=True, nogil=True)
def price_apart(
    o: Options, reduced: Floats, upper: Floats, worth: Floats, chosen: Floats, added: Floats
) -> None:
    """Write what each way, and one person on each link, would add to the least of its option."""
    spare = np.zeros(len(reduced))
    for j in range(len(chosen)):
        links = o.link[o.link_start[j] : o.link_start[j + 1]]
        added[links] = np.inf
        columns, prices = _cheapest_first(links, reduced, upper, np.inf)
        for w in range(o.way_start[j], o.way_start[j + 1]):
            above = worth[w] - chosen[j]
            added[o.way[w]] = above
            if not np.isfinite(above):
                continue
            spare[columns] = 0.0
            _, taken = _fill(columns, prices, upper, o.most[w], o.least[w], spare)
            level = -np.inf
            for k in range(len(columns)):
                if spare[columns[k]] > 0.0:
                    level = prices[k]
            if taken < o.most[w] - _ROUNDING:
                level = max(level, 0.0)
            for k in range(len(columns)):
                dearer = 0.0 if spare[columns[k]] > 0.0 else max(0.0, prices[k] - level)
                added[columns[k]] = min(added[columns[k]], above + dearer)

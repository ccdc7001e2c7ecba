"""A plan for many places into a better one: a window of neighbouring places at a time.

Inside a window every site may open, close or change its size, and whoever is served there may go
elsewhere; everything else stays. A window is a small programme, solved in a moment. Windows follow
each other over the map, grow where they are easy and shrink where they are not.

References
----------
Pisinger, D. and Ropke, S. (2019), Large neighborhood search, in Handbook of Metaheuristics.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from planner.domain import Need, Option
from planner.facility_location.chart import Chart
from planner.facility_location.highs import Floats
from planner.facility_location.pursuit import Pursuit, Room, solve_within
from planner.facility_location.stated import ABOUT_THE_BADLY_SERVED, Stated

MANY_WAYS = 700
"""Ways of opening from which on windows are worth it."""
_FIRST, _LEAST, _MOST = 16, 12, 160
_GROW, _SHRINK = 1.25, 0.8
_HARD_SECONDS, _HARD_SHARE, _EASY = (1.0, 4.0), 0.25, 0.4
"""What a window may take at the least and at the most, and of the time spent on windows so far;
one that takes less than so much of it is easy."""
_FINER = 0.2
"""What a window is solved to, of the gap of the whole: many small gains make a large one."""
_SAME = 1e-6


def improve_by_windows(
    pursuit: Pursuit,
    best: Floats,
    room: Room,
    *,
    bound: float,
    seconds: float,
    among: Collection[Option] = (),
) -> Floats:
    """Return `best`, or a better plan of whole persons.

    Windows are made of the options of `among` (where there are none: of all) and of those that are
    open.
    Ends after `seconds`, when `best` is near `bound`, or when no window of the largest size gains.
    The sizes follow the clock, so two runs may differ.
    """
    stated, aim = pursuit.stated, pursuit.aim
    first = time.monotonic()
    stop = first + seconds
    inside = replace(pursuit, effort=replace(pursuit.effort, gap=_FINER * pursuit.effort.gap))
    chart = stated.chart
    order = np.random.default_rng(pursuit.effort.seed)
    among = among or chart.options
    most = min(_MOST, len(among))
    size = begun = min(_FIRST, most)
    waiting: list[int] = []
    gained = True
    while time.monotonic() < stop:
        if not waiting:
            if not gained and begun >= most:
                break
            size = begun = size if gained else min(most, 2 * begun)
            waiting, gained = _seeds(pursuit, chart, best, order), False
        value = stated.value_of(aim, best)
        if pursuit.near(value, bound):
            break
        usable = {*among, *stated.columns.ways_in(best)}
        part = _inside(stated, chart.window(waiting.pop(), size, usable), best, room)
        began = time.monotonic()
        hard = min(max(_HARD_SHARE * (began - first), _HARD_SECONDS[0]), _HARD_SECONDS[1])
        allowed = min(hard, max(0.0, stop - began))
        best, _ = solve_within(inside, best, part, seconds=allowed, settle_inside=True)
        gained = gained or stated.value_of(aim, best) < value - _SAME
        spent = time.monotonic() - began
        if spent < _EASY * hard:
            size = min(most, math.ceil(size * _GROW))
        elif spent >= allowed:
            size = max(_LEAST, int(size * _SHRINK))
    return best


def _seeds(pursuit: Pursuit, chart: Chart, best: Floats, order: np.random.Generator) -> list[int]:
    """Return the middles of the next windows, in a random order.

    The open options, or where the aim is about those who are badly served, what is nearest to them.
    """
    stated = pursuit.stated
    if pursuit.aim in ABOUT_THE_BADLY_SERVED:
        needs = stated.columns.badly_served_in(best)
        found = sorted({_nearest(stated, need) for need in needs if stated.columns.of_need[need]})
    else:
        opened = stated.columns.ways_in(best)
        found = [k for k, option in enumerate(chart.options) if option in opened]
    return order.permutation(found).tolist() if found else [0]


def _nearest(stated: Stated, need: Need) -> int:
    """Return the number of the option that has the shortest link to a need."""
    links = stated.ground.links
    near = stated.columns.of_need[need]
    return stated.chart.number[min(near, key=lambda option: (links[*need, option[1]], option))]


def _inside(stated: Stated, window: Sequence[Option], best: Floats, room: Room) -> Room:
    """Return bounds that free a window, and whoever is served there or could be served better."""
    lower, upper = best.copy(), best.copy()
    chosen = set(window)
    for option in window:
        columns = stated.columns.of_ways[option]
        opened = stated.columns.opened[option]
        for free in (columns, opened):
            lower[free], upper[free] = room.lower[free], room.upper[free]
    reach = chosen | stated.columns.ways_in(best).keys()
    for need in stated.columns.needs_about(best, chosen):
        links = stated.columns.of_need[need]
        persons = [stated.columns.unserved[need], *(k for o, k in links.items() if o in reach)]
        lower[persons], upper[persons] = room.lower[persons], room.upper[persons]
    return Room(lower, upper)

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
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain import Need, Option
from planner.facility_location.chart import Chart
from planner.facility_location.highs import Floats
from planner.facility_location.pursuit import Pursuit, Room, solve_within
from planner.facility_location.stated import ABOUT_THE_BADLY_SERVED, Stated

MANY_WAYS = 700
"""Ways of opening from which on windows are worth it."""
_FIRST, _LEAST, _MOST = 20, 12, 160
_GROW, _SHRINK = 1.25, 0.8
_HARD_SECONDS, _HARD_SHARE, _EASY = (1.0, 4.0), 0.25, 0.4
"""What a window may take at the least and at the most, and of the time spent on windows so far;
one that takes less than so much of it is easy."""
_FINER = 0.2
"""What a window is solved to, of the gap of the whole: many small gains make a large one."""
_PANES = 4
"""Parts of a window all over the map."""
_SAME = 1e-6


@dataclass
class _Size:
    """How many options a window of some number of parts has."""

    parts: int
    options: int
    begun: int

    def hard(self, passed: float) -> float:
        """Return the seconds that a window may take; one of many parts is better tried anew."""
        least, most = _HARD_SECONDS
        return least if self.parts > 1 else min(max(_HARD_SHARE * passed, least), most)

    def fit(self, *, easy: bool, hard: bool, most: int) -> None:
        """Make the next window larger where the last was easy, smaller where it was too hard."""
        if easy:
            self.options = min(most, math.ceil(self.options * _GROW))
        elif hard:
            self.options = max(_LEAST, int(self.options * _SHRINK))


def improve_by_windows(
    pursuit: Pursuit,
    best: Floats,
    room: Room,
    *,
    seconds: float,
    enough: Callable[[Floats], bool],
    among: Collection[Option] = (),
) -> Floats:
    """Return `best`, or a better plan of whole persons.

    Windows are made of the options of `among` (where there are none: of all) and of those that are
    open.
    Ends after `seconds`, when the best is `enough`, or when no window of the largest size gains.
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
    sizes = [_Size(parts, min(_FIRST, most), 0) for parts in _parts_of(pursuit)]
    waiting: list[int] = []
    gained = True
    while time.monotonic() < stop:
        if not waiting:
            if not gained and all(size.begun >= most for size in sizes):
                break
            for size in sizes:
                size.options = size.options if gained else min(most, 2 * size.begun)
                size.begun = size.options
            waiting, gained = _seeds(pursuit, chart, best, order), False
        if enough(best):
            break
        value = stated.value_of(aim, best)
        size = sizes[len(waiting) % len(sizes)]
        middles = [waiting.pop(), *order.choice(len(chart.options), size.parts - 1)]
        usable = {*among, *stated.columns.ways_in(best)}
        each = max(1, size.options // size.parts)
        window = [o for middle in middles for o in chart.window(middle, each, usable)]
        part = _inside(stated, window, best, room, everybody=size.parts > 1)
        began = time.monotonic()
        hard = size.hard(began - first)
        allowed = min(hard, max(0.0, stop - began))
        best, _ = solve_within(inside, best, part, seconds=allowed, settle_inside=True)
        gained = gained or stated.value_of(aim, best) < value - _SAME
        spent = time.monotonic() - began
        size.fit(easy=spent < _EASY * hard, hard=spent >= allowed, most=most)
    return best


def _parts_of(pursuit: Pursuit) -> tuple[int, ...]:
    """Return of how many parts windows are, in turn.

    Where places and sites are scarce, one that closes here opens far away, and everybody between
    moves up by one: several parts, with all persons free. The badly served are at one place.
    """
    return (1,) if pursuit.aim in ABOUT_THE_BADLY_SERVED else (1, _PANES)


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


def _inside(
    stated: Stated, window: Sequence[Option], best: Floats, room: Room, *, everybody: bool
) -> Room:
    """Return bounds that free a window, and whoever is served there or could be served better.

    Or `everybody`; all to what is open, or in the window.
    """
    lower, upper = best.copy(), best.copy()
    chosen = set(window)
    for option in chosen:
        columns = stated.columns.of_ways[option]
        opened = stated.columns.opened[option]
        for free in (columns, opened):
            lower[free], upper[free] = room.lower[free], room.upper[free]
    reach = chosen | stated.columns.ways_in(best).keys()
    needs = stated.columns.of_need if everybody else stated.columns.needs_about(best, chosen)
    for need in needs:
        links = stated.columns.of_need[need]
        persons = [stated.columns.unserved[need], *(k for o, k in links.items() if o in reach)]
        lower[persons], upper[persons] = room.lower[persons], room.upper[persons]
    return Room(lower, upper)

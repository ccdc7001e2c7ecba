"""A choice of sites into better ones by kicks: some sites near a point are moved, and all improved.

Every start is kicked until many kicks in a row were in vain (an iterated local search); the sites
of its last choice are kept, for good choices share most of their sites.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.branching import Node
from planner.facility_location.classical.interchange import interchange
from planner.facility_location.classical.lagrangian import ANY_NUMBER, FREE
from planner.facility_location.classical.uncapacitated import Incumbent, Uncapacitated, fix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_STARTS, _SITES_PER_START = 6, 15
_VAIN_KICKS, _VAIN_PER_SITE, _KICKS_AT_ONCE = 300, 10, 10
"""Few open sites need few starts and few kicks."""
_KICKED_SITES = 200
"""Sites around a kick that are tried."""
_MOVED = 4
_FEW_IN_DOUBT, _MANY_IN_DOUBT = 40, 150
"""Undecided sites up to which no more kicks pay, and from which another start does."""
_SHARE_OF_TIME = 0.3
_ENTRIES_AT_ONCE = 200_000_000
"""Between two looks at the clock."""


def look_around(
    problem: Uncapacitated,
    incumbent: Incumbent,
    root: Node,
    worth: Floats,
    random: np.random.Generator,
    watch: Stopwatch,
) -> None:
    """Look for better choices: from the sites of most worth, then around good choices.

    Ends early where the bound of `root` leaves few sites in doubt: closing is then shorter.
    """
    size = len(incumbent.opened)
    order = np.argsort(worth, kind="stable").astype(np.int64)
    promising = order[: min(len(worth), max(5 * size, 80))]
    is_open = np.zeros(len(worth), dtype=bool)
    is_open[order[:size]] = True
    improve(problem, incumbent, is_open, random.permutation(promising), watch)
    is_open[:] = False
    is_open[incumbent.opened] = True
    until = watch.left * (1.0 - _SHARE_OF_TIME)
    enough = min(_VAIN_KICKS, _VAIN_PER_SITE * size)
    for _ in range(min(_STARTS, 1 + size // _SITES_PER_START)):
        vain = 0
        while vain < enough:
            gained = _kick(problem, incumbent, is_open, promising, random, watch)
            vain = 0 if gained else vain + _KICKS_AT_ONCE
            if watch.is_over or watch.left < until or root.bound >= incumbent.cutoff:
                return
            if _in_doubt(problem, incumbent, root, worth) <= _FEW_IN_DOUBT:
                return
        incumbent.met.update(problem.names[is_open].tolist())
        if _in_doubt(problem, incumbent, root, worth) <= _MANY_IN_DOUBT:
            return
        is_open[:] = False
        is_open[random.choice(promising, size, replace=False)] = True
        improve(problem, incumbent, is_open, random.permutation(promising), watch)


def improve(
    problem: Uncapacitated,
    incumbent: Incumbent,
    is_open: Bools,
    order: Ints,
    watch: Stopwatch,
) -> float:
    """Improve `is_open` in place by single moves of the sites in `order`; return its cost."""
    given = problem.count != ANY_NUMBER
    most = max(1, _ENTRIES_AT_ONCE // len(problem.weights))
    went = np.zeros(2, dtype=np.int64)
    while True:
        value = interchange(
            problem.costs, problem.by_site, problem.weights, problem.fixed, is_open, order, given,
            problem.least_gain, most, went,
        )  # fmt: skip
        if went[1] >= len(order) or watch.is_over:
            break
    incumbent.offer(problem, np.flatnonzero(is_open))
    return float(value)


def _kick(
    problem: Uncapacitated,
    incumbent: Incumbent,
    is_open: Bools,
    promising: Ints,
    random: np.random.Generator,
    watch: Stopwatch,
) -> bool:
    """Kick `is_open` some times, in place; return whether one of them gained."""
    value = problem.value_of(np.flatnonzero(is_open))
    tried = min(_KICKED_SITES, len(promising))
    before = value
    for _ in range(_KICKS_AT_ONCE):
        point = random.integers(len(problem.weights))
        opened = np.flatnonzero(is_open)
        moved = int(random.integers(1, max(1, min(len(opened) // 2, _MOVED)) + 1))
        near = opened[np.argsort(problem.costs[point, opened], kind="stable")[:moved]]
        around = promising[np.argpartition(problem.costs[point, promising], tried - 1)[:tried]]
        others = around[~is_open[around]]
        if len(others) < moved:
            break
        kicked = is_open.copy()
        kicked[near] = False
        kicked[random.choice(others, moved, replace=False)] = True
        found = improve(problem, incumbent, kicked, random.permutation(around), watch)
        if found < value - problem.least_gain:
            value = found
            is_open[:] = kicked
    return value < before


def _in_doubt(problem: Uncapacitated, incumbent: Incumbent, root: Node, worth: Floats) -> int:
    state = fix(root.state, worth, root.bound, count=problem.count, cutoff=incumbent.cutoff)
    return int((state == FREE).sum())

"""A narrowed choice of sites into its proven best by branching on sites, bounds by multipliers.

Each node opens or closes one more site and improves its parent's multipliers by a few steps, which
takes a millisecond or so for a thousand points. Sites whose other state is bounded out are decided
on the way.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.lagrangian import (
    ANY_NUMBER,
    CLOSED,
    FREE,
    OPEN,
    Ranked,
    ascend,
)
from planner.facility_location.classical.uncapacitated import Incumbent, Uncapacitated, fix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.int8]

_STEP, _LEAST_STEP, _PATIENCE, _STEPS = 0.5, 1e-3, 8, 40


@dataclass(frozen=True, eq=False)
class Node:
    """What is decided, the multipliers that bound it, and how often each site was open lately."""

    bound: float
    state: Marks
    multipliers: Floats
    use: Floats


def branch(
    problem: Uncapacitated,
    ranked: Ranked,
    root: Node,
    incumbent: Incumbent,
    *,
    most_nodes: int | None,
    watch: Stopwatch,
) -> float:
    """Return a true lower bound of what is in `root`; better choices go to `incumbent`.

    Parameters
    ----------
    ranked : Ranked
        Of the sites of `problem`.
    most_nodes : int, optional
        Where to give up.

    Returns
    -------
    float
        At least the incumbent's cutoff when the search ended by itself.
    """
    heap = [(root.bound, 0, root)]
    made = 0
    while heap and heap[0][0] < incumbent.cutoff:
        if watch.is_over or (most_nodes is not None and made >= most_nodes):
            return heap[0][0]
        _, _, node = heapq.heappop(heap)
        site = _site_to_branch(node)
        for choice in (OPEN, CLOSED):
            made += 1
            child = _bounded(problem, ranked, node, site, choice, incumbent)
            if child is not None and child.bound < incumbent.cutoff:
                heapq.heappush(heap, (child.bound, made, child))
    return incumbent.cutoff


def _site_to_branch(node: Node) -> int:
    free = np.flatnonzero(node.state == FREE)
    return int(free[np.argmin(np.abs(node.use[free] - 0.5))])


def _bounded(
    problem: Uncapacitated,
    ranked: Ranked,
    parent: Node,
    site: int,
    choice: int,
    incumbent: Incumbent,
) -> Node | None:
    """Return the child with `site` decided; ``None`` where it is settled or bounded out."""
    state = parent.state.copy()
    state[site] = choice
    if _settled(problem, state, incumbent):
        return None
    opened = np.flatnonzero(state == OPEN)
    cap = ranked.cap
    if opened.size:
        cap = np.minimum(cap, problem.costs[:, opened].min(axis=1))
    multipliers = np.minimum(parent.multipliers, cap)
    worth, use = np.zeros(len(state)), np.zeros(len(state))
    bound = ascend(
        ranked.start, ranked.site, ranked.cost, cap, problem.weights, problem.fixed, state,
        problem.count, incumbent.cutoff, multipliers, np.array([_STEP]), _LEAST_STEP,
        _PATIENCE, _STEPS, worth, use,
    )  # fmt: skip
    if bound >= incumbent.cutoff:
        return None
    state = fix(state, worth, bound, count=problem.count, cutoff=incumbent.cutoff)
    if _settled(problem, state, incumbent):
        return None
    return Node(max(bound, parent.bound), state, multipliers, use)


def _settled(problem: Uncapacitated, state: Marks, incumbent: Incumbent) -> bool:
    """Return whether nothing is left to decide; what is decided then goes to `incumbent`."""
    opened, free = np.flatnonzero(state == OPEN), np.flatnonzero(state == FREE)
    if problem.count == ANY_NUMBER:
        if free.size:
            return False
        if opened.size:
            incumbent.offer(problem, opened)
        return True
    if len(opened) < problem.count < len(opened) + len(free):
        return False
    if len(opened) + len(free) == problem.count:
        incumbent.offer(problem, np.flatnonzero(state != CLOSED))
    elif len(opened) == problem.count:
        incumbent.offer(problem, opened)
    return True

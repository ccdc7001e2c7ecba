"""Costs, demand and capacities into the cheapest sites and shares, demand split where it pays.

Multipliers bound the problem (`knapsacks`), sites whose other state is bounded out are decided,
and branching on the rest solves one transport problem for each choice that is left. A rest of few
links goes to HiGHS as the strong formulation, which is slow with many points and quick with few.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import Fault, InfeasibleError
from planner.facility_location.classical.answers import (
    EXACTNESS,
    LocationAnswer,
    Stopwatch,
    answer_least,
    answer_stopped,
)
from planner.facility_location.classical.knapsacks import ascend_with_capacity, choose_sites
from planner.facility_location.classical.lagrangian import CLOSED, FREE, OPEN
from planner.facility_location.classical.transport import (
    Capacitated,
    cheapest_shares,
    solve_stated,
)
from planner.facility_location.highs import Effort

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.int8]

_ROOT_STEPS = 1500
_NODE_STEPS = 50
_DOUBTFUL = 14
_MORE_SITES = 5
_MOSTLY = 0.4
_PRICED = 120
"""Choices priced before branching."""
_BRIEF, _LONG = 40, 4000
"""Nodes before the rest goes to HiGHS: of few links, and of many."""
_FEW_LINKS = 12_000
_ENTRIES_AT_ONCE = 50_000_000
"""Costs looked at between two looks at the clock."""
_GRACE_SECONDS = 3.0
"""For pricing what was found when the time ended."""


@dataclass(frozen=True, eq=False)
class _Node:
    bound: float
    state: Marks
    multipliers: Floats
    use: Floats


class _Best:
    """The cheapest sites so far; every choice is priced once."""

    def __init__(self, problem: Capacitated, gap: float, watch: Stopwatch) -> None:
        self._problem = problem
        self._gap = gap
        self._watch = watch
        self._seen: set[bytes] = set()
        self.opened: Ints = np.empty(0, dtype=np.int64)
        self.shares: Floats = np.zeros(problem.costs.shape)
        self.value = math.inf

    @property
    def priced(self) -> int:
        """Choices priced so far."""
        return len(self._seen)

    @property
    def cutoff(self) -> float:
        """From this bound on, nothing is worth looking for."""
        if math.isinf(self.value):
            return math.inf
        room = max(EXACTNESS / 2, self._gap) * max(1.0, abs(self.value))
        return self.value - room

    def offer(self, opened: Ints, *, late: bool = False) -> bool:
        """Price `opened` by a transport problem; return whether it is the new best.

        `late` prices it although the time is over.
        """
        key = opened.tobytes()
        if key in self._seen or (self._watch.is_over and not late):
            return False
        self._seen.add(key)
        if self._problem.capacity[opened].sum() < self._problem.demand.sum() * (1 - 1e-12):
            return False
        watch = Stopwatch(_GRACE_SECONDS) if self._watch.is_over else self._watch
        shares = cheapest_shares(self._problem, opened, watch)
        if shares is None:
            return False
        used = opened[(shares[:, opened] > 0).any(axis=0) | (self._problem.fixed[opened] <= 0)]
        value = self._problem.value_of(used, shares)
        if value < self.value:
            self.opened, self.shares, self.value = used, shares, value
            return True
        return False


def find_best_split(
    problem: Capacitated, *, watch: Stopwatch, gap: float = 0.0, seed: int = 0
) -> LocationAnswer:
    """Return the cheapest sites and the share of each row that each serves."""
    sites = problem.costs.shape[1]
    best = _Best(problem, gap, watch)
    if np.isfinite(problem.costs).all():
        best.offer(_first_choice(problem))
    if not best.opened.size:
        best.offer(np.arange(sites, dtype=np.int64))
    if not best.opened.size and problem.demand.sum() > 0 and not watch.is_over:
        raise InfeasibleError(
            Fault("the capacities cannot hold the demand along the links that there are")
        )
    by_site = np.ascontiguousarray(problem.costs.T)
    root = _first_bound(problem, by_site, best, watch)
    _flip_doubtful(root, best, watch)
    if root.bound < best.cutoff:
        again = _bounded(problem, by_site, root, best, watch=watch, at_root=True)
        root = again if again is not None and again.bound > root.bound else root
    bound = root.bound
    if bound < best.cutoff:
        bound = max(bound, _branch(problem, by_site, root, best, watch=watch, seed=seed))
    if math.isinf(best.value):
        return answer_stopped(best.shares, bound=bound, watch=watch)
    bound = min(bound, best.value)
    return answer_least(best.opened, best.shares, value=best.value, bound=bound, watch=watch)


def _first_choice(problem: Capacitated) -> Ints:
    """Return the sites that most demand would like best, as many as hold all of it and one more."""
    liked = np.bincount(
        _dear(problem).argmin(axis=1), weights=problem.demand, minlength=len(problem.fixed)
    )
    order = np.lexsort((-problem.capacity, -np.minimum(liked, problem.capacity)))
    held = np.cumsum(problem.capacity[order])
    enough = int(np.searchsorted(held, problem.demand.sum())) + 2
    return np.sort(order[:enough])


def _dear(problem: Capacitated) -> Floats:
    """Return the costs with each site's opening spread over its capacity."""
    with np.errstate(divide="ignore", invalid="ignore"):
        per_unit = np.where(problem.capacity > 0, problem.fixed / problem.capacity, np.inf)
    dear: Floats = problem.costs + np.multiply.outer(problem.demand, np.minimum(per_unit, 1e12))
    return dear


def _first_bound(problem: Capacitated, by_site: Floats, best: _Best, watch: Stopwatch) -> _Node:
    sites = len(problem.fixed)
    least = _dear(problem).min(axis=1)
    start = _Node(-math.inf, np.full(sites, FREE, dtype=np.int8), least, np.zeros(sites))
    node = _bounded(problem, by_site, start, best, watch=watch, at_root=True)
    return start if node is None else node


def _bounded(
    problem: Capacitated,
    by_site: Floats,
    node: _Node,
    best: _Best,
    *,
    watch: Stopwatch,
    at_root: bool = False,
) -> _Node | None:
    """Return `node` with better multipliers and more sites decided; ``None``: bounded out."""
    sites = len(node.state)
    worth, use = np.zeros(sites), np.zeros(sites)
    multipliers = node.multipliers.copy()
    target = best.cutoff if math.isfinite(best.cutoff) else 1e12
    steps = _ROOT_STEPS if at_root else _NODE_STEPS
    least_step, patience = (5e-4, 15) if at_root else (2e-3, 8)
    pace = np.array([1.0 if at_root else 0.5])
    live = max(1, int((node.state != CLOSED).sum()))
    at_once = max(5, _ENTRIES_AT_ONCE // (live * len(multipliers)))
    bound = -math.inf
    for done in range(0, steps, at_once):
        bound = ascend_with_capacity(
            by_site, problem.demand, problem.fixed, problem.capacity, node.state, target,
            multipliers, pace, least_step, patience, min(at_once, steps - done), worth, use,
        )  # fmt: skip
        if bound >= target or pace[0] < least_step or watch.is_over:
            break
    if bound >= best.cutoff and not at_root:
        return None
    if math.isinf(bound):
        return None
    state = _decided(problem, node.state, worth, float(multipliers.sum()), best.cutoff)
    return _Node(max(bound, node.bound), state, multipliers, use)


def _decided(
    problem: Capacitated, state: Marks, worth: Floats, offset: float, cutoff: float
) -> Marks:
    """Return `state` with the sites decided that cannot be otherwise below `cutoff`."""
    decided = state.copy()
    part = np.zeros(len(state))
    demand = float(problem.demand.sum())
    for site in np.flatnonzero(state == FREE):
        tried = state.copy()
        for choice, other in ((OPEN, CLOSED), (CLOSED, OPEN)):
            tried[site] = choice
            if offset + choose_sites(worth, problem.capacity, tried, demand, part) >= cutoff:
                decided[site] = other
                break
    return decided


def _flip_doubtful(root: _Node, best: _Best, watch: Stopwatch) -> None:
    """Open what the bound mostly opens, then change or swap doubtful sites while it pays."""
    order = np.argsort(-root.use, kind="stable")
    size = max(1, round(float(root.use.sum())))
    for count in range(size, min(size + _MORE_SITES, len(order)) + 1):
        best.offer(np.sort(order[:count]))
    doubtful = np.argsort(np.abs(root.use - 0.5), kind="stable")[:_DOUBTFUL]
    moves = [[site] for site in doubtful]
    moves += [[one, other] for k, one in enumerate(doubtful) for other in doubtful[:k]]
    found = np.empty(0, dtype=np.int64)
    while not np.array_equal(found, best.opened):
        found = best.opened
        for move in moves:
            if watch.is_over or best.priced >= _PRICED:
                return
            opened = np.setxor1d(best.opened, move)
            swap = len(opened) == len(best.opened)
            if opened.size and (swap or len(move) == 1):
                best.offer(opened)


def _branch(
    problem: Capacitated,
    by_site: Floats,
    root: _Node,
    best: _Best,
    *,
    watch: Stopwatch,
    seed: int,
) -> float:
    heap = [(root.bound, 0, root)]
    made = 0
    links = int((root.state != CLOSED).sum()) * len(problem.demand)
    most = _BRIEF if links <= _FEW_LINKS else _LONG
    while heap and heap[0][0] < best.cutoff:
        if watch.is_over:
            return heap[0][0]
        if made >= most:
            return max(heap[0][0], _stated_rest(problem, [h[2] for h in heap], best, watch, seed))
        _, _, node = heapq.heappop(heap)
        free = np.flatnonzero(node.state == FREE)
        if not free.size:
            best.offer(np.flatnonzero(node.state == OPEN))
            if watch.left <= 0.0:  # it may not have been priced
                return node.bound
            continue
        site = int(free[np.argmin(np.abs(node.use[free] - 0.5))])
        for choice in (OPEN, CLOSED):
            made += 1
            state = node.state.copy()
            state[site] = choice
            child = _Node(node.bound, state, node.multipliers, node.use)
            bounded = _bounded(problem, by_site, child, best, watch=watch)
            if bounded is None:
                continue
            best.offer(np.flatnonzero((bounded.state == OPEN) | (bounded.use >= _MOSTLY)))
            if bounded.bound < best.cutoff:
                heapq.heappush(heap, (bounded.bound, made, bounded))
    return best.cutoff


def _stated_rest(
    problem: Capacitated, nodes: list[_Node], best: _Best, watch: Stopwatch, seed: int
) -> float:
    """Return HiGHS's bound of all that `nodes` leave open; what it finds goes to `best`."""
    states = np.array([node.state for node in nodes])
    live = np.flatnonzero((states != CLOSED).any(axis=0))
    is_open = (states[:, live] == OPEN).all(axis=0)
    effort = Effort(seconds=watch.left, gap_abs=best.value - best.cutoff, seed=seed)
    opened, bound = solve_stated(
        problem, live, is_open, start=(best.opened, best.shares), effort=effort, watch=watch
    )
    if opened.size:
        best.offer(opened, late=True)
    return min(bound, best.cutoff)

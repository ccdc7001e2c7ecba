"""A narrowed choice of sites into exact multipliers by a linear programme with Benders cuts.

With ``theta_i`` the cost of a unit of point i, every level D gives a true rule
``theta_i + sum_{j: cost_ij < D} (D - cost_ij) y_j >= D``; the most violated level is where the open
shares of the nearest sites reach one (Duran-Mateluna, Alès & Elloumi 2023; Fischetti, Ljubić &
Sinnl 2017). The programme's prices are multipliers: the bound is computed from them again, so
that no bound rests on the programme's own arithmetic.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import highspy
import numba
import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.branching import Node
from planner.facility_location.classical.kicks import improve
from planner.facility_location.classical.lagrangian import (
    ANY_NUMBER,
    CLOSED,
    FREE,
    OPEN,
    Ranked,
    ascend,
)
from planner.facility_location.classical.uncapacitated import Incumbent, Uncapacitated, fix
from planner.facility_location.classical.warm import solve_within

_log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]

_VIOLATED = 1e-7
_ROUND_UP_EVERY = 4


@dataclass(frozen=True, eq=False)
class Cuts:
    """Benders cuts by point and level; arrays of shape (cuts,)."""

    point: Ints
    level: Floats


def improve_by_cuts(
    problem: Uncapacitated,
    ranked: Ranked,
    node: Node,
    incumbent: Incumbent,
    *,
    watch: Stopwatch,
) -> tuple[Node, Cuts]:
    """Return `node` with the best multipliers found, and the cuts that are tight.

    `use` of the node is then the programme's fractional choice.
    """
    programme = _Programme(problem, node)
    levels = _levels_around(ranked, node.multipliers)
    for level in levels:
        programme.add(level)
    best = node
    rounds = 0
    while not watch.is_over:
        solved = programme.solve(watch)
        if solved is None:
            break
        shares, theta, multipliers = solved
        best = _weighed(problem, ranked, best, multipliers, shares, incumbent)
        programme.decide(best)
        if best.bound >= incumbent.cutoff:
            break
        if rounds % _ROUND_UP_EVERY == 0:
            _round(problem, shares, incumbent, watch)
        rounds += 1
        _log.debug(
            "cuts: round %d, bound %g, %d undecided, %.1f s",
            rounds, best.bound, int((best.state == FREE).sum()), watch.spent,
        )  # fmt: skip
        level = np.full(len(theta), -1.0)
        separate(ranked.start, ranked.site, ranked.cost, shares, theta, _VIOLATED, level)
        if programme.add(level) == 0:
            break
    return best, programme.tight_cuts()


@numba.njit(cache=True, nogil=True)
def separate(
    start: Ints,
    site: Ints32,
    cost: Floats,
    shares: Floats,
    theta: Floats,
    tolerance: float,
    level: Floats,
) -> None:
    """Set `level` of each point to that of its most violated cut, -1 where none is violated."""
    for i in range(len(theta)):
        served = 0.0
        paid = 0.0
        reached = 0.0
        for k in range(start[i], start[i + 1]):
            reached = cost[k]
            part = min(shares[site[k]], 1.0 - served)
            served += part
            paid += part * reached
            if served >= 1.0 - 1e-9:
                break
        paid += (1.0 - served) * reached
        level[i] = -1.0
        if paid > theta[i] + tolerance * max(1.0, paid):
            level[i] = reached


class _Programme:
    """The linear programme in HiGHS, kept warm between rounds."""

    def __init__(self, problem: Uncapacitated, node: Node) -> None:
        self._problem = problem
        self._known: set[tuple[int, float]] = set()
        self._point: list[int] = []
        self._level: list[float] = []
        points, sites = problem.costs.shape
        infinity = highspy.kHighsInf
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        lower = (node.state == OPEN).astype(float)
        upper = (node.state != CLOSED).astype(float)
        self._solver.addVars(
            sites + points,
            np.r_[lower, np.zeros(points)],
            np.r_[upper, np.full(points, infinity)],
        )
        self._solver.changeColsCost(
            sites + points,
            np.arange(sites + points, dtype=np.int32),
            np.r_[
                np.zeros(sites) if problem.count != ANY_NUMBER else problem.fixed,
                problem.weights,
            ],
        )
        given = problem.count != ANY_NUMBER
        self._solver.addRow(
            float(problem.count if given else 1),
            float(problem.count) if given else infinity,
            sites,
            np.arange(sites, dtype=np.int32),
            np.ones(sites),
        )

    def add(self, level: Floats) -> int:
        """Add the cut of each point at `level` (negative: none); return how many are new."""
        costs = self._problem.costs
        sites = costs.shape[1]
        starts: list[int] = []
        columns: list[NDArray[np.int64]] = []
        entries: list[Floats] = []
        bounds: list[float] = []
        length = 0
        for i in np.flatnonzero(level > 0):
            at = float(level[i])
            if (int(i), at) in self._known:
                continue
            self._known.add((int(i), at))
            self._point.append(int(i))
            self._level.append(at)
            nearer = np.flatnonzero(costs[i] < at)
            starts.append(length)
            columns.append(np.append(nearer, sites + i))
            entries.append(np.append(at - costs[i, nearer], 1.0))
            bounds.append(at)
            length += len(nearer) + 1
        if starts:
            self._solver.addRows(
                len(starts),
                np.array(bounds),
                np.full(len(starts), highspy.kHighsInf),
                length,
                np.array(starts, dtype=np.int32),
                np.concatenate(columns).astype(np.int32),
                np.concatenate(entries),
            )
        return len(starts)

    def solve(self, watch: Stopwatch) -> tuple[Floats, Floats, Floats] | None:
        """Return open shares, cost by point and multipliers; ``None`` when time ended it."""
        if not solve_within(self._solver, watch):
            return None
        solution = self._solver.getSolution()
        values = np.array(solution.col_value)
        prices = np.maximum(np.array(solution.row_dual)[1:], 0.0)
        sites = self._problem.costs.shape[1]
        paid = np.bincount(
            np.array(self._point, dtype=np.int64),
            weights=prices * np.array(self._level),
            minlength=len(values) - sites,
        )
        return np.clip(values[:sites], 0.0, 1.0), values[sites:], paid / self._problem.weights

    def decide(self, node: Node) -> None:
        """Hold the sites that `node` has decided."""
        decided = np.flatnonzero(node.state != FREE).astype(np.int32)
        held = (node.state[decided] == OPEN).astype(float)
        if decided.size:
            self._solver.changeColsBounds(len(decided), decided, held, held)

    def tight_cuts(self) -> Cuts:
        """Return the cuts that hold with little to spare at the last choice."""
        values = np.array(self._solver.getSolution().row_value)[1:]
        level = np.array(self._level)[: len(values)]
        point = np.array(self._point, dtype=np.int64)[: len(values)]
        tight = values - level < 1e-3 * (level + 1.0)
        return Cuts(point[tight], level[tight])


def _levels_around(ranked: Ranked, multipliers: Floats) -> list[Floats]:
    """Return the multipliers and, for each point, the costs next below and above it."""
    points = len(multipliers)
    below, above = np.full(points, -1.0), np.full(points, -1.0)
    for i in range(points):
        row = ranked.cost[ranked.start[i] : ranked.start[i + 1]]
        at = int(np.searchsorted(row, multipliers[i]))
        below[i] = row[at - 1] if at else -1.0
        above[i] = row[min(at, len(row) - 1)]
    return [multipliers, below, above]


def _weighed(
    problem: Uncapacitated,
    ranked: Ranked,
    best: Node,
    multipliers: Floats,
    shares: Floats,
    incumbent: Incumbent,
) -> Node:
    """Return the better of `best` and what `multipliers` prove, more sites decided."""
    worth, use = np.zeros(len(shares)), np.zeros(len(shares))
    tried = np.minimum(multipliers, ranked.cap)
    bound = ascend(
        ranked.start, ranked.site, ranked.cost, ranked.cap, problem.weights, problem.fixed,
        best.state, problem.count, incumbent.cutoff, tried, np.array([0.1]), 1e-3, 4, 8, worth, use,
    )  # fmt: skip
    state = fix(best.state, worth, bound, count=problem.count, cutoff=incumbent.cutoff)
    if bound > best.bound:
        return Node(bound, state, tried, shares)
    return Node(best.bound, state, best.multipliers, shares)


def _round(problem: Uncapacitated, shares: Floats, incumbent: Incumbent, watch: Stopwatch) -> None:
    size = problem.count if problem.count != ANY_NUMBER else max(1, round(float(shares.sum())))
    order = np.argsort(-shares, kind="stable").astype(np.int64)
    is_open = np.zeros(len(shares), dtype=bool)
    is_open[order[:size]] = True
    improve(problem, incumbent, is_open, order, watch)

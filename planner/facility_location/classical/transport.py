"""Open sites with capacities into the cheapest shares of every demand row."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.highs import Effort, Ending
from planner.facility_location.program import Handed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_HALF = 0.5


@dataclass(frozen=True, eq=False)
class Capacitated:
    """Minimise ``sum_ij costs_ij x_ij + sum_j fixed_j y_j`` within the capacities.

    Attributes
    ----------
    costs : float64 array of shape (points, sites)
        Of the whole demand of a row; inf where it cannot be served.
    demand : float64 array of shape (points,)
    fixed, capacity : float64 arrays of shape (sites,)
    """

    costs: Floats
    demand: Floats
    fixed: Floats
    capacity: Floats

    def value_of(self, opened: Ints, shares: Floats) -> float:
        """Return the cost of opening `opened` and serving `shares`."""
        rows, columns = np.nonzero(shares)
        served = math.fsum(shares[rows, columns] * self.costs[rows, columns])
        return served + math.fsum(self.fixed[opened])


def cheapest_shares(problem: Capacitated, opened: Ints, watch: Stopwatch) -> Floats | None:
    """Return the cheapest shares, of shape (points, sites), that `opened` can hold.

    ``None`` where `opened` cannot serve everyone, or the time ended.
    """
    points = len(problem.demand)
    rows, at = np.nonzero(np.isfinite(problem.costs[:, opened]))
    columns = opened[at]
    links = len(rows)
    matrix = csr_matrix(
        (
            np.r_[np.ones(links), problem.demand[rows]],
            (np.r_[rows, points + at], np.r_[np.arange(links), np.arange(links)]),
        ),
        shape=(points + len(opened), links),
    )
    handed = Handed(
        index={},
        lower=np.zeros(links),
        upper=np.ones(links),
        whole=np.zeros(links, dtype=bool),
        row_names=(),
        row_lower=np.r_[np.ones(points), np.full(len(opened), -np.inf)],
        row_upper=np.r_[np.ones(points), problem.capacity[opened]],
        matrix=matrix,
    )
    outcome = handed.minimise(problem.costs[rows, columns], Effort(seconds=watch.left))
    if outcome.ending is not Ending.DONE or outcome.values is None:
        return None
    shares = np.zeros(problem.costs.shape)
    shares[rows, columns] = np.clip(outcome.values, 0.0, 1.0)
    shares[shares < 1e-12] = 0.0  # noqa: PLR2004 - a solver's zero
    total: Floats = shares.sum(axis=1, keepdims=True)
    return shares / total


def solve_stated(
    problem: Capacitated,
    live: Ints,
    is_open: Bools,
    *,
    start: tuple[Ints, Floats],
    effort: Effort,
    watch: Stopwatch,
) -> tuple[Ints, float]:
    """Return the best sites among `live` that HiGHS finds (none: empty) and its lower bound.

    Parameters
    ----------
    is_open : bool array of shape (len(live),)
        Which of them are known to be open.
    start : pair of int64 array and float64 array of shape (points, sites)
        A choice to begin with and its shares; passed over where it is not among `live`.
    """
    program = pulp.LpProblem("capacitated", pulp.LpMinimize)
    opening = [
        program.add_variable(f"y_{k}", int(known), 1, cat=pulp.LpInteger)
        for k, known in enumerate(is_open)
    ]
    share = {
        (i, k): program.add_variable(f"x_{i}_{k}", 0)
        for i, k in np.argwhere(np.isfinite(problem.costs[:, live])).tolist()
    }
    terms = [(x, float(problem.costs[i, live[k]])) for (i, k), x in share.items()]
    terms += [(y, float(problem.fixed[live[k]])) for k, y in enumerate(opening)]
    program += pulp.LpAffineExpression(terms)
    at_point: list[list[tuple[pulp.LpVariable, float]]] = [[] for _ in problem.demand]
    at_site: list[list[tuple[pulp.LpVariable, float]]] = [[] for _ in live]
    for (i, k), x in share.items():
        at_point[i].append((x, 1.0))
        at_site[k].append((x, float(problem.demand[i])))
        program += pulp.LpAffineExpression([(x, 1), (opening[k], -1)]) <= 0, f"open_{i}_{k}"
    for i, served in enumerate(at_point):
        program += pulp.LpAffineExpression(served) == 1, f"serve_{i}"
    for k, load in enumerate(at_site):
        room = [(opening[k], -float(problem.capacity[live[k]]))]
        program += pulp.LpAffineExpression([*load, *room]) <= 0, f"hold_{k}"
    places = [(y, float(problem.capacity[live[k]])) for k, y in enumerate(opening)]
    program += pulp.LpAffineExpression(places) >= float(problem.demand.sum()), "hold_all"
    handed = Handed.of(program)
    costs, constant = handed.expression(program.objective)
    begin = np.zeros(len(costs))
    for held in np.flatnonzero(np.isin(live, start[0])):
        begin[handed.index[f"y_{held}"]] = 1.0
    for (i, k), x in share.items():
        begin[handed.index[x.name]] = start[1][i, live[k]]
    whole_start = begin if np.isin(start[0], live).all() else None
    listener = None if watch.on_look is None else watch.look
    outcome = handed.minimise(
        costs, effort, constant=constant, start=whole_start, on_progress=listener
    )
    if outcome.ending is Ending.INFEASIBLE:  # said twice before it is believed
        again = replace(effort, presolve=False)
        outcome = handed.minimise(costs, again, constant=constant)
    if outcome.values is None:
        return np.empty(0, dtype=np.int64), outcome.bound
    chosen = outcome.values[[handed.index[y.name] for y in opening]] > _HALF
    return live[chosen], outcome.bound

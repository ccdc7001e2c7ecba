"""The undecided rest of a choice of sites into its best, as a small mixed-integer programme.

PuLP states it with the Benders cuts that were tight; HiGHS solves it; cuts that its choice breaks
are added until there are none. The choice's value is computed from the costs, never taken over.
"""

from __future__ import annotations

import numpy as np
import pulp
from numpy.typing import NDArray

from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.benders import Cuts, separate
from planner.facility_location.classical.branching import Node
from planner.facility_location.classical.lagrangian import ANY_NUMBER, CLOSED, OPEN, rank
from planner.facility_location.classical.uncapacitated import Incumbent, Uncapacitated
from planner.facility_location.highs import Effort
from planner.facility_location.program import Handed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HALF = 0.5


def solve_rest(
    problem: Uncapacitated,
    node: Node,
    cuts: Cuts,
    incumbent: Incumbent,
    *,
    watch: Stopwatch,
    seed: int,
) -> float:
    """Return a lower bound of what `node` leaves open, at least the cutoff when there was time."""
    live = np.flatnonzero(node.state != CLOSED)
    rest = problem.narrowed(live)
    is_open = node.state[live] == OPEN
    ranked = rank(rest.costs, at_most=len(live))
    known = list(zip(cuts.point.tolist(), cuts.level.tolist(), strict=True))
    bound = node.bound
    while not watch.is_over:
        program, opening = _stated(rest, is_open, known)
        handed = Handed.of(program)
        costs, constant = handed.expression(program.objective)
        effort = Effort(
            seconds=watch.left,
            gap=0.0,
            gap_abs=max(0.0, incumbent.value - incumbent.cutoff),
            seed=seed,
        )
        outcome = handed.minimise(
            costs,
            effort,
            constant=constant,
            start=_start(handed, rest, incumbent),
            on_progress=None if watch.on_look is None else watch.look,
        )
        bound = max(bound, min(outcome.bound, incumbent.cutoff))
        if outcome.values is None:
            return bound
        shares = outcome.values[[handed.index[y.name] for y in opening]]
        chosen = np.flatnonzero(shares > _HALF)
        if rest.count in {ANY_NUMBER, len(chosen)} and chosen.size:
            incumbent.offer(rest, chosen)
        if outcome.bound >= incumbent.cutoff:
            return incumbent.cutoff
        theta = outcome.values[[handed.index[f"theta_{i}"] for i in range(len(rest.weights))]]
        level = np.full(len(theta), -1.0)
        whole = (shares > _HALF).astype(float)
        separate(ranked.start, ranked.site, ranked.cost, whole, theta, 1e-7, level)
        broken = {(int(i), float(level[i])) for i in np.flatnonzero(level > 0)} - set(known)
        if not broken:
            return bound
        known.extend(sorted(broken))
    return bound


def _stated(
    problem: Uncapacitated, is_open: NDArray[np.bool_], cuts: list[tuple[int, float]]
) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """Min fixed·y + weights·theta;  theta_i + sum_{cost_ij < D} (D - cost_ij) y_j >= D."""
    program = pulp.LpProblem("rest", pulp.LpMinimize)
    opening = [
        program.add_variable(f"y_{k}", int(held), 1, cat=pulp.LpInteger)
        for k, held in enumerate(is_open)
    ]
    theta = [program.add_variable(f"theta_{i}", 0) for i in range(len(problem.weights))]
    fixed = problem.fixed if problem.count == ANY_NUMBER else np.zeros(len(opening))
    program += pulp.LpAffineExpression(
        [
            *zip(opening, fixed.tolist(), strict=True),
            *zip(theta, problem.weights.tolist(), strict=True),
        ]
    )
    number = pulp.LpAffineExpression([(y, 1) for y in opening])
    if problem.count == ANY_NUMBER:
        program += number >= 1, "one_at_least"
    else:
        program += number == problem.count, "as_many_as_asked"
    for row, (i, at) in enumerate(cuts):
        nearer = np.flatnonzero(problem.costs[i] < at)
        terms = [(opening[k], float(at - problem.costs[i, k])) for k in nearer]
        program += pulp.LpAffineExpression([(theta[i], 1.0), *terms]) >= at, f"serve_{row}"
    return program, opening


def _start(handed: Handed, problem: Uncapacitated, incumbent: Incumbent) -> Floats | None:
    """Return the best choice as a solution of the programme, if the rest holds all of it."""
    columns = incumbent.columns(problem)
    if len(columns) < len(incumbent.opened):
        return None
    values = np.zeros(len(handed.lower))
    for k in columns:
        values[handed.index[f"y_{k}"]] = 1.0
    nearest = problem.costs[:, columns].min(axis=1)
    for i, cost in enumerate(nearest):
        values[handed.index[f"theta_{i}"]] = cost
    return values

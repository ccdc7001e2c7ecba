"""Multipliers of the demand into a lower bound of a location problem, and back into better ones.

The relaxed rule is that every point is served: with a multiplier per point the problem falls
apart by site, and each site is worth ``fixed_j + sum_i weight_i * min(0, cost_ij - multiplier_i)``
(Cornuéjols, Fisher & Nemhauser 1977). The bound is exact arithmetic's business, not a solver's:
any multipliers give a true one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Marks = NDArray[np.int8]

FREE, OPEN, CLOSED = 0, 1, -1
ANY_NUMBER = -1


@dataclass(frozen=True, eq=False)
class Ranked:
    """The sites of every point, nearest first, as compressed rows.

    Attributes
    ----------
    start : int64 array of shape (points + 1,)
    site : int32 array of shape (entries,)
    cost : float64 array of shape (entries,)
    cap : float64 array of shape (points,)
        A multiplier above it says nothing, or would need a site that is not in the row.
    """

    start: Ints
    site: Ints32
    cost: Floats
    cap: Floats


def rank(costs: Floats, *, at_most: int) -> Ranked:
    """Return each point's `at_most` nearest sites in order of cost; ties by index.

    Parameters
    ----------
    costs : float64 array of shape (points, sites), finite
    """
    points, sites = costs.shape
    kept = min(sites, at_most)
    order = np.empty((points, kept), dtype=np.int32)
    cost = np.empty((points, kept))
    for i, row in enumerate(costs):
        chosen = np.argsort(row, kind="stable")[:kept]
        order[i] = chosen
        cost[i] = row[chosen]
    cap = cost[:, -1].copy() if kept < sites else np.full(points, np.inf)
    start = np.arange(points + 1, dtype=np.int64) * kept
    return Ranked(start, order.ravel(), cost.ravel(), cap)


@numba.njit(cache=True, nogil=True)
def ascend(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, arguments by position
    start: Ints,
    site: Ints32,
    cost: Floats,
    cap: Floats,
    weights: Floats,
    fixed: Floats,
    state: Marks,
    count: int,
    target: float,
    multipliers: Floats,
    pace: Floats,
    least_step: float,
    patience: int,
    most: int,
    worth: Floats,
    use: Floats,
) -> float:
    """Improve `multipliers` in place by subgradient steps; return the best bound.

    Parameters
    ----------
    start, site, cost, cap : arrays of `Ranked`
    weights : float64 array of shape (points,)
    fixed : float64 array of shape (sites,)
    state : int8 array of shape (sites,): FREE, OPEN or CLOSED
    count : int
        Sites to open in all, or `ANY_NUMBER`.
    target : float
        What the bound has to reach; steps aim at it, and reaching it ends the search.
    pace : float64 array of shape (1,)
        Polyak factor; shrinks in place, so that a later call goes on from there.
    least_step, patience : float, int
        Factor at which to give up, and steps without gain before a cut.
    most : int
        Steps at most.
    worth : float64 array of shape (sites,)
        Out: the worth of each site under the best multipliers.
    use : float64 array of shape (sites,)
        Out: how often each site was open lately (0..1), a guess at the fractional optimum.
    """
    points = len(weights)
    sites = len(state)
    forced = 0
    free_sites = 0
    for j in range(sites):
        if state[j] == OPEN:
            forced += 1
        elif state[j] == FREE:
            free_sites += 1
    room = count - forced
    now = multipliers.copy()
    rho = np.empty(sites)
    free_rho = np.empty(free_sites)
    chosen = np.zeros(sites, np.bool_)
    direction = np.zeros(points)
    best = -np.inf
    stalled = 0
    use[:] = 0.0
    for _ in range(most):
        bound = 0.0
        rho[:] = fixed
        for i in range(points):
            m = now[i]
            bound += weights[i] * m
            for k in range(start[i], start[i + 1]):
                c = cost[k]
                if c >= m:
                    break
                rho[site[k]] += weights[i] * (c - m)
        if count == ANY_NUMBER:
            for j in range(sites):
                chosen[j] = state[j] == OPEN or (state[j] == FREE and rho[j] < 0.0)
                if chosen[j]:
                    bound += rho[j]
        else:
            f = 0
            for j in range(sites):
                if state[j] == FREE:
                    free_rho[f] = rho[j]
                    f += 1
            threshold = -np.inf
            if room > 0:
                threshold = np.partition(free_rho, room - 1)[room - 1]
            taken = 0
            for j in range(sites):
                chosen[j] = state[j] == OPEN or (state[j] == FREE and rho[j] < threshold)
                if chosen[j]:
                    bound += rho[j]
                    taken += 1
            for j in range(sites):  # ties at the threshold, by index
                if taken == count:
                    break
                if state[j] == FREE and rho[j] == threshold and not chosen[j]:
                    chosen[j] = True
                    bound += rho[j]
                    taken += 1
        for j in range(sites):
            use[j] = 0.9 * use[j] + (0.1 if chosen[j] else 0.0)
        if bound > best:
            stalled = 0 if bound > best + 2e-6 * abs(best) else stalled + 1
            best = bound
            multipliers[:] = now
            worth[:] = rho
        else:
            stalled += 1
        if best >= target:
            break
        restart = False
        if stalled >= patience:
            pace[0] *= 0.6
            stalled = 0
            if pace[0] < least_step:
                break
            now[:] = multipliers
            restart = True
        length = 0.0
        if restart:
            # the choice under the best multipliers must be made again before a step from there
            direction[:] = 0.0
            continue
        for i in range(points):
            m = now[i]
            g = 1.0
            for k in range(start[i], start[i + 1]):
                if cost[k] >= m:
                    break
                if chosen[site[k]]:
                    g -= 1.0
            direction[i] = g + 0.5 * direction[i]
            length += weights[i] * direction[i] * direction[i]
        if length < 1e-12:  # noqa: PLR2004 - every point is served once: nothing to mend
            break
        stride = pace[0] * max(target - bound, 1e-5 * abs(target)) / length
        for i in range(points):
            now[i] = min(max(now[i] + stride * direction[i], 0.0), cap[i])
    return best

"""Multipliers of the demand into a lower bound of a location problem with capacities.

With the rule that every row is served relaxed, each site fills its capacity by a continuous
knapsack of what it gains, and the sites are chosen so that their capacities hold the demand
(Cornuéjols, Sridharan & Thizy 1991). The bound equals that of the strong linear programme.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.lagrangian import CLOSED, OPEN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.int8]


@numba.njit(cache=True, nogil=True)
def ascend_with_capacity(  # noqa: C901, PLR0912, PLR0917 - one loop, arguments by position
    costs: Floats,
    demand: Floats,
    fixed: Floats,
    capacity: Floats,
    state: Marks,
    target: float,
    multipliers: Floats,
    step: float,
    least_step: float,
    patience: int,
    most: int,
    worth: Floats,
    use: Floats,
) -> float:
    """Improve `multipliers` in place by subgradient steps; return the best bound.

    Parameters
    ----------
    costs : float64 array of shape (sites, points)
        Of the whole demand of a point; inf where it cannot be served.
    demand : float64 array of shape (points,)
    fixed, capacity : float64 arrays of shape (sites,)
    state : int8 array of shape (sites,): FREE, OPEN or CLOSED
    target, step, least_step, patience, most, worth, use
        As for `lagrangian.ascend`. A bound of inf: what is open cannot hold the demand.
    """
    sites, points = costs.shape
    now = multipliers.copy()
    v = np.empty(sites)
    part = np.zeros(sites)
    served = np.empty(points)
    direction = np.zeros(points)
    best = -np.inf
    stalled = 0
    use[:] = 0.0
    for _ in range(most):
        for j in range(sites):
            v[j] = np.inf
            if state[j] != CLOSED:
                v[j] = fixed[j] + _fill(costs[j], demand, capacity[j], now, 0.0, served)
        bound = float(choose_sites(v, capacity, state, demand.sum(), part) + now.sum())
        if bound == np.inf:
            return bound
        for j in range(sites):
            use[j] = 0.9 * use[j] + 0.1 * part[j]
        if bound > best:
            stalled = 0 if bound > best + 2e-6 * abs(best) else stalled + 1
            best = bound
            multipliers[:] = now
            worth[:] = v
        else:
            stalled += 1
        if best >= target:
            break
        if stalled >= patience:
            step *= 0.6
            stalled = 0
            if step < least_step:
                break
            now[:] = multipliers
            direction[:] = 0.0
            continue
        served[:] = 0.0
        for j in range(sites):
            if part[j] > 0.0:
                _fill(costs[j], demand, capacity[j], now, part[j], served)
        length = 0.0
        for i in range(points):
            direction[i] = 1.0 - served[i] + 0.5 * direction[i]
            length += direction[i] * direction[i]
        if length < 1e-12:  # noqa: PLR2004 - every point is served once: nothing to mend
            break
        stride = step * max(target - bound, 1e-5 * abs(target)) / length
        for i in range(points):
            now[i] = max(now[i] + stride * direction[i], 0.0)
    return best


@numba.njit(cache=True, nogil=True)
def choose_sites(
    worth: Floats, capacity: Floats, state: Marks, demand: float, part: Floats
) -> float:
    """Set `part` (0..1) to the cheapest sites whose capacities hold `demand`; return their worth.

    The last site may be taken in part, which only lowers the bound.
    """
    total = 0.0
    held = 0.0
    for j in range(len(worth)):
        part[j] = 0.0
        if state[j] == OPEN or (state[j] != CLOSED and worth[j] < 0.0):
            part[j] = 1.0
            total += worth[j]
            held += capacity[j]
    if held >= demand * (1.0 - 1e-12):
        return total
    price = np.empty(len(worth))
    for j in range(len(worth)):
        idle = state[j] != CLOSED and part[j] == 0.0 and capacity[j] > 0.0
        price[j] = worth[j] / capacity[j] if idle else np.inf
    for j in np.argsort(price):
        if price[j] == np.inf:
            break
        taken = min(1.0, (demand - held) / capacity[j])
        part[j] = taken
        total += taken * worth[j]
        held += taken * capacity[j]
        if held >= demand * (1.0 - 1e-12):
            return float(total)
    return float(np.inf)


@numba.njit(cache=True, nogil=True)
def _fill(
    costs: Floats,
    demand: Floats,
    capacity: float,
    multipliers: Floats,
    part: float,
    served: Floats,
) -> float:
    """Return what the best filling of one site gains (0 or less); add `part` of it to `served`."""
    points = len(demand)
    wanted = np.empty(points, np.int64)
    ratio = np.empty(points)
    count = 0
    gain = 0.0
    load = 0.0
    for i in range(points):
        c = costs[i] - multipliers[i]
        if c < 0.0:
            if demand[i] <= 0.0:
                gain += c
                served[i] += part
            else:
                wanted[count] = i
                ratio[count] = c / demand[i]
                count += 1
                load += demand[i]
    if load <= capacity:
        for k in range(count):
            i = wanted[k]
            gain += costs[i] - multipliers[i]
            served[i] += part
        return gain
    left = capacity
    for k in np.argsort(ratio[:count]):
        i = wanted[k]
        share = min(1.0, left / demand[i])
        gain += share * (costs[i] - multipliers[i])
        served[i] += share * part
        left -= share * demand[i]
        if left <= 0.0:
            break
    return gain

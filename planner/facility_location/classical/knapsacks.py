"""Multipliers of the demand into a lower bound of a location problem with capacities.

With the rule that every row is served relaxed, each site fills its capacity by a continuous
knapsack of what it gains, and whole sites are chosen so that their capacities hold the demand
(Cornuéjols, Sridharan & Thizy 1991). The bound is at least that of the strong linear programme.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.lagrangian import CLOSED, OPEN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.int8]

_VISITS = 4000
"""Prefixes of sites looked at before the last site is taken in part."""


@numba.njit(cache=True, nogil=True)
def ascend_with_capacity(  # noqa: C901, PLR0912, PLR0917 - one loop, arguments by position
    costs: Floats,
    demand: Floats,
    fixed: Floats,
    capacity: Floats,
    state: Marks,
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
    costs : float64 array of shape (sites, points)
        Of the whole demand of a point; inf where it cannot be served.
    demand : float64 array of shape (points,)
    fixed, capacity : float64 arrays of shape (sites,)
    state : int8 array of shape (sites,): FREE, OPEN or CLOSED
    target, pace, least_step, patience, most, worth, use
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
            pace[0] *= 0.6
            stalled = 0
            if pace[0] < least_step:
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
        stride = pace[0] * max(target - bound, 1e-5 * abs(target)) / length
        for i in range(points):
            now[i] = max(now[i] + stride * direction[i], 0.0)
    return best


@numba.njit(cache=True, nogil=True)
def choose_sites(
    worth: Floats, capacity: Floats, state: Marks, demand: float, part: Floats
) -> float:
    """Set `part` (0..1) to the cheapest sites whose capacities hold `demand`; return their worth.

    Sites are whole where their capacities are alike or a short search proves the cheapest;
    otherwise the last may be taken in part, which only lowers the bound.
    """
    total = 0.0
    held = 0.0
    idle = 0
    for j in range(len(worth)):
        part[j] = 0.0
        if state[j] == OPEN or (state[j] != CLOSED and worth[j] < 0.0):
            part[j] = 1.0
            total += worth[j]
            held += capacity[j]
        elif state[j] != CLOSED and capacity[j] > 0.0:
            idle += 1
    lacking = demand * (1.0 - 1e-9) - held
    if lacking <= 0.0:
        return total
    order = np.empty(idle, np.int64)
    price = np.empty(idle)
    alike = True
    at = 0
    for j in range(len(worth)):
        if state[j] != CLOSED and part[j] == 0.0 and capacity[j] > 0.0:
            order[at] = j
            price[at] = worth[j] / capacity[j]
            alike = alike and capacity[j] == capacity[order[0]]
            at += 1
    order = order[np.argsort(price)]
    if alike:
        for site in order:
            part[site] = 1.0
            total += worth[site]
            lacking -= capacity[site]
            if lacking <= 0.0:
                return float(total)
        return float(np.inf)
    return total + float(_cheapest_room(worth, capacity, order, lacking, part))


@numba.njit(cache=True, nogil=True)
def _cheapest_room(  # noqa: C901, PLR0912 - one loop
    worth: Floats, capacity: Floats, order: Ints, lacking: float, part: Floats
) -> float:
    """Set `part` of the sites in `order` (cheapest per room first) to hold `lacking`.

    A depth-first search over whole sites, each prefix bounded by taking the next in part.
    """
    count = len(order)
    taken = np.zeros(count, np.bool_)
    best_taken = np.zeros(count, np.bool_)
    best = np.inf
    at = 0
    paid = 0.0
    left = lacking
    visits = 0
    while visits < _VISITS:
        visits += 1
        bound = paid
        short = left
        k = at
        while k < count and short > 0.0:
            j = order[k]
            if capacity[j] >= short:
                bound += worth[j] * short / capacity[j]
                short = 0.0
            else:
                bound += worth[j]
                short -= capacity[j]
            k += 1
        if short <= 0.0 and bound < best and left > 0.0:
            taken[at] = True
            paid += worth[order[at]]
            left -= capacity[order[at]]
            at += 1
            continue
        if left <= 0.0 and paid < best:
            best = paid
            best_taken[:] = taken
        at -= 1
        while at >= 0 and not taken[at]:
            at -= 1
        if at < 0:
            break
        taken[at] = False
        paid -= worth[order[at]]
        left += capacity[order[at]]
        at += 1
    if visits < _VISITS:
        if best < np.inf:
            for k in range(count):
                part[order[k]] = 1.0 if best_taken[k] else 0.0
        return best
    paid = 0.0
    for j in order:
        share = min(1.0, lacking / capacity[j])
        part[j] = share
        paid += share * worth[j]
        lacking -= share * capacity[j]
        if lacking <= 0.0:
            return float(paid)
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

"""A set of open sites into a better one by adding, dropping and swapping single sites.

The fast interchange of Resende & Werneck (2007) and Whitaker (1983): for a site that might open,
one pass over the demand tells the best site to close for it. With fixed costs and no given number
of sites, opening and closing alone are moves too.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
_MOVES = 50
"""Moves per site after which rounding, not gain, must be at work."""


@numba.njit(cache=True, nogil=True)
def interchange(  # noqa: C901, PLR0912, PLR0915 - one loop, timed to the microsecond
    costs: Floats,
    by_site: Floats,
    weights: Floats,
    fixed: Floats,
    is_open: NDArray[np.bool_],
    order: Ints,
    count_is_given: bool,  # noqa: FBT001 - a kernel takes arguments by position
    least_gain: float,
    most: int,
    went: Ints,
) -> float:
    """Improve `is_open` in place until no move gains; return its cost.

    Parameters
    ----------
    costs : float64 array of shape (points, sites)
        Cost of serving one unit of a point's weight from a site; finite.
    by_site : float64 array of shape (sites, points)
        The same turned, so that a pass over the points of one site reads memory in order.
    weights : float64 array of shape (points,)
    fixed : float64 array of shape (sites,)
        Cost of opening; any constant where the number of sites is given.
    is_open : bool array of shape (sites,)
        At least one is true.
    order : int64 array
        Sites that may open, in the order of trial.
    count_is_given : bool
        Only swaps keep the number of sites.
    least_gain : float
        A move that gains less is no move (guards against rounding).
    most : int
        Trials after which to break off.
    went : int64 array of shape (2,)
        The place in `order` of the next trial, and the trials in a row that gained nothing; goes on
        from there in a later call. At an end of itself the second is that of `order`.

    References
    ----------
    Whitaker (1983), INFOR 21; Resende & Werneck (2007), EJOR 182.
    """
    points, sites = costs.shape
    first = np.empty(points, np.int64)
    second = np.empty(points, np.int64)
    near = np.empty(points)
    next_near = np.empty(points)
    loss = np.empty(sites)
    shifted = np.empty(sites)
    opened = np.flatnonzero(is_open)
    _nearest_of_all(by_site, opened, first, second, near, next_near)
    _losses(weights, fixed, first, near, next_near, loss)
    at = went[0]
    since = went[1]
    moves = 0
    trials = 0
    while since < len(order) and trials < most:
        if moves == _MOVES * costs.shape[1]:
            since = len(order)
            break
        trials += 1
        j = int(order[at])
        at = (at + 1) % len(order)
        since += 1
        close = NONE
        if is_open[j]:
            if count_is_given or len(opened) == 1 or loss[j] > -least_gain:
                continue
            close = j
            j = NONE
        else:
            gain = fixed[j]
            for k in opened:
                shifted[k] = loss[k]
            for i in range(points):
                c = by_site[j, i]
                if c < next_near[i]:
                    if c < near[i]:
                        gain += weights[i] * (c - near[i])
                        shifted[first[i]] += weights[i] * (near[i] - next_near[i])
                    else:
                        shifted[first[i]] += weights[i] * (c - next_near[i])
            best = 0.0 if not count_is_given else np.inf
            for k in opened:
                if shifted[k] < best:
                    best = shifted[k]
                    close = int(k)
            if gain + best > -least_gain:
                continue
        if close != NONE:
            is_open[close] = False
        if j != NONE:
            is_open[j] = True
        opened = np.flatnonzero(is_open)
        for i in range(points):
            if close != NONE and (first[i] == close or second[i] == close):
                _two_nearest(costs, opened, i, first, second, near, next_near)
            elif j != NONE:
                c = costs[i, j]
                if c < near[i]:
                    next_near[i] = near[i]
                    second[i] = first[i]
                    near[i] = c
                    first[i] = j
                elif c < next_near[i]:
                    next_near[i] = c
                    second[i] = j
        _losses(weights, fixed, first, near, next_near, loss)
        since = 0
        moves += 1
    went[0] = at
    went[1] = since
    total = 0.0
    for i in range(points):
        total += weights[i] * near[i]
    for k in opened:
        total += fixed[k]
    return total


@numba.njit(cache=True, nogil=True)
def _nearest_of_all(
    by_site: Floats, opened: Ints, first: Ints, second: Ints, near: Floats, next_near: Floats
) -> None:
    """Set the two nearest open sites of every point."""
    near[:] = np.inf
    next_near[:] = np.inf
    first[:] = NONE
    second[:] = NONE
    for k in opened:
        for i in range(len(near)):
            c = by_site[k, i]
            if c < near[i]:
                next_near[i] = near[i]
                second[i] = first[i]
                near[i] = c
                first[i] = k
            elif c < next_near[i]:
                next_near[i] = c
                second[i] = k
    if len(opened) == 1:
        _alone(by_site, first, second, next_near)


@numba.njit(cache=True, nogil=True)
def _alone(by_site: Floats, first: Ints, second: Ints, next_near: Floats) -> None:
    """Give every point of a single open site the dearest of all sites as its second.

    Larger numbers would cancel.
    """
    for i in range(len(first)):
        dearest = by_site[0, i]
        for j in range(1, len(by_site)):
            dearest = max(dearest, by_site[j, i])
        next_near[i] = dearest + 1.0
        second[i] = first[i]


@numba.njit(cache=True, nogil=True)
def _two_nearest(
    costs: Floats,
    opened: Ints,
    i: int,
    first: Ints,
    second: Ints,
    near: Floats,
    next_near: Floats,
) -> None:
    a = np.inf
    b = np.inf
    ka = NONE
    kb = NONE
    for k in opened:
        c = costs[i, k]
        if c < a:
            b = a
            kb = ka
            a = c
            ka = k
        elif c < b:
            b = c
            kb = k
    if kb == NONE:  # one site alone: without it, the dearest of all; larger numbers would cancel
        b = costs[i].max() + 1.0
        kb = ka
    first[i] = ka
    second[i] = kb
    near[i] = a
    next_near[i] = b


@numba.njit(cache=True, nogil=True)
def _losses(
    weights: Floats,
    fixed: Floats,
    first: Ints,
    near: Floats,
    next_near: Floats,
    loss: Floats,
) -> None:
    """Set `loss` to what closing each open site costs, given where its people would go."""
    for k in range(len(loss)):
        loss[k] = -fixed[k]
    for i in range(len(first)):
        loss[first[i]] += weights[i] * (next_near[i] - near[i])

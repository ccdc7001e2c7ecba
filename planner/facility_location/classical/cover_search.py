"""A cover into a cheaper one by closing sites, mending what is lost, and remembering what is hard.

Rows that stay unreached grow in weight, so that the search is drawn to them (Gao, Yao, Weise & Li
2015, the row weighting local search for set covering).
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from planner.facility_location.classical.answers import Stopwatch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Bools = NDArray[np.bool_]


_ENTRIES_AT_ONCE = 300_000_000
"""Looked at between two looks at the clock."""


def search_cover(
    links: Bools,
    costs: Floats,
    cover: Bools,
    *,
    target: float,
    steps: int,
    seed: int,
    watch: Stopwatch,
) -> Bools:
    """Return a cover that costs no more than `cover`; content with `target`.

    Parameters
    ----------
    links : bool array of shape (points, sites)
    cover : bool array of shape (sites,) that reaches every row
    """
    best = cover.copy()
    if not best.any():
        return best
    by_row, by_site = csr_matrix(links), csc_matrix(links)
    priced = np.maximum(costs, 1e-9 * max(1.0, float(costs.max())))
    entries = links.shape[1] + 3 * links.mean(axis=0).sum() * links.mean(axis=1).sum()
    at_once = max(100, int(_ENTRIES_AT_ONCE / entries))
    for done in range(0, steps, at_once):
        _search(
            by_row.indptr, by_row.indices, by_site.indptr, by_site.indices, priced, best, target,
            min(at_once, steps - done), np.uint64(2 * (seed + done) + 88_172_645_463_325_253),
        )  # fmt: skip
        if watch.is_over or float(priced[best].sum()) <= target:
            break
    return best


@numba.njit(cache=True, nogil=True)
def _search(  # noqa: C901, PLR0912, PLR0915 - one loop, arguments by position
    row_start: Ints32,
    row_site: Ints32,
    site_start: Ints32,
    site_row: Ints32,
    costs: Floats,
    best: Bools,
    target: float,
    steps: int,
    state: np.uint64,
) -> None:
    rows, sites = len(row_start) - 1, len(costs)
    is_open = best.copy()
    best_cost = 0.0
    times = np.zeros(rows, np.int64)
    weight = np.ones(rows)
    # gain: weight newly reached by opening a closed site, or lost by closing an open one
    gain = np.zeros(sites)
    changed = np.zeros(sites, np.int64)
    missing = np.empty(rows, np.int64)
    place = np.full(rows, -1, np.int64)
    missed = 0
    for j in range(sites):
        if is_open[j]:
            best_cost += costs[j]
            for k in range(site_start[j], site_start[j + 1]):
                times[site_row[k]] += 1
    for j in range(sites):
        if is_open[j]:
            for k in range(site_start[j], site_start[j + 1]):
                if times[site_row[k]] == 1:
                    gain[j] += 1.0
    paid = best_cost
    for step in range(1, steps + 1):
        while True:
            close = -1
            for j in range(sites):
                if not is_open[j] or (missed > 0 and changed[j] == step - 1):
                    continue
                if close < 0:
                    close = j
                    continue
                here, there = gain[j] * costs[close], gain[close] * costs[j]
                if here < there or (here == there and changed[j] < changed[close]):
                    close = j
            if close < 0:
                break
            paid -= costs[close]
            is_open[close] = False
            changed[close] = step
            for k in range(site_start[close], site_start[close + 1]):
                i = site_row[k]
                times[i] -= 1
                if times[i] == 0:
                    place[i] = missed
                    missing[missed] = i
                    missed += 1
                    for q in range(row_start[i], row_start[i + 1]):
                        if row_site[q] != close:
                            gain[row_site[q]] += weight[i]
                elif times[i] == 1:
                    for q in range(row_start[i], row_start[i + 1]):
                        if is_open[row_site[q]]:
                            gain[row_site[q]] += weight[i]
            if missed > 0:
                break
            best_cost = paid
            best[:] = is_open
            if best_cost <= target:
                return
        while missed > 0:
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            row = missing[np.int64(state >> np.uint64(11)) % missed]
            opened = -1
            for q in range(row_start[row], row_start[row + 1]):
                j = row_site[q]
                if changed[j] == step or paid + costs[j] >= best_cost - 1e-9 * best_cost:
                    continue
                if opened < 0:
                    opened = j
                    continue
                here, there = gain[j] * costs[opened], gain[opened] * costs[j]
                if here > there or (here == there and changed[j] < changed[opened]):
                    opened = j
            if opened < 0:
                break
            paid += costs[opened]
            is_open[opened] = True
            changed[opened] = step
            for k in range(site_start[opened], site_start[opened + 1]):
                i = site_row[k]
                times[i] += 1
                if times[i] == 1:
                    missed -= 1
                    last = missing[missed]
                    missing[place[i]] = last
                    place[last] = place[i]
                    place[i] = -1
                    for q in range(row_start[i], row_start[i + 1]):
                        if row_site[q] != opened:
                            gain[row_site[q]] -= weight[i]
                elif times[i] == 2:  # noqa: PLR2004 - no longer reached by one site alone
                    for q in range(row_start[i], row_start[i + 1]):
                        if is_open[row_site[q]] and row_site[q] != opened:
                            gain[row_site[q]] -= weight[i]
        if missed == 0:
            if paid < best_cost:
                best_cost = paid
                best[:] = is_open
                if best_cost <= target:
                    return
            continue
        for m in range(missed):
            i = missing[m]
            weight[i] += 1.0
            for q in range(row_start[i], row_start[i + 1]):
                gain[row_site[q]] += 1.0

"""Rows of a covering problem and a fractional cover into rows that no whole cover breaks.

Adding two or three rows, halving and rounding up coefficients and right-hand side gives a true row
(the zero-half cuts of Caprara & Fischetti 1996, Mathematical Programming 74). It is broken where
the slack of the rows and the open shares with an odd coefficient come to less than one.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]

_OPEN = 1e-7
_BROKEN_BY = 0.04
"""Of one; a row of the sum is broken by half of it."""
_USES = 6
_VISITS = 100_000_000
"""Entries of rows looked at in one round."""
_KEPT = 30_000


def broken_rows(
    matrix: csr_matrix, least: Floats, shares: Floats, *, most: int
) -> tuple[csr_matrix, Floats]:
    """Return rows ``matrix x >= least`` that hold for whole x >= 0 and not for `shares`.

    Parameters
    ----------
    matrix : sparse array of shape (rows, sites), whole coefficients, 0 or more
    least : float64 array of shape (rows,), whole
    shares : float64 array of shape (sites,)
        That satisfy every row.
    """
    slack = np.maximum(matrix @ shares - least, 0.0)
    near = np.flatnonzero(slack < 1.0 - _BROKEN_BY)
    odd = matrix[near]
    odd = csr_matrix((odd.data % 2, odd.indices, odd.indptr), shape=odd.shape)
    odd = csr_matrix(odd[:, np.flatnonzero(shares > _OPEN)])
    odd.eliminate_zeros()
    odd.sort_indices()
    by_site = odd.tocsc()
    found = np.empty((_KEPT, 3), dtype=np.int64)
    short = np.empty(_KEPT)
    count = _odd_sums(
        odd.indptr, odd.indices, by_site.indptr, by_site.indices, shares[shares > _OPEN],
        slack[near], least[near].astype(np.int64) % 2, found, short,
    )  # fmt: skip
    chosen = _spread(found[:count], short[:count], len(near), most)
    picks = found[chosen]
    at = np.repeat(np.arange(len(picks)), 3)[picks.ravel() >= 0]
    terms = near[picks.ravel()[picks.ravel() >= 0]]
    sums = csr_matrix((np.ones(len(at)), (at, terms)), shape=(len(picks), len(least)))
    total = csr_matrix(sums @ matrix)
    total.data = np.ceil(total.data / 2.0)
    return total, np.ceil((sums @ least) / 2.0)


def _spread(found: Ints, short: Floats, rows: int, most: int) -> Ints:
    """Return the most broken sums, no row in more than a few of them."""
    uses = np.zeros(rows, dtype=np.int64)
    chosen: list[int] = []
    for k in np.argsort(-short, kind="stable"):
        members = found[k][found[k] >= 0]
        if (uses[members] < _USES).all():
            uses[members] += 1
            chosen.append(int(k))
            if len(chosen) == most:
                break
    return np.array(chosen, dtype=np.int64)


@numba.njit(cache=True, nogil=True)
def _odd_sums(  # noqa: C901, PLR0912 - one loop, arguments by position
    start: Ints32,
    site: Ints32,
    site_start: Ints32,
    site_row: Ints32,
    shares: Floats,
    slack: Floats,
    parity: Ints,
    found: Ints,
    short: Floats,
) -> int:
    """Set `found` to pairs and triples of rows whose halved sum is broken; return how many."""
    rows = len(start) - 1
    mass = np.zeros(rows)
    for r in range(rows):
        for k in range(start[r], start[r + 1]):
            mass[r] += shares[site[k]]
    odd = np.zeros(len(shares))
    near = np.zeros(rows, np.bool_)
    neighbours = np.empty(rows, np.int64)
    count = 0
    visits = 0
    for a in range(rows):
        beside = 0
        for k in range(start[a], start[a + 1]):
            odd[site[k]] = 1.0
            for q in range(site_start[site[k]], site_start[site[k] + 1]):
                b = site_row[q]
                if b > a and not near[b]:
                    near[b] = True
                    neighbours[beside] = b
                    beside += 1
        for x in range(beside):
            near[neighbours[x]] = False
        order = np.sort(neighbours[:beside])
        for x in range(beside):
            b = order[x]
            pair_slack = slack[a] + slack[b]
            if pair_slack >= 1.0:
                continue
            pair = mass[a]
            for k in range(start[b], start[b + 1]):
                pair += shares[site[k]] * (1.0 - 2.0 * odd[site[k]])
            if pair >= mass[a] + mass[b] - 1e-9:
                continue
            broken = 1.0 - pair_slack - pair
            odd_sum = (parity[a] + parity[b]) % 2 == 1
            if odd_sum and broken > _BROKEN_BY and count < len(short):
                found[count, 0], found[count, 1], found[count, 2] = a, b, -1
                short[count] = broken
                count += 1
            for k in range(start[b], start[b + 1]):
                odd[site[k]] = 1.0 - odd[site[k]]
            for z in range(x + 1, beside):
                c = order[z]
                if (parity[a] + parity[b] + parity[c]) % 2 == 0 or pair_slack + slack[c] >= 1.0:
                    continue
                triple = pair_slack + slack[c] + pair
                visits += start[c + 1] - start[c]
                for k in range(start[c], start[c + 1]):
                    triple += shares[site[k]] * (1.0 - 2.0 * odd[site[k]])
                if 1.0 - triple > _BROKEN_BY and count < len(short):
                    found[count, 0], found[count, 1], found[count, 2] = a, b, c
                    short[count] = 1.0 - triple
                    count += 1
            for k in range(start[b], start[b + 1]):
                odd[site[k]] = 1.0 - odd[site[k]]
        for k in range(start[a], start[a + 1]):
            odd[site[k]] = 0.0
        if visits > _VISITS or count == len(short):
            break
    return count

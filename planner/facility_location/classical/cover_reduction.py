"""A covering problem into the rows that matter, the sites that must open and those that may.

A row that has one site forces it; a row that contains another row is reached with it; a site whose
rows another site reaches for no more money is never needed (Toregas & ReVelle 1973).
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Bools = NDArray[np.bool_]

_ROUNDS = 12


def reduced(links: Bools, costs: Floats) -> tuple[Ints, Ints, Ints]:
    """Return rows that matter, sites that must open and sites that may.

    Parameters
    ----------
    links : bool array of shape (points, sites), every row with a link
    costs : float64 array of shape (sites,), 0 or more
    """
    rows, live = np.arange(links.shape[0]), np.arange(links.shape[1])
    inner = links
    forced: list[int] = []
    for _ in range(_ROUNDS):
        before = inner.shape
        single = inner.sum(axis=1) == 1
        if single.any():
            must = np.unique(inner[single].argmax(axis=1))
            forced.extend(live[must].tolist())
            unreached = ~inner[:, must].any(axis=1)
            others = np.ones(len(live), dtype=bool)
            others[must] = False
            rows, live = rows[unreached], live[others]
            inner = inner[np.ix_(unreached, others)]
        if not rows.size:
            break
        useful = ~_lost(inner.T, costs[live], the_larger=False)
        inner, live = inner[:, useful], live[useful]
        asking = ~_lost(inner, np.zeros(len(rows)), the_larger=True)
        inner, rows = inner[asking], rows[asking]
        if inner.shape == before:
            break
    return rows, np.array(sorted(forced), dtype=np.int64), live


def alike(links: Bools) -> tuple[Ints, Ints]:
    """Return the first of each group of equal rows, and the group of each row."""
    packed = np.packbits(links, axis=1)
    group_of: dict[bytes, int] = {}
    groups = np.array([group_of.setdefault(row.tobytes(), len(group_of)) for row in packed])
    return np.unique(groups, return_index=True)[1], groups


def _lost(sets: Bools, costs: Floats, *, the_larger: bool) -> Bools:
    """Return which sets are needless beside a set within them, or around them for no more money.

    Parameters
    ----------
    sets : bool array of shape (sets, members)
    the_larger : bool
        Of two sets, one within the other, the larger is needless; otherwise the smaller, if it
        costs no less. Of equals the first stays.
    """
    by_set = csr_matrix(sets)
    by_member = csr_matrix(sets.T)
    lost = np.zeros(len(sets), dtype=bool)
    _compare(
        np.ascontiguousarray(sets), by_set.indptr, by_set.indices, by_member.indptr,
        by_member.indices, costs, the_larger, lost,
    )  # fmt: skip
    return lost


@numba.njit(cache=True, nogil=True)
def _compare(  # noqa: C901, PLR0912 - one loop
    sets: Bools,
    start: Ints32,
    member: Ints32,
    member_start: Ints32,
    member_set: Ints32,
    costs: Floats,
    the_larger: bool,  # noqa: FBT001 - a kernel takes arguments by position
    lost: Bools,
) -> None:
    for small in range(len(sets)):
        size = start[small + 1] - start[small]
        if size == 0:
            lost[small] = not the_larger
        if size == 0 or lost[small]:
            continue
        rarest = member[start[small]]
        for k in range(start[small], start[small + 1]):
            e = member[k]
            if member_start[e + 1] - member_start[e] < (
                member_start[rarest + 1] - member_start[rarest]
            ):
                rarest = e
        for q in range(member_start[rarest], member_start[rarest + 1]):
            large = member_set[q]
            if large == small or lost[large]:
                continue
            if not the_larger and costs[large] > costs[small]:
                continue
            same_size = start[large + 1] - start[large] == size
            if same_size and costs[large] == costs[small] and (large < small) == the_larger:
                continue
            within = True
            for k in range(start[small], start[small + 1]):
                if not sets[large, member[k]]:
                    within = False
                    break
            if within and the_larger:
                lost[large] = True
            elif within:
                lost[small] = True
                break

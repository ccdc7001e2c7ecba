"""How to carry a sum of persons far enough from where it is, at the least loss to readers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from planner.disclosure.programmes import (
    FROM_NOTHING,
    MOST_PERSONS,
    Flags,
    Floats,
    Known,
    answer,
    solve,
    solver_of,
)


class Shift:
    """What moves from one world to another, where statements may be off at a price.

    Asked how to carry a sum far enough, at the least price. Only some parts may move at a time:
    a small programme, which starts from nothing moved, so that a dual simplex has a short way.

    Parameters
    ----------
    known : Known
        The statements about persons.
    base : float64 array of shape (parts,)
        The world to move from.
    first : int
        The first of the statements that may be off; all after it may be too.
    prices, most : float64 arrays of shape (lines,)
        The price of a person by which each of them is off, and by how many it may be.
    """

    def __init__(
        self, known: Known, base: Floats, first: int, prices: Floats, most: Floats
    ) -> None:
        self.known = Known(known.matrix.tocsc(), known.low.copy(), known.high.copy())
        self.prices, self.most = prices.copy(), most.copy()
        self._base, self._first, self._said = base, first, known.matrix @ base

    def state(self, row: int, low: float, high: float) -> None:
        """Change what one statement says."""
        self.known.low[row], self.known.high[row] = low, high

    def price(self, line: int, price: float, most: float) -> None:
        """Change what it costs that a line is off, and by how many persons it may be."""
        self.prices[line], self.most[line] = price, most

    def cheapest(
        self, sum_: tuple[Any, float, float], movable: Flags, *, whole: bool = False
    ) -> tuple[Floats, Floats] | None:
        """Return the cheapest world where a sum reaches its limits, and by how much lines are off.

        Parameters
        ----------
        sum_ : (sparse matrix of shape (1, parts), float, float)
            The sum, the least and the most that it may be.
        movable : bool array of shape (parts,)
            The parts that may move; a question with fewer is answered sooner, and may cost more.
        whole : bool
            Persons in whole numbers, by branch and bound.

        Returns
        -------
        float64 arrays of shapes (parts,) and (lines,), ``None`` where nothing was found
        """
        row, low, high = sum_
        columns, at = np.flatnonzero(movable), float((row @ self._base)[0])
        moving = self.known.matrix[:, columns].tocsr()
        said = np.isfinite(self.known.low) | np.isfinite(self.known.high)
        rows = np.flatnonzero((np.diff(moving.indptr) > 0) & said)
        lines = rows[rows >= self._first] - self._first
        lines = lines[self.most[lines] > 0]
        moving = sparse.vstack([moving[rows], row[:, columns]], format="csr")
        off = sparse.csr_matrix(
            (
                np.ones(len(lines)),
                (np.searchsorted(rows, lines + self._first), np.arange(len(lines))),
            ),
            shape=(len(rows) + 1, len(lines)),
        )
        known = Known(
            sparse.hstack([moving, -moving, off, -off], format="csr"),
            np.append(self.known.low[rows] - self._said[rows], low - at),
            np.append(self.known.high[rows] - self._said[rows], high - at),
        )
        price, most, base = self.prices[lines], self.most[lines], self._base[columns]
        cost = np.concatenate([np.zeros(2 * len(columns)), price, price])
        upper = np.concatenate([np.full(len(columns), MOST_PERSONS), base, most, most])
        if whole:
            found = solve(cost, known, whole=2 * len(columns), most=upper)
        else:
            found = answer(solver_of(known, cost, upper, FROM_NOTHING))
        if found is None:
            return None
        up, down = found[: 2 * len(columns)].reshape(2, -1)
        over, under = found[2 * len(columns) :].reshape(2, -1)
        world, all_off = self._base.copy(), np.zeros(len(self.prices))
        world[columns] += up - down
        all_off[lines] = over + under
        return world, all_off

"""The relaxation of a part of a programme, solved again and again while rows are added to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from planner.facility_location.highs import (
    Effort,
    Floats,
    Outcome,
    end_if_over,
    outcome_of,
)
from planner.facility_location.program import Handed, Rows
from planner.facility_location.pursuit import Room


class Relaxation:
    """A programme without whole columns, of the columns that bounds leave free.

    The solver stays and goes on from where it was, so that a few more rows cost little.

    Parameters
    ----------
    handed : Handed
        The whole programme; not changed.
    costs : float64 array of shape (variables,)
    part : Room
        Bounds that fix all other columns, at 0.
    """

    def __init__(self, handed: Handed, costs: Floats, part: Room, effort: Effort) -> None:
        self._free = np.flatnonzero(part.upper > 0)
        self._costs = costs
        self._effort = effort
        matrix = csr_matrix(csc_matrix(handed.matrix)[:, self._free])
        self._rows: NDArray[np.intp] = np.flatnonzero(np.diff(matrix.indptr))
        self._all_rows = matrix.shape[0]
        programme = Handed(
            index={},
            lower=part.lower[self._free],
            upper=part.upper[self._free],
            whole=np.zeros(len(self._free), dtype=bool),
            row_names=(),
            row_lower=handed.row_lower[self._rows],
            row_upper=handed.row_upper[self._rows],
            matrix=matrix[self._rows],
        )
        self._solver = programme.loaded(costs[self._free], effort)

    def hold_all(self, rows: Rows) -> None:
        """Add some rows of the whole programme."""
        count = len(rows.at_most)
        numbers = self._all_rows + np.arange(count)
        self._add_rows(rows.matrix, np.full(count, -np.inf), rows.at_most, numbers)
        self._all_rows += count

    def free(self, handed: Handed, columns: NDArray[np.intp], upper: Floats) -> bool:
        """Leave more columns free, with the rows that speak of them; return whether any was not.

        `handed` is the whole programme as it is now, `upper` the bounds of its columns.
        """
        new = np.setdiff1d(columns[upper[columns] > 0], self._free)
        if not len(new):
            return False
        part = csc_matrix(csc_matrix(handed.matrix)[:, new])
        known = csc_matrix(csr_matrix(part)[self._rows])
        self._solver.addCols(
            len(new),
            self._costs[new],
            np.zeros(len(new)),
            upper[new],
            known.nnz,
            known.indptr,
            known.indices,
            known.data,
        )
        self._free = np.append(self._free, new)
        rows = np.setdiff1d(part.indices, self._rows)
        self._add_rows(handed.matrix[rows], handed.row_lower[rows], handed.row_upper[rows], rows)
        return True

    def _add_rows(
        self, rows: csr_matrix, lower: Floats, upper: Floats, numbers: NDArray[np.intp]
    ) -> None:
        part = csr_matrix(csc_matrix(rows)[:, self._free])
        self._solver.addRows(
            len(upper), lower, upper, part.nnz, part.indptr, part.indices, part.data
        )
        self._rows = np.append(self._rows, numbers)

    def minimise(self, seconds: float) -> Outcome:
        """Return the best solution and the price of each row, of the whole programme's shapes."""
        end_if_over(self._effort)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(0.0, seconds))
        self._solver.run()
        end_if_over(self._effort)
        found = outcome_of(self._solver, np.zeros(len(self._free), dtype=bool))
        values = prices = None
        if found.values is not None and found.prices is not None:
            values, prices = np.zeros(len(self._costs)), np.zeros(self._all_rows)
            values[self._free], prices[self._rows] = found.values, found.prices
        return Outcome(found.ending, values, found.value, found.bound, prices)

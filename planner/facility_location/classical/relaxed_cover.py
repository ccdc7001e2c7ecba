"""A covering problem with fractional sites into prices, a bound that they prove, and cuts.

HiGHS solves the linear programme and keeps it warm between rounds of cuts; the bound is computed
again from the prices and the rows, so that it does not rest on the programme's own arithmetic.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from planner.facility_location.classical.answers import EXACTNESS, Stopwatch
from planner.facility_location.classical.warm import solve_within

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SLACK_ROUNDS = 2


class RelaxedCover:
    """Minimise ``costs y`` subject to ``matrix y >= least``, 0 <= y <= 1.

    Attributes
    ----------
    matrix : sparse array of shape (rows, sites)
        The first rows are those of the covering problem, the others cuts.
    least : float64 array of shape (rows,)
    shares : float64 array of shape (sites,)
        The last solution.
    bound : float
        No cover costs less.
    reduced_costs : float64 array of shape (sites,)
        ``bound + reduced_costs[j]`` bounds every cover with site j, ``bound - reduced_costs[j]``
        every one without.
    """

    def __init__(self, links: Bools, costs: Floats) -> None:
        self.matrix: csr_matrix = csr_matrix(links.astype(np.float64))
        self.least: Floats = np.ones(len(links))
        self.shares: Floats = np.ones(links.shape[1])
        self.bound = 0.0
        self.reduced_costs: Floats = costs.copy()
        self._costs = costs
        self._rows = len(links)
        self._idle = np.zeros(len(links), dtype=np.int64)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        sites = len(costs)
        self._solver.addVars(sites, np.zeros(sites), np.ones(sites))
        self._solver.changeColsCost(sites, np.arange(sites, dtype=np.int32), costs)
        self._hand_over(self.matrix, self.least)

    def solve(self, watch: Stopwatch) -> bool:
        """Solve; return whether there was time."""
        if not solve_within(self._solver, watch):
            return False
        solution = self._solver.getSolution()
        self.shares = np.clip(np.array(solution.col_value), 0.0, 1.0)
        self._price(np.maximum(np.array(solution.row_dual), 0.0))
        idle = self.matrix @ self.shares > self.least + 1e-6
        self._idle = np.where(idle, self._idle + 1, 0)
        return True

    def add(self, matrix: csr_matrix, least: Floats) -> None:
        """Add the rows ``matrix y >= least``; leave out cuts that have long been idle."""
        old = np.flatnonzero(self._idle >= _SLACK_ROUNDS)
        old = old[old >= self._rows].astype(np.int32)
        if old.size:
            self._solver.deleteRows(len(old), old)
            kept = np.setdiff1d(np.arange(len(self.least)), old)
            self.matrix, self.least = self.matrix[kept], self.least[kept]
            self._idle = self._idle[kept]
        self._hand_over(matrix, least)
        self.matrix = csr_matrix(vstack([self.matrix, matrix]))
        self.least = np.append(self.least, least)
        self._idle = np.append(self._idle, np.zeros(len(least), dtype=np.int64))

    def tight_rows(self) -> tuple[csr_matrix, Floats]:
        """Return the rows of the problem and the cuts that the last solution just keeps."""
        kept = np.flatnonzero((np.arange(len(self.least)) < self._rows) | (self._idle == 0))
        return csr_matrix(self.matrix[kept]), self.least[kept]

    def close(self, sites: NDArray[np.int64]) -> None:
        """Hold `sites` closed."""
        count = len(sites)
        if count:
            self._solver.changeColsBounds(
                count, sites.astype(np.int32), np.zeros(count), np.zeros(count)
            )

    def _hand_over(self, matrix: csr_matrix, least: Floats) -> None:
        self._solver.addRows(
            len(least),
            least,
            np.full(len(least), highspy.kHighsInf),
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
        )

    def _price(self, prices: Floats) -> None:
        fair = self._costs - self.matrix.T @ prices
        bound = float(self.least @ prices + np.minimum(fair, 0.0).sum())
        bound -= EXACTNESS * abs(bound)
        if bound > self.bound:
            self.bound, self.reduced_costs = bound, fair

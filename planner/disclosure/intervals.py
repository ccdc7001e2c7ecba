"""Statements about persons into the least and the most that each sum of them can be.

The attacker's arithmetic, apart from that of the search (see `planner.disclosure.attacker`). Parts
of which every statement says the same count as one. What the equations settle one by one is taken
out; what is left falls apart into pieces that share no part, and each piece is one linear programme
that goes on from the answer before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsmr

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEAR = 1e-6
_MOST_PERSONS = 100_000.0  # no part holds more; keeps the programmes bounded
_SHAKES = 64
_IN_VAIN = 3
_PRIMAL_SIMPLEX, _CHOOSE = 4, 0
_STEPS = 20  # for each statement and part; who needs more goes round in circles
_STEPS_ANEW = 10 * _STEPS
_SEED = 5


@dataclass(frozen=True)
class Known:
    """``low <= matrix @ persons <= high``; `matrix` is sparse, of shape (statements, parts)."""

    matrix: Any
    low: Floats
    high: Floats


class Worlds:
    """All the ways, fractions allowed, in which persons may be spread over the parts."""

    def __init__(self, known: Known) -> None:
        first, self._alike = _alike(sparse.csc_matrix(known.matrix))
        matrix = sparse.csr_matrix(known.matrix)[:, first]
        self._world, is_open = _settled(matrix, known.low, known.high)
        said = matrix @ self._world
        low, high = known.low - said, known.high - said
        self._columns = np.flatnonzero(is_open)
        left = matrix[:, self._columns]
        speaks = np.diff(left.indptr) > 0
        self._possible = not bool((~speaks & ((low > NEAR) | (high < -NEAR))).any())
        left, low, high = left[speaks], low[speaks], high[speaks]
        self._equations = left[low == high]
        self._pieces = _pieces_of(Known(left, low, high))

    @property
    def contradict(self) -> bool:
        """Whether the intervals that were asked for showed that nothing fits the statements."""
        return not self._possible or any(piece.impossible for piece in self._pieces)

    def intervals(
        self, asked: Any, enough: Floats, seen: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats, Flags]:
        """Return the least and the most of each sum of `asked`, and which are told exactly.

        An interval that is wide enough is not measured to its end. One that could not be measured
        is given narrower than it is, which reads as told. Where no world was found at all, the ends
        are inf and -inf; see `contradict` then.

        Parameters
        ----------
        asked : sparse matrix of shape (sums, parts)
        enough : float64 array of shape (sums,)
            Persons; how wide is wide enough.
        seen : two float64 arrays of shape (sums,)
            The least and the most in worlds that are known to fit; inf and -inf where none is.
        """
        low, high = seen[0].copy(), seen[1].copy()
        least, most = _ends(sparse.csr_matrix(asked), self._alike)

        def see(cost: Floats) -> None:
            world = self._extreme(cost)
            if world is not None:
                np.minimum(low, least @ world, out=low)
                np.maximum(high, most @ world, out=high)

        see(np.zeros(least.shape[1]))
        exact = np.zeros(len(enough), dtype=bool)
        if (high - low < enough - NEAR).any():
            exact = self._told_exactly(least) & ~self._within_alike(most - least)

        def narrow() -> NDArray[np.intp]:
            return np.flatnonzero((high - low < enough - NEAR) & ~exact)

        rng = np.random.default_rng(_SEED)
        left, in_vain = narrow(), 0
        for _ in range(_SHAKES):
            if len(left) == 0 or in_vain == _IN_VAIN:
                break
            signs = rng.choice([-1.0, 1.0], size=len(left)) * rng.random(len(left))
            see(least[left].T @ np.maximum(signs, 0.0) + most[left].T @ np.minimum(signs, 0.0))
            before, left = len(left), narrow()
            in_vain = in_vain + 1 if len(left) == before else 0
        for t in left:
            for sign, ends in ((1.0, least), (-1.0, most)):
                if high[t] - low[t] < enough[t] - NEAR:
                    see(sign * np.asarray(ends[t].todense()).ravel())
        return low, high, exact

    def _extreme(self, cost: Floats) -> Floats | None:
        """Return the world of least cost, ``None`` where none was found."""
        if not self._possible:
            return None
        world, own = self._world.copy(), cost[self._columns]
        for piece in self._pieces:
            found = piece.cheapest(own[piece.columns])
            if found is None:
                return None
            world[self._columns[piece.columns]] = found
        return world

    def _within_alike(self, difference: Any) -> Flags:
        """Return which sums name some of the parts that count as one, where these hold anybody."""
        holds = self._world > NEAR
        holds[self._columns] = True
        return np.asarray(difference @ holds.astype(float) > NEAR, dtype=bool)

    def _told_exactly(self, asked: Any) -> Flags:
        """Return which sums are combinations of the equations (row space of the plain counts).

        A sum is one iff it does not move along any direction that leaves the equations alone; three
        random such directions decide.
        """
        equations, asked = self._equations, asked[:, self._columns]
        rng = np.random.default_rng(_SEED)
        moves = np.zeros(asked.shape[0])
        for _ in range(3):
            direction = rng.standard_normal(len(self._columns))
            if equations.shape[0]:
                direction -= _into_row_space(equations, direction)
            moves = np.maximum(moves, np.abs(asked @ direction))
        return np.asarray(moves < NEAR, dtype=bool)


class _Piece:
    """Parts that no statement ties to any other, and the programme of what is said of them."""

    def __init__(self, known: Known, columns: NDArray[np.intp]) -> None:
        self.columns = columns
        self._solver = _solver_of(known)
        self._size = sum(known.matrix.shape) + _STEPS
        self._cost, self._asked = np.zeros(len(columns)), False
        self._answer: Floats | None = None

    def cheapest(self, cost: Floats) -> Floats | None:
        """Return the values of least cost, those of the question before where nothing changed.

        The solver goes on from the values that it found before (primal simplex). Where it fails,
        values that fit and may cost more are returned; ``None`` only where none were ever found.
        """
        if not self._asked or (cost != self._cost).any():
            size = len(cost)
            self._solver.changeColsCost(size, np.arange(size, dtype=np.int32), cost)
            self._cost, self._asked = cost, True
            found = self._run()
            self._answer = self._answer if found is None else found
        return self._answer

    @property
    def impossible(self) -> bool:
        """Whether no values fit."""
        return self._answer is None and self._status() == highspy.HighsModelStatus.kInfeasible

    def _run(self) -> Floats | None:
        for strategy, steps in ((_PRIMAL_SIMPLEX, _STEPS), (_CHOOSE, _STEPS_ANEW)):
            self._solver.setOptionValue("simplex_strategy", strategy)
            self._solver.setOptionValue("simplex_iteration_limit", steps * self._size)
            self._solver.run()
            if self._status() == highspy.HighsModelStatus.kOptimal:
                return np.array(self._solver.getSolution().col_value)
            if strategy == _PRIMAL_SIMPLEX:
                self._solver.clearSolver()  # from nothing, so that no bad start hides a world
        return None

    def _status(self) -> highspy.HighsModelStatus:
        return self._solver.getModelStatus()


def _alike(matrix: Any) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first of each set of parts of which all statements say the same, and the sets.

    Shapes (sets,) and (parts,). Nobody below 0 is all that parts a set's persons among its parts.
    """
    sets: dict[tuple[bytes, bytes], int] = {}
    first: list[int] = []
    of_part = np.zeros(matrix.shape[1], dtype=np.intp)
    for part, (begin, end) in enumerate(pairwise(matrix.indptr)):
        says = (matrix.indices[begin:end].tobytes(), matrix.data[begin:end].tobytes())
        if says not in sets:
            sets[says] = len(first)
            first.append(part)
        of_part[part] = sets[says]
    return np.array(first, dtype=np.intp), of_part


def _ends(asked: Any, alike: NDArray[np.intp]) -> tuple[Any, Any]:
    """Return what each sum is at least and at most by the persons of the sets; (sums, sets) both.

    All persons of a set may be in that of its parts that counts least, or in that which counts
    most; a part that the sum does not name counts 0.
    """
    sizes, entries = np.bincount(alike), asked.tocoo()
    of_set = alike[entries.col]
    order = np.lexsort((of_set, entries.row))
    row, of_set, factor = entries.row[order], of_set[order], entries.data[order]
    starts = np.flatnonzero(np.append(True, (np.diff(row) != 0) | (np.diff(of_set) != 0)))
    if not len(row):
        starts = np.zeros(0, dtype=np.intp)
    row, of_set = row[starts], of_set[starts]
    some = np.diff(np.append(starts, len(factor))) < sizes[of_set]
    shape = (asked.shape[0], len(sizes))

    def of(ends: Floats, bound: Floats) -> Any:
        return sparse.csr_matrix((np.where(some, bound, ends), (row, of_set)), shape=shape)

    if not len(starts):
        return sparse.csr_matrix(shape), sparse.csr_matrix(shape)
    least, most = np.minimum.reduceat(factor, starts), np.maximum.reduceat(factor, starts)
    return of(least, np.minimum(least, 0.0)), of(most, np.maximum(most, 0.0))


def _settled(matrix: Any, low: Floats, high: Floats) -> tuple[Floats, Flags]:
    """Return what equations settle one by one, and which parts stay open.

    An equation that leaves nobody to parts of one sign settles them at 0, one with a single open
    part settles that; over and over. Shape (parts,) both; open parts stand at 0. What cannot be,
    such as less than nobody, is left to the programmes, which find no world then.
    """
    equations = matrix[low == high].tocoo()
    rest, row, column, factor = low[low == high].copy(), *_entries(equations)
    values, is_open = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1], dtype=bool)
    while True:
        live = np.bincount(row, minlength=len(rest))
        one_sign = np.abs(np.bincount(row, np.sign(factor), minlength=len(rest))) == live
        empty = (np.abs(rest) < NEAR) & one_sign
        value = rest[row] / factor
        single = (live[row] == 1) & (value >= 0) & (value <= _MOST_PERSONS)
        value[empty[row]] = 0.0
        settles = single | empty[row]
        if not settles.any():
            return values, is_open
        columns, first = np.unique(column[settles], return_index=True)
        values[columns], is_open[columns] = value[settles][first], False
        gone = ~is_open[column]
        rest -= np.bincount(row[gone], factor[gone] * values[column[gone]], minlength=len(rest))
        row, column, factor = row[~gone], column[~gone], factor[~gone]


def _entries(matrix: Any) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    return matrix.row.astype(np.intp), matrix.col.astype(np.intp), matrix.data.astype(float)


def _pieces_of(known: Known) -> list[_Piece]:
    if not known.matrix.shape[1]:
        return []
    links = sparse.bmat([[None, known.matrix], [known.matrix.T, None]], format="csr")
    count, label = connected_components(links, directed=False)
    rows = known.matrix.shape[0]
    of_row, of_column = label[:rows], label[rows:]
    pieces = []
    for piece in range(count):
        its_rows, its_columns = np.flatnonzero(of_row == piece), np.flatnonzero(of_column == piece)
        matrix = known.matrix[its_rows][:, its_columns]
        its = Known(matrix, known.low[its_rows], known.high[its_rows])
        pieces.append(_Piece(its, its_columns))
    return pieces


def _solver_of(known: Known) -> highspy.Highs:
    matrix = sparse.csr_matrix(known.matrix)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = model.col_lower_ = np.zeros(matrix.shape[1])
    model.col_upper_ = np.full(matrix.shape[1], _MOST_PERSONS)
    model.row_lower_, model.row_upper_ = known.low, known.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    solver.run()
    return solver


def _into_row_space(equations: Any, direction: Floats) -> Floats:
    """Return the projection of `direction` onto the row space of `equations`."""
    weights = lsmr(
        equations.T, direction, atol=1e-13, btol=1e-13, maxiter=20 * sum(equations.shape)
    )[0]
    return np.asarray(equations.T @ weights, dtype=float)

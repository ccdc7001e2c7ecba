"""Statements about persons into the worlds that fit them, asked for again and again.

A search asks thousands of questions that differ in one cost or one statement. What the statements
settle is taken out first, and each answer starts from the one before (a warm simplex basis), so
that most take a few steps in place of a whole run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-6
MOST_PERSONS = 100_000.0  # no part holds more; keeps the programmes bounded
_DIVES = 40
_NODES = 400  # branch-and-bound nodes of one search; without an answer the number counts as told
_PRIMAL_SIMPLEX, _CHOOSE = 4, 0
_STATUS = highspy.HighsModelStatus
FROM_NOTHING = {"presolve": "off", "simplex_scale_strategy": 0}
"""Options for programmes whose answer is near to where they start."""


@dataclass(frozen=True)
class Known:
    """``low <= matrix @ persons <= high``; `matrix` has shape (statements, parts)."""

    matrix: Any
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Nearest:
    """A world in whole persons, ``None`` where none was found; `exists` even so with fractions."""

    world: Floats | None
    exists: bool


@contextmanager
def own_threads() -> Iterator[None]:
    """Leave no pool of threads behind: HiGHS keeps one, and refuses who asks for another size."""
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - takes no keyword
    try:
        yield
    finally:
        highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003


class Reader:
    """What a reader knows, asked for the worlds that fit it."""

    def __init__(self, known: Known) -> None:
        self.known = Known(known.matrix, known.low.copy(), known.high.copy())
        self._signs = (
            sparse.csr_matrix(known.matrix > 0, dtype=float),
            sparse.csr_matrix(known.matrix < 0, dtype=float),
        )
        self._open: _Open | None = None

    def state(self, row: int, low: float, high: float) -> None:
        """Change what one statement says."""
        self.known.low[row], self.known.high[row] = low, high
        self._open = None

    def is_open(self) -> Flags:
        """Return which parts the statements do not settle one by one; shape (parts,)."""
        left = self._left()
        flags = np.zeros(len(left.settled), dtype=bool)
        flags[left.columns] = True
        return flags

    def cheapest(self, cost: Floats) -> Floats | None:
        """Return the world of least `cost`, fractions allowed; ``None`` where none fits."""
        left = self._left()
        return None if left.contradiction else left.filled(left.cheapest(cost[left.columns]))

    def least(self, cost: Floats) -> tuple[float, Floats | None]:
        """Return what `cost` is at least in every world, and a world where it is about that.

        Prices of the statements prove it: it may be a little lower than need be, never higher,
        whatever the solver says. -inf where nothing is proven.
        """
        left = self._left()
        if left.contradiction:
            return -np.inf, None
        least, world = left.least(cost[left.columns])
        return float(cost @ left.settled) + least, left.filled(world)

    def whole_near(self, world: Floats, *, steps: int = _DIVES) -> Floats | None:
        """Return a world in whole persons by rounding one part a step, if that works.

        The costs are those of the last question, `world` its answer.
        """
        left = self._left()
        return left.filled(left.whole_near(world[left.columns], steps))

    def nearest(self, base: Floats, row: Any, low: float, high: float) -> Nearest:
        """Return the world nearest to `base` where ``low <= row · world <= high``.

        Near means few persons moved, all in all: such worlds are mostly whole of themselves.

        Parameters
        ----------
        base : float64 array of shape (parts,)
            A world that fits; the same object each time, as far as possible.
        row : sparse matrix of shape (1, parts)
        """
        left = self._left()
        if left.contradiction:
            return Nearest(None, exists=False)
        off = float((row @ left.settled)[0])
        found = left.nearest(base, row[:, left.columns], low - off, high - off)
        return Nearest(left.filled(found.world), exists=found.exists)

    def branched(self, cost: Floats, *, cap: tuple[float, float] | None = None) -> Floats | None:
        """Return the cheapest world in whole persons by branch and bound, where it is found soon.

        `cap` are the least and the most that the cost may be.
        """
        left = self._left()
        if left.contradiction:
            return None
        known, own = left.known, cost[left.columns]
        if cap is not None:
            settled = float(cost @ left.settled)
            known = with_row(known, sparse.csr_matrix(own), cap[0] - settled, cap[1] - settled)
        return left.filled(solve(own, known, whole=len(own)))

    def _left(self) -> _Open:
        if self._open is None:
            self._open = _Open(self.known, *self._signs)
        return self._open


class _Open:
    """The parts that the statements leave open, and what is left of the statements about them."""

    def __init__(self, known: Known, plus: Any, minus: Any) -> None:
        self.settled, is_open, self.contradiction = _settle(known, plus, minus)
        self.columns = np.flatnonzero(is_open)
        speaks = ((plus + minus) @ is_open.astype(float) > 0) & (
            np.isfinite(known.low) | np.isfinite(known.high)
        )
        said = (known.matrix @ self.settled)[speaks]
        matrix = known.matrix[speaks][:, self.columns]
        self.known = Known(matrix, known.low[speaks] - said, known.high[speaks] - said)
        self._solver: highspy.Highs | None = None
        self._moves: highspy.Highs | None = None
        self._base: Floats | None = None

    def filled(self, values: Floats | None) -> Floats | None:
        """Return a whole world from the values of the open parts."""
        if values is None:
            return None
        world = self.settled.copy()
        world[self.columns] = values
        return world

    def cheapest(self, cost: Floats) -> Floats | None:
        """Return the values of least `cost`."""
        if len(cost) == 0:
            return cost
        if self._solver is None:
            self._solver = solver_of(self.known, cost, np.full(len(cost), MOST_PERSONS))
        self._solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        return answer(self._solver, _PRIMAL_SIMPLEX)

    def least(self, cost: Floats) -> tuple[float, Floats | None]:
        """Return a bound that `cost` never falls below, and the values of least cost."""
        if not cost.any():
            return 0.0, None
        world = self.cheapest(cost)
        if world is None or self._solver is None:
            return -np.inf, None
        prices = np.array(self._solver.getSolution().row_dual)
        bounds = np.where(prices > 0, self.known.low, self.known.high)
        sure = np.isfinite(bounds)
        prices, bounds = np.where(sure, prices, 0.0), np.where(sure, bounds, 0.0)
        short = np.minimum(cost - self.known.matrix.T @ prices, 0.0)
        return float(prices @ bounds + MOST_PERSONS * short.sum()), world

    def whole_near(self, values: Floats, steps: int) -> Floats | None:
        """Return whole values by rounding one after another."""
        if self._solver is None:
            return np.round(values)
        return _rounded(self._solver, values, np.full(len(values), MOST_PERSONS), steps)

    def nearest(self, world: Floats, row: Any, low: float, high: float) -> Nearest:
        """Return the values nearest to those of `world` where ``low <= row · values <= high``."""
        base = world[self.columns]
        if self._moves is None or self._base is not world:
            self._moves, self._base = self._moves_from(base), world
        at, upper = float((row @ base)[0]), np.concatenate([np.full(len(base), MOST_PERSONS), base])
        both = sparse.hstack([row, -row], format="csr")
        with _row_added(self._moves, both, low - at, high - at):
            self._moves.setBasis()
            found = answer(self._moves)
            whole = None if found is None else _rounded(self._moves, found, upper, _DIVES)
        if whole is None:
            return Nearest(None, exists=found is not None)
        return Nearest(base + whole[: len(base)] - whole[len(base) :], exists=True)

    def _moves_from(self, base: Floats) -> highspy.Highs:
        """Return the programme of persons that come to each part, and of those that go."""
        matrix, said = self.known.matrix, self.known.matrix @ base
        moved = Known(
            sparse.hstack([matrix, -matrix], format="csr"),
            self.known.low - said,
            self.known.high - said,
        )
        upper = np.concatenate([np.full(len(base), MOST_PERSONS), base])
        return solver_of(moved, np.ones(2 * len(base)), upper, FROM_NOTHING)


def _settle(known: Known, plus: Any, minus: Any) -> tuple[Floats, Flags, bool]:
    """Return what the equations settle one by one, which parts stay open, and if they contradict.

    An equation with one open part settles it, and one that leaves nobody for parts of one sign
    settles them at 0; over and over.
    """
    size = known.matrix.shape[1]
    settled, is_open = np.zeros(size), np.ones(size, dtype=bool)
    equal, contradiction = known.low == known.high, False
    matrix = known.matrix
    while True:
        rest = np.where(equal, known.low - matrix @ settled, np.nan)
        above, below = plus @ is_open.astype(float), minus @ is_open.astype(float)
        none_left = (np.abs(rest) < TOLERANCE) & (above + below > 0) & ((above == 0) | (below == 0))
        one_left = equal & (above + below == 1) & ~none_left
        contradiction |= bool((equal & (above + below == 0) & (np.abs(rest) > TOLERANCE)).any())
        empty = np.unique(matrix[none_left].indices)
        rows = matrix[one_left]
        entries = is_open[rows.indices]
        columns, factors = rows.indices[entries], rows.data[entries]
        if not is_open[empty].any() and len(columns) == 0:
            return settled, is_open, contradiction
        values = rest[one_left] / factors
        contradiction |= bool((values < -TOLERANCE).any())
        is_open[empty] = False
        settled[columns], is_open[columns] = values, False


def solve(cost: Floats, known: Known, *, whole: int, most: Floats | None = None) -> Floats | None:
    """Minimise `cost` over ``known`` by branch and bound, the first `whole` variables whole.

    Parameters
    ----------
    cost : float64 array of shape (variables,)
    known : Known
        Its matrix has shape (statements, variables).
    whole : int
        How many of the first variables are whole numbers.
    most : float64 array of shape (variables,), optional
        Upper bounds.
    """
    if len(cost) == 0:
        holds = (known.low <= TOLERANCE).all() and (known.high >= -TOLERANCE).all()
        return cost if holds else None
    integrality = np.zeros(len(cost))
    integrality[:whole] = 1
    result = milp(
        cost,
        integrality=integrality,
        bounds=Bounds(np.zeros(len(cost)), MOST_PERSONS if most is None else most),
        constraints=LinearConstraint(known.matrix, known.low, known.high),
        options={"node_limit": _NODES, "mip_rel_gap": 0.02},
    )
    if result.x is None:
        return None
    found: Floats = np.asarray(result.x, dtype=float)
    found[:whole] = np.round(found[:whole])
    return found


def with_row(known: Known, row: Any, low: float, high: float) -> Known:
    """Return `known` with one more statement."""
    return Known(
        sparse.vstack([known.matrix, row], format="csr"),
        np.append(known.low, low),
        np.append(known.high, high),
    )


@contextmanager
def _row_added(solver: highspy.Highs, row: Any, low: float, high: float) -> Iterator[None]:
    """Let one more statement hold for a while."""
    last = solver.getNumRow()
    solver.addRow(low, high, row.nnz, row.indices.astype(np.int32), row.data)
    try:
        yield
    finally:
        solver.deleteRows(1, np.array([last], dtype=np.int32))


def _rounded(solver: highspy.Highs, values: Floats, upper: Floats, steps: int) -> Floats | None:
    """Return whole values by holding one variable after another at a whole number near by."""
    held: list[int] = []
    found: Floats | None = values
    while found is not None and (off := _off_whole(found)).max(initial=0.0) > TOLERANCE:
        if len(held) == steps:
            found = None
            break
        column = int(np.argmin(np.where(off > TOLERANCE, off, np.inf)))
        value = float(np.round(found[column]))
        held.append(column)
        solver.changeColBounds(column, value, value)
        found = answer(solver)
    for column in held:
        solver.changeColBounds(column, 0.0, upper[column])
    return None if found is None else np.round(found)


def _off_whole(values: Floats) -> Floats:
    return np.asarray(np.abs(values - np.round(values)), dtype=float)


def answer(solver: highspy.Highs, strategy: int = _CHOOSE) -> Floats | None:
    """Return the best solution of a programme, ``None`` where there is none."""
    solver.setOptionValue("simplex_strategy", strategy)
    solver.run()
    if solver.getModelStatus() not in (_STATUS.kOptimal, _STATUS.kInfeasible):
        solver.clearSolver()  # numbers went astray: once more, from nothing
        solver.run()
    if solver.getModelStatus() != _STATUS.kOptimal:
        return None
    return np.array(solver.getSolution().col_value)


def solver_of(
    known: Known, cost: Floats, upper: Floats, options: Mapping[str, Any] | None = None
) -> highspy.Highs:
    """Return the programme of least `cost` over `known`, each variable from 0 to `upper`."""
    matrix = sparse.csr_matrix(known.matrix)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), matrix.shape[0]
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(len(cost)), upper
    model.row_lower_, model.row_upper_ = known.low, known.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in ({"threads": 1} | dict(options or {})).items():
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver

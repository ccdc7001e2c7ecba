"""A PuLP programme into HiGHS in one piece, and what HiGHS itself says about it back.

PuLP hands a model over row by row; here it goes as arrays (`passModel`). The status, the
incumbent, the bound and the gap are read from HiGHS, never from PuLP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity, vstack

from planner.facility_location.highs import (
    Effort,
    Ending,
    Floats,
    Outcome,
    closed,
    end_if_over,
    end_when,
    listen,
    new_solver,
    outcome_of,
    set_options,
)


class Rows(NamedTuple):
    """Rows ``matrix · x <= at_most``; shapes (rows, variables) and (rows,)."""

    matrix: csr_matrix
    at_most: Floats

    @classmethod
    def none(cls, width: int) -> Self:
        """Return no rows of `width` variables."""
        return cls(csr_matrix((0, width)), np.zeros(0))

    def with_more(self, more: Self) -> Self:
        """Return these rows and then those of `more`."""
        matrix = csr_matrix(vstack([self.matrix, more.matrix]))
        return type(self)(matrix, np.append(self.at_most, more.at_most))


@dataclass(eq=False)
class Handed:
    """A programme as arrays, to be minimised again and again with other aims and more rows.

    Attributes
    ----------
    index : mapping of variable name to column
    lower, upper : float64 arrays of shape (variables,)
        Bounds; a caller fixes columns by giving `minimise` narrower ones.
    whole : bool array of shape (variables,)
        Columns that must be whole.
    row_names : tuple of str
        Of the rows of the programme; holds come after them.
    row_lower, row_upper : float64 arrays of shape (rows,)
    matrix : sparse array of shape (rows, variables)
    """

    index: Mapping[str, int]
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    row_names: tuple[str, ...]
    row_lower: Floats
    row_upper: Floats
    matrix: csr_matrix

    @classmethod
    def of(cls, program: pulp.LpProblem) -> Handed:
        """Return the arrays of `program`."""
        variables = program.variables()
        index = {variable.name: k for k, variable in enumerate(variables)}
        rows = _rows_of(program)
        starts = np.zeros(len(rows) + 1, dtype=np.int32)
        columns: list[int] = []
        entries: list[float] = []
        row_lower, row_upper = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
        for r, row in enumerate(rows.values()):
            for variable, entry in row.items():
                columns.append(index[variable.name])
                entries.append(entry)
            starts[r + 1] = len(columns)
            if row.sense >= 0:
                row_lower[r] = -row.constant
            if row.sense <= 0:
                row_upper[r] = -row.constant
        return cls(
            index=index,
            lower=np.array([-np.inf if v.lowBound is None else v.lowBound for v in variables]),
            upper=np.array([np.inf if v.upBound is None else v.upBound for v in variables]),
            whole=np.array([v.cat == pulp.LpInteger for v in variables], dtype=bool),
            row_names=tuple(rows),
            row_lower=row_lower,
            row_upper=row_upper,
            matrix=csr_matrix(
                (np.array(entries, dtype=float), columns, starts), (len(rows), len(variables))
            ),
        )

    def stretched(self, rows: Sequence[int]) -> tuple[Handed, Floats]:
        """Return a copy in which `rows` may be broken, and the costs of what they are broken by."""
        count, first = len(rows), len(self.lower)
        slack = csr_matrix(
            (np.ones(count), (list(rows), range(count))), (self.matrix.shape[0], count)
        )
        under = np.array([np.inf if self.row_lower[r] > -np.inf else 0.0 for r in rows])
        over = np.array([np.inf if self.row_upper[r] < np.inf else 0.0 for r in rows])
        copy = Handed(
            index=self.index,
            lower=np.concatenate([self.lower, np.zeros(2 * count)]),
            upper=np.concatenate([self.upper, under, over]),
            whole=np.concatenate([self.whole, np.zeros(2 * count, dtype=bool)]),
            row_names=self.row_names,
            row_lower=self.row_lower,
            row_upper=self.row_upper,
            matrix=csr_matrix(hstack([self.matrix, slack, -slack])),
        )
        return copy, np.concatenate([np.zeros(first), np.ones(2 * count)])

    def within(self, lower: Floats, upper: Floats) -> tuple[Handed, NDArray[np.intp], Floats]:
        """Return the programme without the columns that these bounds fix, and what is fixed.

        Returns
        -------
        Handed
            With the free columns only, and the rows that speak of them.
        intp array of shape (free columns,)
            Their places in this programme.
        float64 array of shape (variables,)
            The fixed values, 0 for the free ones.
        """
        free = np.flatnonzero(upper > lower)
        fixed = np.where(upper > lower, 0.0, lower)
        used = self.matrix @ fixed
        matrix = csr_matrix(csc_matrix(self.matrix)[:, free])
        rows = np.flatnonzero(np.diff(matrix.indptr))
        broken = np.setdiff1d(np.arange(matrix.shape[0]), rows)
        slack = 1e-7
        rows = np.union1d(
            rows,
            broken[
                (used[broken] > self.row_upper[broken] + slack)
                | (used[broken] < self.row_lower[broken] - slack)
            ],
        )
        part = Handed(
            index={},
            lower=lower[free],
            upper=upper[free],
            whole=self.whole[free],
            row_names=(),
            row_lower=(self.row_lower - used)[rows],
            row_upper=(self.row_upper - used)[rows],
            matrix=matrix[rows],
        )
        return part, free, fixed

    def summing(self, sums: csr_matrix) -> Handed:
        """Return a copy with a whole column for each of `sums`, which is that sum of the others.

        It says nothing new of solutions in which the sums are whole, but the solver may branch on
        it. `sums` has shape (sums, variables) and no negative factors.
        """
        count, rows = sums.shape[0], self.matrix.shape[0]
        matrix = vstack(
            [
                hstack([self.matrix, csr_matrix((rows, count))]),
                hstack([sums, -identity(count)]),
            ]
        )
        return Handed(
            index=self.index,
            lower=np.concatenate([self.lower, np.zeros(count)]),
            upper=np.concatenate([self.upper, sums @ self.upper]),
            whole=np.concatenate([self.whole, np.ones(count, dtype=bool)]),
            row_names=self.row_names,
            row_lower=np.concatenate([self.row_lower, np.zeros(count)]),
            row_upper=np.concatenate([self.row_upper, np.zeros(count)]),
            matrix=csr_matrix(matrix),
        )

    def without_rows(self, dropped: NDArray[np.bool_]) -> Handed:
        """Return a copy in which some rows ask for nothing; `dropped` has shape (rows,)."""
        return replace(
            self,
            row_lower=np.where(dropped, -np.inf, self.row_lower),
            row_upper=np.where(dropped, np.inf, self.row_upper),
        )

    def expression(self, terms: pulp.LpAffineExpression) -> tuple[Floats, float]:
        """Return coefficients of shape (variables,) and the constant of `terms`."""
        costs = np.zeros(len(self.lower))
        for variable, factor in terms.items():
            costs[self.index[variable.name]] += factor
        return costs, float(terms.constant)

    def hold(self, costs: Floats, at_most: float) -> None:
        """Add the row ``costs · x <= at_most``."""
        self.hold_all(Rows(csr_matrix(costs), np.array([at_most])))

    def hold_all(self, rows: Rows) -> None:
        """Add some rows."""
        self.matrix = csr_matrix(vstack([self.matrix, rows.matrix]))
        self.row_lower = np.append(self.row_lower, np.full(len(rows.at_most), -np.inf))
        self.row_upper = np.append(self.row_upper, rows.at_most)

    def minimise(
        self,
        costs: Floats,
        effort: Effort,
        *,
        constant: float = 0.0,
        start: Floats | None = None,
        lower: Floats | None = None,
        upper: Floats | None = None,
        whole: NDArray[np.bool_] | None = None,
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Outcome:
        """Return the least value of ``costs · x + constant``, as far as `effort` finds it.

        Parameters
        ----------
        start : float64 array of shape (variables,), optional
            A solution to begin with; one that breaks a row is passed over by the solver.
        lower, upper, whole : arrays of shape (variables,), optional
            In place of the model's own.
        on_progress : callable, optional
            Called with value and bound while solving; when it raises, the run ends and the error
            goes on.
        """
        if not len(costs):
            return self._without_variables(constant)
        end_if_over(effort)
        asked = self.whole if whole is None else whole
        demanded = np.zeros_like(asked) if effort.relaxed else asked
        whole_columns = bool(demanded.any())
        asked_of = replace(
            self,
            lower=self.lower if lower is None else lower,
            upper=self.upper if upper is None else upper,
            whole=demanded,
        )
        solver = asked_of.loaded(costs, effort, constant=constant)
        if start is not None and whole_columns:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            solver.setSolution(solution)
        raised = listen(solver, on_progress) if on_progress and whole_columns else []
        solver.run()
        if raised:
            raise raised[0]
        end_if_over(effort)
        outcome = outcome_of(solver, demanded)
        if outcome.ending is Ending.DONE and effort.presolve and not closed(outcome, effort):
            # HiGHS 1.15.1 can presolve a small model to a split "optimum" of whole columns,
            # or call a start optimal with such a bound below it.
            return self.minimise(
                costs,
                replace(effort, presolve=False),
                constant=constant,
                start=start,
                lower=lower,
                upper=upper,
                whole=whole,
                on_progress=on_progress,
            )
        return outcome

    def loaded(self, costs: Floats, effort: Effort, *, constant: float = 0.0) -> highspy.Highs:
        """Return a solver that has the programme, is told its limits and asks when to stop."""
        solver = new_solver(effort.threads)
        set_options(solver, effort)
        solver.passModel(self._model(costs, constant))
        end_when(solver, effort.stop)
        return solver

    def _without_variables(self, constant: float) -> Outcome:
        """Return what HiGHS will not say of an empty model: whether its rows hold."""
        if (self.row_lower > 0).any() or (self.row_upper < 0).any():
            return Outcome(Ending.INFEASIBLE, None, np.inf, np.inf)
        return Outcome(Ending.DONE, np.zeros(0), constant, constant)

    def _model(self, costs: Floats, constant: float) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_ = len(costs)
        model.num_row_ = self.matrix.shape[0]
        model.col_cost_ = costs
        model.offset_ = constant
        model.col_lower_, model.col_upper_ = self.lower, self.upper
        model.row_lower_, model.row_upper_ = self.row_lower, self.row_upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = self.matrix.indptr
        model.a_matrix_.index_ = self.matrix.indices
        model.a_matrix_.value_ = self.matrix.data
        if self.whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(k)] for k in self.whole]
        return model


def _rows_of(program: pulp.LpProblem) -> Mapping[str, pulp.LpConstraint]:
    rows = program.constraints
    if callable(rows):  # PuLP 4
        return {row.name: row for row in rows()}
    found: Mapping[str, pulp.LpConstraint] = rows
    return found

"""What HiGHS is asked and what it says: effort in, outcome out; status and bound are its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.errors import CancelledError

_log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
WHOLE_WITHIN = 1e-5
"""How far from a whole number a solver's whole number may be."""


_SUBSTITUTING = sum(1 << rule for rule in (8, 9, 12))
"""Presolve by free columns, by equations of two columns, and the aggregator."""


class Ending(StrEnum):
    """How a run of the solver ended."""

    DONE = "done"
    TIME = "time"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run of the solver brought.

    Attributes
    ----------
    values : float64 array of shape (variables,), optional
        The best solution that the solver calls feasible; ``None`` where it has none.
    value, bound : float
        Of the objective; the bound is -inf where none is known.
    prices, reduced_costs : float64 arrays of shape (rows,) and (variables,), optional
        What each row costs and what each variable would, of a programme without whole columns.
    """

    ending: Ending
    values: Floats | None
    value: float
    bound: float
    prices: Floats | None = None
    reduced_costs: Floats | None = None


@dataclass(frozen=True)
class Effort:
    """What a run of the solver may spend, and when it may stop.

    `gap` is relative, `gap_abs` absolute; `whole` are the columns that must be whole besides
    those that the model says; `relaxed` drops every such demand. Without `substitute` presolve
    puts no columns in place of another, which would leave no sum to branch on. A whole solution
    of at most `target` ends the run. Once `stop` says yes the run ends
    with `CancelledError`.
    """

    seconds: float = float("inf")
    gap: float = 0.0
    gap_abs: float = 1e-6
    threads: int = 1
    seed: int = 0
    relaxed: bool = False
    presolve: bool = True
    substitute: bool = True
    target: float = -np.inf
    stop: Callable[[], bool] | None = None


def new_solver(threads: int) -> highspy.Highs:
    """Return a silent solver; HiGHS keeps its pool of threads for each caller's thread."""
    if getattr(_POOL, "threads", threads) != threads:
        highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - takes no keyword
    _POOL.threads = threads
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    return solver


def solver_name() -> str:
    """Return the solver and its version."""
    return f"HiGHS {new_solver(getattr(_POOL, 'threads', 1)).version()}"


_POOL = threading.local()


def set_options(solver: highspy.Highs, effort: Effort) -> None:
    """Tell HiGHS what it may spend."""
    solver.setOptionValue("threads", effort.threads)
    solver.setOptionValue("random_seed", effort.seed)
    solver.setOptionValue("mip_rel_gap", effort.gap)
    solver.setOptionValue("mip_abs_gap", effort.gap_abs)
    solver.setOptionValue("presolve", "on" if effort.presolve else "off")
    if not effort.substitute:
        solver.setOptionValue("presolve_rule_off", _SUBSTITUTING)
    if np.isfinite(effort.target):
        solver.setOptionValue("objective_target", effort.target)
    if np.isfinite(effort.seconds):
        solver.setOptionValue("time_limit", max(0.0, effort.seconds))


def listen(
    solver: highspy.Highs, on_progress: Callable[[float, float], None]
) -> list[BaseException]:
    """Report to `on_progress` while solving; what it raises ends the run and is returned."""
    raised: list[BaseException] = []

    def note(event: highspy.HighsCallbackEvent) -> None:
        if raised:
            event.interrupt()
            return
        try:
            on_progress(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)
        except BaseException as error:  # noqa: BLE001 - raised again once the solver has ended
            raised.append(error)
            event.interrupt()

    solver.cbMipInterrupt += note
    return raised


def end_when(solver: highspy.Highs, stop: Callable[[], bool] | None) -> None:
    """Let the solver ask `stop` wherever it can be interrupted."""
    if stop is None:
        return

    def ask(event: highspy.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    solver.cbMipInterrupt += ask
    solver.cbSimplexInterrupt += ask
    solver.cbIpmInterrupt += ask


def end_if_over(effort: Effort) -> None:
    """Raise `CancelledError` once the search is to stop."""
    if effort.stop is not None and effort.stop():
        raise CancelledError


def closed(outcome: Outcome, effort: Effort) -> bool:
    """Return whether value and bound are as near as was asked."""
    off = outcome.value - outcome.bound
    asked = max(effort.gap_abs, effort.gap * abs(outcome.value))
    return outcome.values is not None and off <= asked * (1 + 1e-6) + 1e-6 * abs(outcome.value)


_EXPECTED = frozenset(
    getattr(highspy.HighsModelStatus, name)
    for name in (
        "kOptimal",
        "kModelEmpty",
        "kInfeasible",
        "kUnboundedOrInfeasible",
        "kTimeLimit",
        "kInterrupt",
        "kObjectiveBound",
        "kObjectiveTarget",
    )
)


def outcome_of(solver: highspy.Highs, whole: NDArray[np.bool_]) -> Outcome:
    """Return what HiGHS says after a run; `whole` marks the columns that must be whole."""
    status = solver.getModelStatus()
    if status not in _EXPECTED:
        _log.warning("the solver ended with %s", status)
    info = solver.getInfo()
    statuses = highspy.HighsModelStatus
    if status in {statuses.kInfeasible, statuses.kUnboundedOrInfeasible}:
        return Outcome(Ending.INFEASIBLE, None, np.inf, np.inf)
    ending = {
        statuses.kOptimal: Ending.DONE,
        statuses.kModelEmpty: Ending.DONE,
        statuses.kTimeLimit: Ending.TIME,
        statuses.kInterrupt: Ending.TIME,
        statuses.kObjectiveBound: Ending.TIME,
        statuses.kObjectiveTarget: Ending.TIME,
    }.get(status, Ending.FAILED)
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if feasible else None
    value = float(info.objective_function_value) if feasible else np.inf
    bound = -np.inf
    if whole.any() and ending is not Ending.FAILED:
        bound = float(info.mip_dual_bound)
    elif ending is Ending.DONE:
        bound = value
    if values is not None:
        off = np.abs(values[whole] - np.rint(values[whole]))
        if off.size and off.max() > WHOLE_WITHIN:
            values, value = None, np.inf
    if whole.any() or values is None:
        return Outcome(ending, values, value, bound)
    duals = solver.getSolution()
    prices, reduced_costs = np.array(duals.row_dual), np.array(duals.col_dual)
    return Outcome(ending, values, value, bound, prices, reduced_costs)

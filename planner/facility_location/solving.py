"""A Problem into progress that can be looped over, and the plan at its end; closing it ends all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from planner.domain import Plan, Problem
from planner.errors import CancelledError
from planner.facility_location.formulations import DEFAULT, Formulation
from planner.facility_location.solver import solve
from planner.facility_location.teams import UNLIMITED, Limits, Progress


@dataclass(eq=False)
class _Search:
    """What the worker and its reader share; the worker knows no reader, so that one can go."""

    told: SimpleQueue[Progress | None] = field(default_factory=SimpleQueue)
    over: threading.Event = field(default_factory=threading.Event)
    plan: Plan | None = None
    error: BaseException | None = None


class Solving(Iterator[Progress]):
    """A search that goes on beside its reader, step by step; `solving` begins one.

    Iterating gives every improvement as it is found and raises what `solve` raises. `close` (or
    leaving a ``with`` block, or dropping the iterator) ends the search.
    """

    def __init__(self, search: _Search, worker: threading.Thread) -> None:
        self._search, self._worker = search, worker

    def __next__(self) -> Progress:
        """Wait for the next step."""
        if self._worker.is_alive() or not self._search.told.empty():
            step = self._search.told.get()
            if step is not None:
                return step
            self._worker.join()
        if self._search.error is not None and not self._search.over.is_set():
            raise self._search.error
        raise StopIteration

    @property
    def plan(self) -> Plan:
        """The plan, once the search has ended; waits for the end.

        Raises
        ------
        InfeasibleError, NoPlanError
            See `solve`.
        CancelledError
            If the search was closed before.
        """
        self._worker.join()
        if self._search.plan is None:
            raise self._search.error or CancelledError()
        return self._search.plan

    def close(self) -> None:
        """End the search and wait until it has ended; no effect on one that has."""
        self._search.over.set()
        self._worker.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self._search.over.set()


def solving(
    problem: Problem,
    formulation: Formulation = DEFAULT,
    *,
    limits: Limits = UNLIMITED,
    start: Plan | None = None,
) -> Solving:
    """Begin to solve; return the steps of it, to be looped over, and the plan after them.

    Parameters
    ----------
    problem, formulation, limits, start
        See `planner.facility_location.solve`.

    Examples
    --------
    >>> with solving(problem) as steps:  # doctest: +SKIP
    ...     for step in steps:
    ...         print(step.aim, step.value, step.bound, step.gap, step.seconds)
    ...     plan = steps.plan
    """
    search = _Search()

    def work() -> None:
        try:
            search.plan = solve(
                problem,
                formulation,
                limits=limits,
                on_progress=search.told.put,
                start=start,
                stop=search.over.is_set,
            )
        except BaseException as error:  # noqa: BLE001 - raised again where it is read
            search.error = error
        finally:
            search.told.put(None)

    worker = threading.Thread(target=work, name="solving", daemon=True)
    worker.start()
    return Solving(search, worker)

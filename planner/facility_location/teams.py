"""Groups of services into what is found for each: some at a time, each with its share of time."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from planner.domain import Problem
from planner.errors import CancelledError
from planner.facility_location.highs import Effort
from planner.facility_location.search import Clock, Search
from planner.records import gap_of


@dataclass(frozen=True)
class Limits:
    """When to stop: wall-clock seconds (``None``: never), relative gap; threads and seed."""

    seconds: float | None = None
    gap: float = 0.005
    threads: int = 2
    seed: int = 0


UNLIMITED = Limits()
"""No deadline, and the gap that planners ask for."""


@dataclass(frozen=True)
class Progress:
    """How far one aim of one group of services has come.

    `value` and `bound` are ``inf`` and ``-inf`` while unknown; `seconds` since `solve` began.
    """

    services: tuple[str, ...]
    aim: str
    value: float
    bound: float
    gap: float
    seconds: float


Report = Callable[[Progress], None]
Group = tuple[str, ...]
Found = TypeVar("Found")


class Team(Generic[Found]):
    """Works on groups of services, some at a time, each with its share of the time left.

    Parameters
    ----------
    work : callable
        Returns what is found for a group, given how to search.
    on_progress : callable, optional
        Told of every improvement; when it raises, all work ends and the error goes on.
    stop : callable, optional
        Asked while a solver runs and before; once it says yes, all work ends (`CancelledError`).
    """

    def __init__(
        self,
        work: Callable[[Group, Search], Found],
        *,
        clock: Clock,
        limits: Limits,
        on_progress: Report | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self.work, self.clock, self.limits = work, clock, limits
        self.on_progress, self.stop = on_progress, stop
        self.lock = threading.Lock()
        self.size: Mapping[Group, float] = {}
        self.working: dict[Group, Clock] = {}
        self.waiting, self.at_once = 0.0, 0
        self.stopped: BaseException | None = None

    def find_all(self, problem: Problem, groups: Sequence[Group]) -> list[Found]:
        """Return what is found for each group, in the order of `groups`; large groups begin.

        One that begins late cannot have more than the time that is left then.
        """
        needs = Counter(service for service, _ in problem.persons)
        self.size = {group: math.sqrt(max(1, sum(needs[s] for s in group))) for group in groups}
        order = sorted(groups, key=self.size.__getitem__, reverse=True)
        self.waiting = sum(self.size.values())
        self.at_once = max(1, min(self.limits.threads, len(order)))
        if self.at_once == 1:
            found = {group: self._find(group) for group in order}
        else:
            with ThreadPoolExecutor(self.at_once) as pool:
                runs = {group: pool.submit(self._find, group) for group in order}
                try:
                    found = {group: run.result() for group, run in runs.items()}
                except BaseException as error:
                    self.stopped = self.stopped or error
                    pool.shutdown(cancel_futures=True)
                    raise
        return [found[group] for group in groups]

    def _find(self, group: Group) -> Found:
        clock = self._clock_of(group)
        effort = Effort(
            gap=self.limits.gap,
            threads=max(1, self.limits.threads // self.at_once),
            seed=self.limits.seed,
            stop=self._is_over,
        )
        search = Search(clock, effort, partial(self._report, group))
        try:
            return self.work(group, search)
        finally:
            with self.lock:
                del self.working[group]

    def _clock_of(self, group: Group) -> Clock:
        """Return a clock with a group's part of the time that those at work leave over."""
        with self.lock:
            promised = sum(clock.left for clock in self.working.values())
            left = self.clock.left
            part = self.size[group] / self.waiting
            seconds = (
                None if math.isinf(left) else min(left, part * (self.at_once * left - promised))
            )
            self.waiting -= self.size[group]
            self.working[group] = Clock(seconds)
            return self.working[group]

    def _is_over(self) -> bool:
        return self.stopped is not None or (self.stop is not None and self.stop())

    def _report(self, group: Group, aim: str, value: float, bound: float) -> None:
        if self._is_over():
            raise CancelledError
        if self.on_progress is None:
            return
        known = math.isfinite(value) and math.isfinite(bound)
        gap = gap_of(value, bound) if known else 1.0
        with self.lock:
            try:
                self.on_progress(Progress(group, aim, value, bound, gap, self.clock.passed))
            except BaseException as error:
                self.stopped = error
                raise

"""Groups of services into what is found for each: some at a time, each with its share of time."""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
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
        self.waiting: deque[Group] = deque()
        self.working: dict[Group, Clock] = {}
        self.at_once = 1
        self.stopped: BaseException | None = None

    def find_all(self, problem: Problem, groups: Sequence[Group]) -> list[Found]:
        """Return what is found for each group, in the order of `groups`; large groups begin.

        One that begins late cannot have more than the time that is left then. The first error
        ends the work on all, and is raised.
        """
        needs = Counter(service for service, _ in problem.persons)
        self.size = {group: math.sqrt(max(1, sum(needs[s] for s in group))) for group in groups}
        self.waiting = deque(sorted(groups, key=self.size.__getitem__, reverse=True))
        self.at_once = max(1, min(self.limits.threads, len(groups)))
        found: dict[Group, Found] = {}
        if self.at_once == 1:
            self._find_waiting(found)
        else:
            with ThreadPoolExecutor(self.at_once) as pool:
                runs = [pool.submit(self._find_waiting, found) for _ in range(self.at_once)]
                try:
                    wait(runs)
                except BaseException as error:
                    self.stopped = self.stopped or error
                    raise
        if self.stopped is not None:
            raise self.stopped
        return [found[group] for group in groups]

    def _find_waiting(self, found: dict[Group, Found]) -> None:
        """Add to `found` what is found for one group after another, until none waits."""
        while True:
            with self.lock:
                if not self.waiting or self.stopped is not None:
                    return
                group = self.waiting.popleft()
                clock = self.working[group] = self._clock_of(group)
            try:
                found[group] = self._find(group, clock)
            except BaseException as error:  # noqa: BLE001 - raised again where all have ended
                with self.lock:
                    self.stopped = self.stopped or error
            finally:
                with self.lock:
                    del self.working[group]

    def _find(self, group: Group, clock: Clock) -> Found:
        effort = Effort(
            gap=self.limits.gap,
            threads=max(1, self.limits.threads // self.at_once),
            seed=self.limits.seed,
            stop=self._is_over,
        )
        return self.work(group, Search(clock, effort, partial(self._report, group)))

    def _clock_of(self, group: Group) -> Clock:
        """Return a clock with a group's part of the time that those at work leave over."""
        left = self.clock.left
        if math.isinf(left):
            return Clock(None)
        promised = sum(clock.left for clock in self.working.values())
        part = self.size[group] / sum(self.size[each] for each in (group, *self.waiting))
        return Clock(min(left, part * (self.at_once * left - promised)))

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

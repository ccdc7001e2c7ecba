"""A Problem into the best plan found, aim after aim, with what is known about each aim."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from planner.domain import Plan, Problem, Proof
from planner.errors import CancelledError
from planner.facility_location.coupling import coupled_services
from planner.facility_location.formulations import DEFAULT, Formulation
from planner.facility_location.program import Effort, solver_name
from planner.facility_location.search import Clock, GroupPlan, Search, plan_group
from planner.records import gap_of, problem_digest


@dataclass(frozen=True)
class Limits:
    """When to stop: wall-clock seconds (``None``: never), relative gap; threads and seed."""

    seconds: float | None = None
    gap: float = 0.005
    threads: int = 2
    seed: int = 0


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


def solve(
    problem: Problem,
    formulation: Formulation = DEFAULT,
    *,
    limits: Limits = Limits(),
    on_progress: Callable[[Progress], None] | None = None,
    start: Plan | None = None,
) -> Plan:
    """Return the best plan found, aim after aim, with the proof of each aim.

    Services that no rule couples are solved apart, `limits.threads` of them at a time.

    Parameters
    ----------
    problem : Problem
        What is asked; its aims hold unless `formulation` names others.
    formulation : Formulation
        Which rules a plan must keep.
    limits : Limits
        When to stop. The same problem, gap, threads and seed give the same plan unless the time
        ends the search.
    on_progress : callable, optional
        Told of every improvement; when it raises (`CancelledError`), all work ends at once.
    start : Plan, optional
        A plan to begin with, as of an earlier scenario; it need not keep the rules.

    Raises
    ------
    InfeasibleError
        If no plan keeps every rule, with a smallest set of rules in conflict.
    NoPlanError
        If the time ends before any plan is found.
    """
    clock = Clock(limits.seconds)
    groups = coupled_services(problem, formulation)
    at_once = max(1, min(limits.threads, len(groups)))
    effort = Effort(gap=limits.gap, threads=max(1, limits.threads // at_once), seed=limits.seed)
    team = _Team(problem, formulation, effort, clock, on_progress, start, at_once)
    parts = team.plan_all(groups)
    return Plan(
        opened=dict(sorted(pair for part in parts for pair in part.opened.items())),
        assigned=dict(sorted(pair for part in parts for pair in part.assigned.items())),
        unserved=dict(sorted(pair for part in parts for pair in part.unserved.items())),
        proof=Proof(
            groups=tuple((part.services, part.aims) for part in parts),
            problem_digest=problem_digest(problem),
            solver=solver_name(),
            seconds=round(clock.passed, 3),
        ),
    )


_BORROWED = 1.5
"""What a group may take of the time left, by its fair share: most need far less than theirs."""


class _Team:
    """Plans groups of services, some at a time, each with its share of the time left."""

    def __init__(
        self,
        problem: Problem,
        formulation: Formulation,
        effort: Effort,
        clock: Clock,
        on_progress: Callable[[Progress], None] | None,
        start: Plan | None,
        at_once: int,
    ) -> None:
        self.problem, self.formulation = problem, formulation
        self.effort, self.clock, self.start = effort, clock, start
        self.on_progress, self.at_once = on_progress, at_once
        self.lock = threading.Lock()
        self.waiting = 0
        self.stopped: BaseException | None = None

    def plan_all(self, groups: Sequence[tuple[str, ...]]) -> list[GroupPlan]:
        """Return the plan of each group, in the order of `groups`."""
        links = Counter(service for service, _ in self.problem.persons)
        order = sorted(groups, key=lambda group: sum(links[s] for s in group))
        self.waiting = len(order)
        if self.at_once == 1:
            found = {group: self._plan(group) for group in order}
        else:
            with ThreadPoolExecutor(self.at_once) as pool:
                runs = {group: pool.submit(self._plan, group) for group in order}
                try:
                    found = {group: run.result() for group, run in runs.items()}
                except BaseException as error:
                    self.stopped = self.stopped or error
                    pool.shutdown(cancel_futures=True)
                    raise
        return [found[group] for group in groups]

    def _plan(self, group: tuple[str, ...]) -> GroupPlan:
        with self.lock:
            share = min(1.0, _BORROWED * self.at_once / self.waiting)
            self.waiting -= 1
        report = partial(self._report, group)
        search = Search(self.clock.part(share), self.effort, report)
        return plan_group(self.problem, group, self.formulation, search=search, start=self.start)

    def _report(self, group: tuple[str, ...], aim: str, value: float, bound: float) -> None:
        if self.stopped is not None:
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

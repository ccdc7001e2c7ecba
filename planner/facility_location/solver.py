"""A Problem into the best plan found, aim after aim, with what is known about each aim."""

from __future__ import annotations

from collections.abc import Callable

from planner.domain import Plan, Problem, Proof
from planner.facility_location.coupling import coupled_services
from planner.facility_location.formulations import DEFAULT, Formulation
from planner.facility_location.highs import solver_name
from planner.facility_location.search import Clock, GroupPlan, Search, plan_group
from planner.facility_location.teams import UNLIMITED, Group, Limits, Report, Team
from planner.records import problem_digest


def solve(
    problem: Problem,
    formulation: Formulation = DEFAULT,
    *,
    limits: Limits = UNLIMITED,
    on_progress: Report | None = None,
    start: Plan | None = None,
    stop: Callable[[], bool] | None = None,
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
    stop : callable, optional
        Asked again and again, also where there is nothing to tell; all work ends once it says yes.

    Raises
    ------
    InfeasibleError
        If no plan keeps every rule, with a smallest set of rules in conflict.
    NoPlanError
        If the time ends before any plan is found.
    CancelledError
        If `stop` said yes.
    """
    clock = Clock(limits.seconds)

    def plan(group: Group, search: Search) -> GroupPlan:
        return plan_group(problem, group, formulation, search=search, start=start)

    team = Team(plan, clock=clock, limits=limits, on_progress=on_progress, stop=stop)
    parts = team.find_all(problem, coupled_services(problem, formulation))
    return joined(problem, parts, seconds=clock.passed)


def joined(problem: Problem, parts: list[GroupPlan], *, seconds: float) -> Plan:
    """Return the plan that the parts of all groups make up."""
    return Plan(
        opened=dict(sorted(pair for part in parts for pair in part.opened.items())),
        assigned=dict(sorted(pair for part in parts for pair in part.assigned.items())),
        unserved=dict(sorted(pair for part in parts for pair in part.unserved.items())),
        proof=Proof(
            groups=tuple((part.services, part.aims) for part in parts),
            problem_digest=problem_digest(problem),
            solver=solver_name(),
            seconds=round(seconds, 3),
        ),
    )

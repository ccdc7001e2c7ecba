"""A saved plan into the edition it is compared with, or beside another, without solving anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.domain import Problem
from planner.errors import PlannerError
from planner.inputs.approved import APPROVED, NamedEdition, name_of_edition, named_edition
from planner.problem import with_approved
from planner.workflow.proposing import Proposal, approved_in


def against(proposal: Proposal, edition: str) -> Proposal | None:
    """Return a plan whose amendment compares with another edition; places and persons stay.

    ``None`` where it must be calculated anew for that: an aim counts the changes against the
    edition, or the edition has places where the plan's problem knows no site.

    Parameters
    ----------
    edition : str
        As a scenario names it under ``[data]``; empty for what stands today.

    Raises
    ------
    InputError
        See `planner.inputs.approved.read_approved`.
    """
    if edition == proposal.scenario.data.get(APPROVED, ""):
        return proposal
    if proposal.scenario.counts_changes:
        return None
    data = {role: file for role, file in proposal.scenario.data.items() if role != APPROVED}
    data |= {APPROVED: edition} if edition else {}
    scenario = replace(proposal.scenario, data=data)
    problem = with_approved(proposal.problem, approved_in(proposal.area, scenario))
    if {site for _, site in problem.approved or ()} - {*problem.sites}:
        return None
    return replace(proposal, scenario=scenario, problem=problem)


def edition_before(proposal: Proposal, *, name: str = "") -> NamedEdition | None:
    """Return which approved edition a plan is compared with, ``None`` for what stands today.

    Its date and digest are told only where its file still says what the plan knows as approved.

    Parameters
    ----------
    name : str
        What the edition is called; its folder's or table's name where empty.
    """
    if proposal.problem.approved is None:
        return None
    file = Path(proposal.scenario.data.get(APPROVED, ""))
    try:
        found = named_edition(file, name=name)
        read = with_approved(proposal.problem, approved_in(proposal.area, proposal.scenario))
    except PlannerError:
        read = None
    if read is None or _approved(read) != _approved(proposal.problem):
        return NamedEdition(name or name_of_edition(file))
    return found


def _approved(problem: Problem) -> tuple[object, object]:
    return problem.approved, problem.approved_sizes

"""A saved plan beside another approved edition than it was made with, without solving it anew."""

from __future__ import annotations

from dataclasses import replace

from planner.inputs.approved import APPROVED
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

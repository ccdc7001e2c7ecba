"""How a plan is made, in plain words, beside the settings that are in force for the shown one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from planner import workflow
from planner.disclosure import HIDDEN_MARK, Readers, small_mark
from planner.domain import AimTerms, Scenario, Service
from planner.facility_location import Limits
from planner.inputs.needs import GROUP_WORDS
from planner.publishing.aims import AIM_NAMES, ROUND_MINUTES
from planner.publishing.budgets import budgets_told
from planner.ui import address
from planner.ui.cards import show_note
from planner.ui.showing import plain
from planner.ui.tables import show_text_table
from planner.ui.words import number, rounded, service_name, tell
from planner.workflow import Proposal

METHOD_SENTENCES = (
    (
        "From needs to demand",
        (
            "Assessed persons are counted by settlement and target group. How many of a group "
            "need a service is its share, or what support plans say where a region brings its "
            "own. Growth, and those who come on top of the assessed, are added up to the plan "
            "year. A person who needs two services is counted in both."
        ),
    ),
    (
        "Travel times",
        (
            "Minutes are one way by car, from the settlement where people live to the place of "
            "the service, along the roads in use. No trip counts as shorter than {shortest} "
            "minutes. Within the standard is what takes at most the minutes of the standard; "
            "nobody is sent further than the limit, and what lies beyond it is out of reach."
        ),
    ),
    (
        "What a plan may do",
        (
            "A plan opens services in whole units of the catalogue's sizes, or enlarges what "
            "exists, and sends every person to one place that has room. What is kept, forbidden, "
            "committed or limited by a budget is a rule that every plan keeps. Who can not be "
            "served is listed with a reason, and never left out."
        ),
    ),
    (
        "Aims, one after the other",
        (
            "The first aim is met as well as it can be. Then the second is, as long as the first "
            "does not get worse than its tolerance allows, and so on. The table of aims says "
            "which come in which order, and what later ones may take from an earlier one."
        ),
    ),
    (
        "What proven means",
        (
            "For every aim the calculation looks for two numbers: the best value found, and a "
            "bound that no plan under the same rules and tolerances can beat. Proven means that "
            "they are at most {gap} % apart, or less than one person, one site or one euro. Where"
            " time ends first the plan is the best found, and the gap says how much better "
            "another could be at most."
        ),
    ),
    (
        "The independent check",
        (
            "Before a plan is shown, a check that shares nothing with the search recomputes every"
            " rule and every aim from the needs and the minutes. A plan that breaks a rule is not"
            " shown."
        ),
    ),
    (
        "Small counts",
        (
            "Counts of 1 to {few} persons are not told, but shown as {small}. Others are withheld"
            " as {hidden} where a small one could be worked out from them; a share is then told "
            "as a class, or not at all. Minutes are rounded to {rounded}. Screens and files use "
            "the same gate, and what was told of a plan before is held against what is told of it"
            " next."
        ),
    ),
    (
        "What the numbers do not say",
        (
            "A plan is as right as the needs, roads, sizes and costs that it rests on; the page "
            "of data tells where each comes from and what is only an illustration. It knows "
            "nothing of the quality of a service, of who wants to work there, or of what people "
            "would choose. It shows what is possible; deciding stays with the councils and the "
            "region."
        ),
    ),
)
"""Heading and text of each step."""
_ROLES_OF_MINUTES = ("roads", "minutes")


def show_steps(scenario: Scenario | None, proposal: Proposal | None) -> None:
    """Say how a plan is made, with the numbers that are in force, or else the usual ones."""
    threshold = (workflow.readers_of(proposal) if proposal else Readers()).threshold
    shortest = (scenario or Scenario).shortest_trip_minutes
    fields = {
        "shortest": number(shortest, decimals=0 if shortest.is_integer() else 1),
        "gap": number(100 * Limits().gap, decimals=1),
        "few": number(threshold - 1),
        "small": small_mark(threshold),
        "hidden": HIDDEN_MARK,
        "rounded": number(ROUND_MINUTES),
    }
    for heading, text in METHOD_SENTENCES:
        st.subheader(tell(heading), anchor=False)
        st.markdown(plain(tell(text, **fields)))


def show_settings(scenario: Scenario, proposal: Proposal) -> None:
    """Show what is in force for the shown scenario: services, aims, and what else it sets."""
    offered = [s for s in proposal.area.services if s.id in proposal.problem.services]
    services = [_service_row(service, scenario, proposal) for service in offered]
    show_text_table(pd.DataFrame(services), name=tell("Services in force"))
    aims = [
        {tell("Aim"): tell(AIM_NAMES.get(aim.name, aim.name)), tell("Tolerance"): _tolerance(aim)}
        for aim in scenario.aims
    ]
    show_text_table(pd.DataFrame(aims), name=tell("Aims in force"))
    for line in _lines(scenario, proposal):
        show_note(line)
    _show_bases(offered, scenario)


def _show_bases(services: Sequence[Service], scenario: Scenario) -> None:
    """Show what each value that is set for the services rests on."""
    found = workflow.service_settings(services, scenario, language=address.language())
    heads = [tell(column.heading) for column in found.columns]
    rows = pd.DataFrame([[str(cell) for cell in row] for row in found.rows], columns=heads)
    with st.expander(tell(found.title)):
        show_text_table(rows, name=tell(found.title))


def _service_row(service: Service, scenario: Scenario, proposal: Proposal) -> dict[str, str]:
    terms = proposal.problem.services[service.id]
    standard = tell("{minutes} min", minutes=number(terms.standard_minutes))
    if terms.home_is_standard:
        standard = tell("{minutes}, or the own municipality", minutes=standard)
    share = scenario.need_shares.get(service.id, service.need_share)
    return {
        tell("Service"): service_name(service),
        tell("Target group"): tell(GROUP_WORDS.get(service.target_group, service.target_group)),
        tell("Needed by"): f"{number(100 * share)}\u00a0%",
        tell("Standard"): standard,
        tell("Limit"): tell("{minutes} min", minutes=number(terms.limit_minutes)),
        tell("Persons per place"): rounded(terms.persons_per_place),
        tell("Places of a unit"): ", ".join(map(number, service.sizes_places)),
    }


def _tolerance(aim: AimTerms) -> str:
    """Return what later aims may give back of an aim."""
    parts = []
    if aim.absolute:
        parts.append(number(aim.absolute))
    if aim.of_need:
        parts.append(tell("{percent} % of the need", percent=number(100 * aim.of_need)))
    if aim.of_value:
        parts.append(tell("{percent} % of the value", percent=number(100 * aim.of_value)))
    return " + ".join(parts) or tell("none")


def _lines(scenario: Scenario, proposal: Proposal) -> list[str]:
    """Return what else a scenario sets, a sentence each."""
    roads = [tell(s.name) for s in proposal.area.sources if s.role in _ROLES_OF_MINUTES]
    lines = [
        tell("Plan year: {year}", year=scenario.plan_year),
        tell("Minutes from: {source}", source="; ".join(roads) or "–"),
        tell("What exists may grow.") if scenario.existing_may_grow else tell("Nothing may grow."),
        tell("What exists may close.")
        if scenario.existing_may_close
        else tell("Nothing that exists may close."),
        *budgets_told(scenario, language=address.language()),
    ]
    said = workflow.settings_text(
        proposal.area,
        scenario,
        proposal.problem,
        proposal.plan,
        language=address.language(),
        threshold=workflow.readers_of(proposal).threshold,
    )
    return [*lines, *said.splitlines()]

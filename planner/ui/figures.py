"""A service of a plan beside today into four cards, and all services into one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from planner.analysis.indicators import (
    MunicipalityFigures,
    ServiceFigures,
    municipality_figures,
    service_figures,
)
from planner.disclosure import HIDDEN_MARK, LEGEND, NOT_SHOWN, REGION, show_minutes, small_mark
from planner.domain import Service
from planner.publishing.coverage import MAY_BE_ALIKE, RANGES, may_be_alike
from planner.publishing.people import Least, People, least_served, whole
from planner.publishing.reasons import unserved_text, why_unserved
from planner.ui import address, state
from planner.ui.cards import Card, show_cards, show_note
from planner.ui.tables import show_table
from planner.ui.words import euros, number, service_minutes, service_name, tell, tell_count, then
from planner.workflow import Proposal, release

ByService = Mapping[str, ServiceFigures]
ByMunicipality = Mapping[tuple[str, str], MunicipalityFigures]


@dataclass(frozen=True)
class Figures:
    """What a plan and today do, by service and by municipality and service."""

    plan: ByService
    today: ByService
    plan_by_municipality: ByMunicipality
    today_by_municipality: ByMunicipality


def figures_of(proposal: Proposal) -> Figures:
    """Return the figures of the shown proposal and of today."""
    return _figures(state.area_key(), proposal)


def people_of(proposal: Proposal, situation: str = "plan") -> People:
    """Return what may be told of the persons of the plan, or of "today"."""
    return People(release(proposal), situation)


def show_legend(*, ranges: bool = False) -> None:
    """Say what the marks of withheld counts mean, and shares that are ranges beside each other."""
    show_note(tell(LEGEND, small=small_mark(state.readers().threshold), hidden=HIDDEN_MARK))
    if ranges:
        show_note(tell(RANGES))


def show_four(proposal: Proposal, figures: Figures, service: Service) -> None:
    """Show the share within the standard, mean minutes, worst municipality, new sites and cost."""
    now, was = figures.plan[service.id], figures.today[service.id]
    show_cards(
        [
            _share_card(proposal, service),
            _minutes_card(proposal, service, now, was),
            _worst_card(proposal, service),
            _building_card(now),
        ],
        name=tell("Four figures against today"),
    )


def show_services(proposal: Proposal, figures: Figures) -> None:
    """Show every service of the plan in one table, small counts hidden."""
    names = {service.id: service_name(service) for service in proposal.area.services}
    plan, today = people_of(proposal), people_of(proposal, "today")
    reasons = {
        service: why_unserved(proposal.problem, proposal.plan, plan, service=service)
        for service in figures.plan
    }
    shares = {s: [side.share(REGION, s) for side in (today, plan)] for s in figures.plan}
    why = tell("Why unserved")
    rows = [
        {
            tell("Service"): names[service],
            tell("In need"): plan.at(REGION, service).need,
            tell("Within the standard today"): shares[service][0],
            tell("Within the standard {then}", then=then()): shares[service][1],
            tell("Unserved"): plan.at(REGION, service).unserved,
            tell("New sites"): now.sites_new,
            tell("Enlarged sites"): now.sites_enlarged,
            tell("Cost"): euros(now.cost_eur),
            why: unserved_text(reasons[service], language=address.language()),
        }
        for service, now in figures.plan.items()
    ]
    table = pd.DataFrame(rows)
    if not any(reasons.values()):
        table = table.drop(columns=why)
    show_table(table, name=tell("All services of the plan"), remark=why)
    show_legend(ranges=any(may_be_alike(*told) for told in shares.values()))


@st.cache_resource(max_entries=4, show_spinner=False)
def _figures(key: str, _proposal: Proposal) -> Figures:
    del key  # a plan's figures never change
    return Figures(
        plan=service_figures(_proposal.problem, _proposal.plan),
        today=service_figures(_proposal.today_problem, _proposal.today),
        plan_by_municipality=municipality_figures(_proposal.problem, _proposal.plan),
        today_by_municipality=municipality_figures(_proposal.today_problem, _proposal.today),
    )


def _share_card(proposal: Proposal, service: Service) -> Card:
    now = people_of(proposal).share(REGION, service.id)
    was = people_of(proposal, "today").share(REGION, service.id)
    persons = people_of(proposal).at(REGION, service.id).need
    beside = tell("today {share}; {persons} in need", share=was, persons=persons)
    return Card(
        service_minutes(proposal.problem.services[service.id]),
        now,
        _with_note(beside, was, now),
        _trend(proposal, service),
    )


def _with_note(beside: str, *shares: str) -> str:
    """Return what stands beside a share, also that the shares do not tell a rise from a fall."""
    return f"{beside}. {tell(MAY_BE_ALIKE)}" if may_be_alike(*shares) else beside


def _minutes_card(
    proposal: Proposal, service: Service, now: ServiceFigures, was: ServiceFigures
) -> Card:
    return Card(
        tell("Mean trip of those served"),
        _minutes(now),
        tell(
            "today {minutes}; served: {served} today, {now} {then}",
            minutes=_minutes(was),
            served=people_of(proposal, "today").at(REGION, service.id).served,
            now=people_of(proposal).at(REGION, service.id).served,
            then=then(),
        ),
    )


def _minutes(figures: ServiceFigures) -> str:
    said = show_minutes(figures.mean_minutes, figures.served, threshold=state.readers().threshold)
    return said if said == NOT_SHOWN else tell("{minutes} min", minutes=said)


def _worst_card(proposal: Proposal, service: Service) -> Card:
    now, was = (
        least_served(
            people_of(proposal, situation),
            [m.atvk for m in proposal.area.municipalities],
            service.id,
        )
        for situation in ("plan", "today")
    )
    today = tell(
        "today {municipality}: {share}"
        if was.all_told
        else "today, of those shown, {municipality}: {share}",
        municipality=_names(proposal, was),
        share=was.share,
    )
    none = tell("none of those shown lies below the region as a whole")
    return Card(
        tell(
            "Worst-served municipality"
            if now.all_told
            else "Worst-served municipality of those shown"
        ),
        f"{_names(proposal, now)}: {now.share}" if now.areas else NOT_SHOWN,
        _with_note(
            "; ".join([*([] if now.areas else [none]), *([today] if was.areas else [])]),
            *(least.share for least in (was, now) if least.areas),
        ),
    )


def _names(proposal: Proposal, least: Least) -> str:
    """Return the name of a municipality, or how many where several are alike."""
    if len(least.areas) > 1:
        return tell_count("{count} municipality", "{count} municipalities", len(least.areas))
    names = {m.atvk: m.name for m in proposal.area.municipalities}
    return ", ".join(names[area] for area in least.areas)


def _building_card(now: ServiceFigures) -> Card:
    return Card(
        tell("New sites and cost"),
        euros(now.cost_eur),
        tell(
            "new sites: {new}; enlarged: {enlarged}",
            new=number(now.sites_new),
            enlarged=number(now.sites_enlarged),
        ),
    )


def _trend(proposal: Proposal, service: Service) -> str:
    """Return whether more or fewer are within the standard than today, where both are told."""
    was, now = (
        whole(people_of(proposal, situation).at(REGION, service.id).within_standard)
        for situation in ("today", "plan")
    )
    if was is None or now is None or was == now:
        return ""
    return "better" if now > was else "worse"

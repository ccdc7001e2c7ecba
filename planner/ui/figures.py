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
from planner.disclosure import show_minutes, show_persons, show_share
from planner.domain import Service
from planner.ui import state
from planner.ui.cards import Card, show_cards
from planner.ui.words import euros, number, service_name, tell, tell_count
from planner.workflow import Proposal

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


def show_four(proposal: Proposal, figures: Figures, service: Service) -> None:
    """Show the share within the standard, mean minutes, worst municipality, new sites and cost."""
    now, was = figures.plan[service.id], figures.today[service.id]
    show_cards(
        [
            _share_card(proposal, service, now, was),
            _minutes_card(now, was),
            _worst_card(proposal, figures, service),
            _building_card(now),
        ],
        name=tell("Four figures against today"),
    )


def show_services(proposal: Proposal, figures: Figures) -> None:
    """Show every service of the plan in one table, small counts hidden."""
    names = {service.id: service_name(service) for service in proposal.area.services}
    rows = [
        {
            tell("Service"): names[service],
            tell("In need"): show_persons(now.need),
            tell("Within the standard today"): show_share(
                figures.today[service].within_standard, figures.today[service].need
            ),
            tell("Within the standard by the plan"): show_share(now.within_standard, now.need),
            tell("Unserved"): show_persons(now.unserved),
            tell("New sites"): now.sites_new,
            tell("Enlarged sites"): now.sites_enlarged,
            tell("Cost"): euros(now.cost_eur),
        }
        for service, now in figures.plan.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=tell("All services of the plan"))


@st.cache_resource(max_entries=4, show_spinner=False)
def _figures(key: str, _proposal: Proposal) -> Figures:
    del key  # a plan's figures never change
    return Figures(
        plan=service_figures(_proposal.problem, _proposal.plan),
        today=service_figures(_proposal.today_problem, _proposal.today),
        plan_by_municipality=municipality_figures(_proposal.problem, _proposal.plan),
        today_by_municipality=municipality_figures(_proposal.today_problem, _proposal.today),
    )


def _share_card(
    proposal: Proposal, service: Service, now: ServiceFigures, was: ServiceFigures
) -> Card:
    terms = proposal.problem.services[service.id]
    return Card(
        tell("Within {minutes} minutes", minutes=number(terms.standard_minutes)),
        show_share(now.within_standard, now.need),
        tell(
            "today {share}; {persons} in need",
            share=show_share(was.within_standard, was.need),
            persons=show_persons(now.need),
        ),
        _trend(now.within_standard - was.within_standard),
    )


def _minutes_card(now: ServiceFigures, was: ServiceFigures) -> Card:
    return Card(
        tell("Mean trip of those served"),
        tell("{minutes} min", minutes=show_minutes(now.mean_minutes, now.served)),
        tell(
            "today {minutes} min; {served} served then, {now} by the plan",
            minutes=show_minutes(was.mean_minutes, was.served),
            served=show_persons(was.served),
            now=show_persons(now.served),
        ),
    )


def _worst_card(proposal: Proposal, figures: Figures, service: Service) -> Card:
    """Return where the smallest share is within the standard, of those whose share can be told."""
    names = {m.atvk: m.name for m in proposal.area.municipalities}

    def told(by_municipality: ByMunicipality) -> tuple[str, str]:
        shares = sorted(
            (f.within_standard / f.need, names.get(home, home), f)
            for (home, s), f in by_municipality.items()
            if s == service.id and f.need and show_share(f.within_standard, f.need) != "–"
        )
        if not shares:
            return "–", "–"
        return shares[0][1], show_share(shares[0][2].within_standard, shares[0][2].need)

    name, share = told(figures.plan_by_municipality)
    name_today, share_today = told(figures.today_by_municipality)
    return Card(
        tell("Worst-served municipality"),
        f"{name}: {share}" if name != "–" else "–",
        tell("today {municipality}: {share}", municipality=name_today, share=share_today),
    )


def _building_card(now: ServiceFigures) -> Card:
    return Card(
        tell("New sites and cost"),
        f"{number(now.sites_new)} · {euros(now.cost_eur)}",
        tell_count(
            "{count} existing site enlarged",
            "{count} existing sites enlarged",
            now.sites_enlarged,
        ),
    )


def _trend(change: int) -> str:
    return "better" if change > 0 else "worse" if change < 0 else ""

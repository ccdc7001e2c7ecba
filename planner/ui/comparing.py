"""Today against a plan into a sentence, who gains and who gets worse, and a ranked table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from planner.analysis.comparison import Comparison, MunicipalityTotal, Turn, compare
from planner.disclosure import NOT_SHOWN, REGION, TRAVEL
from planner.disclosure.turns import GAINING, LOSING, NEED_AFTER, WITHIN_AFTER, WITHIN_BEFORE
from planner.domain import Municipality, Service, Stay
from planner.publishing.people import Turnover
from planner.ui import state
from planner.ui.cards import Card, show_cards, show_note, show_sentence
from planner.ui.figures import show_legend
from planner.ui.tables import show_table
from planner.ui.words import euros, number, service_name, tell, then
from planner.workflow import Proposal, turnover

ALL_TRIPS = ""


@dataclass(frozen=True)
class Row:
    """A municipality, or all, before and after, for one service or for all trips."""

    municipality: str
    need: int
    within_before: int
    within_after: int
    cost_eur: int
    turn: Turn
    service: str = TRAVEL


@dataclass(frozen=True)
class Said:
    """The persons of a row as they may be told."""

    need: str
    before: str
    after: str
    gaining: str
    losing: str


def said_of(proposal: Proposal, row: Row) -> Said:
    """Return what may be told of a row; the first time it takes seconds."""
    told = _turnover(state.told_key(), proposal)
    at = row.municipality, row.service
    gaining, losing = told.text(GAINING, *at), told.text(LOSING, *at)
    if row.service == TRAVEL:
        return Said(
            told.text(NEED_AFTER, *at),
            told.total_share(WITHIN_BEFORE, *at),
            told.total_share(WITHIN_AFTER, *at),
            gaining,
            losing,
        )
    return Said(
        told.after.at(*at).need,
        told.before.share(*at),
        told.after.share(*at),
        gaining,
        losing,
    )


def comparison_of(proposal: Proposal) -> Comparison:
    """Return today against the shown plan."""
    return _comparison(state.area_key(), proposal)


def choose_services(proposal: Proposal) -> Service | None:
    """Return the service to compare, ``None`` for all that people travel to."""
    offered = {s.id: s for s in proposal.area.services if s.id in proposal.problem.services}
    labels = {ALL_TRIPS: tell("All but homes, together")}
    labels |= {service.id: service_name(service) for service in offered.values()}
    chosen = st.selectbox(
        tell("Service"),
        list(labels),
        format_func=labels.__getitem__,
        key="compared_service",
        persist_state="session",
    )
    return offered.get(chosen or "")


def rows_of(comparison: Comparison, service: Service | None) -> list[Row]:
    """Return a row for every municipality with a need, those that lose most first."""
    if service is None:
        rows = [_of_total(total) for total in comparison.municipalities]
    else:
        rows = [
            Row(
                row.municipality,
                row.after.need,
                row.before.within_standard,
                row.after.within_standard,
                row.cost_eur,
                row.turn,
                row.service,
            )
            for row in comparison.rows
            if row.service == service.id
        ]
    return sorted(
        (row for row in rows if row.need),
        key=lambda row: (-row.turn.losing, row.within_after / row.need, row.municipality),
    )


def sum_of(rows: list[Row]) -> Row:
    """Return all rows of one service together."""
    return Row(
        municipality=rows[0].municipality if len(rows) == 1 else REGION,
        service=rows[0].service,
        need=sum(row.need for row in rows),
        within_before=sum(row.within_before for row in rows),
        within_after=sum(row.within_after for row in rows),
        cost_eur=sum(row.cost_eur for row in rows),
        turn=sum((row.turn for row in rows), start=Turn()),
    )


def show_answer(
    proposal: Proposal, row: Row, municipality: Municipality | None, service: Service | None
) -> None:
    """Say in one sentence what the plan changes."""
    where = municipality.name if municipality else tell("All municipalities")
    said = said_of(proposal, row)
    before, after = said.before, said.after
    if NOT_SHOWN in (before, after):
        show_sentence(tell("{where}: too few persons to tell a share.", where=where))
    elif service is None:
        show_sentence(
            tell(
                "{where}: {before} of the needs are met within the standard today, {after} {then}.",
                where=where,
                then=then(),
                before=before,
                after=after,
            )
        )
    else:
        minutes = proposal.problem.services[service.id].standard_minutes
        show_sentence(
            tell(
                "{where}: {before} are served within {minutes} minutes today, {after} {then}.",
                where=where,
                then=then(),
                before=before,
                after=after,
                minutes=number(minutes),
            )
        )
    if service is not None and service.stay is Stay.HOME:
        show_note(
            tell(
                "People live there: minutes are the visiting distance from the place of origin; "
                "a home in the own municipality is within the standard."
            )
        )


def show_turns(proposal: Proposal, row: Row) -> None:
    """Show who gains, who gets worse and what it costs, each as large as the others."""
    turn, said = row.turn, said_of(proposal, row)
    show_cards(
        [
            Card(
                tell("Who gains"),
                said.gaining,
                tell("persons with a shorter trip, or served at last"),
                "better" if turn.gaining else "",
            ),
            Card(
                tell("Who gets worse"),
                said.losing,
                tell("persons with a longer trip, or served no more"),
                "worse" if turn.losing else "",
            ),
            Card(
                tell("Cost of building"),
                euros(row.cost_eur),
                tell("{persons} in need", persons=said.need),
            ),
        ],
        name=tell("Who gains and who gets worse"),
        across=True,
    )


def show_municipalities(proposal: Proposal, rows: list[Row]) -> None:
    """Show every municipality in one table, small counts hidden."""
    names = {m.atvk: m.name for m in proposal.area.municipalities}
    table = pd.DataFrame(
        [
            {
                tell("Municipality"): names.get(row.municipality, row.municipality),
                tell("In need"): said.need,
                tell("Within the standard today"): said.before,
                tell("Within the standard {then}", then=then()): said.after,
                tell("Who gains"): said.gaining,
                tell("Who gets worse"): said.losing,
                tell("Cost"): euros(row.cost_eur),
            }
            for row in rows
            for said in [said_of(proposal, row)]
        ]
    )
    show_table(table, name=tell("Municipalities compared"), text_columns=1)
    show_legend()


def _of_total(total: MunicipalityTotal) -> Row:
    return Row(
        total.municipality,
        total.need_after,
        total.within_before,
        total.within_after,
        total.cost_eur,
        total.turn,
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _comparison(key: str, _proposal: Proposal) -> Comparison:
    del key  # a plan's comparison with its today never changes
    return compare(_proposal.today_problem, _proposal.today, _proposal.problem, _proposal.plan)


@st.cache_resource(max_entries=4, show_spinner=False)
def _turnover(key: str, _proposal: Proposal) -> Turnover:
    del key  # what these readers may know of a plan's comparison never changes
    return turnover(_proposal, comparison_of(_proposal))

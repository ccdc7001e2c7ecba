"""Today against a plan into a sentence, who gains and who gets worse, and a ranked table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from planner.disclosure import NOT_SHOWN, REGION, TRAVEL
from planner.disclosure.turns import GAINING, LOSING, NEED_AFTER, WITHIN_AFTER, WITHIN_BEFORE
from planner.domain import Municipality, Service, Stay
from planner.publishing.coverage import MAY_BE_ALIKE, may_be_alike
from planner.publishing.people import WITHHELD, whole
from planner.ui.cards import Card, show_cards, show_note, show_sentence
from planner.ui.figures import show_legend
from planner.ui.sides import View
from planner.ui.tables import show_table
from planner.ui.words import euros, number, service_name, tell

ALL_TRIPS = ""


@dataclass(frozen=True)
class Row:
    """A municipality, or all, before and after, for one service or for all trips."""

    municipality: str
    cost_eur: int
    service: str = TRAVEL


@dataclass(frozen=True)
class Said:
    """The persons of a row as they may be told."""

    need: str
    before: str
    after: str
    gaining: str
    losing: str
    why_no_share: str = ""


def said_of(view: View, row: Row) -> Said:
    """Return what may be told of a row."""
    told = view.told
    at = row.municipality, row.service
    gaining, losing = told.text(GAINING, *at), told.text(LOSING, *at)
    if row.service == TRAVEL:
        need = told.text(NEED_AFTER, *at)
        before, after = (told.total_share(figure, *at) for figure in (WITHIN_BEFORE, WITHIN_AFTER))
        why = [told.why_no_total_share(figure, *at) for figure in (WITHIN_BEFORE, WITHIN_AFTER)]
    else:
        need = told.after.at(*at).need
        before, after = (side.share(*at) for side in (told.before, told.after))
        why = [side.why_no_share(*at) for side in (told.before, told.after)]
    missing = [w for w, share in zip(why, (before, after), strict=True) if share == NOT_SHOWN]
    reason = WITHHELD if WITHHELD in missing else "".join(missing[:1])
    return Said(need, before, after, gaining, losing, reason)


def choose_services(view: View) -> Service | None:
    """Return the service to compare, ``None`` for all that people travel to."""
    offered = {service.id: service for service in view.services}
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


def rows_of(view: View, service: Service | None) -> list[Row]:
    """Return a row for every municipality with a need, those that lose most first.

    Whether there is one and who loses more is read from what may be told, as a reader does.
    """
    comparison = view.compared.comparison
    if service is None:
        rows = [Row(total.municipality, total.cost_eur) for total in comparison.municipalities]
    else:
        rows = [
            Row(row.municipality, row.cost_eur, row.service)
            for row in comparison.rows
            if row.service == service.id
        ]
    said = {row: said_of(view, row) for row in rows}
    return sorted(
        (row for row in rows if said[row].need != "0"),
        key=lambda row: (-(whole(said[row].losing) or 0), row.municipality),
    )


def rows_at(view: View, rows: list[Row], municipality: Municipality | None) -> list[Row]:
    """Return the rows of a municipality, or of all that are in the totals of the region."""
    if municipality is None:
        return [row for row in rows if row.municipality not in view.outside]
    return [row for row in rows if row.municipality == municipality.atvk]


def sum_of(rows: list[Row]) -> Row:
    """Return all rows of one service together."""
    return Row(
        municipality=rows[0].municipality if len(rows) == 1 else REGION,
        service=rows[0].service,
        cost_eur=sum(row.cost_eur for row in rows),
    )


def show_answer(
    view: View, row: Row, municipality: Municipality | None, service: Service | None
) -> None:
    """Say in one sentence what the plan changes, or what two plans do beside today."""
    where = municipality.name if municipality else tell("All municipalities")
    said, then = said_of(view, row), view.then
    today = _today_said(view, service, municipality)
    fields = {"where": where, "then": then, "before": said.before, "after": said.after}
    minutes = view.minutes(service.id) if service else None
    if said.why_no_share:
        text = "{where}: the share within the standard is not told ({why})."
        show_sentence(tell(text, where=where, why=tell(said.why_no_share)))
    elif view.today is not None:
        if minutes is None:
            text = tell(
                "{where}: {before} of the needs are met within the standard by plan A, {after} "
                "{then}; {today} today.",
                today=today,
                **fields,
            )
        else:
            text = tell(
                "{where}: {before} are served within {minutes} minutes by plan A, {after} {then}; "
                "{today} today.",
                today=today,
                minutes=number(minutes),
                **fields,
            )
        show_sentence(text)
    elif minutes is None:
        show_sentence(
            tell(
                "{where}: {before} of the needs are met within the standard today, {after} {then}.",
                **fields,
            )
        )
    else:
        show_sentence(
            tell(
                "{where}: {before} are served within {minutes} minutes today, {after} {then}.",
                minutes=number(minutes),
                **fields,
            )
        )
    if not said.why_no_share and may_be_alike(said.before, said.after, today):
        show_note(tell(MAY_BE_ALIKE))
    if service is not None and service.stay is Stay.HOME:
        show_note(
            tell(
                "People live there: minutes are the visiting distance from the place of origin; "
                "a home in the own municipality is within the standard."
            )
        )


def show_turns(view: View, row: Row) -> None:
    """Show who gains, who gets worse and what it costs, each as large as the others."""
    said = said_of(view, row)
    two = view.today is not None
    show_cards(
        [
            Card(
                tell("Who gains by plan B") if two else tell("Who gains"),
                said.gaining,
                tell("persons with a shorter trip, or served at last"),
                "better" if whole(said.gaining) else "",
            ),
            Card(
                tell("Who gets worse by plan B") if two else tell("Who gets worse"),
                said.losing,
                tell("persons with a longer trip, or served no more"),
                "worse" if whole(said.losing) else "",
            ),
            Card(
                tell("Cost of plan B against plan A") if two else tell("Cost of building"),
                euros(row.cost_eur),
                tell("{persons} in need", persons=said.need),
            ),
        ],
        name=tell("Who gains and who gets worse"),
        across=True,
    )


def show_municipalities(view: View, rows: list[Row], service: Service | None) -> None:
    """Show every municipality in one table, small counts hidden."""
    names = {m.atvk: m.name for m in view.proposal.area.municipalities}
    today = before = tell("Within the standard today")
    if view.today is not None:
        before = tell("Within the standard {then}", then=tell("by plan A"))
    of_today = {} if view.today is None else _today_by_municipality(view.today, service)
    after = tell("Within the standard {then}", then=view.then)
    told = [(row, said_of(view, row)) for row in rows]
    table = pd.DataFrame(
        [
            {
                tell("Municipality"): names.get(row.municipality, row.municipality),
                tell("In need"): said.need,
                **({today: of_today.get(row.municipality, NOT_SHOWN)} if of_today else {}),
                before: said.before,
                after: said.after,
                tell("Who gains"): said.gaining,
                tell("Who gets worse"): said.losing,
                tell("Cost") if view.today is None else tell("Cost against plan A"): euros(
                    row.cost_eur
                ),
            }
            for row, said in told
        ]
    )
    headings = {today: tell("Today"), before: tell("Plan A"), after: tell("Plan B")}
    if view.today is None:
        headings = {
            today: tell("Today"),
            after: tell("Plan" if view.is_plan else "Decided already"),
        }
    shares = {column: text for column, text in headings.items() if column in table.columns}
    columns = ", ".join(shares.values())
    show_note(tell("{columns}: the share of the needs met within the standard.", columns=columns))
    show_table(table, name=tell("Municipalities compared"), first=shares)
    show_legend(
        ranges=any(
            may_be_alike(said.before, said.after, of_today.get(row.municipality, NOT_SHOWN))
            for row, said in told
        )
    )


def _today_said(view: View, service: Service | None, municipality: Municipality | None) -> str:
    """Return the share of today beside two plans, as the first of them counts it."""
    if view.today is None:
        return NOT_SHOWN
    own = rows_at(view.today, rows_of(view.today, service), municipality)
    return said_of(view.today, sum_of(own)).before if own else NOT_SHOWN


def _today_by_municipality(today: View, service: Service | None) -> dict[str, str]:
    return {row.municipality: said_of(today, row).before for row in rows_of(today, service)}

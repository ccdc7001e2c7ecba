"""A plan's sites into the table in which a planner reads why, and marks what to keep or forbid."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from planner.domain import Opening, Option, Service, Site, StudyArea
from planner.publishing.scene import KIND_WORDS, kind_of
from planner.ui import address, state
from planner.ui.cards import show_note
from planner.ui.figures import people_of
from planner.ui.question import FORBID, KEEP
from planner.ui.words import euros, number, service_name, tell, then
from planner.verification.books import built_at
from planner.workflow import Proposal

MARK_WORDS = {KEEP: "keep", FORBID: "forbid"}
MARK_SENTENCES = {KEEP: "Keep a site here", FORBID: "Build nothing here"}
_NOTHING = "–"
_WIDTHS_PIXELS = (90, 125, 190, 150, 195, 105, 120, 85, 90, 110, 300)
_UNITS = 7
_ALIGNMENT: dict[int, Any] = dict.fromkeys((105, 120, 85, 90, 110), "right")
_ORDER = ("new", "enlarged", "existing", "")


def show_sites(proposal: Proposal, service: Service, reasons: Mapping[Option, str]) -> None:
    """Show the sites of a service; a changed mark is remembered for the next calculation.

    Parameters
    ----------
    reasons : mapping of Option to text
        Why the plan changes something there, where it does.
    """
    marks = state.marks()
    options = _options(proposal, service, marks)
    if not options:
        st.info(tell("No site of this service is open, neither today nor by the plan."))
        return
    words = {mark: tell(word) for mark, word in MARK_WORDS.items()}
    mark_column = tell("Mark")
    table = pd.DataFrame(
        [
            {mark_column: words.get(marks.get(option, "")), **_cells(proposal, option, reasons)}
            for option in options
        ]
    )
    several = any(o in proposal.plan.opened and proposal.plan.opened[o].units > 1 for o in options)
    if not several:
        table = table.drop(columns=tell("Units"))
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=[column for column in table.columns if column != mark_column],
        column_config=_columns(table, mark_column, list(words.values()), several=several),
        height="content",
        placeholder=_NOTHING,
        key=f"sites:{_version(options, marks)}",
        alt=tell("Sites of the plan"),
    )
    marked = {word: mark for mark, word in words.items()}
    found = {
        option: marked.get(word or "", "")
        for option, word in zip(options, edited[mark_column], strict=True)
    }
    if found != {option: marks.get(option, "") for option in options}:
        state.set_marks({o: mark for o, mark in {**marks, **found}.items() if mark})
        st.rerun()


def add_mark(proposal: Proposal, service: Service) -> None:
    """Offer to mark any place, also one where the plan opens nothing."""
    with st.popover(tell("Mark another place")):
        show_note(tell("The mark is for one service: {service}", service=service_name(service)))
        places = {
            site.id: f"{site.name} ({_municipality(proposal.area, site)})"
            for site in sorted(proposal.area.sites, key=lambda site: site.name)
            if not site.building
        }
        site = st.selectbox(
            tell("Place"), list(places), format_func=places.__getitem__, key="mark_place"
        )
        for mark, sentence in MARK_SENTENCES.items():
            st.button(
                tell(sentence),
                width="stretch",
                key=f"mark_{mark}",
                on_click=state.set_mark,  # before the page is drawn: no click is lost
                args=((service.id, site), mark),
            )


def _options(proposal: Proposal, service: Service, marks: Mapping[Option, str]) -> list[Option]:
    """Return what is open or marked: new, enlarged, existing, then what is only marked."""
    opened = proposal.plan.opened
    names = {site.id: site.name for site in proposal.area.sites}
    found = {option for option in (*opened, *marks) if option[0] == service.id}

    def order(option: Option) -> tuple[int, str, str]:
        kind = opened[option].kind.value if option in opened else ""
        return _ORDER.index(kind), names.get(option[1], ""), option[1]

    return sorted(found, key=order)


def _columns(
    table: pd.DataFrame, mark_column: str, words: list[str], *, several: bool
) -> dict[str, Any]:
    widths = [w for k, w in enumerate(_WIDTHS_PIXELS) if several or k != _UNITS]
    looks: dict[str, Any] = {
        column: st.column_config.Column(width=width, alignment=_ALIGNMENT.get(width, "left"))
        for column, width in zip(table.columns, widths, strict=True)
    }
    looks[mark_column] = st.column_config.SelectboxColumn(
        width=_WIDTHS_PIXELS[0],
        options=words,
        help=tell("keep: open in the next plan; forbid: nothing new and no enlarging"),
    )
    return looks


def _cells(
    proposal: Proposal, option: Option, reasons: Mapping[Option, str]
) -> dict[str, str | int]:
    site = next(site for site in proposal.area.sites if site.id == option[1])
    now, was = proposal.plan.opened.get(option), proposal.today.opened.get(option)
    built = built_at(proposal.problem, option, now) if now else None
    place = next((p.name for p in proposal.area.points if p.id == site.place_id), site.name)
    return {
        tell("Place"): place,
        tell("Address"): site.address if site.building else _NOTHING,
        tell("Municipality"): _municipality(proposal.area, site),
        tell("What happens"): tell(KIND_WORDS[kind_of(proposal.problem, option, now)])
        if now
        else tell("nothing built"),
        tell("Places now"): _places(was),
        tell("Places {then}", then=then()): _places(now),
        tell("Units"): number(now.units) if now else _NOTHING,
        tell("Persons"): _persons(proposal, option) if now else _NOTHING,
        tell("Cost"): euros(built.cost_eur) if built and built.cost_eur else _NOTHING,
        tell("Why"): reasons.get(option, _NOTHING),
    }


def _places(opening: Opening | None) -> str:
    return number(opening.places) if opening else _NOTHING


def _persons(proposal: Proposal, option: Option) -> str:
    service, site = option
    return people_of(proposal).served_at(site, service)


def _municipality(area: StudyArea, site: Site) -> str:
    return next((m.name for m in area.municipalities if m.atvk == site.municipality_atvk), "")


def _version(options: list[Option], marks: Mapping[Option, str]) -> str:
    """Return a key that changes with the rows and the marks, so that the table starts afresh."""
    said = repr((options, sorted(marks.items()), address.language()))
    return hashlib.sha256(said.encode()).hexdigest()[:12]

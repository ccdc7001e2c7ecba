"""What the next calculation rests on: where figures come from, which files it uses, its roads."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from planner import workflow
from planner.disclosure import show_persons
from planner.domain import Source
from planner.publishing import formats
from planner.roads.snap_report import SnapReport
from planner.ui import address, data_state, state
from planner.ui.cards import show_note
from planner.ui.sending import KIND_TITLES
from planner.ui.showing import fault_sentence, plain
from planner.ui.tables import show_text_table
from planner.ui.words import number, tell

ROLE_TITLES = {
    "settlements": "Settlements",
    "assessed": "Assessed needs",
    "no_needs": "Assessed needs",
    "support_plans": "Support plans",
    "leavers": "Adults leaving state care centres",
    "additions": "Persons on top of the assessed",
    "institutions": "Institutions for children",
    "services": "Catalogue of services",
    "facilities": "Existing services",
    "sites": "Candidate sites",
    "municipalities": "Municipalities",
    "boundaries": "Boundaries",
    "minutes": "Minutes of travel",
    "roads": "Roads",
}
_ALWAYS = ("settlements", "assessed", "services", "facilities", "sites", "municipalities")


def show_sources() -> None:
    """Show source, date and licence of each kind of data, and what is only an illustration."""
    scenario, area = state.next_scenario(), state.next_area()
    roads = workflow.minutes_source(scenario, data_state.next_roads())
    found: list[tuple[str, Source | None]] = [(s.role, s) for s in (*area.sources, roads)]
    told = {role.removeprefix("no_").replace("needs", "assessed") for role, _ in found}
    found += [(role, None) for role in _ALWAYS if role not in told]
    ranked = sorted(found, key=lambda pair: [*ROLE_TITLES, pair[0]].index(pair[0]))
    rows = [_row(role, source) for role, source in ranked]
    show_text_table(pd.DataFrame(rows), name=tell("Sources"))


def show_choices() -> None:
    """Let the reader choose which kept file the next calculation uses, and go back."""
    folder = state.data_folder()
    kept, chosen = workflow.kept_data(folder), workflow.chosen_data(folder)
    for fault in data_state.refused():
        st.error(plain(fault_sentence(fault)))
    for name in workflow.lost_data(folder):
        st.warning(plain(tell("{name} is not there any more and is not used.", name=name)))
    if not kept:
        show_note(tell("Nothing of your own is kept yet; the data of the scenario are used."))
    for kind, title in KIND_TITLES.items():
        names = [found.name for found in kept if found.kind == kind]
        if names:
            _choose(kind, tell(title), names, chosen[kind])


def show_roads() -> None:
    """Show which places the roads serve badly, and how far the roads may be from the truth."""
    scenario, network = state.next_scenario(), data_state.next_roads()
    if network is None:
        show_note(tell("This scenario takes its minutes from a table; no roads are needed."))
        return
    stated = workflow.stated_error(scenario, state.region())
    if stated is not None:
        show_note(
            tell(
                "Half of {trips} trips on the starter roads are within {median} % of the map of "
                "state roads, and nine of ten within {ninetieth} % (measured {day}). The starter "
                "roads are an estimate until real roads are imported.",
                trips=number(stated.trips),
                median=number(stated.median_percent, decimals=1),
                ninetieth=number(stated.ninetieth_percent, decimals=1),
                day=_day(stated.measured_on),
            )
        )
    _show_troubles(workflow.roads_report(state.next_area(), network))
    with st.expander(tell("How the error of the roads was measured")):
        show_note(
            tell(
                "Trips of up to 60 minutes between the settlements of the region, compared with "
                "the national map of state roads (paved 80, unpaved 60 km/h). The figures of all "
                "regions stand in data/roads/README.md; `python -m benchmarks.starter_roads` "
                "measures them anew."
            )
        )


def _show_troubles(report: SnapReport) -> None:
    st.markdown(
        plain(
            tell(
                "{places} places looked at; {troubles} with trouble; persons cut off: {persons}",
                places=report.places,
                troubles=len(report.troubles),
                persons=show_persons(report.persons_cut_off, threshold=state.readers().threshold),
            )
        )
    )
    if not report.troubles:
        return
    rows = [
        {
            tell("Place"): found.name,
            tell("What is wrong"): tell(found.trouble.value),
            tell("Metres to the road"): "–" if math.isinf(found.gap_m) else number(found.gap_m),
            tell("Persons"): show_persons(found.persons, threshold=state.readers().threshold),
        }
        for found in report.troubles
    ]
    show_text_table(pd.DataFrame(rows), name=tell("Places that the roads serve badly"))


def _choose(kind: str, title: str, names: list[str], chosen: str) -> None:
    """Offer the kept files of a kind, the scenario's own first, and the way back."""
    words = {workflow.AS_IN_SCENARIO: tell("as the scenario says"), **{n: n for n in names}}
    now = chosen if chosen in words else workflow.AS_IN_SCENARIO
    with st.container():
        picked = st.selectbox(
            title,
            list(words),
            index=list(words).index(now),
            format_func=words.__getitem__,
            key=data_state.choice_key(kind, now),
        )
        st.button(
            tell("Back to the former"),
            key=f"back:{kind}",
            disabled=not workflow.can_go_back(state.data_folder(), kind),
            on_click=data_state.go_back,
            args=(kind,),
            help=tell("Use what was used before, for {kind}", kind=title),
        )
    if picked is not None and picked != now:
        data_state.choose_data(kind, picked)
        st.rerun()


def _row(role: str, source: Source | None) -> dict[str, str]:
    return {
        tell("Kind of data"): tell(ROLE_TITLES.get(role, role)),
        tell("Source"): tell(source.name) if source else tell("none"),
        tell("Date"): _day(source.date) if source and source.date else "–",
        tell("Data licence"): (tell(source.licence) if source and source.licence else "–"),
        tell("Illustrative"): (tell("yes") if source.illustrative else tell("no"))
        if source
        else "–",
    }


def _day(text: str) -> str:
    """Return an ISO date as the reader's language writes it, another text as it is."""
    return formats.day_text(text, language=address.language())

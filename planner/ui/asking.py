"""The left side of Explore: region, scenario, standards and budget into the question asked next."""

from __future__ import annotations

import streamlit as st

from planner.domain import Scenario, Service, StudyArea
from planner.inputs import service_needs
from planner.inputs.study_area import REGIONS
from planner.ui import home, question, state
from planner.ui.calculations import Stage
from planner.ui.following import show_end, show_progress
from planner.ui.words import service_name, tell

DATA_PAGE = "planner/ui/pages/data.py"
SECONDS_CHOICES = (10, 30, 60, 120, 300)
DEFAULT_SECONDS = 60
_MILLION = 1_000_000


def ask(area: StudyArea) -> None:
    """Show the controls, and the progress in place of the button while a calculation goes on."""
    choose_place()
    if not state.has_needs():
        st.info(tell("Nobody assessed needs the services asked for, so no plan can be calculated."))
        st.page_link(DATA_PAGE, label=tell("Bring in assessed needs"))
        return
    scenario = state.asked()
    scenario = question.with_standards(scenario, area.services, ask_standards(scenario, area))
    scenario = question.with_budget(scenario, ask_budget(scenario))
    scenario = question.with_marks(scenario, state.marks(), tell("marked on the screen"))
    state.want(scenario)
    seconds = ask_seconds()
    standing = state.standing()
    if standing is not None and standing.stage is Stage.RUNNING:
        show_progress()
        return
    if st.button(tell("Calculate"), type="primary", width="stretch", key="calculate"):
        state.calculate(scenario, purpose=home.PLAN, seconds=seconds)
        st.rerun()
    if standing is not None:
        show_end(standing)


def choose_place() -> None:
    """Offer the regions, and the scenarios of the chosen one."""
    regions = list(REGIONS)
    region = st.selectbox(
        tell("Region"),
        regions,
        index=regions.index(state.region()),
        format_func=REGIONS.__getitem__,
    )
    if region != state.region():
        state.choose_region(region)
        st.rerun()
    fitting = {
        name: _short_title(scenario, REGIONS[region])
        for name, scenario in state.sources().items()
        if scenario.region == region
    }
    if not fitting:
        return
    source = st.selectbox(
        tell("Scenario"),
        list(fitting),
        index=list(fitting).index(state.source()),
        format_func=fitting.__getitem__,
    )
    if source != state.source():
        state.choose(source)
        st.rerun()


def ask_standards(scenario: Scenario, area: StudyArea) -> dict[str, float]:
    """Return the minutes chosen for every service of the scenario: 15, 30, 45 or 60."""
    wanted: dict[str, float] = {}
    with st.expander(tell("Standards, minutes one way")):
        for service in asked_services(scenario, area):
            now = question.standard_of(scenario, service)
            chosen = st.segmented_control(
                service_name(service),
                sorted({*map(float, question.STANDARD_CHOICES), now}),
                default=now,
                required=True,
                format_func=lambda minutes: f"{minutes:g}",
                key=f"standard:{state.source()}:{service.id}",
                persist_state="session",
                width="stretch",
            )
            wanted[service.id] = now if chosen is None else float(chosen)
    return wanted


def ask_budget(scenario: Scenario) -> int | None:
    """Return the euros for building and enlarging, ``None`` for no limit."""
    now = question.budget_of(scenario)
    millions = st.number_input(
        tell("Budget for building, million EUR"),
        min_value=0.0,
        max_value=1000.0,
        value=None if now is None else now / _MILLION,
        step=0.5,
        format="%.2f",
        placeholder=tell("no limit"),
        key=f"budget:{state.source()}",
        persist_state="session",
    )
    return None if millions is None else round(millions * _MILLION)


def ask_seconds() -> float:
    """Return the seconds that the search may take."""
    said = {seconds: tell("{seconds} seconds", seconds=seconds) for seconds in SECONDS_CHOICES}
    seconds = st.selectbox(
        tell("Search for at most"),
        SECONDS_CHOICES,
        index=SECONDS_CHOICES.index(DEFAULT_SECONDS),
        format_func=said.__getitem__,
        key="seconds",
        persist_state="session",
    )
    return float(seconds)


def asked_services(scenario: Scenario, area: StudyArea) -> list[Service]:
    """Return the services that `scenario` plans for, in the catalogue's order."""
    asked = service_needs.asked_services(area, scenario)
    return [service for service in area.services if service.id in asked]


def _short_title(scenario: Scenario, region: str) -> str:
    """Return the title without the region, which stands above it."""
    title = scenario.title.removeprefix(f"{region}: ")
    return title[:1].upper() + title[1:]

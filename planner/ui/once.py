"""Files of a project into values, each read once for the whole server; none holds a session."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from planner import workflow
from planner.domain import Readers, Scenario, StudyArea
from planner.inputs.scenario import read_scenario
from planner.publishing.prices import ToldPrices
from planner.ui.calculations import Calculations
from planner.workflow import Proposal

FIRST_SCENARIO = "latgale"


@st.cache_resource
def calculations(folder: Path) -> Calculations:
    """Return the calculations under a folder."""
    return Calculations(folder)


@st.cache_resource(max_entries=2, show_spinner=False)
def sources(folder: Path, files: tuple[Path, ...]) -> dict[str, Scenario]:
    """Return the scenarios of a folder by id, the first one first."""
    order = {FIRST_SCENARIO: 0}
    ranked = sorted(files, key=lambda file: (order.get(file.stem, 1), file.stem))
    return {file.stem: read_scenario(folder / file.name) for file in ranked}


@st.cache_resource(max_entries=8, show_spinner=False)
def asked_in(run_id: str, file: Path) -> Scenario:
    """Return the scenario in a file of a calculation."""
    del run_id  # the key: a question never changes
    return read_scenario(file)


@st.cache_resource(max_entries=4, show_spinner=False)
def load(run_id: str, folder: Path) -> Proposal:
    """Return the plan that a calculation left."""
    del run_id  # the key: a result never changes
    return workflow.load(folder)


@st.cache_resource(max_entries=8, show_spinner=False)
def told(run_id: str, result: Path, folder: Path, edition: int, _readers: Readers) -> Proposal:
    """Return the same as its readers may know it, kept in `folder`."""
    del edition  # the key: what is kept changes only with it
    return workflow.told_for(load(run_id, result), folder, _readers)


@st.cache_resource(max_entries=4, show_spinner=False)
def prices(run_id: str, folder: Path, told_key: str, _proposal: Proposal) -> ToldPrices:
    """Return the curve that a calculation left, as the readers of its plan may know it."""
    del run_id, told_key  # the keys: a result never changes, what is told only with its key
    return workflow.prices_for(folder, _proposal)


@st.cache_resource(max_entries=4, show_spinner=False)
def area_of(
    region_id: str, files: tuple[tuple[str, str], ...], partners: tuple[str, ...]
) -> StudyArea:
    """Return a region with files of its own, by role."""
    return workflow.area_of(region_id, dict(files), partners=partners)

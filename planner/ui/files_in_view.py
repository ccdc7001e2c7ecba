"""Which files the shown plan was made with, and which the next calculation uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from planner import workflow
from planner.domain import Source
from planner.errors import PlannerError
from planner.inputs.approved import APPROVED
from planner.ui import once, state


def shown_data() -> dict[str, str]:
    """Return the names of the files that the figures of the shown plan rest on, by role."""
    run = state.shown()
    return {} if run is None else _names(once.asked_in(run.id, run.result / "scenario.toml").data)


def next_data() -> dict[str, str]:
    """Return the names of the files that the next calculation uses, by role."""
    scenario = state.next_scenario()
    return {} if scenario is None else _names(scenario.data)


def sources_in_view() -> tuple[Source, ...]:
    """Return where the figures of the shown plan come from, and those of the next calculation."""
    run = state.shown()
    shown_now = () if run is None else once.load(run.id, run.result).area.sources
    try:
        scenario = state.next_scenario()
        return (*shown_now, *workflow.sources_of(state.next_area(), scenario))
    except PlannerError:
        return shown_now  # the calculation itself says what is wrong with the files


def _names(files: Mapping[str, str]) -> dict[str, str]:
    """Return files by role without the approved edition, on which no figures rest by themselves."""
    return {role: Path(file).name for role, file in files.items() if role != APPROVED}

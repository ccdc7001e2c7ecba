"""What a session remembers of files that were sent: what they held, never their rows.

Which files the next calculation uses stands in the project's folder, and not here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from planner import workflow
from planner.errors import Fault, PlannerError
from planner.inputs.approved import APPROVED
from planner.inputs.ground import Ground
from planner.inputs.uploads import Upload
from planner.roads.network import RoadNetwork
from planner.ui import state
from planner.workflow import Taken

_RECEIVED, _TAKEN, _REFUSED = "received", "taken", "refused"
_UPLOADERS, _CRS, _CHOICES = "uploaders", "confirmed_crs", "choices"


@dataclass(frozen=True)
class TakenIn:
    """What was kept of a file, and what may be told of it."""

    kept: Taken
    rows: int
    totals: dict[str, str]


@dataclass(frozen=True)
class Received:
    """What a file held; `waiting` is its id while it waits for an answer, else nothing.

    `units` is which municipalities it was read with, see `planner.inputs.homes.UNITS`.
    """

    upload: Upload
    waiting: str
    units: str


def ground() -> Ground:
    """Return what a file for the present scenario or region may name."""
    scenario = state.sources()[state.source()] if state.source() else None
    return workflow.ground_for(scenario, state.region())


# --- a file that was sent ------------------------------------------------------------------------


def received(kind: str) -> Received | None:
    """Return what the last file of a kind held."""
    found: Received | None = _remembered(_RECEIVED).get((state.data_folder(), kind))
    return found


def set_received(kind: str, upload: Upload | None, *, waiting: str = "", units: str = "") -> None:
    """Remember what a file held; ``None`` forgets it."""
    _remembered(_TAKEN).clear()
    if upload is None:
        _remembered(_RECEIVED).pop((state.data_folder(), kind), None)
    else:
        _remembered(_RECEIVED)[state.data_folder(), kind] = Received(upload, waiting, units)


def uploader_key(kind: str) -> str:
    """Return the key of the uploader; it changes when a file has been let go."""
    return f"upload:{kind}:{state.data_folder().name}:{_remembered(_UPLOADERS).get('let_go', 0)}"


def let_go(file_id: str) -> None:
    """Delete a file that was sent from the memory of the server."""
    _remembered(_UPLOADERS)["let_go"] = _remembered(_UPLOADERS).get("let_go", 0) + 1
    context = get_script_run_ctx()
    if context is not None and isinstance(
        manager := context.uploaded_file_mgr, MemoryUploadedFileManager
    ):
        manager.remove_file(context.session_id, file_id)


def forget_waiting(*, but: Collection[str] = ()) -> None:
    """Let go files that still wait for an answer: the reader has turned to another page.

    `but` are the kinds of file that the page asks about.
    """
    for key, found in list(_remembered(_RECEIVED).items()):
        if found.waiting and found.upload.kind not in but:
            del _remembered(_RECEIVED)[key]
            let_go(found.waiting)


def confirm_crs(kind: str, file_id: str, crs: str) -> None:
    """Remember the reference system of a waiting layer, which is read anew with it."""
    _remembered(_CRS)[file_id] = crs
    set_received(kind, None)


def confirmed_crs(file_id: str) -> str:
    """Return the reference system that was confirmed for a file, or nothing."""
    return str(_remembered(_CRS).get(file_id, ""))


# --- what is kept and used -----------------------------------------------------------------------


def take_in(kind: str, upload: Upload, day: str) -> None:
    """Keep what a sound file held; its counts are forgotten here."""
    try:
        kept = workflow.take_in(upload, state.data_folder(), ground=ground(), day=day)
    except PlannerError as error:
        _remembered(_REFUSED)["faults"] = error.faults
        return
    set_received(kind, None)
    if kind == APPROVED and not _compared_with(kept):
        return
    _remembered(_TAKEN)[state.data_folder()] = TakenIn(
        kept, upload.rows, workflow.told_totals(upload, threshold=state.readers().threshold)
    )


def _compared_with(kept: Taken) -> bool:
    """Choose a table of an approved edition at once; one that is refused is not kept either."""
    choose_data(kept.kind, kept.name)
    chosen = workflow.chosen_data(state.data_folder())[kept.kind] == kept.name
    if not chosen and kept.new:
        workflow.remove_edition(state.data_folder(), kept.name)
    return chosen


def taken() -> TakenIn | None:
    """Return what was taken in last, ``None`` after another file was sent."""
    found: TakenIn | None = _remembered(_TAKEN).get(state.data_folder())
    return found


def choose_data(kind: str, name: str) -> None:
    """Let the next calculation use a kept file, unless it does not fit the other files.

    So it is with an approved edition.
    """
    workflow.choose_data(state.data_folder(), kind, name)
    try:
        area, scenario = state.next_area(), state.next_scenario()
        if kind == APPROVED and scenario is not None:
            workflow.approved_in(area, scenario)
    except PlannerError as error:
        workflow.go_back(state.data_folder(), kind)
        _remembered(_REFUSED)["faults"] = error.faults
        _remembered(_CHOICES)["refused"] = _remembered(_CHOICES).get("refused", 0) + 1
        return
    if state.source() and state.shown() is None and state.watched() is None:
        state.choose(state.source())  # there is somebody to place now


def choice_key(kind: str, now: str) -> str:
    """Return the key of a list of what can be chosen.

    It changes with the choice, and when one is refused: the list shows what is used again.
    """
    refused = _remembered(_CHOICES).get("refused", 0)
    return f"use:{state.data_folder().name}:{kind}:{now}:{refused}"


def remove_edition(name: str) -> None:
    """Delete a table of an approved edition that was kept, and use what was used before it."""
    workflow.remove_edition(state.data_folder(), name)
    _remembered(_TAKEN).clear()


def go_back(kind: str) -> None:
    """Return to the file that was used before."""
    workflow.go_back(state.data_folder(), kind)


def refused() -> tuple[Fault, ...]:
    """Return, once, why the last choice or import was refused."""
    faults: tuple[Fault, ...] = _remembered(_REFUSED).pop("faults", ())
    return faults


def next_roads() -> RoadNetwork | None:
    """Return the roads of the next calculation, ``None`` where a table gives its minutes."""
    scenario = state.next_scenario()
    files = {} if scenario is None else dict(scenario.data)
    return None if "minutes" in files else _roads(files.get("roads", ""))


def _remembered(key: str) -> dict[Any, Any]:
    found: dict[Any, Any] = st.session_state.setdefault(key, {})
    return found


@st.cache_resource(max_entries=2, show_spinner=False)
def _roads(file: str) -> RoadNetwork:
    return workflow.roads_at(Path(file) if file else None)

"""The files kept for a region into those that the next calculation uses, with a way back.

Every choice is a line that is added to a file; going back is a line too, so that none is lost.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from planner.domain import Scenario, StudyArea
from planner.inputs.approved import APPROVED
from planner.inputs.kept_files import KeptFile, kept_files
from planner.inputs.kinds import KINDS
from planner.inputs.snapshots import snapshots
from planner.inputs.study_area import read_study_area, starter_data
from planner.workflow.proposing import NOT_OF_THE_AREA

AS_IN_SCENARIO = ""
"""The choice of what the scenario itself names, or else of the starter data."""
NOTHING_APPROVED = "none"
"""The choice of no edition, whatever the scenario names: what stands today."""
_CHOICES = "chosen.jsonl"
_CHOSEN = (*KINDS, APPROVED)
"""What is chosen: a file of each kind, and the approved edition, see `edition_named`."""


@dataclass(frozen=True)
class KeptData:
    """One kept file, or snapshot with its support plans; `name` is the file's name."""

    kind: str
    name: str
    day: str
    files: Mapping[str, Path]


def kept_data(folder: Path) -> tuple[KeptData, ...]:
    """Return all that is kept in a folder, the newest first within a kind."""
    found = []
    taken = snapshots(folder)
    for snapshot in taken:
        files = {"assessed": snapshot.path}
        if snapshot.support_plans is not None:
            files["support_plans"] = snapshot.support_plans
        if snapshot.additions is not None:
            files["leavers"] = snapshot.additions
        found.append(KeptData("needs", snapshot.path.name, snapshot.day, files))
    of_needs = {snapshot.additions for snapshot in taken}
    for kind in KINDS[1:]:
        found += [
            KeptData(kind, kept.path.name, kept.day, {kind: kept.path})
            for kept in kept_files(folder, kind)
            if kept.path not in of_needs
        ]
    return tuple(sorted(found, key=lambda kept: (KINDS.index(kept.kind), kept.name), reverse=True))


def chosen_data(folder: Path) -> dict[str, str]:
    """Return the name of the chosen file by kind, `AS_IN_SCENARIO` for none; also `APPROVED`."""
    past = _history(folder)
    return {kind: past[kind][-1] if past[kind] else AS_IN_SCENARIO for kind in _CHOSEN}


def edition_named(folder: Path, edition: Path) -> str:
    """Return the name by which a saved plan is chosen as the approved edition.

    It is the way to it from `folder`, so that a project that is moved keeps its choice.
    """
    return Path(os.path.relpath(edition, folder)).as_posix()


def kept_editions(folder: Path) -> tuple[KeptFile, ...]:
    """Return the tables of approved editions that are kept in a folder, the newest first.

    They are chosen by the names of their files.
    """
    return kept_files(folder, APPROVED)[::-1]


def remove_edition(folder: Path, name: str) -> None:
    """Delete a table of an approved edition that was kept; where it is chosen, go back before."""
    kept = {found.path.name: found.path for found in kept_editions(folder)}
    if name not in kept:
        return
    while chosen_data(folder)[APPROVED] == name:
        go_back(folder, APPROVED)
    kept[name].unlink(missing_ok=True)


def lost_data(folder: Path) -> tuple[str, ...]:
    """Return the names that were chosen and are not there any more; they are not used."""
    there = {AS_IN_SCENARIO, *(kept.name for kept in kept_data(folder))}
    chosen = chosen_data(folder)
    return tuple(chosen[kind] for kind in KINDS if chosen[kind] not in there)


def can_go_back(folder: Path, kind: str) -> bool:
    """Return whether another choice was made before the present one."""
    return bool(_history(folder)[kind])


def choose_data(folder: Path, kind: str, name: str) -> None:
    """Let the next calculation use a kept file, or `AS_IN_SCENARIO`."""
    if name != chosen_data(folder)[kind]:
        _note(folder, {"kind": kind, "name": name})


def go_back(folder: Path, kind: str) -> None:
    """Return to the choice before the present one."""
    if can_go_back(folder, kind):
        _note(folder, {"kind": kind, "back": True})


def with_kept_data(scenario: Scenario, folder: Path) -> Scenario:
    """Return `scenario` with the chosen files in place of those that it names itself."""
    by_name = {(kept.kind, kept.name): kept for kept in kept_data(folder)}
    data = dict(scenario.data)
    for kind, name in chosen_data(folder).items():  # needs come first
        if (kept := by_name.get((kind, name))) is None:
            continue
        if kind == "needs":
            for role in ("support_plans", "leavers", "additions"):
                data.pop(role, None)
        data |= {role: str(path) for role, path in kept.files.items()}
    return replace(scenario, data=_with_edition(data, folder))


def area_of(
    region: str,
    files: Mapping[str, str],
    *,
    partners: Collection[str] = (),
    data: Path | None = None,
) -> StudyArea:
    """Return the area of a region with files by role, as a scenario names them; roads are not read.

    Raises
    ------
    InputError
        If a file is faulty or does not fit the others.
    """
    roles = {role: Path(file) for role, file in files.items() if role not in NOT_OF_THE_AREA}
    return read_study_area(region, data=data or starter_data(), files=roles, partners=partners)


def _with_edition(data: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return files by role with the chosen edition in place of the scenario's own."""
    name = chosen_data(folder)[APPROVED]
    if name == NOTHING_APPROVED:
        return {role: file for role, file in data.items() if role != APPROVED}
    if name != AS_IN_SCENARIO and (folder / name).exists():
        return {**data, APPROVED: str((folder / name).resolve())}
    return dict(data)


def _history(folder: Path) -> dict[str, list[str]]:
    """Return the choices by kind, the present one last; those that were taken back are gone."""
    past: dict[str, list[str]] = {kind: [] for kind in _CHOSEN}
    file = folder / _CHOICES
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for line in lines:
        try:
            said = json.loads(line)
            choices, name = past[said["kind"]], said.get("name", AS_IN_SCENARIO)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # a line that was cut off when the machine stopped
        if not said.get("back"):
            choices.append(str(name))
        elif choices:
            choices.pop()
    return past


def _note(folder: Path, choice: Mapping[str, str | bool]) -> None:
    """Add a line in one write, so that two sessions never tear each other's apart."""
    folder.mkdir(parents=True, exist_ok=True)
    at = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    line = f"\n{json.dumps({'at': at, **choice})}\n"  # apart from a line that was cut off
    handle = os.open(folder / _CHOICES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)

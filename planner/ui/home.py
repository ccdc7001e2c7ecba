"""The folder of what people made with the app: a folder a calculation, named by id."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLAN = "plan"
"""Purpose of a calculation that somebody asked for."""
TODAY = "today"
"""Purpose of the calculation that only places people at what operates already."""

PRICES = "prices"
"""Purpose of the calculation of what each tolerance costs; its source is the plan's own id."""

_CARD = "run.json"
_END = "ended.json"
_RESULT = "result"
_FILES = ("plan.json", "problem.json", "today.json", "area.json", "scenario.toml")
_FILES_OF_PRICES = ("prices.json", "points.json")


@dataclass(frozen=True)
class Run:
    """One calculation: where its files lie, what was asked, from which scenario, how long."""

    id: str
    folder: Path
    source: str
    purpose: str
    seconds: float

    @property
    def question(self) -> Path:
        """The scenario that was asked."""
        return self.folder / "scenario.toml"

    @property
    def result(self) -> Path:
        """The folder that the calculation writes."""
        return self.folder / _RESULT

    @property
    def log(self) -> Path:
        """What the calculation said while it went on: JSON lines, then words if it failed."""
        return self.folder / "progress.jsonl"

    @property
    def started(self) -> datetime:
        """When it was asked for, in UTC."""
        return _moment(self.id)


def home() -> Path:
    """Return the folder that keeps what people made: TUVAK_HOME, or .tuvak where one stands.

    `planner.ui.launch` sets TUVAK_HOME to the one where the app was started.
    """
    return Path(os.environ.get("TUVAK_HOME", ".tuvak")).resolve()


def data_folder(folder: Path, ground: str) -> Path:
    """Return where files for a region, or for a scenario on its own places, are kept.

    Parameters
    ----------
    folder : Path
        As `home` gives it.
    ground : str
        Id of the region or of the scenario.
    """
    return folder / "data" / ground


def mappings_folder(folder: Path) -> Path:
    """Return where the meanings of senders' headers are kept."""
    return folder / "mappings"


def new_run(folder: Path, question: str, *, source: str, purpose: str, seconds: float) -> Run:
    """Make the folder of a calculation under `folder` and write its question there.

    Parameters
    ----------
    folder : Path
        As `home` gives it.
    question : str
        The scenario as TOML.
    source : str
        Id of the scenario that it was made from, or of the plan.
    purpose : str
        `PLAN`, `TODAY` or `PRICES`.
    seconds : float
        Time limit.
    """
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
    run = Run(run_id, folder / "runs" / run_id, source, purpose, seconds)
    run.folder.mkdir(parents=True)
    run.question.write_text(question, encoding="utf-8")
    _write(run.folder / _CARD, {k: v for k, v in asdict(run).items() if k != "folder"})
    return run


def runs(folder: Path) -> list[Run]:
    """Return every calculation under `folder`, newest first; a damaged card is passed over."""
    cards = sorted((folder / "runs").glob(f"*/{_CARD}"), reverse=True)
    return [run for card in cards if (run := _read_card(card)) is not None]


def began(result: Path) -> datetime | None:
    """Return when the calculation was asked for that wrote a folder or a file in it, in UTC.

    ``None`` where it is none of a calculation.
    """
    folder = result if result.name == _RESULT else result.parent
    try:
        return _moment(folder.parent.name) if folder.name == _RESULT else None
    except ValueError:
        return None


def complete(run: Run) -> bool:
    """Return whether the calculation left every file from which its result is loaded."""
    files = _FILES_OF_PRICES if run.purpose == PRICES else _FILES
    return all((run.result / name).exists() for name in files)


def end(run: Run, code: int) -> None:
    """Note how the calculation ended: the exit code of the command line, below 0 if killed."""
    _write(run.folder / _END, {"code": code})


def ended(run: Run) -> int | None:
    """Return the exit code that was noted, ``None`` while there is none."""
    try:
        return int(json.loads((run.folder / _END).read_text(encoding="utf-8"))["code"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _moment(run_id: str) -> datetime:
    return datetime.strptime(run_id[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _write(file: Path, data: dict[str, Any]) -> None:
    new = file.with_suffix(".new")
    new.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    new.replace(file)


def _read_card(card: Path) -> Run | None:
    try:
        return Run(folder=card.parent, **json.loads(card.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None

"""A question into a child process of the planner's command line, followed, and ended at a word."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from planner.domain import Readers, Scenario
from planner.inputs.scenario import scenario_to_toml
from planner.ui import home
from planner.ui.home import Run

CANCELLED = -int(signal.SIGKILL)
"""Noted of a calculation that a person ended."""
KILLED = -1000
"""Noted of a calculation that something else ended; no signal has this number."""


class Stage(StrEnum):
    """How far a calculation has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KILLED = "killed"


@dataclass(frozen=True)
class Step:
    """One line of progress: the aim in work for a group of services."""

    services: tuple[str, ...]
    aim: str
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float


@dataclass(frozen=True)
class Standing:
    """What is known about a calculation now; `said` are the words of a failure."""

    stage: Stage
    step: Step | None
    elapsed_seconds: float
    said: tuple[str, ...]


class Calculations:
    """The calculations under one folder; the children of this server are followed by handle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        scenario: Scenario,
        *,
        source: str,
        purpose: str,
        seconds: float,
        language: str,
        readers: Readers | None = None,
        plan: Path | None = None,
    ) -> Run:
        """Begin to answer `scenario` within `seconds`, in the background and below all else.

        What is written, and what is told of rules in conflict, is for `readers`, or else for whom
        the scenario names; the question stays as it is. With the purpose `home.PRICES` what is
        asked is the price of its tolerance, beside `plan`.
        """
        question = scenario_to_toml(scenario)
        run = home.new_run(self.folder, question, source=source, purpose=purpose, seconds=seconds)
        asked = "curve" if purpose == home.PRICES else "plan"
        command = [sys.executable, "-m", "planner", "--language", language, asked]
        command += ["--plan", str(plan)] if plan is not None else []
        command += [str(run.question), "--out", str(run.result), "--progress"]
        command += ["--time-limit", f"{seconds:g}"]
        if readers is not None:
            command += ["--audience", readers.audience, "--threshold", str(readers.threshold)]
        if nice := shutil.which("nice"):
            command = [nice, "-n", "10", *command]
        with run.log.open("wb") as log:
            self._children[run.id] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": _package_root(), "PYTHONUNBUFFERED": "1"},
            )
        (run.folder / "pid").write_text(str(self._children[run.id].pid), encoding="utf-8")
        return run

    def standing(self, run: Run) -> Standing:
        """Return how far `run` has come."""
        code = home.ended(run)
        if code is None:
            code = self._look(run)
        steps, words = _read_log(run.log)
        stage = Stage.RUNNING if code is None else _STAGES.get(code, Stage.FAILED)
        return Standing(
            stage=stage,
            step=steps,
            elapsed_seconds=max(0.0, time.time() - run.started.timestamp()),
            said=words if stage is Stage.FAILED else (),
        )

    def cancel(self, run: Run) -> None:
        """End `run` at once, with all that it started."""
        if home.ended(run) is not None:
            return
        home.end(run, CANCELLED)  # before it is gone, so that nobody takes it for killed
        with contextlib.suppress(OSError, ValueError):
            os.killpg(int((run.folder / "pid").read_text(encoding="utf-8")), signal.SIGKILL)
        if child := self._children.pop(run.id, None):
            child.wait()

    def at(
        self, stage: Stage, *, source: str | None = None, purpose: str | None = None
    ) -> Iterator[Run]:
        """Give the calculations at `stage`, newest first, of one scenario and purpose or of any."""
        for run in home.runs(self.folder):
            wanted = source in (None, run.source) and purpose in (None, run.purpose)
            if wanted and self.standing(run).stage is stage:
                yield run

    def _look(self, run: Run) -> int | None:
        """Return the exit code of a calculation that was not seen to end, ``None`` if it goes on.

        A child of an earlier server is judged by what it left.
        """
        child = self._children.get(run.id)
        code = child.poll() if child else None
        if child is None and not _alive(run):
            _, words = _read_log(run.log)
            code = 0 if home.complete(run) else int(bool(words)) or KILLED
        if code is None:
            return None
        self._children.pop(run.id, None)
        if (cancelled := home.ended(run)) is not None:
            return cancelled
        code = KILLED if code in _ENDED_FROM_OUTSIDE else code
        home.end(run, code)
        return code


_ENDED_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT}
_STAGES = {0: Stage.DONE, CANCELLED: Stage.CANCELLED, KILLED: Stage.KILLED}


def _alive(run: Run) -> bool:
    try:
        pid = int((run.folder / "pid").read_text(encoding="utf-8"))
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        return run.id in command.read_text(encoding="utf-8") if command.exists() else True
    except (OSError, ValueError):
        return False


def _read_log(log: Path) -> tuple[Step | None, tuple[str, ...]]:
    """Return the last step and every line that is no JSON."""
    step, words = None, []
    with contextlib.suppress(OSError):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                told = json.loads(line)
                step = Step(
                    services=tuple(told["services"]),
                    aim=str(told["aim"]),
                    value=told["value"],
                    bound=told["bound"],
                    gap=told["gap"],
                    seconds=float(told["seconds"]),
                )
            except (ValueError, KeyError, TypeError):
                words.append(line)
    return step, tuple(word for word in words if word.strip())


def _package_root() -> str:
    return os.pathsep.join(
        part for part in (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")) if part
    )

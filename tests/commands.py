"""The commands of the terminal: called here, which is quick, or in a process of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from planner.cli import app

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def planner(*arguments: object, language: str = "en", cwd: Path = ROOT) -> Ran:
    """Run a command in this process; an error that is none of ours is raised."""
    with contextlib.chdir(cwd):
        done = CliRunner().invoke(
            app, ["--language", language, *map(str, arguments)], catch_exceptions=False
        )
    return Ran(done.exit_code, done.stdout, done.stderr)


def in_a_process(
    *arguments: object, language: str = "en", cwd: Path = ROOT, **environment: str
) -> Ran:
    """Run a command as a person does, with TUVAK_LANGUAGE set."""
    done = subprocess.run(
        [sys.executable, "-m", "planner", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={
            **os.environ,
            "TUVAK_LANGUAGE": language,
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(ROOT),
            **environment,
        },
    )
    return Ran(done.returncode, done.stdout, done.stderr)

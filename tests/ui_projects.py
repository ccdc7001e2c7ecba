"""Folders as the app leaves them: a project in which the tiny scenario has been planned."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from planner import workflow
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.ui import home

ROOT = Path(__file__).resolve().parents[1]
TINY = "tiny"


def tiny_project(folder: Path) -> Path:
    """Copy a project with one finished plan of the tiny scenario to `folder`; return it."""
    shutil.copytree(_planned_once(), folder, dirs_exist_ok=True)
    return folder


@cache
def _planned_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tuvak-test-"))
    scenario = read_scenario(ROOT / "scenarios" / f"{TINY}.toml")
    proposal = workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20))
    text = scenario_to_toml(scenario)
    run = home.new_run(folder, text, source=TINY, purpose=home.PLAN, seconds=20)
    workflow.save(proposal, run.result, language="lv")
    home.end(run, 0)
    return folder

"""Folders as the app leaves them: a project in which the tiny scenario has been planned."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from planner import workflow
from planner.domain import AimTerms, Budget, Scenario, SiteWish
from planner.facility_location import Limits
from planner.inputs.approved import APPROVED
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.ui import home
from planner.ui.home import Run

ROOT = Path(__file__).resolve().parents[1]
TINY = "tiny"
_TEMPORARY = tempfile.gettempdir()  # before any test names a folder of its own


def tiny_project(folder: Path) -> Path:
    """Copy a project with one finished plan of the tiny scenario to `folder`; return it."""
    shutil.copytree(_planned_once(), folder, dirs_exist_ok=True)
    return folder


def use_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let an app in this process keep what people make in `folder`; return it."""
    monkeypatch.setenv("TUVAK_HOME", str(folder))
    monkeypatch.chdir(ROOT)
    return folder


def two_plans(folder: Path) -> tuple[Run, Run]:
    """Put two plans of the tiny scenario into a project: at any cost, and without money."""
    shutil.copytree(_planned_twice(), folder, dirs_exist_ok=True)
    newest, oldest = home.runs(folder)
    return oldest, newest


def crowded_project(folder: Path) -> Path:
    """Leave a plan of two villages in `folder`, one of them too many for one new address."""
    scenario = read_scenario(ROOT / "scenarios" / f"{TINY}.toml")
    folder.mkdir(parents=True)
    needs = folder.parent / "assessed.csv"
    needs.write_text(
        "place_id,municipality_atvk,region,group,persons,basis\n"
        "ozoli,0036000,Latgale,adults,10,invented\nliepas,0036000,Latgale,adults,40,invented\n",
        encoding="utf-8",
    )
    return _planned(replace(scenario, data={**scenario.data, "assessed": str(needs)}), folder)


def approved_project(folder: Path) -> Path:
    """Leave a second plan in a tiny project: the first is approved, its new site forbidden."""
    [first] = home.runs(tiny_project(folder))
    scenario = read_scenario(ROOT / "scenarios" / f"{TINY}.toml")
    data = {**scenario.data, "approved": str(first.result)}
    forbidden = (SiteWish("day_care_adults", "liepas", "applūst"),)
    approve(folder, first)
    return _planned(replace(scenario, data=data, vetoed=forbidden), folder)


def approve(folder: Path, run: Run) -> None:
    """Choose a plan of a tiny project as the approved edition."""
    ground = home.data_folder(folder, TINY)
    name = workflow.edition_named(ground, run.result)
    workflow.choose_data(ground, APPROVED, name)


def plan_of_few_changes(folder: Path) -> tuple[Run, Run]:
    """Put a plan into a project, and a newer one that changes as little of it as can be."""
    [first] = home.runs(tiny_project(folder))
    scenario = read_scenario(ROOT / "scenarios" / f"{TINY}.toml")
    aims = (*scenario.aims[:1], AimTerms("changes"), *scenario.aims[1:])
    data = {**scenario.data, "approved": str(first.result)}
    _planned(replace(scenario, data=data, aims=aims), folder)
    return first, home.runs(folder)[0]


@cache
def _planned_once() -> Path:
    return _planned(read_scenario(ROOT / "scenarios" / f"{TINY}.toml"))


@cache
def _planned_twice() -> Path:
    scenario = read_scenario(ROOT / "scenarios" / f"{TINY}.toml")
    folder = tiny_project(_new_folder())
    return _planned(replace(scenario, budgets=(Budget("building", 0),)), folder)


def _planned(scenario: Scenario, folder: Path | None = None) -> Path:
    """Return a project, or `folder`, with a finished plan of a scenario in it."""
    folder = folder or _new_folder()
    proposal = workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20))
    text = scenario_to_toml(scenario)
    run = home.new_run(folder, text, source=TINY, purpose=home.PLAN, seconds=20)
    workflow.save(proposal, run.result, language="lv")
    home.end(run, 0)
    return folder


def _new_folder() -> Path:
    """Return a folder that lasts as long as the tests of this process."""
    folder = Path(tempfile.mkdtemp(prefix="tuvak-test-", dir=_TEMPORARY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder

"""The page of the method says how a plan is made, with the numbers that are in force."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner import workflow
from planner.domain import AimTerms, Budget
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.publishing.budgets import BUILDING
from planner.ui import home
from planner.ui.method import METHOD_SENTENCES
from tests.test_ui_pages import html_of, opened
from tests.ui_projects import ROOT, TINY, tiny_project, use_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_project(tiny_project(tmp_path / "home"), monkeypatch)


def method(language: str) -> AppTest:
    return opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60), "method", language)


def texts_of(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown).replace("\\", "")


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_step_is_told_in_the_language_of_the_reader(project: Path, language: str) -> None:
    assert project.exists()
    page = method(language)

    assert not page.exception
    assert not page.error
    title = {"lv": "Kā top plāns?", "en": "How is a plan made?"}
    assert page.title[0].value == title[language]
    proven = {"lv": "ne vairāk kā par 0,5 % vai", "en": "at most 0.5 % apart"}
    small = {"lv": "no 1 līdz 4 neizpauž", "en": "Counts of 1 to 4 persons are not told"}
    shortest = {"lv": "īsāks par 3 minūtēm", "en": "shorter than 3 minutes"}
    for told in (proven, small, shortest):
        assert told[language] in texts_of(page)
    assert len(page.subheader) == len(METHOD_SENTENCES) + 1
    assert "{" not in texts_of(page)


def test_the_settings_are_those_of_the_shown_plan(project: Path) -> None:
    scenario = replace(
        read_scenario(ROOT / "scenarios" / "tiny.toml"),
        plan_year=2031,
        shortest_trip_minutes=4.5,
        standards={"day_care_adults": (45.0, 75.0)},
        need_shares={"day_care_adults": 0.9},
        existing_may_close=True,
        budgets=(Budget("ERAF", 200_000), Budget(BUILDING, 3_000_000)),
        aims=(
            AimTerms("persons_unserved", of_value=0.1),
            AimTerms("cost_eur", absolute=5_000),
            AimTerms("persons_beyond_standard", of_need=0.25),
        ),
    )
    proposal = workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20))
    run = home.new_run(
        project, scenario_to_toml(scenario), source=TINY, purpose=home.PLAN, seconds=20
    )
    workflow.save(proposal, run.result, language="en")
    home.end(run, 0)

    page = method("en")

    assert not page.exception
    services, aims, bases = [table.value.map(lambda c: c.replace("\\", "")) for table in page.table]
    [service] = services.to_dict("records")
    assert service["Needed by"] == "90\u00a0%"
    assert (service["Standard"], service["Limit"]) == ("45 min", "75 min")
    assert list(aims.itertuples(index=False, name=None)) == [
        ("Persons unserved", "10 % of the value"),
        ("Capital cost, EUR", "5\u00a0000"),
        ("Persons served beyond the standard", "25 % of the need"),
    ]
    said = html_of(page)
    assert "Plan year: 2031" in said
    assert "What exists may close." in said
    assert "Budget for building: 3\u00a0000\u00a0000\u00a0EUR" in said
    assert "Budget ERAF: 200\u00a0000\u00a0EUR" in said
    assert "Needed by 90 % of the group" in said
    assert "shorter than 4.5 minutes" in texts_of(page)
    told = {(row["Service"], row["Setting"]): row["Basis"] for row in bases.to_dict("records")}
    [name] = {service for service, _ in told}
    assert told[name, "Standard and limit"].startswith("set in the scenario; catalogue: 30 / 60")


def test_a_region_without_a_plan_is_told_the_method_all_the_same(project: Path) -> None:
    assert project.exists()
    page = opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60), "explore", "en")
    page.selectbox[0].select("vidzeme").run()

    page.switch_page("planner/ui/pages/method.py").run()

    assert not page.exception
    assert "shorter than 3 minutes" in texts_of(page)
    assert any("nothing to show yet" in info.value for info in page.info)

"""A saved plan beside another edition is what it would be had it been made with that edition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner import workflow
from planner.domain import AimTerms, Scenario, SiteWish
from planner.errors import InputError
from planner.facility_location import Limits
from planner.inputs.approved import APPROVED
from planner.inputs.scenario import read_scenario
from planner.records import problem_to_json
from planner.workflow import NOTHING_APPROVED, Proposal
from planner.workflow.kept_data import AS_IN_SCENARIO

ROOT = Path(__file__).resolve().parents[1]
TINY = read_scenario(ROOT / "scenarios" / "tiny.toml")
TABLE = "service,site_id,places,cost_eur\nday_care_adults,liepas,8,80000\nday_care_adults,{},0,\n"


def planned(scenario: Scenario) -> Proposal:
    return workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20))


def naming(edition: Path | str, scenario: Scenario = TINY) -> Scenario:
    return replace(scenario, data={**scenario.data, APPROVED: str(edition)})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    workflow.save(planned(TINY), tmp_path / "plan", language="en")
    return tmp_path / "plan"


def test_the_problem_is_that_of_a_scenario_that_names_the_edition(
    tmp_path: Path, saved: Path
) -> None:
    plan = planned(replace(TINY, vetoed=(SiteWish("day_care_adults", "liepas", "veto"),)))
    [existing] = {site for _, site in plan.problem.existing}
    table = tmp_path / "approved.csv"
    table.write_text(TABLE.format(existing), encoding="utf-8")

    for edition in (saved, table):
        found = workflow.against(plan, str(edition))
        asked = workflow.prepare(naming(edition, plan.scenario))

        assert found is not None
        assert problem_to_json(found.problem) == problem_to_json(asked.problem)
        assert found.scenario == asked.scenario
        assert found.plan is plan.plan
        back = workflow.against(found, "")
        assert back is not None
        assert problem_to_json(back.problem) == problem_to_json(plan.problem)


def test_an_edition_that_the_plan_was_made_with_is_not_read_again() -> None:
    plan = planned(TINY)
    named = replace(plan, scenario=naming("gone.csv"))

    assert workflow.against(named, "gone.csv") is named
    with pytest.raises(InputError, match=r"gone\.csv"):
        workflow.against(plan, "gone.csv")


def test_a_plan_is_solved_anew_where_an_aim_counts_changes_or_a_site_is_not_known(
    saved: Path,
) -> None:
    counting = naming(saved, replace(TINY, aims=(*TINY.aims, AimTerms("changes"))))
    today = replace(TINY, candidates="none")

    assert workflow.against(planned(counting), "") is None
    assert workflow.against(planned(today), str(saved)) is None


def test_the_edition_that_a_project_chooses_takes_the_place_of_the_scenarios_own(
    tmp_path: Path,
) -> None:
    folder, plan = tmp_path / "data" / "tiny", tmp_path / "runs" / "1" / "result"
    plan.mkdir(parents=True)
    own = naming("own.csv")
    seen = []
    for name in (workflow.edition_named(folder, plan), NOTHING_APPROVED, AS_IN_SCENARIO):
        workflow.choose_data(folder, APPROVED, name)
        seen.append(workflow.with_kept_data(own, folder).data.get(APPROVED))
    workflow.go_back(folder, APPROVED)
    workflow.go_back(folder, APPROVED)

    assert seen == [str(plan), None, "own.csv"]
    assert workflow.with_kept_data(own, folder).data[APPROVED] == str(plan)


def test_a_project_that_is_moved_keeps_its_edition(tmp_path: Path) -> None:
    plan = tmp_path / "here" / "runs" / "1" / "result"
    plan.mkdir(parents=True)
    folder = tmp_path / "here" / "data" / "tiny"
    workflow.choose_data(folder, APPROVED, workflow.edition_named(folder, plan))

    (tmp_path / "here").rename(tmp_path / "there")
    moved = workflow.with_kept_data(TINY, tmp_path / "there" / "data" / "tiny")

    assert moved.data[APPROVED] == str(tmp_path / "there" / "runs" / "1" / "result")
    assert workflow.with_kept_data(naming("own.csv"), folder).data[APPROVED] == "own.csv"

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from planner.domain import Kind, Opening, Plan, Proof, SiteWish, Size, Status, Stay
from planner.errors import InputError
from planner.inputs.scenario import read_scenario
from planner.problem import build_problem, service_needs, today_of
from planner.records import (
    area_from_json,
    area_to_json,
    plan_from_json,
    plan_to_json,
    problem_digest,
    problem_from_json,
    problem_to_json,
)
from planner.workflow import prepare

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@cache
def _prepared(name):
    return prepare(read_scenario(SCENARIOS / f"{name}.toml"))


def test_the_two_villages_pose_the_problem_that_their_files_say():
    problem = _prepared("tiny").problem

    assert set(problem.points) == {"ozoli", "liepas"}
    assert problem.persons == {
        ("day_care_adults", "ozoli"): 10,
        ("day_care_adults", "liepas"): 4,
    }
    there = problem.existing["day_care_adults", "ozoli-a1"]
    assert (there.places, there.places_known, there.status) == (8, True, Status.OPERATING)
    assert there.larger == (Size(13, 5 * 7000), Size(30, 22 * 7000))
    assert problem.sizes["day_care_adults", "liepas"] == (
        Size(8, 80_000),
        Size(13, 130_000),
        Size(30, 300_000),
    )
    assert problem.address_of == {"ozoli-a1": "ozoli-a1"}


def test_no_trip_is_shorter_than_the_scenarios_shortest():
    problem = _prepared("tiny").problem

    assert problem.minutes.min() == 3
    assert sorted(set(problem.minutes.ravel())) == [3, 40]


def test_services_that_nobody_assessed_needs_pose_no_problem():
    tiny = read_scenario(SCENARIOS / "tiny.toml")

    with pytest.raises(InputError, match="nobody is assessed"):
        prepare(replace(tiny, services=("day_care_children",)))


def test_today_has_only_what_operates_and_may_change_nothing():
    problem = _prepared("latgale").problem

    today = today_of(problem)

    committed = {o for o, e in problem.existing.items() if e.status is Status.COMMITTED}
    assert committed
    assert set(today.existing) == set(problem.existing) - committed
    assert not today.sizes
    assert all(not e.larger and not e.may_close for e in today.existing.values())
    assert today.persons == problem.persons


def test_needs_follow_the_shares_and_no_place_needs_more_than_it_has_persons():
    prepared = _prepared("latgale")
    area = prepared.area

    needs = service_needs(area, prepared.scenario)

    group_of = {s.id: s.target_group for s in area.services}
    for (service, point), persons in needs.items():
        assert 0 < persons <= area.assessed[group_of[service], point]
    for service in area.services:
        group = sum(n for (g, _), n in area.assessed.items() if g == service.target_group)
        found = sum(n for (s, _), n in needs.items() if s == service.id)
        assert found == round(group * service.need_share)


def test_the_groups_of_latgale_are_the_published_totals():
    area = _prepared("latgale").area

    totals = {group: 0 for group, _ in area.assessed}
    for (group, _), persons in area.assessed.items():
        totals[group] += persons

    assert totals == {
        "adults": 462,
        "children_ft": 505,
        "children_out_of_family": 317,
        "children_in_institutions": 209,
        "legal_representatives": 260,
    }


def test_a_problem_and_its_area_come_back_from_json_unchanged():
    prepared = _prepared("latgale")

    text = json.dumps(problem_to_json(prepared.problem))
    again = problem_from_json(json.loads(text))

    assert problem_digest(again) == problem_digest(prepared.problem)
    assert np.array_equal(again.minutes, prepared.problem.minutes)
    assert area_from_json(json.loads(json.dumps(area_to_json(prepared.area)))) == prepared.area


def test_a_plan_comes_back_from_json_unchanged():
    plan = Plan(
        opened={("s", "j"): Opening(8, 1, Kind.NEW)},
        assigned={("s", "i", "j"): 3},
        unserved={("s", "i"): 1},
        proof=Proof((), "digest", "none", 0.0),
    )

    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


NO_PLACE = {"id": "x", "stay": "day", "persons_per_place": "1/0"}


@pytest.mark.parametrize(
    "break_it", [{"format": 99}, {"persons": [{"service": "x"}]}, {"services": [NO_PLACE]}]
)
def test_a_damaged_problem_file_is_an_input_error(break_it):
    data = problem_to_json(_prepared("tiny").problem)

    with pytest.raises(InputError, match=r"problem\.json"):
        problem_from_json({**data, **break_it})


def test_wishes_for_what_is_not_there_are_refused_all_at_once():
    prepared = _prepared("tiny")
    scenario = replace(
        prepared.scenario,
        kept=(SiteWish("day_care_adult", "ozoli-a1", "x"),),
        vetoed=(SiteWish("day_care_adults", "ozolii", "x"),),
        closing=(SiteWish("day_care_adults", "liepas", "x"),),
    )

    with pytest.raises(InputError) as caught:
        build_problem(prepared.area, prepared.travel, scenario)

    said = str(caught.value)
    assert "day_care_adult is not known; day_care_adults" in said
    assert "ozolii is not known; ozoli" in said
    assert "does not stand at liepas" in said


def test_homes_count_the_own_municipality_as_within_the_standard():
    problem = _prepared("latgale").problem

    assert {s.id for s in problem.services.values() if s.home_is_standard} == {
        s.id for s in problem.services.values() if s.stay is Stay.HOME
    }


def test_a_floor_asked_for_every_service_stands_for_each_municipality_with_need():
    prepared = _prepared("tiny")
    scenario = replace(prepared.scenario, least_share_served={"*": 0.5})

    problem = build_problem(prepared.area, prepared.travel, scenario)

    assert problem.least_share_served == {("day_care_adults", "0036000"): 0.5}

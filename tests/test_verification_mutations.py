"""No number of a saved plan or its problem can be changed without being noticed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from planner.domain import Budget, Plan, Problem, Reason, Size
from planner.records import digest, plan_from_json, plan_to_json, problem_from_json, problem_to_json
from planner.verification import broken_rules, check_saved
from tests.towns import (
    CARE,
    DAY_CARE,
    GROUP_HOME,
    HOME,
    LARGE,
    SMALL,
    drawn,
    enlarged,
    existing,
    new,
    standing,
    town,
)

Path = tuple[str | int, ...]
SEALS = ("problem_digest", "plan_digest")


def market_town() -> tuple[Problem, Plan]:
    """Two services; a centre that grows, one that stays, a new one, a home, four unserved."""
    minutes = {
        "market": {"market": 3.0, "mill": 25.5, "abbey": 40.25},
        "mill": {"market": 25.5, "mill": 3.0, "abbey": 20.125},
        "abbey": {"market": 40.25, "mill": 20.125, "abbey": 3.0},
        "moor": {"abbey": 59.0},
    }
    problem = town(
        minutes,
        {
            (CARE, "market"): 14,
            (CARE, "mill"): 9,
            (CARE, "abbey"): 6,
            (CARE, "moor"): 5,
            (HOME, "market"): 5,
            (HOME, "mill"): 3,
        },
        services=(DAY_CARE, GROUP_HOME),
        build={(CARE, "abbey"): (SMALL, LARGE), (HOME, "market"): (LARGE,)},
        existing={
            (CARE, "market"): standing(10, larger=(Size(15, 40_000, 4_000),)),
            (CARE, "mill"): standing(8),
        },
        budgets=(Budget("fund", 400_000),),
    )
    plan = drawn(
        problem,
        {
            (CARE, "market"): enlarged(15),
            (CARE, "mill"): existing(8),
            (CARE, "abbey"): new(10),
            (HOME, "market"): new(20),
        },
        {
            (CARE, "market", "market"): 14,
            (CARE, "mill", "mill"): 8,
            (CARE, "mill", "market"): 1,
            (CARE, "abbey", "abbey"): 6,
            (CARE, "moor", "abbey"): 1,
            (HOME, "market", "market"): 5,
            (HOME, "mill", "market"): 3,
        },
    )
    moor = (CARE, "moor")
    return problem, replace(plan, reasons={moor: {Reason.NO_PLACES: 3, Reason.BUDGET: 1}})


def saved() -> tuple[Any, Any]:
    problem, plan = market_town()
    files = problem_to_json(problem), plan_to_json(plan)
    return json.loads(json.dumps(files[0])), json.loads(json.dumps(files[1]))


def numbers(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield path
    for key, part in value.items() if isinstance(value, dict) else ():
        yield from numbers(part, (*path, key))
    for key, part in enumerate(value) if isinstance(value, list) else ():
        yield from numbers(part, (*path, key))


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def changed(document: Any, path: Path, value: float) -> Any:
    copied = copy.deepcopy(document)
    at(copied, path[:-1])[path[-1]] = value
    return copied


def resealed(document: Any) -> Any:
    body = {key: value for key, value in document.items() if key != "plan_digest"}
    return {**body, "plan_digest": digest(body)}


def neighbours(value: float) -> tuple[float, ...]:
    return (value + 1, value - 1, value + 0.001, -value - 2, value * 2 + 1)


PROBLEM_NUMBERS = tuple(numbers(saved()[0]))
PLAN_NUMBERS = tuple(numbers(saved()[1]))


def test_what_was_saved_is_sound() -> None:
    problem, plan = market_town()

    assert broken_rules(problem, plan) == ()
    assert check_saved(*saved()) == ()


@pytest.mark.parametrize("path", PROBLEM_NUMBERS, ids=str)
def test_every_changed_number_of_a_saved_problem_is_noticed(path: Path) -> None:
    problem, plan = saved()

    for value in neighbours(at(problem, path)):
        assert check_saved(changed(problem, path, value), plan), value


@pytest.mark.parametrize("path", PLAN_NUMBERS, ids=str)
def test_every_changed_number_of_a_saved_plan_is_noticed(path: Path) -> None:
    problem, plan = saved()

    for value in neighbours(at(plan, path)):
        assert check_saved(problem, changed(plan, path, value)), value


@pytest.mark.parametrize(
    "path",
    [path for path in PLAN_NUMBERS if path[0] in {"opened", "assigned", "unserved"}],
    ids=str,
)
def test_a_changed_number_is_named_by_its_rule_even_when_the_seal_is_forged(path: Path) -> None:
    problem, plan = saved()

    for value in neighbours(at(plan, path)):
        told = [str(f) for f in check_saved(problem, resealed(changed(plan, path, value)))]
        assert any(not text.split(": ")[1].startswith(SEALS) for text in told), value


@pytest.mark.parametrize("k", range(5))
@pytest.mark.parametrize("name", ["in_plan", "gap", "allowance", "value", "bound"])
def test_a_changed_proof_is_named_by_its_aim_even_when_the_seal_is_forged(
    k: int, name: str
) -> None:
    problem, plan = saved()

    for group in range(2):
        path = ("aims", k, "by_group", group, name)
        for value in neighbours(at(plan, path)):
            forged = resealed(changed(plan, path, value))
            assert any(forged["aims"][k]["name"] in str(f) for f in check_saved(problem, forged))


def test_a_minute_a_cost_and_a_person_of_the_problem_are_named_by_what_they_change() -> None:
    problem, plan = saved()
    longer = changed(problem, ("minutes_thousandths", 1, 1, 1), 25_501)
    dearer = changed(problem, ("existing", 0, "larger", 0, "cost_eur"), 40_001)
    fewer = changed(problem, ("persons", 0, "persons"), 5)

    for forged, words in (
        (longer, "person_minutes (group_home): the plan says"),
        (dearer, "cost_eur (day_care): the plan says"),
        (fewer, "account_for_every_need: of 5 persons from abbey"),
    ):
        stated = resealed({**plan, "problem_digest": digest(forged)})
        told = "\n".join(str(fault) for fault in check_saved(forged, stated))
        assert words in told
        assert "digest" not in told


@pytest.mark.parametrize("part", ["opened", "assigned", "unserved"])
def test_a_row_more_less_or_twice_is_noticed_even_when_the_seal_is_forged(part: str) -> None:
    problem, plan = saved()
    rows = plan[part]

    for k in range(len(rows)):
        for changed_rows in (rows[:k] + rows[k + 1 :], [*rows, rows[k]]):
            told = check_saved(problem, resealed({**plan, part: changed_rows}))
            assert told
    strange = [{**rows[0], "name": "shown"}, *rows[1:]]
    assert any("rows: " in str(f) for f in check_saved(problem, resealed({**plan, part: strange})))


def test_a_problem_with_more_in_it_than_the_planner_wrote_is_noticed() -> None:
    problem, plan = saved()

    told = [str(fault) for fault in check_saved({**problem, "comment": "mine"}, plan)]

    assert told == [
        "plan.json: problem_digest: the problem holds something that the planner did not write"
    ]


def parts(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    for key, part in value.items() if isinstance(value, dict) else ():
        yield from parts(part, (*path, key))
    for key, part in enumerate(value) if isinstance(value, list) else ():
        yield from parts(part, (*path, key))


@pytest.mark.parametrize("wrong", ["x", None, [], {}, True, float("nan"), float("inf"), 10**30])
def test_a_value_of_the_wrong_kind_is_a_fault_and_no_crash(wrong: Any) -> None:
    problem, plan = saved()

    for path in parts(problem):
        if at(problem, path) != wrong:
            assert check_saved(changed(problem, path, wrong), plan), path
    for path in parts(plan):
        if at(plan, path) != wrong:
            assert check_saved(problem, changed(plan, path, wrong)), path


def test_totals_that_are_not_the_sum_of_their_groups_are_told() -> None:
    problem, plan = saved()

    forged = resealed(changed(plan, ("aims", 3, "value"), 1.0))

    assert any("totals: cost_eur has value 1.0" in str(f) for f in check_saved(problem, forged))


def test_a_file_that_is_no_plan_is_said_to_be_none() -> None:
    problem, plan = saved()

    for broken in ({}, {**plan, "opened": 5}, {**plan, "aims": [{}]}, {**plan, "format": 0}):
        assert all(f.file == "plan.json" for f in check_saved(problem, broken))
        assert check_saved(problem, broken)
    assert check_saved({}, plan)[0].file == "problem.json"


def test_what_was_saved_comes_back_the_same() -> None:
    _, plan = market_town()
    files = saved()

    assert problem_to_json(problem_from_json(files[0])) == files[0]
    assert plan_from_json(files[1]) == plan

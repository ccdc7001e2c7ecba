"""Every figure of a proof is recomputed from the plan or held against the other figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.domain import AimTerms, Plan, Problem, ProofStatus
from planner.verification import broken_rules
from tests.towns import (
    CARE,
    GROUP_HOME,
    HOME,
    LARGE,
    drawn,
    existing,
    new,
    standing,
    town,
    two_villages,
)

NORTH, SOUTH = (CARE, "north"), (CARE, "south")
ALL_NORTH = {(CARE, "north", "north"): 10, (CARE, "south", "north"): 4}


def one_site() -> tuple[Problem, Plan]:
    problem = two_villages()
    return problem, drawn(problem, {NORTH: new(20)}, ALL_NORTH)


def with_aim(plan: Plan, k: int, **changes: Any) -> Plan:
    (services, aims), *others = plan.proof.groups
    changed = (*aims[:k], replace(aims[k], **changes), *aims[k + 1 :])
    return replace(plan, proof=replace(plan.proof, groups=((services, changed), *others)))


def told(problem: Problem, plan: Plan) -> str:
    return "\n".join(str(fault) for fault in broken_rules(problem, plan))


def test_the_aims_are_what_a_person_counts() -> None:
    _, plan = one_site()

    (_, aims), *_ = plan.proof.groups

    # all 14 go north: nobody beyond 30 minutes, one site of 20 places, 10 x 3 + 4 x 20 minutes
    assert [aim.in_plan for aim in aims] == [0, 0, 1, 180_000, 110]
    assert [aim.allowance for aim in aims] == [0, 0.05 * 14, 0, 0, 0]


def test_homes_are_no_new_sites_and_the_own_municipality_is_standard() -> None:
    problem = town(
        {"village": {"town": 45.0}, "other": {"town": 45.0}},
        {"village": 5, "other": 6},
        services=(GROUP_HOME,),
        build={(HOME, "town"): (LARGE,)},
        municipalities={"village": "m", "town": "m"},
    )

    plan = drawn(
        problem,
        {(HOME, "town"): new(20)},
        {(HOME, "village", "town"): 5, (HOME, "other", "town"): 6},
    )

    (_, aims), *_ = plan.proof.groups
    assert [aim.in_plan for aim in aims] == [0, 6, 0, 180_000, 11 * 45]
    assert told(problem, plan) == ""


def test_changes_are_options_whose_places_differ_from_the_approved() -> None:
    problem = two_villages(approved={NORTH: 10, SOUTH: 10}, aims=(AimTerms("changes"),))

    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    (_, aims), *_ = plan.proof.groups
    assert aims[0].in_plan == 2


def test_all_sites_and_the_longest_trip_can_be_aims_too() -> None:
    problem = two_villages(aims=(AimTerms("sites"), AimTerms("worst_minutes")))

    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    assert [aim.in_plan for aim in plan.proof.groups[0][1]] == [1, 20]


@pytest.mark.parametrize("k", range(5))
def test_a_wrong_value_in_the_plan_is_told(k: int) -> None:
    problem, plan = one_site()
    (_, aims), *_ = plan.proof.groups

    changed = with_aim(plan, k, in_plan=aims[k].in_plan + 0.001, value=aims[k].value + 1.0)

    assert f"{aims[k].name} (day_care): the plan says" in told(problem, changed)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bound": 2.0}, "the bound 2.0 is above the value 1.0"),
        ({"value": 2.0, "bound": 2.0}, "below the bound 2.0"),
        ({"value": 0.0, "bound": 0.0}, "1.0 in the plan is more than 0.0"),
        ({"gap": 0.1}, "the gap is 0.0"),
        ({"allowance": 1.0}, "the allowance is 0"),
        ({"status": ProofStatus.STOPPED}, "the gap is 1.0"),
        ({"value": float("inf")}, "no finite number"),
        ({"seconds": -1.0}, "no finite number"),
        ({"name": "profit"}, "no aim of that name is known"),
    ],
)
def test_figures_of_a_proof_contradict_each_other(changes: dict[str, Any], words: str) -> None:
    problem, plan = one_site()

    assert words in told(problem, with_aim(plan, 2, **changes))


def test_the_word_proven_needs_a_bound_close_by() -> None:
    problem, plan = one_site()

    near = with_aim(plan, 3, bound=179_999.5, gap=round(0.5 / 180_000, 9))
    far = with_aim(plan, 3, bound=90_000.0, gap=0.5)
    honest = with_aim(plan, 3, bound=90_000.0, gap=0.5, status=ProofStatus.BEST_FOUND)

    assert told(problem, near) == ""
    assert "called proven with a gap of 0.5" in told(problem, far)
    assert told(problem, honest) == ""


def test_a_tolerance_lets_a_later_aim_give_back_that_much_and_no_more() -> None:
    problem = town(
        {"a": {"a": 3.0, "b": 40.0}, "b": {"a": 40.0, "b": 3.0}},
        {"a": 36, "b": 4},
        build=("a", "b"),
        most_units={(CARE, "a"): 2},
    )
    both_to_a = {(CARE, "a", "a"): 36, (CARE, "b", "a"): 4}
    plan = drawn(problem, {(CARE, "a"): new(40, 2)}, both_to_a)

    # nobody need be beyond 30 minutes, and 5 % of 40 persons are 2
    held = with_aim(plan, 1, value=2.0, bound=2.0)
    broken = with_aim(plan, 1, value=1.0, bound=1.0)

    assert told(problem, held) == ""
    assert "4.0 in the plan is more than 1.0 and the allowance of 2.0" in told(problem, broken)


def test_groups_name_every_service_once() -> None:
    problem, plan = one_site()
    twice = replace(plan, proof=replace(plan.proof, groups=plan.proof.groups * 2))
    none = replace(plan, proof=replace(plan.proof, groups=()))
    fewer = replace(
        plan, proof=replace(plan.proof, groups=((("day_care",), plan.proof.groups[0][1][:4]),))
    )

    assert "groups: the proof speaks of day_care, day_care" in told(problem, twice)
    assert "groups: the proof speaks of , the problem of day_care" in told(problem, none)
    assert "aims: day_care were solved for" in told(problem, fewer)


def test_a_plan_of_another_problem_is_told() -> None:
    _, plan = one_site()
    other = replace(two_villages(), plan_year=2028)

    assert "problem_digest" in told(other, plan)


def test_split_persons_are_allowed_where_the_problem_says_so() -> None:
    problem = replace(two_villages(), whole_persons=False)

    split: Any = {(CARE, "north", "north"): 9.5, (CARE, "south", "north"): 4}
    plan = drawn(problem, {NORTH: new(20)}, split)

    assert plan.unserved == {(CARE, "north"): 0.5}
    assert told(problem, plan) == ""


def test_existing_sites_are_no_cost() -> None:
    problem = town({"a": {"a": 3.0}}, {"a": 4}, existing={(CARE, "a"): standing(10)})

    plan = drawn(problem, {(CARE, "a"): existing(10)}, {(CARE, "a", "a"): 4})

    assert [aim.in_plan for aim in plan.proof.groups[0][1]] == [0, 0, 0, 0, 12]

"""Every reason for being unserved, each in a town where a person sees it at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.analysis.explanation import explain_unserved
from planner.domain import Budget, Plan, Problem, Reason, Size
from planner.facility_location import Limits, solve
from planner.verification import require_sound
from tests.towns import (
    CARE,
    DAY_CARE,
    GROUP_HOME,
    HOME,
    SMALL,
    island,
    overfull,
    river_town,
    standing,
    town,
    two_villages,
)

LIMITS = Limits(seconds=20.0)
FAR_APART = np.array([[3.0, 70.0], [70.0, 3.0]])


def reasons(problem: Problem) -> dict[tuple[str, str], dict[Reason, int]]:
    plan = explained(problem)
    return {need: dict(found) for need, found in plan.reasons.items()}


def explained(problem: Problem) -> Plan:
    plan = explain_unserved(problem, solve(problem, limits=LIMITS), limits=LIMITS)
    require_sound(problem, plan)
    return plan


def test_where_everyone_is_served_there_is_nothing_to_explain() -> None:
    assert reasons(two_villages()) == {}


def test_no_road_leads_to_a_site() -> None:
    assert reasons(island()) == {(CARE, "island"): {Reason.NO_SITE_WITHIN_LIMIT: 2}}


def test_a_full_centre_that_cannot_grow_has_no_places() -> None:
    assert reasons(overfull()) == {(CARE, "village"): {Reason.NO_PLACES: 4}}


def test_a_hamlet_of_two_is_below_the_viable_load_of_three() -> None:
    problem = town(
        {"town": {"town": 3.0}, "hamlet": {"hamlet": 3.0}},
        {"town": 8, "hamlet": 2},
        build=("town", "hamlet"),
    )

    assert reasons(problem) == {(CARE, "hamlet"): {Reason.BELOW_VIABLE_LOAD: 2}}


def test_a_budget_for_ten_places_leaves_four_of_fourteen() -> None:
    problem = two_villages(budgets=(Budget("fund", 100_000),))

    found = reasons(problem)

    assert sum(n for by_reason in found.values() for n in by_reason.values()) == 4
    assert {reason for by_reason in found.values() for reason in by_reason} == {Reason.BUDGET}


def test_one_new_site_leaves_the_other_bank() -> None:
    problem = replace(river_town(new_sites_at_most={CARE: 1}), minutes=FAR_APART)

    found = reasons(problem)

    assert list(found.values()) == [{Reason.SITES_AT_MOST: 5}]


def test_a_limit_on_all_sites_together_counts_too() -> None:
    problem = replace(river_town(sites_at_most={"*": 1}), minutes=FAR_APART)

    assert list(reasons(problem).values()) == [{Reason.SITES_AT_MOST: 5}]


def test_nothing_may_be_built_on_the_flood_plain() -> None:
    problem = island(vetoed={(CARE, "shore"): "flood plain"})

    assert reasons(problem) == {
        (CARE, "island"): {Reason.NO_SITE_WITHIN_LIMIT: 2},
        (CARE, "shore"): {Reason.FORBIDDEN: 8},
    }


def test_the_only_centre_closes() -> None:
    problem = overfull(closing={(CARE, "town"): "the lease ends"})

    assert reasons(problem) == {
        (CARE, "town"): {Reason.FORBIDDEN: 10},
        (CARE, "village"): {Reason.FORBIDDEN: 4},
    }


def test_a_veto_counts_where_what_is_left_is_too_small() -> None:
    # 13 persons; the marsh takes 3, the hill would take 10 but is forbidden
    problem = town(
        {"town": {"hill": 5.0, "marsh": 9.0}},
        {"town": 13},
        build={(CARE, "hill"): (SMALL,), (CARE, "marsh"): (Size(3, 50_000),)},
        vetoed={(CARE, "hill"): "protected view"},
    )

    assert reasons(problem) == {(CARE, "town"): {Reason.FORBIDDEN: 10}}


def test_the_neighbour_has_room_but_no_agreement() -> None:
    problem = overfull(
        existing={(CARE, "town"): standing(20)}, agreements=frozenset({(CARE, "town", "village")})
    )
    agreed = replace(problem, agreements=frozenset({(CARE, "village", "town")}))

    assert reasons(problem) == {(CARE, "village"): {Reason.NO_AGREEMENT: 4}}
    assert reasons(agreed) == {}


def test_an_agreement_counts_where_the_own_centre_is_too_small() -> None:
    problem = town(
        {"village": {"village": 3.0, "town": 20.0}},
        {"village": 14},
        existing={(CARE, "village"): standing(10), (CARE, "town"): standing(10)},
        agreements=frozenset(),
    )

    assert reasons(problem) == {(CARE, "village"): {Reason.NO_AGREEMENT: 4}}


def test_persons_of_one_place_may_have_different_reasons() -> None:
    # 40 persons in the town; a centre of 10 stands. One unit of 20 may be built; money for 10.
    problem = town(
        {"town": {"town": 3.0, "barn": 10.0}},
        {"town": 40},
        existing={(CARE, "town"): standing(10)},
        build=("barn",),
        budgets=(Budget("fund", 120_000),),
    )

    # 10 in the old centre, 10 in the barn; 10 more with more money; for 10 there is no place
    assert reasons(problem) == {(CARE, "town"): {Reason.BUDGET: 10, Reason.NO_PLACES: 10}}


def test_who_needs_two_rules_dropped_gets_the_later_one() -> None:
    # two persons in the hamlet: no money, and too few for the viable load of three
    problem = town(
        {"hamlet": {"hamlet": 3.0}},
        {"hamlet": 2},
        build=("hamlet",),
        budgets=(Budget("fund", 50_000),),
    )

    assert reasons(problem) == {(CARE, "hamlet"): {Reason.BELOW_VIABLE_LOAD: 2}}


def test_without_the_least_load_money_would_do() -> None:
    # a hamlet of two may be served by 10 places for 100,000: the fund has them
    problem = town(
        {"hamlet": {"hamlet": 3.0}},
        {"hamlet": 2},
        build=("hamlet",),
        budgets=(Budget("fund", 100_000),),
    )

    assert reasons(problem) == {(CARE, "hamlet"): {Reason.BELOW_VIABLE_LOAD: 2}}


def test_a_common_fund_leaves_each_service_what_the_other_does_not_spend() -> None:
    problem = town(
        {"town": {"town": 3.0}},
        {(CARE, "town"): 9, (HOME, "town"): 6},
        services=(DAY_CARE, GROUP_HOME),
        build={(CARE, "town"): (SMALL,), (HOME, "town"): (SMALL,)},
        budgets=(Budget("fund", 150_000),),
    )

    # money for one of the two: nine persons rather than six
    assert reasons(problem) == {(HOME, "town"): {Reason.BUDGET: 6}}


def test_rerouting_frees_a_place_for_who_can_go_nowhere_else() -> None:
    # the mill may only go to the old centre; the town can also use the new one
    problem = town(
        {"town": {"old": 5.0, "new": 9.0}, "mill": {"old": 20.0}},
        {"town": 10, "mill": 4},
        existing={(CARE, "old"): standing(10)},
        build={(CARE, "new"): (SMALL,)},
        budgets=(Budget("fund", 99_999),),
    )

    found = reasons(problem)

    assert sum(by[Reason.BUDGET] for by in found.values()) == 4


@pytest.mark.parametrize("seconds", [0.0, None])
def test_without_time_every_unserved_person_still_has_one_reason(seconds: float | None) -> None:
    problem = two_villages(budgets=(Budget("fund", 100_000),))
    plan = solve(problem, limits=LIMITS)

    told = explain_unserved(problem, plan, limits=Limits(seconds=seconds))

    require_sound(problem, told)
    assert sum(sum(found.values()) for found in told.reasons.values()) == 4


def test_a_larger_centre_than_may_grow_is_no_places() -> None:
    problem = town(
        {"town": {"town": 3.0}},
        {"town": 25},
        existing={(CARE, "town"): standing(10, larger=(Size(20, 1),))},
    )

    assert reasons(problem) == {(CARE, "town"): {Reason.NO_PLACES: 5}}

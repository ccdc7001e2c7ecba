"""A plan that breaks one rule is told by the name of that rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from planner.domain import Budget, Kind, Opening, Plan, Problem, Reason, Size
from planner.errors import VerificationError
from planner.verification import broken_rules, require_sound
from planner.verification.books import cheapest_units
from tests.towns import (
    CARE,
    GROUP_HOME,
    HOME,
    LARGE,
    SMALL,
    drawn,
    enlarged,
    existing,
    new,
    overfull,
    river_town,
    standing,
    town,
    two_villages,
)

NORTH, SOUTH = (CARE, "north"), (CARE, "south")
ALL_NORTH = {(CARE, "north", "north"): 10, (CARE, "south", "north"): 4}


def names(problem: Problem, plan: Plan) -> set[str]:
    return {str(fault).split(":")[0] for fault in broken_rules(problem, plan)}


def test_a_sound_plan_breaks_nothing() -> None:
    problem = two_villages()

    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    assert broken_rules(problem, plan) == ()
    require_sound(problem, plan)


def test_all_faults_come_at_once_and_name_service_site_and_numbers() -> None:
    problem = two_villages()
    plan = drawn(problem, {NORTH: new(10), SOUTH: new(10)}, ALL_NORTH)

    with pytest.raises(VerificationError) as told:
        require_sound(problem, plan)

    assert "respect_capacity: day_care at north holds 14 persons, its 10 places allow 10" in str(
        told.value
    )
    assert "be_viable: day_care at south carries 0 persons, 1 new units need 3" in str(told.value)


def test_a_person_may_neither_vanish_nor_come_twice() -> None:
    problem = two_villages()
    plan = drawn(problem, {NORTH: new(20)}, {**ALL_NORTH, (CARE, "south", "north"): 3})

    forgotten = replace(plan, unserved={})
    twice = replace(plan, unserved={(CARE, "south"): 2})

    assert names(problem, plan) == set()
    assert "account_for_every_need" in names(problem, forgotten)
    assert "account_for_every_need" in names(problem, twice)


@pytest.mark.parametrize("persons", [0, -1, 2.5, True])
def test_only_whole_persons_above_zero_travel(persons: Any) -> None:
    problem = two_villages()
    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    odd = replace(plan, assigned={**plan.assigned, (CARE, "south", "north"): persons})
    odd_unserved = replace(plan, unserved={(CARE, "south"): persons})

    assert "count_whole_persons" in names(problem, odd)
    assert "count_whole_persons" in names(problem, odd_unserved)


def test_nobody_goes_where_nothing_is_open() -> None:
    problem = two_villages()

    plan = drawn(
        problem, {NORTH: new(10)}, {(CARE, "north", "north"): 10, (CARE, "south", "south"): 4}
    )

    assert names(problem, plan) == {"serve_only_where_open"}


def test_nobody_travels_beyond_the_limit_or_without_a_way() -> None:
    problem = town(
        {"a": {"a": 3.0, "b": 60.0}, "b": {"a": 60.001, "b": 3.0}, "c": {}},
        {"a": 3, "b": 3, "c": 3},
        build=("a", "b"),
    )
    to_b = drawn(problem, {(CARE, "b"): new(10)}, {(CARE, "a", "b"): 3, (CARE, "b", "b"): 3})
    to_a = drawn(problem, {(CARE, "a"): new(10)}, {(CARE, "a", "a"): 3, (CARE, "b", "a"): 3})
    no_way = drawn(problem, {(CARE, "a"): new(10)}, {(CARE, "a", "a"): 3, (CARE, "c", "a"): 3})

    assert names(problem, to_b) == set()
    assert names(problem, to_a) == {"limit_minutes"}
    assert names(problem, no_way) == {"limit_minutes"}


def test_a_full_site_takes_nobody_more() -> None:
    problem = overfull()

    plan = drawn(
        problem,
        {(CARE, "town"): existing(10)},
        {(CARE, "town", "town"): 10, (CARE, "village", "town"): 1},
    )

    assert names(problem, plan) == {"respect_capacity"}


def test_a_respite_bed_serves_many() -> None:
    problem = overfull()
    terms = replace(problem.services[CARE], persons_per_place=2)
    problem = replace(problem, services={CARE: terms})

    plan = drawn(
        problem,
        {(CARE, "town"): existing(10)},
        {(CARE, "town", "town"): 10, (CARE, "village", "town"): 4},
    )

    assert names(problem, plan) == set()


def test_every_new_unit_carries_its_least_load() -> None:
    problem = river_town(most_units={(CARE, "left"): 2})

    one = drawn(problem, {(CARE, "left"): new(10, 1)}, {(CARE, "left", "left"): 5})
    two = drawn(problem, {(CARE, "left"): new(20, 2)}, {(CARE, "left", "left"): 5})

    assert names(problem, one) == set()
    assert names(problem, two) == {"be_viable"}


@pytest.mark.parametrize(
    "opening", [new(15), new(40), new(0), new(20, 2), new(20, 0), new(20, units=True)]
)
def test_new_units_come_in_allowed_sizes_and_numbers(opening: Opening) -> None:
    problem = two_villages()

    plan = drawn(problem, {NORTH: opening}, ALL_NORTH)

    assert "build_allowed_sizes" in names(problem, plan)


def test_several_units_mix_sizes_at_the_lowest_price() -> None:
    # 40 places as 20 + 20 cost 360,000; as 10 + 30 only 350,000
    sizes = (SMALL, LARGE, Size(30, 250_000))

    assert cheapest_units(sizes, 2, 40) == Size(40, 350_000, 10_000)
    assert cheapest_units(sizes, 2, 30) == Size(30, 280_000, 28_000)
    assert cheapest_units(sizes, 2, 10) is None


def test_what_exists_stays_as_it_is() -> None:
    ten = {(CARE, "town", "town"): 10}
    at = (CARE, "town")
    problem = overfull(existing={at: standing(10, larger=(Size(15, 40_000),))})
    may_close = overfull(existing={at: standing(10, may_close=True)})

    assert names(problem, drawn(problem, {at: existing(10)}, ten)) == set()
    assert names(problem, drawn(problem, {at: enlarged(15)}, ten)) == set()
    assert names(problem, drawn(problem, {at: existing(11)}, ten)) == {"keep_existing"}
    assert names(problem, drawn(problem, {at: enlarged(20)}, ten)) == {"keep_existing"}
    assert "keep_existing" in names(problem, drawn(problem, {at: new(10)}, ten))
    assert names(problem, drawn(problem, {at: Opening(10, 2, Kind.EXISTING)}, ten)) == {
        "keep_existing"
    }
    assert names(problem, drawn(problem, {}, {})) == {"keep_existing"}
    assert names(may_close, drawn(may_close, {}, {})) == set()


def test_nothing_exists_where_nothing_stands() -> None:
    problem = two_villages()

    plan = drawn(problem, {NORTH: existing(20)}, ALL_NORTH)

    assert names(problem, plan) == {"keep_existing"}


def test_keep_veto_and_close_are_told_with_their_reason() -> None:
    kept = two_villages(kept={SOUTH: "the council promised"})
    vetoed = two_villages(vetoed={NORTH: "flood plain"})
    at = (CARE, "town")
    closing = overfull(closing={at: "the lease ends"})
    no_growth = overfull(
        existing={at: standing(10, larger=(Size(15, 40_000),))}, vetoed={at: "listed building"}
    )

    north = drawn(kept, {NORTH: new(20)}, ALL_NORTH)
    forbidden = drawn(vetoed, {NORTH: new(20)}, ALL_NORTH)
    still_open = drawn(closing, {at: existing(10)}, {(CARE, "town", "town"): 10})
    grown = drawn(no_growth, {at: enlarged(15)}, {(CARE, "town", "town"): 10})
    as_it_is = drawn(no_growth, {at: existing(10)}, {(CARE, "town", "town"): 10})

    assert "keep: day_care at south must be open (the council promised)" in map(
        str, broken_rules(kept, north)
    )
    assert names(vetoed, forbidden) == {"veto"}
    assert names(closing, still_open) == {"close"}
    assert names(closing, drawn(closing, {}, {})) == set()
    assert names(no_growth, grown) == {"veto"}
    assert names(no_growth, as_it_is) == set()


def homes(**rest: Any) -> Problem:
    """A group home of any of 8, 16 and 20 places in a town of 20 persons, in two buildings too."""
    sizes = (Size(8, 80), Size(16, 150), Size(20, 180))
    options = {(HOME, site): sizes for site in ("town", "house", "annexe")}
    return town(
        {"town": {"town": 3.0, "house": 3.0, "annexe": 3.0}},
        {"town": 20},
        services=(GROUP_HOME,),
        build=options,
        address_of={"house": "1 Church Street", "annexe": "1 Church Street"},
        address_places_at_most={HOME: 16},
        **rest,
    )


def test_an_address_holds_no_more_places_than_allowed() -> None:
    problem = homes(most_units={(HOME, "town"): 2})

    apart = drawn(
        problem,
        {(HOME, "town"): new(24, 2)},
        {(HOME, "town", "town"): 20},
    )
    too_large = drawn(problem, {(HOME, "town"): new(20)}, {(HOME, "town", "town"): 20})
    together = drawn(
        problem,
        {(HOME, "house"): new(16), (HOME, "annexe"): new(8)},
        {(HOME, "town", "house"): 14, (HOME, "town", "annexe"): 6},
    )

    assert names(problem, apart) == set()
    assert names(problem, too_large) == {"build_allowed_sizes"}
    assert names(problem, together) == {"limit_places_at_one_address"}


def test_a_larger_home_that_stands_keeps_its_places_but_gets_no_more() -> None:
    at = (HOME, "house")
    larger = standing(18, larger=(Size(20, 30),))
    problem = homes(existing={at: larger})
    problem = replace(problem, sizes={k: v for k, v in problem.sizes.items() if k != at})
    home = {(HOME, "town", "house"): 18}

    assert names(problem, drawn(problem, {at: existing(18)}, home)) == set()
    assert names(problem, drawn(problem, {at: enlarged(20)}, home)) == {
        "limit_places_at_one_address"
    }


def test_what_stands_at_an_address_may_stay_but_growing_brings_the_limit_back() -> None:
    stand = {(HOME, "house"): 10, (HOME, "annexe"): 10}
    may_close = {
        option: standing(places, may_close=True, larger=(Size(12, 20), Size(18, 90)))
        for option, places in stand.items()
    }
    problem = homes(existing=may_close)
    problem = replace(problem, sizes={(HOME, "town"): problem.sizes[HOME, "town"]})
    house, annexe = stand
    ten = {(HOME, "town", "house"): 10}

    as_today = drawn(problem, {house: existing(10), annexe: existing(10)}, ten)
    one_grows = drawn(problem, {house: enlarged(12), annexe: existing(10)}, ten)
    one_instead = drawn(problem, {house: enlarged(18)}, ten)
    smaller_instead = drawn(problem, {house: enlarged(12)}, ten)

    assert names(problem, as_today) == set()
    assert names(problem, one_grows) == {"limit_places_at_one_address"}
    assert names(problem, one_instead) == {"limit_places_at_one_address"}
    assert names(problem, smaller_instead) == set()


def test_sites_are_counted_by_service_and_together() -> None:
    both = {NORTH: new(10), SOUTH: new(10)}
    at_home = {(CARE, "north", "north"): 10, (CARE, "south", "south"): 4}
    at = (CARE, "town")
    standing_only = overfull(sites_at_most={CARE: 0}, new_sites_at_most={CARE: 0})

    for rule, key in (("new_sites_at_most", CARE), ("sites_at_most", "*")):
        problem = two_villages(**{rule: {key: 1}})
        assert names(problem, drawn(problem, both, at_home)) == {rule}
    plan = drawn(standing_only, {at: existing(10)}, {(CARE, "town", "town"): 10})
    assert names(standing_only, plan) == {"sites_at_most"}


@pytest.mark.parametrize(
    ("budget", "kept"),
    [
        (Budget("fund", 179_999), False),
        (Budget("fund", 180_000), True),
        (Budget("fund", 90_000, share_permille=500), True),
        (Budget("fund", 89_999, share_permille=500), False),
        (Budget("fund", 0, services=frozenset({"workshop"})), True),
        (Budget("fund", 0, municipalities=frozenset({"south"})), True),
        (Budget("fund", 0, municipalities=frozenset({"north"})), False),
        (Budget("fund", 0, year=2028), True),
        (Budget("fund", 0, year=2027), False),
        (Budget("fund", 17_999, kind="running"), False),
        (Budget("fund", 18_000, kind="running"), True),
    ],
)
def test_a_fund_pays_its_share_of_what_it_covers(budget: Budget, kept: bool) -> None:  # noqa: FBT001
    problem = two_villages(budgets=(budget,))

    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    assert names(problem, plan) == (set() if kept else {"stay_within_budget"})


def test_a_cost_falls_in_the_year_of_opening() -> None:
    late = {"opening_year": {NORTH: 2029}, "budgets": (Budget("fund", 0, year=2029),)}
    problem = two_villages(**late)

    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    assert names(problem, plan) == {"stay_within_budget"}


def test_enlarging_costs_the_fund_the_extra_places() -> None:
    at = (CARE, "town")
    sizes = {"existing": {at: standing(10, larger=(Size(15, 40_000),))}}
    enough = overfull(budgets=(Budget("fund", 40_000),), **sizes)
    short = overfull(budgets=(Budget("fund", 39_999),), **sizes)
    trips = {(CARE, "town", "town"): 10, (CARE, "village", "town"): 4}

    assert names(enough, drawn(enough, {at: enlarged(15)}, trips)) == set()
    assert names(short, drawn(short, {at: enlarged(15)}, trips)) == {"stay_within_budget"}


@pytest.mark.parametrize(("share", "kept"), [(0.75, True), (0.76, False)])
def test_no_council_stays_behind(share: float, kept: bool) -> None:  # noqa: FBT001
    problem = two_villages(least_share_served={(CARE, "south"): share})

    plan = drawn(problem, {NORTH: new(20)}, {**ALL_NORTH, (CARE, "south", "north"): 3})

    assert names(problem, plan) == (set() if kept else {"leave_no_council_behind"})


@pytest.mark.parametrize(("loss", "kept"), [(17.0, True), (16.999, False)])
def test_nobody_loses_more_minutes_than_allowed(loss: float, kept: bool) -> None:  # noqa: FBT001
    today = {(CARE, "south", "south"): 4}
    problem = two_villages(today=today, most_loss_minutes=loss)

    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    assert names(problem, plan) == (set() if kept else {"nobody_loses_more"})


def test_who_is_served_today_may_not_be_left_unserved() -> None:
    today = {(CARE, "south", "south"): 2}
    problem = two_villages(today=today, most_loss_minutes=60.0)

    some = drawn(problem, {NORTH: new(20)}, {**ALL_NORTH, (CARE, "south", "north"): 2})
    fewer = drawn(problem, {NORTH: new(20)}, {**ALL_NORTH, (CARE, "south", "north"): 1})

    assert names(problem, some) == set()
    assert names(problem, fewer) == {"nobody_loses_more"}


@pytest.mark.parametrize(("detour", "kept"), [(17.0, True), (16.0, False)])
def test_nobody_is_sent_past_a_nearer_site(detour: float, kept: bool) -> None:  # noqa: FBT001
    problem = two_villages(detour_at_most={CARE: detour})
    away = {(CARE, "north", "north"): 7, (CARE, "north", "south"): 3, (CARE, "south", "south"): 4}

    plan = drawn(problem, {NORTH: new(10), SOUTH: new(10)}, away)

    assert names(problem, plan) == (set() if kept else {"do_not_send_past"})


def test_only_an_agreement_opens_a_neighbours_site() -> None:
    without = two_villages(agreements=frozenset())
    other_way = two_villages(agreements=frozenset({(CARE, "north", "south")}))
    agreed = two_villages(agreements=frozenset({(CARE, "south", "north")}))

    for problem, broken in ((without, True), (other_way, True), (agreed, False)):
        plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)
        assert names(problem, plan) == ({"respect_agreements"} if broken else set())


def test_unknown_names_are_told() -> None:
    problem = two_villages()
    plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)

    strange: Mapping[str, Any] = {
        "opened": {**plan.opened, (CARE, "moon"): new(10)},
        "assigned": {**plan.assigned, (CARE, "moon", "north"): 1},
        "unserved": {("workshop", "north"): 1},
    }

    for part, value in strange.items():
        assert "use_known_ids" in names(problem, replace(plan, **{part: value}))


def test_reasons_account_for_the_unserved_and_nobody_else() -> None:
    problem = overfull()
    plan = drawn(problem, {(CARE, "town"): existing(10)}, {(CARE, "town", "town"): 10})
    village = (CARE, "village")

    right = replace(plan, reasons={village: {Reason.NO_PLACES: 3, Reason.BUDGET: 1}})
    short = replace(plan, reasons={village: {Reason.NO_PLACES: 3}})
    too_many = replace(
        plan, reasons={village: {Reason.NO_PLACES: 4}, (CARE, "town"): {Reason.BUDGET: 1}}
    )

    assert names(problem, right) == set()
    assert names(problem, short) == {"account_for_every_need"}
    assert names(problem, too_many) == {"account_for_every_need"}


def test_a_problem_that_contradicts_itself_is_told() -> None:
    minutes = two_villages().minutes.copy()
    minutes[0, 0] = -1.0
    fine = minutes.copy()
    fine[0, 0] = 3.0004
    both = two_villages(existing={NORTH: standing(10)})

    for problem in (
        replace(two_villages(), minutes=minutes),
        replace(two_villages(), minutes=fine),
        replace(two_villages(), persons={(CARE, "north"): 10, (CARE, "south"): 0}),
        both,
    ):
        plan = drawn(problem, {NORTH: new(20)}, ALL_NORTH)
        assert "state_a_sound_problem" in names(problem, plan)

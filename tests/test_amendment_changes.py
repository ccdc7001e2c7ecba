from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain import Size, Status, unit_sizes
from planner.editions import (
    DEFAULT_FUNDING,
    Amendment,
    ChangeKind,
    Nearest,
    ReasonCode,
    ReasonPart,
    amendment,
    split_cost,
    standing,
    sum_faults,
)
from planner.editions.moves import moves
from planner.publishing.reasons import reason_text
from tests.mapped_towns import area_of
from tests.towns import (
    CARE,
    LARGE,
    SMALL,
    drawn,
    enlarged,
    existing,
    new,
    overfull,
    river_town,
    town,
    two_villages,
)
from tests.towns import standing as stands


def full_centre_grows() -> Amendment:
    problem = overfull(existing={(CARE, "town"): stands(10, larger=(Size(14, 28_000),))})
    today = {(CARE, "town", "town"): 9, (CARE, "village", "town"): 1}
    plan = drawn(
        problem,
        {(CARE, "town"): enlarged(14)},
        {(CARE, "town", "town"): 10, (CARE, "village", "town"): 4},
    )
    area = area_of(problem, addresses={"town": "Skolas iela 1"})
    return amendment(problem, standing(problem), plan, area, assigned_before=today)


def test_a_full_centre_that_grows_is_one_change_with_its_address() -> None:
    [change] = full_centre_grows().changes

    assert change.kind is ChangeKind.ENLARGE
    assert change.before is not None
    assert change.after is not None
    assert (change.before.address, change.before.places, change.before.persons) == (
        "Skolas iela 1",
        10,
        10,
    )
    assert (change.after.places, change.after.persons) == (14, 14)
    assert change.cost_eur == 28_000
    assert change.by_source == {"eu": 23_800, "state": 1_260, "municipality": 2_940}


def test_what_is_new_says_where_the_nearest_was_so_far() -> None:
    there = {(CARE, "left"): stands(10)}
    problem = river_town(existing=there, build=("right",))
    plan = drawn(problem, {(CARE, "left"): existing(10), (CARE, "right"): new(10)}, {})

    [change] = amendment(problem, standing(problem), plan, area_of(problem)).changes
    assert change.nearest == Nearest("Left", 50.0)
    assert "nearest site of the service so far: Left, 50 min" in reason_text(change, language="en")
    same = replace(change, nearest=Nearest("Right", 3.0))
    assert "operates in the same place already" in reason_text(same, language="en")

    decided = {(CARE, "left"): stands(10, status=Status.COMMITTED)}
    for alone in (replace(problem, existing={}), replace(problem, existing=decided)):
        changes = amendment(alone, standing(alone), plan, area_of(problem)).changes
        [change] = [c for c in changes if c.site == "right"]
        assert change.nearest == Nearest("", None)
        said = reason_text(change, language="en")
        assert "no site of the service is within reach of this settlement" in said


def test_a_longer_way_to_where_nothing_was_within_reach_is_of_people_from_elsewhere() -> None:
    problem = river_town(build=("right",))
    plan = drawn(problem, {(CARE, "right"): new(10)}, {(CARE, "right", "right"): 10})
    [change] = amendment(problem, {}, plan, area_of(problem)).changes
    parts = ((ReasonPart.NEWLY_SERVED, 5), (ReasonPart.LONGER, 5))
    change = replace(change, reasons=parts)

    said = reason_text(change, language="lv")
    near = reason_text(replace(change, nearest=Nearest("Naujene", 37.0)), language="lv")

    assert said.replace("\u00a0", " ") == (
        "no šīs apdzīvotās vietas līdz šim nav sasniedzama neviena šī pakalpojuma vieta; "
        "pakalpojumu sāk saņemt 5 pers.; garāks ceļš 5 pers. (dzīvo citur)"
    )
    assert "(dzīvo citur)" not in near


def test_who_takes_no_part_in_the_eu_gets_none_of_its_money() -> None:
    problem = river_town(build=("left", "right"))
    plan = drawn(
        problem,
        {(CARE, "left"): new(10), (CARE, "right"): new(10)},
        {(CARE, "left", "left"): 5, (CARE, "right", "right"): 5},
    )

    found = amendment(problem, {}, plan, area_of(problem), without_eu=["right"])

    left, right = (next(c for c in found.changes if c.site == site) for site in ("left", "right"))
    assert left.by_source == split_cost(left.cost_eur, DEFAULT_FUNDING)
    assert right.by_source == {"eu": 0, "state": 0, "municipality": right.cost_eur}
    assert right.cost_eur > 0
    assert found.by_source["eu"] == left.by_source["eu"]
    assert sum_faults(found) == ()


def test_a_change_says_whom_it_serves_newly() -> None:
    [change] = full_centre_grows().changes

    assert change.reasons == ((ReasonPart.NEWLY_SERVED, 4),)
    assert change.persons == 4
    assert change.minutes_before is None
    assert change.minutes_after == pytest.approx((1 * 3 + 3 * 20) / 4)


def test_what_was_paid_before_is_unknown_unless_told() -> None:
    totals = {t.municipality: t for t in full_centre_grows().totals}

    assert totals["town"].planned_cost_eur is None
    assert totals["town"].cost_eur == 28_000


def test_a_new_centre_nearby_brings_people_within_the_standard() -> None:
    problem = river_town(existing={(CARE, "left"): stands(10)}, build=("right",))
    today = {(CARE, "left", "left"): 5, (CARE, "right", "left"): 5}
    plan = drawn(
        problem,
        {(CARE, "left"): existing(10), (CARE, "right"): new(10)},
        {(CARE, "left", "left"): 5, (CARE, "right", "right"): 5},
    )

    found = amendment(problem, standing(problem), plan, area_of(problem), assigned_before=today)

    [change] = found.changes
    assert change.kind is ChangeKind.OPEN
    assert change.reason_code is ReasonCode.NEW_SERVICE
    assert change.reasons == ((ReasonPart.BROUGHT_WITHIN, 5),)
    assert (change.minutes_before, change.minutes_after) == (50.0, 3.0)
    assert change.after is not None
    assert change.after.address == ""


def test_who_loses_by_a_closing_is_shown_as_losing() -> None:
    problem = river_town(
        existing={(CARE, "left"): stands(10, may_close=True), (CARE, "right"): stands(10)},
        build=(),
        closing={(CARE, "left"): "domes lēmums"},
    )
    today = {(CARE, "left", "left"): 5, (CARE, "right", "right"): 5}
    plan = drawn(
        problem,
        {(CARE, "right"): existing(10)},
        {(CARE, "left", "right"): 5, (CARE, "right", "right"): 5},
    )

    found = amendment(problem, standing(problem), plan, area_of(problem), assigned_before=today)

    [change] = found.changes
    assert change.kind is ChangeKind.CLOSE
    assert change.reason_code is ReasonCode.INFRASTRUCTURE_DROPPED
    assert change.duty_kept
    assert change.reasons == ((ReasonPart.LONGER, 5),)
    assert (change.minutes_before, change.minutes_after) == (3.0, 50.0)
    assert change.decided == "domes lēmums"
    left = next(t for t in found.totals if t.municipality == "left")
    assert (left.places_before, left.places_after) == (10, 0)
    assert (left.served_before, left.served_after, left.within_after) == (5, 5, 0)


def test_a_closing_that_leaves_people_without_drops_the_duty_too() -> None:
    problem = river_town(
        existing={(CARE, "left"): stands(10, may_close=True)},
        build=(),
        closing={(CARE, "left"): "x"},
    )
    today = {(CARE, "left", "left"): 5, (CARE, "right", "left"): 5}
    plan = drawn(problem, {}, {})

    found = amendment(problem, standing(problem), plan, area_of(problem), assigned_before=today)

    assert not found.changes[0].duty_kept
    assert found.changes[0].reasons == ((ReasonPart.LOST, 10),)


def test_a_city_that_needs_two_addresses_gets_two_rows() -> None:
    problem = town(
        {"city": {"city": 3.0}},
        {"city": 27},
        build={(CARE, "city"): (SMALL, LARGE)},
        most_units={(CARE, "city"): 2},
    )
    plan = drawn(problem, {(CARE, "city"): new(30, units=2)}, {(CARE, "city", "city"): 27})

    found = amendment(problem, {}, plan, area_of(problem))

    assert [c.number for c in found.changes] == [1, 2]
    assert [c.after.places for c in found.changes if c.after] == [20, 10]
    assert [c.persons for c in found.changes] == [18, 9]
    assert [c.cost_eur for c in found.changes] == [180_000, 100_000]
    assert [(c.address_number, c.addresses_here) for c in found.changes] == [(1, 2), (2, 2)]
    assert sum_faults(found) == ()


def test_what_moves_within_a_municipality_is_a_change_of_address() -> None:
    problem = two_villages(
        existing={(CARE, "south"): stands(20, may_close=True)},
        build=("north",),
        municipalities={"north": "novads", "south": "novads"},
    )
    today = {(CARE, "north", "south"): 10, (CARE, "south", "south"): 4}
    plan = drawn(
        problem,
        {(CARE, "north"): new(20)},
        {(CARE, "north", "north"): 10, (CARE, "south", "north"): 4},
    )

    found = amendment(problem, standing(problem), plan, area_of(problem), assigned_before=today)

    assert [(c.kind, c.reason_code) for c in found.changes] == [
        (ChangeKind.OPEN, ReasonCode.ADDRESS),
        (ChangeKind.CLOSE, ReasonCode.ADDRESS),
    ]
    assert sum_faults(found) == ()


def test_nothing_changes_where_the_plan_is_what_stands() -> None:
    problem = overfull()
    plan = drawn(problem, {(CARE, "town"): existing(10)}, {(CARE, "town", "town"): 10})

    found = amendment(problem, standing(problem), plan, area_of(problem))

    assert found.changes == ()
    assert sum_faults(found) == ()


def test_a_sum_that_does_not_add_up_is_named() -> None:
    found = full_centre_grows()
    wrong = replace(found, totals=(replace(found.totals[0], places_after=15), *found.totals[1:]))

    [fault] = sum_faults(wrong)

    assert "places" in fault


def test_who_can_stay_stays_and_the_unserved_come_last() -> None:
    problem = town({"home": {"near": 5.0, "far": 40.0}}, {"home": 10})
    before = {(CARE, "home", "far"): 6}
    after = {(CARE, "home", "far"): 4, (CARE, "home", "near"): 6}

    found = [(m.site_before, m.site_after, m.persons) for m in moves(problem, before, after)]

    assert found == [("far", "far", 4), ("far", "near", 2), (None, "near", 4)]


@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
)
def test_moves_keep_every_person(before: list[int], after: list[int]) -> None:
    problem = town({"home": {"a": 5.0, "b": 20.0, "c": 40.0}}, {"home": 30})
    was = {(CARE, "home", s): n for s, n in zip("abc", before, strict=True) if n}
    now = {(CARE, "home", s): n for s, n in zip("abc", after, strict=True) if n}

    found = moves(problem, was, now)

    assert sum(m.persons for m in found) == 30
    for site, count in zip("abc", before, strict=True):
        assert sum(m.persons for m in found if m.site_before == site) == count
    for site, count in zip("abc", after, strict=True):
        assert sum(m.persons for m in found if m.site_after == site) == count


@given(st.integers(0, 10_000_000))
def test_shares_of_a_cost_add_up_to_it(cost_eur: int) -> None:
    shares = split_cost(cost_eur, DEFAULT_FUNDING)

    assert sum(shares.values()) == cost_eur
    assert abs(shares["eu"] - 0.85 * cost_eur) < 1


def test_units_take_the_cheapest_sizes_with_that_sum() -> None:
    sizes = (Size(8, 80), Size(13, 100), Size(16, 200))

    assert unit_sizes(sizes, new(26, units=2)) == (Size(13, 100), Size(13, 100))
    assert unit_sizes(sizes, new(24, units=2)) == (Size(16, 200), Size(8, 80))
    assert unit_sizes(sizes, new(9)) == ()

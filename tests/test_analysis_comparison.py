"""Two plans side by side: who gains, who loses, and what it costs."""

from __future__ import annotations

from dataclasses import replace

from planner.analysis.comparison import Turn, compare
from tests.towns import (
    CARE,
    DAY_CARE,
    GROUP_HOME,
    HOME,
    SMALL,
    drawn,
    existing,
    new,
    overfull,
    town,
    two_villages,
)

NORTH, SOUTH = (CARE, "north"), (CARE, "south")


def test_moving_the_only_centre_helps_one_village_and_hurts_the_other() -> None:
    problem = two_villages()
    at_north = drawn(
        problem, {NORTH: new(20)}, {(CARE, "north", "north"): 10, (CARE, "south", "north"): 4}
    )
    at_south = drawn(
        problem, {SOUTH: new(20)}, {(CARE, "north", "south"): 10, (CARE, "south", "south"): 4}
    )

    found = compare(problem, at_north, problem, at_south)

    north, south = found.rows
    assert (north.municipality, north.turn.losing, north.turn.gaining) == ("north", 10, 0)
    assert (south.municipality, south.turn.losing, south.turn.gaining) == ("south", 0, 4)
    assert (north.before.mean_minutes, north.after.mean_minutes) == (3.0, 20.0)
    assert (north.cost_eur, south.cost_eur) == (-180_000, 180_000)
    assert found.total().turn == Turn(shorter=4, longer=10)
    assert found.total().cost_eur == 0


def test_two_persons_who_change_places_neither_gain_nor_lose() -> None:
    problem = two_villages()
    open_both = {NORTH: new(10), SOUTH: new(10)}
    own = {(CARE, "north", "north"): 8, (CARE, "south", "south"): 4, (CARE, "north", "south"): 2}
    one_more = {**own, (CARE, "north", "north"): 9, (CARE, "north", "south"): 1}

    same = compare(problem, drawn(problem, open_both, own), problem, drawn(problem, open_both, own))
    nearer = compare(
        problem, drawn(problem, open_both, own), problem, drawn(problem, open_both, one_more)
    )

    assert same.total().turn == Turn(unchanged=14)
    assert nearer.turns[CARE, "north"] == Turn(shorter=1, unchanged=9)


def test_who_is_served_at_last_and_who_no_more_is_counted_apart() -> None:
    problem = overfull()
    opened = {(CARE, "town"): existing(10)}
    town_only = drawn(problem, opened, {(CARE, "town", "town"): 10})
    village_too = drawn(problem, opened, {(CARE, "town", "town"): 7, (CARE, "village", "town"): 3})

    found = compare(problem, town_only, problem, village_too)

    assert found.turns[CARE, "town"] == Turn(no_longer_served=3, unchanged=7)
    assert found.turns[CARE, "village"] == Turn(newly_served=3)
    total = found.total()
    assert (total.turn.gaining, total.turn.losing) == (3, 3)
    assert (total.served_before, total.served_after) == (10, 10)


def test_shares_within_the_standard_make_the_plain_sentence() -> None:
    problem = overfull()
    opened = {(CARE, "town"): existing(10)}
    before = drawn(problem, opened, {(CARE, "town", "town"): 5})
    after = drawn(problem, opened, {(CARE, "town", "town"): 10})

    found = {m.municipality: m for m in compare(problem, before, problem, after).municipalities}

    assert (found["town"].share_before, found["town"].share_after) == (0.5, 1.0)
    assert (found["village"].share_before, found["village"].share_after) == (0.0, 0.0)
    assert found["village"].reach_after == 4


def test_homes_stand_apart_from_services_that_people_travel_to() -> None:
    problem = town(
        {"a": {"a": 3.0, "b": 40.0}},
        {(CARE, "a"): 5, (HOME, "a"): 6},
        services=(DAY_CARE, GROUP_HOME),
        build={(CARE, "a"): (SMALL,), (HOME, "b"): (SMALL,)},
    )
    nothing = drawn(problem, {}, {})
    both = drawn(
        problem,
        {(CARE, "a"): new(10), (HOME, "b"): new(10)},
        {(CARE, "a", "a"): 5, (HOME, "a", "b"): 6},
    )

    found = compare(problem, nothing, problem, both)

    assert found.total().turn == Turn(newly_served=5)
    assert found.total(homes=True).turn == Turn(newly_served=6)
    assert {m.municipality for m in found.homes} == {"a", "b"}


def test_a_service_that_only_one_plan_knows_is_compared_with_nothing() -> None:
    problem = two_villages()
    plan = drawn(problem, {}, {})
    other = replace(problem, services={}, persons={}, sizes={})

    found = compare(other, drawn(other, {}, {}), problem, plan)

    assert [row.before.need for row in found.rows] == [0, 0]
    assert found.total().share_before is None

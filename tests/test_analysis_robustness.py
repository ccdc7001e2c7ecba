"""How a plan holds when needs, roads or unknown places are not as assumed."""

from __future__ import annotations

from dataclasses import replace

from planner.analysis.robustness import (
    more_need,
    slower_roads,
    try_out,
    unknown_places,
    with_sites_of,
)
from planner.facility_location import solve
from planner.verification import require_sound
from tests.towns import CARE, drawn, existing, new, overfull, two_villages


def test_more_need_fills_the_centre_and_leaves_the_rest() -> None:
    problem = two_villages()
    plan = solve(problem)

    found = try_out(problem, plan, [more_need(0), more_need(50)])

    # 20 places in the north; 15 and 6 persons instead of 10 and 4
    assert (found["need +0 %"][CARE].served, found["need +0 %"][CARE].unserved) == (14, 0)
    assert (found["need +50 %"][CARE].served, found["need +50 %"][CARE].unserved) == (20, 1)


def test_slower_roads_push_people_beyond_the_standard_and_the_limit() -> None:
    problem = two_villages()
    plan = solve(problem)

    found = try_out(problem, plan, [slower_roads(100), slower_roads(201)])

    assert found["minutes +100 %"][CARE].within_standard == 10  # the south travels 40 minutes
    assert found["minutes +201 %"][CARE].unserved == 4  # and 60.2 are beyond the limit of 60


def test_unknown_places_are_tried_small_and_large() -> None:
    problem = overfull()
    site = (CARE, "town")
    unknown = replace(problem, existing={site: replace(problem.existing[site], places_known=False)})
    plan = drawn(unknown, {site: existing(10)}, {(CARE, "town", "town"): 10})
    trials = [unknown_places({CARE: 8}, name="small"), unknown_places({CARE: 15}, name="large")]

    found = try_out(unknown, plan, trials)
    known = try_out(problem, plan, trials)

    assert (found["small"][CARE].served, found["large"][CARE].served) == (8, 14)
    assert (known["small"][CARE].served, known["large"][CARE].served) == (10, 10)


def test_the_sites_of_a_plan_stay_as_they_are() -> None:
    problem = two_villages()
    plan = drawn(problem, {(CARE, "south"): new(10)}, {(CARE, "south", "south"): 4})

    fixed = with_sites_of(problem, plan)
    again = solve(fixed)

    require_sound(fixed, again)
    assert again.opened == {(CARE, "south"): existing(10)}
    assert sum(again.unserved.values()) == 4

"""What each new or enlarged site is there for, told in persons and minutes."""

from __future__ import annotations

from planner.analysis.purposes import Alternative, why_open
from planner.domain import Size
from tests.towns import CARE, drawn, enlarged, existing, new, overfull, standing, town


def test_a_new_site_is_there_for_whom_nobody_else_could_take() -> None:
    problem = town(
        {
            "town": {"town": 3.0, "village": 25.0, "inn": 20.0},
            "village": {"town": 25.0, "village": 3.0, "inn": 6.0},
            "farm": {"village": 40.0, "inn": 29.0},
        },
        {"town": 8, "village": 5, "farm": 1},
        existing={(CARE, "town"): standing(10)},
        build=("village", "inn"),
    )
    plan = drawn(
        problem,
        {(CARE, "town"): existing(10), (CARE, "village"): new(10)},
        {
            (CARE, "town", "town"): 8,
            (CARE, "village", "village"): 5,
            (CARE, "farm", "village"): 1,
        },
    )

    (purpose,) = why_open(problem, plan).values()

    assert (purpose.persons, purpose.points, purpose.within_standard) == (6, 2, 5)
    # the town has two free places, so that four of the six would be left, the farmer too
    assert purpose.without == 4
    assert purpose.minutes == (5 * 3 + 40) / 6
    assert (purpose.persons_elsewhere, purpose.minutes_elsewhere) == (5, 25.0)
    assert purpose.alternatives == (Alternative("inn", 6, (5 * 6 + 29) / 6),)


def test_an_enlarged_site_is_there_for_whom_its_old_places_were_too_few() -> None:
    problem = overfull(existing={(CARE, "town"): standing(10, larger=(Size(15, 40_000),))})
    plan = drawn(
        problem,
        {(CARE, "town"): enlarged(15)},
        {(CARE, "town", "town"): 10, (CARE, "village", "town"): 4},
    )

    purpose = why_open(problem, plan)[CARE, "town"]

    assert (purpose.persons, purpose.without) == (14, 4)
    assert (purpose.persons_elsewhere, purpose.minutes_elsewhere) == (0, None)


def test_what_stays_as_it_is_needs_no_purpose() -> None:
    problem = overfull()

    assert why_open(problem, drawn(problem, {(CARE, "town"): existing(10)}, {})) == {}

"""Figures of a plan, counted by hand in little towns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.analysis.indicators import (
    group_figures,
    municipality_figures,
    percentile_minutes,
    persons_in_reach,
    service_figures,
)
from planner.domain import Plan, Problem, Reason, Size
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
    overfull,
    standing,
    town,
    two_villages,
)


def valley() -> tuple[Problem, Plan]:
    """A full old centre in the head, a new one in the foot, a far farm and a hermit."""
    problem = town(
        {
            "head": {"head": 3.0, "foot": 25.0},
            "foot": {"head": 25.0, "foot": 3.0},
            "farm": {"head": 50.0, "foot": 40.0},
            "hermit": {},
        },
        {"head": 12, "foot": 6, "farm": 4, "hermit": 1},
        build=("foot",),
        existing={(CARE, "head"): standing(10, larger=(Size(12, 8_000, 900),))},
        municipalities={"head": "upper", "foot": "lower", "farm": "lower", "hermit": "upper"},
    )
    plan = drawn(
        problem,
        {(CARE, "head"): existing(10), (CARE, "foot"): new(10)},
        {
            (CARE, "head", "head"): 10,
            (CARE, "head", "foot"): 1,
            (CARE, "foot", "foot"): 6,
            (CARE, "farm", "foot"): 3,
        },
    )
    reasons = {(CARE, i): {Reason.NO_PLACES: 1} for i in ("head", "farm")}
    alone = {(CARE, "hermit"): {Reason.NO_SITE_WITHIN_LIMIT: 1}}
    return problem, replace(plan, reasons={**reasons, **alone})


def test_a_service_is_counted_person_by_person() -> None:
    figures = service_figures(*valley())[CARE]

    assert (figures.need, figures.served, figures.unserved) == (23, 20, 3)
    assert figures.reach == 18  # head and foot have a site within 30 minutes, the farm has not
    assert figures.within_standard == 17  # three from the farm travel 40 minutes
    assert (figures.sites_existing, figures.sites_kept, figures.sites_new) == (1, 1, 1)
    assert (figures.places, figures.cost_eur, figures.running_eur) == (20, 100_000, 10_000)
    # 16 persons travel 3 minutes, one 25, three 40
    assert figures.mean_minutes == pytest.approx((16 * 3 + 25 + 3 * 40) / 20)
    assert figures.p90_minutes == 40.0
    assert figures.served_within == {15: 16, 30: 17, 45: 20, 60: 20, 90: 20}
    assert (figures.worst_municipality, figures.worst_share) == ("lower", 6 / 10)
    assert figures.reasons == {Reason.NO_SITE_WITHIN_LIMIT: 1, Reason.NO_PLACES: 2}


def test_partners_outside_the_totals_are_served_and_not_counted() -> None:
    problem, plan = valley()
    apart = replace(problem, outside=frozenset({"lower"}))

    figures = service_figures(apart, plan)[CARE]

    assert (figures.need, figures.served, figures.unserved) == (13, 11, 2)
    assert (figures.reach, figures.within_standard) == (12, 11)
    assert (figures.sites_existing, figures.sites_kept, figures.sites_new) == (1, 1, 0)
    assert (figures.places, figures.cost_eur) == (10, 0)
    # ten travel 3 minutes, one 25 to the foot, whose site is used all the same
    assert figures.mean_minutes == pytest.approx((10 * 3 + 25) / 11)
    assert figures.worst_municipality == "upper"
    assert figures.reasons == {Reason.NO_SITE_WITHIN_LIMIT: 1, Reason.NO_PLACES: 1}
    assert municipality_figures(apart, plan) == municipality_figures(problem, plan)


def test_what_grows_is_told_apart_from_what_is_new_and_what_stays() -> None:
    problem, _ = valley()
    plan = drawn(problem, {(CARE, "head"): enlarged(12)}, {(CARE, "head", "head"): 12})

    figures = service_figures(problem, plan)[CARE]

    assert (figures.sites_kept, figures.sites_enlarged, figures.sites_new) == (0, 1, 0)
    assert (figures.cost_eur, figures.running_eur, figures.places) == (8_000, 900, 12)


def test_reach_ignores_places_but_not_agreements() -> None:
    problem = overfull()
    apart = overfull(agreements=frozenset())
    nobody = {(CARE, "town"): existing(10)}

    assert persons_in_reach(problem, drawn(problem, nobody, {}), CARE) == {
        "town": 10,
        "village": 4,
    }
    assert persons_in_reach(apart, drawn(apart, nobody, {}), CARE) == {"town": 10}


def test_without_anyone_served_there_is_no_mean() -> None:
    problem = overfull()

    figures = service_figures(problem, drawn(problem, {(CARE, "town"): existing(10)}, {}))[CARE]

    assert figures.mean_minutes is None
    assert figures.p90_minutes is None
    assert figures.served_within[90] == 0
    assert figures.worst_share == 0.0


def test_a_municipality_counts_its_people_wherever_they_go_and_its_own_sites() -> None:
    figures = municipality_figures(*valley())

    upper, lower = figures["upper", CARE], figures["lower", CARE]
    assert (upper.need, upper.served, upper.unserved) == (13, 11, 2)
    assert (upper.reach, upper.within_standard) == (12, 11)
    assert upper.mean_minutes == pytest.approx((10 * 3 + 25) / 11)
    assert (upper.sites, upper.places, upper.cost_eur) == (1, 10, 0)
    assert (lower.need, lower.served, lower.unserved) == (10, 9, 1)
    assert (lower.reach, lower.within_standard) == (6, 6)
    assert (lower.sites, lower.sites_new, lower.places, lower.cost_eur) == (1, 1, 10, 100_000)


def test_only_who_passes_free_places_by_more_than_fifteen_minutes_is_sent_past() -> None:
    problem = two_villages(build={(CARE, "north"): (LARGE,), (CARE, "south"): (SMALL,)})
    opened = {(CARE, "north"): new(20), (CARE, "south"): new(10)}
    past_free = drawn(
        problem,
        opened,
        {(CARE, "north", "north"): 7, (CARE, "north", "south"): 3, (CARE, "south", "south"): 4},
    )
    within_fifteen = replace(problem, minutes=problem.minutes.clip(max=18.0))

    assert service_figures(problem, past_free)[CARE].sent_past == 3
    assert service_figures(within_fifteen, past_free)[CARE].sent_past == 0


def test_who_passes_a_full_site_is_not_sent_past_it() -> None:
    problem = two_villages()
    full_north = {**problem.persons, (CARE, "north"): 13}
    problem = replace(problem, persons=full_north)

    plan = drawn(
        problem,
        {(CARE, "north"): new(10), (CARE, "south"): new(10)},
        {(CARE, "north", "north"): 10, (CARE, "north", "south"): 3, (CARE, "south", "south"): 4},
    )

    assert service_figures(problem, plan)[CARE].sent_past == 0


def test_homes_are_never_mixed_into_averages_of_trips() -> None:
    problem = town(
        {"a": {"a": 3.0, "b": 40.0}},
        {(CARE, "a"): 5, (HOME, "a"): 6},
        services=(DAY_CARE, GROUP_HOME),
        build={(CARE, "a"): (SMALL,), (HOME, "b"): (SMALL,)},
    )
    plan = drawn(
        problem,
        {(CARE, "a"): new(10), (HOME, "b"): new(10)},
        {(CARE, "a", "a"): 5, (HOME, "a", "b"): 6},
    )

    figures = group_figures(problem, plan, {CARE: "adults", HOME: "adults"})

    assert figures["adults", False].mean_minutes == 3.0
    assert figures["adults", True].mean_minutes == 40.0
    assert figures["adults", True].within_standard == 0


def test_the_percentile_is_the_minutes_of_the_person_at_that_rank() -> None:
    trips = [(3_000, 8), (30_000, 1), (45_500, 1)]

    assert percentile_minutes(trips, 80) == 3.0
    assert percentile_minutes(trips, 90) == 30.0
    assert percentile_minutes(trips, 91) == 45.5
    assert percentile_minutes([], 90) is None

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.roads.components import islands
from planner.roads.isochrones import travel_bands
from planner.roads.snap_report import Trouble, snap_report
from planner.roads.travel_times import travel_times
from planner.roads.trips import trip_path
from tests.roads_towns import (
    both_ways,
    island,
    network_of,
    point,
    points_at,
    random_network,
    river_town,
    site,
    sites_at,
    two_villages,
)


def test_a_good_network_has_nothing_to_report() -> None:
    roads = river_town()

    report = snap_report(roads, points_at(roads, [0, 1, 2, 3]))

    assert report.troubles == ()
    assert report.places == 4
    assert report.persons_cut_off == 0


def test_far_places_are_told_with_metres_but_are_not_cut_off() -> None:
    roads = two_villages()

    report = snap_report(roads, [point(56.02, 27.05, "Mežs")], persons={"Mežs": 12})

    (trouble,) = report.troubles
    assert trouble.trouble is Trouble.FAR
    assert trouble.gap_m == pytest.approx(2223.9, abs=0.5)
    assert trouble.persons == 12
    assert report.persons_cut_off == 0


def test_a_place_without_a_road_is_cut_off() -> None:
    report = snap_report(two_villages(), [point(57.0, 27.05, "Purvs")], persons={"Purvs": 3})

    (trouble,) = report.troubles
    assert trouble.trouble is Trouble.NO_ROAD
    assert trouble.gap_m == np.inf
    assert report.persons_cut_off == 3


def test_the_smaller_part_is_the_island_and_is_told_by_name() -> None:
    roads = network_of(
        [(56.0, 27.0), (56.0, 27.1), (56.0, 27.2), (56.5, 27.0), (56.5, 27.1)],
        both_ways((0, 1, 6_000), (1, 2, 6_000), (3, 4, 6_000)),
    )

    report = snap_report(
        roads, points_at(roads, [0, 2, 3, 4]), persons={"p0": 100, "p3": 5, "p4": 9}
    )

    assert [(t.id, t.trouble, t.persons) for t in report.troubles] == [
        ("p4", Trouble.ISLAND, 9),
        ("p3", Trouble.ISLAND, 5),
    ]
    assert report.persons_cut_off == 14


def test_one_way_traps_are_told_both_ways_round() -> None:
    # 0-1-2 is the town; 3 can only be reached (from 1), 4 can only be left (to 2).
    roads = network_of(
        [(56.0, 27.0), (56.0, 27.1), (56.0, 27.2), (56.1, 27.1), (56.1, 27.2)],
        [*both_ways((0, 1, 6_000), (1, 2, 6_000)), (1, 3, 11_000), (4, 2, 11_000)],
    )

    report = snap_report(roads, points_at(roads, [0, 1, 2, 3, 4]))

    assert {t.id: t.trouble for t in report.troubles} == {
        "p3": Trouble.NO_WAY_BACK,
        "p4": Trouble.NO_WAY_IN,
    }


def test_islands_are_numbered_by_size() -> None:
    roads = network_of(
        [(56.0, 27.0), (56.0, 27.1), (56.5, 27.0), (56.5, 27.1), (56.5, 27.2)],
        both_ways((0, 1, 1_000), (2, 3, 1_000), (3, 4, 1_000)),
    )

    assert islands(roads).tolist() == [1, 1, 0, 0, 0]


def test_a_trip_says_where_its_minutes_go() -> None:
    roads = network_of(
        [(56.0, 27.0), (56.0, 27.1), (56.0, 27.15)],
        both_ways((0, 1, 10_000), (1, 2, 5_000)),
        classes={1: "gravel", 3: "gravel"},
        profile=type(two_villages().profile)(
            id="t", name="t", class_kmh={"road": 60.0, "gravel": 30.0}, built_up_kmh={}
        ),
    )

    trip = trip_path(roads, point(56.0, 27.0), site(56.0, 27.15))

    assert trip is not None
    assert trip.minutes == pytest.approx(20.0)
    assert trip.length_m == pytest.approx(15_000)
    assert dict(trip.minutes_by_class) == pytest.approx({"road": 10.0, "gravel": 10.0})
    assert trip.lon.tolist() == [27.0, 27.0, 27.1, 27.15, 27.15]


def test_a_trip_that_cannot_be_made_is_none() -> None:
    roads = island()

    assert trip_path(roads, points_at(roads, [0])[0], sites_at(roads, [2])[0]) is None


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_a_trip_takes_as_long_as_the_matrix_says(seed: int) -> None:
    roads = random_network(seed, nodes=15, arcs=30)
    random = np.random.default_rng(seed)
    here, there = (
        point(*(float(x) for x in (random.uniform(56, 57), random.uniform(24, 26))))
        for _ in range(2)
    )
    goal = site(there.lat, there.lon)

    trip = trip_path(roads, here, goal, snap_limit_m=1e5)
    times = travel_times(roads, [here], [goal], cutoff_minutes=1e7, snap_limit_m=1e5)

    expected = times.minutes[0, 0]
    assert (trip.minutes if trip else np.inf) == expected
    if trip:
        assert sum(trip.minutes_by_class.values()) == pytest.approx(expected)
        assert (trip.lat[0], trip.lon[0]) == (here.lat, here.lon)
        assert (trip.lat[-1], trip.lon[-1]) == (there.lat, there.lon)


def test_bands_hold_what_is_within_their_minutes_and_no_more() -> None:
    roads = two_villages()
    # A kilometre of this road is 0.62 of a real one, so ten minutes end at node 1.
    near, far = travel_bands(roads, sites_at(roads, [0])[0], [10.0, 5.0])

    assert [near.minutes, far.minutes] == [5.0, 10.0]
    assert near.outline.is_valid
    assert near.outline.covers(shapely.Point(27.03, 56.0))
    assert not near.outline.intersects(shapely.Point(27.08, 56.0))
    assert far.outline.covers(shapely.Point(27.08, 56.0))
    assert not far.outline.intersects(shapely.Point(27.14, 56.0))
    assert far.outline.covers(near.outline.representative_point())


def test_bands_look_at_the_way_to_the_site_unless_told_otherwise() -> None:
    roads = river_town()
    at_0 = sites_at(roads, [0])[0]
    at_3 = shapely.Point(27.0, 56.1)

    (to_site,) = travel_bands(roads, at_0, [12.0])
    (from_site,) = travel_bands(roads, at_0, [12.0], from_site=True)

    assert to_site.outline.buffer(0.005).covers(at_3)
    assert not from_site.outline.covers(at_3)


def test_a_site_without_a_road_has_empty_bands() -> None:
    (band,) = travel_bands(two_villages(), site(57.0, 27.0), [30.0])

    assert band.outline.is_empty


@pytest.mark.parametrize("limits", [[], [0.0], [-5.0, 10.0]])
def test_bands_need_minutes_above_zero(limits: list[float]) -> None:
    with pytest.raises(InputError):
        travel_bands(two_villages(), site(56.0, 27.0), limits)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.roads.elimination import FAR, Graph, contract
from planner.roads.search import distances
from planner.roads.travel_times import travel_times
from tests.roads_towns import (
    PROFILE,
    island,
    minutes_by_networkx,
    network_of,
    point,
    points_at,
    random_network,
    river_town,
    site,
    sites_at,
    two_villages,
)


def test_a_kilometre_at_sixty_takes_a_minute() -> None:
    roads = two_villages()

    found = travel_times(roads, points_at(roads, [0, 1]), sites_at(roads, [2]), cutoff_minutes=60)

    assert found.minutes.tolist() == [[15.0], [5.0]]


def test_a_trip_longer_than_the_cutoff_is_out_of_reach() -> None:
    roads = two_villages()

    found = travel_times(roads, points_at(roads, [0, 1]), sites_at(roads, [2]), cutoff_minutes=14.9)

    assert found.minutes.tolist() == [[np.inf], [5.0]]


def test_a_trip_of_just_the_cutoff_is_within_it() -> None:
    roads = two_villages()

    found = travel_times(roads, points_at(roads, [0]), sites_at(roads, [2]), cutoff_minutes=15.0)

    assert found.minutes.tolist() == [[15.0]]


def test_the_one_way_bridge_makes_there_longer_than_back() -> None:
    roads = river_town()
    here, there = points_at(roads, [0]), sites_at(roads, [3])

    to_site = travel_times(roads, here, there, cutoff_minutes=60)
    from_site = travel_times(roads, here, there, cutoff_minutes=60, from_sites=True)

    assert to_site.minutes[0, 0] == pytest.approx(23.0, abs=1e-9)
    assert from_site.minutes[0, 0] == pytest.approx(11.0, abs=1e-9)


def test_an_island_is_out_of_reach() -> None:
    roads = island()

    found = travel_times(roads, points_at(roads, [0]), sites_at(roads, [2, 1]), cutoff_minutes=600)

    assert found.minutes.tolist() == [[np.inf, 6.0]]


def test_a_place_joins_the_middle_of_an_edge_and_drives_the_gap() -> None:
    roads = two_villages()
    # A quarter of the way from node 0 to node 1, 0.001 degrees (111.2 m) north of the road.
    here = point(56.001, 27.025)

    found = travel_times(roads, [here], sites_at(roads, [0, 1]), cutoff_minutes=60)

    gap = 111.1949 * 1.3 / 40 * 0.06
    assert found.snap_m_points[0] == pytest.approx(111.1949, abs=0.01)
    assert found.minutes[0] == pytest.approx([2.5 + gap, 7.5 + gap], abs=1e-4)


def test_two_places_on_one_edge_need_not_drive_round_by_its_ends() -> None:
    roads = two_villages()

    found = travel_times(roads, [point(56.0, 27.02)], [site(56.0, 27.06)], cutoff_minutes=60)

    assert found.minutes[0, 0] == pytest.approx(4.0, abs=1e-6)


def test_a_one_way_edge_is_not_driven_backwards_between_two_places_on_it() -> None:
    roads = network_of([(56.0, 27.0), (56.0, 27.1)], [(0, 1, 10_000)])
    west, east = point(56.0, 27.02), point(56.0, 27.08)

    found = travel_times(
        roads, [west, east], [site(west.lat, west.lon), site(east.lat, east.lon)], cutoff_minutes=60
    )

    assert found.minutes[0, 1] == pytest.approx(6.0, abs=1e-6)
    assert found.minutes[1, 0] == np.inf


def test_the_same_place_is_no_minutes_away_even_off_the_road() -> None:
    roads = two_villages()

    found = travel_times(roads, [point(56.01, 27.05)], [site(56.01, 27.05)], cutoff_minutes=60)

    assert found.minutes.tolist() == [[0.0]]


def test_a_place_beyond_the_snap_limit_is_out_of_reach_and_told_as_such() -> None:
    roads = two_villages()

    found = travel_times(
        roads, [point(56.2, 27.0)], sites_at(roads, [0]), cutoff_minutes=600, snap_limit_m=5000
    )

    assert found.minutes.tolist() == [[np.inf]]
    assert found.snap_m_points.tolist() == [np.inf]


def test_nobody_joins_a_motorway_from_a_yard() -> None:
    profile = type(PROFILE)(**{**PROFILE.__dict__, "no_access": ("motorway",)})
    roads = network_of(
        [(56.0, 27.0), (56.0, 27.1), (56.01, 27.0), (56.01, 27.1)],
        [(0, 1, 6_000), (2, 3, 6_000)],
        profile=profile,
        classes={0: "motorway"},
    )

    found = travel_times(roads, [point(56.001, 27.05)], sites_at(roads, [3]), cutoff_minutes=60)

    assert found.snap_m_points[0] == pytest.approx(1000.75, abs=1)


def test_no_points_and_no_sites_give_an_empty_matrix() -> None:
    roads = two_villages()

    assert travel_times(roads, [], [], cutoff_minutes=60).minutes.shape == (0, 0)
    assert travel_times(roads, points_at(roads, [0]), [], cutoff_minutes=60).minutes.shape == (1, 0)


def test_coordinates_that_are_no_degrees_are_all_named() -> None:
    roads = two_villages()

    with pytest.raises(InputError) as error:
        travel_times(
            roads,
            [point(float("nan"), 27.0, "Ozoli"), point(6300000.0, 600000.0, "Kalni")],
            [],
            cutoff_minutes=60,
        )

    assert [fault.fields["name"] for fault in error.value.faults] == ["Ozoli", "Kalni"]


@pytest.mark.parametrize("cutoff", [0.0, -1.0, float("nan")])
def test_a_cutoff_must_be_a_number_above_zero(cutoff: float) -> None:
    with pytest.raises(InputError):
        travel_times(two_villages(), [], [], cutoff_minutes=cutoff)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 40), density=st.floats(0.5, 3.0))
def test_every_time_is_that_of_networkx(seed: int, nodes: int, density: float) -> None:
    roads = random_network(seed, nodes=nodes, arcs=int(nodes * density) + 1)
    connected = np.unique(np.concatenate((roads.tail, roads.head))).tolist()
    starts, ends = connected[::2], connected[::3]

    found = {
        contracted: travel_times(
            roads,
            points_at(roads, starts),
            sites_at(roads, ends),
            cutoff_minutes=1e6,
            contracted=contracted,
        ).minutes
        for contracted in (True, False)
    }

    assert (found[True] == found[False]).all()
    expected = minutes_by_networkx(roads, starts, ends)
    assert np.allclose(found[True], expected, rtol=0, atol=1e-6)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), cutoff=st.floats(1.0, 40.0))
def test_the_cutoff_only_takes_away_what_is_longer(seed: int, cutoff: float) -> None:
    roads = random_network(seed, nodes=25, arcs=40)
    nodes = np.unique(np.concatenate((roads.tail, roads.head))).tolist()
    points, sites = points_at(roads, nodes[:9]), sites_at(roads, nodes)

    whole = travel_times(roads, points, sites, cutoff_minutes=1e6).minutes
    short = travel_times(roads, points, sites, cutoff_minutes=cutoff).minutes
    back = travel_times(roads, points, sites, cutoff_minutes=cutoff, from_sites=True).minutes

    assert (short == np.where(whole <= cutoff, whole, np.inf)).all()
    transposed = travel_times(
        roads, points_at(roads, nodes), sites_at(roads, nodes[:9]), cutoff_minutes=cutoff
    )
    assert (back == transposed.minutes.T).all()


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), most=st.integers(0, 12), kept=st.floats(0.05, 0.9))
def test_contraction_keeps_every_distance_between_kept_nodes(
    seed: int, most: int, kept: float
) -> None:
    random = np.random.default_rng(seed)
    tail, head = random.integers(0, 60, (2, 150)).astype(np.int32)
    graph = Graph(60, tail, head, random.integers(0, 100, 150))
    keep = random.random(60) < kept
    stay = np.flatnonzero(keep).astype(np.int32)

    smaller, number = contract(graph, keep, most_neighbours=most)

    assert (number[stay] >= 0).all()
    before = distances(graph, stay, stay, contracted=False)
    after = distances(smaller, number[stay], number[stay], contracted=False)
    assert (before == after).all()


def test_the_number_of_threads_changes_nothing() -> None:
    roads = random_network(5, nodes=80, arcs=200)
    nodes = np.unique(np.concatenate((roads.tail, roads.head))).tolist()

    one, three = (
        travel_times(
            roads, points_at(roads, nodes), sites_at(roads, nodes), cutoff_minutes=90, threads=k
        ).minutes
        for k in (1, 3)
    )

    assert (one == three).all()


def test_a_chain_and_its_dead_ends_vanish_in_contraction() -> None:
    # 0 - 1 - 2 - 3 with a dead end 4 at 2; only 0 and 3 are kept.
    tail = np.array([0, 1, 1, 2, 2, 3, 2, 4], dtype=np.int32)
    head = np.array([1, 0, 2, 1, 3, 2, 4, 2], dtype=np.int32)
    weight = np.array([1, 1, 2, 2, 4, 4, 8, 8], dtype=np.int64)

    smaller, number = contract(
        Graph(5, tail, head, weight),
        np.array([True, False, False, True, False]),
        most_neighbours=3,
    )

    assert smaller.nodes == 2
    assert number.tolist() == [0, -1, -1, 1, -1]
    assert sorted(
        zip(smaller.tail.tolist(), smaller.head.tolist(), smaller.weight.tolist(), strict=True)
    ) == [
        (0, 1, 7),
        (1, 0, 7),
    ]


def test_no_way_is_far_and_not_a_big_number() -> None:
    graph = Graph(2, np.array([0], dtype=np.int32), np.array([1], dtype=np.int32), np.array([5]))
    ends = np.array([0, 1], dtype=np.int32)

    assert distances(graph, ends, ends).tolist() == [[0, 5], [FAR, 0]]


def test_networkx_itself_is_asked_in_minutes() -> None:
    # Guards the helper that the property tests rest on.
    roads = two_villages()

    assert minutes_by_networkx(roads, [0], [2])[0, 0] == pytest.approx(15.0)

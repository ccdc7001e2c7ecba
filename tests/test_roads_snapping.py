from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.roads.earth import M_PER_DEGREE
from planner.roads.snapping import join, snap
from tests.roads_towns import PROFILE, both_ways, network_of, random_network, two_villages


def gap_by_looking_at_every_edge(roads, lat: float, lon: float) -> float:  # type: ignore[no-untyped-def]
    shrink = np.cos(np.radians(lat))
    x = (roads.node_lon - lon) * shrink * M_PER_DEGREE
    y = (roads.node_lat - lat) * M_PER_DEGREE
    best = np.inf
    for a, b in zip(roads.tail, roads.head, strict=True):
        dx, dy = x[b] - x[a], y[b] - y[a]
        square = dx * dx + dy * dy
        share = 0.0 if square == 0 else min(1.0, max(0.0, -(x[a] * dx + y[a] * dy) / square))
        best = min(best, float(np.hypot(x[a] + share * dx, y[a] + share * dy)))
    return best


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    lat=st.floats(55.8, 57.2),
    lon=st.floats(23.8, 26.2),
    limit_m=st.sampled_from([500.0, 5_000.0, 50_000.0]),
)
def test_the_nearest_road_is_found(seed: int, lat: float, lon: float, limit_m: float) -> None:
    roads = random_network(seed, nodes=12, arcs=14)

    found = snap(roads, np.array([lat]), np.array([lon]), limit_m=limit_m)

    gap = gap_by_looking_at_every_edge(roads, lat, lon)
    if gap <= limit_m:
        assert found.gap_m[0] == pytest.approx(gap, abs=1e-6)
        assert found.edge[0] >= 0
    else:
        assert found.gap_m[0] == np.inf
        assert found.edge[0] == -1


def test_a_cut_edge_takes_as_long_as_before_in_both_directions() -> None:
    roads = two_villages()
    lon = np.array([27.013, 27.07, 27.07, 27.031])

    joined = join(roads, np.full(4, 56.0), lon, limit_m=100)

    assert joined.nodes[1] == joined.nodes[2]
    of_edge = [int(joined.graph.weight[joined.edge == edge].sum()) for edge in range(4)]
    assert of_edge == roads.nanoseconds.tolist()
    assert (joined.edge == 0).sum() == 4


def test_the_graph_of_places_has_their_coordinates() -> None:
    joined = join(two_villages(), np.array([56.001]), np.array([27.05]), limit_m=1000)

    place = int(joined.nodes[0])
    assert (joined.lat[place], joined.lon[place]) == (56.001, 27.05)
    assert joined.lon[-1] == pytest.approx(27.05)
    assert joined.lat[-1] == pytest.approx(56.0)


def test_where_nothing_may_be_joined_every_place_is_far() -> None:
    profile = dataclasses.replace(PROFILE, no_access=("road",))
    roads = network_of([(56.0, 27.0), (56.0, 27.1)], both_ways((0, 1, 1000)), profile=profile)

    found = snap(roads, np.array([56.0]), np.array([27.0]), limit_m=1e5)

    assert found.gap_m.tolist() == [np.inf]


def test_an_edge_without_length_can_be_joined() -> None:
    roads = network_of([(56.0, 27.0), (56.0, 27.0)], both_ways((0, 1, 0)))

    found = snap(roads, np.array([56.001]), np.array([27.0]), limit_m=1000)

    assert found.gap_m[0] == pytest.approx(111.195, abs=0.01)

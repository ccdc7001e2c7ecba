"""On graphs that osmnx made of real data, every time equals networkx's."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest

from planner.domain import Source
from planner.roads.network import RoadNetwork
from planner.roads.osm_files import import_osm
from planner.roads.overpass import FetchTerms, _Guard, _osmnx_settings, network_from_graph
from planner.roads.snap_report import snap_report
from planner.roads.travel_times import travel_times
from tests.roads_osm_town import write_town
from tests.roads_overpass_server import overpass_server
from tests.roads_towns import PROFILE, SOURCE, minutes_by_networkx, points_at, sites_at

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference"


def reference(name: str) -> Path:
    if not (REFERENCE / name).exists():
        pytest.skip("the reference data is not here")
    return REFERENCE / name


def osmnx_graph(
    file: Path, bounds: tuple[float, float, float, float], *, simplify: bool
) -> nx.MultiDiGraph:
    """Return osmnx's own drive graph of an extract, with osmnx's speeds."""
    with overpass_server(file) as server:
        terms = FetchTerms(overpass_url=f"{server.url}/api")
        with _osmnx_settings(terms, _Guard(terms), cache=None):
            graph = osmnx.graph_from_bbox(
                bounds, network_type="drive", simplify=simplify, retain_all=True
            )
    return osmnx.add_edge_travel_times(osmnx.add_edge_speeds(graph, fallback=50))


def network_with_osmnx_times(graph: nx.MultiDiGraph) -> tuple[RoadNetwork, list[int]]:
    """Return the same graph as a network that takes as long on every edge, and its node ids."""
    ids = list(graph.nodes)
    number = {node: place for place, node in enumerate(ids)}
    edges = list(graph.edges(data=True))
    length_m = np.array([told["length"] for _, _, told in edges])
    seconds = np.array([told["travel_time"] for _, _, told in edges])
    count = len(edges)
    network = RoadNetwork(
        node_lat=np.array([graph.nodes[node]["y"] for node in ids]),
        node_lon=np.array([graph.nodes[node]["x"] for node in ids]),
        tail=np.array([number[a] for a, _, _ in edges], dtype=np.int32),
        head=np.array([number[b] for _, b, _ in edges], dtype=np.int32),
        length_m=length_m,
        road_class=np.zeros(count, dtype=np.uint8),
        surface=np.zeros(count, dtype=np.uint8),
        maxspeed_kmh=np.full(count, np.nan, dtype=np.float32),
        built_up=np.zeros(count, dtype=np.bool_),
        speed_kmh=length_m / seconds * 3.6,
        class_names=("road",),
        surface_names=("",),
        profile=PROFILE,
        source=SOURCE,
    )
    return network, ids


@pytest.mark.reference
@pytest.mark.parametrize("simplify", [False, True])
@pytest.mark.parametrize("contracted", [False, True])
def test_times_on_an_osmnx_graph_are_those_of_networkx(*, simplify: bool, contracted: bool) -> None:
    bounds = (1.48, 42.48, 1.56, 42.54)
    graph = osmnx_graph(reference("andorra.osm.pbf"), bounds, simplify=simplify)
    network, ids = network_with_osmnx_times(graph)
    random = np.random.default_rng(3)
    starts, ends = random.choice(len(ids), (2, 40), replace=False).tolist()

    found = travel_times(
        network,
        points_at(network, starts),
        sites_at(network, ends),
        cutoff_minutes=1e5,
        contracted=contracted,
    )

    expected = np.full((40, 40), np.inf)
    for row, start in enumerate(starts):
        seconds = nx.single_source_dijkstra_path_length(graph, ids[start], weight="travel_time")
        for column, end in enumerate(ends):
            expected[row, column] = seconds.get(ids[end], np.inf) / 60
    assert np.isfinite(expected).mean() > 0.5
    assert np.allclose(found.minutes, expected, rtol=0, atol=1e-6)


def test_an_osmnx_graph_becomes_the_same_network_as_its_file(tmp_path: Path) -> None:
    town = write_town(tmp_path / "town.osm")
    graph = osmnx_graph(town, (26.9, 55.9, 27.2, 56.2), simplify=False)

    network = network_from_graph(graph, source=Source("graph", "", ""))

    assert sorted(network.length_m.round(6)) == sorted(import_osm(town).length_m.round(6))


@pytest.mark.reference
@pytest.mark.parametrize("name", ["andorra.osm.pbf", "north-bayreuth.osm.gz"])
def test_a_real_extract_gives_a_matrix_that_networkx_confirms(name: str) -> None:
    roads = import_osm(reference(name))
    random = np.random.default_rng(11)
    starts, ends = random.choice(roads.nodes, (2, 25), replace=False).tolist()

    found = {
        contracted: travel_times(
            roads,
            points_at(roads, starts),
            sites_at(roads, ends),
            cutoff_minutes=1e5,
            contracted=contracted,
        ).minutes
        for contracted in (True, False)
    }

    # Times on whole nanoseconds; networkx adds up unrounded minutes.
    assert (found[True] == found[False]).all()
    on_motorway = _only_motorway(roads, [*starts, *ends])
    kept = [k for k in range(25) if starts[k] not in on_motorway]
    kept_ends = [k for k in range(25) if ends[k] not in on_motorway]
    expected = minutes_by_networkx(roads, [starts[k] for k in kept], [ends[k] for k in kept_ends])
    assert np.allclose(found[True][np.ix_(kept, kept_ends)], expected, rtol=0, atol=1e-6)
    assert np.isfinite(expected).mean() > 0.5


def _only_motorway(roads: RoadNetwork, nodes: list[int]) -> set[int]:
    """Return which nodes no road but a motorway touches: nobody joins the roads there."""
    open_ = np.array([c not in roads.profile.no_access for c in roads.class_names])[
        roads.road_class
    ]
    joined = set(np.concatenate((roads.tail[open_], roads.head[open_])).tolist())
    return set(nodes) - joined


@pytest.mark.reference
def test_the_one_way_dead_end_is_reported_as_a_trap() -> None:
    roads = import_osm(reference("one_way_dead_end.osm.pbf"))

    report = snap_report(roads, points_at(roads, range(roads.nodes)))

    assert report.troubles
    assert all(trouble.cut_off for trouble in report.troubles)


@pytest.mark.reference
def test_bavaria_in_winter_is_slower_everywhere() -> None:
    roads = import_osm(reference("north-bayreuth.osm.gz"))

    winter = roads.with_profile(dataclasses.replace(roads.profile, season_factor=0.85))

    assert (winter.speed_kmh < roads.speed_kmh).all()

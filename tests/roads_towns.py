"""Road networks small enough to check by hand, and random ones to be checked by others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np

from planner.domain import DemandPoint, Site, Source
from planner.roads.network import RoadNetwork, checked
from planner.roads.speeds import SpeedProfile

PROFILE = SpeedProfile(id="test", name="Test", class_kmh={"road": 60.0}, built_up_kmh={})
SOURCE = Source("test", "none", "2026-11-22")
Arc = tuple[int, int, float]
"""From node, to node, metres; at 60 km/h a kilometre takes a minute."""


def network_of(
    places: Sequence[tuple[float, float]],
    arcs: Sequence[Arc],
    *,
    profile: SpeedProfile = PROFILE,
    classes: Mapping[int, str] | None = None,
) -> RoadNetwork:
    """Return a network of one-way arcs between places (lat, lon)."""
    names = tuple(sorted({"road", *(classes or {}).values()}))
    code = [names.index((classes or {}).get(k, "road")) for k in range(len(arcs))]
    network = RoadNetwork(
        node_lat=np.array([lat for lat, _ in places], dtype=np.float64),
        node_lon=np.array([lon for _, lon in places], dtype=np.float64),
        tail=np.array([a for a, _, _ in arcs], dtype=np.int32),
        head=np.array([b for _, b, _ in arcs], dtype=np.int32),
        length_m=np.array([metres for _, _, metres in arcs], dtype=np.float64),
        road_class=np.array(code, dtype=np.uint8),
        surface=np.zeros(len(arcs), dtype=np.uint8),
        maxspeed_kmh=np.full(len(arcs), np.nan, dtype=np.float32),
        built_up=np.zeros(len(arcs), dtype=np.bool_),
        speed_kmh=np.ones(len(arcs)),
        class_names=names,
        surface_names=("",),
        profile=profile,
        source=SOURCE,
    )
    return checked(network.with_profile(profile))


def both_ways(*arcs: Arc) -> list[Arc]:
    return [*arcs, *((b, a, metres) for a, b, metres in arcs)]


def two_villages() -> RoadNetwork:
    """West (0) and east (2) with a junction (1) between: 10 km and 5 km."""
    places = [(56.0, 27.0), (56.0, 27.1), (56.0, 27.15)]
    return network_of(places, both_ways((0, 1, 10_000), (1, 2, 5_000)))


def river_town() -> RoadNetwork:
    """A square 0-1-2-3 whose side 0-3 is a one-way bridge from 3 to 0."""
    places = [(56.0, 27.0), (56.0, 27.1), (56.1, 27.1), (56.1, 27.0)]
    return network_of(
        places, [*both_ways((0, 1, 6_000), (1, 2, 11_000), (2, 3, 6_000)), (3, 0, 11_000)]
    )


def island() -> RoadNetwork:
    """The mainland 0-1 and an island 2-3 with no way between them."""
    places = [(56.0, 27.0), (56.0, 27.1), (56.5, 27.0), (56.5, 27.1)]
    return network_of(places, both_ways((0, 1, 6_000), (2, 3, 6_000)))


def point(lat: float, lon: float, name: str = "p") -> DemandPoint:
    return DemandPoint(name, name, "", lat, lon)


def site(lat: float, lon: float, name: str = "s") -> Site:
    return Site(name, name, name, "", lat, lon)


def points_at(network: RoadNetwork, nodes: Sequence[int]) -> tuple[DemandPoint, ...]:
    return tuple(
        point(float(network.node_lat[k]), float(network.node_lon[k]), f"p{k}") for k in nodes
    )


def sites_at(network: RoadNetwork, nodes: Sequence[int]) -> tuple[Site, ...]:
    return tuple(
        site(float(network.node_lat[k]), float(network.node_lon[k]), f"s{k}") for k in nodes
    )


def random_network(seed: int, *, nodes: int, arcs: int) -> RoadNetwork:
    """Return a directed multigraph with loops, parallel and zero-length arcs and islands."""
    random = np.random.default_rng(seed)
    places = list(zip(random.uniform(56, 57, nodes), random.uniform(24, 26, nodes), strict=True))
    found: list[Arc] = []
    for _ in range(arcs):
        a, b = (int(k) for k in random.integers(0, nodes, 2))
        metres = float(random.choice([0.0, 1000.0, random.uniform(1, 20_000)]))
        found.append((a, b, metres))
        kind = random.random()
        if kind < 0.5:
            found.append((b, a, metres))
        elif kind < 0.6:
            found.append((a, b, float(random.uniform(1, 20_000))))
    return network_of(places, found)


def minutes_by_networkx(
    network: RoadNetwork, starts: Sequence[int], ends: Sequence[int]
) -> np.ndarray:
    """Return the times between nodes as networkx finds them, from unrounded edge minutes."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.nodes))
    minutes = network.length_m / network.speed_kmh * 0.06
    graph.add_weighted_edges_from(
        zip(network.tail.tolist(), network.head.tolist(), minutes.tolist(), strict=True)
    )
    found = np.full((len(starts), len(ends)), np.inf)
    for row, start in enumerate(starts):
        reached = nx.single_source_dijkstra_path_length(graph, start)
        for column, end in enumerate(ends):
            found[row, column] = reached.get(end, np.inf)
    return found

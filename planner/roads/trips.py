"""One trip on a road network into its path: why it takes as long as it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.roads.elimination import FAR, Graph
from planner.roads.network import RoadNetwork
from planner.roads.search import distances_from
from planner.roads.snapping import DEFAULT_SNAP_LIMIT_M, Joined, Place, degrees_of, join

_NANOSECONDS_PER_MINUTE = 60_000_000_000
ACCESS = "access"
"""The way between a place and the road, as a class of its own."""


@dataclass(frozen=True, eq=False)
class Trip:
    """The quickest way between two places.

    Attributes
    ----------
    minutes, length_m : float
        Of the whole trip.
    lat, lon : float64 arrays of shape (stops,)
        Degrees, EPSG:4326, from the first place to the second.
    minutes_by_class, metres_by_class : mapping of road class to float
        What adds up to the whole; the gaps to the road are "access".
    """

    minutes: float
    length_m: float
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    minutes_by_class: Mapping[str, float]
    metres_by_class: Mapping[str, float]


def trip_path(
    network: RoadNetwork, start: Place, end: Place, *, snap_limit_m: float = DEFAULT_SNAP_LIMIT_M
) -> Trip | None:
    """Return the quickest way from `start` to `end`, or ``None`` where there is none.

    Its minutes are those of `travel_times`.
    """
    lat, lon = degrees_of((start, end))
    joined = join(network, lat, lon, limit_m=snap_limit_m)
    graph, first, last = joined.graph, int(joined.nodes[0]), int(joined.nodes[1])
    distance = distances_from(graph, first, cutoff=FAR - 1, backwards=False)
    if distance[last] >= FAR:
        return None
    arcs = _backtrack(graph, distance, first, last)
    stops = np.array([first, *graph.head[arcs].tolist()], dtype=np.int64)
    minutes: dict[str, float] = {}
    metres: dict[str, float] = {}
    for arc in arcs:
        name, took, length_m = _stretch(network, joined, arc)
        if name == ACCESS and took == 0:
            continue
        minutes[name] = minutes.get(name, 0.0) + took
        metres[name] = metres.get(name, 0.0) + length_m
    return Trip(
        minutes=int(distance[last]) / _NANOSECONDS_PER_MINUTE,
        length_m=sum(metres.values()),
        lat=joined.lat[stops],
        lon=joined.lon[stops],
        minutes_by_class=minutes,
        metres_by_class=metres,
    )


def _backtrack(graph: Graph, distance: NDArray[np.int64], first: int, last: int) -> list[int]:
    """Return the arcs of a shortest way, found from its end.

    An arc lies on a shortest way where the distance of its head is that of its tail plus its
    weight; whole numbers make that exact. Arcs of no length may form circles, so no node is
    looked at twice.
    """
    order = np.argsort(graph.head, kind="stable")
    pointer = np.concatenate(([0], np.cumsum(np.bincount(graph.head, minlength=graph.nodes))))
    onward: dict[int, int] = {last: -1}
    waiting = [last]
    while first not in onward:
        node = waiting.pop()
        for arc in order[pointer[node] : pointer[node + 1]].tolist():
            before = int(graph.tail[arc])
            tight = distance[before] + graph.weight[arc] == distance[node]
            if tight and distance[before] < FAR and before not in onward:
                onward[before] = arc
                waiting.append(before)
    arcs, node = [], first
    while node != last:
        arcs.append(onward[node])
        node = int(graph.head[onward[node]])
    return arcs


def _stretch(network: RoadNetwork, joined: Joined, arc: int) -> tuple[str, float, float]:
    """Return class, minutes and metres of one arc of a trip."""
    took, edge = int(joined.graph.weight[arc]), int(joined.edge[arc])
    minutes = took / _NANOSECONDS_PER_MINUTE
    if edge < 0:
        return ACCESS, minutes, minutes / 60 * network.profile.access_kmh * 1000
    whole = int(network.nanoseconds[edge])
    share = took / whole if whole else 1.0
    name = network.class_names[network.road_class[edge]]
    return name, minutes, float(network.length_m[edge]) * share

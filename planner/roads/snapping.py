"""Places and a road network into a graph in which every place is a node of its own.

A place joins the nearest point of a road, in the middle of an edge if need be: the edge is split
there. Places with the same coordinates are one node. The gap between place and road is driven too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planner.errors import FaultList
from planner.roads.earth import M_PER_DEGREE
from planner.roads.elimination import Graph
from planner.roads.network import RoadNetwork

DEFAULT_SNAP_LIMIT_M = 5000.0
_NS_PER_M_AT_1_KMH = 3_600_000_000
_CELL_DEGREES = 0.01


class Place(Protocol):
    """Anything with an id, a name and degrees in EPSG:4326."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def lat(self) -> float: ...  # noqa: D102
    @property
    def lon(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Snaps:
    """Where places join the roads.

    Attributes
    ----------
    edge : int64 array of shape (places,)
        Edge that is joined, -1 where no road lies within the limit.
    share : float64 array of shape (places,)
        How far along the edge, 0 at its tail and 1 at its head.
    gap_m : float64 array of shape (places,)
        Straight metres to the road; ``inf`` where no road lies within the limit.
    """

    edge: NDArray[np.int64]
    share: NDArray[np.float64]
    gap_m: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joined:
    """A road network with places in it.

    Attributes
    ----------
    graph : Graph
        Weights in nanoseconds.
    edge : int64 array of shape (arcs,)
        The network's edge that an arc is (a part of), -1 for the gap between a place and the road.
    lat, lon : float64 arrays of shape (nodes,)
        Degrees, EPSG:4326.
    nodes : int32 array of shape (places,)
        The node of each place.
    snaps : Snaps
    """

    graph: Graph
    edge: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    nodes: NDArray[np.int32]
    snaps: Snaps


def snap(
    network: RoadNetwork, lat: NDArray[np.float64], lon: NDArray[np.float64], *, limit_m: float
) -> Snaps:
    """Return the nearest point of a road for every place.

    Parameters
    ----------
    network : RoadNetwork
    lat, lon : float64 arrays of shape (places,)
        Degrees, EPSG:4326.
    limit_m : float
        Roads further away are not joined.

    Notes
    -----
    Metres are those of a plane that touches the earth at the place: exact to 0.1 % within 20 km.
    """
    index = _EdgeIndex(network)
    found = [index.nearest(y, x, limit_m) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)]
    return Snaps(
        edge=np.array([edge for edge, _, _ in found], dtype=np.int64),
        share=np.array([share for _, share, _ in found], dtype=np.float64),
        gap_m=np.array([gap for _, _, gap in found], dtype=np.float64),
    )


def join(
    network: RoadNetwork, lat: NDArray[np.float64], lon: NDArray[np.float64], *, limit_m: float
) -> Joined:
    """Return the graph in nanoseconds with all places in it.

    A place that no road is near has a node without any edge.
    """
    places, same = np.unique(np.column_stack((lat, lon)), axis=0, return_inverse=True)
    same = same.ravel()
    snaps = snap(network, places[:, 0], places[:, 1], limit_m=limit_m)
    return _with_places(network, places, snaps, same)


def degrees_of(places: Sequence[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitudes and longitudes of places.

    Raises
    ------
    InputError
        With every place whose coordinates are no degrees.
    """
    lat = np.array([place.lat for place in places], dtype=np.float64)
    lon = np.array([place.lon for place in places], dtype=np.float64)
    faults = FaultList()
    good = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)  # noqa: PLR2004 - degrees; NaN is not good
    for number in np.flatnonzero(~good).tolist():
        faults.add(
            "{name}: {lat}, {lon} are no degrees north and east; give EPSG:4326",
            fields={
                "name": places[number].name,
                "lat": float(lat[number]),
                "lon": float(lon[number]),
            },
        )
    faults.raise_if_any()
    return lat, lon


class _EdgeIndex:
    """Edges by the cells of a grid that they touch."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        joinable = np.array([name not in network.profile.no_access for name in network.class_names])
        chosen = _one_of_each_pair(network, joinable[network.road_class])
        lat, lon = network.node_lat, network.node_lon
        tail, head = network.tail[chosen], network.head[chosen]
        south, north = np.minimum(lat[tail], lat[head]), np.maximum(lat[tail], lat[head])
        west, east = np.minimum(lon[tail], lon[head]), np.maximum(lon[tail], lon[head])
        rows, columns = _cells(south), _cells(west)
        high, wide = _cells(north) - rows + 1, _cells(east) - columns + 1
        self._edges, self._keys = _spread(chosen, rows, columns, high, wide)
        self._reach = _bounds(rows, columns, high, wide)

    def nearest(self, lat: float, lon: float, limit_m: float) -> tuple[int, float, float]:
        """Return the nearest edge, the share along it and the metres to it."""
        shrink = max(np.cos(np.radians(lat)), 1e-6)
        cell_m = _CELL_DEGREES * M_PER_DEGREE * min(shrink, 1.0)
        row, column = int(_cells(np.array([lat]))[0]), int(_cells(np.array([lon]))[0])
        best: tuple[int, float, float] = (-1, 0.0, float("inf"))
        rings = int(limit_m / cell_m) + 2
        south, north, west, east = self._reach
        away = max(south - row, row - north, west - column, column - east, 0)
        for ring in range(away, rings):
            if (ring - 1) * cell_m > min(best[2], limit_m):
                break
            edges = self._in_ring(row, column, ring)
            if not len(edges):
                continue
            share, gap = self._measure(edges, lat, lon, shrink)
            least = int(np.lexsort((edges, gap))[0])
            if gap[least] < best[2]:
                best = int(edges[least]), float(share[least]), float(gap[least])
        return best if best[2] <= limit_m else (-1, 0.0, float("inf"))

    def _in_ring(self, row: int, column: int, ring: int) -> NDArray[np.int64]:
        """Return the edges in the cells that lie `ring` cells away."""
        found = []
        for r in range(row - ring, row + ring + 1):
            step = 1 if abs(r - row) == ring else max(2 * ring, 1)
            if step == 1:
                spans = [(column - ring, column + ring)]
            else:
                spans = [(column - ring,) * 2, (column + ring,) * 2]
            for west, east in spans:
                low = np.searchsorted(self._keys, _cell_key(r, west), side="left")
                high = np.searchsorted(self._keys, _cell_key(r, east), side="right")
                found.append(self._edges[low:high])
        return np.concatenate(found)

    def _measure(
        self, edges: NDArray[np.int64], lat: float, lon: float, shrink: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return share along and metres to each edge, on a plane that touches the earth here."""
        roads = self._network
        tail, head = roads.tail[edges], roads.head[edges]
        ax = (roads.node_lon[tail] - lon) * shrink * M_PER_DEGREE
        ay = (roads.node_lat[tail] - lat) * M_PER_DEGREE
        dx = (roads.node_lon[head] - lon) * shrink * M_PER_DEGREE - ax
        dy = (roads.node_lat[head] - lat) * M_PER_DEGREE - ay
        square = dx * dx + dy * dy
        share = np.clip(-(ax * dx + ay * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        return share, np.hypot(ax + share * dx, ay + share * dy)


def _with_places(
    network: RoadNetwork, places: NDArray[np.float64], snaps: Snaps, same: NDArray[np.int64]
) -> Joined:
    """Return the graph with a node for each place, the joined edges split."""
    nodes = np.arange(network.nodes, network.nodes + len(places), dtype=np.int64)
    joined = np.flatnonzero(snaps.edge >= 0)
    edge, share = snaps.edge[joined], snaps.share[joined]
    tail, head = network.tail[edge].astype(np.int64), network.head[edge].astype(np.int64)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    share = np.where(tail <= head, share, 1.0 - share)
    inside = (share > 0) & (share < 1) & (low != high)
    # The point of the road: an end of the edge, or a new node that splits it.
    point = np.where(share <= 0, low, high)
    pair = (low * network.nodes + high)[inside]
    # Pairs are whole numbers below 2**53, so that they stand beside shares without loss.
    cuts, cut = np.unique(np.column_stack((pair, share[inside])), axis=0, return_inverse=True)
    cut_pair, cut_share = cuts[:, 0].astype(np.int64), cuts[:, 1]
    first_cut = network.nodes + len(nodes)
    point[inside] = first_cut + cut.ravel()
    graph, edge_of = _split(network, cut_pair, cut_share, first_cut)
    access = network.profile.access_detour / network.profile.access_kmh * _NS_PER_M_AT_1_KMH
    gap = np.rint(snaps.gap_m[joined] * access).astype(np.int64)
    low, high = np.divmod(cut_pair, network.nodes)
    lat, lon = (
        np.concatenate((at, places[:, axis], at[low] + cut_share * (at[high] - at[low])))
        for axis, at in enumerate((network.node_lat, network.node_lon))
    )
    return Joined(
        graph=Graph(
            first_cut + len(cuts),
            np.concatenate((graph.tail, nodes[joined], point)).astype(np.int32),
            np.concatenate((graph.head, point, nodes[joined])).astype(np.int32),
            np.concatenate((graph.weight, gap, gap)),
        ),
        edge=np.concatenate((edge_of, np.full(2 * len(joined), -1))),
        lat=lat,
        lon=lon,
        nodes=nodes[same].astype(np.int32),
        snaps=Snaps(snaps.edge[same], snaps.share[same], snaps.gap_m[same]),
    )


def _split(
    network: RoadNetwork,
    pairs: NDArray[np.int64],
    shares: NDArray[np.float64],
    first_cut: int,
) -> tuple[Graph, NDArray[np.int64]]:
    """Return the arcs, every arc between a cut pair of nodes replaced by its parts, and its edge.

    `pairs` and `shares` (from the lower node number) are sorted; cut k becomes node first_cut + k.
    """
    pair_of = _pairs(network)
    split = np.isin(pair_of, pairs)
    whole = np.flatnonzero(~split)
    tails, heads = [network.tail[whole]], [network.head[whole]]
    weights, edges = [network.nanoseconds[whole]], [whole]
    for arc in np.flatnonzero(split).tolist():
        low = int(np.searchsorted(pairs, pair_of[arc], side="left"))
        high = int(np.searchsorted(pairs, pair_of[arc], side="right"))
        places, stops = shares[low:high], np.arange(first_cut + low, first_cut + high)
        if network.tail[arc] > network.head[arc]:
            places, stops = 1.0 - places[::-1], stops[::-1]
        # Parts are differences of whole running times, so that they add up to the whole.
        times = np.rint(places * network.nanoseconds[arc]).astype(np.int64)
        weights.append(np.diff(times, prepend=0, append=network.nanoseconds[arc]))
        tails.append(np.concatenate((network.tail[[arc]], stops)).astype(np.int32))
        heads.append(np.concatenate((stops, network.head[[arc]])).astype(np.int32))
        edges.append(np.full(len(stops) + 1, arc))
    graph = Graph(first_cut, np.concatenate(tails), np.concatenate(heads), np.concatenate(weights))
    return graph, np.concatenate(edges)


def _pairs(network: RoadNetwork) -> NDArray[np.int64]:
    """Return one number for each unordered pair of end nodes."""
    tail, head = network.tail.astype(np.int64), network.head.astype(np.int64)
    pairs: NDArray[np.int64] = np.minimum(tail, head) * network.nodes + np.maximum(tail, head)
    return pairs


def _one_of_each_pair(network: RoadNetwork, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return one usable edge of every pair of nodes: both directions lie in the same place."""
    edges = np.flatnonzero(usable)
    _, first = np.unique(_pairs(network)[edges], return_index=True)
    chosen: NDArray[np.int64] = edges[first]
    return chosen


def _cells(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(degrees / _CELL_DEGREES).astype(np.int64)


def _cell_key(row: int, column: int) -> int:
    return row * 100_000 + column + 50_000


def _spread(
    edges: NDArray[np.int64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    high: NDArray[np.int64],
    wide: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return edges repeated for each cell that their box touches, sorted by cell, and the cells."""
    many = high * wide
    which = np.repeat(np.arange(len(edges)), many)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
    keys = _cell_key(0, 0) + (rows[which] + turn // wide[which]) * 100_000
    keys = keys + columns[which] + turn % wide[which]
    order = np.argsort(keys, kind="stable")
    return edges[which[order]], keys[order]


def _bounds(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    high: NDArray[np.int64],
    wide: NDArray[np.int64],
) -> tuple[int, int, int, int]:
    if not len(rows):
        return 0, 0, 0, 0
    north, east = int((rows + high).max()), int((columns + wide).max())
    return int(rows.min()), north, int(columns.min()), east

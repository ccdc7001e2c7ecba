"""Random numbers into road graphs that look like a country: towns, villages, main roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Delaunay, cKDTree

from planner.roads.elimination import Graph

SIDE_M_PER_ROOT_NODE = 900.0
ONE_WAY_SHARE = 0.04
INNER_NODES = 4.2
"""Bends and side tracks between two junctions in a graph that has not been simplified."""


@dataclass(frozen=True, eq=False)
class SyntheticRoads:
    """A directed graph in whole milliseconds with metres, and nodes that all reach each other.

    `xy` is metres of shape (nodes, 2); `mutual` are nodes of the largest strong component.
    """

    graph: Graph
    xy: NDArray[np.float64]
    mutual: NDArray[np.int64]


def synthetic_roads(nodes: int, *, seed: int = 1, subdivided: bool = False) -> SyntheticRoads:
    """Return a road graph with about `nodes` nodes.

    A relative-neighbour graph of clustered points with some further neighbours, three classes of
    speed (main roads lie on shortest ways between towns), 4 % one-way streets. `subdivided` puts
    bends into the roads until there are `nodes` nodes, as in OpenStreetMap.
    """
    random = np.random.default_rng(seed)
    junctions = int(nodes / (1 + 1.26 * INNER_NODES)) if subdivided else nodes
    side = SIDE_M_PER_ROOT_NODE * np.sqrt(junctions)
    towns = random.random((max(20, junctions // 1500), 2)) * side
    xy = _points(random, towns, junctions, side)
    pairs, metres = _roads(random, xy)
    speed_kmh, main = _speeds(random, xy, towns, pairs, metres)
    one_way = (random.random(len(pairs)) < ONE_WAY_SHARE) & ~main
    if subdivided:
        xy, pairs, of = _subdivided(random, xy, pairs)
        parts = np.bincount(of)
        metres, speed_kmh, one_way = (metres / parts)[of], speed_kmh[of], one_way[of]
    milliseconds = np.maximum(1, np.rint(metres / speed_kmh * 3600)).astype(np.int64)
    back = ~one_way
    graph = Graph(
        len(xy),
        np.concatenate((pairs[:, 0], pairs[back, 1])).astype(np.int32),
        np.concatenate((pairs[:, 1], pairs[back, 0])).astype(np.int32),
        np.concatenate((milliseconds, milliseconds[back])),
    )
    links = coo_array((graph.weight, (graph.tail, graph.head)), shape=(len(xy), len(xy)))
    _, part = connected_components(links.tocsr(), directed=True, connection="strong")
    return SyntheticRoads(graph, xy, np.flatnonzero(part == np.bincount(part).argmax()))


def _points(
    random: np.random.Generator, towns: NDArray[np.float64], count: int, side: float
) -> NDArray[np.float64]:
    """Return points, three quarters of them around towns of very different size."""
    size = random.pareto(1.1, len(towns)) + 1
    home = random.choice(len(towns), count * 3 // 4, p=size / size.sum())
    spread = 700.0 * np.sqrt(size[home])[:, None]
    around = towns[home] + random.normal(size=(len(home), 2)) * spread
    anywhere = random.random((count - len(home), 2)) * side
    return np.concatenate((around, anywhere))


def _roads(
    random: np.random.Generator, xy: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    corners = Delaunay(xy).simplices
    sides = np.vstack([corners[:, pair] for pair in ((0, 1), (1, 2), (2, 0))])
    pairs = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    metres = np.linalg.norm(xy[pairs[:, 0]] - xy[pairs[:, 1]], axis=1)
    tree = cKDTree(xy)
    middle = (xy[pairs[:, 0]] + xy[pairs[:, 1]]) / 2
    gabriel = tree.query(middle)[0] >= metres / 2 - 1e-6
    pairs, metres = pairs[gabriel], metres[gabriel]
    _, near = tree.query(xy, k=9)
    kept = np.ones(len(pairs), dtype=np.bool_)
    for rank in range(1, 9):
        other = near[pairs[:, 0], rank]
        between = other != pairs[:, 1]
        for end in (0, 1):
            between &= np.linalg.norm(xy[other] - xy[pairs[:, end]], axis=1) < metres - 1e-6
        kept &= ~between
    kept |= random.random(len(pairs)) < 0.12
    return pairs[kept], metres[kept]


def _speeds(
    random: np.random.Generator,
    xy: NDArray[np.float64],
    towns: NDArray[np.float64],
    pairs: NDArray[np.int64],
    metres: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return km/h of every road, and which are main roads (on shortest ways between towns)."""
    size = len(xy)
    links = coo_array((metres, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    hubs = np.unique(cKDTree(xy).query(towns[:60])[1])
    rank = np.zeros(len(pairs), dtype=np.int64)
    place = {(int(a), int(b)): k for k, (a, b) in enumerate(pairs.tolist())}
    for hub in hubs[:12]:
        _, before = dijkstra(links, directed=False, indices=hub, return_predecessors=True)
        for town, node in enumerate(hubs.tolist()):
            here = node
            while before[here] >= 0:
                there = int(before[here])
                road = place[min(here, there), max(here, there)]
                rank[road] = max(rank[road], 2 if town < 12 else 1)
                here = there
    local = random.choice([30.0, 50.0, 50.0, 60.0], len(pairs))
    return np.select([rank == 2, rank == 1], [90.0, 70.0], local), rank == 2


def _subdivided(
    random: np.random.Generator, xy: NDArray[np.float64], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return points, pairs and the old pair of each, with bends put into every pair."""
    inner = random.poisson(INNER_NODES, len(pairs))
    first = len(xy) + np.cumsum(inner) - inner
    parts = inner + 1
    of = np.repeat(np.arange(len(pairs)), parts)
    turn = np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)
    tail = np.where(turn == 0, pairs[of, 0], first[of] + turn - 1)
    head = np.where(turn == inner[of], pairs[of, 1], first[of] + turn)
    bend = turn < inner[of]
    share = ((turn + 1) / parts[of])[bend][:, None]
    bends = xy[pairs[of[bend], 0]] * (1 - share) + xy[pairs[of[bend], 1]] * share
    return np.concatenate((xy, bends)), np.column_stack((tail, head)), of

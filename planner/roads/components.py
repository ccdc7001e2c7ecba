"""A road network into its islands and one-way traps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from planner.roads.elimination import Graph
from planner.roads.network import RoadNetwork


def islands(network: RoadNetwork) -> NDArray[np.int64]:
    """Return for each node the number of its island; 0 is the largest, ties by lower node."""
    return _by_size(network.nodes, network.tail, network.head, "weak")


def mutual_parts(graph: Graph) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each node its island, and its part in which every way leads both there and back.

    Both are numbered by size, 0 the largest. A node of island 0 that is not in part 0 can be left
    but not come back to, or the other way round: a one-way trap.
    """
    return (
        _by_size(graph.nodes, graph.tail, graph.head, "weak"),
        _by_size(graph.nodes, graph.tail, graph.head, "strong"),
    )


def _by_size(
    nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32], connection: str
) -> NDArray[np.int64]:
    links = csr_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(links, directed=True, connection=connection)
    size = np.bincount(label)
    first = np.full(len(size), nodes)
    np.minimum.at(first, label, np.arange(nodes))
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(len(size))
    ranked: NDArray[np.int64] = rank[label]
    return ranked

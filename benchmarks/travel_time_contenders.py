"""One road graph and one question, answered by everything that pip installs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.roads.elimination import FAR, Graph
from planner.roads.search import distances

Times = NDArray[np.float64]
Seconds = NDArray[np.float64]
"""Two numbers: by the clock on the wall, and of all processors together."""
Answer = tuple[Times, Seconds, Seconds]
"""Milliseconds (points, sites) with ``nan`` where not asked; seconds of set-up and of query."""
NONE = np.zeros(2)
BUDGET_S = 12.0
"""A contender that would take longer does a part and is scaled up."""


def now() -> Seconds:
    """Return the time by the clock and of the processors, seconds."""
    return np.array([time.perf_counter(), time.process_time()])


@dataclass(frozen=True, eq=False)
class Question:
    """A road graph, points and sites by node number, and where the nodes lie (metres)."""

    graph: Graph
    points: NDArray[np.int64]
    sites: NDArray[np.int64]
    xy: NDArray[np.float64]


def ours(q: Question) -> Answer:
    """Contract and search, as the planner does."""
    started = now()
    found = distances(q.graph, q.points.astype(np.int32), q.sites.astype(np.int32))
    return np.where(found >= FAR, np.inf, found), NONE, now() - started


def ours_uncontracted(q: Question) -> Answer:
    """Search the whole graph."""

    def ask(sites: NDArray[np.int64]) -> Times:
        found = distances(
            q.graph, q.points.astype(np.int32), sites.astype(np.int32), contracted=False
        )
        return np.where(found >= FAR, np.inf, found)

    return _by_sites(q, ask, NONE)


def by_networkx(q: Question) -> Answer:
    """Run one Dijkstra for each site on the reversed graph."""
    import networkx as nx

    started = now()
    graph = nx.DiGraph()
    tail, head, weight = _single(q.graph)
    graph.add_weighted_edges_from(zip(head.tolist(), tail.tolist(), weight.tolist(), strict=True))
    setup = now() - started

    def ask(sites: NDArray[np.int64]) -> Times:
        found = np.full((len(q.points), len(sites)), np.inf)
        for column, site in enumerate(sites.tolist()):
            reached = nx.single_source_dijkstra_path_length(graph, site)
            found[:, column] = [reached.get(point, np.inf) for point in q.points.tolist()]
        return found

    return _by_sites(q, ask, setup, first=1)


def by_osmnx(q: Question) -> Answer:
    """Ask ``osmnx.routing.shortest_path``, pair by pair, for a few pairs."""
    import networkx as nx
    import osmnx

    started = now()
    graph = nx.MultiDiGraph(crs="EPSG:3059")
    tail, head, weight = _single(q.graph)
    graph.add_weighted_edges_from(
        zip(tail.tolist(), head.tolist(), weight.tolist(), strict=True), weight="travel_time"
    )
    setup = now() - started
    found = np.full((len(q.points), len(q.sites)), np.nan)
    started, asked = now(), 0
    while asked < min(40, *found.shape) and (now() - started)[1] < BUDGET_S / 3:
        start, end = int(q.points[asked]), int(q.sites[asked])
        way = osmnx.routing.shortest_path(graph, start, end, weight="travel_time")
        found[asked, asked] = sum(graph[a][b][0]["travel_time"] for a, b in itertools.pairwise(way))
        asked += 1
    seconds = (now() - started) * found.size / asked
    return found, setup, seconds


def by_scipy(q: Question) -> Answer:
    """Run ``scipy.sparse.csgraph.dijkstra`` on the reversed graph, sites in blocks."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    started = now()
    tail, head, weight = _single(q.graph)
    shape = (q.graph.nodes, q.graph.nodes)
    graph = csr_array((weight.astype(np.float64), (head, tail)), shape=shape)
    setup = now() - started
    return _by_sites(q, lambda sites: dijkstra(graph, indices=sites)[:, q.points].T, setup)


def by_igraph(q: Question) -> Answer:
    """Ask ``igraph.Graph.distances`` from sites against the arrows."""
    import igraph

    started = now()
    tail, head, weight = _single(q.graph)
    graph = igraph.Graph(n=q.graph.nodes, edges=np.column_stack((tail, head)), directed=True)
    weights = weight.tolist()
    setup = now() - started
    points, column = np.unique(q.points, return_inverse=True)

    def ask(sites: NDArray[np.int64]) -> Times:
        found = graph.distances(
            sites.tolist(), points.tolist(), weights=weights, mode="in", algorithm="dijkstra"
        )
        return np.array(found)[:, column].T

    return _by_sites(q, ask, setup)


def by_pandana(q: Question) -> Answer:
    """Use the contraction hierarchies of pandana."""
    import pandana
    import pandas as pd

    started = now()
    tail, head, weight = _single(q.graph)
    network = pandana.Network(
        pd.Series(q.xy[:, 0]),
        pd.Series(q.xy[:, 1]),
        pd.Series(tail),
        pd.Series(head),
        pd.DataFrame({"t": weight / 1000.0}),
        twoway=False,
    )
    setup = now() - started

    def ask(sites: NDArray[np.int64]) -> Times:
        found = network.shortest_path_lengths(
            np.repeat(q.points, len(sites)), np.tile(sites, len(q.points)), imp_name="t"
        )
        return np.array(found).reshape(len(q.points), len(sites)) * 1000

    return _by_sites(q, ask, setup)


def by_pyroutingkit(q: Question) -> Answer:
    """Use the customizable contraction hierarchies of RoutingKit."""
    import pyroutingkit

    started = now()
    tail, head, weight = _single(q.graph)
    hierarchy = pyroutingkit.CCH()
    lat = (56.9 + q.xy[:, 1] / 111e3).astype(np.float32)
    lon = (24.0 + q.xy[:, 0] / 60e3).astype(np.float32)
    hierarchy.build_topology(
        tail.astype(np.uint32), head.astype(np.uint32), lat, lon, q.graph.nodes
    )
    hierarchy.customize_weights(weight.astype(np.uint32))
    setup = now() - started
    started = now()
    found = hierarchy.distances_many_to_many(q.points.astype(np.uint32), q.sites.astype(np.uint32))
    whole = np.asarray(found, dtype=np.float64).reshape(len(q.points), len(q.sites))
    return whole, setup, now() - started


CONTENDERS: dict[str, tuple[str, Callable[[Question], Answer]]] = {
    "ours": ("", ours),
    "ours, not contracted": ("", ours_uncontracted),
    "networkx": ("networkx", by_networkx),
    "osmnx": ("osmnx", by_osmnx),
    "scipy": ("scipy", by_scipy),
    "igraph": ("igraph", by_igraph),
    "pandana": ("pandana", by_pandana),
    "pyroutingkit": ("pyroutingkit", by_pyroutingkit),
}


def _by_sites(
    q: Question, ask: Callable[[NDArray[np.int64]], Times], setup: Seconds, first: int = 5
) -> Answer:
    """Ask for all sites, or for as many as fit the budget by the pace of the first."""
    found = np.full((len(q.points), len(q.sites)), np.nan)
    started = now()
    found[:, :first] = ask(q.sites[:first])
    pace = (now() - started)[1] / first
    if pace * len(q.sites) <= BUDGET_S:
        started = now()
        step = 50
        for at in range(0, len(q.sites), step):
            found[:, at : at + step] = ask(q.sites[at : at + step])
        return found, setup, now() - started
    many = max(first, int(BUDGET_S / 3 / pace))
    started = now()
    found[:, :many] = ask(q.sites[:many])
    return found, setup, (now() - started) * len(q.sites) / many


def _single(graph: Graph) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the arcs without parallel ones, the quickest kept: not every contender minds them."""
    pair = graph.tail.astype(np.int64) * graph.nodes + graph.head
    order = np.lexsort((graph.weight, pair))
    kept = order[np.concatenate(([True], pair[order][1:] != pair[order][:-1]))]
    return graph.tail[kept].astype(np.int64), graph.head[kept].astype(np.int64), graph.weight[kept]

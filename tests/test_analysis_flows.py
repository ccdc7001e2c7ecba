"""Who more could be served by rerouting, held against a maximum flow from elsewhere."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from planner.analysis.flows import Flow


def test_who_can_go_elsewhere_makes_room() -> None:
    flow = Flow(
        {"town": ["old", "new"], "mill": ["old"]}, {"old": 10, "new": 5}, {("town", "old"): 10}
    )

    served = flow.serve({"mill": 4})

    assert served == {"mill": 4}
    assert flow.assigned == {("town", "old"): 6, ("town", "new"): 4, ("mill", "old"): 4}


def test_a_chain_of_moves_is_found() -> None:
    flow = Flow(
        {"a": ["x"], "b": ["x", "y"], "c": ["y", "z"]},
        {"x": 1, "y": 1, "z": 1},
        {("b", "x"): 1, ("c", "y"): 1},
    )

    assert flow.serve({"a": 1}) == {"a": 1}
    assert {trip for trip, n in flow.assigned.items() if n} == {("a", "x"), ("b", "y"), ("c", "z")}


def test_nobody_is_left_behind_for_someone_else() -> None:
    flow = Flow({"a": ["x"], "b": ["x"]}, {"x": 3}, {("b", "x"): 2})

    assert flow.serve({"a": 5}) == {"a": 1}
    assert flow.assigned == {("b", "x"): 2, ("a", "x"): 1}


def test_without_a_usable_site_nobody_is_served() -> None:
    assert Flow({}, {"x": 3}).serve({"a": 2}) == {}


@pytest.mark.parametrize("seed", range(40))
def test_the_sum_is_the_maximum_flow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, sites = [f"p{i}" for i in range(6)], [f"s{j}" for j in range(4)]
    usable = {i: [j for j in sites if rng.random() < 0.5] for i in points}
    capacity = {j: int(rng.integers(0, 8)) for j in sites}
    waiting = {i: int(rng.integers(1, 6)) for i in points}
    graph = nx.DiGraph()
    for i in points:
        graph.add_edge("source", i, capacity=waiting[i])
        graph.add_edges_from((i, j) for j in usable[i])
    graph.add_edges_from((j, "sink", {"capacity": n}) for j, n in capacity.items())

    served = Flow(usable, capacity).serve(waiting)

    assert sum(served.values()) == nx.maximum_flow_value(graph, "source", "sink")

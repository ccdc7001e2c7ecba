from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.starter_roads import REFERENCE, misfits, settlements
from planner.domain import Site
from planner.errors import InputError
from planner.roads.network import load_network
from planner.roads.snap_report import snap_report
from planner.roads.starter import (
    Settlements,
    Skeleton,
    build_starter,
    read_settlements,
    read_skeleton,
)
from planner.roads.travel_times import travel_times

DATA = Path(__file__).resolve().parents[1] / "data"


def test_the_shipped_network_is_what_the_shipped_data_make() -> None:
    skeleton = read_skeleton(
        DATA / "roads" / "skeleton_nodes.csv", DATA / "roads" / "skeleton_edges.csv"
    )

    built = build_starter(skeleton, read_settlements(DATA / "demand" / "settlements.csv"))

    shipped = load_network(DATA / "roads" / "starter.npz")
    assert built.edges == shipped.edges
    assert np.allclose(built.length_m, shipped.length_m)
    assert np.allclose(built.speed_kmh, shipped.speed_kmh)


def test_every_settlement_is_a_node_of_the_roads_and_none_is_cut_off() -> None:
    roads = load_network(DATA / "roads" / "starter.npz")
    points, _ = settlements()

    found = travel_times(
        roads,
        points,
        [Site(p.id, p.name, p.id, "", p.lat, p.lon) for p in points],
        cutoff_minutes=600,
    )

    assert found.snap_m_points.tolist() == [0.0] * len(points)
    assert np.isfinite(found.minutes).all()
    assert snap_report(roads, points).troubles == ()


def test_the_starter_roads_load_in_under_a_second() -> None:
    started = time.perf_counter()

    load_network(DATA / "roads" / "starter.npz")

    assert time.perf_counter() - started < 1.0


@pytest.mark.reference
def test_the_misfit_is_no_worse_than_promised_and_as_printed() -> None:
    if not REFERENCE.exists():
        pytest.skip("the reference data is not here")

    found = misfits()

    assert found["Latgale"].median <= 7.7
    assert found["Latgale"].p90 <= 21.4
    text = (DATA / "roads" / "README.md").read_text(encoding="utf-8")
    for region, m in found.items():
        assert f"| {region} | {m.trips} | {m.median:.1f} | {m.p90:.1f} | {m.bias:+.1f} |" in text


def test_a_skeleton_with_one_village_beside_it() -> None:
    # A main road of 20 km along a parallel; villages A and B north of it, C on it.
    skeleton = Skeleton(
        lat=np.array([56.0, 56.0]),
        lon=np.array([27.0, 27.4]),
        tail=np.array([0]),
        head=np.array([1]),
        length_m=np.array([25_000.0]),
    )
    villages = Settlements(
        lat=np.array([56.03, 56.03, 56.0]),
        lon=np.array([27.1, 27.2, 27.3]),
        town=np.array([False, False, True]),
    )

    roads = build_starter(skeleton, villages)

    main = roads.road_class == roads.class_names.index("main_road")
    assert roads.length_m[main].sum() == pytest.approx(2 * 25_000 * 1.06)
    assert {"main_road", "local_link", "town_link"} == set(roads.class_names)
    assert roads.speed_kmh[main].tolist() == [82.0] * int(main.sum())


def test_a_skeleton_with_wrong_numbers_or_nodes_is_told_row_by_row(tmp_path: Path) -> None:
    nodes, edges = tmp_path / "nodes.csv", tmp_path / "edges.csv"
    with nodes.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["node", "lat", "lon"], [1, 56, 27], [2, 56, 28]])
    edges.write_text("u,v,km\n1,2,5\n1,9,5\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"edges\.csv, row 3, column v: there is no node 9"):
        read_skeleton(nodes, edges)

    edges.write_text("u,v,km\n1,2,far\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"edges\.csv, row 2, column km: give a number"):
        read_skeleton(nodes, edges)

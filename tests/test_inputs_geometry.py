"""Layers are read whatever their reference system, and never make anything else be opened."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pyogrio
import pyproj
import pytest
import shapely

from planner.errors import FaultList
from planner.inputs.drivers import ALLOWED, set_drivers
from planner.inputs.geometry import Layer, read_layer

DEGREES = shapely.box(27.0, 56.0, 27.1, 56.1)


def read(path: Path, *, crs: str = "") -> tuple[Layer | None, list[str]]:
    faults = FaultList()
    layer = read_layer(path, faults, crs=crs)
    return layer, [str(fault) for fault in faults.faults]


def square_in(epsg: int) -> shapely.Geometry:
    turn = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    return shapely.transform(DEGREES, turn.transform, interleaved=False)


def write(path: Path, shape: shapely.Geometry, *, crs: str | None) -> Path:
    pyogrio.raw.write(
        path,
        geometry=[shapely.to_wkb(shape)],
        field_data=[],
        fields=[],
        geometry_type="Polygon",
        crs=crs,
    )
    return path


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_degrees_are_read_from_each_allowed_format(tmp_path: Path, ending: str) -> None:
    layer, faults = read(write(tmp_path / f"a.{ending}", DEGREES, crs="EPSG:4326"))

    assert faults == []
    assert layer is not None
    assert layer.features[0][1].equals_exact(DEGREES, 1e-6, normalize=True)


@pytest.mark.parametrize("epsg", [3059, 10306])
@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_metres_of_both_latvian_systems_become_degrees(
    tmp_path: Path, ending: str, epsg: int
) -> None:
    layer, faults = read(write(tmp_path / f"a.{ending}", square_in(epsg), crs=f"EPSG:{epsg}"))

    assert faults == []
    assert layer is not None
    assert layer.features[0][1].hausdorff_distance(DEGREES) < 1e-4
    assert "EPSG:4326" in str(layer.remarks[0])


def test_metres_without_a_reference_system_are_asked_back_and_can_be_confirmed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.geojson"
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": json.loads(shapely.to_geojson(square_in(3059))),
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    refused, faults = read(path)
    layer, none = read(path, crs="EPSG:3059")

    assert refused is None
    assert "may be EPSG:3059" in faults[0]
    assert none == []
    assert layer is not None
    assert layer.features[0][1].hausdorff_distance(DEGREES) < 1e-4


@pytest.mark.parametrize(
    ("swapped", "told"),
    [
        (False, "perhaps of EPSG:3059; confirm it (in a terminal: --crs EPSG:3059)"),
        (True, "perhaps of EPSG:3059 with its axes swapped"),
    ],
)
def test_metres_that_a_file_calls_degrees_are_told_as_such(
    tmp_path: Path, told: str, *, swapped: bool
) -> None:
    metres = square_in(3059)
    if swapped:
        metres = shapely.transform(metres, lambda xy: xy[:, ::-1])
    path = write(tmp_path / "a.gpkg", metres, crs="EPSG:4326")

    refused, faults = read(path)

    assert refused is None
    assert faults[0].startswith("a.gpkg: states EPSG:4326, but its coordinates are metres")
    assert told in faults[0]


def test_swapped_metres_are_recognised(tmp_path: Path) -> None:
    swapped = shapely.transform(square_in(3059), lambda xy: xy[:, ::-1])
    path = tmp_path / "a.geojson"
    geometry = json.loads(shapely.to_geojson(swapped))
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    _, faults = read(path)

    assert "with its axes swapped" in faults[0]


def test_a_small_self_crossing_is_mended_and_told(tmp_path: Path) -> None:
    way = [(27, 56), (27.1, 56), (27.1, 56.1), (27.1, 56.2), (27.1, 56.1), (27, 56.1), (27, 56)]
    spike = shapely.Polygon(way)
    path = write(tmp_path / "a.gpkg", spike, crs="EPSG:4326")

    layer, faults = read(path)

    assert faults == []
    assert layer is not None
    assert layer.features[0][1].is_valid
    assert "was mended" in str(layer.remarks[0])


def test_a_wrong_confirmation_is_refused(tmp_path: Path) -> None:
    _, faults = read(write(tmp_path / "a.gpkg", DEGREES, crs="EPSG:4326"), crs="EPSG:nonsense")

    assert "is no reference system" in faults[0]


def test_only_a_handful_of_drivers_is_registered() -> None:
    environment = dict(os.environ)
    set_drivers(environment)

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import pyogrio, json; print(json.dumps([*pyogrio.list_drivers()]))",
        ],
        env=environment,
        capture_output=True,
        check=True,
    )

    assert set(json.loads(done.stdout)) <= set(ALLOWED)


def test_a_disguised_file_makes_nothing_else_be_opened(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.geojson", DEGREES, crs="EPSG:4326")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    calls: list[bool] = []
    stop = threading.Event()
    thread = threading.Thread(target=_count_calls, args=(listener, calls, stop))
    thread.start()
    port = listener.getsockname()[1]
    disguises = (
        f"<OGRVRTDataSource><SrcDataSource>{secret}</SrcDataSource></OGRVRTDataSource>",
        f"<OGRWFSDataSource><URL>http://127.0.0.1:{port}/</URL></OGRWFSDataSource>",
        f'{{"type":"FeatureCollection","xx":"WFS:http://127.0.0.1:{port}/","features":[]}}',
        f"http://127.0.0.1:{port}/layer.geojson",
    )

    for number, text in enumerate(disguises):
        path = tmp_path / f"b{number}.geojson"
        path.write_text(text)
        layer, faults = read(path)
        assert layer is None
        assert len(faults) == 1

    stop.set()
    thread.join()
    listener.close()
    assert calls == []


def _count_calls(listener: socket.socket, calls: list[bool], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        calls.append(True)
        connection.close()


@pytest.mark.parametrize("name", ["http://127.0.0.1/a.geojson", "/vsicurl/http://127.0.0.1/a.gpkg"])
def test_an_address_is_no_file(name: str) -> None:
    layer, faults = read(Path(name))

    assert layer is None
    assert "the file is not there" in faults[0]

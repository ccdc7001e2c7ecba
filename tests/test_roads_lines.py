from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.domain import Source
from planner.errors import InputError
from planner.roads.line_layers import LineColumns, import_lines
from planner.roads.network import RoadNetwork
from planner.roads.speeds import SpeedProfile
from planner.roads.travel_times import travel_times
from tests.roads_towns import SOURCE, point, site

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference"
PAVED = SpeedProfile(
    id="two", name="Two", class_kmh={"paved": 80.0, "unpaved": 60.0}, built_up_kmh={}
)
BY_CLASS = LineColumns(road_class="rst", class_names={"1": "paved", "2": "unpaved"})


def layer(**columns: list[object]) -> gpd.GeoDataFrame:
    """Return two lines that meet at 27.1: west to middle, middle to east."""
    lines = [
        shapely.LineString([(27.0, 56.0), (27.05, 56.0), (27.1, 56.0)]),
        shapely.LineString([(27.1, 56.0), (27.2, 56.0)]),
    ]
    return gpd.GeoDataFrame({"rst": [1, 2], **columns}, geometry=lines, crs="EPSG:4326")


@pytest.fixture(params=["gpkg", "geojson", "shp"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"roads.{request.param}"
    layer(kmh=[80.0, 60.0], way=["", "yes"]).to_file(path)
    return path


def minutes(roads: RoadNetwork, west: float, east: float) -> float:
    found = travel_times(roads, [point(56.0, west)], [site(56.0, east)], cutoff_minutes=600)
    return float(found.minutes[0, 0])


def test_classes_become_speeds(file: Path) -> None:
    roads = import_lines(file, BY_CLASS, source=SOURCE, profile=PAVED)

    km = 111.1949266 * np.cos(np.radians(56.0)) * 0.1
    assert roads.nodes == 4
    assert roads.edges == 6
    assert minutes(roads, 27.0, 27.2) == pytest.approx(km / 80 * 60 + km / 60 * 60, rel=1e-4)


def test_a_speed_column_is_taken_as_it_stands(file: Path) -> None:
    roads = import_lines(file, LineColumns(speed_kmh="kmh"), source=SOURCE, profile=PAVED)

    assert sorted(set(roads.speed_kmh.tolist())) == [60.0, 80.0]


def test_a_one_way_column_is_kept(file: Path) -> None:
    columns = LineColumns(road_class="rst", one_way="way", class_names=BY_CLASS.class_names)
    roads = import_lines(file, columns, source=SOURCE, profile=PAVED)

    assert np.isfinite(minutes(roads, 27.0, 27.2))
    assert minutes(roads, 27.2, 27.0) == np.inf


def test_metres_of_another_system_are_turned_into_degrees(tmp_path: Path) -> None:
    layer().to_crs("EPSG:3059").to_file(tmp_path / "roads.gpkg")

    roads = import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE, profile=PAVED)

    assert roads.node_lat == pytest.approx([56.0] * 4, abs=1e-6)


def test_lines_that_cross_without_a_vertex_are_a_bridge(tmp_path: Path) -> None:
    lines = [
        shapely.LineString([(27.0, 56.0), (27.2, 56.0)]),
        shapely.LineString([(27.1, 55.9), (27.1, 56.1)]),
    ]
    gpd.GeoDataFrame({"rst": [1, 1]}, geometry=lines, crs="EPSG:4326").to_file(
        tmp_path / "roads.gpkg"
    )

    roads = import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE, profile=PAVED)

    assert roads.nodes == 4
    assert minutes(roads, 27.0, 27.2) < np.inf
    found = travel_times(roads, [point(56.0, 27.0)], [site(56.1, 27.1)], cutoff_minutes=600)
    assert found.minutes.tolist() == [[np.inf]]


def test_a_layer_without_a_reference_system_is_asked_about(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "roads.shp")
    (tmp_path / "roads.prj").unlink()

    with pytest.raises(InputError, match="no reference system; give one"):
        import_lines(tmp_path / "roads.shp", BY_CLASS, source=SOURCE)

    roads = import_lines(tmp_path / "roads.shp", BY_CLASS, source=SOURCE, crs="EPSG:4326")
    assert roads.nodes == 4


def test_the_new_latvian_system_is_known(tmp_path: Path) -> None:
    layer().to_crs("EPSG:10306").to_file(tmp_path / "roads.gpkg")

    roads = import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE, profile=PAVED)

    assert roads.node_lat == pytest.approx([56.0] * 4, abs=1e-4)


def test_swapped_axes_and_roads_elsewhere_are_told_apart(tmp_path: Path) -> None:
    table = layer()
    table.to_file(tmp_path / "right.gpkg")
    turned = table.set_geometry(shapely.transform(table.geometry, lambda xy: xy[:, ::-1]))
    turned.set_crs("EPSG:4326").to_file(tmp_path / "swapped.gpkg")
    latgale, elsewhere = shapely.box(26, 55, 28, 57), shapely.box(10, 50, 11, 51)

    assert import_lines(tmp_path / "right.gpkg", BY_CLASS, source=SOURCE, region=latgale).nodes == 4
    with pytest.raises(InputError, match="swapped"):
        import_lines(tmp_path / "swapped.gpkg", BY_CLASS, source=SOURCE, region=latgale)
    with pytest.raises(InputError, match="no road touches the region"):
        import_lines(tmp_path / "right.gpkg", BY_CLASS, source=SOURCE, region=elsewhere)


def test_metres_that_claim_to_be_degrees_are_refused(tmp_path: Path) -> None:
    metres = json.loads(layer().to_crs("EPSG:3059").to_json())
    metres.pop("crs", None)
    (tmp_path / "roads.geojson").write_text(json.dumps(metres), encoding="utf-8")

    with pytest.raises(InputError, match="do not fit the layer's reference system"):
        import_lines(tmp_path / "roads.geojson", BY_CLASS, source=SOURCE)


def test_missing_columns_are_named_with_those_there_are(file: Path) -> None:
    columns = LineColumns(road_class="klase", one_way="virziens")

    with pytest.raises(InputError) as error:
        import_lines(file, columns, source=SOURCE)

    assert [fault.column for fault in error.value.faults] == ["klase", "virziens"]
    assert "rst" in str(error.value.faults[0])


def test_a_layer_needs_a_class_a_surface_or_a_speed(file: Path) -> None:
    with pytest.raises(InputError, match="name a column of class"):
        import_lines(file, LineColumns(), source=SOURCE)


def test_every_wrong_speed_is_told_with_its_row(tmp_path: Path) -> None:
    layer(kmh=["fast", "-3"]).to_file(tmp_path / "roads.gpkg")

    with pytest.raises(InputError) as error:
        import_lines(tmp_path / "roads.gpkg", LineColumns(speed_kmh="kmh"), source=SOURCE)

    assert [fault.row for fault in error.value.faults] == [1, 2]


def test_points_are_no_roads(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"rst": [1]}, geometry=[shapely.Point(27, 56)], crs="EPSG:4326").to_file(
        tmp_path / "roads.gpkg"
    )

    with pytest.raises(InputError, match="row 1: this is no line"):
        import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>',
        "<OGRWFSDataSource><URL>http://127.0.0.1:9/</URL></OGRWFSDataSource>",
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector read /etc/passwd"}',
        '{"features": 3}',
        "",
        "{",
    ],
)
@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".shp"])
def test_a_file_that_makes_gdal_open_others_is_never_opened(
    tmp_path: Path, ending: str, text: str
) -> None:
    file = tmp_path / f"roads{ending}"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InputError):
        import_lines(file, BY_CLASS, source=SOURCE)


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "roads.gpkg") as database:
        database.execute("CREATE TABLE t (x)")
    database.close()

    with pytest.raises(InputError, match="not what the name says"):
        import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE)


def test_one_of_several_layers_must_be_named(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "roads.gpkg", layer="state")
    layer().to_file(tmp_path / "roads.gpkg", layer="local")

    with pytest.raises(InputError, match="several layers; name one of state, local"):
        import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE)

    roads = import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE, layer="local")
    assert roads.nodes == 4


def test_other_files_and_missing_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no line layer"):
        import_lines(tmp_path / "roads.kml", BY_CLASS, source=SOURCE)
    with pytest.raises(InputError, match="no such file"):
        import_lines(tmp_path / "roads.gpkg", BY_CLASS, source=SOURCE)


@pytest.mark.reference
def test_the_map_of_state_roads_loads() -> None:
    file = REFERENCE / "lv_roads_gmlv20.gpkg"
    if not file.exists():
        pytest.skip("the reference data is not here")

    roads = import_lines(file, BY_CLASS, source=Source("map", "reference", ""), profile=PAVED)

    # Official length: 20,092 km in the map's own account.
    assert roads.length_m.sum() / 2 / 1000 == pytest.approx(20_092, rel=0.005)
    assert roads.class_names == ("paved", "unpaved")

"""The shipped outlines are valid, meet without overlap and hold their settlements."""

from __future__ import annotations

import csv
import json
import statistics
from pathlib import Path

import pyproj
import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from planner.errors import FaultList
from planner.inputs.geometry import read_layer

DATA = Path(__file__).parent.parent / "data"
NOW, OLD = "municipalities", "municipalities_before_2021"
REGIONS, OLD_REGIONS = "planning_regions", "planning_regions_before_2021"
LAYERS = {
    NOW: ("atvk", "municipality_atvk", 42),
    OLD: ("name_lv", "municipality_2020", 119),
    REGIONS: ("name_lv", "planning_region", 5),
    OLD_REGIONS: ("name_lv", "planning_region_before_2021", 5),
}
_TO_METRES = pyproj.Transformer.from_crs(4326, 3059, always_xy=True)


def layer(name: str) -> list[tuple[dict[str, str], BaseGeometry]]:
    """Return properties and shapes in metres (EPSG:3059)."""
    text = (DATA / "boundaries" / f"{name}.geojson").read_text(encoding="utf-8")
    return [
        (
            feature["properties"],
            shapely.transform(shape(feature["geometry"]), _TO_METRES.transform, interleaved=False),
        )
        for feature in json.loads(text)["features"]
    ]


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("name", LAYERS)
def test_there_is_one_valid_outline_for_each_unit(name: str) -> None:
    key, column, count = LAYERS[name]
    shapes = layer(name)

    assert len(shapes) == count
    assert {properties[key] for properties, _ in shapes} == {
        place[column] for place in table("demand/settlements.csv")
    }
    for _, outline in shapes:
        assert outline.is_valid
        assert outline.geom_type in {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("name", LAYERS)
def test_every_settlement_lies_in_its_unit_or_within_3_km_of_it(name: str) -> None:
    key, column, _ = LAYERS[name]
    outlines = {properties[key]: outline for properties, outline in layer(name)}

    for place in table("demand/settlements.csv"):
        point = shapely.Point(_TO_METRES.transform(float(place["lon"]), float(place["lat"])))
        far = outlines[place[column]].distance(point)
        assert far <= (100 if name == NOW else 1000), (place["name"], far)


@pytest.mark.parametrize("name", LAYERS)
def test_neighbours_do_not_overlap_and_fill_the_country(name: str) -> None:
    outlines = [outline for _, outline in layer(name)]
    country = layer("outline")[0][1]

    tree = shapely.STRtree(outlines)
    pairs = tree.query(outlines, predicate="intersects").T
    overlap_km2 = [outlines[i].intersection(outlines[j]).area / 1e6 for i, j in pairs if i < j]

    assert max(overlap_km2) < 0.01
    union = shapely.union_all(outlines)
    assert union.symmetric_difference(country).area / country.area < 0.0005


def test_the_discs_of_two_cities_have_their_official_area_and_hold_their_centre() -> None:
    outlines = {properties["atvk"]: outline for properties, outline in layer(NOW)}

    assert outlines["0006000"].area / 1e6 == pytest.approx(17.5, rel=0.03)
    assert outlines["0002000"].area / 1e6 == pytest.approx(72.0, rel=0.03)
    for row in table("boundaries/municipalities.csv"):
        if row["type"] == "valstspilsēta":
            seat = shapely.Point(
                _TO_METRES.transform(float(row["seat_lon"]), float(row["seat_lat"]))
            )
            assert outlines[row["atvk"]].contains(seat), row["name_lv"]


def test_42_municipalities_stand_and_varaklani_is_history() -> None:
    present = table("boundaries/municipalities.csv")
    ended = {row["atvk"]: row for row in table("boundaries/municipalities_ended.csv")}

    assert len(present) == 42
    assert sum(row["type"] == "valstspilsēta" for row in present) == 7
    assert {row["valid_to"] for row in present} == {""}
    madona = next(row for row in present if row["atvk"] == "0038001")
    assert (madona["name_lv"], madona["valid_from"]) == ("Madonas novads", "2025-07-01")
    assert set(ended) == {"0038000", "0055000"}
    assert ended["0055000"]["name_lv"] == "Varakļānu novads"
    assert {row["valid_to"] for row in ended.values()} == {"2025-06-30"}
    assert [
        p["municipality_atvk"]
        for p in table("demand/settlements.csv")
        if p["municipality_2021_atvk"] == "0055000"
    ] == ["0038001"] * 3


def test_files_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (DATA / "boundaries").iterdir()}

    assert max(sizes.values()) < 200_000


@pytest.mark.reference
def test_outlines_are_as_near_to_the_official_ones_as_the_readme_says() -> None:
    path = DATA.parent.parent / "shared/data/reference/lv_43_2021_lks92.gpkg"
    if not path.exists():
        pytest.skip("the official outlines are not here")
    official = read_layer(path, FaultList())
    assert official is not None
    theirs = {
        properties["atvk"]: shapely.transform(s, _TO_METRES.transform, interleaved=False)
        for properties, s in official.features
    }
    theirs["0038001"] = theirs.pop("0038000", theirs.get("0038001")).union(theirs.pop("0055000"))

    shares = []
    for properties, ours in layer(NOW):
        other = theirs[properties["atvk"]]
        shares.append(ours.intersection(other).area / ours.union(other).area)

    assert statistics.median(shares) == pytest.approx(0.954, abs=0.002)
    assert min(shares) == pytest.approx(0.612, abs=0.005)

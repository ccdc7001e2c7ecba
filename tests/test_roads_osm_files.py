from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import numpy as np
import pytest

from planner.errors import InputError
from planner.roads.network import RoadNetwork
from planner.roads.osm_files import import_osm
from planner.roads.osm_tags import may_be_driven
from tests.roads_osm_town import way, write_town

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference"


def reference(name: str) -> Path:
    if not (REFERENCE / name).exists():
        pytest.skip("the reference data is not here")
    return REFERENCE / name


def node(lat: float, lon: float) -> int:
    """Return the number in the grid of the little town, 1..9."""
    return 1 + 3 * round((lat - 56) * 100) + round((lon - 27) * 100)


def arcs(roads: RoadNetwork) -> set[tuple[int, int]]:
    ends = [node(y, x) for y, x in zip(roads.node_lat, roads.node_lon, strict=True)]
    return {(ends[a], ends[b]) for a, b in zip(roads.tail, roads.head, strict=True)}


def speed_between(roads: RoadNetwork, a: int, b: int) -> float:
    ends = [node(y, x) for y, x in zip(roads.node_lat, roads.node_lon, strict=True)]
    for edge, (s, t) in enumerate(zip(roads.tail, roads.head, strict=True)):
        if (ends[s], ends[t]) == (a, b):
            return float(roads.speed_kmh[edge])
    raise AssertionError((a, b))


def test_the_town_has_its_drivable_roads_and_directions(tmp_path: Path) -> None:
    roads = import_osm(write_town(tmp_path / "town.osm"))

    two_way = {(1, 2), (2, 3), (4, 5), (5, 6), (3, 6), (6, 9)}
    one_way = {(7, 8), (8, 9), (7, 4), (4, 1)}
    assert arcs(roads) == two_way | {(b, a) for a, b in two_way} | one_way


def test_speeds_follow_signs_surfaces_and_zones(tmp_path: Path) -> None:
    roads = import_osm(write_town(tmp_path / "town.osm"))

    assert speed_between(roads, 1, 2) == pytest.approx(90 * 0.9)
    assert speed_between(roads, 4, 5) == pytest.approx(70 * 0.85 * 0.9)
    assert speed_between(roads, 3, 6) == pytest.approx(50 * 0.9)
    assert speed_between(roads, 7, 8) == pytest.approx(35 * 0.9)


def test_each_direction_has_its_own_sign(tmp_path: Path) -> None:
    file = write_town(
        tmp_path / "town.osm",
        way(1, [1, 2], highway="primary", maxspeed__forward="70", maxspeed__backward="30"),
    )

    roads = import_osm(file)

    assert speed_between(roads, 1, 2) == pytest.approx(70 * 0.9)
    assert speed_between(roads, 2, 1) == pytest.approx(30 * 0.9)


def test_a_roundabout_is_one_way_without_a_tag(tmp_path: Path) -> None:
    file = write_town(
        tmp_path / "town.osm",
        way(1, [1, 2, 5, 4, 1], highway="tertiary", junction="roundabout"),
    )

    assert arcs(import_osm(file)) == {(1, 2), (2, 5), (5, 4), (4, 1)}


def test_the_source_tells_licence_and_newest_date(tmp_path: Path) -> None:
    source = import_osm(write_town(tmp_path / "town.osm")).source

    assert "OpenStreetMap contributors" in source.licence
    assert source.date == "2026-10-06"


def test_packed_files_give_the_same_roads(tmp_path: Path) -> None:
    plain = write_town(tmp_path / "town.osm")
    packed = [tmp_path / "town.osm.gz", tmp_path / "town.osm.bz2"]
    packed[0].write_bytes(gzip.compress(plain.read_bytes()))
    packed[1].write_bytes(bz2.compress(plain.read_bytes()))

    expected = import_osm(plain)

    for file in packed:
        roads = import_osm(file)
        assert (roads.length_m == expected.length_m).all()
        assert arcs(roads) == arcs(expected)


def test_a_region_keeps_roads_with_an_end_in_it(tmp_path: Path) -> None:
    file = write_town(tmp_path / "town.osm")

    roads = import_osm(file, (26.995, 55.995, 27.015, 56.005), margin_km=0)

    assert arcs(roads) == {(1, 2), (2, 1), (2, 3), (3, 2), (4, 1)}


def test_progress_is_told_in_sentences(tmp_path: Path) -> None:
    said: list[str] = []

    import_osm(write_town(tmp_path / "town.osm"), on_progress=said.append)

    assert said[0].startswith("Reading town.osm")
    assert said[-1] == "9 nodes, 16 directed edges"


def test_a_node_that_is_not_in_the_file_ends_the_road(tmp_path: Path) -> None:
    said: list[str] = []
    file = write_town(tmp_path / "town.osm", way(1, [1, 2, 77, 5, 6], highway="primary"))

    roads = import_osm(file, on_progress=said.append)

    assert arcs(roads) == {(1, 2), (2, 1), (5, 6), (6, 5)}
    assert "1 nodes of roads are not in the file; the roads end there" in said


@pytest.mark.parametrize("name", ["town.osm", "town.osm.gz", "town.osm.bz2", "town.osm.pbf"])
def test_a_file_that_is_no_extract_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<html>404 not found</html>", encoding="utf-8")

    with pytest.raises(InputError, match=f"{name}: the file is truncated or no OpenStreetMap"):
        import_osm(tmp_path / name)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
@pytest.mark.parametrize("ending", [".osm", ".osm.gz", ".osm.bz2"])
def test_a_truncated_file_is_refused(tmp_path: Path, ending: str, share: float) -> None:
    whole = write_town(tmp_path / "town.osm").read_bytes()
    packed = {".osm": bytes, ".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[ending](whole)
    file = tmp_path / f"cut{ending}"
    file.write_bytes(packed[: int(len(packed) * share)])

    with pytest.raises(InputError, match="truncated"):
        import_osm(file)


def test_other_files_and_missing_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no OpenStreetMap extract; give one of"):
        import_osm(tmp_path / "roads.shp")
    with pytest.raises(InputError, match="no such file"):
        import_osm(tmp_path / "roads.osm.pbf")


def test_a_file_without_roads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no road that can be driven"):
        import_osm(write_town(tmp_path / "town.osm", way(1, [1, 2], highway="footway")))


def test_a_region_that_is_no_area_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no area in degrees"):
        import_osm(write_town(tmp_path / "town.osm"), (600_000.0, 6_200_000.0, 1.0, 2.0))


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"highway": "primary"}, True),
        ({"highway": "primary", "access": "permissive"}, True),
        ({"highway": "primary", "access": "no"}, True),
        ({"highway": "primary", "access": "private"}, False),
        ({"highway": "primary", "motor_vehicle": "no"}, False),
        ({"highway": "primary", "motorcar": "no"}, False),
        ({"highway": "primary", "area": "yes"}, False),
        ({"highway": "residential", "service": "driveway"}, False),
        ({"highway": "services"}, False),
        ({"highway": "track"}, False),
        ({"waterway": "river"}, False),
    ],
)
def test_what_may_be_driven_is_what_osmnx_drives(tags: dict[str, str], *, open_: bool) -> None:
    assert may_be_driven(tags) is open_


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "nodes", "edges"),
    [
        ("andorra.osm.pbf", 15942, 30530),
        ("north-bayreuth.osm.gz", 5175, 9981),
        ("one_way_dead_end.osm.pbf", 133, 170),
    ],
)
def test_real_extracts_load(name: str, nodes: int, edges: int) -> None:
    roads = import_osm(reference(name))

    assert (roads.nodes, roads.edges) == (nodes, edges)
    assert np.isfinite(roads.speed_kmh).all()


@pytest.mark.reference
@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_truncated_pbf_is_refused(tmp_path: Path, share: float) -> None:
    whole = reference("andorra.osm.pbf").read_bytes()
    (tmp_path / "cut.osm.pbf").write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(InputError, match="truncated"):
        import_osm(tmp_path / "cut.osm.pbf")


def test_a_file_that_blows_up_by_entities_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.osm"
    nested = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10 if k else "ha"}">' for k in range(9))
    file.write_text(
        f'<?xml version="1.0"?><!DOCTYPE osm [{nested}]><osm version="0.6">'
        '<way id="1"><tag k="highway" v="&e8;"/></way></osm>',
        encoding="utf-8",
    )

    with pytest.raises(InputError, match="no OpenStreetMap extract"):
        import_osm(file)

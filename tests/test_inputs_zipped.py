"""A Shapefile may come zipped, as offices send it, and an archive can do nothing else."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import shapely

from planner.errors import FaultList
from planner.inputs.geometry import Layer, read_layer
from planner.inputs.zipped_shapes import MOST_UNPACKED_BYTES, zipped_parts
from tests.test_inputs_geometry import write

SQUARE = shapely.box(27.0, 56.0, 27.1, 56.1)
NO_SHAPE = "is no archive with one Shapefile"


def read(path: Path) -> tuple[Layer | None, str]:
    faults = FaultList()
    layer = read_layer(path, faults)
    return layer, "; ".join(map(str, faults.faults))


def shapefile(folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    write(folder / "a.shp", SQUARE, crs="EPSG:4326")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("prefix", ["", "novadi/", "../../", "/etc/"])
def test_a_zipped_shapefile_is_read_and_written_nowhere_else(tmp_path: Path, prefix: str) -> None:
    parts = {prefix + name: content for name, content in shapefile(tmp_path / "a").items()}
    sent = tmp_path / "deep" / "er"
    sent.mkdir(parents=True)
    path = zipped(sent / "a.zip", {**parts, "__MACOSX/a.shp": b"x", "read me.txt": b"hello"})
    before = sorted(tmp_path.rglob("*"))

    layer, faults = read(path)

    assert faults == ""
    assert layer is not None
    assert layer.crs == "EPSG:4326"
    assert layer.features[0][1].equals_exact(SQUARE, 1e-6, normalize=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_without_one_shapefile_is_refused(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "a")
    two = {**parts, **{f"b{Path(name).suffix}": content for name, content in parts.items()}}

    assert NO_SHAPE in read(zipped(tmp_path / "two.zip", two))[1]
    assert NO_SHAPE in read(zipped(tmp_path / "none.zip", {"a.gpkg": b"SQLite format 3\x00"}))[1]
    assert NO_SHAPE in read(zipped(tmp_path / "false.zip", {"a.shp": b"<VRT>"}))[1]


def test_a_damaged_or_locked_archive_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", shapefile(tmp_path / "a")).read_bytes()
    locked = bytearray(whole)
    for start in _all(whole, b"PK\x01\x02"):
        locked[start + 8] |= 1
    for start in _all(whole, b"PK\x03\x04"):
        locked[start + 6] |= 1

    assert zipped_parts(whole) is not None
    for broken in (whole[:-30], whole[: len(whole) // 2], bytes(locked), whole[:60] + whole[90:]):
        assert zipped_parts(broken) is None


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "a")
    bomb = zipped(tmp_path / "b.zip", {**parts, "a.dbf": bytes(MOST_UNPACKED_BYTES + 1)})

    assert bomb.stat().st_size < 1_000_000
    assert zipped_parts(bomb.read_bytes()) is None


def test_an_endless_list_of_members_is_not_read(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", shapefile(tmp_path / "a")).read_bytes()
    end = whole.rindex(b"PK\x05\x06")
    long = whole[: end + 12] + struct.pack("<I", 2_000_000) + whole[end + 16 :]

    assert zipped_parts(long) is None
    assert zipped_parts(whole[:end] + b"PK\x06\x07" + bytes(16) + whole[end:]) is None


def _all(content: bytes, mark: bytes) -> list[int]:
    return [k for k in range(len(content)) if content.startswith(mark, k)]


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {**shapefile(tmp_path / "a"), "q": b"nameless"})
    content = bytearray(path.read_bytes())
    record = content.rindex(b"PK\x01\x02")
    assert content[record + 46 : record + 47] == b"q"
    struct.pack_into("<H", content, record + 28, 0)
    del content[record + 46]
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, struct.unpack_from("<I", content, end + 12)[0] - 1)
    path.write_bytes(bytes(content))

    layer, faults = read(path)

    assert (faults, layer is not None) == ("", True)

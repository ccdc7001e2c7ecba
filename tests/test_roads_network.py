from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from planner.errors import InputError
from planner.roads.network import checked, load_network
from planner.roads.speeds import read_profile
from tests.roads_towns import random_network, river_town, two_villages


def test_a_saved_network_comes_back_the_same(tmp_path: Path) -> None:
    roads = random_network(1, nodes=30, arcs=60)

    roads.save(tmp_path / "roads.npz")
    again = load_network(tmp_path / "roads.npz")

    assert again.digest == roads.digest
    assert again.assumptions == roads.assumptions
    assert again.source == roads.source
    assert (again.nanoseconds == roads.nanoseconds).all()


def test_equal_networks_give_equal_files(tmp_path: Path) -> None:
    river_town().save(tmp_path / "a.npz")
    river_town().save(tmp_path / "b.npz")

    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_the_file_opens_with_numpy_alone_and_holds_no_pickle(tmp_path: Path) -> None:
    river_town().save(tmp_path / "roads.npz")

    with np.load(tmp_path / "roads.npz", allow_pickle=False) as arrays:
        assert arrays["length_m"].sum() == 2 * 23_000 + 11_000
        header = json.loads(arrays["header.json"])

    assert header["source"]["name"] == "test"


def test_another_digest_for_another_speed() -> None:
    roads = river_town()
    slower = dataclasses.replace(roads, speed_kmh=roads.speed_kmh * 0.9)

    assert slower.digest != roads.digest


def test_every_cut_of_a_file_is_refused_in_words(tmp_path: Path) -> None:
    river_town().save(tmp_path / "roads.npz")
    whole = (tmp_path / "roads.npz").read_bytes()

    for length in range(0, len(whole), 97):
        (tmp_path / "cut.npz").write_bytes(whole[:length])
        with pytest.raises(InputError, match="no whole road network"):
            load_network(tmp_path / "cut.npz")


def test_flipped_bytes_are_refused_or_harmless(tmp_path: Path) -> None:
    river_town().save(tmp_path / "roads.npz")
    whole = bytearray((tmp_path / "roads.npz").read_bytes())
    right = river_town().digest

    for place in range(0, len(whole), 53):
        flipped = bytearray(whole)
        flipped[place] ^= 0xFF
        (tmp_path / "flipped.npz").write_bytes(bytes(flipped))
        try:
            assert load_network(tmp_path / "flipped.npz").digest == right
        except InputError:
            continue


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fetch or import roads first"):
        load_network(tmp_path / "none.npz")


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    river_town().save(tmp_path / "roads.npz")
    with (
        zipfile.ZipFile(tmp_path / "roads.npz") as old,
        zipfile.ZipFile(tmp_path / "new.npz", "w") as new,
    ):
        header = json.loads(old.read("header.json"))
        new.writestr("header.json", json.dumps({**header, "format": 99}))

    with pytest.raises(InputError, match="format 99"):
        load_network(tmp_path / "new.npz")


def test_an_array_larger_than_told_is_not_unpacked(tmp_path: Path) -> None:
    river_town().save(tmp_path / "roads.npz")
    with (
        zipfile.ZipFile(tmp_path / "roads.npz") as old,
        zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        new.writestr("header.json", old.read("header.json"))
        new.writestr("node_lat.npy", b"\0" * 50_000_000)

    with pytest.raises(InputError, match="no whole road network"):
        load_network(tmp_path / "bomb.npz")


def test_a_failed_save_keeps_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "roads.npz"
    river_town().save(file)
    before = file.read_bytes()
    broken = dataclasses.replace(two_villages(), head=np.array(["x"]))

    with pytest.raises(ValueError, match="x"):
        broken.save(file)

    assert file.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == ["roads.npz"]


def test_all_that_is_wrong_with_the_numbers_is_told_at_once() -> None:
    roads = two_villages()
    wrong = dataclasses.replace(
        roads,
        head=np.array([7, 2, 0, 1], dtype=np.int32),
        length_m=np.array([np.nan, -1.0, 5.0, 5.0]),
        node_lat=np.array([56.0, 6_300_000.0, np.nan]),
    )

    with pytest.raises(InputError) as error:
        checked(wrong, file="roads.npz")

    assert [str(fault) for fault in error.value.faults] == [
        "roads.npz: 1 ends of roads have no node",
        "roads.npz: 2 nodes are no places on earth (degrees, EPSG:4326)",
        "roads.npz: 2 roads have no length in metres",
    ]


def test_winter_is_slower_by_its_factor() -> None:
    roads = two_villages()

    winter = roads.with_profile(dataclasses.replace(roads.profile, season_factor=0.8))

    assert winter.speed_kmh == pytest.approx(roads.speed_kmh * 0.8)
    assert winter.digest != roads.digest


def test_every_number_of_the_profile_is_among_the_assumptions() -> None:
    said = " ".join(read_profile("car").assumptions)

    for number in ("motorway 110", "0.85", "0.9", "40 km/h", "1.3"):
        assert number in said

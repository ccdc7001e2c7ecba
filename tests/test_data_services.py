"""The shipped catalogue and facilities are whole, consistent and say what is unknown."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from planner.domain import Status, Stay
from planner.errors import FaultList
from planner.inputs.catalogue import read_catalogue
from planner.inputs.study_area import read_study_area, starter_data

DATA = Path(__file__).parent.parent / "data"
SITE_BOUND = {
    "day_care_adults",
    "workshop",
    "group_home",
    "short_term_care",
    "respite_children",
    "day_care_children",
    "rehabilitation_children",
    "family_like_home",
    "youth_house",
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / "services" / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_fifteen_services_nine_of_them_need_a_site() -> None:
    services = read_catalogue(DATA / "services" / "catalogue.csv", FaultList())

    assert len(services) == 15
    assert {s.id for s in services if s.site_bound} == SITE_BOUND
    assert {s.stay for s in services} == set(Stay)


def test_destinations_of_children_in_institutions_add_up_to_all_of_them() -> None:
    services = read_catalogue(DATA / "services" / "catalogue.csv", FaultList())

    shares = {s.id: s.need_share for s in services if s.target_group == "children_in_institutions"}

    assert shares == {"family_like_home": 0.40, "youth_house": 0.15, "foster_or_adoption": 0.45}


def test_legal_representatives_have_a_service_of_their_own() -> None:
    services = read_catalogue(DATA / "services" / "catalogue.csv", FaultList())

    (found,) = [s for s in services if s.target_group == "legal_representatives"]

    assert (found.id, found.stay) == ("support_groups_representatives", Stay.MOBILE)
    assert "proposal" in found.need_share_basis


def test_every_figure_of_the_catalogue_has_a_basis() -> None:
    for row in rows("catalogue.csv"):
        for column, text in row.items():
            if column.endswith("_basis"):
                assert text, (row["id"], column)


def test_37_facilities_of_latgale_with_known_places_as_published() -> None:
    facilities = rows("facilities.csv")

    assert len(facilities) == 37
    known = [f for f in facilities if f["places"]]
    assert sum(int(f["places"]) for f in known if f["service"] == "group_home") == 88
    assert {f["places_basis"] for f in facilities if not f["places"]} == {"unknown"}
    assert Counter(f["status"] for f in facilities) == {"operating": 27, "committed": 10}


def test_an_address_is_one_site_and_a_service_stands_there_once() -> None:
    facilities = rows("facilities.csv")
    address_of = {f["site_id"]: (f["place_id"], f["address"]) for f in facilities}

    for facility in facilities:
        assert address_of[facility["site_id"]] == (facility["place_id"], facility["address"])
        assert facility["site_id"].startswith(f"{facility['place_id']}-a")
    assert len({(f["place_id"], f["address"]) for f in facilities}) == len(address_of) == 20
    assert len({(f["service"], f["site_id"]) for f in facilities}) == 37


def test_latgale_is_read_whole() -> None:
    area = read_study_area("Latgale", data=starter_data())

    assert (len(area.points), len(area.municipalities), len(area.facilities)) == (148, 9, 37)
    assert sum(site.building for site in area.sites) == 20
    assert len(area.sites) == 168
    assert sum(f.places is None for f in area.facilities) == 22
    assert sum(f.status is Status.COMMITTED for f in area.facilities) == 10
    by_group = Counter[str]()
    for (group, _), persons in area.assessed.items():
        by_group[group] += persons
    assert by_group == {
        "adults": 462,
        "children_ft": 505,
        "children_out_of_family": 317,
        "children_in_institutions": 209,
        "legal_representatives": 260,
    }
    assert all(municipality.outline_wkb for municipality in area.municipalities)
    assert set(area.background) == {"outline", "lakes", "region", "roads"}
    assert any(source.illustrative for source in area.sources)


def test_vidzeme_has_places_and_no_needs() -> None:
    area = read_study_area("vidzeme", data=starter_data())

    assert len(area.points) == 131
    assert area.assessed == {}
    assert not any(source.illustrative for source in area.sources)


def test_the_shipped_files_are_what_the_script_builds(tmp_path: Path) -> None:
    shared = DATA.parent.parent / "shared"
    if not (shared / "data" / "starter").is_dir():
        pytest.skip("the starter layers are not here")

    subprocess.run(
        [
            sys.executable,
            str(DATA.parent / "scripts" / "build_data.py"),
            str(shared),
            str(tmp_path),
        ],
        cwd=DATA.parent,
        check=True,
    )

    built = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(built) == 14
    for path in built:
        shipped = DATA / path.relative_to(tmp_path)
        assert shipped.read_bytes() == path.read_bytes(), shipped.name

"""A study area comes from its files whole, or every fault of every file is told at once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from planner.domain import Scenario, Status
from planner.errors import InputError
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.inputs.study_area import (
    REGIONS,
    check_file,
    places_of_region,
    read_study_area,
    starter_data,
)
from planner.problem import service_needs

SETTLEMENTS = (
    "place_id,name,municipality_atvk,municipality,lat,lon,kind,population_estimate\n"
    "A,Ala,M1,Alas novads,56.00,27.00,town,900\n"
    "B,Bela,M2,Belas novads,56.10,27.20,parish,100\n"
)
ASSESSED = "place_id,group,persons\nA,adults,20\nB,adults,10\n"
FACILITIES = (
    "service,name,address,place_id,places,status\n"
    "workshop,Darbnīca,Skolas iela 1,A,10,operating\n"
    "day_care_adults,Centrs,Skolas iela 1,A,,operating\n"
    "workshop,Jaunā,Parka iela 2,A,10,committed\n"
)


def two_villages(folder: Path, **texts: str) -> dict[str, Path]:
    """Write the files of a study area of two villages and return them by role."""
    made = {"settlements": SETTLEMENTS, "assessed": ASSESSED, "facilities": FACILITIES, **texts}
    files = {}
    for role, text in made.items():
        files[role] = folder / f"{role}.csv"
        files[role].write_text(text, encoding="utf-8")
    return files


def test_two_villages_bring_their_own_files(tmp_path: Path) -> None:
    area = read_study_area("tiny", data=starter_data(), files=two_villages(tmp_path))

    assert area.region == "tiny"
    assert [(p.id, p.name, p.population, p.town) for p in area.points] == [
        ("A", "Ala", 900, True),
        ("B", "Bela", 100, False),
    ]
    assert [(m.atvk, m.name, m.outline_wkb) for m in area.municipalities] == [
        ("M1", "Alas novads", b""),
        ("M2", "Belas novads", b""),
    ]
    assert area.assessed == {("adults", "A"): 20, ("adults", "B"): 10}
    assert [s.id for s in area.sites] == ["A", "B", "A-a1", "A-a2"]
    assert len(area.services) == 15
    assert area.background == {}


def test_one_address_holds_several_services_and_unknown_places_stay_unknown(
    tmp_path: Path,
) -> None:
    area = read_study_area("tiny", data=starter_data(), files=two_villages(tmp_path))

    assert [(f.service, f.site_id, f.places, f.status) for f in area.facilities] == [
        ("workshop", "A-a1", 10, Status.OPERATING),
        ("day_care_adults", "A-a1", None, Status.OPERATING),
        ("workshop", "A-a2", 10, Status.COMMITTED),
    ]
    building = area.sites[2]
    assert (building.building, building.address, building.lat) == (True, "Skolas iela 1", 56.0)


def test_facilities_may_be_left_out(tmp_path: Path) -> None:
    files = two_villages(tmp_path)
    del files["facilities"]

    area = read_study_area("tiny", data=starter_data(), files=files)

    assert area.facilities == ()
    assert len(area.sites) == 2


def test_faults_of_all_files_come_in_one_error(tmp_path: Path) -> None:
    files = two_villages(
        tmp_path,
        settlements=SETTLEMENTS.replace("56.10", "156.10"),
        assessed=ASSESSED.replace("20", "-20"),
        facilities=FACILITIES.replace("committed", "perhaps"),
    )

    with pytest.raises(InputError) as caught:
        read_study_area("tiny", data=starter_data(), files=files)

    assert {(f.file, f.row, f.column) for f in caught.value.faults} >= {
        ("settlements.csv", 3, "lat"),
        ("assessed.csv", 2, "persons"),
        ("facilities.csv", 4, "status"),
    }


def test_files_that_are_missing_are_all_named(tmp_path: Path) -> None:
    missing = {role: tmp_path / f"{role}.csv" for role in ("assessed", "facilities")}

    with pytest.raises(InputError) as caught:
        read_study_area("latgale", data=starter_data(), files=missing)

    assert sorted(f.file for f in caught.value.faults) == ["assessed.csv", "facilities.csv"]


@pytest.mark.parametrize(
    "said", ["latgale", "LATGALE", "Latgale", "Latgales plānošanas reģions", "Latgales reģions"]
)
def test_a_region_is_known_by_id_and_by_name(said: str) -> None:
    assert read_study_area(said, data=starter_data()).region == "latgale"


def test_riga_is_known_with_and_without_its_macron() -> None:
    assert read_study_area("Rīga", data=starter_data()).region == "riga"
    assert read_study_area("riga", data=starter_data()).region == "riga"


def test_partners_of_another_region_are_in_the_demand_and_out_of_the_regions_own() -> None:
    alone = read_study_area("kurzeme", data=starter_data())
    area = read_study_area("kurzeme", data=starter_data(), partners=["0052000"])
    own = places_of_region("kurzeme", data=starter_data())

    assert {m.name for m in area.municipalities} - {m.name for m in alone.municipalities} == {
        "Tukuma novads"
    }
    assert sum(n for (_, place), n in area.assessed.items() if place in own) == 1090
    assert sum(area.assessed.values()) > 1090


def test_a_partner_that_is_no_municipality_is_refused() -> None:
    with pytest.raises(InputError, match="0055000"):
        read_study_area("kurzeme", data=starter_data(), partners=["0055000"])


def test_an_unknown_region_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match="latgale, kurzeme, zemgale, riga, vidzeme"):
        read_study_area("Sēlija", data=starter_data())


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_reads_and_hangs_together(region: str) -> None:
    area = read_study_area(region, data=starter_data())

    codes = {m.atvk for m in area.municipalities}
    ids = {p.id for p in area.points}
    assert {p.municipality_atvk for p in area.points} == codes
    assert {place for _, place in area.assessed} <= ids
    assert {s.place_id for s in area.sites} == ids
    assert len({s.id for s in area.sites}) == len(area.sites)
    around = shapely.from_wkb(area.background["region"]).buffer(0.03)
    assert all(around.contains(shapely.Point(p.lon, p.lat)) for p in area.points)


def test_a_missing_data_folder_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUVAK_DATA", str(tmp_path / "nowhere"))

    with pytest.raises(InputError, match="set TUVAK_DATA"):
        starter_data()


def test_a_copy_of_the_data_folder_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("boundaries", "demand", "services"):
        shutil.copytree(starter_data() / part, tmp_path / part)
    shutil.copy(starter_data() / "sources.csv", tmp_path)
    monkeypatch.setenv("TUVAK_DATA", str(tmp_path))

    assert len(read_study_area("latgale", data=starter_data()).points) == 148


def test_an_unknown_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs, facilities, sites, boundaries"):
        check_file("plans", tmp_path / "x.csv", data=starter_data())


def test_support_plans_take_the_place_of_shares_for_the_services_that_they_name(
    tmp_path: Path,
) -> None:
    plans = "vieta;pakalpojums;personas\nAla;SPEC_DARB;3\nBela;workshop;9\n"
    files = two_villages(tmp_path, support_plans=plans)

    area = read_study_area("tiny", data=starter_data(), files=files)
    needs = service_needs(area, Scenario(id="t", title="t", region="tiny", plan_year=2027))

    assert area.support_plans == {("workshop", "A"): 3, ("workshop", "B"): 9}
    assert {need: n for need, n in needs.items() if need[0] == "workshop"} == area.support_plans
    assert sum(n for (service, _), n in needs.items() if service == "day_care_adults") == 13


def test_support_plans_with_faults_are_refused(tmp_path: Path) -> None:
    plans = "place_id,service,persons\nA,ballet,3\nC,workshop,-1\n"

    with pytest.raises(InputError) as caught:
        read_study_area(
            "tiny", data=starter_data(), files=two_villages(tmp_path, support_plans=plans)
        )

    assert [(f.row, f.column) for f in caught.value.faults] == [
        (2, "service"),
        (3, "place_id"),
        (3, "persons"),
    ]


def test_a_place_named_once_by_code_and_once_by_name_is_not_counted_over(tmp_path: Path) -> None:
    files = two_villages(tmp_path, assessed=ASSESSED + "Ala,GRT,7\n")

    with pytest.raises(InputError) as caught:
        read_study_area("tiny", data=starter_data(), files=files)

    assert [str(fault) for fault in caught.value.faults] == [
        "assessed.csv, row 4, column place_id: the same as row 2: adults, A; leave one of them"
    ]


GROWING = """
title = "Grows"
region = "latgale"
plan_year = 2030
base_year = 2026
partners = ["0031000"]

[[growth]]
group = "adults"
source = "the region's own estimate"
rate_per_year = 0.05

[[growth]]
group = "children_ft"
source = "a table"
persons_by_year = { 2030 = 600 }
"""


def test_a_scenario_looks_ahead_and_takes_a_partner_in(tmp_path: Path) -> None:
    path = tmp_path / "grows.toml"
    path.write_text(GROWING, encoding="utf-8")

    scenario = read_scenario(path)
    area = read_study_area("latgale", data=starter_data(), partners=scenario.partners)
    grown = service_needs(area, scenario)
    base = service_needs(area, replace(scenario, growth=()))

    adults = sum(n for (group, _), n in area.assessed.items() if group == "adults")
    care = {s: sum(n for (service, _), n in grown.items() if service == s) for s, _ in grown}
    assert adults > 462
    assert care["day_care_adults"] == round(round(adults * 1.05**4) * 0.42)
    assert care["day_care_children"] == 30
    assert sum(base.values()) < sum(grown.values())
    assert (
        service_needs(area, replace(scenario, plan_year=2026, growth=scenario.growth[:1])) == base
    )
    path.write_text(scenario_to_toml(scenario), encoding="utf-8")
    assert read_scenario(path) == scenario


def test_growth_without_the_year_of_the_assessment_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "grows.toml"
    path.write_text(GROWING.replace("base_year = 2026\n", ""), encoding="utf-8")

    with pytest.raises(InputError, match="base_year"):
        read_scenario(path)

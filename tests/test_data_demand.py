"""The shipped counts of persons come out to the person at every level."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "data"
GROUPS = ("adults", "children_ft", "children_out_of_family", "children_in_institutions")
REGIONS = {
    "Latgale": (462, 505, 317, 209),
    "Kurzeme": (482, 480, 128, None),
    "Zemgale": (387, 392, 239, None),
    "Rīga": (993, 1337, 722, None),
}
PRESENT = {
    "0002000": (148, 162, 102, 67),
    "0006000": (50, 54, 34, 23),
    "0022000": (47, 52, 32, 21),
    "0024000": (35, 38, 24, 17),
    "0032000": (42, 45, 28, 18),
    "0036000": (19, 21, 13, 9),
    "0037000": (39, 43, 27, 18),
    "0042000": (28, 31, 20, 12),
    "0043000": (54, 59, 37, 24),
}
BEFORE_2021 = {
    "Aglonas novads": (6, 6, 4, 2),
    "Baltinavas novads": (2, 2, 1, 1),
    "Balvu novads": (21, 23, 14, 10),
    "Ciblas novads": (4, 5, 3, 2),
    "Dagdas novads": (12, 13, 8, 5),
    "Daugavpils": (148, 162, 102, 67),
    "Daugavpils novads": (35, 39, 24, 16),
    "Ilūkstes novads": (12, 13, 8, 5),
    "Krāslavas novads": (25, 27, 17, 11),
    "Kārsavas novads": (9, 10, 6, 4),
    "Ludzas novads": (21, 23, 15, 10),
    "Līvānu novads": (19, 21, 13, 9),
    "Preiļu novads": (16, 18, 11, 7),
    "Riebiņu novads": (8, 9, 6, 4),
    "Rugāju novads": (4, 4, 3, 2),
    "Rēzekne": (50, 54, 34, 23),
    "Rēzeknes novads": (44, 48, 30, 20),
    "Viļakas novads": (8, 9, 6, 4),
    "Viļānu novads": (10, 11, 7, 4),
    "Vārkavas novads": (3, 3, 2, 1),
    "Zilupes novads": (5, 5, 3, 2),
}

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, str]]:
    return {row["place_id"]: row for row in read("demand/settlements.csv")}


@pytest.fixture(scope="module")
def assessed() -> Rows:
    return read("demand/assessed_persons.csv")


def read(name: str) -> Rows:
    with (DATA / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def totals(rows: Rows, key: dict[str, str] | str) -> dict[str, tuple[int | None, ...]]:
    """Return sums by group, ``None`` for a group without rows."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        name = row[key] if isinstance(key, str) else key[row["place_id"]]
        sums[name][row["group"]] += int(row["persons"])
    return {name: tuple(s.get(g) for g in GROUPS) for name, s in sums.items()}


def test_there_are_580_places_148_of_them_in_latgale(places: dict[str, dict[str, str]]) -> None:
    regions = Counter(place["planning_region_before_2021"] for place in places.values())

    assert len(places) == 580
    assert regions == {"Latgale": 148, "Vidzeme": 131, "Kurzeme": 105, "Zemgale": 103, "Rīga": 93}


def test_totals_of_every_region_are_those_of_its_project(assessed: Rows) -> None:
    assert totals(assessed, "region") == REGIONS


def test_latgale_comes_out_in_the_nine_present_municipalities(assessed: Rows) -> None:
    latgale = [row for row in assessed if row["region"] == "Latgale"]

    assert totals(latgale, "municipality_atvk") == PRESENT


def test_latgale_comes_out_in_the_21_municipalities_before_2021(
    assessed: Rows, places: dict[str, dict[str, str]]
) -> None:
    latgale = [row for row in assessed if row["region"] == "Latgale"]
    unit_of = {place_id: place["municipality_2020"] for place_id, place in places.items()}

    assert totals(latgale, unit_of) == BEFORE_2021


def test_aglonas_novads_is_split_along_its_parishes(
    assessed: Rows, places: dict[str, dict[str, str]]
) -> None:
    aglona = [
        row for row in assessed if places[row["place_id"]]["municipality_2020"] == "Aglonas novads"
    ]
    units = {places[row["place_id"]]["unit"]: row["municipality_atvk"] for row in aglona}

    assert units == {
        "Aglonas pagasts": "0042000",
        "Grāveru pagasts": "0032000",
        "Kastuļinas pagasts": "0032000",
        "Šķeltovas pagasts": "0032000",
    }
    assert totals(aglona, "municipality_atvk") == {"0042000": (1, 1, 1, 0), "0032000": (5, 5, 3, 2)}


def test_no_place_has_more_children_in_institutions_than_out_of_family(assessed: Rows) -> None:
    persons = {(row["group"], row["place_id"]): int(row["persons"]) for row in assessed}

    for (group, place), count in persons.items():
        if group == "children_in_institutions":
            assert count <= persons["children_out_of_family", place]


def test_no_parish_of_rezekne_wins_every_tie(
    assessed: Rows, places: dict[str, dict[str, str]]
) -> None:
    parishes = {
        place_id: 0
        for place_id, place in places.items()
        if place["municipality_2020"] == "Rēzeknes novads"
    }

    for row in assessed:
        if row["place_id"] in parishes and row["group"] != "children_in_institutions":
            parishes[row["place_id"]] += int(row["persons"])

    assert max(parishes.values()) - min(parishes.values()) <= 1


def test_every_row_is_marked_as_illustration_and_names_its_municipality(
    assessed: Rows, places: dict[str, dict[str, str]]
) -> None:
    assert {row["basis"] for row in assessed} == {"illustration"}
    for row in assessed:
        place = places[row["place_id"]]
        assert row["municipality_atvk"] == place["municipality_atvk"]
        assert row["region"] == place["planning_region_before_2021"]
    assert len({(row["place_id"], row["group"]) for row in assessed}) == len(assessed) == 1495


def test_names_shown_are_told_apart_inside_a_municipality(
    places: dict[str, dict[str, str]],
) -> None:
    shown = Counter((p["municipality_atvk"], p["name"]) for p in places.values())

    assert [name for name, times in shown.items() if times > 1] == []
    assert not [p for p in places.values() if p["name"].endswith("novads")]


def test_codes_keep_their_leading_zeros(places: dict[str, dict[str, str]]) -> None:
    for place in places.values():
        assert len(place["place_id"]) == 7 or place["place_id"].startswith("x-")
        assert len(place["municipality_atvk"]) == 7

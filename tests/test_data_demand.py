"""The shipped counts of persons come out to the person at every level."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from planner.inputs.checks import known_names
from planner.inputs.institutions import read_institutions
from planner.inputs.needs import is_illustration
from planner.inputs.study_area import read_study_area
from planner.inputs.territories import Edition, region_of, spread, totals_by_unit

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

TO_SERVE = {
    "0002000": (124, 171),
    "0006000": (42, 58),
    "0022000": (40, 54),
    "0024000": (29, 39),
    "0032000": (34, 48),
    "0036000": (16, 22),
    "0037000": (33, 46),
    "0042000": (25, 34),
    "0043000": (44, 61),
}
TO_SERVE_BEFORE_2021 = {
    "Aglonas novads": (4, 7),
    "Baltinavas novads": (1, 2),
    "Balvu novads": (18, 24),
    "Ciblas novads": (3, 5),
    "Dagdas novads": (10, 14),
    "Daugavpils": (124, 171),
    "Daugavpils novads": (30, 41),
    "Ilūkstes novads": (10, 13),
    "Krāslavas novads": (21, 29),
    "Kārsavas novads": (8, 11),
    "Ludzas novads": (18, 25),
    "Līvānu novads": (16, 22),
    "Preiļu novads": (14, 19),
    "Riebiņu novads": (7, 9),
    "Rugāju novads": (3, 4),
    "Rēzekne": (42, 58),
    "Rēzeknes novads": (36, 50),
    "Viļakas novads": (7, 9),
    "Viļānu novads": (8, 11),
    "Vārkavas novads": (3, 4),
    "Zilupes novads": (4, 5),
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


def totals_of(rows: Rows, key: dict[str, str] | str) -> dict[str, int]:
    """Return sums of all rows, whatever their group."""
    sums = Counter[str]()
    for row in rows:
        sums[row[key] if isinstance(key, str) else key[row["place_id"]]] += int(row["persons"])
    return dict(sums)


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


def test_legal_representatives_of_latgale_are_counted_apart(assessed: Rows) -> None:
    persons = {(row["group"], row["place_id"]): int(row["persons"]) for row in assessed}
    rows = [row for row in assessed if row["group"] == "legal_representatives"]

    assert {row["region"] for row in rows} == {"Latgale"}
    assert {row["basis"] for row in rows} == {"illustration; persons served by the end of 2023"}
    assert sum(int(row["persons"]) for row in rows) == 260
    by_unit = totals_of(rows, "municipality_atvk")
    assert by_unit == dict(zip(sorted(PRESENT), (83, 28, 27, 20, 24, 11, 21, 15, 31), strict=True))
    for row in rows:
        assert int(row["persons"]) <= persons["children_ft", row["place_id"]]


def test_targets_come_out_and_exceed_the_assessed_children(
    places: dict[str, dict[str, str]],
) -> None:
    rows = read("demand/persons_to_serve_latgale.csv")
    unit_of = {place_id: place["municipality_2020"] for place_id, place in places.items()}
    groups = {group: [row for row in rows if row["group"] == group] for group in GROUPS[:2]}

    for level in ("municipality_atvk", unit_of):
        expected = TO_SERVE if level == "municipality_atvk" else TO_SERVE_BEFORE_2021
        adults, children = (totals_of(groups[group], level) for group in GROUPS[:2])
        assert {unit: (adults[unit], children[unit]) for unit in adults} == expected
    assert sum(n for n, _ in TO_SERVE.values()) == 387
    assert sum(n for _, n in TO_SERVE.values()) == 533


def test_all_children_of_the_illustrated_institutions_go_somewhere() -> None:
    rows = read_institutions(DATA / "demand" / "institutions.csv")
    going = Counter[str]()
    for row in rows:
        going.update(row.to)

    first = [row for row in rows if row.year == 2025]
    last = [row for row in rows if row.year == 2027]
    assert (len(first), sum(row.children for row in first)) == (8, 209)
    assert (sum(row.places for row in last), sum(row.stays for row in last)) == (0, 0)
    assert (going["family_like_home"], going["youth_house"]) == (84, 31)
    assert going["foster_family"] + going["guardian"] + going["adoption"] == 94
    assert all(is_illustration(row.basis) for row in rows)


@pytest.mark.parametrize("edition", list(Edition))
def test_every_edition_of_territories_has_every_person(edition: Edition) -> None:
    """From settlements up to units, to regions of the time, and to the whole country."""
    known = tuple(known_names(DATA)[0].places.values())
    for region, (*whole, in_institutions) in REGIONS.items():
        area = read_study_area(region, data=DATA)
        inside = [place for place in known if place.region == region]

        by_unit = totals_by_unit(area.assessed, inside, edition)

        sums = Counter[str]()
        for (group, unit), persons in by_unit.items():
            assert unit
            sums[group] += persons
        assert [sums[group] for group in GROUPS[:3]] == whole
        assert sums[GROUPS[3]] == (in_institutions or 0)
        again = spread(by_unit, inside, edition, like=area.assessed)
        assert again == dict(area.assessed)


@pytest.mark.parametrize(
    ("day", "adults"),
    [
        ("2018-12-27", {"Latgale": 462, "Kurzeme": 482, "Zemgale": 387, "Rīga": 993}),
        (
            "2021-07-01",
            {"Latgale": 462, "Kurzeme": 482 + 44, "Zemgale": 387, "Vidzeme": 94, "Rīga": 993 - 138},
        ),
    ],
)
def test_the_cut_of_planning_regions_in_2021_moves_persons_and_loses_none(
    day: str, adults: dict[str, int], assessed: Rows
) -> None:
    known = known_names(DATA)[0].places
    sums = Counter[str]()

    for row in assessed:
        if row["group"] == "adults":
            sums[region_of(known[row["place_id"]], day)] += int(row["persons"])

    assert sums == adults
    assert sum(sums.values()) == 462 + 482 + 387 + 993


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
    assert {row["basis"].split(";")[0] for row in assessed} == {"illustration"}
    for row in assessed:
        place = places[row["place_id"]]
        assert row["municipality_atvk"] == place["municipality_atvk"]
        assert row["region"] == place["planning_region_before_2021"]
    assert len({(row["place_id"], row["group"]) for row in assessed}) == len(assessed) == 1643


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

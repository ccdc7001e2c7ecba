"""Counts pass between the editions of municipalities without losing or doubling anybody."""

from __future__ import annotations

import pytest

from planner.errors import InputError
from planner.inputs.checks import known_names
from planner.inputs.places import Place
from planner.inputs.study_area import read_study_area, starter_data
from planner.inputs.territories import (
    Edition,
    convert,
    crosswalk,
    edition_on,
    region_of,
    spread,
    totals_by_unit,
    unit_of,
)

OLD, REFORM, NOW = Edition.BEFORE_2021, Edition.FROM_2021, Edition.FROM_2025


@pytest.fixture(scope="module")
def country() -> list[Place]:
    return list(known_names(starter_data())[0].places.values())


@pytest.fixture(scope="module")
def latgale(country: list[Place]) -> list[Place]:
    return [place for place in country if place.region == "Latgale"]


@pytest.fixture(scope="module")
def assessed() -> dict[tuple[str, str], int]:
    return dict(read_study_area("latgale", data=starter_data()).assessed)


def test_there_are_119_then_43_then_42_municipalities(country: list[Place]) -> None:
    counts = {edition: len({unit_of(p, edition) for p in country}) for edition in Edition}

    assert counts == {OLD: 119, REFORM: 43, NOW: 42}


def test_an_edition_is_valid_from_its_day() -> None:
    assert edition_on("2018-12-27") is OLD
    assert edition_on("2021-06-30") is OLD
    assert edition_on("2021-07-01") is REFORM
    assert edition_on("2025-06-30") is REFORM
    assert edition_on("2025-07-01") is NOW


def test_four_municipalities_changed_their_region_in_2021(country: list[Place]) -> None:
    changed = {
        p.municipality: (region_of(p, "2018-01-01"), region_of(p, "2026-01-01"))
        for p in country
        if region_of(p, "2018-01-01") != region_of(p, "2026-01-01")
    }

    assert changed == {
        "Tukuma novads": ("Rīga", "Kurzeme"),
        "Limbažu novads": ("Rīga", "Vidzeme"),
        "Ogres novads": ("Rīga", "Vidzeme"),
        "Saulkrastu novads": ("Rīga", "Vidzeme"),
    }


def test_aglonas_novads_passes_to_two_municipalities(latgale: list[Place]) -> None:
    passages = [p for p in crosswalk(latgale, OLD, NOW) if p.source == "Aglonas novads"]

    assert [(p.target, len(p.places), round(p.share, 2)) for p in passages] == [
        ("0032000", 3, 0.75),
        ("0042000", 1, 0.25),
    ]
    assert len({p.source for p in crosswalk(latgale, OLD, NOW)}) == 21
    assert len({p.target for p in crosswalk(latgale, OLD, NOW)}) == 9


def test_varaklani_lives_on_in_madona(country: list[Place]) -> None:
    passages = {p.source: p for p in crosswalk(country, REFORM, NOW)}

    assert passages["0055000"].target == "0038001"
    assert passages["0055000"].share == 1.0


def test_the_table_of_21_and_that_of_9_give_the_same_in_both_directions(
    latgale: list[Place], assessed: dict[tuple[str, str], int]
) -> None:
    of_21 = totals_by_unit(assessed, latgale, OLD)
    of_9 = totals_by_unit(assessed, latgale, NOW)

    assert convert(of_21, latgale, source=OLD, target=NOW, like=assessed) == of_9
    assert convert(of_9, latgale, source=NOW, target=OLD, like=assessed) == of_21
    assert spread(of_21, latgale, OLD, like=assessed) == assessed
    assert spread(of_9, latgale, NOW, like=assessed) == assessed


def test_a_table_of_21_without_other_knowledge_gives_the_nine_of_the_briefs(
    latgale: list[Place], assessed: dict[tuple[str, str], int]
) -> None:
    of_21 = totals_by_unit(assessed, latgale, OLD)

    of_9 = convert(of_21, latgale, source=OLD, target=NOW)

    assert of_9 == totals_by_unit(assessed, latgale, NOW)
    assert of_9["adults", "0042000"] == 28
    assert of_9["adults", "0032000"] == 42


def test_nobody_is_put_into_an_institution_who_is_not_out_of_family(latgale: list[Place]) -> None:
    table = {
        ("children_in_institutions", "Rēzeknes novads"): 20,
        ("children_out_of_family", "Rēzeknes novads"): 30,
    }

    persons = spread(table, latgale, OLD)

    for (group, place), count in persons.items():
        if group == "children_in_institutions":
            assert count <= persons["children_out_of_family", place]


def test_persons_of_a_unit_without_settlements_are_told(latgale: list[Place]) -> None:
    with pytest.raises(InputError, match="Atlantīdas novads"):
        spread({("adults", "Atlantīdas novads"): 3}, latgale, OLD)

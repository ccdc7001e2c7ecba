"""Expected persons, additions, institutions and entitlements, in towns checked by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from planner.domain import Addition, Growth
from planner.errors import InputError
from planner.inputs.additions import read_additions
from planner.inputs.checks import known_names
from planner.inputs.entitlement import persons_per_bed, persons_per_day_place
from planner.inputs.forecast import forecast
from planner.inputs.institutions import read_institutions
from planner.inputs.study_area import read_study_area, starter_data

TOWN = {("adults", "a"): 60, ("adults", "b"): 40}
MUNICIPALITY = {"a": "M1", "b": "M2"}


def grown(*growth: Growth, year: int = 2030, **rest: object) -> dict[tuple[str, str], int]:
    return forecast(TOWN, growth, base_year=2026, year=year, municipality_of=MUNICIPALITY, **rest)  # type: ignore[arg-type]


def test_without_a_rule_and_with_zero_growth_the_base_stays() -> None:
    assert grown() == TOWN
    assert grown(Growth("adults", "none", rate_per_year=0.0)) == TOWN
    assert grown(Growth("adults", "none", persons_per_year=0)) == TOWN


def test_zero_growth_keeps_all_of_latgale_person_by_person() -> None:
    area = read_study_area("latgale", data=starter_data())
    zero = [Growth(group, "none", rate_per_year=0.0) for group, _ in area.assessed]

    same = forecast(
        area.assessed,
        list({rule.group: rule for rule in zero}.values()),
        base_year=2026,
        year=2035,
        municipality_of={p.id: p.municipality_atvk for p in area.points},
    )

    assert same == area.assessed


def test_ten_per_cent_a_year_compound() -> None:
    rule = Growth("adults", "own estimate", rate_per_year=0.10)

    assert grown(rule, year=2028) == {("adults", "a"): 73, ("adults", "b"): 48}  # 121 in all


def test_five_newly_assessed_a_year_and_ten_fewer() -> None:
    assert sum(grown(Growth("adults", "x", persons_per_year=5)).values()) == 120
    assert sum(grown(Growth("adults", "x", persons_per_year=-30)).values()) == 0


def test_a_table_of_ones_own_says_the_total_of_its_year() -> None:
    rule = Growth("adults", "region's own table", persons_by_year={2030: 50})

    assert grown(rule) == {("adults", "a"): 30, ("adults", "b"): 20}


def test_a_group_inside_another_never_exceeds_it() -> None:
    persons = {
        ("children_out_of_family", "a"): 4,
        ("children_out_of_family", "b"): 4,
        ("children_in_institutions", "a"): 4,
        ("children_in_institutions", "b"): 0,
    }
    rule = Growth("children_out_of_family", "x", persons_by_year={2030: 4})

    expected = forecast(persons, [rule], base_year=2026, year=2030, municipality_of=MUNICIPALITY)

    assert expected == {
        ("children_out_of_family", "a"): 2,
        ("children_out_of_family", "b"): 2,
        ("children_in_institutions", "a"): 2,
        ("children_in_institutions", "b"): 2,
    }


def test_leavers_of_a_state_centre_come_to_the_place_that_they_chose_from_their_year_on() -> None:
    coming = Addition("b", "adults_leaving_institutions", 3, 2028, "Kalkūni")

    assert grown(year=2027, additions=[coming]) == TOWN
    assert grown(year=2028, additions=[coming]) == {
        ("adults", "a"): 60,
        ("adults", "b"): 43,
        ("adults_leaving_institutions", "b"): 3,
    }


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([Growth("adults", "x")], "must be a rate"),
        ([Growth("adults", "x", rate_per_year=0.1, persons_per_year=5)], "must be a rate"),
        ([Growth("adults", "x", persons_by_year={2029: 5})], "no year 2030"),
        ([Growth("adults", "x", rate_per_year=7.0)], "from -1 to 1"),
        ([Growth("adults", "x", rate_per_year=0.1)] * 2, "two rules"),
        ([Growth("children_ft", "x", rate_per_year=0.1)], "nobody to grow from"),
    ],
)
def test_unclear_rules_are_refused(rules: list[Growth], said: str) -> None:
    with pytest.raises(InputError, match=said):
        grown(*rules)


def test_a_plan_year_before_the_assessment_is_refused() -> None:
    with pytest.raises(InputError, match="lies before"):
        grown(year=2025)


def test_additions_are_read_with_their_source(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Vieta;Mērķa grupa;Personas;Gads;Avots\n"
        "Ludza;VSAC;2;2028;VSAC Latgale, Kalupe\n"
        "Zilupe;FT;1;2027;VDEĀK atzinums\n",
        encoding="utf-8",
    )

    additions = read_additions(path, names=known_names(starter_data())[0])

    assert [(a.place_id, a.group, a.persons, a.year) for a in additions] == [
        ("0680201", "adults_leaving_institutions", 2, 2028),
        ("0681817", "children_ft", 1, 2027),
    ]


HEAD = "Iestāde;Gads;Bērni;Vietas;Audžuģimene;Aizbildnis;Adopcija;GVPP;Jauniešu māja;Paliek\n"


def test_every_child_of_an_institution_is_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "BSAC 1;2027;20;10;4;2;1;2;1;10\nBSAC 1;2028;10;0;2;1;0;6;1;0\n")

    years = read_institutions(path)

    assert [(y.year, y.children, sum(y.to.values()) + y.stays) for y in years] == [
        (2027, 20, 20),
        (2028, 10, 10),
    ]


def test_a_reorganisation_that_loses_a_child_or_gains_places_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "BSAC 1;2027;20;10;4;2;1;2;1;9\nBSAC 1;2028;10;12;2;1;0;6;1;0\n")

    with pytest.raises(InputError) as caught:
        read_institutions(path)

    assert [(f.row, f.fields) for f in caught.value.faults] == [
        (2, {"children": 20, "sum": 19}),
        (3, {"before": 10, "year": 2027, "now": 12}),
    ]


def test_entitlements_give_the_persons_of_a_place() -> None:
    assert persons_per_bed(20) == Fraction(2555, 200)  # 365 × 0.7 ÷ 20
    assert persons_per_bed(30, occupancy=1) == Fraction(73, 6)
    assert persons_per_day_place(5) == 1
    assert persons_per_day_place(3) == Fraction(5, 3)
    assert persons_per_day_place(5, occupancy=0.7) == Fraction(7, 10)
    with pytest.raises(InputError):
        persons_per_bed(0)
    with pytest.raises(InputError):
        persons_per_bed(20, occupancy=1.5)

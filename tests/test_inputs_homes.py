"""Tables by municipality come down to settlements, whatever time the municipalities are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.inputs.additions import read_additions
from planner.inputs.checks import known_names
from planner.inputs.homes import UNITS, deal_out, homes_of
from planner.inputs.intake import assessed_csv, read_needs
from planner.inputs.needs import NeedsIntake
from planner.inputs.place_names import PlaceNames
from planner.inputs.study_area import read_study_area, starter_data
from planner.inputs.territories import Edition, totals_by_unit, unit_of

GROUPS = {"adults": "GRT", "children_ft": "FT", "children_out_of_family": "ĀĢA"}


@pytest.fixture(scope="module")
def names() -> PlaceNames:
    return known_names(starter_data())[0]


def read(
    path: Path,
    text: str,
    edition: Edition | None = None,
    mapping: Mapping[str, str] | None = None,
) -> NeedsIntake:
    path.write_text(text, encoding="utf-8-sig")
    known, services = known_names(starter_data())
    return read_needs(path, names=known, services=services, edition=edition, mapping=mapping)


def latgale_by_unit(names: PlaceNames, edition: Edition) -> str:
    """Return the shipped counts of Latgale as a municipality table that a region would send."""
    inside = [place for place in names.places.values() if place.region == "Latgale"]
    called = {
        unit_of(p, edition): {
            Edition.BEFORE_2021: p.municipality_2020,
            Edition.FROM_2021: p.municipality_2021,
            Edition.FROM_2025: p.point.municipality_atvk,
        }[edition]
        for p in inside
    }
    assessed = read_study_area("latgale", data=starter_data()).assessed
    lines = [
        f"{called[unit]};{GROUPS[group]};{n}"
        for (group, unit), n in totals_by_unit(assessed, inside, edition).items()
        if group in GROUPS
    ]
    return "\n".join(["Pašvaldība;Mērķa grupa;Skaits", *lines]) + "\n"


@pytest.mark.parametrize("sent", list(Edition))
@pytest.mark.parametrize("asked", list(Edition))
def test_a_table_of_any_edition_has_the_same_totals_in_every_edition(
    tmp_path: Path, names: PlaceNames, sent: Edition, asked: Edition
) -> None:
    assessed = read_study_area("latgale", data=starter_data()).assessed
    inside = [place for place in names.places.values() if place.region == "Latgale"]

    found = read(tmp_path / "t.csv", latgale_by_unit(names, sent), sent)

    ours = totals_by_unit(found.persons, inside, asked)
    theirs = totals_by_unit(assessed, inside, asked)
    backward = asked is Edition.BEFORE_2021 and sent is not asked
    for (group, unit), n in ours.items():
        # nine figures cannot tell the 21 that they were added up from; population comes near
        assert abs(n - theirs[group, unit]) <= backward
    for group, total in (("adults", 462), ("children_ft", 505), ("children_out_of_family", 317)):
        assert sum(n for (g, _), n in ours.items() if g == group) == total


def test_a_municipality_is_no_place_before_its_time_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a municipality; give settlements"):
        read(tmp_path / "t.csv", "Vieta;Grupa;Skaits\nViļakas novads;GRT;8\n")

    with pytest.raises(InputError, match="is a municipality; give settlements"):
        read(tmp_path / "t.csv", "Vieta;Grupa;Skaits\nViļakas novads;GRT;8\n", Edition.FROM_2025)


def test_a_table_may_name_settlements_beside_municipalities(tmp_path: Path) -> None:
    text = "Vieta;Grupa;Skaits\nViļakas novads;GRT;8\nLudza;GRT;5\nKopā;GRT;13\n"

    found = read(tmp_path / "t.csv", text, Edition.BEFORE_2021)

    assert sum(found.persons.values()) == 13
    assert found.persons["adults", "0680201"] == 5
    assert "0680201" not in found.estimated
    assert len(found.estimated) == 7


def test_a_foreign_header_may_mean_the_municipality_that_stands_for_the_place(
    tmp_path: Path,
) -> None:
    text = "Rajons;Grupa;Skaits\nViļakas novads;GRT;8\n"
    meant = {"Rajons": "municipality_atvk"}

    found = read(tmp_path / "t.csv", text, Edition.BEFORE_2021, meant)

    assert sum(found.persons.values()) == 8
    assert len(found.estimated) == 7


def test_nobody_is_counted_in_a_settlement_and_in_its_municipality(tmp_path: Path) -> None:
    text = "Vieta;Grupa;Skaits\nLudzas novads;GRT;21\nLudza;GRT;5\n"

    with pytest.raises(InputError, match="row 3, column Vieta: is counted in its municipality in"):
        read(tmp_path / "t.csv", text, Edition.BEFORE_2021)


def test_services_and_parts_follow_the_pattern_of_their_group(
    tmp_path: Path, names: PlaceNames
) -> None:
    text = (
        "Vieta;Grupa;Pakalpojums;Skaits\nLudzas novads;GRT;;39\nLudzas novads;GRT;DAC_GRT;16\n"
        "Ludzas novads;ĀĢA;;27\nLudzas novads;BSAC;;18\n"
    )

    found = read(tmp_path / "t.csv", text, Edition.FROM_2025)

    assert sum(found.by_service.values()) == 16
    for (_, group, place), n in found.by_service.items():
        assert n <= found.persons[group, place]
    for (group, place), n in found.persons.items():
        if group == "children_in_institutions":
            assert n <= found.persons["children_out_of_family", place]
    rows = assessed_csv(found, names).splitlines()[1:]
    assert {row.rpartition(",")[2] for row in rows} == {"assessment by municipality"}


def test_rows_of_persons_may_name_their_municipality(tmp_path: Path) -> None:
    rows = "".join(f"P{n};Viļānu novads;GRT;DAC_GRT;{'jā' if n < 4 else 'nē'}\n" for n in range(10))
    text = "Pseidonīms;Vieta;Grupa;Pakalpojumi;Institucionalizācijas risks\n" + rows

    found = read(tmp_path / "t.csv", text, Edition.BEFORE_2021)

    assert sum(found.persons.values()) == 10
    assert sum(found.by_service.values()) == 10
    assert sum(found.at_risk.values()) == 4


def test_who_leaves_for_a_municipality_is_dealt_out_over_its_settlements(
    tmp_path: Path, names: PlaceNames
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "vieta;grupa;skaits;gads;iestāde\nPreiļu novads;VSAC;9;2027;Kalupe\n"
        "Preiļu novads;VSAC;6;2028;Kalupe\nPreiļi;VSAC;2;2028;Krastiņi\n",
        encoding="utf-8",
    )

    found = read_additions(file, names=names)

    by_year = Counter[int]()
    for addition in found:
        by_year[addition.year] += addition.persons
        assert names.places[addition.place_id].municipality == "Preiļu novads"
    assert by_year == {2027: 9, 2028: 8}
    assert len({a.place_id for a in found if a.source == "Kalupe"}) > 2


def test_persons_of_one_home_are_dealt_from_one_sharing_out(names: PlaceNames) -> None:
    homes = homes_of(names, Edition.FROM_2025)
    together = deal_out([12], "unit:0042000", homes)
    apart = deal_out([1] * 12, "unit:0042000", homes)

    summed = Counter[str]()
    for one in apart:
        summed.update(one)
    assert summed == Counter(together[0])
    assert deal_out([3, 0], "0680201", homes) == [{"0680201": 3}, {"0680201": 0}]


def test_every_unit_of_every_edition_can_be_named(names: PlaceNames) -> None:
    for edition in UNITS.values():
        homes = homes_of(names, edition)
        assert set(homes.units.values()) == {unit_of(p, edition) for p in names.places.values()}

"""Needs come in as counts or as rows of persons, and leave as counts only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import Workbook

from planner.domain import Scenario
from planner.errors import FaultList, InputError
from planner.inputs.checks import check_file, known_names
from planner.inputs.intake import COLUMNS, assessed_csv, read_needs
from planner.inputs.needs import NeedsIntake, read_assessed
from planner.inputs.readers import recognise
from planner.inputs.service_needs import persons_expected
from planner.inputs.snapshots import keep_snapshot, snapshots
from planner.inputs.study_area import read_study_area, starter_data

ROOT = Path(__file__).parent.parent
PERSONS = (
    "Pseidonīms;Vieta;Pašvaldība;Mērķa grupa;Pakalpojumi;Izvērtēšanas datums;"
    "Institucionalizācijas risks;Dzīvo institūcijā;Vēlas pāriet uz dzīvi sabiedrībā\n"
)


def intake(path: Path, text: str) -> NeedsIntake:
    path.write_text(text, encoding="utf-8-sig")
    names, services = known_names(starter_data())
    return read_needs(path, names=names, services=services)


def test_a_municipality_sends_counts_in_its_own_words(tmp_path: Path) -> None:
    text = (
        "Vieta;Pašvaldība;Mērķa grupa;Personu skaits;Piezīmes\n"
        "Preiļi;Preiļu novads;GRT;12;\n"
        "Riebiņi;Preiļu novads;GRT;3;\n"
        "Preiļi;Preiļu novads;Bērni ar FT;1 004;jā\n"
        "Kopā;;GRT;15;\n"
    )

    found = intake(tmp_path / "preili.csv", text)

    assert found.persons == {
        ("adults", "0760201"): 12,
        ("adults", "0766362"): 3,
        ("children_ft", "0760201"): 1004,
    }
    assert found.shape == "counts"
    assert [note.column for note in found.remarks] == ["Piezīmes"]


def test_targets_by_service_stand_beside_the_assessed(tmp_path: Path) -> None:
    text = "place_id;group;service;persons\n0002000;GRT;;148\n0002000;GRT;DAC_GRT;62\n"

    found = intake(tmp_path / "t.csv", text)

    assert found.persons == {("adults", "0002000"): 148}
    assert found.by_service == {("day_care_adults", "adults", "0002000"): 62}


def test_children_without_an_assessment_may_need_a_service_too(tmp_path: Path) -> None:
    text = "place_id;group;service;persons\n0002000;FT;;505\n0002000;FT;SRP_FT;533\n"

    found = intake(tmp_path / "t.csv", text)

    assert found.by_service == {("rehabilitation_children", "children_ft", "0002000"): 533}
    assert found.remarks == ()


def test_rows_of_persons_become_counts(tmp_path: Path) -> None:
    text = PERSONS + (
        "A1;Ludza;Ludzas novads;GRT;DAC_GRT, SPEC_DARB;01.02.2018.;jā;nē;\n"
        "A2;Ludza;Ludzas novads;GRT;GRUPU_DZ;2018-02-01;nē;jā;jā\n"
        "A3;Ludza;Ludzas novads;GRT;;2018-02-01;nē;jā;nē\n"
        "B1;Zilupe;Ludzas novads;ĀĢA;;;;jā;\n"
        "B2;Zilupe;Ludzas novads;ĀĢA;;;;nē;\n"
    )

    found = intake(tmp_path / "t.csv", text)

    assert found.persons == {
        ("adults", "0680201"): 3,
        ("adults_leaving_institutions", "0680201"): 1,
        ("children_out_of_family", "0681817"): 2,
        ("children_in_institutions", "0681817"): 1,
    }
    assert found.by_service == {
        ("day_care_adults", "adults", "0680201"): 1,
        ("workshop", "adults", "0680201"): 1,
        ("group_home", "adults", "0680201"): 1,
    }
    assert found.at_risk == {("adults", "0680201"): 1}


def test_nobody_is_counted_twice(tmp_path: Path) -> None:
    head = "person_id;place_id;group;services;assessed_on\n"
    text = head + (
        "A1;0680201;GRT;DAC_GRT;2018-02-01\n"
        "A1;0680201;GRT;SPEC_DARB;2018-02-01\n"
        "A1;0680201;GRT;SPEC_DARB;2018-02-01\n"
        "A2;0680201;GRT;DAC_GRT;2018-02-01\n"
        "A2;0002000;GRT;GRUPU_DZ;2019-02-01\n"
    )

    found = intake(tmp_path / "t.csv", text)

    assert found.persons == {("adults", "0680201"): 1, ("adults", "0002000"): 1}
    assert found.by_service == {
        ("day_care_adults", "adults", "0680201"): 1,
        ("workshop", "adults", "0680201"): 1,
        ("group_home", "adults", "0002000"): 1,
    }
    assert (found.rows, found.doubles) == (5, 3)


def test_the_same_counts_are_the_same_snapshot(tmp_path: Path) -> None:
    one = intake(tmp_path / "a.csv", "place_id;group;persons\n0002000;GRT;5\n0006000;GRT;7\n")
    again = intake(tmp_path / "b.csv", "Vieta,Grupa,Skaits\nRēzekne,GRT,7\nDaugavpils,adults,5\n")
    other = intake(tmp_path / "c.csv", "place_id;group;persons\n0002000;GRT;5\n0006000;GRT;8\n")

    assert one.digest == again.digest
    assert one.digest != other.digest


def test_counts_taken_in_can_be_planned_with(tmp_path: Path) -> None:
    found = intake(tmp_path / "a.csv", "place_id;group;persons\n0002000;GRT;5\n0006000;ĀĢA;7\n")
    names, _ = known_names(starter_data())
    table = tmp_path / "assessed.csv"

    table.write_text(assessed_csv(found, names), encoding="utf-8")

    assert read_assessed(table, FaultList(), names=names).persons == found.persons
    area = read_study_area("latgale", data=starter_data(), files={"assessed": table})
    assert area.assessed == found.persons
    assert not any(source.illustrative for source in area.sources)


def test_needs_of_another_region_are_refused_by_name(tmp_path: Path) -> None:
    table = tmp_path / "assessed.csv"
    table.write_text("place_id,group,persons\n0001000,adults,5\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_study_area("latgale", data=starter_data(), files={"assessed": table})

    assert [fault.row for fault in caught.value.faults] == [2]


def test_the_shipped_counts_pass_their_own_check() -> None:
    report = check_file(
        "needs", starter_data() / "demand" / "assessed_persons.csv", data=starter_data()
    )

    assert report.rows == 1643
    assert report.totals["adults"] == 462 + 482 + 387 + 993
    assert report.notes == ()


def test_the_shipped_facilities_pass_their_own_check() -> None:
    path = starter_data() / "services" / "facilities.csv"

    report = check_file("facilities", path, data=starter_data())

    assert report.rows == 37
    assert report.totals == {"operating": 27, "committed": 10, "places": 215, "addresses": 20}
    assert report.notes[0].fields == {"unknown": 22}


def test_candidate_sites_are_read_with_what_is_known_of_them(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(
        "Adrese;Vieta;Pašvaldība;Īpašnieks;Vide pieejama;Vietu skaits;Izmaksas\n"
        "Skolas iela 1;Preiļi;Preiļu novads;pašvaldība;jā;16;250 000\n"
        "Parka iela 2;Aglona;Preiļu novads;;;;\n",
        encoding="cp1257",
    )

    report = check_file("sites", path, data=starter_data())

    assert report.totals == {"sites": 2, "places": 16, "adapted": 1}


def test_the_shipped_outlines_pass_their_own_check() -> None:
    path = starter_data() / "boundaries" / "municipalities.geojson"

    report = check_file("boundaries", path, data=starter_data())

    assert report.totals == {"municipalities": 42, "features": 42}
    assert report.notes == ()


def test_outlines_of_no_municipality_that_stands_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "atlantis.geojson"
    ring = [[27, 56], [27.1, 56], [27.1, 56.1], [27, 56]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "Atlantīda"}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    with pytest.raises(InputError, match=r"atlantis\.geojson: no feature carries the code"):
        check_file("boundaries", path, data=starter_data())


@pytest.mark.reference
def test_official_outlines_in_metres_are_recognised() -> None:
    path = ROOT.parent / "shared/data/reference/lv_43_2021_lks92.gpkg"
    if not path.exists():
        pytest.skip("the official outlines are not here")

    report = check_file("boundaries", path, data=starter_data())

    assert report.rows == 43


CANARY = "KanarijPutniņš"
SCRIPT = """
import logging, sys
from pathlib import Path
logging.basicConfig(level=logging.DEBUG, filename="log.txt")
from planner.errors import PlannerError
from planner.inputs.study_area import check_file, starter_data
for name in sys.argv[1:]:
    try:
        report = check_file("needs", Path(name), data=starter_data())
        print(report)
    except PlannerError as error:
        print(repr(error), error, error.faults, error.__cause__, error.__context__)
"""


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("sound", [True, False])
def test_no_trace_of_a_person_stays_anywhere(tmp_path: Path, ending: str, *, sound: bool) -> None:
    sent, work, temp = (tmp_path / part for part in ("sent", "work", "temp"))
    for folder in (sent, work, temp):
        folder.mkdir()
    rows = [["person_id", "place_id", "group", "services", "assessed_on"]]
    rows += [[f"{CANARY}{n}", "0680201", "GRT", "DAC_GRT", "2018-02-01"] for n in range(50)]
    if not sound:
        rows += [
            [f"{CANARY}x", CANARY, CANARY, CANARY, CANARY],
            [f"{CANARY} Uzvards", "0680201", "GRT", "", ""],
            [f"{CANARY}1", "0002000", "GRT", "", "2018-02-01"],
        ]
    path = sent / f"rows.{ending}"
    write(path, rows)

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)],
        cwd=work,
        env={**os.environ, "TMPDIR": str(temp), "HOME": str(work), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )

    written = [p for folder in (work, temp) for p in folder.rglob("*") if p.is_file()]
    everything = done.stdout + done.stderr + b"".join(p.read_bytes() for p in written)
    assert b"rows" in done.stdout
    assert CANARY.encode() not in everything
    assert ascii(CANARY)[1:-1].encode() not in everything
    assert {p.name for p in written} <= {"log.txt"}


def write(path: Path, rows: list[list[str]]) -> None:
    if path.suffix == ".csv":
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
        return
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(path)


def test_a_hundred_thousand_persons_come_in_under_half_a_minute_of_processor(
    tmp_path: Path,
) -> None:
    places = ("0680201", "0681817", "0002000", "0006000")
    lines = ["person_id;place_id;group;services;assessed_on;at_risk"]
    lines += [f"P{n};{places[n % 4]};GRT;DAC_GRT;2018-02-01;no" for n in range(100_000)]
    start = time.process_time()

    found = intake(tmp_path / "many.csv", "\n".join(lines))

    assert time.process_time() - start < 30
    assert Counter(found.persons.values()) == {25_000: 4}


def test_a_snapshot_is_dated_and_a_reimport_changes_nothing(tmp_path: Path) -> None:
    names, _ = known_names(starter_data())
    folder = tmp_path / "needs"
    one = intake(tmp_path / "a.csv", "place_id;group;persons\n0002000;GRT;5\n")
    other = intake(tmp_path / "b.csv", "place_id;group;persons\n0002000;GRT;6\n")

    first = keep_snapshot(one, folder, day="2026-11-22", names=names)
    again = keep_snapshot(one, folder, day="2026-12-01", names=names)
    second = keep_snapshot(other, folder, day="2026-12-01", names=names)

    assert (first.new, again.new, second.new) == (True, False, True)
    assert again.path == first.path
    assert [s.day for s in snapshots(folder)] == ["2026-11-22", "2026-12-01"]
    assert [s.digest for s in snapshots(folder)] == [first.digest, second.digest]
    area = read_study_area("latgale", data=starter_data(), files={"assessed": second.path})
    assert area.assessed == {("adults", "0002000"): 6}


def test_a_snapshot_of_persons_keeps_the_services_of_their_plans(tmp_path: Path) -> None:
    names, _ = known_names(starter_data())
    found = intake(
        tmp_path / "a.csv",
        "person_id;place_id;group;services\nA1;0002000;GRT;DAC_GRT\nA2;0002000;GRT;DAC_GRT\n",
    )

    kept = keep_snapshot(found, tmp_path / "needs", day="2026-11-22", names=names)

    assert kept.support_plans is not None
    area = read_study_area(
        "latgale",
        data=starter_data(),
        files={"assessed": kept.path, "support_plans": kept.support_plans},
    )
    assert area.assessed == {("adults", "0002000"): 2}
    assert area.support_plans == {("day_care_adults", "0002000"): 2}


def test_columns_are_shown_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Pagasts;Mērķa grupa;Cik\nLudza;GRT;5\n", encoding="cp1257")

    seen = recognise(path, COLUMNS)
    mapped = recognise(path, COLUMNS, mapping={"Pagasts": "place_id", "Cik": "persons"})

    assert seen.headers == {"group": "Mērķa grupa"}
    assert (seen.missing, seen.unread) == (("place_id",), ("Pagasts", "Cik"))
    assert (seen.rows, seen.encoding, seen.separator) == (1, "cp1257", ";")
    assert mapped.headers == {"place_id": "Pagasts", "group": "Mērķa grupa", "persons": "Cik"}
    assert mapped.missing == ()


def test_a_spreadsheet_that_repeats_one_long_text_is_stopped(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["place_id", "group", "persons"])
    for _ in range(2_000):
        book.worksheets[0].append(["x" * 2_000] * 40)
    path = tmp_path / "heavy.xlsx"
    book.save(path)

    with pytest.raises(InputError, match="unpacks to more"):
        check_file("needs", path, data=starter_data())


LEAVERS = (
    "Pseidonīms;Vieta;Mērķa grupa;Dzīvo institūcijā;Vēlas pāriet uz dzīvi sabiedrībā;Filiāle;"
    "Pāriešanas gads;Pakalpojumi\n"
)


def test_who_leaves_a_state_centre_is_counted_for_the_year_and_the_chosen_place(
    tmp_path: Path,
) -> None:
    text = LEAVERS + (
        "A1;Ludza;GRT;jā;jā;VSAC Latgale, Kalupe;2027;GRUPU_DZ\n"
        "A2;Ludza;VSAC;;;VSAC Latgale, Kalupe;2027;\n"
        "A3;Preiļi;GRT;jā;jā;VSAC Latgale, Krastiņi;2029;\n"
        "A4;Ludza;GRT;jā;jā;;;GRUPU_DZ\n"
    )

    found = intake(tmp_path / "t.csv", text)

    leaving = "adults_leaving_institutions"
    assert found.additions == {
        (leaving, "0680201", 2027, "VSAC Latgale, Kalupe"): 2,
        (leaving, "0760201", 2029, "VSAC Latgale, Krastiņi"): 1,
    }
    assert found.persons == {("adults", "0680201"): 1, (leaving, "0680201"): 1}
    assert found.by_service == {("group_home", "adults", "0680201"): 1}


def test_a_snapshot_of_leavers_is_part_of_the_demand_from_their_year_on(tmp_path: Path) -> None:
    rows = [f"A{n};Ludza;GRT;jā;jā;VSAC Latgale, Kalupe;2027;" for n in range(8)]
    found = intake(tmp_path / "t.csv", LEAVERS + "\n".join([*rows, "B1;Ludza;GRT;nē;nē;;;"]))
    names, _ = known_names(starter_data())

    kept = keep_snapshot(found, tmp_path / "needs", day="2026-11-22", names=names)

    assert kept.additions is not None
    area = read_study_area(
        "latgale",
        data=starter_data(),
        files={"assessed": kept.path, "additions": kept.additions},
    )
    expected = {
        year: persons_expected(area, Scenario("q", "Q", "latgale", year)) for year in (2026, 2027)
    }
    assert [expected[year]["adults", "0680201"] for year in (2026, 2027)] == [1, 9]
    assert {s.date for s in area.sources if s.note == "additions"} == {"2026-11-22"}
    assert snapshots(tmp_path / "needs")[0].additions == kept.additions

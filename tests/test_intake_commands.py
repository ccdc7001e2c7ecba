"""Needs go out as templates and come back as snapshots, through the commands that people type."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from planner import workflow
from planner.errors import InputError
from planner.inputs.checks import known_names
from planner.inputs.intake import read_needs
from planner.inputs.kinds import columns_of
from planner.inputs.readers import recognise
from planner.inputs.study_area import read_study_area, starter_data
from planner.publishing.templates import SHAPES
from planner.workflow.intake import shown_totals

ROOT = Path(__file__).parent.parent
CANARY = "KanarijPutniņš"
COUNTS = "Vieta;Mērķa grupa;Skaits\n0002000;GRT;30\n0006000;GRT;12\n0680201;FT;3\n"


def planner(*arguments: object, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "planner", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={
            **os.environ,
            "TUVAK_LANGUAGE": "en",
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(ROOT),
            **more,
        },
    )


def test_the_same_file_imported_again_changes_nothing(tmp_path: Path) -> None:
    sent, kept = tmp_path / "sent.csv", tmp_path / "kept"
    sent.write_text(COUNTS, encoding="utf-8")

    first = planner("import", "needs", sent, "--out", kept, "--date", "2026-11-22")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in kept.iterdir()}
    again = planner("import", "needs", sent, "--out", kept, "--date", "2026-12-01")

    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in kept.iterdir()} == before
    (snapshot,) = before
    assert f"kept as {snapshot.name}" in first.stdout
    assert f"these counts were there already: {snapshot.name}" in again.stdout
    assert "Adults with mental impairment: 42" in first.stdout
    assert "Children with functional impairments: < 5" in first.stdout
    assert first.stderr == "3 of 3 rows read\n"


def test_a_group_that_leaves_a_few_of_its_whole_is_withheld() -> None:
    told = shown_totals({"adults": 30, "adults_leaving_institutions": 28, "children_ft": 7})
    open_ = shown_totals({"adults": 30, "adults_leaving_institutions": 20})

    assert told == {"adults": "30", "adults_leaving_institutions": "…", "children_ft": "7"}
    assert open_ == {"adults": "30", "adults_leaving_institutions": "20"}


def test_a_check_withholds_what_an_import_does(tmp_path: Path) -> None:
    sent = tmp_path / "sent.csv"
    sent.write_text(
        "place_id;group;persons\n0002000;GRT;30\n0002000;VSAC;28\n0006000;FT;2\n", encoding="utf-8"
    )

    told = workflow.check("needs", sent, language="en").splitlines()

    assert told == [
        "sent.csv: 3 rows",
        "  Adults with mental impairment: 30",
        "  Adults leaving state care centres: …",
        "  Children with functional impairments: < 5",
    ]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("sound", [True, False])
def test_an_import_leaves_no_trace_of_a_person(tmp_path: Path, ending: str, *, sound: bool) -> None:
    sent, work, temp, kept = (tmp_path / part for part in ("sent", "work", "temp", "kept"))
    for folder in (sent, work, temp, kept):
        folder.mkdir()
    rows = [["person_id", "place_id", "group", "services", "assessed_on"]]
    rows += [[f"{CANARY}{n}", "0680201", "GRT", "DAC_GRT", "2018-02-01"] for n in range(50)]
    if not sound:
        rows += [[f"{CANARY}x", CANARY, CANARY, CANARY, CANARY], [f"{CANARY} Uzvards", "", "", ""]]
    file = sent / f"rows.{ending}"
    write(file, rows)

    done = planner(
        "--verbose",
        *("import", "needs", file, "--out", kept),
        cwd=work,
        TMPDIR=str(temp),
        HOME=str(work),
    )

    written = [p for folder in (work, temp, kept) for p in folder.rglob("*") if p.is_file()]
    everything = done.stdout + done.stderr
    everything += "".join(f"{p}{p.read_bytes()!r}" for p in written)
    assert done.returncode == (0 if sound else 2), done.stderr
    assert CANARY not in everything
    assert ascii(CANARY)[1:-1] not in everything
    assert repr(CANARY.encode())[2:-1] not in everything
    ours = [p for p in written if ".cache" not in p.parts]
    assert len(ours) == (2 if sound else 0)
    assert {p.parent for p in ours} <= {kept}


def write(path: Path, rows: list[list[str]]) -> None:
    if path.suffix == ".csv":
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
        return
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


def test_a_plan_names_its_snapshot(tmp_path: Path) -> None:
    sent, kept = tmp_path / "sent.csv", tmp_path / "needs"
    sent.write_text("place_id;group;persons\n0002000;GRT;40\n0006000;GRT;20\n", encoding="utf-8")
    snapshot = workflow.import_needs(sent, kept, day="2026-11-22").snapshot
    scenario = tmp_path / "mine.toml"
    scenario.write_text(
        'region = "latgale"\nplan_year = 2027\n[model]\nservices = ["workshop"]\n'
        f'candidates = "none"\n[data]\nassessed = "needs/{snapshot.path.name}"\n',
        encoding="utf-8",
    )

    done = planner("plan", scenario, "--out", tmp_path / "plan", "--time-limit", "20")

    assert done.returncode == 0, done.stderr
    sources = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))["sources"]
    named = next(s for s in sources if s["note"] == "assessed")
    assert (named["name"], named["date"]) == (snapshot.path.name, "2026-11-22")
    assert snapshot.digest in named["name"]


def test_support_plans_do_not_count_a_part_beside_its_whole(tmp_path: Path) -> None:
    sent = tmp_path / "sent.csv"
    sent.write_text(
        "place_id;group;service;persons\n0002000;GRT;;30\n0002000;VSAC;;8\n"
        "0002000;GRT;DAC_GRT;20\n0002000;VSAC;DAC_GRT;8\n",
        encoding="utf-8",
    )

    snapshot = workflow.import_needs(sent, tmp_path / "needs", day="2026-11-22").snapshot

    assert snapshot.support_plans is not None
    files = {"assessed": snapshot.path, "support_plans": snapshot.support_plans}
    area = read_study_area("latgale", data=starter_data(), files=files)
    assert area.support_plans == {("day_care_adults", "0002000"): 20}


@pytest.mark.parametrize("date", ["22.11.2026", "2026-13-01", "20261122", "../x"])
def test_a_date_that_is_none_is_refused(tmp_path: Path, date: str) -> None:
    sent = tmp_path / "sent.csv"
    sent.write_text(COUNTS, encoding="utf-8")

    with pytest.raises(InputError, match="is no date; write it as 2026-11-22"):
        workflow.import_needs(sent, tmp_path / "kept", day=date)
    assert not (tmp_path / "kept").exists()


# --- columns -------------------------------------------------------------------------------------


def test_foreign_headers_are_mapped_once_and_read_ever_after(tmp_path: Path) -> None:
    sent, mapping = tmp_path / "sent.csv", tmp_path / "map.toml"
    sent.write_text("Ciems;Mērķa grupa;Cik;Piezīmes\n0002000;GRT;30;-\n", encoding="utf-8")

    seen = planner("import", "columns", sent, "--save", mapping)
    text = mapping.read_text(encoding="utf-8")
    filled = text.replace('Ciems = ""', 'Ciems = "place_id"').replace('Cik = ""', 'Cik = "persons"')
    mapping.write_text(filled, encoding="utf-8")
    done = planner("import", "needs", sent, "--out", tmp_path / "kept", "--mapping", mapping)

    assert "Mērķa grupa → group" in seen.stdout
    assert "Ciems → is not read; a mapping can say what it is" in seen.stdout
    assert "no column is place_id / vietas kods" in seen.stdout
    assert done.returncode == 0, done.stderr
    assert "Adults with mental impairment: 30" in done.stdout


def test_every_fault_of_a_mapping_is_told_at_once(tmp_path: Path) -> None:
    sent, mapping = tmp_path / "sent.csv", tmp_path / "map.toml"
    sent.write_text(COUNTS, encoding="utf-8")
    mapping.write_text('[columns]\n"A" = "person"\n"B" = 3\n', encoding="utf-8")

    with pytest.raises(InputError) as error:
        workflow.preview_columns(sent, mapping=mapping)

    assert [fault.column for fault in error.value.faults] == ["A", "B"]
    assert "give one of: persons" in str(error.value.faults[0])


def test_a_table_without_a_header_shows_no_row_and_saves_no_mapping(tmp_path: Path) -> None:
    sent, mapping = tmp_path / "sent.csv", tmp_path / "map.toml"
    sent.write_text(f"{CANARY};0002000;x\n", encoding="utf-8")

    done = planner("import", "columns", sent, "--save", mapping)

    assert done.returncode == 2
    assert "no row names the columns" in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert not mapping.exists()


# --- other files ---------------------------------------------------------------------------------

SENT = {
    "facilities": "pakalpojums;nosaukums;adrese;vieta;vietu skaits;statuss\n"
    "DAC_GRT;Centrs;Skolas iela 1;Ludza;12;darbojas\n",
    "sites": "adrese;vieta;īpašnieks;vide pieejama;vietu skaits;izmaksas\n"
    "Skolas iela 3;Ludza;pašvaldība;jā;16;320000\n",
    "additions": "vieta;grupa;skaits;gads;iestāde\nPreiļu novads;VSAC;9;2027;Kalupe\n",
    "institutions": "iestāde;gads;bērni;vietas;audžuģimene;aizbildnis;adopcija;GVPP;jauniešu māja;"
    "paliek;mērķa vietas\nBSAC;2027;9;4;1;1;0;2;1;4;4\n",
    "boundaries": '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
    '{"atvk":"0037000"},"geometry":{"type":"Polygon","coordinates":'
    "[[[27,56],[27.1,56],[27.1,56.1],[27,56]]]}}]}",
}


@pytest.mark.parametrize("kind", list(SENT))
def test_a_file_of_any_kind_is_kept_once_under_its_day(tmp_path: Path, kind: str) -> None:
    sent, kept = tmp_path / "sent.txt", tmp_path / "kept"
    sent.write_text(SENT[kind], encoding="utf-8")

    first = planner("import", kind, sent, "--out", kept, "--date", "2026-11-22")
    (file,) = kept.iterdir()
    content = file.read_bytes()
    again = planner("import", kind, sent, "--out", kept, "--date", "2026-12-01")

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert file.name.startswith(f"{kind}-2026-11-22-")
    assert f"kept as {file.name}" in first.stdout
    assert f'{kind} = "{file.name}"' in first.stdout
    assert "there already" in again.stdout
    assert [p.read_bytes() for p in kept.iterdir()] == [content]


def test_what_is_kept_can_be_planned_with_and_bears_its_day(tmp_path: Path) -> None:
    kept = {}
    for kind, text in SENT.items():
        sent = tmp_path / kind
        sent.write_text(text, encoding="utf-8")
        kept[kind] = workflow.import_file(kind, sent, tmp_path / "kept", day="2026-11-22").kept

    area = read_study_area(
        "latgale", data=starter_data(), files={kind: file.path for kind, file in kept.items()}
    )

    assert [f.name for f in area.facilities] == ["Centrs"]
    assert [(b.owner, b.places) for b in area.buildings] == [("pašvaldība", 16)]
    assert sum(a.persons for a in area.additions) == 9
    assert [row.institution for row in area.institutions] == ["BSAC"]
    assert [m.atvk for m in area.municipalities if m.outline_wkb] == ["0037000"]
    assert [s.date for s in area.sources if s.note in kept] == ["2026-11-22"] * 5


def test_foreign_headers_of_sites_are_mapped_too(tmp_path: Path) -> None:
    sent, mapping = tmp_path / "sent.csv", tmp_path / "m.toml"
    sent.write_text("Kur;Pilsēta\nSkolas iela 3;Ludza\n", encoding="utf-8")

    lost = planner("import", "sites", sent, "--out", tmp_path / "kept")
    mapping.write_text('[columns]\n"Kur" = "address"\n"Pilsēta" = "place_id"\n', encoding="utf-8")
    seen = planner("import", "columns", sent, "--kind", "sites", "--mapping", mapping)
    done = planner("import", "sites", sent, "--out", tmp_path / "kept", "--mapping", mapping)

    assert lost.returncode == 2
    assert "Kur → address" in seen.stdout
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "kept").iterdir()
    assert file.read_text(encoding="utf-8").splitlines() == [
        "address,place_id",
        "Skolas iela 3,Ludza",
    ]


def test_a_faulty_file_leaves_nothing_behind(tmp_path: Path) -> None:
    sent = tmp_path / "sent.csv"
    sent.write_text(SENT["institutions"].replace(";4;4\n", ";3;4\n"), encoding="utf-8")

    done = planner("import", "institutions", sent, "--out", tmp_path / "kept")

    assert done.returncode == 2
    assert "account for every child" in done.stderr
    assert not (tmp_path / "kept").exists()


def test_a_table_of_the_old_municipalities_is_taken_in_with_their_time(tmp_path: Path) -> None:
    sent = tmp_path / "sent.csv"
    sent.write_text("Novads;Grupa;Skaits\nViļakas novads;GRT;8\n", encoding="utf-8")

    asked = planner("check", "needs", sent, "--units", "1990")
    done = planner("check", "needs", sent, "--units", "before-2021")
    kept = planner("import", "needs", sent, "--units", "before-2021", "--out", tmp_path / "kept")

    assert asked.returncode == 2
    assert "before-2021, 2021, 2025" in asked.stderr
    assert "Adults with mental impairment: 8" in done.stdout
    assert kept.returncode == 0, kept.stderr


# --- templates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_template_has_columns_that_the_reader_knows(
    tmp_path: Path, language: str, shape: str, ending: str
) -> None:
    file = tmp_path / f"t.{ending}"

    workflow.write_template(file, shape=shape, language=language)

    kind = "needs" if shape in ("counts", "persons") else shape
    seen = recognise(file, columns_of(kind))
    assert tuple(seen.headers) == SHAPES[shape]
    assert seen.missing == ()
    assert seen.unread == ()
    assert seen.rows == 0


@pytest.mark.parametrize("language", ["lv", "en"])
def test_a_filled_template_is_read_with_its_own_words(tmp_path: Path, language: str) -> None:
    file = tmp_path / "t.xlsx"
    workflow.write_template(file, shape="persons", language=language)
    book = load_workbook(file)
    groups = [cell.value for cell in book["lists"]["A"]]
    yes = book["lists"]["B1"].value
    for n, group in enumerate(groups, start=2):
        row = (f"A{n}", "0680201", "", group, "", "01.02.2018.", "", yes, "", "")
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(row=n, column=column, value=value)
    book.save(file)
    names, services = known_names(starter_data())

    found = read_needs(file, names=names, services=services)

    assert found.persons == {
        ("adults", "0680201"): 2,
        ("adults_leaving_institutions", "0680201"): 1,
        ("children_ft", "0680201"): 1,
        ("legal_representatives", "0680201"): 1,
        ("children_out_of_family", "0680201"): 2,
        ("children_in_institutions", "0680201"): 1,
    }
    assert sum(found.at_risk.values()) == 6


def test_a_latvian_template_keeps_codes_as_text_and_offers_the_groups(tmp_path: Path) -> None:
    done = planner("template", "needs", "--language", "lv", "--out", tmp_path / "t.xlsx")
    planner("template", "needs", "--language", "lv", "--out", tmp_path / "t.csv")

    assert done.returncode == 0, done.stderr
    book = load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["Vajadzību tabula", "Kā aizpildīt", "Apdzīvotās vietas", "lists"]
    assert [s.sheet_state for s in book.worksheets] == ["visible"] * 3 + ["hidden"]
    sheet = book.worksheets[0]
    assert sheet["A2"].number_format == "@"
    assert [str(v.sqref) for v in sheet.data_validations.dataValidation] == ["C2:C2001"]
    assert "0002000" in [cell.value for cell in book["Apdzīvotās vietas"]["A"]]
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert next(csv.reader([content.decode("utf-8-sig")], delimiter=";"))[:3] == [
        "Apdzīvota vieta",
        "Pašvaldība",
        "Mērķa grupa",
    ]


def test_a_template_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.xlsx or \.csv"):
        workflow.write_template(tmp_path / "t.pdf", shape="counts", language="lv")
    with pytest.raises(InputError, match="there is no shape 'rows'"):
        workflow.write_template(tmp_path / "t.csv", shape="rows", language="lv")

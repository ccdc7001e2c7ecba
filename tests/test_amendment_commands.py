"""Amendments of an approved plan from scenario to files, as officers make them in the terminal."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from planner.domain import Plan, Size
from planner.errors import InputError
from planner.inputs.approved import NamedEdition, named_edition
from planner.inputs.scenario import read_scenario
from planner.publishing.amendment_tables import compared_with
from planner.records import openings_digest, plan_to_json, problem_from_json, problem_to_json
from planner.workflow import load, prepare
from tests.commands import ROOT, planner
from tests.test_publishing_documents import texts_of
from tests.towns import drawn, new, two_villages

CARE = "day_care_adults"
NOON = 1_795_953_600  # 29 November 2026, noon in UTC
LIEPAS, OZOLI = (CARE, "liepas"), (CARE, "ozoli-a1")
FORBID_LIEPAS = f"""
[[forbid]]
service = "{CARE}"
site = "liepas"
reason = "applūst"
"""


def question(folder: Path, name: str, tables: str = "", **data: object) -> Path:
    """Write the tiny scenario, with other files and tables, as a question in `folder`."""
    text = (ROOT / "scenarios" / "tiny.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.split(" = ")[0] not in data]
    text = "\n".join(lines).replace('"tiny/', f'"{ROOT}/scenarios/tiny/')
    file = folder / f"{name}.toml"
    said = "".join(f'{key} = "{value}"\n' for key, value in data.items())
    file.write_text(f"{text}\n{said}{tables}", encoding="utf-8")
    return file


def planned(asked: Path) -> Path:
    """Return the folder of a plan beside its question."""
    out = asked.with_suffix("")
    run = planner("plan", asked, "--out", out)
    assert run.returncode == 0, run.stderr
    return out


def amended(plan: Path) -> Path:
    out = plan.with_name(f"{plan.name} amended")
    run = planner("amend", plan, "--out", out)
    assert run.returncode == 0, run.stderr
    return out


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the plan that was approved: 8 places in Liepas, 13 in Ozoli for 8."""
    return planned(question(tmp_path_factory.mktemp("approved"), "first"))


def test_what_is_vetoed_after_it_was_approved_is_dropped(approved: Path, tmp_path: Path) -> None:
    asked = question(tmp_path, "second", FORBID_LIEPAS, approved=approved)

    out = amended(planned(asked))

    told = rows(out / "amendment.csv")
    columns = ("site", "change", "status_before", "places_before", "places_after", "cost_eur")
    assert [tuple(row[column] for column in columns) for row in told] == [
        ("liepas", "close", "approved", "8", "0", "-80000"),
        ("ozoli-a1", "enlarge", "to_enlarge", "13", "30", "119000"),
    ]
    assert [row["cost_before_eur"] for row in told] == ["80000", "35000"]
    [dropped, _] = told
    assert (dropped["persons_before"], dropped["persons_after"], dropped["persons"]) == ("0",) * 3
    assert dropped["reason_code"] == "infrastructure_dropped"
    assert "applūst" in dropped["reason"]
    assert sum(int(dropped[f"{s}_eur"]) for s in ("eu", "state", "municipality")) == -80_000
    document = texts_of(docx.Document(str(out / "grozijumi.docx"))).replace("\u00a0", " ")
    assert "neatvērt: Liepas" in document
    assert "Liepas, adresi nosaka" not in document
    assert "apstiprinātas, nav atvērtas: 8 / 0" in document
    assert "apstiprināta paplašināšana: 13" in document
    assert "„Bija” ir apstiprinātā redakcija (first; datums " in document
    assert "jāmaksā par 39 000,00 EUR vairāk, nekā apstiprināts" in document
    assert "−80 000" in document
    book = load_workbook(out / "grozijumi.xlsx")
    notes = [cell.value for cell in book.worksheets[0]["A"]]
    assert any("apstiprinātā redakcija" in str(note) for note in notes)
    [head, *body] = book.worksheets[-1].iter_rows(values_only=True)
    total = dict(zip(head, body[0], strict=True))
    assert total["Iepriekš apstiprinātās izmaksas, EUR"] == 115_000


def test_what_is_vetoed_and_was_never_approved_is_told_with_its_reason(tmp_path: Path) -> None:
    out = amended(planned(question(tmp_path, "vetoed", FORBID_LIEPAS)))

    assert "applūst" not in (out / "amendment.csv").read_text(encoding="utf-8")
    assert "applūst" in texts_of(docx.Document(str(out / "grozijumi.docx")))
    [head, row] = load_workbook(out / "grozijumi.xlsx")["Plānotāja noteiktais"].iter_rows(
        values_only=True
    )
    told = dict(zip(head, row, strict=True))
    assert (told["Apdzīvota vieta"], told["Kas noteikts"], told["Pamatojums"]) == (
        "Liepas",
        "neko jaunu neatvērt un nepaplašināt",
        "applūst",
    )


def test_the_plan_that_was_approved_is_an_amendment_without_changes(
    approved: Path, tmp_path: Path
) -> None:
    out = amended(planned(question(tmp_path, "again", approved=approved)))

    assert rows(out / "amendment.csv") == []
    document = texts_of(docx.Document(str(out / "grozijumi.docx")))
    assert "Grozījumi nav ierosināti." in document
    assert "Nekas nemainās." in document
    assert "tuvina cilvēkiem" not in document


def test_less_than_was_approved_is_less_to_pay(approved: Path, tmp_path: Path) -> None:
    asked = question(
        tmp_path, "less", '[[budget]]\nid = "mazāk"\namount_eur = 35_000\n', approved=approved
    )

    out = amended(planned(asked))

    assert sum(int(row["cost_eur"]) for row in rows(out / "amendment.csv")) == -80_000
    document = texts_of(docx.Document(str(out / "grozijumi.docx"))).replace("\u00a0", " ")
    assert "Aplēstā kapitālizmaksu starpība pret apstiprināto pa avotiem" in document
    assert "jāmaksā par 80 000,00 EUR mazāk, nekā apstiprināts" in document
    assert "85,0 %" in document


def test_a_table_that_lists_only_what_is_new_leaves_the_rest_as_it_stands(tmp_path: Path) -> None:
    table = tmp_path / "approved.csv"
    table.write_text(f"service,site_id,places\n{CARE},liepas,8\n", encoding="utf-8")
    asked = question(tmp_path, "table", approved=table)

    assert prepare(read_scenario(asked)).problem.approved == {LIEPAS: 8, OZOLI: 8}
    [change] = rows(amended(planned(asked)) / "amendment.csv")

    assert (change["site"], change["change"]) == ("ozoli-a1", "enlarge")
    assert (change["status_before"], change["cost_eur"]) == ("operating", "35000")


def test_no_places_in_a_table_were_approved_to_close(tmp_path: Path) -> None:
    table = tmp_path / "approved.csv"
    table.write_text(f"service,site_id,places\n{CARE},ozoli-a1,0\n{CARE},liepas,0\n")

    problem = prepare(read_scenario(question(tmp_path, "none", approved=table))).problem

    assert problem.approved == {OZOLI: 0}


def test_an_approved_site_that_is_no_candidate_any_more_is_still_in_the_amendment(
    approved: Path, tmp_path: Path
) -> None:
    asked = question(tmp_path, "none", approved=approved)
    text = asked.read_text(encoding="utf-8").replace("[model]", '[model]\ncandidates = "none"')
    asked.write_text(text, encoding="utf-8")

    [dropped, _] = rows(amended(planned(asked)) / "amendment.csv")

    assert (dropped["site"], dropped["places_before"]) == ("liepas", "8")
    assert (dropped["cost_before_eur"], dropped["cost_eur"]) == ("80000", "-80000")


def built(folder: Path, places: str) -> dict[str, object]:
    """Write that the centre of Liepas has been built, at an address that the plan did not know."""
    tiny = ROOT / "scenarios" / "tiny"
    facilities, minutes = folder / "facilities.csv", folder / "minutes.csv"
    row = (
        f"tiny-02,liepas-a1,{CARE},Centrs „Liepas”,Ezera iela 2,liepas,0036000,56.450,26.350,"
        f"centre of the settlement,{places},stated,operating,darbojas,2027,,invented\n"
    )
    facilities.write_text((tiny / "facilities.csv").read_text(encoding="utf-8") + row)
    more = "ozoli,liepas-a1,40\nliepas,liepas-a1,0\n"
    minutes.write_text((tiny / "minutes.csv").read_text(encoding="utf-8") + more)
    return {"facilities": facilities, "minutes": minutes}


@pytest.mark.parametrize(("places", "changed"), [("8", []), ("10", ["enlarge"]), ("", [])])
def test_what_was_approved_and_has_been_built_is_found_at_its_address(
    approved: Path, tmp_path: Path, places: str, changed: list[str]
) -> None:
    asked = question(tmp_path, "built", approved=approved, **built(tmp_path, places))

    problem = prepare(read_scenario(asked)).problem

    assert problem.approved == {(CARE, "liepas-a1"): 8, OZOLI: 13}
    out = amended(planned(asked))
    here = [row for row in rows(out / "amendment.csv") if row["site"] == "liepas-a1"]
    assert [row["change"] for row in here if places] == changed
    assert all(row["cost_eur"] == "0" for row in here if places)


@pytest.mark.parametrize(
    ("approved_places", "places", "here", "left"),
    [(16, "10", 8, 8), (21, "13", 13, 8), (21, "8", 8, 13), (21, "30", 13, 8), (21, "", 13, 8)],
)
def test_of_two_approved_units_one_has_been_built(
    approved: Path, tmp_path: Path, approved_places: int, places: str, here: int, left: int
) -> None:
    for name in ("plan.json", "problem.json"):
        data = json.loads((approved / name).read_text(encoding="utf-8"))
        for row in data["opened"] if name == "plan.json" else ():
            if row["site"] == "liepas":
                row |= {"places": approved_places, "units": 2}
        (tmp_path / name).write_text(json.dumps(data), encoding="utf-8")
    asked = question(tmp_path, "half", approved=tmp_path, **built(tmp_path, places))

    problem = prepare(read_scenario(asked)).problem

    assert problem.approved == {(CARE, "liepas-a1"): here, LIEPAS: left, OZOLI: 13}
    assert [size.places for size in problem.approved_sizes[LIEPAS]] == [left]


def test_what_was_approved_and_has_been_decided_is_found_at_its_address(
    approved: Path, tmp_path: Path
) -> None:
    """The council has chosen a building in Liepas for the 8 approved places."""
    sites, minutes = tmp_path / "sites.csv", tmp_path / "minutes.csv"
    sites.write_text("site_id,address,place_id\nskola,Skolas iela 1,liepas\n", encoding="utf-8")
    tiny = (ROOT / "scenarios" / "tiny" / "minutes.csv").read_text(encoding="utf-8")
    minutes.write_text(f"{tiny}ozoli,skola,40\nliepas,skola,0\n")
    decided = (
        f'\n[[commit]]\nservice = "{CARE}"\nsite = "skola"\nplaces = 8\nreason = "lēmums Nr. 4"\n'
    )
    asked = question(tmp_path, "decided", decided, approved=approved, sites=sites, minutes=minutes)

    problem = prepare(read_scenario(asked)).problem

    assert problem.approved == {(CARE, "skola"): 8, OZOLI: 13}
    assert not [r for r in rows(amended(planned(asked)) / "amendment.csv") if r["site"] == "skola"]


def test_a_table_may_tell_addresses_and_what_they_were_to_cost(tmp_path: Path) -> None:
    table = tmp_path / "approved.csv"
    table.write_text(
        f"pakalpojums;vieta;vietas;adreses;izmaksas\n{CARE};liepas;21;2;100001,00\n"
        f"{CARE};ozoli-a1;13;;40 000\n",
        encoding="utf-8",
    )
    asked = question(tmp_path, "table", FORBID_LIEPAS, approved=table)

    known = prepare(read_scenario(asked)).problem.approved_sizes

    assert known == {
        LIEPAS: (Size(13, 61_905), Size(8, 38_096)),
        OZOLI: (Size(13, 40_000),),
    }
    told = rows(amended(planned(asked)) / "amendment.csv")
    assert [(row["site"], row["places_before"], row["cost_before_eur"]) for row in told] == [
        ("liepas", "13", "61905"),
        ("liepas", "8", "38096"),
        ("ozoli-a1", "13", "40000"),
    ]


@pytest.mark.parametrize(
    ("units", "cost", "sizes"),
    [
        ("2", "", (Size(13, 130_000), Size(8, 80_000))),
        ("", "210000", (Size(13, 130_000), Size(8, 80_000))),
        ("3", "", ()),
        ("3", "21", (Size(7, 7), Size(7, 7), Size(7, 7))),
        ("", "", ()),
    ],
)
def test_what_a_table_does_not_tell_of_addresses_follows_from_the_catalogue(
    tmp_path: Path, units: str, cost: str, sizes: tuple[Size, ...]
) -> None:
    table = tmp_path / "approved.csv"
    table.write_text(f"service,site_id,places,units,cost_eur\n{CARE},liepas,21,{units},{cost}\n")

    problem = prepare(read_scenario(question(tmp_path, "table", approved=table))).problem

    assert problem.approved_sizes == ({LIEPAS: sizes} if sizes else {})


def test_the_table_of_sites_of_a_plan_says_what_its_folder_does(
    approved: Path, tmp_path: Path
) -> None:
    folder = prepare(read_scenario(question(tmp_path, "folder", approved=approved))).problem
    table = approved / "sites.csv"
    told = prepare(read_scenario(question(tmp_path, "table", approved=table))).problem

    assert told.approved == folder.approved
    assert told.approved_sizes == folder.approved_sizes


def test_a_plan_of_another_region_is_refused_in_one_sentence(
    approved: Path, tmp_path: Path
) -> None:
    for name in ("plan.json", "problem.json"):
        data = json.loads((approved / name).read_text(encoding="utf-8"))
        data |= {"region": "kurzeme"} if name == "problem.json" else {}
        (tmp_path / name).write_text(json.dumps(data), encoding="utf-8")
    asked = question(tmp_path, "other", approved=tmp_path)

    run = planner("plan", asked, "--out", tmp_path / "x", language="lv")

    assert run.returncode == 2
    [said] = run.stderr.strip().splitlines()
    assert said == "plan.json: reģiona kurzeme plāns; scenārijā ir reģions latgale"


def test_a_name_that_is_not_known_is_said_in_latvian(tmp_path: Path) -> None:
    table = tmp_path / "approved.csv"
    table.write_text(f"service,site_id,places\n{CARE},99,8\n")
    asked = question(tmp_path, "table", approved=table)

    run = planner("plan", asked, "--out", tmp_path / "x", language="lv")

    assert "2. rinda, aile site_id: 99 nav zināms; skatiet datus" in run.stderr


def test_a_saved_edition_knows_its_addresses_and_comes_back_from_its_folder(
    approved: Path, tmp_path: Path
) -> None:
    problem = prepare(read_scenario(question(tmp_path, "again", approved=approved))).problem

    assert problem.approved_sizes == {LIEPAS: (Size(8, 80_000),), OZOLI: (Size(13, 35_000),)}
    saved = problem_to_json(problem)
    assert problem_from_json(saved).approved_sizes == problem.approved_sizes
    assert "approved_sizes" not in problem_to_json(replace(problem, approved_sizes={}))


def test_a_plan_alone_does_not_know_what_stood_when_it_was_made(
    approved: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_bytes((approved / "plan.json").read_bytes())
    data = built(tmp_path, "8")
    asked = question(tmp_path, "alone", approved=tmp_path / "plan.json", **data)

    found = prepare(read_scenario(asked)).problem.approved

    assert found == {LIEPAS: 8, (CARE, "liepas-a1"): 8, OZOLI: 13}


def test_what_a_saved_plan_closed_was_approved_to_close(approved: Path, tmp_path: Path) -> None:
    for name in ("plan.json", "problem.json"):
        data = json.loads((approved / name).read_text(encoding="utf-8"))
        if name == "plan.json":
            data["opened"] = [row for row in data["opened"] if row["site"] != "ozoli-a1"]
        (tmp_path / name).write_text(json.dumps(data), encoding="utf-8")
    asked = question(tmp_path, "closed", approved=tmp_path)

    assert prepare(read_scenario(asked)).problem.approved == {LIEPAS: 8, OZOLI: 0}
    [kept] = rows(amended(planned(asked)) / "amendment.csv")

    assert (kept["site"], kept["change"], kept["status_before"]) == (
        "ozoli-a1", "keep", "to_close",
    )  # fmt: skip
    assert (kept["places_before"], kept["places_after"]) == ("0", "13")


@pytest.mark.parametrize(
    ("approved", "name"),
    [("plans/1. redakcija", "1. redakcija"), ("plans/1/plan.json", "1")],
)
def test_a_saved_plan_is_named_as_its_folder_is_and_known_by_what_it_opens(
    tmp_path: Path, approved: str, name: str
) -> None:
    problem = two_villages()
    plan = drawn(problem, {(CARE, "north"): new(10)}, {(CARE, "north", "north"): 5})
    other = replace(plan, assigned={}, unserved={(CARE, "north"): 5})
    folder = (tmp_path / approved) if approved.endswith("redakcija") else tmp_path / "plans" / "1"
    folder.mkdir(parents=True)
    file = folder / "plan.json"

    def said_of(plan: Plan) -> str:
        file.write_text(json.dumps(plan_to_json(plan)), encoding="utf-8")
        os.utime(file, (NOON, NOON))
        return compared_with(named_edition(tmp_path / approved), "en")

    said = said_of(plan)
    digest = openings_digest(plan)[:12]
    assert f"the approved edition ({name}; of 29 November 2026, digest {digest});" in said
    assert str(tmp_path) not in said
    assert said_of(other) == said  # whom it serves is no part of what is published
    assert said_of(replace(plan, opened={(CARE, "north"): new(30)})) != said


def test_a_table_is_known_by_its_name_and_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"abc")
    os.utime(file, (NOON, NOON))

    assert named_edition(file) == NamedEdition("a.csv", "2026-11-29", "ba7816bf8f01")
    with pytest.raises(InputError):
        named_edition(tmp_path / "b.csv")


def test_a_kept_table_is_of_the_day_in_its_name(tmp_path: Path) -> None:
    file = tmp_path / "approved-2025-03-01-ba7816bf8f01.csv"
    file.write_bytes(b"abc")

    assert named_edition(file) == NamedEdition(file.name, "2025-03-01", "ba7816bf8f01")


def test_every_file_of_an_amendment_says_which_edition_before_is(
    approved: Path, tmp_path: Path
) -> None:
    plan = planned(question(tmp_path, "third", FORBID_LIEPAS, approved=approved))
    digest = openings_digest(load(approved).plan)[:12]

    out = amended(plan)

    told = rows(out / "amendment.csv")
    assert {(row["before_is"], row["edition"]) for row in told} == {("approved", "first")}
    assert {row["edition_digest"] for row in told} == {f"sha256:{digest}"}
    [day] = {date.fromisoformat(row["edition_date"]) for row in told}
    office = (out / "grozijumi.csv").read_text(encoding="utf-8-sig")
    assert f";apstiprinātā redakcija;first;{day:%d.%m.%Y}.;sha256:{digest}" in office
    named = f"(first; datums {day:%d.%m.%Y}., kontrolsumma {digest})"
    assert named in texts_of(docx.Document(str(out / "grozijumi.docx")))
    notes = [str(cell.value) for cell in load_workbook(out / "grozijumi.xlsx").worksheets[0]["A"]]
    assert any(named in note for note in notes)


def test_of_an_edition_that_has_changed_since_neither_date_nor_digest_is_told(
    tmp_path: Path,
) -> None:
    table = tmp_path / "approved.csv"
    table.write_text(f"service,site_id,places\n{CARE},liepas,8\n", encoding="utf-8")
    plan = planned(question(tmp_path, "changed", approved=table))
    table.write_text(f"service,site_id,places\n{CARE},liepas,30\n", encoding="utf-8")

    out = amended(plan)

    [row] = rows(out / "amendment.csv")
    assert (row["before_is"], row["edition"]) == ("approved", "approved.csv")
    assert (row["edition_date"], row["edition_digest"]) == ("", "")
    document = texts_of(docx.Document(str(out / "grozijumi.docx")))
    assert "(approved.csv; datums un kontrolsumma nav zināmi" in document


def test_without_an_edition_every_row_says_that_before_is_today(approved: Path) -> None:
    out = amended(approved)

    told = rows(out / "amendment.csv")
    assert {row["before_is"] for row in told} == {"today"}
    assert {(row["edition"], row["edition_date"], row["edition_digest"]) for row in told} == {
        ("", "", "")
    }
    office = (out / "grozijumi.csv").read_text(encoding="utf-8-sig")
    assert office.count(";kas šodien darbojas vai ir nolemts;;;") == len(told)

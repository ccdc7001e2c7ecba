"""Kept files are chosen for the next calculation, taken back, and found in the plan's sources."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from planner import workflow
from planner.errors import InputError
from planner.facility_location import Limits
from planner.inputs.ground import Ground
from planner.inputs.kinds import KINDS
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.inputs.study_area import REGIONS, starter_data
from planner.inputs.uploads import Upload
from planner.workflow.kept_data import AS_IN_SCENARIO

ROOT = Path(__file__).resolve().parents[1]
TINY = read_scenario(ROOT / "scenarios" / "tiny.toml")
LATGALE = read_scenario(ROOT / "scenarios" / "latgale.toml")
LEAVING = (
    "Pseidonīms;Vieta;Mērķa grupa;Dzīvo institūcijā;Vēlas pāriet uz dzīvi sabiedrībā;"
    "Filiāle;Pāriešanas gads\n"
)
OZOLI = "Vieta;Mērķa grupa;Pakalpojums;Skaits\n"


@pytest.fixture
def ground() -> Ground:
    return workflow.ground_for(TINY, "latgale")


def received(text: str, ground: Ground, *, kind: str = "needs") -> Upload:
    return workflow.receive(text.encode(), kind=kind, ground=ground, mappings=Path("none"))


def take(text: str, folder: Path, ground: Ground, *, kind: str = "needs", day: str = "") -> str:
    found = received(text, ground, kind=kind)
    return workflow.take_in(found, folder, ground=ground, day=day).name


def test_the_newest_of_a_kind_comes_first_and_nothing_is_chosen_by_itself(
    tmp_path: Path, ground: Ground
) -> None:
    old = take(f"{OZOLI}ozoli;GRT;;13\n", tmp_path, ground, day="2026-11-01")
    new = take(f"{OZOLI}ozoli;GRT;;14\n", tmp_path, ground, day="2026-11-22")

    assert [kept.name for kept in workflow.kept_data(tmp_path)] == [new, old]
    assert set(workflow.chosen_data(tmp_path).values()) == {AS_IN_SCENARIO}
    assert workflow.with_kept_data(TINY, tmp_path) == TINY


def test_a_choice_is_taken_back_step_by_step(tmp_path: Path, ground: Ground) -> None:
    first = take(f"{OZOLI}ozoli;GRT;;13\n", tmp_path, ground, day="2026-11-01")
    second = take(f"{OZOLI}ozoli;GRT;;14\n", tmp_path, ground, day="2026-11-22")

    seen = []
    for name in (first, second, second, AS_IN_SCENARIO):
        workflow.choose_data(tmp_path, "needs", name)
        seen.append(workflow.chosen_data(tmp_path)["needs"])
    back = []
    while workflow.can_go_back(tmp_path, "needs"):
        workflow.go_back(tmp_path, "needs")
        back.append(workflow.chosen_data(tmp_path)["needs"])

    assert seen == [first, second, second, AS_IN_SCENARIO]
    assert back == [second, first, AS_IN_SCENARIO]


def test_a_line_that_was_cut_off_loses_no_other_choice(tmp_path: Path, ground: Ground) -> None:
    first = take(f"{OZOLI}ozoli;GRT;;13\n", tmp_path, ground, day="2026-11-01")
    workflow.choose_data(tmp_path, "needs", first)
    choices = tmp_path / "chosen.jsonl"
    choices.write_text(choices.read_text("utf-8") + '{"kind": "needs", "na', encoding="utf-8")

    before = workflow.chosen_data(tmp_path)["needs"]
    workflow.choose_data(tmp_path, "needs", AS_IN_SCENARIO)

    assert (before, workflow.chosen_data(tmp_path)["needs"]) == (first, AS_IN_SCENARIO)


def test_a_chosen_file_that_is_gone_is_told_and_not_used(tmp_path: Path, ground: Ground) -> None:
    name = take(f"{OZOLI}ozoli;GRT;;13\n", tmp_path, ground)
    workflow.choose_data(tmp_path, "needs", name)

    (tmp_path / name).unlink()

    assert workflow.lost_data(tmp_path) == (name,)
    assert workflow.with_kept_data(TINY, tmp_path) == TINY


def test_needs_without_support_plans_take_the_support_plans_of_the_scenario_away(
    tmp_path: Path, ground: Ground
) -> None:
    plans = replace(TINY, data={**TINY.data, "support_plans": "old.csv"})
    alone = take(f"{OZOLI}ozoli;GRT;;13\n", tmp_path, ground)
    both = take(f"{OZOLI}ozoli;GRT;;13\nozoli;GRT;DAC_GRT;12\n", tmp_path, ground)

    workflow.choose_data(tmp_path, "needs", alone)
    without = workflow.with_kept_data(plans, tmp_path).data
    workflow.choose_data(tmp_path, "needs", both)
    with_own = workflow.with_kept_data(plans, tmp_path).data

    assert "support_plans" not in without
    assert Path(with_own["support_plans"]).name == f"support-plans-{both.removeprefix('needs-')}"
    assert without["minutes"] == TINY.data["minutes"]


def test_needs_bring_who_leaves_an_institution_later_and_take_those_of_the_scenario_away(
    tmp_path: Path,
) -> None:
    ground = workflow.ground_for(LATGALE, "latgale")
    rows = [f"A{n};Ludza;GRT;jā;jā;VSAC Latgale, Kalupe;2027" for n in range(8)]
    stays = "B1;Ludza;GRT;nē;nē;;"
    asked = replace(LATGALE, data={**LATGALE.data, "additions": "old.csv"})
    alone = take(LEAVING + stays, tmp_path, ground)
    both = take(LEAVING + "\n".join([*rows, stays]), tmp_path, ground)

    workflow.choose_data(tmp_path, "needs", alone)
    without = workflow.with_kept_data(asked, tmp_path).data
    workflow.choose_data(tmp_path, "needs", both)
    chosen = workflow.with_kept_data(asked, tmp_path)
    area = workflow.area_of(chosen.region, chosen.data)

    assert "additions" not in without
    assert sum(a.persons for a in area.additions if a.year == 2027) == 8


def test_a_plan_is_made_with_chosen_needs_and_names_them(tmp_path: Path, ground: Ground) -> None:
    # Ozoli alone needs 13 places: the centre there grows from 8 to 13, and nothing new is built.
    name = take(f"{OZOLI}Ozoli;GRT;;13\n", tmp_path, ground, day="2026-11-22")
    workflow.choose_data(tmp_path, "needs", name)

    prepared = workflow.prepare(workflow.with_kept_data(TINY, tmp_path))
    proposal = workflow.propose(prepared, limits=Limits(seconds=20))

    source = next(s for s in proposal.area.sources if s.note == "assessed")
    assert (source.name, source.date) == (name, "2026-11-22")
    assert sum(proposal.plan.unserved.values()) == 0
    assert {opened.kind.value for opened in proposal.plan.opened.values()} == {"enlarged"}


def test_chosen_facilities_sites_and_boundaries_are_those_of_the_area(
    tmp_path: Path,
) -> None:
    ground = workflow.ground_for(LATGALE, "latgale")
    facility = (
        "Pakalpojums;Nosaukums;Adrese;Apdzīvota vieta;Vietu skaits;Statuss\n"
        "Dienas aprūpes centrs pilngadīgām personām ar GRT;Centrs;Skolas iela 1;0002000;8;"
        "darbojas\n"
    )
    site = "Adrese;Apdzīvota vieta;Īpašnieks;Vietu skaits\nRaiņa iela 2;0002000;pašvaldība;12\n"
    ring = [[27.0, 56.4], [27.2, 56.4], [27.2, 56.6], [27.0, 56.4]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"atvk": "0037000"}, "geometry": shape}
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]})
    for kind, text in (("facilities", facility), ("sites", site), ("boundaries", layer)):
        workflow.choose_data(tmp_path, kind, take(text, tmp_path, ground, kind=kind))

    scenario = workflow.with_kept_data(LATGALE, tmp_path)
    area = workflow.area_of(scenario.region, scenario.data)

    assert [(f.service, f.name, f.places) for f in area.facilities] == [
        ("day_care_adults", "Centrs", 8)
    ]
    assert [b.owner for b in area.buildings] == ["pašvaldība"]
    assert [m.name for m in area.municipalities if m.outline_wkb] == ["Ludzas novads"]
    roles = {source.role for source in area.sources}
    assert {"facilities", "sites", "boundaries", "settlements", "assessed"} <= roles


def test_a_question_with_chosen_files_can_be_written_and_read(
    tmp_path: Path, ground: Ground
) -> None:
    workflow.choose_data(tmp_path, "needs", take(f"{OZOLI}ozoli;GRT;;13\n", tmp_path, ground))
    asked = workflow.with_kept_data(TINY, tmp_path)
    file = tmp_path / "tiny.toml"

    file.write_text(scenario_to_toml(asked), encoding="utf-8")

    assert read_scenario(file) == asked


def test_a_file_with_faults_is_never_kept(tmp_path: Path, ground: Ground) -> None:
    found = received(f"{OZOLI}ozoli;GRT;;3,5\nliepas;GRT;;4\n", ground)

    with pytest.raises(InputError, match="is not whole"):
        workflow.take_in(found, tmp_path / "kept", ground=ground)
    assert not (tmp_path / "kept").exists()


def test_faults_go_back_as_a_table_in_which_nothing_is_a_formula(ground: Ground) -> None:
    found = received("person_id;place_id;group;=1+1\nx1;Ozli;GRT;5\n", ground)

    text = workflow.faults_csv(found.faults, language="lv").decode("utf-8-sig")

    heads, *rows = csv.reader(text.splitlines(), delimiter=";")
    assert heads == ["Rinda", "Aile", "Kas nav kārtībā un ko darīt"]
    assert [row[:2] for row in rows] == [["", "'=1+1"], ["2", "place_id"]]
    assert "varbūt domāts: ozoli" in rows[1][2]


def test_foreign_headers_are_named_once_and_known_ever_after(
    tmp_path: Path, ground: Ground
) -> None:
    text = "Ciems;Mērķa grupa;Cik;Piezīmes\nozoli;GRT;13;-\n"

    def read(said: str) -> Upload:
        return workflow.receive(said.encode(), kind="needs", ground=ground, mappings=tmp_path)

    first = read(text)
    asked = workflow.asks_for_mapping(first)
    workflow.save_mapping(first, {"Ciems": "place_id", "Cik": "persons", "Piezīmes": ""}, tmp_path)
    again = read(text)
    others = read("Ciems;Mērķa grupa;Cik\nozoli;GRT;13\n")

    assert asked
    assert again.faults == ()
    assert again.needs is not None
    assert again.needs.persons == {("adults", "ozoli"): 13}
    assert workflow.asks_for_mapping(others)


@pytest.mark.parametrize(
    ("head", "units", "mapping", "of_time", "lacks"),
    [
        ("novads;grupa;personas;piezīmes", "2025", False, False, False),
        ("novads;grupa;personas;piezīmes", "", False, True, False),
        ("novads;grupa;personas", "", False, True, False),
        ("novads;grupa;cik;piezīmes", "2025", True, False, True),
        ("rajons;grupa;personas;piezīmes", "2025", True, False, True),
        ("pseidonīms;novads;grupa;piezīmes", "2025", True, False, False),
        ("novads;grupa;personas;uzvārds", "", False, False, False),  # refused, and let go
    ],
)
def test_what_is_asked_of_a_table_by_municipality(
    tmp_path: Path, head: str, units: str, *, mapping: bool, of_time: bool, lacks: bool
) -> None:
    latgale = workflow.ground_for(None, "latgale")
    text = f"{head}\nLudzas novads;GRT;x9;\n"

    found = workflow.receive(
        text.encode(), kind="needs", ground=latgale, mappings=tmp_path, units=units
    )

    assert found.faults
    assert workflow.asks_for_mapping(found) == mapping
    assert workflow.asks_for_units(found) == of_time
    assert workflow.lacks_columns(found) == lacks


def test_sites_beside_a_foreign_column_of_places_ask_for_it(tmp_path: Path, ground: Ground) -> None:
    text = "Adrese;Novads;Ciems;Vietu skaits\nSkolas iela 9;Līvānu novads;Ozoli;12\n"

    found = workflow.receive(text.encode(), kind="sites", ground=ground, mappings=tmp_path)

    assert workflow.asks_for_mapping(found)


def test_a_saved_mapping_holds_no_header_that_nobody_named(tmp_path: Path, ground: Ground) -> None:
    text = "Ciems;Mērķa grupa;Skaits;KanarijPutniņš\nozoli;GRT;13;-\n"
    found = workflow.receive(text.encode(), kind="needs", ground=ground, mappings=tmp_path)

    path = workflow.save_mapping(found, {"Ciems": "place_id"}, tmp_path)

    assert path is not None
    assert "KanarijPutniņš" not in path.read_text(encoding="utf-8")


def test_totals_of_a_few_are_not_told(ground: Ground) -> None:
    found = received(f"{OZOLI}ozoli;GRT;;13\nozoli;FT;;3\n", ground)

    assert workflow.told_totals(found) == {"adults": "13", "children_ft": "< 5"}


@pytest.mark.parametrize("shape", ["counts", "persons", "facilities", "sites"])
@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_is_read_by_the_reader_of_its_kind(
    ground: Ground, shape: str, language: str, ending: str
) -> None:
    content = workflow.table_template(shape, ending, language=language, ground=ground)
    kind = shape if shape in KINDS else "needs"

    found = workflow.receive(content, kind=kind, ground=ground, mappings=Path("none"))

    assert found.seen is not None
    assert (found.seen.missing, found.seen.unread) == ((), ())


def test_the_stated_error_of_the_roads_is_the_one_that_was_measured() -> None:
    readme = (starter_data() / "roads" / "README.md").read_text(encoding="utf-8")
    with (starter_data() / "roads" / "measured_error.csv").open(encoding="utf-8") as text:
        rows = {row["region"]: row for row in csv.DictReader(text)}

    for name, row in rows.items():
        bias = f"{float(row['bias_percent']):+.1f}"
        told = (name, row["trips"], row["median_percent"], row["ninetieth_percent"], bias)
        assert f"| {' | '.join(told)} |" in readme
    assert {*REGIONS.values()} < {*rows}
    stated = workflow.stated_error(LATGALE, "latgale")
    assert stated is not None
    assert (stated.trips, stated.median_percent) == (9252, 6.3)
    assert workflow.stated_error(TINY, "latgale") is None


ON_TOP = "Vieta;Mērķa grupa;Personu skaits;Gads;Avots\n"


def test_a_table_of_additions_stands_beside_those_whom_needs_say_to_leave_later(
    tmp_path: Path,
) -> None:
    ground = workflow.ground_for(LATGALE, "latgale")
    rows = "\n".join(f"A{n};Ludza;GRT;jā;jā;VSAC Latgale, Kalupe;2027" for n in range(8))
    needs = take(LEAVING + rows, tmp_path, ground)
    others = take(
        f"{ON_TOP}Ludza;FT;6;2026;Ludzas bāriņtiesa\n", tmp_path, ground, kind="additions"
    )
    twice = take(
        f"{ON_TOP}Ludza;GRT;8;2027;VSAC Latgale, Kalupe\n", tmp_path, ground, kind="additions"
    )

    listed = {kept.name for kept in workflow.kept_data(tmp_path)}
    workflow.choose_data(tmp_path, "needs", needs)
    workflow.choose_data(tmp_path, "additions", others)
    both = workflow.with_kept_data(LATGALE, tmp_path)
    area = workflow.area_of(both.region, both.data)
    workflow.choose_data(tmp_path, "additions", twice)

    assert listed == {needs, others, twice}
    assert sorted((a.group, a.persons, a.source) for a in area.additions) == [
        ("adults_leaving_institutions", 8, "VSAC Latgale, Kalupe"),
        ("children_ft", 6, "Ludzas bāriņtiesa"),
    ]
    assert {s.role for s in area.sources} >= {"leavers", "additions"}
    counted_twice = workflow.with_kept_data(LATGALE, tmp_path)
    with pytest.raises(InputError, match="are in the table of needs already"):
        workflow.area_of(counted_twice.region, counted_twice.data)

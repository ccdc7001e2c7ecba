from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas
import pytest
from openpyxl import load_workbook

from planner.analysis.comparison import MunicipalityTotal, Turn, compare
from planner.analysis.indicators import municipality_figures, service_figures
from planner.disclosure import HIDDEN_MARK, NOT_SHOWN, Served, protect_plan, protect_served
from planner.domain import Plan, Problem, Reason, Size, Status
from planner.editions import amendment, standing
from planner.errors import InputError
from planner.problem import today_of
from planner.publishing import formats
from planner.publishing.amendment_tables import changes_table, totals_table
from planner.publishing.comparison_tables import comparison_table, municipality_sentence
from planner.publishing.layers import plan_layers, write_geojson, write_geopackage
from planner.publishing.package import files_in, write_atomically, write_text
from planner.publishing.people import People, whole
from planner.publishing.plan_tables import (
    municipalities_table,
    sites_table,
    start_now_table,
    unserved_table,
)
from planner.publishing.reasons import unserved_text
from planner.publishing.report import report
from planner.publishing.tables import (
    Column,
    Euros,
    Minutes,
    Persons,
    PersonsBeside,
    Share,
    ShareBeside,
    Table,
    Told,
    Word,
    machine_csv,
    office_csv,
    write_office_csv,
    write_workbook,
)
from tests.mapped_towns import area_of
from tests.towns import CARE, drawn, enlarged, existing, new, river_town
from tests.towns import standing as stands


def every_kind_of_cell() -> Table:
    keys = ("text", "persons", "few", "share", "minutes", "euros", "unknown", "day", "word", "lat")
    row = (
        "=cmd|' /C calc'!A0",
        Persons(1234),
        Persons(3),
        Share(30, 60),
        Minutes(23.4, 12),
        Euros(1_234_567),
        Euros(None),
        date(2026, 11, 22),
        Word("new", "new"),
        56.25,
    )
    return Table("kinds", "Kinds", tuple(Column(k, k.title()) for k in keys), (row,))


class Now(NamedTuple):
    municipality: str
    service: str
    persons: int
    why: str


def test_machines_read_commas_points_and_keys() -> None:
    [head, row] = list(csv.reader(io.StringIO(machine_csv(every_kind_of_cell()))))

    assert head[:2] == ["text", "persons"]
    assert row == [
        "'=cmd|' /C calc'!A0",
        "1234",
        "< 5",
        "0.50",
        "25",
        "1234567",
        "",
        "2026-11-22",
        "new",
        "56.25",
    ]


def test_officers_read_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    file = write_office_csv(tmp_path / "x.csv", every_kind_of_cell(), language="lv")

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    [_, row] = list(csv.reader(io.StringIO(file.read_text("utf-8-sig")), delimiter=";"))
    assert row[0] == "'=cmd|' /C calc'!A0"
    assert row[2:5] == ["< 5", "50\u00a0%", "25"]
    assert row[7] == "22.11.2026."
    assert row[9] == "56,25"


def test_a_workbook_holds_real_numbers_and_no_formula(tmp_path: Path) -> None:
    file = write_workbook(
        tmp_path / "x.xlsx", [every_kind_of_cell()], notes=["=Title"], language="en"
    )

    book = load_workbook(file)
    sheet = book["Kinds"]
    values = [cell.value for cell in sheet[2]]
    assert values[0] == "=cmd|' /C calc'!A0"
    assert sheet["A2"].data_type == "s"
    assert values[1:6] == [1234, "< 5", 0.5, 25, 1_234_567]
    assert sheet["H2"].is_date
    assert sheet.freeze_panes == "A2"
    assert book.worksheets[0]["A1"].data_type == "s"
    assert sheet["D2"].number_format == "0%"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(18, 20, "…"), (20, 18, "…"), (18, 23, "23"), (18, 18, "18"), (3, 6, "6"), (6, 3, "< 5")],
)
def test_two_counts_side_by_side_tell_no_few_between_them(
    before: int, after: int, told: str
) -> None:
    assert PersonsBeside(after, beside=before).told(5) == told


def test_a_share_beside_a_count_tells_no_few_either() -> None:
    assert ShareBeside(60, 108, beside=58).told(5) == NOT_SHOWN
    assert ShareBeside(60, 108, beside=50).told(5) == "56\u00a0%"


def test_illustrative_tables_say_so_in_every_file(tmp_path: Path) -> None:
    table = replace(every_kind_of_cell(), illustrative=("assessed",))

    book = load_workbook(write_workbook(tmp_path / "x.xlsx", [table], language="lv"))

    assert machine_csv(table).splitlines()[1].endswith(",illustrative")
    assert office_csv(table, language="lv").splitlines()[1].endswith(";ilustratīvi")
    assert str(book["Par datiem"]["A1"].value).startswith("Ilustratīvi dati")


def test_what_passed_the_gate_elsewhere_stands_as_it_is() -> None:
    table = Table(
        "t", "T", (Column("a", "A"), Column("b", "B")), ((Told("…"), Told("1\u00a0234")),)
    )

    assert machine_csv(table).splitlines()[1] == "…,1234"


def test_columns_for_machines_stay_out_of_officers_files() -> None:
    table = Table(
        "t", "T", (Column("id", "Id", for_machines=True), Column("a", "A")), (("x", "y"),)
    )

    assert office_csv(table, language="en").splitlines() == ["A", "y"]


def test_few_persons_are_hidden_in_every_table_of_a_plan() -> None:
    problem = river_town(existing={(CARE, "left"): stands(10, may_close=True)}, build=("right",))
    today_problem = today_of(problem)
    today = drawn(today_problem, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 3})
    plan = drawn(
        problem,
        {(CARE, "right"): new(10)},
        {(CARE, "right", "right"): 5, (CARE, "left", "right"): 2},
    )
    plan = plan.__class__(**{**vars(plan), "reasons": {(CARE, "left"): {Reason.NO_PLACES: 3}}})
    area = area_of(problem)
    figures = municipality_figures(problem, plan)
    today_figures = municipality_figures(today_problem, today)

    sites = machine_csv(sites_table(area, problem, plan, language="en"))
    people = machine_csv(municipalities_table(area, figures, today=today_figures, language="en"))
    rows = [Now("left", CARE, 4, "mobile"), Now("right", CARE, 12, "family")]
    begin = machine_csv(start_now_table(area, rows, language="en"))

    assert "closing,0,0,0,–,0,56.0,26.0,operating" in sites
    assert "new,1,10,7,15,100000" in sites
    assert "left,left novads,day_care,Day care,5,< 5,< 5,0,0,0.00,–,0,0,0,0,< 5,< 5,–,–" in people
    assert begin.splitlines()[1].endswith("< 5,mobile,illustrative")
    assert begin.splitlines()[2].endswith("12,family,illustrative")


def full_town() -> tuple[Problem, Plan]:
    """Return two banks of whom 26 stay without a place, and two for another reason."""
    problem = river_town(existing={(CARE, "left"): stands(10)}, build=())
    problem = replace(problem, persons={(CARE, "left"): 30, (CARE, "right"): 8})
    plan = drawn(problem, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 10})
    reasons = {
        (CARE, "left"): {Reason.NO_PLACES: 20},
        (CARE, "right"): {Reason.NO_PLACES: 6, Reason.NO_SITE_WITHIN_LIMIT: 2},
    }
    return problem, replace(plan, reasons=reasons)


def test_why_people_stay_unserved_stands_in_a_table_small_counts_hidden() -> None:
    problem, plan = full_town()

    told = machine_csv(unserved_table(area_of(problem), problem, plan, language="en"))

    assert [line.split(",")[:6] for line in told.splitlines()[1:]] == [
        ["", "town", CARE, "Day care", "no places", "26"],
        ["", "town", CARE, "Day care", "no site within the limit", "< 5"],
        ["left", "left novads", CARE, "Day care", "no places", "20"],
        ["right", "right novads", CARE, "Day care", "no places", "6"],
        ["right", "right novads", CARE, "Day care", "no site within the limit", "< 5"],
    ]


def test_a_reason_is_told_as_the_gate_released_it_or_not_at_all() -> None:
    problem, plan = full_town()
    released = protect_plan((problem, plan), (problem, plan), snapshot="river")
    people = People(released)

    table = unserved_table(area_of(problem), problem, plan, released=released, language="en")

    rows = list(csv.DictReader(io.StringIO(machine_csv(table))))
    assert rows
    for row in rows:
        area, why, persons = row["municipality_atvk"], row["why"], row["persons"]
        if why == "others":
            assert persons == HIDDEN_MARK
        else:
            assert persons == people.unserved_because(area, CARE, why)
            assert persons not in (HIDDEN_MARK, "0")
    counts = [whole(r["persons"]) for r in rows if r["municipality_atvk"] == "right"]
    assert not {1, 2, 3, 4} & {*counts}


def test_the_reasons_stand_in_one_line_and_none_where_none_is_told() -> None:
    assert unserved_text({"no places": "20", "": "…"}, language="lv") == (
        "nav brīvu vietu: 20; citi vai nav rādīts: …"
    )
    assert unserved_text({"": "…"}, language="lv") == NOT_SHOWN
    assert unserved_text({}, language="lv") == NOT_SHOWN


def test_the_report_says_why_people_stay_unserved() -> None:
    problem, plan = full_town()
    figures = service_figures(problem, plan)

    told = report(area_of(problem), problem, plan, figures=figures, today=figures, language="lv")

    assert "Kas paliek bez pakalpojuma un kāpēc:\n  Dienas aprūpes centrs: " in told
    assert "nav brīvu vietu: 26; nav vietas pieļaujamā attālumā: < 5\n" in told


def decided_town() -> tuple[Problem, Plan]:
    """Return two banks whose left site is decided and not yet operating, and grows."""
    decided = stands(10, status=Status.COMMITTED, larger=(Size(14, 28_000),))
    running = stands(10, status=Status.COMMITTED)
    problem = river_town(existing={(CARE, "left"): decided, (CARE, "right"): running}, build=())
    opened = {(CARE, "left"): enlarged(14), (CARE, "right"): existing(10)}
    return problem, drawn(problem, opened, {(CARE, "left", "left"): 5})


def test_what_is_decided_and_not_operating_is_no_existing_site() -> None:
    problem, plan = decided_town()
    table = sites_table(area_of(problem), problem, plan)

    told = office_csv(table, language="lv")
    codes = machine_csv(table)

    assert "apstiprināta, vēl nedarbojas" in told
    assert "apstiprināta, vēl nedarbojas; paplašināta" in told
    assert "esoša" not in told
    # codes of kinds stay as they were, the status stands in a column of its own
    assert re.findall(r",(existing|enlarged),", codes) == ["enlarged", "existing"]
    assert [line.split(",")[-2] for line in codes.splitlines()[1:]] == ["committed"] * 2


def test_places_that_were_only_approved_are_marked_in_an_amendment() -> None:
    problem, plan = decided_town()
    area = area_of(problem)
    found = amendment(problem, standing(problem), plan, area)

    changes = office_csv(changes_table(area, found), language="lv")
    totals = machine_csv(totals_table(area, found))

    assert ";apstiprināta, vēl nedarbojas;10;" in changes
    assert ",committed,10," in machine_csv(changes_table(area, found))
    assert [line.split(",")[-2] for line in totals.splitlines()[1:]] == ["10", "10"]


def test_what_the_gate_released_stands_in_place_of_the_counts() -> None:
    problem = river_town(existing={(CARE, "left"): stands(20)}, build=())
    problem = replace(problem, persons={(CARE, "left"): 12, (CARE, "right"): 14})
    plan = drawn(
        problem,
        {(CARE, "left"): existing(20)},
        {(CARE, "left", "left"): 10, (CARE, "right", "left"): 10},
    )
    figures = municipality_figures(problem, plan)
    counts = {key: Served(f.need, f.served, f.within_standard) for key, f in figures.items()}
    released = protect_served({"plan": counts}, name="plan", snapshot="river")

    alone = machine_csv(municipalities_table(area_of(problem), figures, language="en"))
    held = machine_csv(
        municipalities_table(area_of(problem), figures, released=released, language="en")
    )

    assert ",12,10,< 5," in alone
    assert ",12,10,< 5," not in held
    assert HIDDEN_MARK in held


def test_a_comparison_names_losers_beside_winners() -> None:
    problem = river_town(
        existing={(CARE, "left"): stands(10), (CARE, "right"): stands(10)}, build=()
    )
    today = drawn(
        problem,
        {(CARE, "left"): existing(10), (CARE, "right"): existing(10)},
        {(CARE, "left", "left"): 5, (CARE, "right", "right"): 5},
    )
    plan = drawn(
        problem,
        {(CARE, "right"): existing(10)},
        {(CARE, "left", "right"): 5, (CARE, "right", "right"): 5},
    )
    comparison = compare(problem, today, problem, plan)

    table = machine_csv(comparison_table(area_of(problem), comparison, language="en"))
    [left, right] = comparison.municipalities

    assert table.splitlines()[1].endswith("5,5,5,0,1.00,0.00,5,50,0,5,0,0,0,illustrative")
    assert municipality_sentence(left, "Left", language="en") == (
        "Left: 100\u00a0% → 0\u00a0% within the standard; 0 pers. gain, 5 pers. lose; "
        "cost 0\u00a0EUR."
    )
    assert "0 pers. lose" in municipality_sentence(right, "Right", language="en")


@pytest.mark.parametrize(("within_before", "alike"), [(54, True), (58, True), (46, False)])
def test_a_sentence_says_where_its_shares_do_not_tell_a_rise_from_a_fall(
    within_before: int, *, alike: bool
) -> None:
    total = MunicipalityTotal("left", 60, 60, 60, 60, 60, 60, within_before, 57, 0, Turn(shorter=3))

    told = municipality_sentence(total, "Left", language="en")

    assert "→ 90–100\u00a0% within the standard; < 5 pers. gain, 0 pers. lose" in told
    assert told.endswith("These shares do not tell a rise from a fall.") is alike


def test_the_amendment_tables_add_up() -> None:
    problem = river_town(existing={(CARE, "left"): stands(10)}, build=("right",))
    plan = drawn(
        problem,
        {(CARE, "left"): existing(10), (CARE, "right"): new(10)},
        {(CARE, "left", "left"): 5, (CARE, "right", "right"): 5},
    )
    area = area_of(problem)
    found = amendment(problem, standing(problem), plan, area)

    changes = list(csv.DictReader(io.StringIO(machine_csv(changes_table(area, found)))))
    totals = list(csv.DictReader(io.StringIO(machine_csv(totals_table(area, found)))))

    assert [c["change"] for c in changes] == ["open"]
    assert changes[0]["cost_eur"] == "100000"
    assert int(changes[0]["eu_eur"]) + int(changes[0]["state_eur"]) + int(
        changes[0]["municipality_eur"]
    ) == int(changes[0]["cost_eur"])
    assert sum(int(t["cost_eur"]) for t in totals) == 100_000


def test_layers_hold_no_flow_that_tells_a_few_persons() -> None:
    problem = river_town(existing={(CARE, "left"): stands(10)}, build=("right",))
    plan = drawn(
        problem,
        {(CARE, "left"): existing(10), (CARE, "right"): new(10)},
        {(CARE, "left", "left"): 4, (CARE, "right", "right"): 5},
    )
    figures = municipality_figures(problem, plan)
    released = protect_plan((problem, plan), (problem, plan), snapshot="river")

    layers = plan_layers(area_of(problem), problem, plan, figures, released=released)

    assert "flows" not in layers  # the five beside the nine of both would tell the four
    assert "4" not in {*layers["sites"]["persons"], *layers["demand"]["need"]}


def test_layers_are_written_with_the_flows_that_may_be_told(tmp_path: Path) -> None:
    problem = river_town(existing={(CARE, "left"): stands(30)}, build=("right",))
    problem = replace(problem, persons={(CARE, "left"): 24, (CARE, "right"): 40})
    plan = drawn(
        problem,
        {(CARE, "left"): existing(30), (CARE, "right"): new(40, 2)},
        {(CARE, "left", "left"): 24, (CARE, "right", "right"): 40},
    )
    figures = municipality_figures(problem, plan)
    released = protect_plan((problem, plan), (problem, plan), snapshot="river")

    layers = plan_layers(area_of(problem), problem, plan, figures, released=released)
    file = write_geopackage(tmp_path / "layers.gpkg", layers)
    write_geojson(tmp_path / "geo", layers)

    assert list(geopandas.read_file(file, layer="flows")["persons"]) == [24, 40]
    assert list(geopandas.read_file(file, layer="sites")["persons"]) == ["24", "40"]
    assert geopandas.read_file(file, layer="municipalities").crs == "EPSG:4326"
    assert files_in(tmp_path) == [
        "geo/demand.geojson",
        "geo/flows.geojson",
        "geo/municipalities.geojson",
        "geo/sites.geojson",
        "layers.gpkg",
    ]


def test_layers_of_a_plan_without_a_release_count_nobody() -> None:
    problem = river_town(existing={(CARE, "left"): stands(10)}, build=())
    plan = drawn(problem, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 5})

    layers = plan_layers(area_of(problem), problem, plan, municipality_figures(problem, plan))

    assert "flows" not in layers
    assert set(layers["sites"]["persons"]) == {NOT_SHOWN}
    assert set(layers["demand"]["need"]) == {NOT_SHOWN}


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    file = write_text(tmp_path / "a.txt", "old")

    def fail(draft: Path) -> None:
        draft.write_text("half")
        raise OSError(28, "disk full")

    with pytest.raises(InputError, match="disk full"):
        write_atomically(file, fail)

    assert file.read_text() == "old"
    assert files_in(tmp_path) == ["a.txt"]


def test_latvian_numbers_and_days() -> None:
    assert formats.number(1234567.89, language="lv", decimals=2) == "1\u00a0234\u00a0567,89"
    assert formats.euros(1234567, language="lv") == "1\u00a0234\u00a0567\u00a0EUR"
    assert formats.number(-0.001, language="lv", decimals=1) == "0,0"
    assert formats.day(date(2026, 11, 2), language="lv") == "02.11.2026."
    assert formats.day_text("2026-11-02", language="lv") == "02.11.2026."
    assert formats.day_text("release 2.0.0", language="lv") == "laidiens 2.0.0"
    assert formats.day_text("2020", language="lv") == "2020"
    assert formats.percent(0.425, language="lv", decimals=1) == "42,5\u00a0%"

"""The commands as a person types them: what they say, write and end with."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.commands import ROOT, in_a_process, planner

INFEASIBLE = """
title = "too little"
region = "latgale"
plan_year = 2027
[model]
services = ["day_care_adults"]
[need_shares]
day_care_adults = 1.0
[[budget]]
id = "small fund"
amount_eur = 79_000
[[keep]]
service = "day_care_adults"
site = "liepas"
reason = "promised"
[data]
settlements = "{root}/scenarios/tiny/settlements.csv"
assessed = "{root}/scenarios/tiny/assessed_persons.csv"
facilities = "{root}/scenarios/tiny/facilities.csv"
minutes = "{root}/scenarios/tiny/minutes.csv"
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans") / "tiny"
    run = in_a_process("plan", "scenarios/tiny.toml", "--out", folder, "--time-limit", "20")
    assert run.returncode == 0, run.stderr
    return folder


def test_rules_that_cannot_all_hold_end_with_4_and_are_named(tmp_path):
    scenario = tmp_path / "tight.toml"
    scenario.write_text(INFEASIBLE.format(root=ROOT), encoding="utf-8")

    run = planner("plan", scenario, "--out", tmp_path / "out", "--time-limit", "20")

    assert run.returncode == 4, run.stderr
    assert "small fund" in run.stderr
    assert "Liepas" in run.stderr
    assert not run.stdout
    assert not (tmp_path / "out" / "plan.json").exists()


def test_a_region_where_nobody_is_assessed_has_no_plan(tmp_path):
    for command in ("plan", "curve"):
        run = planner(command, "scenarios/vidzeme.toml", "--out", tmp_path / "out")

        assert run.returncode == 2
        assert "planner import needs" in run.stderr
        assert not (tmp_path / "out").exists()


def test_where_nothing_can_be_written_is_said_before_anything_is_solved(tmp_path):
    taken = tmp_path / "plans.txt"
    taken.write_text("a file, no folder", encoding="utf-8")
    ask = ("scenarios/tiny.toml", "--out")

    for command in ("plan", "curve"):
        for where in (
            (taken,),
            (taken / "deeper",),
            (tmp_path / "p", "--ledger", taken / "l.json"),
        ):
            run = planner(command, *ask, *where, language="lv")

            assert run.returncode == 2
            assert run.stderr.strip().endswith("nevar ierakstīt (Not a directory)")
            assert len(run.stderr.splitlines()) == 1  # no progress: nothing was solved
    assert [file.name for file in tmp_path.iterdir()] == ["plans.txt"]


def test_an_app_that_could_keep_nothing_does_not_start(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file, no folder", encoding="utf-8")

    run = in_a_process("app", "--headless", language="lv", TUVAK_HOME=str(taken / "tuvak"))

    assert run.returncode == 2
    assert run.stderr.strip().endswith("nevar ierakstīt (Not a directory)")


def test_later_files_that_cannot_be_written_are_said(tiny, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file, no folder", encoding="utf-8")

    for command in (
        ("compare", "today", tiny, "--out", taken),
        ("amend", tiny, "--out", taken),
        ("template", "needs", "--out", taken / "needs.csv"),
        ("travel-times", "--out", taken / "minutes.csv"),
        ("compare", "today", tiny, "--out", tmp_path / "c", "--ledger", taken / "l.json"),
    ):
        run = planner(*command)

        assert run.returncode == 2
        assert "cannot be written" in run.stderr


def test_new_sites_are_called_needed_only_where_there_are_some(tmp_path):
    plain = (ROOT / "scenarios" / "tiny.toml").read_text(encoding="utf-8")
    plain = plain.replace('"tiny/', f'"{ROOT}/scenarios/tiny/')
    said = []
    for text in (plain, plain.replace("[model]", '[model]\ncandidates = "none"')):
        (tmp_path / "q.toml").write_text(text, encoding="utf-8")
        said.append(planner("plan", tmp_path / "q.toml", "--out", tmp_path / "out").stdout)

    assert ["No new site is needless" in text for text in said] == [True, False]
    assert "opens nothing new" not in said[0]


def test_today_and_a_plan_are_compared_by_municipality(tiny, tmp_path):
    run = planner("compare", "today", tiny, "--out", tmp_path / "c")

    assert run.returncode == 0, run.stderr
    assert "Līvānu novads" in run.stdout
    assert "6 pers. gain" in run.stdout
    with (tmp_path / "c" / "comparison.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["municipality"] for row in rows] == ["Līvānu novads"]
    assert (tmp_path / "c" / "map.html").stat().st_size > 100_000


def test_today_beside_today_is_refused(tmp_path):
    run = planner("compare", "today", "today", "--out", tmp_path / "c")

    assert run.returncode == 2
    assert "today" in run.stderr


@pytest.mark.parametrize("option", [(), ("--audience", "staff")])
def test_a_misspelt_today_is_answered_with_the_word(tiny, tmp_path, option):
    run = planner("compare", "todya", tiny, "--out", tmp_path / "c", *option)

    assert run.returncode == 2
    assert "todya is not a folder" in run.stderr
    assert "the word today" in run.stderr


def test_an_amendment_is_written_in_three_forms(tiny, tmp_path):
    run = planner("amend", tiny, "--out", tmp_path / "a", "--json")

    assert run.returncode == 0, run.stderr
    files = json.loads(run.stdout)["files"]
    assert {Path(name).suffix for name in files} == {".docx", ".xlsx", ".csv"}


def test_a_plan_for_nobody_is_not_amended(tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "old", ignore=shutil.ignore_patterns("release.json"))
    for name in ("problem.json", "plan.json", "today.json"):
        file = tmp_path / "old" / name
        kept = json.loads(file.read_text(encoding="utf-8"))
        emptied = {key: [] for key in ("persons", "assigned", "unserved") if key in kept}
        file.write_text(json.dumps(kept | emptied), encoding="utf-8")

    run = planner("amend", tmp_path / "old", "--out", tmp_path / "a")

    assert run.returncode == 2
    assert "nobody is assessed" in run.stderr
    assert not (tmp_path / "a").exists()


def test_a_missing_folder_is_bad_input(tmp_path):
    for command in (("verify",), ("amend", "--out", tmp_path / "o")):
        run = planner(command[0], tmp_path / "nothing", *command[1:])

        assert run.returncode == 2
        assert "problem.json" in run.stderr


def test_travel_times_are_rows_up_to_two_hours_and_can_be_read_back(tmp_path):
    out = tmp_path / "minutes.csv"

    run = planner("travel-times", "--region", "latgale", "--out", out)

    assert run.returncode == 0, run.stderr
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["from_id", "from_name", "to_id", "to_name", "minutes"]
    assert min(float(row["minutes"]) for row in rows) >= 0
    assert max(float(row["minutes"]) for row in rows) <= 120
    assert len({row["from_id"] for row in rows}) == 148


def test_the_catalogue_and_the_regions_are_listed():
    services = json.loads(planner("services", "--json").stdout)["services"]
    regions = json.loads(planner("regions", "--json").stdout)["regions"]

    assert len(services) == 15
    assert sum(service["site_bound"] for service in services) == 9
    assert {row["id"] for row in regions} == {"latgale", "kurzeme", "zemgale", "riga", "vidzeme"}


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("needs", "data/demand/assessed_persons.csv"),
        ("facilities", "data/services/facilities.csv"),
        ("boundaries", "data/boundaries/municipalities.geojson"),
    ],
)
def test_the_shipped_files_pass_their_own_check(kind, file):
    run = planner("check", kind, file)

    assert run.returncode == 0, run.stderr
    assert Path(file).name in run.stdout


def test_files_for_other_readers_are_a_setting_of_the_call(tiny, tmp_path):
    ledger = tmp_path / "ledger.json"
    run = planner(
        "amend", tiny, "--out", tmp_path / "a", "--ledger", ledger, "--audience", "staff",
        "--threshold", "3",
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    released = json.loads(ledger.read_text(encoding="utf-8"))["releases"]
    changes = [r for r in released if r["name"].startswith("changes")]
    assert ("staff", 3) in [(r["audience"], r["threshold"]) for r in changes]
    assert {r["audience"] for r in released} == {"public", "staff"}  # the plan itself was public


@pytest.mark.parametrize("option", [("--threshold", "2"), ("--audience", "everybody")])
def test_readers_who_are_not_known_and_too_low_thresholds_are_refused(tiny, tmp_path, option):
    run = planner("compare", "today", tiny, "--out", tmp_path / "c", *option)

    assert run.returncode == 2
    assert not (tmp_path / "c").exists()


def test_errors_are_told_in_latvian_unless_asked_otherwise(tmp_path):
    latvian = in_a_process("verify", tmp_path / "nothing", language="lv")
    english = in_a_process("--language", "en", "verify", tmp_path / "nothing", language="lv")

    assert latvian.returncode == english.returncode == 2
    assert "check the path" in english.stderr
    assert "check the path" not in latvian.stderr


def test_progress_is_one_json_object_a_line(tmp_path):
    run = planner("plan", "scenarios/tiny.toml", "--out", tmp_path / "p", "--progress", "--json")

    steps = [json.loads(line) for line in run.stderr.splitlines()]
    assert steps
    assert {step["event"] for step in steps} == {"progress"}
    assert {"services", "aim", "value", "bound", "gap", "seconds"} <= set(steps[-1])
    assert {step["value"] for step in steps if step["aim"].startswith("persons")} == {None}
    assert any(step["value"] is not None for step in steps if step["aim"] == "cost_eur")
    assert json.loads(run.stdout)["verified"] is True


def test_a_trip_is_taken_apart_and_land_within_reach_is_drawn(tmp_path):
    trip = planner("roads", "trip", "Baltinava", "Balvi")
    bands = planner(
        "roads", "bands", "Preiļi", "--minutes", "15,30", "--out", tmp_path / "b.geojson"
    )

    assert trip.returncode == bands.returncode == 0, trip.stderr + bands.stderr
    assert trip.stdout.startswith("Baltinava → Balvi: ")
    land = json.loads((tmp_path / "b.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["minutes"] for feature in land] == [30, 15]
    assert "Balvi?" in planner("roads", "trip", "Balvii", "Preiļi").stderr


def test_the_assumptions_behind_the_minutes_are_told(tmp_path):
    told = json.loads(
        planner("plan", "scenarios/tiny.toml", "--out", tmp_path / "p", "--json").stdout
    )

    assert told["travel_times"]["source"]["name"] == "minutes.csv"
    assert told["travel_times"]["assumptions"]

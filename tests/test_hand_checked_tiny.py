"""The shipped two villages, worked out by hand in scenarios/tiny.toml."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _planner(*arguments, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "planner", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "TUVAK_LANGUAGE": "en", "PYTHONUTF8": "1"},
    )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny") / "plan"
    run = _planner(
        "plan", "scenarios/tiny.toml", "--out", folder, "--json", "--time-limit", "20", "--gap", "0"
    )
    assert run.returncode == 0, run.stderr
    return folder, json.loads(run.stdout)


def test_today_the_old_centre_serves_eight_of_fourteen(tiny):
    _, told = tiny

    today = told["today"]["day_care_adults"]

    assert today["need"] == 14
    assert (today["served"], today["unserved"]) == (8, 6)
    assert (today["reach"], today["within_standard"]) == (10, 8)
    assert (today["sites_existing"], today["places"], today["cost_eur"]) == (1, 8, 0)
    assert today["mean_minutes"] == 3


def test_the_plan_is_the_one_worked_out_by_hand(tiny):
    _, told = tiny

    plan = told["services"]["day_care_adults"]

    assert (plan["served"], plan["unserved"], plan["within_standard"]) == (14, 0, 13)
    assert (plan["sites_kept"], plan["sites_enlarged"], plan["sites_new"]) == (0, 1, 1)
    assert plan["cost_eur"] == 115_000
    assert plan["places"] == 21
    assert plan["mean_minutes"] == pytest.approx(79 / 14)


def test_every_aim_is_proven(tiny):
    _, told = tiny

    assert {a["name"]: a["value"] for a in told["aims"]} == {
        "persons_unserved": 0,
        "persons_beyond_standard": 1,
        "new_sites": 1,
        "cost_eur": 115_000,
        "person_minutes": 79,
    }
    assert {(a["status"], a["gap"]) for a in told["aims"]} == {("proven", 0)}
    assert told["verified"] is True


def test_the_saved_files_are_all_there_and_verify(tiny):
    folder, told = tiny

    needed = {"plan.json", "problem.json", "sites.csv", "municipalities.csv"}
    needed |= {"start_now.csv", "unserved.csv", "map.html", "layers.gpkg"}

    assert needed <= {file.name for file in folder.iterdir()}
    assert needed <= set(told["files"])
    assert _planner("verify", folder).returncode == 0


def test_a_changed_number_is_found_and_named(tiny, tmp_path):
    folder, _ = tiny
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    plan["assigned"][0]["persons"] += 1
    (tmp_path / "problem.json").write_bytes((folder / "problem.json").read_bytes())
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    run = _planner("verify", tmp_path)

    assert run.returncode == 5
    assert "account_for_every_need" in run.stderr


def test_a_bad_scenario_ends_with_2_and_says_the_key(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text('title = "x"\nregion = "latgale"\nplan_year = 2027\nbudgett = 3\n')

    run = _planner("plan", file, "--out", tmp_path / "out")

    assert run.returncode == 2
    assert "budgett" in run.stderr
    assert not run.stdout
    assert not (tmp_path / "out").exists()

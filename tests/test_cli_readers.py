"""For whom the commands write, and what two saved plans tell beside each other."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app
from planner.disclosure import audit, read_ledger

SCENARIOS = Path(__file__).parents[1] / "scenarios"
ROLES = {
    "settlements": "settlements",
    "assessed": "assessed_persons",
    "facilities": "facilities",
    "minutes": "minutes",
}


def run(*words):
    return CliRunner().invoke(app, ["--language", "en", *map(str, words)])


def asked(folder: Path, name: str, *, top: str = "", end: str = "", standard: int = 45) -> Path:
    """Write the small scenario with another standard, and what is to stand before and after."""
    files = "".join(f'{r} = "{SCENARIOS}/tiny/{f}.csv"\n' for r, f in ROLES.items())
    file = folder / f"{name}.toml"
    file.write_text(
        f'title = "T"\nregion = "latgale"\nplan_year = 2027\n{top}\n'
        '[model]\nservices = ["day_care_adults"]\n[need_shares]\nday_care_adults = 1.0\n'
        f"[standards.day_care_adults]\nstandard_minutes = {standard}\nlimit_minutes = 60\n"
        f"[data]\n{files}{end}",
        encoding="utf-8",
    )
    return file


def released(folder: Path) -> set[tuple[str, int]]:
    data = json.loads((folder / "release.json").read_text(encoding="utf-8"))["releases"]
    return {(release["audience"], release["threshold"]) for release in data}


def test_a_plan_is_written_for_whom_its_scenario_names_unless_the_call_says_otherwise(tmp_path):
    file = asked(
        tmp_path, "q", top='audience = "staff"', end="[thresholds]\nstaff = 3\npublic = 10"
    )

    for name, options in {
        "scenario": (),
        "public": ("--audience", "public"),
        "four": ("--threshold", "4"),
    }.items():
        found = run("plan", file, "--out", tmp_path / name, *options)
        assert found.exit_code == 0, found.output

    assert released(tmp_path / "scenario") == {("staff", 3)}
    assert released(tmp_path / "public") == {("public", 10)}
    assert released(tmp_path / "four") == {("staff", 4)}
    later = run("amend", tmp_path / "scenario", "--out", tmp_path / "a", "--audience", "public")
    assert later.exit_code == 0, later.output
    assert released(tmp_path / "scenario") == {("staff", 3), ("public", 10)}


def test_a_call_that_would_tell_the_public_more_than_the_scenario_lets_others_know_is_refused(
    tmp_path,
):
    file = asked(tmp_path, "q", end="[thresholds]\ninstitutions = 7")

    found = run("plan", file, "--out", tmp_path / "p", "--threshold", "5")

    assert found.exit_code == 2
    assert "give public 7 or more" in found.output
    assert not (tmp_path / "p").exists()


def test_a_curve_keeps_to_the_threshold_of_its_readers(tmp_path):
    file = asked(tmp_path, "q", end="[thresholds]\npublic = 10")

    found = run("curve", file, "--out", tmp_path)

    assert found.exit_code == 0, found.output
    assert "< 10: a few persons" in (tmp_path / "prices.txt").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "prices.json").read_text(encoding="utf-8"))["threshold"] == 10


# --- one plan beside another ---------------------------------------------------------------------


@pytest.fixture
def two(tmp_path):
    """Give a plan that builds nothing and one that serves all, made with one ledger."""
    files = {
        "nothing": asked(tmp_path, "nothing", end='[[budget]]\nid = "b"\namount_eur = 0\n'),
        "all": asked(tmp_path, "all"),
    }
    for name, file in files.items():
        ledger = tmp_path / "ledger.json"
        found = run("plan", file, "--out", tmp_path / name, "--ledger", ledger)
        assert found.exit_code == 0, found.output
    return tmp_path


def test_two_plans_are_compared_and_what_is_told_is_entered(two):
    ledger = two / "ledger.json"
    entered = len(read_ledger(ledger).releases)

    found = run("compare", two / "nothing", two / "all", "--out", two / "c", "--ledger", ledger)

    assert found.exit_code == 0, found.output
    with (two / "c" / "comparison.csv").open(encoding="utf-8") as text:
        [row] = csv.DictReader(text)
    assert row["municipality"] == "Līvānu novads"
    # Eight have a place today; with money six more get one, and nobody's trip changes else.
    assert (row["need_before"], row["need_after"]) == ("14", "14")
    assert (row["within_standard_before"], row["within_standard_after"]) == ("8", "14")
    assert (row["gaining"], row["losing"]) == ("6", "0")
    assert "6 pers. gain" in found.stdout
    held = read_ledger(ledger).releases
    [turns] = held[entered:]
    assert turns.name.startswith("turns plan ")
    assert audit(held) == ()


def test_the_same_plans_the_other_way_round_lose_what_they_gained(two):
    found = run("compare", two / "all", two / "nothing", "--out", two / "c")

    assert found.exit_code == 0, found.output
    with (two / "c" / "comparison.csv").open(encoding="utf-8") as text:
        [row] = csv.DictReader(text)
    assert (row["gaining"], row["losing"]) == ("0", "6")


def test_plans_for_different_readers_are_compared_as_the_widest_may_read_them(two):
    file = asked(two, "staff", top='audience = "staff"', end="[thresholds]\nstaff = 3")
    assert run("plan", file, "--out", two / "staff").exit_code == 0

    found = run("compare", two / "nothing", two / "staff", "--out", two / "c")

    assert found.exit_code == 0, found.output
    for folder in ("nothing", "staff"):
        releases = read_ledger(two / folder / "release.json").releases
        turns = [r for r in releases if r.name.startswith("turns")]
        assert [(r.audience.value, r.threshold) for r in turns] == [("public", 5)]
    assert "< 5: a few persons" in found.stdout


def test_a_refusal_names_the_counts_and_what_to_leave_out(two):
    """Today eight are served; the one plan serves all fourteen, the other all but one."""
    few = asked(two, "most", end='[[budget]]\nid = "b"\namount_eur = 35_000\n')
    assert run("plan", few, "--out", two / "most").exit_code == 0
    ledger = two / "other.json"
    for name in ("all", "most"):  # their changes were told apart from each other
        assert run("amend", two / name, "--out", two / "apart" / name).exit_code == 0
    assert run("amend", two / "all", "--out", two / "a", "--ledger", ledger).exit_code == 0
    before = ledger.read_bytes()

    found = run("amend", two / "most", "--out", two / "b", "--ledger", ledger)

    assert found.exit_code == 6
    assert "Newly served · Ozoli, Skolas iela 1 · Day care centre" in found.output
    assert not (two / "b").exists()
    assert ledger.read_bytes() == before

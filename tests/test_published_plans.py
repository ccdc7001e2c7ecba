"""What a saved plan tells in all its files, attacked by somebody who holds them all."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner import workflow
from planner.disclosure import REGION, audit, protect_start, read_ledger
from planner.domain import Scenario
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario
from planner.publishing.people import part_told
from planner.workflow import Proposal
from tests.published_claims import release_in

TINY = Path(__file__).parent.parent / "scenarios" / "tiny.toml"
CARE, WORKSHOP = "day_care_adults", "workshop"


def tiny(**rest: object) -> Scenario:
    return replace(read_scenario(TINY), **rest)  # type: ignore[arg-type]


def proposed(scenario: Scenario) -> Proposal:
    return workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20, gap=0.0))


@pytest.fixture(scope="module")
def plans() -> Mapping[str, Proposal]:
    shares = {CARE: 1.0, WORKSHOP: 0.8}
    return {
        "one": proposed(tiny(services=(CARE,), need_shares=shares)),
        "grown": proposed(tiny(services=(CARE,), need_shares=shares, new_sites_at_most={CARE: 0})),
        "both": proposed(tiny(services=(CARE, WORKSHOP), need_shares=shares)),
    }


def test_a_plan_for_other_services_is_held_against_the_first(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"

    for name in ("one", "both", "grown"):
        (tmp_path / name).mkdir()
        workflow.save(plans[name], tmp_path / name, language="en", ledger=ledger)

    held = read_ledger(ledger).releases
    assert len(held) == 3 + 1  # who can be served at once is the same in all
    assert len({release.snapshot for release in held}) == 1
    assert audit(held) == ()


def test_other_shares_in_need_are_another_snapshot(plans: Mapping[str, Proposal]) -> None:
    other = proposed(tiny(need_shares={CARE: 0.9}))

    names = {workflow.release(p).release.snapshot for p in (plans["one"], other)}

    assert len(names) == 2


def test_a_saved_plan_keeps_what_was_released(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    workflow.save(plans["both"], tmp_path, language="en")
    released = workflow.release(plans["both"])

    again = workflow.load(tmp_path).released

    assert again is not None
    assert again.release == released.release
    assert workflow.load(tmp_path).released_start is not None
    assert again.at("today", REGION, CARE) == released.at("today", REGION, CARE)
    assert again.at("plan", REGION, WORKSHOP) == released.at("plan", REGION, WORKSHOP)


def test_nobody_works_out_a_small_count_from_all_the_files(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    for name, plan in plans.items():
        (tmp_path / name).mkdir()
        workflow.save(plan, tmp_path / name, language="lv")

        said = release_in(tmp_path / name, plan)

        assert len(said.claims) > 10
        assert audit([said]) == ()


def test_who_gains_tells_nothing_that_the_plan_withholds(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    workflow.save(plans["both"], tmp_path, language="en")

    compared = workflow.compare("today", str(tmp_path))
    _, text = workflow.save_comparison(compared, tmp_path / "compared", language="en")

    assert compared.told is not None
    assert audit([compared.told.after.released.release, compared.told.turns.release]) == ()
    [total] = compared.comparison.municipalities
    gaining = compared.told.text("gaining", total.municipality, "travel")
    assert gaining in (str(total.turn.gaining), "< 5", "…")
    assert f"{gaining} pers. gain" in text
    assert "withheld, so that no small number" in text


def test_a_part_is_told_only_beside_a_whole_that_is() -> None:
    assert part_told(7, "12") == "7"
    assert part_told(3, "12") == "< 5"
    assert part_told(10, "12") == "…"
    assert part_told(7, "…") == "…"
    assert part_told(0, "< 5") == "0"


def test_the_amendment_counts_persons_as_the_plan_does(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    plan = workflow.with_release(plans["both"])
    assert plan.released is not None

    workflow.save_amendment(plan, tmp_path, made_on=date(2026, 11, 22))

    with (tmp_path / "amendment.csv").open(encoding="utf-8", newline="") as lines:
        changes = list(csv.DictReader(lines))
    assert changes
    for change in changes:
        at = change["site"], change["service"]
        assert change["persons_after"] == plan.released.served_at("plan", *at)
        assert change["persons_before"] == plan.released.served_at("today", *at)
        if change["change"] == "open":
            assert change["persons"] == change["persons_after"]
    notes = load_workbook(tmp_path / "grozijumi.xlsx").worksheets[0]
    assert any("…" in str(cell.value) for row in notes.iter_rows() for cell in row)


def test_those_who_can_start_now_tell_no_few_persons_in_total() -> None:
    rows = {("left", "visits", "mobile"): 3, ("right", "visits", "mobile"): 30}
    rows |= {("left", "family", "family"): 9, ("left", "family", "assessed"): 2}

    begun = protect_start(rows, snapshot="river")

    assert audit([begun.release]) == ()
    assert begun.persons("left", "visits", "mobile") == "< 5"
    assert (begun.persons(REGION, "visits"), begun.persons("right", "visits")) != ("33", "30")
    assert (begun.persons("left", "family"), begun.persons("left", "family", "family")) != (
        "11",
        "9",
    )


def test_a_plan_saved_without_a_release_gets_one(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    workflow.save(plans["one"], tmp_path, language="en")
    (tmp_path / "release.json").unlink()

    assert workflow.load(tmp_path).released is not None

"""What comparisons and amendments tell beside the plans, attacked by a holder of all files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner import workflow
from planner.disclosure import (
    Audience,
    Cell,
    Finding,
    Ledger,
    Readers,
    Release,
    audit,
    protect,
    read_ledger,
    sum_of,
    write_ledger,
)
from planner.errors import DisclosureError
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario
from planner.workflow import RELEASE, Compared, Proposal
from tests.published_claims import amendment_in, comparison_in, release_in

TINY = Path(__file__).parent.parent / "scenarios" / "tiny.toml"
CARE, WORKSHOP = "day_care_adults", "workshop"
MADE_ON = date(2026, 11, 22)


def proposed(**settings: object) -> Proposal:
    asked = {"services": (CARE, WORKSHOP), "need_shares": {CARE: 1.0, WORKSHOP: 0.8}, **settings}
    scenario = replace(read_scenario(TINY), **asked)  # type: ignore[arg-type]
    return workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20, gap=0.0))


@pytest.fixture(scope="module")
def plans() -> Mapping[str, Proposal]:
    return {
        "free": proposed(),
        "grown": proposed(new_sites_at_most={CARE: 0}),
        "care": proposed(services=(CARE,)),
        "fewer": proposed(need_shares={CARE: 0.9, WORKSHOP: 0.8}),
    }


def saved(
    plans: Mapping[str, Proposal], folder: Path, *names: str, ledger: Path | None = None
) -> None:
    for name in names:
        (folder / name).mkdir()
        workflow.save(plans[name], folder / name, language="en", ledger=ledger)


def compared(
    folder: Path, before: str, after: str, *, ledger: Path | None = None
) -> tuple[Compared, Path]:
    sides = [name if name == "today" else str(folder / name) for name in (before, after)]
    found = workflow.compare(*sides, ledger=ledger)
    out = folder / f"{before} {after}"
    workflow.save_comparison(found, out, language="en", ledger=ledger)
    return found, out


def told(findings: tuple[Finding, ...]) -> set[object]:
    return {finding.terms for finding in findings}


def test_two_plans_their_comparison_and_amendments_tell_nothing_together(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    saved(plans, tmp_path, "free", "grown", ledger=ledger)

    found, between = compared(tmp_path, "free", "grown", ledger=ledger)
    _, gained = compared(tmp_path, "today", "free", ledger=ledger)
    amended = tmp_path / "amended"
    workflow.save_amendment(
        workflow.load(tmp_path / "free"), amended, made_on=MADE_ON, ledger=ledger
    )

    free, grown = plans["free"], plans["grown"]
    said = [
        release_in(tmp_path / "free", free, "free"),
        release_in(tmp_path / "grown", grown, "grown"),
        comparison_in(between, ("free", free), ("grown", grown)),
        comparison_in(gained, ("today", free), ("free", free)),
        amendment_in(amended, free, "free"),
    ]
    assert not found.told.turns.told_before
    assert all(len(release.claims) >= 10 for release in said)
    assert audit(said) == ()
    held = read_ledger(ledger).releases
    assert audit(held) == ()
    assert sum(release.name.startswith("turns") for release in held) == 2
    assert sum(release.name.startswith("changes") for release in held) == 1


def test_changes_from_one_plan_to_another_follow_from_what_readers_hold_of_both(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    saved(plans, tmp_path, "free", "grown", "fewer", ledger=tmp_path / "ledger.json")

    found, _ = compared(tmp_path, "free", "grown")
    other_needs, _ = compared(tmp_path, "fewer", "free")

    turns, (was, now) = found.told.turns, (found.told.before, found.told.after)
    truth = {
        (row.municipality, row.service): row.after.within_standard - row.before.within_standard
        for row in found.comparison.rows
    }
    assert not turns.told_before
    assert now.changes.keys() > truth.keys()
    for key, change in truth.items():
        least, most = now.changes[key]
        assert least <= change <= most
    bare = replace(now, changes={})
    assert bare.changed_from(was, replace(turns, told_before=True)) == bare
    assert bare.changed_from(was, turns) == now
    assert not other_needs.told.after.changes


def test_without_a_ledger_a_comparison_adds_nothing_to_what_two_plans_tell(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    saved(plans, tmp_path, "free", "grown")
    before = [workflow.load(tmp_path / name).kept for name in ("free", "grown")]

    found, _ = compared(tmp_path, "free", "grown")

    apart = [release for kept in before for release in kept]
    known = told(audit(apart))
    assert found.told.turns.told_before == bool(known)
    assert told(audit([*apart, found.told.turns.release])) <= known


def test_what_a_comparison_told_is_noted_beside_both_plans(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    saved(plans, tmp_path, "free", "care")

    found, _ = compared(tmp_path, "care", "free")

    for name in ("care", "free"):
        assert found.told.turns.release in read_ledger(tmp_path / name / RELEASE).releases
    again = workflow.load(tmp_path / "free")
    assert found.told.turns.release in again.kept
    assert again.released is not None


def test_plans_for_other_needs_can_be_compared(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    saved(plans, tmp_path, "free", "fewer")

    found, out = compared(tmp_path, "fewer", "free")

    [total] = [row for row in found.comparison.rows if row.service == CARE]
    assert total.before.need < total.after.need
    assert found.told.before.released.release.snapshot != found.told.after.released.release.snapshot
    assert (out / "comparison.csv").exists()


def test_a_plan_made_apart_from_the_ledger_is_refused_where_both_would_tell(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    """The ledger tells the need of all but a few; the plan tells the need of all."""
    saved(plans, tmp_path, "free")
    plan = workflow.load(tmp_path / "free")
    assert plan.released is not None
    release, ledger = plan.released.release, tmp_path / "ledger.json"
    write_ledger(ledger, Ledger((all_but_a_few(release),)))

    with pytest.raises(DisclosureError, match="worked out") as refused:
        workflow.save_amendment(plan, tmp_path / "amended", made_on=MADE_ON, ledger=ledger)

    assert refused.value.exit_code == 6
    assert not (tmp_path / "amended").exists()
    assert len(read_ledger(ledger).releases) == 1
    with pytest.raises(DisclosureError, match=r"leave this count out|does not help"):
        workflow.compare("today", str(tmp_path / "free"), ledger=ledger)


def all_but_a_few(release: Release) -> Release:
    """Return a release that a plain count of `release` turns into a small one."""
    claim = max((c for c in release.claims if c.persons), key=lambda c: c.persons or 0)
    fewer = claim.terms[1:]
    persons = {part: (claim.persons or 0) - 3 if k == 0 else 0 for k, (part, _) in enumerate(fewer)}
    cells = [Cell("elsewhere", "all but a few", "persons", sum_of(part for part, _ in fewer))]
    return protect(cells, persons, name="elsewhere", snapshot=release.snapshot)


def test_thresholds_and_audience_are_settings_of_what_is_written(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    strict = Readers(Audience.PUBLIC, 10)
    (tmp_path / "strict").mkdir()
    workflow.save(plans["free"], tmp_path / "strict", language="en", readers=strict)
    plan = workflow.load(tmp_path / "strict")
    workflow.save_amendment(plan, tmp_path / "amended", made_on=MADE_ON)
    found, out = compared(tmp_path, "today", "strict")

    assert workflow.readers_of(plan) == strict  # and later files of the plan keep to it
    assert found.told.turns.release.threshold == 10
    for folder in (tmp_path / "strict", tmp_path / "amended", out):
        for file in folder.glob("*.csv"):
            text = file.read_text(encoding="utf-8-sig")
            assert "< 5" not in text
    assert "< 10" in workflow.report(plan, language="en")


def test_the_staff_may_get_a_lower_threshold_than_the_public(
    plans: Mapping[str, Proposal], tmp_path: Path
) -> None:
    for name, readers in (
        ("staff", Readers(Audience.STAFF, 3)),
        ("public", Readers(Audience.PUBLIC, 10)),
    ):
        (tmp_path / name).mkdir()
        workflow.save(plans["free"], tmp_path / name, language="en", readers=readers)

    of = {name: workflow.load(tmp_path / name).released for name in ("staff", "public")}
    staff, public = of["staff"], of["public"]

    assert staff is not None
    assert public is not None
    assert (staff.release.audience, staff.release.threshold) == (Audience.STAFF, 3)
    assert (public.release.audience, public.release.threshold) == (Audience.PUBLIC, 10)

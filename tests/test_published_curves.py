"""What a price curve tells beside plans, attacked by a holder of all files; and what is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner import workflow
from planner.cli import app
from planner.disclosure import (
    HIDDEN_MARK,
    REGION,
    Mark,
    ToldTogetherError,
    audit,
    read_ledger,
    served_of,
)
from planner.disclosure.served_cells import persons_of
from planner.disclosure.tables import persons_in
from planner.domain import Audience, Budget, Plan, Problem, Readers, Scenario
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.workflow import RELEASE, Proposal
from tests.published_claims import release_in
from tests.published_curves import curve_in

SCENARIOS = Path(__file__).parent.parent / "scenarios"
CARE, WORKSHOP = "day_care_adults", "workshop"
MADE_ON = date(2026, 11, 28)
SHARES = (0.0, 0.02, 0.05, 0.2, 1.0)


@dataclass(frozen=True)
class Files:
    """Two plans of a region, made apart or with one ledger, and the curve of the first."""

    folder: Path
    first: Proposal
    second: Proposal
    priced: workflow.Priced

    def called(self) -> list[str]:
        """Return what the plan at each point is called: that of a plan, where it is the same."""
        plans = {"first": self.first, "second": self.second}
        known = {name: core(p.problem, p.plan) for name, p in plans.items()}
        rows = [core(point.problem, point.plan) for point in self.priced.curve.points]
        return [
            next((name for name, of in known.items() if of == row), f"point {rows.index(row)}")
            for row in rows
        ]


def core(problem: Problem, plan: Plan) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Return served and within the standard by municipality and service."""
    return {k: (of.served, of.within_standard) for k, of in served_of(problem, plan).items()}


def region(**settings: object) -> Scenario:
    scenario = read_scenario(SCENARIOS / "kurzeme.toml")
    return replace(scenario, services=(CARE, WORKSHOP), candidates="towns", **settings)  # type: ignore[arg-type]


def proposed(scenario: Scenario) -> Proposal:
    return workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=6, gap=0.02))


@pytest.fixture(scope="module")
def plans() -> tuple[Proposal, Proposal]:
    return proposed(region()), proposed(region(new_sites_at_most={CARE: 4}))


def made(plans: tuple[Proposal, Proposal], folder: Path, ledger: Path | None) -> Files:
    first, second = plans
    workflow.save(first, folder / "first", language="en", ledger=ledger)
    saved = workflow.load(folder / "first")
    prepared = workflow.prepare(region())
    limits = Limits(seconds=8, gap=0.02)
    priced = workflow.price(prepared, shares=SHARES, limits=limits, beside=saved, ledger=ledger)
    workflow.save_prices(priced, folder / "curve", language="en", ledger=ledger)
    workflow.save(second, folder / "second", language="en", ledger=ledger)
    return Files(folder, first, second, priced)


@pytest.fixture(scope="module")
def files(plans: tuple[Proposal, Proposal], tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("curve")
    for name in ("first", "second"):
        (folder / name).mkdir()
    return made(plans, folder, folder / "ledger.json")


def test_a_curve_and_two_plans_tell_nothing_together(files: Files) -> None:
    curve = curve_in(files.folder / "curve", files.first, files.called())
    first = release_in(files.folder / "first", files.first, "first")
    second = release_in(files.folder / "second", files.second, "second")

    assert sum(claim.mark is Mark.PLAIN for claim in curve.claims) > 10
    assert any(claim.table == "prices.txt" for claim in curve.claims)
    assert audit([curve]) == ()
    assert audit([first, curve]) == ()
    assert audit([curve, second]) == ()
    assert audit([first, curve, second]) == ()


def test_all_that_the_files_of_a_curve_say_is_true(files: Files) -> None:
    called = files.called()
    curve = curve_in(files.folder / "curve", files.first, called)
    rows = {
        name: served_of(point.problem, point.plan)
        for name, point in zip(called, files.priced.curve.points, strict=True)
    }
    persons = persons_of(rows, sorted({key for of in rows.values() for key in of}))

    for claim in curve.claims:
        count = persons_in(claim.terms, persons)
        assert claim.mark is not Mark.PLAIN or claim.persons == count, claim.key
        assert claim.mark is not Mark.SMALL or 0 < count < 5, claim.key
    for fact in curve.facts:
        assert fact.low <= sum(c * persons.get(p, 0) for p, c in fact.terms) <= fact.high


def test_the_curve_is_entered_and_kept_beside_its_plan(files: Files) -> None:
    held = read_ledger(files.folder / "ledger.json").releases
    beside = read_ledger(files.folder / "first" / RELEASE).releases

    assert [release.name.split()[0] for release in held] == ["plan", "start", "prices", "plan"]
    assert held[2] in beside
    assert audit(held) == ()
    assert workflow.load(files.folder / "first").kept == beside


def test_what_is_told_later_of_the_plan_is_held_against_its_curve(files: Files) -> None:
    compared = workflow.compare("today", str(files.folder / "first"))
    workflow.save_comparison(compared, files.folder / "gained", language="en")
    workflow.save_amendment(
        workflow.load(files.folder / "first"), files.folder / "amended", made_on=MADE_ON
    )

    beside = read_ledger(files.folder / "first" / RELEASE).releases
    kinds = [release.name.split()[0] for release in beside]
    assert kinds == ["plan", "start", "prices", "turns", "changes"]
    assert audit(beside) == ()


def town(folder: Path, name: str, places: int) -> Path:
    """Return a plan without money: of seventy persons as many are served as there are places."""
    scenario = read_scenario(SCENARIOS / "tiny.toml")
    data = dict(scenario.data)
    for role, old, new in (
        ("assessed", ("adults,10", "adults,4,"), ("adults,50", "adults,20,")),
        ("facilities", (",8,stated",), (f",{places},stated",)),
    ):
        text = Path(data[role]).read_text(encoding="utf-8")
        for was, now in zip(old, new, strict=True):
            assert was in text
            text = text.replace(was, now)
        data[role] = str(folder / f"{name} {role}.csv")
        Path(data[role]).write_text(text, encoding="utf-8")
    scenario = replace(
        scenario, data=data, standards={CARE: (45.0, 60.0)}, budgets=(Budget("building", 0),)
    )
    proposal = workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20, gap=0.0))
    (folder / name).mkdir()
    workflow.save(proposal, folder / name, language="en")
    (folder / f"{name}.toml").write_text(scenario_to_toml(scenario), encoding="utf-8")
    return folder / name


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Give two plans for the same needs, made apart: one serves thirty, one thirty-three."""
    folder = tmp_path_factory.mktemp("towns")
    return {"fewer": town(folder, "fewer", 30), "more": town(folder, "more", 33)}


def run(*words: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["--language", "en", *map(str, words)])
    return found.exit_code, found.output


def curve(plan: Path, out: Path, *words: object, beside: bool = True) -> tuple[int, str]:
    """Run the command for what it costs to leave people unserved; return code and output."""
    plans = ("--plan", plan) if beside else ()
    aim = ("--aim", "persons_unserved")
    return run("curve", f"{plan}.toml", *plans, "--out", out, *aim, *words)


def served(folder: Path) -> str:
    return workflow.read_prices(folder).points[-1].served


def test_the_command_enters_plan_and_curve_once(towns: Mapping[str, Path], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"

    assert curve(towns["fewer"], tmp_path / "one", "--ledger", ledger)[0] == 0
    entered = ledger.read_bytes()
    assert curve(towns["fewer"], tmp_path / "two", "--ledger", ledger)[0] == 0

    assert served(tmp_path / "one") == "30"
    assert ledger.read_bytes() == entered
    names = [release.name.split()[0] for release in read_ledger(ledger).releases]
    assert names == ["plan", "start", "prices"]


def test_a_curve_beside_a_plan_that_may_not_leave_is_refused_and_nothing_is_written(
    towns: Mapping[str, Path], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    assert curve(towns["fewer"], tmp_path / "one", "--ledger", ledger)[0] == 0
    entered = ledger.read_bytes()

    code, said = curve(towns["more"], tmp_path / "two", "--ledger", ledger)

    assert code == 6
    assert "could be worked out" in said
    assert ledger.read_bytes() == entered
    assert not (tmp_path / "two").exists()


def test_a_curve_without_a_plan_is_held_against_the_ledger(
    towns: Mapping[str, Path], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    assert curve(towns["fewer"], tmp_path / "one", "--ledger", ledger)[0] == 0

    assert curve(towns["more"], tmp_path / "free", beside=False)[0] == 0
    assert curve(towns["more"], tmp_path / "held", "--ledger", ledger, beside=False)[0] == 0

    assert served(tmp_path / "free") == "33"
    assert served(tmp_path / "held") == HIDDEN_MARK
    assert audit(read_ledger(ledger).releases) == ()


def test_the_curve_on_a_screen_follows_what_was_left_out_of_the_plan(
    towns: Mapping[str, Path], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    assert curve(towns["fewer"], tmp_path / "curve")[0] == 0
    plans = {name: workflow.load(folder) for name, folder in towns.items()}
    fewer, more = (
        workflow.told_for(plan, tmp_path / name, workflow.readers_of(plan))
        for name, plan in plans.items()
    )
    before = workflow.prices_for(tmp_path / "curve", fewer)
    workflow.give_out_amendment(more, ledger, made_on=MADE_ON)
    with pytest.raises(ToldTogetherError):
        workflow.give_out_amendment(fewer, ledger, made_on=MADE_ON)

    left = workflow.left_out(fewer, ledger)
    after = workflow.prices_for(tmp_path / "curve", left)

    assert before.points[-1].served == "30"
    assert workflow.release(left).at("plan", REGION, CARE).served == HIDDEN_MARK
    assert after.points[-1].served == HIDDEN_MARK
    kept = read_ledger(tmp_path / "fewer" / RELEASE).releases
    assert kept[-1].name.startswith("prices")
    assert audit(kept) == ()
    told = json.loads((tmp_path / "curve" / "prices.json").read_text(encoding="utf-8"))
    assert told["points"][-1]["served"] == "30"  # what the command wrote is not what is shown


def test_a_curve_is_told_to_each_kind_of_readers_by_their_own_threshold(
    towns: Mapping[str, Path], tmp_path: Path
) -> None:
    plan = workflow.load(towns["fewer"])
    assert curve(towns["fewer"], tmp_path / "curve", beside=False)[0] == 0

    for threshold in (5, 40):
        readers = Readers(Audience.PUBLIC, threshold)
        told = workflow.told_for(plan, tmp_path / str(threshold), readers)
        shown = workflow.prices_for(tmp_path / "curve", told)

        assert shown.threshold == threshold
        assert shown.points[-1].served == ("30" if threshold == 5 else "< 40")

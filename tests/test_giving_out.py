"""Files of the app leave when all that was given out before allows it, and are remembered then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner import workflow
from planner.disclosure import (
    NOTHING_RELEASED,
    Cell,
    Mark,
    Part,
    Release,
    ToldTogetherError,
    audit,
    protect,
    read_ledger,
    sum_of,
)
from planner.domain import Audience, Budget, Readers
from planner.errors import DisclosureError
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario
from planner.workflow import Proposal
from planner.workflow.releasing import enter

TINY = Path(__file__).parent.parent / "scenarios" / "tiny.toml"
CARE = "day_care_adults"
MADE_ON = date(2026, 11, 28)
PUBLIC = Readers()


def planned(folder: Path, **settings: object) -> Path:
    scenario = replace(read_scenario(TINY), standards={CARE: (45.0, 60.0)}, **settings)  # type: ignore[arg-type]
    proposal = workflow.propose(workflow.prepare(scenario), limits=Limits(seconds=20, gap=0.0))
    folder.mkdir()
    workflow.save(proposal, folder, language="en")
    return folder


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Give a plan that serves all fourteen at Ozoli, and one that serves five more than today.

    Today eight are served. Each plan can be told alone; together they tell the one who is left.
    """
    folder = tmp_path_factory.mktemp("plans")
    small = (Budget("building", 35_000),)
    return {"all": planned(folder / "all"), "most": planned(folder / "most", budgets=small)}


@pytest.fixture
def shown(plans: Mapping[str, Path], tmp_path: Path) -> Callable[..., Proposal]:
    """Give a plan as the app shows it to readers."""

    def told(name: str, readers: Readers = PUBLIC) -> Proposal:
        folder = tmp_path / name / f"{readers.audience}-{readers.threshold}"
        return workflow.told_for(workflow.load(plans[name]), folder, readers)

    return told


def test_what_is_given_out_is_entered_once_however_often_it_is_taken(
    shown: Callable[..., Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "project" / "ledger.json"

    first = workflow.give_out_amendment(shown("all"), ledger, made_on=MADE_ON)
    entered = ledger.read_bytes()
    again = workflow.give_out_amendment(shown("all"), ledger, made_on=MADE_ON)

    assert set(first) == {"grozijumi.docx", "grozijumi.xlsx", "grozijumi.csv", "amendment.csv"}
    assert again["grozijumi.csv"] == first["grozijumi.csv"]
    assert ledger.read_bytes() == entered
    names = [release.name.split()[0] for release in read_ledger(ledger).releases]
    assert names == ["plan", "start", "changes"]
    assert [file.name for file in ledger.parent.iterdir()] == ["ledger.json"]


def test_a_second_plan_that_tells_a_small_count_with_the_first_does_not_leave(
    shown: Callable[..., Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    workflow.give_out_amendment(shown("all"), ledger, made_on=MADE_ON)
    before = ledger.read_bytes()

    with pytest.raises(ToldTogetherError) as refused:
        workflow.give_out_amendment(shown("most"), ledger, made_on=MADE_ON)

    assert refused.value.exit_code == 6
    assert refused.value.loosening
    assert ledger.read_bytes() == before  # not even the tables that would have passed


@pytest.mark.parametrize(
    ("language", "served", "left"),
    [
        ("en", "Newly served · Ozoli, Skolas iela 1 · ", "Persons concerned · Ozoli"),
        ("lv", "Sāk saņemt · Ozoli, Skolas iela 1 · ", "Personas, ko tas skar · Ozoli"),
    ],
)
def test_a_refusal_names_counts_as_a_planner_would(
    shown: Callable[..., Proposal], tmp_path: Path, language: str, served: str, left: str
) -> None:
    ledger = tmp_path / "ledger.json"
    workflow.give_out_amendment(shown("all"), ledger, made_on=MADE_ON)
    with pytest.raises(DisclosureError) as refused:
        workflow.give_out_amendment(shown("most"), ledger, made_on=MADE_ON)

    told = workflow.refusal_in_words(refused.value, shown("most").area, language)

    assert any(reason.startswith(served) for reason in told.reasons), told
    assert any(count.startswith(left) for count in told.leave_out), told
    everything = " ".join((*told.reasons, *told.leave_out))
    assert CARE not in everything
    assert "ozoli-a1" not in everything
    assert "newly_served" not in everything
    assert len(set(told.reasons)) == len(told.reasons)


def test_the_least_loosening_passes_and_the_screen_tells_no_more_than_the_files(
    shown: Callable[..., Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    workflow.give_out_amendment(shown("all"), ledger, made_on=MADE_ON)
    with pytest.raises(ToldTogetherError) as refused:
        workflow.give_out_amendment(shown("most"), ledger, made_on=MADE_ON)
    wanted = {claim.key for claim in refused.value.loosening}
    proposal = shown("most")
    full = workflow.changes_told(proposal, workflow.amend(proposal)).release

    loosened = workflow.left_out(proposal, ledger)
    files = workflow.give_out_amendment(loosened, ledger, made_on=MADE_ON)

    held = read_ledger(ledger).releases
    assert audit(held) == ()
    assert "…" in files["grozijumi.csv"].decode("utf-8-sig")
    later = shown("most")  # another session, later
    on_screen = workflow.changes_told(later, workflow.amend(later)).release
    assert on_screen in held
    assert {c.key for c in full.claims if c not in on_screen.claims} == wanted
    assert all(c.mark is Mark.HIDDEN for c in on_screen.claims if c.key in wanted)
    assert later.folder is not None
    assert workflow.edition(later.folder) == 1


def test_each_kind_of_readers_sees_a_plan_by_its_own_threshold(
    shown: Callable[..., Proposal], plans: Mapping[str, Path]
) -> None:
    before = (plans["most"] / workflow.RELEASE).read_bytes()

    staff = shown("most", Readers(Audience.STAFF, 3))
    public = shown("most", Readers(Audience.PUBLIC, 10))

    for told, audience, threshold in ((staff, "staff", 3), (public, "public", 10)):
        release = workflow.release(told).release
        assert (release.audience, release.threshold) == (audience, threshold)
        few = [c.persons for c in release.claims if c.persons and c.persons < threshold]
        assert few == []
    assert any(c.persons == 8 for c in workflow.release(staff).release.claims)
    assert (plans["most"] / workflow.RELEASE).read_bytes() == before


def test_the_public_is_not_told_what_the_staff_may_not_read(
    shown: Callable[..., Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    strict = shown("all", Readers(Audience.STAFF, 10))
    workflow.give_out_amendment(strict, ledger, made_on=MADE_ON)
    before = ledger.read_bytes()

    with pytest.raises(DisclosureError, match="give public 10 or more"):
        workflow.give_out_amendment(shown("all"), ledger, made_on=MADE_ON)

    assert ledger.read_bytes() == before
    public = shown("all", Readers(Audience.PUBLIC, 10))
    assert workflow.give_out_amendment(public, ledger, made_on=MADE_ON)


# --- two at once ---------------------------------------------------------------------------------

A, B = (Part(town, "day", "need") for town in "ab")
PERSONS = {A: 3, B: 20}


def table(name: str, *cells: Cell, snapshot: str = "2026") -> Release:
    return protect(list(cells), PERSONS, name=name, snapshot=snapshot)


def test_what_another_session_entered_meanwhile_is_held_against_too(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    together = table("one", Cell("one", "a and b", "need", sum_of([A, B])))
    alone = table("two", Cell("two", "b", "need", sum_of([B])))
    seen = read_ledger(ledger)  # by both sessions

    enter(ledger, [together], seen=seen)
    with pytest.raises(DisclosureError, match="table two, row b: leave this count out"):
        enter(ledger, [table("fine", snapshot="2025"), alone], seen=seen)

    assert read_ledger(ledger).releases == (together,)


def test_many_sessions_at_once_lose_no_entry(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    cells = [Cell("t", "b", "need", sum_of([B]))]
    releases = [table(f"table {k}", *cells, snapshot=f"needs {k}") for k in range(12)]
    ready = threading.Barrier(len(releases))
    failed: list[BaseException] = []

    def session(release: Release) -> None:
        try:
            ready.wait()
            enter(ledger, [release], seen=NOTHING_RELEASED)
        except BaseException as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [threading.Thread(target=session, args=(release,)) for release in releases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert set(read_ledger(ledger).releases) == set(releases)
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.json"]

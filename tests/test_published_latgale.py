"""The region's full public export: two plans of the starter Latgale, comparisons, an amendment.

An attacker who holds every file recovers nothing; one who holds the same files made without
complementary suppression does.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from planner import workflow
from planner.disclosure import (
    BREAKS_PERCENT,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    ServedTables,
    ShareRange,
    audit,
    read_ledger,
    served_of,
)
from planner.disclosure.served_cells import persons_of
from planner.disclosure.tables import persons_in
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario
from planner.publishing.coverage import change_class
from planner.workflow import Proposal
from tests.published_claims import (
    CHANGES,
    amendment_in,
    comparison_in,
    release_in,
)
from tests.published_texts import rows_of, shares_of_sentences
from tests.published_truth import (
    persons_behind,
    persons_concerned,
    persons_who_turn,
    untrue,
)

SCENARIO = Path(__file__).parent.parent / "scenarios" / "latgale.toml"
MADE_ON = date(2026, 11, 22)
SECONDS = 60.0  # with this gap it takes some five, so that the plans are the same everywhere


@dataclass(frozen=True)
class Export:
    """Where the files of two plans, of what lies between them and of amendments stand."""

    folder: Path
    plans: Mapping[str, Proposal]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    folder = tmp_path_factory.mktemp("latgale")
    ledger = folder / "ledger.json"
    plans = {}
    for name, candidates in (("all", "all"), ("towns", "towns")):
        scenario = replace(read_scenario(SCENARIO), candidates=candidates)
        plans[name] = workflow.propose(
            workflow.prepare(scenario), limits=Limits(seconds=SECONDS, gap=0.05)
        )
        (folder / name).mkdir()
        workflow.save(plans[name], folder / name, language="en", ledger=ledger)
    for before, after in (("all", "towns"), ("today", "all")):
        sides = [name if name == "today" else str(folder / name) for name in (before, after)]
        found = workflow.compare(*sides, ledger=ledger)
        workflow.save_comparison(found, folder / f"{before} {after}", language="en", ledger=ledger)
    amended = workflow.load(folder / "all")
    workflow.save_amendment(amended, folder / "all amended", made_on=MADE_ON, ledger=ledger)
    against = against_towns(amended, plans["towns"])
    workflow.save_amendment(against, folder / "all against", made_on=MADE_ON, ledger=ledger)
    return Export(folder, plans)


def against_towns(plan: Proposal, towns: Proposal) -> Proposal:
    """Return a plan beside the other one as the approved edition."""
    places = {option: opening.places for option, opening in towns.plan.opened.items()}
    return replace(plan, problem=replace(plan.problem, approved=places))


def today_called(name: str, plan: Proposal, other: Proposal) -> str:
    """Return what a plan's today is called: as that of another plan only where it is the same.

    Today is calculated as well, and on a busy machine not always to its end.
    """
    return "today" if plan.today.assigned == other.today.assigned else f"today of {name}"


def said_in(export: Export) -> dict[str, Release]:
    plans, folder = export.plans, export.folder
    return {
        **{
            name: release_in(folder / name, plan, name, today_called(name, plan, plans["all"]))
            for name, plan in plans.items()
        },
        "between": comparison_in(
            folder / "all towns", ("all", plans["all"]), ("towns", plans["towns"])
        ),
        "gained": comparison_in(
            folder / "today all", ("today", plans["all"]), ("all", plans["all"])
        ),
        "amended": amendment_in(folder / "all amended", plans["all"], "all"),
        "against": amendment_in(
            folder / "all against", against_towns(plans["all"], plans["towns"]), "all"
        ),
    }


def test_nothing_is_recovered_from_the_full_public_export(export: Export) -> None:
    said = said_in(export)

    assert sum(len(release.claims) for release in said.values()) > 3000
    subjects = subjects_of(said.values())
    assert audit([said["all"]], groups=subjects) == ()
    assert audit([said["all"], said["towns"], said["between"]], groups=subjects) == ()
    assert audit(list(said.values()), groups=subjects) == ()


def test_the_attacker_reads_the_classes_of_the_maps_and_the_word_document(export: Export) -> None:
    said = said_in(export)

    plan, between = export.plans["all"], export.folder / "today all"
    shares = [f for f in said["all"].facts if f.group_only]
    of_totals = list(shares_of_sentences(between, plan, ("today", "all")))
    of_change = [f for f in said["between"].facts if f.group_only and "need" not in str(f.terms)]
    of_document = Counter(c.table for c in said["amended"].claims if c.table.startswith("docx"))

    assert len(shares) > 200
    assert len(of_change) > 30
    assert len(of_totals) > 30
    assert {*of_totals} <= {*said["gained"].facts}
    of_all = [f for f in shares if len({part.subject for part, _ in f.terms}) > 5]
    assert len(of_all) > 4 * 9  # all services of a municipality on the map, today and the plan
    assert set(of_document) >= {"docx changes", "docx totals", "docx start now", "docx overview"}
    rows = rows_of(export.folder / "all amended" / "amendment.csv")
    addresses = Counter((row["service"], row["site"]) for row in rows)
    assert of_document["docx changes"] >= list(addresses.values()).count(1) > 0


def test_all_that_the_files_say_is_true_of_the_plans(export: Export) -> None:
    plans, said = export.plans, said_in(export)
    towns, full = plans["towns"], plans["all"]
    persons = persons_behind(towns, "towns", today_called("towns", towns, full))
    persons |= persons_behind(full, "all")
    persons |= persons_who_turn(
        ("all", full.problem, full.plan), ("towns", towns.problem, towns.plan)
    )
    persons |= persons_who_turn(
        ("today", full.today_problem, full.today), ("all", full.problem, full.plan)
    )
    persons |= persons_concerned(full, "all")
    persons |= persons_concerned(against_towns(full, towns), "all")

    for name, release in said.items():
        assert list(untrue(release, persons)) == [], name

    named = {part for release in said.values() for c in release.claims for part, _ in c.terms}
    assert named <= persons.keys() | {p for p in named if p.state.startswith("#")}
    tables = Counter(claim.table for release in said.values() for claim in release.claims)
    for table in ("start_now.csv", "comparison", "sentences", "amendment", "docx reasons"):
        assert tables[table] > 5, table


def test_the_todays_of_two_plans_are_one_only_where_they_are_the_same(export: Export) -> None:
    full = export.plans["all"]
    nobody = replace(full, today=replace(full.today, assigned={}))
    plans = {"all": full, "towns": replace(export.plans["towns"], today=nobody.today)}
    said = said_in(Export(export.folder, plans))

    of_towns = {part.situation for claim in said["towns"].claims for part, _ in claim.terms}

    assert today_called("other", replace(full), full) == "today"
    assert of_towns >= {"towns", "today of towns"}
    assert "today" not in of_towns


def test_a_lie_in_the_files_would_be_seen(export: Export) -> None:
    full = export.plans["all"]
    release, persons = said_in(export)["all"], persons_behind(full, "all")
    plain = next(claim for claim in release.claims if claim.persons)
    small = next(claim for claim in release.claims if claim.mark is Mark.SMALL)
    lies = (
        replace(plain, persons=plain.persons + 1 if plain.persons else 1),
        replace(plain, terms=small.terms),
    )

    assert len(list(untrue(replace(release, claims=lies), persons))) == 2


def test_classes_of_counts_that_are_withheld_would_tell_some(export: Export) -> None:
    """What the map once drew: the class of every change, whether or not both counts are told."""
    release, plan = said_in(export)["all"], export.plans["all"]
    now, was = (
        served_of(p, q) for p, q in ((plan.problem, plan.plan), (plan.today_problem, plan.today))
    )
    changes = []
    for m, s in now:
        change = change_class(was[m, s].within_standard, now[m, s].within_standard)
        terms = ((Part(m, s, "all", "within"), 1.0), (Part(m, s, "today", "within"), -1.0))
        changes.append(Fact(terms, *CHANGES[change], group_only=True))

    leaky = replace(release, facts=(*release.facts, *changes))

    assert len(audit([leaky], groups=subjects_of([leaky]))) > 0


def test_a_map_with_the_classes_of_true_counts_would_tell_some(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The protection switched off: each share has its class, whether or not others tell it."""
    plan = workflow.load(export.folder / "all")
    rows = {
        "today": served_of(plan.today_problem, plan.today),
        "plan": served_of(plan.problem, plan.plan),
    }

    def truly(_: ServedTables, situation: str, area: str, service: str) -> ShareRange | None:
        row = rows[situation].get((area, service))
        if row is None or not row.need:
            return None
        low = max(b for b in BREAKS_PERCENT[:-1] if 100 * row.within_standard >= b * row.need)
        return ShareRange(low, next(b for b in BREAKS_PERCENT if b > low))

    monkeypatch.setattr(ServedTables, "within_standard_lies", truly)
    workflow.save(replace(plan, folder=None, kept=()), tmp_path, language="en")

    said = release_in(tmp_path, export.plans["all"])
    assert len(audit([said], groups=subjects_of([said]))) > 0


def subjects_of(releases: Iterable[Release]) -> frozenset[str]:
    """Return all services: what is told in classes is then used against all their counts."""
    claims = [claim for release in releases for claim in release.claims]
    return frozenset(part.subject for claim in claims for part, _ in claim.terms)


def test_the_ledger_that_was_kept_tells_nothing_either(export: Export) -> None:
    held = read_ledger(export.folder / "ledger.json").releases

    assert len({release.name for release in held}) >= 2 + 2 + 1
    assert audit(held) == ()


def test_without_complementary_suppression_the_same_files_tell_hundreds_of_counts(
    export: Export, tmp_path: Path
) -> None:
    plan = workflow.load(export.folder / "all")
    assert plan.released is not None
    called = plan.released.called
    rows = {
        called["today"]: served_of(plan.today_problem, plan.today),
        called["plan"]: served_of(plan.problem, plan.plan),
    }
    persons = persons_of(rows, sorted({key for of in rows.values() for key in of}))
    claims = tuple(bare(claim, persons) for claim in plan.released.release.claims)
    shown = replace(plan.released, release=replace(plan.released.release, claims=claims))
    bared = replace(plan, released=shown, folder=None, kept=())

    workflow.save(bared, tmp_path, language="en")

    found = audit([release_in(tmp_path, export.plans["all"])])
    assert len(found) > 100
    assert sum(finding.exact for finding in found) > 30


def bare(claim: Claim, persons: Mapping[Part, int]) -> Claim:
    """Return a claim as it stands where only small counts are hidden."""
    count = persons_in(claim.terms, persons)
    if 0 < count < 5:
        return replace(claim, mark=Mark.SMALL, persons=None)
    return replace(claim, mark=Mark.PLAIN, persons=count)


def test_minutes_are_in_fives_and_only_where_five_travel(export: Export) -> None:
    seen = 0
    for file in export.folder.rglob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
            lines.seek(0)
            rows = csv.DictReader(lines, delimiter=";" if ";" in header else ",")
            for row in rows:
                for column, text in row.items():
                    if column.startswith("mean_minutes") and text.isdigit():
                        seen += 1
                        assert int(text) % 5 == 0
                    assert "worst" not in column
                    assert "longest" not in column
    assert seen > 100

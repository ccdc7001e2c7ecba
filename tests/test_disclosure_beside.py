"""What tells more of plans that were released apart: as much as adds nothing, never a refusal."""

from dataclasses import replace
from functools import cache

import pytest

from planner.disclosure import (
    HIDDEN_MARK,
    REGION,
    Audience,
    Cell,
    Claim,
    Concerned,
    Ledger,
    Mark,
    Part,
    Release,
    Served,
    ServedTables,
    Side,
    Thresholds,
    Turned,
    TurnTables,
    audit,
    protect_changes,
    protect_served,
    protect_turns,
    require_safe,
    sum_of,
)
from planner.disclosure.attacker import audit_each_level
from planner.disclosure.holdings import Holding
from planner.disclosure.prices import protect_prices
from planner.disclosure.suppression import suppress
from planner.disclosure.tables import whole_numbers
from planner.disclosure.turns import GAINING, LOSING, NEED_AFTER
from planner.editions import ReasonPart
from planner.errors import DisclosureError

DAY, NIGHT = "day", "night"
Rows = dict[tuple[str, str], Served]


def served(need: int, within: int, *, site: str = "") -> Served:
    return Served(need, within, within, sites={site: within} if site else {})


TODAY: Rows = {
    ("town", DAY): served(30, 10, site="hall"),
    ("village", DAY): served(3, 0, site="hall"),
    ("town", NIGHT): served(40, 10),
    ("village", NIGHT): served(20, 0),
}
FIRST: Rows = {
    **TODAY,
    ("town", DAY): served(30, 30, site="hall"),
    ("village", DAY): served(3, 3, site="hall"),
    ("town", NIGHT): served(40, 25),
}
SECOND: Rows = {**TODAY, ("town", DAY): served(30, 16, site="hall")}


def released(name: str, rows: Rows) -> ServedTables:
    tables = protect_served({"today": TODAY, name: rows}, name=name, snapshot="2026")
    return tables.known_as({"today": "today", "plan": name})


@cache
def apart() -> tuple[ServedTables, ServedTables]:
    """Two plans: the tables of one tell the need of the region, those of the other all but three.

    Each is safe by itself.
    """
    first, second = released("plan a", FIRST), released("plan b", SECOND)
    return telling(first, REGION, 33), telling(second, "town", 30)


def telling(tables: ServedTables, row: str, need: int) -> ServedTables:
    """Return tables of which only one count of the need for days stands plainly."""
    claims = [
        replace(claim, mark=Mark.HIDDEN, persons=None) if claim.column == DAY else claim
        for claim in tables.release.claims
        if DAY not in services_of(claim) or (claim.column == DAY and claim.table != "need")
    ]
    members = [m for m in ("town", "village") if row in (REGION, m)]
    told = Claim("told", row, DAY, sum_of(Part(m, DAY, "need") for m in members), Mark.PLAIN, need)
    release = replace(tables.release, claims=(*claims, told))
    assert audit([release]) == ()
    return replace(tables, release=release)


def services_of(claim: Claim) -> set[str]:
    return {part.subject for part, _ in claim.terms}


TURNED = {
    ("town", DAY): Turned(shorter=0, longer=0, newly=0, gone=14, unchanged=16),
    ("village", DAY): Turned(shorter=0, longer=0, newly=0, gone=3, unchanged=0),
    ("town", NIGHT): Turned(shorter=0, longer=0, newly=0, gone=15, unchanged=10),
    ("village", NIGHT): Turned(shorter=0, longer=0, newly=0, gone=0, unchanged=0),
}


@cache
def turns_of_both() -> TurnTables:
    first, second = apart()
    return protect_turns(
        Side(first, "plan", FIRST),
        Side(second, "plan", SECOND),
        TURNED,
        totals={"travel": [DAY, NIGHT]},
        apart=True,
    )


def test_plans_that_tell_a_small_count_together_can_be_compared() -> None:
    told = turns_of_both()

    assert told.told_before
    assert told.text(LOSING, "village", DAY) == HIDDEN_MARK
    assert told.text(LOSING, "village", NIGHT) == "0"
    assert told.text(GAINING, "town", NIGHT) == "0"
    assert told.text(NEED_AFTER, REGION, "travel") == "93"


def test_a_comparison_leaves_open_all_that_was_open_without_its_counts() -> None:
    held = [side.release for side in apart()]
    release = turns_of_both().release
    bare = replace(
        release, claims=tuple(replace(c, mark=Mark.HIDDEN, persons=None) for c in release.claims)
    )

    before = {(f.terms, f.by): f for f in audit_each_level([*held, bare])}

    assert len(before) > len(audit_each_level(held))  # how figures hang together tells more
    for now in audit_each_level([*held, release]):
        was = before[now.terms, now.by]
        assert whole_numbers(now.low, now.high) == whole_numbers(was.low, was.high)


def test_after_such_a_comparison_amendments_and_comparisons_with_today_are_told() -> None:
    first, second = apart()
    kept = Ledger((first.release, turns_of_both().release))
    with_both = kept.with_release(second.release)
    grown = Concerned(
        stands_before=True, stands_after=True, grows=True, persons=23,
        reasons={ReasonPart.NEWLY_SERVED: 23},
    )  # fmt: skip

    for ledger in (kept, with_both):
        changed = protect_changes(first, {(DAY, "hall"): grown}, ledger=ledger)
        gained = protect_turns(
            Side(first, "today", TODAY),
            Side(first, "plan", FIRST),
            {key: Turned(0, 0, FIRST[key].served - row.served, 0, row.served)
             for key, row in TODAY.items()},
            totals={},
            ledger=ledger,
        )  # fmt: skip

        assert changed.concerned("hall", DAY) in ("23", HIDDEN_MARK)
        assert gained.text(GAINING, "town", NIGHT) == "15"
        assert not gained.told_before  # no two plans were compared


def test_after_such_a_comparison_a_plan_and_its_curve_are_told_to_other_readers() -> None:
    first, second = apart()
    kept = Ledger((first.release, second.release, turns_of_both().release))
    asked = {"today": TODAY, "plan a": FIRST}

    with pytest.raises(DisclosureError):
        protect_served(asked, name="plan a", snapshot="2026", ledger=kept)
    tables = protect_served(
        asked, name="plan a", snapshot="2026", ledger=kept, but_for_told=True,
        audience=Audience.STAFF,
    )  # fmt: skip
    prices = protect_prices([FIRST, TODAY], snapshot="2026", ledger=kept, but_for_told=True)

    known = Holding(Audience.PUBLIC, 5, kept.releases).looked_at(tables.release)
    assert prices.release is not None
    assert not [*known.told_by(tables.release), *known.told_by(prices.release)]
    assert tables.at("today", REGION, NIGHT).need == "60"
    with pytest.raises(DisclosureError):  # what was told from five on cannot be hidden at ten
        protect_served(
            asked, name="plan a", snapshot="2026", ledger=kept, but_for_told=True,
            thresholds=Thresholds(10, 10, 10),
        )  # fmt: skip


def test_what_others_gave_out_meanwhile_is_no_reason_to_refuse_a_comparison() -> None:
    held = Ledger(tuple(side.release for side in apart()))

    require_safe(turns_of_both().release, ledger=held, but_for_told=True)

    with pytest.raises(DisclosureError):
        require_safe(turns_of_both().release, ledger=held)


def test_where_nothing_else_helps_all_counts_of_a_service_are_withheld() -> None:
    few, many, other = (Part(p, s, "need") for p, s in (("a", DAY), ("b", DAY), ("a", NIGHT)))
    told = Claim("told", "a", DAY, sum_of([few]), Mark.HIDDEN)
    everyone = Claim("told", "all", DAY, sum_of([few, many]), Mark.PLAIN, 33)
    rest = Claim("told", "b", DAY, sum_of([many]), Mark.PLAIN, 30)
    before = [Release("earlier", "2026", Audience.PUBLIC, (told, everyone, rest))]
    cells = [
        Cell("now", "twice b", DAY, ((many, 2),)),
        Cell("now", "a", NIGHT, sum_of([other])),
    ]
    persons = {few: 3, many: 30, other: 12}

    with pytest.raises(DisclosureError) as refused:
        suppress(cells, persons, before=before, threshold=5)
    claims = suppress(cells, persons, before=before, threshold=5, yielding=True)

    assert [claim.mark for claim in claims] == [Mark.HIDDEN, Mark.PLAIN]
    assert not any(word in str(refused.value) for word in (DAY, "need", "told"))

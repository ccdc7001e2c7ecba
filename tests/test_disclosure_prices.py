"""The persons along a curve: no small count stands there, and none between it and plans."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from planner.disclosure import (
    HIDDEN_MARK,
    NOTHING_RELEASED,
    REGION,
    Ledger,
    Mark,
    Part,
    Served,
    audit,
    protect_served,
)
from planner.disclosure.plans import called
from planner.disclosure.prices import PriceTables, protect_prices
from planner.disclosure.tables import persons_in
from planner.domain import EVERY_SERVICE

FIGURES = ("served", "within_standard", "unserved")
CARE, VISITS = "care", "visits"
Rows = Mapping[tuple[str, str], Served]


def of(need: int, served: int, within: int) -> Rows:
    """Return a plan for two towns and two services with these totals."""
    left = {("left", CARE): 0.4, ("left", VISITS): 0.1, ("right", CARE): 0.3}
    parts = {
        key: tuple(int(n * share) for n in (need, served, within)) for key, share in left.items()
    }
    rest = (
        n - sum(part[k] for part in parts.values()) for k, n in enumerate((need, served, within))
    )
    rows = {**parts, ("right", VISITS): tuple(rest)}
    return {key: Served(a, min(a, b), min(a, b, c)) for key, (a, b, c) in rows.items()}


def curve_of(need: int, within: Sequence[int], *, served: int | None = None) -> list[Rows]:
    return [of(need, served or need, n) for n in within]


def plan_with(rows: Rows, ledger: Ledger = NOTHING_RELEASED, today: Rows | None = None) -> Ledger:
    """Return a ledger with the tables of a plan, beside today."""
    now = today or {key: Served(row.need, 0, 0) for key, row in rows.items()}
    situations = {called("today", now): now, called("plan", rows): rows}
    name = called("plan", rows)
    return ledger.with_release(
        protect_served(situations, name=name, snapshot="needs", ledger=ledger).release
    )


def entered(ledger: Ledger, tables: PriceTables) -> Ledger:
    assert tables.release is not None
    return ledger.with_release(tables.release)


def total(ledger: Ledger, rows: Rows, figure: str) -> str:
    table = f"{called('plan', rows)}/{figure}"
    for release in ledger.releases:
        if release.name == called("plan", rows):
            return release.text(table, REGION, EVERY_SERVICE)
    raise KeyError(table)


def plain(tables: PriceTables, count: int) -> dict[str, list[int]]:
    found = {
        figure: [n for k in range(count) if (n := tables.count(k, figure)) is not None]
        for figure in FIGURES
    }
    found["beyond"] = [
        served - within
        for k in range(count)
        if (served := tables.count(k, "served")) is not None
        and (within := tables.count(k, "within_standard")) is not None
    ]
    return found


def test_two_beyond_the_standard_are_withheld_and_all_others_stand() -> None:
    tables = protect_prices(curve_of(997, (995, 980, 960)), snapshot="needs")

    assert tables.need == "997"
    assert [tables.text(k, "served") for k in range(3)] == ["997", "997", "997"]
    assert [tables.text(k, "within_standard") for k in range(3)] == [HIDDEN_MARK, "980", "960"]
    assert [tables.text(k, "unserved") for k in range(3)] == ["0", "0", "0"]


def test_of_two_points_three_persons_apart_one_is_withheld() -> None:
    tables = protect_prices(curve_of(200, (180, 177, 150)), snapshot="needs")

    told = [tables.text(k, "within_standard") for k in range(3)]
    assert HIDDEN_MARK in told[:2]
    assert told[2] == "150"


def test_the_same_plan_twice_stands_twice() -> None:
    tables = protect_prices(curve_of(200, (180, 180, 150)), snapshot="needs")

    assert [tables.text(k, "within_standard") for k in range(3)] == ["180", "180", "150"]


def test_no_points_tell_nothing() -> None:
    assert protect_prices([], snapshot="needs").release is None


def test_a_point_three_persons_from_a_plan_that_readers_hold_is_withheld() -> None:
    ledger = plan_with(of(200, 200, 177))
    assert total(ledger, of(200, 200, 177), "within_standard") == "177"

    tables = protect_prices(curve_of(200, (180, 150)), snapshot="needs", ledger=ledger)

    assert [tables.text(k, "within_standard") for k in range(2)] == [HIDDEN_MARK, "150"]
    assert audit(entered(ledger, tables).releases) == ()


def test_a_plan_three_persons_from_a_point_that_readers_hold_is_withheld() -> None:
    tables = protect_prices(curve_of(200, (180, 150)), snapshot="needs")
    assert tables.text(0, "within_standard") == "180"

    ledger = plan_with(of(200, 200, 177), entered(NOTHING_RELEASED, tables))

    assert total(ledger, of(200, 200, 177), "within_standard") == HIDDEN_MARK
    assert audit(ledger.releases) == ()


def test_a_point_that_is_a_plan_is_told_as_the_plan_is() -> None:
    chosen = of(200, 197, 180)
    ledger = plan_with(chosen)
    assert total(ledger, chosen, "served") == HIDDEN_MARK

    tables = protect_prices([of(200, 200, 190), chosen], snapshot="needs", ledger=ledger)

    for figure in FIGURES:
        assert tables.text(1, figure) == total(ledger, chosen, figure)


def test_a_point_where_nothing_changes_is_told_as_today_is() -> None:
    today = of(200, 150, 147)
    ledger = plan_with(of(200, 200, 180), today=today)
    [release] = ledger.releases
    named = called("today", today)

    points = [of(200, 200, 190), today]
    tables = protect_prices(points, snapshot="needs", ledger=ledger, known={named: today})

    assert tables.situations[1] == named
    for figure in FIGURES:
        said = release.text(f"{named}/{figure}", REGION, EVERY_SERVICE)
        assert tables.text(1, figure) == said


def test_a_curve_that_is_held_already_is_told_again_as_it_was() -> None:
    points = curve_of(200, (180, 177, 150))
    first = protect_prices(points, snapshot="needs")

    again = protect_prices(points, snapshot="needs", ledger=entered(NOTHING_RELEASED, first))

    assert again.release == first.release


def test_needs_of_another_snapshot_are_not_held_against_a_curve() -> None:
    ledger = plan_with(of(200, 200, 177))

    tables = protect_prices(curve_of(200, (180, 150)), snapshot="others", ledger=ledger)

    assert [tables.text(k, "within_standard") for k in range(2)] == ["180", "150"]


def random_plan(r: random.Random, needs: Mapping[tuple[str, str], int], most: int) -> Rows:
    rows = {}
    for key, need in needs.items():
        served = max(0, need - r.randint(0, most))
        rows[key] = Served(need, served, max(0, served - r.randint(0, most)))
    return rows


def random_plans(seed: int) -> tuple[list[Rows], Rows, Rows, Rows]:
    """Return the points of a curve, a plan that is one of them, a second one, and today."""
    r = random.Random(seed)
    needs = {(m, s): r.randint(0, 40) for m in ("left", "middle", "right") for s in (CARE, VISITS)}
    points = [random_plan(r, needs, most) for most in (1, 2, 4, 8, 16)]
    return points, r.choice(points), random_plan(r, needs, 4), random_plan(r, needs, 30)


def persons_of(*plans: Rows, today: Rows) -> dict[Part, int]:
    found = {}
    for kind, rows in (*(("plan", rows) for rows in plans), ("today", today)):
        for (m, s), row in rows.items():
            found |= {
                Part(m, s, "need"): row.need,
                Part(m, s, called(kind, rows), "within"): row.within_standard,
                Part(m, s, called(kind, rows), "beyond"): row.served - row.within_standard,
                Part(m, s, called(kind, rows), "unserved"): row.unserved,
            }
    return found


@pytest.mark.parametrize("order", ["plan curve plan", "curve plan plan", "plan plan curve"])
@pytest.mark.parametrize("seed", range(3))
def test_a_curve_and_two_plans_tell_nothing_together_in_any_order(seed: int, order: str) -> None:
    points, chosen, second, today = random_plans(seed)
    plans, ledger = iter([chosen, second]), NOTHING_RELEASED
    for kind in order.split():
        if kind == "plan":
            ledger = plan_with(next(plans), ledger, today)
        else:
            ledger = entered(ledger, protect_prices(points, snapshot="needs", ledger=ledger))

    assert len(ledger.releases) == 3
    assert audit(ledger.releases) == ()
    persons = persons_of(*points, second, today=today)
    for release in ledger.releases:
        for claim in release.claims:
            count = persons_in(claim.terms, persons)
            assert claim.mark is not Mark.PLAIN or claim.persons == count
            assert claim.mark is not Mark.SMALL or 0 < count < 5
        for fact in release.facts:
            assert fact.low <= sum(c * persons[p] for p, c in fact.terms) <= fact.high


def test_made_without_a_look_at_each_other_they_tell_small_counts() -> None:
    told = 0
    for seed in range(2):
        points, chosen, second, today = random_plans(seed)
        apart = [*plan_with(chosen, today=today).releases, *plan_with(second, today=today).releases]
        curve = protect_prices(points, snapshot="needs").release
        assert curve is not None
        told += len(audit([*apart[:1], curve])) + len(audit([*apart[1:], curve]))

    assert told > 2


@pytest.mark.parametrize("block", range(6))
def test_no_two_plain_counts_of_random_curves_tell_a_few(block: int) -> None:
    hidden = 0
    for seed in range(block, 120, 6):
        r = random.Random(seed)
        need = r.randint(5, 300)
        served = sorted((r.randint(need // 2, need) for _ in range(r.randint(1, 9))), reverse=True)
        points = [{("town", CARE): Served(need, n, r.randint(n // 2, n))} for n in served]

        tables = protect_prices(points, snapshot="needs")

        assert tables.release is not None
        assert audit((tables.release,)) == ()
        for counts in plain(tables, len(points)).values():
            assert not [n for n in counts if 0 < n < 5], f"seed {seed}"
            apart = {abs(a - b) for a, b in combinations(counts, 2)}
            assert not apart & {1, 2, 3, 4}, f"seed {seed}"
        hidden += sum(tables.count(k, "within_standard") is None for k in range(len(points)))
    assert hidden


def test_a_count_that_was_left_out_of_the_plan_is_left_out_of_its_point() -> None:
    chosen = of(200, 200, 180)
    [release] = plan_with(chosen).releases
    table = f"{called('plan', chosen)}/within_standard"
    claims = tuple(
        replace(c, mark=Mark.HIDDEN, persons=None) if c.table == table else c
        for c in release.claims
    )
    ledger = Ledger((replace(release, claims=claims),))

    known = {called("plan", chosen): chosen}
    points = [of(200, 200, 190), chosen]
    tables = protect_prices(points, snapshot="needs", ledger=ledger, known=known)

    assert [tables.text(k, "within_standard") for k in range(2)] == ["190", HIDDEN_MARK]

"""What is told of shares beside withheld counts follows from the released ones alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import highspy
import numpy as np
import pytest

from planner.disclosure import (
    BREAKS_PERCENT,
    Audience,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    Served,
    ServedTables,
    ShareRange,
    audit,
    changes_following,
    equal_sums,
    protect_served,
    shares_following,
    sum_of,
)
from planner.disclosure.tables import NEED, Terms, persons_in
from planner.domain import EVERY_SERVICE
from tests.test_disclosure_attacker import intervals

CARE = "care"
PARTS = tuple(
    Part(place, CARE, "plan", state) for place in ("a", "b") for state in ("within", "beyond")
)
MOST = 6
ANY = 100_000.0  # persons, more than there are
SHARES: dict[str, tuple[Terms, Terms]] = {
    "a": (sum_of(PARTS[:1]), sum_of(PARTS[:2])),
    "b": (sum_of(PARTS[2:3]), sum_of(PARTS[2:])),
    "both": (sum_of([PARTS[0], PARTS[2]]), sum_of(PARTS)),
}
CHANGES: dict[str, tuple[Terms, Terms]] = {"a to b": (sum_of(PARTS[2:3]), sum_of(PARTS[:1]))}


def small_release(seed: int) -> Release:
    """Return a table of two towns with marks by chance, all true."""
    rng = np.random.default_rng(seed)
    persons = {part: int(rng.integers(0, MOST + 1)) for part in PARTS}
    sums = [*((part,) for part in PARTS), PARTS[:2], PARTS[2:], PARTS, (PARTS[0], PARTS[2])]
    claims = []
    for k, parts in enumerate(sums):
        count = persons_in(sum_of(parts), persons)
        mark = Mark.PLAIN if rng.random() < 0.5 else Mark.HIDDEN
        if 0 < count < 5:
            mark = Mark.SMALL if rng.random() < 0.8 else Mark.HIDDEN
        told = count if mark is Mark.PLAIN else None
        claims.append(Claim("t", str(k), CARE, sum_of(parts), mark, told))
    known = [Fact(((part, 1.0),), 0.0, float(MOST)) for part in PARTS]
    return Release("t", "s", Audience.PUBLIC, tuple(claims), tuple(known))


def worlds_of(release: Release) -> Iterator[dict[Part, int]]:
    """Give every way to spread whole persons that a release leaves open."""
    for counts in product(range(MOST + 1), repeat=len(PARTS)):
        world = dict(zip(PARTS, counts, strict=True))
        if all(fits(claim, persons_in(claim.terms, world)) for claim in release.claims):
            yield world


def fits(claim: Claim, count: int) -> bool:
    if claim.mark is Mark.SMALL:
        return 0 < count < 5
    return claim.mark is Mark.HIDDEN or count == claim.persons


def lies_in(share: ShareRange, some: int, of: int) -> bool:
    if share.low == share.high:
        return 100 * some == share.low * of
    return 100 * some >= share.low * of and (share.high == 100 or 100 * some < share.high * of)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_told_holds_in_every_world_that_a_reader_cannot_rule_out(seed: int) -> None:
    release = small_release(seed)
    shares = shares_following([release], SHARES)
    changes = changes_following([release], CHANGES)

    for world in worlds_of(release):
        for key, share in shares.items():
            some, of = (persons_in(terms, world) for terms in SHARES[key])
            assert of > 0
            assert lies_in(share, some, of), (key, share, world)
        for key, (least, most) in changes.items():
            after, before = (persons_in(terms, world) for terms in CHANGES[key])
            assert least <= after - before <= most


def test_much_is_told_beside_withheld_counts() -> None:
    """Of shares of which at most one of both counts stands there plainly."""
    told = exact = 0
    for seed in range(60):
        release = small_release(seed)
        marks = {claim.terms: claim.mark for claim in release.claims}
        for key, share in shares_following([release], SHARES).items():
            if {marks[terms] for terms in SHARES[key]} != {Mark.PLAIN}:
                told += share.high - share.low <= 50
                exact += share.high == share.low
    assert told > 20
    assert exact > 5


Rows = dict[str, dict[tuple[str, str], Served]]


def rows_of(seed: int) -> Rows:
    """Return who is served today and by a plan in some towns."""
    rng = np.random.default_rng(seed)
    keys = list(product([f"town {k}" for k in range(5)], [f"service {k}" for k in range(3)]))
    needs = {key: int(rng.integers(1, 30)) for key in keys}
    rows: Rows = {"today": {}, "plan": {}}
    for situation, (key, need) in product(rows, needs.items()):
        served = need if rng.random() < 0.5 else int(rng.integers(0, need + 1))
        within = served if rng.random() < 0.5 else int(rng.integers(0, served + 1))
        rows[situation][key] = Served(need, served, within)
    return rows


def region(seed: int) -> ServedTables:
    return protect_served(rows_of(seed), name="t", snapshot="s")


@pytest.mark.parametrize("seed", range(6))
def test_no_interval_is_narrower_with_all_classes_than_without(seed: int) -> None:
    """Measured by a solver from nothing, over the statements of the files and the classes."""
    tables = region(seed)
    release = tables.release
    told = list(classes(tables))

    assert len(told) > 20
    without = dict(intervals(release, marks=True))
    with_all = dict(intervals(replace(release, facts=(*release.facts, *told)), marks=True))

    assert with_all.keys() == without.keys()
    for terms, ends in with_all.items():
        assert ends == pytest.approx(without[terms], abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_the_attacker_finds_nothing_with_the_classes_and_much_with_those_of_true_counts(
    seed: int,
) -> None:
    tables = region(seed)
    release = tables.release
    subjects = frozenset(part.subject for c in release.claims for part, _ in c.terms)

    def found(facts: Iterator[Fact]) -> int:
        marked = [replace(fact, group_only=True) for fact in facts]  # at the level of marks
        held = replace(release, facts=(*release.facts, *marked))
        return len(audit([held], groups=subjects))

    assert found(classes(tables)) == 0
    assert found(classes_of_true_counts(tables, rows_of(seed))) > 0


def classes(tables: ServedTables) -> Iterator[Fact]:
    """Give all shares and changes that follow, as statements."""
    areas, services = (*tables.areas, ""), (*tables.services, EVERY_SERVICE)
    for area, service in product(areas, services):
        for situation in tables.situations:
            share = tables.within_standard_lies(situation, area, service)
            terms = tables.share_terms(situation, area, service)
            if share is not None and terms is not None:
                yield from share_facts_of(*terms, share)
        change = tables.within_standard_changes("today", "plan", area, service)
        now, was = (tables.share_terms(s, area, service) for s in ("plan", "today"))
        if change is not None and now is not None and was is not None:
            moved = [(p, float(n)) for p, n in now[0]] + [(p, -float(n)) for p, n in was[0]]
            yield Fact(tuple(moved), *change)


def classes_of_true_counts(tables: ServedTables, rows: Rows) -> Iterator[Fact]:
    """Give the class of every share, told or not: the protection switched off."""
    for situation, of in rows.items():
        for key, row in of.items():
            low = max(b for b in BREAKS_PERCENT[:-1] if 100 * row.within_standard >= b * row.need)
            high = next(b for b in BREAKS_PERCENT[1:] if b > low)
            terms = tables.share_terms(situation, *key)
            if terms is not None:
                yield from share_facts_of(*terms, ShareRange(low, high))


def share_facts_of(some: Terms, of: Terms, share: ShareRange) -> Iterator[Fact]:
    """Give what a share that lies between two breaks says, in linear terms."""
    for percent, least, most in ((share.low, 0.0, ANY), (share.high, -ANY, 0.0)):
        weighted = [(part, float(n)) for part, n in some]
        weighted += [(part, -percent / 100 * n) for part, n in of if percent]
        yield Fact(tuple(weighted), least, most)


def test_a_solver_that_stops_too_early_tells_less_and_nothing_untrue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bounds are proven by prices, whatever values the solver hands over."""

    def stopped(solver: highspy.Highs, strategy: int = 0) -> np.ndarray:
        del strategy
        solver.setOptionValue("simplex_iteration_limit", 1)
        solver.run()
        return np.array(solver.getSolution().col_value)

    tables, whole = region(1), region(1)
    expected = dict(all_shares(whole))
    monkeypatch.setattr("planner.disclosure.programmes.answer", stopped)
    found = dict(all_shares(tables))

    assert found.keys() <= expected.keys()
    for key, share in found.items():
        assert share.low <= expected[key].low
        assert share.high >= expected[key].high


def all_shares(tables: ServedTables) -> Iterator[tuple[tuple[str, str, str], ShareRange]]:
    for key in product(tables.situations, tables.areas, tables.services):
        share = tables.within_standard_lies(*key)
        if share is not None:
            yield key, share


def test_releases_that_contradict_themselves_tell_nothing() -> None:
    [part] = PARTS[:1]
    claims = [Claim("t", str(n), CARE, sum_of([part]), Mark.PLAIN, n) for n in (7, 8)]
    release = Release("t", "s", Audience.PUBLIC, tuple(claims))

    assert shares_following([release], {"a": (sum_of([part]), sum_of([part]))}) == {}


def test_a_need_that_may_be_nobodys_has_no_share() -> None:
    within, need = Part("a", CARE, "plan", "within"), Part("a", CARE, NEED)
    claims = [
        Claim("t", "within", CARE, sum_of([within]), Mark.PLAIN, 0),
        Claim("t", "need", CARE, sum_of([need]), Mark.HIDDEN),
    ]
    release = Release("t", "s", Audience.PUBLIC, tuple(claims))
    asked = {"a": (sum_of([within]), sum_of([need]))}

    assert shares_following([release], asked) == {}
    somebody = replace(release, facts=(Fact(((need, 1.0),), 1.0, np.inf),))
    assert shares_following([somebody], asked) == {"a": ShareRange(0, 0)}


def test_what_only_the_shares_of_groups_tell_is_not_used() -> None:
    within, need, other = (Part("a", CARE, *of) for of in (("plan", "w"), (NEED,), ("plan", "b")))
    claims = (Claim("t", "n", CARE, sum_of([need]), Mark.PLAIN, 20),)
    known = equal_sums([need], [within, other])
    few = Fact(((other, 1.0),), 0.0, 5.0)
    asked = {"a": (sum_of([within]), sum_of([need]))}

    def share(fact: Fact) -> ShareRange:
        release = Release("t", "s", Audience.PUBLIC, claims, (known, fact))
        return shares_following([release], asked)["a"]

    assert share(few) == ShareRange(75, 100)
    assert share(replace(few, group_only=True)) == ShareRange(0, 100)


def test_releases_held_together_tell_more_than_each_alone() -> None:
    within, need = Part("a", CARE, "plan", "within"), Part("a", CARE, NEED)
    one, other = (
        Release("t", "s", Audience.PUBLIC, (Claim("t", "x", CARE, sum_of([p]), Mark.PLAIN, n),))
        for p, n in ((within, 8), (need, 10))
    )
    asked = {"a": (sum_of([within]), sum_of([need]))}

    assert shares_following([other, one], asked) == {"a": ShareRange(75, 90)}

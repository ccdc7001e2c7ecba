"""The attack goes on from one answer to the next; another solver from nothing measures the same."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.disclosure import (
    Audience,
    Cell,
    Claim,
    Finding,
    Mark,
    Part,
    Release,
    Served,
    attacker,
    audit,
    protect_served,
    sum_of,
)
from planner.disclosure.suppression import suppress
from planner.disclosure.tables import Terms

Interval = tuple[float, float]


def table(seed: int) -> Release:
    """Return a table of four towns and three services with only its small counts hidden."""
    rng = np.random.default_rng(seed)
    persons = {
        Part(f"town {r}", f"service {c}", "need"): int(rng.integers(0, 14))
        for r in range(4)
        for c in range(3)
    }
    cells = [Cell("t", p.place, p.subject, sum_of([p])) for p in persons]
    cells += [
        Cell("t", name, "*", sum_of(p for p in persons if name in p))
        for name in sorted({word for p in persons for word in p[:2]})
    ]
    claims = suppress(cells, persons, threshold=5, complementary=False)
    return Release("t", "2026", Audience.PUBLIC, claims)


@pytest.mark.parametrize("seed", range(12))
def test_intervals_are_those_of_programmes_solved_one_by_one(seed: int) -> None:
    release = table(seed)
    parts = sorted({part for claim in release.claims for part, _ in claim.terms})
    rows = {claim: [float(dict(claim.terms).get(p, 0)) for p in parts] for claim in release.claims}
    told = [claim for claim in release.claims if claim.mark is Mark.PLAIN]
    found = {finding.terms: finding for finding in audit([release]) if finding.by == "totals"}

    for claim in release.claims:
        if claim.mark is Mark.PLAIN:
            continue
        low, high = (
            sign
            * linprog(
                sign * np.array(rows[claim]),
                A_eq=[rows[c] for c in told],
                b_eq=[c.persons for c in told],
                bounds=(0, 100_000),
            ).fun
            for sign in (1.0, -1.0)
        )
        if high - low < 5 - 1e-6:
            assert (found[claim.terms].low, found[claim.terms].high) == pytest.approx((low, high))
        else:
            assert claim.terms not in found


def served(seed: int) -> Release:
    """Return who is served in some towns, protected, with some withheld counts told and others not.

    Each count stays or is turned by chance, so that some tables tell nothing, some a little and
    some a lot; all marks stay true.
    """
    rng = np.random.default_rng(seed)
    rows = {}
    for town in range(int(rng.integers(2, 5))):
        for service in range(int(rng.integers(1, 4))):
            need = int(rng.integers(0, 16))
            within, reached = sorted(rng.integers(0, need + 1, size=2))
            rows[f"town {town}", f"service {service}"] = Served(need, int(reached), int(within))
    release = protect_served({"today": rows}, name="t", snapshot="s").release
    persons = {
        Part(m, s, *key): count
        for (m, s), row in rows.items()
        for key, count in {
            ("need",): row.need,
            ("today", "within"): row.within_standard,
            ("today", "beyond"): row.served - row.within_standard,
            ("today", "unserved"): row.unserved,
        }.items()
    }

    def turned(claim: Claim) -> Claim:
        count = sum(c * persons.get(part, 0) for part, c in claim.terms)
        if claim.mark is Mark.HIDDEN and rng.random() < 0.5:
            mark = Mark.SMALL if 0 < count < 5 else Mark.PLAIN
            return replace(claim, mark=mark, persons=None if mark is Mark.SMALL else count)
        if claim.mark is Mark.PLAIN and rng.random() < 0.1:
            return replace(claim, mark=Mark.HIDDEN, persons=None)
        return claim

    return replace(release, claims=tuple(map(turned, release.claims)))


def intervals(release: Release, *, marks: bool) -> Iterator[tuple[Terms, Interval]]:
    """Give the least and the most of every withheld cell, by two programmes from nothing each."""
    parts = sorted({part for claim in release.claims for part, _ in claim.terms})
    known = [(fact.terms, fact.low, fact.high) for fact in release.facts]
    for claim in release.claims:
        if claim.mark is Mark.PLAIN and claim.persons is not None:
            known.append((claim.terms, claim.persons, claim.persons))
        elif claim.mark is Mark.SMALL and marks:
            known.append((claim.terms, 1, release.threshold - 1))
    known = [(terms, low, min(high, 100_000)) for terms, low, high in known]

    def row(terms: Terms) -> list[float]:
        return [float(dict(terms).get(part, 0)) for part in parts]

    equal = [k for k in known if k[1] == k[2]]
    between = [k for k in known if k[1] != k[2]]
    limits = {
        "A_eq": [row(terms) for terms, *_ in equal] or None,
        "b_eq": [low for _, low, _ in equal] or None,
        "A_ub": [[s * x for x in row(k[0])] for k in between for s in (1, -1)] or None,
        "b_ub": [b for _, low, high in between for b in (high, -low)] or None,
        "bounds": (0, 100_000),
    }
    for terms in {claim.terms for claim in release.claims if claim.mark is not Mark.PLAIN}:
        low, high = (s * linprog([s * x for x in row(terms)], **limits).fun for s in (1, -1))
        yield terms, (low, high)


@pytest.mark.parametrize("seed", range(30))
def test_every_withheld_cell_is_found_where_programmes_of_its_own_tell_it(seed: int) -> None:
    release = served(seed)
    told = {claim.terms for claim in release.claims if claim.mark is Mark.PLAIN}
    found = {f.terms: f for f in audit([release]) if f.table}

    expected: dict[Terms, tuple[str, Interval]] = {}
    for by, enough in (("totals", 5), ("marks", 3)):
        for terms, (low, high) in intervals(release, marks=by == "marks"):
            if high - low < enough - 1e-6 and terms not in told:
                expected.setdefault(terms, (by, (low, high)))

    assert {terms: said(f) for terms, f in found.items()} == {
        terms: (by, pytest.approx(ends, abs=1e-5)) for terms, (by, ends) in expected.items()
    }
    assert all(f.exact == (f.high - f.low < 1e-6) for f in found.values())


def test_the_random_tables_tell_something_and_not_everything() -> None:
    releases = [served(seed) for seed in range(30)]
    withheld = sum(len({c.terms for c in r.claims if c.mark is not Mark.PLAIN}) for r in releases)
    found = sum(len({f.terms for f in audit([r]) if f.table}) for r in releases)

    assert 30 < found < withheld - 30


def said(finding: Finding) -> tuple[str, Interval]:
    return finding.by, (finding.low, finding.high)


@pytest.mark.parametrize("noise", [0.0, 1e-13, -1e-13])
def test_a_loss_of_a_few_or_none_is_too_close_however_its_end_was_rounded(noise: float) -> None:
    change = attacker._Suspect(None, ((Part("a", "day", "plan"), 1),), 5)

    assert attacker._too_close(change, -4.0, noise, "totals")
    assert attacker._too_close(change, noise, 4.0, "totals")
    assert not attacker._too_close(change, noise, 5.0, "totals")
    assert not attacker._too_close(change, -9.0, -5.0, "totals")

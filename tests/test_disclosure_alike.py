"""Parts of which all statements say the same count as one; nothing is found or missed by that."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.disclosure import (
    Audience,
    Cell,
    Claim,
    Mark,
    Part,
    Release,
    audit,
    protect,
    sum_of,
)
from planner.disclosure.tables import Terms, persons_in

PARTS = [Part(f"place {k}", "care", "need") for k in range(12)]
Persons = dict[Part, int]


def drawn(seed: int) -> tuple[list[Terms], Persons]:
    """Return sums of a few blocks of parts, and of some parts alone, with persons behind them."""
    rng = np.random.default_rng(seed)
    block = rng.integers(0, 5, size=len(PARTS))
    sums = [
        sum_of(p for p, b in zip(PARTS, block, strict=True) if b in chosen)
        for chosen in (rng.choice(5, size=int(rng.integers(1, 4)), replace=False) for _ in range(7))
    ]
    sums += [sum_of([PARTS[k]]) for k in rng.choice(len(PARTS), size=4, replace=False)]
    persons = {part: int(rng.integers(0, 9)) for part in PARTS}
    return [terms for terms in dict.fromkeys(sums) if terms], persons


def plain(sums: Sequence[Terms], persons: Persons, rng: np.random.Generator) -> Release:
    claims = []
    for k, terms in enumerate(sums):
        count = persons_in(terms, persons)
        mark = Mark.SMALL if 0 < count < 5 else Mark.PLAIN
        mark = Mark.HIDDEN if rng.random() < 0.15 else mark
        told = count if mark is Mark.PLAIN else None
        claims.append(Claim("t", str(k), "", terms, mark, told))
    return Release("t", "s", Audience.PUBLIC, tuple(claims))


def ends(release: Release, terms: Terms, *, marks: bool) -> tuple[float, float]:
    """Return the least and the most of a sum by two programmes over all parts, from nothing."""

    def row(of: Terms) -> list[float]:
        return [float(dict(of).get(part, 0)) for part in PARTS]

    told = [c for c in release.claims if c.mark is Mark.PLAIN]
    few = [row(c.terms) for c in release.claims if c.mark is Mark.SMALL and marks]
    limits = {
        "A_eq": [row(c.terms) for c in told] or None,
        "b_eq": [c.persons for c in told] or None,
        "A_ub": [[sign * x for x in of] for of in few for sign in (1, -1)] or None,
        "b_ub": [b for _ in few for b in (4, -1)] or None,
        "bounds": (0, 100_000),
    }
    low, high = (s * linprog([s * x for x in row(terms)], **limits).fun for s in (1, -1))
    return low, high


@pytest.mark.parametrize("seed", range(25))
def test_every_part_and_sum_is_found_as_by_programmes_over_all_parts(seed: int) -> None:
    sums, persons = drawn(seed)
    release = plain(sums, persons, np.random.default_rng(seed))
    told = {c.terms for c in release.claims if c.mark is Mark.PLAIN}
    shown = {c.terms for c in release.claims}
    named = {sum_of([part]) for terms in sums for part, _ in terms}

    expected: dict[Terms, tuple[float, float]] = {}
    for marks, enough in ((False, 5), (True, 3)):
        for terms in (shown | named) - told:
            low, high = ends(release, terms, marks=marks)
            reaches = high >= 1 - 1e-6 and low <= 4 + 1e-6
            if high - low < enough - 1e-6 and (terms in shown or reaches):
                expected.setdefault(terms, (low, high))

    found = {f.terms: f for f in audit([release])}
    assert {terms: (f.low, f.high) for terms, f in found.items()} == {
        terms: pytest.approx(at, abs=1e-5) for terms, at in expected.items()
    }
    assert all(f.exact == (f.high - f.low < 1e-6) for f in found.values())


def test_the_drawn_tables_tell_something_and_not_everything() -> None:
    found = [len(audit([plain(*drawn(seed), np.random.default_rng(seed))])) for seed in range(25)]

    assert 0 < sum(count > 0 for count in found) < 25
    assert sum(found) > 10


@pytest.mark.parametrize("seed", range(25))
def test_the_search_protects_every_part_of_many_that_are_alike(seed: int) -> None:
    sums, persons = drawn(seed)
    cells = [Cell("t", str(k), "", terms) for k, terms in enumerate(sums)]

    release = protect(cells, persons, name="t", snapshot="s")

    named = {sum_of([part]) for terms in sums for part, _ in terms}
    plain_ones = {c.terms for c in release.claims if c.mark is Mark.PLAIN}
    for terms in named - plain_ones:
        count = persons_in(terms, persons)
        low, high = ends(release, terms, marks=False)
        assert high - low >= 5 - 1e-6 or not 0 < count < 5
        low, high = ends(release, terms, marks=True)
        assert high - low >= 3 - 1e-6 or not 0 < count < 5


def test_a_total_of_many_small_parts_stays_though_each_of_them_is_small() -> None:
    persons = dict.fromkeys(PARTS, 2)

    release = protect([Cell("t", "all", "", sum_of(PARTS))], persons, name="t", snapshot="s")

    assert release.text("t", "all", "") == "24"
    assert audit([release]) == ()


def test_a_part_alone_beside_the_total_of_the_others_that_are_alike_is_told() -> None:
    persons = dict.fromkeys(PARTS, 10) | {PARTS[0]: 3}
    sums = [sum_of(PARTS), sum_of(PARTS[1:])]

    found = audit([plain_all(sums, persons)])

    assert [f.terms for f in found] == [sum_of(PARTS[:1])]
    assert found[0].exact
    held = protect(
        [Cell("t", str(k), "", terms) for k, terms in enumerate(sums)],
        persons,
        name="t",
        snapshot="s",
    )
    assert sorted(c.mark for c in held.claims) == [Mark.HIDDEN, Mark.PLAIN]


def plain_all(sums: Sequence[Terms], persons: Persons) -> Release:
    claims = (
        Claim("t", str(k), "", terms, Mark.PLAIN, persons_in(terms, persons))
        for k, terms in enumerate(sums)
    )
    return Release("t", "s", Audience.PUBLIC, tuple(claims))

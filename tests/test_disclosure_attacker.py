"""The attack goes on from one answer to the next; another solver from nothing measures the same."""

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.disclosure import Audience, Cell, Mark, Part, Release, audit, sum_of
from planner.disclosure.suppression import suppress


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

"""An interval that could not be measured counts as told; no world that there is, is denied."""

import numpy as np
import pytest
from scipy import sparse

from planner.disclosure import Audience, Claim, Mark, Part, Release, audit, intervals, sum_of
from planner.disclosure.intervals import Known, Worlds
from planner.disclosure.programmes import own_threads

PARTS = [Part(f"town {k}", "care", "need") for k in range(12)]


def tables(seed: int) -> Known:
    """Return statements of ranges that some persons fit, over parts that hang together."""
    rng = np.random.default_rng(seed)
    matrix = (rng.random((9, len(PARTS))) < 0.4).astype(float)
    matrix = np.vstack([matrix, np.ones(len(PARTS))])
    count = matrix @ rng.integers(0, 30, size=len(PARTS))
    width = rng.choice([0.0, 3.0], size=len(matrix))
    return Known(sparse.csr_matrix(matrix), count - width, count + width)


@own_threads()
def measured(known: Known) -> tuple[np.ndarray, np.ndarray, Worlds]:
    """Return both ends of every part, to the end."""
    worlds, size = Worlds(known), len(PARTS)
    none = np.full(size, np.inf), np.full(size, -np.inf)
    low, high, _ = worlds.intervals(sparse.eye(size, format="csr"), np.full(size, 1e6), none)
    return low, high, worlds


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("steps_anew", [10_000, 0])
def test_who_runs_out_of_steps_gives_worlds_that_fit_and_no_wider_interval(
    seed: int, steps_anew: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    low, high, _ = measured(tables(seed))
    monkeypatch.setattr(intervals, "_STEPS", 0)
    monkeypatch.setattr(intervals, "_STEPS_ANEW", steps_anew)

    short_low, short_high, worlds = measured(tables(seed))

    assert not worlds.contradict
    assert (short_low <= short_high).all()
    assert (short_low >= low - 1e-6).all()
    assert (short_high <= high + 1e-6).all()
    if steps_anew:
        assert short_low == pytest.approx(low, abs=1e-6)
        assert short_high == pytest.approx(high, abs=1e-6)


def withheld(*said: Claim) -> Release:
    """Return two withheld towns and what is said of them."""
    claims = [Claim("t", p.place, "need", sum_of([p]), Mark.HIDDEN) for p in PARTS[:2]]
    return Release("t", "2026", Audience.PUBLIC, (*claims, *said))


def total(persons: int) -> Claim:
    return Claim("t", "all", "need", sum_of(PARTS[:2]), Mark.PLAIN, persons)


def test_where_no_answer_was_found_all_counts_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    others = Claim("t", "others", "need", sum_of(PARTS[1:3]), Mark.PLAIN, 30)
    release = withheld(total(40), others)
    assert audit([release]) == ()
    monkeypatch.setattr(intervals._Piece, "cheapest", lambda _self, _cost: None)

    found = audit([release])

    assert {finding.terms for finding in found} >= {sum_of([p]) for p in PARTS[:2]}
    assert {(finding.low, finding.high, finding.exact) for finding in found} == {
        (-np.inf, np.inf, False)
    }


def test_what_contradicts_itself_counts_as_told_and_says_so() -> None:
    found = audit([withheld(total(40), total(50))])

    assert {finding.terms for finding in found} == {sum_of([p]) for p in PARTS[:2]}
    assert {(finding.low, finding.high) for finding in found} == {(np.inf, -np.inf)}

"""The persons along a curve: no small count stands there, and none between two points."""

import random
from itertools import combinations

import pytest

from planner.disclosure import HIDDEN_MARK, audit
from planner.disclosure.prices import PriceCounts, protect_prices

FIGURES = ("served", "within_standard", "unserved")


def curve_of(need, within, *, served=None):
    return [PriceCounts(need, served or need, n) for n in within]


def plain(tables, count):
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


def test_two_beyond_the_standard_are_withheld_and_all_others_stand():
    tables = protect_prices(curve_of(997, (995, 980, 960)), snapshot="needs")

    assert tables.need == "997"
    assert [tables.text(k, "served") for k in range(3)] == ["997", "997", "997"]
    assert [tables.text(k, "within_standard") for k in range(3)] == [HIDDEN_MARK, "980", "960"]
    assert [tables.text(k, "unserved") for k in range(3)] == ["0", "0", "0"]


def test_of_two_points_three_persons_apart_one_is_withheld():
    tables = protect_prices(curve_of(200, (180, 177, 150)), snapshot="needs")

    told = [tables.text(k, "within_standard") for k in range(3)]
    assert HIDDEN_MARK in told[:2]
    assert told[2] == "150"


def test_the_same_count_twice_stands_twice():
    tables = protect_prices(curve_of(200, (180, 180, 150)), snapshot="needs")

    assert [tables.text(k, "within_standard") for k in range(3)] == ["180", "180", "150"]


def test_a_point_three_persons_from_a_plan_that_readers_hold_is_withheld():
    beside = PriceCounts(200, 200, 177, frozenset({"served", "within_standard"}))

    tables = protect_prices(curve_of(200, (180, 150)), snapshot="needs", beside=[beside])

    assert [tables.text(k, "within_standard") for k in range(2)] == [HIDDEN_MARK, "150"]


def test_a_plan_of_which_nothing_is_told_changes_nothing():
    beside = PriceCounts(200, 200, 177)

    tables = protect_prices(curve_of(200, (180, 150)), snapshot="needs", beside=[beside])

    assert [tables.text(k, "within_standard") for k in range(2)] == ["180", "150"]


@pytest.mark.parametrize("block", range(6))
def test_no_two_plain_counts_of_random_curves_tell_a_few(block):
    hidden = 0
    for seed in range(block, 120, 6):
        r = random.Random(seed)
        need = r.randint(5, 300)
        served = sorted((r.randint(need // 2, need) for _ in range(r.randint(1, 9))), reverse=True)
        points = [PriceCounts(need, n, r.randint(n // 2, n)) for n in served]

        tables = protect_prices(points, snapshot="needs")

        assert audit((tables.release,)) == ()
        for counts in plain(tables, len(points)).values():
            assert not [n for n in counts if 0 < n < 5], f"seed {seed}"
            apart = {abs(a - b) for a, b in combinations(counts, 2)}
            assert not apart & {1, 2, 3, 4}, f"seed {seed}"
        hidden += sum(tables.count(k, "within_standard") is None for k in range(len(points)))
    assert hidden

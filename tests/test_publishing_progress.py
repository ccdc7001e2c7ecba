"""What may be told of a calculation while it goes on: no count of persons, no exact gap of one."""

import math
from itertools import pairwise

import pytest

from planner.facility_location import Progress
from planner.publishing.progress import GAP_STEPS, coarse_gap, told_step


def step(aim: str, value: float, bound: float) -> Progress:
    gap = (value - bound) / value if value else 0.0
    return Progress(("day_care_adults",), aim, value, bound, gap, 1.5)


@pytest.mark.parametrize(
    "aim", ["persons_unserved", "persons_beyond_standard", "person_minutes", "worst_minutes"]
)
def test_steps_about_persons_tell_neither_value_nor_bound(aim: str) -> None:
    told = told_step(step(aim, 3.0, 2.0))

    assert math.isnan(told.value)
    assert math.isnan(told.bound)
    assert told.gap == 0.5
    assert (told.services, told.aim, told.seconds) == (("day_care_adults",), aim, 1.5)


def test_two_steps_that_differ_by_three_persons_look_alike() -> None:
    before, after = (told_step(step("persons_unserved", n, 40.0)) for n in (53.0, 50.0))

    assert (before.gap, after.gap) == (0.25, 0.25)
    assert repr(before) == repr(after)


def test_a_coarse_gap_fits_as_many_counts_as_one_likes() -> None:
    """Of no class but 0 can be told how large a count is at most."""
    for low, high in pairwise(GAP_STEPS):
        fitting = [n for n in range(1, 2001) if any(low < (n - b) / n <= high for b in range(n))]
        assert max(fitting) == 2000
        assert len(fitting) > 1000


def test_nothing_known_is_no_gap() -> None:
    assert math.isinf(coarse_gap(math.inf))
    assert coarse_gap(0.0) == 0.0


def test_sites_and_euros_are_told_as_they_are() -> None:
    costs = step("cost_eur", 1_200_000.0, 1_150_000.0)

    assert told_step(costs) is costs

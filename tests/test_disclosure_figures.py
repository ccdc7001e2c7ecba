"""What one number may look like once it has passed the gate."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.disclosure import (
    Audience,
    Thresholds,
    cell_persons,
    show_change,
    show_minutes,
    show_persons,
    show_share,
)
from planner.errors import InputError


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (1, "< 5"), (4, "< 5"), (5, "5"), (999, "999"), (1234567, "1\u00a0234\u00a0567")],
)
def test_one_to_four_persons_are_shown_as_fewer_than_five(count: int, shown: str) -> None:
    assert show_persons(count) == shown


def test_a_stricter_threshold_names_itself() -> None:
    assert show_persons(9, threshold=10) == "< 10"
    assert show_persons(10, threshold=10) == "10"


def test_a_threshold_below_three_is_refused() -> None:
    with pytest.raises(InputError, match="give 3 or more"):
        show_persons(7, threshold=2)
    with pytest.raises(InputError, match="give 3 or more"):
        Thresholds(public=1)


def test_a_count_below_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="0 or more"):
        show_persons(-1)


def test_each_audience_has_its_threshold() -> None:
    strict = Thresholds(public=10)

    assert [strict.of(a) for a in Audience] == [10, 5, 5]
    assert [Thresholds().of(a) for a in Audience] == [5, 5, 5]


def test_a_spreadsheet_gets_numbers_where_it_may() -> None:
    assert cell_persons(12) == 12
    assert cell_persons(0) == 0
    assert cell_persons(3) == "< 5"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (30, 60, "50\u00a0%"),
        (60, 60, "100\u00a0%"),
        (0, 60, "0\u00a0%"),
        (57, 60, "–"),  # three are left out, and 95 % of 60 would tell
        (3, 60, "–"),
        (3, 3, "–"),
        (0, 4, "–"),
        (0, 0, "–"),
        (2995, 3000, "99\u00a0%"),  # not all, so never 100 %
        (5, 3000, "1\u00a0%"),
    ],
)
def test_a_share_is_shown_only_where_neither_part_nor_rest_is_small(
    part: int, whole: int, shown: str
) -> None:
    assert show_share(part, whole) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [(10, 22, "+12"), (22, 10, "−12"), (10, 10, "0"), (10, 13, "–"), (3, 13, "–"), (13, 4, "–")],
)
def test_a_change_of_three_persons_is_not_told(before: int, after: int, shown: str) -> None:
    assert show_change(before, after) == shown


@pytest.mark.parametrize(
    ("minutes", "persons", "shown"),
    [(12.4, 8, "10"), (12.5, 8, "15"), (43.0, 8, "45"), (43.0, 4, "–"), (math.inf, 8, "–")],
)
def test_minutes_are_rounded_to_five_and_need_five_travellers(
    minutes: float, persons: int, shown: str
) -> None:
    assert show_minutes(minutes, persons) == shown


def test_minutes_of_nobody_are_not_shown() -> None:
    assert show_minutes(None, 0) == "–"


@given(st.integers(0, 400), st.integers(0, 400), st.integers(3, 12))
def test_no_shown_share_gives_a_small_count_away(part: int, rest: int, threshold: int) -> None:
    shown = show_share(part, part + rest, threshold=threshold)

    if shown != "–":
        assert not 0 < part < threshold
        assert not 0 < rest < threshold

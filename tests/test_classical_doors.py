"""The classical doors on towns checked by hand: what they answer, refuse and admit."""

import time

import numpy as np
import pytest

from planner.domain import ProofStatus
from planner.errors import CancelledError, InfeasibleError, InputError
from planner.facility_location import (
    fixed_charge,
    maximal_covering,
    p_center,
    p_median,
    set_covering,
)
from planner.facility_location.classical import NOWHERE

# four villages on a road at 0, 10, 20 and 40 minutes; each is a site too
PLACES = np.array([0.0, 10.0, 20.0, 40.0])
ROAD = np.abs(PLACES[:, None] - PLACES[None])
PERSONS = np.array([4.0, 1.0, 1.0, 3.0])


def test_one_median_lies_where_half_the_persons_are_on_either_side():
    answer = p_median(ROAD, PERSONS, 1)

    assert answer.opened.tolist() == [1]
    assert answer.value == 4 * 10 + 0 + 10 + 3 * 30
    assert answer.assignment.tolist() == [1, 1, 1, 1]


def test_two_medians_leave_the_middle_to_the_nearer_one():
    answer = p_median(ROAD, PERSONS, 2)

    assert answer.opened.tolist() == [0, 3]
    assert answer.value == 10 + 20
    assert answer.assignment.tolist() == [0, 0, 0, 3]


def test_one_center_halves_the_longest_way():
    answer = p_center(ROAD, 1)

    assert answer.opened.tolist() == [2]
    assert answer.value == 20.0


def test_a_site_exactly_at_the_limit_covers():
    assert set_covering(ROAD, 10.0).value == 2
    assert set_covering(ROAD, 9.9).value == 4


def test_a_cover_takes_the_cheap_neighbour():
    answer = set_covering(ROAD, 10.0, [1.0, 9.0, 1.0, 1.0])

    assert answer.opened.tolist() == [0, 2, 3]
    assert answer.value == 3.0


def test_most_covered_leaves_out_who_is_fewest():
    answer = maximal_covering(ROAD, PERSONS, 1, 10.0)

    assert answer.opened.tolist() == [1]
    assert answer.value == 6.0
    assert answer.bound == 6.0
    assert answer.assignment.tolist() == [1, 1, 1, NOWHERE]


def test_a_fixed_charge_closes_what_does_not_pay():
    answer = fixed_charge(ROAD * PERSONS[:, None], PERSONS, [60.0, 60.0, 60.0, 60.0])

    assert answer.opened.tolist() == [0, 3]
    assert answer.value == 120 + 10 + 20


def test_a_full_site_sends_half_a_village_further():
    costs = [[0.0, 8.0]]

    answer = fixed_charge(costs, [10.0], [1.0, 1.0], [5.0, 20.0])

    assert answer.value == pytest.approx(1 + 1 + 4)
    assert answer.assignment == pytest.approx(np.array([[0.5, 0.5]]))


def test_nobody_asks_and_nobody_is_sent():
    assert p_median(ROAD, np.zeros(4), 2).value == 0.0
    assert maximal_covering(ROAD, np.zeros(4), 2, 5.0).value == 0.0


def test_an_island_without_persons_goes_nowhere():
    minutes = np.vstack([ROAD, np.full(4, np.inf)])

    answer = p_median(minutes, [*PERSONS, 0.0], 1)

    assert answer.assignment.tolist() == [1, 1, 1, 1, NOWHERE]


def test_two_islands_need_two_sites():
    minutes = [[1.0, np.inf], [np.inf, 1.0]]

    with pytest.raises(InfeasibleError, match="at least 2"):
        p_median(minutes, [1, 1], 1)
    with pytest.raises(InfeasibleError, match="at least 2"):
        p_center(minutes, 1)


def test_a_row_out_of_reach_is_named():
    with pytest.raises(InfeasibleError, match=r"rows \[1\]"):
        set_covering([[1.0], [9.0]], 5.0)
    with pytest.raises(InfeasibleError, match=r"rows \[1\]"):
        p_median([[1.0], [np.inf]], [1, 1], 1)
    with pytest.raises(InfeasibleError, match=r"rows \[1\]"):
        fixed_charge([[1.0], [np.inf]], [1, 1], [1])


def test_too_little_room_is_said_with_both_numbers():
    with pytest.raises(InfeasibleError, match=r"12.*10"):
        fixed_charge([[1.0]], [12], [1], [10])


def test_every_bad_argument_is_named_at_once():
    with pytest.raises(InputError) as raised:
        p_median([[1.0, np.nan], [-2.0, 3.0]], [1.0], 5, seconds=-1, gap=2)

    assert len(raised.value.faults) == 6


@pytest.mark.parametrize(
    "ask",
    [
        lambda: p_median([1.0, 2.0], [1.0], 1),
        lambda: p_median("x", [1.0], 1),
        lambda: p_median(ROAD, PERSONS, 0),
        lambda: p_median(ROAD, PERSONS, 2.0),
        lambda: p_median(ROAD, PERSONS, True),  # noqa: FBT003
        lambda: p_median(ROAD, [1, 1, 1, np.inf], 1),
        lambda: p_center(np.empty((3, 0)), 1),
        lambda: set_covering(ROAD, -1.0),
        lambda: set_covering(ROAD, np.inf),
        lambda: set_covering(ROAD, 5.0, [1.0]),
        lambda: maximal_covering(ROAD, PERSONS, 1, np.nan),
        lambda: fixed_charge(ROAD, PERSONS, [1, 1, 1, -1]),
    ],
)
def test_a_bad_argument_is_an_input_error(ask):
    with pytest.raises(InputError):
        ask()


def test_arguments_stay_as_they_were():
    minutes, persons = ROAD.copy(), PERSONS.copy()

    p_median(minutes, persons, 2)
    fixed_charge(minutes, persons, persons, persons * 4)

    assert np.array_equal(minutes, ROAD)
    assert np.array_equal(persons, PERSONS)


def test_a_time_limit_is_kept_and_the_gap_admitted():
    random = np.random.default_rng(5)
    places = random.random((700, 2))
    minutes = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    p_median(ROAD, PERSONS, 2)  # whatever is compiled is compiled now

    began = time.perf_counter()
    answer = p_median(minutes, np.ones(700), 40, seconds=0.5)

    assert time.perf_counter() - began < 5.0
    assert answer.bound <= answer.value
    assert (answer.status is ProofStatus.PROVEN) == (answer.gap == 0.0)


def test_a_gap_asked_for_ends_the_search_within_it():
    random = np.random.default_rng(6)
    places = random.random((150, 2)) * 100
    minutes = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))

    rough = p_median(minutes, np.ones(150), 12, gap=0.05)
    exactly = p_median(minutes, np.ones(150), 12)

    assert rough.gap <= 0.05
    assert rough.bound <= exactly.value <= rough.value


DOORS = {
    "p_median": lambda **more: p_median(ROAD, PERSONS, 2, **more),
    "p_center": lambda **more: p_center(ROAD, 2, **more),
    "set_covering": lambda **more: set_covering(ROAD, 10.0, **more),
    "maximal_covering": lambda **more: maximal_covering(ROAD, PERSONS, 2, 10.0, **more),
    "fixed_charge": lambda **more: fixed_charge(ROAD, PERSONS, PERSONS, **more),
    "with capacity": lambda **more: fixed_charge(ROAD, PERSONS, PERSONS, PERSONS * 2, **more),
}


@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in DOORS.items()])
def test_who_looks_on_may_end_the_work(ask):
    def cancel():
        raise CancelledError

    with pytest.raises(CancelledError):
        ask(on_look=cancel)


@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in DOORS.items()])
def test_who_only_looks_on_changes_nothing(ask):
    looks = []

    seen = ask(on_look=lambda: looks.append(1))
    alone = ask()

    assert looks
    assert (seen.value, seen.opened.tolist()) == (alone.value, alone.opened.tolist())


@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in DOORS.items()])
def test_no_time_at_all_is_no_error_and_no_false_proof(ask):
    hurried, best = ask(seconds=0.0), ask()

    worse = -1 if ask is DOORS["maximal_covering"] else 1
    assert worse * hurried.bound <= worse * best.value
    if hurried.status is not ProofStatus.STOPPED:
        assert worse * best.value <= worse * hurried.value
    assert (hurried.status is ProofStatus.PROVEN) == (hurried.gap == 0.0)

"""What must not change an answer does not, and what must change it does so the right way."""

import numpy as np
import pytest

from planner.domain import ProofStatus
from planner.facility_location.classical import (
    exact,
    fixed_charge,
    maximal_covering,
    p_center,
    p_median,
    set_covering,
)

SEEDS = range(4)


def town(seed, points=24, sites=16):
    """Return whole minutes between scattered homes and sites, persons and fixed costs."""
    random = np.random.default_rng(seed)
    homes, places = random.random((points, 2)), random.random((sites, 2))
    minutes = np.rint(np.hypot(*(homes[:, None] - places[None]).transpose(2, 0, 1)) * 60)
    persons = random.integers(0, 12, points).astype(float)
    return minutes, persons, random.integers(40, 200, sites).astype(float)


def values(minutes, persons, fixed):
    capacity = np.full(len(fixed), np.ceil(persons.sum() / 4))
    return {
        "p_median": p_median(minutes, persons, 4).value,
        "p_center": p_center(minutes, 4).value,
        "set_covering": set_covering(minutes, 25.0, fixed).value,
        "maximal_covering": maximal_covering(minutes, persons, 3, 15.0).value,
        "fixed_charge": fixed_charge(minutes, persons, fixed).value,
        "with_capacity": fixed_charge(minutes, persons, fixed, capacity).value,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_another_order_of_rows_and_columns_changes_no_value(seed):
    minutes, persons, fixed = town(seed)
    random = np.random.default_rng(seed + 100)
    rows, columns = random.permutation(len(persons)), random.permutation(len(fixed))

    before = values(minutes, persons, fixed)
    after = values(minutes[np.ix_(rows, columns)], persons[rows], fixed[columns])

    assert after == pytest.approx(before)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_site_twice_changes_no_value(seed):
    minutes, persons, fixed = town(seed)
    doubled = np.column_stack([minutes, minutes[:, 0] + 1.0])

    before = values(minutes, persons, fixed)
    after = values(doubled, persons, np.append(fixed, fixed[0] + 1.0))

    del before["with_capacity"], after["with_capacity"]  # there another site is more room
    assert after == pytest.approx(before)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_times_doubled_double_what_is_counted_in_minutes(seed):
    minutes, persons, fixed = town(seed)

    assert p_median(2 * minutes, persons, 4).value == 2 * p_median(minutes, persons, 4).value
    assert p_center(2 * minutes, 4).value == 2 * p_center(minutes, 4).value
    assert (
        fixed_charge(2 * minutes, persons, 2 * fixed).value
        == 2 * fixed_charge(minutes, persons, fixed).value
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_demand_point_split_in_two_changes_no_persons(seed):
    minutes, persons, _ = town(seed)
    split = np.vstack([minutes, minutes[0]])
    parts = np.append(persons, 1.0)
    parts[0] = persons[0] + 1.0
    whole = persons.copy()
    whole[0] += 2.0

    assert p_median(split, parts, 3).value == p_median(minutes, whole, 3).value
    assert (
        maximal_covering(split, parts, 3, 12.0).value
        == maximal_covering(minutes, whole, 3, 12.0).value
    )
    assert p_center(split, 3).value == p_center(minutes, 3).value


@pytest.mark.parametrize("seed", SEEDS)
def test_more_sites_and_a_wider_limit_never_make_it_worse(seed):
    minutes, persons, _ = town(seed)

    medians = [p_median(minutes, persons, p).value for p in range(1, 17)]
    longest = [p_center(minutes, p).value for p in range(1, 17)]
    covered = [maximal_covering(minutes, persons, 2, limit).value for limit in range(0, 60, 5)]
    needed = [set_covering(minutes, limit).value for limit in range(25, 60, 5)]

    assert medians == sorted(medians, reverse=True)
    assert longest == sorted(longest, reverse=True)
    assert covered == sorted(covered)
    assert needed == sorted(needed, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_gives_the_same_answer(seed):
    minutes, persons, _ = town(seed, points=80, sites=80)

    one = p_median(minutes, persons, 9, seed=seed)
    two = p_median(minutes, persons, 9, seed=seed)
    other = p_median(minutes, persons, 9, seed=seed + 1)

    assert one.opened.tolist() == two.opened.tolist()
    assert one.value == other.value


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("nodes", [0, 3000])
def test_branching_and_the_mixed_integer_programme_agree(monkeypatch, seed, nodes):
    minutes, persons, fixed = town(seed, points=90, sites=90)
    median, charge = p_median(minutes, persons, 8), fixed_charge(minutes, persons, fixed / 2)

    monkeypatch.setattr(exact, "_FEW_TO_OPEN", -1)
    monkeypatch.setattr(exact, "_SHORT_BRANCHING", nodes)
    monkeypatch.setattr(exact, "_STEPS", 30)
    again, charged = p_median(minutes, persons, 8), fixed_charge(minutes, persons, fixed / 2)

    assert again.value == median.value
    assert charged.value == charge.value
    assert {again.status, charged.status} == {ProofStatus.PROVEN}

"""What must not change an answer does not, and what must change it does so the right way."""

import numpy as np
import pytest

from planner.domain import ProofStatus
from planner.facility_location.classical import (
    capacitated,
    exact,
    fixed_charge,
    maximal_covering,
    p_center,
    p_median,
    set_covering,
)
from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.interchange import interchange
from planner.facility_location.classical.kicks import improve
from planner.facility_location.classical.uncapacitated import Incumbent, Uncapacitated

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


@pytest.mark.parametrize("seed", SEEDS)
def test_solving_the_likely_sites_first_changes_no_value(monkeypatch, seed):
    minutes, persons, fixed = town(seed, points=90, sites=90)
    median, charge = p_median(minutes, persons, 8), fixed_charge(minutes, persons, fixed / 2)

    monkeypatch.setattr(exact, "_FEW_TO_OPEN", -1)
    monkeypatch.setattr(exact, "_SHORT_BRANCHING", 0)
    monkeypatch.setattr(exact, "_STEPS", 30)
    monkeypatch.setattr(exact, "_CORE_SITES", 1)
    monkeypatch.setattr(exact, "_CORE_SHARE", 0.9)
    again, charged = p_median(minutes, persons, 8), fixed_charge(minutes, persons, fixed / 2)

    assert again.value == median.value
    assert charged.value == charge.value
    assert {again.status, charged.status} == {ProofStatus.PROVEN}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("most", [1, 7, 10_000])
def test_an_interchange_broken_off_goes_on_to_where_no_swap_gains(monkeypatch, seed, most):
    minutes, persons, _ = town(seed, points=40, sites=20)
    problem = Uncapacitated.of(minutes, persons, np.zeros(20), count=4, row_length=20)
    is_open = np.arange(20) < 4
    monkeypatch.setattr("planner.facility_location.classical.kicks._ENTRIES_AT_ONCE", 40 * most)

    value = improve(problem, Incumbent(0.0, 0.0), is_open, np.arange(20), Stopwatch(None))

    opened = np.flatnonzero(is_open)
    assert value == problem.value_of(opened)
    for close in opened:
        for site in np.flatnonzero(~is_open):
            swapped = np.append(opened[opened != close], site)
            assert problem.value_of(swapped) >= value


def test_an_interchange_says_how_far_it_went():
    minutes, persons, _ = town(1, points=40, sites=20)
    problem = Uncapacitated.of(minutes, persons, np.zeros(20), count=20, row_length=20)
    went = np.zeros(2, dtype=np.int64)
    given = (problem.costs, problem.by_site, problem.weights, problem.fixed)

    interchange(*given, np.ones(20, dtype=bool), np.arange(20), True, 0.0, 6, went)  # noqa: FBT003

    assert went.tolist() == [6, 6]


@pytest.mark.parametrize("seed", SEEDS)
def test_capacities_by_branching_and_by_the_strong_formulation_agree(monkeypatch, seed):
    minutes, persons, fixed = town(seed, points=40, sites=14)
    random = np.random.default_rng(seed)
    capacity = np.rint(persons.sum() / 5 * random.uniform(0.7, 1.3, 14))
    costs = minutes * persons[:, None]

    monkeypatch.setattr(capacitated, "_BRIEF", 0)
    monkeypatch.setattr(capacitated, "_ROOT_STEPS", 40)
    stated = fixed_charge(costs, persons, fixed * 5, capacity)
    monkeypatch.setattr(capacitated, "_FEW_LINKS", 0)
    branched = fixed_charge(costs, persons, fixed * 5, capacity)

    assert stated.value == pytest.approx(branched.value, rel=1e-9)
    assert {stated.status, branched.status} == {ProofStatus.PROVEN}

"""Every door's answer equals the best of all choices, on more than 500 small problems."""

import math

import numpy as np
import pytest

from planner.domain import ProofStatus
from planner.errors import InfeasibleError
from planner.facility_location.classical import (
    NOWHERE,
    fixed_charge,
    maximal_covering,
    p_center,
    p_median,
    set_covering,
)
from tests import classical_cases as by_trying

CHUNKS, EACH = range(5), 20


def cases(chunk):
    return [by_trying.random_case(chunk * EACH + k) for k in range(EACH)]


def check(ask, best):
    """Require a proven answer of value `best`, or infeasible where `best` is inf."""
    if math.isinf(best):
        with pytest.raises(InfeasibleError):
            ask()
        return None
    answer = ask()
    assert answer.status is ProofStatus.PROVEN
    assert answer.gap == 0.0
    assert answer.bound == answer.value
    assert answer.value == pytest.approx(best, rel=1e-7, abs=1e-7)
    return answer


@pytest.mark.parametrize("chunk", CHUNKS)
def test_p_median_finds_the_least_person_minutes(chunk):
    for case in cases(chunk):
        answer = check(
            lambda case=case: p_median(case.minutes, case.persons, case.p),
            by_trying.least_person_minutes(case),
        )
        if answer is not None:
            assert len(answer.opened) == case.p
            served = answer.assignment != NOWHERE
            assert set(answer.assignment[served]) <= set(answer.opened)
            assert not case.persons[~served].any()


@pytest.mark.parametrize("chunk", CHUNKS)
def test_p_center_finds_the_shortest_longest_way(chunk):
    for case in cases(chunk):
        answer = check(
            lambda case=case: p_center(case.minutes, case.p),
            by_trying.shortest_longest_way(case),
        )
        if answer is not None:
            assert len(answer.opened) == case.p
            ways = case.minutes[np.arange(len(case.minutes)), answer.assignment]
            assert ways.max() == answer.value


@pytest.mark.parametrize("chunk", CHUNKS)
def test_set_covering_finds_the_cheapest_cover(chunk):
    for case in cases(chunk):
        answer = check(
            lambda case=case: set_covering(case.minutes, case.limit, case.costs),
            by_trying.cheapest_cover(case),
        )
        if answer is not None:
            ways = case.minutes[np.arange(len(case.minutes)), answer.assignment]
            assert (ways <= case.limit).all()


@pytest.mark.parametrize("chunk", CHUNKS)
def test_maximal_covering_finds_the_most_persons(chunk):
    for case in cases(chunk):
        answer = check(
            lambda case=case: maximal_covering(case.minutes, case.persons, case.p, case.limit),
            by_trying.most_persons_covered(case),
        )
        assert len(answer.opened) == case.p
        covered = answer.assignment != NOWHERE
        assert case.persons[covered].sum() == pytest.approx(answer.value)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_fixed_charge_finds_the_least_cost(chunk):
    for case in cases(chunk):
        check(
            lambda case=case: fixed_charge(case.minutes, case.persons, case.costs),
            by_trying.least_cost(case),
        )


@pytest.mark.parametrize("chunk", CHUNKS)
def test_fixed_charge_with_capacities_splits_demand_at_the_least_cost(chunk):
    for case in cases(chunk)[::2]:
        answer = check(
            lambda case=case: fixed_charge(case.minutes, case.persons, case.costs, case.capacity),
            by_trying.least_cost_with_capacity(case),
        )
        if answer is not None:
            shares = answer.assignment
            assert shares.sum(axis=1) == pytest.approx(1.0)
            assert (case.persons @ shares <= case.capacity + 1e-6).all()
            assert set(np.flatnonzero(shares.any(axis=0))) <= set(answer.opened)

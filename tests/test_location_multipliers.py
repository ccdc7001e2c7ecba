"""Prices into bounds: true whatever the prices are, near the relaxation's once they are good."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from planner.errors import CancelledError, InfeasibleError
from planner.facility_location import DEFAULT, Limits, narrowing, solve
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort, Ending
from planner.facility_location.multipliers import Pricing
from planner.facility_location.options import Options
from planner.facility_location.promising import minimise_by_prices
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.stated import state
from planner.records import total_aims
from planner.verification import broken_rules
from tests.location_brute_force import best_values
from tests.test_location_random import random_town
from tests.test_location_solver import seeded_region

AIMS = ("persons_unserved", "persons_beyond_standard", "new_sites", "cost_eur", "person_minutes")
TOWNS = 60
PRICES_OF_A_TOWN = 4


def towns_of_one_service(count):
    """Return random towns in which one service alone is planned."""
    found = []
    seed = 0
    while len(found) < count:
        problem = random_town(seed, eager=2.0)
        if len(problem.services) == 1 and problem.persons:
            found.append((seed, problem))
        seed += 1
    return found


def stated_town(problem):
    """Return the model of a town with all aims."""
    ground = reduce_ground(survey(problem, tuple(problem.services)), DEFAULT)
    return state(ground, DEFAULT, AIMS)


def least(stated, aim, lower=None):
    """Return the exact least value of an aim, ``inf`` where nothing keeps the rules."""
    handed = stated.handed
    lower = handed.lower if lower is None else lower
    outcome = stated.minimise(
        aim, Effort(gap=0.0), lower=lower, upper=handed.upper, whole_persons=True
    )
    return math.inf if outcome.ending is Ending.INFEASIBLE else outcome.value


@pytest.mark.parametrize(("seed", "problem"), towns_of_one_service(TOWNS))
def test_no_prices_give_a_bound_above_the_best_plan_nor_shut_it_out(seed, problem):
    stated = stated_town(problem)
    handed = stated.handed
    if not stated.columns.ways or math.isinf(least(stated, "persons_unserved")):
        return
    stated.hold("persons_unserved", least(stated, "persons_unserved"))
    draw = np.random.default_rng(seed)
    options = Options.of(stated)
    for aim in AIMS:
        best = least(stated, aim)
        pricing = Pricing(stated, options, aim, handed.lower, handed.upper)
        priced = pricing.improve(
            target=best, enough=lambda _: False, deadline=time.monotonic() + 5.0, steps=60
        )
        assert priced.bound <= best + 1e-6
        tries = priced.prices + draw.normal(size=(PRICES_OF_A_TOWN, len(priced.prices))) * 20.0
        for prices in tries:
            again = pricing.improve(
                target=best,
                enough=lambda _: False,
                deadline=time.monotonic() + 5.0,
                begun=replace(priced, prices=pricing.allowed(prices)),
                steps=1,
            )
            assert again.bound <= best + 1e-6
        persons = np.flatnonzero(stated.columns.persons)
        for column in draw.permutation([*options.way, *persons])[:8]:
            forced = handed.lower.copy()
            forced[column] = 1.0
            if forced[column] <= handed.upper[column]:
                assert priced.bound + priced.added[column] <= least(stated, aim, forced) + 1e-6


@pytest.mark.parametrize("aim", ["new_sites", "cost_eur", "person_minutes"])
def test_good_prices_give_at_least_nearly_the_bound_of_the_relaxation(aim):
    problem = seeded_region(8, points=40, services=1)
    stated = state(survey(problem, ("s0",)), DEFAULT, AIMS)
    stated.hold("persons_unserved", 0)
    handed = stated.handed
    relaxed = stated.minimise(aim, Effort(relaxed=True))
    best = stated.minimise(aim, Effort(gap=1e-4))

    pricing = Pricing(stated, Options.of(stated), aim, handed.lower, handed.upper)
    priced = pricing.improve(
        target=best.value, enough=lambda _: False, deadline=time.monotonic() + 30.0
    )

    assert priced.bound <= best.value * (1 + 1e-4) + 1e-6
    assert priced.bound >= 0.99 * relaxed.bound


def test_prices_that_are_enough_end_the_search_for_better_ones():
    problem = seeded_region(8, points=20, services=1)
    stated = state(survey(problem, ("s0",)), DEFAULT, AIMS)
    pricing = Pricing(
        stated, Options.of(stated), "person_minutes", stated.handed.lower, stated.handed.upper
    )
    asked = []

    pricing.improve(
        target=1e9, enough=lambda b: asked.append(b) or True, deadline=time.monotonic() + 30.0
    )

    assert len(asked) == 1


def test_prices_without_the_value_of_a_plan_are_refused_and_not_made_up():
    problem = seeded_region(8, points=20, services=1)
    stated = state(survey(problem, ("s0",)), DEFAULT, AIMS)
    pricing = Pricing(
        stated, Options.of(stated), "cost_eur", stated.handed.lower, stated.handed.upper
    )

    with pytest.raises(ValueError, match="value of a plan"):
        pricing.improve(target=math.inf, enough=lambda _: False, deadline=time.monotonic() + 5.0)


def test_a_search_that_is_over_ends_between_two_steps():
    problem = seeded_region(8, points=40, services=1)
    stated = state(survey(problem, ("s0",)), DEFAULT, AIMS)
    best = stated.settle("cost_eur", stated.ways_of_today(), effort=Effort())
    answers = iter([False] * 20)
    effort = Effort(gap=0.0, stop=lambda: next(answers, True))
    pursuit = Pursuit(stated, "persons_unserved", effort, math.inf, lambda *_: None)

    with pytest.raises(CancelledError):
        minimise_by_prices(pursuit, best)


@pytest.mark.parametrize("seed", range(150))
def test_towns_searched_by_prices_equal_brute_force(seed, monkeypatch):
    problem = random_town(seed, eager=2.0)
    monkeypatch.setattr(narrowing, "MANY_WAYS", 1)
    wanted = best_values(problem, tuple(problem.services))
    if wanted is None:
        with pytest.raises(InfeasibleError):
            solve(problem, limits=Limits(gap=0.0, threads=1))
        return
    plan = solve(problem, limits=Limits(gap=0.0, threads=1))

    assert not broken_rules(problem, plan)
    if len(problem.services) == 1:
        assert [aim.value for aim in total_aims(plan.proof)] == pytest.approx(wanted)
    for aim in total_aims(plan.proof):
        assert aim.bound <= aim.value + 1e-6

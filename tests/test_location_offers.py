"""What one service can and cannot reach, as it is learned question by question."""

import itertools
import math
import time
from dataclasses import replace

import numpy as np
import pytest

from planner.facility_location import DEFAULT
from planner.facility_location import constraints as rule
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort
from planner.facility_location.ledger import Ledger
from planner.facility_location.offers import NO_LIMIT, Offers, Question
from planner.facility_location.stated import state
from tests.test_location_solver import seeded_region

AIMS = ("persons_unserved", "persons_beyond_standard", "new_sites", "cost_eur", "person_minutes")
UNSERVED, BEYOND, NEW, COST, MINUTES = range(5)


def offers_of(service="s0", *, seed=3, packed=True) -> Offers:
    """Return a service of a made-up region of which only today's plan is known."""
    alone = DEFAULT.without(rule.stay_within_budget)
    stated = state(survey(seeded_region(seed, points=10), (service,)), alone, AIMS)
    known = Offers(stated, AIMS)
    if packed:
        known.pack("persons_unserved", "cost_eur")
    today = stated.settle("persons_unserved", stated.ways_of_today(), effort=Effort())
    known.keep(today)
    return known


def ask(known: Offers, aim: int, **limits: float) -> None:
    """Ask for the least of one amount within limits."""
    weights = np.zeros(len(AIMS))
    weights[aim] = 1.0
    limit = np.array([limits.get(name, NO_LIMIT) for name in AIMS])
    question = Question(weights, limit, 0.0)
    find_out(known, question)


def find_out(known: Offers, question: Question) -> None:
    """Answer a question and learn it."""
    deadline = time.monotonic() + 60
    known.learn(
        known.answer(question, effort=Effort(), deadline=deadline, on_progress=lambda *_: None)
    )


def least_by_the_whole_model(known: Offers, aim: int, **limits: float) -> float:
    """Return the least of one amount within limits, in one programme without any knowledge."""
    stated = known.stated
    for name, most in limits.items():
        stated = stated.holding(name, most)
    outcome = stated.minimise(AIMS[aim], Effort(gap_abs=1e-4), whole_persons=True)
    return math.inf if outcome.values is None else outcome.value


def test_a_corner_is_kept_for_every_way_around_what_is_ruled_out():
    known = offers_of(packed=False)
    known.steps = np.array([1.0, 1.0, 1.0, 10.0, 0.001])

    known.rule_out(np.array([2.0, NO_LIMIT, NO_LIMIT, 35.0, NO_LIMIT]))

    assert known.corners.tolist() == [[0, 0, 0, 40, 0], [3, 0, 0, 0, 0]]


@pytest.mark.parametrize("seed", range(20))
def test_corners_are_just_the_least_amounts_that_no_limit_rules_out(seed):
    order = np.random.default_rng(seed)
    known = offers_of(packed=False)
    known.steps = np.ones(len(AIMS))
    limits = [np.append(order.integers(0, 4, 3), [NO_LIMIT] * 2) for _ in range(6)]
    limits = [np.where(order.random(5) < 0.3, NO_LIMIT, limit) for limit in limits]

    for limit in limits:
        known.rule_out(limit)

    for amounts in itertools.product(range(6), repeat=3):
        found = np.array([*amounts, 0.0, 0.0])
        ruled_out = any((found <= limit).all() for limit in limits)
        above = (known.corners <= found).all(axis=1).any()
        assert above != ruled_out


@pytest.mark.parametrize("seed", range(4))
def test_every_known_plan_is_above_a_corner_and_above_every_price(seed):
    known = offers_of(seed=seed)
    order = np.random.default_rng(seed)

    for cost in (0, 100_000, 200_000, 400_000):
        ask(known, UNSERVED, cost_eur=cost)
    for unserved in (0, 3, 8):
        ask(known, COST, persons_unserved=unserved)
    for thoroughly in (False, True):
        weights = np.array([1.0, 0.2, 0.0, order.random() / 10_000, 0.0])
        question = Question(weights, np.full(5, NO_LIMIT), 0.01, thoroughly=thoroughly)
        find_out(known, question)

    assert len(known.points) > 2
    for amounts, values in known.points:
        assert (known.corners <= amounts + 1e-6).all(axis=1).any()
        for weights, least in known.prices:
            assert weights @ amounts >= least - 1e-4
        assert [known.stated.value_of(aim, values) for aim in AIMS] == amounts.tolist()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("unserved", [0, 4])
def test_an_answer_is_what_the_whole_model_says(seed, unserved):
    known = offers_of(seed=seed)
    expected = least_by_the_whole_model(known, COST, persons_unserved=unserved)

    ask(known, COST, persons_unserved=unserved)

    within = [a for a, _ in known.points if a[UNSERVED] <= unserved]
    assert min((a[COST] for a in within), default=math.inf) == pytest.approx(expected)
    beside = np.array([unserved, 1e9, 1e9, 1e9, 1e9])
    reachable = known.corners[(known.corners <= beside).all(axis=1)]
    assert min(reachable[:, COST], default=math.inf) == pytest.approx(expected)


def test_places_alone_bound_the_costs_before_anything_is_asked():
    known = offers_of()
    served_all = known.corners[known.corners[:, UNSERVED] == 0]

    assert (
        0 < served_all[:, COST].min() <= least_by_the_whole_model(known, COST, persons_unserved=0)
    )


def test_a_service_without_any_place_serves_nobody():
    problem = replace(seeded_region(3, points=10), sizes={})
    stated = state(survey(problem, ("s0",)), DEFAULT, AIMS)
    known = Offers(stated, AIMS)

    known.pack("persons_unserved", "cost_eur")

    need = sum(stated.ground.needs.values())
    assert known.corners[:, UNSERVED].min() == need


def test_the_ledger_never_picks_more_than_the_best_known_plans_use():
    offers = [offers_of("s0"), offers_of("s1")]
    for known in offers:
        ask(known, UNSERVED, cost_eur=200_000)
        ask(known, COST, persons_unserved=5)
    most = np.array([NO_LIMIT, NO_LIMIT, NO_LIMIT, 300_000.0, NO_LIMIT])
    ledger = Ledger(offers, most)

    least = ledger.least(UNSERVED, Effort())
    best = ledger.best_known(UNSERVED, Effort())
    prices = ledger.prices(UNSERVED, Effort())

    assert least.bound <= best.value + 1e-6
    assert sum(amounts[COST] for amounts in best.amounts) <= 300_000
    assert prices.value <= best.value + 1e-6
    assert prices.weights[UNSERVED] == 1.0
    assert prices.weights[COST] > 0.0

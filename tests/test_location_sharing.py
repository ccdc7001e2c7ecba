"""A budget that services share: the knapsack over services proves what the whole model finds."""

from dataclasses import replace

import pytest

from planner.domain import ProofStatus
from planner.facility_location import DEFAULT, Limits, solve
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort
from planner.facility_location.packing import Allowance, least_costs, needless_ways
from planner.facility_location.sharing import Sharing
from planner.facility_location.stated import state
from planner.records import total_aims
from planner.verification import broken_rules
from tests.test_location_solver import seeded_region
from tests.towns import CARE, two_villages


@pytest.mark.parametrize("budget", [150_000, 300_000, 500_000])
def test_the_fewest_unserved_under_a_shared_budget_are_those_of_the_whole_model(budget):
    problem = seeded_region(21, points=12, budget=budget)
    stated = state(survey(problem, ("s0", "s1")), DEFAULT, ["persons_unserved"])
    whole = stated.minimise("persons_unserved", Effort(gap_abs=0.5))

    plan = solve(problem, limits=Limits(gap=0.0, threads=1))

    (_, aims), *_ = plan.proof.groups
    assert aims[0].value == round(whole.value)
    assert aims[0].status is ProofStatus.PROVEN
    assert broken_rules(problem, plan) == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("budget", [150_000, 260_000])
def test_every_aim_under_a_shared_budget_is_that_of_the_whole_model(seed, budget, monkeypatch):
    problem = seeded_region(seed, points=9, budget=budget)
    apart = solve(problem, limits=Limits(gap=0.0, threads=2))
    monkeypatch.setattr(Sharing, "of", lambda *_: None)

    together = solve(problem, limits=Limits(gap=0.0, threads=1))

    assert [a.value for a in total_aims(apart.proof)] == [
        pytest.approx(a.value) for a in total_aims(together.proof)
    ]
    assert {a.status for a in total_aims(apart.proof)} == {ProofStatus.PROVEN}
    assert broken_rules(problem, apart) == ()


def test_places_for_more_persons_never_cost_less():
    problem = replace(two_villages(), budgets=())

    costs = least_costs(survey(problem, (CARE,)), 14)

    assert costs[0] == 0
    assert set(costs[1:11]) == {100_000}
    assert set(costs[11:]) == {180_000}


def test_a_size_that_would_break_the_cost_is_left_out():
    ground = survey(two_villages(), (CARE,))
    allowance = Allowance(persons_served=14, new_units=1, cost_eur=180_000)

    needless, least = needless_ways(ground, allowance)

    assert {(option, way.places) for option, way in needless} == {
        ((CARE, "north"), 10),
        ((CARE, "south"), 10),
    }
    assert least == 180_000

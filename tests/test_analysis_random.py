"""Random towns: every reason is true of the rule it names, and every figure adds up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from planner.analysis.comparison import Turn, compare
from planner.analysis.dropping import DROPS
from planner.analysis.duplication import needless_units, sites_beyond_fewest
from planner.analysis.explanation import explain_unserved
from planner.analysis.indicators import municipality_figures, service_figures
from planner.analysis.purposes import why_open
from planner.domain import AimTerms, Budget, Plan, Problem, Reason, Size
from planner.errors import InfeasibleError
from planner.facility_location import Limits, solve
from planner.records import plan_to_json, problem_to_json
from planner.verification import broken_rules, check_saved
from tests.test_location_random import CROWDED
from tests.test_location_random import random_town as crowded_town
from tests.towns import CARE, DAY_CARE, FAR, standing, town

EXACT = Limits(gap=0.0, threads=1)


def random_town(seed: int) -> Problem:
    """Return a town of up to five points and sites, each rule that can hold people back or not."""
    r = random.Random(seed)
    sites = [f"s{k}" for k in range(r.randint(2, 5))]
    points = [f"p{k}" for k in range(r.randint(2, 5))]
    homes = {place: r.choice(("east", "west")) for place in (*points, *sites)}
    minutes = {
        i: {j: FAR if r.random() < 0.1 else round(r.uniform(3, 80), 3) for j in sites}
        for i in points
    }
    stands = [j for j in sites if r.random() < 0.3]
    build = {
        (CARE, j): tuple(Size(n, 10 * n + r.randint(0, 9)) for n in r.sample((2, 4, 6), 2))
        for j in sites
        if j not in stands
    }
    rules = {
        "budgets": (Budget("fund", r.choice((0, 45, 90))),),
        "new_sites_at_most": {CARE: r.randint(0, 2)},
        "vetoed": {option: "no" for option in build if r.random() < 0.5},
        "closing": {(CARE, j): "ends" for j in stands if r.random() < 0.5},
        "agreements": frozenset({(CARE, "east", "west")}),
    }
    chosen = {name: rule for name, rule in rules.items() if r.random() < 0.4}
    return town(
        minutes,
        {i: r.randint(1, 7) for i in points},
        services=(replace(DAY_CARE, least_load_persons=r.choice((1, 2, 4))),),
        build=build,
        municipalities=homes,
        existing={(CARE, j): standing(r.randint(1, 6)) for j in stands},
        **chosen,
    )


def explained(problem: Problem) -> Plan:
    return explain_unserved(problem, solve(problem, limits=EXACT), limits=EXACT)


@pytest.mark.parametrize("seed", range(60))
def test_without_the_rule_that_is_the_reason_so_many_more_are_served(seed: int) -> None:
    problem = random_town(seed)

    plan = explained(problem)

    assert broken_rules(problem, plan) == ()
    counted = service_figures(problem, plan)[CARE]
    assert sum(counted.reasons.values()) == counted.unserved
    for drop in DROPS:
        if drop.reason in {Reason.BUDGET, Reason.SITES_AT_MOST}:
            relaxed = replace(drop.of(problem), aims=(AimTerms("persons_unserved"),))
            still = sum(solve(relaxed, limits=EXACT).unserved.values())
            assert still <= counted.unserved - counted.reasons.get(drop.reason, 0)


@pytest.mark.parametrize("seed", range(60, 90))
def test_figures_add_up_and_nothing_changes_against_itself(seed: int) -> None:
    problem = random_town(seed)

    plan = explained(problem)

    whole = service_figures(problem, plan)[CARE]
    parts = municipality_figures(problem, plan).values()
    for name in ("need", "served", "unserved", "reach", "within_standard", "places", "cost_eur"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert whole.need == whole.served + whole.unserved == sum(problem.persons.values())
    assert whole.within_standard <= whole.served
    assert compare(problem, plan, problem, plan).total().turn == Turn(unchanged=whole.served)
    assert sum(p.persons for p in why_open(problem, plan).values()) <= whole.served
    assert check_saved(problem_to_json(problem), plan_to_json(plan)) == ()


@pytest.mark.parametrize("seed", range(90, 120))
def test_a_plan_with_the_fewest_sites_has_no_needless_one(seed: int) -> None:
    problem = random_town(seed)
    plan = solve(problem, limits=EXACT)

    assert all(found.beyond == 0 for found in sites_beyond_fewest(problem, plan).values())
    assert not any(needless_units(problem, plan).values())


@pytest.mark.parametrize("block", range(6))
def test_every_unserved_person_of_crowded_towns_has_one_reason(block: int) -> None:
    unserved, told = 0, set()
    for seed in range(block, 90, 6):
        problem = crowded_town(seed, eager=CROWDED)
        try:
            plan = explained(problem)
        except InfeasibleError:
            continue
        assert {need: sum(found.values()) for need, found in plan.reasons.items()} == plan.unserved
        assert broken_rules(problem, plan) == ()
        unserved += sum(plan.unserved.values())
        told |= {reason for found in plan.reasons.values() for reason in found}
    assert unserved
    assert len(told) > 1

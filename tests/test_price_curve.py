"""What a tolerance saves: every point of the curve is what trying everything finds."""

from dataclasses import replace

import pytest

from planner.analysis.frontier import SHARES, price_curve
from planner.domain import AimTerms, Budget, ProofStatus
from planner.errors import InfeasibleError, InputError
from planner.facility_location import (
    DEFAULT,
    Limits,
    aims_at,
    solve,
    solve_tolerances,
    tolerances,
)
from planner.facility_location.apart import _pick, services_apart
from planner.facility_location.highs import Effort
from planner.facility_location.search import Clock, Search
from planner.facility_location.sweeps import Bound, Sweep
from planner.facility_location.tolerances import _ends_then_middles
from planner.verification import broken_rules
from tests.location_brute_force import best_values
from tests.test_location_random import random_town
from tests.test_location_solver import seeded_region
from tests.towns import CARE, island, river_town, two_villages

EXACT = Limits(gap=0.0, threads=1)
UNSERVED, BEYOND = "persons_unserved", "persons_beyond_standard"


def test_a_site_on_either_bank_costs_180_000_until_half_may_cross_the_bridge():
    curve = price_curve(river_town(), shares=(0.0, 0.4, 0.5), limits=EXACT)

    told = [(p.within_standard, p.new_units, p.cost_eur) for p in curve.points]
    assert told == [(10, 2, 200_000), (10, 2, 200_000), (10, 2, 200_000), (5, 1, 100_000)]
    assert [p.share for p in curve.points] == [0.0, 0.05, 0.4, 0.5]
    assert curve.asked == 0.05
    assert {p.status for p in curve.points} == {ProofStatus.PROVEN}


def test_whom_nobody_must_serve_costs_nothing():
    curve = price_curve(two_villages(), UNSERVED, shares=(0.0, 0.3, 1.0), limits=EXACT)

    told = [(p.served, p.new_units, p.cost_eur) for p in curve.points]
    assert told == [(14, 1, 180_000), (10, 1, 100_000), (0, 0, 0)]


def test_whoever_no_road_reaches_is_in_no_price():
    curve = price_curve(island(), limits=EXACT)

    assert {(p.need, p.served) for p in curve.points} == {(10, 8)}


@pytest.mark.parametrize("aim", [BEYOND, UNSERVED])
@pytest.mark.parametrize("block", range(4))
def test_every_point_of_random_towns_is_the_best_there_is(block, aim):
    priced = 0
    for seed in range(block, 120, 4):
        problem = random_town(seed)
        try:
            aims_at(problem, aim, 0.0)
        except InputError:
            continue
        shares = (0.0, 0.1, 0.25, 0.5, 1.0)
        try:
            plans = solve_tolerances(problem, aim, shares, limits=EXACT)
        except InfeasibleError:
            continue
        priced += 1
        for share, plan in zip(shares, plans, strict=True):
            asked = replace(problem, aims=aims_at(problem, aim, share))
            assert broken_rules(asked, plan) == (), f"seed {seed}, {share}"
            for services, aims in plan.proof.groups:
                best = best_values(asked, services)
                found = [proof.value for proof in aims]
                assert found == pytest.approx(best, abs=1e-4), f"seed {seed}, {share}"
                assert all(proof.gap <= 1e-6 for proof in aims), f"seed {seed}, {share}"
    assert priced > 20


@pytest.fixture(scope="module")
def region():
    return seeded_region(31, points=16, services=2)


@pytest.fixture(scope="module")
def curve(region):
    return price_curve(region, limits=EXACT)


def test_a_curve_says_what_solving_each_tolerance_alone_says(region, curve):
    for point in curve.points[::3]:
        alone = solve(replace(region, aims=point.problem.aims), limits=EXACT)
        values = [[aim.value for aim in aims] for _, aims in alone.proof.groups]
        assert [[a.value for a in aims] for _, aims in point.plan.proof.groups] == values


def test_more_tolerance_never_costs_more_sites_and_serves_no_fewer(curve):
    assert [p.share for p in curve.points] == sorted(SHARES)
    new = [{a.name: a.value for a in p.aims}["new_sites"] for p in curve.points]
    assert new == sorted(new, reverse=True)
    assert new[0] > new[-1]
    assert {p.served for p in curve.points} == {curve.points[0].served}


def test_a_plan_to_begin_with_changes_no_point(region, curve):
    plan = solve(region, limits=EXACT)

    again = price_curve(region, limits=EXACT, start=plan)

    assert [p.aims[-1].value for p in again.points] == [p.aims[-1].value for p in curve.points]
    assert [p.new_units for p in again.points] == [p.new_units for p in curve.points]


def test_under_a_common_budget_the_services_are_priced_together():
    problem = seeded_region(21, points=8, budget=300_000)

    found = price_curve(problem, shares=(0.0, 0.2, 1.0), limits=EXACT)

    for point in found.points:
        [(services, _)] = point.plan.proof.groups
        assert services == ("s0", "s1")
        assert point.cost_eur <= 300_000
        alone = solve(replace(problem, aims=point.problem.aims), limits=EXACT)
        [(_, values)] = alone.proof.groups
        assert [a.value for a in point.aims] == [a.value for a in values]


def test_without_time_every_point_still_is_a_plan_with_an_honest_status():
    problem = seeded_region(3, points=50, budget=900_000)

    found = price_curve(problem, limits=Limits(seconds=4.0, threads=1, gap=0.0))

    assert len(found.points) == len(SHARES)
    for point in found.points:
        for aim in point.aims:
            assert aim.bound <= aim.value
            assert aim.gap == 1.0 or aim.status is not ProofStatus.STOPPED


def test_a_bound_goes_from_the_looser_to_the_tighter_and_never_back():
    known = Bound("cost_eur", {BEYOND: 5.0, "new_sites": 3.0}, 100.0)

    assert known.holds_for("cost_eur", {BEYOND: 4.0, "new_sites": 3.0})
    assert known.holds_for("cost_eur", {BEYOND: 5.0, "new_sites": 2.0, "sites": 9.0})
    assert not known.holds_for("cost_eur", {BEYOND: 6.0, "new_sites": 3.0})
    assert not known.holds_for("cost_eur", {BEYOND: 4.0})
    assert not known.holds_for("new_sites", {BEYOND: 4.0, "new_sites": 3.0})


@pytest.mark.parametrize("count", range(12))
def test_the_ends_come_first_and_every_tolerance_once(count):
    order = list(_ends_then_middles(count))

    assert sorted(order) == list(range(count))
    assert order[:2] == sorted({0, count - 1})[: len(order)] or count == 0


@pytest.mark.parametrize(
    "aims",
    [
        (AimTerms(BEYOND), AimTerms(UNSERVED)),
        (AimTerms("cost_eur"), AimTerms(BEYOND)),
        (AimTerms(UNSERVED), AimTerms("cost_eur")),
        (AimTerms(BEYOND), AimTerms("worst_served_first"), AimTerms("cost_eur")),
    ],
)
def test_without_an_aim_to_buy_there_is_no_price(aims):
    with pytest.raises(InputError):
        price_curve(replace(two_villages(), aims=aims), BEYOND)


def test_a_tolerance_is_a_share():
    with pytest.raises(InputError, match="give 0 to 1"):
        price_curve(two_villages(), shares=(0.0, 5.0))


def test_a_tolerance_in_persons_is_no_point_of_the_curve():
    aims = tuple(
        AimTerms(t.name, absolute=2.0) if t.name == BEYOND else t for t in two_villages().aims
    )

    curve = price_curve(replace(two_villages(), aims=aims), shares=(0.0, 1.0), limits=EXACT)

    assert curve.asked is None
    assert [p.share for p in curve.points] == [0.0, 1.0]


def test_a_budget_that_buys_nothing_leaves_one_point_ten_times():
    curve = price_curve(two_villages(budgets=(Budget("fund", 0),)), limits=EXACT)

    assert {(p.served, p.new_units, p.cost_eur) for p in curve.points} == {(0, 0, 0)}
    assert set(curve.points[0].plan.unserved) == {(CARE, "north"), (CARE, "south")}


def shared_town(seed):
    """Return a town of two services that a common budget couples, and nothing else."""
    problem = random_town(seed, eager=0.5)
    amount = (30_000, 60_000, 100_000, 1_000_000)[seed % 4]
    return replace(
        problem,
        budgets=(Budget("shared", amount),),
        new_sites_at_most={},
        sites_at_most={},
        address_places_at_most={},
        approved=None,
        aims=two_villages().aims,
    )


@pytest.mark.parametrize("block", range(4))
def test_services_under_a_common_budget_are_priced_exactly_service_by_service(monkeypatch, block):
    apart = []

    def noted(whole, formulation):
        found = services_apart(whole, formulation)
        apart.append(found is not None)
        return found

    monkeypatch.setattr(tolerances, "services_apart", noted)
    for seed in range(block, 200, 4):
        problem = shared_town(seed)
        if len(problem.services) == 1:
            continue
        shares = (0.0, 0.15, 0.3, 0.6, 1.0)
        try:
            plans = solve_tolerances(problem, BEYOND, shares, limits=EXACT)
        except InfeasibleError:
            continue
        for share, plan in zip(shares, plans, strict=True):
            asked = replace(problem, aims=aims_at(problem, BEYOND, share))
            assert broken_rules(asked, plan) == (), f"seed {seed}, {share}"
            [(services, aims)] = plan.proof.groups
            found = [proof.value for proof in aims]
            assert found == pytest.approx(best_values(asked, services)), f"seed {seed}, {share}"
            assert all(proof.gap <= 1e-6 for proof in aims), f"seed {seed}, {share}"
    assert sum(apart) > 3


def test_what_the_services_find_apart_is_a_bound_and_a_plan_of_them_all():
    problem = seeded_region(21, points=9, budget=2_000_000)
    first = solve(replace(problem, aims=problem.aims[:2]), limits=EXACT)
    search = Search(Clock(None), Effort(gap=0.0), lambda *_: None)
    whole = Sweep(problem, ("s0", "s1"), DEFAULT, aims_at(problem, BEYOND, 0.0), first, search)
    apart = services_apart(whole, DEFAULT)

    assert apart is not None
    for tolerance in (0.0, 5.0, 20.0):
        apart.teach([tolerance])
        held = whole.held_at(tolerance)
        best, bound = (
            whole.memory.best("new_sites", held.held),
            whole.memory.bound("new_sites", held.held),
        )
        alone = held.minimise("new_sites", Effort(gap_abs=0.5))
        assert bound == round(alone.value)
        assert held.value_of("new_sites", best) == bound


def test_a_knapsack_deals_out_persons_so_that_the_sum_is_least():
    one = [(0, 9.0, 2), (3, 4.0, 9)]
    other = [(1, 7.0, 3), (4, 1.0, 9)]

    assert _pick([one, other], 0) is None
    assert _pick([one, other], 3) == ([one[0], other[0]], 16.0)
    assert _pick([one, other], 4) == ([one[0], other[1]], 10.0)
    assert _pick([one, other], 6) == ([one[0], other[1]], 10.0)
    assert _pick([one, other], 7) == ([one[1], other[1]], 5.0)

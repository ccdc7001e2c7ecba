"""What solving promises: the best plan with a proof, no plan lost, words where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from planner.domain import (
    EVERY_SERVICE,
    AimTerms,
    Budget,
    Kind,
    Opening,
    ProofStatus,
    ServiceTerms,
    Size,
    Stay,
)
from planner.errors import CancelledError, InfeasibleError, NoPlanError
from planner.facility_location import DEFAULT, Limits, solve
from planner.records import total_aims
from planner.verification import broken_rules
from tests.towns import CARE, DAY_CARE, island, overfull, river_town, standing, town, two_villages

EXACT = Limits(gap=0.0, threads=1)


def values(plan):
    return {aim.name: aim.value for aim in total_aims(plan.proof)}


def seeded_region(seed, *, points=40, services=2, budget=None):
    """Return a made-up region, large enough that the solver has to branch."""
    r = np.random.default_rng(seed)
    xy = r.random((points, 2)) * 90
    apart = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    minutes = np.round(np.maximum(apart, 3.0), 3)
    ids = tuple(f"p{k}" for k in range(points))
    terms = [
        ServiceTerms(f"s{k}", Stay.DAY, 25.0, 50.0, least_load_persons=4) for k in range(services)
    ]
    base = town({i: {i: 3.0} for i in ids}, {})
    return replace(
        base,
        points=ids,
        sites=ids,
        minutes=minutes,
        services={t.id: t for t in terms},
        persons={
            (t.id, i): int(n)
            for t in terms
            for i, n in zip(ids, r.integers(1, 6, points), strict=True)
        },
        sizes={
            (t.id, i): tuple(Size(k, 10_000 * k) for k in (8, 13, 30)) for t in terms for i in ids
        },
        budgets=() if budget is None else (Budget("common", budget),),
    )


def test_two_villages_share_one_centre_in_the_larger():
    plan = solve(two_villages(), limits=EXACT)

    assert plan.opened == {(CARE, "north"): Opening(20, 1, Kind.NEW)}
    assert plan.assigned == {(CARE, "north", "north"): 10, (CARE, "south", "north"): 4}
    assert plan.unserved == {}
    assert values(plan) == {
        "persons_unserved": 0,
        "persons_beyond_standard": 0,
        "new_sites": 1,
        "cost_eur": 180_000,
        "person_minutes": 110,
    }


def test_a_river_is_worth_a_second_centre_until_comfort_is_given_back():
    strict = replace(
        river_town(), aims=(AimTerms("persons_unserved"), AimTerms("persons_beyond_standard"))
    )
    generous = replace(
        river_town(),
        aims=(
            AimTerms("persons_unserved"),
            AimTerms("persons_beyond_standard", of_need=0.5),
            AimTerms("new_sites"),
        ),
    )

    assert len(solve(strict, limits=EXACT).opened) == 2
    assert len(solve(generous, limits=EXACT).opened) == 1


def test_islanders_stay_unserved_and_are_counted():
    plan = solve(island(), limits=EXACT)

    assert plan.unserved == {(CARE, "island"): 2}
    assert total_aims(plan.proof)[0].status is ProofStatus.PROVEN


def test_a_full_centre_grows_before_another_is_built():
    grows = standing(10, larger=(Size(20, 70_000),))

    problem = town(
        {"town": {"town": 3.0, "village": 20.0}, "village": {"town": 20.0, "village": 3.0}},
        {"town": 10, "village": 4},
        existing={(CARE, "town"): grows},
        build=("village",),
    )

    plan = solve(problem, limits=EXACT)

    assert plan.opened == {(CARE, "town"): Opening(20, 1, Kind.ENLARGED)}
    assert values(plan)["new_sites"] == 0


def test_the_worst_served_can_be_put_first():
    problem = replace(
        two_villages(), aims=(AimTerms("persons_unserved"), AimTerms("worst_minutes"))
    )

    plan = solve(problem, limits=EXACT)

    assert values(plan)["worst_minutes"] == 3
    assert set(plan.opened) == {(CARE, "north"), (CARE, "south")}


def test_after_the_worst_served_the_next_worst_count():
    # One centre: east and west both leave someone 40 minutes away, but west leaves only one.
    problem = town(
        {
            "far": {"east": 40.0, "west": 40.0},
            "near": {"east": 35.0, "west": 10.0},
            "home": {"east": 3.0, "west": 20.0},
        },
        {"far": 2, "near": 2, "home": 9},
        build=("east", "west"),
        new_sites_at_most={CARE: 1},
    )
    aims = (AimTerms("persons_unserved"), AimTerms("worst_served_first"), AimTerms("cost_eur"))

    plan = solve(replace(problem, aims=aims), limits=EXACT)

    assert set(plan.opened) == {(CARE, "west")}
    assert values(plan)["worst_served_first"] == 40


def test_a_cheaper_plan_may_not_lengthen_a_trip_of_the_better_served():
    # Far must go 40 minutes. Near goes 10 to the dear centre, or 20 to two cheap ones: nobody makes
    # a trip of 20 minutes in the first plan found, and for money alone nobody shall.
    problem = town(
        {"far": {"mid": 40.0}, "near": {"dear": 10.0, "cheap": 20.0, "other": 20.0}},
        {"far": 3, "near": 3},
        services=(replace(DAY_CARE, least_load_persons=1),),
        build={
            (CARE, "mid"): (Size(3, 10_000),),
            (CARE, "dear"): (Size(3, 90_000),),
            (CARE, "cheap"): (Size(2, 10_000),),
            (CARE, "other"): (Size(2, 10_000),),
        },
    )
    aims = (AimTerms("persons_unserved"), AimTerms("worst_served_first"), AimTerms("cost_eur"))

    plan = solve(replace(problem, aims=aims), limits=EXACT)

    assert set(plan.opened) == {(CARE, "mid"), (CARE, "dear")}


def test_an_approved_plan_is_changed_as_little_as_the_rules_allow():
    approved = {(CARE, "south"): 20}
    problem = replace(
        two_villages(approved=approved), aims=(AimTerms("persons_unserved"), AimTerms("changes"))
    )

    plan = solve(problem, limits=EXACT)

    assert plan.opened == {(CARE, "south"): Opening(20, 1, Kind.NEW)}
    assert values(plan)["changes"] == 0


def test_services_apart_have_a_proof_each_and_a_common_budget_joins_them():
    apart = solve(seeded_region(1, points=8), limits=EXACT)
    joined = solve(seeded_region(1, points=8, budget=10**9), limits=EXACT)

    assert [services for services, _ in apart.proof.groups] == [("s0",), ("s1",)]
    assert [services for services, _ in joined.proof.groups] == [("s0", "s1")]
    assert total_aims(joined.proof)[0].value == total_aims(apart.proof)[0].value


def test_an_aim_that_has_no_time_keeps_the_earlier_plan():
    problem = seeded_region(3, points=60, budget=900_000)

    plan = solve(problem, limits=Limits(seconds=1.0, threads=1))

    assert broken_rules(problem, plan) == ()
    assert [aim.name for aim in total_aims(plan.proof)] == [terms.name for terms in problem.aims]
    for aim in total_aims(plan.proof):
        assert aim.bound <= aim.value
        assert aim.in_plan <= aim.value + aim.allowance + 1e-6
        assert aim.gap == 1.0 or aim.status is not ProofStatus.STOPPED


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_when_time_is_over_the_best_plan_is_whole_and_says_what_is_open(seconds):
    problem = seeded_region(4, points=70, budget=900_000)

    plan = solve(problem, limits=Limits(seconds=seconds, threads=1, gap=0.0))

    assert broken_rules(problem, plan) == ()
    for aim in total_aims(plan.proof):
        assert aim.bound <= aim.value
        assert aim.gap == 1.0 or aim.status is not ProofStatus.STOPPED


def test_whoever_is_told_of_progress_can_stop_it_at_once():
    told = []

    def stop(progress):
        told.append(progress)
        raise CancelledError

    with pytest.raises(CancelledError):
        solve(seeded_region(5), on_progress=stop)

    assert len(told) == 1


def test_progress_names_services_aim_value_bound_and_time():
    told = []

    solve(seeded_region(6, points=20), limits=EXACT, on_progress=told.append)

    assert {p.services for p in told} == {("s0",), ("s1",)}
    assert {p.aim for p in told} == {terms.name for terms in two_villages().aims}
    assert all(p.seconds >= 0 and 0 <= p.gap <= 1 for p in told)


def test_the_same_question_gets_the_same_plan():
    problem = seeded_region(7, points=25)

    first, second = (solve(problem, limits=Limits(threads=2)) for _ in range(2))

    assert (first.opened, first.assigned) == (second.opened, second.assigned)


def test_an_earlier_plan_is_a_start_and_changes_no_value():
    problem = seeded_region(8, points=15)
    plan = solve(problem, limits=EXACT)

    again = solve(problem, limits=EXACT, start=plan)

    assert values(again) == values(plan)


def test_nothing_found_in_no_time_is_said_so():
    problem = seeded_region(9, points=60)
    floors = {("s0", i): 1.0 for i in problem.points[:9]}

    with pytest.raises(NoPlanError, match="give more time"):
        solve(replace(problem, least_share_served=floors), limits=Limits(seconds=0.0, threads=1))


# --- rules in conflict ---


def conflict(problem):
    with pytest.raises(InfeasibleError) as caught:
        solve(problem, limits=EXACT)
    return [str(fault) for fault in caught.value.faults]


def test_a_kept_site_and_a_small_budget_are_named_with_what_is_short():
    problem = two_villages(
        kept={(CARE, "north"): "the council asks"}, budgets=(Budget("fund", 40_000),)
    )

    assert conflict(problem) == [
        "keep day_care at north open: the council asks",
        "budget fund of 40000 EUR: 60000 EUR short",
    ]


def test_kept_and_vetoed_is_a_conflict_by_itself():
    problem = two_villages(
        kept={(CARE, "north"): "the council asks"},
        vetoed={(CARE, "north"): "flooded"},
        budgets=(Budget("fund", 10**9),),
    )

    assert conflict(problem) == [
        "keep day_care at north open: the council asks",
        "nothing new or larger of day_care at north: flooded",
    ]


def test_a_floor_nobody_can_reach_names_the_council_and_the_persons():
    problem = island(least_share_served={(CARE, "island"): 0.6, (CARE, "shore"): 0.5})

    assert conflict(problem) == [
        "at least 60.0 % of the need for day_care served in island: 2 persons short"
    ]


def test_a_floor_and_a_limit_on_sites_conflict():
    problem = two_villages(
        least_share_served={(CARE, "south"): 1.0}, new_sites_at_most={EVERY_SERVICE: 0}
    )

    assert conflict(problem) == [
        "at most 0 new sites (*): 1 more are needed",
        "at least 100.0 % of the need for day_care served in south: 4 persons short",
    ]


def test_a_kept_site_that_nobody_can_fill_is_a_conflict_with_its_least_load():
    problem = two_villages(kept={(CARE, "north"): "asked", (CARE, "south"): "asked"})
    problem = replace(problem, persons={(CARE, "north"): 4})

    assert conflict(problem) == [
        "least load of day_care: 2 persons short",
        "keep day_care at north open: asked",
        "keep day_care at south open: asked",
    ]


def test_a_full_site_nearby_and_a_detour_leave_a_floor_short():
    problem = town(
        {"town": {"near": 5.0, "far": 40.0}},
        {"town": 6},
        existing={(CARE, "near"): standing(3), (CARE, "far"): standing(10)},
        detour_at_most={CARE: 15.0},
        least_share_served={(CARE, "town"): 1.0},
    )

    assert sorted(conflict(problem)) == [
        "at least 100.0 % of the need for day_care served in town: 3 persons short",
        "day_care at near exists and may not close",
        "nobody is sent past a nearer open site of day_care: 3 persons would be",
        "places of day_care: 3 persons too many",
    ]


def test_without_an_agreement_a_floor_is_short():
    problem = overfull(
        existing={(CARE, "town"): standing(20)},
        agreements=frozenset(),
        least_share_served={(CARE, "village"): 0.5},
    )

    assert sorted(conflict(problem)) == [
        "agreements on who may use day_care: 2 persons without one",
        "at least 50.0 % of the need for day_care served in village: 2 persons short",
    ]


def test_a_shared_fund_that_pays_a_part_is_short_to_the_euro():
    problem = two_villages(
        kept={(CARE, "north"): "asked"}, budgets=(Budget("fund", 60_001, share_permille=850),)
    )

    assert conflict(problem)[-1] == "budget fund of 60001 EUR: 24999 EUR short"


# --- the same question put differently ---


@pytest.fixture(scope="module")
def region():
    return seeded_region(11, points=14, services=1)


@pytest.fixture(scope="module")
def region_values(region):
    return values(solve(region, limits=EXACT))


def test_other_names_change_nothing(region, region_values):
    name = {i: f"Rīga {k % 7}-{k}" for k, i in enumerate(reversed(region.points))}
    renamed = replace(
        region,
        points=tuple(name[i] for i in region.points),
        sites=tuple(name[j] for j in region.sites),
        persons={(s, name[i]): n for (s, i), n in region.persons.items()},
        sizes={(s, name[j]): k for (s, j), k in region.sizes.items()},
        municipality_of_point={},
        municipality_of_site={},
    )

    assert values(solve(renamed, limits=EXACT)) == region_values


def test_names_that_differ_in_a_comma_only_stay_two_places():
    problem = two_villages()
    name = {"north": "Rīga-1", "south": "Rīga 1"}
    renamed = replace(
        problem,
        points=("Rīga-1", "Rīga 1"),
        sites=("Rīga-1", "Rīga 1"),
        persons={(s, name[i]): n for (s, i), n in problem.persons.items()},
        sizes={(s, name[j]): k for (s, j), k in problem.sizes.items()},
    )

    assert set(solve(renamed, limits=EXACT).opened) == {(CARE, "Rīga-1")}


def test_tenfold_prices_make_a_tenfold_cost(region, region_values):
    dearer = replace(
        region,
        sizes={
            o: tuple(Size(k.places, 10 * k.cost_eur) for k in sizes)
            for o, sizes in region.sizes.items()
        },
    )

    found = values(solve(dearer, limits=EXACT))

    assert found == {**region_values, "cost_eur": 10 * region_values["cost_eur"]}


def test_a_site_worse_than_another_in_everything_changes_nothing(region, region_values):
    worse = replace(
        region,
        sites=(*region.sites, "worse"),
        minutes=np.hstack([region.minutes, region.minutes[:, :1] + 1.0]),
        sizes={
            **region.sizes,
            ("s0", "worse"): tuple(
                Size(k.places, k.cost_eur + 10_000) for k in region.sizes["s0", region.sites[0]]
            ),
        },
        new_sites_at_most={"s0": int(region_values["new_sites"])},
    )

    assert (
        values(solve(worse, limits=EXACT))["persons_unserved"]
        <= (region_values["persons_unserved"])
    )


def test_a_tighter_limit_never_serves_more(region, region_values):
    near = {s: replace(t, limit_minutes=15.0) for s, t in region.services.items()}

    found = values(solve(replace(region, services=near), limits=EXACT))

    assert found["persons_unserved"] >= region_values["persons_unserved"]


def test_a_village_split_in_two_is_served_the_same(region, region_values):
    first = region.points[0]
    persons = dict(region.persons)
    whole = persons["s0", first]
    persons["s0", first], persons["s0", "twin"] = whole - whole // 2, whole // 2
    split = replace(
        region,
        points=(*region.points, "twin"),
        minutes=np.vstack([region.minutes, region.minutes[:1]]),
        persons={need: n for need, n in persons.items() if n},
    )

    assert values(solve(split, limits=EXACT)) == pytest.approx(region_values)


def test_a_formulation_is_data_rules_and_aims_can_be_left_out():
    uncapacitated = DEFAULT.without(*(r for r in DEFAULT.subject_to if "capacity" in r.__name__))
    problem = overfull(services=(DAY_CARE,))

    assert sum(solve(problem, limits=EXACT).unserved.values()) == 4
    assert sum(solve(problem, uncapacitated, limits=EXACT).unserved.values()) == 0

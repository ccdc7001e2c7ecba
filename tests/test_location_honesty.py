"""A plan is never called better than it is known to be, and never lost: line by line.

Which test holds which promise stands in docs/model.md, "What is promised".
"""

import random
from dataclasses import replace
from functools import partial

import highspy
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from planner import facility_location, verification
from planner.domain import EVERY_SERVICE, AimTerms, Budget, Kind, Opening, ProofStatus, Size, Stay
from planner.errors import InfeasibleError, NoPlanError, VerificationError
from planner.facility_location import DEFAULT, Limits, solve
from planner.facility_location import constraints as rule
from planner.facility_location.conflicts import explain_conflict
from planner.facility_location.formulations import STRUCTURE
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort, Ending, outcome_of
from planner.facility_location.program import Handed
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.stated import state
from planner.inputs.scenario import read_scenario
from planner.publishing.aims import proof_sentence
from planner.records import gap_of, total_aims
from planner.workflow import prepare, propose
from tests.test_location_random import CROWDED, random_town
from tests.test_location_solver import seeded_region
from tests.towns import CARE, DAY_CARE, island, overfull, river_town, standing, town, two_villages
from tests.ui_projects import ROOT

EXACT = Limits(gap=0.0, threads=1)


# --- what ran out of time is not proven -------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("seed", [41, 42])
def test_a_bound_of_a_search_cut_short_is_never_above_the_optimum(seed, seconds):
    problem = seeded_region(seed, points=14, budget=260_000)
    best = total_aims(solve(problem, limits=EXACT).proof)[0].value

    cut = solve(problem, limits=Limits(seconds=seconds, threads=1, gap=0.0))

    first = total_aims(cut.proof)[0]
    assert first.bound <= best <= first.value
    assert first.status is not ProofStatus.PROVEN or first.value == best


def test_proven_means_as_near_as_was_asked_or_less_than_one_whole():
    for seed in range(30):
        problem = random_town(seed, eager=2.0)
        for gap in (0.0, 0.05, 0.5):
            try:
                plan = solve(problem, limits=Limits(gap=gap, threads=1))
            except InfeasibleError:
                continue
            for aim in (aim for _, aims in plan.proof.groups for aim in aims):
                assert aim.gap == pytest.approx(gap_of(aim.value, aim.bound))
                if aim.status is ProofStatus.PROVEN:
                    assert aim.gap <= max(min(gap, 0.05), 1e-9) or aim.value - aim.bound < 1


def test_there_are_three_outcomes_and_each_is_said_in_its_own_words():
    problem = seeded_region(3, points=50, budget=900_000)
    proven = solve(two_villages(), limits=EXACT)
    stopped = solve(problem, limits=Limits(seconds=0.0, threads=1))
    found = solve(seeded_region(3, points=20, budget=300_000), limits=Limits(threads=1, gap=0.9))

    by_status = {aim.status: aim for p in (found, stopped, proven) for aim in total_aims(p.proof)}

    assert set(by_status) == set(ProofStatus)
    sites = {status: replace(aim, name="sites") for status, aim in by_status.items()}
    words = {status: proof_sentence(aim, "en") for status, aim in sites.items()}
    assert "has a lower value" in words[ProofStatus.PROVEN]
    assert "goes below" in words[ProofStatus.BEST_FOUND]
    assert "stopped before a bound was known" in words[ProofStatus.STOPPED]

    trips = {status: replace(aim, name="person_minutes") for status, aim in by_status.items()}
    words = {status: proof_sentence(aim, "en") for status, aim in trips.items()}
    assert "has a lower value" in words[ProofStatus.PROVEN]
    assert "is better by more than" in words[ProofStatus.BEST_FOUND]
    assert "stopped before a bound was known" in words[ProofStatus.STOPPED]


def test_a_stopped_aim_has_gap_1_and_a_plan():
    plan = solve(seeded_region(3, points=50), limits=Limits(seconds=0.0, threads=1))

    stopped = [aim for aim in total_aims(plan.proof) if aim.status is ProofStatus.STOPPED]
    assert stopped
    assert {aim.gap for aim in stopped} == {1.0}


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.8, 2.0, 4.0])
@pytest.mark.parametrize("budget", [None, 900_000])
def test_no_later_aim_loses_the_plan_of_an_earlier_one(seconds, budget):
    problem = seeded_region(13, points=55, budget=budget)

    plan = solve(problem, limits=Limits(seconds=seconds, threads=1, gap=0.0))

    assert verification.broken_rules(problem, plan) == ()
    assert sum(plan.assigned.values()) + sum(plan.unserved.values()) == sum(
        problem.persons.values()
    )
    for _, aims in plan.proof.groups:
        assert [aim.name for aim in aims] == [terms.name for terms in problem.aims]
        assert all(aim.in_plan <= aim.value + aim.allowance + 1e-6 for aim in aims)


# --- what a solver says is read from the solver, and split wholes are refused -----------------


def split_model():
    """One column that must be whole, as large as can be, at most 0.7."""
    return Handed(
        index={"x": 0},
        lower=np.array([0.0]),
        upper=np.array([1.0]),
        whole=np.array([True]),
        row_names=("limit",),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([0.7]),
        matrix=csr_matrix(np.array([[1.0]])),
    )


def test_a_split_whole_number_is_no_solution_even_where_the_solver_calls_it_optimal():
    model = split_model()
    solver = highspy.Highs()
    solver.silent()
    nothing_whole = replace(model, whole=np.array([False]))
    solver.passModel(nothing_whole._model(np.array([-1.0]), 0.0))
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert solver.getSolution().col_value[0] == pytest.approx(0.7)

    outcome = outcome_of(solver, model.whole)

    assert outcome.values is None
    assert outcome.value == np.inf
    assert model.minimise(np.array([-1.0]), Effort()).values == pytest.approx([0.0])


def test_a_run_without_time_leaves_no_values_behind():
    problem = seeded_region(9, points=60, budget=900_000)
    stated = state(survey(problem, ("s0", "s1")), DEFAULT, ["persons_unserved"])

    cut = stated.minimise("persons_unserved", Effort(seconds=0.0))

    assert cut.ending is Ending.TIME
    assert cut.bound <= 0 or cut.bound == -np.inf
    if cut.values is not None:
        whole = cut.values[stated.handed.whole]
        assert np.abs(whole - np.rint(whole)).max() <= 1e-5


def test_every_number_of_a_plan_is_whole():
    for seed in range(40):
        try:
            plan = solve(random_town(seed, eager=2.0), limits=EXACT)
        except InfeasibleError:
            continue
        persons = [*plan.assigned.values(), *plan.unserved.values()]
        assert {type(n) for n in persons} <= {int}
        assert all(type(o.places) is int and type(o.units) is int for o in plan.opened.values())


# --- infeasible is said only after a second opinion -------------------------------------------


def test_a_wrong_infeasible_is_not_believed():
    ground = survey(two_villages(), (CARE,))

    with pytest.raises(NoPlanError, match="a second opinion found one"):
        explain_conflict(ground, DEFAULT, effort=Effort())


def conflict_of(problem):
    try:
        solve(problem, limits=EXACT)
    except InfeasibleError as error:
        return error.faults
    return ()


def test_every_conflict_of_random_towns_names_rules_with_who_and_how_much():
    found = [conflict_of(random_town(seed, eager=CROWDED)) for seed in range(60)]

    named = [faults for faults in found if faults]
    assert len(named) > 10
    for faults in named:
        assert not [str(fault) for fault in faults if "?" in str(fault)]
        assert all(fault.fields for fault in faults)


# --- the same inputs, seed and threads --------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("budget", [None, 400_000])
def test_the_same_inputs_seed_and_threads_give_the_same_plan_and_proof(threads, budget):
    problem = seeded_region(17, points=14, budget=budget)

    one, other = (solve(problem, limits=Limits(threads=threads, seed=7)) for _ in range(2))

    assert (one.opened, one.assigned, one.unserved) == (
        other.opened,
        other.assigned,
        other.unserved,
    )
    told = [
        [[(a.name, a.value, a.bound, a.status) for a in aims] for _, aims in plan.proof.groups]
        for plan in (one, other)
    ]
    assert told[0] == told[1]


# --- verification blocks what breaks a rule ---------------------------------------------------

HOME = replace(DAY_CARE, id="home", stay=Stay.HOME, least_load_persons=0)
BREAKABLE = {
    rule.respect_capacity: overfull(),
    rule.be_viable: replace(two_villages(), persons={(CARE, "south"): 2}),
    rule.keep: two_villages(kept={(CARE, "south"): "asked"}),
    rule.stay: overfull(aims=(AimTerms("sites"),)),
    rule.veto: two_villages(vetoed={(CARE, "north"): "flooded"}),
    rule.close: overfull(closing={(CARE, "town"): "sold"}),
    rule.stay_within_budget: two_villages(budgets=(Budget("fund", 150_000),)),
    rule.new_sites_at_most: two_villages(new_sites_at_most={CARE: 0}),
    rule.sites_at_most: two_villages(sites_at_most={EVERY_SERVICE: 0}),
    rule.leave_no_council_behind: two_villages(
        least_share_served={(CARE, "south"): 1.0}, budgets=(Budget("fund", 100_000),)
    ),
    rule.nobody_loses_more: river_town(
        existing={(CARE, "left"): standing(5, may_close=True)},
        build=("right",),
        today={(CARE, "left", "left"): 5},
        most_loss_minutes=10.0,
        aims=(AimTerms("sites"),),
    ),
    rule.limit_places_at_one_address: two_villages(
        address_of={"north": "yard"}, address_places_at_most={CARE: 10}
    ),
    rule.do_not_send_past: town(
        {"town": {"near": 5.0, "far": 40.0}},
        {"town": 6},
        existing={(CARE, "near"): standing(3), (CARE, "far"): standing(10)},
        detour_at_most={CARE: 15.0},
    ),
    rule.respect_agreements: two_villages(agreements=frozenset(), build=("north",)),
}
NAMED = {"stay": "keep_existing"}


def test_each_rule_of_the_model_is_in_the_list():
    assert set(BREAKABLE) == set(DEFAULT.subject_to) - set(STRUCTURE)


@pytest.mark.parametrize("dropped", BREAKABLE, ids=lambda f: f.__name__)
def test_a_plan_that_was_solved_without_a_rule_is_blocked(dropped):
    problem = BREAKABLE[dropped]
    plan = solve(problem, DEFAULT.without(dropped), limits=EXACT)

    with pytest.raises(VerificationError) as caught:
        verification.require_sound(problem, plan)

    name = NAMED.get(dropped.__name__, dropped.__name__)
    assert any(str(fault).startswith(name) for fault in caught.value.faults), caught.value


def test_no_plan_that_breaks_a_rule_leaves_the_workflow(monkeypatch):
    prepared = prepare(read_scenario(ROOT / "scenarios" / "tiny.toml"))
    problem = replace(prepared.problem, budgets=(Budget("fund", 90_000),))
    careless = partial(
        facility_location.solving, formulation=DEFAULT.without(rule.stay_within_budget)
    )
    monkeypatch.setattr(facility_location, "solving", careless)

    with pytest.raises(VerificationError, match="stay_within_budget"):
        propose(replace(prepared, problem=problem), limits=EXACT)


@pytest.mark.parametrize("seed", range(25))
def test_a_plan_changed_anywhere_is_blocked(seed):
    r = random.Random(seed)
    problem = replace(random_town(seed, eager=1.5), whole_persons=True)
    try:
        plan = solve(problem, limits=EXACT)
    except InfeasibleError:
        return
    changed = []
    for link, persons in plan.assigned.items():
        changed.append(replace(plan, assigned={**plan.assigned, link: persons + 1}))
        changed.append(
            replace(plan, assigned={k: n for k, n in plan.assigned.items() if k != link})
        )
    for need, persons in plan.unserved.items():
        changed.append(replace(plan, unserved={**plan.unserved, need: persons - 1}))
    for option, o in plan.opened.items():
        if any((s, j) == option for s, _, j in plan.assigned):
            left = {k: v for k, v in plan.opened.items() if k != option}
            changed.append(replace(plan, opened=left))
        grown = Opening(o.places + 1, o.units, o.kind)
        changed.append(replace(plan, opened={**plan.opened, option: grown}))
        other = Kind.NEW if o.kind is not Kind.NEW else Kind.EXISTING
        turned = Opening(o.places, o.units, other)
        changed.append(replace(plan, opened={**plan.opened, option: turned}))
    for wrong in r.sample(changed, min(20, len(changed))):
        with pytest.raises(VerificationError):
            verification.require_sound(problem, wrong)


# --- what the reductions leave out is never needed --------------------------------------------


@pytest.mark.parametrize("block", range(3))
def test_reducing_first_changes_no_best_value(block):
    for seed in range(block, 60, 3):
        problem = random_town(seed, eager=2.0)
        aim = problem.aims[0].name
        for service in problem.services:
            ground = survey(problem, (service,))
            alone = DEFAULT.without(rule.stay_within_budget, rule.sites_at_most)
            whole = state(ground, alone, [aim]).minimise(aim, Effort(gap_abs=1e-6))
            less = state(reduce_ground(ground, alone), alone, [aim]).minimise(
                aim, Effort(gap_abs=1e-6)
            )
            assert whole.ending is less.ending, f"seed {seed}"
            if whole.values is not None:
                assert less.value == pytest.approx(whole.value, abs=1e-5), f"seed {seed}"


def test_an_island_is_no_reason_to_call_a_town_unservable():
    plan = solve(island(), limits=EXACT)

    assert total_aims(plan.proof)[0].bound == 2
    assert Size(10, 100_000, 10_000) in island().sizes[CARE, "shore"]

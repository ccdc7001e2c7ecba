"""Solving as a loop: steps while it goes on, a plan at the end, nothing left when closed."""

import threading
from dataclasses import replace

import pytest

from planner.errors import CancelledError, InfeasibleError
from planner.facility_location import DEFAULT, Limits, solve, solving
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort
from planner.facility_location.stated import state
from tests.test_location_solver import seeded_region
from tests.towns import CARE, island, two_villages

EXACT = Limits(gap=0.0, threads=1)


@pytest.fixture
def searches():
    """Return a function that gives the threads begun since the test began."""
    before = set(threading.enumerate())
    return lambda: [t for t in threading.enumerate() if t not in before]


def long_search():
    """A model that takes minutes to be proven to the last person-minute."""
    return solving(seeded_region(4, points=70, budget=900_000), limits=Limits(gap=0.0, threads=1))


def test_the_steps_end_with_the_plan_that_solve_returns():
    problem = seeded_region(6, points=12)

    with solving(problem, limits=EXACT) as steps:
        told = list(steps)
        plan = steps.plan

    assert {step.aim for step in told} == {terms.name for terms in problem.aims}
    assert all(step.seconds >= 0 and 0 <= step.gap <= 1 for step in told)
    assert [step.seconds for step in told] == sorted(step.seconds for step in told)
    assert plan.opened == solve(problem, limits=EXACT).opened


def test_the_plan_can_be_asked_for_without_reading_a_step():
    assert len(solving(two_villages(), limits=EXACT).plan.opened) == 1


def test_closing_ends_a_long_search_and_leaves_nothing_running(searches):
    steps = long_search()
    next(steps)

    steps.close()

    assert searches() == []
    assert len(list(steps)) < 1000
    with pytest.raises(CancelledError):
        _ = steps.plan


def test_leaving_the_block_early_ends_the_search(searches):
    with long_search() as steps:
        for _ in steps:
            break

    assert searches() == []


def test_an_error_of_the_reader_ends_the_search_and_goes_on(searches):
    def read_badly():
        with long_search() as steps:
            for _ in steps:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read_badly()

    assert searches() == []


def test_dropping_the_steps_ends_the_search(searches):
    steps = long_search()
    next(steps)
    [worker] = [t for t in searches() if t.name == "solving"]

    del steps

    worker.join()


def test_a_conflict_is_raised_to_whoever_reads_and_to_whoever_asks_for_the_plan():
    problem = replace(island(), least_share_served={(CARE, "island"): 1.0})

    steps = solving(problem, limits=EXACT)

    with pytest.raises(InfeasibleError):
        list(steps)
    with pytest.raises(InfeasibleError):
        _ = steps.plan


def test_a_time_limit_gives_a_plan_and_no_error():
    problem = seeded_region(4, points=120, budget=900_000)

    with solving(problem, limits=Limits(seconds=1.0, threads=1, gap=0.0)) as steps:
        list(steps)
        proof = steps.plan.proof

    assert any(aim.gap > 0 for _, aims in proof.groups for aim in aims)


def test_a_run_of_the_solver_asks_whether_it_is_over_before_during_and_after():
    asked = []

    def over_at_the_third_time():
        asked.append(None)
        return len(asked) > 2

    problem = seeded_region(4, points=30)
    stated = state(survey(problem, ("s0",)), DEFAULT, ["persons_unserved"])

    with pytest.raises(CancelledError):
        stated.minimise("persons_unserved", Effort(stop=over_at_the_third_time, relaxed=True))

    assert len(asked) > 2


def test_stating_a_model_asks_too():
    ground = survey(seeded_region(4, points=30), ("s0",))

    with pytest.raises(CancelledError):
        state(ground, DEFAULT, ["persons_unserved"], stop=lambda: True)

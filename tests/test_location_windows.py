"""A plan for many places, bettered a window of neighbours at a time."""

import time

import numpy as np
import pytest

from planner.facility_location import DEFAULT, Limits, narrowing, promising, solve
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort
from planner.facility_location.promising import minimise_by_prices
from planner.facility_location.pursuit import Pursuit, Room
from planner.facility_location.stated import state
from planner.facility_location.windows import improve_by_windows
from planner.records import total_aims
from planner.verification import broken_rules
from tests.test_location_solver import seeded_region

AIMS = ("persons_unserved", "new_sites", "cost_eur", "person_minutes")


def pursuit_of(problem, aim, *, seconds=60.0):
    """Return an aim of the only service, with everybody served, and a plan to begin with."""
    stated = state(survey(problem, ("s0",)), DEFAULT, AIMS)
    stated.hold("persons_unserved", 0)
    first = stated.minimise("cost_eur", Effort(gap=0.5))
    begun = stated.settle(aim, stated.columns.ways_in(first.values), effort=Effort())
    assert begun is not None
    deadline = time.monotonic() + seconds
    return Pursuit(stated, aim, Effort(), deadline, lambda *_: None), begun


@pytest.mark.parametrize("aim", ["new_sites", "cost_eur", "person_minutes"])
def test_windows_better_a_poor_plan_and_keep_every_rule(aim):
    pursuit, begun = pursuit_of(seeded_region(8, points=30, services=1), aim)
    stated = pursuit.stated
    room = Room(stated.handed.lower, stated.handed.upper)
    least = stated.minimise(aim, Effort(gap=1e-6)).value

    better = improve_by_windows(pursuit, begun, room, seconds=20.0, enough=lambda _: False)

    rows = stated.handed.matrix @ better
    assert (rows <= stated.handed.row_upper + 1e-6).all()
    assert (rows >= stated.handed.row_lower - 1e-6).all()
    assert np.array_equal(better, np.rint(better))
    assert least - 1e-6 <= stated.value_of(aim, better) <= stated.value_of(aim, begun)
    assert stated.value_of(aim, better) == pytest.approx(least)


def test_windows_stop_where_a_plan_is_enough():
    pursuit, begun = pursuit_of(seeded_region(8, points=30, services=1), "new_sites")
    room = Room(pursuit.stated.handed.lower, pursuit.stated.handed.upper)

    same = improve_by_windows(pursuit, begun, room, seconds=20.0, enough=lambda _: True)

    assert same is begun


def test_a_problem_solved_by_windows_is_proven_as_without_them(monkeypatch):
    problem = seeded_region(5, points=25, services=1)
    before = solve(problem, limits=Limits(gap=0.0, threads=1))
    monkeypatch.setattr(narrowing, "MANY_WAYS", 10)

    after = solve(problem, limits=Limits(gap=0.0, threads=1))

    assert broken_rules(problem, after) == ()
    assert [a.value for a in total_aims(after.proof)] == [a.value for a in total_aims(before.proof)]


def test_a_plan_is_kept_where_the_time_was_too_short_to_find_prices(monkeypatch):
    """No place is favoured then; windows are made of all."""
    monkeypatch.setattr(promising, "_PRICING_SHARE", 0.0)
    pursuit, begun = pursuit_of(seeded_region(8, points=30, services=1), "person_minutes")

    better, bound = minimise_by_prices(pursuit, begun)

    assert bound <= pursuit.stated.value_of("person_minutes", better) + 1e-6
    assert pursuit.stated.value_of("person_minutes", better) <= pursuit.stated.value_of(
        "person_minutes", begun
    )

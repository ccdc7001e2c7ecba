"""Rows that split sites break: every plan keeps them, and the relaxation is nearer with them."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from planner.domain import Size
from planner.facility_location import DEFAULT
from planner.facility_location.cut_sets import CutSets
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort, Ending
from planner.facility_location.multipliers import Pricing
from planner.facility_location.options import Options
from planner.facility_location.program import Rows
from planner.facility_location.pursuit import Pursuit, Room
from planner.facility_location.relaxation import Relaxation
from planner.facility_location.stated import state
from planner.facility_location.tightening import tighten
from tests.test_location_multipliers import AIMS, least, stated_town, towns_of_one_service
from tests.test_location_solver import seeded_region
from tests.towns import CARE, town

TOWNS = 120
RELAXED = Effort(relaxed=True)


def stated_region(seed=8, points=30):
    """Return the model of a made-up region: everybody is served, by the fewest sites."""
    stated = state(survey(seeded_region(seed, points=points, services=1), ("s0",)), DEFAULT, AIMS)
    stated.hold("persons_unserved", 0)
    stated.hold("new_sites", stated.minimise("new_sites", Effort(gap=1e-4)).value)
    return stated


def three_hamlets():
    """Return three hamlets of 15 persons, ten minutes apart, where a centre takes 30."""
    names = ("a", "b", "c")
    problem = town({i: {j: 3.0 if i == j else 10.0 for j in names} for i in names}, {})
    return replace(
        problem,
        persons={(CARE, i): 15 for i in names},
        sizes={(CARE, j): (Size(30, 300_000),) for j in names},
        most_units={(CARE, j): 1 for j in names},
        existing={},
    )


def columns_of(stated, opened, assigned):
    """Return a solution, split as it may be; persons by (point, site)."""
    values = np.zeros(stated.columns.count)
    for site, share in opened.items():
        values[stated.columns.of_ways[CARE, site][0]] = share
        values[stated.columns.opened[CARE, site]] = share
    for (point, site), persons in assigned.items():
        values[stated.columns.of_link[CARE, point, site]] = persons
    return values


def keeps(rows, values):
    return bool((rows.matrix @ values <= rows.at_most + 1e-9).all())


def test_half_a_centre_in_each_of_three_hamlets_is_refused_and_two_whole_ones_are_not():
    stated = state(survey(three_hamlets(), (CARE,)), DEFAULT, AIMS)
    halves = columns_of(stated, dict.fromkeys("abc", 0.5), {(i, i): 15.0 for i in "abc"})

    rows = CutSets.of(stated).broken_by(halves)

    assert not keeps(rows, halves)
    two = columns_of(stated, {"a": 1, "b": 1}, {("a", "a"): 15, ("b", "b"): 15, ("c", "a"): 15})
    one = columns_of(stated, {"a": 1}, {("a", "a"): 15, ("b", "a"): 15})  # c stays unserved
    assert keeps(rows, two)
    assert keeps(rows, one)
    stated.imply(rows)
    everybody = stated.holding("persons_unserved", 0)
    assert everybody.handed.minimise(everybody.costs_of("new_sites")[0], RELAXED).value < 2
    tighter = everybody.tightened.minimise(everybody.costs_of("new_sites")[0], RELAXED)
    assert tighter.value == pytest.approx(2)


def town_with_cut_sets(problem):
    """Return the model of a town where as many are served as can be, with its rows, or nothing."""
    stated = stated_town(problem)
    cut_sets = CutSets.of(stated)
    if cut_sets is None or math.isinf(least(stated, "persons_unserved")):
        return None
    stated.hold("persons_unserved", least(stated, "persons_unserved"))
    return stated, cut_sets


@pytest.mark.parametrize(("seed", "problem"), towns_of_one_service(TOWNS))
def test_no_row_changes_the_best_value_of_a_random_town(seed, problem):  # noqa: ARG001
    if (posed := town_with_cut_sets(problem)) is None:
        return
    stated, cut_sets = posed
    for aim in AIMS:
        wanted = least(stated, aim)
        found = []
        for _ in range(4):
            split = stated.tightened.minimise(stated.costs_of(aim)[0], RELAXED)
            rows = cut_sets.broken_by(split.values)
            if rows is None:
                break
            assert not keeps(rows, split.values)
            stated.imply(rows)
            found.append(rows)
        held = stated.holding(aim, wanted)
        for rows in found:
            held.handed.hold_all(rows)
        assert least(held, aim) == pytest.approx(wanted)


def test_random_towns_do_break_rows():
    """The test before says nothing of towns whose relaxation breaks none."""
    broken = 0
    for _, problem in towns_of_one_service(TOWNS):
        if (posed := town_with_cut_sets(problem)) is None:
            continue
        stated, cut_sets = posed
        for aim in AIMS:
            split = stated.minimise(aim, RELAXED)
            broken += cut_sets.broken_by(split.values) is not None
    assert broken >= 20


@pytest.mark.parametrize("seed", [6, 7, 8, 12])
def test_a_tightened_bound_is_above_the_relaxation_and_never_above_the_best(seed):
    stated = stated_region(seed)
    handed, aim = stated.handed, "person_minutes"
    relaxed = stated.minimise(aim, RELAXED).bound
    best = stated.minimise(aim, Effort(gap=1e-4))
    pursuit = Pursuit(stated, aim, Effort(gap=1e-4), time.monotonic() + 60.0, lambda *_: None)
    room = Room(handed.lower.copy(), handed.upper.copy())
    options = Options.of(stated)
    begun = Pricing(stated, options, aim, room.lower, room.upper).improve(
        target=best.value, enough=lambda _: False, deadline=time.monotonic() + 30.0, steps=200
    )

    priced = tighten(pursuit, options, room, begun, best.values)

    assert priced.bound >= relaxed + 0.9 * (best.value - relaxed)
    assert priced.bound <= best.value * (1 + 1e-4)
    assert stated.handed is handed
    assert handed.matrix.shape[0] < stated.tightened.matrix.shape[0]


def test_a_part_with_rows_and_columns_added_is_as_good_as_the_whole_at_once():
    stated = stated_region(6, points=25)
    handed = stated.handed
    costs, _ = stated.costs_of("person_minutes")
    draw = np.random.default_rng(3)
    best = stated.minimise("person_minutes", Effort(gap=0.05)).values
    part = Room(handed.lower, np.where(best > 0, handed.upper, 0.0))
    relaxation = Relaxation(handed, costs, part, RELAXED)
    assert relaxation.minimise(30.0).value >= stated.minimise("person_minutes", RELAXED).value

    split = stated.minimise("person_minutes", RELAXED).values
    rows = CutSets.of(stated).broken_by(split)
    stated.imply(rows)
    relaxation.hold_all(rows)
    for columns in np.array_split(draw.permutation(len(costs)), 3):
        assert relaxation.free(stated.tightened, columns, handed.upper)
    assert not relaxation.free(stated.tightened, np.arange(len(costs)), handed.upper)

    found = relaxation.minimise(30.0)
    whole = stated.tightened.minimise(costs, RELAXED)
    assert found.value == pytest.approx(whole.value)
    reduced = costs - stated.tightened.matrix.T @ found.prices
    assert (reduced[found.values < handed.upper - 1e-6] > -1e-5).all()  # prices of all rows
    assert (reduced[found.values > 1e-6] < 1e-5).all()


def test_a_part_without_any_solution_is_said_to_have_none():
    stated = stated_region(6, points=10)
    handed = stated.handed
    nothing = Room(handed.lower, np.where(stated.columns.persons, handed.upper, 0.0))

    found = Relaxation(handed, stated.costs_of("cost_eur")[0], nothing, RELAXED).minimise(10.0)

    assert found.ending is Ending.INFEASIBLE
    assert found.values is None


def test_places_without_a_limit_have_no_lots():
    formulation = DEFAULT.without(*[r for r in DEFAULT.subject_to if "capacity" in r.__name__])
    stated = state(survey(three_hamlets(), (CARE,)), formulation, AIMS)

    assert CutSets.of(stated) is None


def test_no_rows_and_more_rows_are_rows():
    none = Rows.none(3)
    both = none.with_more(none).with_more(Rows(none.matrix, none.at_most))

    assert both.matrix.shape == (0, 3)

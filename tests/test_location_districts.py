"""Sites counted by district: every option in its place, and the same best plan as without."""

from dataclasses import replace

import numpy as np
import pytest

from planner.facility_location import DEFAULT, districts
from planner.facility_location.chart import Chart
from planner.facility_location.ground import survey
from planner.facility_location.highs import Effort, Ending
from planner.facility_location.program import Handed
from planner.facility_location.stated import state
from tests.test_location_random import check, random_town
from tests.test_location_solver import seeded_region

AIMS = ("persons_unserved", "new_sites", "cost_eur", "person_minutes")
EXACT = Effort(gap=1e-9)


def chart_of(seed, *, points):
    problem = seeded_region(seed, points=points, services=1)
    return Chart(problem, sorted(problem.sizes))


@pytest.mark.parametrize("points", [1, 2, 3, 17, 40])
def test_a_district_falls_into_two_that_hold_all_of_it(points):
    chart = chart_of(3, points=points)

    found = [set(members.tolist()) for members in chart.districts(4)]

    assert found[0] == set(range(points))
    for whole in found:
        parts = [d for d in found if d < whole and not any(d < e < whole for e in found)]
        assert bool(parts) == (len(whole) >= 4)
        if parts:
            one, other = parts
            assert one | other == whole
            assert not one & other
            assert abs(len(one) - len(other)) <= 1


def test_the_halves_of_a_line_are_its_ends():
    problem = seeded_region(3, points=8, services=1)
    line = np.abs(np.subtract.outer(np.arange(8.0), np.arange(8.0)))
    chart = Chart(replace(problem, minutes=line), sorted(problem.sizes))

    _, one, *rest = chart.districts(4)

    assert {frozenset(one.tolist()), frozenset(rest[2].tolist())} == {
        frozenset(range(4)),
        frozenset(range(4, 8)),
    }


def test_options_that_no_road_joins_fall_into_districts_too():
    problem = seeded_region(3, points=12, services=1)
    apart = np.where(np.eye(12, dtype=bool), 3.0, np.inf)
    chart = Chart(replace(problem, minutes=apart), sorted(problem.sizes))

    assert sum(len(members) <= 3 for members in chart.districts(4)) == 4


def test_a_sum_is_the_units_that_a_solution_opens_in_its_district():
    problem = seeded_region(8, points=30, services=2)
    model = state(survey(problem, ("s0", "s1")), DEFAULT, AIMS)
    found = model.settle("person_minutes", model.ways_of_today(), effort=EXACT)
    assert found is not None
    full = model.minimise("cost_eur", Effort(gap=0.5)).values

    sums = model.sites_of_districts

    opened = model.columns.ways_in(full)
    of_service = {s: sum(w.units for o, w in opened.items() if o[0] == s) for s in ("s0", "s1")}
    counted = sums @ np.rint(full)
    assert counted.max() == max(of_service.values())
    assert set(of_service.values()) <= set(counted.tolist())
    assert (sums @ found == 0).all()


@pytest.mark.parametrize("aim", ["new_sites", "cost_eur", "person_minutes"])
def test_the_best_value_is_the_same_with_sites_counted_by_district(aim):
    model = state(survey(seeded_region(8, points=30, services=1), ("s0",)), DEFAULT, AIMS)
    model.hold("persons_unserved", 0)

    alone = model.minimise(aim, EXACT)
    counted = model.minimise(aim, EXACT, by_districts=True)

    assert model.sites_of_districts.shape[0] > 1
    assert counted.ending is alone.ending is Ending.DONE
    assert counted.value == pytest.approx(alone.value)
    assert counted.bound == pytest.approx(alone.bound, rel=1e-6)
    assert counted.values.shape == alone.values.shape


def test_random_towns_get_their_best_plan_with_sites_counted_by_district(monkeypatch):
    """Every rule and aim; towns as small as these have no districts of their own accord."""
    monkeypatch.setattr(districts, "_OPTIONS_FOR_DISTRICTS", 2)
    monkeypatch.setattr(districts, "_LEAST_DISTRICT", 2)
    counted = []
    summing = Handed.summing
    monkeypatch.setattr(
        Handed, "summing", lambda handed, sums: counted.append(sums) or summing(handed, sums)
    )

    for seed in range(7000, 7150):
        check(random_town(seed), seed)

    assert len(counted) > 40

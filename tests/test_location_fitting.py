"""A plan made for one aim, bettered for the next before anything else is tried."""

from dataclasses import replace

import numpy as np
import pytest

from planner.facility_location.fitting import fitted, smoothed
from planner.facility_location.highs import Effort
from planner.facility_location.relocation import improve_by_relocation
from planner.facility_location.stated import WEIGHED
from tests.test_location_solver import seeded_region
from tests.test_location_windows import pursuit_of


def keeps_every_row(stated, values):
    """Return whether whole persons and openings keep all rules and holds."""
    rows = stated.handed.matrix @ values
    return (
        np.array_equal(values, np.rint(values))
        and (rows <= stated.handed.row_upper + 1e-6).all()
        and (rows >= stated.handed.row_lower - 1e-6).all()
    )


def sizes_in(stated, values):
    """Return kind, places and units of everything open."""
    return sorted((w.kind, w.places, w.units) for w in stated.columns.ways_in(values).values())


@pytest.mark.parametrize("seed", range(6))
def test_relocated_sites_are_as_many_of_the_same_sizes_with_no_more_minutes(seed):
    pursuit, begun = pursuit_of(seeded_region(seed, points=30, services=1), "person_minutes")
    stated = pursuit.stated
    stated.hold("cost_eur", stated.value_of("cost_eur", begun))

    better = improve_by_relocation(pursuit, begun)

    assert keeps_every_row(stated, better)
    assert sizes_in(stated, better) == sizes_in(stated, begun)
    assert stated.value_of("person_minutes", better) <= stated.value_of("person_minutes", begun)


def test_after_relocation_no_new_site_is_better_elsewhere_for_those_it_serves():
    pursuit, begun = pursuit_of(seeded_region(3, points=30, services=1), "person_minutes")
    stated = pursuit.stated
    better = improve_by_relocation(pursuit, begun)
    assert stated.value_of("person_minutes", better) < stated.value_of("person_minutes", begun)

    ways = stated.columns.ways_in(better)
    for source, way in ways.items():
        for target, offered in stated.columns.offered.items():
            if target not in ways and way in [each for each, _ in offered]:
                moved = {option: w for option, w in ways.items() if option != source}
                settled = stated.settle("person_minutes", moved | {target: way}, effort=Effort())
                served = {
                    link[1]: persons
                    for link, persons in stated.columns.assigned_in(better).items()
                    if link[2] == source[1]
                }
                links = stated.ground.links
                there = [("s0", point, target[1]) for point in served]
                if settled is None or any(link not in links for link in there):
                    continue
                now = sum(n * links["s0", point, source[1]] for point, n in served.items())
                then = sum(served[link[1]] * links[link] for link in there)
                assert then >= now - 1e-6


def test_the_fitted_plan_is_the_cheapest_with_the_sites_that_are_open():
    pursuit, begun = pursuit_of(seeded_region(8, points=30, services=1), "cost_eur")
    stated = pursuit.stated
    largest = {
        option: stated.columns.offered[option][-1][0] for option in stated.columns.ways_in(begun)
    }
    begun = stated.settle("cost_eur", largest, effort=Effort())
    upper = stated.handed.upper.copy()
    for option, columns in stated.columns.of_option.items():
        if option not in largest:
            upper[columns] = 0.0
    least = stated.minimise("cost_eur", Effort(gap=1e-6), upper=upper).value

    better = fitted(pursuit, begun)

    assert least < stated.value_of("cost_eur", begun)
    assert stated.value_of("cost_eur", better) == pytest.approx(least)
    assert keeps_every_row(stated, better)


def test_costs_are_smoothed_by_minutes_and_never_rise():
    pursuit, begun = pursuit_of(seeded_region(8, points=30, services=1), "cost_eur")
    told = []
    pursuit = replace(pursuit, on_progress=lambda *each: told.append(each))

    smooth = smoothed(pursuit, begun)

    stated = pursuit.stated
    cost = stated.value_of("cost_eur", begun)
    assert smooth.aim == WEIGHED
    assert smooth.stated.held["cost_eur"] == cost
    assert "cost_eur" not in stated.held
    assert smooth.stated.value_of(WEIGHED, begun) == pytest.approx(1.01 * cost)
    smooth.on_progress(0.0, 0.0)
    assert not told


def test_what_counts_no_minutes_is_pursued_as_it_is():
    pursuit, begun = pursuit_of(seeded_region(8, points=30, services=1), "new_sites")

    assert smoothed(pursuit, begun) is pursuit

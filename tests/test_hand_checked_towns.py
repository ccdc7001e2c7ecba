"""Little towns whose best plan a person sees, solved by the engine and looked at from all sides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.analysis.comparison import Turn, compare
from planner.analysis.duplication import Fewest, needless_units, sites_beyond_fewest
from planner.analysis.indicators import municipality_figures, service_figures
from planner.analysis.purposes import why_open
from planner.domain import AimTerms, Kind, Opening, Plan, Problem, Size
from planner.facility_location import Limits, solve
from planner.problem import today_of
from planner.verification import require_sound
from tests.towns import (
    CARE,
    DAY_CARE,
    GROUP_HOME,
    HOME,
    LARGE,
    SMALL,
    enlarged,
    existing,
    new,
    standing,
    town,
    two_villages,
)

LIMITS = Limits(seconds=20.0, gap=0.0)


def planned(problem: Problem) -> Plan:
    plan = solve(problem, limits=LIMITS)
    require_sound(problem, plan)
    return plan


def aims_of(plan: Plan) -> dict[str, float]:
    (_, aims), *_ = plan.proof.groups
    return {aim.name: aim.in_plan for aim in aims}


# --- a person who loses by a plan and is shown as losing -----------------------------------------


def moving_town(**rest: Any) -> Problem:
    """A centre of 10 in a village of 4 that may close; 12 persons in a town 20 minutes away."""
    return town(
        {"village": {"village": 3.0, "town": 20.0}, "town": {"village": 20.0, "town": 3.0}},
        {"village": 4, "town": 12},
        existing={(CARE, "village"): standing(10, may_close=True)},
        build=("town",),
        **rest,
    )


def test_who_loses_by_a_plan_is_shown_as_losing() -> None:
    # one site of 20 in the town serves all 16; without the village's centre that costs the same,
    # but its closing must be asked for: it is open as long as nothing is gained by closing it
    problem = moving_town(closing={(CARE, "village"): "the roof is gone"})
    before = planned(today_of(problem))
    after = planned(problem)

    found = compare(today_of(problem), before, problem, after)

    assert before.opened == {(CARE, "village"): existing(10)}
    assert sum(before.unserved.values()) == 6
    assert after.opened == {(CARE, "town"): new(20)}
    rows = {row.municipality: row for row in found.rows}
    # today all four villagers stay at home with 3 minutes, and six from the town come
    assert rows["village"].turn == Turn(longer=4)
    assert rows["town"].turn == Turn(shorter=6, newly_served=6)
    assert (rows["village"].before.mean_minutes, rows["village"].after.mean_minutes) == (3.0, 20.0)
    assert (found.total().turn.gaining, found.total().turn.losing) == (12, 4)
    assert found.total().cost_eur == 180_000


def test_nobody_loses_where_the_scenario_forbids_it() -> None:
    base = moving_town()
    today = planned(today_of(base))
    problem = replace(base, today=today.assigned, most_loss_minutes=10.0)

    after = planned(problem)

    # the village must stay; ten places more in the town are enough for 16
    assert after.opened == {(CARE, "village"): existing(10), (CARE, "town"): new(10)}
    assert compare(today_of(base), today, problem, after).total().turn.losing == 0


# --- a centre enlarged instead of a new one ------------------------------------------------------


def growing_town(*, larger: tuple[Size, ...]) -> Problem:
    """14 persons round a centre of 10; a new one could stand in the village."""
    return town(
        {"town": {"town": 3.0, "village": 20.0}, "village": {"town": 20.0, "village": 3.0}},
        {"town": 10, "village": 4},
        existing={(CARE, "town"): standing(10, larger=larger)},
        build=("village",),
    )


def test_a_centre_is_enlarged_rather_than_a_new_one_built() -> None:
    may_grow = planned(growing_town(larger=(Size(15, 120_000), Size(20, 200_000))))
    may_not = planned(growing_town(larger=()))

    # enlarging is dearer here (120,000 against 100,000), but it is no new site
    assert may_grow.opened == {(CARE, "town"): enlarged(15)}
    assert aims_of(may_grow)["new_sites"] == 0
    assert aims_of(may_grow)["cost_eur"] == 120_000
    assert may_not.opened == {(CARE, "town"): existing(10), (CARE, "village"): new(10)}
    assert aims_of(may_not)["new_sites"] == 1


def test_an_enlarged_centre_says_whom_it_grows_for() -> None:
    problem = growing_town(larger=(Size(15, 120_000),))

    purpose = why_open(problem, planned(problem))[CARE, "town"]

    assert (purpose.persons, purpose.without) == (14, 4)
    assert purpose.minutes == (10 * 3 + 4 * 20) / 14
    assert [a.site for a in purpose.alternatives] == ["village"]


# --- a city that needs two addresses and keeps its own people ------------------------------------


def test_a_city_takes_two_addresses_and_keeps_its_own_people() -> None:
    # 26 in the city, 4 in a village 25 minutes off; a unit has 16 places at most
    problem = town(
        {"city": {"city": 3.0, "village": 25.0}, "village": {"city": 25.0, "village": 3.0}},
        {"city": 26, "village": 4},
        build={
            (CARE, "city"): (Size(8, 80_000), Size(16, 150_000)),
            (CARE, "village"): (Size(8, 80_000), Size(16, 150_000)),
        },
        most_units={(CARE, "city"): 2},
    )

    plan = planned(problem)

    # 30 persons: 2 x 16 places in the city are enough, and nobody from the city leaves it
    assert plan.opened == {(CARE, "city"): Opening(32, 2, Kind.NEW)}
    assert plan.assigned == {(CARE, "city", "city"): 26, (CARE, "village", "city"): 4}
    assert service_figures(problem, plan)[CARE].sites_new == 2


def test_with_one_address_only_the_city_would_send_people_out() -> None:
    problem = town(
        {"city": {"city": 3.0, "village": 25.0}, "village": {"city": 25.0, "village": 3.0}},
        {"city": 26, "village": 4},
        build={(CARE, j): (Size(8, 80_000), Size(16, 150_000)) for j in ("city", "village")},
    )

    plan = planned(problem)

    assert plan.assigned[CARE, "city", "city"] == 16
    assert plan.assigned[CARE, "city", "village"] == 10
    assert plan.assigned[CARE, "village", "village"] == 4


# --- a group home near the place of origin -------------------------------------------------------


def test_group_homes_stand_near_the_place_of_origin() -> None:
    # six from the hills, six from the coast, 50 minutes apart. One home of 16 costs less than
    # two of 8, but half of the people would be beyond 30 minutes and away from their municipality
    problem = town(
        {"hills": {"hills": 3.0, "coast": 50.0}, "coast": {"hills": 50.0, "coast": 3.0}},
        {"hills": 6, "coast": 6},
        services=(GROUP_HOME,),
        build={(HOME, j): (Size(8, 900_000), Size(16, 1_600_000)) for j in ("hills", "coast")},
    )

    near = planned(problem)
    comfort_is_free = replace(
        problem,
        aims=tuple(
            replace(a, of_need=1.0) if a.name == "persons_beyond_standard" else a
            for a in problem.aims
        ),
    )
    one_home = planned(comfort_is_free)

    assert near.opened == {(HOME, "coast"): new(8), (HOME, "hills"): new(8)}
    assert service_figures(problem, near)[HOME].within_standard == 12
    assert aims_of(near)["cost_eur"] == 1_800_000
    assert len(one_home.opened) == 1
    assert aims_of(one_home)["cost_eur"] == 1_600_000
    assert aims_of(one_home)["persons_beyond_standard"] == 6


def test_the_own_municipality_is_near_whatever_the_minutes() -> None:
    problem = town(
        {"hills": {"hills": 45.0}},
        {"hills": 6},
        services=(GROUP_HOME,),
        build={(HOME, "hills"): (SMALL,)},
    )

    figures = municipality_figures(problem, planned(problem))["hills", HOME]

    assert (figures.served, figures.within_standard, figures.mean_minutes) == (6, 6, 45.0)


# --- a new site that is called needless ----------------------------------------------------------


def test_a_promised_site_that_nobody_would_miss_is_called_needless() -> None:
    # north alone with 20 places serves all 14 within 30 minutes; south is promised
    problem = two_villages(kept={(CARE, "south"): "promised"})
    problem = replace(problem, persons={**problem.persons, (CARE, "north"): 12})
    problem = replace(
        problem, sizes={(CARE, "north"): (LARGE,), (CARE, "south"): (Size(5, 60_000),)}
    )

    plan = planned(problem)

    assert plan.opened == {(CARE, "north"): new(20), (CARE, "south"): new(5)}
    assert needless_units(problem, plan) == {(CARE, "north"): False, (CARE, "south"): True}


def test_a_site_that_carries_someone_nobody_else_can_is_not_needless() -> None:
    problem = two_villages()
    apart = replace(problem, sizes=dict.fromkeys(problem.sizes, (SMALL,)))

    plan = planned(apart)

    assert len(plan.opened) == 2
    assert set(needless_units(apart, plan).values()) == {False}


def test_a_second_unit_at_a_place_can_be_needless() -> None:
    # minutes only: the second unit is no trouble to anyone, and no use either
    problem = town(
        {"city": {"city": 3.0}},
        {"city": 10},
        build={(CARE, "city"): (SMALL,)},
        most_units={(CARE, "city"): 2},
        aims=(AimTerms("persons_unserved"), AimTerms("person_minutes")),
    )
    plan = planned(problem)
    doubled = replace(plan, opened={(CARE, "city"): new(20, 2)})

    require_sound(problem, doubled)

    assert needless_units(problem, doubled) == {(CARE, "city"): True}


def test_the_fewest_sites_are_proven_by_the_plan_itself_where_they_are_an_aim() -> None:
    problem = two_villages()

    assert sites_beyond_fewest(problem, planned(problem)) == {CARE: Fewest(1, 1, 1)}


def test_sites_built_for_minutes_alone_are_beyond_the_fewest() -> None:
    problem = two_villages(
        aims=(
            AimTerms("persons_unserved"),
            AimTerms("persons_beyond_standard"),
            AimTerms("person_minutes"),
        )
    )

    plan = planned(problem)

    assert len(plan.opened) == 2
    found = sites_beyond_fewest(problem, plan)[CARE]
    assert (found, found.beyond, found.proven) == (Fewest(2, 1, 1), 1, True)


def test_homes_may_be_more_than_the_fewest_because_cost_decides() -> None:
    # two homes of 8 for 500,000 each are cheaper than one of 16 for 1,200,000
    problem = town(
        {"town": {"town": 3.0, "inn": 9.0}},
        {"town": 12},
        services=(GROUP_HOME,),
        build={
            (HOME, "town"): (Size(8, 500_000), Size(16, 1_200_000)),
            (HOME, "inn"): (Size(8, 500_000), Size(16, 1_200_000)),
        },
    )

    plan = planned(problem)

    assert aims_of(plan)["cost_eur"] == 1_000_000
    assert sites_beyond_fewest(problem, plan) == {HOME: Fewest(2, 1, 1)}


def test_small_homes_are_not_needless_unless_fewer_would_be_cheaper() -> None:
    def homes(price_of_the_large: int) -> Problem:
        sizes = (Size(8, 500_000), Size(16, price_of_the_large))
        return town(
            {"town": {"town": 3.0, "inn": 9.0}},
            {"town": 12},
            services=(GROUP_HOME,),
            build={(HOME, "town"): sizes, (HOME, "inn"): sizes},
        )

    two_small = planned(homes(1_200_000))
    two_homes = {(HOME, "town"): False, (HOME, "inn"): False}
    cheaper = homes(900_000)
    stated = replace(two_small, proof=planned(cheaper).proof)

    assert needless_units(homes(1_200_000), two_small) == two_homes
    assert needless_units(cheaper, stated) == dict.fromkeys(two_homes, True)


# --- a tolerance that saves a site and its price -------------------------------------------------


def test_a_tolerance_for_comfort_saves_a_site_and_its_price() -> None:
    # 57 in the town and 3 on a farm 40 minutes away: 5 % of 60 persons are 3
    def asked(of_need: float) -> Problem:
        aims = (
            AimTerms("persons_unserved"),
            AimTerms("persons_beyond_standard", of_need=of_need),
            AimTerms("new_sites"),
            AimTerms("cost_eur"),
            AimTerms("person_minutes"),
        )
        return town(
            {"town": {"town": 3.0, "farm": 40.0}, "farm": {"town": 40.0, "farm": 3.0}},
            {"town": 57, "farm": 3},
            build={(CARE, "town"): (Size(60, 600_000),), (CARE, "farm"): (SMALL,)},
            aims=aims,
        )

    strict, tolerant = planned(asked(0.0)), planned(asked(0.05))

    assert aims_of(strict) == {
        "persons_unserved": 0,
        "persons_beyond_standard": 0,
        "new_sites": 2,
        "cost_eur": 700_000,
        "person_minutes": 180,
    }
    assert aims_of(tolerant) == {
        "persons_unserved": 0,
        "persons_beyond_standard": 3,
        "new_sites": 1,
        "cost_eur": 600_000,
        "person_minutes": 57 * 3 + 3 * 40,
    }


def test_one_person_too_many_for_the_tolerance_gets_the_site() -> None:
    # 4 of 60 are more than 5 %
    problem = town(
        {"town": {"town": 3.0, "farm": 40.0}, "farm": {"town": 40.0, "farm": 3.0}},
        {"town": 56, "farm": 4},
        services=(DAY_CARE,),
        build={(CARE, "town"): (Size(60, 600_000),), (CARE, "farm"): (SMALL,)},
    )

    assert len(planned(problem).opened) == 2

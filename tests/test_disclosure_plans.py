"""A plan beside today, as readers get it: little towns, one release for all tables."""

from dataclasses import replace

from planner.disclosure import (
    REGION,
    WITH_PARTNERS,
    Ledger,
    ServedTables,
    audit,
    protect_plan,
    served_of,
)
from planner.domain import Plan, Problem, Reason
from planner.publishing.people import aims_withheld
from tests.towns import CARE, drawn, existing, new, overfull, standing, town


def three_towns() -> Problem:
    """Forty in the city with a centre, thirty in the town beside it, three in the village."""
    return town(
        {
            "city": {"city": 3.0, "town": 20.0},
            "town": {"city": 20.0, "town": 3.0},
            "village": {"city": 40.0, "town": 20.0},
        },
        {"city": 40, "town": 30, "village": 3},
        build=("town",),
        existing={(CARE, "city"): standing(50)},
    )


def today(problem: Problem) -> Plan:
    assigned = {(CARE, "city", "city"): 40, (CARE, "town", "city"): 10}
    return drawn(problem, {(CARE, "city"): existing(50)}, assigned)


def with_a_centre_in_town(problem: Problem, *, from_village: int) -> Plan:
    assigned = {(CARE, "city", "city"): 40, (CARE, "town", "town"): 20}
    if from_village:
        assigned |= {(CARE, "village", "town"): from_village}
    opened = {(CARE, "city"): existing(50), (CARE, "town"): new(40, 2)}
    return drawn(problem, opened, assigned)


def published(plan: Plan, ledger: Ledger | None = None) -> ServedTables:
    problem = three_towns()
    return protect_plan(
        (problem, today(problem)), (problem, plan), snapshot="2026", ledger=ledger or Ledger()
    )


def test_a_plan_is_counted_by_the_municipality_of_its_people() -> None:
    problem = overfull()
    plan = drawn(problem, {(CARE, "town"): existing(10)}, {(CARE, "town", "town"): 10})
    plan = Plan(
        plan.opened,
        plan.assigned,
        plan.unserved,
        plan.proof,
        reasons={(CARE, "village"): {Reason.NO_PLACES: 4}},
    )

    rows = served_of(problem, plan)

    assert rows["town", CARE].sites == {"town": 10}
    assert rows["village", CARE].unserved == 4
    assert rows["village", CARE].reach == 4
    assert rows["village", CARE].reasons == {"no places": 4}


def test_the_three_of_the_village_are_in_no_table() -> None:
    tables = published(with_a_centre_in_town(three_towns(), from_village=3))

    assert tables.need("village", CARE) in ("< 5", "…")
    assert tables.at("plan", REGION, CARE).need == "73"
    shown = [tables.at(s, m, CARE) for s in ("today", "plan") for m in ("city", "town", "village")]
    assert all("3" not in (row.need, row.served, row.unserved) for row in shown)
    told = (tables.served_at("plan", "town", CARE), tables.at("plan", "town", CARE).served)
    assert told != ("23", "20")  # twenty of the centre's people are the town's own
    assert audit([tables.release]) == ()


def test_partners_stand_in_their_own_row_and_in_no_total_of_the_region() -> None:
    problem = replace(three_towns(), outside=frozenset({"town"}))
    plan = with_a_centre_in_town(problem, from_village=0)

    tables = protect_plan((problem, today(problem)), (problem, plan), snapshot="2026")

    assert tables.at("plan", "town", CARE).need == "30"
    region = tables.at("plan", REGION, CARE)
    assert (region.need, region.served) != ("73", "60")
    assert tables.everybody == WITH_PARTNERS
    assert audit([tables.release]) == ()


def test_the_aims_of_a_plan_do_not_tell_the_three_of_a_partner() -> None:
    problem = replace(three_towns(), outside=frozenset({"village"}))
    plan = with_a_centre_in_town(problem, from_village=0)

    tables = protect_plan((problem, today(problem)), (problem, plan), snapshot="2026")

    told = {tables.at("plan", row, CARE).need for row in (REGION, WITH_PARTNERS)}
    assert told != {"70", "73"}
    assert "persons_unserved" in aims_withheld(tables)
    assert audit([tables.release]) == ()


def test_a_flow_of_few_persons_is_no_line_and_no_larger_one_gives_it_away() -> None:
    tables = published(with_a_centre_in_town(three_towns(), from_village=3))

    assert tables.flow("plan", "village", CARE, "town") is None
    assert tables.flow("plan", "city", CARE, "city") in ("40", None)
    told = (tables.served_at("plan", "town", CARE), tables.flow("plan", "town", CARE, "town"))
    assert told != ("23", "20")


def test_two_plans_that_differ_by_the_village_do_not_tell_it() -> None:
    problem = three_towns()
    first = published(with_a_centre_in_town(problem, from_village=0))
    second = published(with_a_centre_in_town(problem, from_village=3), Ledger((first.release,)))

    assert audit([first.release, second.release]) == ()
    assert second.need("village", CARE) == first.need("village", CARE)
    assert second.at("today", "city", CARE) == first.at("today", "city", CARE)


def test_the_same_plan_published_again_says_the_same() -> None:
    plan = with_a_centre_in_town(three_towns(), from_village=3)
    first = published(plan)

    again = published(plan, Ledger((first.release,)))

    assert again.release == first.release

# ruff: noqa: E501 - rows as the solver reads them
"""Every rule of the model writes the rows that its equation says; goldens in the solver's words.

Services, points and sites are numbered in the order of the problem, ways of opening by size:
way_0_1_0 is the first way of opening service 0 at site 1.
"""

import re
from pathlib import Path

import pulp

from planner.domain import EVERY_SERVICE, Budget, Size
from planner.facility_location import DEFAULT
from planner.facility_location import constraints as rule
from planner.facility_location.decisions import declare, label
from planner.facility_location.ground import survey
from tests.towns import CARE, standing, two_villages

GROWING = {
    "build": ("south",),
    "existing": {(CARE, "north"): standing(8, larger=(Size(13, 35_000),))},
}
MIXED = two_villages(**GROWING)
YARD = {"address_of": {"north": "yard", "south": "yard"}}


def rows(wrote, problem):
    ground = survey(problem, tuple(problem.services))
    decisions = declare(pulp.LpProblem("town"), ground, whole_persons=False, levels=True)
    lines = [f"{label(wrote.__name__, key)}: {row}" for key, row in wrote(ground, decisions)]
    return [re.sub(r"-?(\d+)\.0$", r"\1", line) for line in lines]


def test_ways_of_opening_exclude_each_other():
    problem = two_villages()

    assert rows(rule.open_in_one_way, problem) == [
        "open_in_one_way_0_0: -open_0_0 + way_0_0_0 + way_0_0_1 = 0",
        "open_in_one_way_0_1: -open_0_1 + way_0_1_0 + way_0_1_1 = 0",
    ]


def test_everyone_is_served_or_counted_as_unserved():
    problem = two_villages()

    assert rows(rule.account_for_every_need, problem) == [
        "account_for_every_need_0_0: assign_0_0_0 + assign_0_0_1 + unserved_0_0 = 10",
        "account_for_every_need_0_1: assign_0_1_0 + assign_0_1_1 + unserved_0_1 = 4",
    ]


def test_only_what_is_open_serves_and_what_must_stay_needs_no_row():
    problem = MIXED

    assert rows(rule.serve_only_where_open, problem) == [
        "serve_only_where_open_0_0_1: assign_0_0_1 - 10*open_0_1 <= 0",
        "serve_only_where_open_0_1_1: assign_0_1_1 - 4*open_0_1 <= 0",
    ]


def test_nobody_is_served_without_a_place():
    problem = MIXED

    assert rows(rule.respect_capacity, problem) == [
        "respect_capacity_0_0: assign_0_0_0 + assign_0_1_0 - 8*way_0_0_0 - 13*way_0_0_1 <= 0",
        "respect_capacity_0_1: assign_0_0_1 + assign_0_1_1 - 10*way_0_1_0 - 20*way_0_1_1 <= 0",
    ]


def test_a_new_unit_carries_its_least_load():
    problem = MIXED

    assert rows(rule.be_viable, problem) == [
        "be_viable_0_1: assign_0_0_1 + assign_0_1_1 - 3*way_0_1_0 - 3*way_0_1_1 >= 0",
    ]


def test_what_is_kept_is_open_even_where_nothing_can_open():
    problem = two_villages(kept={(CARE, "south"): "asked", (CARE, "nowhere"): "asked"})

    assert rows(rule.keep, problem) == [
        "keep_0: 0 >= 1",
        "keep_1: open_0_1 >= 1",
    ]


def test_what_exists_stays():
    problem = MIXED

    assert rows(rule.stay, problem) == [
        "stay_0_0: open_0_0 >= 1",
    ]


def test_where_vetoed_nothing_is_built_or_enlarged():
    problem = two_villages(**GROWING, vetoed={(CARE, "north"): "flood", (CARE, "south"): "flood"})

    assert rows(rule.veto, problem) == [
        "veto_0_0: way_0_0_1 <= 0",
        "veto_0_1: way_0_1_0 + way_0_1_1 <= 0",
    ]


def test_what_closes_is_not_open():
    problem = two_villages(**GROWING, closing={(CARE, "north"): "sold"})

    assert rows(rule.close, problem) == [
        "close_0_0: open_0_0 <= 0",
    ]


def test_a_budget_counts_its_share_of_what_is_in_its_scope():
    problem = two_villages(
        **GROWING,
        budgets=(
            Budget("all", 100_000),
            Budget("most of it", 50_000, share_permille=850),
            Budget("yearly", 5_000, kind="running"),
            Budget("another year", 7, year=2020),
            Budget("one council", 9, municipalities=frozenset({"south"})),
        ),
    )

    assert rows(rule.stay_within_budget, problem) == [
        "stay_within_budget_0_5000000: 7*way_0_0_1 + 20*way_0_1_0 + 36*way_0_1_1 <= 20",
        "stay_within_budget_1_4250000: 7*way_0_0_1 + 20*way_0_1_0 + 36*way_0_1_1 <= 11",
        "stay_within_budget_2_2000000: 5*way_0_1_0 + 9*way_0_1_1 <= 2",
        "stay_within_budget_4_20000000: 5*way_0_1_0 + 9*way_0_1_1 <= 0",
    ]


def test_new_units_are_limited_by_service_and_together():
    problem = two_villages(**GROWING, new_sites_at_most={CARE: 1, EVERY_SERVICE: 2})

    assert rows(rule.new_sites_at_most, problem) == [
        "new_sites_at_most_0: way_0_1_0 + way_0_1_1 <= 2",
        "new_sites_at_most_1: way_0_1_0 + way_0_1_1 <= 1",
    ]


def test_all_units_are_limited():
    problem = two_villages(**GROWING, sites_at_most={CARE: 1})

    assert rows(rule.sites_at_most, problem) == [
        "sites_at_most_0: way_0_0_0 + way_0_0_1 + way_0_1_0 + way_0_1_1 <= 1",
    ]


def test_a_floor_leaves_whole_persons_unserved_at_most():
    problem = two_villages(least_share_served={(CARE, "north"): 0.75, (CARE, "south"): 0.0})

    assert rows(rule.leave_no_council_behind, problem) == [
        "leave_no_council_behind_0: unserved_0_0 <= 2",
    ]


def test_whoever_is_served_today_loses_no_more_than_asked():
    problem = two_villages(
        today={(CARE, "north", "north"): 6, (CARE, "north", "south"): 2}, most_loss_minutes=5.0
    )

    assert rows(rule.nobody_loses_more, problem) == [
        "nobody_loses_more_0_0_0: assign_0_0_0 >= 6",
        "nobody_loses_more_0_0_1: assign_0_0_0 + assign_0_0_1 >= 8",
    ]


def test_places_at_one_address_are_limited_together():
    problem = two_villages(**GROWING, **YARD, address_places_at_most={CARE: 16})

    assert rows(rule.limit_places_at_one_address, problem) == [
        "limit_places_at_one_address_0_0: 8*way_0_0_0 + 13*way_0_0_1 + 10*way_0_1_0 + 20*way_0_1_1 <= 16",
    ]


def test_what_stands_above_the_limit_stays_but_may_not_grow():
    problem = two_villages(**GROWING, **YARD, address_places_at_most={CARE: 6})

    assert rows(rule.limit_places_at_one_address, problem) == [
        "limit_places_at_one_address_0_0_0: 8*way_0_0_0 + 15*way_0_0_1 + 10*way_0_1_0 + 20*way_0_1_1 <= 8",
        "limit_places_at_one_address_0_0_1: 8*way_0_0_0 + 13*way_0_0_1 + 12*way_0_1_0 + 20*way_0_1_1 <= 8",
        "limit_places_at_one_address_0_0_2: 8*way_0_0_0 + 13*way_0_0_1 + 10*way_0_1_0 + 22*way_0_1_1 <= 8",
    ]


def test_nobody_is_sent_far_past_a_nearer_open_site():
    problem = two_villages(detour_at_most={CARE: 15.0})

    assert rows(rule.do_not_send_past, problem) == [
        "do_not_send_past_0_0_0: assign_0_0_1 + 10*open_0_0 <= 10",
        "do_not_send_past_0_1_1: assign_0_1_0 + 4*open_0_1 <= 4",
    ]


def test_without_an_agreement_nobody_crosses_the_border():
    problem = two_villages(agreements=frozenset({(CARE, "north", "south")}))

    assert rows(rule.respect_agreements, problem) == [
        "respect_agreements_0_1: assign_0_1_0 <= 0",
    ]


def test_the_furthest_trip_is_marked():
    problem = two_villages()

    assert rows(rule.mark_the_furthest, problem) == [
        "mark_the_furthest_0_0_0: assign_0_0_0 - 10*travelled_0 <= 0",
        "mark_the_furthest_0_0_1: assign_0_0_1 - 10*travelled_1 <= 0",
        "mark_the_furthest_0_1_0: assign_0_1_0 - 4*travelled_1 <= 0",
        "mark_the_furthest_0_1_1: assign_0_1_1 - 4*travelled_0 <= 0",
        "mark_the_furthest_0: -travelled_0 + travelled_1 <= 0",
    ]


def test_every_rule_of_the_default_formulation_has_a_test_of_its_rows():
    source = Path(__file__).read_text(encoding="utf-8")

    untested = [r.__name__ for r in DEFAULT.subject_to if f"rows(rule.{r.__name__}," not in source]

    assert untested == []

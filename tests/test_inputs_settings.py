"""Settings that a planner can give a reason for: who takes part, who comes, what a place is."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from planner import workflow
from planner.domain import Budget, Entitlement, Municipality, Scenario, Stated
from planner.errors import InputError
from planner.facility_location import Limits
from planner.inputs.funds import funds_of
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.inputs.study_area import places_of_region, starter_data
from planner.problem import build_problem, service_needs
from planner.records import problem_from_json, problem_to_json
from planner.workflow import Prepared

TINY = Path(__file__).parent.parent / "scenarios" / "tiny.toml"
CARE = "day_care_adults"


@cache
def tiny() -> Prepared:
    return workflow.prepare(read_scenario(TINY))


def read(folder: Path, text: str) -> Scenario:
    file = folder / "q.toml"
    file.write_text(f'title = "T"\nregion = "latgale"\nplan_year = 2027\n{text}', encoding="utf-8")
    return read_scenario(file)


# --- who takes part ------------------------------------------------------------------------------

EU = Budget("ERAF", 1_000_000, share_permille=850, eu=True)
OWN = Budget("own", 50_000, municipalities=frozenset({"B"}))


def funds(*budgets: Budget, outside: tuple[str, ...] = ("B",)) -> tuple[Budget, ...]:
    scenario = Scenario("q", "Q", "latgale", 2027, budgets=budgets, not_participating=outside)
    return funds_of(scenario, ["A", "B", "C"])


def test_who_does_not_take_part_gets_nothing_from_the_eu() -> None:
    inside, without = funds(EU)

    assert inside == replace(EU, municipalities=frozenset("AC"), eu=False)
    assert without == Budget(
        "ERAF (not participating)", 0, share_permille=850, municipalities=frozenset("B")
    )


def test_own_money_pays_for_who_does_not_take_part() -> None:
    assert funds(EU, OWN) == (replace(EU, municipalities=frozenset("AC"), eu=False), OWN)


def test_other_funds_stay_as_they_are() -> None:
    assert funds(OWN, replace(EU, eu=False)) == (OWN, replace(EU, eu=False))
    assert funds(EU, outside=()) == (replace(EU, eu=False),)
    only = replace(EU, municipalities=frozenset("B"))
    assert [f.amount_eur for f in funds(only)] == [0]


def test_outside_nothing_is_built_with_eu_money_and_need_still_counts() -> None:
    base = tiny()
    (home,) = {p.municipality_atvk for p in base.area.points}
    other = Municipality("0099999", "Cits novads", "novads", "Latgale")
    apart = replace(
        base.area,
        municipalities=(*base.area.municipalities, other),
        points=tuple(
            replace(p, municipality_atvk=other.atvk) if p.id == "liepas" else p
            for p in base.area.points
        ),
        sites=tuple(
            replace(s, municipality_atvk=other.atvk) if s.id == "liepas" else s
            for s in base.area.sites
        ),
    )
    fund = Budget("ERAF", 1_000_000, eu=True)
    asked = replace(base.scenario, budgets=(fund,), not_participating=(other.atvk,))

    problem = build_problem(apart, base.travel, asked)
    plan = workflow.propose(replace(base, scenario=asked, area=apart, problem=problem)).plan

    assert problem.persons == base.problem.persons
    assert {b.id: b.municipalities for b in problem.budgets} == {
        "ERAF": frozenset({home}),
        "ERAF (not participating)": frozenset({other.atvk}),
    }
    assert (CARE, "liepas") not in plan.opened
    assert sum(plan.assigned.values()) == 14


@pytest.mark.parametrize("counted", [True, False])
def test_partners_are_in_the_demand_and_out_of_the_totals_when_asked(*, counted: bool) -> None:
    scenario = replace(
        read_scenario(TINY.with_name("kurzeme.toml")),
        partners=("0052000",),
        partners_in_totals=counted,
        services=(CARE,),
    )
    prepared = workflow.prepare(scenario)
    own = places_of_region("kurzeme", data=starter_data())
    needs = {point: n for (_, point), n in prepared.problem.persons.items()}

    proposal = workflow.propose(prepared, limits=Limits(seconds=20, gap=0.2))

    told = workflow.summary(proposal)["services"][CARE]["need"]
    every, ours = sum(needs.values()), sum(n for point, n in needs.items() if point in own)
    assert every > ours > 0
    assert told == (every if counted else ours)
    assert sum(proposal.plan.assigned.values()) + sum(proposal.plan.unserved.values()) == every
    report = workflow.report(proposal, language="en")
    assert ("no total of the region: Tukuma novads" in report) is not counted
    again = problem_from_json(problem_to_json(prepared.problem))
    assert again.outside == prepared.problem.outside


# --- who comes, what a place is ------------------------------------------------------------------


def test_uptake_is_a_share_of_those_in_need() -> None:
    half = replace(tiny().scenario, uptake={CARE: Stated(0.5, "survey 2025")})

    needs = service_needs(tiny().area, half)

    assert {point: n for (s, point), n in needs.items() if s == CARE} == {"ozoli": 5, "liepas": 2}


def test_uptake_holds_for_support_plans_too() -> None:
    area = replace(tiny().area, support_plans={(CARE, "ozoli"): 8, (CARE, "liepas"): 4})
    scenario = replace(tiny().scenario, uptake={CARE: Stated(0.75, "survey")})

    assert service_needs(area, tiny().scenario)[CARE, "ozoli"] == 8
    assert service_needs(area, scenario)[CARE, "ozoli"] == 6
    assert service_needs(area, scenario)[CARE, "liepas"] == 3


@pytest.mark.parametrize(
    ("said", "persons"),
    [
        (Entitlement("norm", days_per_year=30), Fraction(511, 60)),
        (Entitlement("norm", days_per_year=30, occupancy=1.0), Fraction(73, 6)),
        (Entitlement("norm", days_per_week=2), Fraction(5, 2)),
        (Entitlement("norm", days_per_week=2.5, occupancy=1.0), 2),
        (Entitlement("norm", days_per_week=5), 1),
        (Entitlement("norm", days_per_week=3), Fraction(5, 3)),
    ],
)
def test_what_a_person_uses_says_how_many_a_place_serves(
    said: Entitlement, persons: Fraction | int
) -> None:
    base = tiny()
    scenario = replace(base.scenario, entitlement={CARE: said})

    problem = build_problem(base.area, base.travel, scenario)

    assert problem.services[CARE].persons_per_place == persons


def test_three_days_a_week_fit_thirteen_into_the_eight_places_that_stand() -> None:
    base = tiny()
    scenario = replace(base.scenario, entitlement={CARE: Entitlement("norm", days_per_week=3)})
    problem = build_problem(base.area, base.travel, scenario)

    again = problem_from_json(json.loads(json.dumps(problem_to_json(problem))))
    assert again.services == problem.services
    assert again.services[CARE].persons_at(8) == 13  # of 40/3


def test_half_weeks_fit_all_fourteen_into_the_eight_places_that_stand() -> None:
    base = tiny()
    scenario = replace(base.scenario, entitlement={CARE: Entitlement("norm", days_per_week=2.5)})
    problem = build_problem(base.area, base.travel, scenario)

    today = workflow.propose(replace(base, scenario=scenario, problem=problem)).today

    assert sum(today.assigned.values()) == 14


# --- the scenario --------------------------------------------------------------------------------

SETTINGS = """
partners = ["0031000"]
partners_in_totals = false
not_participating = ["0036000"]
[[budget]]
id = "ERAF"
amount_eur = 5
eu = true
[uptake.workshop]
share = 0.8
basis = "survey"
[entitlement.respite_children]
days_per_year = 30
occupancy = 0.6
basis = "regulation"
[entitlement.day_care_adults]
days_per_week = 3
basis = "rules of the town"
[staff_per_place.group_home]
staff = 0.4
basis = "staff list"
"""


def test_settings_are_read_with_their_basis_and_written_back_alike(tmp_path: Path) -> None:
    scenario = read(tmp_path, SETTINGS)

    copy = tmp_path / "copy" / "q.toml"
    copy.parent.mkdir()
    copy.write_text(scenario_to_toml(scenario), encoding="utf-8")

    assert read_scenario(copy) == scenario
    assert (scenario.partners, scenario.partners_in_totals) == (("0031000",), False)
    assert scenario.not_participating == ("0036000",)
    assert scenario.budgets[0].eu
    assert scenario.uptake == {"workshop": Stated(0.8, "survey")}
    assert scenario.entitlement == {
        "respite_children": Entitlement("regulation", days_per_year=30, occupancy=0.6),
        "day_care_adults": Entitlement("rules of the town", days_per_week=3),
    }
    assert scenario.staff_per_place == {"group_home": Stated(0.4, "staff list")}


def test_a_setting_without_a_basis_or_with_another_key_is_refused(tmp_path: Path) -> None:
    text = (
        "[uptake.workshop]\nshare = 1.2\n[staff_per_place.workshop]\npersons = 2\nstaff = 1\n"
        'basis = "x"\n[entitlement.workshop]\nbasis = "x"\n'
    )

    with pytest.raises(InputError) as error:
        read(tmp_path, text)

    assert sorted(fault.key for fault in error.value.faults) == [
        "entitlement.workshop",
        "staff_per_place.workshop.persons",
        "uptake.workshop.basis",
        "uptake.workshop.share",
    ]


def test_settings_for_what_is_not_there_are_refused() -> None:
    base = tiny()
    wrong = replace(
        base.scenario,
        not_participating=("0000001",),
        uptake={"day_car": Stated(0.5, "x")},
        entitlement={"home_care": Entitlement("x", days_per_week=2)},
        staff_per_place={"nursery": Stated(1, "x")},
    )

    with pytest.raises(InputError) as error:
        build_problem(base.area, base.travel, wrong)

    assert [fault.key for fault in error.value.faults] == [
        "uptake",
        "entitlement",
        "staff_per_place",
        "not_participating",
    ]

"""Who comes on top of the assessed, institutions that shrink, and staff, from file to report."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from planner import workflow
from planner.domain import Addition, Growth, InstitutionYear, Scenario, Stated, StudyArea
from planner.errors import InputError
from planner.inputs.scenario import read_scenario
from planner.inputs.study_area import read_study_area, starter_data
from planner.problem import build_problem, service_needs
from planner.records import area_from_json, area_to_json
from planner.workflow import Prepared, Proposal
from planner.workflow.expectations import (
    additions_by_year,
    expectations_text,
    growth_by_year,
    institutions_by_year,
)
from planner.workflow.settings import (
    settings_of_needs,
    settings_summary,
    settings_text,
)

SCENARIOS = Path(__file__).parent.parent / "scenarios"
CARE = "day_care_adults"
INSTITUTIONS = (
    "institution;year;children;places;foster_family;guardian;adoption;family_like_home;"
    "youth_house;stays\n"
    "Rūķis;2026;20;24;5;2;1;4;0;8\n"
    "Rūķis;2027;8;8;2;0;0;2;4;0\n"
    "Saule;2026;10;10;0;0;0;0;0;10\n"
)


def asked(folder: Path, *, added: str = "", institutions: str = "", top: str = "") -> Prepared:
    """Return the two villages (10 and 4 adults) with tables of additions and institutions."""
    text = (
        (SCENARIOS / "tiny.toml").read_text(encoding="utf-8").replace("tiny/", f"{SCENARIOS}/tiny/")
    )
    if added:
        (folder / "more.csv").write_text(
            "place_id;group;persons;year;source\n" + added, encoding="utf-8"
        )
        text += 'additions = "more.csv"\n'
    if institutions:
        (folder / "homes.csv").write_text(institutions, encoding="utf-8")
        text += 'institutions = "homes.csv"\n'
    (folder / "q.toml").write_text(f"{text}{top}", encoding="utf-8")
    return workflow.prepare(read_scenario(folder / "q.toml"))


def needs(prepared: Prepared) -> dict[str, int]:
    found = service_needs(prepared.area, prepared.scenario)
    return {point: n for (service, point), n in found.items() if service == CARE}


@cache
def prepared_tiny() -> Prepared:
    return workflow.prepare(read_scenario(SCENARIOS / "tiny.toml"))


@cache
def tiny() -> Proposal:
    return workflow.propose(prepared_tiny())


# --- who comes on top ----------------------------------------------------------------------------


def test_leavers_of_a_state_centre_are_planned_for_from_their_year_on(tmp_path: Path) -> None:
    rows = "liepas;VSAC;3;2026;VSAC Latgale, branch Kalupe\nliepas;VSAC;5;2028;VSAC Latgale\n"

    prepared = asked(tmp_path, added=rows)
    later = replace(prepared, scenario=replace(prepared.scenario, plan_year=2028))

    assert needs(prepared) == {"ozoli": 10, "liepas": 7}
    assert needs(later) == {"ozoli": 10, "liepas": 12}
    assert prepared.problem.persons[CARE, "liepas"] == 7
    assert prepared.area.additions[0] == Addition(
        "liepas", "adults_leaving_institutions", 3, 2026, "VSAC Latgale, branch Kalupe"
    )
    assert any(source.note == "additions" for source in prepared.area.sources)


def test_additions_come_on_top_of_support_plans_by_the_share(tmp_path: Path) -> None:
    prepared = asked(tmp_path, added="liepas;GRT;4;2026;list of the municipality\n")
    area = replace(prepared.area, support_plans={(CARE, "ozoli"): 6})
    half = replace(prepared.scenario, need_shares={CARE: 0.5})

    found = service_needs(area, half)

    assert {p: n for (s, p), n in found.items() if s == CARE} == {"ozoli": 6, "liepas": 2}


def test_children_without_an_assessment_are_needs_with_their_source(tmp_path: Path) -> None:
    prepared = asked(tmp_path, added="ozoli;FT;6;2026;doctors of the town\n")

    found = service_needs(prepared.area, prepared.scenario)

    children = {s.id: s for s in prepared.area.services if s.target_group == "children_ft"}
    assert children
    for service in children.values():
        assert found.get((service.id, "ozoli"), 0) == round(6 * service.need_share)


def test_other_needs_are_other_needs_for_the_ledger(tmp_path: Path) -> None:
    prepared = asked(tmp_path, added="liepas;GRT;4;2026;list\n")
    tiny_area, scenario = tiny().area, tiny().scenario

    assert settings_of_needs(tiny_area, scenario) == {}
    assert settings_of_needs(prepared.area, scenario)["additions"] == [
        ["liepas", "adults", 4, 2026]
    ]
    coming = replace(scenario, uptake={CARE: Stated(0.5, "survey")})
    assert settings_of_needs(tiny_area, coming) == {"uptake": {CARE: 0.5}}


def test_growth_is_told_year_by_year_with_its_source() -> None:
    rule = Growth("adults", "own estimate", rate_per_year=0.1)
    leaving = Addition("liepas", "adults_leaving_institutions", 6, 2029, "VSAC Latgale, Kalupe")
    area = replace(tiny().area, additions=(leaving,))
    scenario = replace(tiny().scenario, base_year=2025, growth=(rule,))

    rows = growth_by_year(area, scenario)

    assert [(row["year"], row["persons"]) for row in rows] == [(2025, 14), (2026, 15), (2027, 17)]
    assert {row["source"] for row in rows} == {"own estimate"}
    assert [row["counted"] for row in additions_by_year(area, scenario)] == [False]
    assert expectations_text(area, scenario, language="en") == [
        "Adults with mental impairment: 14 in 2025, 17 expected in 2027 (10 % a year; own estimate)"
    ]
    few = replace(area, assessed={k: min(n, 2) for k, n in area.assessed.items()})
    assert ": < 5 in 2025, … expected" in expectations_text(few, scenario, language="en")[0]
    later = expectations_text(area, replace(scenario, plan_year=2030), language="lv")
    assert later[0].endswith(": 2025. gadā 14, 2030. gadā sagaidāmi 23 (10 % gadā; own estimate)")
    assert later[1].startswith("Papildus izvērtētajām personām līdz 2030. gadam: 6, ")
    assert later[1].endswith("(pēc avota: VSAC Latgale, Kalupe)")


def test_what_is_expected_is_told_by_the_threshold_of_the_readers() -> None:
    rule = Growth("adults", "own estimate", rate_per_year=0.0)
    added = Addition("liepas", "children_ft", 6, 2026, "doctors")
    area = replace(tiny().area, additions=(added,))
    scenario = replace(tiny().scenario, base_year=2025, growth=(rule,))

    growth, more = expectations_text(area, scenario, language="en", threshold=10)
    [hidden, _] = expectations_text(area, scenario, language="en", threshold=15)

    assert ": 14 in 2025, 14 expected in 2027" in growth
    assert "by 2027: < 10, " in more
    assert ": < 15 in 2025, … expected" in hidden


def test_partners_outside_the_totals_are_in_no_sum_of_what_is_expected() -> None:
    rule = Growth("adults", "own estimate", rate_per_year=0.1)
    added = Addition("liepas", "adults", 6, 2026, "list")
    points = tuple(
        replace(p, municipality_atvk="0042000") if p.id == "liepas" else p
        for p in tiny().area.points
    )
    area = replace(tiny().area, points=points, additions=(added,))
    scenario = replace(tiny().scenario, base_year=2025, growth=(rule,), partners=("0042000",))
    inside = sum(
        n for (group, place), n in area.assessed.items() if group == "adults" and place != "liepas"
    )

    planned_with = growth_by_year(area, scenario)
    outside = replace(scenario, partners_in_totals=False)

    assert planned_with[0]["persons"] == 14
    assert growth_by_year(area, outside)[0]["persons"] == inside < 14
    assert additions_by_year(area, outside) == []


# --- institutions --------------------------------------------------------------------------------


def test_every_child_of_the_institutions_is_accounted_for_in_every_year(tmp_path: Path) -> None:
    area = asked(tmp_path, institutions=INSTITUTIONS).area

    by_year = institutions_by_year(area)

    assert [(row["year"], row["institutions"], row["places"]) for row in by_year] == [
        (2026, 2, 34),
        (2027, 2, 18),
    ]
    assert [row["children"] for row in by_year] == [30, 18]
    for row in by_year:
        away = ("foster_family", "guardian", "adoption", "family_like_home", "youth_house")
        assert sum(row[d] for d in away) + row["stays"] == row["children"]


HOMES = ("family_like_home", "youth_house", "foster_or_adoption")


def children_going(area: StudyArea, scenario: Scenario) -> dict[str, int]:
    found = service_needs(area, scenario)
    return {home: sum(n for (s, _), n in found.items() if s == home) for home in HOMES}


def test_homes_are_needed_as_the_institutions_plan_and_not_by_shares(tmp_path: Path) -> None:
    prepared = asked(tmp_path, institutions=INSTITUTIONS)
    soon = replace(prepared.scenario, plan_year=2026)
    before = replace(prepared.scenario, plan_year=2025)

    assert children_going(prepared.area, prepared.scenario) == {
        "family_like_home": 6,
        "youth_house": 4,
        "foster_or_adoption": 10,
    }
    assert sum(children_going(prepared.area, soon).values()) == 12
    assert set(children_going(prepared.area, before).values()) == {0}


def test_plans_of_institutions_are_other_needs_for_the_ledger(tmp_path: Path) -> None:
    prepared = asked(tmp_path, institutions=INSTITUTIONS)

    assert settings_of_needs(prepared.area, prepared.scenario)["institutions"][0][:2] == [
        "Rūķis",
        2026,
    ]


def test_every_child_of_latgale_goes_to_one_home_at_every_place() -> None:
    area = read_study_area("latgale", data=starter_data())
    scenario = read_scenario(SCENARIOS / "latgale.toml")

    found = service_needs(area, scenario)

    for place in area.points:
        children = area.assessed["children_in_institutions", place.id]
        assert sum(found.get((home, place.id), 0) for home in HOMES) == children
    assert children_going(area, scenario) == {
        "family_like_home": 84,
        "youth_house": 31,
        "foster_or_adoption": 94,
    }


def test_targets_above_the_assessed_are_planned_for_without_complaint() -> None:
    scenario = read_scenario(SCENARIOS / "latgale_targets.toml")
    files = {role: Path(file) for role, file in scenario.data.items()}

    area = read_study_area("latgale", data=starter_data(), files=files)
    found = service_needs(area, scenario)

    assert sum(n for (group, _), n in area.assessed.items() if group == "children_ft") == 533
    assert sum(n for (s, _), n in found.items() if s == "rehabilitation_children") == 442
    assert children_going(area, scenario)["family_like_home"] == 84
    assert [s.illustrative for s in area.sources if s.note == "institutions"] == [True]
    assert [s.illustrative for s in area.sources if s.note == "assessed"] == [True]


def test_a_planner_moves_the_shares_and_who_is_left_stays() -> None:
    area = read_study_area("latgale", data=starter_data())
    scenario = read_scenario(SCENARIOS / "latgale.toml")
    moved = replace(scenario, need_shares={"family_like_home": 0.2, "foster_or_adoption": 0.5})

    assert children_going(area, moved) == {
        "family_like_home": 42,
        "youth_house": 31,
        "foster_or_adoption": 105,
    }


def test_more_than_all_children_cannot_move() -> None:
    base = tiny()
    scenario = replace(base.scenario, need_shares={"family_like_home": 0.8})

    with pytest.raises(InputError, match=r"add up to 140.0 %"):
        build_problem(base.area, prepared_tiny().travel, scenario)


def test_a_home_in_support_plans_takes_its_children_from_the_others() -> None:
    area = read_study_area("latgale", data=starter_data())
    scenario = read_scenario(SCENARIOS / "latgale.toml")
    most = max(area.points, key=lambda p: area.assessed["children_in_institutions", p.id])
    planned = replace(area, support_plans={("family_like_home", most.id): 9})

    assert children_going(planned, scenario) == {
        "family_like_home": 9,
        "youth_house": 50,
        "foster_or_adoption": 150,
    }


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("A;2026;9;9;0;0;0;1;0;8;\nA;2027;7;8;0;0;0;0;0;7;\n", "8 children stayed in 2026"),
        ("A;2026;9;9;0;0;0;1;0;8;0\nA;2027;8;8;0;0;0;0;0;8;0\n", "but the target is 0"),
        ("A;2026;9;9;0;0;0;1;0;8;0\nA;2027;8;8;8;0;0;0;0;0;4\n", "the target differs"),
    ],
)
def test_no_child_is_lost_and_the_target_is_reached(tmp_path: Path, rows: str, said: str) -> None:
    head = INSTITUTIONS.splitlines()[0] + ";target_places\n"

    with pytest.raises(InputError, match=said):
        asked(tmp_path, institutions=head + rows)


def test_faults_of_both_tables_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        asked(
            tmp_path,
            added="liepas;GRT;minus;2026;x\n",
            institutions=INSTITUTIONS.replace("4;0;8", "4;0;7"),
        )

    assert [fault.file for fault in error.value.faults] == ["more.csv", "homes.csv"]
    assert "account for every child" in error.value.faults[1].text


def test_additions_and_institutions_come_back_from_json(tmp_path: Path) -> None:
    area: StudyArea = asked(
        tmp_path, added="liepas;GRT;4;2026;list\n", institutions=INSTITUTIONS
    ).area

    back = area_from_json(json.loads(json.dumps(area_to_json(area))))

    assert back.additions == area.additions
    assert back.institutions == area.institutions
    assert isinstance(back.institutions[0], InstitutionYear)


# --- staff ---------------------------------------------------------------------------------------


def test_staff_is_found_for_the_places_that_open() -> None:
    """A new centre of 8 places and one enlarged from 8 to 13: 13 places open."""
    stated = {CARE: Stated(0.3, "staff list of Ozoli")}
    proposal = replace(tiny(), scenario=replace(tiny().scenario, staff_per_place=stated))

    assert workflow.summary(proposal)["staff"] == {
        CARE: {"staff": 3.9, "per_place": 0.3, "basis": "staff list of Ozoli"}
    }
    told = workflow.report(proposal, language="en").splitlines()[-1]
    assert told.endswith("3.9 (0.3 for a place; staff list of Ozoli)")
    assert "3,9 (0,3 uz vietu" in workflow.report(proposal, language="lv")


def test_no_setting_is_hidden_nor_its_basis(tmp_path: Path) -> None:
    prepared = asked(
        tmp_path,
        added="liepas;GRT;4;2026;VSAC Latgale\n",
        top=f'[uptake.{CARE}]\nshare = 0.9\nbasis = "survey"\n[entitlement.{CARE}]\n'
        'days_per_week = 2.5\nbasis = "rules of the town"\n',
    )
    outside = replace(prepared.scenario, not_participating=("0036000",), need_shares={CARE: 0.5})
    proposal = replace(tiny(), area=prepared.area, problem=prepared.problem, scenario=outside)

    text = settings_text(
        proposal.area, proposal.scenario, proposal.problem, proposal.plan, language="en"
    )
    told = settings_summary(proposal.area, proposal.scenario, proposal.problem, proposal.plan)

    name = "Day care centre, adults with mental impairment"
    top = "On top of the assessed by 2027: < 5, Adults with mental impairment"
    basis = next(s.need_share_basis for s in prepared.area.services if s.id == CARE)
    assert text.splitlines() == [
        f"Needed by 50 % of the group: {name} (catalogue: 42 %; {basis})",
        f"Of those in need 90 % would come: {name} (survey)",
        f"Persons that a place serves: 2, {name} (2 rounded down; rules of the town)",
        "No funds of the EU for: Līvānu novads",
        f"{top} (according to: VSAC Latgale)",
    ]
    assert told["uptake"] == {CARE: {"share": 0.9, "basis": "survey"}}
    assert told["entitlement"][CARE]["persons_per_place"] == 2
    assert told["participation"] == {"not_participating": ["0036000"]}
    assert told["additions"] == {
        "by_year": [
            {
                "year": 2026,
                "group": "adults",
                "persons": 4,
                "sources": ["VSAC Latgale"],
                "counted": True,
            }
        ]
    }


def test_what_nobody_asked_for_is_not_told() -> None:
    assert not {"staff", "institutions"} & workflow.summary(tiny()).keys()
    assert "Staff" not in workflow.report(tiny(), language="en")


def test_places_of_institutions_are_told_and_children_are_not(tmp_path: Path) -> None:
    area = asked(tmp_path, institutions=INSTITUTIONS).area
    proposal = replace(tiny(), area=area)

    lines = workflow.report(proposal, language="en").splitlines()[-3:]

    assert lines == [
        "Institutions for children in 2026: 34 places",
        "Institutions for children in 2027: 18 places",
        "Family-like homes, youth houses and families: as these plans say, not by shares",
    ]
    assert workflow.summary(proposal)["institutions"]["by_year"][0]["children"] == 30

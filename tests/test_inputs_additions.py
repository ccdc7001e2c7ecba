"""Who comes on top of the assessed, institutions that shrink, and staff, from file to report."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from planner import workflow
from planner.domain import Addition, InstitutionYear, Stated, StudyArea
from planner.errors import InputError
from planner.inputs.scenario import read_scenario
from planner.problem import service_needs
from planner.records import area_from_json, area_to_json
from planner.workflow import Prepared, Proposal
from planner.workflow.settings import (
    institutions_by_year,
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
def tiny() -> Proposal:
    return workflow.propose(workflow.prepare(read_scenario(SCENARIOS / "tiny.toml")))


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


# --- institutions --------------------------------------------------------------------------------


def test_every_child_of_the_institutions_is_accounted_for_in_every_year(tmp_path: Path) -> None:
    area = asked(tmp_path, institutions=INSTITUTIONS).area

    by_year = institutions_by_year(area)

    assert [(row["year"], row["institutions"], row["places"]) for row in by_year] == [
        (2026, 2, 34),
        (2027, 1, 8),
    ]
    assert [row["children"] for row in by_year] == [30, 8]
    for row in by_year:
        away = ("foster_family", "guardian", "adoption", "family_like_home", "youth_house")
        assert sum(row[d] for d in away) + row["stays"] == row["children"]


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
    outside = replace(prepared.scenario, not_participating=("0036000",))
    proposal = replace(tiny(), area=prepared.area, problem=prepared.problem, scenario=outside)

    text = settings_text(
        proposal.area, proposal.scenario, proposal.problem, proposal.plan, language="en"
    )
    told = settings_summary(proposal.area, proposal.scenario, proposal.problem, proposal.plan)

    name = "Day care centre, adults with mental impairment"
    assert text.splitlines() == [
        f"Of those in need 90 % would come: {name} (survey)",
        f"Persons that a place serves: 2, {name} (rules of the town)",
        "No funds of the EU for: Līvānu novads",
        "On top of the assessed, according to: VSAC Latgale",
    ]
    assert told["uptake"] == {CARE: {"share": 0.9, "basis": "survey"}}
    assert told["entitlement"][CARE]["persons_per_place"] == 2
    assert told["participation"] == {"not_participating": ["0036000"]}
    assert told["additions"] == {"sources": ["VSAC Latgale"]}


def test_what_nobody_asked_for_is_not_told() -> None:
    assert not {"staff", "institutions"} & workflow.summary(tiny()).keys()
    assert "Staff" not in workflow.report(tiny(), language="en")


def test_places_of_institutions_are_told_and_children_are_not(tmp_path: Path) -> None:
    area = asked(tmp_path, institutions=INSTITUTIONS).area
    proposal = replace(tiny(), area=area)

    lines = workflow.report(proposal, language="en").splitlines()[-2:]

    assert lines == [
        "Institutions for children in 2026: 34 places",
        "Institutions for children in 2027: 8 places",
    ]
    assert workflow.summary(proposal)["institutions"]["by_year"][0]["children"] == 30

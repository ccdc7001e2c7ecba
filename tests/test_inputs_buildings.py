"""Buildings that could be used stand beside settlements as places for something new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner import workflow
from planner.domain import Kind, Opening, Scenario, Size
from planner.errors import InputError
from planner.inputs.scenario import read_scenario
from planner.problem import build_problem
from planner.publishing.plan_tables import sites_table
from planner.publishing.tables import machine_csv
from planner.records import area_from_json, area_to_json

TINY = Path(__file__).parent.parent / "scenarios" / "tiny"
CARE = "day_care_adults"
HEAD = "address;place_id;owner;adapted;places;cost_eur;services\n"


def question(folder: Path, sites: str, *, model: str = "") -> Scenario:
    """Return the two villages of scenarios/tiny with buildings: 0 minutes inside, 40 between."""
    (folder / "sites.csv").write_text(HEAD + sites, encoding="utf-8")
    pairs = "from_id,to_id,minutes\n"
    for point, other in (("ozoli", "liepas"), ("liepas", "ozoli")):
        near = [point, f"{point}-b1"] + (["ozoli-a1"] if point == "ozoli" else [])
        far = [other, f"{other}-b1"] + (["ozoli-a1"] if other == "ozoli" else [])
        known = [s for s in (*near, *far) if "-b1" not in s or s[:3] == sites.split(";")[1][:3]]
        pairs += "".join(f"{point},{s},{0 if s in near else 40}\n" for s in known)
    (folder / "minutes.csv").write_text(pairs, encoding="utf-8")
    text = (
        f'region = "latgale"\nplan_year = 2027\n[model]\nservices = ["{CARE}"]\n{model}\n'
        f"[need_shares]\n{CARE} = 1.0\n[data]\n"
        'sites = "sites.csv"\nminutes = "minutes.csv"\n'
    )
    for role, name in (
        ("settlements", "settlements"),
        ("assessed", "assessed_persons"),
        ("facilities", "facilities"),
    ):
        text += f'{role} = "{TINY / name}.csv"\n'
    (folder / "q.toml").write_text(text, encoding="utf-8")
    return read_scenario(folder / "q.toml")


SCHOOL = "Parka iela 2;liepas;pašvaldība;jā;10;50000;\n"


def test_a_building_is_one_option_with_its_own_sizes_and_cost(tmp_path: Path) -> None:
    prepared = workflow.prepare(question(tmp_path, SCHOOL))

    problem = prepared.problem
    assert problem.sizes[CARE, "liepas-b1"] == (Size(8, 40_000),)
    assert problem.most_units[CARE, "liepas-b1"] == 1
    assert problem.address_of == {"ozoli-a1": "ozoli-a1", "liepas-b1": "liepas-b1"}
    assert [size.cost_eur for size in problem.sizes[CARE, "liepas"]] == [80_000, 130_000, 300_000]
    site = next(s for s in prepared.area.sites if s.id == "liepas-b1")
    assert (site.building, site.address) == (True, "Parka iela 2 (pašvaldība)")


def test_the_cheaper_building_is_taken_before_the_settlement(tmp_path: Path) -> None:
    proposal = workflow.propose(workflow.prepare(question(tmp_path, SCHOOL)))

    assert proposal.plan.opened == {
        (CARE, "ozoli-a1"): Opening(13, 1, Kind.ENLARGED),
        (CARE, "liepas-b1"): Opening(8, 1, Kind.NEW),
    }
    assert {aim.name: aim.value for aim in proposal.plan.proof.groups[0][1]}["cost_eur"] == 75_000
    table = machine_csv(sites_table(proposal.area, proposal.problem, proposal.plan))
    assert "Parka iela 2 (pašvaldība)" in table
    files = workflow.save(proposal, tmp_path / "plan", language="lv")
    assert "sites.csv" in files
    assert workflow.verify(tmp_path / "plan") == ()
    assert workflow.load(tmp_path / "plan").area.buildings == proposal.area.buildings


@pytest.mark.parametrize(
    ("told", "sizes"),
    [
        (";;;;", ((8, 80_000), (13, 130_000), (30, 300_000))),
        (";;13;;", ((8, 80_000), (13, 130_000))),
        (";;;90000;", ((8, 90_000), (13, 90_000), (30, 90_000))),
        (";;9;10000;", ((8, 8_889),)),
        (";;7;;", ()),
        (";;;;workshop", ()),
        (';;8;;"workshop; day_care_adults"', ((8, 80_000),)),
    ],
)
def test_what_is_known_of_a_building_limits_what_may_stand_there(
    tmp_path: Path, told: str, sizes: tuple[tuple[int, int], ...]
) -> None:
    scenario = question(tmp_path, f"Parka iela 2;liepas;{told}\n")

    problem = workflow.prepare(scenario).problem

    offered = problem.sizes.get((CARE, "liepas-b1"), ())
    assert tuple((size.places, size.cost_eur) for size in offered) == sizes


def test_premises_that_are_not_adapted_can_be_left_out(tmp_path: Path) -> None:
    rows = SCHOOL.replace("jā", "nē")
    prepared = workflow.prepare(question(tmp_path, rows, model='buildings = "adapted"'))
    everything = replace(prepared.scenario, buildings="all")
    nothing = replace(prepared.scenario, buildings="none")

    def offered(scenario: Scenario) -> bool:
        problem = build_problem(prepared.area, prepared.travel, scenario)
        return (CARE, "liepas-b1") in problem.sizes

    assert not offered(prepared.scenario)
    assert offered(everything)
    assert not offered(nothing)


def test_buildings_alone_can_be_the_candidates(tmp_path: Path) -> None:
    prepared = workflow.prepare(question(tmp_path, SCHOOL, model='candidates = "none"'))

    assert set(prepared.problem.sizes) == {(CARE, "liepas-b1")}


def test_a_candidate_at_the_address_of_a_service_is_that_building(tmp_path: Path) -> None:
    scenario = question(tmp_path, "Skolas iela 1;ozoli;pašvaldība;jā;10;;\n")
    (tmp_path / "minutes.csv").write_bytes((TINY / "minutes.csv").read_bytes())
    both = replace(scenario, services=(CARE, "workshop"))

    prepared = workflow.prepare(both)

    assert [b.site_id for b in prepared.area.buildings] == ["ozoli-a1"]
    assert [s.id for s in prepared.area.sites] == ["ozoli", "liepas", "ozoli-a1"]
    assert (CARE, "ozoli-a1") not in prepared.problem.sizes
    assert prepared.problem.sizes["workshop", "ozoli-a1"] == (Size(10, 100_000),)


def test_a_building_may_not_take_the_id_of_a_settlement(tmp_path: Path) -> None:
    scenario = question(tmp_path, SCHOOL)
    (tmp_path / "sites.csv").write_text(
        "site_id;address;place_id\nozoli;Parka iela 2;liepas\n", encoding="utf-8"
    )

    with pytest.raises(InputError, match="'ozoli' is the id of another site"):
        workflow.prepare(scenario)


def test_buildings_come_back_from_json(tmp_path: Path) -> None:
    area = workflow.prepare(question(tmp_path, SCHOOL)).area

    assert area_from_json(area_to_json(area)).buildings == area.buildings

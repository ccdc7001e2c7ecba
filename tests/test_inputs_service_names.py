"""Services are known by id, code and name, in any table, and belong to groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import Fault, FaultList, InputError, Words
from planner.inputs.checks import known_names
from planner.inputs.intake import read_needs
from planner.inputs.sites import read_sites
from planner.inputs.study_area import starter_data
from planner.locales import say_fault

HOMES = "Audžuģimene, aizbildnis, adopcija"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(
    "cell",
    ["DAC_GRT, GRUPU_DZ", "dac_grt|grupu_dz", '"day_care_adults; group_home"'],
)
def test_a_building_names_its_services_as_a_support_plan_does(tmp_path: Path, cell: str) -> None:
    names, services = known_names(starter_data())
    faults = FaultList()
    table = f"Adrese;Vieta;Pakalpojumi\nSkolas 1;0600201;{cell}\n"

    sites = read_sites(written(tmp_path / "s.csv", table), faults, services=services, names=names)

    assert not faults
    assert sites[0].services == ("day_care_adults", "group_home")


def test_a_name_with_commas_is_one_service(tmp_path: Path) -> None:
    names, services = known_names(starter_data())
    table = f'Pseidonīms;Vieta;Grupa;Pakalpojumi\nA1;0600201;BSAC;"{HOMES};JAUN_MAJA"\n'

    found = read_needs(written(tmp_path / "p.csv", table), names=names, services=services)

    assert {service for service, _, _ in found.by_service} == {"foster_or_adoption", "youth_house"}


def test_parents_may_need_what_their_children_do(tmp_path: Path) -> None:
    names, services = known_names(starter_data())
    table = "Vieta;Grupa;Pakalpojums;Skaits\n0600201;likumiskie pārstāvji;SRP_FT;3\n"

    found = read_needs(written(tmp_path / "n.csv", table), names=names, services=services)

    assert found.by_service == {("rehabilitation_children", "legal_representatives", "0600201"): 3}


def test_a_person_of_another_group_is_not_counted_for_a_service(tmp_path: Path) -> None:
    names, services = known_names(starter_data())
    table = "Pseidonīms;Vieta;Grupa;Pakalpojumi\nA1;0600201;FT;DAC_GRT\n"

    with pytest.raises(InputError) as error:
        read_needs(written(tmp_path / "p.csv", table), names=names, services=services)

    (fault,) = error.value.faults
    assert (fault.row, fault.column) == (2, "Pakalpojumi")
    assert "DAC_GRT" not in say_fault("lv", fault)


def test_a_fault_offers_its_choices_in_the_language_of_the_reader() -> None:
    fault = Fault(
        "{found!r} is not known; give one of: {known}",
        fields={"found": "?", "known": Words(["yes", "no"])},
    )

    assert say_fault("lv", fault).endswith("norādiet vienu no: jā; nē")
    assert say_fault("en", fault).endswith("give one of: yes; no")


@pytest.mark.parametrize(
    ("said", "euros"), [("638 204,92", 638205), ("250000.49", 250000), ("5,0", 5), ("7", 7)]
)
def test_a_cost_may_have_cents(tmp_path: Path, said: str, euros: int) -> None:
    names, services = known_names(starter_data())
    faults = FaultList()
    table = f"Adrese;Vieta;Izmaksas\nSkolas 1;0600201;{said}\n"

    sites = read_sites(written(tmp_path / "s.csv", table), faults, services=services, names=names)

    assert [site.cost_eur for site in sites] == [euros]

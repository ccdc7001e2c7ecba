"""No value that is set for a service is hidden, nor what it rests on."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from planner import workflow
from planner.domain import Entitlement
from planner.inputs.scenario import read_scenario
from planner.inputs.study_area import read_study_area, starter_data
from planner.locales import say
from planner.records.areas import area_from_json, area_to_json
from tests.test_locales_catalogue import entries
from tests.ui_projects import ROOT

CARE = "day_care_adults"
SITE_BOUND, OTHER = 7, 2  # values of a service with sites, and of one without


def test_every_value_of_the_catalogue_stands_with_its_basis() -> None:
    services = read_study_area("latgale", data=starter_data()).services

    found = workflow.service_settings(services, language="en").rows

    expected = sum(SITE_BOUND if s.site_bound else OTHER for s in services)
    assert len(found) == expected
    assert [row for row in found if row[3] in ("", "no basis is told")] == []


def test_a_scenario_that_sets_a_value_says_so_beside_the_catalogue() -> None:
    area = read_study_area("latgale", data=starter_data())
    scenario = replace(
        read_scenario(ROOT / "scenarios" / "latgale.toml"),
        need_shares={CARE: 0.5},
        standards={CARE: (20.0, 40.0)},
        entitlement={CARE: Entitlement("rules of the town", days_per_week=2.5)},
    )
    care = [s for s in area.services if s.id == CARE]

    told = {
        row[1]: row[2:] for row in workflow.service_settings(care, scenario, language="en").rows
    }

    assert told["Needed by"][0] == "50\u00a0%"
    assert told["Needed by"][1].startswith("set in the scenario; catalogue: 42\u00a0% (Zemgale")
    assert told["Standard and limit"][0] == "20 / 40 min"
    assert "catalogue: 30 / 60 min" in told["Standard and limit"][1]
    assert told["Persons per place"] == ("2", "rules of the town")


def test_the_terminal_tells_them_in_the_language_of_the_call() -> None:
    text = workflow.catalogue_settings_text(language="lv")

    assert "Vajadzīgs: 42\u00a0% (Zemgalē saņem 69 no 166; Latgalē 163 vietas uz 389)" in text
    assert "Standarts un robeža: 30 / 60 min (priekšlikums" in text
    assert text.count("Vajadzīgs: ") == 15


def test_every_basis_of_the_starter_catalogue_has_its_latvian() -> None:
    known = {ids[0] for ids, _ in entries()}
    with (starter_data() / "services" / "catalogue.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))

    said = {v for row in rows for k, v in row.items() if v and k.endswith("_basis")}
    said |= {row["start_without_building"] for row in rows}
    assert [text for text in said if text not in known] == []


@pytest.mark.parametrize("language", ["lv", "en"])
def test_a_saved_area_keeps_the_bases(language: str) -> None:
    area = read_study_area("latgale", data=starter_data())

    back = area_from_json(json.loads(json.dumps(area_to_json(area))))

    assert workflow.service_settings(back.services, language=language) == (
        workflow.service_settings(area.services, language=language)
    )
    assert say(language, back.services[0].bases["sizes"])

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest

from planner import workflow
from planner.analysis.indicators import municipality_figures, service_figures
from planner.domain import Source
from planner.inputs.scenario import read_scenario
from planner.publishing.documents import write_amendment
from planner.publishing.illustrations import illustrated, illustration
from planner.publishing.names import Names
from planner.publishing.painting import Situation
from planner.publishing.report import report
from planner.publishing.scene import scene
from planner.publishing.tables import Table, machine_csv, office_csv
from tests.mapped_towns import LABEL
from tests.test_publishing_documents import river_dossier, texts_of

OWN = Source("needs-2026-11-22-abc.csv", "", "2026-11-22", "assessed", role="assessed")
STARTER = Source("Main roads", "ODbL 1.0", "2.0.0", "estimated", illustrative=True, role="roads")
NO_PERSONS = {"lv": "neattēlo reālas personas", "en": "no real persons"}
ROADS = {"lv": "sākuma ceļi", "en": "starter roads"}
SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


@pytest.mark.parametrize("language", ["lv", "en"])
def test_needs_of_ones_own_on_starter_roads_are_nowhere_called_computed(
    language: str, tmp_path: Path
) -> None:
    dossier = river_dossier()
    area = replace(dossier.area, sources=(OWN, STARTER))
    dossier = replace(dossier, area=area)
    figures = municipality_figures(dossier.problem, dossier.plan)
    shown = Situation("plan", "Plan", dossier.problem, dossier.plan, figures)
    told = report(
        area,
        dossier.problem,
        dossier.plan,
        figures=service_figures(dossier.problem, dossier.plan),
        today=dossier.today,
        language=language,
    )
    label = str(scene(area, [shown], language=language)["label"])
    paper = docx.Document(str(write_amendment(tmp_path / "a.docx", dossier, language=language)))

    for text in (told, label, texts_of(paper)):
        assert ROADS[language] in text
        assert NO_PERSONS[language] not in text


def test_rows_of_a_table_say_that_only_its_roads_are_an_illustration() -> None:
    names = Names(replace(river_dossier().area, sources=(OWN, STARTER)), "lv")
    table = Table("t", "T", (), ((),), names.illustrative)

    assert machine_csv(table).splitlines()[1] == "illustrative_roads"
    assert office_csv(table, language="lv").splitlines()[1] == "ilustratīvi ceļi"


@pytest.mark.parametrize("language", ["lv", "en"])
def test_computed_needs_on_starter_roads_are_both_named(language: str) -> None:
    said = illustration(illustrated((STARTER, LABEL, OWN)), language)

    assert NO_PERSONS[language] in said
    assert ROADS[language] in said


def test_real_needs_on_real_roads_bear_no_label() -> None:
    assert illustration(illustrated((OWN, replace(STARTER, illustrative=False))), "lv") == ""


def test_a_source_that_does_not_say_what_it_is_of_is_named() -> None:
    said = illustration(illustrated((replace(STARTER, role=""),)), "en")

    assert said == "Illustrative data: Main roads."


def test_a_prepared_scenario_knows_that_its_roads_are_the_starter_ones() -> None:
    area = workflow.prepare(read_scenario(SCENARIOS / "latgale.toml")).area

    assert illustrated(area.sources) == ("assessed", "roads")


PUBLIC_TOTALS = {"lv": "no publiskiem avotiem", "en": "regional totals are public"}
INVENTED_NEEDS = {"lv": "vajadzības ir izdomātas", "en": "the needs are invented"}


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_two_villages_are_called_invented_and_no_split_of_public_totals(
    language: str, tmp_path: Path
) -> None:
    proposal = workflow.propose(workflow.prepare(read_scenario(SCENARIOS / "tiny.toml")))

    said = workflow.report(proposal, language=language)
    workflow.save(proposal, tmp_path, language=language)
    saved = workflow.load(tmp_path)

    for text in (said, illustration(illustrated(saved.area.sources), language)):
        assert INVENTED_NEEDS[language] in text
        assert NO_PERSONS[language] in text
        assert PUBLIC_TOTALS[language] not in text
        assert ROADS[language] not in text
    head, *rows = (tmp_path / "sites.csv").read_text(encoding="utf-8").splitlines()
    assert head.endswith(",data")
    assert all(row.endswith(",illustrative") for row in rows)


def test_needs_whose_basis_is_a_real_assessment_bear_no_label(tmp_path: Path) -> None:
    needs = (SCENARIOS / "tiny" / "assessed_persons.csv").read_text(encoding="utf-8")
    (tmp_path / "own.csv").write_text(needs.replace("invented", "assessment"), encoding="utf-8")
    tiny = read_scenario(SCENARIOS / "tiny.toml")
    own = replace(tiny, data={**tiny.data, "assessed": str(tmp_path / "own.csv")})

    assert illustrated(workflow.prepare(own).area.sources) == ()

"""Two plans of a project beside each other and beside today, as a council reads them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planner import workflow
from planner.disclosure import NOT_SHOWN, TRAVEL
from planner.disclosure.turns import GAINING, LOSING
from planner.publishing.people import why_no_share
from planner.ui import home
from planner.ui.home import Run
from tests.test_ui_pages import html_of, opened
from tests.ui_projects import ROOT, two_plans, use_project

LIVANI = "0036000"
CARE = "day_care_adults"


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Run]:
    """Give the plan that builds and enlarges, and the newer one that has no money."""
    found = two_plans(tmp_path / "home")
    use_project(tmp_path / "home", monkeypatch)
    return found


def comparing(language: str = "en") -> AppTest:
    return opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=90), "compare", language)


def table_of(page: AppTest) -> pd.DataFrame:
    [table] = page.dataframe
    return table.value


def test_today_beside_the_newest_plan_comes_first(plans: tuple[Run, Run]) -> None:
    page = comparing()

    first, second, *_ = page.selectbox
    assert not page.exception
    assert (first.value, second.value) == ("", plans[1].id)
    assert len(first.options) == 3
    # 8 of 14 have a place today, and without money they keep it
    assert "57\u00a0% of the needs are met within the standard today, 57\u00a0%" in html_of(page)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (("14", "…"), "withheld, so that no small number can be worked out"),
        (("…", "< 5"), "withheld, so that no small number can be worked out"),
        (("14", "< 5"), "too few persons to tell a share"),
    ],
)
def test_why_no_share_is_told_follows_from_the_texts_alone(told: tuple[str, str], why: str) -> None:
    assert why_no_share(*told) == why


def test_two_plans_stand_beside_each_other_and_beside_today(plans: tuple[Run, Run]) -> None:
    page = comparing()

    page.selectbox[0].select(plans[0].id).run()

    assert not page.exception
    assert not page.error
    said = html_of(page)
    # all but one of plan A, which may not be told, nor a class that holds it
    withheld = "withheld, so that no small number can be worked out"
    assert f"All municipalities: the share within the standard is not told ({withheld})." in said
    assert "50–100\u00a0%" not in said
    assert "Cost of plan B against plan A" in said
    assert "\u2212115\u00a0000\u00a0EUR" in said
    [row] = table_of(page).to_dict("records")
    assert row["Within the standard today"] == "57\u00a0%"
    assert row["Within the standard by plan B"] == "57\u00a0%"
    assert row["Within the standard by plan A"] == NOT_SHOWN
    assert not {"1", "2", "3", "4"} & {str(cell) for cell in row.values()}


def test_what_two_plans_tell_is_what_the_command_line_lets_through(plans: tuple[Run, Run]) -> None:
    built, without = plans
    page = comparing()
    page.selectbox[0].select(built.id).run()

    told = workflow.compare(str(built.result), str(without.result)).told

    [row] = table_of(page).to_dict("records")
    assert row["Who gains"] == told.text(GAINING, LIVANI, TRAVEL)
    assert row["Who gets worse"] == told.text(LOSING, LIVANI, TRAVEL)


def test_one_service_of_a_municipality_in_latvian_has_its_map_of_changes(
    plans: tuple[Run, Run],
) -> None:
    page = comparing("lv")
    page.selectbox[0].select(plans[0].id).run()

    page.selectbox[2].select(LIVANI).run()
    page.selectbox(key="compared_service").select(CARE).run()

    assert not page.exception
    assert not page.error
    said = html_of(page)
    assert "(nav rādīts, lai nevarētu aprēķināt mazu skaitli)." in said
    [row] = table_of(page).to_dict("records")
    assert row["Standarta robežās šodien"] == "57\u00a0%"
    assert row["Standarta robežās ar plānu A"] == NOT_SHOWN
    assert row["Standarta robežās ar plānu B"] == "57\u00a0%"


@pytest.mark.usefixtures("plans")
def test_the_screen_says_where_shares_do_not_tell_a_rise_from_a_fall() -> None:
    def shares() -> None:
        from planner.ui.cards import show_note  # noqa: PLC0415
        from planner.ui.figures import _with_note  # noqa: PLC0415

        show_note(_with_note("šodien 76 %", "76 %", "75–100 %"))
        show_note(_with_note("šodien 57 %", "57 %", "75–100 %"))

    said = html_of(AppTest.from_function(shares, default_timeout=60).run())

    assert "šodien 76 %. No šīm daļām nevar secināt, vai rādītājs pieaug vai sarūk.</p>" in said
    assert "šodien 57 %</p>" in said


@pytest.mark.parametrize(("language", "said"), [("en", "Compared with"), ("lv", "Salīdzinājums")])
def test_the_only_plan_of_a_project_is_named_with_budget_and_time(
    plans: tuple[Run, Run], language: str, said: str
) -> None:
    oldest, newest = plans
    shutil.rmtree(oldest.folder)
    day = f"{newest.started.astimezone():%d.%m.%Y}."

    page = comparing(language)

    [named] = [text for text in html_of(page).split("<p") if said in text]
    assert "0\u00a0EUR" in named
    assert (day if language == "lv" else f"{newest.started.astimezone():%H:%M:%S}") in named


@pytest.mark.parametrize("two", [False, True])
def test_the_shares_stand_first_and_whole_on_a_phone(plans: tuple[Run, Run], *, two: bool) -> None:
    page = comparing("lv")
    if two:
        page.selectbox[0].select(plans[0].id).run()

    [shown] = page.dataframe
    looks = json.loads(shown.proto.columns)
    first = list(shown.value.columns)[: 4 if two else 3]
    labels = [looks[column].get("label") for column in first]
    assert labels == [None, "Šodien", *(["Plāns A", "Plāns B"] if two else ["Plāns"])]
    assert sum(looks[column]["width"] for column in first) <= 328
    assert all(column.startswith("Standarta robežās") for column in first[1:])


def test_a_plan_beside_itself_is_asked_back(plans: tuple[Run, Run]) -> None:
    page = comparing()

    page.selectbox[0].select(plans[1].id).run()

    assert not page.exception
    assert any("choose two different ones" in info.value for info in page.info)


def test_only_finished_plans_for_the_same_places_are_offered(
    plans: tuple[Run, Run], tmp_path: Path
) -> None:
    latgale = (ROOT / "scenarios" / "latgale.toml").read_text(encoding="utf-8")
    tiny = plans[0].question.read_text(encoding="utf-8")
    for question, purpose, code in (
        (latgale, home.PLAN, 0),
        (tiny, home.PLAN, 3),
        (tiny, home.TODAY, 0),
    ):
        run = home.new_run(tmp_path / "home", question, source="tiny", purpose=purpose, seconds=9)
        home.end(run, code)

    page = comparing()

    assert not page.exception
    assert len(page.selectbox[1].options) == len(plans)

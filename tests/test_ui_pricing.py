"""The curve of prices: asked for, followed while a real child solves, shown, ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner import workflow
from planner.ui import home
from planner.ui.calculations import CANCELLED
from tests.test_ui_pages import html_of, opened
from tests.ui_projects import ROOT, tiny_project, use_project

PATIENCE_SECONDS = 120


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_project(tiny_project(tmp_path / "home"), monkeypatch)


def opened_plan(project: Path) -> AppTest:
    assert project.exists()
    return opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60), "explore", "en")


def asked(project: Path) -> AppTest:
    """Return the page after somebody asked for the curve of the plan of the project."""
    return opened_plan(project).button(key="calculate_prices").click().run()


def run_until(page: AppTest, ready: Callable[[AppTest], bool]) -> AppTest:
    """Look at the page again and again, as its clock makes it do, until it is ready."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not ready(page):
        assert time.monotonic() < end, "the page did not come so far"
        page.run()
    return page


def keys_of(page: AppTest) -> set[str | None]:
    return {button.key for button in page.button}


def progress_of(page: AppTest) -> list[str]:
    return [element.proto.text for element in page.get("progress")]


def curve_is_shown(page: AppTest) -> bool:
    return any("Tolerance" in table.value.columns for table in page.dataframe)


def test_a_curve_is_followed_while_it_is_calculated_and_shown_at_its_end(project: Path) -> None:
    page = asked(project)
    followed = progress_of(page)
    beside = keys_of(page)

    run_until(page, curve_is_shown)

    [text] = followed
    assert text.startswith("Calculating: ")
    assert text.endswith("of at most 120 seconds")
    assert "cancel_prices" in beside
    assert "calculate_prices" not in beside
    assert progress_of(page) == []
    assert "cancel_prices" not in keys_of(page)
    assert not page.exception
    table = next(t.value for t in page.dataframe if "Tolerance" in t.value.columns)
    assert [row for row in table["Tolerance"] if "◆" in row] == ["5\u00a0% ◆"]
    assert {"80\u00a0000\u00a0EUR", "115\u00a0000\u00a0EUR"} <= set(table["Cost"])


def test_a_curve_is_calculated_for_the_readers_that_are_chosen(project: Path) -> None:
    page = opened_plan(project).switch_page("planner/ui/pages/amendment.py").run()
    page.selectbox[2].select("staff").run()
    page.number_input[0].set_value(3).run()
    page = page.switch_page("planner/ui/pages/explore.py").run()

    page.button(key="calculate_prices").click().run()
    run_until(page, curve_is_shown)

    assert not page.exception
    [run] = [run for run in home.runs(project) if run.purpose == home.PRICES]
    assert workflow.read_prices(run.result).threshold == 3


def test_a_curve_that_is_cancelled_ends_at_once_and_can_be_asked_again(project: Path) -> None:
    page = asked(project)

    page.button(key="cancel_prices").click().run()

    assert not page.exception
    [run] = [run for run in home.runs(project) if run.purpose == home.PRICES]
    assert home.ended(run) == CANCELLED
    assert "The calculation was cancelled." in html_of(page)
    assert "calculate_prices" in keys_of(page)


def test_a_curve_that_cannot_be_calculated_says_why(project: Path) -> None:
    page = opened_plan(project)
    [plan] = home.runs(project)
    (plan.result / "duplication.json").write_text("{", encoding="utf-8")

    page.button(key="calculate_prices").click().run()
    run_until(page, lambda p: "calculate_prices" in keys_of(p))

    assert not page.exception
    assert any("duplication.json" in error.value.replace("\\", "") for error in page.error)

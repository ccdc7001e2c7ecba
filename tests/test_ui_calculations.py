"""A calculation runs beside the app, is followed, is ended at a word, and outlives the app."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner import workflow
from planner.domain import Audience, Readers
from planner.inputs.scenario import read_scenario
from planner.ui import home
from planner.ui.calculations import Calculations, Stage, Standing
from planner.ui.home import Run
from tests.test_ui_pages import opened
from tests.test_ui_pricing import keys_of, run_until
from tests.ui_projects import tiny_project, use_project

ROOT = Path(__file__).resolve().parents[1]
TINY = read_scenario(ROOT / "scenarios" / "tiny.toml")
LATGALE = read_scenario(ROOT / "scenarios" / "latgale.toml")


def ended(calculations: Calculations, run: Run, *, seconds: float = 60) -> Standing:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        standing = calculations.standing(run)
        if standing.stage is not Stage.RUNNING:
            return standing
        time.sleep(0.1)
    pytest.fail("the calculation did not end")


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_calculation_leaves_a_plan_that_loads(tmp_path: Path) -> None:
    calculations = Calculations(tmp_path)

    run = calculations.start(TINY, source="tiny", purpose=home.PLAN, seconds=10, language="lv")
    standing = ended(calculations, run)

    assert standing.stage is Stage.DONE, standing.said
    assert standing.step is not None
    assert standing.step.services == ("day_care_adults",)
    assert list(calculations.at(Stage.DONE, source="tiny")) == [run]
    assert sum(workflow.load(run.result).plan.unserved.values()) == 0


def test_a_cancelled_calculation_is_gone_at_once(tmp_path: Path) -> None:
    calculations = Calculations(tmp_path)
    run = calculations.start(
        LATGALE, source="latgale", purpose=home.PLAN, seconds=300, language="lv"
    )
    process = int((run.folder / "pid").read_text(encoding="utf-8"))

    began = time.monotonic()
    calculations.cancel(run)

    assert time.monotonic() - began < 2
    assert not is_there(process)
    assert calculations.standing(run).stage is Stage.CANCELLED
    assert list(calculations.at(Stage.DONE)) == []


def test_a_question_that_cannot_be_asked_fails_in_the_readers_language(tmp_path: Path) -> None:
    calculations = Calculations(tmp_path)
    wrong = replace(TINY, services=("teleport",))

    run = calculations.start(wrong, source="tiny", purpose=home.PLAN, seconds=10, language="lv")
    standing = ended(calculations, run)

    assert standing.stage is Stage.FAILED
    assert "teleport" in " ".join(standing.said)
    assert "unknown" not in " ".join(standing.said)


def test_a_calculation_is_for_its_readers_and_leaves_the_question_as_it_was(
    tmp_path: Path,
) -> None:
    calculations = Calculations(tmp_path)
    staff = Readers(Audience.STAFF, 10)

    run = calculations.start(
        TINY, source="tiny", purpose=home.PLAN, seconds=10, language="lv", readers=staff
    )
    standing = ended(calculations, run)

    assert standing.stage is Stage.DONE, standing.said
    assert workflow.readers_of(workflow.load(run.result)) == staff
    assert replace(read_scenario(run.question), id=TINY.id, data=TINY.data) == TINY


SIX_SHORT = """
[address_places_at_most]
day_care_adults = 8
[least_share_served]
"*" = 1.0
[new_sites_at_most]
"*" = 0
"""
ONLY_FROM_SEVEN = """
[thresholds]
institutions = 7
"""


def first_page(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> AppTest:
    """Return the first page of a project whose plan was asked with `more`."""
    [plan] = home.runs(use_project(tiny_project(folder), monkeypatch))
    text = plan.question.read_text(encoding="utf-8")
    plan.question.write_text(f"{text}\n{more}", encoding="utf-8")
    return opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60), "explore", "en")


def calculated(page: AppTest, folder: Path) -> tuple[AppTest, Run]:
    """Return the page after the calculation that a click begins, and what it left."""
    page.button(key="calculate").click().run()
    return run_until(page, lambda p: "calculate" in keys_of(p)), home.runs(folder)[0]


@pytest.mark.parametrize(
    ("readers", "short"),
    [(None, "6 persons short"), (Readers(Audience.STAFF, 10), "< 10 persons short")],
)
def test_a_conflict_is_told_as_the_chosen_readers_may_know_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readers: Readers | None, short: str
) -> None:
    page = first_page(tmp_path, monkeypatch, SIX_SHORT)
    if readers is not None:
        other = page.switch_page("planner/ui/pages/amendment.py").run()
        other.selectbox[2].select(readers.audience.value).run()
        other.number_input[0].set_value(readers.threshold).run()
        page = other.switch_page("planner/ui/pages/explore.py").run()

    page, _ = calculated(page, tmp_path)

    assert not page.exception
    [said] = [error.value.replace("\\", "") for error in page.error]
    assert "rules cannot all hold" in said
    assert f"served in Līvānu novads: {short}" in said
    assert readers is None or "6 persons" not in said


def test_a_plan_for_readers_of_another_threshold_than_the_scenario_allows_can_be_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = first_page(tmp_path, monkeypatch, ONLY_FROM_SEVEN)

    page, run = calculated(page, tmp_path)

    assert not page.exception
    assert not page.error
    assert workflow.readers_of(workflow.load(run.result)) == Readers(Audience.PUBLIC, 7)


def start_elsewhere(folder: Path, scenario: str, seconds: int) -> Run:
    """Start a calculation from another process that ends at once, as an app that is closed."""
    script = (
        "import sys; from pathlib import Path\n"
        "from planner.inputs.scenario import read_scenario\n"
        "from planner.ui import home; from planner.ui.calculations import Calculations\n"
        "scenario = read_scenario(Path(sys.argv[2]))\n"
        "Calculations(Path(sys.argv[1])).start(scenario, source=scenario.id, purpose=home.PLAN,"
        " seconds=float(sys.argv[3]), language='lv')\n"
    )
    file = ROOT / "scenarios" / f"{scenario}.toml"
    command = [sys.executable, "-c", script, str(folder), str(file), str(seconds)]
    subprocess.run(command, check=True, cwd=ROOT)
    [run] = home.runs(folder)
    return run


def test_a_calculation_goes_on_when_the_app_ends_and_is_found_again(tmp_path: Path) -> None:
    run = start_elsewhere(tmp_path, "tiny", 10)

    standing = ended(Calculations(tmp_path), run)

    assert standing.stage is Stage.DONE, standing.said


def test_a_calculation_that_died_with_the_machine_was_not_cancelled(tmp_path: Path) -> None:
    run = start_elsewhere(tmp_path, "latgale", 300)
    calculations = Calculations(tmp_path)
    before = calculations.standing(run).stage

    os.killpg(int((run.folder / "pid").read_text(encoding="utf-8")), signal.SIGKILL)
    standing = ended(calculations, run)

    assert (before, standing.stage) == (Stage.RUNNING, Stage.KILLED)


def test_a_calculation_that_something_else_killed_says_what_to_do(tmp_path: Path) -> None:
    calculations = Calculations(tmp_path)
    run = calculations.start(
        LATGALE, source="latgale", purpose=home.PLAN, seconds=300, language="lv"
    )
    os.killpg(int((run.folder / "pid").read_text(encoding="utf-8")), signal.SIGKILL)
    standing = ended(calculations, run)
    calculations.cancel(run)  # comes too late and changes nothing

    def page() -> None:
        from planner.ui import calculations, following  # noqa: PLC0415

        killed = calculations.Stage.KILLED
        following.show_end(calculations.Standing(killed, None, elapsed_seconds=1.0, said=()))

    shown = AppTest.from_function(page, default_timeout=60).run()

    assert (standing.stage, calculations.standing(run).stage) == (Stage.KILLED, Stage.KILLED)
    assert not shown.exception
    [said] = shown.error
    assert "pārtraukts no ārpuses" in said.value
    assert "Aprēķiniet vēlreiz" in said.value


def test_a_damaged_card_is_passed_over(tmp_path: Path) -> None:
    run = home.new_run(tmp_path, "", source="tiny", purpose=home.PLAN, seconds=1)
    other = home.new_run(tmp_path, "", source="tiny", purpose=home.PLAN, seconds=1)
    (other.folder / "run.json").write_text("{", encoding="utf-8")

    assert home.runs(tmp_path) == [run]

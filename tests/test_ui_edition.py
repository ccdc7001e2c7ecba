"""The approved edition is chosen on the page of amendments, followed at once, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from planner import workflow
from planner.domain import AimTerms
from planner.errors import InputError
from planner.inputs.approved import read_approved
from planner.inputs.scenario import read_scenario
from planner.locales import say_fault
from planner.ui import home, state
from planner.ui.calculations import Calculations, Stage
from tests.ui_projects import (
    ROOT,
    TINY,
    approve,
    plan_of_few_changes,
    two_plans,
    use_project,
)

EXISTS, APPROVED = "What changes against what exists?", "What changes against the approved edition?"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_project(tmp_path / "home", monkeypatch)


def opened(language: str = "en", page: str = "amendment") -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["lang"] = language
    app.run()
    return app if page == "explore" else app.switch_page(f"planner/ui/pages/{page}.py").run()


def choose(page: AppTest, edition: str) -> AppTest:
    return control_of(page).select(edition).run()


def control_of(page: AppTest) -> Selectbox:
    [control] = [box for box in page.selectbox if ":approved:" in str(box.key)]
    return control


def name_of(run: home.Run, folder: Path) -> str:
    return workflow.edition_named(home.data_folder(folder, TINY), run.result)


def changes_of(page: AppTest) -> list[str]:
    return [str(change) for table in page.table for change in table.value.get("Change", ())]


def said(page: AppTest) -> str:
    texts = [str(element.proto.body) for element in page.get("html")]
    texts += [e.value for e in (*page.markdown, *page.caption, *page.info, *page.warning)]
    return "\n".join([*texts, *(e.value for e in page.error)]).replace("\\", "")


@pytest.mark.parametrize(
    ("language", "today"),
    [("en", "what stands or is decided today"), ("lv", "kas šodien darbojas vai ir nolemts")],
)
def test_before_is_what_stands_until_somebody_says_what_was_approved(
    folder: Path, language: str, today: str
) -> None:
    two_plans(folder)

    page = opened(language)

    control = control_of(page)
    assert control.options[0] == today
    assert control.value == workflow.AS_IN_SCENARIO
    assert len(control.options) == 3
    assert page.button(key="back:approved").disabled
    assert not page.exception


def test_a_plan_of_the_app_is_known_by_when_it_began() -> None:
    folder = Path("/home/somebody/runs/20261129T120000123456-ab12")

    for file in (folder / "result", folder / "result" / "plan.json"):
        assert home.began(file) == datetime(2026, 11, 29, 12, tzinfo=UTC)
    for file in (folder, Path("plans/first/plan.json"), Path("plans/result"), Path("a.csv")):
        assert home.began(file) is None


def test_a_saved_plan_that_is_chosen_is_before_at_once_and_taken_back(folder: Path) -> None:
    """The first plan opens Liepas; the shown one has no money and does not."""
    approved, _ = two_plans(folder)
    page = opened()
    before = (page.title[0].value, changes_of(page))

    choose(page, name_of(approved, folder))
    chosen, words = (page.title[0].value, changes_of(page)), said(page)
    page.button(key="back:approved").click().run()

    assert not page.exception
    assert before == (EXISTS, [])
    assert chosen[0] == APPROVED
    assert "drop" in chosen[1]
    assert f"the approved edition (plan of {approved.started.astimezone().day} " in words
    assert "was calculated with other data" not in words
    assert (page.title[0].value, changes_of(page)) == before
    assert len(home.runs(folder)) == 2  # nothing was calculated for it


def test_the_choice_is_there_for_the_next_who_opens_the_project(folder: Path) -> None:
    approved, _ = two_plans(folder)
    choose(opened(), name_of(approved, folder))

    assert opened("lv").title[0].value == "Kas mainās pret apstiprināto redakciju?"


def test_documents_prepared_for_one_edition_are_not_offered_for_another(folder: Path) -> None:
    approved, _ = two_plans(folder)
    page = opened()
    page.button(key="prepare").click().run()
    assert page.get("download_button")

    choose(page, name_of(approved, folder))
    assert not page.get("download_button")
    page.button(key="prepare").click().run()

    assert not page.exception
    assert not page.error
    [files] = page.session_state["given_files"].values()
    table = files["grozijumi.csv"].decode("utf-8-sig")
    assert "neatvērt" in table
    assert (
        f";apstiprinātā redakcija;plāns, {approved.started.astimezone():%d.%m.%Y. %H:%M:%S};"
        in (table)
    )
    assert page.get("download_button")


def test_the_next_calculation_knows_what_was_approved(folder: Path) -> None:
    approved, _ = two_plans(folder)
    approve(folder, approved)

    opened(page="explore").button(key="calculate").click().run()

    newest = home.runs(folder)[0]
    assert read_scenario(newest.question).data["approved"] == str(approved.result)
    calculations = Calculations(folder)
    for run in calculations.at(Stage.RUNNING):
        calculations.cancel(run)


def test_a_plan_that_counts_changes_is_calculated_anew_for_another_edition(folder: Path) -> None:
    first, shown = plan_of_few_changes(folder)
    approve(folder, shown)
    other = opened()
    words, links = said(other), [link.proto.label for link in other.get("page_link")]
    explore = said(opened(page="explore"))

    choose(other, name_of(first, folder))

    assert not other.exception
    assert "was calculated with other data" in words
    assert "Calculate against the chosen edition" in links
    assert "was calculated with other data" in explore
    assert "was calculated with other data" not in said(other)
    assert other.title[0].value == APPROVED


def test_a_damaged_edition_is_refused_and_the_one_before_stays(folder: Path) -> None:
    damaged, _ = two_plans(folder)
    page = opened()
    (damaged.result / "plan.json").write_text("{", encoding="utf-8")

    choose(page, name_of(damaged, folder))

    assert not page.exception
    assert "plan.json" in said(page)
    assert page.title[0].value == EXISTS
    assert workflow.chosen_data(home.data_folder(folder, TINY))["approved"] == ""


def test_an_edition_that_is_gone_is_told_and_not_used(folder: Path) -> None:
    approved, _ = two_plans(folder)
    approve(folder, approved)
    (approved.folder).rename(folder / "elsewhere")

    page = opened()

    assert not page.exception
    assert "is not there any more and is not used" in said(page)
    assert page.title[0].value == EXISTS


@pytest.mark.parametrize("counts", [False, True])
def test_the_edition_of_the_scenario_can_be_left_for_today_unless_its_changes_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, counts: bool
) -> None:
    first, _ = plan_of_few_changes(folder)
    tiny = read_scenario(ROOT / "scenarios" / f"{TINY}.toml")
    named = replace(tiny, data={**tiny.data, "approved": str(first.result)})
    aims = (*tiny.aims, AimTerms("changes")) if counts else tiny.aims
    monkeypatch.setattr(state, "sources", lambda: {TINY: replace(named, aims=aims)})

    page = opened()

    assert not page.exception
    assert page.title[0].value == APPROVED
    options = control_of(page).options
    assert options[0].startswith("as the scenario says: plan of ")
    assert ("what stands or is decided today" in options) != counts


TABLE = "Pakalpojums;Vietas kods;Vietu skaits\nday_care_adults;liepas;{places}\n"
FAULTY = (
    "service;site_id;places\nday_care_adults;liepa;8\nday_care_adults;ozoli-a1;daudz\n"
    "day_care_adults;liepas;8\nday_care_adults;liepas;9\n"
)


def send(page: AppTest, content: str) -> AppTest:
    [uploader] = page.file_uploader
    return uploader.set_value(("plans.csv", content.encode(), "text/csv")).run()


def kept(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "data").rglob("approved-*"))


def test_a_table_that_was_approved_is_sent_followed_at_once_and_removed(folder: Path) -> None:
    two_plans(folder)
    page = opened()
    before = (page.title[0].value, changes_of(page), control_of(page).options)

    send(page, TABLE.format(places=30))
    asked = changes_of(page)
    page.button(key="import").click().run()
    [name] = kept(folder)
    day, digest = name.removesuffix(".csv").split("-", 1)[1].rsplit("-", 1)
    chosen, words = (page.title[0].value, changes_of(page)), said(page)
    options = control_of(page).options
    page.button(key="prepare").click().run()
    [files] = page.session_state["given_files"].values()
    page.button(key="remove_edition").click().run()

    assert not page.exception
    assert not page.error
    assert asked == before[1]  # nothing follows before it is imported
    assert chosen == (APPROVED, ["drop"])
    assert "the approved edition (table sent to the app; of " in words
    assert any(option.endswith(f"digest {digest}") for option in options)
    told = f";apstiprinātā redakcija;augšupielādēta tabula;{date.fromisoformat(day):%d.%m.%Y}.;"
    assert f"{told}sha256:{digest}" in files["grozijumi.csv"].decode("utf-8-sig")
    assert (page.title[0].value, changes_of(page), control_of(page).options) == before
    assert kept(folder) == []


def test_every_fault_of_a_table_is_told_as_in_the_terminal_and_nothing_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    two_plans(folder)
    file = tmp_path / "plans.csv"
    file.write_text(FAULTY, encoding="utf-8")
    area = workflow.load(home.runs(folder)[0].result).area
    with pytest.raises(InputError) as terminal:
        read_approved(file, area)

    page = send(opened("lv"), FAULTY)

    [faults] = [t.value for t in page.table if "Rinda" in t.value.columns]
    shown = [[cell.replace("\\", "") for cell in row] for row in faults.to_numpy().tolist()]
    assert [row[:2] for row in shown] == [["2", "site_id"], ["3", "places"], ["5", "service"]]
    assert [row[2] for row in shown] == [
        say_fault("lv", replace(fault, file="", row=None, column=""))
        for fault in sorted(terminal.value.faults, key=lambda fault: fault.row or 0)
    ]
    assert "3 kļūdas; nekas netika ievadīts." in said(page)
    assert "import" not in {button.key for button in page.button}
    assert not (folder / "data").exists()
    assert not page.exception


def test_a_table_with_a_personal_code_is_refused(folder: Path) -> None:
    two_plans(folder)

    page = send(opened(), f"{TABLE.format(places=8)}day_care_adults;010190-12345;8\n")

    assert "a cell looks like a personal code" in "".join(
        table.value.to_string() for table in page.table
    )
    assert "010190" not in said(page)
    assert kept(folder) == []


def test_columns_that_a_sender_calls_otherwise_are_asked_for(folder: Path) -> None:
    two_plans(folder)
    foreign = TABLE.format(places=30).replace("Vietas kods", "Kur")

    page = send(opened(), foreign)
    page.selectbox(key="means:0:Kur").select("site_id")
    page.button[
        [b.label for b in page.button].index("Remember for files with these headers")
    ].click()
    page.run()
    page.button(key="import").click().run()

    assert not page.exception
    assert page.title[0].value == APPROVED


def test_a_removed_table_gives_way_to_the_edition_before_it(folder: Path) -> None:
    approved, _ = two_plans(folder)
    approve(folder, approved)
    page = send(opened(), TABLE.format(places=30))
    page.button(key="import").click().run()

    page.button(key="remove_edition").click().run()

    assert control_of(page).value == name_of(approved, folder)
    assert "is not there any more" not in said(page)
    assert "remove_edition" not in {button.key for button in page.button}


def test_a_file_that_waits_for_a_meaning_is_let_go_on_another_page(folder: Path) -> None:
    two_plans(folder)
    page = send(opened(), TABLE.format(places=30).replace("Vietas kods", "Kur"))
    waiting = dict(page.session_state["received"])

    page.switch_page("planner/ui/pages/data.py").run()

    assert [found.waiting != "" for found in waiting.values()] == [True]
    assert not page.session_state["received"]

"""Every page in every language says what it should, without an error and without a small count."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planner import workflow
from planner.disclosure import read_ledger
from planner.domain import Audience, Readers
from planner.inputs.scenario import read_scenario
from planner.ui import home
from tests.ui_projects import ROOT, approved_project, crowded_project, tiny_project, two_plans

PAGES = ("explore", "compare", "amendment")
TITLES = {
    ("explore", "lv"): "Kur izvietot pakalpojumus, lai cilvēkiem tie būtu tuvāk mājām?",
    ("compare", "lv"): "Ko plāns nozīmē pašvaldības cilvēkiem?",
    ("amendment", "lv"): "Kas mainās pret esošo?",
    ("explore", "en"): "Where should services go, so that people reach them close to home?",
    ("compare", "en"): "What does the plan do to the people of a municipality?",
    ("amendment", "en"): "What changes against what exists?",
}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("TUVAK_HOME", str(tiny_project(tmp_path / "home")))
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def opened(app: AppTest, page: str, language: str) -> AppTest:
    app.query_params["lang"] = language
    app.run()
    return app if page == "explore" else app.switch_page(f"planner/ui/pages/{page}.py").run()


def html_of(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_its_language_and_shows_the_label(
    app: AppTest, page: str, language: str
) -> None:
    shown = opened(app, page, language)

    assert not shown.exception
    assert not shown.error
    assert shown.title[0].value == TITLES[page, language]
    label = {"lv": "Ilustratīvi dati", "en": "Illustrative data"}[language]
    assert label in html_of(shown)
    assert f"documentElement.lang = '{language}'" in html_of(shown)


def test_today_beside_the_plan_is_what_was_worked_out_by_hand(app: AppTest) -> None:
    shown = opened(app, "explore", "en")

    cards = html_of(shown)
    # 8 of 14 are within 30 minutes today; by the plan all but one, which may not be told
    assert "57\u00a0%" in cards
    assert "93" not in cards
    assert "115\u00a0000\u00a0EUR" in cards


def test_a_municipality_in_the_address_is_chosen(app: AppTest) -> None:
    app.query_params["novads"] = "Līvānu novads"

    shown = opened(app, "compare", "lv")

    [municipality, _] = shown.selectbox
    assert municipality.value == "0036000"
    assert "Līvānu novads" in html_of(shown)


def test_the_list_of_changes_tells_no_count_of_one_to_four_persons(app: AppTest) -> None:
    shown = opened(app, "amendment", "en")

    [table] = shown.table
    concerned = [str(cell).replace("\\", "") for cell in table.value["Persons concerned"]]
    reasons = " ".join(table.value["Reason"]).replace("\\", "")
    assert {"< 5", "…"} & set(concerned)
    assert not set(concerned) & {"1", "2", "3", "4"}
    assert not re.search(r"(?<![< \d])[1-4] pers", reasons)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("lv", ("Kas mainās pret apstiprināto redakciju?", "neatvērt", "„Bija” ir apstiprinātā")),
        ("en", ("What changes against the approved edition?", "drop", "“Before” is the approved")),
    ],
)
def test_changes_against_an_approved_plan_say_so(
    app: AppTest, tmp_path: Path, language: str, said: tuple[str, str, str]
) -> None:
    approved_project(tmp_path / "home")

    shown = opened(app, "amendment", language)

    assert not shown.exception
    assert shown.title[0].value == said[0]
    [table] = shown.table
    heading = {"lv": "Grozījums", "en": "Change"}[language]
    assert next(iter(table.value[heading])) == said[1]
    texts = [*(m.value for m in shown.markdown), *(c.value for c in shown.caption), html_of(shown)]
    assert said[2] in "\n".join(texts)
    assert any("119" in str(cell) for row in table.value.to_numpy() for cell in row)


def test_a_mark_set_beside_the_table_is_there_for_the_next_calculation(app: AppTest) -> None:
    shown = opened(app, "explore", "en")
    assert "The mark is for one service: Day care centre, adults" in html_of(shown)

    shown.button(key="mark_forbid").click().run()

    assert not shown.exception
    marks = shown.session_state["marks"]["tiny"]
    assert list(marks.values()) == ["forbid"]


def table_with(page: AppTest, column: str) -> pd.DataFrame:
    return next(t.value for t in page.dataframe if column in t.value.columns)


def test_units_stand_in_the_table_of_sites_where_one_has_several(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Units" not in table_with(opened(app, "explore", "en"), "What happens").columns
    monkeypatch.setenv("TUVAK_HOME", str(crowded_project(tmp_path / "crowded")))

    shown = opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60), "explore", "en")

    new = table_with(shown, "What happens").query("`What happens` == 'new'")
    assert list(new["Units"]) == ["2"]
    assert "new sites: 2; enlarged: " in html_of(shown)


def test_why_people_stay_unserved_stands_beside_their_number(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Why unserved" not in table_with(opened(app, "explore", "en"), "Unserved").columns
    two_plans(tmp_path / "poor")  # the newer one has no money
    monkeypatch.setenv("TUVAK_HOME", str(tmp_path / "poor"))

    shown = opened(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60), "explore", "en")

    [row] = table_with(shown, "Unserved").to_dict("records")
    assert (row["Unserved"], row["Why unserved"]) == ("6", "budget: 6")


def test_a_screen_too_narrow_cuts_off_words_and_no_euros(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_plans(tmp_path / "poor")  # the newer one has no money, and people without the service
    monkeypatch.setenv("TUVAK_HOME", str(tmp_path / "poor"))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)

    [table] = [t for t in opened(app, "explore", "en").dataframe if "Unserved" in t.value]

    looks = json.loads(table.proto.columns)
    to_the_right = [name for name in table.value if looks.get(name, {}).get("alignment") == "right"]
    assert list(table.value)[-2:] == ["Cost", "Why unserved"]
    assert to_the_right == list(table.value)[1:-1]


def test_sentences_of_the_proof_stand_as_they_are_written(app: AppTest) -> None:
    said = html_of(opened(app, "explore", "en"))

    [sentence] = [line for line in said.splitlines() if "needless" in line]
    assert "\\" not in sentence


def test_a_region_without_needs_says_so(app: AppTest) -> None:
    shown = opened(app, "explore", "en")

    shown.selectbox[0].select("vidzeme").run()

    assert not shown.exception
    assert any("Nobody assessed" in info.value for info in shown.info)


def test_a_damaged_plan_is_passed_over_and_the_one_before_it_shown(
    app: AppTest, tmp_path: Path
) -> None:
    runs = tmp_path / "home" / "runs"
    [good] = runs.iterdir()
    damaged = runs / ("9" + good.name[1:])
    shutil.copytree(good, damaged)
    card = (damaged / "run.json").read_text(encoding="utf-8").replace(good.name, damaged.name)
    (damaged / "run.json").write_text(card, encoding="utf-8")
    (damaged / "result" / "plan.json").write_text("{", encoding="utf-8")

    shown = opened(app, "explore", "en")

    assert not shown.error
    assert "115\u00a0000\u00a0EUR" in html_of(shown)


def test_what_a_tolerance_costs_is_asked_for_and_then_shown(app: AppTest, tmp_path: Path) -> None:
    asked = opened(app, "explore", "en")
    assert any("Calculate the curve" in button.label for button in asked.button)
    [plan] = home.runs(tmp_path / "home")
    run = home.new_run(
        tmp_path / "home",
        plan.question.read_text(encoding="utf-8"),
        source=plan.id,
        purpose=home.PRICES,
        seconds=20,
    )
    prepared = workflow.prepare(read_scenario(plan.question))
    priced = workflow.price(prepared, beside=workflow.load(plan.result))
    workflow.save_prices(priced, run.result, language="en")
    home.end(run, 0)

    shown = asked.run()

    assert not shown.exception
    table = next(t.value for t in shown.dataframe if "Tolerance" in t.value.columns)
    assert list(table["Tolerance"])[-1] == "100\u00a0%"
    assert [row for row in table["Tolerance"] if "◆" in row] == ["5\u00a0% ◆"]
    assert {"80\u00a0000\u00a0EUR", "115\u00a0000\u00a0EUR"} <= set(table["Cost"])
    assert not {"1", "2", "3", "4"} & set(table["Within the standard"])
    assert shown.title[0].value == TITLES["explore", "en"]


def test_documents_are_prepared_entered_and_offered(app: AppTest, tmp_path: Path) -> None:
    shown = opened(app, "amendment", "en")
    assert not shown.get("download_button")

    shown.button(key="prepare").click().run()

    assert not shown.exception
    assert [b.proto.label for b in shown.get("download_button")] == [
        "Document (DOCX)",
        "Workbook (XLSX)",
        "Table (CSV)",
    ]
    names = [r.name.split()[0] for r in read_ledger(tmp_path / "home" / "ledger.json").releases]
    assert names == ["plan", "start", "changes"]


@pytest.mark.parametrize(
    ("language", "refused"),
    [("en", "The documents were not given out"), ("lv", "Dokumenti netika izsniegti")],
)
def test_a_refusal_is_said_on_the_page_and_nothing_is_offered(
    app: AppTest, tmp_path: Path, language: str, refused: str
) -> None:
    """The staff got these needs from ten persons on; the public may not from five on."""
    plan = workflow.load(home.runs(tmp_path / "home")[0].result)
    ledger = tmp_path / "home" / "ledger.json"
    strict = workflow.told_for(plan, tmp_path / "told", Readers(Audience.STAFF, 10))
    workflow.give_out_amendment(strict, ledger, made_on=date(2026, 11, 28))
    before = ledger.read_bytes()
    shown = opened(app, "amendment", language)

    shown.button(key="prepare").click().run()

    assert not shown.exception
    assert refused in shown.error[0].value
    assert "public 10" in shown.error[0].value.replace("\\", "")
    assert not shown.get("download_button")
    assert [b.key for b in shown.button if b.key == "leave_out"] == []  # it would not help
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("wish", ["budget", "mark"])
def test_every_page_says_where_more_was_set_since_the_shown_plan_was_calculated(
    app: AppTest, wish: str
) -> None:
    def says_so(page: AppTest) -> bool:
        assert not page.exception
        return any("ar citu budžetu" in info.value for info in page.info)

    shown = opened(app, "explore", "lv")
    assert not says_so(shown)

    if wish == "budget":
        shown.number_input[0].set_value(0.5).run()
    else:
        shown.button(key="mark_forbid").click().run()

    assert says_so(shown)
    for page in ("compare", "amendment"):
        assert says_so(shown.switch_page(f"planner/ui/pages/{page}.py").run())


def test_the_screens_show_by_the_readers_that_are_chosen(app: AppTest, tmp_path: Path) -> None:
    shown = opened(app, "amendment", "en")
    assert "&lt; 5: a few persons" in html_of(shown)

    shown.selectbox[2].select("staff").run()
    shown.number_input[0].set_value(3).run()

    assert not shown.exception
    assert "&lt; 3: a few persons" in html_of(shown)
    assert any("not for the public" in info.value for info in shown.info)
    for page in ("explore", "compare"):
        other = shown.switch_page(f"planner/ui/pages/{page}.py").run()
        assert not other.exception
        assert any("not for the public" in info.value for info in other.info)
        assert "&lt; 3: a few persons" in html_of(other)
    assert not (tmp_path / "home" / "ledger.json").exists()  # looking is not giving out


def test_the_app_offers_no_smaller_counts_than_the_scenario_lets_nearer_readers_have(
    app: AppTest, tmp_path: Path
) -> None:
    [run] = home.runs(tmp_path / "home")
    text = run.question.read_text(encoding="utf-8") + "\n[thresholds]\ninstitutions = 7\n"
    run.question.write_text(text, encoding="utf-8")

    shown = opened(app, "amendment", "en")

    assert shown.number_input[0].min == 7
    shown.selectbox[2].select("staff").run()
    assert (shown.number_input[0].min, shown.number_input[0].max) == (3, 7)

"""The page of data in every state: nothing kept, faults, questions, import, choice, way back."""

from __future__ import annotations

import csv
import json
import logging
import re
import tempfile
from pathlib import Path

import pytest
from starlette.formparsers import MultiPartParser
from streamlit import config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from planner.ui.calculations import Calculations, Stage
from tests.ui_projects import ROOT, tiny_project

CANARY = "KanarijPutniņš"
GOOD = "Vieta;Mērķa grupa;Skaits\nOzoli;GRT;13\nLiepas;FT;3\n"
BAD = "Vieta;Mērķa grupa;Skaits\nozoli;GRT;3,5\nOzli;GRT;4\n"
FOREIGN = "Ciems;Mērķa grupa;Cik\nOzoli;GRT;13\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project with a plan of the tiny scenario, and a folder of temporary files beside."""
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    folder = tiny_project(tmp_path / "home")
    monkeypatch.setenv("TUVAK_HOME", str(folder))
    monkeypatch.chdir(ROOT)
    return folder


@pytest.fixture
def page(home: Path) -> AppTest:
    assert home.exists()
    return opened("en")


@pytest.fixture
def memories(monkeypatch: pytest.MonkeyPatch) -> list[MemoryUploadedFileManager]:
    """Give the memories of files that were sent; under test every run of the page has its own."""
    made: list[MemoryUploadedFileManager] = []
    begin = MemoryUploadedFileManager.__init__

    def note(manager: MemoryUploadedFileManager, *arguments: str) -> None:
        begin(manager, *arguments)
        made.append(manager)

    monkeypatch.setattr(MemoryUploadedFileManager, "__init__", note)
    return made


def opened(language: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["lang"] = language
    return app.run().switch_page("planner/ui/pages/data.py").run()


def send(page: AppTest, content: str | bytes, name: str = "x.csv") -> AppTest:
    raw = content.encode() if isinstance(content, str) else content
    return page.file_uploader[0].set_value((name, raw, "application/octet-stream")).run()


def words_of(page: AppTest) -> str:
    """Return all that the page says, without the signs that keep it from being Markdown."""
    said = [str(element.proto.body) for element in page.get("html")]
    said += [element.value for kind in (page.error, page.info, page.success) for element in kind]
    said += [element.value for element in (*page.markdown, *page.warning, *page.title)]
    said += [table.value.to_string() for table in page.table]
    return "\n".join(said).replace("\\", "")


def keys_of(page: AppTest) -> set[str]:
    return {button.key for button in page.button if button.key}


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def kept(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "data").rglob("*.csv"))


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_page_is_never_empty(home: Path, language: str) -> None:
    page = opened(language)

    assert not page.exception
    assert not page.error
    title = {"lv": "Uz kādiem datiem balstās plāns?", "en": "What does the plan rest on?"}
    assert page.title[0].value == title[language]
    assert "assessed_persons.csv" in words_of(page)
    nothing = {"lv": "Savu datu vēl nav", "en": "Nothing of your own is kept yet"}
    assert nothing[language] in words_of(page)
    assert not (home / "data").exists()


def test_the_starter_region_tells_licences_illustrations_and_the_error_of_its_roads(
    page: AppTest,
) -> None:
    page.selectbox[1].select("latgale").run()

    words = words_of(page)
    assert not page.exception
    assert "ODbL 1.0" in words
    assert "CC BY 4.0" in words
    assert "within 6.3 %" in words
    assert "places looked at" in words
    [sources, *_] = [t.value for t in page.table if "Illustrative" in t.value.columns]
    told = dict(zip(sources["Kind of data"], sources["Illustrative"], strict=True))
    assert (told["Assessed needs"], told["Settlements"]) == ("yes", "no")


def test_a_table_by_municipalities_of_a_time_is_shared_out(home: Path, page: AppTest) -> None:
    page.selectbox[1].select("latgale").run()
    table = "Pašvaldība;Grupa;Skaits\nAglonas novads;GRT;12\nRiebiņu novads;GRT;7\n"

    refused = words_of(send(page, table))
    [units] = [box for box in page.selectbox if box.label == "Places of the table"]
    units.select("before-2021").run()
    press(send(page, table), "import")

    assert "names municipalities and no settlements" in refused
    assert not page.exception
    assert not page.error
    [file] = [p for p in (home / "data").rglob("*.csv") if p.name.startswith("needs-")]
    with file.open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert sum(int(row["persons"]) for row in rows) == 19
    # Aglonas novads went to two municipalities
    assert {row["municipality_atvk"] for row in rows} == {"0032000", "0042000"}
    assert {row["basis"] for row in rows} == {"assessment by municipality"}


BY_MUNICIPALITY = "novads;grupa;personas;piezīmes\nLudzas novads;GRT;x9;\n"


def of_latgale(page: AppTest, units: str = "") -> AppTest:
    """Turn to a region on the starter's settlements, and to the municipalities of a time."""
    page.selectbox[1].select("latgale").run()
    return turn_to(page, units) if units else page


def turn_to(page: AppTest, units: str) -> AppTest:
    [box] = [box for box in page.selectbox if box.label == "Places of the table"]
    return box.select(units).run()


def faults_of(page: AppTest) -> list[tuple[str, str]]:
    return [
        (row, column.replace("\\", ""))
        for table in page.table
        if "Row" in table.value.columns
        for row, column in zip(table.value["Row"], table.value["Column"], strict=True)
    ]


def is_held(page: AppTest) -> bool:
    """Return whether a file that was sent is still there."""
    return page.file_uploader[0].value is not None


def test_faults_by_municipality_are_shown_beside_a_column_that_is_not_read(page: AppTest) -> None:
    send(of_latgale(page, "2025"), BY_MUNICIPALITY)
    shown, said = faults_of(page), words_of(page)
    held = is_held(page)
    next(b for b in page.button if b.label.startswith("Remember")).click().run()
    again = faults_of(send(page, BY_MUNICIPALITY))

    assert not page.exception
    assert shown == again == [("2", "personas")]
    assert "x9 is no whole number" in said.replace("'", "")
    assert "Say below what" not in said
    assert not held


def test_a_table_by_municipality_is_read_again_when_its_time_is_chosen(page: AppTest) -> None:
    send(of_latgale(page), BY_MUNICIPALITY)
    said, waits = words_of(page), is_held(page)

    turn_to(page, "2025")

    assert "names municipalities and no settlements" in said
    assert "Say above which municipalities the table means" in said
    assert waits
    assert not page.exception
    assert faults_of(page) == [("2", "personas")]
    assert not is_held(page)


def test_a_sound_table_by_municipality_is_offered_for_import_once_its_time_is_chosen(
    page: AppTest,
) -> None:
    send(of_latgale(page), BY_MUNICIPALITY.replace("x9", "9"))
    before = keys_of(page)

    turn_to(page, "before-2021")

    assert "import" not in before
    assert "import" in keys_of(page)
    assert "Adults with mental impairment 9" in " ".join(words_of(page).split())


def test_a_column_named_after_the_time_was_chosen_is_read_with_it(page: AppTest) -> None:
    send(of_latgale(page), "Rajons;Grupa;Skaits\nLudzas novads;GRT;9\n")
    turn_to(page, "2025")
    waits = is_held(page)
    next(box for box in page.selectbox if box.label == "Rajons").select("municipality_atvk")
    next(b for b in page.button if b.label.startswith("Remember")).click().run()

    assert waits
    assert not page.exception
    assert "import" in keys_of(page)


def test_a_file_that_waits_is_read_once(page: AppTest) -> None:
    send(of_latgale(page), BY_MUNICIPALITY)
    [first] = page.session_state["received"].values()

    page.run()

    [still] = page.session_state["received"].values()
    assert not page.exception
    assert is_held(page)
    assert still is first


def test_faults_of_rows_of_persons_are_shown_beside_the_question_about_a_column(
    page: AppTest,
) -> None:
    send(page, person_rows("P;nekur;GRT;DAC_GRT;2018-02-01").replace("services", "Piezīmes"))

    assert "Say below what" in words_of(page)
    assert faults_of(page) == [("–", "Piezīmes"), ("32", "place_id")]
    assert CANARY not in words_of(page)


def test_the_totals_of_a_file_are_told_as_the_readers_of_the_plan_may_know_them(
    home: Path,
) -> None:
    assert home.exists()
    page = opened("en").switch_page("planner/ui/pages/amendment.py").run()
    page.number_input[0].set_value(20).run()

    page = send(page.switch_page("planner/ui/pages/data.py").run(), GOOD)

    assert not page.exception
    assert "< 20" in words_of(page)
    assert "13" not in [str(v) for t in page.table for v in t.value.to_numpy().ravel()]


def test_a_region_without_a_scenario_still_tells_its_sources(page: AppTest) -> None:
    page.selectbox[0].select("vidzeme").run()

    assert not page.exception
    assert not page.error
    assert "none are published for this region" in words_of(page)


def test_a_region_that_ships_without_needs_is_planned_with_needs_of_its_own(
    home: Path, page: AppTest
) -> None:
    page.selectbox[0].select("vidzeme").run()
    before = len(list((home / "runs").iterdir()))

    send(page, "Vieta;Mērķa grupa;Skaits\nCēsis;GRT;30\nValmiera;GRT;40\n")
    press(press(page, "import"), "use_taken")

    assert not page.exception
    assert not page.error
    begun = sorted((home / "runs").iterdir())
    assert (before, len(begun)) == (1, 2)
    question = (begun[-1] / "scenario.toml").read_text(encoding="utf-8")
    assert kept(home)[0] in question
    said = words_of(page)
    assert f"Assessed needs of your own ({kept(home)[0]})" in said
    assert "Illustrative data: starter roads" in said
    assert "shows no real persons" not in said
    calculations = Calculations(home)
    for run in calculations.at(Stage.RUNNING):
        calculations.cancel(run)


def test_every_fault_is_shown_by_row_and_nothing_is_taken_in(home: Path, page: AppTest) -> None:
    send(page, BAD)

    assert not page.exception
    [faults] = [t.value for t in page.table if "Row" in t.value.columns]
    assert list(faults["Row"]) == ["2", "3"]
    assert list(faults["Column"]) == ["Skaits", "Vieta"]
    assert "did you mean: ozoli (Ozoli, Līvānu novads)?" in words_of(page)
    assert "2 faults; nothing was taken in." in words_of(page)
    assert "import" not in keys_of(page)
    assert not (home / "data").exists()


def test_faults_are_told_in_latvian(home: Path) -> None:
    assert home.exists()

    page = send(opened("lv"), BAD)

    assert "2 kļūdas; nekas netika ievadīts." in words_of(page)
    assert "3,5 nav vesels skaitlis" in words_of(page)


def test_a_sound_file_is_taken_in_chosen_and_taken_back(home: Path, page: AppTest) -> None:
    send(page, GOOD)
    holds = words_of(page)
    press(page, "import")
    [name] = kept(home)
    after = words_of(page)
    press(page, "use_taken")
    chosen = words_of(page)
    press(page, "back:needs")
    back = words_of(page)

    assert "Adults with mental impairment 13" in " ".join(holds.split())
    assert "Children with functional impairments < 5" in " ".join(holds.split())
    assert f"Kept as {name}." in after
    assert "Assessed needs of your own" not in after
    assert f"Assessed needs of your own ({name})" in chosen
    assert "does not rest on these data yet" in chosen
    assert "does not rest on these data yet" not in back
    assert not page.exception


def test_the_same_file_again_changes_nothing(home: Path, page: AppTest) -> None:
    press(send(page, GOOD), "import")
    before = {p: p.stat().st_mtime_ns for p in (home / "data").rglob("*") if p.is_file()}

    press(send(page, GOOD), "import")

    assert "This was there already" in words_of(page)
    assert {p: p.stat().st_mtime_ns for p in (home / "data").rglob("*") if p.is_file()} == before


def test_a_date_is_borne_by_the_snapshot(home: Path, page: AppTest) -> None:
    send(page, GOOD)
    page.date_input(key="day").set_value("2026-11-22").run()

    press(page, "import")

    assert kept(home)[0].startswith("needs-2026-11-22-")


def test_a_header_that_is_not_known_is_asked_for_and_remembered(home: Path, page: AppTest) -> None:
    send(page, FOREIGN)
    asked = {box.label: box for box in page.selectbox if box.label in ("Ciems", "Cik")}
    assert set(asked) == {"Ciems", "Cik"}
    asked["Ciems"].select("place_id")
    asked["Cik"].select("persons")
    remember = next(b for b in page.button if b.label.startswith("Remember"))
    remember.click().run()
    first = words_of(page)
    again = words_of(send(page, FOREIGN.replace("13", "20")))

    assert not page.exception
    assert "Adults with mental impairment 13" in " ".join(first.split())
    assert "Adults with mental impairment 20" in " ".join(again.split())
    assert len(list((home / "mappings").iterdir())) == 1


def test_a_column_that_is_lacking_is_named_beside_the_question(page: AppTest) -> None:
    words = words_of(send(page, "place_id;group;Piezīmes\n0002000;GRT;-\n"))

    assert "Say below what this sender's columns are" in words
    assert "the column is missing: give persons" in words
    assert not page.error


def test_two_headers_cannot_mean_the_same(home: Path, page: AppTest) -> None:
    send(page, FOREIGN)
    for box in [box for box in page.selectbox if box.label in ("Ciems", "Cik")]:
        box.select("place_id")

    next(b for b in page.button if b.label.startswith("Remember")).click().run()

    assert "several headers are to be Place" in words_of(page)
    assert not (home / "mappings").exists()


def test_a_file_taken_away_while_it_waits_is_forgotten(page: AppTest) -> None:
    send(page, FOREIGN)

    page.file_uploader[0].clear().run()

    assert not page.exception
    assert not page.error


def test_a_file_that_waits_is_let_go_when_the_reader_leaves(
    page: AppTest, memories: list[MemoryUploadedFileManager]
) -> None:
    send(page, person_rows(head="Klienta ID"))
    waiting = repr(memories[-1].file_storage)

    page.switch_page("planner/ui/pages/compare.py").run()

    assert CANARY.encode()[:12] in waiting.encode()
    assert CANARY[:6] not in repr(memories[-1].file_storage)
    assert not page.exception
    back = page.switch_page("planner/ui/pages/data.py").run()
    assert not any(box.label == "Klienta ID" for box in back.selectbox)


def test_a_file_that_does_not_fit_the_others_is_not_chosen(home: Path, page: AppTest) -> None:
    page.button_group(key="kind").set_value("sites").run()
    send(page, "ēkas kods;Adrese;Vieta;Vietu skaits\nozoli;Skolas iela 9;Ozoli;12\n")
    press(page, "import")
    assert len(kept(home)) == 1

    press(page, "use_taken")

    assert "is the id of another site" in words_of(page)
    assert "use_taken" in keys_of(page)


def test_a_file_that_does_not_fit_and_is_picked_from_the_list_is_not_chosen(
    home: Path, page: AppTest
) -> None:
    page.button_group(key="kind").set_value("sites").run()
    send(page, "ēkas kods;Adrese;Vieta;Vietu skaits\nozoli;Skolas iela 9;Ozoli;12\n")
    press(page, "import")
    [name] = kept(home)

    next(box for box in page.selectbox if name in box.options).select(name).run()

    assert "is the id of another site" in words_of(page)
    [shown] = [box.value for box in page.selectbox if name in box.options]
    assert shown == ""


def test_metres_without_a_reference_system_are_read_once_it_is_confirmed(
    home: Path, page: AppTest
) -> None:
    ring = [[700_000, 250_000], [710_000, 250_000], [710_000, 260_000], [700_000, 250_000]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "Ludzas novads"}, "geometry": shape}
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]})
    page.button_group(key="kind").set_value("boundaries").run()
    send(page, layer, "x.geojson")
    asked = words_of(page)

    press(page, "confirm_crs")
    press(page, "import")

    assert "may be EPSG:3059" in asked
    assert not page.exception
    [file] = (home / "data" / "tiny").glob("boundaries-*.geojson")
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["came_in"] == "EPSG:3059"
    [longitude, latitude] = content["features"][0]["geometry"]["coordinates"][0][0]
    assert 27 < longitude < 28
    assert 56 < latitude < 57


def test_the_other_pages_say_that_they_show_other_data(page: AppTest) -> None:
    press(press(send(page, GOOD), "import"), "use_taken")

    page.switch_page("planner/ui/pages/explore.py").run()

    assert not page.exception
    assert "was calculated with other data" in words_of(page)


def person_rows(*more: str, head: str = "person_id") -> str:
    rows = [f"{CANARY}{n};ozoli;GRT;DAC_GRT;2018-02-01" for n in range(30)]
    return "\n".join([f"{head};place_id;group;services;assessed_on", *rows, *more, ""])


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (person_rows(), True),
        (person_rows(f"{CANARY} Uzvārds;{CANARY};{CANARY};{CANARY};{CANARY}"), False),
        (f"{CANARY};ozoli;GRT\n{CANARY}2;ozoli;GRT\n", False),
        (f'person_id;place_id\n"{CANARY};ozoli\n', False),
        (b"PK\x03\x04" + CANARY.encode(), False),
    ],
)
def test_nothing_of_a_person_is_left_anywhere(
    home: Path,
    caplog: pytest.LogCaptureFixture,
    memories: list[MemoryUploadedFileManager],
    content: str | bytes,
    *,
    sound: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    page = send(opened("lv"), content, f"{CANARY}.csv")
    assert not page.exception
    assert ("import" in keys_of(page)) == sound
    need_no_canary(page, home, caplog, memories)

    if sound:
        press(page, "import")
        need_no_canary(page, home, caplog, memories)
        assert len(kept(home)) == 2


def test_nothing_of_a_person_is_left_after_a_question_was_answered(
    home: Path, caplog: pytest.LogCaptureFixture, memories: list[MemoryUploadedFileManager]
) -> None:
    caplog.set_level(logging.DEBUG)
    page = send(opened("lv"), person_rows(head="Klienta ID"))
    asked = next(box for box in page.selectbox if box.label == "Klienta ID")
    asked.select("person_id")
    next(b for b in page.button if b.label.startswith("Iegaumēt")).click().run()

    assert "import" in keys_of(page)
    need_no_canary(page, home, caplog, memories)


def need_no_canary(
    page: AppTest,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    memories: list[MemoryUploadedFileManager],
) -> None:
    """Find no pseudonym on page, disk and log, nor in the session and the server's memory."""
    files = [path for path in home.parent.rglob("*") if path.is_file()]
    everything = words_of(page) + caplog.text
    everything += "".join(f"{path}{path.read_bytes()!r}" for path in files)
    session = page.session_state._state._state
    everything += repr({key: held(value) for key, value in session.filtered_state.items()})
    everything += repr({key: held(value) for key, value in session._old_state.items()})
    everything += repr(memories[-1].file_storage)
    for said in (CANARY, ascii(CANARY)[1:-1], repr(CANARY.encode())[2:-1]):
        assert said not in everything
    assert list((home.parent / "temp").rglob("upload*")) == []


def held(value: object) -> object:
    """Return what a value of a session holds, the bytes of a file included."""
    return (value, value.getvalue()) if hasattr(value, "getvalue") else value


def test_a_file_is_received_in_memory_as_large_as_it_may_be() -> None:
    config.get_config_options(force_reparse=True)
    most = int(config.get_option("server.maxUploadSize"))

    assert most == 50
    assert most * 1024 * 1024 < MultiPartParser.spool_max_size


ON_TOP = "Vieta;Mērķa grupa;Personu skaits;Gads;Avots\n"
GETS_SMALLER = (
    "Iestāde;Gads;Bērni;Vietas;Audžuģimene;Aizbildnis;Adopcija;GVPP;Jauniešu māja;Paliek\n"
    "Rūķis;2026;20;24;5;2;1;4;0;8\n"
    "Rūķis;2027;8;8;2;0;0;2;4;0\n"
)


def bring(page: AppTest, kind: str) -> AppTest:
    return page.button_group(key="kind").set_value(kind).run()


def test_children_without_an_assessment_are_taken_in_with_their_source_and_taken_back(
    home: Path, page: AppTest
) -> None:
    bring(page, "additions")
    templates = {button.label for button in page.get("download_button")}
    send(page, f"{ON_TOP}Ozoli;FT;7;2026;Līvānu bāriņtiesa\nLiepas;FT;2;2027;Līvānu bāriņtiesa\n")
    holds = " ".join(words_of(page).split())
    press(page, "import")
    [name] = kept(home)
    after = words_of(page)
    press(page, "use_taken")
    chosen = words_of(page)
    press(page, "back:additions")

    assert templates == {"Template (XLSX)", "Template (CSV)"}
    assert "Children with functional impairments 9" in holds
    assert name.startswith("additions-")
    assert f"Kept as {name}." in after
    [sources, *_] = [t.value for t in page.table if "Illustrative" in t.value.columns]
    assert "Persons on top of the assessed" not in set(sources["Kind of data"])
    assert re.search(rf"Persons on top of the assessed\s+{name}", chosen.replace("\\", ""))
    assert "does not rest on these data yet" in chosen
    assert not page.exception
    assert not page.error


def test_a_few_children_on_top_are_not_told(page: AppTest) -> None:
    bring(page, "additions")

    send(page, f"{ON_TOP}Ozoli;FT;3;2026;Līvānu bāriņtiesa\n")

    assert "Children with functional impairments < 5" in " ".join(words_of(page).split())


def test_a_plan_of_an_institution_that_loses_a_child_is_refused_by_row(
    home: Path, page: AppTest
) -> None:
    bring(page, "institutions")

    send(page, GETS_SMALLER.replace("2027;8;", "2027;7;"))

    [faults] = [t.value for t in page.table if "Row" in t.value.columns]
    assert set(faults["Row"]) == {"3"}
    assert "account for every child" in words_of(page)
    assert not (home / "data").exists()


def test_a_plan_of_an_institution_is_taken_in_and_chosen(home: Path, page: AppTest) -> None:
    bring(page, "institutions")
    send(page, GETS_SMALLER)
    holds = " ".join(words_of(page).split())

    press(press(page, "import"), "use_taken")

    [name] = kept(home)
    assert "institutions 1" in holds
    assert "Children 20" in holds
    assert re.search(rf"Institutions for children\s+{name}", words_of(page).replace("\\", ""))
    assert not page.exception
    assert not page.error


def test_a_column_of_addresses_beside_additions_is_refused(home: Path, page: AppTest) -> None:
    bring(page, "additions")

    send(page, f"{ON_TOP.strip()};Adrese\nOzoli;FT;7;2026;Bāriņtiesa;Skolas iela 3\n")

    assert "import" not in keys_of(page)
    assert not (home / "data").exists()

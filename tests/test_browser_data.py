"""An officer sends a table that is wrong, then one that is right, and calculates with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.browser_app import keep_screenshot, open_page, running_app, settled
from tests.browser_reading import choose, download, need_calm, need_latvian

pytestmark = pytest.mark.browser

CANARY = "KanarijPutniņš"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give the folder of an app, whose temporary files lie beside it."""
    (tmp_path / "temp").mkdir()
    return tmp_path


@pytest.fixture
def page(project: Path) -> Iterator[Page]:
    """Give the page of data of the small scenario, and fail if a request left this machine."""
    app = running_app(project, TMPDIR=str(project / "temp"))
    with app as address, open_page() as (opened, strangers):
        opened.goto(f"{address}/dati")
        expect(opened.locator("h1")).to_have_text("Uz kādiem datiem balstās plāns?")
        settled(opened)
        choose(opened, "Scenārijs", "Divi ciemi")
        expect(opened.get_by_text("minutes.csv")).to_be_visible()
        settled(opened)
        yield opened
        assert strangers == []


def send(page: Page, content: bytes, name: str) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def filled(template: bytes, rows: list[tuple[str, str, str]]) -> bytes:
    """Return the template with a row for each (place, group, persons), as an officer would."""
    book, content = load_workbook(BytesIO(template)), BytesIO()
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    for number, (place, group, persons) in enumerate(rows, start=2):
        sheet.cell(row=number, column=column["Apdzīvota vieta"], value=place)
        sheet.cell(row=number, column=column["Mērķa grupa"], value=group)
        sheet.cell(row=number, column=column["Personu skaits"], value=persons)
    book.save(content)
    return content.getvalue()


def bring_in_children(page: Page) -> None:
    """Send children who need care without an assessment, with their source, and keep them."""
    page.get_by_role("radio", name="Personas papildus izvērtētajām").click()
    settled(page)
    added = "Vieta;Mērķa grupa;Personu skaits;Gads;Avots\nOzoli;FT;7;2026;Bāriņtiesa\n"
    send(page, added.encode(), "berni.csv")
    expect(page.locator(".st-key-holdings table")).to_contain_text("7")
    page.get_by_role("button", name="Ievadīt", exact=True).click()
    expect(page.get_by_text("Saglabāts kā additions-")).to_be_visible()
    settled(page)
    need_latvian(page)
    need_calm(page)


def test_from_a_template_to_a_plan_with_own_needs(project: Path, page: Page) -> None:
    # The template comes in the language of the page and names the places of the scenario.
    template = download(page, "Veidne: skaiti (XLSX)")
    adults = str(load_workbook(BytesIO(template))["lists"]["A1"].value)
    need_latvian(page)
    need_calm(page)

    # A table with faults: each with its row, none taken in.
    send(page, filled(template, [("Ozli", adults, "13"), ("Liepas", adults, "4,5")]), "slikta.xlsx")
    expect(page.get_by_text("2 kļūdas; nekas netika ievadīts.")).to_be_visible()
    settled(page)
    faults = page.locator(".st-key-faults table").inner_text()
    assert re.search(r"2\s+Apdzīvota vieta\s+.*varbūt domāts: ozoli", faults)
    assert re.search(r"3\s+Personu skaits\s+4,5 nav vesels skaitlis", faults)
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "7-data-faults")
    assert not (project / "tuvak" / "data").exists()

    # The mended one: what it holds, then what was kept.
    send(page, filled(template, [("Ozoli", adults, "13")]), "../../laba.xlsx")
    expect(page.locator(".st-key-holdings table")).to_contain_text("13")
    settled(page)
    need_calm(page)
    page.get_by_role("button", name="Ievadīt", exact=True).click()
    expect(page.get_by_text("Saglabāts kā needs-")).to_be_visible()
    page.get_by_role("button", name="Izmantot nākamajā aprēķinā").click()
    expect(page.locator(".label")).to_contain_text("Savas izvērtētās vajadzības")
    settled(page)
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "8-data-chosen")

    # Thirteen persons, all in Ozoli: the centre there grows by five places at 7,000 EUR.
    page.get_by_role("link", name="Izpēte").click()
    button = page.get_by_role("button", name="Aprēķināt")
    expect(button).to_be_visible()
    settled(page)
    button.click()
    cards = page.locator(".cards").first
    expect(cards).to_contain_text("35\u00a0000\u00a0EUR")
    settled(page)
    assert "13 pers." in cards.inner_text()
    snapshot = next((project / "tuvak" / "data" / "tiny").glob("needs-*.csv"))
    assert snapshot.name in page.locator(".label").inner_text()
    need_latvian(page)

    # And back to what was used before.
    page.get_by_role("link", name="Dati").click()
    settled(page)
    page.get_by_role("button", name="Atpakaļ uz iepriekšējo").click()
    expect(page.get_by_text("Redzamais plāns uz šiem datiem vēl nebalstās.")).to_be_visible()

    bring_in_children(page)


def test_many_rows_of_persons_are_counted_in_sight_and_forgotten(project: Path, page: Page) -> None:
    rows = "".join(f"{CANARY}{n};ozoli;GRT;DAC_GRT;2018-02-01\n" for n in range(100_000))
    text = f"person_id;place_id;group;services;assessed_on\n{rows}"

    send(page, text.encode(), f"{CANARY}.csv")
    expect(page.get_by_text("Pārbaudītas rindas:")).to_be_visible()
    holdings = page.locator(".st-key-holdings table")
    expect(holdings).to_contain_text(re.compile("100.?000"))
    settled(page)
    page.get_by_role("button", name="Ievadīt", exact=True).click()
    expect(page.get_by_text("Saglabāts kā needs-")).to_be_visible()

    shown = page.content()
    files = [path for path in project.rglob("*") if path.is_file()]
    everything = shown + "".join(f"{path}{path.read_bytes()!r}" for path in files)
    for said in (CANARY, ascii(CANARY)[1:-1], repr(CANARY.encode())[2:-1]):
        assert said not in everything
    assert {path.name for path in (project / "temp").iterdir()} == set()
    assert (project / "app.log") in files


def test_columns_of_a_sender_are_asked_for_once(project: Path, page: Page) -> None:
    book, content = Workbook(), BytesIO()
    for row in (["Ciems", "Mērķa grupa", "Cik"], ["Ozoli", "GRT", 13]):
        book.worksheets[0].append(row)
    book.save(content)

    send(page, content.getvalue(), "sava.xlsx")
    expect(page.get_by_text("Kas ir pārējās ailēs?")).to_be_visible()
    settled(page)
    need_calm(page)
    keep_screenshot(page, "9-data-columns")
    remember = page.get_by_role("button", name="Iegaumēt failiem ar šīm ailēm")
    remember.scroll_into_view_if_needed()
    choose(page, "Ciems", "Apdzīvota vieta")
    choose(page, "Cik", "Personu skaits")
    remember.click()

    expect(page.locator(".st-key-holdings table")).to_contain_text("13")
    assert len(list((project / "tuvak" / "mappings").iterdir())) == 1

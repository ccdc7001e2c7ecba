"""The app as a person meets it: from a fresh start to a downloaded amendment, on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser_app import keep_screenshot, open_page, running_app, settled
from tests.browser_reading import (
    choose,
    download,
    need_calm,
    need_latvian,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("app")) as found:
        yield found


@pytest.fixture
def page() -> Iterator[Page]:
    """Give a page, and fail if any request has left this machine."""
    with open_page() as (opened, strangers):
        yield opened
        assert strangers == []


def need_label_in_sight(page: Page) -> None:
    """Find the label of the data on the screen also at the bottom of a long page."""
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    page.wait_for_timeout(300)
    expect(page.locator(".label")).to_be_in_viewport(ratio=1)
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")


def need_names_at_their_places(land: FrameLocator) -> None:
    """Find every name on the map so near its own place that it cannot stand for a neighbour."""
    pixels = land.locator(".tuvak-name span").evaluate_all(
        """names => names.filter(name => name.style.visibility !== "hidden").map(name => {
            const box = name.getBoundingClientRect();
            const at = name.parentElement.getBoundingClientRect();
            const across = Math.max(box.left - at.x, 0, at.x - box.right);
            return Math.hypot(across, Math.max(box.top - at.y, 0, at.y - box.bottom));
        })"""
    )
    assert len(pixels) >= 7
    assert max(pixels) <= 40


def need_documents(page: Page) -> None:
    page.get_by_role("button", name="Sagatavot dokumentus").click()
    document = Document(BytesIO(download(page, "DOCX")))
    told = [paragraph.text for paragraph in document.paragraphs]
    told += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any("Divi ciemi" in text for text in told)
    assert any("Skolas iela 1" in text for text in told)
    book = load_workbook(BytesIO(download(page, "XLSX")))
    assert len(book.sheetnames) >= 2
    assert download(page, "CSV").startswith(b"\xef\xbb\xbf")


def test_from_a_fresh_start_to_a_downloaded_amendment(address: str, page: Page) -> None:
    # A fresh start is not empty: the starter region, and today's situation as soon as it is known.
    page.goto(address)
    expect(page.locator("h1")).to_have_text(
        "Kur izvietot pakalpojumus, lai cilvēkiem tie būtu tuvāk mājām?"
    )
    expect(page.locator(".cards .card")).to_have_count(4)
    settled(page)
    need_latvian(page)
    land = page.frame_locator("iframe[title='streamlit_folium.st_folium']")
    expect(land.locator(".tuvak-name span").first).to_be_visible()
    assert land.locator("path.leaflet-interactive").count() >= 9
    assert "Latgale" in land.locator(".tuvak-legend").inner_text()
    need_names_at_their_places(land)
    keep_screenshot(page, "1-fresh-start")

    # The small question, whose answer is known by hand, is asked and its plan looked at.
    choose(page, "Scenārijs", "Divi ciemi")
    expect(page.locator(".cards").first).to_contain_text("14 pers.")
    settled(page)
    page.get_by_role("button", name="Aprēķināt").click()
    expect(page.locator(".cards")).to_contain_text("115\u00a0000\u00a0EUR")
    settled(page)
    figures = page.locator(".cards").first.inner_text()
    assert "57\u00a0%" in figures
    assert "jaunas vietas: 1; paplašinātas: 1" in figures
    new = land.locator(".tuvak-site svg[aria-label*='Liepas']")
    expect(new).to_be_visible()
    need_latvian(page)
    need_calm(page)
    need_label_in_sight(page)
    keep_screenshot(page, "2-explore")

    # What it does to the people of a municipality; the plain sentence comes first.
    page.get_by_role("link", name="Salīdzināt").click()
    settled(page)
    choose(page, "Pašvaldība", "Līvānu novads")
    expect(page).to_have_url(re.compile("novads="))
    expect(page.locator(".answer")).to_contain_text("Līvānu novads")
    cards = page.locator(".cards.across .card")
    assert [cards.nth(k).locator("dt").inner_text() for k in (0, 1)] == [
        "Kas iegūst",
        "Kam kļūst sliktāk",
    ]
    assert cards.nth(0).bounding_box()["height"] == cards.nth(1).bounding_box()["height"]  # type: ignore[index]
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "3-compare")

    # What it changes, row by row, and the documents.
    page.get_by_role("link", name="Plāns un grozījumi").click()
    settled(page)
    expect(page.locator("table tbody tr")).to_have_count(2)
    rows = page.locator("table").inner_text()
    assert "Skolas iela 1" in rows
    assert "< 5" in rows
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "4-amendment")
    need_documents(page)


def test_a_search_is_followed_and_ended_at_once(address: str, page: Page) -> None:
    page.goto(f"{address}/?lang=en")
    expect(page.locator("h1")).to_be_visible()
    settled(page)
    choose(page, "Scenario", "Visi pakalpojumi ar kopēju budžetu")
    button = page.get_by_role("button", name="Calculate")
    expect(button).to_be_visible()
    settled(page)
    expect(page.get_by_label("Budget for building, million EUR")).to_have_value("6.00")

    button.click()
    expect(page.get_by_text("Best value")).to_be_visible()
    keep_screenshot(page, "5-progress")
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("The calculation was cancelled.")).to_be_visible(timeout=10_000)
    expect(button).to_be_visible()


def test_a_place_marked_as_forbidden_stays_empty_in_the_next_plan(address: str, page: Page) -> None:
    page.goto(f"{address}/?lang=en")
    expect(page.locator("h1")).to_be_visible()
    settled(page)
    choose(page, "Scenario", "Divi ciemi")
    expect(page.locator(".cards").first).to_contain_text("14 in need")

    page.get_by_role("button", name="Mark another place").click()
    page.get_by_label("Place", exact=True).click()
    page.get_by_role("option", name=re.compile("^Liepas")).click()
    page.get_by_role("button", name="Build nothing here").click()
    settled(page)
    page.get_by_role("button", name="Calculate").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_role("button", name="Calculate")).to_be_visible()
    settled(page)

    # Liepas stays empty, so Ozoli grows from 8 places to 30: 22 places at 7,000 EUR.
    figures = page.locator(".cards").first
    expect(figures).to_contain_text("154\u00a0000\u00a0EUR")
    expect(figures).to_contain_text("new sites: 0; enlarged: 1")


def test_the_whole_story_fits_a_narrow_screen(address: str) -> None:
    with open_page(width=1024, height=800) as (page, strangers):
        page.goto(f"{address}/salidzinat")
        expect(page.locator("h1")).to_be_visible()
        settled(page)
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("element => element.scrollWidth <= element.clientWidth")
        keep_screenshot(page, "6-narrow")
        assert strangers == []

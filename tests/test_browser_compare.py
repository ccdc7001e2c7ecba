"""A council reads today, plan A and plan B for its own people, and how plans are made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser_app import keep_screenshot, open_page, running_app, settled
from tests.browser_reading import choose, need_calm, need_latvian
from tests.ui_projects import two_plans

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of an app with a project of two plans."""
    home = tmp_path_factory.mktemp("home")
    two_plans(home / "tuvak")
    with running_app(home) as address:
        yield address


@pytest.fixture
def page(app: str) -> Iterator[Page]:
    """Give the page that compares the two plans; fail if a request left this machine."""
    with open_page() as (opened, strangers):
        opened.goto(f"{app}/salidzinat?novads=L%C4%ABv%C4%81nu%20novads")
        expect(opened.locator("h1")).to_be_visible()
        settled(opened)
        yield opened
        assert strangers == []


def test_the_method_is_told_with_the_settings_of_the_plan(page: Page) -> None:
    page.get_by_role("link", name="Metode").click()
    expect(page.locator("h1")).to_have_text("Kā top plāns?")
    settled(page)
    expect(page.locator("table").first).to_contain_text("Dienas aprūpes centrs")
    aims = page.get_by_role("table", name="Spēkā esošie mērķi")
    expect(aims).to_contain_text("5 % no vajadzības")
    page.locator("summary").filter(has_text="Uz ko balstās katra vērtība").click()
    bases = page.get_by_role("table", name="Uz ko balstās katra vērtība")
    expect(bases).to_contain_text("noteikts scenārijā; katalogā: 42 %")
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "11-method")


def test_today_plan_a_and_plan_b_stand_beside_each_other(page: Page) -> None:
    # Today beside the newest plan comes first.
    expect(page.locator(".answer")).to_contain_text(
        "šodien apmierināti 57\u00a0% vajadzību, ar plānu 57\u00a0%"
    )
    need_calm(page)

    # The older plan is chosen as plan A: all but one of it, which may not be told.
    page.get_by_label("Plāns A vai šodiena", exact=True).first.click()
    page.get_by_role("option").last.click()
    settled(page)
    answer = page.locator(".answer")
    expect(answer).to_contain_text("Līvānu novads")
    expect(answer).to_contain_text("nav rādīts, lai nevarētu aprēķināt mazu skaitli")
    cards = page.locator(".cards.across .card")
    assert [cards.nth(k).locator("dt").inner_text() for k in range(3)] == [
        "Kas iegūst ar plānu B",
        "Kam ar plānu B kļūst sliktāk",
        "Plāna B izmaksas pret plānu A",
    ]
    need_latvian(page)
    need_calm(page)

    # One service has its map: both plans, and what changes between them.
    choose(page, "Pakalpojums", "Dienas aprūpes centrs pilngadīgām personām ar GRT")
    land = page.frame_locator("iframe[title='streamlit_folium.st_folium']")
    expect(land.locator(".tuvak-legend")).to_contain_text("Plāns B")
    expect(land.locator(".tuvak-legend")).to_contain_text("Plāns A")
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "10-two-plans")


def test_a_phone_shows_the_figures_of_a_comparison_whole(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Plāns A vai šodiena", exact=True).first.click()
    page.get_by_role("option").last.click()
    settled(page)

    cards = page.locator(".cards.across .value")
    expect(cards.last).to_contain_text("115\u00a0000\u00a0EUR")
    whole = cards.evaluate_all("all => all.map(value => value.scrollWidth <= value.clientWidth)")

    assert whole == [True] * 3


def test_a_phone_shows_the_whole_region_on_the_map_and_folds_the_legend(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    settled(page)
    choose(page, "Pakalpojums", "Dienas aprūpes centrs pilngadīgām personām ar GRT")
    land = page.frame_locator("iframe[title='streamlit_folium.st_folium']")
    legend = land.locator(".tuvak-legend")
    expect(legend.locator("summary")).to_be_visible()

    inside = land.locator("body").evaluate(
        """() => [...document.querySelectorAll(".leaflet-municipalities-pane path")].every(path => {
            const box = path.getBoundingClientRect();
            return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
        })"""
    )
    folded = legend.bounding_box()
    legend.locator("summary").press("Enter")

    assert inside
    assert folded is not None
    assert folded["height"] < 60
    expect(legend.get_by_role("combobox")).to_be_visible()

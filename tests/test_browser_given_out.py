"""Two versions of a plan are to leave the house: the second only without what tells a person."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser_app import keep_screenshot, open_page, running_app, settled
from tests.browser_reading import choose, download, need_calm, need_latvian

pytestmark = pytest.mark.browser


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    settled(page)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """Give the first page of the small scenario, and fail if a request left this machine."""
    with running_app(tmp_path) as address, open_page() as (opened, strangers):
        opened.goto(f"{address}/dati")
        expect(opened.locator("h1")).to_be_visible()
        settled(opened)
        choose(opened, "Scenārijs", "Divi ciemi")
        expect(opened.get_by_text("minutes.csv")).to_be_visible()
        settled(opened)
        go(opened, "Izpēte")
        expect(opened.locator(".cards").first).to_contain_text("14 pers.")
        settled(opened)
        yield opened
        assert strangers == []


def calculate(page: Page, cost: str) -> None:
    page.get_by_role("button", name="Aprēķināt", exact=True).click()
    expect(page.locator(".cards").first).to_contain_text(cost)
    settled(page)


def entered(ledger: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ledger.read_text(encoding="utf-8"))["releases"]
    return found


def test_a_second_version_leaves_only_without_the_counts_that_would_tell(
    tmp_path: Path, page: Page
) -> None:
    ledger = tmp_path / "tuvak" / "ledger.json"
    prepare = page.get_by_role("button", name="Sagatavot dokumentus", exact=True)

    # Within 45 minutes all fourteen go to Ozoli, which grows from 8 places to 30.
    page.get_by_text("Standarti, minūtes vienā virzienā").click()
    page.get_by_role("radio", name="45").first.click()
    settled(page)
    calculate(page, "154\u00a0000\u00a0EUR")
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    table.hover()
    expect(page.locator("[data-testid=stElementToolbar]").first).to_be_hidden()
    go(page, "Plāns un grozījumi")
    assert not ledger.exists()
    need_latvian(page)
    need_calm(page)

    # Taken twice, entered once.
    prepare.click()
    first = download(page, "CSV")
    once = ledger.read_bytes()
    assert download(page, "CSV") == first
    assert ledger.read_bytes() == once
    assert len(entered(ledger)) == 3

    # The second version builds with less money: five in place of six begin to be served.
    go(page, "Izpēte")
    budget = page.get_by_label("Budžets būvniecībai, miljoni EUR")
    budget.fill("0.04")
    budget.press("Enter")
    settled(page)
    calculate(page, "35\u00a0000\u00a0EUR")
    go(page, "Plāns un grozījumi")
    prepare.click()
    refusal = page.get_by_role("alert").filter(has_text="Dokumenti netika izsniegti")
    expect(refusal).to_contain_text("Sāk saņemt · Ozoli, Skolas iela 1")
    expect(refusal).to_contain_text("Mazākais, kas būtu jāizlaiž")
    assert page.get_by_role("button", name="CSV").count() == 0
    assert ledger.read_bytes() == once
    settled(page)
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "10-refused")

    # The least that has to be left out is left out, on the screen as well.
    page.get_by_role("button", name="Izlaist šos skaitļus un sagatavot").click()
    second = download(page, "CSV").decode("utf-8-sig")
    assert "…" in second
    settled(page)
    assert "…" in page.locator("table").inner_text()
    assert len(entered(ledger)) == 5  # what can start now is the same in both versions
    need_latvian(page)


def test_for_whom_files_are_is_chosen_beside_them_and_holds_on_every_page(
    tmp_path: Path, page: Page
) -> None:
    calculate(page, "115\u00a0000\u00a0EUR")
    go(page, "Plāns un grozījumi")
    choose(page, "Lasītāji", "reģiona darbinieki")
    # The field of the threshold belongs to its readers: another one stands there from now on.
    expect(page.get_by_text("nav paredzēts publiskošanai")).to_be_visible()
    settled(page)
    least = page.get_by_label("Mazākais personu skaits, ko tie drīkst lasīt")
    least.fill("3")
    least.press("Enter")
    settled(page)

    expect(page.get_by_text("nav paredzēts publiskošanai")).to_be_visible()
    expect(page.locator(".note").filter(has_text="< 3").first).to_be_visible()
    need_latvian(page)
    need_calm(page)
    page.get_by_role("button", name="Sagatavot dokumentus").click()
    assert "< 5" not in download(page, "CSV").decode("utf-8-sig")
    found = entered(tmp_path / "tuvak" / "ledger.json")
    assert {(r["audience"], r["threshold"]) for r in found} == {("staff", 3)}
    go(page, "Izpēte")
    expect(page.get_by_text("nav paredzēts publiskošanai")).to_be_visible()


def test_an_approved_table_is_sent_compared_with_and_removed(tmp_path: Path, page: Page) -> None:
    calculate(page, "115\u00a0000\u00a0EUR")
    go(page, "Plāns un grozījumi")
    expect(page.locator("h1")).to_have_text("Kas mainās pret esošo?")
    page.get_by_text("Ievadīt apstiprināta plāna tabulu").click()
    head, row = "Pakalpojums;Vietas kods;Vietu skaits", "day_care_adults;liepas;"

    def send(places: str) -> None:
        sent = {"name": "plans.csv", "mimeType": "text/csv"}
        table = f"{head}\n{row}{places}\n".encode()
        page.locator("input[type=file]").set_input_files({**sent, "buffer": table})  # type: ignore[list-item]

    send("daudz")
    expect(page.get_by_text("1 kļūda; nekas netika ievadīts.")).to_be_visible()
    settled(page)
    need_latvian(page)
    need_calm(page)
    send("30")
    page.get_by_role("button", name="Ievadīt", exact=True).click()

    expect(page.locator("h1")).to_have_text("Kas mainās pret apstiprināto redakciju?")
    settled(page)
    expect(page.locator(".note").filter(has_text="augšupielādēta tabula; datums ")).to_be_visible()
    need_latvian(page)
    need_calm(page)
    keep_screenshot(page, "10-approved-table")
    page.get_by_role("button", name="Izņemt tabulu").click()
    expect(page.locator("h1")).to_have_text("Kas mainās pret esošo?")
    assert not list((tmp_path / "tuvak" / "data").rglob("approved-*"))


def test_an_app_that_ends_leaves_nothing_that_answers(tmp_path: Path) -> None:
    with running_app(tmp_path) as address, open_page() as (page, _):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()

    with open_page() as (page, _), pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        page.goto(address)
    begun = [run / "pid" for run in (tmp_path / "tuvak" / "runs").iterdir()]
    assert begun
    for pid in begun:
        assert ends_soon(int(pid.read_text(encoding="utf-8")))


def ends_soon(pid: int) -> bool:
    """Return whether a process has ended, or does within some seconds; nobody may wait for it."""
    command = Path(f"/proc/{pid}/cmdline")  # empty once it has ended, gone once that was seen
    for _ in range(100):
        try:
            if b"planner" not in command.read_bytes():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False

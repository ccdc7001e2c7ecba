"""A page in a real browser into what a person reads of it, and what must not be wrong with it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from planner.locales import say
from tests.browser_app import settled

ENGLISH = re.compile(
    r"\b(the|and|with|today|plan by|persons|Calculate|Cancel|Region|Service|Municipality|None)\b"
)


def words_of(page: Page) -> str:
    return page.locator("[data-testid=stApp]").inner_text()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def need_calm(page: Page) -> None:
    """Find nothing serious for people who use a keyboard, a screen reader or weak eyes."""
    frames = [frame for frame in page.frames if not frame.is_detached()]
    found = [v for frame in frames for v in Axe().run(frame).response["violations"]]  # type: ignore[arg-type]
    grave = {
        f"{v['id']}: {node['html'][:160]}"
        for v in found
        if v["impact"] in {"serious", "critical"}
        for node in v["nodes"]
    }
    assert grave == set()


def need_latvian(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "lv"
    words = words_of(page).replace("English", "")
    assert not ENGLISH.findall(words), words
    shown = {line.strip() for line in words.splitlines()}
    assert not {e for e in shown & english_texts() if say("lv", e) != e}
    assert re.search("Ilustratīvi dati|Savas izvērtētās vajadzības", words)


@cache
def english_texts() -> frozenset[str]:
    """Return every English text of the catalogue that has a Latvian one."""
    file = Path(__file__).resolve().parents[1] / "planner" / "locales" / "lv" / "messages.po"
    with file.open("rb") as text:
        ids = [message.id for message in read_po(text, locale="lv")]
    return frozenset(i for i in ids if isinstance(i, str) and i)


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    return Path(waiting.value.path()).read_bytes()

"""Every sentence that a page can say is there in Latvian, and text from files stays text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.locales import translations
from planner.publishing.aims import AIM_NAMES
from planner.publishing.illustrations import ILLUSTRATION
from planner.publishing.scene import KIND_WORDS
from planner.ui.giving_out import DOCUMENTS
from planner.ui.showing import plain
from planner.ui.site_table import MARK_SENTENCES, MARK_WORDS

ROOT = Path(__file__).resolve().parents[1]


def sentences() -> Iterator[str]:
    yield from (label for _, label, _ in DOCUMENTS)
    yield from MARK_WORDS.values()
    yield from (*MARK_SENTENCES.values(), *KIND_WORDS.values(), *AIM_NAMES.values(), ILLUSTRATION)
    for file in (*(ROOT / "planner" / "ui").rglob("*.py"), ROOT / "app.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in {"tell", "tell_count"} and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_a_sentence_of_the_pages_is_there_in_latvian(sentence: str) -> None:
    latvian = translations("lv")

    said = {latvian.gettext(sentence), latvian.ngettext(sentence, sentence, 2)}

    assert said != {sentence} or sentence == "{minutes} min"


def test_a_name_that_looks_like_markup_stays_a_name() -> None:
    name = "[x](http://a.b) <b>*y*</b> $z$ `w` :material/bolt: a_b"

    assert plain(name).replace("\\", "") == name
    assert "](" not in plain(name)
    assert "\\<b\\>" in plain(name)

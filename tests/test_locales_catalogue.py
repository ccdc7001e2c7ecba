from __future__ import annotations

import csv
import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from planner.errors import Fault
from planner.inputs.study_area import starter_data
from planner.locales import say, say_count, say_fault, translations
from tests.said_texts import ROOT, said_texts

CATALOGUE = ROOT / "planner" / "locales" / "lv" / "messages.po"


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def entries() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="lv")
    return [
        (
            (m.id,) if isinstance(m.id, str) else tuple(m.id),
            (m.string,) if isinstance(m.string, str) else tuple(m.string),
        )
        for m in catalogue
        if m.id
    ]


def test_every_sentence_of_the_project_has_its_latvian() -> None:
    known = {ids[0] for ids, told in entries() if all(told)}

    missing = [f"{said.where}: {said.text!r}" for said in said_texts() if said.text not in known]

    assert missing == []


def test_every_plural_of_the_project_has_its_three_latvian_forms() -> None:
    known = dict(entries())

    for said in said_texts():
        if said.plural:
            assert len(known[said.text, said.plural]) == 3, said.where


def test_the_latvian_names_the_same_fields_as_the_english() -> None:
    for ids, told in entries():
        for form in told:
            assert fields_of(form) == fields_of(ids[-1]), ids[0]


def test_no_sentence_stands_twice() -> None:
    ids = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 vietu"),
        (1, "1 vieta"),
        (2, "2 vietas"),
        (10, "10 vietas"),
        (11, "11 vietas"),
        (21, "21 vieta"),
        (111, "111 vietas"),
        (131, "131 vieta"),
    ],
)
def test_latvian_counts_as_latvians_do(count: int, told: str) -> None:
    assert say_count("lv", "{count} place", "{count} places", count) == told


def test_a_municipality_without_a_share_need_not_have_few_persons() -> None:
    assert say("lv", "no need, or not told") == "nav vajadzības vai nav rādīts"


def test_a_fault_is_said_whole_in_latvian() -> None:
    fault = Fault("{found!r} is not known", "x.csv", 14, "persons", {"found": "abc"})

    assert say_fault("lv", fault) == "x.csv, 14. rinda, aile persons: 'abc' nav zināms"
    assert say_fault("en", fault) == "x.csv, row 14, column persons: 'abc' is not known"


def test_english_speaks_the_sentences_themselves() -> None:
    assert say("en", "Municipality") == "Municipality"
    assert translations("en").gettext("Municipality") == "Municipality"


def test_the_sources_of_the_starter_data_are_told_in_latvian() -> None:
    known = {ids[0] for ids, _ in entries()}
    with (starter_data() / "sources.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))

    assert [r["name"] for r in rows if r["name"] not in known] == []
    assert [r["licence"] for r in rows if r["licence"] not in known] == []

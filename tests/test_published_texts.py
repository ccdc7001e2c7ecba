"""The attacker reads a share, a class or a reason as a reader does, also as a page writes it."""

from __future__ import annotations

import pytest

from planner.disclosure import Part, share_fact, sum_of
from planner.disclosure.figures import whole_percent
from planner.disclosure.tables import NEED
from tests.published_texts import of_reasons, share_facts

TOWN, CARE, PLAN = "town", "care", "plan"


def fits(text: str, within: int, need: int) -> bool:
    """Return whether a share as it is read leaves a count open."""
    persons = {Part(TOWN, CARE, NEED): need, Part(TOWN, CARE, PLAN, "within"): within}
    facts = list(share_facts([(TOWN, CARE)], PLAN, text))
    assert len(facts) == 2
    return all(
        f.low - 1e-9 <= sum(c * persons[p] for p, c in f.terms) <= f.high + 1e-9 for f in facts
    )


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("0\u00a0%", 0, 0),
        ("1\u00a0%", 0, 15),
        ("2\u00a0%", 15, 25),
        ("42\u00a0%", 415, 425),
        ("98\u00a0%", 975, 985),
        ("99\u00a0%", 985, 1000),
        ("100\u00a0%", 1000, 1000),
        ("0–50\u00a0%", 0, 500),
        ("0&#8211;50&#160;%", 0, 500),
        ("50–75\u00a0%", 500, 750),
        ("90–100\u00a0%", 900, 1000),
    ],
)
def test_a_share_leaves_open_what_it_says_and_no_more(text: str, least: int, most: int) -> None:
    found = [n for n in range(1001) if fits(text, n, 1000)]

    assert (found[0], found[-1]) == (least, most)
    assert len(found) == most - least + 1


def test_no_share_is_read_where_none_stands() -> None:
    assert list(share_facts([(TOWN, CARE)], PLAN, "–")) == []


def test_the_reader_is_as_knowing_as_the_gate_of_every_share() -> None:
    part, whole = sum_of([Part(TOWN, CARE, PLAN, "within")]), sum_of([Part(TOWN, CARE, NEED)])
    for need in (7, 60, 400):
        for within in range(need + 1):
            percent = whole_percent(within, need)
            persons = {whole[0][0]: need, part[0][0]: within}
            for fact in share_fact(part, whole, percent):
                assert sum(c * persons[p] for p, c in fact.terms) >= fact.low - 1e-9
            assert fits(f"{percent} %", within, need)
    for percent in (0, 1, 2, 50, 98, 99, 100):
        read = {n for n in range(401) if fits(f"{percent} %", n, 400)}
        known = {
            n
            for n in range(401)
            if all(
                sum(c * {whole[0][0]: 400, part[0][0]: n}[p] for p, c in fact.terms) >= -1e-9
                for fact in share_fact(part, whole, percent)
            )
        }
        assert read == known, percent


def test_a_reason_is_read_where_it_is_named_and_no_other() -> None:
    told = "pakalpojumu sāk saņemt <\u00a05\u00a0pers.; īsāks ceļš 1\u00a0234\u00a0pers."

    texts = {column: text for _, _, column, _, text in of_reasons("t", "s", CARE, "c", told)}

    assert texts == {f"{CARE} newly": "<5", f"{CARE} shorter": "1234"}

"""The Word document of an amendment as an attacker reads it, every count and share of persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from docx import Document

from planner.disclosure import Fact, Part, equal_sums, sum_of
from planner.disclosure.tables import NEED, Terms
from planner.locales import say
from planner.publishing.reasons import REASON_WORDS
from planner.workflow import Proposal
from tests.published_texts import (
    Sites,
    Text,
    keys_of,
    of_reasons,
    rows_of,
    share_facts,
)

Rows = list[list[str]]
Keys = list[tuple[str, str]]

_REASON_OF = {say("lv", words): reason.value for reason, words in REASON_WORDS.items()}


def of_document(folder: Path, proposal: Proposal, sites: Sites, called: str) -> Iterator[Text]:
    """Give every count of persons in the tables of `grozijumi.docx`."""
    keys = keys_of(proposal)
    yield from _of_changes(folder, proposal, sites, called)
    yield from _of_totals(folder, keys, called)
    yield from _of_start_now(folder, proposal, called)
    for service, reason, told in _unserved(folder, proposal):
        if not reason:  # all whose reason is not told
            continue
        terms = sum_of(Part(m, s, called, f"#{reason}") for m, s in keys if s == service)
        yield "docx unserved", service, reason, terms, told
    for service, row in _overview(folder, proposal):
        ours = [(m, s) for m, s in keys if s == service]
        yield "docx overview", service, "need", sum_of(Part(m, s, NEED) for m, s in ours), row[2]
        unserved = sum_of(Part(m, s, called, "unserved") for m, s in ours)
        yield "docx overview", service, "unserved", unserved, row[5]


def facts_of_document(folder: Path, proposal: Proposal, called: str) -> Iterator[Fact]:
    """Give the shares of the document, and that the unserved are so for one of its reasons."""
    keys = keys_of(proposal)
    for service, row in _overview(folder, proposal):
        ours = [(m, s) for m, s in keys if s == service]
        yield from share_facts(ours, "today", row[3])
        yield from share_facts(ours, called, row[4])
    reasons: dict[str, list[str]] = {}
    for service, reason, _ in _unserved(folder, proposal):
        reasons.setdefault(service, []).append(reason)
    for m, s in keys:
        parts = [Part(m, s, called, f"#{reason}") for reason in reasons.get(s, ())]
        yield equal_sums([Part(m, s, called, "unserved")], parts)


def _of_changes(folder: Path, proposal: Proposal, sites: Sites, called: str) -> Iterator[Text]:
    addresses = {option: opening.units for option, opening in proposal.plan.opened.items()}
    for row, cells in _changed(folder):
        service, site = row["service"], row["site"]
        for situation, cell in (("today", cells[3]), (called, cells[4])):
            terms = sum_of(sites.get((situation, service, site), []))
            if situation == "today" or addresses.get((service, site)) == 1:  # not one of several
                told = cell.split(" / ")[-1]
                yield "docx changes", site, f"{service} {situation}", terms, told
        yield from of_reasons("docx reasons", site, service, f"changes {called}", cells[-1])


def _changed(folder: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Give the rows of the changes as the table for machines and the document tell them."""
    rows = {row["number"]: row for row in rows_of(folder / "amendment.csv")}
    for cells in _table(folder, "Before: places / persons"):
        if cells[0] in rows:  # not the total, which has places alone
            yield rows[cells[0]], cells


def _of_totals(folder: Path, keys: Keys, called: str) -> Iterator[Text]:
    """Give need, served and within the standard of every municipality, and of all together."""
    for cells in _table(folder, "Its own needs"):
        own = [(m, s) for m, s in keys if m == cells[1] or not cells[1]]
        yield "docx totals", cells[1], "need", sum_of(Part(m, s, NEED) for m, s in own), cells[5]
        for cell, states in ((cells[6], ("within", "beyond")), (cells[7], ("within",))):
            for situation, told in zip(("today", called), cell.split(" → "), strict=False):
                terms: Terms = sum_of(Part(m, s, situation, st) for m, s in own for st in states)
                yield "docx totals", cells[1], f"{situation} {states}", terms, told


def _of_start_now(folder: Path, proposal: Proposal, called: str) -> Iterator[Text]:
    why: dict[str, set[str]] = {}
    for row in rows_of(folder.parent / called / "start_now.csv"):
        why.setdefault(row["service"], set()).add(row["why"])
    names = {s.name_lv: s.id for s in proposal.area.services}
    code = {m.name: m.atvk for m in proposal.area.municipalities}
    table = next((t for t in _tables(folder) if t[0][1:] and set(t[0][1:]) <= set(names)), [[]])
    services = [names[name] for name in table[0][1:]]
    for cells in table[1:]:
        for service, told in zip(services, cells[1:], strict=True):
            m, reasons = code[cells[0]], why.get(service, set())
            now = [Part(m, service, NEED, reason) for reason in sorted(reasons)]
            left = [Part(m, service, called, "unserved")]
            terms = sum_of(left if "unserved" in reasons else now)
            yield "docx start now", m, service, terms, told


def _unserved(folder: Path, proposal: Proposal) -> Iterator[tuple[str, str, str]]:
    names = {s.name_lv: s.id for s in proposal.area.services}
    heads = [say("lv", head) for head in ("Service", "Why", "Persons")]
    for table in _tables(folder):
        for cells in table[1:] if table[0] == heads else ():
            yield names[cells[0]], _REASON_OF.get(cells[1], ""), cells[2]


def _overview(folder: Path, proposal: Proposal) -> Iterator[tuple[str, list[str]]]:
    names: Mapping[str, str] = {s.name_lv: s.id for s in proposal.area.services}
    for cells in _table(folder, "Within the standard today"):
        yield names[cells[0]], cells


def _table(folder: Path, head: str) -> Rows:
    """Return the rows of the table that has a head, none where no table has it."""
    found = (table[1:] for table in _tables(folder) if say("lv", head) in table[0])
    return next(found, [])


@lru_cache(maxsize=4)
def _tables(folder: Path) -> list[Rows]:
    document = Document(str(folder / "grozijumi.docx"))
    return [[[cell.text for cell in row.cells] for row in t.rows] for t in document.tables]


__all__ = ["facts_of_document", "of_document"]

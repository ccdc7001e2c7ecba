"""Texts in published files into what they say of persons: shares, reasons in words, rows."""

from __future__ import annotations

import csv
import html
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from planner.disclosure import Fact, Part, sum_of
from planner.disclosure.tables import NEED, Terms
from planner.domain import Stay
from planner.locales import say
from planner.workflow import Proposal

Text = tuple[str, str, str, Terms, str]
"""Table, row, column, what it counts, what stands there."""


Sites = dict[tuple[str, str, str], list[Part]]
"""The parts of those whom a site serves, by situation, service and site."""


REASONS = {
    "newly": "begin to receive the service: {persons} pers.",
    "within": "come within the standard: {persons} pers.",
    "shorter": "a shorter way for {persons} pers.",
    "longer": "a longer way for {persons} pers.",
    "lost": "no longer receive the service: {persons} pers.",
}


TURNS = {
    "gaining": ("shorter", "newly"),
    "losing": ("longer", "gone"),
    "newly_served": ("newly",),
    "no_longer_served": ("gone",),
}


def keys_of(proposal: Proposal) -> list[tuple[str, str]]:
    """Return every municipality and service that a plan is about."""
    home = proposal.problem.municipality_of_point
    return sorted({(home[point], service) for service, point in proposal.problem.persons})


def of_reasons(table: str, site: str, service: str, changes: str, told: str) -> Iterator[Text]:
    """Give the persons of each reason that is named; one that is not may have somebody too."""
    for reason, words in REASONS.items():
        pattern = re.escape(say("lv", words, persons="@")).replace("@", r"(…|< \d+|\d[\d ]*)")
        found = re.search(pattern, told.replace("\u00a0", " "))
        if found:
            terms = sum_of([Part(f"site {site}", service, changes, reason)])
            yield table, site, f"{service} {reason}", terms, found[1].replace(" ", "")


def share_facts(keys: Iterable[tuple[str, str]], situation: str, text: str) -> Iterator[Fact]:
    """Give what a share such as "42 %" or "50–75 %" says, in linear terms.

    They are facts of the last level of the attack, which uses all marks too: a share is a mark.
    """
    bare = html.unescape(text).replace("\u00a0", "").replace(" ", "").removesuffix("%")
    digits = [int(number) for number in re.findall(r"\d+", bare)]
    if not digits:
        return
    if len(digits) == 2:
        low, high = map(float, digits)
    else:  # 0 % and 100 % are kept for none and all, so that 1 % may be less than half a percent
        low = 0.0 if digits[0] <= 1 else min(100.0, digits[0] - (0.5 if digits[0] < 100 else 0.0))
        high = 100.0 if digits[0] >= 99 else digits[0] + (0.5 if digits[0] > 0 else 0.0)
    pairs = list(keys)
    for share, least, most in ((low, 0.0, math.inf), (high, -math.inf, 0.0)):
        within = [(Part(m, s, situation, "within"), 1.0) for m, s in pairs]
        need = [(Part(m, s, NEED), -share / 100) for m, s in pairs if share]
        yield Fact(tuple(sorted([*within, *need])), least, most, group_only=True)


def of_sentences(folder: Path, proposal: Proposal, turns: str) -> Iterator[Text]:
    """Give who gains and loses by municipality, from the English sentences."""
    for line, m, homes, chosen in _sentences(folder, proposal):
        found = re.search(r"; (\S+?|< \d+) pers\. gain, (\S+?|< \d+) pers\. lose", line)
        if found is None:
            continue
        for figure, told in (("gaining", found[1]), ("losing", found[2])):
            terms = sum_of(Part(m, s, turns, state) for s in chosen for state in TURNS[figure])
            yield "sentences", m, f"{figure} {homes}", terms, told


def shares_of_sentences(folder: Path, proposal: Proposal, names: tuple[str, str]) -> Iterator[Fact]:
    """Give what the shares before and after in the sentences say of totals over services."""
    for line, m, _, chosen in _sentences(folder, proposal):
        found = re.search(r": (.+?) → (.+?) within the standard", line)
        for name, told in zip(names, found.groups() if found else (), strict=False):
            yield from share_facts([(m, s) for s in chosen], name, told)


def _sentences(folder: Path, proposal: Proposal) -> Iterator[tuple[str, str, bool, list[str]]]:
    """Give each sentence about a municipality, whether it is of homes, and its services."""
    code = {m.name: m.atvk for m in proposal.area.municipalities}
    services, homes = keys_of(proposal), False
    lived_in = {s.id for s in proposal.problem.services.values() if s.stay is Stay.HOME}
    for line in (folder / "sentences.txt").read_text(encoding="utf-8").splitlines():
        homes = homes or line.startswith("Services where people live")
        m = code.get(line.strip().partition(":")[0], "")
        if m:
            own = [s for place, s in services if place == m and (s in lived_in) == homes]
            yield line, m, homes, own


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a table for machines."""
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)

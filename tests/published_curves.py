"""The files of a price curve as an attacker reads them: the table and the English sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from planner.disclosure import Release, equal_sums, sum_of
from planner.disclosure.tables import NEED, Part, Terms, difference
from planner.workflow import Proposal
from tests.published_claims import release_of
from tests.published_texts import Text, keys_of, rows_of

Keys = list[tuple[str, str]]

_ALL = ("within", "beyond", "unserved")
_STATES = {
    "served": ("within", "beyond"),
    "within_standard": ("within",),
    "unserved": ("unserved",),
}


def curve_in(folder: Path, proposal: Proposal, called: Sequence[str]) -> Release:
    """Return what a curve says; `called` names the plan at each point."""
    keys = keys_of(proposal)
    needs = [Part(m, s, NEED) for m, s in keys]
    facts = [
        equal_sums(needs, [Part(m, s, name, st) for m, s in keys for st in _ALL]) for name in called
    ]
    return release_of([*_of_table(folder, keys, called), *_of_words(folder, keys, called)], facts)


def _total(keys: Keys, name: str, figure: str) -> Terms:
    return sum_of(Part(m, s, name, state) for m, s in keys for state in _STATES[figure])


def _of_table(folder: Path, keys: Keys, called: Sequence[str]) -> Iterator[Text]:
    for name, row in zip(called, rows_of(folder / "prices.csv"), strict=True):
        needs = sum_of(Part(m, s, NEED) for m, s in keys)
        yield "prices.csv", row["tolerance_percent"], "need", needs, row["need"]
        for figure in _STATES:
            terms = _total(keys, name, figure)
            yield "prices.csv", row["tolerance_percent"], figure, terms, row[figure]


def _of_words(folder: Path, keys: Keys, called: Sequence[str]) -> Iterator[Text]:
    """Give the counts of the points, and by how many two of them differ."""
    at = {
        float(row["tolerance_percent"]): k for k, row in enumerate(rows_of(folder / "prices.csv"))
    }
    for line in (folder / "prices.txt").read_text(encoding="utf-8").splitlines():
        for figure, words in (("served", "served"), ("within_standard", "within the standard")):
            found = re.match(rf"  (.+?) % of the need: (\S+|< \d+) {words}", line)
            for percent in found[1].split("–") if found else ():
                terms = _total(keys, called[at[float(percent)]], figure)
                yield "prices.txt", percent, figure, terms, found[2] if found else ""
        found = re.match(r"  From (\S+) % to (\S+) %: .*, persons (.*): (\S+) more", line)
        if found is not None:
            figure = "served" if found[3] == "unserved" else "within_standard"
            tight, loose = (_total(keys, called[at[float(found[k])]], figure) for k in (1, 2))
            yield "prices.txt", f"{found[1]} {found[2]}", figure, difference(tight, loose), found[4]

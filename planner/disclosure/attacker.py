"""Releases into what an attacker can work out from them: the numbers that were meant to be hidden.

The attacker holds everything released and nothing else. Each withheld number is tried in two ways:
as a combination of what stands plainly (row space: it is told exactly), and as the least and the
most that it can be (linear programmes over all non-negative worlds). This module shares no code
with the search that protects a release, so that a mistake there shows here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from planner.disclosure.intervals import NEAR, Known, Worlds
from planner.disclosure.programmes import own_threads
from planner.disclosure.tables import (
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    Terms,
    changes_between_situations,
)

_LEVELS = ("totals", "marks", "shares")  # each uses what the one before it uses, and more
_Seen = dict[Terms, tuple[float, float]]


@dataclass(frozen=True)
class Finding:
    """A number that readers can tell too closely.

    Attributes
    ----------
    table, row, column : str
        The withheld cell, or "" and the parts in words where no cell shows the number.
    terms : Terms
        What it counts.
    low, high : float
        The least and the most persons that it can be. inf and -inf where releases contradict each
        other, -inf and inf where no answer was found: both count as told.
    exact : bool
        Whether it is told to the person.
    by : str
        "totals", "marks" (knowing that "< 5" means 1 to 4) or "shares" (of the group counts).
    """

    table: str
    row: str
    column: str
    terms: Terms
    low: float
    high: float
    exact: bool
    by: str


@dataclass(frozen=True)
class _Suspect:
    claim: Claim | None
    terms: Terms
    threshold: int


@dataclass(frozen=True)
class _Statement:
    terms: Sequence[tuple[Part, float]]
    low: float
    high: float


def audit(
    releases: Sequence[Release],
    *,
    groups: frozenset[str] = frozenset(),
    threshold: int | None = None,
) -> tuple[Finding, ...]:
    """Return every number that `releases` together tell too closely; empty means safe.

    A withheld number is told too closely where its interval is narrower than the threshold k, or,
    using that a mark "< k" means 1 to k - 1, narrower than such a mark. Numbers that no cell shows
    (single parts, changes between situations) count where the narrow interval reaches 1 to k - 1.

    Parameters
    ----------
    releases : sequence of Release
        All that the reader holds, of one snapshot.
    groups : frozenset of str
        Subjects that are target groups; only they are attacked through the shares of needs.
    threshold : int, optional
        Persons from which on this reader may know a count. Where absent, each mark has that of its
        release, and what no cell shows the strictest of all.
    """
    findings: dict[Terms, Finding] = {}
    for finding in audit_each_level(releases, groups=groups, threshold=threshold):
        findings.setdefault(finding.terms, finding)
    return tuple(findings.values())


@own_threads()
def audit_each_level(
    releases: Sequence[Release],
    *,
    groups: frozenset[str] = frozenset(),
    threshold: int | None = None,
) -> tuple[Finding, ...]:
    """Return what `audit` does, a number once for every level at which it is told too closely.

    The least knowing level comes first.
    """
    suspects = _suspects(releases, threshold)
    facts = [f for release in releases for f in release.facts]
    found: dict[str, list[Finding]] = {}
    seen: _Seen = {}
    for by in reversed(_LEVELS):  # a world that fits all that is known fits a part of it too
        if by == "shares" and not any(f.group_only for f in facts):
            continue
        asked = [s for s in suspects if by != "shares" or _is_group(s.terms, groups)]
        found[by] = list(_attack(_statements(releases, facts, by), asked, by, seen))
    return tuple(finding for by in _LEVELS for finding in found.get(by, ()))


def _suspects(releases: Sequence[Release], threshold: int | None) -> list[_Suspect]:
    """Return the withheld cells, then every part and every change that no cell shows."""
    strictest = threshold or max((release.threshold for release in releases), default=0)
    told = {c.terms for r in releases for c in r.claims if c.mark is Mark.PLAIN}
    suspects: dict[Terms, _Suspect] = {}
    for release in releases:
        for claim in release.claims:
            if claim.mark is not Mark.PLAIN and claim.terms not in told:
                suspects[claim.terms] = _Suspect(claim, claim.terms, threshold or release.threshold)
    claims = [claim for release in releases for claim in release.claims]
    parts = dict.fromkeys(part for claim in claims for part, _ in claim.terms)
    parts |= dict.fromkeys(part for r in releases for fact in r.facts for part, _ in fact.terms)
    unshown: Iterable[Terms] = [
        *(((part, 1),) for part in parts),
        *changes_between_situations(claims),
    ]
    for terms in unshown:
        if terms not in told:
            suspects.setdefault(terms, _Suspect(None, terms, strictest))
    return list(suspects.values())


def _statements(releases: Sequence[Release], facts: Sequence[Fact], by: str) -> list[_Statement]:
    statements = [
        _Statement(fact.terms, fact.low, fact.high)
        for fact in facts
        if by == "shares" or not fact.group_only
    ]
    for release in releases:
        for claim in release.claims:
            terms = [(part, float(c)) for part, c in claim.terms]
            if claim.mark is Mark.PLAIN and claim.persons is not None:
                statements.append(_Statement(terms, float(claim.persons), float(claim.persons)))
            elif claim.mark is Mark.SMALL and by != "totals":
                statements.append(_Statement(terms, 1.0, release.threshold - 1.0))
    return statements


def _attack(
    statements: Sequence[_Statement], suspects: Sequence[_Suspect], by: str, seen: _Seen
) -> Iterator[Finding]:
    """Yield what is told too closely, one connected piece of the tables after another.

    `seen` holds the least and the most of each sum in the worlds found so far; more are added.
    """
    for piece_statements, piece_suspects in _pieces(statements, suspects):
        parts = dict.fromkeys(p for s in piece_statements for p, _ in s.terms)
        parts |= dict.fromkeys(p for s in piece_suspects for p, _ in s.terms)
        column_of = {part: k for k, part in enumerate(parts)}
        known = Known(
            _matrix([s.terms for s in piece_statements], column_of),
            np.array([s.low for s in piece_statements], dtype=float),
            np.array([s.high for s in piece_statements], dtype=float),
        )
        asked = _matrix([s.terms for s in piece_suspects], column_of)
        ends = np.array([seen.get(s.terms, (np.inf, -np.inf)) for s in piece_suspects])
        enough = np.array([_enough(s, by) for s in piece_suspects], dtype=float)
        worlds = Worlds(known)
        low, high, exact = worlds.intervals(asked, enough, (ends[:, 0], ends[:, 1]))
        for s, least, most, told in zip(piece_suspects, low, high, exact, strict=True):
            if least > most and not worlds.contradict:
                yield _finding(s, -np.inf, np.inf, exact=False, by=by)
                continue
            seen[s.terms] = float(least), float(most)
            if least > most or _too_close(s, float(least), float(most), by):
                yield _finding(s, float(least), float(most), exact=bool(told), by=by)


def _enough(suspect: _Suspect, by: str) -> float:
    """Return how wide an interval must be, in persons."""
    return suspect.threshold if by == "totals" else suspect.threshold - 2


def _too_close(suspect: _Suspect, low: float, high: float, by: str) -> bool:
    if high - low >= _enough(suspect, by) - NEAR:
        return False
    if suspect.claim is not None:
        return True
    least, most = (low, high) if high > NEAR else (-high, -low)
    if low < -NEAR and high > NEAR:
        least, most = 0.0, max(-low, high)
    return most >= 1 - NEAR and least <= suspect.threshold - 1 + NEAR


def _finding(suspect: _Suspect, low: float, high: float, *, exact: bool, by: str) -> Finding:
    if suspect.claim is not None:
        table, row, column = suspect.claim.key
    else:
        first = suspect.terms[0][0]
        table, row, column = "", first.place, f"{first.subject} {first.situation} {first.state}"
    return Finding(table, row, column, suspect.terms, low, high, exact or high - low < NEAR, by)


def _pieces(
    statements: Sequence[_Statement], suspects: Sequence[_Suspect]
) -> Iterator[tuple[list[_Statement], list[_Suspect]]]:
    """Yield statements and suspects that share no part with any other piece."""
    items: list[Sequence[tuple[Part, float]] | Terms] = [s.terms for s in statements]
    items += [s.terms for s in suspects]
    column_of = {
        part: k for k, part in enumerate(dict.fromkeys(p for terms in items for p, _ in terms))
    }
    links = _matrix(items, column_of)
    graph = sparse.bmat([[None, links], [links.T, None]], format="csr")
    count, label = connected_components(graph, directed=False) if items else (0, np.zeros(0))
    pieces: list[tuple[list[_Statement], list[_Suspect]]] = [([], []) for _ in range(count)]
    for k, statement in enumerate(statements):
        pieces[label[k]][0].append(statement)
    for k, suspect in enumerate(suspects):
        pieces[label[len(statements) + k]][1].append(suspect)
    return iter([piece for piece in pieces if piece[1]])


def _matrix(
    terms: Sequence[Sequence[tuple[Part, float]]] | Sequence[Terms], column_of: Mapping[Part, int]
) -> Any:
    rows = [r for r, row in enumerate(terms) for _ in row]
    columns = [column_of[part] for row in terms for part, _ in row]
    values = [float(c) for row in terms for _, c in row]
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(terms), len(column_of)))


def _is_group(terms: Terms, groups: frozenset[str]) -> bool:
    return all(part.subject in groups for part, _ in terms)

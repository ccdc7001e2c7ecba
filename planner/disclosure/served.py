"""Who is served, by municipality and service, into a table whose every text may be published.

The door for the tables that most screens and documents print: need, served, unserved and within
the standard, for today and for plans, by municipality and for the region, by service and for all
services together. All of it is protected at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.disclosure.figures import NOT_SHOWN, Audience, Thresholds, show_share
from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.tables import (
    NEED,
    Cell,
    Claim,
    Fact,
    Part,
    Release,
    Terms,
    claim_text,
    equal_sums,
    sum_of,
)
from planner.domain import EVERY_SERVICE

REGION = ""
"""The row of the whole region."""
ASSESSED = "assessed"
"""The situation of parts that count the assessed persons of a target group."""

_STATES = ("within", "beyond", "unserved")
_FIGURES: Mapping[str, tuple[str, ...]] = {
    "served": ("within", "beyond"),
    "unserved": ("unserved",),
    "within_standard": ("within",),
}
_LOSS_OF_REGION = 30.0
_LOSS_OF_EVERY_SERVICE = 10.0
_LOSS = {NEED: 4.0, "within_standard": 3.0, "served": 2.0, "unserved": 2.0, ASSESSED: 6.0}
_ROUNDING = 1.5  # largest remainders over municipalities move a share by less than this


@dataclass(frozen=True)
class Served:
    """Persons of one municipality who need one service, and how many a situation serves."""

    need: int
    served: int
    within_standard: int

    @property
    def unserved(self) -> int:
        """Persons whom nobody serves."""
        return self.need - self.served


@dataclass(frozen=True)
class ShownServed:
    """The same as text: numbers, "< 5" or "…"; shares as "42 %" or "–"."""

    need: str
    served: str
    unserved: str
    within_standard: str
    share_served: str
    share_within_standard: str


@dataclass(frozen=True)
class ServedTables:
    """A protected table; `release` is what goes into the ledger when it is published."""

    release: Release
    situations: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[str, ...]

    def at(self, situation: str, area: str, service: str) -> ShownServed:
        """Return what may be printed for a municipality or `REGION`, a service or every one."""
        need = self._claims[NEED, area, service]
        of = {f: self._claims[_table(situation, f), area, service] for f in _FIGURES}
        return ShownServed(
            need=self._text(need),
            served=self._text(of["served"]),
            unserved=self._text(of["unserved"]),
            within_standard=self._text(of["within_standard"]),
            share_served=self._share(of["served"], need),
            share_within_standard=self._share(of["within_standard"], need),
        )

    def need(self, area: str, service: str) -> str:
        """Return the need of an area as text."""
        return self._text(self._claims[NEED, area, service])

    def assessed(self, area: str, group: str) -> str:
        """Return the assessed persons of a target group as text."""
        return self._text(self._claims[ASSESSED, area, group])

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}

    def _text(self, claim: Claim) -> str:
        return claim_text(claim, threshold=self.release.threshold)

    def _share(self, part: Claim, whole: Claim) -> str:
        if part.persons is None or whole.persons is None:
            return NOT_SHOWN
        return show_share(part.persons, whole.persons, threshold=self.release.threshold)


@dataclass(frozen=True)
class GroupCounts:
    """Assessed persons by (municipality, group), and how needs were computed from them.

    ``shares[service]`` is (group, share of it in need); a service whose needs were counted from
    support plans is absent.
    """

    persons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    shares: Mapping[str, tuple[str, float]] = field(default_factory=dict)


def protect_served(
    situations: Mapping[str, Mapping[tuple[str, str], Served]],
    *,
    name: str,
    snapshot: str,
    groups: GroupCounts | None = None,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
) -> ServedTables:
    """Return need, served, unserved and within standard as text that may be published.

    Parameters
    ----------
    situations : mapping of situation to mapping of (municipality, service) to Served
        E.g. "today" and the digest of a plan. The needs must be the same in all.
    name : str
        What the ledger calls this release.
    snapshot : str
        Names the needs; everything released for it is held together.
    groups : GroupCounts, optional
        Assessed persons, released in the same breath.
    audience, thresholds, ledger
        See `planner.disclosure.protect`.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    groups = groups or GroupCounts()
    keys = sorted({key for rows in situations.values() for key in rows})
    cells = _cells(keys, tuple(situations)) + _group_cells(groups)
    release = protect(
        cells,
        _persons(situations, keys) | _group_persons(groups),
        name=name,
        snapshot=snapshot,
        facts=_facts(keys, tuple(situations)) + _share_facts(keys, groups),
        groups=frozenset(group for _, group in groups.persons),
        audience=audience,
        thresholds=thresholds,
        ledger=ledger,
    )
    return ServedTables(
        release,
        tuple(situations),
        tuple(sorted({m for m, _ in keys})),
        tuple(sorted({s for _, s in keys})),
    )


def _persons(
    situations: Mapping[str, Mapping[tuple[str, str], Served]], keys: Sequence[tuple[str, str]]
) -> dict[Part, int]:
    nobody = Served(0, 0, 0)
    persons: dict[Part, int] = {}
    for situation, rows in situations.items():
        for m, s in keys:
            row = rows.get((m, s), nobody)
            persons[Part(m, s, NEED)] = row.need
            persons[Part(m, s, situation, "within")] = row.within_standard
            persons[Part(m, s, situation, "beyond")] = row.served - row.within_standard
            persons[Part(m, s, situation, "unserved")] = row.unserved
    return persons


def _cells(keys: Sequence[tuple[str, str]], situations: Sequence[str]) -> list[Cell]:
    cells = []
    for area, service, members in _rows(keys):
        loss = _loss_of(area, service)
        needs = sum_of(Part(m, s, NEED) for m, s in members)
        cells.append(Cell(NEED, area, service, needs, loss * _LOSS[NEED]))
        for situation in situations:
            for figure, states in _FIGURES.items():
                terms = sum_of(Part(m, s, situation, st) for m, s in members for st in states)
                table = _table(situation, figure)
                cells.append(Cell(table, area, service, terms, loss * _LOSS[figure]))
    return cells


def _group_cells(groups: GroupCounts) -> list[Cell]:
    by_group: dict[str, list[str]] = {}
    for municipality, group in sorted(groups.persons):
        by_group.setdefault(group, []).append(municipality)

    def cell(area: str, group: str, members: Sequence[str]) -> Cell:
        terms: Terms = sum_of(Part(m, group, ASSESSED) for m in members)
        return Cell(ASSESSED, area, group, terms, _loss_of(area, group) * _LOSS[ASSESSED])

    return [
        cell(area, group, members)
        for group, municipalities in by_group.items()
        for area, members in [*((m, [m]) for m in municipalities), (REGION, municipalities)]
    ]


def _group_persons(groups: GroupCounts) -> dict[Part, int]:
    return {Part(m, group, ASSESSED): count for (m, group), count in groups.persons.items()}


def _facts(keys: Sequence[tuple[str, str]], situations: Sequence[str]) -> list[Fact]:
    """Return that within, beyond and unserved make up the need, wherever and whenever."""
    return [
        equal_sums([Part(m, s, NEED)], [Part(m, s, situation, st) for st in _STATES])
        for m, s in keys
        for situation in situations
    ]


def _share_facts(keys: Sequence[tuple[str, str]], groups: GroupCounts) -> list[Fact]:
    return [
        Fact(
            ((Part(m, group, ASSESSED), -share), (Part(m, s, NEED), 1.0)),
            -_ROUNDING,
            _ROUNDING,
            group_only=True,
        )
        for m, s in keys
        for group, share in [groups.shares.get(s, ("", 0.0))]
        if (m, group) in groups.persons
    ]


def _rows(
    keys: Sequence[tuple[str, str]],
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return area, service and the (municipality, service) pairs that they hold, totals last."""
    municipalities, services = sorted({m for m, _ in keys}), sorted({s for _, s in keys})
    rows = [(m, s, [(m, s)]) for m in municipalities for s in services]
    if len(services) > 1:
        rows += [(m, EVERY_SERVICE, [(m, s) for s in services]) for m in municipalities]
        rows.append((REGION, EVERY_SERVICE, [(m, s) for m in municipalities for s in services]))
    rows += [(REGION, s, [(m, s) for m in municipalities]) for s in services]
    return rows


def _loss_of(area: str, column: str) -> float:
    loss = _LOSS_OF_REGION if area == REGION else 1.0
    return loss * (_LOSS_OF_EVERY_SERVICE if column == EVERY_SERVICE else 1.0)


def _table(situation: str, figure: str) -> str:
    return f"{situation}/{figure}"

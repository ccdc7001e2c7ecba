"""Counts of persons as sums of parts, and what a released table says about each of them.

A *part* is a number that nobody outside may know by itself: the persons of one place who need one
service and are in one state (served, unserved, ...) in one situation (today, a plan). Every cell of
every table is a sum of parts, so that any two tables of the same needs can be held against each
other. A *fact* is what everybody knows without a table, e.g. that served and unserved make up need.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from planner.disclosure.figures import show_persons, small_mark
from planner.domain.readers import DEFAULT_THRESHOLD, Audience
from planner.errors import FaultList, InputError

HIDDEN_MARK = "…"
"""Stands for a count of any size, withheld so that no small one can be worked out from it."""
LEGEND = (
    "{small}: a few persons, too few to be told. {hidden}: withheld, so that no small number can "
    "be worked out from the others."
)
"""Goes under every table that passed the gate; fields `small` and `hidden`."""

NEED = "need"
"""The situation of parts that count persons in need, whatever is done for them."""


TURNS, CHANGED = "turns", "changes"
"""How the names of releases begin that tell more of plans: comparisons and amendments."""


_NEARLY = 1e-3


class Part(NamedTuple):
    """Persons of a place, by subject (a service or a target group), situation and state."""

    place: str
    subject: str
    situation: str
    state: str = ""


Terms = tuple[tuple[Part, int], ...]
"""A sum of parts with whole coefficients, sorted, each part once."""


Told = Mapping[tuple[Terms, str], tuple[float, float]]
"""The least and the most that sums can be for readers, by sum and level of knowledge."""
NOTHING_TOLD: Told = MappingProxyType({})


class Mark(StrEnum):
    """How a count stands in a released table."""

    PLAIN = "plain"
    SMALL = "small"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Cell:
    """One count that a table wants to show.

    Attributes
    ----------
    table, row, column : str
        Where it stands; together unique within a release.
    terms : Terms
        What it counts.
    loss : float
        What its absence costs a reader, above 0, relative to other cells.
    must_show : bool
        The table is useless without it: the gate refuses sooner than hide it.
    """

    table: str
    row: str
    column: str
    terms: Terms
    loss: float = 1.0
    must_show: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Table, row and column."""
        return (self.table, self.row, self.column)


@dataclass(frozen=True)
class Fact:
    """What everybody knows: `low` ≤ the sum of `terms` ≤ `high`.

    `group_only` marks knowledge that an attacker of the group counts has, e.g. that a need was
    computed as a share of them; it is not held against the needs themselves.
    """

    terms: tuple[tuple[Part, float], ...]
    low: float = 0.0
    high: float = 0.0
    group_only: bool = False


@dataclass(frozen=True)
class Claim:
    """What a release says about one cell; `persons` is ``None`` unless it stands there plainly."""

    table: str
    row: str
    column: str
    terms: Terms
    mark: Mark
    persons: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Table, row and column."""
        return (self.table, self.row, self.column)


@dataclass(frozen=True)
class Release:
    """All that readers learn from one export: its claims, and the facts known to everybody.

    `snapshot` names the needs that it speaks of; releases of one snapshot are audited together.
    """

    name: str
    snapshot: str
    audience: Audience
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...] = ()
    threshold: int = DEFAULT_THRESHOLD

    @property
    def of_plans(self) -> bool:
        """Whether it only tells more of plans, whose tables are released by themselves."""
        return self.name.startswith((f"{TURNS} ", f"{CHANGED} "))

    def text(self, table: str, row: str, column: str) -> str:
        """Return what stands in a cell: "0", "1 234", "< 5" or "…"."""
        return claim_text(self.at(table, row, column), threshold=self.threshold)

    def at(self, table: str, row: str, column: str) -> Claim:
        """Return the claim of one cell.

        Raises
        ------
        KeyError
            If the release has no such cell.
        """
        for claim in self.claims:
            if claim.key == (table, row, column):
                return claim
        raise KeyError((table, row, column))


def claim_text(claim: Claim, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return what a reader sees of a claim: "0", "1 234", "< 5" or "…"."""
    if claim.mark is Mark.PLAIN and claim.persons is not None:
        return show_persons(claim.persons, threshold=threshold)
    return small_mark(threshold) if claim.mark is Mark.SMALL else HIDDEN_MARK


def sum_of(parts: Iterable[Part]) -> Terms:
    """Return the sum of `parts` as terms; a part that comes twice counts twice."""
    counted: dict[Part, int] = {}
    for part in parts:
        counted[part] = counted.get(part, 0) + 1
    return tuple(sorted(counted.items()))


def difference(after: Terms, before: Terms) -> Terms:
    """Return `after` - `before` as terms."""
    left = dict(after)
    for part, coefficient in before:
        left[part] = left.get(part, 0) - coefficient
    return tuple(sorted((part, c) for part, c in left.items() if c))


def equal_sums(one: Iterable[Part], other: Iterable[Part]) -> Fact:
    """Return the fact that two sets of parts hold the same persons."""
    terms = difference(sum_of(one), sum_of(other))
    return Fact(tuple((part, float(c)) for part, c in terms))


def share_fact(
    part: Terms, whole: Terms, percent: int, *, group_only: bool = False
) -> tuple[Fact, Fact]:
    """Return what a printed whole percentage tells: `part` / `whole` rounds to `percent`."""
    low, high = (percent - 0.5) / 100, (percent + 0.5) / 100
    kept = {0: (0.0, 0.0), 1: (0.0, high), 99: (low, 1.0), 100: (1.0, 1.0)}  # for none and all
    low, high = kept.get(percent, (low, high))
    at_least = _weighted(part, 1.0, whole, -low)
    at_most = _weighted(part, -1.0, whole, high)
    return tuple(  # type: ignore[return-value]
        Fact(terms, 0.0, float("inf"), group_only) for terms in (at_least, at_most)
    )


def persons_in(terms: Terms, persons: Mapping[Part, int]) -> int:
    """Return how many persons `terms` counts; a part that `persons` does not name has none."""
    return sum(coefficient * persons.get(part, 0) for part, coefficient in terms)


def whole_numbers(low: float, high: float) -> tuple[int, int]:
    """Return the least and the most whole persons in an interval, which was measured nearly."""
    return math.ceil(low - _NEARLY), math.floor(high + _NEARLY)


def changes_between_situations(cells: Sequence[Claim] | Sequence[Cell]) -> tuple[Terms, ...]:
    """Return the differences that a reader takes between situations, e.g. served then and now.

    Two cells belong together when they count the same parts but for the situation. Needs have no
    situation and are left out.
    """
    kin: dict[Terms, dict[str, Terms]] = {}
    for cell in cells:
        situations = {part.situation for part, _ in cell.terms}
        if len(situations) != 1 or NEED in situations:
            continue
        blank = tuple((part._replace(situation=""), c) for part, c in cell.terms)
        kin.setdefault(blank, {})[situations.pop()] = cell.terms
    return tuple(
        difference(after, before)
        for by_situation in kin.values()
        for before, after in _pairs([by_situation[s] for s in sorted(by_situation)])
    )


def check_cells(cells: Sequence[Cell], persons: Mapping[Part, int]) -> None:
    """Refuse cells that stand twice, and parts with fewer than no persons.

    Raises
    ------
    InputError
        With every cell and part that is wrong.
    """
    faults, seen = FaultList(), set[tuple[str, str, str]]()
    for cell in cells:
        if cell.key in seen:
            faults.add(
                "table {table}, row {row}: the cell stands twice; give it once",
                column=cell.column,
                fields={"table": cell.table, "row": cell.row},
            )
        seen.add(cell.key)
    for part, count in persons.items():
        if count < 0:
            faults.add(
                "persons {found} of {place}, {subject}: a count of persons is 0 or more",
                fields={"found": count, "place": part.place, "subject": part.subject},
            )
    faults.raise_if_any(InputError)


def _weighted(
    one: Terms, weight: float, other: Terms, other_weight: float
) -> tuple[tuple[Part, float], ...]:
    mixed: dict[Part, float] = {}
    for terms, factor in ((one, weight), (other, other_weight)):
        for part, coefficient in terms:
            mixed[part] = mixed.get(part, 0.0) + factor * coefficient
    return tuple(sorted((part, c) for part, c in mixed.items() if c))


def _pairs(items: Sequence[Terms]) -> list[tuple[Terms, Terms]]:
    return [(a, b) for k, a in enumerate(items) for b in items[k + 1 :]]

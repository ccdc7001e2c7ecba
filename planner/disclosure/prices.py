"""The persons of one plan after another along a curve into text that may be published.

Neighbouring points differ by few persons, so the counts of all points are protected as one table:
no count, and no difference between two points, may tell a small number. They are the totals that
the tables of each of these plans would tell, counted by the same parts: so what was told of a plan
before, or is told later, and a curve are held against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.plans import PLAN, Rows, called
from planner.disclosure.served_cells import Served
from planner.disclosure.served_tables import table_of
from planner.disclosure.tables import (
    HIDDEN_MARK,
    NEED,
    Cell,
    Fact,
    Part,
    Release,
    Terms,
    difference,
    equal_sums,
    sum_of,
)
from planner.domain import EVERY_SERVICE
from planner.domain.readers import Audience, Thresholds
from planner.records.text import digest

EVERYBODY = "everybody"
"""The row of all whom the plans of a curve are for."""
_FIGURES: Mapping[str, tuple[tuple[str, ...], float]] = {
    "served": (("within", "beyond"), 3.0),
    "within_standard": (("within",), 4.0),
    "beyond_standard": (("beyond",), 1.0),
    "unserved": (("unserved",), 2.0),
}
"""States and loss of each."""
_STATES = ("within", "beyond", "unserved")
_NOBODY = Served(0, 0, 0)
_LOSS_OF_NEED = 10.0
_LOSS_AT_AN_END = 2.0


@dataclass(frozen=True)
class PriceTables:
    """The protected counts of a curve, point by point; none where `release` is absent."""

    release: Release | None
    situations: tuple[str, ...]

    @property
    def need(self) -> str:
        """The persons in need as text."""
        return self._text(NEED)

    def text(self, point: int, figure: str) -> str:
        """Return a figure at a point as text, e.g. `served` or `within_standard`."""
        return self._text(table_of(self.situations[point], figure))

    def count(self, point: int, figure: str) -> int | None:
        """Return the same as a number, ``None`` where none may be told."""
        if self.release is None:
            return None
        table = table_of(self.situations[point], figure)
        return self.release.at(table, EVERYBODY, EVERY_SERVICE).persons

    def _text(self, table: str) -> str:
        if self.release is None:
            return HIDDEN_MARK
        return self.release.text(table, EVERYBODY, EVERY_SERVICE)


def protect_prices(
    points: Sequence[Rows],
    *,
    snapshot: str,
    known: Mapping[str, Rows] | None = None,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
    but_for_told: bool = False,
) -> PriceTables:
    """Return the persons of every point of a curve as text that may be published.

    Parameters
    ----------
    points : sequence of mappings of (municipality, service) to Served
        In the order of the curve, see `served_of`; their needs must be the same.
    snapshot : str
        Names the needs, see `planner.disclosure.protect`.
    known : mapping of situation to rows, optional
        Plans and todays of the ledger by what it calls them. A point with the same persons within
        the standard, beyond it and unserved everywhere is told as that is: the first that fits.
    audience, thresholds, ledger, but_for_told
        See `planner.disclosure.protect`.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    if not points:
        return PriceTables(None, ())
    situations = tuple(_situation(of, known or {}) for of in points)
    rows = {name: _whole(of) for name, of in zip(situations, points, strict=True)}
    ends = {situations[0], situations[-1]}
    needs = sum_of(Part(m, s, NEED) for m, s in rows[situations[0]])
    persons = {Part(m, s, NEED): row.need for (m, s), row in rows[situations[0]].items()}
    cells = [Cell(NEED, EVERYBODY, EVERY_SERVICE, needs, _LOSS_OF_NEED)]
    facts: list[Fact] = []
    for name, of in rows.items():
        persons |= _persons(name, of)
        facts.append(equal_sums(_parts(needs), _parts(_total(name, of, *_STATES))))
        for figure, (states, loss) in _FIGURES.items():
            weight = loss * (_LOSS_AT_AN_END if name in ends else 1.0)
            terms = _total(name, of, *states)
            cells.append(Cell(table_of(name, figure), EVERYBODY, EVERY_SERVICE, terms, weight))
    release = protect(
        cells,
        persons,
        name=f"prices {digest({name: k for k, name in enumerate(rows)})[:16]}",
        snapshot=snapshot,
        facts=[*facts, *_order(rows)],
        audience=audience,
        thresholds=thresholds,
        ledger=ledger,
        but_for_told=but_for_told,
    )
    return PriceTables(release, situations)


def _situation(of: Rows, known: Mapping[str, Rows]) -> str:
    """Return what the ledger calls a plan, by the name of one that is known where it is the same.

    Why the unserved are so is not known of a point, so that figures beyond these may differ.
    """
    persons = _persons("", _whole(of))
    same = (name for name, rows in known.items() if _persons("", _whole(rows)) == persons)
    return next(same, called(PLAN, of))


def _whole(of: Rows) -> Rows:
    """Return the rows with those where nobody is in need, as the tables of plans count them."""
    places, services = sorted({m for m, _ in of}), sorted({s for _, s in of})
    return {(m, s): of.get((m, s), _NOBODY) for m in places for s in services}


def _persons(name: str, of: Mapping[tuple[str, str], Served]) -> dict[Part, int]:
    return {
        Part(m, s, name, state): count
        for (m, s), row in of.items()
        for state, count in zip(
            _STATES,
            (row.within_standard, row.served - row.within_standard, row.unserved),
            strict=True,
        )
    }


def _total(name: str, of: Iterable[tuple[str, str]], *states: str) -> Terms:
    return sum_of(Part(m, s, name, state) for m, s in of for state in states)


def _parts(terms: Terms) -> list[Part]:
    return [part for part, _ in terms]


def _order(rows: Mapping[str, Rows]) -> Iterable[Fact]:
    """Give what a reader guesses rightly: along the curve a state only grows, or only shrinks."""
    for before, after in pairwise(rows):
        counts = _persons(before, rows[before]), _persons(after, rows[after])
        for state in _STATES:
            less, more = _total(before, rows[before], state), _total(after, rows[after], state)
            was, now = (sum(n for p, n in of.items() if p.state == state) for of in counts)
            if now < was:
                less, more = more, less
            terms = difference(more, less)
            yield Fact(tuple((part, float(c)) for part, c in terms), 0.0, float("inf"))

"""The persons of one plan after another along a curve into text that may be published.

Neighbouring points differ by few persons, so the counts of all points are protected as one table:
no count, and no difference between two points, may tell a small number. What of a plan was told
before, elsewhere, is held against them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planner.disclosure.gate import protect
from planner.disclosure.served_tables import REGION
from planner.disclosure.tables import NEED, Cell, Fact, Part, Release, equal_sums, sum_of
from planner.domain import EVERY_SERVICE
from planner.domain.readers import Audience, Thresholds
from planner.records.text import digest

_STATES: Mapping[str, tuple[str, ...]] = {
    "served": ("within", "beyond"),
    "within_standard": ("within",),
    "beyond_standard": ("beyond",),
    "unserved": ("unserved",),
}
_LOSS: Mapping[str, float] = {
    "served": 3.0,
    "within_standard": 4.0,
    "beyond_standard": 1.0,
    "unserved": 2.0,
}
_LOSS_AT_AN_END = 2.0


@dataclass(frozen=True)
class PriceCounts:
    """Persons of one point of a curve, all services and the whole region together.

    `told` names the figures of it that readers know already: of `served`, `within_standard`,
    `unserved`.
    """

    need: int
    served: int
    within_standard: int
    told: frozenset[str] = field(default_factory=frozenset)

    @property
    def by_state(self) -> Mapping[str, int]:
        """Persons within the standard, beyond it, and unserved."""
        return {
            "within": self.within_standard,
            "beyond": self.served - self.within_standard,
            "unserved": self.need - self.served,
        }


@dataclass(frozen=True)
class PriceTables:
    """The protected counts of a curve, point by point."""

    release: Release
    situations: tuple[str, ...]

    @property
    def need(self) -> str:
        """The persons in need as text."""
        return self.release.text(NEED, REGION, EVERY_SERVICE)

    def text(self, point: int, figure: str) -> str:
        """Return a figure at a point as text, e.g. `served` or `within_standard`."""
        return self.release.text(f"{self.situations[point]}/{figure}", REGION, EVERY_SERVICE)

    def count(self, point: int, figure: str) -> int | None:
        """Return the same as a number, ``None`` where none may be told."""
        table = f"{self.situations[point]}/{figure}"
        return self.release.at(table, REGION, EVERY_SERVICE).persons


def protect_prices(
    points: Sequence[PriceCounts],
    *,
    snapshot: str,
    beside: Sequence[PriceCounts] = (),
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
) -> PriceTables:
    """Return the persons of every point of a curve as text that may be published.

    Parameters
    ----------
    points : sequence of PriceCounts
        In the order of the curve; their needs must be the same.
    snapshot : str
        Names the needs, see `planner.disclosure.protect`.
    beside : sequence of PriceCounts
        Plans for the same needs of which readers hold figures: those named as `told` stay plain.
    audience, thresholds
        See `planner.disclosure.protect`.

    Raises
    ------
    DisclosureError
        If what is told `beside` the curve gives a small count away by itself.
    """
    known: dict[tuple[int, int], str] = {}
    situations = tuple(
        known.setdefault((p.served, p.within_standard), f"point {k:03}")
        for k, p in enumerate(points)
    )
    rows = {name: points[situations.index(name)] for name in dict.fromkeys(situations)}
    rows |= {f"beside {k:03}": found for k, found in enumerate(beside)}
    ends = {situations[0], situations[-1]} if situations else set()
    persons = {_part(NEED): points[0].need} if points else {}
    cells = [Cell(NEED, REGION, EVERY_SERVICE, sum_of([_part(NEED)]), 10.0)] if points else []
    facts: list[Fact] = []
    for name, counts in rows.items():
        parts = {state: _part(name, state) for state in counts.by_state}
        persons |= {parts[state]: n for state, n in counts.by_state.items()}
        facts.append(equal_sums([_part(NEED)], parts.values()))
        for figure, states in _STATES.items():
            if name in situations or figure in counts.told:
                loss = _LOSS[figure] * (_LOSS_AT_AN_END if name in ends else 1.0)
                terms = sum_of(parts[state] for state in states)
                cells.append(
                    Cell(
                        f"{name}/{figure}",
                        REGION,
                        EVERY_SERVICE,
                        terms,
                        loss,
                        must_show=figure in counts.told,
                    )
                )
    facts += _order(list(dict.fromkeys(situations)), rows)
    release = protect(
        cells,
        persons,
        name=f"prices {digest(_named(rows))[:16]}",
        snapshot=snapshot,
        facts=facts,
        audience=audience,
        thresholds=thresholds,
    )
    return PriceTables(release, situations)


def _order(names: Sequence[str], rows: Mapping[str, PriceCounts]) -> list[Fact]:
    """Return what a reader guesses rightly: along the curve a state only grows, or only shrinks."""
    facts = []
    for before, after in pairwise(names):
        for state, n in rows[before].by_state.items():
            less, more = _part(before, state), _part(after, state)
            if rows[after].by_state[state] < n:
                less, more = more, less
            facts.append(Fact(((less, -1.0), (more, 1.0)), 0.0, float("inf")))
    return facts


def _part(situation: str, state: str = "") -> Part:
    return Part("region", EVERY_SERVICE, situation, state)


def _named(rows: Mapping[str, PriceCounts]) -> dict[str, list[int]]:
    return {name: [*counts.by_state.values()] for name, counts in rows.items()}

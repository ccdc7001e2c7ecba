"""What released counts say together of a share, or of a change, that no cell of theirs shows.

Every reader can work it out. It is asked of the claims and the facts of releases alone, never of a
true count, so that telling it tells nothing. Where all of ten in need are served, and at most five
of them beyond the standard, at least half are within it, whatever the withheld counts are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from planner.disclosure.programmes import Floats, Known, Reader, own_threads
from planner.disclosure.tables import Claim, Mark, Part, Release, Terms
from planner.disclosure.worlds import Sums

BREAKS_PERCENT = (0, 25, 50, 75, 90, 100)
"""Between which a share is told to lie."""
_INNER, _ALL = BREAKS_PERCENT[1:-1], BREAKS_PERCENT[-1]
_SURE = 1e-3  # persons; whole persons are off a share by a twentieth of one or by none
_SEEN = 64  # worlds that are remembered

Key = TypeVar("Key")


class ShareRange(NamedTuple):
    """The share is `low` percent or more, and less than `high`; equal ones are all and none.

    Below 100 is not claimed: "90 to 100" may be everybody.
    """

    low: int
    high: int


@own_threads()
def shares_following(
    releases: Sequence[Release], asked: Mapping[Key, tuple[Terms, Terms]]
) -> dict[Key, ShareRange]:
    """Return between which breaks each share (some persons, of how many) lies for certain.

    A share of persons of whom nobody is certain to exist is absent.
    """
    reader = _Certain(releases)
    found = {key: reader.share(*terms) for key, terms in asked.items()}
    return {key: share for key, share in found.items() if share is not None}


@own_threads()
def changes_following(
    releases: Sequence[Release], asked: Mapping[Key, tuple[Terms, Terms]]
) -> dict[Key, tuple[float, float]]:
    """Return the least and the most persons that each change (after, before) can be."""
    reader = _Certain(releases)
    return {key: reader.change(*terms) for key, terms in asked.items()}


class _Certain:
    """One who holds releases of the same needs, and says what holds in every world that fits."""

    def __init__(self, releases: Sequence[Release]) -> None:
        facts = dict.fromkeys(f for r in releases for f in r.facts if not f.group_only)
        statements = [(f.terms, f.low, f.high) for f in facts]
        statements += [
            (tuple((part, float(n)) for part, n in claim.terms), *_limits(claim, release.threshold))
            for release in releases
            for claim in release.claims
            if claim.mark is not Mark.HIDDEN
        ]
        parts = dict.fromkeys(part for terms, _, _ in statements for part, _ in terms)
        parts |= dict.fromkeys(p for r in releases for claim in r.claims for p, _ in claim.terms)
        self._column_of: dict[Part, int] = {part: k for k, part in enumerate(parts)}
        matrix = Sums.of([terms for terms, _, _ in statements], self._column_of).matrix
        limits = np.array([(low, high) for _, low, high in statements], dtype=float).reshape(-1, 2)
        self._reader = Reader(Known(matrix, limits[:, 0], limits[:, 1]))
        self._seen = np.zeros((0, len(parts)))

    def share(self, some: Terms, of: Terms) -> ShareRange | None:
        """Return between which breaks a share lies."""
        if not self._sure_of(1, (of, 1.0)):
            return None
        if self._reaches(some, of, _ALL):
            return ShareRange(_ALL, _ALL)
        if self._sure_of(0, (some, -1.0)):
            return ShareRange(0, 0)
        low = next((b for b in reversed(_INNER) if self._reaches(some, of, b)), 0)
        above = (b for b in _INNER if b > low)
        return ShareRange(low, next((b for b in above if self._stays_below(some, of, b)), _ALL))

    def change(self, after: Terms, before: Terms) -> tuple[float, float]:
        """Return the least and the most persons that a change can be."""
        least = self._least(self._cost((after, 1.0), (before, -1.0)))
        most = -self._least(self._cost((after, -1.0), (before, 1.0)))
        return float(np.ceil(least - _SURE)), float(np.floor(most + _SURE))

    def _reaches(self, some: Terms, of: Terms, percent: int) -> bool:
        return self._sure_of(0, (some, 1.0), (of, -percent / _ALL))

    def _stays_below(self, some: Terms, of: Terms, percent: int) -> bool:
        return self._sure_of(2 * _SURE, (some, -1.0), (of, percent / _ALL))

    def _sure_of(self, at_least: float, *weighted: tuple[Terms, float]) -> bool:
        """Return whether a weighted sum is that much in every world, those seen first."""
        cost = self._cost(*weighted)
        named = np.flatnonzero(cost)
        if (self._seen[:, named] @ cost[named] < at_least - _SURE).any():
            return False
        return self._least(cost) >= at_least - _SURE

    def _cost(self, *weighted: tuple[Terms, float]) -> Floats:
        cost = np.zeros(len(self._column_of))
        for terms, weight in weighted:
            for part, factor in terms:
                cost[self._column_of[part]] += weight * factor
        return cost

    def _least(self, cost: Floats) -> float:
        least, world = self._reader.least(cost)
        if world is not None:
            self._seen = np.vstack([self._seen[1 - _SEEN :], world])
        return least


def _limits(claim: Claim, threshold: int) -> tuple[float, float]:
    if claim.mark is Mark.SMALL:
        return 1.0, threshold - 1.0
    return float(claim.persons or 0), float(claim.persons or 0)

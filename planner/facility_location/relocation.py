"""A plan for many places into a better one: each new site to the middle of those whom it serves.

With everybody staying with their site, a site moves to where that is best for them; then everybody
may choose anew, and so on in turn. It takes a moment, and windows begin with what it leaves.

References
----------
Maranzana, F. E. (1964), On the location of supply points to minimize transport costs, Operational
Research Quarterly 15(3). Cooper, L. (1964), Heuristic methods for location-allocation problems,
SIAM Review 6(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planner.domain import Kind, Option
from planner.facility_location.ground import Way, Ways
from planner.facility_location.highs import Floats
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.stated import Stated

_NEVER = 1e12
"""What a person or an opening counts where it cannot be."""
_SAME = 1e-6


class _Move(NamedTuple):
    """One new site from an option to another."""

    source: Option
    target: Option
    way: Way


def improve_by_relocation(pursuit: Pursuit, best: Floats) -> Floats:
    """Return `best`, or a better plan of whole persons: as many new sites, of the same sizes.

    Ends where no site is better elsewhere for those whom it serves, or with the time.
    """
    stated, aim = pursuit.stated, pursuit.aim
    places = _Places(stated, aim)
    moves = places.moves(best)
    while moves and pursuit.left:
        ways = _moved(stated.columns.ways_in(best), moves)
        settled = stated.settle(aim, ways, effort=pursuit.effort)
        if settled is None or stated.value_of(aim, settled) > stated.value_of(aim, best) - _SAME:
            moves = moves[: len(moves) // 2]
        else:
            best, moves = settled, places.moves(settled)
    return best


def _moved(ways: Ways, moves: Sequence[_Move]) -> Ways:
    gone = {move.source for move in moves}
    stay = {option: way for option, way in ways.items() if option not in gone}
    return stay | {move.target: move.way for move in moves}


class _Places:
    """What each person and each opening counts at each option, for an aim and for all holds.

    Other rules than holds are left to whoever settles a plan.
    """

    def __init__(self, stated: Stated, aim: str) -> None:
        columns, number = stated.columns, stated.chart.number
        self.stated = stated
        counted = np.array([stated.costs_of(name)[0] for name in (aim, *stated.held)])
        self.link, self.need, self.site = stated.links
        self.of_person = np.full((len(counted), len(columns.of_need), len(number)), _NEVER)
        self.of_person[:, self.need, self.site] = counted[:, self.link]
        self.sizes: dict[tuple[int, int], _Size] = {}
        for option, offered in columns.offered.items():
            for way, column in offered:
                if way.kind is Kind.NEW:
                    nowhere = np.full((len(counted), len(number)), _NEVER)
                    size = self.sizes.setdefault((way.places, way.units), _Size({}, nowhere))
                    size.ways[option] = way
                    size.counted[:, number[option]] = counted[:, column]

    def moves(self, best: Floats) -> Sequence[_Move]:
        """Return the moves that are better for those served there, best first, within all holds."""
        stated, options = self.stated, self.stated.chart.options
        ways = stated.columns.ways_in(best)
        sources = [option for option, way in ways.items() if way.kind is Kind.NEW]
        if not sources:
            return ()
        spare = [at_most - stated.value_of(name, best) for name, at_most in stated.held.items()]
        left = np.array([-_SAME, *(each + _SAME for each in spare)])
        added = self._added(best, {option: ways[option] for option in sources})
        added[0][:, [stated.chart.number[option] for option in ways]] = _NEVER
        moves = []
        for a in np.argsort(added[0].min(axis=1, initial=_NEVER), kind="stable"):
            kept = (added[:, a] <= left[:, None]).all(axis=0)
            if kept.any():
                k = np.where(kept, added[0, a], _NEVER).argmin()
                left[1:] -= added[1:, a, k]
                added[0, :, k] = _NEVER
                source, target = sources[a], options[k]
                size = self.sizes[ways[source].places, ways[source].units]
                moves.append(_Move(source, target, size.ways[target]))
        return moves

    def _added(self, best: Floats, sites: Ways) -> Floats:
        """Return what each site elsewhere adds, shape (1 + holds, sites, options)."""
        numbers = [self.stated.chart.number[option] for option in sites]
        persons = np.zeros(self.of_person.shape[1:])
        persons[self.need, self.site] = best[self.link]
        there: Floats = persons[:, numbers].T @ self.of_person
        there += np.stack([self.sizes[w.places, w.units].counted for w in sites.values()], axis=1)
        rows = np.arange(len(numbers))
        return there - there[:, rows, numbers][:, :, None]


class _Size(NamedTuple):
    """New sites of some size, and what each counts where it is offered: (1 + holds, options)."""

    ways: dict[Option, Way]
    counted: Floats

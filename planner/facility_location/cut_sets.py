"""A district's persons in lots of whole sites: rows that split sites break and whole ones keep.

The largest unit takes a lot of persons. Where the persons of a district make some lots and a rest,
either one unit more than those lots is open there or the rest goes elsewhere. A relaxation opens
just the part of a unit that the rest needs; these rows take that from it.

References
----------
Leung, J. M. Y. and Magnanti, T. L. (1989), Valid inequalities and facets of the capacitated plant
location problem, Mathematical Programming 44. Magnanti, T. L., Mirchandani, P. and Vachani, R.
(1993), The convex hull of two core capacitated network design problems, Mathematical Programming
60. Finding them among neighbouring open sites is our own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from planner.domain import Kind
from planner.facility_location.highs import Floats
from planner.facility_location.program import Rows
from planner.facility_location.stated import Stated

Ints = NDArray[np.intp]

_OPEN = 0.01
"""How far an option has to be open to be the middle of a district, or a part of one."""
_SITES = 26
"""Open options of the largest district but the whole region."""
_LEAST = 0.3
"""Persons by which a row has to be broken."""
_ROWS, _ROWS_OF_A_NEED = 250, 12
"""Most new rows at once, and most of them that speak of one need."""
_SAME = 1e-9


@dataclass(frozen=True, order=True)
class _CutSet:
    """Persons of some needs, in lots and a rest, who may be served in a district.

    `score` is less for what is broken more.
    """

    score: float
    rest: int
    lots: int
    needs: tuple[int, ...]
    opened: tuple[int, ...]


class CutSets:
    """The rows of one service, as they are broken.

    Parameters
    ----------
    stated : Stated
        The model of one service, with sites that only take as many as they have places for.
    lot : int
        Persons that the largest new unit takes.
    """

    def __init__(self, stated: Stated, lot: int) -> None:
        columns, chart = stated.columns, stated.chart
        self.lot, self.width, self.apart = lot, columns.count, chart.apart
        self.persons = np.array(
            [stated.ground.needs[need] for need in columns.of_need], dtype=float
        )
        self.link, self.need, self.site = stated.links
        ways = [
            (column, chart.number[option], stated.persons_at(option, way))
            for option, offered in columns.offered.items()
            for way, column in offered
        ]
        self.way, self.place, most = np.array(ways, dtype=np.int64).reshape(-1, 3).T
        self.full, self.more = np.divmod(most, lot)

    @classmethod
    def of(cls, stated: Stated) -> CutSets | None:
        """Return the rows of a model, ``None`` where it is not about sites of some size."""
        if not stated.has_capacity or len(stated.ground.services) > 1:
            return None
        new = [
            stated.persons_at(option, way)
            for option, offered in stated.columns.offered.items()
            for way, _ in offered
            if way.kind is Kind.NEW and way.units == 1
        ]
        return cls(stated, max(new)) if max(new, default=0) else None

    def broken_by(self, values: Floats) -> Rows | None:
        """Return rows that a solution breaks, most broken first; ``None`` if none is found.

        Parameters
        ----------
        values : float64 array of shape (variables,)
            Openings and persons, which may be split.
        """
        opened = np.bincount(self.place, values[self.way], minlength=len(self.apart))
        active = np.flatnonzero(opened > _OPEN)
        if not len(active):
            return None
        served = np.zeros((len(self.persons), len(self.apart)))
        served[self.need, self.site] = values[self.link]
        found = sorted(
            {c for middle in active for c in self._about(middle, active, served, values)}
        )
        chosen = self._apart_enough(found)
        nearest = active[self.apart[active].argmin(axis=0)]
        nearest[active] = active
        return self._rows(chosen, nearest) if chosen else None

    def _about(
        self, middle: np.intp, active: Ints, served: Floats, values: Floats
    ) -> list[_CutSet]:
        """Return what is broken in the districts about an option, one open option after another."""
        order = active[np.argsort(self.apart[middle, active], kind="stable")]
        inside = np.cumsum(served[:, order], axis=1)
        rank = np.full(len(self.apart), len(order))
        rank[order] = np.arange(len(order))
        rank_of_way = np.where(values[self.way] > _SAME, rank[self.place], len(order))
        found = []
        for count in [*range(1, min(_SITES, len(order))), len(order)]:
            district = order[:count]
            here = inside[:, count - 1]
            needs = np.flatnonzero(here > _SAME)
            if not len(needs):
                continue
            elsewhere = np.maximum(self.persons[needs] - here[needs], 0.0)
            ranked = np.argsort(elsewhere / self.persons[needs], kind="stable")
            needs, away = needs[ranked], np.cumsum(elsewhere[ranked])
            lots, rest = np.divmod(np.cumsum(self.persons[needs]), self.lot)
            ways = rank_of_way < count
            part = values[self.way[ways]]
            room = (
                rest * (self.full[ways] @ part) + np.minimum(rest[:, None], self.more[ways]) @ part
            )
            broken = rest * (lots + 1) - room - away
            at = int(np.argmax(broken))
            if broken[at] > _LEAST:
                score = -float(broken[at]) / np.sqrt(rest[at])
                found.append(
                    _CutSet(
                        float(score),
                        int(rest[at]),
                        int(lots[at]),
                        tuple(sorted(needs[: at + 1].tolist())),
                        tuple(sorted(district.tolist())),
                    )
                )
        return found

    def _apart_enough(self, found: list[_CutSet]) -> list[_CutSet]:
        """Return the first of what is broken, few of them about the same need."""
        chosen = []
        about = np.zeros(len(self.persons), dtype=np.int64)
        for cut_set in found:
            needs = list(cut_set.needs)
            if about[needs].max() < _ROWS_OF_A_NEED:
                about[needs] += 1
                chosen.append(cut_set)
        return chosen[:_ROWS]

    def _rows(self, chosen: list[_CutSet], nearest: Ints) -> Rows:
        """Return the rows; a district holds all options that are nearest to its open ones."""
        columns, factors, at_most = [], [], []
        for cut_set in chosen:
            inside = np.isin(nearest, cut_set.opened)
            links = self.link[np.isin(self.need, cut_set.needs) & inside[self.site]]
            ways = inside[self.place]
            room = cut_set.rest * self.full[ways] + np.minimum(cut_set.rest, self.more[ways])
            columns.append(np.concatenate([links, self.way[ways]]))
            factors.append(np.concatenate([np.ones(len(links)), -room.astype(float)]))
            at_most.append(float(cut_set.lots * (self.lot - cut_set.rest)))
        starts = np.cumsum([0, *map(len, columns)])
        shape = (len(chosen), self.width)
        matrix = csr_matrix((np.concatenate(factors), np.concatenate(columns), starts), shape=shape)
        return Rows(matrix, np.array(at_most))

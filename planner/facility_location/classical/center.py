"""Minutes into p sites so that the longest way to the nearest one is shortest (p-center)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import Fault, InfeasibleError
from planner.facility_location.classical.answers import (
    LocationAnswer,
    Stopwatch,
    answer_least,
    answer_stopped,
)
from planner.facility_location.classical.checks import Door
from planner.facility_location.classical.cover_rest import greedy_cover
from planner.facility_location.classical.covers import fewest_sites, require_links
from planner.facility_location.classical.weighted import nearest_open

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NARROW = 6
"""Up to so many radii in doubt, the shortest is asked about first."""


def p_center(
    minutes: ArrayLike,
    p: int,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    on_look: Callable[[], None] | None = None,
) -> LocationAnswer:
    """Return the p sites whose longest way to the nearest one, in minutes, is shortest.

    ``min z`` subject to ``sum_j minutes_ij x_ij <= z``, ``sum_j x_ij = 1``, ``x_ij <= y_j``,
    ``sum_j y_j = p``, y binary. The least z is a travel time that occurs: p sites within z of
    everyone are a set cover, so a search among the times asks one covering question each.

    Parameters
    ----------
    minutes : array of shape (points, sites)
        Travel time in minutes, 0 or more; inf where there is no way.
    p : int
        Sites to open, 1 to the number of sites.
    seconds, gap, seed, on_look
        As for `p_median`.

    Returns
    -------
    LocationAnswer
        `assignment` has the nearest open site of every row; `value` and `bound` in minutes.

    Raises
    ------
    InputError
        For an array of the wrong shape or with impossible entries.
    InfeasibleError
        Where more than p sites are needed to reach every row.

    References
    ----------
    Hakimi (1964), Operations Research 12; Minieka (1970), SIAM Review 12; Daskin (1995).
    Elloumi, Labbé & Pochet (2004); Gaar & Sinnl (2022), EJOR 303, for the bounds.
    """
    watch = Stopwatch(seconds, on_look)
    door = Door()
    given = door.matrix("minutes", minutes)
    count = door.count("p", p, given.shape[1])
    door.limits(seconds, gap)
    door.close()
    if not len(given):
        opened = np.arange(count, dtype=np.int64)
        return answer_least(opened, np.empty(0, dtype=np.int64), value=0.0, bound=0.0, watch=watch)
    search = _Search(given, count, watch, seed)
    search.begin()
    search.bound_by_prices()
    while search.is_open and not search.is_within(gap) and not watch.is_over:
        if not search.ask():
            break
    if not search.opened.size:
        nowhere = np.full(len(given), -1, dtype=np.int64)
        return answer_stopped(nowhere, bound=search.bound, watch=watch)
    assignment = nearest_open(given, search.opened)
    return answer_least(
        search.opened, assignment, value=search.value, bound=search.bound, watch=watch
    )


class _Search:
    """Radii that are too short, the shortest known to do, and the sites that do it."""

    def __init__(self, minutes: Floats, count: int, watch: Stopwatch, seed: int) -> None:
        self._minutes = minutes
        self._count = count
        self._watch = watch
        self._seed = seed
        self._radii: Floats = np.unique(minutes[np.isfinite(minutes)])
        self._low = 0
        self._high = len(self._radii)
        self.opened: Ints = np.empty(0, dtype=np.int64)
        self.value = math.inf

    @property
    def bound(self) -> float:
        """Shortest radius not known to be too short."""
        if self._low >= len(self._radii):
            return self.value
        return min(float(self._radii[self._low]), self.value)

    @property
    def is_open(self) -> bool:
        """Whether a shorter radius is still possible."""
        return self._low < self._high

    def is_within(self, gap: float) -> bool:
        """Whether the best found is near enough to the bound."""
        if not gap or not math.isfinite(self.value):
            return False
        return self.value - self.bound <= gap * max(1.0, self.value)

    def begin(self) -> None:
        """Bound from the row that is furthest from all; a first choice by far points and swaps."""
        require_links(np.isfinite(self._minutes))
        nearest = self._minutes.min(axis=1)
        self._low = int(np.searchsorted(self._radii, nearest.max()))
        self._take(self._far_points())
        if not self.opened.size:
            self._reach_all()
        low, high = self._low, self._high
        while low < high:
            middle = (low + high) // 2
            found = greedy_cover(self._links(middle), np.ones(self._minutes.shape[1]))
            if len(found) <= self._count:
                self._take(self._filled(found))
                high = min(middle, self._high)
            else:
                low = middle + 1

    def bound_by_prices(self) -> None:
        """Raise the bound as far as the prices of relaxed covers prove."""
        high = self._high
        while self._low < high and not self._watch.is_over:
            middle = (self._low + high) // 2
            links = self._links(middle)
            cover = fewest_sites(
                links, enough=self._count, watch=self._watch, seed=self._seed, relaxed=True
            )
            if cover.bound > self._count:
                self._low = middle + 1
            else:
                high = middle

    def ask(self) -> bool:
        """Answer for one radius whether `count` sites are enough; False where time ended it."""
        width = self._high - self._low
        radius = self._low + (width // 3 if width > _NARROW else 0)
        links = self._links(radius)
        cover = fewest_sites(links, enough=self._count, watch=self._watch, seed=self._seed)
        if cover.bound > self._count:
            self._low = radius + 1
        elif cover.value <= self._count:
            self._take(self._filled(cover.opened))
        else:
            return False
        return True

    def _links(self, radius: int) -> NDArray[np.bool_]:
        links: NDArray[np.bool_] = self._minutes <= self._radii[radius]
        return links

    def _filled(self, opened: Ints) -> Ints:
        others = np.setdiff1d(np.arange(self._minutes.shape[1], dtype=np.int64), opened)
        return np.sort(np.append(opened, others[: self._count - len(opened)]))

    def _reach_all(self) -> None:
        links = np.isfinite(self._minutes)
        cover = fewest_sites(links, enough=self._count, watch=self._watch, seed=self._seed)
        if cover.bound > self._count:
            raise InfeasibleError(
                Fault(
                    "no {count} sites reach every demand row: at least {needed} are needed",
                    fields={"count": self._count, "needed": cover.bound},
                )
            )
        if cover.value <= self._count:
            self._take(self._filled(cover.opened))

    def _take(self, opened: Ints) -> None:
        value = float(self._minutes[:, opened].min(axis=1).max())
        if value < self.value:
            self.value, self.opened = value, opened
            self._high = int(np.searchsorted(self._radii, value))

    def _far_points(self) -> Ints:
        """Return sites opened one by one for the row furthest from all so far (Gonzalez 1985)."""
        chosen = [int(np.argmin(self._minutes.max(axis=0)))]
        distance = self._minutes[:, chosen[0]].copy()
        while len(chosen) < self._count:
            site = int(np.argmin(self._minutes[int(np.argmax(distance))]))
            if site in chosen:
                break
            chosen.append(site)
            distance = np.minimum(distance, self._minutes[:, site])
        return self._filled(np.array(chosen, dtype=np.int64))

"""What is left of a covering problem after reduction into its best cover and a bound.

A row-weighting search for a value, prices and zero-half cuts for a bound, sites that prices rule
out left away, and the rest as a mixed-integer programme in HiGHS.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from planner.facility_location.classical.answers import EXACTNESS, Stopwatch
from planner.facility_location.classical.cover_cuts import broken_rows
from planner.facility_location.classical.cover_search import search_cover
from planner.facility_location.classical.relaxed_cover import RelaxedCover
from planner.facility_location.highs import Effort
from planner.facility_location.program import Handed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_HALF = 0.5
_SHORT_SEARCH, _LONG_SEARCH = 5_000, 1_000_000
_CUT_ROUNDS, _CUTS_AT_ONCE = 30, 400
_LEAST_RISE = 0.01
"""Of a unit in two rounds of cuts, below which no more are looked for."""


class CoverRest:
    """What is left of a covering problem after reduction: its best cover and bound so far."""

    def __init__(
        self,
        links: Bools,
        costs: Floats,
        paid: float,
        unit: float,
        enough: float | None,
        gap: float,
    ) -> None:
        self._links = links
        self._costs = costs
        self._paid = paid
        self._unit = unit
        self._enough = enough
        self._gap = gap
        self._relaxed: RelaxedCover | None = None
        self.cover: Bools = np.isin(np.arange(len(costs)), greedy_cover(links, costs))
        self.bound = paid

    @property
    def value(self) -> float:
        """Cost of the best cover."""
        return self._paid + math.fsum(self._costs[self.cover])

    @property
    def is_enough(self) -> bool:
        """Whether value and bound answer what was asked."""
        value = self.value
        if self._enough is not None and (value <= self._enough or self.bound > self._enough):
            return True
        return value - self.bound <= max(EXACTNESS, self._gap) * max(1.0, abs(value))

    def close(self, watch: Stopwatch, seed: int, *, relaxed: bool) -> None:
        """Bring value and bound together; `relaxed` looks at the prices alone."""
        self._search(_SHORT_SEARCH, seed, watch)
        if not self.is_enough:
            self._relax(watch, rounds=0 if relaxed else _CUT_ROUNDS)
        if not (relaxed or self.is_enough or watch.is_over):
            self._search(min(_LONG_SEARCH, len(self._costs) ** 2), seed + 1, watch)
        if not (relaxed or self.is_enough or watch.is_over):
            self._solve(watch, seed)

    def _search(self, steps: int, seed: int, watch: Stopwatch) -> None:
        target = self.bound if self._enough is None else max(self.bound, self._enough)
        self.cover = search_cover(
            self._links,
            self._costs,
            self.cover,
            target=target - self._paid + EXACTNESS * max(1.0, abs(target)),
            steps=steps,
            seed=seed,
            watch=watch,
        )

    def _relax(self, watch: Stopwatch, *, rounds: int) -> None:
        """Raise the bound by prices and `rounds` of cuts, and close what its price rules out."""
        self._relaxed = programme = RelaxedCover(self._links, self._costs)
        before = -math.inf
        for done in range(rounds + 1):
            if not programme.solve(watch):
                return
            self._note(self._paid + programme.bound)
            if self.is_enough or done == rounds:
                return
            if done % 2 == 0:
                if programme.bound < before + _LEAST_RISE * max(self._unit, EXACTNESS):
                    return
                before = programme.bound
            ruled_out = self._is_ruled_out()
            if not self._links[:, ~ruled_out].any(axis=1).all():
                self.bound = self.value
                return
            programme.close(np.flatnonzero(ruled_out))
            cuts, least = broken_rows(
                programme.matrix, programme.least, programme.shares, most=_CUTS_AT_ONCE
            )
            if not len(least):
                return
            programme.add(cuts, least)

    def _solve(self, watch: Stopwatch, seed: int) -> None:
        """Solve what is left as a mixed-integer programme."""
        programme = self._relaxed
        if programme is None:
            return
        live = np.flatnonzero(~self._is_ruled_out() | self.cover)
        matrix, least = programme.tight_rows()
        handed = Handed(
            index={},
            lower=np.zeros(len(live)),
            upper=np.ones(len(live)),
            whole=np.ones(len(live), dtype=bool),
            row_names=(),
            row_lower=least,
            row_upper=np.full(len(least), np.inf),
            matrix=csr_matrix(matrix[:, live]),
        )
        unit = self._unit
        effort = Effort(
            seconds=watch.left, gap=self._gap, gap_abs=max(1e-9, unit - 1e-6 * unit), seed=seed
        )
        ended = _Ended(self._paid, self._enough, watch)
        try:
            outcome = handed.minimise(
                self._costs[live],
                effort,
                start=self.cover[live].astype(float),
                on_progress=ended.note,
            )
        except _EnoughKnown:
            self._note(self._paid + ended.bound)
            return
        if outcome.values is not None:
            chosen = np.zeros(len(self._costs), dtype=bool)
            chosen[live] = outcome.values > _HALF
            cheaper = math.fsum(self._costs[chosen]) < math.fsum(self._costs[self.cover])
            if cheaper and self._links[:, chosen].any(axis=1).all():
                self.cover = chosen
        self._note(self._paid + outcome.bound)

    def _note(self, bound: float) -> None:
        self.bound = max(self.bound, min(self.value, _rounded_up(bound, self._unit)))

    def _is_ruled_out(self) -> Bools:
        """Return the sites with which no cover is cheaper than the best one."""
        if self._relaxed is None:
            return np.zeros(len(self._costs), dtype=bool)
        least = self._relaxed.bound + np.maximum(self._relaxed.reduced_costs, 0.0)
        room = self._unit * (1.0 - 1e-6)
        ruled_out: Bools = self._paid + least > self.value - room + EXACTNESS * abs(self.value)
        return ruled_out


def greedy_cover(links: Bools, costs: Floats) -> Ints:
    """Return a cover by most newly reached rows per cost, without sites that became needless."""
    open_rows = np.ones(len(links), dtype=bool)
    reach = links.sum(axis=0).astype(float)
    price = np.maximum(costs, 1e-12)
    chosen: list[int] = []
    while open_rows.any():
        site = int(np.argmax(reach / price))
        newly = open_rows & links[:, site]
        chosen.append(site)
        reach -= links[newly].sum(axis=0)
        open_rows &= ~newly
    times = links[:, chosen].sum(axis=1)
    for site in sorted(chosen, key=lambda j: -costs[j]):
        without = times - links[:, site]
        if (without > 0).all():
            times = without
            chosen.remove(site)
    return np.sort(np.array(chosen, dtype=np.int64))


class _EnoughKnown(Exception):  # noqa: N818 - it ends a search, it is no error
    """The bound is above what was asked for."""


class _Ended:
    """Listens until the bound is above `enough`."""

    def __init__(self, paid: float, enough: float | None, watch: Stopwatch) -> None:
        self._watch = watch
        self._paid = paid
        self._enough = math.inf if enough is None else enough
        self.bound = -math.inf

    def note(self, _value: float, bound: float) -> None:
        """End the search once the bound says no, or the watch does."""
        self._watch.look()
        if math.isfinite(bound) and math.ceil(self._paid + bound - 1e-6) > self._enough:
            self.bound = bound
            raise _EnoughKnown


def unit_of(costs: Floats) -> float:
    """Return the greatest whole number that divides every cost, 0 where they are not whole."""
    if not np.array_equal(costs, np.rint(costs)) or costs.max(initial=0.0) > 2**53:
        return 0.0
    return float(np.gcd.reduce(costs.astype(np.int64)))


def _rounded_up(bound: float, unit: float) -> float:
    if not math.isfinite(bound) or unit == 0.0:
        return bound
    return math.ceil(bound / unit - 1e-6) * unit

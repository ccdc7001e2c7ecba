"""A choice of sites without capacities: its cost, its granularity, and the best choice so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.answers import EXACTNESS
from planner.facility_location.classical.lagrangian import ANY_NUMBER, CLOSED, FREE, OPEN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Marks = NDArray[np.int8]

_ROUNDING = 1e-11
"""Relative error that a long sum of float64 may gather."""


@dataclass(frozen=True, eq=False)
class Uncapacitated:
    """Minimise ``sum_i weights_i * min_{j open} costs_ij + sum_{j open} fixed_j``.

    Attributes
    ----------
    costs : float64 array of shape (points, sites), finite
    by_site : float64 array of shape (sites, points)
        The same, turned.
    weights : float64 array of shape (points,)
    fixed : float64 array of shape (sites,)
    count : int
        Sites to open, or `ANY_NUMBER` (at least one).
    unit : float
        Every value is a multiple of it; 0 where nothing such is known.
    row_length : int
        Nearest sites per point that its multiplier may need, with plenty to spare.
    least_gain : float
        What a move has to gain to be no rounding.
    names : int64 array of shape (sites,)
        What the sites are called outside; a narrowed problem keeps the names.
    """

    costs: Floats
    by_site: Floats
    weights: Floats
    fixed: Floats
    count: int
    unit: float
    row_length: int
    least_gain: float
    names: Ints

    @classmethod
    def of(
        cls, costs: Floats, weights: Floats, fixed: Floats, *, count: int, row_length: int
    ) -> Uncapacitated:
        """Return the problem over all sites, named by their column."""
        names = np.arange(costs.shape[1], dtype=np.int64)
        unit = _unit_of(costs, weights, fixed)
        dearest = float(weights @ costs.max(axis=1) + fixed.sum())
        least_gain = 1e-13 * (1.0 + dearest)
        by_site = np.ascontiguousarray(costs.T)
        return cls(costs, by_site, weights, fixed, count, unit, row_length, least_gain, names)

    def narrowed(self, live: Ints) -> Uncapacitated:
        """Return the problem with the sites `live` alone."""
        return Uncapacitated(
            costs=np.ascontiguousarray(self.costs[:, live]),
            by_site=self.by_site[live],
            weights=self.weights,
            fixed=self.fixed[live],
            count=self.count,
            unit=self.unit,
            row_length=self.row_length,
            least_gain=self.least_gain,
            names=self.names[live],
        )

    def value_of(self, opened: Ints) -> float:
        """Return the cost of opening exactly `opened` (not empty)."""
        nearest = self.by_site[opened].min(axis=0)
        return math.fsum(self.weights * nearest) + math.fsum(self.fixed[opened])

    def cutoff(self, value: float, gap: float, allowed: float) -> float:
        """Return the bound from which what is better than `value` is not worth looking for."""
        exact = value - EXACTNESS / 2 * max(1.0, abs(value))
        slack = max(_ROUNDING * abs(value), 1e-6 * self.unit)
        if self.unit > 4 * slack:
            exact = value - self.unit + 2 * slack
        return min(exact, value - gap * max(1.0, abs(value)), value - allowed)

    def rounded_up(self, bound: float) -> float:
        """Return the least possible value that is not below `bound`."""
        slack = max(_ROUNDING * abs(bound), 1e-6 * self.unit)
        if not self.unit > 4 * slack:
            return bound
        return math.ceil((bound - slack) / self.unit) * self.unit


class Incumbent:
    """The best choice found so far.

    Attributes
    ----------
    opened : int64 array
        Names of its sites, rising.
    value : float
    cutoff : float
        From this bound on, a part of the problem holds nothing worth looking for.
    met : set of int
        Names of the sites of good choices met on the way.
    """

    def __init__(self, gap: float, allowed: float) -> None:
        self._gap = gap
        self._allowed = allowed
        self.opened: Ints = np.empty(0, dtype=np.int64)
        self.value = math.inf
        self.cutoff = math.inf
        self.met: set[int] = set()

    def offer(self, problem: Uncapacitated, opened: Ints) -> bool:
        """Take the columns `opened` of `problem` when they are better; return whether they were."""
        value = problem.value_of(opened)
        if value < self.value:
            self.value, self.opened = value, np.sort(problem.names[opened])
            self.cutoff = problem.cutoff(value, self._gap, self._allowed)
            return True
        return False

    def columns(self, problem: Uncapacitated) -> Ints:
        """Return the best choice as columns of `problem`, without those that it lacks."""
        return np.flatnonzero(np.isin(problem.names, self.opened))


def fix(state: Marks, worth: Floats, bound: float, *, count: int, cutoff: float) -> Marks:
    """Return `state` with the sites decided that cannot be otherwise below `cutoff`.

    Parameters
    ----------
    state : int8 array of shape (sites,): FREE, OPEN or CLOSED
    worth : float64 array of shape (sites,)
        Of the multipliers that gave `bound`.
    """
    wanted = is_wanted(state, worth, count=count)
    sure = (state == FREE) & (bound + margins(state, worth, count=count) >= cutoff)
    return np.where(sure, np.where(wanted, OPEN, CLOSED), state).astype(np.int8)


def is_wanted(state: Marks, worth: Floats, *, count: int) -> Bools:
    """Return which sites the bound opens, of shape (sites,)."""
    free = np.flatnonzero(state == FREE)
    wanted: Bools = state == OPEN
    if count == ANY_NUMBER:
        wanted[free] = worth[free] < 0
    else:
        room = max(0, count - int(wanted.sum()))
        wanted[free[np.argsort(worth[free], kind="stable")[:room]]] = True
    return wanted


def margins(state: Marks, worth: Floats, *, count: int) -> Floats:
    """Return by how much the bound rises when a site is the other way, of shape (sites,).

    It is inf for a site that is decided, or that the number of sites decides.
    """
    margin = np.full(len(state), np.inf)
    free = np.flatnonzero(state == FREE)
    if count == ANY_NUMBER:
        margin[free] = np.abs(worth[free])
        return margin
    wanted = is_wanted(state, worth, count=count)[free]
    if not wanted.any() or wanted.all():
        return margin
    last_in, first_out = worth[free[wanted]].max(), worth[free[~wanted]].min()
    margin[free] = np.where(wanted, first_out - worth[free], worth[free] - last_in)
    return margin


def _unit_of(costs: Floats, weights: Floats, fixed: Floats) -> float:
    """Return the greatest whole number that divides every value, 0 where data are not whole."""
    if not all(
        np.array_equal(a, np.rint(a)) and a.max(initial=0) < 2**53 for a in (costs, weights, fixed)
    ):
        return 0.0
    divisor = [int(np.gcd.reduce(a.astype(np.int64), axis=None)) for a in (costs, weights, fixed)]
    return float(math.gcd(divisor[0] * divisor[1], divisor[2]))

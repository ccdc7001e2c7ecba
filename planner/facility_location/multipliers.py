"""Prices of the rows that tie options together into a bound, and back into better prices.

With a price on every need, every hold and every other row that speaks of several options, a
programme falls apart by option: the best way of opening it, filled with the persons who gain most
there. The sum is a bound whatever the prices are; the best prices give at least the bound of the
relaxation that splits openings, and a step takes milliseconds where that takes many seconds.

References
----------
Geoffrion, A. M. (1974), Lagrangean relaxation for integer programming, Mathematical Programming
Study 2. Barahona, F. and Anbil, R. (2000), The volume algorithm: producing primal solutions with a
subgradient method, Mathematical Programming 87.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from planner.facility_location import constraints as rule
from planner.facility_location.highs import Floats
from planner.facility_location.options import Ints, Options, choose, price_apart
from planner.facility_location.stated import Stated

_OF_ONE_OPTION = (
    rule.open_in_one_way,
    rule.serve_only_where_open,
    rule.respect_capacity,
    rule.be_viable,
    rule.stay,
)
_ROUNDING = 1e-9
_STEPS = 4000
_LOOK_BACK, _LEAST_GAIN = 300, 1e-4
_PATIENCE, _SLOWER, _FASTER = 20, 0.8, 1.3
_MIXED, _MIXED_AT_LEAST, _LESS_MIXED = 0.2, 0.001, 0.8
"""Most of a step's solution in the mean: at first, at last, and from one look to the next."""
_LOOK_AT_MIX, _GAINING = 100, 0.01
_WIDE_AGAIN, _MIXED_AGAIN = 0.05, 0.02
"""Where prices are improved again: how wide steps begin, and how much of each is in the mean."""


@dataclass(eq=False)
class Priced:
    """What is known once rows have prices.

    Attributes
    ----------
    bound : float
    prices : float64 array of shape (tying rows,)
    added : float64 array of shape (variables,)
        What a way would add to the bound if it had to be chosen, and a column of persons if one
        had to be in it; 0 for other columns.
    usual : float64 array of shape (variables,)
        The mean of what was chosen lately: near the solution of the relaxation.
    """

    bound: float
    prices: Floats
    added: Floats
    usual: Floats


@dataclass(frozen=True, eq=False)
class _Point:
    """Bound, reduced costs, worth of each way and choice, and the solution at some prices."""

    bound: float
    prices: Floats
    reduced: Floats
    worth: Floats
    chosen: Floats
    values: Floats


@dataclass
class _Pace:
    """How wide steps are, and how much of each solution goes into the mean.

    Far from the best prices the mean has to forget; near them only a long one says where to go.
    """

    wide: float = 1.0
    mixed: float = _MIXED
    fruitless: int = 0

    def gained(self, *, turned_back: bool) -> None:
        """Note a step that gained; the next is wider unless the way has turned back."""
        self.wide *= 1.0 if turned_back else _FASTER
        self.fruitless = 0

    def failed(self) -> None:
        """Note a step that gained nothing."""
        self.fruitless += 1
        if not self.fruitless % _PATIENCE:
            self.wide *= _SLOWER

    def mix_less(self, *, gained: float, of: float) -> None:
        """Make the mean longer where the last steps brought little."""
        if gained < _GAINING * abs(of):
            self.mixed = max(_MIXED_AT_LEAST, _LESS_MIXED * self.mixed)


class Pricing:
    """A stated programme for one aim, ready to be priced; `improve` as often as wanted."""

    def __init__(
        self,
        stated: Stated,
        options: Options,
        aim: str,
        lower: Floats,
        upper: Floats,
        *,
        tightened: bool = False,
    ) -> None:
        handed = stated.tightened if tightened else stated.handed
        self.options = options
        self.costs, self.constant = stated.costs_of(aim)
        tying = np.ones(handed.matrix.shape[0], dtype=bool)
        tying[: len(stated.rows)] = [wrote not in _OF_ONE_OPTION for wrote, _ in stated.rows]
        tying &= np.isfinite(handed.row_lower) | np.isfinite(handed.row_upper)
        self.tying = np.flatnonzero(tying)
        self.rows: csr_matrix = handed.matrix[tying]
        self.turned = csr_matrix(self.rows.T)
        self.row_lower, self.row_upper = handed.row_lower[tying], handed.row_upper[tying]
        self.lower, self.upper = lower.copy(), upper.copy()
        _tighten(self.rows, self.row_upper, self.lower, self.upper)
        mine = np.concatenate([options.link, options.way, options.opened[options.opened >= 0]])
        self.free = np.setdiff1d(np.arange(len(self.costs)), mine)
        needs = self.row_lower == self.row_upper
        persons = max(1.0, float(self.row_lower[needs].sum()))
        limit = np.where(np.isfinite(self.row_upper), self.row_upper, self.row_lower)
        largest = np.abs(self.rows).max(axis=1).toarray().ravel()
        size = np.maximum(np.abs(limit), np.maximum(largest, 1.0))
        self.pace = np.where(needs, 1.0 / size, persons / size**2)

    def _at(self, prices: Floats) -> _Point:
        free = self.free
        reduced = self.costs - self.turned @ prices
        values = np.zeros(len(reduced))
        values[free] = np.where(reduced[free] < 0, self.upper[free], self.lower[free])
        worth, chosen = choose(self.options, reduced, self.lower, self.upper, values)
        bound = float(chosen.sum()) + float(reduced[free] @ values[free]) + self.constant
        priced = prices != 0
        rows = np.where(prices > 0, self.row_lower, self.row_upper)
        bound += float(prices[priced] @ rows[priced])
        return _Point(bound, prices, reduced, worth, chosen, values)

    def improve(
        self,
        *,
        target: float,
        enough: Callable[[float], bool],
        deadline: float,
        begun: Priced | None = None,
        steps: int = _STEPS,
    ) -> Priced:
        """Return what is known after some steps, beginning with what is known already.

        Ends at `deadline` (`time.monotonic`), once `enough` says yes to a bound, or where steps
        bring no more. Steps aim at `target`, the value of a plan.
        The bound is ``inf`` where an option must be open and cannot be.

        Raises
        ------
        ValueError
            If `target` is not finite.
        """
        if begun is None:
            best, pace = self._at(np.zeros(len(self.row_lower))), _Pace()
            usual = best.values.copy()
        else:
            best, pace = (
                self._at(self._all(begun.prices)),
                _Pace(wide=_WIDE_AGAIN, mixed=_MIXED_AGAIN),
            )
            usual = begun.usual.copy()
        if not math.isfinite(target):
            raise ValueError("prices need the value of a plan to aim at")
        told = seen = best.bound
        for step in range(1, steps + 1):
            if not math.isfinite(best.bound) or enough(best.bound) or time.monotonic() > deadline:
                break
            off = self._off(best.prices, usual)
            length = float(off @ (self.pace * off))
            if length < _ROUNDING:
                break
            hoped = max(0.05 * abs(best.bound), 0.5 * (target - best.bound))
            gain = max(min(target - best.bound, hoped), 1e-6 * max(1.0, abs(best.bound)))
            moved = best.prices + pace.wide * gain / length * self.pace * off
            found = self._at(self.allowed(moved))
            usual += self._mix(found, usual, pace.mixed) * (found.values - usual)
            if found.bound > best.bound:
                turned = off @ (self.pace * self._off(found.prices, found.values)) <= 0
                pace.gained(turned_back=bool(turned))
                best = found
            else:
                pace.failed()
            if not step % _LOOK_AT_MIX:
                pace.mix_less(gained=best.bound - seen, of=best.bound)
                seen = best.bound
            if not step % _LOOK_BACK:
                if best.bound - told < _LEAST_GAIN * max(1.0, abs(best.bound)):
                    break
                told = best.bound
        return self._priced(best, usual)

    def priced_at(self, prices: Floats, values: Floats) -> tuple[Priced, Ints]:
        """Return what is known at prices of all rows, and the columns that they make worth having.

        Parameters
        ----------
        prices : float64 array of shape (rows,)
            Of a relaxation that may lack columns.
        values : float64 array of shape (variables,)
            Its solution.

        Returns
        -------
        Priced
        int64 array of columns
            Of all options that lower the bound: their ways, and the persons who gain there.
        """
        point = self._at(self.allowed(prices[self.tying]))
        o = self.options
        wanted = [np.zeros(0, dtype=np.int64)]
        for j in np.flatnonzero(point.chosen < 0.0):
            links = o.link[o.link_start[j] : o.link_start[j + 1]]
            wanted += [
                links[point.reduced[links] < 0.0],
                o.way[o.way_start[j] : o.way_start[j + 1]],
            ]
            wanted.append(o.opened[j : j + 1][o.opened[j : j + 1] >= 0])
        return self._priced(point, values), np.concatenate(wanted)

    def _all(self, prices: Floats) -> Floats:
        """Return prices with 0 for the rows that have been added since."""
        return np.append(prices, np.zeros(len(self.row_lower) - len(prices)))

    def _off(self, prices: Floats, values: Floats) -> Floats:
        """Return by how much a solution breaks each row: in that sense the price has to go."""
        done = self.rows @ values
        low = np.where(np.isfinite(self.row_lower), self.row_lower - done, -np.inf)
        high = np.where(np.isfinite(self.row_upper), self.row_upper - done, np.inf)
        off = np.where(low > 0, low, np.where(high < 0, high, 0.0))
        back = np.where(prices > 0, low, np.where(prices < 0, high, 0.0))
        return np.where(off == 0, np.where(np.isfinite(back), back, 0.0), off)

    def allowed(self, prices: Floats) -> Floats:
        """Return prices with those at 0 whose sign a row does not allow."""
        prices = np.where(np.isfinite(self.row_lower), prices, np.minimum(prices, 0.0))
        return np.where(np.isfinite(self.row_upper), prices, np.maximum(prices, 0.0))

    def _mix(self, found: _Point, usual: Floats, most: float) -> float:
        """Return how much of a solution to add to the usual one, so that rows are broken least.

        At most `most` of it, and a tenth of that at least.
        """
        old, new = self._off(found.prices, usual), self._off(found.prices, found.values)
        turn = new - old
        length = float(turn @ (self.pace * turn))
        if length < _ROUNDING:
            return most
        return min(most, max(0.1 * most, -float(old @ (self.pace * turn)) / length))

    def _priced(self, point: _Point, usual: Floats) -> Priced:
        added = np.zeros(len(self.costs))
        if math.isfinite(point.bound):
            price_apart(self.options, point.reduced, self.upper, point.worth, point.chosen, added)
            added[self.free] = np.maximum(point.reduced[self.free], 0.0)
        spare = _ROUNDING * max(1.0, abs(point.bound))
        return Priced(point.bound - spare, point.prices, added, usual)


def _tighten(rows: csr_matrix, most: Floats, lower: Floats, upper: Floats) -> None:
    """Lower `upper` where one column alone would break a row without negative factors."""
    for r in range(rows.shape[0]):
        part = slice(rows.indptr[r], rows.indptr[r + 1])
        columns, factors = rows.indices[part], rows.data[part]
        if not np.isfinite(most[r]) or (factors <= 0).any() or (lower[columns] != 0).any():
            continue
        upper[columns] = np.minimum(upper[columns], np.floor(most[r] / factors + 1e-6))

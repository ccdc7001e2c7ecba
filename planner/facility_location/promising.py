"""A stated aim of many places into its best value: prices, then the places that they favour.

Prices give a bound in a moment, and say how often each option is worth opening. The options worth
it, with those of the best plan so far, are a programme that the solver manages. What by its price
alone would make a plan worse than the best one is left out of everything after.

References
----------
Solving a promising core: kernel search, Angelelli, E., Mansini, R. and Speranza, M. G. (2010),
Computers & Operations Research 37(11). Fixing by Lagrangean prices: Beasley, J. E. (1993),
Lagrangean heuristics for location problems, European Journal of Operational Research 65.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from planner.domain import Option
from planner.facility_location.cores import core_of, favoured
from planner.facility_location.fitting import BESIDE, DECIDED_BY_PERSONS, fitted, smoothed
from planner.facility_location.highs import Ending, Floats, end_if_over
from planner.facility_location.multipliers import Priced, Pricing
from planner.facility_location.options import Options
from planner.facility_location.pursuit import (
    AT_ZERO,
    Pursuit,
    Room,
    close_the_empty,
    found_within,
    room_for_better,
    settled_better,
    solve_within,
    weighing,
    worth_finding,
)
from planner.facility_location.stated import ABOUT_THE_BADLY_SERVED, WEIGHED
from planner.facility_location.tightening import tighten
from planner.facility_location.windows import improve_by_windows

_CORES = ((0.1, 6), (0.1, 12), (0.02, 16), (0.004, 20), (0.001, 40))
"""How often an option must have been chosen to be in a core, and links of each need in it."""
_WORTH_A_WINDOW = 0.02
"""How often an option must have been chosen to be in a window."""
_GUIDE = {"persons_beyond_standard": 1.0, "cost_eur": 1e-5}
"""What is made small, and how much a unit counts, while an aim about the badly served is held."""
_GUIDED_GAP = 0.1
_NEXT = {"new_sites": "cost_eur"}
_BELOW_ONE = 0.5
"""The aim that counts beside another once that is good, and for how much of one unit in all."""
_GOOD = 1.3
"""How many times its bound a plan may be for its places to be worth keeping in the first core."""
_PRICING_SHARE = 0.25
_STEPS, _STEPS_AGAIN = 4000, 300
"""Of prices from nothing, and from good ones."""
_SHARE_BEFORE_ROWS = 0.3
_GUIDED_SHARE = 0.3
_CORE_SHARE, _WINDOWS_SHARE = 0.6, 0.5
_SHARE_TO_RULE_OUT = 0.1
"""Of an aim about the badly served, for the whole: often no better plan is left at all."""
_WHOLE_SHARE, _WINDOWS_BEFORE_WHOLE, _CORE_BEFORE_WHOLE = 0.25, 0.3, 0.4
_RELAXED_IN_A_SECOND, _SURELY_RELAXED = 4e5, 0.75
"""Variables to the power of 1.5 of which the relaxation takes about a second; and the part of a
time in which it has to be likely."""


def minimise_by_prices(pursuit: Pursuit, best: Floats) -> tuple[Floats, float]:
    """Return the best solution of whole persons found, and a bound (-inf where none is known)."""
    stated, aim = pursuit.stated, pursuit.aim
    options = Options.of(stated)
    best = fitted(pursuit, settled_better(pursuit, best, best))
    value = stated.value_of(aim, best)
    room, ceiling = room_for_better(pursuit, value)
    priced = _price(pursuit, options, room, value)
    if math.isinf(priced.bound):
        return best, ceiling if math.isfinite(ceiling) else -math.inf
    hunt = _Hunt(pursuit, options, room, ceiling, priced, best, min(ceiling, priced.bound))
    pursuit.on_progress(value, hunt.bound)
    if not hunt.over:
        _IN_ORDER.get(aim, _make_small)(hunt)
    return hunt.best, hunt.bound


@dataclass
class _Hunt:
    """What is known of an aim: the best solution, a bound, and what a better one may hold."""

    pursuit: Pursuit
    options: Options
    room: Room
    ceiling: float
    priced: Priced
    best: Floats
    bound: float

    @property
    def value(self) -> float:
        """The value of the best solution."""
        return self.pursuit.stated.value_of(self.pursuit.aim, self.best)

    @property
    def favoured(self) -> set[Option]:
        """The options that are worth a window."""
        return favoured(self.pursuit.stated, self.priced, _WORTH_A_WINDOW)

    @property
    def over(self) -> bool:
        """Whether the best is good enough, or the time over."""
        return self.pursuit.near(self.value, self.bound) or not self.pursuit.left

    def tighten(self) -> None:
        """Make prices and bound those of the relaxation, with the rows that split sites break."""
        if not self.over:
            pursuit = self.pursuit
            self.priced = tighten(pursuit, self.options, self.room, self.priced, self.best)
            self.bound = max(self.bound, min(self.ceiling, self.priced.bound))
            pursuit.on_progress(self.value, self.bound)

    def search_windows(
        self, *, share: float = _WINDOWS_SHARE, among: Collection[Option] = ()
    ) -> None:
        """Look in windows for a share of the time left."""
        if not self.over:
            pursuit, seconds = self.pursuit, share * self.pursuit.left
            self.best = improve_by_windows(
                smoothed(pursuit, self.best),
                self.best,
                self.room,
                seconds=seconds,
                enough=lambda found: pursuit.near(
                    pursuit.stated.value_of(pursuit.aim, found), self.bound
                ),
                among=among,
            )
            if pursuit.aim in BESIDE:
                self.best = fitted(pursuit, self.best)
            pursuit.on_progress(self.value, self.bound)

    def solve_core(
        self,
        worth: float,
        links: int,
        *,
        share: float = _CORE_SHARE,
        sought: Pursuit | None = None,
    ) -> bool:
        """Look among the options that prices favour; return whether that was done to the end.

        For a share of the time left. With `sought` its aim is made small there in place of the
        aim itself.
        """
        if self.over:
            return True
        pursuit = self.pursuit
        self.leave_out()
        favoured, known = self.priced, self.bound
        if sought is not None:
            at_most = sought.stated.value_of(sought.aim, self.best)
            favoured, known = _price(sought, self.options, self.room, at_most), -math.inf
        start = self.best if sought or self.value <= _GOOD * self.bound else None
        core = core_of(pursuit, favoured, self.room, worth=worth, links=links, best=start)
        seconds = share * pursuit.left
        self.best, outcome = solve_within(
            sought or pursuit, self.best, core, seconds=seconds, by_districts=True, known=known
        )
        self.priced = _price(pursuit, self.options, self.room, self.value, begun=self.priced)
        self.bound = max(self.bound, min(self.ceiling, self.priced.bound))
        return outcome.ending is not Ending.TIME

    def leave_out(self) -> None:
        """Close what is in no plan worth finding by its price.

        Where the next aim is looked at too, plans of the same value are worth finding.
        """
        pursuit, room = self.pursuit, self.room
        same = pursuit.aim in _NEXT
        most = self.value if same else worth_finding(pursuit, self.value)
        spare = most - self.priced.bound + 1e-6 * max(1.0, abs(self.priced.bound))
        dear = (self.priced.added > spare) & (room.lower <= AT_ZERO)
        room.upper[dear] = 0.0
        close_the_empty(pursuit.stated, room)
        left_out = most + pursuit.stated.step_of(pursuit.aim) if same else most
        self.ceiling = min(self.ceiling, left_out)

    def solve_cores(self, *cores: tuple[float, int], share: float = _CORE_SHARE) -> bool:
        """Look in ever larger cores, as long as each is solved; return whether all were."""
        return all(self.solve_core(worth, links, share=share) for worth, links in cores)

    def can_relax(self, share: float) -> bool:
        """Return whether a share of the time left is long enough to relax the whole.

        Where it is too short HiGHS 1.15.1 goes on for seconds after it.
        """
        return _can_be_relaxed(self.room, _SURELY_RELAXED * share * self.pursuit.left)

    def solve_the_whole(self, *, share: float = 1.0) -> None:
        """Look everywhere where a better solution may be, which bounds the aim as well.

        See `can_relax` before.
        """
        pursuit = self.pursuit
        if not self.over:
            self.leave_out()
            self.best, outcome = solve_within(
                pursuit,
                self.best,
                self.room,
                seconds=share * pursuit.left,
                by_districts=True,
                known=self.bound,
            )
            self.bound = max(self.bound, min(self.ceiling, outcome.bound))


def _serve_well(hunt: _Hunt) -> None:
    """Few are badly served: once prices have closed the rest, the whole is often soon ruled out."""
    hunt.best = _best_with_few_sites(hunt)
    hunt.solve_cores(_CORES[0])
    hunt.solve_the_whole(share=_SHARE_TO_RULE_OUT)
    hunt.search_windows()
    hunt.solve_cores(*_CORES)
    hunt.search_windows(share=1.0)
    hunt.solve_the_whole()


def _open_few(hunt: _Hunt) -> None:
    """Sites are counted by district, so the second core is soon solved; their cost counts then.

    What is still open then is the part of a site by which the bound is below the next whole one.
    """
    whole = hunt.can_relax(_WHOLE_SHARE)
    solved = hunt.solve_core(*_CORES[1], share=_SHARE_BEFORE_ROWS)
    hunt.tighten()
    if not solved:
        solved = hunt.solve_core(*_CORES[1])
    if not hunt.over and (both := _with_the_next(hunt.pursuit, hunt.best)):
        hunt.solve_core(*_CORES[1], sought=both)
    if solved:
        hunt.solve_cores(*_CORES[2:])
    if whole and hunt.can_relax(1.0):
        hunt.solve_the_whole()


def _make_small(hunt: _Hunt) -> None:
    """Costs and minutes: whether cores or windows begin, each is better with the other's plan."""
    whole = hunt.can_relax(_WHOLE_SHARE)
    rows_first = hunt.pursuit.aim in DECIDED_BY_PERSONS
    if rows_first:
        hunt.tighten()
    share = _WINDOWS_BEFORE_WHOLE if whole else _WINDOWS_SHARE
    hunt.search_windows(share=share, among=hunt.favoured)
    if not rows_first:
        hunt.tighten()
    hunt.solve_cores(*_CORES, share=_CORE_BEFORE_WHOLE if whole else _CORE_SHARE)
    whole = whole and hunt.can_relax(1.0 - _WINDOWS_BEFORE_WHOLE)
    hunt.search_windows(share=_WINDOWS_BEFORE_WHOLE if whole else 1.0)
    if whole:
        hunt.solve_the_whole()


_IN_ORDER: Mapping[str, Callable[[_Hunt], None]] = {
    **dict.fromkeys(ABOUT_THE_BADLY_SERVED, _serve_well),
    **dict.fromkeys(_NEXT, _open_few),
}
"""What is done for an aim, one thing after the other; for all others they are made small."""


def _can_be_relaxed(room: Room, seconds: float) -> bool:
    """Return whether the relaxation of what is left is likely to be solved in some seconds."""
    free = int(np.count_nonzero(room.upper > room.lower))
    return bool(free**1.5 < _RELAXED_IN_A_SECOND * seconds)


def _with_the_next(pursuit: Pursuit, best: Floats) -> Pursuit | None:
    """Return a pursuit of the aim and, below one unit of it, of the next, if that was stated.

    A plan with few new sites that was made without a look at what they cost is a poor beginning.
    """
    stated, aim = pursuit.stated, pursuit.aim
    after = _NEXT[aim]
    if not stated.knows(after):
        return None
    most = max(1.0, stated.value_of(after, best))
    gap = pursuit.effort.gap * _BELOW_ONE / max(1.0, stated.value_of(aim, best))
    return weighing(pursuit, stated, {aim: 1.0, after: _BELOW_ONE / most}, gap=gap)


def _price(
    pursuit: Pursuit,
    options: Options,
    room: Room,
    value: float,
    *,
    begun: Priced | None = None,
) -> Priced:
    def enough(bound: float) -> bool:
        end_if_over(pursuit.effort)
        return pursuit.near(value, bound)

    pricing = Pricing(
        pursuit.stated, options, pursuit.aim, room.lower, room.upper, tightened=begun is not None
    )
    return pricing.improve(
        target=value,
        enough=enough,
        deadline=time.monotonic() + _PRICING_SHARE * pursuit.left,
        begun=begun,
        steps=_STEPS if begun is None else _STEPS_AGAIN,
    )


def _best_with_few_sites(hunt: _Hunt) -> Floats:
    """Return a solution as good as the bound, which another aim makes small; the best, if none is.

    Who is badly served says little about where to open; with that held, few sites or little cost
    says a lot, and what it leads to is where the next aims begin.
    """
    pursuit, best = hunt.pursuit, hunt.best
    stated, aim = pursuit.stated, pursuit.aim
    least = stated.rounded_bound(aim, hunt.bound, hunt.value)
    guide = {name: weight for name, weight in _GUIDE.items() if stated.knows(name) and name != aim}
    if least is None or not guide:
        return best
    guided = weighing(pursuit, stated.holding(aim, least), guide, gap=_GUIDED_GAP)
    room = Room(guided.stated.handed.lower.copy(), guided.stated.handed.upper.copy())
    priced = _price(guided, hunt.options, room, guided.stated.value_of(WEIGHED, best))
    core = core_of(guided, priced, room, worth=_CORES[1][0], links=_CORES[1][1])
    seconds = _GUIDED_SHARE * pursuit.left
    found = found_within(guided, core, seconds=seconds, known=priced.bound)
    return best if found is None else found

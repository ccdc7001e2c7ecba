"""A stated aim into its best value by way of ever smaller programmes.

The relaxation (split openings) gives a bound and a price for every opening and every link. Where
a plan is not good enough yet, the openings that look best are solved by themselves. Then whatever
by its price alone would make a plan worse than the best one is left out, and the rest is solved.

References
----------
Fixing by reduced costs: Balas, E. and Zemel, E. (1980), An algorithm for large zero-one knapsack
problems, Operations Research 28(5). Solving a promising core first: kernel search, Angelelli, E.,
Mansini, R. and Speranza, M. G. (2010), Computers & Operations Research 37(11).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from planner.facility_location.program import Effort, Ending, Floats, Outcome
from planner.facility_location.stated import Stated
from planner.records import gap_of

_SMALL = 12
_CORE_AT_LEAST = 6
_CORE_SHARE = 0.7
_CORE_SHARE_OF_TIME = 0.3
_AT_ZERO = 1e-7


@dataclass(frozen=True)
class Pursuit:
    """One aim, how exactly it is wanted, and whom to tell."""

    stated: Stated
    aim: str
    effort: Effort
    deadline: float
    on_progress: Callable[[float, float], None]

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.deadline - time.monotonic())

    def near(self, value: float, bound: float, *, at_most: float = 1.0) -> bool:
        """Return whether a value is as near a bound as was asked, or less than one whole off."""
        rounded = self.stated.rounded_bound(self.aim, bound, value)
        if rounded is None:
            return False
        step = self.stated.step_of(self.aim)
        close = gap_of(value, rounded) <= max(min(self.effort.gap, at_most), 1e-9)
        return close or (step > 0 and value - rounded < min(1.0, step))


@dataclass(frozen=True, eq=False)
class Room:
    """Bounds within which to search; float64 arrays of shape (variables,)."""

    lower: Floats
    upper: Floats


def minimise_aim(pursuit: Pursuit, best: Floats) -> tuple[Floats, float]:
    """Return the best solution of whole persons found, and a bound (-inf where none is known)."""
    stated, aim = pursuit.stated, pursuit.aim
    value = stated.value_of(aim, best)
    room, ceiling = _room(pursuit, value)
    effort = replace(pursuit.effort, seconds=pursuit.left, relaxed=True, gap=0.0)
    relaxed = stated.minimise(aim, effort, lower=room.lower, upper=room.upper)
    if relaxed.ending is Ending.INFEASIBLE:
        return best, ceiling if math.isfinite(ceiling) else -math.inf
    bound = min(ceiling, relaxed.bound) if relaxed.ending is Ending.DONE else -math.inf
    if pursuit.near(value, bound) or not pursuit.left:
        return best, bound
    if relaxed.reduced_costs is None or len(stated.ways_columns) <= _SMALL:
        best, outcome = _solve_within(pursuit, best, room, seconds=pursuit.left)
        return best, max(bound, min(ceiling, outcome.bound))
    pursuit.on_progress(value, bound)
    best = _best_of_core(pursuit, best, relaxed, room)
    if pursuit.near(stated.value_of(aim, best), bound):
        return best, bound
    best, rest = _rest(pursuit, best, relaxed)
    return best, max(bound, rest)


def _threshold(pursuit: Pursuit, value: float) -> float:
    """Return the value above which a plan is not worth finding."""
    step = pursuit.stated.step_of(pursuit.aim)
    return min(value - 0.99 * step, value - 0.9 * pursuit.effort.gap * max(1.0, abs(value)))


def _room(pursuit: Pursuit, value: float) -> tuple[Room, float]:
    """Return bounds that leave out what cannot be in a plan worth finding.

    And the least value of what is left out, ``inf`` where the holds alone rule it out.
    """
    stated, threshold = pursuit.stated, _threshold(pursuit, value)
    upper = stated.handed.upper.copy()
    upper[stated.spared_by(pursuit.aim, threshold)] = 0.0
    room = Room(stated.handed.lower.copy(), upper)
    _close_the_empty(stated, room)
    return room, threshold if pursuit.aim == "cost_eur" else math.inf


def _close_the_empty(stated: Stated, room: Room) -> None:
    """Fix the persons at options that have no way of opening left; changes `room`."""
    for option, columns in stated.way_columns_of_option.items():
        if (room.upper[columns] <= _AT_ZERO).all():
            room.upper[stated.columns_of_option[option]] = 0.0


def _best_of_core(pursuit: Pursuit, best: Floats, relaxed: Outcome, room: Room) -> Floats:
    """Return the best solution with the options that the relaxation prices lowest."""
    stated = pursuit.stated
    core = _core(stated, best, relaxed)
    if len(core) > _CORE_SHARE * len(stated.decisions.chosen):
        return best
    upper = room.upper.copy()
    for option, columns in stated.columns_of_option.items():
        if option not in core:
            upper[columns] = 0.0
    seconds = _CORE_SHARE_OF_TIME * pursuit.left
    best, _ = _solve_within(pursuit, best, Room(room.lower, upper), seconds=seconds)
    return best


def _core(stated: Stated, best: Floats, relaxed: Outcome) -> set[tuple[str, str]]:
    values, prices = relaxed.values, relaxed.reduced_costs
    if values is None or prices is None:
        return set(stated.decisions.chosen)
    used, rest = set(), []
    for option, columns in stated.way_columns_of_option.items():
        if (values[columns] > _AT_ZERO).any() or (best[columns] > _AT_ZERO).any():
            used.add(option)
        else:
            rest.append((float(prices[columns].min()), option))
    rest.sort()
    return used | {option for _, option in rest[: max(_CORE_AT_LEAST, len(used) // 2)]}


def _rest(pursuit: Pursuit, best: Floats, relaxed: Outcome) -> tuple[Floats, float]:
    """Return the best solution and a bound, from all that could still be better by its price."""
    stated, aim = pursuit.stated, pursuit.aim
    value = stated.value_of(aim, best)
    threshold = _threshold(pursuit, value)
    room, _ = _room(pursuit, value)
    if relaxed.values is not None and relaxed.reduced_costs is not None:
        values, prices = relaxed.values, relaxed.reduced_costs
        spare = threshold - relaxed.bound + 1e-6 * max(1.0, abs(relaxed.bound))
        whole = stated.handed.whole | stated.person_columns
        closed = whole & (values <= room.lower + _AT_ZERO) & (prices > spare)
        opened = stated.handed.whole & (values >= 1 - _AT_ZERO) & (-prices > spare)
        room.upper[closed] = room.lower[closed]
        room.lower[opened & (room.upper >= 1)] = 1.0
        _close_the_empty(stated, room)
    best, outcome = _solve_within(pursuit, best, room, seconds=pursuit.left)
    return best, min(threshold, outcome.bound)


def _solve_within(
    pursuit: Pursuit, best: Floats, room: Room, *, seconds: float
) -> tuple[Floats, Outcome]:
    """Return the better of `best` and what the solver finds within these bounds, made whole."""
    stated, aim = pursuit.stated, pursuit.aim
    step = stated.step_of(aim)
    effort = replace(pursuit.effort, seconds=seconds, gap_abs=0.999 * step if step else 1e-6)
    low, high = room.lower - _AT_ZERO, room.upper + _AT_ZERO
    inside = bool(((best >= low) & (best <= high)).all())
    outcome = stated.minimise(
        aim,
        effort,
        start=best if inside else None,
        lower=room.lower,
        upper=room.upper,
        on_progress=pursuit.on_progress,
    )
    return better(pursuit, outcome, best), outcome


def better(pursuit: Pursuit, outcome: Outcome, best: Floats) -> Floats:
    """Return the better of `best` and what the solver found, made whole."""
    stated, aim = pursuit.stated, pursuit.aim
    value = stated.value_of(aim, best)
    if outcome.values is None or outcome.value >= value - 1e-9:
        return best
    settled = stated.settle(aim, stated.ways_in(outcome.values), effort=pursuit.effort)
    if settled is None or stated.value_of(aim, settled) >= value:
        return best
    return settled

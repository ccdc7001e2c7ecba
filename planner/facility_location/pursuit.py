"""One aim under the holds: what is asked of it, and a search within bounds that loses no plan."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace

from planner.domain import Option
from planner.facility_location.highs import Effort, Floats, Outcome
from planner.facility_location.stated import WEIGHED, Stated
from planner.records import gap_of

DECIDED_BY_SITES = ("new_sites", "sites", "cost_eur", "person_minutes")
"""Aims that are proven by how many sites stand in each district; a first plan for those who are
badly served is found sooner without."""
AT_ZERO = 1e-7
"""What a solver's 0 may be off."""


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

    def near_enough(self, bound: float) -> float:
        """Return a value that is near `bound`, so that none below is worth looking for."""
        rounded = self.stated.rounded_bound(self.aim, bound, math.inf)
        return -math.inf if rounded is None else rounded + 0.9 * self.effort.gap * abs(rounded)


def weighing(
    pursuit: Pursuit, stated: Stated, weights: Mapping[str, float], *, gap: float | None = None
) -> Pursuit:
    """Return a pursuit of a weighed sum of aims, under the holds of `stated`, that tells nobody.

    As exactly as `pursuit`, unless another `gap` is asked for.
    """
    effort = pursuit.effort if gap is None else replace(pursuit.effort, gap=gap)
    return replace(
        pursuit,
        stated=stated.weighing(weights),
        aim=WEIGHED,
        effort=effort,
        on_progress=lambda *_: None,
    )


@dataclass(frozen=True, eq=False)
class Room:
    """Bounds within which to search; float64 arrays of shape (variables,)."""

    lower: Floats
    upper: Floats


def worth_finding(pursuit: Pursuit, value: float) -> float:
    """Return the value above which a plan is not worth finding."""
    step = pursuit.stated.step_of(pursuit.aim)
    return min(value - 0.99 * step, value - 0.9 * pursuit.effort.gap * max(1.0, abs(value)))


def room_for_better(pursuit: Pursuit, value: float) -> tuple[Room, float]:
    """Return bounds that leave out what cannot be in a plan worth finding.

    And the least value of what is left out, ``inf`` where the holds alone rule it out.
    """
    stated, threshold = pursuit.stated, worth_finding(pursuit, value)
    upper = stated.handed.upper.copy()
    upper[stated.spared_by(pursuit.aim, threshold)] = 0.0
    room = Room(stated.handed.lower.copy(), upper)
    close_the_empty(stated, room)
    return room, threshold if pursuit.aim == "cost_eur" else math.inf


def close_the_empty(stated: Stated, room: Room) -> None:
    """Fix the persons at options that have no way of opening left; changes `room`."""
    for option, columns in stated.columns.of_ways.items():
        if (room.upper[columns] <= AT_ZERO).all():
            room.upper[stated.columns.of_option[option]] = 0.0


def only_options(stated: Stated, room: Room, options: Container[Option]) -> Room:
    """Return bounds that close all other options."""
    upper = room.upper.copy()
    for option, columns in stated.columns.of_option.items():
        if option not in options:
            upper[columns] = 0.0
    return Room(room.lower, upper)


def solve_within(
    pursuit: Pursuit,
    best: Floats,
    room: Room,
    *,
    seconds: float,
    settle_inside: bool = False,
    by_districts: bool = False,
    known: float = -math.inf,
) -> tuple[Floats, Outcome]:
    """Return the better of `best` and what the solver finds within these bounds, made whole.

    Ends early once the value is near `known`, a bound for the whole programme. With
    `settle_inside` persons are made whole within the bounds too, which is quicker where they
    are narrow. `by_districts` is for programmes of many places; see `Stated.minimise`.
    """
    low, high = room.lower - AT_ZERO, room.upper + AT_ZERO
    inside = bool(((best >= low) & (best <= high)).all())
    start = best if inside else None
    by_districts = by_districts and pursuit.aim in DECIDED_BY_SITES
    outcome = _run(pursuit, room, start, seconds=seconds, known=known, by_districts=by_districts)
    return _better(pursuit, outcome, best, room if settle_inside else None), outcome


def found_within(pursuit: Pursuit, room: Room, *, seconds: float, known: float) -> Floats | None:
    """Return what the solver finds within these bounds, made whole; see `solve_within`."""
    outcome = _run(pursuit, room, None, seconds=seconds, known=known)
    if outcome.values is None:
        return None
    stated = pursuit.stated
    return stated.settle(pursuit.aim, stated.columns.ways_in(outcome.values), effort=pursuit.effort)


def _run(
    pursuit: Pursuit,
    room: Room,
    start: Floats | None,
    *,
    seconds: float,
    known: float,
    by_districts: bool = False,
) -> Outcome:
    step = pursuit.stated.step_of(pursuit.aim)
    effort = replace(
        pursuit.effort,
        seconds=seconds,
        gap_abs=0.5 * step if step else 1e-6,
        target=pursuit.near_enough(known),
    )
    return pursuit.stated.minimise(
        pursuit.aim,
        effort,
        start=start,
        lower=room.lower,
        upper=room.upper,
        on_progress=pursuit.on_progress,
        by_districts=by_districts,
    )


def settled_better(
    pursuit: Pursuit, found: Floats, best: Floats, room: Room | None = None
) -> Floats:
    """Return the best solution of whole persons with the openings of `found`, if it beats `best`.

    Within `room`, where there is one; else `best`.
    """
    stated, aim = pursuit.stated, pursuit.aim
    settled = stated.settle(
        aim,
        stated.columns.ways_in(found),
        effort=pursuit.effort,
        lower=None if room is None else room.lower,
        upper=None if room is None else room.upper,
    )
    if settled is None or stated.value_of(aim, settled) >= stated.value_of(aim, best):
        return best
    return settled


def _better(pursuit: Pursuit, outcome: Outcome, best: Floats, room: Room | None) -> Floats:
    """Return the better of `best` and what the solver found, made whole."""
    value = pursuit.stated.value_of(pursuit.aim, best)
    if outcome.values is None or outcome.value >= value - 1e-9:
        return best
    return settled_better(pursuit, outcome.values, best, room)

"""One aim under the holds: what is asked of it, and a search within bounds that loses no plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from planner.facility_location.highs import Effort, Floats, Outcome
from planner.facility_location.stated import Stated
from planner.records import gap_of

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


@dataclass(frozen=True, eq=False)
class Room:
    """Bounds within which to search; float64 arrays of shape (variables,)."""

    lower: Floats
    upper: Floats


def solve_within(
    pursuit: Pursuit, best: Floats, room: Room, *, seconds: float, settle_inside: bool = False
) -> tuple[Floats, Outcome]:
    """Return the better of `best` and what the solver finds within these bounds, made whole.

    With `settle_inside` persons are made whole within the bounds too, which is quicker where they
    are narrow.
    """
    stated, aim = pursuit.stated, pursuit.aim
    step = stated.step_of(aim)
    effort = replace(pursuit.effort, seconds=seconds, gap_abs=0.5 * step if step else 1e-6)
    low, high = room.lower - AT_ZERO, room.upper + AT_ZERO
    inside = bool(((best >= low) & (best <= high)).all())
    outcome = stated.minimise(
        aim,
        effort,
        start=best if inside else None,
        lower=room.lower,
        upper=room.upper,
        on_progress=pursuit.on_progress,
    )
    return _better(pursuit, outcome, best, room if settle_inside else None), outcome


def _better(pursuit: Pursuit, outcome: Outcome, best: Floats, room: Room | None) -> Floats:
    """Return the better of `best` and what the solver found, made whole."""
    stated, aim = pursuit.stated, pursuit.aim
    value = stated.value_of(aim, best)
    if outcome.values is None or outcome.value >= value - 1e-9:
        return best
    settled = stated.settle(
        aim,
        stated.ways_in(outcome.values),
        effort=pursuit.effort,
        lower=None if room is None else room.lower,
        upper=None if room is None else room.upper,
    )
    if settled is None or stated.value_of(aim, settled) >= value:
        return best
    return settled

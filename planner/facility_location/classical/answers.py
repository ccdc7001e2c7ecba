"""What a classical location problem is answered with, and the clock that it is answered by."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.domain import ProofStatus
from planner.records import gap_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOWHERE = -1
"""The site of a demand row that is served by none."""
EXACTNESS = 1e-9
"""Relative difference below which two sums of floats are the same number."""


@dataclass(frozen=True, eq=False)
class LocationAnswer:
    """Where to open, who goes where, and how good that is known to be.

    Attributes
    ----------
    opened : int64 array
        Columns of the open sites, rising.
    assignment : int64 array of shape (points,) or float64 array of shape (points, sites)
        The site of each demand row, `NOWHERE` for a row that is not served; where demand may be
        split, the share of each row that each site serves (0..1, rows sum to 1).
    value : float
        Of the objective, recomputed from the input; inf where nothing was found.
    bound : float
        No answer is better than this: a lower bound, an upper one where the aim is to cover most.
    gap : float
        ``|value - bound| / max(1, |value|)``; 0 exactly where the answer is proven, 1 where
        nothing was found.
    status : ProofStatus
        ``proven`` (gap 0), ``best found`` (a gap is left) or ``stopped`` (nothing found in time).
    seconds : float
        Wall-clock time.
    """

    opened: Ints
    assignment: Ints | Floats
    value: float
    bound: float
    gap: float
    status: ProofStatus
    seconds: float


class Stopwatch:
    """Wall-clock time since it was made, against the seconds allowed (``None``: any number).

    `on_look` is called at every look; what it raises ends the work.
    """

    def __init__(self, seconds: float | None, on_look: Callable[[], None] | None = None) -> None:
        self._began = time.perf_counter()
        self._allowed = math.inf if seconds is None else seconds
        self.on_look = on_look

    def look(self, _value: float = math.nan, _bound: float = math.nan) -> None:
        """Let `on_look` raise, if there is one; takes what a solver reports."""
        if self.on_look is not None:
            self.on_look()

    def part(self, share: float) -> Stopwatch:
        """Return a new watch with this share of the time left."""
        left = self.left
        return Stopwatch(left * share if math.isfinite(left) else None, self.on_look)

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    @property
    def left(self) -> float:
        """Seconds still allowed, not below 0."""
        self.look()
        return max(0.0, self._allowed - self.spent)

    @property
    def is_over(self) -> bool:
        """Whether the time allowed is over."""
        return self.left <= 0.0


def answer_least(
    opened: Ints, assignment: Ints | Floats, *, value: float, bound: float, watch: Stopwatch
) -> LocationAnswer:
    """Return the answer to a problem of the least value, the proof judged by value and bound."""
    if value - bound <= EXACTNESS * max(1.0, abs(value)):
        return LocationAnswer(
            opened, assignment, value, value, 0.0, ProofStatus.PROVEN, watch.spent
        )
    gap = max(gap_of(value, bound), EXACTNESS)
    return LocationAnswer(
        opened, assignment, value, bound, gap, ProofStatus.BEST_FOUND, watch.spent
    )


def answer_most(
    opened: Ints, assignment: Ints | Floats, *, value: float, bound: float, watch: Stopwatch
) -> LocationAnswer:
    """Return the answer to a problem of the greatest value, the proof judged by value and bound."""
    mirrored = answer_least(opened, assignment, value=-value, bound=-bound, watch=watch)
    return replace(mirrored, value=value, bound=-mirrored.bound)


def answer_stopped(assignment: Ints | Floats, *, bound: float, watch: Stopwatch) -> LocationAnswer:
    """Return the answer where the time ended before anything was found."""
    nothing = np.empty(0, dtype=np.int64)
    return LocationAnswer(
        nothing, assignment, math.inf, bound, 1.0, ProofStatus.STOPPED, watch.spent
    )

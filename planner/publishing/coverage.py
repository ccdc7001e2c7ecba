"""Counts of people within the standard into classes that tell no small number of persons.

A share of few people gives the people away: 17 of 18 is one person. So a class always holds as many
possible counts as the threshold asks for; where a municipality is small, its classes are wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from planner.disclosure import (
    BREAKS_PERCENT,
    DEFAULT_THRESHOLD,
    NOT_SHOWN,
    ShareRange,
    show_share,
)

CLASSES = len(BREAKS_PERCENT) - 1
CHANGE_CLASSES = 5
SINGLE_CLASSES = frozenset([*pairwise(BREAKS_PERCENT), *((end, end) for end in (0, 100))])
"""From and to of what is no join of several classes: the five, none and all."""
_WIDEST = 50  # percent


@dataclass(frozen=True)
class CoverageClass:
    """From and to in percent, and the one of the five colours that stands for it."""

    low_percent: int
    high_percent: int
    colour: int

    @property
    def text(self) -> str:
        """The class as a reader reads it, with a no-break space."""
        if self.low_percent == self.high_percent:
            return f"{self.low_percent}\u00a0%"
        if self.low_percent == 0:
            return f"< {self.high_percent}\u00a0%"
        if self.high_percent == BREAKS_PERCENT[-1]:
            return f"≥ {self.low_percent}\u00a0%"
        return f"{self.low_percent}–{self.high_percent}\u00a0%"


def class_of(share: ShareRange | None) -> CoverageClass | None:
    """Return the class of what is known of a share; ``None`` where that is more than half of all.

    The colour is that of the middle, in doubt the paler one.
    """
    if share is None or share.high - share.low > _WIDEST:
        return None
    return CoverageClass(share.low, share.high, _colour(*share))


def coverage_class(
    part: int, whole: int, *, threshold: int = DEFAULT_THRESHOLD
) -> CoverageClass | None:
    """Return the class of `part` in `whole` persons, ``None`` where no class may be told.

    Neighbouring classes are joined from the top until each holds `threshold` possible counts.
    """
    for low, high in _joined_classes(whole, threshold):
        if _class_of(part, whole) in range(low, high + 1):
            bounds = BREAKS_PERCENT[low], BREAKS_PERCENT[high + 1]
            return CoverageClass(*bounds, _colour(*bounds))
    return None


def share_told(part: int, whole: int, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return `part` of `whole` persons as a share, as a class where the exact share would tell."""
    exact = show_share(part, whole, threshold=threshold)
    if exact != NOT_SHOWN or not whole:
        return exact
    found = coverage_class(part, whole, threshold=threshold)
    return found.text if found else NOT_SHOWN


def change_told(
    change: tuple[float, float] | None, *, threshold: int = DEFAULT_THRESHOLD
) -> int | None:
    """Return the class of a change of which the least and the most are known, if it is one."""
    if change is None:
        return None
    least, most = (change_class(0, persons, threshold=threshold) for persons in change)
    return least if least == most else None


def change_class(before: float, after: float, *, threshold: int = DEFAULT_THRESHOLD) -> int:
    """Return 0 (many fewer), 1 (a few fewer), 2 (the same), 3 (a few more) or 4 (many more).

    Many means `threshold` persons or more.
    """
    change = after - before
    if change == 0:
        return 2
    many = abs(change) >= threshold
    if change > 0:
        return 4 if many else 3
    return 0 if many else 1


def _colour(low_percent: int, high_percent: int) -> int:
    middle = (low_percent + high_percent) / 2
    return next(k for k in range(CLASSES) if middle <= BREAKS_PERCENT[k + 1])


def _class_of(part: int, whole: int) -> int:
    percent = 100 * part / whole
    return next(k for k in reversed(range(CLASSES)) if percent >= BREAKS_PERCENT[k])


def _joined_classes(whole: int, threshold: int) -> list[tuple[int, int]]:
    if whole < threshold:
        return []
    counts = [0] * CLASSES
    for part in range(whole + 1):
        counts[_class_of(part, whole)] += 1
    joined: list[tuple[int, int]] = []
    high, held = CLASSES - 1, 0
    for k in reversed(range(CLASSES)):
        held += counts[k]
        if held >= threshold:
            joined.append((k, high))
            high, held = k - 1, 0
    if high >= 0 and joined:
        joined[-1] = (0, joined[-1][1])
    return [bounds for bounds in joined if bounds != (0, CLASSES - 1)]

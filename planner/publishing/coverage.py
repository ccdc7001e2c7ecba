"""Counts of people within the standard into classes that tell no small number of persons.

A share of few people gives the people away: 17 of 18 is one person. So a class always holds as many
possible counts as the threshold asks for; where a municipality is small, its classes are wider.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

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
MAY_BE_ALIKE = "These shares do not tell a rise from a fall."
"""Follows shares before and after of which `may_be_alike` holds."""
RANGES = (
    "A share such as “75–100 %” is somewhere in that range. Where the share beside it may be the "
    "same, the two do not tell a rise from a fall."
)
"""Goes under a table that has such shares in a row."""
_WIDEST = 50  # percent
_HALF = 0.5  # percent; how far a share in whole percent may be off


@dataclass(frozen=True)
class CoverageClass:
    """From and to in percent, and the one of the five colours that stands for it."""

    low_percent: int
    high_percent: int
    colour: int

    @property
    def joined(self) -> bool:
        """Whether it joins several classes, which have no order among the others."""
        return (self.low_percent, self.high_percent) not in SINGLE_CLASSES

    @property
    def text(self) -> str:
        """The class as a reader reads it, with a no-break space; always from and to.

        “≥ 75 %” beside 76 % would read as a loss.
        """
        if self.low_percent == self.high_percent:
            return f"{self.low_percent}\u00a0%"
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


def may_be_alike(*shares: str) -> bool:
    """Return whether two of the shares, as they are told, may be the same, one being a range.

    What stands there is all that is read, so that the answer tells nothing more.
    """
    ends = [[int(percent) for percent in re.findall(r"\d+", share)] for share in shares]
    of_two = [pair for pair in combinations([e for e in ends if e], 2) if max(map(len, pair)) > 1]
    return any(
        max(one[0] - _off(one), other[0] - _off(other))
        < min(one[-1] + _off(one), other[-1] + _off(other))
        for one, other in of_two
    )


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


def _off(ends: Sequence[int]) -> float:
    """Return by how many percent a share of these ends may be off: one figure is a rounded one."""
    return _HALF if len(ends) == 1 else 0.0


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

"""One count, share or time into the text that an audience may read.

These speak of a number that stands alone. Where numbers stand in a table that adds up, one hidden
number can be worked out from the others: such tables go through `planner.disclosure.protect`.
"""

from __future__ import annotations

import math

from planner.domain.readers import DEFAULT_THRESHOLD, need_threshold
from planner.errors import Fault, InputError

NOT_SHOWN = "–"
"""Stands where a figure is withheld; never an empty cell, which would read as 0."""

_NO_BREAK_SPACE = "\u00a0"
_MINUS = "\u2212"
_ROUND_MINUTES = 5


def show_persons(count: int, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return a count of persons as text: "0", "< 5" or "1 234" with a no-break space.

    Raises
    ------
    InputError
        If `count` is below 0 or `threshold` below `THRESHOLD_FLOOR`.
    """
    _need_counts(count)
    return small_mark(threshold) if is_small(count, threshold=threshold) else _grouped(count)


def cell_persons(count: int, *, threshold: int = DEFAULT_THRESHOLD) -> int | str:
    """Return a count of persons for a spreadsheet: a real number, or "< 5" as text."""
    _need_counts(count)
    return small_mark(threshold) if is_small(count, threshold=threshold) else count


def show_change(before: int, after: int, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return by how many persons a count changed: "+12", "−7", "0", or "–" where that tells.

    A change is withheld where either count is small or where the change itself is 1 to one less
    than the threshold. Beside the two counts it protects nothing: then use `protect`.
    """
    _need_counts(before, after)
    change = after - before
    if any(is_small(n, threshold=threshold) for n in (before, after, abs(change))):
        return NOT_SHOWN
    sign = "+" if change > 0 else _MINUS if change < 0 else ""
    return sign + _grouped(abs(change))


def show_share(part: int, whole: int, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return `part` of `whole` persons as whole percent, or "–" where the rest would tell.

    Shown only where the whole is at least the threshold and neither the part nor the rest is a
    small count: 57 of 60 as "95 %" would give away three persons. "0 %" and "100 %" are kept for
    none and all.
    """
    _need_counts(part, whole, whole - part)
    if whole < threshold or any(is_small(n, threshold=threshold) for n in (part, whole - part)):
        return NOT_SHOWN
    return f"{whole_percent(part, whole)}{_NO_BREAK_SPACE}%"


def show_minutes(minutes: float | None, persons: int, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return minutes rounded to 5, without the unit, or "–" where fewer than `threshold` travel.

    `minutes` may be ``None``, NaN or ``inf`` where nobody travels or nothing is within reach.
    """
    need_threshold(threshold)
    _need_counts(persons)
    if minutes is None or not math.isfinite(minutes) or persons < threshold:
        return NOT_SHOWN
    return _grouped(_ROUND_MINUTES * math.floor(minutes / _ROUND_MINUTES + 0.5))


def is_small(count: int, *, threshold: int = DEFAULT_THRESHOLD) -> bool:
    """Return whether `count` persons are too few to show: 1 to `threshold` - 1."""
    need_threshold(threshold)
    return 0 < count < threshold


def small_mark(threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return what stands for a small count: "< 5"."""
    need_threshold(threshold)
    return f"< {threshold}"


def whole_percent(part: int, whole: int) -> int:
    """Return the share in whole percent; 0 and 100 only for none and all."""
    percent = math.floor(100 * part / whole + 0.5)
    if 0 < part < whole:
        return min(max(percent, 1), 99)
    return percent


def _need_counts(*counts: int) -> None:
    if any(count < 0 for count in counts):
        raise InputError(
            Fault(
                "persons {found}: a count of persons is 0 or more",
                fields={"found": ", ".join(str(count) for count in counts)},
            )
        )


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", _NO_BREAK_SPACE)

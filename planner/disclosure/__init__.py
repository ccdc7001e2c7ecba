"""The one gate that every count of persons passes before it is shown or written.

`figures` says one number; a table whose rows and columns add up goes through `protect`.
"""

from planner.disclosure.figures import (
    DEFAULT_THRESHOLD,
    NOT_SHOWN,
    THRESHOLD_FLOOR,
    Audience,
    Thresholds,
    cell_persons,
    is_small,
    show_change,
    show_minutes,
    show_persons,
    show_share,
    small_mark,
)

__all__ = [
    "DEFAULT_THRESHOLD",
    "NOT_SHOWN",
    "THRESHOLD_FLOOR",
    "Audience",
    "Thresholds",
    "cell_persons",
    "is_small",
    "show_change",
    "show_minutes",
    "show_persons",
    "show_share",
    "small_mark",
]

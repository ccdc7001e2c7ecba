"""A step of a running calculation into what may be told of it while nothing is released yet.

A calculation goes service by service, and step by step: its values and bounds would tell counts
that the tables of the finished plan withhold, and two steps would tell a difference of a few.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.facility_location import Progress

OPEN_AIMS = frozenset({"new_sites", "sites", "cost_eur", "changes"})
"""Aims that count no person and measure nobody's trip: values and bounds may be told."""
GAP_STEPS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Gaps of other aims are told as "at most" one of these; an exact one would tell small counts."""


def told_step(step: Progress) -> Progress:
    """Return a step without what could tell persons or their trips: value, bound, exact gap."""
    if step.aim in OPEN_AIMS:
        return step
    return replace(step, value=math.nan, bound=math.nan, gap=coarse_gap(step.gap))


def coarse_gap(gap: float) -> float:
    """Return the smallest of `GAP_STEPS` that is not below `gap`; ``inf`` where nothing is known.

    Examples
    --------
    >>> coarse_gap(1 / 3)
    0.5
    """
    return next((step for step in GAP_STEPS if gap <= step), math.inf)

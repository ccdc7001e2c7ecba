"""Prices into cores: the options and links that they favour, to be solved by themselves."""

from __future__ import annotations

import numpy as np

from planner.domain import Option
from planner.facility_location.highs import Floats
from planner.facility_location.multipliers import Priced
from planner.facility_location.pursuit import AT_ZERO, Pursuit, Room, only_options
from planner.facility_location.stated import Stated

_FAVOUR = 1000.0
"""What a link that is used always is worth more than one that is never."""


def favoured(stated: Stated, priced: Priced, worth: float) -> set[Option]:
    """Return the options that were chosen so often while prices were found."""
    ways = stated.columns.of_ways
    return {o for o, columns in ways.items() if priced.usual[columns].sum() >= worth}


def core_of(
    pursuit: Pursuit,
    priced: Priced,
    room: Room,
    *,
    worth: float,
    links: int,
    best: Floats | None = None,
) -> Room:
    """Return bounds that leave the options that prices favour, and the cheapest links to them.

    One option at least for every need; with those that `best` opens, and the links it uses.
    """
    stated = pursuit.stated
    opened = {} if best is None else stated.columns.ways_in(best)
    chosen = favoured(stated, priced, worth) | opened.keys()
    chosen |= {option for option in stated.columns.offered if stated.ground.stays_open(option)}
    near = [found for found in stated.columns.of_need.values() if found]
    for found in near:
        if chosen.isdisjoint(found):
            chosen.add(min(found, key=lambda option: (priced.added[found[option]], option)))
    core = only_options(stated, room, chosen)
    rank = priced.added - _FAVOUR * priced.usual
    for found in near:
        inside = np.array([column for option, column in found.items() if option in chosen])
        core.upper[inside[np.argsort(rank[inside], kind="stable")[links:]]] = 0.0
    if best is not None:
        used = best > AT_ZERO
        core.upper[used] = room.upper[used]
    return core

"""Prices into those of a tighter relaxation: promising columns first, more rows and columns after.

The solver has the columns that prices favour, and goes on from where it was: with the rows that its
split sites break (`cut_sets.py`), and with the columns that its prices make worth having. Whatever
columns it has, its prices give a bound of the whole (`multipliers.py`).

References
----------
Columns as they are wanted: Dantzig, G. B. and Wolfe, P. (1960), Decomposition principle for linear
programs, Operations Research 8; as a sifting of given columns, Bixby, R. E. et al. (1992), Very
large-scale linear programming, Operations Research 40.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from planner.facility_location.cores import core_of
from planner.facility_location.cut_sets import CutSets
from planner.facility_location.highs import Ending, Floats
from planner.facility_location.multipliers import Priced, Pricing
from planner.facility_location.options import Options
from planner.facility_location.pursuit import AT_ZERO, Pursuit, Room
from planner.facility_location.relaxation import Relaxation

_WORTH, _LINKS = 0.01, 15
"""How often an option must have been chosen to be in the first part, and links of each need."""
_ROUNDS = 40
_SHARE = 0.3
"""Of the time left, for all rounds."""
_LOOK_BACK, _LEAST_GAIN, _NEAR = 4, 1e-3, 1e-3
"""Ends where so many rounds gained less than that, and the bound is as near the relaxation."""


def tighten(pursuit: Pursuit, options: Options, room: Room, priced: Priced, best: Floats) -> Priced:
    """Return what is known with better prices; the rows that were found stay stated."""
    stated = pursuit.stated
    cut_sets = CutSets.of(stated)
    if cut_sets is None:
        return priced
    value = stated.value_of(pursuit.aim, best)
    costs, constant = stated.costs_of(pursuit.aim)
    part = core_of(pursuit, priced, room, worth=_WORTH, links=_LINKS)
    used = best > AT_ZERO
    part.upper[used] = stated.handed.upper[used]
    relaxation = Relaxation(stated.tightened, costs, part, replace(pursuit.effort, gap=0.0))
    deadline = time.monotonic() + _SHARE * pursuit.left
    reached: list[float] = []
    for _ in range(_ROUNDS):
        found = relaxation.minimise(deadline - time.monotonic())
        if found.ending is not Ending.DONE or found.values is None or found.prices is None:
            break
        pricing = Pricing(stated, options, pursuit.aim, room.lower, room.upper, tightened=True)
        now, wanted = pricing.priced_at(found.prices, found.values)
        if now.bound > priced.bound:
            priced = replace(now, usual=np.maximum(priced.usual, found.values))
        if pursuit.near(value, priced.bound):
            break
        reached.append(found.value)
        enlarged = relaxation.free(stated.tightened, wanted, room.upper)
        rows = None if _is_slow(reached) else cut_sets.broken_by(found.values)
        if rows is not None:
            relaxation.hold_all(rows)
            stated.imply(rows)
        elif not enlarged or now.bound > found.value + constant - _NEAR * abs(found.value):
            break
    return priced


def _is_slow(reached: list[float]) -> bool:
    return len(reached) > _LOOK_BACK and reached[-1] - reached[-1 - _LOOK_BACK] < (
        _LEAST_GAIN * abs(reached[-1])
    )

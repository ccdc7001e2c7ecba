"""A plan that was made for one aim into a near and better one for the next, in a moment.

Few sites cost too much in the sizes that first served everybody, and cheap ones stand anywhere.
"""

from __future__ import annotations

from dataclasses import replace

from planner.facility_location.highs import Floats
from planner.facility_location.pursuit import (
    DECIDED_BY_SITES,
    Pursuit,
    Room,
    only_options,
    solve_within,
    weighing,
)
from planner.facility_location.relocation import improve_by_relocation

BESIDE = {"cost_eur": "person_minutes"}
"""What shows the way to an aim between two of its steps."""
DECIDED_BY_PERSONS = ("person_minutes",)
"""Aims for which what is open counts nothing by itself, only who goes there."""
_SHARE_TO_RESIZE = 0.1
_SHARE_BESIDE = 0.01
"""How much of the sum the aim beside makes."""


def fitted(pursuit: Pursuit, best: Floats) -> Floats:
    """Return `best`, or a better solution of whole persons.

    What is open may close or have another size: a tenth of all ways, soon looked through. Then new
    sites go to the middle of those whom they serve, for minutes or at the same costs.
    """
    stated, aim = pursuit.stated, pursuit.aim
    if aim in DECIDED_BY_PERSONS:
        return improve_by_relocation(pursuit, best)
    if aim in DECIDED_BY_SITES:
        every = Room(stated.handed.lower, stated.handed.upper)
        opened = only_options(stated, every, stated.columns.ways_in(best))
        best, _ = solve_within(pursuit, best, opened, seconds=_SHARE_TO_RESIZE * pursuit.left)
    if (beside := _beside(pursuit)) is None:
        return best
    held = stated.holding(aim, stated.value_of(aim, best))
    return improve_by_relocation(replace(pursuit, stated=held, aim=beside), best)


def smoothed(pursuit: Pursuit, best: Floats) -> Pursuit:
    """Return a pursuit of costs, no more than now, and of a little for minutes; others as they are.

    Costs come in large steps. Between two of them shorter ways lead on: where a site is among those
    whom it serves, others near it can do with less. The pursuit tells nobody its sums.
    """
    stated, aim = pursuit.stated, pursuit.aim
    if (beside := _beside(pursuit)) is None:
        return pursuit
    value = stated.value_of(aim, best)
    weight = _SHARE_BESIDE * value / max(1.0, stated.value_of(beside, best))
    return weighing(pursuit, stated.holding(aim, value), {aim: 1.0, beside: weight})


def _beside(pursuit: Pursuit) -> str | None:
    found = BESIDE.get(pursuit.aim)
    return found if found is not None and pursuit.stated.knows(found) else None

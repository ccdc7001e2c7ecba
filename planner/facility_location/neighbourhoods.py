"""A plan for several services into a better one: a few services at a time, the others as they are.

What a common budget or limit leaves over is for the services that are free; one service alone is
a small programme, and two can trade with each other.

References
----------
Pisinger, D. and Ropke, S. (2019), Large neighborhood search, in Handbook of Metaheuristics.
"""

from __future__ import annotations

from itertools import combinations

from planner.facility_location.highs import Floats
from planner.facility_location.pursuit import Pursuit, Room, solve_within

_SHARE_OF_TIME = 0.7
_SHARE_OF_A_TRY = 0.25


def improve_by_services(pursuit: Pursuit, best: Floats, room: Room, bound: float) -> Floats:
    """Return `best`, or a better one: single services first, then pairs, while that helps."""
    stated, aim = pursuit.stated, pursuit.aim
    services = stated.ground.services
    stop = pursuit.left * (1 - _SHARE_OF_TIME)
    tries = [*combinations(services, 1), *combinations(services, 2)]
    unchanged = 0
    position = 0
    while unchanged < len(tries) and pursuit.left > stop:
        value = stated.value_of(aim, best)
        if pursuit.near(value, bound):
            break
        free = stated.columns.of_services(tries[position % len(tries)])
        lower, upper = best.copy(), best.copy()
        lower[free], upper[free] = room.lower[free], room.upper[free]
        seconds = _SHARE_OF_A_TRY * (pursuit.left - stop)
        best, _ = solve_within(pursuit, best, Room(lower, upper), seconds=seconds)
        unchanged = 0 if stated.value_of(aim, best) < value else unchanged + 1
        position += 1
    return best

"""A plan whose furthest trip is as short as can be into one that is kind to the next worst too.

Minutes of persons are compared from the longest down: first the longest trip, then how many make
it, then the next longest, and so on. Each step holds what the earlier ones reached.

References
----------
Lexicographic minimax: Ogryczak, W. (1997), On the lexicographic minimax approach to location
problems, European Journal of Operational Research 100(3).
"""

from __future__ import annotations

from planner.facility_location.highs import Floats
from planner.facility_location.narrowing import minimise_aim
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.stated import Stated

WORST_SERVED_FIRST = "worst_served_first"


def serve_the_worst_first(stated: Stated, best: Floats, pursuit: Pursuit) -> Floats:
    """Return the best solution found, level after level, while there is time; adds holds.

    A later aim must not lengthen a short trip to a length that nobody makes now: whoever is sent
    more than one level is held at those who are sent the next longer one.
    """
    levels = sorted(set(stated.ground.links.values()))
    level = float("inf")
    while pursuit.left:
        shorter = [t for t in stated.columns.minutes_in(best) if t < level]
        reached = max(shorter, default=-1.0)
        between = next((t for t in levels if reached < t < level), None)
        if between is not None:
            _hold(stated, between, best)
        if not shorter:
            break
        level = reached
        name = stated.add_aim_of_persons(level)
        at_level = Pursuit(stated, name, pursuit.effort, pursuit.deadline, pursuit.on_progress)
        best, _ = minimise_aim(at_level, best)
        stated.hold(name, stated.value_of(name, best))
    return best


def _hold(stated: Stated, minutes: float, best: Floats) -> None:
    name = stated.add_aim_of_persons(minutes)
    stated.hold(name, stated.value_of(name, best))

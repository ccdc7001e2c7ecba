"""A stated aim into its best value by way of ever smaller programmes.

The relaxation (split openings) gives a bound and a price for every opening and every link. Where
a plan is not good enough yet, the openings that look best are solved by themselves. Then whatever
by its price alone would make a plan worse than the best one is left out, and the rest is solved.

References
----------
Fixing by reduced costs: Balas, E. and Zemel, E. (1980), An algorithm for large zero-one knapsack
problems, Operations Research 28(5). Solving a promising core first: kernel search, Angelelli, E.,
Mansini, R. and Speranza, M. G. (2010), Computers & Operations Research 37(11).
"""

from __future__ import annotations

import math
from dataclasses import replace

from planner.facility_location.highs import Ending, Floats, Outcome
from planner.facility_location.neighbourhoods import improve_by_services
from planner.facility_location.promising import minimise_by_prices
from planner.facility_location.pursuit import (
    AT_ZERO,
    Pursuit,
    Room,
    close_the_empty,
    only_options,
    room_for_better,
    solve_within,
    worth_finding,
)
from planner.facility_location.stated import ABOUT_THE_WORST, Stated
from planner.facility_location.windows import MANY_WAYS, improve_by_windows

_SMALL = 12
_CORE_AT_LEAST = 6
_CORE_SHARE = 0.7
_CORE_SHARE_OF_TIME = 0.3
_RELAXED_SHARE_OF_TIME = 0.5
_WINDOWS_SHARE_OF_TIME = 0.5


def minimise_aim(pursuit: Pursuit, best: Floats) -> tuple[Floats, float]:
    """Return the best solution of whole persons found, and a bound (-inf where none is known)."""
    if is_large(pursuit.stated) and pursuit.aim not in ABOUT_THE_WORST:
        return minimise_by_prices(pursuit, best)
    return _minimise_by_relaxing(pursuit, best)


def is_large(stated: Stated) -> bool:
    """Return whether a programme is one service at so many places that relaxing it is slow."""
    return len(stated.ground.services) == 1 and len(stated.columns.ways) >= MANY_WAYS


def _minimise_by_relaxing(pursuit: Pursuit, best: Floats) -> tuple[Floats, float]:
    stated, aim = pursuit.stated, pursuit.aim
    value = stated.value_of(aim, best)
    room, ceiling = room_for_better(pursuit, value)
    several = len(stated.ground.services) > 1
    seconds = pursuit.left * (_RELAXED_SHARE_OF_TIME if several else 1.0)
    effort = replace(pursuit.effort, seconds=seconds, relaxed=True, gap=0.0)
    relaxed = stated.minimise(aim, effort, lower=room.lower, upper=room.upper)
    if relaxed.ending is Ending.INFEASIBLE:
        return best, ceiling if math.isfinite(ceiling) else -math.inf
    bound = min(ceiling, relaxed.bound) if relaxed.ending is Ending.DONE else -math.inf
    if pursuit.near(value, bound) or not pursuit.left:
        return best, bound
    if several:
        best = improve_by_services(pursuit, best, room, bound)
        if len(stated.columns.ways) >= MANY_WAYS:
            seconds = _WINDOWS_SHARE_OF_TIME * pursuit.left
            best = improve_by_windows(
                pursuit,
                best,
                room,
                seconds=seconds,
                enough=lambda found: pursuit.near(stated.value_of(aim, found), bound),
            )
        if pursuit.near(stated.value_of(aim, best), bound):
            return best, bound
    if relaxed.reduced_costs is None or len(stated.columns.ways) <= _SMALL:
        best, outcome = solve_within(pursuit, best, room, seconds=pursuit.left, by_districts=True)
        return best, max(bound, min(ceiling, outcome.bound))
    pursuit.on_progress(value, bound)
    best = _best_of_core(pursuit, best, relaxed, room)
    if pursuit.near(stated.value_of(aim, best), bound):
        return best, bound
    best, rest = _rest(pursuit, best, relaxed)
    return best, max(bound, rest)


def look_quickly(pursuit: Pursuit, best: Floats) -> tuple[Floats, float]:
    """Return a good solution and the bound of the relaxation: its promising openings alone."""
    stated, aim = pursuit.stated, pursuit.aim
    room, ceiling = room_for_better(pursuit, stated.value_of(aim, best))
    effort = replace(pursuit.effort, seconds=pursuit.left, relaxed=True, gap=0.0)
    relaxed = stated.minimise(aim, effort, lower=room.lower, upper=room.upper)
    if relaxed.ending is Ending.INFEASIBLE and math.isfinite(ceiling):
        return best, ceiling
    if relaxed.ending is not Ending.DONE:
        return best, -math.inf
    bound = min(ceiling, relaxed.bound)
    if not pursuit.near(stated.value_of(aim, best), bound) and pursuit.left:
        best = _best_of_core(pursuit, best, relaxed, room)
    return best, bound


def _best_of_core(pursuit: Pursuit, best: Floats, relaxed: Outcome, room: Room) -> Floats:
    """Return the best solution with the options that the relaxation prices lowest."""
    stated = pursuit.stated
    core = _core(stated, best, relaxed)
    if len(core) > _CORE_SHARE * len(stated.columns.offered):
        return best
    seconds = _CORE_SHARE_OF_TIME * pursuit.left
    promising = only_options(stated, room, core)
    best, _ = solve_within(pursuit, best, promising, seconds=seconds, by_districts=True)
    return best


def _core(stated: Stated, best: Floats, relaxed: Outcome) -> set[tuple[str, str]]:
    values, prices = relaxed.values, relaxed.reduced_costs
    if values is None or prices is None:
        return set(stated.columns.offered)
    used, rest = set(), []
    for option, columns in stated.columns.of_ways.items():
        if (values[columns] > AT_ZERO).any() or (best[columns] > AT_ZERO).any():
            used.add(option)
        else:
            rest.append((float(prices[columns].min()), option))
    rest.sort()
    return used | {option for _, option in rest[: max(_CORE_AT_LEAST, len(used) // 2)]}


def _rest(pursuit: Pursuit, best: Floats, relaxed: Outcome) -> tuple[Floats, float]:
    """Return the best solution and a bound, from all that could still be better by its price."""
    stated, aim = pursuit.stated, pursuit.aim
    value = stated.value_of(aim, best)
    threshold = worth_finding(pursuit, value)
    room, _ = room_for_better(pursuit, value)
    if relaxed.values is not None and relaxed.reduced_costs is not None:
        values, prices = relaxed.values, relaxed.reduced_costs
        spare = threshold - relaxed.bound + 1e-6 * max(1.0, abs(relaxed.bound))
        whole = stated.handed.whole | stated.columns.persons
        closed = whole & (values <= room.lower + AT_ZERO) & (prices > spare)
        opened = stated.handed.whole & (values >= 1 - AT_ZERO) & (-prices > spare)
        room.upper[closed] = room.lower[closed]
        room.lower[opened & (room.upper >= 1)] = 1.0
        close_the_empty(stated, room)
    best, outcome = solve_within(pursuit, best, room, seconds=pursuit.left, by_districts=True)
    return best, min(threshold, outcome.bound)

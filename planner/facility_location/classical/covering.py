"""Minutes and a limit into the sites that cover everyone, or that cover most."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import Fault, InfeasibleError
from planner.facility_location.classical.answers import (
    NOWHERE,
    LocationAnswer,
    Stopwatch,
    answer_least,
    answer_most,
)
from planner.facility_location.classical.checks import Door
from planner.facility_location.classical.cover_reduction import alike
from planner.facility_location.classical.covers import cheapest_cover
from planner.facility_location.classical.exact import find_best
from planner.facility_location.classical.uncapacitated import Uncapacitated
from planner.facility_location.classical.weighted import nearest_open

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NAMED_ROWS = 10


def set_covering(
    minutes: ArrayLike,
    limit: float,
    costs: ArrayLike | None = None,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    on_look: Callable[[], None] | None = None,
) -> LocationAnswer:
    """Return the fewest (or cheapest) sites that have everyone within the limit (LSCP).

    ``min sum_j costs_j y_j`` subject to ``sum_{j: minutes_ij <= limit} y_j >= 1`` for every i,
    y binary.

    Parameters
    ----------
    minutes : array of shape (points, sites)
        Travel time in minutes, 0 or more; inf where there is no way.
    limit : float
        In minutes; a site exactly at the limit covers.
    costs : array of shape (sites,), optional
        Of opening, 0 or more; 1 each unless given.
    seconds, gap, seed, on_look
        As for `p_median`.

    Returns
    -------
    LocationAnswer
        `assignment` has the nearest open site of every row; `value` is the cost of the open sites.

    Raises
    ------
    InputError
        For arrays of the wrong shape or with impossible entries.
    InfeasibleError
        Where a row has no site within the limit; names the rows.

    References
    ----------
    Toregas, Swain, ReVelle & Bergman (1971), Operations Research 19.
    """
    watch = Stopwatch(seconds, on_look)
    door = Door()
    given = door.matrix("minutes", minutes)
    within = door.number("limit", limit)
    sites = given.shape[1]
    prices = np.ones(sites) if costs is None else door.vector("costs", costs, sites)
    door.limits(seconds, gap)
    door.close()
    links = given <= within
    alone = np.flatnonzero(~links.any(axis=1))
    if alone.size:
        raise InfeasibleError(
            Fault(
                "demand rows {rows} have no site within {limit:g} minutes",
                fields={"rows": str(alone[:_NAMED_ROWS].tolist()), "limit": within},
            )
        )
    if not len(given):
        nobody = np.empty(0, dtype=np.int64)
        return answer_least(nobody, nobody, value=0.0, bound=0.0, watch=watch)
    cover = cheapest_cover(links, prices, watch=watch, gap=gap, seed=seed)
    assignment = nearest_open(given, cover.opened)
    return answer_least(cover.opened, assignment, value=cover.value, bound=cover.bound, watch=watch)


def maximal_covering(
    minutes: ArrayLike,
    persons: ArrayLike,
    p: int,
    limit: float,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    on_look: Callable[[], None] | None = None,
) -> LocationAnswer:
    """Return the p sites that have most persons within the limit (MCLP).

    ``max sum_i persons_i z_i`` subject to ``z_i <= sum_{j: minutes_ij <= limit} y_j``,
    ``sum_j y_j = p``, ``0 <= z <= 1``, y binary. Solved as a p-median of the persons not covered,
    points that the same sites cover made one.

    Parameters
    ----------
    minutes : array of shape (points, sites)
        Travel time in minutes, 0 or more; inf where there is no way.
    persons : array of shape (points,)
        Persons, 0 or more.
    p : int
        Sites to open, 1 to the number of sites.
    limit : float
        In minutes; a site exactly at the limit covers.
    seconds, gap, seed, on_look
        As for `p_median`.

    Returns
    -------
    LocationAnswer
        `assignment` has the nearest open site of every covered row and `NOWHERE` for the others;
        `value` is the number of persons covered and `bound` an upper one.

    Raises
    ------
    InputError
        For arrays of the wrong shape or with impossible entries.

    References
    ----------
    Church & ReVelle (1974), Papers of the Regional Science Association 32.
    Cordeau, Furini & Ljubić (2019), EJOR 275.
    """
    watch = Stopwatch(seconds, on_look)
    door = Door()
    given = door.matrix("minutes", minutes)
    weights = door.vector("persons", persons, given.shape[0])
    count = door.count("p", p, given.shape[1])
    within = door.number("limit", limit)
    door.limits(seconds, gap)
    door.close()
    links = given <= within
    asking = (weights > 0) & links.any(axis=1)
    coverable = math.fsum(weights[asking])
    if asking.any():
        first, groups = alike(links[asking])
        distinct = links[asking][first]
        grouped = np.bincount(groups, weights=weights[asking]).astype(np.float64)
        problem = Uncapacitated.of(
            np.where(distinct, 0.0, 1.0),
            grouped,
            np.zeros(given.shape[1]),
            count=count,
            row_length=int(distinct.sum(axis=1).max()) + 1,
        )
        # the gap asked for is one of persons covered, not of persons left out
        surely_covered = float((grouped @ distinct).max())
        allowed = gap * max(1.0, surely_covered)
        missed = find_best(problem, watch=watch, allowed=allowed, seed=seed)
        opened, least_missed = missed.opened, missed.bound
    else:
        opened, least_missed = np.arange(count, dtype=np.int64), 0.0
    assignment = nearest_open(np.where(links, given, np.inf), opened)
    covered = links[:, opened].any(axis=1)
    value = math.fsum(weights[covered])
    bound = max(value, coverable - least_missed)
    assignment = np.where(covered, assignment, NOWHERE)
    return answer_most(opened, assignment, value=value, bound=bound, watch=watch)

"""Minutes and persons into p sites with the least person-minutes (p-median)."""

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
    answer_stopped,
)
from planner.facility_location.classical.checks import Door
from planner.facility_location.classical.covers import fewest_sites, require_links
from planner.facility_location.classical.exact import find_best
from planner.facility_location.classical.uncapacitated import Uncapacitated
from planner.facility_location.classical.weighted import nearest_open, without_gaps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def p_median(
    minutes: ArrayLike,
    persons: ArrayLike,
    p: int,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    on_look: Callable[[], None] | None = None,
) -> LocationAnswer:
    """Return the p sites with the least person-minutes, each person at the nearest open site.

    ``min sum_ij persons_i minutes_ij x_ij`` subject to ``sum_j x_ij = 1``, ``x_ij <= y_j``,
    ``sum_j y_j = p``, y binary.

    Parameters
    ----------
    minutes : array of shape (points, sites)
        Travel time in minutes, or any cost per person, 0 or more; inf where there is no way.
    persons : array of shape (points,)
        Persons, 0 or more; a row of 0 persons asks for nothing.
    p : int
        Sites to open, 1 to the number of sites.
    seconds : float, optional
        Time limit in seconds.
    gap : float
        Relative gap at which to stop.
    seed : int
        Of the search; the same seed gives the same answer where the time limit does not end it.
    on_look : callable, optional
        Called again and again while solving; when it raises (`CancelledError`), the work ends and
        the error goes on.

    Returns
    -------
    LocationAnswer
        `assignment` has the nearest open site of every row, `NOWHERE` for one of 0 persons that
        has no way to any; `value` and `bound` in person-minutes.

    Raises
    ------
    InputError
        For arrays of the wrong shape or with impossible entries.
    InfeasibleError
        Where more than p sites are needed to reach everyone.

    References
    ----------
    Hakimi (1964), Operations Research 12; ReVelle & Swain (1970), Geographical Analysis 2.
    Duran-Mateluna, Alès & Elloumi (2023), EJOR 311.
    """
    watch = Stopwatch(seconds, on_look)
    door = Door()
    given = door.matrix("minutes", minutes)
    weights = door.vector("persons", persons, given.shape[0])
    count = door.count("p", p, given.shape[1])
    door.limits(seconds, gap)
    door.close()
    asking = np.flatnonzero(weights > 0)
    reached_by = _sites_that_reach_all(given[asking], count, watch)
    if not asking.size:
        opened = np.arange(count, dtype=np.int64)
        assignment = nearest_open(given, opened)
        return answer_least(opened, assignment, value=0.0, bound=0.0, watch=watch)
    no_cost = np.zeros(given.shape[1])
    costs = without_gaps(given[asking], weights[asking], no_cost)
    problem = Uncapacitated.of(
        costs, weights[asking], no_cost, count=count, row_length=max(60, 12 * len(no_cost) // count)
    )
    found = find_best(problem, watch=watch, gap=gap, seed=seed, start=reached_by)
    assignment = nearest_open(given, found.opened)
    served = assignment != NOWHERE
    if not served[asking].all():  # the time ended before p sites were found that reach everyone
        nowhere = np.full(len(given), NOWHERE, dtype=np.int64)
        return answer_stopped(nowhere, bound=found.bound, watch=watch)
    rows = np.flatnonzero(served)
    value = math.fsum(weights[rows] * given[rows, assignment[rows]])
    return answer_least(
        found.opened, assignment, value=value, bound=min(found.bound, value), watch=watch
    )


def _sites_that_reach_all(minutes: Floats, count: int, watch: Stopwatch) -> Ints | None:
    """Return `count` sites with a way from every row; ``None`` where any sites do."""
    links = np.isfinite(minutes)
    if links.all():
        return None
    require_links(links)
    cover = fewest_sites(links, enough=count, watch=watch)
    if cover.bound > count:
        raise InfeasibleError(
            Fault(
                "no {count} sites reach every demand row: at least {needed} are needed",
                fields={"count": count, "needed": cover.bound},
            )
        )
    if cover.value > count:
        return None
    others = np.setdiff1d(np.arange(minutes.shape[1], dtype=np.int64), cover.opened)
    return np.append(cover.opened, others[: count - len(cover.opened)])

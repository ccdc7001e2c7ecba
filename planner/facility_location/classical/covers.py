"""Who can be reached from where into the fewest, or the cheapest, sites that reach everyone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import Fault, InfeasibleError
from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.cover_reduction import reduced
from planner.facility_location.classical.cover_rest import CoverRest, greedy_cover, unit_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_NAMED_ROWS = 10


@dataclass(frozen=True, eq=False)
class Cover:
    """Sites that reach everyone (none where nothing was found), their cost, and a lower bound."""

    opened: Ints
    value: float
    bound: float


def fewest_sites(
    links: Bools, *, enough: int, watch: Stopwatch, seed: int = 0, relaxed: bool = False
) -> Cover:
    """Return a cover by few sites; content with `enough` sites, or a bound above `enough`.

    `relaxed` looks at the prices of the linear programme alone.

    Parameters
    ----------
    links : bool array of shape (points, sites), every row with a link
    """
    return cheapest_cover(
        links,
        np.ones(links.shape[1]),
        watch=watch,
        seed=seed,
        enough=float(enough),
        relaxed=relaxed,
    )


def cheapest_cover(
    links: Bools,
    costs: Floats,
    *,
    watch: Stopwatch,
    gap: float = 0.0,
    seed: int = 0,
    enough: float | None = None,
    relaxed: bool = False,
) -> Cover:
    """Return the cheapest sites that reach every row, and a lower bound of their cost.

    Parameters
    ----------
    links : bool array of shape (points, sites), every row with a link
    costs : float64 array of shape (sites,), 0 or more
    enough : float, optional
        End as soon as a cover costs no more, or the bound is above it.
    """
    watch.look()
    greedy = greedy_cover(links, costs)
    value = math.fsum(costs[greedy])
    if enough is not None and value <= enough:
        return Cover(greedy, value, 0.0)
    kept, forced, live = reduced(links, costs)
    paid = math.fsum(costs[forced])
    if not kept.size:
        return Cover(forced, paid, paid)
    rest = CoverRest(links[np.ix_(kept, live)], costs[live], paid, unit_of(costs), enough, gap)
    rest.close(watch, seed, relaxed=relaxed)
    opened = np.sort(np.append(forced, live[rest.cover]))
    found = math.fsum(costs[opened])
    if found > value:
        opened, found = greedy, value
    return Cover(opened, found, min(found, rest.bound))


def require_links(links: Bools) -> None:
    """Raise `InfeasibleError` that names the rows which no site reaches, if there are any."""
    alone = np.flatnonzero(~links.any(axis=1))
    if alone.size:
        raise InfeasibleError(
            Fault(
                "demand rows {rows} have no way to any site",
                fields={"rows": str(alone[:_NAMED_ROWS].tolist())},
            )
        )

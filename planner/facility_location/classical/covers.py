"""Who can be reached from where into the fewest, or the cheapest, sites that reach everyone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from planner.errors import Fault, InfeasibleError
from planner.facility_location.classical.answers import EXACTNESS, Stopwatch
from planner.facility_location.program import Effort, Handed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_HALF = 0.5
_DOMINANCE_ENTRIES = 25_000_000
"""Above so many pairs of rows or columns, dominance is not looked for."""
_ROUNDS = 4
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
    greedy = greedy_cover(links, costs)
    value = math.fsum(costs[greedy])
    unit = _unit(costs)
    if enough is not None and value <= enough:
        return Cover(greedy, value, 0.0)
    kept, forced, live = _reduced(links, costs)
    paid = math.fsum(costs[forced])
    if not kept.size:
        return Cover(forced, paid, paid)
    rest = links[np.ix_(kept, live)]
    handed = Handed.of(_stated(rest, costs[live]))
    prices = handed.minimise(
        costs[live], Effort(seconds=watch.left, seed=seed, relaxed=True)
    ).prices
    bound = paid + _rounded_up(_priced(rest, costs[live], prices), unit)
    best = Cover(greedy, value, min(bound, value))
    if relaxed or bound >= value or watch.is_over or (enough is not None and bound > enough):
        return best
    start = np.isin(live, greedy).astype(float)
    ended = _Ended(paid, enough)
    effort = Effort(seconds=watch.left, gap=gap, gap_abs=max(1e-9, unit - 1e-6 * unit), seed=seed)
    try:
        outcome = handed.minimise(
            costs[live],
            effort,
            start=start if _covers(rest, start > _HALF) else None,
            on_progress=None if enough is None else ended.note,
        )
    except _EnoughKnown:
        return Cover(greedy, value, max(best.bound, paid + _rounded_up(ended.bound, unit)))
    if outcome.values is not None and _covers(rest, outcome.values > _HALF):
        opened = np.sort(np.append(forced, live[outcome.values > _HALF]))
        found = math.fsum(costs[opened])
        if found < value:
            best = Cover(opened, found, bound)
    proven = max(bound, paid + _rounded_up(outcome.bound, unit))
    return Cover(best.opened, best.value, min(best.value, proven))


def greedy_cover(links: Bools, costs: Floats) -> Ints:
    """Return a cover by most newly reached rows per cost, without sites that became needless."""
    open_rows = np.ones(len(links), dtype=bool)
    reach = links.sum(axis=0).astype(float)
    price = np.maximum(costs, 1e-12)
    chosen: list[int] = []
    while open_rows.any():
        site = int(np.argmax(reach / price))
        newly = open_rows & links[:, site]
        chosen.append(site)
        reach -= links[newly].sum(axis=0)
        open_rows &= ~newly
    times = links[:, chosen].sum(axis=1)
    for site in sorted(chosen, key=lambda j: -costs[j]):
        without = times - links[:, site]
        if (without > 0).all():
            times = without
            chosen.remove(site)
    return np.sort(np.array(chosen, dtype=np.int64))


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


class _EnoughKnown(Exception):  # noqa: N818 - it ends a search, it is no error
    """The bound is above what was asked for."""


class _Ended:
    """Listens until the bound is above `enough`."""

    def __init__(self, paid: float, enough: float | None) -> None:
        self._paid = paid
        self._enough = math.inf if enough is None else enough
        self.bound = -math.inf

    def note(self, _value: float, bound: float) -> None:
        """End the search once the bound says no."""
        if math.isfinite(bound) and math.ceil(self._paid + bound - 1e-6) > self._enough:
            self.bound = bound
            raise _EnoughKnown


def _covers(links: Bools, chosen: Bools) -> bool:
    return bool(links[:, chosen].any(axis=1).all())


def _unit(costs: Floats) -> float:
    """Return the greatest whole number that divides every cost, 0 where they are not whole."""
    if not np.array_equal(costs, np.rint(costs)) or costs.max(initial=0.0) > 2**53:
        return 0.0
    return float(np.gcd.reduce(costs.astype(np.int64)))


def _rounded_up(bound: float, unit: float) -> float:
    if not math.isfinite(bound) or unit == 0.0:
        return bound
    return math.ceil(bound / unit - 1e-6) * unit


def _reduced(links: Bools, costs: Floats) -> tuple[Ints, Ints, Ints]:
    """Return rows that matter, sites that must open and sites that may (Toregas & ReVelle)."""
    rows = np.unique(links, axis=0, return_index=True)[1]
    live = np.arange(links.shape[1])
    forced: list[int] = []
    for _ in range(_ROUNDS):
        before = len(rows), len(live)
        single = links[np.ix_(rows, live)].sum(axis=1) == 1
        if single.any():
            must = np.unique(live[links[np.ix_(rows[single], live)].argmax(axis=1)])
            forced.extend(must.tolist())
            rows = rows[~links[np.ix_(rows, must)].any(axis=1)]
            live = np.setdiff1d(live, must)
        if not rows.size:
            break
        live = live[~_dominated(links[np.ix_(rows, live)].T, costs[live])]
        inner = links[np.ix_(rows, live)]
        rows = rows[~_dominated(~inner, np.zeros(len(rows)))]
        if (len(rows), len(live)) == before:
            break
    return rows, np.array(sorted(forced), dtype=np.int64), live


def _dominated(sets: Bools, costs: Floats) -> Bools:
    """Return which rows of `sets` lie within another that costs no more (one of equals stays)."""
    count = len(sets)
    if count * count > _DOMINANCE_ENTRIES:
        return np.zeros(count, dtype=bool)
    members = sets.astype(np.float32)
    shared = members @ members.T
    size = members.sum(axis=1)
    within = shared == size[:, None]
    cheaper = costs[None, :] <= costs[:, None]
    better = within & cheaper
    np.fill_diagonal(better, val=False)
    equal = better & better.T
    earlier = np.tri(count, k=-1, dtype=bool)
    lost: Bools = (better & (~equal | earlier)).any(axis=1)
    return lost


def _stated(links: Bools, costs: Floats) -> pulp.LpProblem:
    """Minimise costs·y subject to ``sum_{j reaches i} y_j >= 1`` for every row i."""
    program = pulp.LpProblem("cover", pulp.LpMinimize)
    # zero-padded names keep PuLP's order of variables the order of the sites
    opening = [
        program.add_variable(f"y_{k:07d}", 0, 1, cat=pulp.LpInteger) for k in range(len(costs))
    ]
    program += pulp.LpAffineExpression(list(zip(opening, costs.tolist(), strict=True)))
    for i, row in enumerate(links):
        near = pulp.LpAffineExpression([(opening[k], 1) for k in np.flatnonzero(row)])
        program += near >= 1, f"reach_{i}"
    return program


def _priced(links: Bools, costs: Floats, prices: Floats | None) -> float:
    """Return the bound that prices of the rows prove, computed from the links themselves."""
    if prices is None:
        return 0.0
    fair = np.maximum(np.abs(prices[: len(links)]), 0.0)
    load = fair @ links
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(load > costs, costs / load, 1.0).min(initial=1.0)
    return float(fair.sum() * scale) * (1.0 - EXACTNESS)

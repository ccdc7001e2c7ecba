"""Costs of serving and of opening into the sites that cost least in all (fixed-charge location)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import FaultList, InfeasibleError
from planner.facility_location.classical.answers import LocationAnswer, Stopwatch, answer_least
from planner.facility_location.classical.capacitated import find_best_split
from planner.facility_location.classical.checks import Door
from planner.facility_location.classical.exact import find_best
from planner.facility_location.classical.lagrangian import ANY_NUMBER
from planner.facility_location.classical.transport import Capacitated
from planner.facility_location.classical.uncapacitated import Uncapacitated
from planner.facility_location.classical.weighted import nearest_open, without_gaps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def fixed_charge(
    costs: ArrayLike,
    demand: ArrayLike,
    fixed: ArrayLike,
    capacity: ArrayLike | None = None,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    on_look: Callable[[], None] | None = None,
) -> LocationAnswer:
    """Return the sites with the least cost of opening and of serving in all.

    ``min sum_ij costs_ij x_ij + sum_j fixed_j y_j`` subject to ``sum_j x_ij = 1``,
    ``0 <= x_ij <= y_j`` and, with capacities, ``sum_i demand_i x_ij <= capacity_j y_j``; y binary,
    x the share of row i that site j serves.

    Parameters
    ----------
    costs : array of shape (points, sites)
        Cost of serving the **whole** demand of a row from a site, 0 or more; inf where it cannot
        be. Where costs are per unit of demand, give ``demand[:, None] * costs_per_unit``.
    demand : array of shape (points,)
        0 or more; without capacities it changes nothing.
    fixed : array of shape (sites,)
        Cost of opening, 0 or more.
    capacity : array of shape (sites,), optional
        What a site can serve, in units of demand; none unless given.
    seconds, gap, seed, on_look
        As for `p_median`.

    Returns
    -------
    LocationAnswer
        `assignment` has the cheapest open site of every row; with capacities demand may be split,
        and it has the share of each row that each site serves, of shape (points, sites).

    Raises
    ------
    InputError
        For arrays of the wrong shape or with impossible entries.
    InfeasibleError
        Where a row can be served from nowhere, or the demand is more than the capacities can hold.

    References
    ----------
    Balinski (1965), Management Science 12; Erlenkotter (1978), Operations Research 26;
    Cornuéjols, Sridharan & Thizy (1991), EJOR 50; Fischetti, Ljubić & Sinnl (2016, 2017).
    """
    watch = Stopwatch(seconds, on_look)
    door = Door()
    given = door.matrix("costs", costs)
    wanted = door.vector("demand", demand, given.shape[0])
    opening = door.vector("fixed", fixed, given.shape[1])
    room = None if capacity is None else door.vector("capacity", capacity, given.shape[1])
    door.limits(seconds, gap)
    door.close()
    _require_service(given, wanted, room)
    if not len(given):
        nobody = np.empty(0, dtype=np.int64)
        return answer_least(nobody, nobody, value=0.0, bound=0.0, watch=watch)
    if room is not None:
        problem = Capacitated(given, wanted, opening, room)
        return find_best_split(problem, watch=watch, gap=gap, seed=seed)
    weights = np.ones(len(given))
    problem_without = Uncapacitated.of(
        without_gaps(given, weights, opening),
        weights,
        opening,
        count=ANY_NUMBER,
        row_length=given.shape[1],
    )
    found = find_best(problem_without, watch=watch, gap=gap, seed=seed)
    assignment = nearest_open(given, found.opened)
    value = math.fsum(given[np.arange(len(given)), assignment]) + math.fsum(opening[found.opened])
    return answer_least(
        found.opened, assignment, value=value, bound=min(found.bound, value), watch=watch
    )


def _require_service(costs: Floats, demand: Floats, capacity: Floats | None) -> None:
    faults = FaultList()
    nowhere = np.flatnonzero(np.isinf(costs).all(axis=1))
    if nowhere.size:
        faults.add(
            "demand rows {rows} can be served from nowhere",
            fields={"rows": str(nowhere[:10].tolist())},
        )
    if capacity is not None and demand.sum() > capacity.sum() * (1 + 1e-12):
        faults.add(
            "the demand is {demand:g}, all capacities together {capacity:g}",
            fields={"demand": float(demand.sum()), "capacity": float(capacity.sum())},
        )
    faults.raise_if_any(InfeasibleError)

"""Minutes with gaps in them into finite costs of a choice of sites, and a choice into an answer.

A pair without a way gets a cost so high that a choice which needs it costs more than any that
does not; whether such a choice exists is asked beforehand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.facility_location.classical.answers import NOWHERE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def without_gaps(costs: Floats, weights: Floats, fixed: Floats) -> Floats:
    """Return `costs` with every inf replaced by a price that no served choice reaches.

    Parameters
    ----------
    costs : float64 array of shape (points, sites); each row has a finite entry
    weights : float64 array of shape (points,), above 0
    fixed : float64 array of shape (sites,)
    """
    gaps = np.isinf(costs)
    if not gaps.any():
        return costs
    dearest = np.where(gaps, 0.0, costs).max(axis=1)
    whole_cost = float(weights @ dearest + fixed.sum())
    price = np.maximum(np.ceil((whole_cost + 1.0) / weights), dearest + 1.0)
    return np.where(gaps, price[:, None], costs)


def nearest_open(costs: Floats, opened: Ints) -> Ints:
    """Return the nearest of `opened` for each row, the first on a tie; `NOWHERE` without a way."""
    near = opened[np.argmin(costs[:, opened], axis=1)]
    out_of_reach = np.isinf(costs[np.arange(len(costs)), near])
    return np.where(out_of_reach, NOWHERE, near).astype(np.int64)

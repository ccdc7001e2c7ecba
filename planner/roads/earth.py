"""Degrees into metres on a round earth, with osmnx's radius so that lengths agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RADIUS_M = 6_371_009.0
M_PER_DEGREE = 111_194.9266
"""Along a meridian, or along the equator."""


def great_circle_m(
    lat1: NDArray[np.float64],
    lon1: NDArray[np.float64],
    lat2: NDArray[np.float64],
    lon2: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return metres along great circles between places in degrees (EPSG:4326).

    References
    ----------
    R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984).
    """
    y1, y2 = np.radians(lat1), np.radians(lat2)
    half_y, half_x = (y2 - y1) / 2, np.radians(lon2 - lon1) / 2
    h = np.sin(half_y) ** 2 + np.cos(y1) * np.cos(y2) * np.sin(half_x) ** 2
    metres: NDArray[np.float64] = 2 * RADIUS_M * np.arcsin(np.sqrt(np.clip(h, 0, 1)))
    return metres

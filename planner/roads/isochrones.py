"""A site on a road network into bands: the land from which it is reached within so many minutes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry import mapping

from planner.errors import Fault, InputError
from planner.roads.earth import M_PER_DEGREE
from planner.roads.elimination import FAR
from planner.roads.network import RoadNetwork
from planner.roads.search import distances_from
from planner.roads.snapping import (
    DEFAULT_SNAP_LIMIT_M,
    Joined,
    Place,
    degrees_of,
    join,
)

_NANOSECONDS_PER_MINUTE = 60_000_000_000
_SAMPLE_M = 400.0
_MOST_CELLS = 400
_NEAREST = 4


@dataclass(frozen=True)
class Band:
    """Land from which a site is reached within `minutes`, the nearer bands included.

    `outline` is a MultiPolygon in EPSG:4326 (empty where nobody lives that near).
    """

    minutes: float
    outline: shapely.MultiPolygon


def travel_bands(
    network: RoadNetwork,
    site: Place,
    minutes: Sequence[float],
    *,
    from_site: bool = False,
    snap_limit_m: float = DEFAULT_SNAP_LIMIT_M,
) -> tuple[Band, ...]:
    """Return the land from which `site` is reached within each of `minutes`, nearest first.

    Parameters
    ----------
    network : RoadNetwork
    site : Site or DemandPoint
        Degrees, EPSG:4326.
    minutes : sequence of float
        Limits, each more than 0.
    from_site : bool
        Trips from the site instead.
    snap_limit_m : float
        Land further from every road is in no band.

    Raises
    ------
    InputError
        If a limit is not more than 0.

    Notes
    -----
    Off the road the gap is driven as between a place and the road. The outline is drawn on a grid
    of at most 400 cells along its longer side, so it is a picture; figures come from
    `travel_times`.
    """
    limits = sorted({float(limit) for limit in minutes})
    if not limits or not limits[0] > 0:
        raise InputError(Fault("give minutes above 0 for the bands"))
    lat, lon = degrees_of((site,))
    joined = join(network, lat, lon, limit_m=snap_limit_m)
    cutoff = int(limits[-1] * _NANOSECONDS_PER_MINUTE)
    took = distances_from(
        joined.graph, int(joined.nodes[0]), cutoff=cutoff, backwards=not from_site
    )
    places, at = _samples(joined, took)
    if not len(places):
        return tuple(Band(limit, shapely.MultiPolygon()) for limit in limits)
    pace = network.profile.access_detour / network.profile.access_kmh * 60 / 1000
    reach_m = min(snap_limit_m, limits[-1] / pace)
    shrink = float(np.cos(np.radians(lat[0])))
    plane = places * (shrink, 1.0) * M_PER_DEGREE
    x, y = _axes(plane, reach_m)
    grid = _minutes_on_grid(plane, at, x, y, pace, reach_m)
    x_degrees, y_degrees = x / shrink / M_PER_DEGREE, y / M_PER_DEGREE
    drawn = contourpy.contour_generator(
        x_degrees, y_degrees, grid, fill_type=contourpy.FillType.OuterOffset
    )
    return tuple(Band(limit, _outline(drawn.filled(-1.0, limit))) for limit in limits)


def bands_geojson(bands: Sequence[Band]) -> str:
    """Return bands as GeoJSON text, EPSG:4326, the widest first so that nearer ones lie on top."""
    features = [
        {
            "type": "Feature",
            "properties": {"minutes": band.minutes},
            "geometry": mapping(shapely.set_precision(band.outline, 1e-5)),
        }
        for band in sorted(bands, key=lambda band: -band.minutes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _samples(
    joined: Joined, took: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return spots (lon, lat) along roads within reach, every 400 m, and their minutes."""
    graph = joined.graph
    arcs = np.flatnonzero((took[graph.tail] < FAR) & (took[graph.head] < FAR) & (joined.edge >= 0))
    tail, head = graph.tail[arcs], graph.head[arcs]
    dy = (joined.lat[head] - joined.lat[tail]) * M_PER_DEGREE
    shrink = np.cos(np.radians(joined.lat[tail]))
    dx = (joined.lon[head] - joined.lon[tail]) * M_PER_DEGREE * shrink
    parts = np.ceil(np.hypot(dx, dy) / _SAMPLE_M).astype(np.int64).clip(1)
    which = np.repeat(np.arange(len(arcs)), parts)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
    share = turn / parts[which]
    a, b = tail[which], head[which]
    lon = joined.lon[a] + share * (joined.lon[b] - joined.lon[a])
    lat = joined.lat[a] + share * (joined.lat[b] - joined.lat[a])
    minutes = (took[a] + share * (took[b] - took[a])) / _NANOSECONDS_PER_MINUTE
    return np.column_stack((lon, lat)), minutes


def _axes(
    plane: NDArray[np.float64], reach_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = plane.min(axis=0) - 1.1 * reach_m, plane.max(axis=0) + 1.1 * reach_m
    cell = max(float((high - low).max()) / _MOST_CELLS, _SAMPLE_M / 8)
    return np.arange(low[0], high[0] + cell, cell), np.arange(low[1], high[1] + cell, cell)


def _minutes_on_grid(
    plane: NDArray[np.float64],
    at: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    pace: float,
    reach_m: float,
) -> NDArray[np.float64]:
    """Return minutes at each grid point, the gap to the best of the nearest road spots included."""
    spots = np.column_stack([axis.ravel() for axis in np.meshgrid(x, y)])
    gap, nearest = cKDTree(plane).query(spots, k=_NEAREST, distance_upper_bound=reach_m)
    known = np.append(at, np.inf)[nearest]
    # Beyond reach counts as very far, not as infinite: contours interpolate between grid points.
    minutes = np.where(np.isinf(gap), 1e6, known + np.where(np.isinf(gap), 0.0, gap) * pace)
    grid: NDArray[np.float64] = minutes.min(axis=1).reshape(len(y), len(x))
    return np.minimum(grid, 1e6)


def _outline(filled: Any) -> shapely.MultiPolygon:
    """Return contourpy's pairs of points and ring offsets as polygons."""
    polygons = []
    for points, offsets in zip(*filled, strict=True):
        rings = [points[a:b] for a, b in pairwise(offsets.tolist())]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    whole = shapely.make_valid(shapely.union_all(polygons))
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)

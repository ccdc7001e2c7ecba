"""Demand points, sites and a road network into exact travel times."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.domain import DemandPoint, Site, TravelTimes
from planner.errors import Fault, InputError
from planner.roads.elimination import FAR
from planner.roads.network import RoadNetwork
from planner.roads.search import distances
from planner.roads.snapping import DEFAULT_SNAP_LIMIT_M, degrees_of, join

NANOSECONDS_PER_MINUTE = 60_000_000_000
_LOG = logging.getLogger(__name__)


def travel_times(
    network: RoadNetwork,
    points: Sequence[DemandPoint],
    sites: Sequence[Site],
    *,
    cutoff_minutes: float,
    snap_limit_m: float = DEFAULT_SNAP_LIMIT_M,
    from_sites: bool = False,
    contracted: bool = True,
    threads: int | None = None,
) -> TravelTimes:
    """Return shortest travel times from demand points to sites, minutes.

    Parameters
    ----------
    network : RoadNetwork
    points, sites : sequences of DemandPoint and Site
        Degrees in EPSG:4326. Those with the same coordinates are 0 minutes apart.
    cutoff_minutes : float
        Longer trips are ``inf``.
    snap_limit_m : float
        A place further from every road cannot be reached.
    from_sites : bool
        Times of the trip from the site to the point instead (one-way streets differ).
    contracted : bool
        Search a smaller graph with the same distances; the result is the same to the last digit.
    threads : int, optional
        All cores by default; the result does not depend on it.

    Returns
    -------
    TravelTimes
        Not rounded; ``inf`` where there is no way within the cut-off.

    Raises
    ------
    InputError
        If coordinates are no degrees or the cut-off is no number above 0.
    """
    if not cutoff_minutes > 0:
        raise InputError(
            Fault(
                "the longest trip is {found} minutes; give a number above 0",
                fields={"found": float(cutoff_minutes)},
            )
        )
    lat_lon = [
        np.concatenate(pair) for pair in zip(degrees_of(points), degrees_of(sites), strict=True)
    ]
    joined = join(network, lat_lon[0], lat_lon[1], limit_m=snap_limit_m)
    from_nodes, to_nodes = joined.nodes[: len(points)], joined.nodes[len(points) :]
    cutoff = int(min(cutoff_minutes * NANOSECONDS_PER_MINUTE, FAR / 2))
    starts, ends = (to_nodes, from_nodes) if from_sites else (from_nodes, to_nodes)
    found = distances(
        joined.graph, starts, ends, cutoff=cutoff, contracted=contracted, threads=threads
    )
    minutes = _minutes(found.T if from_sites else found)
    _LOG.info(
        "travel times: %d × %d, %d nodes, %d within %g minutes",
        len(points),
        len(sites),
        joined.graph.nodes,
        int(np.isfinite(minutes).sum()),
        cutoff_minutes,
    )
    return TravelTimes(
        point_ids=tuple(point.id for point in points),
        site_ids=tuple(site.id for site in sites),
        minutes=minutes,
        snap_m_points=joined.snaps.gap_m[: len(points)],
        snap_m_sites=joined.snaps.gap_m[len(points) :],
        cutoff_minutes=cutoff_minutes,
        mode=network.profile.id,
        source=network.source,
        assumptions=network.assumptions,
    )


def _minutes(nanoseconds: NDArray[np.int64]) -> NDArray[np.float64]:
    minutes: NDArray[np.float64] = np.where(
        nanoseconds >= FAR, np.inf, nanoseconds / NANOSECONDS_PER_MINUTE
    )
    return np.ascontiguousarray(minutes)

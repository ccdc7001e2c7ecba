"""Places on a road network into the list of those that the roads serve badly, by name.

A place far from every road, on an island, or in a one-way trap is told with metres and persons; it
never gets a big number for minutes instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from planner.roads.components import mutual_parts
from planner.roads.elimination import FAR
from planner.roads.network import RoadNetwork
from planner.roads.search import distances_from
from planner.roads.snapping import DEFAULT_SNAP_LIMIT_M, Place, degrees_of, join


class Trouble(StrEnum):
    """What is wrong between a place and the roads."""

    NO_ROAD = "no road within the limit"
    FAR = "far from the road"
    ISLAND = "on an island of roads"
    NO_WAY_BACK = "can be reached but not left"
    NO_WAY_IN = "can be left but not reached"


@dataclass(frozen=True)
class SnapTrouble:
    """One place that the roads serve badly.

    Attributes
    ----------
    id, name : str
    trouble : Trouble
    gap_m : float
        Straight metres to the road, ``inf`` where there is none within the limit.
    persons : int
        Persons who come from there.
    cut_off : bool
        Whether they cannot use the main part of the network in both directions.
    """

    id: str
    name: str
    trouble: Trouble
    gap_m: float
    persons: int
    cut_off: bool


@dataclass(frozen=True)
class SnapReport:
    """All places that the roads serve badly, the worst first.

    Attributes
    ----------
    troubles : tuple of SnapTrouble
    places : int
        How many were looked at.
    persons_cut_off : int
        Persons at places that are cut off.
    """

    troubles: tuple[SnapTrouble, ...]
    places: int
    persons_cut_off: int


def snap_report(
    network: RoadNetwork,
    places: Sequence[Place],
    *,
    persons: Mapping[str, int] | None = None,
    far_m: float = 1000.0,
    limit_m: float = DEFAULT_SNAP_LIMIT_M,
) -> SnapReport:
    """Return which places are far from a road, on an island or in a one-way trap.

    Parameters
    ----------
    network : RoadNetwork
    places : sequence of DemandPoint or Site
        Degrees, EPSG:4326.
    persons : mapping of place id to int, optional
        Persons who come from there; 0 where absent.
    far_m : float
        Gaps longer than this are told.
    limit_m : float
        Roads further away are not joined at all.

    Notes
    -----
    The main part of the network is the largest one in which every way leads both there and back.
    Islands are told against the largest island.
    """
    lat, lon = degrees_of(places)
    joined = join(network, lat, lon, limit_m=limit_m)
    graph, nodes, gaps_m = joined.graph, joined.nodes.tolist(), joined.snaps.gap_m.tolist()
    island, part = mutual_parts(graph)
    anywhere = int(np.argmax(part == 0))
    out_of = distances_from(graph, anywhere, cutoff=FAR - 1, backwards=False)
    into = distances_from(graph, anywhere, cutoff=FAR - 1, backwards=True)
    troubles = []
    for place, node, gap_m in zip(places, nodes, gaps_m, strict=True):
        reached, left = out_of[node] < FAR, into[node] < FAR
        trouble = _trouble(
            gap_m,
            far_m,
            on_island=island[node] != island[anywhere],
            reached=bool(reached),
            left=bool(left),
        )
        if trouble:
            count = (persons or {}).get(place.id, 0)
            cut_off = trouble is not Trouble.FAR
            troubles.append(SnapTrouble(place.id, place.name, trouble, gap_m, count, cut_off))
    troubles.sort(key=lambda t: (not t.cut_off, -t.persons, -t.gap_m, t.id))
    return SnapReport(tuple(troubles), len(places), sum(t.persons for t in troubles if t.cut_off))


def _trouble(
    gap_m: float, far_m: float, *, on_island: bool, reached: bool, left: bool
) -> Trouble | None:
    if np.isinf(gap_m):
        return Trouble.NO_ROAD
    if on_island or not (reached or left):
        return Trouble.ISLAND
    if not left:
        return Trouble.NO_WAY_BACK
    if not reached:
        return Trouble.NO_WAY_IN
    return Trouble.FAR if gap_m > far_m else None

"""Drivable OpenStreetMap ways with their nodes into a road network."""

from __future__ import annotations

import itertools
import logging
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.domain import Source
from planner.errors import Fault, InputError
from planner.roads.earth import M_PER_DEGREE, great_circle_m
from planner.roads.network import RoadNetwork, checked
from planner.roads.osm_tags import USEFUL_TAGS, Way, read_way
from planner.roads.speeds import SpeedProfile

Bounds: TypeAlias = tuple[float, float, float, float]
Region: TypeAlias = shapely.Geometry | Bounds
"""A polygon, or (west, south, east, north), in degrees of EPSG:4326."""
LICENCE = "ODbL 1.0 (© OpenStreetMap contributors)"
NEAR_HOMES_M = 100.0
_NOTES = (
    (
        "Roads and directions as in the drive network of osmnx: no service roads, tracks or "
        "private ways; barriers, turn restrictions and ferries are not looked at."
    ),
    "Inside a settlement: so tagged, residential, or within 100 m of a residential street.",
    "Where no surface is told, the road counts as paved.",
)
_LOG = logging.getLogger(__name__)


class RoadCollector:
    """Gathers edges one way at a time, in flat arrays that stay small."""

    def __init__(self, profile: SpeedProfile) -> None:
        self._profile = profile
        self._ways: dict[tuple[str, ...], tuple[Way, int]] = {}
        self._tail, self._head = array("q"), array("q")
        self._kind, self._forward = array("l"), array("b")
        self._length_m = array("d")

    def add(
        self,
        tags: Mapping[str, str],
        nodes: Sequence[int],
        *,
        turned: bool | None = None,
        length_m: float = float("nan"),
    ) -> None:
        """Add a way by its tags and the ids of its nodes in order.

        Parameters
        ----------
        tags, nodes : mapping and sequence
        turned : bool, optional
            Given for an edge whose direction has been settled: whether it runs against the way.
        length_m : float
            Of each edge, where it is known.
        """
        way, kind = self._way(tags)
        along = way.forward if turned is None else not turned
        against = way.backward if turned is None else turned
        for a, b in itertools.pairwise(nodes):
            if a == b:
                continue
            if along:
                self._append(a, b, kind, length_m, forward=True)
            if against:
                start, end = (b, a) if turned is None else (a, b)
                self._append(start, end, kind, length_m, forward=False)

    def network(
        self,
        node_id: NDArray[np.int64],
        lat: NDArray[np.float64],
        lon: NDArray[np.float64],
        *,
        source: Source,
        region: shapely.Geometry | None = None,
        file: str = "",
    ) -> RoadNetwork:
        """Return the network of all ways added; `node_id` is sorted, EPSG:4326.

        With a `region`, nodes in it and their neighbours stay, as in osmnx's ``truncate_by_edge``.

        Raises
        ------
        InputError
            If no road is left.
        """
        tail, head, kind, forward, length_m = (
            np.frombuffer(column, dtype=column.typecode).copy() if len(column) else np.empty(0, "q")
            for column in (self._tail, self._head, self._kind, self._forward, self._length_m)
        )
        if not len(tail):
            raise InputError(Fault("no road that can be driven is in here", file=file))
        tail, head = np.searchsorted(node_id, tail), np.searchsorted(node_id, head)
        if region is not None:
            inside = shapely.contains_xy(region, lon, lat)
            near = inside.copy()
            near[head[inside[tail]]] = True
            near[tail[inside[head]]] = True
            kept = near[tail] & near[head]
            tail, head, kind = tail[kept], head[kept], kind[kept]
            forward, length_m = forward[kept], length_m[kept]
        used, ends = np.unique(np.concatenate((tail, head)), return_inverse=True)
        tail, head = ends[: len(tail)], ends[len(tail) :]
        lat, lon = lat[used], lon[used]
        metres = great_circle_m(lat[tail], lon[tail], lat[head], lon[head])
        length_m = np.where(np.isnan(length_m), metres, length_m)
        return self._assembled(lat, lon, tail, head, length_m, kind, forward > 0, source, file)

    def _way(self, tags: Mapping[str, str]) -> tuple[Way, int]:
        key = tuple(tags.get(name, "") for name in USEFUL_TAGS)
        found = self._ways.get(key)
        if found is None:
            found = read_way(tags, self._profile), len(self._ways)
            self._ways[key] = found
        return found

    def _append(self, a: int, b: int, kind: int, length_m: float, *, forward: bool) -> None:
        self._tail.append(a)
        self._head.append(b)
        self._kind.append(kind)
        self._forward.append(forward)
        self._length_m.append(length_m)

    def _assembled(
        self,
        lat: NDArray[np.float64],
        lon: NDArray[np.float64],
        tail: NDArray[np.int64],
        head: NDArray[np.int64],
        length_m: NDArray[np.float64],
        kind: NDArray[np.int64],
        forward: NDArray[np.bool_],
        source: Source,
        file: str,
    ) -> RoadNetwork:
        ways = [way for way, _ in self._ways.values()]
        class_names, class_of = _coded([way.road_class for way in ways])
        surface_names, surface_of = _coded([way.surface for way in ways])
        limits = np.array([(way.backward_kmh, way.forward_kmh) for way in ways], dtype=np.float32)
        told = np.array([-1 if way.built_up is None else int(way.built_up) for way in ways])
        home = told[kind] == 1
        network = RoadNetwork(
            node_lat=lat,
            node_lon=lon,
            tail=tail.astype(np.int32),
            head=head.astype(np.int32),
            length_m=length_m,
            road_class=class_of[kind],
            surface=surface_of[kind],
            maxspeed_kmh=limits[kind, forward.astype(np.int64)],
            built_up=home | ((told[kind] < 0) & _near_homes(lat, lon, tail, head, home)),
            speed_kmh=np.ones(len(tail)),
            class_names=class_names,
            surface_names=surface_names,
            profile=self._profile,
            source=source,
            notes=_NOTES,
        ).with_profile(self._profile)
        _LOG.info("roads: %d nodes, %d edges", network.nodes, network.edges)
        return checked(network, file=file)


def region_with_margin(region: Region | None, margin_km: float) -> shapely.Geometry | None:
    """Return the polygon in EPSG:4326 grown by `margin_km`, or ``None`` for everything.

    Raises
    ------
    InputError
        If it is no polygon on earth.
    """
    if region is None:
        return None
    bounds = region if isinstance(region, tuple) else None
    shape = shapely.box(*bounds) if bounds else shapely.make_valid(region)
    west, south, east, north = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    on_earth = -180 <= west < east <= 180 and -90 <= south < north <= 90  # noqa: PLR2004 - degrees
    if shape.area <= 0 or not on_earth:
        raise InputError(
            Fault("the region is no area in degrees; give west, south, east, north (EPSG:4326)")
        )
    if margin_km <= 0:
        return shape
    shrink = float(np.cos(np.radians((south + north) / 2)))
    square = shapely.transform(shape, lambda xy: xy * (shrink, 1.0))
    grown = shapely.buffer(square, margin_km * 1000 / M_PER_DEGREE, quad_segs=4)
    return shapely.transform(grown, lambda xy: xy / (shrink, 1.0))


def _near_homes(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    home: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which edges have their middle near a node of a residential street."""
    if not home.any():
        return np.zeros(len(tail), dtype=np.bool_)
    shrink = np.cos(np.radians(lat.mean()))
    plane = np.column_stack((lon * shrink, lat)) * M_PER_DEGREE
    homes = np.unique(np.concatenate((tail[home], head[home])))
    middles = (plane[tail] + plane[head]) / 2
    gap, _ = cKDTree(plane[homes]).query(middles, distance_upper_bound=NEAR_HOMES_M)
    near: NDArray[np.bool_] = np.isfinite(gap)
    return near


def _coded(words: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """Return the 255 most frequent words in order of the alphabet, and each word's place there."""
    counted: dict[str, int] = {}
    for word in words:
        counted[word] = counted.get(word, 0) + 1
    frequent = sorted(counted, key=lambda word: (-counted[word], word))[:254]
    names = tuple(sorted({*frequent, ""}))
    place = {name: number for number, name in enumerate(names)}
    return names, np.array([place.get(word, place[""]) for word in words], dtype=np.uint8)


def tags_of(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Return the useful tags of an osmnx edge as plain text."""
    found: dict[str, str] = {}
    for key in USEFUL_TAGS:
        value = attributes.get(key)
        if isinstance(value, list | tuple):
            value = value[0] if value else None
        if isinstance(value, str):
            found[key] = value
    return found

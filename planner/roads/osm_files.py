"""An OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2) into roads, read as a stream."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from planner.domain import Source
from planner.errors import Fault, InputError
from planner.roads.network import RoadNetwork
from planner.roads.osm_network import LICENCE, Region, RoadCollector, region_with_margin
from planner.roads.osm_tags import USEFUL_TAGS, may_be_driven
from planner.roads.speeds import SpeedProfile, read_profile

ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
_TELL_EVERY = 20_000
_ACCESS_TAGS = ("area", "access", "motor_vehicle", "motorcar", "service")


def import_osm(
    path: Path,
    region: Region | None = None,
    *,
    margin_km: float = 20.0,
    profile: SpeedProfile | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> RoadNetwork:
    """Return the drivable roads of an OpenStreetMap extract.

    Parameters
    ----------
    path : Path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    region : polygon or (west, south, east, north), optional
        EPSG:4326; roads with an end in it stay. Everything by default.
    margin_km : float
        How far beyond the region roads stay, since a trip may leave it.
    profile : SpeedProfile, optional
        The car's by default.
    on_progress : callable, optional
        Told in sentences how far it is.

    Raises
    ------
    InputError
        If the file is missing, truncated, no OpenStreetMap file or without a road.
    """
    if not path.name.lower().endswith(ENDINGS):
        raise InputError(
            Fault(
                "this is no OpenStreetMap extract; give one of {known}",
                file=path.name,
                fields={"known": ", ".join(ENDINGS)},
            )
        )
    if not path.is_file():
        raise InputError(Fault("there is no such file", file=path.name))
    clip = region_with_margin(region, margin_km)
    say = on_progress or (lambda _text: None)
    say(f"Reading {path.name}, {path.stat().st_size / 1e6:.1f} MB")
    roads = RoadCollector(profile or read_profile())
    nodes = _Nodes()
    try:
        missing, newest = _read_ways(path, roads, nodes, say)
        source = _source(path, newest)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise InputError(
            Fault(
                "the file is truncated or no OpenStreetMap extract ({why}); download it again",
                file=path.name,
                fields={"why": str(error)},
            )
        ) from error
    if missing:
        say(f"{missing} nodes of roads are not in the file; the roads end there")
    node_id, lat, lon = nodes.sorted()
    network = roads.network(node_id, lat, lon, source=source, region=clip, file=path.name)
    say(f"{network.nodes} nodes, {network.edges} directed edges")
    return network


class _Nodes:
    """Ids and coordinates of the nodes that roads use, repeats included until sorted."""

    def __init__(self) -> None:
        self._id, self._lat, self._lon = array("q"), array("d"), array("d")

    def add(self, node_id: int, lat: float, lon: float) -> None:
        self._id.append(node_id)
        self._lat.append(lat)
        self._lon.append(lon)

    def sorted(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        ids = np.array(self._id, dtype=np.int64)
        known, first = np.unique(ids, return_index=True)
        return known, np.array(self._lat)[first], np.array(self._lon)[first]


def _read_ways(
    path: Path, roads: RoadCollector, nodes: _Nodes, say: Callable[[str], None]
) -> tuple[int, str]:
    """Add every road; return how many of their nodes are not in the file, and the newest date."""
    missing = read = 0
    newest = ""
    ways: Any = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    for way in ways:
        tags = {key: way.tags[key] for key in (*USEFUL_TAGS, *_ACCESS_TAGS) if key in way.tags}
        if not may_be_driven(tags):
            continue
        stretch: list[int] = []
        for node in way.nodes:
            if node.location.valid():
                nodes.add(node.ref, node.location.lat, node.location.lon)
                stretch.append(node.ref)
            else:
                missing += 1
                roads.add(tags, stretch)
                stretch = []
        roads.add(tags, stretch)
        newest = max(newest, way.timestamp.date().isoformat())
        read += 1
        if read % _TELL_EVERY == 0:
            say(f"{read} roads so far")
    return missing, newest


def _source(path: Path, newest: str) -> Source:
    """Return the source with the extract's own date, or that of its newest road."""
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        told = reader.header().get("osmosis_replication_timestamp", "")
    return Source(
        name=f"OpenStreetMap, {path.name}",
        licence=LICENCE,
        date=told[:10] or newest,
        note="" if told else "date of the newest road",
    )

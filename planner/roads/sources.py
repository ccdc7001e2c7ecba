"""Every source of roads in one place: a server, an extract, a line layer; each a RoadNetwork."""

from __future__ import annotations

from planner.roads.line_layers import LineColumns, import_lines
from planner.roads.network import load_network
from planner.roads.osm_files import import_osm
from planner.roads.overpass import (
    FetchSize,
    FetchTerms,
    fetch_network,
    fetch_size,
    place_region,
)

__all__ = [
    "FetchSize",
    "FetchTerms",
    "LineColumns",
    "fetch_network",
    "fetch_size",
    "import_lines",
    "import_osm",
    "load_network",
    "place_region",
]

"""Geographic files into valid shapes in EPSG:4326, with every doubt about them told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape as to_shape
from shapely.geometry.base import BaseGeometry

from planner.errors import FaultList


def read_shapes(
    path: Path, faults: FaultList
) -> tuple[tuple[Mapping[str, Any], BaseGeometry], ...]:
    """Return properties and geometry of every feature of a GeoJSON file of the project's own data.

    Coordinates are degrees in EPSG:4326, as GeoJSON demands (RFC 7946). A file that is missing or
    no GeoJSON is a fault.
    """
    try:
        collection = json.loads(path.read_text(encoding="utf-8"))
        return tuple(
            (feature.get("properties") or {}, to_shape(feature["geometry"]))
            for feature in collection["features"]
        )
    except FileNotFoundError:
        faults.add("the file is not there; check the path", file=path.name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError):
        faults.add("is no GeoJSON with features and their geometry", file=path.name)
    return ()

"""A GeoPackage, GeoJSON or Shapefile of lines into a table in EPSG:4326.

GDAL goes by content, not by name: a file named ``.geojson`` may be one that makes GDAL open other
files or servers. So the content is looked at first, and GeoJSON is read without GDAL.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj

from planner.errors import Fault, InputError

ENDINGS = (".gpkg", ".geojson", ".json", ".geojsonl", ".shp")
_SQLITE = b"SQLite format 3\x00"
_GEOPACKAGE_AT, _GEOPACKAGE = 68, (b"GPKG", b"GP10", b"GP11")
_SHAPEFILE = b"\x00\x00\x27\x0a"


def read_line_file(path: Path, *, layer: str | None, crs: str | None) -> gpd.GeoDataFrame:
    """Return the layer with its columns and geometry in EPSG:4326.

    Parameters
    ----------
    path : Path
    layer : str, optional
        Of a GeoPackage; its only one by default.
    crs : str, optional
        Overrides what the file tells, e.g. "EPSG:3059".

    Raises
    ------
    InputError
        If the file is not what its name says, cannot be read, tells no reference system, or its
        coordinates do not fit it.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise _fault(path, "this is no line layer; give one of {known}", known=", ".join(ENDINGS))
    if not path.is_file():
        raise _fault(path, "there is no such file")
    try:
        if ending in (".geojson", ".json", ".geojsonl"):
            table = _read_geojson(path, by_line=ending == ".geojsonl")
        else:
            _need_content(path, ending)
            _need_one_layer(path, layer)
            table = gpd.read_file(path, layer=layer, engine="pyogrio")
        if crs:
            table = table.set_crs(crs, allow_override=True)
    except InputError:
        raise
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyproj.exceptions.CRSError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise _fault(
            path, "the file cannot be read as a line layer ({why})", why=str(error)[:200]
        ) from error
    return _in_degrees(table, path)


def _in_degrees(table: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    if table.crs is None:
        raise _fault(path, "the layer tells no reference system; give one, e.g. EPSG:3059")
    if table.empty:
        raise _fault(path, "no line is in here")
    table = table.to_crs("EPSG:4326")
    bounds = table.total_bounds
    if not (np.isfinite(bounds).all() and (np.abs(bounds) <= [180, 90, 180, 90]).all()):
        raise _fault(
            path, "the coordinates do not fit the layer's reference system; give the right one"
        )
    return table


def _need_content(path: Path, ending: str) -> None:
    with path.open("rb") as file:
        head = file.read(100)
    geopackage = (
        head.startswith(_SQLITE) and head[_GEOPACKAGE_AT : _GEOPACKAGE_AT + 4] in _GEOPACKAGE
    )
    if not (geopackage if ending == ".gpkg" else head.startswith(_SHAPEFILE)):
        raise _fault(path, "the content is not what the name says")


def _need_one_layer(path: Path, layer: str | None) -> None:
    names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if layer is None and len(names) > 1:
        raise _fault(path, "there are several layers; name one of {known}", known=", ".join(names))
    if layer is not None and layer not in names:
        raise _fault(path, "there is no such layer; name one of {known}", known=", ".join(names))


def _read_geojson(path: Path, *, by_line: bool) -> gpd.GeoDataFrame:
    text = path.read_text(encoding="utf-8-sig")
    if by_line:
        features: list[Any] = [json.loads(line) for line in text.splitlines() if line.strip()]
        named = None
    else:
        whole = json.loads(text)
        features = whole["features"]
        named = (whole.get("crs") or {}).get("properties", {}).get("name")
    if not features:
        raise _fault(path, "no line is in here")
    return gpd.GeoDataFrame.from_features(features, crs=named or "EPSG:4326")


def _fault(path: Path, text: str, **fields: str) -> InputError:
    return InputError(Fault(text, file=path.name, fields=fields))

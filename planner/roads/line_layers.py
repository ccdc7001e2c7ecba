"""A line layer with a column of class or speed (GeoPackage, GeoJSON, Shapefile) into roads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from planner.domain import Source
from planner.errors import Fault, FaultList, InputError
from planner.roads.earth import M_PER_DEGREE, great_circle_m
from planner.roads.line_files import read_line_file
from planner.roads.network import RoadNetwork, checked
from planner.roads.speeds import SpeedProfile, read_profile

UNSIGNED = float("nan")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class LineColumns:
    """Which columns of a line layer mean what; "" where there is none.

    `class_names` and `surface_names` translate the layer's own codes.
    """

    road_class: str = ""
    speed_kmh: str = ""
    surface: str = ""
    one_way: str = ""
    class_names: Mapping[str, str] | None = None
    surface_names: Mapping[str, str] | None = None


def import_lines(
    path: Path,
    columns: LineColumns,
    *,
    source: Source,
    layer: str | None = None,
    profile: SpeedProfile | None = None,
    crs: str | None = None,
    tolerance_m: float = 0.5,
    region: shapely.Geometry | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> RoadNetwork:
    """Return the roads drawn as lines in the file at `path`.

    Lines meet where they share a vertex, to within `tolerance_m`; crossings without one are
    bridges. Every vertex becomes a node.

    Parameters
    ----------
    path : Path
        A GeoPackage, GeoJSON or Shapefile.
    columns : LineColumns
        A class or a speed column at least.
    source : Source
    layer : str, optional
        The only layer by default.
    profile : SpeedProfile, optional
        The car's by default; a speed column in km/h counts as signed limit.
    crs : str, optional
        Where the file does not tell its reference system.
    tolerance_m : float
        Vertices this close are one.
    region : polygon, optional
        EPSG:4326; where the roads should be. Nothing is cut off; roads that lie elsewhere are
        refused.
    on_progress : callable, optional
        Told each step in a sentence.

    Raises
    ------
    InputError
        If the file is no line layer, has no reference system or lacks a column, and with every row
        that has no length, class or speed.
    """
    say = on_progress or (lambda _text: None)
    say(f"Reading {path.name}")
    table = read_line_file(path, layer=layer, crs=crs)
    _need_columns(table, columns, file=path.name)
    if region is not None:
        _need_place(table, region, file=path.name)
    lines = shapely.get_parts(table.geometry.to_numpy(), return_index=True)
    say(f"{len(lines[0])} lines")
    return _network(
        table,
        lines[0],
        lines[1],
        columns,
        profile or read_profile(),
        source,
        tolerance_m,
        path.name,
    )


def _need_columns(table: gpd.GeoDataFrame, columns: LineColumns, *, file: str) -> None:
    faults = FaultList()
    if not columns.road_class and not columns.speed_kmh and not columns.surface:
        faults.add("name a column of class, surface or speed", file=file)
    for name in (columns.road_class, columns.speed_kmh, columns.surface, columns.one_way):
        if name and name not in table.columns:
            faults.add(
                "there is no such column; the layer has {known}",
                file=file,
                column=name,
                fields={"known": ", ".join(str(c) for c in table.columns if c != "geometry")},
            )
    kinds = shapely.get_type_id(table.geometry.to_numpy())
    for row in np.flatnonzero(~np.isin(kinds, (1, 5))):
        faults.add("this is no line", file=file, row=int(row) + 1)
    faults.raise_if_any()


def _need_place(table: gpd.GeoDataFrame, region: shapely.Geometry, *, file: str) -> None:
    """Raise where no line touches the region; axes are often swapped, so that is looked at."""
    lines = table.geometry.to_numpy()
    if shapely.intersects(lines, region).any():
        return
    turned = shapely.transform(lines, lambda xy: xy[:, ::-1])
    if shapely.intersects(turned, region).any():
        raise InputError(
            Fault("north and east are swapped in this layer; swap them and try again", file=file)
        )
    raise InputError(
        Fault("no road touches the region; give the layer's right reference system", file=file)
    )


def _network(
    table: gpd.GeoDataFrame,
    lines: NDArray[np.object_],
    row_of_line: NDArray[np.int64],
    columns: LineColumns,
    profile: SpeedProfile,
    source: Source,
    tolerance_m: float,
    file: str,
) -> RoadNetwork:
    xy, line = shapely.get_coordinates(lines, return_index=True)
    lat, lon, node = _merged(xy, tolerance_m)
    along = (line[1:] == line[:-1]) & (node[1:] != node[:-1])
    row = row_of_line[line[:-1][along]]
    tail, head = node[:-1][along], node[1:][along]
    forward, backward = _ways(table, columns)
    class_codes, class_names = _coded(table, columns.road_class, columns.class_names)
    surface_codes, surface_names = _coded(table, columns.surface, columns.surface_names)
    signed = _speeds(table, columns.speed_kmh, file)
    use = np.concatenate((np.flatnonzero(forward[row]), np.flatnonzero(backward[row])))
    turned = np.concatenate(
        (np.zeros(int(forward[row].sum()), bool), np.ones(int(backward[row].sum()), bool))
    )
    tail, head, row = (
        np.where(turned, head[use], tail[use]),
        np.where(turned, tail[use], head[use]),
        row[use],
    )
    network = RoadNetwork(
        node_lat=lat,
        node_lon=lon,
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        length_m=great_circle_m(lat[tail], lon[tail], lat[head], lon[head]),
        road_class=class_codes[row],
        surface=surface_codes[row],
        maxspeed_kmh=signed[row].astype(np.float32),
        built_up=np.zeros(len(row), dtype=np.bool_),
        speed_kmh=np.ones(len(row)),
        class_names=class_names,
        surface_names=surface_names,
        profile=profile,
        source=source,
        notes=("Lines meet at shared vertices; crossings without one are bridges.",),
    ).with_profile(profile)
    _LOG.info("lines read: %d lines, %d edges", len(lines), network.edges)
    return checked(network, file=file)


def _merged(
    xy: NDArray[np.float64], tolerance_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return nodes and each vertex's node; vertices in the same small square are one node."""
    north = tolerance_m / M_PER_DEGREE
    east = north / max(np.cos(np.radians(float(xy[:, 1].mean()))), 0.01) if len(xy) else north
    squares = np.rint(xy / (east, north)).astype(np.int64)
    _, first, node = np.unique(squares, axis=0, return_index=True, return_inverse=True)
    return xy[first, 1].copy(), xy[first, 0].copy(), node.ravel().astype(np.int64)


def _ways(
    table: gpd.GeoDataFrame, columns: LineColumns
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each row whether it may be driven as drawn, and against that."""
    both = np.ones(len(table), dtype=np.bool_)
    if not columns.one_way:
        return both, both
    said = table[columns.one_way].astype(str).str.strip().str.lower().to_numpy()
    backward = np.isin(said, ["-1", "t", "tf", "reverse"])
    forward = np.isin(said, ["yes", "true", "1", "1.0", "f", "ft"])
    return ~backward, ~forward


def _coded(
    table: gpd.GeoDataFrame, column: str, names: Mapping[str, str] | None
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    if not column:
        return np.zeros(len(table), dtype=np.uint8), ("",)
    said = [(names or {}).get(word, word) for word in map(_word, table[column])]
    known, codes = np.unique(np.array(said, dtype=object).astype(str), return_inverse=True)
    if len(known) > 255:  # noqa: PLR2004 - codes have one byte
        raise InputError(Fault("more than 255 different values", column=column))
    return codes.astype(np.uint8), tuple(str(word) for word in known)


def _word(value: object) -> str:
    """Return a cell as text: numbers without a useless fraction, nothing as ""."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _speeds(table: gpd.GeoDataFrame, column: str, file: str) -> NDArray[np.float64]:
    if not column:
        return np.full(len(table), UNSIGNED)
    faults, speeds = FaultList(), np.full(len(table), UNSIGNED)
    for row, word in enumerate(map(_word, table[column])):
        try:
            speeds[row] = float(word.replace(",", ".")) if word else UNSIGNED
        except ValueError:
            speeds[row] = -1.0
        if speeds[row] <= 0 or speeds[row] > 200:  # noqa: PLR2004 - km/h
            faults.add(
                "{found} is no speed; give km/h from 1 to 200",
                file=file,
                row=row + 1,
                column=column,
                fields={"found": word},
            )
    faults.raise_if_any()
    return speeds

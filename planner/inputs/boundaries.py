"""Tables and outlines of municipalities into present municipalities and a map's background."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from planner.domain import DemandPoint, Municipality
from planner.errors import FaultList
from planner.inputs.cells import required_text
from planner.inputs.geometry import read_shapes
from planner.inputs.readers import Column, Row, read_table, refuse_duplicates

COLUMNS = (
    Column("atvk", ("ATVK kods", "kods", "code")),
    Column("name_lv", ("nosaukums", "pašvaldība", "name")),
    Column("type", ("tips", "veids"), required=False),
    Column("planning_region", ("plānošanas reģions",), required=False),
    Column("valid_from", ("spēkā no",), required=False),
    Column("valid_to", ("spēkā līdz",), required=False),
)
AROUND_KM = 30.0
_KM_PER_DEGREE = 111.2


def read_municipalities(path: Path, faults: FaultList) -> tuple[Municipality, ...]:
    """Return the municipalities of a table that are valid now; faults are noted."""
    table = read_table(path, COLUMNS, faults)
    rows = refuse_duplicates(table.rows, ("atvk",), faults)
    return tuple(_municipality(row, faults) for row in rows if not row.get("valid_to"))


def with_outlines(
    municipalities: Iterable[Municipality], path: Path, faults: FaultList
) -> tuple[Municipality, ...]:
    """Return the municipalities with the outlines of a GeoJSON file, by its property ``atvk``."""
    outlines = {
        str(properties.get("atvk")): shape for properties, shape in read_shapes(path, faults)
    }
    return tuple(
        replace(m, outline_wkb=shapely.to_wkb(outlines[m.atvk])) if m.atvk in outlines else m
        for m in municipalities
    )


def background(
    folder: Path, region: str, points: Iterable[DemandPoint], faults: FaultList
) -> Mapping[str, bytes]:
    """Return layers for orientation around a region, as WKB in EPSG:4326.

    "outline" is the country and "lakes" are its large lakes, both cut to a frame of about
    `AROUND_KM` around the settlements; "region" is the planning region before 2021 of that name;
    "roads" are main roads, straight between junctions, where the data folder has them.
    """
    points = list(points)
    if not points:
        return {}
    frame = _frame(points)
    layers: dict[str, BaseGeometry] = {}
    for layer in ("outline", "lakes"):
        shapes = [shape for _, shape in read_shapes(folder / f"{layer}.geojson", faults)]
        layers[layer] = shapely.intersection(shapely.union_all(shapes), frame)
    for properties, shape in read_shapes(folder / "planning_regions_before_2021.geojson", faults):
        if properties.get("name_lv") == region:
            layers["region"] = shape
    layers["roads"] = shapely.intersection(_main_roads(folder.parent / "roads"), frame)
    return {name: shapely.to_wkb(shape) for name, shape in layers.items() if not shape.is_empty}


def _main_roads(folder: Path) -> BaseGeometry:
    """Return the main roads between junctions, for orientation only; empty without the files."""
    nodes, edges = folder / "skeleton_nodes.csv", folder / "skeleton_edges.csv"
    if not (nodes.is_file() and edges.is_file()):
        return shapely.MultiLineString()
    with nodes.open(encoding="utf-8", newline="") as text:
        at = {row["node"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(text)}
    with edges.open(encoding="utf-8", newline="") as text:
        lines = [(at[row["u"]], at[row["v"]]) for row in csv.DictReader(text)]
    return shapely.MultiLineString(lines)


def _municipality(row: Row, faults: FaultList) -> Municipality:
    return Municipality(
        atvk=required_text(row, "atvk", faults),
        name=required_text(row, "name_lv", faults),
        type=row.get("type"),
        planning_region=row.get("planning_region"),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
    )


def _frame(points: Iterable[DemandPoint]) -> BaseGeometry:
    points = list(points)
    up = AROUND_KM / _KM_PER_DEGREE
    across = up * 2  # a degree of longitude is about half as long at 57° north
    return shapely.box(
        min(p.lon for p in points) - across,
        min(p.lat for p in points) - up,
        max(p.lon for p in points) + across,
        max(p.lat for p in points) + up,
    )

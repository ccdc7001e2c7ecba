"""Geographic files into valid shapes in EPSG:4326, with every doubt about them told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape as to_shape
from shapely.geometry.base import BaseGeometry

from planner.errors import Fault, FaultList
from planner.inputs.drivers import set_drivers
from planner.inputs.layer_child import CPU_SECONDS, MOST_FEATURES
from planner.inputs.zipped_shapes import zipped_parts

SECONDS = 60.0  # on the clock, of a machine that has other things to do; see CPU_SECONDS
MOST_POSITIONS = 800_000  # of GeoJSON, which takes 25 times its size in memory
MOST_COMMAS = 5_000_000
MOST_BYTES = 100_000_000
MOST_CHANGE = 0.001
_DEGREES = (19.0, 54.5, 30.0, 59.5)  # west, south, east, north: Latvia and a margin
_LKS_92 = (200_000.0, 100_000.0, 900_000.0, 550_000.0)
_REFUSALS = {
    "unreadable": "is no GeoPackage, GeoJSON or Shapefile that can be read",
    "archive": "is no archive with one Shapefile; zip the .shp, .shx, .dbf and .prj of one layer",
    "no_layer": "has no layer with geometry",
    "features": "has more than {most} features; give boundaries only",
    "points": "has more points than boundaries need; simplify it first",
    "memory": "needs more memory than a layer can need; it is not read on",
    "time": "takes longer than {seconds} seconds to read; it is not read on",
    "drivers": "cannot be read safely with the geographic library that is installed",
}


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


@dataclass(frozen=True)
class Layer:
    """The polygons or points of a file in EPSG:4326, and what was done on the way.

    `crs` is the reference system that the file states or that was confirmed ("EPSG:3059").
    """

    features: tuple[tuple[Mapping[str, str], BaseGeometry], ...]
    crs: str
    remarks: tuple[Fault, ...]


def read_layer(path: Path, faults: FaultList, *, crs: str = "") -> Layer | None:
    """Return the features of a GeoPackage, GeoJSON or (zipped) Shapefile, or ``None`` with faults.

    Parameters
    ----------
    path : Path
        A local file. What it is, is told by its content; it is copied under a name of our own and
        read in a process with few drivers and limits, so that neither its name nor what it holds
        can make anything else be opened.
    crs : str
        The reference system as confirmed by a person ("EPSG:3059"), where the file states none or
        a wrong one.

    Raises
    ------
    Nothing: a missing or guessed reference system, coordinates that are not finite, outside Latvia
    or swapped, and repairs that change an area by more than 0.1 % are faults.
    """
    read = _in_child(path, faults)
    if read is None:
        return None
    head, features = read
    usable = _may_be_degrees(features) or not _is_degrees(head)
    stated = crs or (str(head["crs"]) if usable else "")
    shapes = [shape for _, shape in features]
    if not features or all(shape is None or shape.is_empty for shape in shapes):
        faults.add("has no geometry", file=path.name)
        return None
    denied = "" if usable or head["implied"] else str(head["crs"])
    if not _sound_coordinates(path.name, shapes, stated, faults, denied=denied):
        return None
    remarks: list[Fault] = []
    known: list[tuple[Mapping[str, str], BaseGeometry]] = []
    to_degrees = pyproj.Transformer.from_crs(stated, "EPSG:4326", always_xy=True)
    for number, (properties, shape) in enumerate(features, start=1):
        if shape is None or shape.is_empty:
            faults.add(
                "feature {number} has no geometry", file=path.name, fields={"number": number}
            )
            continue
        degrees = shapely.transform(
            shapely.force_2d(shape), to_degrees.transform, interleaved=False
        )
        mended = _mended(path.name, number, degrees, faults, remarks)
        if mended is not None:
            known.append((properties, mended))
    _refuse_outside(path.name, [shape for _, shape in known], faults)
    if pyproj.CRS.from_user_input(stated) not in (pyproj.CRS(4326), pyproj.CRS("OGC:CRS84")):
        remarks.append(
            Fault(
                "coordinates were turned from {crs} into EPSG:4326",
                file=path.name,
                fields={"crs": stated[:40]},
            )
        )
    return Layer(tuple(known), stated, tuple(remarks))


def _in_child(
    path: Path, faults: FaultList
) -> tuple[dict[str, Any], list[tuple[dict[str, str], BaseGeometry | None]]] | None:
    """Return what the child read of a copy of the file, or ``None`` with a fault."""
    with tempfile.TemporaryDirectory(prefix="layer-") as folder:
        copy = _copied(path, Path(folder), faults)
        if copy is None:
            return None
        environment = {
            "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
            "PATH": os.environ.get("PATH", ""),
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        set_drivers(environment)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "planner.inputs.layer_child", str(copy)],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            _refuse(path, "time", faults)
            return None
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        _refuse(path, _reason(lines, done.returncode), faults)
        return None
    features = [json.loads(line) for line in lines[1:]]
    return json.loads(lines[0]), [
        (f["properties"], shapely.from_wkb(f["wkb"]) if f["wkb"] else None) for f in features
    ]


def _copied(path: Path, folder: Path, faults: FaultList) -> Path | None:
    """Return a copy under a name of our own, its ending by what it holds."""
    try:
        if path.is_dir():
            faults.add("is a folder; give a file", file=path.name)
            return None
        if path.stat().st_size > MOST_BYTES:
            faults.add(
                "is larger than {most} megabytes; split the file",
                file=path.name,
                fields={"most": MOST_BYTES // 1_000_000},
            )
            return None
        content = path.read_bytes()
        place = _unpacked if content.startswith(b"PK\x03\x04") else _placed
        copy = place(path, content, folder, faults)
    except FileNotFoundError:
        faults.add("the file is not there; check the path", file=path.name)
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.add("cannot be opened ({reason})", file=path.name, fields={"reason": reason})
        return None
    return copy


def _placed(path: Path, content: bytes, folder: Path, faults: FaultList) -> Path | None:
    """Return the copy of a file with what stands beside it, if it is a Shapefile."""
    ending = _ending(content)
    if not ending:
        _refuse(path, "unreadable", faults)
        return None
    if ending == "geojson" and _is_too_long(content):
        _refuse(path, "points", faults)
        return None
    copy = folder / f"layer.{ending}"
    copy.write_bytes(content)
    for side in (".dbf", ".shx", ".prj", ".cpg") if ending == "shp" else ():
        beside = path.with_suffix(side)
        if beside.is_file() and beside.stat().st_size <= MOST_BYTES:
            copy.with_suffix(side).write_bytes(beside.read_bytes())
    return copy


def _unpacked(path: Path, content: bytes, folder: Path, faults: FaultList) -> Path | None:
    """Return the Shapefile of an archive under a name of our own."""
    parts = zipped_parts(content) or {}
    if _ending(parts.get(".shp", b"")) != "shp":
        _refuse(path, "archive", faults)
        return None
    for ending, part in parts.items():
        (folder / f"layer{ending}").write_bytes(part)
    return folder / "layer.shp"


def _is_too_long(content: bytes) -> bool:
    """Return whether a GeoJSON text has more points or numbers than boundaries need."""
    return content.count(b"[") > MOST_POSITIONS or content.count(b",") > MOST_COMMAS


def _ending(content: bytes) -> str:
    if content.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if content.startswith(b"\x00\x00\x27\x0a"):
        return "shp"
    return "geojson" if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ""


def _reason(lines: list[bytes], returncode: int) -> str:
    try:
        return str(json.loads(lines[-1])["refused"])
    except (IndexError, ValueError, TypeError, KeyError):
        return "time" if returncode == -signal.SIGXCPU else "memory"


def _refuse(path: Path, reason: str, faults: FaultList) -> None:
    limits = {"seconds": CPU_SECONDS, "most": MOST_FEATURES}
    text = _REFUSALS.get(reason, _REFUSALS["unreadable"])
    fields = {name: limit for name, limit in limits.items() if f"{{{name}}}" in text}
    faults.add(text, file=path.name, fields=fields)


def _is_degrees(head: Mapping[str, Any]) -> bool:
    """Return whether a file states degrees, or nothing."""
    return str(head["crs"]) in {"", "EPSG:4326", "OGC:CRS84"}


def _may_be_degrees(features: list[tuple[dict[str, str], BaseGeometry | None]]) -> bool:
    numbers = shapely.get_coordinates([shape for _, shape in features if shape is not None])
    return bool(np.isfinite(numbers).all() and (np.abs(numbers) <= [180.0, 90.0]).all())


def _sound_coordinates(
    file: str, shapes: list[BaseGeometry | None], crs: str, faults: FaultList, *, denied: str = ""
) -> bool:
    """Return whether coordinates are finite, in a known system and not swapped as a whole.

    `denied` is a system of degrees that the file states and its numbers deny.
    """
    numbers = shapely.get_coordinates([shape for shape in shapes if shape is not None])
    if not np.isfinite(numbers).all():
        faults.add("has coordinates that are no numbers", file=file)
        return False
    if crs:
        return _known_crs(file, numbers, crs, faults)
    if denied:
        _refuse_denied(file, numbers, denied, faults)
    else:
        _refuse_unstated(file, numbers, faults)
    return False


def _refuse_denied(file: str, numbers: NDArray[np.float64], stated: str, faults: FaultList) -> None:
    fields = {"stated": stated, "guess": "EPSG:3059"}
    if _within(numbers, _LKS_92):
        faults.add(
            "states {stated}, but its coordinates are metres, perhaps of {guess}; confirm it "
            "(in a terminal: --crs {guess}) or save the file in EPSG:4326",
            file=file,
            fields=fields,
        )
    elif _within(numbers[:, ::-1], _LKS_92):
        faults.add(
            "states {stated}, but its coordinates are metres, perhaps of {guess} with its axes "
            "swapped; save the file in EPSG:4326",
            file=file,
            fields=fields,
        )
    else:
        faults.add(
            "states {stated}, but its coordinates are no degrees; save the file in EPSG:4326",
            file=file,
            fields={"stated": stated},
        )


def _refuse_unstated(file: str, numbers: NDArray[np.float64], faults: FaultList) -> None:
    for guess, frame in (("EPSG:3059", _LKS_92), ("EPSG:4326", _DEGREES)):
        if _within(numbers, frame):
            faults.add(
                "states no reference system, but may be {guess}; confirm it (in a terminal: --crs "
                "{guess}) or save the file in EPSG:4326",
                file=file,
                fields={"guess": guess},
            )
            return
        if _within(numbers[:, ::-1], frame):
            faults.add(
                "states no reference system, but may be {guess} with its axes swapped; save the "
                "file in EPSG:4326",
                file=file,
                fields={"guess": guess},
            )
            return
    faults.add("states no reference system; save the file in EPSG:4326", file=file)


def _known_crs(file: str, numbers: NDArray[np.float64], crs: str, faults: FaultList) -> bool:
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        faults.add("{crs!r} is no reference system", file=file, fields={"crs": crs[:40]})
        return False
    if known.is_geographic and _within(numbers[:, ::-1], _DEGREES):
        faults.add("latitude and longitude are swapped; exchange them", file=file)
        return False
    return True


def _within(numbers: NDArray[np.float64], frame: tuple[float, float, float, float]) -> bool:
    west, south, east, north = frame
    x, y = numbers[:, 0], numbers[:, 1]
    return bool(((west <= x) & (x <= east) & (south <= y) & (y <= north)).all())


def _mended(
    file: str, number: int, shape: BaseGeometry, faults: FaultList, remarks: list[Fault]
) -> BaseGeometry | None:
    """Return a valid shape; a repair is a remark, one that changes much is a fault."""
    if shape.is_valid:
        return shape
    mended = shapely.make_valid(shape)
    before, after = float(shape.area), float(mended.area)
    change = abs(after - before) / max(before, after, 1e-12)
    fields = {"number": number, "percent": round(100 * change, 2)}
    if change > MOST_CHANGE:
        faults.add(
            "feature {number} crosses itself, and mending it would change its area by {percent} %; "
            "mend it where it was drawn",
            file=file,
            fields=fields,
        )
        return None
    remarks.append(
        Fault(
            "feature {number} crossed itself and was mended; its area changed by {percent} %",
            file=file,
            fields=fields,
        )
    )
    return mended


def _refuse_outside(file: str, shapes: list[BaseGeometry], faults: FaultList) -> None:
    if shapes and not _within(shapely.get_coordinates(shapes), _DEGREES):
        faults.add(
            "reaches beyond Latvia and its neighbours; check the reference system", file=file
        )

"""Road networks as arrays: one value for every source, saved to and loaded from one open file.

The file is a ZIP archive with ``header.json`` and one ``.npy`` member for each array.
``numpy.load`` and any language with a NumPy reader open it; nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain import Source
from planner.errors import Fault, FaultList, InputError, saying_unwritable
from planner.roads.speeds import SpeedProfile

FORMAT = 1
_LOG = logging.getLogger(__name__)
_NANOSECONDS = 3_600_000_000
"""One metre at one km/h takes 3.6 s."""
_MOST_ROWS = 200_000_000
_LONGEST_HEADER = 1_000_000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    NotImplementedError,
    RuntimeError,
)
"""What Python raises for archives with wrong bytes in them."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

_NODE_ARRAYS: Mapping[str, str] = {"node_lat": "<f8", "node_lon": "<f8"}
_EDGE_ARRAYS: Mapping[str, str] = {
    "tail": "<i4",
    "head": "<i4",
    "length_m": "<f8",
    "road_class": "|u1",
    "surface": "|u1",
    "maxspeed_kmh": "<f4",
    "built_up": "|b1",
    "speed_kmh": "<f8",
}


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads as a directed graph whose edges are straight between their nodes.

    A road that may be driven both ways is two edges. Bends are nodes.

    Attributes
    ----------
    node_lat, node_lon : float64 arrays of shape (nodes,)
        Degrees, EPSG:4326.
    tail, head : int32 arrays of shape (edges,)
        From where to where.
    length_m : float64 array of shape (edges,)
        Metres along the road, never less than 0.
    road_class, surface : uint8 arrays of shape (edges,)
        Places in `class_names` and `surface_names`.
    maxspeed_kmh : float32 array of shape (edges,)
        What is signed, ``nan`` where the source does not tell.
    built_up : bool array of shape (edges,)
        Inside a settlement.
    speed_kmh : float64 array of shape (edges,)
        At which `profile` drives, more than 0.
    profile : SpeedProfile
        The assumptions behind `speed_kmh`, and how the gap between a place and the road is driven.
    source : Source
        Who made the roads, under which licence, of which date.
    notes : tuple of str
        Further assumptions of the source.
    """

    node_lat: NDArray[np.float64]
    node_lon: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    road_class: NDArray[np.uint8]
    surface: NDArray[np.uint8]
    maxspeed_kmh: NDArray[np.float32]
    built_up: NDArray[np.bool_]
    speed_kmh: NDArray[np.float64]
    class_names: tuple[str, ...]
    surface_names: tuple[str, ...]
    profile: SpeedProfile
    source: Source
    notes: tuple[str, ...] = ()

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_lat)

    @property
    def edges(self) -> int:
        """Number of directed edges."""
        return len(self.tail)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """All that was assumed, as sentences for the output."""
        return (*self.notes, *self.profile.assumptions)

    @cached_property
    def nanoseconds(self) -> NDArray[np.int64]:
        """Travel time of every edge, whole nanoseconds: sums of whole numbers are exact."""
        return np.rint(self.length_m / self.speed_kmh * _NANOSECONDS).astype(np.int64)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all arrays and the header: two networks with one digest are the same."""
        text = hashlib.sha256(_header(self).encode())
        for name, kind in (*_NODE_ARRAYS.items(), *_EDGE_ARRAYS.items()):
            text.update(np.ascontiguousarray(getattr(self, name), dtype=kind).tobytes())
        return text.hexdigest()

    def with_profile(self, profile: SpeedProfile) -> RoadNetwork:
        """Return the same roads driven by another profile, e.g. in winter."""
        speed_kmh = profile.speeds_kmh(
            class_names=self.class_names,
            road_class=self.road_class,
            surface_names=self.surface_names,
            surface=self.surface,
            maxspeed_kmh=self.maxspeed_kmh,
            built_up=self.built_up,
        )
        return replace(self, profile=profile, speed_kmh=speed_kmh)

    def save(self, path: Path) -> None:
        """Write the network to `path`; an older file there stays whole until the new one is."""
        with saying_unwritable(path.name):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    _write_zip(self, file)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).chmod(0o644)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        _LOG.info("roads saved: %d nodes, %d edges, %s", self.nodes, self.edges, path.name)


def load_network(path: Path) -> RoadNetwork:
    """Return the road network in the file at `path`.

    Raises
    ------
    InputError
        If the file is missing, truncated, of another format or not consistent in itself.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("header.json").file_size > _LONGEST_HEADER:
                raise ValueError
            header = json.loads(archive.read("header.json"))
            _need_format(header["format"], file=path.name)
            columns = {
                name: _read_array(archive, name, rows=header[size])
                for size, names in (("nodes", _NODE_ARRAYS), ("edges", _EDGE_ARRAYS))
                for name in names
            }
    except FileNotFoundError as error:
        raise InputError(
            Fault("there is no road network; fetch or import roads first", file=path.name)
        ) from error
    except InputError:
        raise
    except _BROKEN as error:
        raise InputError(
            Fault(
                "this is no whole road network ({why}); fetch or import the roads again",
                file=path.name,
                fields={"why": type(error).__name__},
            )
        ) from error
    return checked(_from_header(header, columns, file=path.name), file=path.name)


def checked(network: RoadNetwork, *, file: str = "") -> RoadNetwork:
    """Return `network` if its numbers can be trusted.

    Raises
    ------
    InputError
        With every fault: no edges, nodes that do not exist, lengths or speeds that are no numbers.
    """
    faults = FaultList()
    if not network.edges:
        faults.add("no road that can be driven is in here", file=file)
    ends = np.concatenate((network.tail, network.head))
    _count(faults, (ends < 0) | (ends >= network.nodes), "{count} ends of roads have no node", file)
    lat, lon = network.node_lat, network.node_lon
    on_earth = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)  # noqa: PLR2004 - degrees
    _count(faults, ~on_earth, "{count} nodes are no places on earth (degrees, EPSG:4326)", file)
    good = np.isfinite(network.length_m) & (network.length_m >= 0)
    _count(faults, ~good, "{count} roads have no length in metres", file)
    good = np.isfinite(network.speed_kmh) & (network.speed_kmh > 0)
    _count(faults, ~good, "{count} roads have no speed in km/h", file)
    for codes, names in (
        (network.road_class, network.class_names),
        (network.surface, network.surface_names),
    ):
        _count(faults, codes >= len(names), "{count} roads have an unknown class or surface", file)
    faults.raise_if_any()
    return network


def _count(faults: FaultList, wrong: NDArray[np.bool_], text: str, file: str) -> None:
    if wrong.any():
        faults.add(text, file=file, fields={"count": int(wrong.sum())})


def _need_format(found: object, *, file: str) -> None:
    if found != FORMAT:
        raise InputError(
            Fault(
                "this road network has format {found}; fetch or import the roads again",
                file=file,
                fields={"found": str(found)},
            )
        )


def _header(network: RoadNetwork) -> str:
    header = {
        "format": FORMAT,
        "about": "road network; arrays are described in docs/roads.md",
        "nodes": network.nodes,
        "edges": network.edges,
        "class_names": network.class_names,
        "surface_names": network.surface_names,
        "profile": asdict(network.profile),
        "source": asdict(network.source),
        "notes": network.notes,
    }
    return json.dumps(header, ensure_ascii=False, indent=1, sort_keys=True)


def _from_header(header: dict[str, Any], columns: dict[str, Any], *, file: str) -> RoadNetwork:
    try:
        return RoadNetwork(
            **columns,
            class_names=tuple(header["class_names"]),
            surface_names=tuple(header["surface_names"]),
            profile=SpeedProfile.from_mapping(header["profile"], file=file),
            source=Source(**header["source"]),
            notes=tuple(header["notes"]),
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            Fault(
                "this is no whole road network ({why}); fetch or import the roads again",
                file=file,
                fields={"why": type(error).__name__},
            )
        ) from error


def _write_zip(network: RoadNetwork, file: Any) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(_member("header.json"), _header(network))
        for name, kind in (*_NODE_ARRAYS.items(), *_EDGE_ARRAYS.items()):
            text = io.BytesIO()
            column = np.ascontiguousarray(getattr(network, name), dtype=kind)
            np.lib.format.write_array(text, column, allow_pickle=False)
            archive.writestr(_member(f"{name}.npy"), text.getvalue())


def _member(name: str) -> zipfile.ZipInfo:
    """Return a member with a fixed time, so that equal networks give equal files."""
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _read_array(archive: zipfile.ZipFile, name: str, *, rows: int) -> NDArray[Any]:
    kind = np.dtype({**_NODE_ARRAYS, **_EDGE_ARRAYS}[name])
    info = archive.getinfo(f"{name}.npy")
    if not 0 <= rows <= _MOST_ROWS or info.file_size > rows * kind.itemsize + 4096:
        raise ValueError(name)
    column: NDArray[Any] = np.lib.format.read_array(
        io.BytesIO(archive.read(info)), allow_pickle=False
    )
    if column.dtype != kind or column.shape != (rows,):
        raise ValueError(name)
    return column

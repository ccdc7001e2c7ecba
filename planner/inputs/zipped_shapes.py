"""A zipped Shapefile into the bytes of its parts; nothing else in the archive is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
MOST_UNPACKED_BYTES = 100_000_000
MOST_DIRECTORY_BYTES = 1_000_000
MOST_MEMBERS = 1_000
_TAIL = 65_557 + 20  # the longest end of an archive, and what points to a larger one before it
_END, _LARGE_END = b"PK\x05\x06", b"PK\x06\x07"


def zipped_parts(content: bytes) -> dict[str, bytes] | None:
    """Return the parts of the one Shapefile in a ZIP archive by ending, or ``None``.

    Nothing is written, and names in the archive are only compared. ``None`` where there is no
    Shapefile or more than one, or where the archive is damaged, locked or unpacks to too much.
    """
    if not _directory_is_small(content):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _parts(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        struct.error,
    ):
        return None


def _directory_is_small(content: bytes) -> bool:
    """Return whether the list of members, which is read whole, is of a usual size."""
    tail = content[-_TAIL:]
    if _LARGE_END in tail:
        return False
    start, found = tail.find(_END), False
    while start >= 0:
        if len(tail) >= start + 16:
            (size,) = struct.unpack_from("<I", tail, start + 12)
            if size > MOST_DIRECTORY_BYTES:
                return False
            found = True
        start = tail.find(_END, start + 1)
    return found


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes] | None:
    members = [
        member
        for member in archive.infolist()
        if member.filename and not member.is_dir() and "__MACOSX" not in member.filename
    ]
    shapes = [m for m in members if PurePosixPath(m.filename).suffix.lower() == ".shp"]
    if len(shapes) != 1 or len(members) > MOST_MEMBERS:
        return None
    stem = _stem(shapes[0])
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED_BYTES
    for member in members:
        ending = PurePosixPath(member.filename).suffix.lower()
        if _stem(member) != stem or ending not in PARTS or ending in parts:
            continue
        with archive.open(member) as packed:
            parts[ending] = packed.read(left + 1)
        left -= len(parts[ending])
        if left < 0:
            return None
    return parts


def _stem(member: zipfile.ZipInfo) -> str:
    return str(PurePosixPath(member.filename).with_suffix("")).lower()

"""The content of a checked file into a dated file of a folder, the same content once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from planner.errors import saying_unwritable
from planner.inputs.whole_files import write_whole

SHORT_DIGEST = 12  # hexadecimal digits
_NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)-(\d{4}-\d\d-\d\d)-([0-9a-f]{12})\.[a-z0-9]+")


@dataclass(frozen=True)
class KeptFile:
    """A file as of a day; `new` is false where its content was there already."""

    path: Path
    kind: str
    day: str
    digest: str
    new: bool


def keep_file(content: bytes, folder: Path, *, kind: str, day: str, ending: str) -> KeptFile:
    """Write `content` as ``KIND-DAY-DIGEST.ENDING`` in `folder`, and return where.

    The same content of a kind is not written again, whatever day it comes from; so a re-import
    changes nothing. The file appears whole or not at all.

    Parameters
    ----------
    content : bytes
        Of a file that was found sound.
    folder : Path
        Made where it is absent.
    kind : str
        Lower case letters and hyphens, such as "facilities".
    day : str
        ISO date of the file or of the import.
    ending : str
        Without the dot.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    digest = short_digest(content)
    with saying_unwritable(folder.name):
        folder.mkdir(parents=True, exist_ok=True)
        for known in kept_files(folder, kind):
            if known.digest == digest:
                return known
        path = folder / f"{kind}-{day}-{digest}.{ending}"
        write_whole(path, content)
    return KeptFile(path, kind, day, digest, new=True)


def short_digest(content: bytes) -> str:
    """Return the first twelve hexadecimal digits of the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()[:SHORT_DIGEST]


def kept_files(folder: Path, kind: str) -> tuple[KeptFile, ...]:
    """Return the files of a kind in a folder, the oldest first."""
    named = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.glob(f"{kind}-*")))
    return tuple(
        KeptFile(path, kind, found.group(2), found.group(3), new=False)
        for path, found in named
        if found and found.group(1) == kind
    )


def kept_day(path: Path) -> str:
    """Return the ISO date that a kept file or a snapshot bears in its name, or nothing."""
    found = _NAME.fullmatch(path.name)
    return found.group(2) if found else ""

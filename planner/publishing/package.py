"""Contents into files that are whole or not there at all, and a folder into its list of files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.errors import saying_unwritable

Write = Callable[[Path], None]


def write_atomically(path: Path, write: Write) -> Path:
    """Let `write` fill a new file beside `path`, then put it in the place of `path`.

    Whoever opens `path` sees the old file or the whole new one. The file keeps its ending, since
    some writers choose their format by it.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    with saying_unwritable(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=path.parent))
        draft = folder / path.name
        try:
            write(draft)
            _to_disk(draft)
            draft.replace(path)
            _to_disk(path.parent)
        finally:
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()
    return path


def need_writable(folder: Path) -> None:
    """Say before long work where no file can be written in `folder`; leave no trace.

    Raises
    ------
    InputError
        If nothing can be written there.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    with saying_unwritable(str(folder)), tempfile.TemporaryFile(dir=there):
        pass


def write_text(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Write `text` as it is, line ends included; see `write_atomically`."""

    def write(draft: Path) -> None:
        draft.write_bytes(text.encode(encoding))

    return write_atomically(path, write)


def files_in(folder: Path, *, leave_out: Sequence[str] = ()) -> list[str]:
    """Return the names of the files in `folder` and below, sorted, with `/` between folders."""
    found = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return sorted(name for name in found if name not in leave_out)


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

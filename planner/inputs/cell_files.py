"""A table file of any usual kind (CSV, XLSX) into cells of text, before any column is known."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.errors import FaultList
from planner.inputs.spreadsheets import read_sheet

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
MOST_CELLS = 4_000_000
SEPARATORS = (";", ",", "\t")
HEADER_WITHIN_ROWS = 20
_ZIP = b"PK\x03\x04"
_MAGIC = {
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP",
    b"SQLite format 3": "GPKG",
}

Named = Callable[[Sequence[str]], int]
"""How many known columns a row of cells names."""


@dataclass(frozen=True)
class Sheet:
    """Cells as text, row by row, with the encoding and separator that were found."""

    rows: Sequence[Sequence[str]]
    encoding: str
    separator: str


def read_cells(path: Path, named: Named, faults: FaultList) -> Sheet | None:
    """Return the cells of a file, or ``None`` with a fault.

    Of comma, semicolon and tab the one is taken by which the head of the file names most columns.
    """
    content = _read_bytes(path, faults)
    if content is None:
        return None
    if content.startswith(_ZIP):
        cells = read_sheet(path, faults)
        return None if cells is None else Sheet(cells, "xlsx", "")
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")
    if kind:
        faults.add(
            "is {kind} and no table; save it as XLSX or as CSV UTF-8",
            file=path.name,
            fields={"kind": kind},
        )
        return None
    decoded = decode(content)
    if decoded is None:
        faults.add("is no text that can be read; save it as CSV UTF-8", file=path.name)
        return None
    text, encoding = decoded
    return _split(path.name, text, encoding, named, faults)


def decode(content: bytes) -> tuple[str, str] | None:
    """Return text and the name of its encoding, or ``None`` where none fits.

    A byte order mark decides, then strict UTF-8, then Windows-1257.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _try_decode(content, encoding)
    if b"\x00" in content:
        return None
    return _try_decode(content, "utf-8") or _try_decode(content, "cp1257")


def _try_decode(content: bytes, encoding: str) -> tuple[str, str] | None:
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError:
        return None


def _read_bytes(path: Path, faults: FaultList) -> bytes | None:
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
    except FileNotFoundError:
        faults.add("the file is not there; check the path", file=path.name)
        return None
    except OSError as error:
        faults.add(
            "cannot be opened ({reason})",
            file=path.name,
            fields={"reason": error.strerror or type(error).__name__},
        )
        return None
    if not content.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        faults.add("is empty; the first row must name the columns", file=path.name)
        return None
    return content


def _split(file: str, text: str, encoding: str, named: Named, faults: FaultList) -> Sheet | None:
    separator = _separator(text, named)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    cells_read = 0
    try:
        for cells in reader:
            rows.append(cells)
            cells_read += len(cells)
            if len(rows) > MOST_ROWS or cells_read > MOST_CELLS:
                faults.add(
                    "has more than {rows} rows or {cells} cells; split the file",
                    file=file,
                    fields={"rows": MOST_ROWS, "cells": MOST_CELLS},
                )
                return None
    except csv.Error as error:
        if "field limit" in str(error):
            faults.add(
                "has a cell of more than {most} letters; shorten it",
                file=file,
                row=len(rows) + 1,
                fields={"most": csv.field_size_limit()},
            )
            return None
        faults.add(
            "has a quotation mark that is not closed or stands inside a cell; write it twice",
            file=file,
            row=len(rows) + 1,
        )
        return None
    return Sheet(rows, encoding, separator)


def _separator(text: str, named: Named) -> str:
    """Return the separator by which the head of the file names most columns."""
    head = text.splitlines()[:HEADER_WITHIN_ROWS]

    def score(separator: str) -> tuple[int, int]:
        split = [line.split(separator) for line in head]
        return max(map(named, split), default=0), max((len(cells) for cells in split), default=0)

    return max(SEPARATORS, key=score)

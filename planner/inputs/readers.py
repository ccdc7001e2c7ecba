"""A table as it was sent (CSV of any usual kind, XLSX) into rows of text under known columns.

Nothing is guessed silently: cells stay text until a column says what it holds, every fault has a
row and a column, and the encoding and separator that were found are told.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.errors import FaultList

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
SEPARATORS = (";", ",", "\t")
_HEADER_WITHIN_ROWS = 20
_MAGIC = {
    b"PK\x03\x04": "XLSX or ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP",
    b"SQLite format 3": "GPKG",
}


@dataclass(frozen=True)
class Column:
    """A column that a table may have: its name here and what else its header may say."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = True

    @property
    def said(self) -> str:
        """The names that are understood, for an error."""
        return " / ".join((self.name, *self.also[:1]))


@dataclass(frozen=True)
class Row:
    """One row: stripped text by column name; `number` counts as a spreadsheet does."""

    file: str
    number: int
    cells: Mapping[str, str]
    headers: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return the text of a column, empty where the table has no such column."""
        return self.cells.get(column, "")

    def fault(self, faults: FaultList, column: str, text: str, **fields: str | float) -> None:
        """Note a fault of this row, at `column` as its header is written."""
        faults.add(
            text,
            file=self.file,
            row=self.number,
            column=self.headers.get(column, column),
            fields=fields,
        )


@dataclass(frozen=True)
class Table:
    """Rows under known columns, with what was found out about the file.

    `headers` gives the header as written by column name; `unread` the headers of columns that
    nobody asked for.
    """

    file: str
    headers: Mapping[str, str]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    separator: str


@dataclass(frozen=True)
class _Sheet:
    """Cells as text, row by row, before any column is known."""

    rows: Sequence[Sequence[str]]
    encoding: str
    separator: str


def read_table(path: Path, columns: Sequence[Column], faults: FaultList) -> Table:
    """Return the rows of `path` under `columns`; what is wrong is noted in `faults`.

    The header is the row, among the first twenty, that names most of the columns. A table whose
    header lacks a required column has no rows.

    Parameters
    ----------
    path : Path
        A CSV file (UTF-8 with or without BOM, UTF-16 with BOM, Windows-1257; comma, semicolon or
        tab) or an XLSX file.
    columns : sequence of Column
    faults : FaultList
    """
    empty = Table(path.name, {}, (), (), "", "")
    sheet = _read_sheet(path, columns, faults)
    if sheet is None:
        return empty
    if len(sheet.rows) > MOST_ROWS:
        faults.add(
            "has more than {most} rows; split the file", file=path.name, fields={"most": MOST_ROWS}
        )
        return empty
    top = _header_row(sheet.rows, columns)
    if top is None:
        faults.add("is empty; the first row must name the columns", file=path.name)
        return empty
    places = _place_columns(path.name, sheet.rows[top], top + 1, columns, faults)
    if places is None:
        return empty
    header = [cell.strip() for cell in sheet.rows[top]]
    headers = {name: header[index] for name, index in places.items()}
    rows = tuple(
        _row(path.name, number, cells, places, headers)
        for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 2)
        if any(cell.strip() for cell in cells)
    )
    _refuse_long_rows(path.name, sheet.rows[top + 1 :], top + 2, header, faults)
    unread = tuple(cell for i, cell in enumerate(header) if cell and i not in places.values())
    return Table(path.name, headers, unread, rows, sheet.encoding, sheet.separator)


def plain(text: str) -> str:
    """Return `text` in lower case without diacritics, other signs than letters and digits as "_".

    Headers and names are compared in this form.
    """
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return "_".join("".join(c if c.isalnum() else " " for c in bare).split())


def refuse_duplicates(
    rows: Sequence[Row], columns: Sequence[str], faults: FaultList
) -> tuple[Row, ...]:
    """Return the rows whose `columns` together are new; note the others as faults."""
    first: dict[tuple[str, ...], int] = {}
    kept = []
    for row in rows:
        key = tuple(row.get(column) for column in columns)
        if key in first:
            row.fault(
                faults,
                columns[0],
                "the same as row {first}: {key}; leave one of them",
                first=first[key],
                key=", ".join(key),
            )
        else:
            first[key] = row.number
            kept.append(row)
    return tuple(kept)


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


def _read_sheet(path: Path, columns: Sequence[Column], faults: FaultList) -> _Sheet | None:
    content = _read_bytes(path, faults)
    if content is None:
        return None
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")
    if kind:
        faults.add(
            "is a {kind} file, not a CSV table; save it as CSV UTF-8",
            file=path.name,
            fields={"kind": kind},
        )
        return None
    decoded = decode(content)
    if decoded is None:
        faults.add("is no text that can be read; save it as CSV UTF-8", file=path.name)
        return None
    text, encoding = decoded
    return _split(path.name, text, encoding, columns, faults)


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


def _split(
    file: str, text: str, encoding: str, columns: Sequence[Column], faults: FaultList
) -> _Sheet | None:
    separator = _separator(text, columns)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            rows.append(cells)
            if len(rows) > MOST_ROWS:
                break
    except csv.Error:
        faults.add(
            "has a quotation mark that is not closed or stands inside a cell; write it twice",
            file=file,
            row=len(rows) + 1,
        )
        return None
    return _Sheet(rows, encoding, separator)


def _separator(text: str, columns: Sequence[Column]) -> str:
    """Return the separator by which the head of the file names most columns."""
    head = text.splitlines()[:_HEADER_WITHIN_ROWS]
    known = _known_names(columns)

    def score(separator: str) -> tuple[int, int]:
        split = [line.split(separator) for line in head]
        named = max((_named(cells, known) for cells in split), default=0)
        return named, max((len(cells) for cells in split), default=0)

    return max(SEPARATORS, key=score)


def _known_names(columns: Sequence[Column]) -> dict[str, str]:
    return {plain(name): column.name for column in columns for name in (column.name, *column.also)}


def _named(cells: Sequence[str], known: Mapping[str, str]) -> int:
    return len({known[p] for cell in cells if (p := plain(cell.strip('" '))) in known})


def _header_row(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> int | None:
    known = _known_names(columns)
    filled = [i for i, cells in enumerate(rows[:_HEADER_WITHIN_ROWS]) if any(map(str.strip, cells))]
    if not filled:
        return None
    return max(filled, key=lambda i: (_named(rows[i], known), -i))


def _place_columns(
    file: str, header: Sequence[str], number: int, columns: Sequence[Column], faults: FaultList
) -> dict[str, int] | None:
    """Return where each known column stands, or ``None`` where a required one is missing."""
    known = _known_names(columns)
    places: dict[str, int] = {}
    sound = True
    for index, cell in enumerate(header):
        name = known.get(plain(cell))
        if name is None:
            continue
        if name in places:
            faults.add(
                "names the column a second time; leave one of them",
                file=file,
                row=number,
                column=cell.strip(),
            )
            sound = False
        else:
            places[name] = index
    missing = [c for c in columns if c.required and c.name not in places]
    found = ", ".join(cell.strip() for cell in header if cell.strip())
    for column in missing:
        faults.add(
            "the column is missing; the header has: {found}",
            file=file,
            row=number,
            column=column.said,
            fields={"found": found[:200]},
        )
    return places if sound and not missing else None


def _row(
    file: str,
    number: int,
    cells: Sequence[str],
    places: Mapping[str, int],
    headers: Mapping[str, str],
) -> Row:
    texts = {
        name: cells[index].strip() if index < len(cells) else "" for name, index in places.items()
    }
    return Row(file, number, texts, headers)


def _refuse_long_rows(
    file: str, rows: Sequence[Sequence[str]], start: int, header: Sequence[str], faults: FaultList
) -> None:
    """Note rows with text beyond the last column: a separator stands inside a cell there."""
    for number, cells in enumerate(rows, start=start):
        if any(cell.strip() for cell in cells[len(header) :]):
            faults.add(
                "has {found} cells, the header {expected}; put text that holds the separator in "
                "quotation marks",
                file=file,
                row=number,
                fields={"found": len(cells), "expected": len(header)},
            )

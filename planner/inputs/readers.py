"""A table as it was sent (CSV of any usual kind, XLSX) into rows of text under known columns.

Nothing is guessed silently: cells stay text until a column says what it holds, every fault has a
row and a column, and the encoding and separator that were found are told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from planner.errors import FaultList, FieldValue
from planner.inputs.cell_files import HEADER_WITHIN_ROWS, Sheet, read_cells
from planner.inputs.personal import cells_with_codes, suspicious_header

MOST_FAULTS = 1_000
_LONGEST_NAME = 300
_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_SHOWN = 40


class Privacy(StrEnum):
    """What a table may not hold: nothing is refused in the project's own tables."""

    OPEN = "open"
    BUILDINGS = "buildings"
    PERSONS = "persons"


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
    """One row: stripped text by column name; `number` counts as a spreadsheet does.

    Faults of a private row do not repeat what stands in it.
    """

    file: str
    number: int
    cells: Mapping[str, str]
    headers: Mapping[str, str]
    private: bool = False

    def get(self, column: str) -> str:
        """Return the text of a column, empty where the table has no such column."""
        return self.cells.get(column, "")

    def fault(self, faults: FaultList, column: str, text: str, **fields: FieldValue) -> None:
        """Note a fault of this row, at `column` as its header is written."""
        if self.private:
            fields |= dict.fromkeys(fields.keys() & {"found", "key"}, "…")
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


def read_table(
    path: Path,
    columns: Sequence[Column],
    faults: FaultList,
    *,
    privacy: Privacy = Privacy.OPEN,
    mapping: Mapping[str, str] | None = None,
    sheet: Sheet | None = None,
) -> Table:
    """Return the rows of `path` under `columns`; what is wrong is noted in `faults`.

    The header is the row, among the first twenty, that names most of the columns. A table whose
    header lacks a required column has no rows, nor has one that looks like data about persons.

    Parameters
    ----------
    path : Path
        A CSV file (UTF-8 with or without BOM, UTF-16 with BOM, Windows-1257; comma, semicolon or
        tab) or an XLSX file.
    columns : sequence of Column
    faults : FaultList
    privacy : Privacy
        What is refused as data about persons.
    mapping : mapping of header to column name, optional
        Headers that this sender uses, beside the names that each column knows.
    sheet : Sheet, optional
        The cells of `path`, where `read_named_cells` has read them already.
    """
    empty = Table(path.name, {}, (), (), "", "")
    columns = _with_mapping(columns, mapping or {})
    sheet = sheet or read_named_cells(path, columns, faults)
    if sheet is None or _refuse_persons(path.name, sheet.rows, columns, privacy, faults):
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


def read_named_cells(path: Path, columns: Sequence[Column], faults: FaultList) -> Sheet | None:
    """Return the cells of a file, split so that its head names most of `columns`, or ``None``."""
    known = _known_names(columns)
    return read_cells(path, lambda cells: _named(cells, known), faults)


def until_too_many(rows: Iterable[Row], faults: FaultList) -> Iterator[Row]:
    """Yield rows until `MOST_FAULTS` faults are noted; then note that the rest was not read."""
    for row in rows:
        if len(faults) >= MOST_FAULTS:
            faults.add(
                "not read further after {count} faults; mend these first",
                file=row.file,
                row=row.number,
                fields={"count": len(faults)},
            )
            return
        yield row


def plain(text: str) -> str:
    """Return `text` in lower case without diacritics, other signs than letters and digits as "_".

    Headers and names are compared in this form.
    """
    bare = unicodedata.normalize("NFKD", text[:_LONGEST_NAME].casefold())
    if not bare.isascii():
        bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    if bare.isascii():  # as below, in a tenth of the time
        return _SIGNS.sub("_", bare).strip("_")
    return "_".join("".join(c if c.isalnum() else " " for c in bare).split())


def refuse_duplicates(
    rows: Sequence[Row], columns: Sequence[str], faults: FaultList
) -> tuple[Row, ...]:
    """Return the rows whose `columns` together are new; note the others as faults."""
    first: dict[tuple[str, ...], int] = {}
    kept = []
    for row in until_too_many(rows, faults):
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


def _with_mapping(columns: Sequence[Column], mapping: Mapping[str, str]) -> Sequence[Column]:
    more: dict[str, tuple[str, ...]] = {}
    for header, name in mapping.items():
        more[name] = (*more.get(name, ()), header)
    return [replace(c, also=(*c.also, *more.get(c.name, ()))) for c in columns]


def _refuse_persons(
    file: str,
    rows: Sequence[Sequence[str]],
    columns: Sequence[Column],
    privacy: Privacy,
    faults: FaultList,
) -> bool:
    """Note headers and cells that look like data about one person; return whether there are any."""
    top = _header_row(rows, columns)
    if privacy is Privacy.OPEN or top is None:
        return False
    found = False
    for cell in rows[top]:
        what = suspicious_header(plain(cell), addresses=privacy is Privacy.PERSONS)
        if what:
            found = True
            faults.add(what, file=file, row=top + 1, column=cell.strip()[:_SHOWN])
    for number, cells in enumerate(rows, start=1):
        for index in cells_with_codes(cells):
            found = True
            if len(faults) >= MOST_FAULTS:
                return found
            faults.add(
                "a cell looks like a personal code; delete it, the planner takes no such data",
                file=file,
                row=number,
                column=str(index + 1),
            )
    return found


def _known_names(columns: Sequence[Column]) -> dict[str, str]:
    return {plain(name): column.name for column in columns for name in (column.name, *column.also)}


def _named(cells: Sequence[str], known: Mapping[str, str]) -> int:
    return len({known[p] for cell in cells if (p := plain(cell.strip('" '))) in known})


def _header_row(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> int | None:
    known = _known_names(columns)
    filled = [i for i, cells in enumerate(rows[:HEADER_WITHIN_ROWS]) if any(map(str.strip, cells))]
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
    if missing and not places:
        faults.add(
            "no row names the columns; the first row must be: {expected}",
            file=file,
            fields={"expected": ", ".join(c.said for c in columns if c.required)},
        )
        return None
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
        if len(faults) < MOST_FAULTS and any(cell.strip() for cell in cells[len(header) :]):
            faults.add(
                "has {found} cells, the header {expected}; put text that holds the separator in "
                "quotation marks",
                file=file,
                row=number,
                fields={"found": len(cells), "expected": len(header)},
            )


@dataclass(frozen=True)
class Recognition:
    """How a table's columns would be read, before anything of it is read.

    `headers` gives the header as written by column name; `missing` the required columns that no
    header names; `unread` the headers that no column knows.
    """

    headers: Mapping[str, str]
    missing: tuple[str, ...]
    unread: tuple[str, ...]
    rows: int
    encoding: str
    separator: str


def recognise(
    path: Path,
    columns: Sequence[Column],
    *,
    mapping: Mapping[str, str] | None = None,
    sheet: Sheet | None = None,
) -> Recognition:
    """Return how the columns of a file would be read, for a person to confirm or to map.

    `sheet` is the cells of `path`, where `read_named_cells` has read them already.

    Raises
    ------
    InputError
        If the file cannot be read as a table at all.
    """
    faults = FaultList()
    columns = _with_mapping(columns, mapping or {})
    known = _known_names(columns)
    sheet = sheet or read_named_cells(path, columns, faults)
    faults.raise_if_any()
    rows = sheet.rows if sheet is not None else ()
    top = _header_row(rows, columns) or 0
    header = [cell.strip() for cell in rows[top]] if rows else []
    headers = {known[plain(cell)]: cell for cell in header if plain(cell) in known}
    return Recognition(
        headers=headers,
        missing=tuple(c.name for c in columns if c.required and c.name not in headers),
        unread=tuple(cell for cell in header if cell and plain(cell) not in known),
        rows=sum(1 for cells in rows[top + 1 :] if any(cell.strip() for cell in cells)),
        encoding=sheet.encoding if sheet is not None else "",
        separator=sheet.separator if sheet is not None else "",
    )

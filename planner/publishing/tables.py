"""Rows of typed cells into CSV for machines, and CSV and XLSX for officers.

Cells that speak of persons pass the gate here, on the way out; text never becomes a formula.
"""

from __future__ import annotations

import csv
import io
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    NOT_SHOWN,
    is_small,
    show_minutes,
    show_persons,
    show_share,
)
from planner.locales import say
from planner.publishing import formats
from planner.publishing.illustrations import illustration, row_label
from planner.publishing.package import write_atomically, write_text


class Gated(ABC):
    """A cell that speaks of persons and passes the gate when it is shown."""

    @abstractmethod
    def told(self, threshold: int) -> str:
        """Return what the gate lets through."""


@dataclass(frozen=True)
class Persons(Gated):
    """A count of persons; a few are shown as "< 5"."""

    count: int

    def told(self, threshold: int) -> str:
        """Return the count or the mark of a few."""
        return show_persons(self.count, threshold=threshold)


@dataclass(frozen=True)
class PersonsBeside(Gated):
    """A count of persons beside another that is told: withheld where a few make the difference."""

    count: int
    beside: int

    def told(self, threshold: int) -> str:
        """Return the count, the mark of a few, or the mark of what is withheld."""
        if tells_a_few(self.count, self.beside, threshold=threshold):
            return HIDDEN_MARK
        return show_persons(self.count, threshold=threshold)


@dataclass(frozen=True)
class Share(Gated):
    """Some of some persons, shown as a share where neither they nor the rest are few."""

    part: int
    whole: int

    def told(self, threshold: int) -> str:
        """Return whole percent or the mark of what is withheld."""
        return show_share(self.part, self.whole, threshold=threshold)


@dataclass(frozen=True)
class ShareBeside(Gated):
    """A share beside another one's count: withheld where a few make the difference."""

    part: int
    whole: int
    beside: int

    def told(self, threshold: int) -> str:
        """Return whole percent or the mark of what is withheld."""
        if tells_a_few(self.part, self.beside, threshold=threshold):
            return NOT_SHOWN
        return show_share(self.part, self.whole, threshold=threshold)


@dataclass(frozen=True)
class Minutes(Gated):
    """Mean one-way minutes of so many persons."""

    minutes: float | None
    persons: int

    def told(self, threshold: int) -> str:
        """Return minutes rounded to 5 or the mark of what is withheld."""
        return show_minutes(self.minutes, self.persons, threshold=threshold)


@dataclass(frozen=True)
class Told(Gated):
    """A text or number about persons that has passed the gate already, as the gate wrote it."""

    text: str

    def told(self, threshold: int) -> str:  # noqa: ARG002
        """Return the text."""
        return self.text


@dataclass(frozen=True)
class Euros:
    """Money in euros; ``None`` where nobody has told."""

    amount: int | None


@dataclass(frozen=True)
class Word:
    """A code of ours: as it is for machines, as an English sentence of the catalogues for people.

    Fields of the sentence are filled in.
    """

    code: str
    sentence: str


Cell = str | int | float | date | None | Gated | Euros | Word


@dataclass(frozen=True)
class Column:
    """A key for machines, an English heading of the catalogues for people.

    `for_machines` columns (codes, coordinates) are left out of officers' files.
    """

    key: str
    heading: str
    for_machines: bool = False


@dataclass(frozen=True)
class Table:
    """A name for files and sheets, an English title of the catalogues, columns and rows.

    What is `illustrative` of its figures, by role, it says in whatever it is written to.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    illustrative: tuple[str, ...] = ()


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_UNKNOWN = ""
_WIDEST, _NARROWEST, _NOTES_WIDTH = 38, 9, 100
_LINE_PT = 15.5
_A4 = 9
_SHEET_NAME_AT_MOST = 31
_HEADER_FILL = "DCE6F1"


def tells_a_few(count: int, beside: int, *, threshold: int = DEFAULT_THRESHOLD) -> bool:
    """Return whether two counts that both stand plainly would tell a few persons between them."""
    plain = not is_small(count, threshold=threshold) and not is_small(beside, threshold=threshold)
    return plain and is_small(abs(count - beside), threshold=threshold)


def machine_csv(table: Table, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return a table as CSV for machines: commas, decimal points, keys, whole counts."""
    told = _labelled(table)
    rows = [[_machine_text(cell, threshold) for cell in row] for row in told.rows]
    return _csv([[column.key for column in told.columns], *rows], delimiter=",")


def office_csv(table: Table, *, language: str, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return a table as CSV that Latvian Excel opens well: semicolons, decimal commas."""
    heads, rows = _for_people(_labelled(table), language)
    texts = [
        [
            _guarded(_office_text(cell, language, threshold), number=not isinstance(cell, str))
            for cell in row
        ]
        for row in rows
    ]
    return _csv([heads, *texts], delimiter=";")


def write_machine_csv(path: Path, table: Table, *, threshold: int = DEFAULT_THRESHOLD) -> Path:
    """Write `machine_csv` as UTF-8."""
    return write_text(path, machine_csv(table, threshold=threshold))


def write_office_csv(
    path: Path, table: Table, *, language: str, threshold: int = DEFAULT_THRESHOLD
) -> Path:
    """Write `office_csv` as UTF-8 with a byte order mark."""
    text = office_csv(table, language=language, threshold=threshold)
    return write_text(path, text, encoding="utf-8-sig")


def write_workbook(
    path: Path,
    tables: Sequence[Table],
    *,
    notes: Sequence[str] = (),
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> Path:
    """Write tables as XLSX: a sheet each, real numbers and dates, frozen headings.

    `notes` (title, sources) come on a first sheet of their own, with the label of illustrative
    data.
    """
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    what = dict.fromkeys(role for table in tables for role in table.illustrative)
    if label := illustration(tuple(what), language):
        notes = (*notes, label)
    if notes:
        _write_notes(book.create_sheet(say(language, "About the data")), notes)
    for table in tables:
        name = say(language, table.title)[:_SHEET_NAME_AT_MOST]
        _write_sheet(book.create_sheet(name), table, language, threshold)

    def write(draft: Path) -> None:
        book.save(draft)

    return write_atomically(path, write)


def shown(cell: Cell, *, language: str, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return a cell as a reader of a document sees it, with no-break spaces and units of money."""
    if isinstance(cell, Euros) and cell.amount is not None:
        return formats.number(cell.amount, language=language)
    if isinstance(cell, int):
        return formats.number(cell, language=language)
    return _office_text(cell, language, threshold)


def _labelled(table: Table) -> Table:
    """Return an illustrative table with a column that says so in every row."""
    if not table.illustrative:
        return table
    label = Word(*row_label(table.illustrative))
    rows = tuple((*row, label) for row in table.rows)
    return replace(table, columns=(*table.columns, Column("data", "Data")), rows=rows)


def _for_people(table: Table, language: str) -> tuple[list[str], list[list[Cell]]]:
    kept = [k for k, column in enumerate(table.columns) if not column.for_machines]
    heads = [say(language, table.columns[k].heading) for k in kept]
    return heads, [[row[k] for k in kept] for row in table.rows]


def _machine_text(cell: Cell, threshold: int) -> str:
    match cell:
        case Gated():
            return _machine_number(cell.told(threshold))
        case Euros(amount):
            return _UNKNOWN if amount is None else str(amount)
        case Word(code, _):
            return code
        case date():
            return cell.isoformat()
        case _:
            return _UNKNOWN if cell is None else _guarded(str(cell), number=_is_number(cell))


def _office_text(cell: Cell, language: str, threshold: int) -> str:
    match cell:
        case Gated():
            return cell.told(threshold)
        case Euros(amount):
            return say(language, "not known") if amount is None else str(amount)
        case Word(_, sentence):
            return say(language, sentence)
        case date():
            return formats.day(cell, language=language)
        case float():
            return str(cell).replace(".", ",") if language == "lv" else str(cell)
        case _:
            return _UNKNOWN if cell is None else str(cell)


def _sheet_value(cell: Cell, language: str, threshold: int) -> tuple[Any, str]:
    """Return what goes into a spreadsheet cell and its number format."""
    match cell:
        case Gated():
            text = cell.told(threshold)
            return _real_number(text), "0%" if text.endswith("%") else "#,##0"
        case Euros(int() as amount):
            return amount, "#,##0"
        case date():
            return cell, r"dd\.mm\.yyyy\."
        case int() | float():
            return cell, "#,##0" if isinstance(cell, int) else "#,##0.0##"
        case _:
            return _office_text(cell, language, threshold), "@"


def _write_sheet(sheet: Worksheet, table: Table, language: str, threshold: int) -> None:
    heads, rows = _for_people(table, language)
    values = [[_sheet_value(cell, language, threshold) for cell in row] for row in rows]
    widths = [_width(head, [row[k][0] for row in values]) for k, head in enumerate(heads)]
    for k, head in enumerate(heads, start=1):
        cell = _put(sheet, 1, k, head)
        cell.font = Font(name="Calibri", bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEADER_FILL)
        sheet.column_dimensions[get_column_letter(k)].width = widths[k - 1]
    sheet.row_dimensions[1].height = _height(heads, [width * 0.85 for width in widths])
    for n, row in enumerate(values, start=2):
        for k, (value, number_format) in enumerate(row, start=1):
            cell = _put(sheet, n, k, value)
            cell.number_format = "@" if isinstance(value, str) else number_format
            if not isinstance(rows[n - 2][k - 1], str | Word | None):
                cell.alignment = Alignment(horizontal="right", vertical="top", indent=1)
        sheet.row_dimensions[n].height = _height([value for value, _ in row], widths)
    sheet.freeze_panes = "A2"
    if rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    _set_page(sheet)


def _write_notes(sheet: Worksheet, notes: Sequence[str]) -> None:
    sheet.column_dimensions["A"].width = _NOTES_WIDTH
    for n, note in enumerate(notes, start=1):
        _put(sheet, n, 1, note).font = Font(name="Calibri", bold=n == 1)
        sheet.row_dimensions[n].height = _height([note], [_NOTES_WIDTH * 0.85])
    _set_page(sheet)


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> Any:
    """Write a value, text as text and never as a formula; return the cell."""
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
    return cell


def _width(head: str, values: Sequence[Any]) -> float:
    longest_word = max(len(word) for word in head.split())
    texts = (f"{value:,}" if isinstance(value, int | float) else str(value) for value in values)
    longest = max((len(text) + 4 for text in texts), default=0)
    return float(max(_NARROWEST, longest_word + 4, min(_WIDEST, longest)))


def _height(values: Sequence[Any], widths: Sequence[float]) -> float:
    """Return the height in points that holds every wrapped text."""
    lines = (
        math.ceil(len(value) / width) if isinstance(value, str) else 1
        for value, width in zip(values, widths, strict=True)
    )
    return _LINE_PT * max([1, *lines])


def _set_page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _csv(rows: Sequence[Sequence[str]], *, delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _machine_number(text: str) -> str:
    value = _real_number(text)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _real_number(text: str) -> float | int | str:
    """Return a number that the gate wrote as text, or its mark as it is."""
    plain = text.replace(formats.NO_BREAK, "").replace(formats.MINUS, "-")
    if plain.removesuffix("%").removeprefix("-").isdigit():
        return int(plain[:-1]) / 100 if plain.endswith("%") else int(plain)
    return text


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float)


def _guarded(text: str, *, number: bool) -> str:
    return f"'{text}" if not number and text.startswith(_FORMULA_STARTS) else text

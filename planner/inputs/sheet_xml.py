"""The XML of one sheet of a spreadsheet into rows of text, as a stream, in the memory of a row.

What is small (names of sheets, styles) openpyxl has read; this reads what is large, the cells and
the shared strings, and makes of them nothing but text. A document type, without which there are no
entities, is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import IO, Any
from xml.parsers import expat

MOST_TEXT = 2_000
"""Letters of a cell that are read."""
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _INLINE, _TEXT, _PHONETIC, _STRING = (
    _NAMESPACE + name for name in ("row", "c", "v", "is", "t", "rPh", "si")
)
_CHUNK = 1 << 16
_LETTERS = 26
_DIGITS = "0123456789"

Row = tuple[int, list[str]]
"""The number of a row, and its texts up to the last that is not empty."""
DateText = Callable[[str, int], str | None]
"""The text of a number under a style, ``None`` where the style shows no date."""


class UnreadableError(ValueError):
    """The XML is not what a spreadsheet holds."""


def read_shared_strings(source: IO[bytes]) -> list[str]:
    """Return the strings that cells share, without formatting and phonetic signs."""
    strings: list[str] = []
    texts = _Texts()

    def end(name: str) -> None:
        if name == _STRING:
            strings.append(texts.take().replace("x005F_", ""))
        else:
            texts.end(name)

    parser = _parser(source_text=texts.letters)
    parser.StartElementHandler, parser.EndElementHandler = texts.start, end
    for _ in _fed(parser, source):
        pass
    return strings


def read_rows(source: IO[bytes], *, shared: Sequence[str], date_text: DateText) -> Iterator[Row]:
    """Yield the rows of a sheet that stand in it, in the order in which they do.

    Parameters
    ----------
    source : binary file
        The XML of the sheet.
    shared : sequence of str
        See `read_shared_strings`.
    date_text : callable
        See `dates_of`.

    Raises
    ------
    ValueError, IndexError, expat.ExpatError
        If the XML, a number or a reference is not what a spreadsheet holds.
    """
    sheet = _Sheet(shared, date_text)
    parser = _parser(source_text=sheet.texts.letters)
    parser.StartElementHandler, parser.EndElementHandler = sheet.start, sheet.end
    for _ in _fed(parser, source):
        yield from sheet.done
        sheet.done.clear()


def dates_of(
    date_styles: Collection[int],
    to_date: Callable[[float, int], dt.date | dt.time | dt.timedelta],
) -> DateText:
    """Return what tells the text of a number whose style shows a date.

    Parameters
    ----------
    date_styles : collection of int
        The styles that show one.
    to_date : callable
        Number and style into what is shown; a number outside all dates raises ValueError or
        OverflowError.
    """

    @lru_cache(maxsize=10_000)
    def date_text(value: str, style: int) -> str | None:
        if style not in date_styles:
            return None
        try:
            return text_of(to_date(_number(value), style))
        except (OverflowError, ValueError):
            return "#VALUE!"

    return date_text


def text_of(value: Any) -> str:
    """Return a value as a person reads it: whole floats without fraction, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)[:MOST_TEXT]


class _Texts:
    """Collects the letters of a value or of the runs of a string, up to `MOST_TEXT`."""

    def __init__(self) -> None:
        self.open = False
        self._parts: list[str] = []
        self._length = 0
        self._phonetic = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del attributes
        if name == _TEXT:
            self.open = not self._phonetic
        elif name == _PHONETIC:
            self._phonetic += 1

    def end(self, name: str) -> None:
        if name == _TEXT:
            self.open = False
        elif name == _PHONETIC:
            self._phonetic -= 1

    def letters(self, text: str) -> None:
        if self.open and self._length < MOST_TEXT:
            self._parts.append(text)
            self._length += len(text)

    def take(self) -> str:
        """Return what was collected, and begin anew."""
        text = "".join(self._parts)[:MOST_TEXT] if self._parts else ""
        self._parts.clear()
        self._length, self.open = 0, False
        return text


class _Sheet:
    """Turns the elements of a sheet into rows; a cell without a reference follows the last one."""

    def __init__(self, shared: Sequence[str], date_text: DateText) -> None:
        self.done: list[Row] = []
        self.texts = _Texts()
        self._shared, self._date_text = shared, date_text
        self._row = self._column = 0
        self._cells: list[str] | None = None
        self._kind = ""
        self._style = 0
        self._inline = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == _CELL:
            reference = attributes.get("r")
            self._column = column_number(reference) if reference else self._column + 1
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s") or 0)
            self.texts.take()
        elif name == _VALUE:
            self.texts.open = self._kind != "inlineStr"
        elif name == _ROW:
            number = attributes.get("r")
            self._row = _row_number(number) if number else self._row + 1
            self._column, self._cells = 0, []
        elif name == _INLINE:
            self._inline = self._kind == "inlineStr"
        elif self._inline:
            self.texts.start(name, attributes)

    def end(self, name: str) -> None:
        if name == _CELL:
            if text := self.texts.take():
                self._put(text if self._kind in _PLAIN else self._text(text))
        elif name == _VALUE:
            self.texts.open = False
        elif name == _ROW:
            if self._cells is not None:
                self.done.append((self._row, self._cells))
            self._cells = None
        elif name == _INLINE:
            self._inline = False
        elif self._inline:
            self.texts.end(name)

    def _put(self, text: str) -> None:
        cells = self._cells
        if cells is None or not text:
            return
        missing = self._column - len(cells) - 1
        if missing >= 0:
            cells.extend([""] * missing)
            cells.append(text)
        else:
            cells[self._column - 1] = text

    def _text(self, value: str) -> str:
        if self._kind == "s":
            return self._shared[int(value)]
        if self._kind == "n":
            dated = self._date_text(value, self._style) if self._style else None
            return _number_text(value) if dated is None else dated
        if self._kind == "b":
            return text_of(bool(int(value)))
        if self._kind == "d":
            return text_of(dt.datetime.fromisoformat(value.removesuffix("Z")))
        return value


_PLAIN = frozenset({"inlineStr", "str", "e"})


@lru_cache(maxsize=4_096)
def _letters_number(letters: str) -> int:
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise UnreadableError(letters[:10])
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def column_number(reference: str) -> int:
    """Return the column of a cell, A1 is 1; columns end at XFD."""
    letters = reference.rstrip(_DIGITS).upper()
    if not 1 <= len(letters) <= len("XFD"):
        raise UnreadableError(reference[:10])
    return _letters_number(letters)


def _row_number(text: str) -> int:
    number = float(text)
    if not number.is_integer():
        raise UnreadableError(text[:10])
    return int(number)


def _number(text: str) -> float:
    return float(text) if any(sign in text for sign in ".eE") else int(text)


def _number_text(text: str) -> str:
    if text.isdigit() and text.isascii() and text[0] != "0":
        return text
    return text_of(_number(text))


def _parser(*, source_text: Callable[[str], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.CharacterDataHandler = source_text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*_: object) -> None:
    raise UnreadableError("document type")


def _fed(parser: expat.XMLParserType, source: IO[bytes]) -> Iterator[None]:
    """Feed a file to a parser, piece by piece; yield after each."""
    while chunk := source.read(_CHUNK):
        parser.Parse(chunk, False)  # noqa: FBT003 - a position of the library's own
        yield
    parser.Parse(b"", True)  # noqa: FBT003 - the same
    yield

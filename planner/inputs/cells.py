"""The text of one cell into a number, a choice or a date, or a fault that says how to mend it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from planner.errors import FaultList, Words
from planner.inputs.readers import Row, plain

MOST_PERSONS = 1_000_000
_SPACES = " \u00a0\u202f\u2009"
_WHOLE = re.compile(r"[+-]?[0-9]+")
_WHOLE_WITH_ZEROS = re.compile(r"([+-]?[0-9]+)[.,]0{1,2}")
_GROUPED = re.compile(rf"[+-]?[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+")
_AMBIGUOUS = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{3})+")
_CENTS = re.compile(r"[0-9]{1,15}[.,][0-9]{2}")
_HALF_A_EURO = 50
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\.?|([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\.?"
)
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_NOTHING = {"na", "n_a", "nan", "null", "none", "nav", "nav_datu", "nav_zinams", "x", ""}
_SHOWN = 40


def required_text(row: Row, column: str, faults: FaultList) -> str:
    """Return the text of a cell that must not be empty."""
    if not row.get(column):
        row.fault(faults, column, "is empty; fill it in")
    return row.get(column)


def whole_number(
    row: Row, column: str, faults: FaultList, *, least: int = 0, most: int = MOST_PERSONS
) -> int | None:
    """Return a whole number from `least` to `most`, or ``None`` with a fault.

    Spaces between thousands are read; a comma or point before three digits is asked back, because
    1.200 may be one or a thousand.
    """
    text = row.get(column)
    if whole := _WHOLE_WITH_ZEROS.fullmatch(text):
        text = whole.group(1)
    if _GROUPED.fullmatch(text):
        text = "".join(sign for sign in text if sign not in _SPACES)
    if not _WHOLE.fullmatch(text):
        _refuse_number(row, column, text, faults, least=least)
        return None
    if len(text) > 18:  # noqa: PLR2004 - longer than any count, and slow to convert
        row.fault(faults, column, "{found} is more than {most}; check it", **_shown(text, most))
        return None
    return _within(row, column, int(text), faults, least=least, most=most)


def whole_euros(row: Row, column: str, faults: FaultList, *, most: int) -> int | None:
    """Return an amount in whole euros, cents rounded, or ``None`` with a fault."""
    text = "".join(sign for sign in row.get(column) if sign not in _SPACES)
    if not _CENTS.fullmatch(text):
        return whole_number(row, column, faults, most=most)
    euros = int(text[:-3]) + (int(text[-2:]) >= _HALF_A_EURO)
    return _within(row, column, euros, faults, least=0, most=most)


def decimal_number(
    row: Row, column: str, faults: FaultList, *, least: float, most: float
) -> float | None:
    """Return a number from `least` to `most` with comma or point, or ``None`` with a fault."""
    text = row.get(column)
    if not _DECIMAL.fullmatch(text) or len(text) > 30:  # noqa: PLR2004 - no figure is so long
        if not text:
            row.fault(faults, column, "is empty; give a number")
        else:
            row.fault(faults, column, "{found!r} is no number", found=text[:_SHOWN])
        return None
    number = float(text.replace(",", "."))
    if not least <= number <= most:
        row.fault(
            faults,
            column,
            "{found} is outside {least} to {most}",
            found=text,
            least=f"{least:g}",
            most=f"{most:g}",
        )
        return None
    return number


def choice(
    row: Row,
    column: str,
    choices: Mapping[str, str],
    faults: FaultList,
    *,
    said: Mapping[str, str] | None = None,
) -> str | None:
    """Return what a cell means, or ``None`` with a fault that names the choices.

    Parameters
    ----------
    choices : mapping of what may be written (see `plain`) to its meaning
    said : mapping of meaning to English word, optional
        What a fault calls the meanings, in the reader's language; themselves where absent.
    """
    written = plain(row.get(column))
    if written in choices:
        return choices[written]
    if not written:
        row.fault(faults, column, "is empty; fill it in")
        return None
    meanings = dict.fromkeys(choices.values())
    refuse_unknown(row, column, row.get(column), [(said or {}).get(m, m) for m in meanings], faults)
    return None


def refuse_unknown(
    row: Row, column: str, found: str, known: Iterable[str], faults: FaultList
) -> None:
    """Note that a word is none of the English words or codes that are known."""
    row.fault(
        faults,
        column,
        "{found!r} is not known; give one of: {known}",
        found=found[:_SHOWN],
        known=Words(known),
    )


def date(row: Row, column: str, faults: FaultList) -> str | None:
    """Return a date as ISO text, from 2026-11-22, 22.11.2026 or 22.11.2026."""
    said = _DATE.fullmatch(row.get(column))
    if said is not None:
        year, month, day = said.group(1, 2, 3) if said.group(1) else said.group(6, 5, 4)
        try:
            return dt.date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            pass  # told below: there is no such day
    row.fault(
        faults,
        column,
        "{found!r} is no date; write 2026-11-22 or 22.11.2026.",
        found=row.get(column)[:_SHOWN],
    )
    return None


def _refuse_number(row: Row, column: str, text: str, faults: FaultList, *, least: int) -> None:
    if not text and least > 0:
        row.fault(faults, column, "is empty; give a number")
    elif not text:
        row.fault(faults, column, "is empty; write 0 where there is none")
    elif plain(text) in _NOTHING and least <= 0:
        row.fault(faults, column, "{found!r} is no number; write 0 where there is none", found=text)
    elif _AMBIGUOUS.fullmatch(text):
        row.fault(
            faults,
            column,
            "{found} may be a fraction or thousands; write it without comma and point",
            found=text,
        )
    elif _DECIMAL.fullmatch(text):
        row.fault(faults, column, "{found} is not whole; give a whole number", found=text[:_SHOWN])
    else:
        row.fault(faults, column, "{found!r} is no whole number", found=text[:_SHOWN])


def _within(
    row: Row, column: str, number: int, faults: FaultList, *, least: int, most: int
) -> int | None:
    if number < least:
        row.fault(faults, column, "{found}; give {least} or more", found=number, least=least)
        return None
    if number > most:
        row.fault(faults, column, "{found} is more than {most}; check it", **_shown(number, most))
        return None
    return number


def _shown(found: str | float, most: float) -> dict[str, str | float]:
    return {"found": str(found)[:_SHOWN], "most": most}

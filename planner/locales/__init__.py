"""English sentences into the reader's language, through gettext catalogues (.po) read by Babel.

The message id is the English sentence with named fields, so a missing translation shows English.
"""

from __future__ import annotations

import gettext as _gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from planner.errors import Fault, Words

LANGUAGES = ("lv", "en")
DEFAULT_LANGUAGE = "lv"
_FOLDER = Path(__file__).parent


@cache
def translations(language: str) -> _gettext.NullTranslations:
    """Return the catalogue of `language` ("lv" or "en"); unknown languages speak English."""
    file = _FOLDER / language / "messages.po"
    if language not in LANGUAGES or not file.exists():
        return _gettext.NullTranslations()
    with file.open("rb") as text:
        catalogue = read_po(text, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def say(language: str, sentence: str, **fields: object) -> str:
    """Return `sentence` in `language` with its named fields filled in."""
    said = translations(language).gettext(sentence) if sentence else ""
    return said.format(**fields) if fields else said


def say_count(language: str, one: str, many: str, count: int, **fields: object) -> str:
    """Return the plural form of a sentence that `count` asks for; `{count}` is filled in."""
    said = translations(language).ngettext(one, many, count)
    return said.format(count=count, **fields)


def say_fault(language: str, fault: Fault) -> str:
    """Return a fault with file, row, column and key in `language`."""
    where = ", ".join(
        part
        for part in (
            fault.file,
            say(language, "row {row}", row=fault.row) if fault.row is not None else "",
            say(language, "column {column}", column=fault.column) if fault.column else "",
            say(language, "key {key}", key=fault.key) if fault.key else "",
        )
        if part
    )
    said = say(language, fault.text, **{k: _told(language, v) for k, v in fault.fields.items()})
    return f"{where}: {said}" if where else said


def _told(language: str, value: object) -> object:
    if not isinstance(value, Words):
        return value
    return str(Words(say(language, word) for word in value))

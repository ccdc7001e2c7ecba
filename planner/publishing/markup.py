"""Text from files into text that shows as it is inside HTML, attributes and script literals."""

from __future__ import annotations

_SPECIAL = frozenset("&<>\"'`${}\\/\u2028\u2029\ufeff")
_REPLACEMENT = "\ufffd"
_FIRST_PRINTABLE = 0x20
_DELETE, _LAST_C1 = 0x7F, 0x9F
_SURROGATES = range(0xD800, 0xE000)


def escape_markup(text: str) -> str:
    """Return `text` with every character that could act written as a numeric entity.

    Safe inside element content, quoted attributes, quoted script strings and template literals
    that end up as markup: nothing closes a string, a tag or a comment, and nothing is evaluated.
    What a browser can show of it reads as before; control characters show as a replacement sign.
    """
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    point = ord(character)
    if point in _SURROGATES or point < _FIRST_PRINTABLE or _DELETE <= point <= _LAST_C1:
        shown = " " if character in "\t\n\r" else _REPLACEMENT
        return f"&#{ord(shown)};"
    return f"&#{point};" if character in _SPECIAL else character

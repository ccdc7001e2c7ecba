"""TOML values into values of the asked type, every fault noted with its key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from planner.errors import FaultList

_REQUIRED = object()
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "text": (
        "is missing; give a text that is not empty",
        "found {found}; give a text that is not empty",
    ),
    "texts": ("is missing; give a list of texts", "found {found}; give a list of texts"),
    "flag": ("is missing; give true or false", "found {found}; give true or false"),
    "choice": ("is missing; give one of: {known}", "found {found}; give one of: {known}"),
    "whole": (
        "is missing; give a whole number from {least} to {most}",
        "found {found}; give a whole number from {least} to {most}",
    ),
    "number": (
        "is missing; give a number from {least} to {most}",
        "found {found}; give a number from {least} to {most}",
    ),
}
"""What to say of a key by the value it asks for: where it is missing, and where it is another."""


class TomlTable:
    """One TOML table while it is read: gives values of the asked type and notes every fault."""

    def __init__(self, data: Any, name: str, file: str, faults: FaultList) -> None:
        self.name, self.file, self.faults = name, file, faults
        if not isinstance(data, Mapping):
            self.fault("{found} is not a table; write [{name}]", found=data, name=name)
            data = {}
        self.data: Mapping[str, Any] = data

    def fault(self, text: str, *, key: str = "", **fields: object) -> None:
        """Note a fault at `key` of this table."""
        place = ".".join(part for part in (self.name, key) if part)
        shown = {k: v if isinstance(v, int | float) else str(v) for k, v in fields.items()}
        self.faults.add(text, file=self.file, key=place, fields=shown)

    def only(self, known: Collection[str]) -> None:
        """Note keys that are not known, with the nearest that is."""
        for key in self.data:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                if near:
                    self.fault("unknown key; did you mean {near}?", key=key, near=near[0])
                else:
                    self.fault("unknown key; known are {known}", key=key, known=", ".join(known))

    def table(self, key: str) -> TomlTable:
        """Return the table below `key`, empty where there is none."""
        return TomlTable(self.data.get(key, {}), key, self.file, self.faults)

    def rows(self, key: str) -> list[TomlTable]:
        """Return the tables of a list of tables."""
        rows = self.data.get(key, [])
        if not isinstance(rows, list):
            self.fault("write [[{key}]], once for each", key=key)
            return []
        return [
            TomlTable(row, f"{key}[{k}]", self.file, self.faults) for k, row in enumerate(rows, 1)
        ]

    def _get(
        self,
        key: str,
        good: Callable[[Any], bool],
        wanted: str,
        default: Any,
        **fields: object,
    ) -> Any:
        missing, wrong = _SENTENCES[wanted]
        if key not in self.data:
            if default is _REQUIRED:
                self.fault(missing, key=key, **fields)
                return None
            return default
        value = self.data[key]
        if not good(value):
            self.fault(wrong, key=key, found=_as_written(value), **fields)
            return None if default is _REQUIRED else default
        return value

    def text(self, key: str, *, default: Any = None) -> str:
        """Return a text that is not empty."""
        value = self._get(key, _is_text, "text", _REQUIRED if default is None else default)
        return value or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is not given."""

        def good(value: Any) -> bool:
            return isinstance(value, list) and all(_is_text(v) for v in value)

        return tuple(self._get(key, good, "texts", ()))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return bool(self._get(key, lambda v: isinstance(v, bool), "flag", default))

    def choice(self, key: str, known: tuple[str, ...], *, default: str | None = None) -> str:
        """Return one of the known words; without a default it must be given."""
        fallback = _REQUIRED if default is None else default
        return (
            self._get(key, lambda v: v in known, "choice", fallback, known=", ".join(known)) or ""
        )

    def whole(self, key: str, least: int, most: int) -> int:
        """Return a whole number, which must be given."""
        good = _whole_within(least, most)
        return self._get(key, good, "whole", _REQUIRED, least=least, most=most) or 0

    def whole_or_none(self, key: str, least: int, most: int) -> int | None:
        """Return a whole number, or ``None`` where it is not given."""
        good = _whole_within(least, most)
        value: int | None = self._get(key, good, "whole", None, least=least, most=most)
        return value

    def number(self, key: str, least: float, most: float, *, default: Any = None) -> float:
        """Return a number; without a default it must be given."""
        good, fallback = _number_within(least, most), _REQUIRED if default is None else default
        return float(self._get(key, good, "number", fallback, least=least, most=most) or 0)

    def number_or_none(self, key: str, least: float, most: float) -> float | None:
        """Return a number, or ``None`` where it is not given."""
        good = _number_within(least, most)
        value: float | None = self._get(key, good, "number", None, least=least, most=most)
        return value

    def numbers(self, least: float, most: float) -> dict[str, float]:
        """Return every value of this table as a number."""
        return {key: self.number(key, least, most) for key in self.data}

    def wholes(self, least: int, most: int) -> dict[str, int]:
        """Return every value of this table as a whole number."""
        return {key: self.whole(key, least, most) for key in self.data}


def _as_written(value: Any) -> str:
    """Return a value as TOML writes it, as far as it differs from Python."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole_within(least: int, most: int) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and least <= v <= most


def _number_within(least: float, most: float) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int | float) and not isinstance(v, bool) and least <= v <= most

"""TOML values into values of the asked type, every fault noted with its key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from planner.errors import FaultList

_REQUIRED = object()


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
        column = ".".join(part for part in (self.name, key) if part)
        shown = {k: v if isinstance(v, int | float) else str(v) for k, v in fields.items()}
        self.faults.add(text, file=self.file, column=column, fields=shown)

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

    def _get(self, key: str, good: Callable[[Any], bool], wanted: str, default: Any) -> Any:
        if key not in self.data:
            if default is _REQUIRED:
                self.fault("is missing; give {wanted}", key=key, wanted=wanted)
                return None
            return default
        value = self.data[key]
        if not good(value):
            self.fault("found {found}; give {wanted}", key=key, found=repr(value), wanted=wanted)
            return None if default is _REQUIRED else default
        return value

    def text(self, key: str, *, default: Any = None) -> str:
        """Return a text that is not empty."""
        wanted = "a text that is not empty"
        value = self._get(key, _is_text, wanted, _REQUIRED if default is None else default)
        return value or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is not given."""

        def good(value: Any) -> bool:
            return isinstance(value, list) and all(_is_text(v) for v in value)

        return tuple(self._get(key, good, "a list of texts", ()))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return bool(self._get(key, lambda v: isinstance(v, bool), "true or false", default))

    def choice(self, key: str, known: tuple[str, ...], *, default: str) -> str:
        """Return one of the known words."""
        wanted = "one of " + ", ".join(known)
        return str(self._get(key, lambda v: v in known, wanted, default))

    def whole(self, key: str, least: int, most: int) -> int:
        """Return a whole number, which must be given."""
        wanted = f"a whole number from {least} to {most}"
        return self._get(key, _whole_within(least, most), wanted, _REQUIRED) or 0

    def whole_or_none(self, key: str, least: int, most: int) -> int | None:
        """Return a whole number, or ``None`` where it is not given."""
        wanted = f"a whole number from {least} to {most}"
        value: int | None = self._get(key, _whole_within(least, most), wanted, None)
        return value

    def number(self, key: str, least: float, most: float, *, default: Any = None) -> float:
        """Return a number; without a default it must be given."""
        wanted = f"a number from {least} to {most}"
        fallback = _REQUIRED if default is None else default
        return float(self._get(key, _number_within(least, most), wanted, fallback) or 0)

    def number_or_none(self, key: str, least: float, most: float) -> float | None:
        """Return a number, or ``None`` where it is not given."""
        wanted = f"a number from {least} to {most}"
        value: float | None = self._get(key, _number_within(least, most), wanted, None)
        return value

    def numbers(self, least: float, most: float) -> dict[str, float]:
        """Return every value of this table as a number."""
        return {key: self.number(key, least, most) for key in self.data}

    def wholes(self, least: int, most: int) -> dict[str, int]:
        """Return every value of this table as a whole number."""
        return {key: self.whole(key, least, most) for key in self.data}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole_within(least: int, most: int) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and least <= v <= most


def _number_within(least: float, most: float) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int | float) and not isinstance(v, bool) and least <= v <= most

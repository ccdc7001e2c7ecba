"""The shared ways of writing values as JSON: format number, keys as columns, digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from planner.errors import Fault, InputError

FORMAT = 1
INTERNAL = (
    "Iekšējs darba fails ar neapslēptiem personu skaitiem; neizplatīt. / "
    "Internal work file with unsuppressed counts of persons; not for publication."
)

Json = dict[str, Any]


def digest(data: Json) -> str:
    """Return the SHA-256 of JSON values in canonical form, as hexadecimal text."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fraction_to_json(number: Fraction | int) -> int | str:
    """Return a whole number as such, and any other as text like "5/3"."""
    return int(number) if number == int(number) else str(number)


def keyed(values: Mapping[Any, Any], names: tuple[str, ...], value_name: str) -> list[Json]:
    """Return a mapping as rows: one column for each part of the key, and the value."""
    return [
        {**dict(zip(names, key, strict=True)), value_name: values[key]} for key in sorted(values)
    ]


def unkeyed(rows: list[Json], names: tuple[str, ...], value_name: str) -> dict[Any, Any]:
    """Return the mapping that `keyed` wrote; a key that stands twice is a ValueError."""
    found = {tuple(row[name] for name in names): row[value_name] for row in rows}
    if len(found) != len(rows):
        raise ValueError(f"{value_name}: the same {', '.join(names)} stands twice")
    return found


def need_format(data: Json) -> None:
    """Raise ValueError unless `data` has the format that this version reads."""
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}, this version reads {FORMAT}")


def broken(file: str, error: Exception) -> InputError:
    """Return the error for a file whose shape is not what the planner writes."""
    return InputError(
        Fault(
            "not a file that the planner wrote ({what}); use the file as it was saved",
            file=file,
            fields={"what": f"{type(error).__name__}: {error}"},
        )
    )

"""A sender's headers into the columns that they mean, as a TOML file that can be used again."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import tomli_w

from planner.errors import Fault, FaultList, InputError
from planner.inputs.personal import holds_personal_code, suspicious_header
from planner.inputs.readers import Column, Recognition, plain

MOST_BYTES = 100_000
_TABLE = "columns"
_HEAD = """\
# What the headers of this sender mean: header = column of the planner.
# Leave "" where a column is not to be read. Columns: {columns}
"""


def read_mapping(path: Path, columns: Sequence[Column]) -> dict[str, str]:
    """Return the column name by header as a saved mapping says; headers left open are left out.

    Raises
    ------
    InputError
        If the file cannot be read, is no mapping or names a column that does not exist; every
        fault at once.
    """
    said = _read(path)
    known = [column.name for column in columns]
    faults = FaultList()
    for header, name in said.items():
        if not isinstance(name, str) or (name and name not in known):
            near = difflib.get_close_matches(str(name), known, n=1)
            faults.add(
                "{found!r} is no column of the table; give one of: {known}",
                file=path.name,
                column=header[:40],
                fields={"found": str(name)[:40], "known": ", ".join(near or known)},
            )
    faults.raise_if_any()
    mapping = {header: str(name) for header, name in said.items() if name}
    for name in sorted({n for n in mapping.values() if list(mapping.values()).count(n) > 1}):
        faults.add(
            "several headers are to be {name}; leave one of them",
            file=path.name,
            fields={"name": name},
        )
    faults.raise_if_any()
    return mapping


def mapping_toml(seen: Recognition, columns: Sequence[Column]) -> str:
    """Return a mapping of the headers as they were recognised, the others to be filled in."""
    mapping = {header: name for name, header in seen.headers.items()}
    mapping |= dict.fromkeys(seen.unread, "")
    head = _HEAD.format(columns=", ".join(column.name for column in columns))
    return head + tomli_w.dumps({_TABLE: mapping})


def without_persons(seen: Recognition) -> Recognition:
    """Return what was recognised without headers that look like data about one person."""
    unread = tuple(
        header
        for header in seen.unread
        if not holds_personal_code(header) and not suspicious_header(plain(header), addresses=True)
    )
    return replace(seen, unread=unread)


def headers_digest(seen: Recognition) -> str:
    """Return what tells a sender's headers from others, whatever order they stand in."""
    headers = sorted(map(plain, (*seen.headers.values(), *seen.unread)))
    return hashlib.sha256("\n".join(headers).encode()).hexdigest()[:12]


def _read(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                Fault("is too large for a mapping of columns; give the right file", file=path.name)
            )
        said = tomllib.loads(path.read_text(encoding="utf-8")).get(_TABLE)
    except FileNotFoundError:
        fault = Fault("the file is not there; check the path", file=path.name)
        raise InputError(fault) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        fault = Fault("not a TOML file: {what}", file=path.name, fields={"what": str(error)})
        raise InputError(fault) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fault = Fault("cannot be opened ({reason})", file=path.name, fields={"reason": reason})
        raise InputError(fault) from None
    if not isinstance(said, dict):
        fault = Fault("has no table [columns]; write header = column below it", file=path.name)
        raise InputError(fault)
    return said

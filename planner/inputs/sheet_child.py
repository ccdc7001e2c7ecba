"""The first sheet of a spreadsheet into rows of text, read apart from the planner under limits.

Run as ``python -m planner.inputs.sheet_child FILE``: a JSON list per row goes to stdout. It is a
process of its own so that a spreadsheet made to exhaust memory or time ends here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

MEMORY_BYTES = 700_000_000
CPU_SECONDS = 18
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_EMPTY_ROWS = 5_000
MOST_ENTRIES = 2_000
MOST_UNPACKED_BYTES = 200_000_000
MOST_TEXT = 2_000
MOST_WRITTEN = 60_000_000
REFUSED = 3
_CHUNK = 1 << 20


def main(path: Path) -> int:
    """Write the rows of `path` to stdout; return 0, or `REFUSED` with the reason as last line."""
    _limit()
    reason = "unreadable"
    try:
        reason = _refusal(path)
        if not reason:
            reason = _write_rows(path)
    except MemoryError:
        reason = "memory"
    except Exception:  # noqa: BLE001 - whatever a hostile file causes must end as a plain refusal
        reason = "unreadable"
    if reason:
        sys.stdout.write(json.dumps({"refused": reason}) + "\n")
        return REFUSED
    return 0


def _limit() -> None:
    """Cap what this process may use; nothing it does writes a file."""
    import resource  # noqa: PLC0415 - not on every system, and this module's limits are read there

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refusal(path: Path) -> str:
    """Return why an archive must not be opened: too many entries or bytes, counted while read."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            return "bomb"
        if not any(entry.filename == "xl/workbook.xml" for entry in entries):
            return "unreadable"
        unpacked = 0
        for entry in entries:
            with archive.open(entry) as member:
                while chunk := member.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > MOST_UNPACKED_BYTES:
                        return "bomb"
    return ""


def _write_rows(path: Path) -> str:
    with path.open("rb") as file:  # opened here, since openpyxl goes by the ending of a name
        return _write_sheet(file)


def _write_sheet(file: BinaryIO) -> str:
    from openpyxl import load_workbook  # noqa: PLC0415 - only after the limits are set

    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
    if sheet is None:
        return "unreadable"
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True)
    empty = written = 0
    for number, values in enumerate(rows, start=1):
        if number > MOST_ROWS:
            return "rows"
        texts = [_text(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            return "columns"
        empty = 0 if texts else empty + 1
        if empty > MOST_EMPTY_ROWS:
            return "gap"
        line = json.dumps(texts)
        written += len(line)
        if written > MOST_WRITTEN:
            return "bomb"
        sys.stdout.write(line + "\n")
    return ""


def _text(value: Any) -> str:
    """Return a cell as a person reads it: whole floats without fraction, dates as ISO."""
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


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""The first sheet of a spreadsheet into rows of text, read apart from the planner under limits.

Run as ``python -m planner.inputs.sheet_child FILE``: a JSON list per row goes to stdout. It is a
process of its own so that a spreadsheet made to exhaust memory or time ends here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.inputs.sheet_xml import DateText, Row, dates_of, read_rows, read_shared_strings

MEMORY_BYTES = 700_000_000
CPU_SECONDS = 18
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_EMPTY_ROWS = 5_000
MOST_ENTRIES = 2_000
MOST_UNPACKED_BYTES = 200_000_000
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
    """Write the rows of the first visible sheet; return why not, or nothing."""
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415 - only after the limits are set
    from openpyxl.xml.constants import SHARED_STRINGS  # noqa: PLC0415 - the same

    with path.open("rb") as file:  # opened here, since openpyxl goes by the ending of a name
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        sheets = (
            rel.target
            for sheet, rel in reader.parser.find_sheets()
            if sheet.state == "visible"
            and rel.target in reader.valid_files
            and "chartsheet" not in rel.Type
        )
        first = next(sheets, None)
        if first is None:
            return "unreadable"
        strings = next(
            (
                part.PartName[1:]
                for part in reader.package.Override
                if SHARED_STRINGS in part.ContentType
            ),
            "",
        )
        shared: list[str] = []
        if strings:
            with reader.archive.open(strings) as source:
                shared = read_shared_strings(source)
        dates = _dates(reader.archive, reader.wb.epoch)
        with reader.archive.open(first) as source:
            return _write_sheet(read_rows(source, shared=shared, date_text=dates))


def _dates(archive: zipfile.ZipFile, epoch: dt.datetime) -> DateText:
    """Return what tells the text of dates under the styles of a workbook."""
    from openpyxl.styles.stylesheet import Stylesheet  # noqa: PLC0415 - after the limits are set
    from openpyxl.utils.datetime import from_excel  # noqa: PLC0415 - the same
    from openpyxl.xml.constants import ARC_STYLE  # noqa: PLC0415 - the same
    from openpyxl.xml.functions import fromstring  # noqa: PLC0415 - the same

    if ARC_STYLE not in archive.namelist():
        return dates_of((), from_excel)
    sheet: Any = Stylesheet  # its types leave out what it computes
    styles = sheet.from_tree(fromstring(archive.read(ARC_STYLE)))
    return dates_of(
        styles.date_formats,
        lambda value, style: from_excel(value, epoch, timedelta=style in styles.timedelta_formats),
    )


def _write_sheet(rows: Iterator[Row]) -> str:
    """Write each row as a line, those that the sheet leaves out as empty ones."""
    last = empty = written = 0
    for number, texts in rows:
        if number <= last:
            continue  # a number that was there already
        empty += min(number, MOST_ROWS + 1) - last - (1 if texts else 0)
        if empty > MOST_EMPTY_ROWS:
            return "gap"
        if number > MOST_ROWS:
            return "rows"
        if len(texts) > MOST_COLUMNS:
            return "columns"
        empty = 0 if texts else empty
        lines = "[]\n" * (number - last - 1) + json.dumps(texts) + "\n"
        written += len(lines)
        if written > MOST_WRITTEN:
            return "bomb"
        sys.stdout.write(lines)
        last = number
    return ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

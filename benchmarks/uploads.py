"""Large tables of needs, read as the app reads what is sent to it: seconds and memory.

    python -m benchmarks.uploads

Each table is read in a process of its own; processor seconds and memory are those of the processes
that read it, and of nothing else.
"""

from __future__ import annotations

import io
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook, load_workbook

from planner.errors import FaultList
from planner.inputs.ground import Ground, ground_of, known_on
from planner.inputs.spreadsheets import read_sheet
from planner.inputs.study_area import starter_data
from planner.inputs.uploads import read_upload

HEAD = ("person_id", "place_id", "group", "services", "assessed_on")
REST = ("municipality_atvk", "method", "at_risk", "in_institution", "wishes_to_leave")
CASES = (
    ("csv", 100_000, len(HEAD)),
    ("csv", 199_000, len(HEAD)),
    ("xlsx", 50_000, len(HEAD)),
    ("xlsx", 100_000, len(HEAD)),
    ("csv", 100_000, len(HEAD + REST)),
    ("xlsx", 100_000, len(HEAD + REST)),
)


def main() -> None:
    """Print a row for each table."""
    print("| table | megabytes | processor s | clock s | peak memory, MB | persons counted |")
    print("|---|---|---|---|---|---|")
    for ending, rows, columns in CASES:
        command = [sys.executable, "-m", "benchmarks.uploads", ending, str(rows), str(columns)]
        subprocess.run(command, check=True)
    for reader in ("sheet", "openpyxl"):
        command = [sys.executable, "-m", "benchmarks.uploads", reader, "100000", "10"]
        subprocess.run(command, check=True)


def measure_cells(reader: str, rows: int, columns: int) -> None:
    """Print what reading the cells of a spreadsheet costs, by the app's reader or by openpyxl."""
    ground = ground_of(None, region="latgale", data=starter_data())
    content = table(ground, "xlsx", rows, columns)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        path.write_bytes(content)
        who = resource.RUSAGE_CHILDREN if reader == "sheet" else resource.RUSAGE_SELF
        before, began = resource.getrusage(who), time.monotonic()
        if reader == "sheet":
            found = len(read_sheet(path, FaultList()) or ())
        else:
            sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
            found = sum(1 for _ in sheet.iter_rows(values_only=True))
        used, clock = resource.getrusage(who), time.monotonic() - began
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"| cells alone by {reader} | | {seconds:.1f} | {clock:.1f} | | {found - 1:,} |", flush=True
    )


def measure(ending: str, rows: int, columns: int) -> None:
    """Print what reading one table costs."""
    ground = ground_of(None, region="latgale", data=starter_data())
    content = table(ground, ending, rows, columns)
    began = time.monotonic()
    found = read_upload(content, kind="needs", ground=ground, mappings=Path("none"))
    clock = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    persons = sum(found.needs.persons.values()) if found.needs else 0
    cells = (
        f"{rows:,} rows of persons, {columns} columns, {ending.upper()}",
        f"{len(content) / 1e6:.1f}",
        f"{used.ru_utime + used.ru_stime:.1f}",
        f"{clock:.1f}",
        f"{used.ru_maxrss / 1000:.0f}",
        f"{persons:,}" if not found.faults else f"none: {found.faults[0]}",
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def table(ground: Ground, ending: str, rows: int, columns: int) -> bytes:
    """Return rows of invented persons at places of the region, in the first so many columns."""
    chance = random.Random(1)
    inside = known_on(ground).inside.places
    homes = [(place_id, place.point.municipality_atvk) for place_id, place in inside.items()]
    lines = (_person(n, chance.choice(homes), chance)[:columns] for n in range(rows))
    heads = (HEAD + REST)[:columns]
    if ending == "csv":
        return "\n".join(";".join(line) for line in (heads, *lines)).encode()
    book, content = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for line in (heads, *lines):
        sheet.append(line)
    book.save(content)
    return content.getvalue()


def _person(number: int, home: tuple[str, str], chance: random.Random) -> tuple[str, ...]:
    group, service = chance.choice((("GRT", "day_care_adults"), ("FT", "day_care_children")))
    known = (f"P{number}", home[0], group, service, "2018-02-01")
    return (*known, home[1], "2", "jā", "nē", "nē")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run = measure_cells if sys.argv[1] in ("sheet", "openpyxl") else measure
        run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()

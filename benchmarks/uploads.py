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
import time
from pathlib import Path

from openpyxl import Workbook

from planner.inputs.ground import Ground, ground_of, known_on
from planner.inputs.study_area import starter_data
from planner.inputs.uploads import read_upload

HEAD = ("person_id", "place_id", "group", "services", "assessed_on")
CASES = (("csv", 100_000), ("csv", 199_000), ("xlsx", 50_000), ("xlsx", 100_000))


def main() -> None:
    """Print a row for each table."""
    print("| table | megabytes | processor s | clock s | peak memory, MB | persons counted |")
    print("|---|---|---|---|---|---|")
    for ending, rows in CASES:
        command = [sys.executable, "-m", "benchmarks.uploads", ending, str(rows)]
        subprocess.run(command, check=True)


def measure(ending: str, rows: int) -> None:
    """Print what reading one table costs."""
    ground = ground_of(None, region="latgale", data=starter_data())
    content = table(ground, ending, rows)
    began = time.monotonic()
    found = read_upload(content, kind="needs", ground=ground, mappings=Path("none"))
    clock = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    persons = sum(found.needs.persons.values()) if found.needs else 0
    cells = (
        f"{rows:,} rows of persons, {ending.upper()}",
        f"{len(content) / 1e6:.1f}",
        f"{used.ru_utime + used.ru_stime:.1f}",
        f"{clock:.1f}",
        f"{used.ru_maxrss / 1000:.0f}",
        f"{persons:,}" if not found.faults else f"none: {found.faults[0]}",
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def table(ground: Ground, ending: str, rows: int) -> bytes:
    """Return rows of invented persons at places of the region."""
    chance = random.Random(1)
    places = list(known_on(ground).inside.places)
    lines = (
        (f"P{n}", chance.choice(places), chance.choice(("GRT", "FT")), "DAC_GRT", "2018-02-01")
        for n in range(rows)
    )
    if ending == "csv":
        return "\n".join(";".join(line) for line in (HEAD, *lines)).encode()
    book, content = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for line in (HEAD, *lines):
        sheet.append(line)
    book.save(content)
    return content.getvalue()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        main()

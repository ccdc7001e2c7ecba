"""An XLSX file into rows of text, through a process of its own with limits on all it may use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from planner.errors import FaultList
from planner.inputs.sheet_child import CPU_SECONDS, MOST_COLUMNS, MOST_ROWS

SECONDS = 60.0  # on the clock, of a machine that has other things to do; see CPU_SECONDS
_SAID = {
    "bomb": "unpacks to more than a table can be; it is not opened",
    "memory": "needs more memory than a table can need; it is not read on",
    "time": "takes longer than {seconds} seconds to read; it is not read on",
    "rows": "has more than {rows} rows; split the file",
    "columns": "has more than {columns} columns; keep only those of the template",
    "gap": "has cells far below its last row; delete what stands there",
    "unreadable": "is no spreadsheet that can be read; save it as XLSX or as CSV UTF-8",
}


def read_sheet(path: Path, faults: FaultList) -> list[list[str]] | None:
    """Return the cells of the first visible sheet as text, row by row, or ``None`` with a fault.

    Formulas give the value that was saved with them. Numbers come without a needless fraction and
    dates as ISO text. Memory, time, rows, columns and unpacked bytes are limited.
    """
    command = [sys.executable, "-m", "planner.inputs.sheet_child", str(path.resolve())]
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _refuse(path, "time", faults)
        return None
    lines = done.stdout.splitlines()
    if done.returncode == 0:
        return [json.loads(line) for line in lines]
    _refuse(path, _reason(lines, done.returncode), faults)
    return None


def _environment() -> dict[str, str]:
    """Return what the child needs to find its modules, and the safe XML parser of openpyxl."""
    paths = os.pathsep.join(part for part in sys.path if part)
    return {
        "PYTHONPATH": paths,
        "PATH": os.environ.get("PATH", ""),
        "OPENPYXL_LXML": "False",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def _reason(lines: list[bytes], returncode: int) -> str:
    try:
        return str(json.loads(lines[-1])["refused"])
    except (IndexError, ValueError, TypeError, KeyError):
        return "time" if returncode < 0 else "memory"


def _refuse(path: Path, reason: str, faults: FaultList) -> None:
    limits = {"seconds": CPU_SECONDS, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
    text = _SAID.get(reason, _SAID["unreadable"])
    fields = {name: int(limit) for name, limit in limits.items() if f"{{{name}}}" in text}
    faults.add(text, file=path.name, fields=fields)

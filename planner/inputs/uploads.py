"""The bytes of a file that was sent into what it holds, through a process of its own with limits.

The bytes lie on disk under a name of the planner's own as long as that process reads, and are
deleted whatever happens; if the planner itself is killed then, its next start deletes them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from planner.errors import Fault, Words
from planner.inputs.approved_tables import KnownOptions
from planner.inputs.ground import Ground
from planner.inputs.needs import NeedsIntake
from planner.inputs.progress import Tell
from planner.inputs.readers import Recognition
from planner.inputs.upload_child import CPU_SECONDS, needs_from

SECONDS = 120.0  # on the clock, of a machine that has other things to do; see CPU_SECONDS
MOST_BYTES = 50_000_000
_PREFIX = "tuvak-upload-"


@dataclass(frozen=True)
class Upload:
    """What a file that was sent holds; nothing of it tells of a person.

    Attributes
    ----------
    kind : str
        One of `planner.inputs.kinds.KINDS`, or `planner.inputs.approved.APPROVED`.
    faults : tuple of Fault
        All that is wrong; where there is any, nothing of the file is used.
    notes : tuple of Fault
        What was noticed and left as it is.
    rows : int
    seen : Recognition, optional
        How the columns were recognised; ``None`` where no row names any.
    headers : str
        Digest of the headers, see `planner.inputs.mappings.headers_digest`.
    needs : NeedsIntake, optional
        The counts, true ones.
    content : str
        What is kept of a sound file of another kind.
    totals : mapping of str to int
    """

    kind: str
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    rows: int = 0
    seen: Recognition | None = None
    headers: str = ""
    needs: NeedsIntake | None = None
    content: str = ""
    totals: Mapping[str, int] = field(default_factory=dict)


def read_upload(
    content: bytes | memoryview,
    *,
    kind: str,
    ground: Ground,
    mappings: Path,
    crs: str = "",
    units: str = "",
    options: KnownOptions | None = None,
    on_rows: Tell | None = None,
) -> Upload:
    """Return what a file that was sent holds, or every fault of it.

    Parameters
    ----------
    content : bytes
        At most `MOST_BYTES`.
    kind : str
        One of `planner.inputs.kinds.KINDS`, or `planner.inputs.approved.APPROVED`.
    ground : Ground
        What the file may name.
    mappings : Path
        Folder of saved mappings; the one of these headers is used.
    crs : str
        For boundaries: the reference system as confirmed by a person.
    units : str
        For needs: of which time the municipalities are that stand in place of settlements, a key of
        `planner.inputs.homes.UNITS`; empty where settlements alone are named.
    options : KnownOptions, optional
        For an approved edition: the services and sites that it may name.
    on_rows : callable, optional
        Told how many rows were read, and of how many.
    """
    if len(content) > MOST_BYTES:
        fields = {"most": MOST_BYTES // 1_000_000}
        return Upload(
            kind, (Fault("is larger than {most} megabytes; split the file", fields=fields),)
        )
    sweep_uploads()
    with _private_copy(content) as path:
        request = {
            "kind": kind,
            "path": str(path),
            "mappings": str(mappings),
            "ground": {k: _said(v) for k, v in dataclasses.asdict(ground).items()},
            "crs": crs,
            "units": units,
            "options": options and dataclasses.asdict(options),
        }
        found = _ask_child(request, on_rows)
    return _upload(kind, found)


def sweep_uploads() -> None:
    """Delete what a planner that was killed while it read an upload has left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _private_copy(content: bytes | memoryview) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        yield path


def _ask_child(request: Mapping[str, Any], on_rows: Tell | None) -> Mapping[str, Any]:
    """Return what the child found, or why it found nothing; it ends with this call."""
    child = subprocess.Popen(
        [sys.executable, "-m", "planner.inputs.upload_child"],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    late = threading.Timer(SECONDS, _end, (child,))
    late.start()
    found: Mapping[str, Any] | None = None
    try:
        with contextlib.suppress(BrokenPipeError), child.stdin or contextlib.nullcontext() as ask:
            if ask:
                ask.write(json.dumps(request))
        for line in child.stdout or ():
            if not line.endswith("\n"):
                break  # the child was ended within a line
            told = json.loads(line)
            if "found" in told:
                found = told["found"]
            elif on_rows is not None:
                on_rows(told["rows"], told["of"])
        code = child.wait()
    finally:
        late.cancel()
        _end(child)
        if child.stdout:
            child.stdout.close()
        child.wait()
    if found is not None:
        return found
    text = (
        "takes longer than {seconds} seconds to read; it is not read on"
        if code < 0
        else "needs more memory than a table can need; it is not read on"
    )
    fields = {"seconds": CPU_SECONDS} if code < 0 else {}
    return {"faults": [dataclasses.asdict(Fault(text, fields=fields))]}


def _upload(kind: str, found: Mapping[str, Any]) -> Upload:
    seen = found.get("seen")
    return Upload(
        kind=kind,
        faults=tuple(map(_fault, found.get("faults", ()))),
        notes=tuple(map(_fault, found.get("notes", ()))),
        rows=found.get("rows", 0),
        seen=None
        if seen is None
        else Recognition(
            headers=seen["headers"],
            missing=tuple(seen["missing"]),
            unread=tuple(seen["unread"]),
            rows=seen["rows"],
            encoding=seen["encoding"],
            separator=seen["separator"],
        ),
        headers=found.get("headers_digest", ""),
        needs=needs_from(found) if "needs" in found else None,
        content=found.get("content", ""),
        totals=found.get("totals", {}),
    )


def _fault(said: Mapping[str, Any]) -> Fault:
    """Return a fault without the name of the copy, which is none that anybody knows."""
    fields = {k: Words(v) if isinstance(v, list) else v for k, v in said["fields"].items()}
    return replace(Fault(**said), file="", fields=fields)


def _environment() -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
        "PATH": os.environ.get("PATH", ""),
        "TMPDIR": tempfile.gettempdir(),
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def _end(child: subprocess.Popen[str]) -> None:
    """End the child and what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _said(value: object) -> object:
    return str(value) if isinstance(value, Path) else value

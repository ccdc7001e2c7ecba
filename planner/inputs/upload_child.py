"""A file that somebody sent into what it holds, as JSON, read apart from the planner with limits.

Run as ``python -m planner.inputs.upload_child`` with a request (see `planner.inputs.uploads`) as
JSON on stdin. Lines of JSON go to stdout: how many rows have been read, and at last what was found.
What stands in single rows lives in this process and ends with it.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.errors import Fault, FaultList, InputError
from planner.inputs.approved import APPROVED
from planner.inputs.approved_tables import KnownOptions, read_approved_rows
from planner.inputs.cell_files import Sheet
from planner.inputs.checks import (
    CHECKS,
    CheckReport,
    read_outlines,
)
from planner.inputs.ground import Ground, known_on
from planner.inputs.homes import UNITS
from planner.inputs.intake import read_needs, recognise_needs
from planner.inputs.kept_tables import outlines_content, table_content
from planner.inputs.kinds import COLUMNS_OF, privacy_of
from planner.inputs.mappings import headers_digest, read_mapping, without_persons
from planner.inputs.needs import NeedsIntake, remarks_of
from planner.inputs.readers import (
    Column,
    Recognition,
    read_named_cells,
    recognise,
)
from planner.inputs.territories import Edition

MEMORY_BYTES = 1_000_000_000
MEMORY_OF_A_LAYER_BYTES = 2_500_000_000  # address space; the child that reads layers takes it
CPU_SECONDS = 20
MOST_CONTENT_BYTES = 50_000_000
Found = dict[str, Any]


def main() -> int:
    """Answer the request on stdin; return 0, or 1 without an answer for anything not foreseen."""
    request = json.load(sys.stdin)
    _limit()
    try:
        found = read_sent(request)
    except InputError as error:
        found = {"faults": error.faults}
    except Exception:  # noqa: BLE001 - its words might repeat what stands in a row
        return 1
    _write({"found": found})
    return 0


def read_sent(request: Mapping[str, Any]) -> Found:
    """Return what a file holds: faults alone, or what is kept of it; see `main`."""
    kind, path = request["kind"], Path(request["path"])
    said = request["ground"]
    ground = Ground(
        settlements=Path(said["settlements"]),
        services=Path(said["services"]),
        municipalities=Path(said["municipalities"]),
        region=said["region"],
        partners=tuple(said["partners"]),
    )
    if kind == "boundaries":
        return _read_boundaries(path, ground, crs=request["crs"])
    edition, asked = UNITS.get(request["units"]), request["options"]
    options = asked and KnownOptions(tuple(asked["services"]), asked["buildings"])
    return _read_table(kind, path, ground, Path(request["mappings"]), edition, options)


def saved_mapping(folder: Path, kind: str, digest: str) -> Path:
    """Return where the mapping of a sender's headers is kept."""
    return folder / f"{kind}-{digest}.toml"


def _read_table(
    kind: str,
    path: Path,
    ground: Ground,
    mappings: Path,
    edition: Edition | None,
    options: KnownOptions | None,
) -> Found:
    """Return how the columns were recognised, and what the rows add up to or what is wrong."""
    columns, faults = COLUMNS_OF[kind], FaultList()
    sheet = read_named_cells(path, columns, faults)
    faults.raise_if_any()
    digest = headers_digest(recognise(path, columns, sheet=sheet))
    mapping = _mapping(saved_mapping(mappings, kind, digest), columns)
    if kind == "needs":
        seen = recognise_needs(path, mapping=mapping, sheet=sheet, edition=edition)
    else:
        seen = recognise(path, columns, mapping=mapping, sheet=sheet)
    seen = without_persons(seen)
    found: Found = {"headers_digest": digest}
    if seen.headers:  # without any the head may be a row like others, and is not shown
        found["seen"] = _shown(seen)
    try:
        if kind == "needs":
            return found | _needs(path, ground, mapping, sheet, edition)
        if kind == APPROVED and options is not None:
            report = _approved(path, options, mapping, sheet)
        else:
            report = _beside_needs(kind, path, ground, mapping)
        content, notes = table_content(
            path, columns, mapping=mapping, privacy=privacy_of(kind), sheet=sheet
        )
        return found | _kept(report, content, notes)
    except InputError as error:
        return found | {"faults": error.faults}


def _needs(
    path: Path,
    ground: Ground,
    mapping: Mapping[str, str],
    sheet: Sheet | None,
    edition: Edition | None,
) -> Found:
    known = known_on(ground)
    intake = read_needs(
        path,
        names=known.inside,
        services=known.services,
        mapping=mapping,
        on_rows=lambda done, rows: _write({"rows": done, "of": rows}),
        sheet=sheet,
        edition=edition,
    )
    return {
        "rows": intake.rows,
        "notes": remarks_of(intake, file=path.name),
        "needs": {
            "persons": _listed(intake.persons),
            "by_service": _listed(intake.by_service),
            "at_risk": _listed(intake.at_risk),
            "additions": _listed(intake.additions),
            "estimated": sorted(intake.estimated),
            "doubles": intake.doubles,
            "shape": intake.shape,
        },
    }


def needs_from(found: Mapping[str, Any]) -> NeedsIntake:
    """Return the counts that a line of `main` tells."""
    said = found["needs"]
    return NeedsIntake(
        persons={(group, place): n for group, place, n in said["persons"]},
        by_service={(service, group, place): n for service, group, place, n in said["by_service"]},
        at_risk={(group, place): n for group, place, n in said["at_risk"]},
        rows=found["rows"],
        doubles=said["doubles"],
        shape=said["shape"],
        additions={(g, place, year, source): n for g, place, year, source, n in said["additions"]},
        estimated=frozenset(said["estimated"]),
    )


def _beside_needs(kind: str, path: Path, ground: Ground, mapping: Mapping[str, str]) -> CheckReport:
    """Return what a table of another kind holds."""
    known = known_on(ground)
    names = known.anywhere if kind == "facilities" else known.inside
    return CHECKS[kind](path, names, known.services, mapping)


def _approved(
    path: Path, options: KnownOptions, mapping: Mapping[str, str], sheet: Sheet | None
) -> CheckReport:
    """Return what a table of an approved edition holds."""
    rows = read_approved_rows(path, options, mapping=mapping, sheet=sheet)
    totals = {"places": sum(row.places for row in rows)}
    return CheckReport(APPROVED, path.name, len(rows), totals)


def _read_boundaries(path: Path, ground: Ground, *, crs: str) -> Found:
    """Return what a layer holds, and its municipalities as GeoJSON in degrees."""
    outlines = read_outlines(path, ground.municipalities, crs=crs)
    return _kept(outlines.report, outlines_content(outlines), [])


def _kept(report: CheckReport, content: str, notes: Sequence[Fault]) -> Found:
    if len(content) > MOST_CONTENT_BYTES:
        most = MOST_CONTENT_BYTES // 1_000_000
        fault = Fault("is larger than {most} megabytes; split the file", fields={"most": most})
        return {"faults": (fault,)}
    totals = dict(report.totals)
    return {
        "rows": report.rows,
        "totals": totals,
        "notes": (*report.notes, *notes),
        "content": content,
    }


def _mapping(path: Path, columns: Sequence[Column]) -> Mapping[str, str]:
    """Return the saved mapping, or nothing where there is none that can be used any more."""
    try:
        return read_mapping(path, columns) if path.exists() else {}
    except InputError:
        return {}


def _shown(seen: Recognition) -> Found:
    return dataclasses.asdict(seen)


def _listed(
    counts: Mapping[tuple[str, str], int]
    | Mapping[tuple[str, str, str], int]
    | Mapping[tuple[str, str, int, str], int],
) -> list[list[str | int]]:
    return [[*key, n] for key, n in counts.items()]


def _limit() -> None:
    """Cap what this process may use; the child that reads a layer may take more address space."""
    import resource  # noqa: PLC0415 - not on every system

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_OF_A_LAYER_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(line: Found) -> None:
    sys.stdout.write(json.dumps(line, default=dataclasses.asdict) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

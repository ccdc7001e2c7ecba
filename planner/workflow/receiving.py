"""A file that was sent to the app into what is kept of it, and an empty table to send back."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.disclosure import DEFAULT_THRESHOLD
from planner.domain import Scenario, StudyArea
from planner.errors import Fault, FaultList
from planner.inputs.approved_tables import options_in
from planner.inputs.ground import Ground, ground_of, known_on
from planner.inputs.kept_files import keep_file
from planner.inputs.kinds import COLUMNS_OF
from planner.inputs.mappings import mapping_toml
from planner.inputs.progress import Tell
from planner.inputs.readers import Column
from planner.inputs.snapshots import keep_snapshot
from planner.inputs.study_area import starter_data
from planner.inputs.upload_child import saved_mapping
from planner.inputs.uploads import Upload, read_upload
from planner.locales import say_fault
from planner.publishing.package import write_text
from planner.publishing.tables import Column as TableColumn
from planner.publishing.tables import Table, office_csv
from planner.publishing.templates import write_table_template
from planner.workflow.intake import iso_day
from planner.workflow.looking import totals_told

_ASKS_FOR_UNITS = "names municipalities and no settlements; say which municipalities it means"
_CONFIRMABLE = (
    "states no reference system, but may be {guess}; confirm it ",
    "states {stated}, but its coordinates are metres, perhaps of {guess}; confirm it ",
)


@dataclass(frozen=True)
class Taken:
    """What was kept of a file: its name, and whether it was not there yet."""

    kind: str
    name: str
    new: bool


def ground_for(scenario: Scenario | None, region: str, *, data: Path | None = None) -> Ground:
    """Return what files for a scenario, or for a region without one, may name."""
    return ground_of(scenario, region=region, data=data or starter_data())


def receive(
    content: bytes | memoryview,
    *,
    kind: str,
    ground: Ground,
    mappings: Path,
    crs: str = "",
    units: str = "",
    area: StudyArea | None = None,
    on_rows: Tell | None = None,
) -> Upload:
    """Return what a file holds and everything wrong with it; nothing is kept of it yet.

    An approved edition may name services and sites of `area`. For the rest see
    `planner.inputs.uploads.read_upload`.
    """
    return read_upload(
        content,
        kind=kind,
        ground=ground,
        mappings=mappings,
        crs=crs,
        units=units,
        options=None if area is None else options_in(area),
        on_rows=on_rows,
    )


def take_in(upload: Upload, folder: Path, *, ground: Ground, day: str = "") -> Taken:
    """Keep what a sound file holds in `folder`, dated; the same content is kept once.

    Parameters
    ----------
    day : str
        ISO date that it bears; today where it is empty.

    Raises
    ------
    InputError
        If the file has faults, the date is none, or the folder cannot be written.
    """
    faults = FaultList()
    faults.extend(upload.faults)
    faults.raise_if_any()
    day = iso_day(day)
    if upload.needs is not None:
        names = known_on(ground).inside
        snapshot = keep_snapshot(upload.needs, folder, day=day, names=names)
        return Taken(upload.kind, snapshot.path.name, snapshot.new)
    ending = "csv" if upload.kind in COLUMNS_OF else "geojson"
    kept = keep_file(upload.content.encode(), folder, kind=upload.kind, day=day, ending=ending)
    return Taken(upload.kind, kept.path.name, kept.new)


def told_totals(upload: Upload, *, threshold: int = DEFAULT_THRESHOLD) -> dict[str, str]:
    """Return what a file adds up to, by group of persons or by what is counted, few hidden.

    Few are less than `threshold`, that of those who read it.
    """
    if upload.needs is None:
        return totals_told(upload.kind, upload.totals, threshold=threshold)
    totals: Counter[str] = Counter()
    for (group, _), persons in upload.needs.persons.items():
        totals[group] += persons
    return totals_told(upload.kind, totals, threshold=threshold)


def faults_table(faults: Sequence[Fault], *, language: str) -> Table:
    """Return what is wrong with a file, row by row, for a screen or to be sent back."""
    ranked = sorted(faults, key=lambda fault: fault.row or 0)
    return Table(
        "faults",
        "Faults of the file",
        (
            TableColumn("row", "Row"),
            TableColumn("column", "Column"),
            TableColumn("fault", "What is wrong and what to do"),
        ),
        tuple(
            (
                "" if fault.row is None else str(fault.row),
                fault.column,
                say_fault(language, replace(fault, file="", row=None, column="")),
            )
            for fault in ranked
        ),
    )


def faults_csv(faults: Sequence[Fault], *, language: str) -> bytes:
    """Return what is wrong with a file as CSV that Latvian Excel opens well."""
    return office_csv(faults_table(faults, language=language), language=language).encode(
        "utf-8-sig"
    )


def columns_for(kind: str) -> Sequence[Column]:
    """Return the columns that a table of a kind may have; none for layers."""
    return COLUMNS_OF.get(kind, ())


def asks_for_mapping(upload: Upload) -> bool:
    """Return whether the file cannot be read before somebody says what a column is."""
    if upload.seen is None or not upload.faults or not upload.seen.unread:
        return False
    return lacks_columns(upload) or "person_id" in upload.seen.headers


def lacks_columns(upload: Upload) -> bool:
    """Return whether a column is not recognised without which no row can be read.

    Needs by municipality lack no places, see `asks_for_units`.
    """
    if upload.seen is None:
        return False
    headers, missing = {*upload.seen.headers}, {*upload.seen.missing}
    if upload.kind != "needs":
        return bool(missing)
    if "municipality_atvk" in headers:
        missing.discard("place_id")
    return bool(missing) or not {"persons", "person_id"} & headers


def asks_for_units(upload: Upload) -> bool:
    """Return whether the file cannot be read before somebody says which municipalities it means."""
    return any(fault.text.startswith(_ASKS_FOR_UNITS) for fault in upload.faults)


def save_mapping(upload: Upload, meanings: Mapping[str, str], mappings: Path) -> Path | None:
    """Remember what the headers of a sender mean, for every file with the same headers.

    Parameters
    ----------
    meanings : mapping of header to column name
        For headers that were not recognised; the others stay as they were.
    """
    if upload.seen is None:
        return None
    said = {name: header for header, name in meanings.items() if name}
    meant = replace(upload.seen, headers={**upload.seen.headers, **said}, unread=())
    path = saved_mapping(mappings, upload.kind, upload.headers)
    return write_text(path, mapping_toml(meant, columns_for(upload.kind)))


def crs_to_confirm(upload: Upload) -> str:
    """Return the reference system that a layer seems to be in, where it states none, or nothing."""
    return next((str(f.fields["guess"]) for f in upload.faults if _may_confirm(f)), "")


def table_template(shape: str, ending: str, *, language: str, ground: Ground) -> bytes:
    """Return an empty table to be filled in, with the places of the region on a sheet of its own.

    Parameters
    ----------
    shape : str
        A key of `planner.publishing.templates.SHAPES`.
    ending : str
        "xlsx" or "csv".
    """
    places = [
        (place_id, place.point.name, place.municipality)
        for place_id, place in known_on(ground).inside.places.items()
    ]
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        path = Path(folder) / f"template.{ending}"
        write_table_template(path, shape=shape, language=language, places=places)
        return path.read_bytes()


def _may_confirm(fault: Fault) -> bool:
    return fault.text.startswith(_CONFIRMABLE)

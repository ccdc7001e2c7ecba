"""Files that municipalities send into dated snapshots of counts, told in words with few hidden."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.disclosure import HIDDEN_MARK, show_persons
from planner.errors import Fault, InputError
from planner.inputs.checks import known_names
from planner.inputs.intake import COLUMNS, read_needs
from planner.inputs.mappings import mapping_toml, read_mapping, without_persons
from planner.inputs.needs import GROUPS, PART_OF, NeedsIntake
from planner.inputs.progress import Tell
from planner.inputs.readers import Recognition, recognise
from planner.inputs.snapshots import Snapshot, keep_snapshot
from planner.inputs.study_area import starter_data
from planner.locales import say, say_count, say_fault
from planner.publishing.package import write_text
from planner.publishing.tables import tells_a_few
from planner.publishing.templates import GROUP_WORDS, write_table_template

NEEDS_SHAPES = ("counts", "persons")


@dataclass(frozen=True)
class ImportedNeeds:
    """Needs that were taken in: the snapshot, persons by group (true counts), and what was seen."""

    snapshot: Snapshot
    totals: Mapping[str, int]
    rows: int
    remarks: tuple[Fault, ...]


def import_needs(
    file: Path,
    folder: Path,
    *,
    day: str = "",
    mapping: Path | None = None,
    data: Path | None = None,
    on_rows: Tell | None = None,
) -> ImportedNeeds:
    """Keep the counts of a table of needs as a dated snapshot in `folder`.

    Nothing but counts is kept, whichever shape the table has. Counts that the folder has already
    are not written again.

    Parameters
    ----------
    day : str
        ISO date that the snapshot bears; today where it is empty.
    mapping : Path, optional
        A saved mapping of this sender's headers; see `preview_needs`.
    on_rows : callable, optional
        Told how many rows were read, and of how many.

    Raises
    ------
    InputError
        If anything is wrong with the file, the mapping or the date; every fault at once.
    """
    day = iso_day(day)
    headers = read_mapping(mapping, COLUMNS) if mapping else None
    names, services = known_names(data or starter_data())
    intake = read_needs(file, names=names, services=services, mapping=headers, on_rows=on_rows)
    snapshot = keep_snapshot(intake, folder, day=day, names=names)
    totals: Counter[str] = Counter()
    for (group, _), persons in intake.persons.items():
        totals[group] += persons
    return ImportedNeeds(snapshot, dict(totals), intake.rows, _remarks(intake, file))


def needs_text(found: ImportedNeeds, *, file: str, language: str) -> str:
    """Return in words what was taken in, small counts hidden."""
    rows = say_count(language, "{file}: {count} row", "{file}: {count} rows", found.rows, file=file)
    told = shown_totals(found.totals)
    totals = [f"  {say(language, GROUP_WORDS[group])}: {text}" for group, text in told.items()]
    notes = [say_fault(language, note) for note in found.remarks]
    name = found.snapshot.path.name
    if found.snapshot.new:
        kept = say(language, "kept as {snapshot}", snapshot=name)
    else:
        kept = say(language, "these counts were there already: {snapshot}", snapshot=name)
    lines = [rows, *totals, *notes, kept]
    if found.snapshot.support_plans is not None:
        plans = found.snapshot.support_plans.name
        lines.append(say(language, "services of their support plans: {snapshot}", snapshot=plans))
    return "\n".join(lines)


def shown_totals(totals: Mapping[str, int]) -> dict[str, str]:
    """Return persons by group as they may be shown.

    A few are "< 5". A group that all but a few of another belong to is withheld, since the two
    counts would tell the few.
    """
    told = {group: show_persons(totals[group]) for group in GROUPS if group in totals}
    for part, whole in PART_OF.items():
        if part in told and whole in told and tells_a_few(totals[whole], totals[part]):
            told[part] = HIDDEN_MARK
    return told


def preview_needs(
    file: Path, *, mapping: Path | None = None, save: Path | None = None
) -> Recognition:
    """Return how the columns of a table of needs would be read, before any row is.

    Parameters
    ----------
    save : Path, optional
        Where a mapping is written, the headers that are not known left open; an older file there
        is replaced.

    Raises
    ------
    InputError
        If the file is no table, or no row of it names a column.
    """
    seen = recognise(file, COLUMNS, mapping=read_mapping(mapping, COLUMNS) if mapping else None)
    if not seen.headers:
        expected = ", ".join(c.said for c in COLUMNS if c.required)
        raise InputError(
            Fault(
                "no row names the columns; the first row must be: {expected}",
                file=file.name,
                fields={"expected": expected},
            )
        )
    seen = without_persons(seen)
    if save is not None:
        write_text(save, mapping_toml(seen, COLUMNS))
    return seen


def preview_text(seen: Recognition, *, language: str) -> str:
    """Return in words how the columns of a table would be read."""
    lines = [f"  {header} → {name}" for name, header in seen.headers.items()]
    lines += [
        f"  {header} → {say(language, 'is not read; a mapping can say what it is')}"
        for header in seen.unread
    ]
    known = {column.name: column.said for column in COLUMNS}
    lines += [
        f"  {say(language, 'no column is {column}', column=known[name])}" for name in seen.missing
    ]
    return "\n".join(lines)


def write_template(out: Path, *, shape: str, language: str, data: Path | None = None) -> None:
    """Write an empty table of needs to be filled in: XLSX, or CSV for Latvian Excel.

    Parameters
    ----------
    out : Path
        Ends in .xlsx or .csv.
    shape : str
        One of `NEEDS_SHAPES`.

    Raises
    ------
    InputError
        If the ending or the shape is another.
    """
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise InputError(Fault("a template ends in .xlsx or .csv", file=out.name))
    if shape not in NEEDS_SHAPES:
        raise InputError(
            Fault(
                "there is no shape {found!r}; give one of: {known}",
                fields={"found": shape[:40], "known": ", ".join(NEEDS_SHAPES)},
            )
        )
    names, _ = known_names(data or starter_data())
    places = [
        (place_id, place.point.name, place.municipality) for place_id, place in names.places.items()
    ]
    write_table_template(out, shape=shape, language=language, places=places)


def iso_day(text: str) -> str:
    """Return an ISO date as given, or today where it is empty.

    Raises
    ------
    InputError
        If the text is no such date.
    """
    if not text:
        return dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InputError(
            Fault("{found!r} is no date; write it as 2026-11-22", fields={"found": text[:40]})
        )
    return text


def _remarks(intake: NeedsIntake, file: Path) -> tuple[Fault, ...]:
    if not intake.doubles:
        return intake.remarks
    text = "{doubles} rows repeat a person and are counted once"
    return (*intake.remarks, Fault(text, file=file.name, fields={"doubles": intake.doubles}))

"""Files that municipalities send into dated snapshots of counts, told in words with few hidden."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.disclosure import DEFAULT_THRESHOLD, HIDDEN_MARK, show_persons
from planner.errors import Fault, InputError
from planner.inputs.checks import known_names
from planner.inputs.homes import UNITS
from planner.inputs.intake import COLUMNS, read_needs
from planner.inputs.mappings import mapping_toml, read_mapping, without_persons
from planner.inputs.needs import GROUP_WORDS, GROUPS, PART_OF, remarks_of
from planner.inputs.progress import Tell
from planner.inputs.readers import Column, Recognition, recognise
from planner.inputs.snapshots import Snapshot, keep_snapshot
from planner.inputs.study_area import starter_data
from planner.inputs.territories import Edition
from planner.locales import say, say_count, say_fault
from planner.publishing.package import write_text
from planner.publishing.tables import tells_a_few
from planner.publishing.templates import SHAPES, write_table_template


@dataclass(frozen=True)
class ImportedNeeds:
    """Needs that were taken in: the snapshot, persons by group (true counts), and what was seen.

    `later` is how many leave state care centres in a later year.
    """

    snapshot: Snapshot
    totals: Mapping[str, int]
    rows: int
    remarks: tuple[Fault, ...]
    later: int = 0


def import_needs(
    file: Path,
    folder: Path,
    *,
    day: str = "",
    mapping: Path | None = None,
    data: Path | None = None,
    units: str = "",
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
        A saved mapping of this sender's headers; see `preview_columns`.
    units : str
        Of which time the municipalities are that stand in place of settlements, a key of
        `planner.inputs.homes.UNITS`; empty where settlements alone are named.
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
    intake = read_needs(
        file,
        names=names,
        services=services,
        mapping=headers,
        on_rows=on_rows,
        edition=edition_of(units),
    )
    snapshot = keep_snapshot(intake, folder, day=day, names=names)
    totals: Counter[str] = Counter()
    for (group, _), persons in intake.persons.items():
        totals[group] += persons
    later = sum(intake.additions.values())
    return ImportedNeeds(
        snapshot, dict(totals), intake.rows, remarks_of(intake, file=file.name), later
    )


def edition_of(units: str) -> Edition | None:
    """Return the municipalities that a planner means, ``None`` where nothing is said.

    Raises
    ------
    InputError
        If there are no such.
    """
    if not units:
        return None
    if units not in UNITS:
        raise InputError(
            Fault(
                "there are no municipalities of {found!r}; give one of: {known}",
                fields={"found": units[:40], "known": ", ".join(UNITS)},
            )
        )
    return UNITS[units]


def needs_text(found: ImportedNeeds, *, file: str, language: str) -> str:
    """Return in words what was taken in, small counts hidden."""
    rows = say_count(language, "{file}: {count} row", "{file}: {count} rows", found.rows, file=file)
    told = shown_totals(found.totals)
    totals = [f"  {say(language, GROUP_WORDS[group])}: {text}" for group, text in told.items()]
    if found.later:
        later = show_persons(found.later)
        text = "adults leaving state care centres from their year on, not among these: {persons}"
        totals.append(f"  {say(language, text, persons=later)}")
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
    if found.snapshot.additions is not None:
        later = found.snapshot.additions.name
        lines.append(say(language, "who leaves in which year: {snapshot}", snapshot=later))
    return "\n".join(lines)


def shown_totals(
    totals: Mapping[str, int], *, threshold: int = DEFAULT_THRESHOLD
) -> dict[str, str]:
    """Return persons by group as they may be shown to readers of a threshold.

    A few are "< 5", by the usual one. A group that all but a few of another belong to is withheld,
    since the two counts would tell the few.
    """
    told = {
        group: show_persons(totals[group], threshold=threshold)
        for group in GROUPS
        if group in totals
    }
    for part, whole in PART_OF.items():
        if (
            part in told
            and whole in told
            and tells_a_few(totals[whole], totals[part], threshold=threshold)
        ):
            told[part] = HIDDEN_MARK
    return told


def preview_columns(
    file: Path,
    columns: Sequence[Column] = COLUMNS,
    *,
    mapping: Path | None = None,
    save: Path | None = None,
) -> Recognition:
    """Return how the columns of a table would be read, before any row is.

    Parameters
    ----------
    columns : sequence of Column
        What the table may have, see `planner.inputs.kinds.columns_of`.
    save : Path, optional
        Where a mapping is written, the headers that are not known left open; an older file there
        is replaced.

    Raises
    ------
    InputError
        If the file is no table, or no row of it names a column.
    """
    seen = recognise(file, columns, mapping=read_mapping(mapping, columns) if mapping else None)
    if not seen.headers:
        expected = ", ".join(c.said for c in columns if c.required)
        raise InputError(
            Fault(
                "no row names the columns; the first row must be: {expected}",
                file=file.name,
                fields={"expected": expected},
            )
        )
    seen = without_persons(seen)
    if save is not None:
        write_text(save, mapping_toml(seen, columns))
    return seen


def preview_text(seen: Recognition, columns: Sequence[Column] = COLUMNS, *, language: str) -> str:
    """Return in words how the columns of a table would be read."""
    lines = [f"  {header} → {name}" for name, header in seen.headers.items()]
    lines += [
        f"  {header} → {say(language, 'is not read; a mapping can say what it is')}"
        for header in seen.unread
    ]
    known = {column.name: column.said for column in columns}
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
        A key of `planner.publishing.templates.SHAPES`.

    Raises
    ------
    InputError
        If the ending or the shape is another.
    """
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise InputError(Fault("a template ends in .xlsx or .csv", file=out.name))
    if shape not in SHAPES:
        raise InputError(
            Fault(
                "there is no shape {found!r}; give one of: {known}",
                fields={"found": shape[:40], "known": ", ".join(SHAPES)},
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

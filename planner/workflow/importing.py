"""Files beside the needs (services, sites, outlines, additions, institutions) into dated files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.inputs.checks import CheckReport, check_file, read_outlines
from planner.inputs.kept_files import KeptFile, keep_file
from planner.inputs.kept_tables import outlines_content, table_content
from planner.inputs.kinds import KINDS, columns_of, privacy_of
from planner.inputs.mappings import read_mapping
from planner.inputs.study_area import ROLES, starter_data
from planner.locales import say
from planner.workflow.intake import iso_day
from planner.workflow.looking import check_text


@dataclass(frozen=True)
class ImportedFile:
    """A file that was taken in: what is kept of it, and what it holds."""

    kept: KeptFile
    report: CheckReport


def import_file(
    kind: str,
    file: Path,
    folder: Path,
    *,
    day: str = "",
    mapping: Path | None = None,
    crs: str = "",
    data: Path | None = None,
) -> ImportedFile:
    """Keep what a sound file holds as a dated file in `folder`; the same content is kept once.

    Of a table the known columns are kept, under the planner's own names; of a layer the outlines of
    present municipalities, in degrees.

    Parameters
    ----------
    kind : str
        One of the kinds that can be checked but "needs", see `planner.inputs.kinds.KINDS`.
    day : str
        ISO date that the file bears; today where it is empty.
    mapping : Path, optional
        A saved mapping of this sender's headers.
    crs : str
        For boundaries: the reference system as confirmed by a person.

    Raises
    ------
    InputError
        If anything is wrong with the file, the mapping or the date; every fault at once.
    """
    day, data = iso_day(day), data or starter_data()
    if kind == "boundaries":
        outlines = read_outlines(file, data / ROLES["municipalities"], crs=crs)
        report, content, ending = outlines.report, outlines_content(outlines), "geojson"
    else:
        columns = columns_of(kind)
        headers = read_mapping(mapping, columns) if mapping else None
        report = check_file(kind, file, data=data, mapping=headers)
        content, _ = table_content(file, columns, mapping=headers, privacy=privacy_of(kind))
        ending = "csv"
    kept = keep_file(content.encode(), folder, kind=kind, day=day, ending=ending)
    return ImportedFile(kept, report)


def import_text(found: ImportedFile, *, language: str) -> str:
    """Return in words what was taken in, and how a scenario plans with it."""
    name = found.kept.path.name
    if found.kept.new:
        kept = say(language, "kept as {snapshot}", snapshot=name)
    else:
        kept = say(language, "these figures were there already: {snapshot}", snapshot=name)
    how = say(
        language,
        "a scenario plans with it by this line under [data]: {line}",
        line=f'{found.kept.kind} = "{name}"',
    )
    return "\n".join([check_text(found.report, language=language), kept, how])


def importable_kinds() -> tuple[str, ...]:
    """Return the kinds of file that `import_file` takes."""
    return tuple(kind for kind in KINDS if kind != "needs")

"""A table of needs as a municipality sends it into counts, and nothing that tells of a person.

Two shapes are read: counts by place, group and service, and a row for each assessed person under a
pseudonym (`planner.inputs.person_rows`). Only counts leave either.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.errors import Fault, FaultList
from planner.inputs.cell_files import Sheet
from planner.inputs.cells import choice, whole_number
from planner.inputs.needs import (
    GROUP_NAMES,
    PART_OF,
    NeedsIntake,
    encoding_remarks,
    refuse_parts_above_whole,
)
from planner.inputs.person_rows import count_persons
from planner.inputs.place_names import PlaceNames, known_place, refuse_other_municipality
from planner.inputs.progress import Tell, telling
from planner.inputs.readers import (
    Column,
    Privacy,
    Row,
    Table,
    plain,
    read_table,
    until_too_many,
)

COLUMNS = (
    Column("place_id", ("vietas kods", "vieta", "apdzīvota vieta", "place", "kods", "code")),
    Column("group", ("mērķa grupa", "grupa", "target group")),
    Column(
        "persons",
        ("personas", "personu skaits", "skaits", "count", "number of persons"),
        required=False,
    ),
    Column("service", ("pakalpojums", "pakalpojuma kods"), required=False),
    Column(
        "municipality_atvk",
        ("pašvaldības ATVK", "ATVK", "pašvaldība", "municipality", "novads"),
        required=False,
    ),
    Column("region", ("reģions", "plānošanas reģions", "planning region"), required=False),
    Column("basis", ("pamats",), required=False),
    Column("person_id", ("pseidonīms", "pseudonym", "personas pseidonīms"), required=False),
    Column("services", ("pakalpojumi", "atbalsta plāna pakalpojumi"), required=False),
    Column("assessed_on", ("izvērtēšanas datums", "assessment date"), required=False),
    Column("method", ("metodikas versija", "methodology version", "methodology"), required=False),
    Column("at_risk", ("institucionalizācijas risks", "at risk of institution"), required=False),
    Column("in_institution", ("dzīvo institūcijā", "lives in institution"), required=False),
    Column("wishes_to_leave", ("vēlas pāriet uz dzīvi sabiedrībā",), required=False),
)
_TOTALS = {"kopa", "total", "kopa_total", "pavisam", "kopsumma", "sum"}

Counted = tuple[str, str, str]
"""(service id or nothing, group, place id or nothing for a total)"""


def read_needs(
    path: Path,
    *,
    names: PlaceNames,
    services: Mapping[str, str],
    mapping: Mapping[str, str] | None = None,
    on_rows: Tell | None = None,
    sheet: Sheet | None = None,
) -> NeedsIntake:
    """Return the counts of a table of needs.

    Parameters
    ----------
    path : Path
        CSV or XLSX in one of the two shapes; a column of pseudonyms makes it rows of persons.
    names : PlaceNames
        The places of the region.
    services : mapping of what a service may be called (id, code, name) to its id
    mapping : mapping of header to column name, optional
        How this sender's headers are to be read.
    on_rows : callable, optional
        Told how many rows were read, and of how many.
    sheet : Sheet, optional
        The cells of `path`, where they have been read already.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once, up to a thousand.
    """
    faults = FaultList()
    table = read_table(path, COLUMNS, faults, privacy=Privacy.PERSONS, mapping=mapping, sheet=sheet)
    services = {plain(said): service for said, service in services.items()}
    if "person_id" in table.headers:
        intake = count_persons(table, names, services, faults, on_rows=on_rows)
    else:
        intake = _from_counts(table, names, services, faults, on_rows=on_rows)
    faults.raise_if_any()
    return intake


def assessed_csv(intake: NeedsIntake, names: PlaceNames) -> str:
    """Return the counts as the text of a table that a study area reads as its assessed persons."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("place_id", "municipality_atvk", "region", "group", "persons", "basis"))
    for (group, place_id), count in sorted(intake.persons.items(), key=lambda item: item[0][::-1]):
        place = names.places[place_id]
        code = place.point.municipality_atvk
        table.writerow((place_id, code, place.region, group, count, "assessment"))
    return text.getvalue()


def support_plans_csv(intake: NeedsIntake, names: PlaceNames) -> str:
    """Return the persons by service as the text of a table that a study area reads.

    Those of a group that is part of another are in the count of that other, where it is given.
    """
    persons: dict[tuple[str, str], int] = {}
    for (service, group, place_id), count in intake.by_service.items():
        if (service, PART_OF.get(group, ""), place_id) in intake.by_service:
            continue
        persons[place_id, service] = persons.get((place_id, service), 0) + count
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("place_id", "municipality_atvk", "service", "persons"))
    for (place_id, service), count in sorted(persons.items()):
        code = names.places[place_id].point.municipality_atvk
        table.writerow((place_id, code, service, count))
    return text.getvalue()


def _from_counts(
    table: Table,
    names: PlaceNames,
    services: Mapping[str, str],
    faults: FaultList,
    *,
    on_rows: Tell | None,
) -> NeedsIntake:
    if table.headers and "persons" not in table.headers:
        faults.add(
            "the column is missing: give persons for counts, or person_id for rows of persons",
            file=table.file,
            column="persons / personas",
        )
        return _nothing("counts")
    counts: dict[Counted, int] = {}
    row_of: dict[Counted, Row] = {}
    totals: list[tuple[Row, Counted, int]] = []
    for row in until_too_many(telling(table.rows, on_rows), faults):
        found = _count(row, names, services, faults)
        if found is None:
            continue
        key, count = found
        if not key[2]:
            totals.append((row, key, count))
        elif key in counts:
            row.fault(
                faults,
                "place_id",
                "the same place, group and service as row {first}; leave one of them",
                first=row_of[key].number,
            )
        else:
            counts[key], row_of[key] = count, row
    _compare_totals(totals, counts, faults)
    persons = {(group, place): n for (s, group, place), n in counts.items() if not s}
    rows = {(group, place): row_of[s, group, place] for (s, group, place) in counts if not s}
    refuse_parts_above_whole(persons, rows, faults)
    by_service = {key: n for key, n in counts.items() if key[0]}
    _refuse_more_than_assessed(by_service, persons, row_of, faults)
    remarks = [
        Fault("the column is not read", file=table.file, column=header) for header in table.unread
    ]
    return NeedsIntake(
        persons, by_service, {}, len(table.rows), 0, "counts", (*encoding_remarks(table), *remarks)
    )


def _count(
    row: Row, names: PlaceNames, services: Mapping[str, str], faults: FaultList
) -> tuple[Counted, int] | None:
    """Return what a row counts and how many, or ``None``; a total names no place."""
    group = choice(row, "group", GROUP_NAMES, faults)
    count = whole_number(row, "persons", faults)
    service = choice(row, "service", services, faults) if row.get("service") else ""
    place: str | None = ""
    if plain(row.get("place_id")) not in _TOTALS:
        place = known_place(row, "place_id", names, faults)
        if place is not None:
            refuse_other_municipality(row, names.places[place], faults)
    if group is None or count is None or service is None or place is None:
        return None
    return (service, group, place), count


def _compare_totals(
    totals: Sequence[tuple[Row, Counted, int]], counts: Mapping[Counted, int], faults: FaultList
) -> None:
    """Note rows of totals that differ from the sum of their rows."""
    for row, (service, group, _), said in totals:
        found = sum(n for (s, g, _), n in counts.items() if (s, g) == (service, group))
        if found != said:
            row.fault(
                faults,
                "persons",
                "the total says {said}, the rows add up to {sum}; mend one of them",
                said=said,
                sum=found,
            )


def _refuse_more_than_assessed(
    by_service: Mapping[Counted, int],
    persons: Mapping[tuple[str, str], int],
    row_of: Mapping[Counted, Row],
    faults: FaultList,
) -> None:
    for key, count in by_service.items():
        assessed = persons.get((key[1], key[2]))
        if assessed is not None and count > assessed:
            row_of[key].fault(
                faults,
                "persons",
                "{count} need the service, but only {assessed} of the group are assessed here",
                count=count,
                assessed=assessed,
            )


def _nothing(shape: str) -> NeedsIntake:
    return NeedsIntake({}, {}, {}, 0, 0, shape)

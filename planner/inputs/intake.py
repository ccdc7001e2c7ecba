"""A table of needs as a municipality sends it into counts, and nothing that tells of a person.

Two shapes are read: counts by place, group and service, and a row for each assessed person under a
pseudonym. Rows of persons live inside one function and are gone when it returns: only counts leave
it, faults do not repeat what stands in a row, and nothing is written anywhere.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.errors import Fault, FaultList
from planner.inputs.cells import choice, date, whole_number
from planner.inputs.needs import (
    ADULTS,
    GROUP_NAMES,
    IN_INSTITUTIONS,
    LEAVING,
    OUT_OF_FAMILY,
    PART_OF,
    refuse_parts_above_whole,
)
from planner.inputs.place_names import PlaceNames, known_place, refuse_other_municipality
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
_YES_NO = {"yes": "yes", "no": "no", "ja": "yes", "ne": "no", "1": "yes", "0": "no"}
_NAME = re.compile(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}")

GroupAt = tuple[str, str]
"""(group, place id)"""


@dataclass(frozen=True)
class NeedsIntake:
    """What a file of needs says, as counts.

    Attributes
    ----------
    persons : mapping of (group, place id) to persons
    by_service : mapping of (service id, group, place id) to persons
        From support plans or counted by service; empty where the file has no services.
    at_risk : mapping of (group, place id) to persons at risk of an institution
    rows : int
        Rows read, doubles and totals included.
    doubles : int
        Rows that repeated a person.
    shape : str
        "counts" or "persons".
    remarks : tuple of Fault
        What was noticed and left as it is, each with its place.
    """

    persons: Mapping[GroupAt, int]
    by_service: Mapping[tuple[str, str, str], int]
    at_risk: Mapping[GroupAt, int]
    rows: int
    doubles: int
    shape: str
    remarks: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the counts: the same counts from another file are the same snapshot."""
        lines = [f"{k}={n}" for k, n in sorted(self.persons.items())]
        lines += [f"{s}={n}" for s, n in sorted(self.by_service.items())]
        lines += [f"risk {k}={n}" for k, n in sorted(self.at_risk.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_needs(
    path: Path,
    *,
    names: PlaceNames,
    services: Mapping[str, str],
    mapping: Mapping[str, str] | None = None,
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

    Raises
    ------
    InputError
        If anything is wrong; every fault at once, up to a thousand.
    """
    faults = FaultList()
    table = read_table(path, COLUMNS, faults, privacy=Privacy.PERSONS, mapping=mapping)
    services = {plain(said): service for said, service in services.items()}
    if "person_id" in table.headers:
        intake = _from_persons(table, names, services, faults)
    else:
        intake = _from_counts(table, names, services, faults)
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


# --- counts --------------------------------------------------------------------------------------


def _from_counts(
    table: Table, names: PlaceNames, services: Mapping[str, str], faults: FaultList
) -> NeedsIntake:
    if table.headers and "persons" not in table.headers:
        faults.add(
            "the column is missing: give persons for counts, or person_id for rows of persons",
            file=table.file,
            column="persons / personas",
        )
        return _nothing("counts")
    counts: dict[tuple[str, str, str], int] = {}
    row_of: dict[tuple[str, str, str], Row] = {}
    totals: list[tuple[Row, str, str, int]] = []
    for row in until_too_many(table.rows, faults):
        group = choice(row, "group", GROUP_NAMES, faults)
        count = whole_number(row, "persons", faults)
        service = choice(row, "service", services, faults) if row.get("service") else ""
        if plain(row.get("place_id")) in _TOTALS:
            if group is not None and count is not None and service is not None:
                totals.append((row, service, group, count))
            continue
        place = known_place(row, "place_id", names, faults)
        if place is None:
            continue
        refuse_other_municipality(row, names.places[place], faults)
        if group is None or count is None or service is None:
            continue
        key = (service, group, place)
        if key in counts:
            row.fault(
                faults,
                "place_id",
                "the same place, group and service as row {first}; leave one of them",
                first=row_of[key].number,
            )
            continue
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
        persons, by_service, {}, len(table.rows), 0, "counts", (*_encoding(table), *remarks)
    )


def _compare_totals(
    totals: list[tuple[Row, str, str, int]],
    counts: Mapping[tuple[str, str, str], int],
    faults: FaultList,
) -> None:
    """Note rows of totals that differ from the sum of their rows."""
    for row, service, group, said in totals:
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
    by_service: Mapping[tuple[str, str, str], int],
    persons: Mapping[GroupAt, int],
    row_of: Mapping[tuple[str, str, str], Row],
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


# --- rows of persons -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Assessment:
    """One person as far as counting needs it; never leaves this module."""

    place: str
    group: str
    services: frozenset[str]
    assessed_on: str
    at_risk: bool
    part: str
    row: int


def _from_persons(
    table: Table, names: PlaceNames, services: Mapping[str, str], faults: FaultList
) -> NeedsIntake:
    """Return counts of persons, each pseudonym once: the latest assessment counts."""
    for header in table.unread:
        faults.add(
            "is no column of the template; delete it, rows of persons may have no others",
            file=table.file,
            column=header,
        )
    latest: dict[str, _Assessment] = {}
    doubles = 0
    for row in until_too_many(table.rows, faults):
        found = _assessment(
            Row(row.file, row.number, row.cells, row.headers, private=True), names, services, faults
        )
        if found is None:
            continue
        person = row.get("person_id")
        if person in latest:
            doubles += 1
            found = _merged(latest[person], found, row, faults)
        latest[person] = found
    persons = Counter((a.group, a.place) for a in latest.values())
    persons.update((a.part, a.place) for a in latest.values() if a.part)
    return NeedsIntake(
        persons=dict(persons),
        by_service=dict(
            Counter((s, a.group, a.place) for a in latest.values() for s in a.services)
        ),
        at_risk=dict(Counter((a.group, a.place) for a in latest.values() if a.at_risk)),
        rows=len(table.rows),
        doubles=doubles,
        shape="persons",
        remarks=_encoding(table),
    )


def _encoding(table: Table) -> tuple[Fault, ...]:
    """Return a remark where the encoding was guessed."""
    if table.encoding != "cp1257":
        return ()
    return (Fault("read as Windows-1257; check that the letters are right", file=table.file),)


def _assessment(
    row: Row, names: PlaceNames, services: Mapping[str, str], faults: FaultList
) -> _Assessment | None:
    gathered = FaultList()
    _refuse_name(row, gathered)
    place = known_place(row, "place_id", names, gathered)
    if place is not None:
        refuse_other_municipality(row, names.places[place], gathered)
    group = choice(row, "group", GROUP_NAMES, gathered)
    day = date(row, "assessed_on", gathered) if row.get("assessed_on") else ""
    flags = {
        column: choice(row, column, _YES_NO, gathered) == "yes" if row.get(column) else False
        for column in ("at_risk", "in_institution", "wishes_to_leave")
    }
    wanted = _services(row, services, gathered)
    if gathered or place is None or group is None:
        faults.extend(gathered.faults)
        return None
    return _Assessment(
        place=place,
        group=PART_OF.get(group, group),
        services=wanted,
        assessed_on=day or "",
        at_risk=flags["at_risk"],
        part=_part(group, flags),
        row=row.number,
    )


def _part(group: str, flags: Mapping[str, bool]) -> str:
    """Return the group inside the group that a person is counted in too, if any."""
    if group in PART_OF:
        return group
    if group == ADULTS and flags["in_institution"] and flags["wishes_to_leave"]:
        return LEAVING
    return IN_INSTITUTIONS if group == OUT_OF_FAMILY and flags["in_institution"] else ""


def _refuse_name(row: Row, faults: FaultList) -> None:
    pseudonym = row.get("person_id")
    if not pseudonym:
        row.fault(faults, "person_id", "is empty; fill it in")
    elif _NAME.fullmatch(pseudonym):
        row.fault(
            faults,
            "person_id",
            "looks like a name; give a pseudonym that tells nothing of a person",
        )


def _services(row: Row, services: Mapping[str, str], faults: FaultList) -> frozenset[str]:
    """Return the services of a support plan, parted by semicolons or commas."""
    said = [part.strip() for part in re.split(r"[;,|]", row.get("services")) if part.strip()]
    unknown = [part for part in said if plain(part) not in services]
    if unknown:
        row.fault(
            faults,
            "services",
            "{count} services are not known; give codes of the catalogue: {known}",
            count=len(unknown),
            known=", ".join(dict.fromkeys(services.values())),
        )
    return frozenset(services[plain(part)] for part in said if plain(part) in services)


def _merged(first: _Assessment, second: _Assessment, row: Row, faults: FaultList) -> _Assessment:
    """Return what counts of two rows of one person: the later, or both where they agree."""
    if first.assessed_on != second.assessed_on:
        return max(first, second, key=lambda a: a.assessed_on)
    if (first.place, first.group) != (second.place, second.group):
        row.fault(
            faults,
            "person_id",
            "the same person stands in row {first} with another place or group and no later date",
            first=first.row,
        )
        return first
    return _Assessment(
        place=first.place,
        group=first.group,
        services=first.services | second.services,
        assessed_on=first.assessed_on,
        at_risk=first.at_risk or second.at_risk,
        part=first.part or second.part,
        row=first.row,
    )


def _nothing(shape: str) -> NeedsIntake:
    return NeedsIntake({}, {}, {}, 0, 0, shape)

"""Rows of assessed persons into counts; the rows live in one function here and nowhere else.

Faults do not repeat what stands in a row, and nothing is written anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from planner.errors import FaultList
from planner.inputs.cells import choice, date
from planner.inputs.needs import (
    ADULTS,
    GROUP_NAMES,
    IN_INSTITUTIONS,
    LEAVING,
    OUT_OF_FAMILY,
    PART_OF,
    NeedsIntake,
    encoding_remarks,
)
from planner.inputs.place_names import PlaceNames, known_place, refuse_other_municipality
from planner.inputs.progress import Tell, telling
from planner.inputs.readers import Row, Table, plain, until_too_many

_YES_NO = {"yes": "yes", "no": "no", "ja": "yes", "ne": "no", "1": "yes", "0": "no"}
_NAME = re.compile(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}")


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


def count_persons(
    table: Table,
    names: PlaceNames,
    services: Mapping[str, str],
    faults: FaultList,
    *,
    on_rows: Tell | None = None,
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
    for row in until_too_many(telling(table.rows, on_rows), faults):
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
        remarks=encoding_remarks(table),
    )


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

"""Rows of assessed persons into counts; the rows live in one function here and nowhere else.

Faults do not repeat what stands in a row, and nothing is written anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.errors import FaultList
from planner.inputs.cells import choice, date, whole_number
from planner.inputs.count_rows import settled_by_service
from planner.inputs.homes import Homes, deal_out, estimated, known_home, settled
from planner.inputs.needs import (
    ADULTS,
    IN_INSTITUTIONS,
    LEAVING,
    OUT_OF_FAMILY,
    PART_OF,
    NeedsIntake,
    encoding_remarks,
    group_of,
)
from planner.inputs.progress import Tell, telling
from planner.inputs.readers import Row, Table, plain, until_too_many
from planner.inputs.service_names import ServiceNames, refuse_other_groups, services_of

_YES_NO = {"yes": "yes", "no": "no", "ja": "yes", "ne": "no", "1": "yes", "0": "no"}
_CENTRES = ("vsac", "sac", "centr", "filial", "branch", "institution", "iestad", "pansion")
"""How the name of a state care centre or its branch says what it is, see `plain`."""
_NAME = re.compile(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}")


@dataclass(frozen=True)
class _Assessment:
    """One person as far as counting needs it; never leaves this module.

    `leaves_in` is the year in which a person leaves an institution for `home`, 0 where none is
    told; `origin` that institution.
    """

    home: str
    group: str
    services: frozenset[str]
    assessed_on: str
    at_risk: bool
    part: str
    row: int
    leaves_in: int = 0
    origin: str = ""


def count_persons(
    table: Table,
    homes: Homes,
    services: ServiceNames,
    faults: FaultList,
    *,
    on_rows: Tell | None = None,
) -> NeedsIntake:
    """Return counts of persons, each pseudonym once: the latest assessment counts.

    Who leaves an institution in a year that is told is counted for that year, not among the
    present.
    """
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
            Row(row.file, row.number, row.cells, row.headers, private=True), homes, services, faults
        )
        if found is None:
            continue
        person = row.get("person_id")
        if person in latest:
            doubles += 1
            found = _merged(latest[person], found, row, faults)
        latest[person] = found
    if faults:
        return NeedsIntake({}, {}, {}, len(table.rows), doubles, "persons")
    now = [a for a in latest.values() if not a.leaves_in]
    persons = Counter((a.group, a.home) for a in now)
    persons.update((a.part, a.home) for a in now if a.part)
    at_risk = Counter((a.group, a.home) for a in now if a.at_risk)
    by_service = Counter((s, a.group, a.home) for a in now for s in a.services)
    return NeedsIntake(
        persons=(here := settled(persons, homes)),
        by_service=settled_by_service(by_service, homes, like=here),
        at_risk=settled(at_risk, homes, like=here),
        rows=len(table.rows),
        doubles=doubles,
        shape="persons",
        remarks=encoding_remarks(table),
        additions=_later(latest.values(), homes),
        estimated=estimated((a.home for a in now), homes),
    )


def _later(
    assessments: Iterable[_Assessment], homes: Homes
) -> dict[tuple[str, str, int, str], int]:
    """Return who leaves an institution later, by group, place, year and institution."""
    leaving = Counter((a.home, a.leaves_in, a.origin) for a in assessments if a.leaves_in)
    later: dict[tuple[str, str, int, str], int] = {}
    for home in sorted({home for home, _, _ in leaving}):
        rows = sorted((year, origin, n) for (h, year, origin), n in leaving.items() if h == home)
        dealt = deal_out([n for _, _, n in rows], home, homes)
        for (year, origin, _), here in zip(rows, dealt, strict=True):
            for place, n in here.items():
                key = (LEAVING, place, year, origin)
                later[key] = later.get(key, 0) + n
    return later


def _assessment(
    row: Row, homes: Homes, services: ServiceNames, faults: FaultList
) -> _Assessment | None:
    gathered = FaultList()
    _refuse_name(row, gathered)
    home = known_home(row, "place_id", homes, gathered)
    group = group_of(row, gathered)
    day = date(row, "assessed_on", gathered) if row.get("assessed_on") else ""
    flags = {
        column: choice(row, column, _YES_NO, gathered) == "yes" if row.get(column) else False
        for column in ("at_risk", "in_institution", "wishes_to_leave")
    }
    wanted = frozenset(services_of(row, services, gathered))
    refuse_other_groups(row, "services", wanted, group, services, gathered)
    part = _part(group or "", flags)
    leaves_in = _year_of_leaving(row, part, gathered)
    if gathered or home is None or group is None:
        faults.extend(gathered.faults)
        return None
    return _Assessment(
        home=home,
        group=PART_OF.get(group, group),
        services=wanted,
        assessed_on=day or "",
        at_risk=flags["at_risk"],
        part=part,
        row=row.number,
        leaves_in=leaves_in,
        origin=row.get("origin") if leaves_in else "",
    )


def _year_of_leaving(row: Row, part: str, faults: FaultList) -> int:
    """Return the year in which a person leaves a state care centre, 0 where none is told."""
    if not row.get("leaves_in"):
        return 0
    year = whole_number(row, "leaves_in", faults, least=2000, most=2100)
    if part != LEAVING:
        row.fault(
            faults,
            "leaves_in",
            "only adults who live in an institution and wish to leave can have a year of leaving",
        )
    origin = plain(row.get("origin"))
    if not any(f"_{word}" in f"_{origin}" for word in _CENTRES):
        row.fault(
            faults,
            "origin",
            "names no state care centre; write for instance VSAC Latgale, filiāle Kalupe",
        )
    return year or 0


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


def _merged(first: _Assessment, second: _Assessment, row: Row, faults: FaultList) -> _Assessment:
    """Return what counts of two rows of one person: the later, or both where they agree."""
    if first.assessed_on != second.assessed_on:
        return max(first, second, key=lambda a: a.assessed_on)
    if (first.home, first.group) != (second.home, second.group):
        row.fault(
            faults,
            "person_id",
            "the same person stands in row {first} with another place or group and no later date",
            first=first.row,
        )
        return first
    return _Assessment(
        home=first.home,
        group=first.group,
        services=first.services | second.services,
        assessed_on=first.assessed_on,
        at_risk=first.at_risk or second.at_risk,
        part=first.part or second.part,
        row=first.row,
        leaves_in=first.leaves_in or second.leaves_in,
        origin=first.origin or second.origin,
    )

"""Rows of counts by place, group and service into counts of needs, every doubt about them told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.errors import Fault, FaultList
from planner.inputs.cells import whole_number
from planner.inputs.homes import Homes, estimated, known_home, refuse_counted_twice, settled
from planner.inputs.needs import (
    BEYOND_THE_ASSESSED,
    GROUP_NAMES,
    NeedsIntake,
    encoding_remarks,
    group_of,
    refuse_parts_above_whole,
)
from planner.inputs.progress import Tell, telling
from planner.inputs.readers import Row, Table, plain, until_too_many
from planner.inputs.service_names import ServiceNames, refuse_other_groups, service_of

_TOTALS = {"kopa", "total", "kopa_total", "pavisam", "kopsumma", "sum"}

Counted = tuple[str, str, str]
"""(service id or nothing, group, home or nothing for a total); see `planner.inputs.homes`"""


def count_rows(
    table: Table,
    homes: Homes,
    services: ServiceNames,
    faults: FaultList,
    *,
    on_rows: Tell | None = None,
) -> NeedsIntake:
    """Return what rows of counts say; totals, doubles and parts above their whole are checked."""
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
    unclear: set[str] = set()
    for row in until_too_many(telling(table.rows, on_rows), faults):
        found = _count(row, homes, services, faults)
        if found is None:
            unclear.add(GROUP_NAMES.get(plain(row.get("group")), ""))
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
    if "" not in unclear:  # a row that is wrong itself would make its total wrong too
        _compare_totals([t for t in totals if t[1][1] not in unclear], counts, faults)
    refuse_counted_twice(row_of, homes, faults)
    persons = {(group, place): n for (s, group, place), n in counts.items() if not s}
    rows = {(group, place): row_of[s, group, place] for (s, group, place) in counts if not s}
    refuse_parts_above_whole(persons, rows, faults)
    by_service = {key: n for key, n in counts.items() if key[0]}
    _refuse_more_than_assessed(by_service, persons, row_of, faults)
    if faults:
        return _nothing("counts")
    return NeedsIntake(
        persons=(here := settled(persons, homes)),
        by_service=settled_by_service(by_service, homes, like=here),
        at_risk={},
        rows=len(table.rows),
        doubles=0,
        shape="counts",
        remarks=(*encoding_remarks(table), *_unread(table)),
        estimated=estimated((key[2] for key in counts), homes),
    )


def settled_by_service(
    by_service: Mapping[Counted, int], homes: Homes, *, like: Mapping[tuple[str, str], int]
) -> dict[Counted, int]:
    """Return persons by (service, group, place id) in the pattern of their group over places."""
    found: dict[Counted, int] = {}
    for service in dict.fromkeys(s for s, _, _ in by_service):
        counts = {(group, home): n for (s, group, home), n in by_service.items() if s == service}
        for (group, place), n in settled(counts, homes, like=like).items():
            found[service, group, place] = n
    return found


def _unread(table: Table) -> list[Fault]:
    return [
        Fault("the column is not read", file=table.file, column=header) for header in table.unread
    ]


def _count(
    row: Row, homes: Homes, services: ServiceNames, faults: FaultList
) -> tuple[Counted, int] | None:
    """Return what a row counts and how many, or ``None``; a total names no place."""
    group = group_of(row, faults)
    count = whole_number(row, "persons", faults)
    service = service_of(row, services, faults) if row.get("service") else ""
    refuse_other_groups(row, "service", [service] if service else [], group, services, faults)
    is_total = plain(row.get("place_id")) in _TOTALS
    home = "" if is_total else known_home(row, "place_id", homes, faults)
    if group is None or count is None or service is None or home is None:
        return None
    return (service, group, home), count


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
        if key[1] in BEYOND_THE_ASSESSED:
            continue
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

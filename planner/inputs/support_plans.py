"""A table of support plans into how many need each service, place by place."""

from __future__ import annotations

from pathlib import Path

from planner.errors import FaultList
from planner.inputs.cells import whole_number
from planner.inputs.needs import COLUMNS, is_new
from planner.inputs.place_names import PlaceNames, placed
from planner.inputs.readers import Column, Row, read_table, until_too_many
from planner.inputs.service_names import ServiceNames, service_of

SUPPORT_COLUMNS = (
    COLUMNS[0],
    Column("service", ("pakalpojums", "pakalpojuma kods")),
    COLUMNS[2],
    COLUMNS[3],
)


def read_support_plans(
    path: Path, faults: FaultList, *, names: PlaceNames, services: ServiceNames
) -> dict[tuple[str, str], int]:
    """Return persons by (service id, place id) as their support plans say; faults are noted.

    Parameters
    ----------
    names : PlaceNames
        The places that the table may name.
    services : ServiceNames
        What its services may be called.
    """
    table = read_table(path, SUPPORT_COLUMNS, faults)
    persons: dict[tuple[str, str], int] = {}
    row_of: dict[tuple[str, str], Row] = {}
    for row in until_too_many(table.rows, faults):
        place = placed(row, names, faults)
        service = service_of(row, services, faults)
        count = whole_number(row, "persons", faults)
        if place is None or service is None or count is None:
            continue
        if is_new(row, (service, place), row_of, faults):
            persons[service, place] = count
    return persons

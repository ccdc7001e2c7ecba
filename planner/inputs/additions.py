"""A table of persons who come on top of the assessed into additions by place, group and year.

Such are people who leave a state care centre for a municipality of their choice, and children who
need care without an assessment of the project.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.domain import Addition
from planner.errors import FaultList
from planner.inputs.cells import choice, required_text, whole_number
from planner.inputs.needs import GROUP_NAMES
from planner.inputs.place_names import PlaceNames, known_place, refuse_other_municipality
from planner.inputs.readers import Column, Privacy, read_table, until_too_many

COLUMNS = (
    Column("place_id", ("vietas kods", "vieta", "apdzīvota vieta", "place")),
    Column("group", ("mērķa grupa", "grupa", "target group")),
    Column("persons", ("personas", "personu skaits", "skaits", "count")),
    Column("year", ("gads",)),
    Column("source", ("avots", "iestāde", "institution", "origin")),
    Column(
        "municipality_atvk",
        ("pašvaldības ATVK", "ATVK", "pašvaldība", "municipality"),
        required=False,
    ),
)


def read_additions(path: Path, *, names: PlaceNames) -> tuple[Addition, ...]:
    """Return the additions of a table.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once.
    """
    faults = FaultList()
    table = read_table(path, COLUMNS, faults, privacy=Privacy.PERSONS)
    additions = []
    seen: dict[Addition, int] = {}
    for row in until_too_many(table.rows, faults):
        place = known_place(row, "place_id", names, faults)
        group = choice(row, "group", GROUP_NAMES, faults)
        count = whole_number(row, "persons", faults)
        year = whole_number(row, "year", faults, least=2000, most=2100)
        source = required_text(row, "source", faults)
        if place is not None:
            refuse_other_municipality(row, names.places[place], faults)
        if place is None or group is None or count is None or year is None:
            continue
        addition = Addition(place, group, count, year, source)
        first = seen.setdefault(replace(addition, persons=0), row.number)
        if first != row.number:
            row.fault(
                faults,
                "place_id",
                "the same as row {first}: {key}; leave one of them",
                first=first,
                key=f"{place}, {group}, {year}, {source}",
            )
        additions.append(addition)
    faults.raise_if_any()
    return tuple(additions)

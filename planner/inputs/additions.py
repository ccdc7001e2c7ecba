"""A table of persons who come on top of the assessed into additions by place, group and year.

Such are people who leave a state care centre for a municipality of their choice, and children who
need care without an assessment of the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.domain import Addition
from planner.errors import FaultList
from planner.inputs.cells import required_text, whole_number
from planner.inputs.homes import Homes, deal_out, homes_of, known_home
from planner.inputs.needs import group_of
from planner.inputs.place_names import PlaceNames
from planner.inputs.readers import Column, Privacy, read_table, until_too_many
from planner.inputs.territories import Edition

COLUMNS = (
    Column("place_id", ("vietas kods", "vieta", "apdzīvota vieta", "place")),
    Column("group", ("mērķa grupa", "grupa", "target group")),
    Column("persons", ("personas", "personu skaits", "skaits", "count", "number of persons")),
    Column("year", ("gads",)),
    Column("source", ("avots", "iestāde", "institution", "origin")),
    Column(
        "municipality_atvk",
        ("pašvaldības ATVK", "ATVK", "pašvaldība", "municipality"),
        required=False,
    ),
)


def read_additions(
    path: Path, *, names: PlaceNames, mapping: Mapping[str, str] | None = None
) -> tuple[Addition, ...]:
    """Return the additions of a table.

    A place may be a present municipality, the one that people chose: they are shared out over its
    settlements then, all of a group together. `mapping` says by header which column it is, where
    this sender's headers are others.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once.
    """
    faults = FaultList()
    table = read_table(path, COLUMNS, faults, privacy=Privacy.PERSONS, mapping=mapping)
    homes = homes_of(names, Edition.FROM_2025)
    read: list[Addition] = []
    seen: dict[Addition, int] = {}
    for row in until_too_many(table.rows, faults):
        home = known_home(row, "place_id", homes, faults)
        group = group_of(row, faults)
        count = whole_number(row, "persons", faults)
        year = whole_number(row, "year", faults, least=2000, most=2100)
        source = required_text(row, "source", faults)
        if home is None or group is None or count is None or year is None:
            continue
        addition = Addition(home, group, count, year, source)
        first = seen.setdefault(replace(addition, persons=0), row.number)
        if first != row.number:
            row.fault(
                faults,
                "place_id",
                "the same as row {first}: {key}; leave one of them",
                first=first,
                key=f"{row.get('place_id')}, {group}, {year}, {source}",
            )
        read.append(addition)
    faults.raise_if_any()
    return _settled(read, homes)


def _settled(read: Sequence[Addition], homes: Homes) -> tuple[Addition, ...]:
    """Return additions at settlements, in the order of the table."""
    together: dict[tuple[str, str], list[int]] = {}
    for index, addition in enumerate(read):
        together.setdefault((addition.group, addition.place_id), []).append(index)
    parts: dict[int, list[Addition]] = {}
    for (_, home), rows in together.items():
        dealt = deal_out([read[i].persons for i in rows], home, homes)
        for i, here in zip(rows, dealt, strict=True):
            parts[i] = [replace(read[i], place_id=place, persons=n) for place, n in here.items()]
    return tuple(part for i in range(len(read)) for part in parts[i])

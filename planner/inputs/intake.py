"""A table of needs as a municipality sends it into counts, and nothing that tells of a person.

Two shapes are read: counts by place, group and service, and a row for each assessed person under a
pseudonym (`planner.inputs.person_rows`). Only counts leave either.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.errors import FaultList
from planner.inputs.cell_files import Sheet
from planner.inputs.count_rows import count_rows
from planner.inputs.homes import UNITS, homes_of
from planner.inputs.needs import PART_OF, NeedsIntake
from planner.inputs.person_rows import count_persons
from planner.inputs.place_names import PlaceNames
from planner.inputs.progress import Tell
from planner.inputs.readers import Column, Privacy, Recognition, read_table, recognise
from planner.inputs.service_names import ServiceNames
from planner.inputs.territories import Edition

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
    Column("origin", ("iestāde", "filiāle", "institution", "branch"), required=False),
    Column("leaves_in", ("pāriešanas gads", "year of leaving"), required=False),
)


def read_needs(
    path: Path,
    *,
    names: PlaceNames,
    services: ServiceNames,
    mapping: Mapping[str, str] | None = None,
    on_rows: Tell | None = None,
    sheet: Sheet | None = None,
    edition: Edition | None = None,
) -> NeedsIntake:
    """Return the counts of a table of needs.

    Parameters
    ----------
    path : Path
        CSV or XLSX in one of the two shapes; a column of pseudonyms makes it rows of persons.
    names : PlaceNames
        The places of the region.
    services : ServiceNames
        What its services may be called.
    mapping : mapping of header to column name, optional
        How this sender's headers are to be read.
    on_rows : callable, optional
        Told how many rows were read, and of how many.
    sheet : Sheet, optional
        The cells of `path`, where they have been read already.
    edition : Edition, optional
        Of which time the municipalities are that the table names in place of settlements; their
        persons are shared out over their settlements. Without it only settlements are places.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once, up to a thousand.
    """
    faults = FaultList()
    columns = COLUMNS if edition is None else _with_units(path, mapping or {}, sheet)
    table = read_table(path, columns, faults, privacy=Privacy.PERSONS, mapping=mapping, sheet=sheet)
    if edition is None and not table.headers:
        _hint_at_units(path, mapping or {}, sheet, faults)
    if table.headers and not table.rows and not faults:
        faults.add("has no rows under its header; where nobody is in need, write 0", file=path.name)
    homes = homes_of(names, edition)
    if "person_id" in table.headers:
        intake = count_persons(table, homes, services, faults, on_rows=on_rows)
    else:
        intake = count_rows(table, homes, services, faults, on_rows=on_rows)
    faults.raise_if_any()
    return intake


def recognise_needs(
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    sheet: Sheet | None = None,
    edition: Edition | None = None,
) -> Recognition:
    """Return how the columns of a table of needs would be read, as `recognise` does.

    With an edition a column of municipalities stands for the place, which is not missing then.
    """
    seen = recognise(path, COLUMNS, mapping=mapping, sheet=sheet)
    if edition is None or "municipality_atvk" not in seen.headers:
        return seen
    return replace(seen, missing=tuple(name for name in seen.missing if name != "place_id"))


def assessed_csv(intake: NeedsIntake, names: PlaceNames) -> str:
    """Return the counts as the text of a table that a study area reads as its assessed persons."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("place_id", "municipality_atvk", "region", "group", "persons", "basis"))
    for (group, place_id), count in sorted(intake.persons.items(), key=lambda item: item[0][::-1]):
        place = names.places[place_id]
        code = place.point.municipality_atvk
        basis = "assessment by municipality" if place_id in intake.estimated else "assessment"
        table.writerow((place_id, code, place.region, group, count, basis))
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


def additions_csv(intake: NeedsIntake, names: PlaceNames) -> str:
    """Return who comes later as the text of a table that a study area reads as its additions."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("place_id", "municipality_atvk", "group", "persons", "year", "source"))
    for (group, place_id, year, source), count in sorted(intake.additions.items()):
        code = names.places[place_id].point.municipality_atvk
        table.writerow((place_id, code, group, count, year, source))
    return text.getvalue()


def _hint_at_units(
    path: Path, mapping: Mapping[str, str], sheet: Sheet | None, faults: FaultList
) -> None:
    """Note that a table with municipalities in place of settlements can be read, if it is one."""
    if not any(fault.column == COLUMNS[0].said for fault in faults.faults):
        return
    if "municipality_atvk" in recognise(path, COLUMNS, mapping=mapping, sheet=sheet).headers:
        faults.add(
            "names municipalities and no settlements; say which municipalities it means: {known}",
            file=path.name,
            fields={"known": ", ".join(UNITS)},
        )


def _with_units(path: Path, mapping: Mapping[str, str], sheet: Sheet | None) -> Sequence[Column]:
    """Return the columns of a table of municipalities, whose column stands for the place."""
    if "place_id" in recognise(path, COLUMNS, mapping=mapping, sheet=sheet).headers:
        return COLUMNS
    own = next(c for c in COLUMNS if c.name == "municipality_atvk")
    mapped = (header for header, name in mapping.items() if name == own.name)
    place = replace(COLUMNS[0], also=(*COLUMNS[0].also, own.name, *own.also, *mapped))
    return (place, *(c for c in COLUMNS[1:] if c is not own))

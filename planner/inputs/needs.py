"""A table of assessed persons into counts by target group and place."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.errors import Fault, FaultList, Words
from planner.inputs.cells import choice, whole_number
from planner.inputs.place_names import PlaceNames, placed
from planner.inputs.readers import (
    Column,
    Row,
    Table,
    plain,
    read_table,
    until_too_many,
)

ADULTS = "adults"
LEAVING = "adults_leaving_institutions"
CHILDREN_FT = "children_ft"
REPRESENTATIVES = "legal_representatives"
OUT_OF_FAMILY = "children_out_of_family"
IN_INSTITUTIONS = "children_in_institutions"
GROUPS = (ADULTS, LEAVING, CHILDREN_FT, REPRESENTATIVES, OUT_OF_FAMILY, IN_INSTITUTIONS)
GROUP_WORDS = {
    ADULTS: "Adults with mental impairment",
    LEAVING: "Adults leaving state care centres",
    CHILDREN_FT: "Children with functional impairments",
    REPRESENTATIVES: "Legal representatives",
    OUT_OF_FAMILY: "Children in out-of-family care",
    IN_INSTITUTIONS: "Children in institutions",
}
"""What people call the groups, in English."""
PART_OF = {LEAVING: ADULTS, IN_INSTITUTIONS: OUT_OF_FAMILY}
"""Groups whose persons are counted in another group as well."""
BEYOND_THE_ASSESSED = (CHILDREN_FT, REPRESENTATIVES)
"""Groups of whom some need services without an assessment of the project (a special-care opinion is
enough), so that a service may be needed by more of them than are assessed."""
_SAID = {
    ADULTS: (
        "grt",
        "pieaugusie",
        "pieaugusie ar grt",
        "pilngadigas personas ar grt",
        "pilngadigas personas ar gariga rakstura traucejumiem",
        "adults with mental impairment",
    ),
    LEAVING: (
        "grt no vsac",
        "vsac",
        "pilngadigas personas no vsac",
        "pilngadigas personas kas pariet no vsac",
        "leavers",
        "adults leaving state care centres",
    ),
    CHILDREN_FT: (
        "ft",
        "bft",
        "berni ar ft",
        "berni ar funkcionaliem traucejumiem",
        "children with functional impairments",
    ),
    REPRESENTATIVES: ("likumiskie parstavji", "likumiskais parstavis", "parents"),
    OUT_OF_FAMILY: (
        "aga",
        "arpusgimenes aprupe",
        "berni arpusgimenes aprupe",
        "arpusgimenes aprupe esosi berni",
        "children in out of family care",
    ),
    IN_INSTITUTIONS: (
        "bsac",
        "berni iestades",
        "berni institucijas",
        "berni bsac",
        "berni bsac un citas iestades",
    ),
}
GROUP_NAMES = {said.replace(" ", "_"): group for group in GROUPS for said in (group, *_SAID[group])}
COLUMNS = (
    Column("place_id", ("vietas kods", "vieta", "place", "kods", "code")),
    Column("group", ("mērķa grupa", "grupa", "target group")),
    Column("persons", ("personas", "personu skaits", "skaits", "count", "number of persons")),
    Column(
        "municipality_atvk",
        ("pašvaldības ATVK", "ATVK", "pašvaldība", "municipality", "novads"),
        required=False,
    ),
    Column("region", ("reģions", "plānošanas reģions", "planning region"), required=False),
    Column("basis", ("pamats",), required=False),
)


@dataclass(frozen=True)
class Assessed:
    """Persons by (group, place id); zeros were written down, an absent key is unknown.

    `invented` says that they were made up to try the planner out, and split no public totals.
    """

    persons: Mapping[tuple[str, str], int]
    illustrative: bool
    invented: bool = False


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
    additions : mapping of (group, place id, year, source) to persons
        Who comes in a later year, and where from; not among `persons`.
    estimated : frozenset of place ids
        Places whose persons are a share of their municipality's.
    """

    persons: Mapping[tuple[str, str], int]
    by_service: Mapping[tuple[str, str, str], int]
    at_risk: Mapping[tuple[str, str], int]
    rows: int
    doubles: int
    shape: str
    remarks: tuple[Fault, ...] = ()
    additions: Mapping[tuple[str, str, int, str], int] = field(default_factory=dict)
    estimated: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """SHA-256 of the counts: the same counts from another file are the same snapshot."""
        lines = [f"{k}={n}" for k, n in sorted(self.persons.items())]
        lines += [f"{s}={n}" for s, n in sorted(self.by_service.items())]
        lines += [f"risk {k}={n}" for k, n in sorted(self.at_risk.items())]
        lines += [f"later {k}={n}" for k, n in sorted(self.additions.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_assessed(
    path: Path,
    faults: FaultList,
    *,
    names: PlaceNames,
    only: Collection[str] | None = None,
) -> Assessed:
    """Return the assessed persons of a table; faults are noted.

    Parameters
    ----------
    names : PlaceNames
        Every place that the table may name.
    only : collection of place ids, optional
        Rows of other places are checked and left out; all count where it is not given.
    """
    table = read_table(path, COLUMNS, faults)
    persons: dict[tuple[str, str], int] = {}
    row_of: dict[tuple[str, str], Row] = {}
    for row in until_too_many(table.rows, faults):
        place = placed(row, names, faults)
        group = group_of(row, faults)
        count = whole_number(row, "persons", faults)
        if place is None or group is None or count is None:
            continue
        if is_new(row, (group, place), row_of, faults):
            persons[group, place] = count
    refuse_parts_above_whole(persons, row_of, faults)
    wanted = {k: n for k, n in persons.items() if only is None or k[1] in only}
    bases = {row.get("basis") for row in table.rows}
    return Assessed(
        wanted,
        illustrative=any(map(is_illustration, bases)),
        invented=any(map(is_invented, bases)),
    )


def group_of(row: Row, faults: FaultList, *, column: str = "group") -> str | None:
    """Return the target group that a cell means, or ``None`` with a fault."""
    return choice(row, column, GROUP_NAMES, faults, said=GROUP_WORDS)


def is_invented(basis: str) -> bool:
    """Return whether a figure's basis says that it is made up, in either language."""
    return plain(basis).startswith(("invented", "izdomat"))


def is_illustration(basis: str) -> bool:
    """Return whether a figure's basis says that it is an illustration, in either language."""
    return plain(basis).startswith(("illustra", "ilustra")) or is_invented(basis)


def is_new(
    row: Row, key: tuple[str, str], row_of: dict[tuple[str, str], Row], faults: FaultList
) -> bool:
    """Return whether nothing was counted under `key` yet, and remember the row; note a second."""
    if key in row_of:
        row.fault(
            faults,
            "place_id",
            "the same as row {first}: {key}; leave one of them",
            first=row_of[key].number,
            key=", ".join(key),
        )
        return False
    row_of[key] = row
    return True


def refuse_parts_above_whole(
    persons: Mapping[tuple[str, str], int],
    row_of: Mapping[tuple[str, str], Row],
    faults: FaultList,
) -> None:
    """Note places where a group has more persons than the group that it is part of."""
    for (group, place), count in persons.items():
        whole = persons.get((PART_OF.get(group, ""), place))
        if whole is not None and count > whole:
            row_of[group, place].fault(
                faults,
                "persons",
                "{count} of {group}, but only {whole} of {whole_group} at this place, whom they "
                "are part of",
                count=count,
                group=Words([GROUP_WORDS[group]]),
                whole=whole,
                whole_group=Words([GROUP_WORDS[PART_OF[group]]]),
            )


def encoding_remarks(table: Table) -> tuple[Fault, ...]:
    """Return a remark where the encoding was guessed."""
    if table.encoding != "cp1257":
        return ()
    return (Fault("read as Windows-1257; check that the letters are right", file=table.file),)


def remarks_of(intake: NeedsIntake, *, file: str) -> tuple[Fault, ...]:
    """Return what was noticed in a file and left as it is, rows that repeat a person included."""
    if not intake.doubles:
        return intake.remarks
    text = "rows that repeat a person: {doubles}; each person is counted once"
    return (*intake.remarks, Fault(text, file=file, fields={"doubles": intake.doubles}))

"""A table of assessed persons into counts by target group and place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.errors import FaultList
from planner.inputs.cells import choice, known_id, required_text, whole_number
from planner.inputs.readers import Column, Row, read_table, refuse_duplicates

ADULTS = "adults"
CHILDREN_FT = "children_ft"
OUT_OF_FAMILY = "children_out_of_family"
IN_INSTITUTIONS = "children_in_institutions"
GROUPS = (ADULTS, CHILDREN_FT, OUT_OF_FAMILY, IN_INSTITUTIONS)
GROUP_NAMES = {
    "adults": ADULTS,
    "grt": ADULTS,
    "pieaugusie": ADULTS,
    "pilngadigas_personas_ar_grt": ADULTS,
    "pilngadigas_personas_ar_garigarakstura_traucejumiem": ADULTS,
    "pilngadigas_personas_ar_gariga_rakstura_traucejumiem": ADULTS,
    "children_ft": CHILDREN_FT,
    "ft": CHILDREN_FT,
    "berni_ar_ft": CHILDREN_FT,
    "berni_ar_funkcionaliem_traucejumiem": CHILDREN_FT,
    "children_out_of_family": OUT_OF_FAMILY,
    "aga": OUT_OF_FAMILY,
    "arpusgimenes_aprupe": OUT_OF_FAMILY,
    "berni_arpusgimenes_aprupe": OUT_OF_FAMILY,
    "arpusgimenes_aprupe_esosi_berni": OUT_OF_FAMILY,
    "children_in_institutions": IN_INSTITUTIONS,
    "bsac": IN_INSTITUTIONS,
    "berni_iestades": IN_INSTITUTIONS,
    "berni_bsac": IN_INSTITUTIONS,
}
COLUMNS = (
    Column("place_id", ("vietas kods", "kods", "code")),
    Column("group", ("mērķa grupa", "grupa", "target group")),
    Column("persons", ("personas", "personu skaits", "skaits", "count", "number of persons")),
    Column("municipality_atvk", ("pašvaldības ATVK", "ATVK"), required=False),
    Column("region", ("reģions", "plānošanas reģions", "planning region"), required=False),
    Column("basis", ("pamats", "piezīme par datiem"), required=False),
)


@dataclass(frozen=True)
class Assessed:
    """Persons by (group, place id); zeros were written down, an absent key is unknown."""

    persons: Mapping[tuple[str, str], int]
    illustrative: bool


def read_assessed(
    path: Path,
    faults: FaultList,
    *,
    municipality_of: Mapping[str, str],
    only: Collection[str] | None = None,
) -> Assessed:
    """Return the assessed persons of a table; faults are noted.

    Parameters
    ----------
    municipality_of : mapping of place id to ATVK code
        Every place that the table may name.
    only : collection of place ids, optional
        Rows of other places are checked and left out; all count where it is not given.
    """
    table = read_table(path, COLUMNS, faults)
    rows = refuse_duplicates(table.rows, ("place_id", "group"), faults)
    persons: dict[tuple[str, str], int] = {}
    row_of: dict[tuple[str, str], Row] = {}
    for row in rows:
        place = known_id(row, "place_id", municipality_of, faults, what="places")
        group = choice(row, "group", GROUP_NAMES, faults)
        count = whole_number(row, "persons", faults)
        if place is not None:
            _refuse_other_municipality(row, municipality_of[place], faults)
        if place is None or group is None or count is None:
            continue
        persons[group, place] = count
        row_of[group, place] = row
    _refuse_more_in_institutions(persons, row_of, faults)
    wanted = {k: n for k, n in persons.items() if only is None or k[1] in only}
    illustrative = any(row.get("basis").startswith(("illustra", "ilustr")) for row in rows)
    return Assessed(wanted, illustrative)


def _refuse_other_municipality(row: Row, expected: str, faults: FaultList) -> None:
    if row.get("municipality_atvk") and row.get("municipality_atvk") != expected:
        found = required_text(row, "municipality_atvk", faults)
        row.fault(
            faults,
            "municipality_atvk",
            "{found!r} is not the municipality of this place, which is {expected!r}",
            found=found,
            expected=expected,
        )


def _refuse_more_in_institutions(
    persons: Mapping[tuple[str, str], int],
    row_of: Mapping[tuple[str, str], Row],
    faults: FaultList,
) -> None:
    """Note places with more children in institutions than out of family, of whom they are part."""
    for (group, place), count in persons.items():
        out_of_family = persons.get((OUT_OF_FAMILY, place))
        if group == IN_INSTITUTIONS and out_of_family is not None and count > out_of_family:
            row_of[group, place].fault(
                faults,
                "persons",
                "more children in institutions ({count}) than out of family ({all}) at one place",
                count=count,
                all=out_of_family,
            )

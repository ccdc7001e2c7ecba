"""A table of institutions for children, year by year, into reorganisation plans that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from planner.domain import InstitutionYear
from planner.errors import FaultList
from planner.inputs.cells import required_text, whole_number
from planner.inputs.readers import (
    Column,
    Privacy,
    Row,
    read_table,
    refuse_duplicates,
    until_too_many,
)

DESTINATIONS = ("foster_family", "guardian", "adoption", "family_like_home", "youth_house")
COLUMNS = (
    Column("institution", ("iestāde",)),
    Column("year", ("gads",)),
    Column("children", ("bērni", "bērnu skaits")),
    Column("places", ("vietas", "vietu skaits", "number of places")),
    Column("foster_family", ("audžuģimene",)),
    Column("guardian", ("aizbildnis",)),
    Column("adoption", ("adopcija",)),
    Column("family_like_home", ("ģimeniskai videi pietuvināts pakalpojums", "GVPP", "ĢVPP")),
    Column("youth_house", ("jauniešu māja",)),
    Column("stays", ("paliek", "paliek iestādē"), required=False),
    Column("target_places", ("mērķa vietas", "vietas pēc reorganizācijas"), required=False),
    Column("basis", ("pamats",), required=False),
)


def read_institutions(
    path: Path, *, mapping: Mapping[str, str] | None = None
) -> tuple[InstitutionYear, ...]:
    """Return reorganisation plans by institution and year, in that order.

    `mapping` says by header which column it is, where this sender's headers are others.

    Children are all accounted for: those who go to each destination and those who stay are as many
    as there are, in every row, and those who stay are there in the next. Places never rise, those
    who stay have one, and where a target is told, the last year reaches it.

    Raises
    ------
    InputError
        If a row does not add up or anything else is wrong; every fault at once.
    """
    faults = FaultList()
    table = read_table(path, COLUMNS, faults, privacy=Privacy.PERSONS, mapping=mapping)
    read: list[tuple[InstitutionYear, Row]] = []
    rows = refuse_duplicates(table.rows, ("institution", "year"), faults)
    for row in until_too_many(rows, faults):
        found = _institution(row, faults)
        if found is not None:
            read.append((found, row))
    read.sort(key=lambda item: (item[0].institution, item[0].year))
    _refuse_lost(read, faults)
    faults.raise_if_any()
    return tuple(found for found, _ in read)


def _institution(row: Row, faults: FaultList) -> InstitutionYear | None:
    name = required_text(row, "institution", faults)
    year = whole_number(row, "year", faults, least=2000, most=2100)
    places = whole_number(row, "places", faults, most=1_000)
    children = whole_number(row, "children", faults, most=1_000)
    to = {d: whole_number(row, d, faults, most=1_000) for d in DESTINATIONS}
    stays = whole_number(row, "stays", faults, most=1_000) if row.get("stays") else 0
    target = (
        whole_number(row, "target_places", faults, most=1_000) if row.get("target_places") else None
    )
    going = {d: n for d, n in to.items() if n is not None}
    if year is None or places is None or children is None or stays is None:
        return None
    if len(going) < len(DESTINATIONS):
        return None
    if sum(going.values()) + stays != children:
        row.fault(
            faults,
            "children",
            "{children} children, but those who go and stay are {sum}; account for every child",
            children=children,
            sum=sum(going.values()) + stays,
        )
    if stays > places:
        row.fault(
            faults, "places", "{stays} children stay in {places} places", stays=stays, places=places
        )
    return InstitutionYear(name, year, places, children, going, stays, target, row.get("basis"))


def _refuse_lost(read: Sequence[tuple[InstitutionYear, Row]], faults: FaultList) -> None:
    """Note years of an institution that gain places, lose children or end above the target."""
    for (last, _), (found, row) in pairwise(read):
        if found.institution != last.institution:
            continue
        if found.places > last.places:
            row.fault(
                faults,
                "places",
                "places rise from {before} in {year} to {now}; a reorganisation only takes away",
                before=last.places,
                year=last.year,
                now=found.places,
            )
        if found.children < last.stays:
            row.fault(
                faults,
                "children",
                "{stays} children stayed in {year}, but only {children} are here now; account for "
                "every child",
                stays=last.stays,
                year=last.year,
                children=found.children,
            )
        if found.target_places != last.target_places:
            row.fault(
                faults,
                "target_places",
                "the target differs from that of {year}; give one for the institution",
                year=last.year,
            )
    ends = {found.institution: (found, row) for found, row in read}
    for found, row in ends.values():
        if found.target_places is not None and found.places > found.target_places:
            row.fault(
                faults,
                "places",
                "ends with {places} places in {year}, but the target is {target}",
                places=found.places,
                year=found.year,
                target=found.target_places,
            )

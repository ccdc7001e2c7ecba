"""A table of institutions for children, year by year, into reorganisation plans that add up."""

from __future__ import annotations

from collections.abc import Iterable
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
    Column("places", ("vietas", "vietu skaits")),
    Column("foster_family", ("audžuģimene",)),
    Column("guardian", ("aizbildnis",)),
    Column("adoption", ("adopcija",)),
    Column("family_like_home", ("ģimeniskai videi pietuvināts pakalpojums", "GVPP", "ĢVPP")),
    Column("youth_house", ("jauniešu māja",)),
    Column("stays", ("paliek", "paliek iestādē"), required=False),
)


def read_institutions(path: Path) -> tuple[InstitutionYear, ...]:
    """Return reorganisation plans by institution and year, in that order.

    Children are all accounted for: those who go to each destination and those who stay are as many
    as there are, in every row. Places never rise, and those who stay have one.

    Raises
    ------
    InputError
        If a row does not add up or anything else is wrong; every fault at once.
    """
    faults = FaultList()
    table = read_table(path, COLUMNS, faults, privacy=Privacy.PERSONS)
    read: list[tuple[InstitutionYear, Row]] = []
    rows = refuse_duplicates(table.rows, ("institution", "year"), faults)
    for row in until_too_many(rows, faults):
        found = _institution(row, faults)
        if found is not None:
            read.append((found, row))
    read.sort(key=lambda item: (item[0].institution, item[0].year))
    _refuse_rising(read, faults)
    faults.raise_if_any()
    return tuple(found for found, _ in read)


def _institution(row: Row, faults: FaultList) -> InstitutionYear | None:
    name = required_text(row, "institution", faults)
    year = whole_number(row, "year", faults, least=2000, most=2100)
    places = whole_number(row, "places", faults, most=1_000)
    children = whole_number(row, "children", faults, most=1_000)
    to = {d: whole_number(row, d, faults, most=1_000) for d in DESTINATIONS}
    stays = whole_number(row, "stays", faults, most=1_000) if row.get("stays") else 0
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
    return InstitutionYear(name, year, places, children, going, stays)


def _refuse_rising(read: Iterable[tuple[InstitutionYear, Row]], faults: FaultList) -> None:
    before: dict[str, InstitutionYear] = {}
    for found, row in read:
        last = before.get(found.institution)
        if last is not None and found.places > last.places:
            row.fault(
                faults,
                "places",
                "places rise from {before} in {year} to {now}; a reorganisation only takes away",
                before=last.places,
                year=last.year,
                now=found.places,
            )
        before[found.institution] = found

"""Counts of one edition of municipalities into those of another, by way of the settlements.

Every settlement knows to which municipality it belonged in each edition, so a unit that a reform
split (Aglonas novads) is split along its settlements and nothing is joined by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from planner.errors import FaultList
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.needs import CHILDREN_FT, GROUPS, PART_OF, REPRESENTATIVES
from planner.inputs.places import Place

FOLLOWS = {**PART_OF, REPRESENTATIVES: CHILDREN_FT}
"""Groups that are shared out by another, whom they are some of or live with."""

UnitTable = Mapping[tuple[str, str], int]
"""Persons by (group, unit)."""


class Edition(StrEnum):
    """The municipalities of a time."""

    BEFORE_2021 = "before 2021"
    FROM_2021 = "from 2021"
    FROM_2025 = "from 2025"


FIRST_DAY = {Edition.FROM_2021: "2021-07-01", Edition.FROM_2025: "2025-07-01"}
"""ISO dates from which an edition is valid: the reform, and Varakļāni joining Madona."""


@dataclass(frozen=True)
class Passage:
    """What of one unit came to another: its places, and their share of its population, 0..1."""

    source: str
    target: str
    places: tuple[str, ...]
    share: float


def edition_on(day: str) -> Edition:
    """Return the edition that is valid on an ISO date."""
    valid = [edition for edition, first in FIRST_DAY.items() if first <= day]
    return valid[-1] if valid else Edition.BEFORE_2021


def unit_of(place: Place, edition: Edition) -> str:
    """Return the unit of a place: the ATVK code, before 2021 the name (codes are known in part)."""
    return {
        Edition.BEFORE_2021: place.municipality_2020,
        Edition.FROM_2021: place.municipality_2021_atvk,
        Edition.FROM_2025: place.point.municipality_atvk,
    }[edition]


def region_of(place: Place, day: str) -> str:
    """Return the planning region of a place on an ISO date; regions were re-cut on 1 July 2021."""
    return place.region if day < FIRST_DAY[Edition.FROM_2021] else place.region_now


def totals_by_unit(
    persons: Mapping[tuple[str, str], int], places: Iterable[Place], edition: Edition
) -> dict[tuple[str, str], int]:
    """Return persons by (group, unit) from persons by (group, place id)."""
    units = {place.point.id: unit_of(place, edition) for place in places}
    totals: dict[tuple[str, str], int] = {}
    for (group, place_id), count in persons.items():
        key = (group, units[place_id])
        totals[key] = totals.get(key, 0) + count
    return totals


def crosswalk(places: Iterable[Place], source: Edition, target: Edition) -> tuple[Passage, ...]:
    """Return how the units of one edition pass into those of another, by population estimates."""
    people: dict[tuple[str, str], int] = {}
    inside: dict[tuple[str, str], list[str]] = {}
    whole: dict[str, int] = {}
    for place in places:
        old, new = unit_of(place, source), unit_of(place, target)
        people[old, new] = people.get((old, new), 0) + place.point.population
        inside.setdefault((old, new), []).append(place.point.id)
        whole[old] = whole.get(old, 0) + place.point.population
    return tuple(
        Passage(old, new, tuple(inside[old, new]), count / whole[old] if whole[old] else 0.0)
        for (old, new), count in sorted(people.items())
    )


def spread(
    table: UnitTable,
    places: Iterable[Place],
    edition: Edition,
    *,
    like: Mapping[tuple[str, str], int] | None = None,
) -> dict[tuple[str, str], int]:
    """Return persons by (group, place id) from persons by (group, unit), exact in every unit.

    Parameters
    ----------
    table : mapping of (group, unit) to persons
        Units as `unit_of` names them in `edition`.
    like : mapping of (group, place id) to persons, optional
        Known counts whose pattern is kept; population decides where there are none.

    Raises
    ------
    InputError
        If a unit has persons and no place.

    References
    ----------
    Largest remainders, over what an old and a present municipality have in common first, so that
    the figures come out alike in all editions; see `planner.inputs.apportionment`.
    """
    known = like or {}
    inside: dict[str, list[Place]] = {}
    for place in places:
        inside.setdefault(unit_of(place, edition), []).append(place)
    faults = FaultList()
    for (_, unit), count in table.items():
        if count and unit not in inside:
            faults.add("the unit {unit!r} has persons and no settlement", fields={"unit": unit})
    faults.raise_if_any()
    persons: dict[tuple[str, str], int] = {}
    for group, unit in sorted(table, key=lambda key: key[0] in FOLLOWS):
        here = inside.get(unit, [])
        weights = {p.point.id: known.get((group, p.point.id), 0) for p in here}
        if not sum(weights.values()):
            weights = _weights(group, here, persons)
        parts = {p.point.id: f"{p.municipality_2020}/{p.point.municipality_atvk}" for p in here}
        shares = apportion_in_parts(table[group, unit], weights, parts, rotate=_turn(group))
        persons |= {(group, place_id): count for place_id, count in shares.items()}
    return persons


def convert(
    table: UnitTable,
    places: Iterable[Place],
    *,
    source: Edition,
    target: Edition,
    like: Mapping[tuple[str, str], int] | None = None,
) -> dict[tuple[str, str], int]:
    """Return a table of one edition as a table of another; totals by group stay as they are."""
    known = list(places)
    return totals_by_unit(spread(table, known, source, like=like), known, target)


def _weights(
    group: str, places: Iterable[Place], persons: Mapping[tuple[str, str], int]
) -> dict[str, int]:
    """Return populations, or for a group that follows another the persons of that one."""
    whole = {p.point.id: persons.get((FOLLOWS.get(group, ""), p.point.id), 0) for p in places}
    if sum(whole.values()):
        return whole
    return {p.point.id: p.point.population for p in places}


def _turn(group: str) -> int:
    """Return where equal remainders of a group begin, whatever other groups a table has."""
    return GROUPS.index(group) if group in GROUPS else 0

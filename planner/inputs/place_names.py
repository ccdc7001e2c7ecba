"""What a sender calls a place, by code or by name, into the place that is meant, or suggestions."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.errors import FaultList
from planner.inputs.places import Place
from planner.inputs.readers import Row, plain

_SHOWN = 40
_NEAREST = 3


@dataclass(frozen=True)
class PlaceNames:
    """Places by id, and ids by what they are called (settlement or parish, see `plain`)."""

    places: Mapping[str, Place]
    ids_by_name: Mapping[str, tuple[str, ...]]


def place_names(places: Iterable[Place]) -> PlaceNames:
    """Return an index of places by id and by name."""
    by_id = {place.point.id: place for place in places}
    by_name: dict[str, dict[str, None]] = {}
    for place_id, place in by_id.items():
        for name in (place.point.name, place.unit):
            by_name.setdefault(plain(name), {})[place_id] = None
    return PlaceNames(by_id, {name: tuple(ids) for name, ids in by_name.items()})


def placed(
    row: Row, names: PlaceNames, faults: FaultList, *, column: str = "place_id"
) -> str | None:
    """Return the id of a row's place, or ``None`` with a fault.

    A municipality that the row names beside it must be that of the place.
    """
    place = known_place(row, column, names, faults)
    if place is not None:
        refuse_other_municipality(row, names.places[place], faults)
    return place


def known_place(row: Row, column: str, names: PlaceNames, faults: FaultList) -> str | None:
    """Return the id of the place that a cell means, by id or name, or ``None`` with a fault.

    A name that several places share is settled by the row's municipality, by code or name. Lost
    leading zeros are recognised, and names that are near are suggested.
    """
    found = row.get(column)
    if found in names.places:
        return found
    if not found:
        row.fault(faults, column, "is empty; fill it in")
        return None
    meant = names.ids_by_name.get(plain(found), ())
    chosen = [i for i in meant if _in_municipality(row, names.places[i])] or list(meant)
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        row.fault(
            faults,
            column,
            "{found!r} may be several places; write the code of one of: {near}",
            found=found[:_SHOWN],
            near=_said(chosen, names),
        )
        return None
    _refuse_unknown(row, column, found, names, faults)
    return None


def refuse_other_municipality(row: Row, place: Place, faults: FaultList) -> None:
    """Note a row whose municipality, by code or name, is not that of its place."""
    found = row.get("municipality_atvk")
    if found and not _in_municipality(row, place):
        row.fault(
            faults,
            "municipality_atvk",
            "{found!r} is not the municipality of this place, which is {expected}",
            found=found[:_SHOWN],
            expected=f"{place.point.municipality_atvk} ({place.municipality})",
        )


def _refuse_unknown(
    row: Row, column: str, found: str, names: PlaceNames, faults: FaultList
) -> None:
    stripped = next((code for code in names.places if code.lstrip("0") == found), "")
    if stripped:
        row.fault(
            faults,
            column,
            "{found!r} has lost its leading zeros; write {meant!r} and keep the column as text",
            found=found,
            meant=stripped,
        )
        return
    alike = difflib.get_close_matches(plain(found), names.ids_by_name, n=_NEAREST, cutoff=0.7)
    near = [place_id for name in alike for place_id in names.ids_by_name[name]]
    near += difflib.get_close_matches(found, names.places, n=_NEAREST, cutoff=0.8)
    if near:
        row.fault(
            faults,
            column,
            "{found!r} is no place of this region; did you mean: {near}?",
            found=found[:_SHOWN],
            near=_said(list(dict.fromkeys(near))[:_NEAREST], names),
        )
    else:
        row.fault(faults, column, "{found!r} is no place of this region", found=found[:_SHOWN])


def _said(ids: Iterable[str], names: PlaceNames) -> str:
    return ", ".join(
        f"{i} ({names.places[i].point.name}, {names.places[i].municipality})" for i in ids
    )


def _in_municipality(row: Row, place: Place) -> bool:
    said = row.get("municipality_atvk")
    codes = (place.point.municipality_atvk, place.municipality_2021_atvk)
    ours = (place.municipality, place.municipality_2020, place.municipality_2021)
    return said in codes or plain(said) in map(plain, ours)

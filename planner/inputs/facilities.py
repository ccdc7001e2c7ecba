"""A table of existing services into facilities and the buildings that they stand in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.domain import Facility, Site, Status
from planner.errors import FaultList
from planner.inputs.cells import choice, required_text, whole_number
from planner.inputs.coordinates import coordinates_at
from planner.inputs.place_names import PlaceNames, known_place, refuse_other_municipality
from planner.inputs.readers import (
    Column,
    Privacy,
    Row,
    plain,
    read_table,
    refuse_duplicates,
    until_too_many,
)
from planner.inputs.service_names import ServiceNames, service_of

MOST_PLACES = 2_000
COLUMNS = (
    Column("facility_id", ("kods", "id"), required=False),
    Column("site_id", ("ēkas kods", "adreses kods"), required=False),
    Column("service", ("pakalpojums", "pakalpojuma kods", "service code")),
    Column("name", ("nosaukums", "sniedzējs", "pakalpojuma sniedzējs")),
    Column("address", ("adrese",)),
    Column(
        "place_id",
        ("vietas kods", "apdzīvotās vietas kods", "apdzīvota vieta", "vieta", "place"),
    ),
    Column(
        "municipality_atvk",
        ("pašvaldības ATVK", "ATVK", "pašvaldība", "municipality"),
        required=False,
    ),
    Column("lat", ("platums", "latitude"), required=False),
    Column("lon", ("garums", "longitude"), required=False),
    Column("places", ("vietas", "vietu skaits", "places total", "number of places")),
    Column("places_basis", ("vietu pamats",), required=False),
    Column("status", ("statuss",)),
    Column("status_text", (), required=False),
    Column("since", ("kopš",), required=False),
    Column("note", ("piezīme", "piezīmes"), required=False),
    Column("source", ("avots",), required=False),
)
_STATUSES = {
    "operating": "operating",
    "darbojas": "operating",
    "committed": "committed",
    "apstiprinats": "committed",
    "izveide": "committed",
}


@dataclass(frozen=True)
class Existing:
    """Existing services and the buildings they stand in, each building once."""

    facilities: tuple[Facility, ...]
    buildings: tuple[Site, ...]


def read_facilities(
    path: Path,
    faults: FaultList,
    *,
    services: ServiceNames,
    names: PlaceNames,
    only: Collection[str] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Existing:
    """Return the existing services of a table; faults are noted.

    Empty places stay unknown. One address of a place is one building; where the table gives no
    site id, it is the place's id and the address in order of appearance ("0002000-a1").

    Parameters
    ----------
    services : mapping of what a service may be called (id or code) to its id
    names : PlaceNames
        Every place that the table may name.
    only : collection of place ids, optional
        Facilities of other places are checked and left out.
    mapping : mapping of header to column name, optional
        How this sender's headers are to be read.
    """
    table = read_table(path, COLUMNS, faults, privacy=Privacy.BUILDINGS, mapping=mapping)
    rows: Sequence[Row] = table.rows
    if "facility_id" in table.headers:
        rows = refuse_duplicates(rows, ("facility_id",), faults)
    read = [
        found
        for row in until_too_many(rows, faults)
        if (found := _facility(row, services, names, faults))
    ]
    read = _with_sites(read)
    buildings: dict[str, tuple[Site, Row]] = {}
    services_at: dict[tuple[str, str], Row] = {}
    for facility, building, row in read:
        _refuse_second_address(building, row, buildings, faults)
        option = (facility.service, building.id)
        if option in services_at:
            row.fault(
                faults,
                "service",
                "the service stands at this address already in row {first}; add the places up",
                first=services_at[option].number,
            )
        services_at.setdefault(option, row)
        buildings.setdefault(building.id, (building, row))
    kept = [(f, b) for f, b, _ in read if only is None or b.place_id in only]
    return Existing(
        facilities=tuple(f for f, _ in kept),
        buildings=tuple({b.id: b for _, b in kept}.values()),
    )


def _facility(
    row: Row, services: ServiceNames, names: PlaceNames, faults: FaultList
) -> tuple[Facility, Site, Row] | None:
    gathered = FaultList()
    service = service_of(row, services, gathered)
    place_id = known_place(row, "place_id", names, gathered)
    name = required_text(row, "name", gathered)
    address = required_text(row, "address", gathered)
    status = choice(row, "status", _STATUSES, gathered)
    count = (
        whole_number(row, "places", gathered, least=1, most=MOST_PLACES)
        if row.get("places")
        else None
    )
    point = None if place_id is None else names.places[place_id].point
    lat, lon = coordinates_at(row, point, gathered)
    if place_id is not None:
        refuse_other_municipality(row, names.places[place_id], gathered)
    if gathered or place_id is None or point is None or status is None:
        faults.extend(gathered.faults)
        return None
    building = Site(
        id=row.get("site_id"),
        name=f"{point.name}, {address}" if address != point.name else point.name,
        place_id=place_id,
        municipality_atvk=point.municipality_atvk,
        lat=lat,
        lon=lon,
        building=True,
        address=address,
    )
    facility = Facility(
        id=row.get("facility_id") or f"row-{row.number}",
        service=service or "",
        site_id=row.get("site_id"),
        name=name,
        places=count,
        places_basis=row.get("places_basis") or ("unknown" if count is None else "stated"),
        status=Status(status),
        since=row.get("since"),
        note=row.get("note"),
        source=row.get("source"),
    )
    return facility, building, row


def _with_sites(read: Sequence[tuple[Facility, Site, Row]]) -> list[tuple[Facility, Site, Row]]:
    """Return the same with a site id for every address that has none."""
    ids: dict[tuple[str, str], str] = {}
    for _, building, _ in read:
        if building.id:
            ids.setdefault((building.place_id, plain(building.address)), building.id)
    named = []
    for facility, building, row in read:
        key = (building.place_id, plain(building.address))
        if key not in ids:
            taken = sum(1 for place_id, _ in ids if place_id == building.place_id)
            ids[key] = f"{building.place_id}-a{taken + 1}"
        site_id = building.id or ids[key]
        named.append((replace(facility, site_id=site_id), replace(building, id=site_id), row))
    return named


def _refuse_second_address(
    building: Site, row: Row, known: Mapping[str, tuple[Site, Row]], faults: FaultList
) -> None:
    if building.id not in known:
        return
    first, first_row = known[building.id]
    if (first.place_id, plain(first.address)) != (building.place_id, plain(building.address)):
        row.fault(
            faults,
            "site_id",
            "{site!r} has another address in row {first}; give every address its own id",
            site=building.id,
            first=first_row.number,
        )

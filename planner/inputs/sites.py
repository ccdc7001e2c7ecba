"""A table of buildings that could be used into candidate sites with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.domain import Building, Site
from planner.errors import FaultList
from planner.inputs.cells import choice, required_text, whole_euros, whole_number
from planner.inputs.coordinates import coordinates_at
from planner.inputs.facilities import MOST_PLACES
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
from planner.inputs.service_names import ServiceNames, services_of

COLUMNS = (
    Column("site_id", ("ēkas kods", "kods", "id"), required=False),
    Column("name", ("nosaukums",), required=False),
    Column("address", ("adrese",)),
    Column("place_id", ("vietas kods", "vieta", "apdzīvota vieta", "place")),
    Column(
        "municipality_atvk",
        ("pašvaldības ATVK", "ATVK", "pašvaldība", "municipality"),
        required=False,
    ),
    Column("lat", ("platums", "latitude"), required=False),
    Column("lon", ("garums", "longitude"), required=False),
    Column("owner", ("īpašnieks",), required=False),
    Column("adapted", ("vide pieejama", "pielāgots", "premises adapted"), required=False),
    Column(
        "places",
        ("vietas", "vietu skaits", "iespējamās vietas", "number of places"),
        required=False,
    ),
    Column("cost_eur", ("izmaksas", "izmaksas eur", "cost"), required=False),
    Column("services", ("pakalpojumi",), required=False),
    Column("note", ("piezīme", "piezīmes"), required=False),
)
_YES_NO = {"yes": "yes", "no": "no", "ja": "yes", "ne": "no"}
MOST_EUROS = 100_000_000


@dataclass(frozen=True)
class CandidateSite:
    """A building that could hold services; what nobody told is ``None`` or empty.

    `places` is how many could be made there, `cost_eur` what it would cost in all.
    """

    site: Site
    owner: str
    adapted: bool | None
    places: int | None
    cost_eur: int | None
    services: tuple[str, ...]


def join_sites(
    candidates: Sequence[CandidateSite], standing: Sequence[Site], faults: FaultList, *, file: str
) -> tuple[tuple[Site, ...], tuple[Building, ...]]:
    """Return the sites that candidates add to those that stand, and what is known of each.

    A candidate at the address of a standing building is that building. Tables show the owner in
    the address ("Skolas iela 3 (municipality)"). An id that is another site's is a fault.
    """
    at_address = {(s.place_id, plain(s.address)): s.id for s in standing if s.building}
    taken = {site.id for site in standing}
    sites: list[Site] = []
    known: list[Building] = []
    for found in candidates:
        site = found.site
        there = at_address.get((site.place_id, plain(site.address)))
        if there is None and site.id in taken:
            faults.add(
                "{site!r} is the id of another site; give this building its own",
                file=file,
                column="site_id",
                fields={"site": site.id},
            )
            continue
        if there is None:
            said = f"{site.address} ({found.owner})" if found.owner else site.address
            sites.append(replace(site, address=said))
        known.append(
            Building(
                site_id=there or site.id,
                owner=found.owner,
                adapted=found.adapted,
                places=found.places,
                cost_eur=found.cost_eur,
                services=found.services,
            )
        )
    return tuple(sites), tuple(known)


def read_sites(
    path: Path,
    faults: FaultList,
    *,
    services: ServiceNames,
    names: PlaceNames,
    mapping: Mapping[str, str] | None = None,
) -> tuple[CandidateSite, ...]:
    """Return the candidate sites of a table; faults are noted.

    Where the table gives no site id, it is the place's id and "b" with a number ("0002000-b1").
    Without coordinates a site stands at the centre of its settlement. `mapping` says by header
    which column it is, where this sender's headers are others.
    """
    table = read_table(path, COLUMNS, faults, privacy=Privacy.BUILDINGS, mapping=mapping)
    rows = table.rows
    if "site_id" in table.headers:
        rows = refuse_duplicates(rows, ("site_id",), faults)
    known: dict[tuple[str, str], int] = {}
    sites: list[CandidateSite] = []
    at_place: dict[str, int] = {}
    for row in until_too_many(rows, faults):
        place = known_place(row, "place_id", names, faults)
        if place is not None:
            at_place[place] = at_place.get(place, 0) + 1
        found = _site(row, place, at_place.get(place or "", 0), services, names, faults)
        if found is None:
            continue
        key = (found.site.place_id, plain(found.site.address))
        first = known.setdefault(key, row.number)
        if first != row.number:
            row.fault(
                faults,
                "address",
                "the same as row {first}: {key}; leave one of them",
                first=first,
                key=f"{found.site.place_id}, {found.site.address}",
            )
        sites.append(found)
    return tuple(sites)


def _site(
    row: Row,
    place: str | None,
    number: int,
    services: ServiceNames,
    names: PlaceNames,
    faults: FaultList,
) -> CandidateSite | None:
    gathered = FaultList()
    address = required_text(row, "address", gathered)
    if place is not None:
        refuse_other_municipality(row, names.places[place], gathered)
    point = None if place is None else names.places[place].point
    lat, lon = coordinates_at(row, point, gathered)
    adapted = choice(row, "adapted", _YES_NO, gathered) if row.get("adapted") else None
    places = (
        whole_number(row, "places", gathered, least=1, most=MOST_PLACES)
        if row.get("places")
        else None
    )
    cost = whole_euros(row, "cost_eur", gathered, most=MOST_EUROS) if row.get("cost_eur") else None
    wanted = services_of(row, services, gathered)
    if gathered or place is None or point is None:
        faults.extend(gathered.faults)
        return None
    site = Site(
        id=row.get("site_id") or f"{place}-b{number}",
        name=row.get("name") or f"{point.name}, {address}",
        place_id=place,
        municipality_atvk=point.municipality_atvk,
        lat=lat,
        lon=lon,
        building=True,
        address=address,
    )
    return CandidateSite(
        site=site,
        owner=row.get("owner"),
        adapted=None if adapted is None else adapted == "yes",
        places=places,
        cost_eur=cost,
        services=wanted,
    )

"""A table of settlements into the places that people come from and where sites may stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.domain import DemandPoint, Municipality, Site
from planner.errors import FaultList
from planner.inputs.cells import decimal_number, required_text, whole_number
from planner.inputs.readers import Column, Row, plain, read_table, refuse_duplicates, until_too_many

COLUMNS = (
    Column("place_id", ("vietas kods", "kods", "code", "id")),
    Column("name", ("nosaukums", "vieta", "apdzīvota vieta", "place")),
    Column("municipality_atvk", ("pašvaldības ATVK", "ATVK", "ATVK kods", "atvk code")),
    Column("lat", ("latitude", "platums", "ģeogrāfiskais platums")),
    Column("lon", ("longitude", "garums", "ģeogrāfiskais garums", "lng")),
    Column("municipality", ("pašvaldība", "novads"), required=False),
    Column("population_estimate", ("iedzīvotāji", "population"), required=False),
    Column("kind", ("veids",), required=False),
    Column("unit", (), required=False),
    Column("planning_region", ("plānošanas reģions",), required=False),
    Column("planning_region_before_2021", (), required=False),
    Column("municipality_2020_atvk", (), required=False),
    Column("municipality_2020", (), required=False),
    Column("municipality_2021_atvk", (), required=False),
    Column("municipality_2021", (), required=False),
)
_LATVIA = (55.4, 58.3, 20.5, 28.6)


@dataclass(frozen=True)
class Place:
    """A settlement with the territories that it belonged and belongs to; codes are ATVK.

    `region` is the planning region before 2021, to which the plans were made; `region_now` the
    present one. Codes before 2021 are known for Latgale only.
    """

    point: DemandPoint
    unit: str
    municipality: str
    region: str
    region_now: str
    municipality_2020: str
    municipality_2020_atvk: str
    municipality_2021: str
    municipality_2021_atvk: str


def read_places(path: Path, faults: FaultList) -> tuple[Place, ...]:
    """Return the places of a settlements table, in its order; faults are noted.

    Coordinates are degrees in EPSG:4326; a table whose latitudes and longitudes are swapped as a
    whole is refused.
    """
    table = read_table(path, COLUMNS, faults)
    rows = refuse_duplicates(table.rows, ("place_id",), faults)
    places = [
        place for row in until_too_many(rows, faults) if (place := _place(row, faults)) is not None
    ]
    _refuse_swapped(path.name, [place.point for place in places], faults)
    return tuple(places)


def region_id(name: str) -> str:
    """Return a planning region's id ("Rīga", "Rīgas plānošanas reģions", "riga" → "riga")."""
    said = plain(name)
    for suffix in ("_planosanas_regions", "_regions", "_planning_region", "_region"):
        said = said.removesuffix(suffix)
    genitive = {"latgales": "latgale", "kurzemes": "kurzeme", "zemgales": "zemgale"}
    return genitive.get(said, {"rigas": "riga", "vidzemes": "vidzeme"}.get(said, said))


def candidate_sites(places: Iterable[Place]) -> tuple[Site, ...]:
    """Return every settlement as a place where a site may be built."""
    return tuple(
        Site(
            id=place.point.id,
            name=place.point.name,
            place_id=place.point.id,
            municipality_atvk=place.point.municipality_atvk,
            lat=place.point.lat,
            lon=place.point.lon,
        )
        for place in places
    )


def municipalities_of(places: Sequence[Place]) -> tuple[Municipality, ...]:
    """Return the municipalities that a settlements table names itself, by code."""
    names = {place.point.municipality_atvk: place for place in reversed(places)}
    return tuple(
        Municipality(
            atvk=code, name=place.municipality or code, type="", planning_region=place.region_now
        )
        for code, place in sorted(names.items())
    )


def _place(row: Row, faults: FaultList) -> Place | None:
    place_id = required_text(row, "place_id", faults)
    name = required_text(row, "name", faults)
    municipality = required_text(row, "municipality_atvk", faults)
    lat = decimal_number(row, "lat", faults, least=-90, most=90)
    lon = decimal_number(row, "lon", faults, least=-180, most=180)
    population = (
        whole_number(row, "population_estimate", faults, most=10_000_000)
        if row.get("population_estimate")
        else 0
    )
    if not (place_id and name and municipality) or lat is None or lon is None or population is None:
        return None
    return Place(
        point=DemandPoint(
            id=place_id,
            name=name,
            municipality_atvk=municipality,
            lat=lat,
            lon=lon,
            population=population,
            town=plain(row.get("kind")) in {"town", "state_city", "pilseta", "valstspilseta"},
        ),
        unit=row.get("unit") or name,
        municipality=row.get("municipality"),
        region=row.get("planning_region_before_2021") or row.get("planning_region"),
        region_now=row.get("planning_region"),
        municipality_2020=row.get("municipality_2020"),
        municipality_2020_atvk=row.get("municipality_2020_atvk"),
        municipality_2021=row.get("municipality_2021"),
        municipality_2021_atvk=row.get("municipality_2021_atvk"),
    )


def _refuse_swapped(file: str, points: Sequence[DemandPoint], faults: FaultList) -> None:
    south, north, west, east = _LATVIA
    swapped = sum(south <= p.lon <= north and west <= p.lat <= east for p in points)
    if points and swapped == len(points):
        faults.add("latitude and longitude are swapped in every row; exchange them", file=file)

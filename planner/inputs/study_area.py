"""The files of a region into one study area: every fault of every file in one error."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from planner.domain import (
    INVENTED,
    Building,
    Municipality,
    Service,
    Site,
    Source,
    StudyArea,
)
from planner.errors import Fault, FaultList, InputError
from planner.inputs.boundaries import background, read_municipalities, with_outlines
from planner.inputs.catalogue import read_catalogue
from planner.inputs.checks import CheckReport, check_file
from planner.inputs.facilities import Existing, read_facilities
from planner.inputs.kept_files import kept_day
from planner.inputs.needs import Assessed, is_illustration, read_assessed
from planner.inputs.place_names import place_names
from planner.inputs.places import (
    Place,
    candidate_sites,
    municipalities_of,
    read_places,
    region_id,
)
from planner.inputs.plans_of_others import (
    ADDITIONS,
    INSTITUTIONS,
    LEAVERS,
    read_plans_of_others,
)
from planner.inputs.readers import Column, read_table
from planner.inputs.service_names import service_names
from planner.inputs.sites import join_sites, read_sites
from planner.inputs.support_plans import read_support_plans

__all__ = [
    "REGIONS",
    "ROLES",
    "CheckReport",
    "check_file",
    "known_region",
    "places_of_region",
    "read_study_area",
    "starter_data",
]

REGIONS: Mapping[str, str] = {
    "latgale": "Latgale",
    "kurzeme": "Kurzeme",
    "zemgale": "Zemgale",
    "riga": "Rīga",
    "vidzeme": "Vidzeme",
}
ROLES: Mapping[str, str] = {
    "settlements": "demand/settlements.csv",
    "assessed": "demand/assessed_persons.csv",
    "services": "services/catalogue.csv",
    "facilities": "services/facilities.csv",
    "municipalities": "boundaries/municipalities.csv",
}
NO_NEEDS = "no_needs"
"""Role of the line of sources.csv that says that a region ships without needs."""
SITES = "sites"
"""Role of a table of buildings that could hold services; the project ships none."""
BOUNDARIES = "boundaries"
"""Role of a layer of outlines that takes the place of the project's own."""
SUPPORT_PLANS = "support_plans"
"""Role of a table of persons by place and service; the project ships none."""
_SOURCE_COLUMNS = tuple(
    Column(name) for name in ("role", "name", "licence", "date", "note", "illustrative")
)


def starter_data() -> Path:
    """Return the folder of the data that the project ships, or what TUVAK_DATA names.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    named = os.environ.get("TUVAK_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "data"
    if not (folder / "demand").is_dir():
        raise InputError(
            Fault(
                "the data folder is not there; set TUVAK_DATA to the folder that holds "
                "boundaries, demand, roads and services",
                file=folder.name,
            )
        )
    return folder


def read_study_area(
    region: str,
    *,
    data: Path,
    files: Mapping[str, Path] | None = None,
    partners: Collection[str] = (),
) -> StudyArea:
    """Return a region with its municipalities, settlements, needs, services and sites.

    Parameters
    ----------
    region : str
        An id or name of `REGIONS`, as it was before 2021, when the plans were made. Where
        `files` brings its own settlements, any name: all of them are the region.
    data : Path
        Folder laid out as data/ of the project; see `starter_data`.
    files : mapping of role to Path, optional
        Files that take the place of the project's own, by role (see `ROLES`). With own
        settlements, facilities and municipalities are only those that are given. "support_plans"
        says by place how many need a service, in place of its share of the group; "sites" names
        buildings that could hold services, beside the settlements; "additions" and "leavers"
        persons who come on top of the assessed; "institutions" how institutions for children get
        smaller; "boundaries" outlines of municipalities (GeoJSON in EPSG:4326, property "atvk").
    partners : collection of ATVK codes
        Present municipalities of other regions whose people and sites are planned with; which
        places are the region's own, `places_of_region` tells.

    Raises
    ------
    InputError
        If the region is unknown or a file is faulty; holds every fault of every file.
    """
    known_roles = {*ROLES, SUPPORT_PLANS, SITES, ADDITIONS, LEAVERS, INSTITUTIONS, BOUNDARIES}
    files = {role: Path(path) for role, path in (files or {}).items() if role in known_roles}
    faults = FaultList()
    own_places = "settlements" in files
    region = region if own_places else known_region(region)
    paths = {role: files.get(role, data / name) for role, name in ROLES.items()}

    services = read_catalogue(paths["services"], faults)
    all_places = read_places(paths["settlements"], faults)
    _refuse_unknown_partners(partners, all_places, faults)
    places = all_places if own_places else _of_region(all_places, region, partners)
    here = {place.point.id for place in places}
    assessed = _assessed(paths, files, all_places, here, faults)
    called = service_names(services)
    plans: Mapping[tuple[str, str], int] = {}
    if services and SUPPORT_PLANS in files:
        inside = place_names(places)
        plans = read_support_plans(files[SUPPORT_PLANS], faults, names=inside, services=called)
    existing = Existing((), ())
    if services and ("facilities" in files or not own_places):
        existing = read_facilities(
            paths["facilities"],
            faults,
            services=called,
            names=place_names(all_places),
            only=None if "facilities" in files and own_places else here,
        )
    additions, institutions = read_plans_of_others(files, places, faults)
    standing = candidate_sites(places) + existing.buildings
    added, buildings = _candidates(files, places, services, standing, faults)
    municipalities = _municipalities(data, paths, files, places, faults)
    layers = {} if own_places else _background(data, region, places, faults)
    unused = {
        role
        for role, rows in (("assessed", assessed.persons), ("facilities", existing.facilities))
        if not rows
    }
    illustrative = {"assessed"} if assessed.illustrative else set()
    if any(is_illustration(row.basis) for row in institutions):
        illustrative.add(INSTITUTIONS)
    notes = {"assessed": INVENTED} if assessed.invented else {}
    sources = _sources(data, files, faults, illustrative=illustrative, unused=unused, notes=notes)
    faults.raise_if_any()
    return StudyArea(
        region=region,
        municipalities=municipalities,
        points=tuple(place.point for place in places),
        sites=standing + added,
        assessed=assessed.persons,
        services=services,
        facilities=existing.facilities,
        sources=sources,
        background=layers,
        support_plans=plans,
        buildings=buildings,
        additions=additions,
        institutions=institutions,
    )


def _candidates(
    files: Mapping[str, Path],
    places: tuple[Place, ...],
    services: tuple[Service, ...],
    standing: tuple[Site, ...],
    faults: FaultList,
) -> tuple[tuple[Site, ...], tuple[Building, ...]]:
    """Return the buildings that a file of candidate sites adds, and what is known of each."""
    if SITES not in files or not services:
        return (), ()
    called = service_names(services)
    path = files[SITES]
    found = read_sites(path, faults, services=called, names=place_names(places))
    return join_sites(found, standing, faults, file=path.name)


def known_region(region: str) -> str:
    """Return the id of a planning region given by id or Latvian name.

    Raises
    ------
    InputError
        If there is no such region.
    """
    found = region_id(region)
    if found not in REGIONS:
        raise InputError(
            Fault(
                "there is no planning region {found!r}; give one of: {known}",
                fields={"found": region, "known": ", ".join(REGIONS)},
            )
        )
    return found


def places_of_region(region: str, *, data: Path) -> frozenset[str]:
    """Return the ids of the places that are a region's own, partners left out.

    Raises
    ------
    InputError
        If the region is unknown or the settlements are faulty.
    """
    faults = FaultList()
    places = read_places(data / ROLES["settlements"], faults)
    faults.raise_if_any()
    return frozenset(place.point.id for place in _of_region(places, known_region(region)))


def _of_region(
    places: tuple[Place, ...], region: str, partners: Collection[str] = ()
) -> tuple[Place, ...]:
    return tuple(
        place
        for place in places
        if region_id(place.region) == region or place.point.municipality_atvk in partners
    )


def _refuse_unknown_partners(
    partners: Collection[str], places: tuple[Place, ...], faults: FaultList
) -> None:
    known = {place.point.municipality_atvk for place in places}
    for code in sorted(set(partners) - known):
        faults.add("the partner {code!r} is no present municipality", fields={"code": code})


def _assessed(
    paths: Mapping[str, Path],
    files: Mapping[str, Path],
    places: tuple[Place, ...],
    here: set[str],
    faults: FaultList,
) -> Assessed:
    """Return the needs of the region; a file of one's own may name no place outside it."""
    if "settlements" in files and "assessed" not in files:
        return Assessed({}, illustrative=False)
    own = "assessed" in files
    known = place_names(p for p in places if not own or p.point.id in here)
    return read_assessed(paths["assessed"], faults, names=known, only=here)


def _municipalities(
    data: Path,
    paths: Mapping[str, Path],
    files: Mapping[str, Path],
    places: tuple[Place, ...],
    faults: FaultList,
) -> tuple[Municipality, ...]:
    """Return the municipalities that hold the settlements, with outlines where they are known."""
    if "settlements" in files and "municipalities" not in files:
        here = municipalities_of(places)
        return with_outlines(here, files[BOUNDARIES], faults) if BOUNDARIES in files else here
    used = {place.point.municipality_atvk for place in places}
    known = read_municipalities(paths["municipalities"], faults)
    for place in places:
        if place.point.municipality_atvk not in {m.atvk for m in known}:
            faults.add(
                "the municipality {found!r} of {place} is not in the table of municipalities",
                file=paths["settlements"].name,
                column="municipality_atvk",
                fields={"found": place.point.municipality_atvk, "place": place.point.name},
            )
    here = tuple(m for m in known if m.atvk in used)
    if BOUNDARIES in files:
        return with_outlines(here, files[BOUNDARIES], faults)
    if "settlements" in files:
        return here
    return with_outlines(here, data / "boundaries" / "municipalities.geojson", faults)


def _background(
    data: Path, region: str, places: tuple[Place, ...], faults: FaultList
) -> Mapping[str, bytes]:
    points = [place.point for place in places]
    return background(data / "boundaries", REGIONS[region], points, faults)


def _sources(
    data: Path,
    files: Mapping[str, Path],
    faults: FaultList,
    *,
    illustrative: Collection[str],
    unused: Collection[str],
    notes: Mapping[str, str],
) -> tuple[Source, ...]:
    """Return the sources of the project's files in use, and a line for every file given."""
    table = read_table(data / "sources.csv", _SOURCE_COLUMNS, faults)
    own = {row.get("role"): row for row in table.rows}
    if "settlements" in files:
        own = {role: row for role, row in own.items() if role == "services"}
    beside = {NO_NEEDS} if "assessed" not in unused or "assessed" in files else {"assessed"}
    passed_over = {*files, *unused, *beside}
    used = [row for role, row in own.items() if role not in passed_over]
    return tuple(
        Source(
            name=row.get("name"),
            licence=row.get("licence"),
            date=row.get("date"),
            note=row.get("note"),
            illustrative=row.get("illustrative") == "yes",
            role=row.get("role"),
        )
        for row in used
    ) + tuple(
        Source(
            name=path.name,
            licence="",
            date=kept_day(path),
            note=notes.get(role, role),
            illustrative=role in illustrative,
            role=role,
        )
        for role, path in files.items()
    )

"""What a plan is made on (a region, or settlements of one's own) into what a file may name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.domain import Scenario
from planner.errors import FaultList
from planner.inputs.catalogue import read_catalogue
from planner.inputs.place_names import PlaceNames, place_names
from planner.inputs.places import read_places, region_id
from planner.inputs.service_names import ServiceNames, service_names
from planner.inputs.study_area import ROLES


@dataclass(frozen=True)
class Ground:
    """The files and the region that the names in a file are held against.

    An empty `region` means all the settlements, which then are somebody's own.
    """

    settlements: Path
    services: Path
    municipalities: Path
    region: str
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownNames:
    """Places of the region and of all the land, and services by what they may be called."""

    inside: PlaceNames
    anywhere: PlaceNames
    services: ServiceNames


def ground_of(scenario: Scenario | None, *, region: str, data: Path) -> Ground:
    """Return what files for a scenario, or for a region without one, may name."""
    said = {} if scenario is None else dict(scenario.data)
    return Ground(
        settlements=Path(said.get("settlements", data / ROLES["settlements"])),
        services=Path(said.get("services", data / ROLES["services"])),
        municipalities=Path(said.get("municipalities", data / ROLES["municipalities"])),
        region="" if "settlements" in said else region,
        partners=() if scenario is None else scenario.partners,
    )


def known_on(ground: Ground) -> KnownNames:
    """Return the names that a file may use on a ground.

    Raises
    ------
    InputError
        If the settlements or the catalogue are faulty.
    """
    faults = FaultList()
    places = read_places(ground.settlements, faults)
    catalogue = read_catalogue(ground.services, faults)
    faults.raise_if_any()
    inside = (
        place
        for place in places
        if not ground.region
        or region_id(place.region) == ground.region
        or place.point.municipality_atvk in ground.partners
    )
    return KnownNames(
        inside=place_names(inside),
        anywhere=place_names(places),
        services=service_names(catalogue),
    )

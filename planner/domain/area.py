"""The nouns of the study area: what is there, before any question is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from planner.domain.keys import Need


class Stay(StrEnum):
    """How people use a service."""

    DAY = "day"
    SHORT = "short"
    HOME = "home"
    MOBILE = "mobile"
    FAMILY = "family"


class Status(StrEnum):
    """How far an existing service has come."""

    OPERATING = "operating"
    COMMITTED = "committed"


INVENTED = "invented"
"""Note of a source whose figures were made up to try the planner out."""


@dataclass(frozen=True)
class Source:
    """Where figures come from; `role` says which figures, as a scenario names its files."""

    name: str
    licence: str
    date: str
    note: str = ""
    illustrative: bool = False
    role: str = ""


@dataclass(frozen=True)
class Municipality:
    """A present municipality; `outline_wkb` is a generalised polygon in EPSG:4326, or empty."""

    atvk: str
    name: str
    type: str
    planning_region: str
    valid_from: str = ""
    valid_to: str = ""
    outline_wkb: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class DemandPoint:
    """A settlement that people come from; degrees in EPSG:4326."""

    id: str
    name: str
    municipality_atvk: str
    lat: float
    lon: float
    population: int = 0
    town: bool = False


@dataclass(frozen=True)
class Site:
    """Where services may stand: a settlement (`building` false) or one known address."""

    id: str
    name: str
    place_id: str
    municipality_atvk: str
    lat: float
    lon: float
    building: bool = False
    address: str = ""


@dataclass(frozen=True)
class Building:
    """What is known of a site that could be made into a service; ``None`` where nobody told.

    Attributes
    ----------
    places : int or None
        Most places of one service that could be made there.
    cost_eur : int or None
        What all of them would cost, or, where `places` is not known, what any size would.
    services : tuple of str
        The services that may stand there; empty means any.
    """

    site_id: str
    owner: str = ""
    adapted: bool | None = None
    places: int | None = None
    cost_eur: int | None = None
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class Addition:
    """Persons of a group who need services at a place from a year on, and where that is from."""

    place_id: str
    group: str
    persons: int
    year: int
    source: str


@dataclass(frozen=True)
class InstitutionYear:
    """An institution in a year: its places, its children, and where they go or that they stay.

    `target_places` is what its places are to come down to, where the plan tells; `basis` what the
    row rests on.
    """

    institution: str
    year: int
    places: int
    children: int
    to: Mapping[str, int]
    stays: int
    target_places: int | None = None
    basis: str = ""


@dataclass(frozen=True)
class Facility:
    """One existing service at one site; `places` is ``None`` where nobody has told."""

    id: str
    service: str
    site_id: str
    name: str
    places: int | None
    places_basis: str
    status: Status
    since: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class Service:
    """One line of the catalogue; site-bound services have sizes, costs, a standard and a limit.

    `bases` says what the other values rest on: "start", "sizes", "persons_per_place", "least_load",
    "minutes" and "cost".
    """

    id: str
    code: str
    name_lv: str
    name_en: str
    target_group: str
    stay: Stay
    site_bound: bool
    start_without_building: str
    need_share: float
    need_share_basis: str
    sizes_places: tuple[int, ...]
    persons_per_place: int
    least_load_persons: int
    standard_minutes: float
    limit_minutes: float
    build_eur_per_place: int
    enlarge_eur_per_place: int
    price_year: int
    bases: Mapping[str, str] = field(default_factory=dict)

    @property
    def typical_places(self) -> int:
        """The middle size, used where the places of an existing site are unknown."""
        return self.sizes_places[len(self.sizes_places) // 2]


@dataclass(frozen=True)
class StudyArea:
    """A region as read from files: municipalities, settlements, needs, services, sites.

    ``assessed[group, place id]`` is the number of assessed persons of a target group.
    ``support_plans[service, place id]`` is how many need a service by their own support plans; a
    service without any is needed by its share of the group. `buildings` are candidate sites with
    what is known of them; `additions` come on top of the assessed; `institutions` are the
    reorganisation plans of institutions for children.
    ``background[layer]`` is geometry for orientation ("outline", "lakes", "region",
    "roads"), WKB in EPSG:4326.
    """

    region: str
    municipalities: tuple[Municipality, ...]
    points: tuple[DemandPoint, ...]
    sites: tuple[Site, ...]
    assessed: Mapping[tuple[str, str], int]
    services: tuple[Service, ...]
    facilities: tuple[Facility, ...]
    sources: tuple[Source, ...]
    background: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    support_plans: Mapping[Need, int] = field(default_factory=dict)
    buildings: tuple[Building, ...] = ()
    additions: tuple[Addition, ...] = ()
    institutions: tuple[InstitutionYear, ...] = ()


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Minutes from demand points to sites, one way.

    Attributes
    ----------
    minutes : float64 array of shape (demand points, sites)
        ``inf`` where no way is known within `cutoff_minutes`.
    snap_m_points, snap_m_sites : float64 arrays
        Metres from each point and site to the road it was put on; 0 where it is a node.
    """

    point_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    minutes: NDArray[np.float64]
    snap_m_points: NDArray[np.float64]
    snap_m_sites: NDArray[np.float64]
    cutoff_minutes: float
    mode: str
    source: Source
    assumptions: tuple[str, ...] = ()

"""The nouns of service placement: frozen values that know no file, map or solver.

Persons are whole counts by place, never rows about people. Minutes are one-way travel times.
Money is whole euros. Ids are text; municipalities are named by their ATVK code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Need = tuple[str, str]
"""(service id, demand point id)"""
Option = tuple[str, str]
"""(service id, site id)"""
Link = tuple[str, str, str]
"""(service id, demand point id, site id)"""

EVERY_SERVICE = "*"
"""Key of a limit that holds for all services together."""


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


class Kind(StrEnum):
    """What a plan does at a site that it keeps open."""

    EXISTING = "existing"
    ENLARGED = "enlarged"
    NEW = "new"


class ProofStatus(StrEnum):
    """How good the value of an aim is known to be."""

    PROVEN = "proven"
    BEST_FOUND = "best found"
    STOPPED = "stopped"


class Reason(StrEnum):
    """Why a person stays unserved: the rule whose absence would serve them."""

    NO_SITE_WITHIN_LIMIT = "no site within the limit"
    BELOW_VIABLE_LOAD = "below viable load"
    NO_PLACES = "no places"
    BUDGET = "budget"
    SITES_AT_MOST = "number of sites"
    FORBIDDEN = "forbidden"
    NO_AGREEMENT = "no agreement"


@dataclass(frozen=True)
class Source:
    """Where figures come from."""

    name: str
    licence: str
    date: str
    note: str = ""
    illustrative: bool = False


# --- the study area: what is there, before any question is asked ---------------------------------


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
    """An institution in a year: its places, its children, and where they go or that they stay."""

    institution: str
    year: int
    places: int
    children: int
    to: Mapping[str, int]
    stays: int


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
    """One line of the catalogue; site-bound services have sizes, costs, a standard and a limit."""

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
    basis: str = ""

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


# --- the problem: ids, persons, minutes and euros, nothing of geography --------------------------


@dataclass(frozen=True)
class Size:
    """A size that a unit may have: places, capital cost in EUR, running cost in EUR a year.

    For an existing site `places` counts all places after enlarging, `cost_eur` the extra ones only.
    """

    places: int
    cost_eur: int
    running_eur: int = 0


@dataclass(frozen=True)
class Existing:
    """What stands at an option already."""

    places: int
    places_known: bool
    status: Status
    may_close: bool = False
    larger: tuple[Size, ...] = ()


@dataclass(frozen=True)
class ServiceTerms:
    """The numbers of a service that a plan must respect.

    Within the standard means: at most `standard_minutes`, or, where `home_is_standard`, a site in
    the own municipality. Nobody is sent further than `limit_minutes`.
    """

    id: str
    stay: Stay
    standard_minutes: float
    limit_minutes: float
    persons_per_place: int = 1
    least_load_persons: int = 0
    home_is_standard: bool = False


@dataclass(frozen=True)
class Budget:
    """At most `amount_eur` of a fund, in one year or over the plan, for the options in scope.

    An option's cost counts with `share_permille` thousandths. ``None`` as scope means all. `eu`
    says in a scenario that only participating municipalities may draw on the fund; a problem has
    the scope that follows from it instead.
    """

    id: str
    amount_eur: int
    kind: str = "capital"
    year: int | None = None
    share_permille: int = 1000
    services: frozenset[str] | None = None
    municipalities: frozenset[str] | None = None
    eu: bool = False


@dataclass(frozen=True)
class AimTerms:
    """One aim and what later aims may give back of it.

    The allowance is `absolute` + `of_need` × persons in need + `of_value` × the value achieved.
    """

    name: str
    absolute: float = 0.0
    of_need: float = 0.0
    of_value: float = 0.0


DEFAULT_AIMS = (
    AimTerms("persons_unserved"),
    AimTerms("persons_beyond_standard", of_need=0.05),
    AimTerms("new_sites"),
    AimTerms("cost_eur"),
    AimTerms("person_minutes"),
)


@dataclass(frozen=True, eq=False)
class Problem:
    """A multi-service location problem, complete in itself.

    Attributes
    ----------
    minutes : float64 array of shape (len(points), len(sites))
        One-way minutes, multiples of 0.001; ``inf`` where out of reach. A link of a service exists
        where minutes are at most its limit, the point has need and the site is an option.
    persons : mapping of Need to int
        Persons in need, > 0.
    sizes : mapping of Option to tuple of Size
        Sizes of new units, for every option where something new may stand.
    most_units : mapping of Option to int
        New units that may stand there (a known building: 1); 1 where absent.
    existing : mapping of Option to Existing
        What stands there. An option is existing or may be built on, never both.
    kept, vetoed, closing : mapping of Option to reason
        Must be open (one unit at least); must have nothing new and no enlarging; must close.
    address_of : mapping of site to address key
        The known buildings; sites with the same key are one address. At a site absent from it (a
        settlement) every unit has an address of its own.
    address_places_at_most : mapping of service or EVERY_SERVICE to int
        Most places of a service at one address, enlarged ones included; EVERY_SERVICE: of all
        services with stay "home" together (it couples them). At a settlement it bounds the size
        of each unit. An existing site above it keeps its places but gets no more.
    new_sites_at_most, sites_at_most : mapping of service or EVERY_SERVICE to int
        New units; all units.
    least_share_served : mapping of (service, municipality) to float
        Share of the need there that must be served, 0..1.
    today, most_loss_minutes : mapping of Link to persons, float
        Today's assignment, and how many minutes anyone served today may lose.
    detour_at_most : mapping of service to minutes
        Nobody is sent more than this past a nearer open site of the service.
    agreements : frozenset of (service, municipality from, municipality to), optional
        Who may use whose sites; one's own is always allowed; ``None`` restricts nothing.
    opening_year : mapping of Option to int
        The year in which its cost falls; the plan year where absent.
    approved : mapping of Option to places, optional
        The approved plan, for the aim `changes`.
    """

    region: str
    plan_year: int
    points: tuple[str, ...]
    sites: tuple[str, ...]
    minutes: NDArray[np.float64]
    municipality_of_point: Mapping[str, str]
    municipality_of_site: Mapping[str, str]
    services: Mapping[str, ServiceTerms]
    persons: Mapping[Need, int]
    sizes: Mapping[Option, tuple[Size, ...]]
    most_units: Mapping[Option, int] = field(default_factory=dict)
    existing: Mapping[Option, Existing] = field(default_factory=dict)
    kept: Mapping[Option, str] = field(default_factory=dict)
    vetoed: Mapping[Option, str] = field(default_factory=dict)
    closing: Mapping[Option, str] = field(default_factory=dict)
    address_of: Mapping[str, str] = field(default_factory=dict)
    address_places_at_most: Mapping[str, int] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    new_sites_at_most: Mapping[str, int] = field(default_factory=dict)
    sites_at_most: Mapping[str, int] = field(default_factory=dict)
    least_share_served: Mapping[tuple[str, str], float] = field(default_factory=dict)
    today: Mapping[Link, int] = field(default_factory=dict)
    most_loss_minutes: float | None = None
    detour_at_most: Mapping[str, float] = field(default_factory=dict)
    agreements: frozenset[tuple[str, str, str]] | None = None
    opening_year: Mapping[Option, int] = field(default_factory=dict)
    approved: Mapping[Option, int] | None = None
    aims: tuple[AimTerms, ...] = DEFAULT_AIMS
    whole_persons: bool = True


# --- the plan ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """What is open at an option: all its places, how many units, and what the plan did there.

    New units at one place may differ in size: `places` is their sum, and they are the cheapest
    set of `units` allowed sizes with that sum.
    """

    places: int
    units: int
    kind: Kind


@dataclass(frozen=True)
class AimProof:
    """What is known about one aim.

    `value` is what was achieved when the aim was solved, `bound` what no plan can beat under the
    earlier aims, `allowance` what later aims could give back, `in_plan` the value in the final
    plan, ``gap = (value - bound) / max(1, |value|)``; a stopped aim has gap 1.
    """

    name: str
    value: float
    bound: float
    gap: float
    status: ProofStatus
    seconds: float
    allowance: float
    in_plan: float


@dataclass(frozen=True)
class Proof:
    """How good a plan is known to be: for each group of coupled services, aim after aim.

    Services that no rule couples are solved apart and form a group each.
    """

    groups: tuple[tuple[tuple[str, ...], tuple[AimProof, ...]], ...]
    problem_digest: str
    solver: str
    seconds: float


@dataclass(frozen=True)
class Plan:
    """Where each service is open, who goes where, who stays unserved and why.

    `reasons` splits each unserved need by reason; empty until they have been found.
    """

    opened: Mapping[Option, Opening]
    assigned: Mapping[Link, int]
    unserved: Mapping[Need, int]
    proof: Proof
    reasons: Mapping[Need, Mapping[Reason, int]] = field(default_factory=dict)


# --- the question --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SiteWish:
    """A planner's word on one option, with the reason for it."""

    service: str
    site: str
    reason: str


@dataclass(frozen=True)
class Commitment:
    """Places of a service that are decided but not there yet: open in the plan, not today."""

    service: str
    site: str
    places: int
    reason: str


@dataclass(frozen=True)
class OpeningYear:
    """The year in which the cost of what is built at an option falls, for budgets by year."""

    service: str
    site: str
    year: int


@dataclass(frozen=True)
class Growth:
    """How a group changes from the year of the assessment on, and where that is from.

    Exactly one of `rate_per_year` (0.02 is two per cent more each year), `persons_per_year` (newly
    assessed less those who leave) and `persons_by_year` (a table of one's own) is given.
    """

    group: str
    source: str
    rate_per_year: float | None = None
    persons_per_year: int | None = None
    persons_by_year: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stated:
    """A number that a planner sets, and what it rests on."""

    value: float
    basis: str


@dataclass(frozen=True)
class Entitlement:
    """How much of a place a person uses: days a year of a bed, or days a week of a day place.

    One of the two is given; `occupancy` is the share of the time in which a place is in use,
    ``None`` leaves the usual one. The persons that a place serves follow from it.
    """

    basis: str
    days_per_year: float | None = None
    days_per_week: float | None = None
    occupancy: float | None = None


@dataclass(frozen=True)
class Scenario:
    """What a planner may ask; read from TOML by `planner.inputs.scenario`.

    ``standards[service]`` is (standard, limit) in minutes where it differs from the catalogue;
    ``None`` and empty values leave the catalogue's or the model's default. `growth` counts from
    `base_year`, the year of the assessment; `partners` are municipalities of other regions that
    are planned with; `not_participating` ones get nothing from funds of the EU. By service:
    `uptake` is the share of those in need who would come, `entitlement` what a person uses of a
    place, `staff_per_place` the staff to be found and trained for each place that opens.
    """

    id: str
    title: str
    region: str
    plan_year: int
    services: tuple[str, ...] = ()
    standards: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    need_shares: Mapping[str, float] = field(default_factory=dict)
    candidates: str = "all"
    buildings: str = "all"
    own_municipality_is_standard: bool = True
    most_units_at_a_place: int | None = None
    unknown_places: str = "typical"
    shortest_trip_minutes: float = 3.0
    budgets: tuple[Budget, ...] = ()
    new_sites_at_most: Mapping[str, int] = field(default_factory=dict)
    sites_at_most: Mapping[str, int] = field(default_factory=dict)
    existing_may_close: bool = False
    existing_may_grow: bool = True
    kept: tuple[SiteWish, ...] = ()
    vetoed: tuple[SiteWish, ...] = ()
    closing: tuple[SiteWish, ...] = ()
    committed: tuple[Commitment, ...] = ()
    opening_years: tuple[OpeningYear, ...] = ()
    least_share_served: Mapping[str, float] = field(default_factory=dict)
    most_loss_minutes: float | None = None
    detour_at_most: Mapping[str, float] = field(default_factory=dict)
    agreements: frozenset[tuple[str, str, str]] | None = None
    address_places_at_most: Mapping[str, int] = field(default_factory=dict)
    aims: tuple[AimTerms, ...] = DEFAULT_AIMS
    data: Mapping[str, str] = field(default_factory=dict)
    base_year: int | None = None
    growth: tuple[Growth, ...] = ()
    partners: tuple[str, ...] = ()
    not_participating: tuple[str, ...] = ()
    uptake: Mapping[str, Stated] = field(default_factory=dict)
    entitlement: Mapping[str, Entitlement] = field(default_factory=dict)
    staff_per_place: Mapping[str, Stated] = field(default_factory=dict)

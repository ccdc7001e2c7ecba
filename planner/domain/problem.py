"""The nouns of the problem: ids, persons, minutes and euros, nothing of geography."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from planner.domain.area import Status, Stay
from planner.domain.keys import Link, Need, Option


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
    the own municipality. Nobody is sent further than `limit_minutes`. A place serves
    `persons_per_place` persons, a site as many whole ones as its places make together.
    """

    id: str
    stay: Stay
    standard_minutes: float
    limit_minutes: float
    persons_per_place: Fraction | int = 1
    least_load_persons: int = 0
    home_is_standard: bool = False

    def persons_at(self, places: int) -> int:
        """Return how many persons a site with `places` places can serve."""
        return math.floor(places * self.persons_per_place)


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
    outside : frozenset of municipalities
        Partners of another region that stand in no total of the region: their people are served
        like any, and what stands there is used like any.
    agreements : frozenset of (service, municipality from, municipality to), optional
        Who may use whose sites; one's own is always allowed; ``None`` restricts nothing.
    opening_year : mapping of Option to int
        The year in which its cost falls; the plan year where absent.
    approved : mapping of Option to places, optional
        The approved plan, for the aim `changes` and for amendments: the places of every option
        that it has, and of what exists; 0 where it was approved to close. Absent counts as 0.
    approved_sizes : mapping of Option to sizes
        The addresses of approved places, as the edition sized and priced them, where that is known.
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
    approved_sizes: Mapping[Option, tuple[Size, ...]] = field(default_factory=dict)
    aims: tuple[AimTerms, ...] = DEFAULT_AIMS
    whole_persons: bool = True
    outside: frozenset[str] = frozenset()

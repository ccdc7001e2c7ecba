"""The nouns of the question: what a planner may ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.problem import DEFAULT_AIMS, AimTerms, Budget
from planner.domain.readers import Audience, Readers, Thresholds


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
    are planned with, and stand in the totals of the region unless `partners_in_totals` is false;
    `not_participating` ones get nothing from funds of the EU. By service:
    `uptake` is the share of those in need who would come, `entitlement` what a person uses of a
    place, `staff_per_place` the staff to be found and trained for each place that opens.
    `audience` is for whom plans are written, `thresholds` the smallest count that an audience may
    read where it is not the usual one.
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
    partners_in_totals: bool = True
    not_participating: tuple[str, ...] = ()
    uptake: Mapping[str, Stated] = field(default_factory=dict)
    entitlement: Mapping[str, Entitlement] = field(default_factory=dict)
    staff_per_place: Mapping[str, Stated] = field(default_factory=dict)
    audience: Audience = Audience.PUBLIC
    thresholds: Mapping[Audience, int] = field(default_factory=dict)

    @property
    def counts_changes(self) -> bool:
        """Whether an aim counts the changes against the approved edition."""
        return any(aim.name == "changes" for aim in self.aims)

    def readers(self, audience: Audience | None = None, threshold: int | None = None) -> Readers:
        """Return for whom plans are written; what is named goes before what the scenario says.

        Raises
        ------
        InputError
            If a wider audience would read smaller counts than a nearer one.
        """
        asked = audience or self.audience
        named = {} if threshold is None else {asked: threshold}
        return Readers(asked, Thresholds.filled({**self.thresholds, **named}).of(asked))

"""What an amendment consists of: changes, municipal totals, and the sums they must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from planner.editions.funding import FundingShare, add_up


class ChangeKind(StrEnum):
    """What happens at an address."""

    OPEN = "open"
    ENLARGE = "enlarge"
    REDUCE = "reduce"
    CLOSE = "close"
    KEEP = "keep"
    """It operates, was approved to close, and stays."""


class ReasonCode(StrEnum):
    """The kinds of reason found in real amendments, in the officers' order."""

    ADDRESS = "address"
    COSTS = "costs"
    INFRASTRUCTURE_DROPPED = "infrastructure_dropped"
    ADDITIONAL = "additional"
    NEW_SERVICE = "new_service"
    EDITORIAL = "editorial"
    TERRITORIAL_REFORM = "territorial_reform"
    TARGET_GROUP = "target_group"


class ReasonPart(StrEnum):
    """What a change does for the people who will use (or used) the address."""

    NEWLY_SERVED = "newly_served"
    BROUGHT_WITHIN = "brought_within"
    SHORTER = "shorter"
    LONGER = "longer"
    LOST = "lost"
    DECIDED = "decided"


class Standing(StrEnum):
    """How far what is listed as before has come."""

    OPERATING = "operating"
    COMMITTED = "committed"
    """Decided and paid for, not yet operating."""
    APPROVED = "approved"
    """In the approved edition, not opened."""
    TO_ENLARGE = "to_enlarge"
    """It operates with fewer places than were approved."""
    TO_CLOSE = "to_close"
    """It operates and was approved to close."""


@dataclass(frozen=True)
class State:
    """An address at one time; empty `address`: the municipality decides it.

    `cost_eur` is what it costs to build or enlarge it, ``None`` where nobody has told. `standing`
    speaks of what is before; what is to close has 0 places there and is no address of an edition.
    """

    address: str
    place: str
    places: int
    persons: int
    cost_eur: int | None
    standing: Standing = Standing.OPERATING


@dataclass(frozen=True)
class Nearest:
    """The nearest place where a service operates already, and the minutes there one way.

    ``None`` minutes: nobody is sent as far as the nearest one is.
    """

    place: str
    minutes: float | None


@dataclass(frozen=True)
class Change:
    """One numbered row of an amendment.

    Attributes
    ----------
    before, after : State or None
        ``None`` where nothing stood before or nothing will stand.
    persons : int
        People for whom the change matters, from today to the plan: who will use a new or enlarged
        address, or who used what closes. At a place with several new addresses they are shared by
        places. Nobody uses what was approved and not opened.
    minutes_before, minutes_after : float or None
        Mean one-way minutes of those of them who were, and will be, served.
    served_before, served_after : int
        How many of `persons` those means speak of.
    cost_eur, by_source : int, mapping of source to euros
        Estimate of the capital cost less that of what was approved and is not built, and who pays
        it; below 0 where less is to be paid than was approved. A cost before that is not known is
        taken off as 0.
    reason_code, reasons : ReasonCode, tuple of (part, persons)
        Read off the two assignments; for a place with several new addresses they speak of all.
    decided : str
        The planner's own reason, where the scenario keeps or closes the option.
    address_number, addresses_here : int
        The how-manieth new address of this service at the place, of how many; those that are
        dropped come after those that stay.
    fewest_at_an_address : int
        The least persons at one of several new addresses at the place, changed or not.
    persons_here : int
        All of `persons` at this place, at addresses that do not change too.
    operates : bool
        Whether the service operates at the place today.
    comes : bool
        Whether `persons` are those who come there, not those who leave.
    unpriced : bool
        Whether it is not known what was approved there would cost to build.
    nearest : Nearest, optional
        Of what is new, what was nearest so far; ``None`` where its settlement is no demand point.
    duty_kept : bool
        Whether everyone who used what closes is still served somewhere.
    """

    number: int
    kind: ChangeKind
    municipality: str
    service: str
    site: str
    before: State | None
    after: State | None
    persons: int
    minutes_before: float | None
    minutes_after: float | None
    served_before: int
    served_after: int
    cost_eur: int
    by_source: Mapping[str, int]
    reason_code: ReasonCode
    reasons: tuple[tuple[ReasonPart, int], ...]
    decided: str = ""
    address_number: int = 1
    addresses_here: int = 1
    fewest_at_an_address: int = 0
    persons_here: int = 0
    operates: bool = False
    comes: bool = True
    unpriced: bool = False
    nearest: Nearest | None = None
    duty_kept: bool = True


@dataclass(frozen=True)
class MunicipalTotal:
    """A municipality before and after: addresses and places of all services, persons, euros.

    `persons_*` use an address there, wherever they live; `need`, `served_*` and `within_*` count
    its own people over all services. `places_committed` of the places before do not operate yet.
    `planned_cost_eur` is what was approved before and is not built yet, ``None`` where that is not
    known.
    """

    municipality: str
    changes: int
    addresses_before: int
    addresses_after: int
    places_before: int
    places_committed: int
    places_after: int
    persons_before: int
    persons_after: int
    need: int
    served_before: int
    served_after: int
    within_before: int
    within_after: int
    planned_cost_eur: int | None
    cost_eur: int
    by_source: Mapping[str, int]


@dataclass(frozen=True)
class Amendment:
    """Numbered changes, the totals of every municipality, and how costs were split.

    Municipalities `without_eu` take no part in projects of the EU and pay all themselves.
    """

    region: str
    plan_year: int
    changes: tuple[Change, ...]
    totals: tuple[MunicipalTotal, ...]
    funding: tuple[FundingShare, ...]
    without_eu: frozenset[str] = frozenset()

    @property
    def cost_eur(self) -> int:
        """Estimated capital cost of all changes in euros."""
        return sum(change.cost_eur for change in self.changes)

    @property
    def by_source(self) -> dict[str, int]:
        """Estimated capital cost of all changes by who pays."""
        return add_up([change.by_source for change in self.changes], self.funding)


def sum_faults(found: Amendment) -> tuple[str, ...]:
    """Return every sum of an amendment that does not add up; empty when all do."""
    faults = [
        f"change {change.number}: sources do not add up to the cost"
        for change in found.changes
        if sum(change.by_source.values()) != change.cost_eur
    ]
    for total in found.totals:
        rows = [c for c in found.changes if c.municipality == total.municipality]
        pairs = {
            "changes": (len(rows), total.changes),
            "places": (
                sum(_places(c.after) - _places(c.before) for c in rows),
                total.places_after - total.places_before,
            ),
            "addresses": (
                sum((_places(c.after) > 0) - (_places(c.before) > 0) for c in rows),
                total.addresses_after - total.addresses_before,
            ),
            "cost": (sum(c.cost_eur for c in rows), total.cost_eur),
            "sources": (total.cost_eur, sum(total.by_source.values())),
        }
        faults.extend(
            f"{total.municipality}, {name}: rows {rows_say}, total {total_says}"
            for name, (rows_say, total_says) in pairs.items()
            if rows_say != total_says
        )
    if sum(total.cost_eur for total in found.totals) != found.cost_eur:
        faults.append("the costs of the municipalities do not add up")
    return tuple(faults)


def _places(state: State | None) -> int:
    return 0 if state is None else state.places

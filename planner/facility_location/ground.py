"""A Problem into what a model ranges over: needs, links, and the ways of opening an option."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.domain import EVERY_SERVICE, Kind, Link, Need, Option, Problem, Size, Stay


@dataclass(frozen=True)
class Way:
    """One way in which an option can be open.

    Attributes
    ----------
    places, units : int
        All places there and the number of units; an existing site is one unit.
    cost_eur, running_eur : int
        Of what is built: the cheapest set of `units` sizes with that sum of places, or the
        enlarging; 0 where nothing is built.
    """

    kind: Kind
    places: int
    units: int
    cost_eur: int = 0
    running_eur: int = 0

    @property
    def new_units(self) -> int:
        """Units that do not exist yet."""
        return self.units if self.kind is Kind.NEW else 0


Ways = Mapping[Option, Way]
"""The way in which each open option is open."""


@dataclass(frozen=True)
class Ground:
    """What the decisions of a model range over, for some services of a problem.

    Attributes
    ----------
    services : tuple of service ids
        Those that are solved together.
    ways : mapping of Option to ways of opening it
        An option that cannot open is absent, or has no way.
    links : mapping of Link to minutes
        Within the limit of the service.
    beyond : frozenset of Link
        Those that are not within the standard.
    """

    problem: Problem
    services: tuple[str, ...]
    ways: Mapping[Option, tuple[Way, ...]]
    links: Mapping[Link, float]
    beyond: frozenset[Link]

    @cached_property
    def needs(self) -> Mapping[Need, int]:
        """Persons by need of these services."""
        chosen = frozenset(self.services)
        return {need: n for need, n in self.problem.persons.items() if need[0] in chosen}

    @cached_property
    def sites_near(self) -> Mapping[Need, Sequence[str]]:
        """Sites that each need has a link to."""
        near: dict[Need, list[str]] = defaultdict(list)
        for service, point, site in self.links:
            near[service, point].append(site)
        return near

    @cached_property
    def points_near(self) -> Mapping[Option, Sequence[str]]:
        """Demand points that have a link to each option."""
        near: dict[Option, list[str]] = defaultdict(list)
        for service, point, site in self.links:
            near[service, site].append(point)
        return near

    @cached_property
    def _numbers(self) -> tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]]:
        groups = (self.problem.services, self.problem.points, self.problem.sites)
        services, points, sites = ({name: k for k, name in enumerate(ids)} for ids in groups)
        return services, points, sites

    def key_of_option(self, option: Option) -> tuple[int, int]:
        """Return the numbers of service and site: two ids may differ in a comma only."""
        services, _, sites = self._numbers
        return services[option[0]], sites[option[1]]

    def key_of_need(self, need: Need) -> tuple[int, int]:
        """Return the numbers of service and demand point."""
        services, points, _ = self._numbers
        return services[need[0]], points[need[1]]

    def key_of_link(self, link: Link) -> tuple[int, int, int]:
        """Return the numbers of service, demand point and site."""
        services, points, sites = self._numbers
        return services[link[0]], points[link[1]], sites[link[2]]

    def key_of_service(self, service: str) -> tuple[int]:
        """Return the number of a service."""
        return (self._numbers[0][service],)

    def stays_open(self, option: Option) -> bool:
        """Return whether what exists at `option` must stay."""
        existing = self.problem.existing.get(option)
        return (
            existing is not None and not existing.may_close and option not in self.problem.closing
        )


def survey(problem: Problem, services: Iterable[str]) -> Ground:
    """Return the ground of `services`: every way of opening, every link within a limit."""
    chosen = tuple(services)
    wanted = frozenset(chosen)
    options = sorted(o for o in {*problem.sizes, *problem.existing} if o[0] in wanted)
    ways = {option: tuple(_ways(problem, option)) for option in options}
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    sites_of: dict[str, list[str]] = defaultdict(list)
    for (service, site), offered in ways.items():
        if offered:
            sites_of[service].append(site)
    links: dict[Link, float] = {}
    beyond: set[Link] = set()
    for service, point in sorted(need for need in problem.persons if need[0] in wanted):
        terms = problem.services[service]
        to_sites = problem.minutes[row[point]].tolist()
        home = problem.municipality_of_point.get(point, "")
        for site in sites_of[service]:
            minutes = to_sites[column[site]]
            if minutes > terms.limit_minutes:
                continue
            links[service, point, site] = minutes
            at_home = terms.home_is_standard and home == problem.municipality_of_site.get(site, "")
            if minutes > terms.standard_minutes and not at_home:
                beyond.add((service, point, site))
    return Ground(problem, chosen, ways, links, frozenset(beyond))


def places_of_a_unit_at_most(problem: Problem, option: Option) -> float:
    """Return the most places of one unit at a settlement; ``inf`` in a building or where free."""
    service, site = option
    if site in problem.address_of:
        return float("inf")
    limits = problem.address_places_at_most
    at_home = problem.services[service].stay is Stay.HOME
    together = limits.get(EVERY_SERVICE, float("inf")) if at_home else float("inf")
    return min(limits.get(service, float("inf")), together)


def _ways(problem: Problem, option: Option) -> Iterator[Way]:
    existing = problem.existing.get(option)
    most_places = places_of_a_unit_at_most(problem, option)
    if existing is not None:
        yield Way(Kind.EXISTING, existing.places, 1)
        cheapest: dict[int, Size] = {}
        for size in existing.larger:
            _keep_cheaper(cheapest, size)
        for size in sorted(cheapest.values(), key=lambda k: k.places):
            if size.places <= most_places:
                yield Way(Kind.ENLARGED, size.places, 1, size.cost_eur, size.running_eur)
        return
    offered = [k for k in problem.sizes.get(option, ()) if k.places <= most_places]
    sets = {0: Size(0, 0, 0)}
    for units in range(1, problem.most_units.get(option, 1) + 1):
        larger: dict[int, Size] = {}
        for before in sets.values():
            for size in offered:
                _keep_cheaper(larger, _both(before, size))
        sets = larger
        for size in sorted(sets.values(), key=lambda k: k.places):
            yield Way(Kind.NEW, size.places, units, size.cost_eur, size.running_eur)


def _both(one: Size, other: Size) -> Size:
    return Size(
        one.places + other.places,
        one.cost_eur + other.cost_eur,
        one.running_eur + other.running_eur,
    )


def _keep_cheaper(known: dict[int, Size], size: Size) -> None:
    old = known.get(size.places)
    if old is None or (size.cost_eur, size.running_eur) < (old.cost_eur, old.running_eur):
        known[size.places] = size

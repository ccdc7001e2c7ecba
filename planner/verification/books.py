"""A problem and a plan into loads, minutes and costs in exact numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from planner.domain import (
    EVERY_SERVICE,
    Kind,
    Link,
    Need,
    Opening,
    Option,
    Plan,
    Problem,
    Size,
    Stay,
)
from planner.errors import Fault

Number = int | Fraction
Rule = Callable[["Books"], Iterator[Fault]]

_SPLIT_SLACK = Fraction(1, 10**6)
_SAME_THOUSANDTH = 1e-6


@dataclass(frozen=True)
class Books:
    """A plan against its problem.

    Attributes
    ----------
    assigned, unserved : mappings
        The rows of the plan that name known ids and a number of persons above 0.
    load, served : mappings of Option and Need to persons
        Sums of `assigned`.
    built : mapping of Option to Size
        All places, capital and yearly cost of what the plan builds or enlarges there.
    slack : Number
        What sums of persons may be off: 0 where persons are whole.
    """

    problem: Problem
    plan: Plan
    assigned: Mapping[Link, Number]
    unserved: Mapping[Need, Number]
    load: Mapping[Option, Number]
    served: Mapping[Need, Number]
    built: Mapping[Option, Size]
    slack: Number

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {point: row for row, point in enumerate(self.problem.points)}

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        return {site: column for column, site in enumerate(self.problem.sites)}

    @cached_property
    def open_sites(self) -> Mapping[str, tuple[str, ...]]:
        """Open sites of each service that the problem knows."""
        sites: dict[str, list[str]] = defaultdict(list)
        for service, site in self.plan.opened:
            if site in self._columns:
                sites[service].append(site)
        return {service: tuple(sorted(found)) for service, found in sites.items()}

    def thousandths(self, point: str, site: str) -> Number | None:
        """Return the thousandths of a minute between two places, ``None`` where out of reach."""
        if point not in self._rows or site not in self._columns:
            return None
        return exact_thousandths(
            float(self.problem.minutes[self._rows[point], self._columns[site]])
        )

    def within_limit(self, service: str, point: str, site: str) -> bool:
        """Return whether `point` reaches `site` within the limit of `service`."""
        thousandths = self.thousandths(point, site)
        limit = self.problem.services[service].limit_minutes
        return thousandths is not None and thousandths <= exact(limit) * 1000

    def within_standard(self, service: str, point: str, site: str) -> bool:
        """Return whether `site` is within the standard of `service` for people from `point`."""
        terms = self.problem.services[service]
        at_home = self.municipality_of(point) == self.municipality_of(site, of_site=True)
        if terms.home_is_standard and at_home:
            return True
        thousandths = self.thousandths(point, site)
        return thousandths is not None and thousandths <= exact(terms.standard_minutes) * 1000

    def may_serve(self, service: str, point: str, site: str) -> bool:
        """Return whether agreements let people from `point` use `site`."""
        agreements = self.problem.agreements
        if agreements is None:
            return True
        home = self.municipality_of(point)
        there = self.municipality_of(site, of_site=True)
        return home == there or (service, home, there) in agreements

    def municipality_of(self, place: str, *, of_site: bool = False) -> str:
        """Return the municipality of a demand point or a site, empty where unknown."""
        mapping = (
            self.problem.municipality_of_site if of_site else self.problem.municipality_of_point
        )
        return mapping.get(place, "")


def open_books(problem: Problem, plan: Plan) -> Books:
    """Return the loads, served persons and costs of `plan`, from `problem` alone."""
    needs = problem.persons
    assigned = {
        link: exact(persons)
        for link, persons in plan.assigned.items()
        if _is_count(persons) and (link[0], link[1]) in needs
    }
    unserved = {
        need: exact(persons)
        for need, persons in plan.unserved.items()
        if _is_count(persons) and need in needs
    }
    load: dict[Option, Number] = defaultdict(int)
    served: dict[Need, Number] = defaultdict(int)
    for (service, point, site), persons in assigned.items():
        load[service, site] += persons
        served[service, point] += persons
    built = {
        option: size
        for option, opening in plan.opened.items()
        if (size := built_at(problem, option, opening)) is not None
    }
    slack: Number = 0
    if not problem.whole_persons:
        slack = _SPLIT_SLACK * max(1, math.ceil(sum(needs.values())))
    return Books(problem, plan, assigned, unserved, load, served, built, slack)


def built_at(problem: Problem, option: Option, opening: Opening) -> Size | None:
    """Return all places, capital and yearly cost of what is built at an option.

    ``None`` where nothing is built, or nothing that the problem allows.
    """
    if opening.kind is Kind.NEW:
        if not 1 <= opening.units <= problem.most_units.get(option, 1):
            return None
        most = _places_of_a_unit(problem, option)
        sizes = [k for k in problem.sizes.get(option, ()) if k.places <= most]
        return cheapest_units(sizes, opening.units, opening.places)
    if opening.kind is Kind.ENLARGED and option in problem.existing:
        larger = [k for k in problem.existing[option].larger if k.places == opening.places]
        return min(larger, key=lambda k: (k.cost_eur, k.running_eur), default=None)
    return None


def cheapest_units(sizes: Sequence[Size], units: int, places: int) -> Size | None:
    """Return the cheapest `units` sizes whose places sum to `places` as one, or ``None``."""
    return _unit_costs(tuple(sizes), units).get(places)


def exact(value: float | Fraction) -> Number:
    """Return the number that `value` is written as: 0.1 is one tenth."""
    if isinstance(value, int | Fraction):
        return value
    number = Fraction(str(float(value)))
    return number.numerator if number.denominator == 1 else number


def exact_thousandths(minutes: float) -> Number | None:
    """Return `minutes` in thousandths, whole where they are, ``None`` where out of reach."""
    if not math.isfinite(minutes):
        return None
    nearest = round(minutes * 1000)
    if abs(minutes * 1000 - nearest) <= _SAME_THOUSANDTH:
        return nearest
    return exact(minutes) * 1000


def told(value: Number | float) -> int | float:
    """Return an exact number as one that a message can show."""
    return int(value) if value == int(value) else round(float(value), 6)


def apart(one: Number, other: Number) -> Number:
    """Return how far two numbers are apart."""
    return one - other if one > other else other - one


def is_whole(value: object) -> bool:
    """Return whether `value` is an int, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def fault(text: str, **fields: str | float) -> Fault:
    """Return a fault of the plan itself, which has no file, row or column."""
    return Fault(text, fields=fields)


def total(values: Iterable[Number]) -> Number:
    """Return the exact sum."""
    return sum(values, start=0)


@lru_cache(maxsize=4096)
def _unit_costs(sizes: tuple[Size, ...], units: int) -> Mapping[int, Size]:
    """Return the cheapest set of exactly `units` sizes for every sum of places."""
    if units == 0:
        return {0: Size(0, 0, 0)}
    best: dict[int, Size] = {}
    for before in _unit_costs(sizes, units - 1).values():
        for size in sizes:
            found = Size(
                before.places + size.places,
                before.cost_eur + size.cost_eur,
                before.running_eur + size.running_eur,
            )
            known = best.get(found.places)
            if known is None or _price(found) < _price(known):
                best[found.places] = found
    return best


def _places_of_a_unit(problem: Problem, option: Option) -> float:
    """Return the most places of one new unit; in a building, its address has them in common."""
    service, site = option
    if site in problem.address_of:
        return math.inf
    limits = problem.address_places_at_most
    at_home = service in problem.services and problem.services[service].stay is Stay.HOME
    return min(
        limits.get(service, math.inf), limits.get(EVERY_SERVICE, math.inf) if at_home else math.inf
    )


def _price(size: Size) -> tuple[int, int]:
    return size.cost_eur, size.running_eur


def _is_count(persons: object) -> bool:
    if isinstance(persons, bool) or not isinstance(persons, int | float | Fraction):
        return False
    return math.isfinite(persons) and persons > 0

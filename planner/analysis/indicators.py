"""A problem and a plan into the figures that tell how good the plan is for people.

Every figure is counted from the plan, never read from an aim of the solver.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.analysis.reach import (
    columns,
    may_use,
    needs_of,
    sites_of,
    thousandths,
    within_standard,
)
from planner.domain import Kind, Need, Option, Plan, Problem, Reason, Stay
from planner.verification.books import built_at

CURVE_MINUTES = (15, 30, 45, 60, 90)
SENT_PAST_MINUTES = 15
PERCENTILE = 90

Trips = Sequence[tuple[int, int]]
"""(thousandths of a minute, persons)"""


@dataclass(frozen=True)
class ServiceFigures:
    """What a plan does for one service.

    Attributes
    ----------
    need, served, unserved : int
        Persons; served and unserved are the need.
    reach : int
        Persons in need with an open site within the standard that they may use, whatever its
        places.
    within_standard : int
        Persons served within the standard.
    sites_existing : int
        Sites that stand before the plan, committed ones included.
    sites_kept, sites_enlarged, sites_new : int
        Of them unchanged and enlarged; new units.
    places, cost_eur, running_eur : int
        All places; capital and yearly cost of what is new or enlarged.
    mean_minutes, p90_minutes : float, optional
        Of the served: mean, and the minutes that 90 in 100 need at most; ``None`` where nobody is.
    served_within : mapping of minutes to persons
        For 15, 30, 45, 60 and 90 minutes.
    sent_past : int
        Persons sent more than 15 minutes past a nearer open site that has free places.
    worst_municipality, worst_share : str and float
        Where the smallest share of the need is served within the standard; empty without need.
    reasons : mapping of Reason to persons
        Why the unserved are; empty until reasons were found.
    """

    need: int
    served: int
    unserved: int
    reach: int
    within_standard: int
    sites_existing: int
    sites_kept: int
    sites_enlarged: int
    sites_new: int
    places: int
    cost_eur: int
    running_eur: int
    mean_minutes: float | None
    p90_minutes: float | None
    served_within: Mapping[int, int]
    sent_past: int
    worst_municipality: str
    worst_share: float
    reasons: Mapping[Reason, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MunicipalityFigures:
    """What a plan does for the people of a municipality in one service.

    `sites`, `places` and `cost_eur` speak of what stands in the municipality, the others of its
    people, wherever they go.
    """

    need: int
    served: int
    unserved: int
    reach: int
    within_standard: int
    mean_minutes: float | None
    sites: int
    sites_new: int
    places: int
    cost_eur: int


@dataclass(frozen=True)
class GroupFigures:
    """What a plan does for a target group, counted in needs: one person may need two services."""

    services: tuple[str, ...]
    need: int
    served: int
    unserved: int
    reach: int
    within_standard: int
    mean_minutes: float | None


def service_figures(problem: Problem, plan: Plan) -> dict[str, ServiceFigures]:
    """Return the figures of every service of `problem`, without municipalities outside the region.

    Parameters
    ----------
    problem : Problem
        What was asked.
    plan : Plan
        A sound plan for it; see `planner.verification.require_sound`.
    """
    counts = municipality_figures(problem, plan)
    return {service: _of_service(problem, plan, service, counts) for service in problem.services}


def municipality_figures(
    problem: Problem, plan: Plan
) -> dict[tuple[str, str], MunicipalityFigures]:
    """Return the figures of every (municipality, service) with a need or an open site."""
    figures: dict[tuple[str, str], MunicipalityFigures] = {}
    for service in problem.services:
        people = _people_by_municipality(problem, plan, service)
        sites = _sites_by_municipality(problem, plan, service)
        trips = _trips_by_municipality(problem, plan, service)
        for municipality in sorted({*people, *sites}):
            persons, standing = people[municipality], sites[municipality]
            figures[municipality, service] = MunicipalityFigures(
                need=persons["need"],
                served=persons["served"],
                unserved=persons["unserved"],
                reach=persons["reach"],
                within_standard=persons["within"],
                mean_minutes=mean_minutes(trips[municipality]),
                sites=standing["sites"],
                sites_new=standing["new"],
                places=standing["places"],
                cost_eur=standing["cost"],
            )
    return figures


def group_figures(
    problem: Problem, plan: Plan, group_of: Mapping[str, str]
) -> dict[tuple[str, bool], GroupFigures]:
    """Return figures by target group, the services where people live apart from the others.

    Parameters
    ----------
    group_of : mapping of service to target group
        From the catalogue.

    Returns
    -------
    dict of (target group, people live there) to GroupFigures
        Minutes of visits to a home are never mixed with those of daily trips.
    """
    of_service = service_figures(problem, plan)
    members: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for service, terms in problem.services.items():
        members[group_of[service], terms.stay is Stay.HOME].append(service)
    return {
        key: GroupFigures(
            services=tuple(services),
            need=sum(of_service[s].need for s in services),
            served=sum(of_service[s].served for s in services),
            unserved=sum(of_service[s].unserved for s in services),
            reach=sum(of_service[s].reach for s in services),
            within_standard=sum(of_service[s].within_standard for s in services),
            mean_minutes=mean_minutes(
                [trip for s in services for trip in _trips(problem, plan, s)]
            ),
        )
        for key, services in members.items()
    }


def persons_in_reach(problem: Problem, plan: Plan, service: str) -> dict[str, int]:
    """Return the persons in need by point that have an open site within the standard.

    Whatever its places, but only where agreements let them use it.
    """
    open_columns = columns(problem, sites_of(plan.opened, service))
    near = (within_standard(problem, service) & may_use(problem, service))[:, open_columns]
    persons = np.where(near.any(axis=1), needs_of(problem, service), 0)
    return {i: int(n) for i, n in zip(problem.points, persons, strict=True) if n}


def mean_minutes(trips: Trips) -> float | None:
    """Return the mean minutes of `trips`, ``None`` without any."""
    persons = sum(n for _, n in trips)
    return sum(t * n for t, n in trips) / persons / 1000 if persons else None


def percentile_minutes(trips: Trips, percent: int) -> float | None:
    """Return the fewest minutes within which `percent` in 100 persons travel."""
    persons = sum(n for _, n in trips)
    counted = 0
    for minutes, n in sorted(trips):
        counted += n
        if counted * 100 >= persons * percent:
            return minutes / 1000
    return None


def free_places(problem: Problem, plan: Plan, service: str) -> dict[str, int]:
    """Return how many persons more each open site of a service could hold."""
    load: Counter[str] = Counter()
    for (s, _, j), persons in plan.assigned.items():
        if s == service:
            load[j] += persons
    terms = problem.services[service]
    return {
        site: terms.persons_at(plan.opened[service, site].places) - load[site]
        for site in sites_of(plan.opened, service)
    }


def _of_service(
    problem: Problem,
    plan: Plan,
    service: str,
    counts: Mapping[tuple[str, str], MunicipalityFigures],
) -> ServiceFigures:
    here = {
        home: figures
        for (home, s), figures in counts.items()
        if s == service and home not in problem.outside
    }
    options = [
        option for option in plan.opened if option[0] == service and _is_ours(problem, option)
    ]
    opened = [plan.opened[option] for option in options]
    trips = _trips(problem, plan, service)
    shares = [
        (f.within_standard / f.need, f.within_standard - f.need, home)
        for home, f in here.items()
        if f.need
    ]
    worst_share, _, worst = min(shares, default=(0.0, 0, ""))
    existing = [option for option in problem.existing if _is_ours(problem, option)]
    return ServiceFigures(
        need=sum(f.need for f in here.values()),
        served=sum(f.served for f in here.values()),
        unserved=sum(f.unserved for f in here.values()),
        reach=sum(f.reach for f in here.values()),
        within_standard=sum(f.within_standard for f in here.values()),
        sites_existing=len(sites_of(existing, service)),
        sites_kept=sum(o.kind is Kind.EXISTING for o in opened),
        sites_enlarged=sum(o.kind is Kind.ENLARGED for o in opened),
        sites_new=sum(o.units for o in opened if o.kind is Kind.NEW),
        places=sum(o.places for o in opened),
        cost_eur=sum(_cost(problem, plan, option)[0] for option in options),
        running_eur=sum(_cost(problem, plan, option)[1] for option in options),
        mean_minutes=mean_minutes(trips),
        p90_minutes=percentile_minutes(trips, PERCENTILE),
        served_within={
            minutes: sum(n for t, n in trips if t <= minutes * 1000) for minutes in CURVE_MINUTES
        },
        sent_past=_sent_past(problem, plan, service),
        worst_municipality=worst,
        worst_share=worst_share,
        reasons=_reasons(problem, plan, service),
    )


def _people_by_municipality(
    problem: Problem, plan: Plan, service: str
) -> defaultdict[str, Counter[str]]:
    people: defaultdict[str, Counter[str]] = defaultdict(Counter)
    home = problem.municipality_of_point
    for what, persons in (("need", problem.persons), ("unserved", plan.unserved)):
        for (s, point), n in persons.items():
            if s == service:
                people[home[point]][what] += n
    near = within_standard(problem, service)
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    for (s, point, site), n in plan.assigned.items():
        if s == service:
            people[home[point]]["served"] += n
            people[home[point]]["within"] += n if near[row[point], column[site]] else 0
    for point, n in persons_in_reach(problem, plan, service).items():
        people[home[point]]["reach"] += n
    return people


def _sites_by_municipality(
    problem: Problem, plan: Plan, service: str
) -> defaultdict[str, Counter[str]]:
    sites: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (s, site), opening in plan.opened.items():
        if s == service:
            there = sites[problem.municipality_of_site[site]]
            there["sites"] += opening.units
            there["new"] += opening.units if opening.kind is Kind.NEW else 0
            there["places"] += opening.places
            there["cost"] += _cost(problem, plan, (s, site))[0]
    return sites


def _trips_by_municipality(
    problem: Problem, plan: Plan, service: str
) -> defaultdict[str, list[tuple[int, int]]]:
    trips: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for (_, point), minutes, persons in _trip_rows(problem, plan, service):
        trips[problem.municipality_of_point[point]].append((minutes, persons))
    return trips


def _trips(problem: Problem, plan: Plan, service: str) -> list[tuple[int, int]]:
    """Return minutes and persons of the region's own people."""
    return [
        (minutes, persons)
        for need, minutes, persons in _trip_rows(problem, plan, service)
        if _is_our_own(problem, need)
    ]


def _is_ours(problem: Problem, option: Option) -> bool:
    return problem.municipality_of_site[option[1]] not in problem.outside


def _is_our_own(problem: Problem, need: Need) -> bool:
    return problem.municipality_of_point[need[1]] not in problem.outside


def _trip_rows(problem: Problem, plan: Plan, service: str) -> Iterable[tuple[Need, int, int]]:
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    for (s, point, site), persons in plan.assigned.items():
        if s == service:
            yield (s, point), thousandths(problem.minutes[row[point], column[site]]), persons


def _sent_past(problem: Problem, plan: Plan, service: str) -> int:
    free = [site for site, n in free_places(problem, plan, service).items() if n > 0]
    usable = np.where(may_use(problem, service), problem.minutes, np.inf)[:, columns(problem, free)]
    nearest = usable.min(axis=1, initial=np.inf)
    row = {point: i for i, point in enumerate(problem.points)}
    return sum(
        persons
        for need, minutes, persons in _trip_rows(problem, plan, service)
        if np.isfinite(nearest[row[need[1]]])
        and _is_our_own(problem, need)
        and minutes > thousandths(nearest[row[need[1]]]) + SENT_PAST_MINUTES * 1000
    )


def _cost(problem: Problem, plan: Plan, option: Option) -> tuple[int, int]:
    built = built_at(problem, option, plan.opened[option])
    return (built.cost_eur, built.running_eur) if built else (0, 0)


def _reasons(problem: Problem, plan: Plan, service: str) -> dict[Reason, int]:
    counted: Counter[Reason] = Counter()
    for need, reasons in plan.reasons.items():
        if need[0] == service and _is_our_own(problem, need):
            counted.update(reasons)
    return {reason: counted[reason] for reason in Reason if counted[reason]}

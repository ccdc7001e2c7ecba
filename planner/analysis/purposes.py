"""A problem and a plan into what each new or enlarged site is there for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.analysis.explanation import may_stand, sites_by_point
from planner.analysis.flows import Flow
from planner.analysis.indicators import free_places
from planner.analysis.reach import (
    Counts,
    Table,
    by_point,
    columns,
    may_use,
    sites_of,
    within_standard,
)
from planner.domain import Kind, Option, Plan, Problem

_ALTERNATIVES = 3


@dataclass(frozen=True)
class Alternative:
    """Another place for what a site does.

    `persons` of those who come would have it within the standard; `minutes` is their mean.
    """

    site: str
    persons: int
    minutes: float


@dataclass(frozen=True)
class Purpose:
    """What a new or enlarged site is there for.

    Attributes
    ----------
    persons, points : int
        Who comes, and from how many demand points.
    within_standard : int
        Of them, who has it within the standard.
    without : int
        Of them, who would be unserved if the site closed (or kept its old size) while everyone
        else stays served and the other open sites take whom they can.
    minutes : float, optional
        Mean of those who come; ``None`` when nobody does.
    persons_elsewhere, minutes_elsewhere : int and float, optional
        Of them, who has another open site within the limit, whatever its places, and the mean
        minutes to the nearest.
    alternatives : tuple of Alternative
        Up to three places not opened that most of them would have within the standard.
    """

    persons: int
    points: int
    within_standard: int
    without: int
    minutes: float | None
    persons_elsewhere: int
    minutes_elsewhere: float | None
    alternatives: tuple[Alternative, ...]


def why_open(problem: Problem, plan: Plan) -> dict[Option, Purpose]:
    """Return what every new or enlarged site of a sound plan is there for."""
    built = [o for o, opening in sorted(plan.opened.items()) if opening.kind is not Kind.EXISTING]
    return {option: _purpose(problem, plan, option) for option in built}


def _purpose(problem: Problem, plan: Plan, option: Option) -> Purpose:
    service, site = option
    guests = {(s, i): n for (s, i, j), n in plan.assigned.items() if (s, j) == option}
    persons = by_point(problem, service, guests)
    usable = may_use(problem, service)
    near = within_standard(problem, service) & usable
    others = columns(problem, [j for j in sites_of(plan.opened, service) if j != site])
    nearest = np.where(usable, problem.minutes, np.inf)[:, others].min(axis=1, initial=np.inf)
    elsewhere = np.where(np.isfinite(nearest), persons, 0)
    column = problem.sites.index(site)
    return Purpose(
        persons=int(persons.sum()),
        points=len(guests),
        within_standard=int(persons[near[:, column]].sum()),
        without=_unserved_without(problem, plan, option, usable),
        minutes=_mean(problem.minutes[:, column], persons),
        persons_elsewhere=int(elsewhere.sum()),
        minutes_elsewhere=_mean(nearest, elsewhere),
        alternatives=_alternatives(problem, plan, service, near, persons),
    )


def _unserved_without(problem: Problem, plan: Plan, option: Option, usable: Table) -> int:
    """Return how many of a site's persons the others cannot take."""
    service, site = option
    load = {(i, j): n for (s, i, j), n in plan.assigned.items() if s == service and j != site}
    capacity = free_places(problem, plan, service)
    for (_, j), persons in load.items():
        capacity[j] += persons
    stands = problem.existing.get(option)
    capacity[site] = problem.services[service].persons_at(stands.places if stands else 0)
    leaving = {i: n for (s, i, j), n in plan.assigned.items() if (s, j) == option}
    taken = Flow(sites_by_point(problem, usable, capacity), capacity, load).serve(leaving)
    return sum(leaving.values()) - sum(taken.values())


def _alternatives(
    problem: Problem, plan: Plan, service: str, near: Table, persons: Counts
) -> tuple[Alternative, ...]:
    """Return the unopened places that most of `persons` would have within the standard."""
    sites = [
        site
        for site in sites_of(problem.sizes, service)
        if (service, site) not in plan.opened and may_stand(problem, (service, site))
    ]
    found = []
    for site, column in zip(sites, columns(problem, sites), strict=True):
        reached = np.where(near[:, column], persons, 0)
        minutes = _mean(problem.minutes[:, column], reached)
        if minutes is not None:
            found.append(Alternative(site, int(reached.sum()), minutes))
    found.sort(key=lambda a: (-a.persons, a.minutes, a.site))
    return tuple(found[:_ALTERNATIVES])


def _mean(minutes: NDArray[np.float64], persons: Counts) -> float | None:
    travelled = persons > 0
    if not travelled.any():
        return None
    return float(np.average(minutes[travelled], weights=persons[travelled]))

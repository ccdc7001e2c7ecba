"""A problem into who may use which site: tables of demand points by sites."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from planner.domain import Need, Problem

Table = NDArray[np.bool_]
Counts = NDArray[np.int64]


def may_use(problem: Problem, service: str) -> Table:
    """Return whether people from a point may use a site: within the limit, and agreed.

    Returns
    -------
    bool array of shape (points, sites)
        Whatever stands there; see `option_columns` for the sites of a service.
    """
    limit = problem.services[service].limit_minutes
    return (problem.minutes <= limit) & agreed(problem, service)


def agreed(problem: Problem, service: str) -> Table:
    """Return whether agreements let people from a point use a site, bool (points, sites)."""
    shape = problem.minutes.shape
    if problem.agreements is None:
        return np.ones(shape, dtype=bool)
    table = same_municipality(problem)
    homes, there = _municipalities(problem)
    for agreed_service, home, other in problem.agreements:
        if agreed_service == service:
            table |= (homes == home)[:, None] & (there == other)[None, :]
    return table


def within_standard(problem: Problem, service: str) -> Table:
    """Return whether a site is within the standard for people from a point, bool (points, sites).

    A site in the own municipality is, where the service says so; nothing beyond the limit is.
    """
    terms = problem.services[service]
    near = problem.minutes <= terms.standard_minutes
    if terms.home_is_standard:
        near |= same_municipality(problem)
    within: Table = near & (problem.minutes <= terms.limit_minutes)
    return within


def same_municipality(problem: Problem) -> Table:
    """Return whether a point and a site lie in one municipality, bool (points, sites)."""
    homes, there = _municipalities(problem)
    table: Table = (homes[:, None] == there[None, :]) & (homes != "")[:, None]
    return table


def columns(problem: Problem, sites: Iterable[str]) -> list[int]:
    """Return the columns of `sites`, in their order."""
    position = {site: column for column, site in enumerate(problem.sites)}
    return [position[site] for site in sites]


def needs_of(problem: Problem, service: str) -> Counts:
    """Return the persons in need of a service at every point, int64 (points)."""
    return by_point(problem, service, problem.persons)


def by_point(problem: Problem, service: str, persons: Mapping[Need, int]) -> Counts:
    """Return `persons` of one service at every point, int64 (points)."""
    return np.array([persons.get((service, i), 0) for i in problem.points], dtype=np.int64)


def thousandths(minutes: float) -> int:
    """Return minutes as whole thousandths."""
    return round(float(minutes) * 1000)


def sites_of(options: Collection[tuple[str, str]], service: str) -> list[str]:
    """Return the sites of a service among `options`, sorted."""
    return sorted(site for s, site in options if s == service)


def _municipalities(problem: Problem) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    homes = [problem.municipality_of_point.get(i, "") for i in problem.points]
    there = [problem.municipality_of_site.get(j, "") for j in problem.sites]
    return np.array(homes, dtype=str), np.array(there, dtype=str)

"""A problem and a plan into the one reason why each unserved person is unserved.

The rules are tried in this order; the first whose absence would serve the person is the reason:

1. no site within the limit: the service can stand nowhere within the limit;
2. no agreement: wherever it can, no agreement lets the person in;
3. forbidden: what is left is vetoed or closing;
4. budget, 5. number of sites, 6. forbidden, 7. no agreement, 8. below viable load: without that
   rule alone, a plan is found that serves the person and everyone whom the plan serves;
9. below viable load: if everything that may be built were built, there would be a place (where
   no least load is set: number of sites, budget);
10. forbidden, 11. no agreement: there would be one if what is forbidden were built too, and if
    everyone could go everywhere;
12. no places: even then there would be none.

Who is held back by two rules together is told in the steps 9 to 12. The steps 4 to 8 need a solver,
and only where such a rule is set; the others read tables and count places.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from planner.analysis.alone import only, others_as_planned
from planner.analysis.dropping import DROPS, Drop, has_a_budget, has_a_number_of_sites
from planner.analysis.flows import Flow
from planner.analysis.reach import Table, agreed, columns, sites_of
from planner.domain import EVERY_SERVICE, AimTerms, Need, Option, Plan, Problem, Reason, Stay
from planner.errors import InfeasibleError, NoPlanError
from planner.facility_location import Limits, solve

log = logging.getLogger(__name__)

Persons = dict[Need, int]
Reasons = defaultdict[Need, dict[Reason, int]]

SECONDS = 20.0
_WAITING = "waiting "
_WORTH_TRYING_SECONDS = 0.2


def explain_unserved(problem: Problem, plan: Plan, *, limits: Limits | None = None) -> Plan:
    """Return `plan` with exactly one reason for every unserved person.

    Parameters
    ----------
    problem : Problem
        What the plan answers.
    plan : Plan
        A sound plan.
    limits : Limits, optional
        Seconds are for all solving together; 20 by default. A rule that could not be tried in
        time is no reason.
    """
    limits = limits or Limits(seconds=SECONDS)
    began = time.monotonic()
    reasons: Reasons = defaultdict(dict)
    left = _without_any_way(problem, plan, reasons)
    for drop in DROPS:
        waiting = {need: n for need, n in left.items() if drop.holds(problem, need[0])}
        rest = _seconds_left(limits, began)
        if waiting and (rest is None or rest > _WORTH_TRYING_SECONDS):
            served = _served_without(
                problem, plan, waiting, drop, limits=replace(limits, seconds=rest)
            )
            _give(reasons, left, served, drop.reason)
    for service in sorted({service for service, _ in left}):
        _explain_by_places(problem, plan, service, left, reasons)
    log.info("reasons for %d needs, %.1f s", len(reasons), time.monotonic() - began)
    return replace(plan, reasons={need: dict(found) for need, found in sorted(reasons.items())})


def most_persons(problem: Problem, option: Option) -> int:
    """Return how many persons an option could hold at most, whatever it costs."""
    service = option[0]
    persons_at = problem.services[service].persons_at
    limit = _most_places_at_an_address(problem, service)
    if option in problem.existing:
        known = problem.existing[option]
        larger = [k.places for k in known.larger if k.places <= limit]
        grown = [] if option in problem.vetoed else larger
        return persons_at(max([known.places, *grown]))
    sizes = [k.places for k in problem.sizes.get(option, ()) if k.places <= limit]
    return persons_at(max(sizes, default=0) * problem.most_units.get(option, 1))


def may_stand(problem: Problem, option: Option) -> bool:
    """Return whether a service may be open at a site: it exists and stays, or may be built."""
    if option in problem.closing:
        return False
    return option in problem.existing or (option in problem.sizes and option not in problem.vetoed)


def _without_any_way(problem: Problem, plan: Plan, reasons: Reasons) -> Persons:
    """Give the first three reasons; return whoever has none of them."""
    left: Persons = {}
    rows = {point: row for row, point in enumerate(problem.points)}
    for service in sorted({service for service, _ in plan.unserved}):
        near = problem.minutes <= problem.services[service].limit_minutes
        may = near & agreed(problem, service)
        sites = sites_of({*problem.sizes, *problem.existing}, service)
        possible = columns(problem, sites)
        allowed = columns(problem, [j for j in sites if may_stand(problem, (service, j))])
        for need, persons in plan.unserved.items():
            if need[0] != service:
                continue
            row = rows[need[1]]
            if not near[row, possible].any():
                reasons[need][Reason.NO_SITE_WITHIN_LIMIT] = persons
            elif not may[row, possible].any():
                reasons[need][Reason.NO_AGREEMENT] = persons
            elif not may[row, allowed].any():
                reasons[need][Reason.FORBIDDEN] = persons
            else:
                left[need] = persons
    return left


def _served_without(
    problem: Problem, plan: Plan, waiting: Persons, drop: Drop, *, limits: Limits
) -> Persons:
    """Return whom of the waiting a plan less one rule serves, besides all whom `plan` serves."""
    services = {service for service, _ in waiting}
    alone = drop.of(others_as_planned(problem, plan, services))
    start = replace(only(plan, services), assigned={}, unserved={}, reasons={})
    try:
        found = solve(_with_the_served_kept(alone, plan, waiting), limits=limits, start=start)
    except (InfeasibleError, NoPlanError):
        return {}
    still = {(s, i.removeprefix(_WAITING)): n for (s, i), n in found.unserved.items()}
    served = {need: n - still.get(need, 0) for need, n in waiting.items()}
    return {need: n for need, n in served.items() if n > 0}


def _with_the_served_kept(problem: Problem, plan: Plan, waiting: Persons) -> Problem:
    """Return the problem in which whoever is served stays served, and the waiting may be.

    The waiting stand at points and in municipalities of their own, with the same minutes and
    agreements, so that every other municipality can be asked to be served in full.
    """
    persons = {need: n - plan.unserved.get(need, 0) for need, n in problem.persons.items()}
    persons |= {(s, _WAITING + i): n for (s, i), n in waiting.items()}
    home = dict(problem.municipality_of_point)
    return replace(
        problem,
        points=(*problem.points, *(_WAITING + point for point in problem.points)),
        minutes=np.tile(problem.minutes, (2, 1)),
        municipality_of_point=home | {_WAITING + i: _WAITING + m for i, m in home.items()},
        persons={need: n for need, n in persons.items() if n},
        agreements=_agreements_of_the_waiting(problem),
        least_share_served={(s, m): 1.0 for s in problem.services for m in set(home.values())},
        aims=(AimTerms("persons_unserved"),),
    )


def _agreements_of_the_waiting(problem: Problem) -> frozenset[tuple[str, str, str]] | None:
    if problem.agreements is None:
        return None
    homes = set(problem.municipality_of_point.values())
    same = {(service, _WAITING + home, there) for service, home, there in problem.agreements}
    own = {(service, _WAITING + home, home) for service in problem.services for home in homes}
    return problem.agreements | same | own


def _explain_by_places(
    problem: Problem, plan: Plan, service: str, left: Persons, reasons: Reasons
) -> None:
    """Give whoever is left the reason that more and more places would take away."""
    near = problem.minutes <= problem.services[service].limit_minutes
    may = near & agreed(problem, service)
    sites = sites_of({*problem.sizes, *problem.existing}, service)
    most = {site: most_persons(problem, (service, site)) for site in sites}
    allowed = {j: n for j, n in most.items() if may_stand(problem, (service, j))}
    assigned = {(i, j): n for (s, i, j), n in plan.assigned.items() if s == service}
    building = (Reason.BUDGET, Reason.SITES_AT_MOST, Reason.BELOW_VIABLE_LOAD)
    for reason, already, usable, capacity in (
        (_what_keeps_from_building(problem, service), building, may, allowed),
        (Reason.FORBIDDEN, (Reason.FORBIDDEN,), may, most),
        (Reason.NO_AGREEMENT, (Reason.NO_AGREEMENT,), near, most),
    ):
        flow = Flow(sites_by_point(problem, usable, capacity), capacity, assigned)
        for known in already:  # they take their places first
            flow.serve(
                {i: by[known] for (s, i), by in reasons.items() if s == service and known in by}
            )
        served = flow.serve({i: n for (s, i), n in left.items() if s == service})
        _give(reasons, left, {(service, i): n for i, n in served.items()}, reason)
    rest = {need: n for need, n in left.items() if need[0] == service}
    _give(reasons, left, rest, Reason.NO_PLACES)


def sites_by_point(
    problem: Problem, usable: Table, capacity: Mapping[str, int]
) -> dict[str, list[str]]:
    """Return the sites with any capacity that each point may use, the nearest first."""
    sites = [site for site, persons in capacity.items() if persons > 0]
    chosen = columns(problem, sites)
    found = {}
    for row, point in enumerate(problem.points):
        near = [
            (float(problem.minutes[row, column]), site)
            for column, site in zip(chosen, sites, strict=True)
            if usable[row, column]
        ]
        found[point] = [site for _, site in sorted(near)]
    return found


def _what_keeps_from_building(problem: Problem, service: str) -> Reason:
    if problem.services[service].least_load_persons > 0:
        return Reason.BELOW_VIABLE_LOAD
    if has_a_number_of_sites(problem, service):
        return Reason.SITES_AT_MOST
    return Reason.BUDGET if has_a_budget(problem, service) else Reason.NO_PLACES


def _most_places_at_an_address(problem: Problem, service: str) -> float:
    limits = problem.address_places_at_most
    keys = {service}
    if problem.services[service].stay is Stay.HOME:
        keys.add(EVERY_SERVICE)
    return min((limits[key] for key in keys if key in limits), default=float("inf"))


def _give(reasons: Reasons, left: Persons, served: Persons, reason: Reason) -> None:
    """Write down a reason for some persons, and take them from those who are left."""
    for need, persons in served.items():
        reasons[need][reason] = reasons[need].get(reason, 0) + persons
        left[need] -= persons
        if not left[need]:
            del left[need]


def _seconds_left(limits: Limits, began: float) -> float | None:
    if limits.seconds is None:
        return None
    return max(0.0, limits.seconds - (time.monotonic() - began))

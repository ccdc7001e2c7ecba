"""A problem and a plan into what the plan builds twice: sites beyond the fewest, needless units."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.analysis.alone import only, others_as_planned
from planner.analysis.explanation import most_persons, sites_by_point
from planner.analysis.flows import Flow
from planner.analysis.reach import may_use, sites_of
from planner.domain import AimProof, AimTerms, Kind, Option, Plan, Problem, ProofStatus, Stay
from planner.errors import InfeasibleError, NoPlanError
from planner.facility_location import Limits, solve
from planner.verification.aims import AIMS
from planner.verification.books import exact, open_books

log = logging.getLogger(__name__)

SECONDS = 30.0
_ABOUT_SITES = frozenset({"new_sites", "sites", "cost_eur", "changes"})
_WORTH_TRYING_SECONDS = 0.2
_NEAR = 1e-6


@dataclass(frozen=True)
class Duplication:
    """Whether a plan repeats itself.

    Attributes
    ----------
    beyond_fewest : mapping of service to (new units beyond the fewest, proven)
    needless : tuple of Option
        New sites without one unit of which the plan keeps every earlier aim and its cost.
    """

    beyond_fewest: Mapping[str, tuple[int, bool]]
    needless: tuple[Option, ...]


@dataclass(frozen=True)
class Fewest:
    """How many new units of a service there are, and how few would do the same.

    Attributes
    ----------
    new_units : int
        In the plan.
    fewest : int
        Found by a second solve; `new_units` where none was found with fewer.
    at_least : int
        What no plan goes below; the number is proven where it equals `fewest`.
    """

    new_units: int
    fewest: int
    at_least: int

    @property
    def beyond(self) -> int:
        """New units beyond the fewest."""
        return self.new_units - self.fewest

    @property
    def proven(self) -> bool:
        """Whether `beyond` is certain."""
        return self.at_least == self.fewest


def sites_beyond_fewest(
    problem: Problem, plan: Plan, *, limits: Limits | None = None
) -> dict[str, Fewest]:
    """Return, by service, the new units beyond the fewest that serve the same persons.

    The same persons by demand point, under every rule, with at most as many of them beyond the
    standard as the plan's tolerance allows; what exists stays, and all other services stay as
    planned.

    Parameters
    ----------
    problem : Problem
        What the plan answers.
    plan : Plan
        A sound plan.
    limits : Limits, optional
        Seconds are for all solving together; 30 by default.
    """
    limits = limits or Limits(seconds=SECONDS)
    began = time.monotonic()
    new_units: Counter[str] = Counter()
    for (service, _), opening in plan.opened.items():
        new_units[service] += opening.units if opening.kind is Kind.NEW else 0
    found = {}
    for service in problem.services:
        units = new_units[service]
        known = Fewest(units, units, 0)
        if units == 0 or _proven_fewest(problem, plan, service):
            known = Fewest(units, units, units)
        elif (left := _left(limits, began)) is not None:
            known = _fewest(problem, plan, service, units, left)
        found[service] = known
    log.info("fewest sites of %d services, %.1f s", len(found), time.monotonic() - began)
    return found


def needless_units(
    problem: Problem, plan: Plan, *, limits: Limits | None = None
) -> dict[Option, bool]:
    """Return, for every new site, whether the plan could do without one unit of it.

    A unit is needless when the plan without it keeps every aim that comes before the number of
    sites and their cost within its tolerance: the other sites of the service stay, each with as
    many units, perhaps of another size, and persons go to them as they best can. A home is
    needless only when the plan without it is cheaper too: more and smaller homes are no fault.

    Parameters
    ----------
    limits : Limits, optional
        Seconds are for all solving together; 30 by default. What could not be tried in time is
        not called needless.
    """
    limits = limits or Limits(seconds=SECONDS)
    began = time.monotonic()
    found = {}
    for option, opening in sorted(plan.opened.items()):
        if opening.kind is not Kind.NEW:
            continue
        left = _left(limits, began)
        found[option] = (
            left is not None
            and _others_have_room(problem, plan, option)
            and _is_needless(problem, plan, option, left)
        )
    log.info("looked for needless units at %d sites, %.1f s", len(found), time.monotonic() - began)
    return found


# --- the fewest ----------------------------------------------------------------------------------


def _proven_fewest(problem: Problem, plan: Plan, service: str) -> bool:
    """Return whether the proof of the plan itself says that no fewer new units do."""
    services, aims = _group(plan, service)
    names = [aim.name for aim in aims]
    if services != (service,) or names[:3] != [terms.name for terms in _BEFORE_SITES]:
        return False
    new_sites = aims[2]
    return (
        problem.services[service].stay is not Stay.HOME
        and new_sites.status is ProofStatus.PROVEN
        and new_sites.in_plan - new_sites.bound < 1
    )


_BEFORE_SITES = (
    AimTerms("persons_unserved"),
    AimTerms("persons_beyond_standard"),
    AimTerms("new_sites"),
)


def _fewest(problem: Problem, plan: Plan, service: str, units: int, limits: Limits) -> Fewest:
    """Solve for the fewest new units, with as many beyond the standard as the tolerance lets be."""
    unknown = Fewest(units, units, 0 if _existing_are_enough(problem, plan, service) else 1)
    if unknown.proven:
        return unknown
    same = _same_persons(problem, plan, service)
    start = replace(only(plan, [service]), assigned={}, unserved={}, reasons={})
    allowed = _most_beyond_standard(problem, plan, service)
    began = time.monotonic()
    try:
        least = _least_beyond_standard(same, start, limits) if allowed else 0.0
        rest = _left(limits, began)
        if rest is None:
            return unknown
        comfort = replace(_BEFORE_SITES[1], absolute=max(0.0, allowed - least))
        aims = (_BEFORE_SITES[0], comfort, _BEFORE_SITES[2])
        found = solve(replace(same, aims=aims), limits=rest, start=start)
    except (InfeasibleError, NoPlanError):
        return unknown
    (_, (_, beyond, new_sites)), *_ = found.proof.groups
    if beyond.in_plan > allowed:
        return unknown
    fewest = min(units, round(new_sites.value))
    return Fewest(units, fewest, min(fewest, max(unknown.at_least, _next_whole(new_sites.bound))))


def _least_beyond_standard(same: Problem, start: Plan, limits: Limits) -> float:
    nearest = solve(replace(same, aims=_BEFORE_SITES[:2]), limits=limits, start=start)
    (_, (_, beyond)), *_ = nearest.proof.groups
    return beyond.value


def _existing_are_enough(problem: Problem, plan: Plan, service: str) -> bool:
    """Return whether what exists, grown as far as it may, has places for all whom the plan serves.

    A quick count: where it says no, at least one new unit is needed.
    """
    capacity = {
        site: most_persons(problem, (service, site))
        for site in sites_of(problem.existing, service)
        if (service, site) not in problem.closing
    }
    return _unplaced(problem, plan, service, capacity) == 0


def _same_persons(problem: Problem, plan: Plan, service: str) -> Problem:
    """Return the problem of whom the plan serves with `service`, its homes counted as sites."""
    alone = others_as_planned(problem, plan, [service])
    terms = replace(problem.services[service], stay=Stay.DAY)
    served: Counter[tuple[str, str]] = Counter()
    for (s, point, _), persons in plan.assigned.items():
        if s == service:
            served[s, point] += persons
    homes = {problem.municipality_of_point[point] for _, point in served}
    return replace(
        alone,
        services={service: terms},
        persons=dict(served),
        least_share_served={(service, home): 1.0 for home in homes},
    )


def _most_beyond_standard(problem: Problem, plan: Plan, service: str) -> float:
    """Return how many persons of a service may be beyond the standard, the others as planned."""
    name = "persons_beyond_standard"
    now = AIMS[name](open_books(problem, plan), frozenset({service}))
    _, aims = _group(plan, service)
    for aim in aims:
        if aim.name == name:
            return float(now + exact(aim.value) + exact(aim.allowance) - exact(aim.in_plan))
    return float(sum(n for (s, _), n in problem.persons.items() if s == service))


# --- one unit less -------------------------------------------------------------------------------


def _others_have_room(problem: Problem, plan: Plan, option: Option) -> bool:
    """Return whether enough of a unit's persons have a place elsewhere, whatever is said of it.

    A quick count that spares most solving: it ignores least loads, budgets and the standard.
    """
    service, site = option
    units = plan.opened[option].units
    capacity = {}
    for s, j in plan.opened:
        if s == service:
            opened = 1 if (s, j) in problem.existing else plan.opened[s, j].units
            most = most_persons(problem, (s, j))
            per_unit = most // max(1, problem.most_units.get((s, j), 1))
            capacity[j] = most if (s, j) in problem.existing else per_unit * opened
    capacity[site] = capacity[site] // units * (units - 1)
    return _unplaced(problem, plan, service, capacity) <= _more_allowed(plan, option)


def _unplaced(problem: Problem, plan: Plan, service: str, capacity: Mapping[str, int]) -> int:
    """Return how many whom the plan serves find no place at sites of such a capacity."""
    persons: Counter[str] = Counter()
    for (s, point, _), n in plan.assigned.items():
        if s == service:
            persons[point] += n
    usable = sites_by_point(problem, may_use(problem, service), capacity)
    placed = Flow(usable, capacity).serve(persons)
    return sum(persons.values()) - sum(placed.values())


def _more_allowed(plan: Plan, option: Option) -> float:
    _, aims = _group(plan, option[0])
    spare = [a.value + a.allowance - a.in_plan for a in aims if a.name == "persons_unserved"]
    return spare[0] if spare else float("inf")


def _is_needless(problem: Problem, plan: Plan, option: Option, limits: Limits) -> bool:
    service = option[0]
    services, aims = _group(plan, service)
    earlier = _before_sites(aims)
    if not earlier:
        return False
    at_home = problem.services[service].stay is Stay.HOME
    names = [aim.name for aim in earlier] + ["cost_eur"] * at_home
    fewer = replace(_one_unit_less(problem, plan, option), aims=tuple(map(AimTerms, names)))
    start = replace(only(plan, [service]), assigned={}, unserved={}, reasons={})
    try:
        found = solve(fewer, limits=limits, start=start)
    except (InfeasibleError, NoPlanError):
        return False
    others = [s for s in problem.services if s != service]
    rest = only(plan, others)
    without = replace(
        plan,
        opened={**rest.opened, **found.opened},
        assigned={**rest.assigned, **found.assigned},
        unserved={**rest.unserved, **found.unserved},
    )
    then, now = open_books(problem, without), open_books(problem, plan)
    group, cost = frozenset(services), AIMS["cost_eur"]
    return (not at_home or cost(then, group) < cost(now, group)) and all(
        AIMS[aim.name](then, group) <= exact(aim.value) + exact(aim.allowance) for aim in earlier
    )


def _one_unit_less(problem: Problem, plan: Plan, option: Option) -> Problem:
    """Return the problem of one service with the sites of the plan, less a unit at `option`."""
    alone = others_as_planned(problem, plan, [option[0]])
    units = {
        o: opening.units - (o == option)
        for o, opening in plan.opened.items()
        if o[0] == option[0] and opening.kind is Kind.NEW
    }
    return replace(
        alone,
        sizes={o: problem.sizes[o] for o, n in units.items() if n},
        most_units={o: n for o, n in units.items() if n},
        kept={o: why for o, why in alone.kept.items() if units.get(o, 1)},
    )


def _before_sites(aims: tuple[AimProof, ...]) -> tuple[AimProof, ...]:
    """Return the aims that come before the number of sites and their cost."""
    names = [aim.name for aim in aims]
    end = min((names.index(name) for name in _ABOUT_SITES & set(names)), default=len(names))
    return aims[:end]


def _group(plan: Plan, service: str) -> tuple[tuple[str, ...], tuple[AimProof, ...]]:
    return next((group for group in plan.proof.groups if service in group[0]), ((service,), ()))


def _left(limits: Limits, began: float) -> Limits | None:
    """Return the limits with the seconds that are left, ``None`` where none are."""
    if limits.seconds is None:
        return limits
    left = limits.seconds - (time.monotonic() - began)
    return replace(limits, seconds=left) if left > _WORTH_TRYING_SECONDS else None


def _next_whole(bound: float) -> int:
    return math.ceil(bound - _NEAR)

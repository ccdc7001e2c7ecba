"""A problem and a plan into the question that is left for some services, the others as planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from planner.domain import EVERY_SERVICE, Budget, Kind, Link, Need, Option, Plan, Problem, Stay
from planner.verification.books import built_at

Key = TypeVar("Key", Need, Link)
Value = TypeVar("Value")


def others_as_planned(problem: Problem, plan: Plan, services: Collection[str]) -> Problem:
    """Return the problem of each of `services` while all others stay as `plan` has them.

    What a common rule leaves is given to each service by itself, so that no rule couples them:
    of a budget what the others do not spend, of a common number of sites what they do not open,
    and a building where another home is open is out of reach unless the plan uses it too.
    """
    chosen = frozenset(services)
    shared = _houses_of_others(problem, plan, chosen)
    return replace(
        problem,
        services={s: terms for s, terms in problem.services.items() if s in chosen},
        persons=_of(problem.persons, chosen),
        sizes={o: k for o, k in _of(problem.sizes, chosen).items() if o not in shared},
        most_units=_of(problem.most_units, chosen),
        existing=_of(problem.existing, chosen),
        kept=_of(problem.kept, chosen),
        vetoed=_of(problem.vetoed, chosen),
        closing=_of(problem.closing, chosen),
        address_places_at_most=_address_limits(problem, chosen),
        budgets=tuple(
            budget for service in sorted(chosen) for budget in _budgets_left(problem, plan, service)
        ),
        new_sites_at_most=_units_left(problem.new_sites_at_most, plan, chosen, new_only=True),
        sites_at_most=_units_left(problem.sites_at_most, plan, chosen, new_only=False),
        least_share_served=_of(problem.least_share_served, chosen),
        today=_of(problem.today, chosen),
        detour_at_most={s: v for s, v in problem.detour_at_most.items() if s in chosen},
        opening_year=_of(problem.opening_year, chosen),
        approved=None if problem.approved is None else _of(problem.approved, chosen),
        approved_sizes=_of(problem.approved_sizes, chosen),
    )


def only(plan: Plan, services: Collection[str]) -> Plan:
    """Return the part of `plan` that speaks of `services`, its proof left as it is."""
    return replace(
        plan,
        opened=_of(plan.opened, services),
        assigned=_of(plan.assigned, services),
        unserved=_of(plan.unserved, services),
        reasons=_of(plan.reasons, services),
    )


def is_paid_by(problem: Problem, budget: Budget, option: Option) -> bool:
    """Return whether `budget` pays for what is built at `option`."""
    service, site = option
    year = problem.opening_year.get(option, problem.plan_year)
    home = problem.municipality_of_site[site]
    return (
        (budget.services is None or service in budget.services)
        and (budget.municipalities is None or home in budget.municipalities)
        and budget.year in {None, year}
    )


def _of(values: Mapping[Key, Value], services: Collection[str]) -> dict[Key, Value]:
    return {key: value for key, value in values.items() if key[0] in services}


def _budgets_left(problem: Problem, plan: Plan, service: str) -> list[Budget]:
    left = []
    for budget in problem.budgets:
        if budget.services is not None and service not in budget.services:
            continue
        permille = 0
        for option, opening in plan.opened.items():
            built = built_at(problem, option, opening)
            if built and option[0] != service and is_paid_by(problem, budget, option):
                cost = built.running_eur if budget.kind == "running" else built.cost_eur
                permille += cost * budget.share_permille
        left.append(
            replace(
                budget,
                id=f"{budget.id} {service}",
                amount_eur=budget.amount_eur - -(-permille // 1000),
                services=frozenset({service}),
            )
        )
    return left


def _units_left(
    limits: Mapping[str, int], plan: Plan, services: Collection[str], *, new_only: bool
) -> dict[str, int]:
    left = {service: most for service, most in limits.items() if service in services}
    for service in services if EVERY_SERVICE in limits else ():
        others = sum(
            opening.units
            for (s, _), opening in plan.opened.items()
            if s != service and (opening.kind is Kind.NEW or not new_only)
        )
        together = limits[EVERY_SERVICE] - others
        left[service] = min(left.get(service, together), together)
    return left


def _address_limits(problem: Problem, services: Collection[str]) -> dict[str, int]:
    limits = problem.address_places_at_most
    left = {service: most for service, most in limits.items() if service in services}
    for service in services if EVERY_SERVICE in limits else ():
        if problem.services[service].stay is Stay.HOME:
            left[service] = min(left.get(service, limits[EVERY_SERVICE]), limits[EVERY_SERVICE])
    return left


def _houses_of_others(problem: Problem, plan: Plan, services: Collection[str]) -> set[Option]:
    """Return homes not opened in buildings where the plan opens a home of another service."""
    if EVERY_SERVICE not in problem.address_places_at_most:
        return set()
    homes = {s for s, terms in problem.services.items() if terms.stay is Stay.HOME}
    taken = {
        (service, problem.address_of[site])
        for service, site in plan.opened
        if service in homes and site in problem.address_of
    }
    return {
        (service, site)
        for service, site in problem.sizes
        if service in homes & set(services)
        and (service, site) not in plan.opened
        and any(s != service and a == problem.address_of.get(site) for s, a in taken)
    }

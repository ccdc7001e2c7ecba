"""A Problem into groups of services that some rule ties together; the others are solved apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from planner.domain import EVERY_SERVICE, Problem, Stay
from planner.facility_location import constraints as rule
from planner.facility_location.formulations import Formulation


def coupled_services(problem: Problem, formulation: Formulation) -> tuple[tuple[str, ...], ...]:
    """Return the services in groups, each sorted; a group by itself is a whole problem.

    Services are coupled by a common budget, a limit on the sites of all services together, or a
    limit on the places at an address that they share.
    """
    leader = {service: service for service in problem.services}

    def find(service: str) -> str:
        while leader[service] != service:
            service = leader[service]
        return service

    for tied in _ties(problem, formulation):
        known = sorted(find(service) for service in tied if service in leader)
        for service in known[1:]:
            leader[service] = known[0]
    groups: dict[str, list[str]] = defaultdict(list)
    for service in sorted(problem.services):
        groups[find(service)].append(service)
    return tuple(tuple(group) for group in groups.values())


def _ties(problem: Problem, formulation: Formulation) -> Iterable[set[str]]:
    rules = formulation.subject_to
    every = set(problem.services)
    if rule.stay_within_budget in rules:
        for budget in problem.budgets:
            yield every if budget.services is None else set(budget.services)
    for limit, places in (
        (rule.new_sites_at_most, problem.new_sites_at_most),
        (rule.sites_at_most, problem.sites_at_most),
    ):
        if limit in rules and EVERY_SERVICE in places:
            yield every
    together = EVERY_SERVICE in problem.address_places_at_most
    if rule.limit_places_at_one_address in rules and together:
        yield from _housemates(problem)


def _housemates(problem: Problem) -> Iterable[set[str]]:
    at_address: dict[str, set[str]] = defaultdict(set)
    for service, site in {*problem.sizes, *problem.existing}:
        if site in problem.address_of and problem.services[service].stay is Stay.HOME:
            at_address[problem.address_of[site]].add(service)
    yield from at_address.values()

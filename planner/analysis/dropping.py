"""A problem into the same problem less one rule, and whether a service feels that rule at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from planner.domain import EVERY_SERVICE, Problem, Reason


@dataclass(frozen=True)
class Drop:
    """A rule that a problem can do without.

    Attributes
    ----------
    reason : Reason
        What is said of whoever would be served without it.
    of : callable
        Returns a problem less the rule.
    holds : callable
        Tells whether the rule may hold a service back.
    """

    reason: Reason
    of: Callable[[Problem], Problem]
    holds: Callable[[Problem, str], bool]


def has_a_budget(problem: Problem, service: str) -> bool:
    """Return whether a fund limits what is built for a service."""
    return any(b.services is None or service in b.services for b in problem.budgets)


def has_a_number_of_sites(problem: Problem, service: str) -> bool:
    """Return whether the number of sites of a service is limited."""
    limits = {*problem.new_sites_at_most, *problem.sites_at_most}
    return bool(limits & {service, EVERY_SERVICE})


def _has_prohibitions(problem: Problem, service: str) -> bool:
    return any(s == service for s, _ in {*problem.vetoed, *problem.closing})


def _has_agreements(problem: Problem, _: str) -> bool:
    return problem.agreements is not None


def _must_weigh_least_loads(problem: Problem, service: str) -> bool:
    """Return whether dropping the least load is more than a question of places."""
    limited = has_a_budget(problem, service) or has_a_number_of_sites(problem, service)
    return limited and problem.services[service].least_load_persons > 0


def _without_budgets(problem: Problem) -> Problem:
    return replace(problem, budgets=())


def _without_numbers_of_sites(problem: Problem) -> Problem:
    return replace(problem, new_sites_at_most={}, sites_at_most={})


def _without_prohibitions(problem: Problem) -> Problem:
    return replace(problem, vetoed={}, closing={})


def _without_agreements(problem: Problem) -> Problem:
    return replace(problem, agreements=None)


def _without_least_loads(problem: Problem) -> Problem:
    terms = {s: replace(t, least_load_persons=0) for s, t in problem.services.items()}
    return replace(problem, services=terms)


DROPS = (
    Drop(Reason.BUDGET, _without_budgets, has_a_budget),
    Drop(Reason.SITES_AT_MOST, _without_numbers_of_sites, has_a_number_of_sites),
    Drop(Reason.FORBIDDEN, _without_prohibitions, _has_prohibitions),
    Drop(Reason.NO_AGREEMENT, _without_agreements, _has_agreements),
    Drop(Reason.BELOW_VIABLE_LOAD, _without_least_loads, _must_weigh_least_loads),
)
"""In the order in which they are tried."""

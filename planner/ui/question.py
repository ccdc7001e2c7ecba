"""A scenario and a planner's wishes into the scenario that is asked next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.domain import Budget, Option, Scenario, Service, SiteWish
from planner.publishing.budgets import BUILDING

KEEP = "keep"
FORBID = "forbid"
STANDARD_CHOICES = (15, 30, 45, 60)


def today_only(scenario: Scenario) -> Scenario:
    """Return the question that builds nothing, whose answer shows today."""
    return replace(
        scenario,
        candidates="none",
        existing_may_grow=False,
        existing_may_close=False,
        budgets=(),
        new_sites_at_most={},
        sites_at_most={},
        least_share_served={},
        most_loss_minutes=None,
        kept=(),
        vetoed=(),
        closing=(),
    )


def with_standards(
    scenario: Scenario, services: tuple[Service, ...], wanted: Mapping[str, float]
) -> Scenario:
    """Return `scenario` with standards in minutes by service; the limit is never below them."""
    catalogue = {service.id: service for service in services}
    standards = dict(scenario.standards)
    for service_id, minutes in wanted.items():
        own = catalogue[service_id].standard_minutes, catalogue[service_id].limit_minutes
        _, limit = scenario.standards.get(service_id, own)
        terms = (float(minutes), max(limit, float(minutes)))
        if terms == own:
            standards.pop(service_id, None)
        else:
            standards[service_id] = terms
    return replace(scenario, standards=standards)


def standard_of(scenario: Scenario, service: Service) -> float:
    """Return the standard in minutes that `scenario` asks of `service`."""
    return scenario.standards.get(service.id, (service.standard_minutes, 0.0))[0]


def with_budget(scenario: Scenario, amount_eur: int | None) -> Scenario:
    """Return `scenario` with one budget for building everything, or without it."""
    others = tuple(budget for budget in scenario.budgets if not _for_everything(budget))
    own = () if amount_eur is None else (Budget(BUILDING, amount_eur),)
    return replace(scenario, budgets=(*own, *others))


def budget_of(scenario: Scenario) -> int | None:
    """Return the euros that `scenario` allows for building everything, ``None`` without limit."""
    return next((b.amount_eur for b in scenario.budgets if _for_everything(b)), None)


def with_marks(scenario: Scenario, marks: Mapping[Option, str], reason: str) -> Scenario:
    """Return `scenario` with the marked options kept or forbidden, and no others."""
    reasons = {(w.service, w.site): w.reason for w in (*scenario.kept, *scenario.vetoed)}

    def wishes(mark: str) -> tuple[SiteWish, ...]:
        return tuple(
            SiteWish(*option, reasons.get(option, reason))
            for option, found in sorted(marks.items())
            if found == mark
        )

    return replace(scenario, kept=wishes(KEEP), vetoed=wishes(FORBID))


def marks_of(scenario: Scenario) -> dict[Option, str]:
    """Return the options that `scenario` keeps or forbids."""
    kept = {(wish.service, wish.site): KEEP for wish in scenario.kept}
    return kept | {(wish.service, wish.site): FORBID for wish in scenario.vetoed}


def same_wishes(one: Scenario, other: Scenario, services: tuple[Service, ...]) -> bool:
    """Return whether two scenarios agree in all that a planner sets on the screen."""
    return (
        budget_of(one) == budget_of(other)
        and marks_of(one) == marks_of(other)
        and all(standard_of(one, service) == standard_of(other, service) for service in services)
    )


def _for_everything(budget: Budget) -> bool:
    everything = budget.services is None and budget.municipalities is None
    return everything and budget.kind == "capital" and budget.year is None

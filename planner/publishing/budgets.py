"""What a scenario may spend into sentences, since its title need not know what was set since."""

from __future__ import annotations

from planner.domain import Budget, Scenario
from planner.locales import say
from planner.publishing import formats

BUILDING = "building"
"""Id of the budget that the screen sets."""


def budgets_told(scenario: Scenario, *, language: str) -> list[str]:
    """Return a sentence, without its full stop, for every budget, or one that there is none."""
    if not scenario.budgets:
        return [say(language, "No budget limits what may be built")]
    return [_told(budget, language) for budget in scenario.budgets]


def _told(budget: Budget, language: str) -> str:
    amount = formats.euros(budget.amount_eur, language=language)
    if budget.id == BUILDING:
        return say(language, "Budget for building: {amount}", amount=amount)
    if budget.kind == "running":
        return say(language, "Yearly budget {name}: {amount}", name=budget.id, amount=amount)
    return say(language, "Budget {name}: {amount}", name=budget.id, amount=amount)

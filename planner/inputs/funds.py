"""The funds of a scenario into budgets that keep money of the EU from who does not take part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from planner.domain import Budget, Scenario


def funds_of(scenario: Scenario, municipalities: Collection[str]) -> tuple[Budget, ...]:
    """Return the budgets that follow from a scenario's funds and who takes part.

    A fund of the EU is for participating municipalities alone. What it would have paid elsewhere
    has no money: those municipalities get a budget of 0, unless a fund of their own (not of the
    EU, of the same kind, that names them) pays.

    Parameters
    ----------
    municipalities : collection of str
        Codes of all that are planned with.
    """
    budgets: list[Budget] = []
    outside = frozenset(scenario.not_participating)
    for fund in scenario.budgets:
        if not fund.eu or not outside:
            budgets.append(replace(fund, eu=False))
            continue
        scope = frozenset(municipalities) if fund.municipalities is None else fund.municipalities
        if scope - outside:
            budgets.append(replace(fund, municipalities=scope - outside, eu=False))
        without = (scope & outside) - _with_own_money(scenario, fund)
        if without:
            name = f"{fund.id} (not participating)"
            budgets.append(replace(fund, id=name, amount_eur=0, municipalities=without, eu=False))
    return tuple(budgets)


def _with_own_money(scenario: Scenario, fund: Budget) -> frozenset[str]:
    """Return the municipalities that a fund of their own pays for what `fund` would pay."""
    own = (b for b in scenario.budgets if not b.eu and b.kind == fund.kind)
    return frozenset(code for b in own for code in b.municipalities or ())

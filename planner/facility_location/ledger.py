"""What is known of services that share a budget into the least sum that nothing rules out.

Two small programmes. One picks for each service the best of its known plans: the best that can be
put together now, and, relaxed, what each amount is worth. The other picks for each service any
amounts that nothing learned rules out: no plan of all services together is below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp

from planner.facility_location.highs import Effort, Floats, Outcome
from planner.facility_location.offers import Amounts, Offers
from planner.facility_location.program import Handed

_GAP = 1e-5
_LOOSE = 1e-6
"""By how much of themselves limits and prices are loosened: a solver's rows hold no better."""


@dataclass(frozen=True, eq=False)
class Picked:
    """Amounts for each service, their sum for one aim, and what that sum cannot be below."""

    amounts: tuple[Amounts, ...]
    value: float
    bound: float


@dataclass(frozen=True, eq=False)
class Prices:
    """What a unit of each amount is worth in units of an aim, which itself counts 1."""

    weights: Amounts
    value: float


class Ledger:
    """Services, and what all of them together may use of each amount at most."""

    def __init__(self, offers: Sequence[Offers], most: Amounts) -> None:
        self.offers, self.most = offers, most
        steps = np.min([known.steps for known in offers], axis=0)
        self.units = np.where(steps > 1, steps, 1.0)
        """Rows count in these, so that their numbers are small."""
        self.whole = steps >= 1

    def least(self, aim: int, effort: Effort) -> Picked | None:
        """Return amounts with the least sum for `aim` that nothing rules out."""
        program = pulp.LpProblem("least", pulp.LpMinimize)
        amounts = [
            [self._amount(program, s, k) for k in range(len(self.most))]
            for s in range(len(self.offers))
        ]
        for s, known in enumerate(self.offers):
            for k, row in enumerate(self._at_a_corner(program, s, known, amounts[s])):
                program.addConstraint(row, f"corner_{s}_{k}")
            for n, (weights, least) in enumerate(known.prices):
                worth = [
                    (a, w * u) for a, w, u in zip(amounts[s], weights, self.units, strict=True)
                ]
                loosened = least - _LOOSE * max(1.0, abs(least))
                row = pulp.LpAffineExpression(worth) >= loosened
                program.addConstraint(row, f"price_{s}_{n}")
        for k in self._limited:
            most = self._at_most(k)
            row = pulp.lpSum(own[k] for own in amounts) <= most + _LOOSE * max(1.0, most)
            program.addConstraint(row, f"most_{k}")
        program.setObjective(pulp.lpSum(own[aim] for own in amounts))
        handed = Handed.of(program)
        outcome = self._minimise(handed, aim, effort, [own[aim] for own in amounts])
        if outcome.values is None:
            return None
        index = handed.index
        picked = [outcome.values[[index[a.name] for a in own]] * self.units for own in amounts]
        unit = float(self.units[aim])
        return Picked(tuple(picked), outcome.value * unit, outcome.bound * unit)

    def best_known(self, aim: int, effort: Effort) -> Picked | None:
        """Return the known plans, one for each service, with the least sum for `aim`."""
        handed, chosen, aims = self._known(aim)
        outcome = self._minimise(handed, aim, effort, aims)
        if outcome.values is None:
            return None
        picked = []
        for own, known in zip(chosen, self.offers, strict=True):
            taken = int(np.argmax([outcome.values[handed.index[y.name]] for y in own]))
            picked.append(known.points[taken][0])
        unit = float(self.units[aim])
        return Picked(tuple(picked), outcome.value * unit, outcome.bound * unit)

    def prices(self, aim: int, effort: Effort) -> Prices | None:
        """Return what each amount is worth when known plans may be mixed."""
        handed, _, aims = self._known(aim)
        outcome = self._minimise(handed, aim, replace(effort, relaxed=True), aims)
        if outcome.prices is None:
            return None
        weights = np.zeros(len(self.most))
        for row, name in enumerate(handed.row_names):
            if name.startswith("most_"):
                k = int(name.removeprefix("most_"))
                weights[k] = max(0.0, -outcome.prices[row]) * self.units[aim] / self.units[k]
        weights[aim] += 1.0
        return Prices(weights, outcome.value * float(self.units[aim]))

    def _known(
        self, aim: int
    ) -> tuple[Handed, list[list[pulp.LpVariable]], list[tuple[pulp.LpVariable, float]]]:
        program = pulp.LpProblem("known", pulp.LpMinimize)
        chosen = [
            [
                program.add_variable(f"take_{s}_{n}", 0, 1, cat=pulp.LpInteger)
                for n in range(len(known.points))
            ]
            for s, known in enumerate(self.offers)
        ]
        for s, own in enumerate(chosen):
            program.addConstraint(pulp.lpSum(own) == 1, f"one_{s}")

        def used(k: int) -> list[tuple[pulp.LpVariable, float]]:
            return [
                (take, float(amounts[k] / self.units[k]))
                for own, known in zip(chosen, self.offers, strict=True)
                for take, (amounts, _) in zip(own, known.points, strict=True)
            ]

        for k in self._limited:
            row = pulp.LpAffineExpression(used(k)) <= self._at_most(k) + _LOOSE
            program.addConstraint(row, f"most_{k}")
        program.setObjective(pulp.LpAffineExpression(used(aim)))
        return Handed.of(program), chosen, used(aim)

    def _amount(self, program: pulp.LpProblem, s: int, k: int) -> pulp.LpVariable:
        counted = self.whole[k] and self.units[k] == 1
        kind = pulp.LpInteger if counted else pulp.LpContinuous
        return program.add_variable(f"amount_{s}_{k}", 0, cat=kind)

    def _at_a_corner(
        self, program: pulp.LpProblem, s: int, known: Offers, amounts: Sequence[pulp.LpVariable]
    ) -> Iterator[pulp.LpConstraint]:
        """Yield that a service is at or above one of its corners."""
        at = [
            program.add_variable(f"at_{s}_{n}", 0, 1, cat=pulp.LpInteger)
            for n in range(len(known.corners))
        ]
        yield pulp.lpSum(at) == 1
        for k, amount in enumerate(amounts):
            corner = (known.corners[:, k] / self.units[k]).tolist()
            terms = [(amount, 1.0), *((y, -least) for y, least in zip(at, corner, strict=True))]
            yield pulp.LpAffineExpression(terms) >= 0

    @property
    def _limited(self) -> list[int]:
        limited: list[int] = np.flatnonzero(np.isfinite(self.most)).tolist()
        return limited

    def _at_most(self, k: int) -> float:
        return float(self.most[k] / self.units[k])

    def _minimise(
        self,
        handed: Handed,
        aim: int,
        effort: Effort,
        terms: Sequence[pulp.LpVariable] | Sequence[tuple[pulp.LpVariable, float]],
    ) -> Outcome:
        costs: Floats = np.zeros(len(handed.lower))
        for term in terms:
            variable, factor = term if isinstance(term, tuple) else (term, 1.0)
            costs[handed.index[variable.name]] += factor
        gap_abs = 0.5 if self.whole[aim] else 1e-3
        asked = replace(effort, gap=_GAP, gap_abs=gap_abs)
        return handed.minimise(costs, asked)

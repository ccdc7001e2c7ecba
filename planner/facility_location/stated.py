"""A Ground and a Formulation into a programme that can be solved for one aim after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from planner.domain import Kind, Opening, Option, Plan
from planner.errors import CancelledError
from planner.facility_location.chart import Chart
from planner.facility_location.columns import Columns
from planner.facility_location.constraints import Rule, respect_capacity
from planner.facility_location.decisions import Decisions, Key, declare, label
from planner.facility_location.districts import sites_of_districts, telling
from planner.facility_location.formulations import Formulation
from planner.facility_location.ground import Ground, Way, Ways
from planner.facility_location.highs import Effort, Floats, Outcome
from planner.facility_location.objectives import AIMS, COUNTED
from planner.facility_location.packing import Allowance, needless_ways
from planner.facility_location.program import Handed, Rows

WEIGHED = "weighed"
"""The name of an aim that is a weighted sum of others."""

ABOUT_THE_WORST = ("worst_minutes", "worst_served_first")
ABOUT_THE_BADLY_SERVED = ("persons_unserved", "persons_beyond_standard")
_ROUNDING = 1e-6
_SETTLE_SECONDS = 10.0
_OPEN = 0.5
_ROWS_BEFORE_ASKING = 200


class LinkArrays(NamedTuple):
    """All links of a model: column, number of the need and of the option; each of shape (links,).

    Needs are numbered in the order of `Columns.of_need`, options in that of the chart.
    """

    column: NDArray[np.int64]
    need: NDArray[np.int64]
    option: NDArray[np.int64]


@dataclass(frozen=True)
class _AimColumns:
    costs: Floats
    constant: float
    step: float


class Stated:
    """A model written down and handed over, with the holds of the aims achieved so far.

    Solutions are float64 arrays of shape (variables,). `rows` says which rule wrote each row.
    """

    def __init__(
        self,
        ground: Ground,
        program: pulp.LpProblem,
        decisions: Decisions,
        *,
        aims: Sequence[str],
        rows: Sequence[tuple[Rule, Key]],
    ) -> None:
        self.ground = ground
        self.rows = tuple(rows)
        self.held: dict[str, float] = {}
        self.handed = Handed.of(program)
        self._implied = Rows.none(len(self.handed.lower))
        self.columns = Columns(ground, decisions, self.handed.index)
        self._aims = {name: self._columns_of(name, decisions) for name in aims}

    def minimise(
        self,
        aim: str,
        effort: Effort,
        *,
        start: Floats | None = None,
        lower: Floats | None = None,
        upper: Floats | None = None,
        on_progress: Callable[[float, float], None] | None = None,
        whole_persons: bool = False,
        by_districts: bool = False,
    ) -> Outcome:
        """Return what the solver finds for one aim under the holds, within narrower bounds.

        With `by_districts` it may branch on how many sites stand in each district, and has the
        implied rows.
        """
        columns = self._aims[aim]
        model = self.tightened if by_districts else self.handed
        if whole_persons:
            model = replace(model, whole=model.whole | self.columns.persons)
        lower = model.lower if lower is None else lower
        upper = model.upper if upper is None else upper
        part, free, fixed = model.within(lower, upper)
        sums = csr_matrix((0, len(free)))
        if by_districts and model.whole[free].any():
            sums = telling(self.sites_of_districts[:, free])
        count = sums.shape[0]
        if count:
            part, effort = part.summing(sums), replace(effort, substitute=False)
        begun = None if start is None else start[free]
        outcome = part.minimise(
            np.append(columns.costs[free], np.zeros(count)),
            effort,
            constant=columns.constant + float(columns.costs @ fixed),
            start=None if begun is None else np.append(begun, sums @ begun),
            on_progress=on_progress,
        )
        if outcome.values is None:
            return outcome
        fixed[free] = outcome.values[: len(free)]
        reduced_costs = None
        if outcome.reduced_costs is not None:
            reduced_costs = np.zeros(len(fixed))
            reduced_costs[free] = outcome.reduced_costs
        return replace(outcome, values=fixed, prices=None, reduced_costs=reduced_costs)

    def settle(
        self,
        aim: str,
        ways: Ways,
        *,
        effort: Effort,
        lower: Floats | None = None,
        upper: Floats | None = None,
    ) -> Floats | None:
        """Return the best solution of whole persons with these openings, ``None`` without any.

        `lower` and `upper` may leave less room than the model does.
        """
        lower = (self.handed.lower if lower is None else lower).copy()
        upper = (self.handed.upper if upper is None else upper).copy()
        for option, offered in self.columns.offered.items():
            if option not in ways:
                upper[self.columns.of_option[option]] = 0.0
                continue
            for way, column in offered:
                lower[column] = upper[column] = float(ways[option] == way)
        asked = replace(effort, seconds=_SETTLE_SECONDS, gap=0.0, gap_abs=1e-6)
        outcome = self.minimise(aim, asked, lower=lower, upper=upper, whole_persons=True)
        return None if outcome.values is None else np.rint(outcome.values)

    def holding(self, aim: str, at_most: float) -> Stated:
        """Return a copy that keeps an aim at or below a value; this one stays as it is."""
        other = copy(self)
        other.handed = copy(self.handed)
        other.held = dict(self.held)
        other.hold(aim, at_most)
        return other

    def hold(self, aim: str, at_most: float) -> None:
        """Keep an aim at or below a value from now on."""
        columns = self._aims[aim]
        step = columns.step or 1.0
        limit = at_most - columns.constant
        if columns.step:
            limit = math.floor(limit / step + _ROUNDING) * step
        self.held[aim] = limit + columns.constant
        scale = max(1.0, step)
        self.handed.hold(columns.costs / scale, limit / scale + (0 if columns.step else _ROUNDING))
        if aim == "persons_unserved" and self.has_capacity:
            self._ask_for_places(limit)

    def imply(self, rows: Rows) -> None:
        """Add rows that every plan keeps and solutions of split openings may break."""
        self._implied = self._implied.with_more(rows)

    @property
    def tightened(self) -> Handed:
        """The programme with the implied rows, which come last."""
        other = copy(self.handed)
        other.hold_all(self._implied)
        return other

    def weighing(self, weights: Mapping[str, float]) -> Stated:
        """Return a copy with one more aim, `WEIGHED`: a weighted sum of the others."""
        other = copy(self)
        other._aims = dict(self._aims)  # noqa: SLF001 - a copy of this one
        other._aims[WEIGHED] = _AimColumns(*self._weighted(weights), 0.0)  # noqa: SLF001
        return other

    def hold_weighted(self, weights: Mapping[str, float], at_most: float) -> None:
        """Keep a weighted sum of aims at or below a value from now on."""
        costs, constant = self._weighted(weights)
        scale = max(1.0, float(np.abs(costs).max()))
        self.handed.hold(costs / scale, (at_most - constant) / scale + _ROUNDING)

    def ask_for_places_of_the_served(self, service: str) -> None:
        """Add what follows of a service's rows: places for all whom it does not leave unserved.

        The relaxation holds it anyway, but the solver cuts knapsacks out of it.
        """
        row = -self._of_ways(service, self.ground.problem.services[service].persons_at)
        need = 0
        for (s, i), unserved in self.columns.unserved.items():
            if s == service:
                row[unserved] = -1.0
                need += self.ground.needs[s, i]
        self.handed.hold(row, -need)

    def spared_by(self, aim: str, at_most: float) -> list[int]:
        """Return columns of ways that no plan holds in which `aim` is `at_most`, by their places.

        Empty for several services, and while nothing says how many persons must be served.
        """
        unserved = self.held.get("persons_unserved")
        if unserved is None or len(self.ground.services) > 1 or not self.has_capacity:
            return []
        cost = min(self.held.get("cost_eur", math.inf), at_most if aim == "cost_eur" else math.inf)
        terms = self.ground.problem.services[self.ground.services[0]]
        units = self.held.get("new_sites") if terms.stay in COUNTED else None
        allowance = Allowance(
            persons_served=sum(self.ground.needs.values()) - math.floor(unserved + _ROUNDING),
            new_units=None if units is None else math.floor(units + _ROUNDING),
            cost_eur=cost + _ROUNDING,
        )
        needless, _ = needless_ways(self.ground, allowance)
        return [
            column
            for option, offered in self.columns.offered.items()
            for way, column in offered
            if (option, way) in needless
        ]

    def value_of(self, aim: str, values: Floats) -> float:
        """Return the exact value of an aim, of a solution of whole persons."""
        columns = self._aims[aim]
        return round(float(columns.costs @ values) + columns.constant, 6)

    def persons_at(self, option: Option, way: Way) -> int:
        """Return how many persons an option has places for in one of its ways of opening."""
        return self.ground.problem.services[option[0]].persons_at(way.places)

    def knows(self, aim: str) -> bool:
        """Return whether an aim was stated."""
        return aim in self._aims

    def costs_of(self, aim: str) -> tuple[Floats, float]:
        """Return what each variable counts for an aim, shape (variables,), and its constant."""
        return self._aims[aim].costs, self._aims[aim].constant

    def step_of(self, aim: str) -> float:
        """Return the step in which an aim's values come, 0 where there is none."""
        return self._aims[aim].step

    def counts(self, aim: str) -> bool:
        """Return whether anything that can be decided counts for an aim."""
        return bool(self._aims[aim].costs.any())

    def rounded_bound(self, aim: str, bound: float, value: float) -> float | None:
        """Return the bound moved up to the next value that the aim can have, at most `value`.

        No aim can be below 0, so 0 is its own bound even where the solver found none.
        """
        if not math.isfinite(bound):
            return None if value > 0 else float(value)
        columns = self._aims[aim]
        if columns.step:
            steps = (bound - columns.constant) / columns.step
            near = _ROUNDING * max(1.0, abs(steps))
            bound = math.ceil(steps - near) * columns.step + columns.constant
        return float(min(value, round(bound, 6)))

    def ways_like(self, plan: Plan) -> Ways:
        """Return the openings of `plan`, where this model has them."""
        found = {}
        for option, offered in self.columns.offered.items():
            opening = plan.opened.get(option)
            for way, _ in offered:
                if opening == Opening(way.places, way.units, way.kind):
                    found[option] = way
        return found

    def ways_of_today(self) -> Ways:
        """Return the openings with nothing built but what must be: the least at kept places."""
        kept = self.ground.problem.kept
        return {
            option: offered[0][0]
            for option, offered in self.columns.offered.items()
            if offered[0][0].kind is Kind.EXISTING or option in kept
        }

    def add_aim_of_persons(self, minutes: float) -> str:
        """Return the name of a new aim: persons who are sent `minutes` or more."""
        costs = np.zeros(len(self.handed.lower))
        far = [k for link, k in self.columns.of_link.items() if self.ground.links[link] >= minutes]
        costs[far] = 1.0
        name = f"persons_sent_{minutes:.3f}_minutes"
        self._aims[name] = _AimColumns(costs, 0.0, 1.0)
        return name

    @cached_property
    def has_capacity(self) -> bool:
        """Whether a site takes only as many persons as it has places for."""
        return any(wrote is respect_capacity for wrote, _ in self.rows)

    @cached_property
    def chart(self) -> Chart:
        """The options of the model, and how far apart they are."""
        return Chart(self.ground.problem, tuple(self.columns.offered))

    @cached_property
    def links(self) -> LinkArrays:
        """The links of the model as arrays."""
        found = [
            (column, i, self.chart.number[option])
            for i, columns in enumerate(self.columns.of_need.values())
            for option, column in columns.items()
        ]
        return LinkArrays(*np.array(found, dtype=np.int64).reshape(-1, 3).T)

    @cached_property
    def sites_of_districts(self) -> csc_matrix:
        """The units of each service in each district of its options; shape (sums, variables)."""
        return sites_of_districts(
            self.chart,
            self.ground.services,
            self.columns.offered,
            len(self.handed.lower),
        )

    def _ask_for_places(self, unserved: float) -> None:
        """Add what follows of each service: enough places for all who must be served."""
        for service in self.ground.services:
            terms = self.ground.problem.services[service]
            need = sum(n for (s, _), n in self.ground.needs.items() if s == service)
            served = math.ceil(need - unserved - _ROUNDING)
            wanted = math.ceil(served / Fraction(terms.persons_per_place))
            if wanted > 0:
                self.handed.hold(-self._of_ways(service, int), -wanted)

    def _of_ways(self, service: str, of_places: Callable[[int], int]) -> Floats:
        """Return what the places of each way of opening a service make; shape (variables,)."""
        found = np.zeros(len(self.handed.lower))
        for option, offered in self.columns.offered.items():
            if option[0] == service:
                for way, column in offered:
                    found[column] = of_places(way.places)
        return found

    def _weighted(self, weights: Mapping[str, float]) -> tuple[Floats, float]:
        asked = [(weight, self._aims[aim]) for aim, weight in weights.items() if weight]
        costs = np.sum([weight * aim.costs for weight, aim in asked], axis=0)
        return costs, sum(weight * aim.constant for weight, aim in asked)

    def _columns_of(self, name: str, decisions: Decisions) -> _AimColumns:
        costs, constant = self.handed.expression(AIMS[name](self.ground, decisions))
        factors = costs[costs != 0]
        if not len(factors) or (factors != np.rint(factors)).any():
            return _AimColumns(costs, constant, 0.0)
        return _AimColumns(costs, constant, float(np.gcd.reduce(np.abs(factors.astype(np.int64)))))


def state(
    ground: Ground,
    formulation: Formulation,
    aims: Sequence[str],
    *,
    stop: Callable[[], bool] | None = None,
) -> Stated:
    """Return the model of `formulation` on `ground`, every row named after its rule.

    Once `stop` says yes it ends with `CancelledError`: stating a large model takes seconds.
    """
    program = pulp.LpProblem("facility_location", pulp.LpMinimize)
    levels = any(aim in ABOUT_THE_WORST for aim in aims)
    decisions = declare(program, ground, whole_persons=False, levels=levels)
    rows: list[tuple[Rule, Key]] = []
    for rule in formulation.subject_to:
        for key, row in rule(ground, decisions):
            program.addConstraint(row, label(rule.__name__, key))
            rows.append((rule, key))
            if stop is not None and not len(rows) % _ROWS_BEFORE_ASKING and stop():
                raise CancelledError
    program.setObjective(pulp.lpSum(decisions.unserved.values()))
    return Stated(ground, program, decisions, aims=aims, rows=rows)

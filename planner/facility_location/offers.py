"""One service by itself into what its plans can and cannot reach, learned question by question.

A plan uses *amounts*: persons unserved, persons beyond the standard, new sites, EUR and so on, one
for each aim. Three kinds of knowledge are kept: plans with their amounts; corners, the least
amounts that are not ruled out (every plan is at or above one of them); and prices, weighted sums
of amounts that no plan undercuts.

References
----------
Corners of what is not ruled out ("local upper bounds", here with the sign turned): Klamroth, K.,
Lacour, R. and Vanderpooten, D. (2015), On the representation of the search region in
multi-objective optimization, European Journal of Operational Research 245(3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.facility_location.ground import Ways
from planner.facility_location.highs import Effort, Ending, Floats
from planner.facility_location.narrowing import look_quickly, minimise_aim
from planner.facility_location.packing import least_costs
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.stated import WEIGHED, Stated

Amounts = NDArray[np.float64]
"""One number for each aim; shape (aims,)."""

NO_LIMIT = math.inf
_SAME = 1e-6
_FINEST = 1e-3
"""The step of an amount without steps of its own: minutes are thousandths."""
_PACKED_AT_MOST = 60
_COARSE = 0.05
"""The gap that no answer may be worse than."""
_QUICK = 5
"""How many times as far off a quick look may stop."""


@dataclass(frozen=True, eq=False)
class Question:
    """The least of ``weights · amounts`` that is asked for, among plans within `limit`.

    `thoroughly` asks for a bound as near as `slack` (in units of the weighted sum); otherwise a
    quick look has to do.
    """

    weights: Amounts
    limit: Amounts
    slack: float
    thoroughly: bool = True

    @property
    def amount(self) -> int | None:
        """Return the only amount that is asked for, ``None`` if there are several."""
        (asked,) = np.nonzero(self.weights)
        return int(asked[0]) if len(asked) == 1 else None


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found out about a question that was asked for plans within `most`.

    `bound` is of what was asked for: inf where there is no plan, -inf where nothing is known.
    """

    question: Question
    most: Amounts
    plans: tuple[Floats, ...]
    bound: float


class Offers:
    """What is known of one service. Amounts are in the order of `aims`.

    Attributes
    ----------
    steps : float64 array of shape (aims,)
        The steps in which amounts come.
    used : bool array of shape (aims,)
        Whether the service has any of an amount: homes have no new sites that count.
    points : list of (amounts, solution)
        Plans, none of which another undercuts.
    corners : float64 array of shape (corners, aims)
    prices : list of (weights, least weighted sum)
    seconds : float
        How long the last answer took.
    """

    def __init__(self, stated: Stated, aims: Sequence[str]) -> None:
        self.stated = self.within = stated
        self.aims = tuple(aims)
        steps = [
            stated.step_of(aim) or (_FINEST if aim == "person_minutes" else 1.0) for aim in aims
        ]
        self.steps = np.array(steps)
        self.used = np.array([stated.counts(aim) for aim in aims])
        self.points: list[tuple[Amounts, Floats]] = []
        self.corners = np.zeros((1, len(aims)))
        self.prices: list[tuple[Amounts, float]] = []
        self.seconds = 0.0

    def pack(self, unserved: str, cost: str) -> None:
        """Learn from places alone: how little can be spent for each number of unserved.

        Adds what follows of it to the model: places for all who are served, and the lower hull of
        the costs, which the relaxation by itself does not see.
        """
        ground = self.stated.ground
        (service,) = ground.services
        need = sum(ground.needs.values())
        costs = np.minimum.accumulate(np.maximum(0.0, least_costs(ground, need)[::-1]))
        self.stated.ask_for_places_of_the_served(service)
        for per_person, least in _lower_hull(costs):
            self.stated.hold_weighted({cost: -1.0, unserved: -per_person}, -least)
        u, c = self.aims.index(unserved), self.aims.index(cost)
        for persons in range(min(_PACKED_AT_MOST, need)):
            if costs[persons] > costs[persons + 1]:
                limit = np.full(len(self.aims), NO_LIMIT)
                limit[u], limit[c] = persons, costs[persons] - self.steps[c]
                self.rule_out(limit)

    def keep(self, values: Floats) -> None:
        """Remember a plan, unless a known one undercuts it."""
        found = np.array([self.stated.value_of(aim, values) for aim in self.aims])
        if any((known <= found + _SAME).all() for known, _ in self.points):
            return
        self.points = [(a, v) for a, v in self.points if not (found <= a + _SAME).all()]
        self.points.append((found, values))

    def keep_part(self, whole: Stated, values: Floats) -> None:
        """Remember the part that this service has in a plan of several."""
        columns = whole.handed.index
        names = self.stated.handed.index
        if all(name in columns for name in names):
            self.keep(values[[columns[name] for name in names]])

    def ways_of(self, amounts: Amounts) -> Ways:
        """Return the openings of the plan with just these amounts."""
        values = next(v for a, v in self.points if np.array_equal(a, amounts))
        return self.stated.columns.ways_in(values)

    def rule_out(self, limit: Amounts) -> None:
        """Learn that no plan has amounts at or below `limit` in all aims."""
        inside = (self.corners <= limit + _SAME).all(axis=1)
        if not inside.any():
            return
        # the next amount above the limit that can be
        above = (np.floor(limit / self.steps + _SAME) + 1) * self.steps
        moved = []
        for corner in self.corners[inside]:
            for k in np.flatnonzero(np.isfinite(limit) & self.used):
                raised = corner.copy()
                raised[k] = above[k]
                moved.append(raised)
        left = np.array([*self.corners[~inside], *moved]).reshape(-1, len(self.aims))
        self.corners = _least_of(np.unique(np.round(left, 6), axis=0))

    def stay_within(self, limit: Amounts) -> None:
        """Ask from now on only for plans within `limit`, which every later one shall be."""
        self.within = self._holding(self.stated, limit)

    def reached(self, limit: Amounts) -> bool:
        """Return whether a known plan is within `limit` and within what is asked for."""
        most = np.minimum(limit, self._most) + _SAME
        return any((amounts <= most).all() for amounts, _ in self.points)

    def loosest(self, limit: Amounts, aim: int, order: Sequence[int]) -> Amounts:
        """Return as little of `limit` as no known plan keeps, tightened in `order`.

        The less it holds, the more an answer rules out. `aim` is what will be asked for.
        """
        least = np.full(len(limit), NO_LIMIT)
        least[aim] = limit[aim]
        for k in order:
            if not self.reached(least):
                break
            least[k] = limit[k]
        least[aim] = NO_LIMIT
        return least

    def answer(
        self,
        question: Question,
        *,
        effort: Effort,
        deadline: float,
        on_progress: Callable[[float, float], None],
    ) -> Answer:
        """Find out what can be known about `question`; nothing is remembered yet.

        Several questions can be answered at once, and learned one after the other.
        """
        stated = self._holding(self.within, question.limit)
        aim = question.amount
        if aim is not None:
            name = self.aims[aim]
        else:
            weights = dict(zip(self.aims, question.weights.tolist(), strict=True))
            stated, name = stated.weighing(weights), WEIGHED
        pursuit = Pursuit(stated, name, effort, deadline, on_progress)
        start, bound = self._start(question), -math.inf
        if start is None:
            start, bound = _first(pursuit)
        plans: tuple[Floats, ...] = ()
        if start is not None:
            slack = question.slack * (1 if question.thoroughly else _QUICK)
            near = min(_COARSE, slack / max(1.0, abs(stated.value_of(name, start))))
            pursuit = replace(pursuit, effort=replace(effort, gap=near))
            search = minimise_aim if question.thoroughly else look_quickly
            best, bound = search(pursuit, start)
            # whatever a solver says, what is asked for is not above a plan that was found
            bound = min(bound, stated.value_of(name, best))
            plans = (start, best)
        if aim is not None and math.isfinite(bound):
            bound = stated.rounded_bound(name, bound, math.inf) or 0.0
        return Answer(question, self._most, plans, bound)

    def learn(self, answer: Answer) -> None:
        """Remember the plans of an answer, and what it rules out or the price that it sets."""
        for values in answer.plans:
            self.keep(values)
        question, bound = answer.question, answer.bound
        aim = question.amount
        if aim is None:
            if math.isfinite(bound):
                self.prices.append((question.weights, bound))
        elif bound > _SAME:
            limit = np.minimum(question.limit, answer.most)
            limit[aim] = bound if math.isinf(bound) else bound - self.steps[aim]
            self.rule_out(limit)

    def _start(self, question: Question) -> Floats | None:
        most = np.minimum(question.limit, self._most) + _SAME
        fitting = [(a, v) for a, v in self.points if (a <= most).all()]
        if not fitting:
            return None
        return min(fitting, key=lambda point: float(question.weights @ point[0]))[1]

    @property
    def _most(self) -> Amounts:
        held: Mapping[str, float] = self.within.held
        return np.array([held.get(aim, NO_LIMIT) for aim in self.aims])

    def _holding(self, stated: Stated, limit: Amounts) -> Stated:
        for aim, most in zip(self.aims, limit.tolist(), strict=True):
            if most < stated.held.get(aim, NO_LIMIT):
                stated = stated.holding(aim, most)
        return stated


def _first(pursuit: Pursuit) -> tuple[Floats | None, float]:
    """Return any plan within the holds, and a bound: inf where there is no plan."""
    effort = replace(pursuit.effort, seconds=pursuit.left, gap=0.05)
    stated, aim = pursuit.stated, pursuit.aim
    outcome = stated.minimise(aim, effort, on_progress=pursuit.on_progress)
    if outcome.ending is Ending.INFEASIBLE:
        again = stated.minimise(aim, replace(effort, presolve=False, seconds=pursuit.left))
        return None, math.inf if again.ending is Ending.INFEASIBLE else -math.inf
    if outcome.values is None:
        return None, outcome.bound
    return stated.settle(aim, stated.columns.ways_in(outcome.values), effort=effort), outcome.bound


def _lower_hull(costs: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the falling edges of the lower hull of finite costs by persons: (slope, cost at 0)."""
    hull: list[tuple[float, float]] = []
    for x, y in enumerate(costs.tolist()):
        if math.isinf(y):
            continue
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2:]
            if (y1 - y0) * (x - x0) < (y - y0) * (x1 - x0):
                break
            hull.pop()
        hull.append((x, y))
    edges = pairwise(hull)
    slopes = [((y0 - y1) / (x1 - x0), x0, y0) for (x0, y0), (x1, y1) in edges]
    return [(slope, y0 + slope * x0) for slope, x0, y0 in slopes if slope > 0]


def _least_of(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows that no other row is at or below in every column; rows differ."""
    below = (corners[:, None, :] <= corners[None, :, :] + _SAME).all(axis=2)
    least: NDArray[np.float64] = corners[below.sum(axis=0) == 1]
    return least

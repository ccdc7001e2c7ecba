"""A budget that several services share into the best plan for each aim, service by service.

Of every service it is learned what its plans can reach (`offers`). A small programme, the ledger,
picks amounts for each service that nothing learned so far rules out and that keep the budget and
the aims achieved before: the least such sum is a bound. Where no known plan reaches what was
picked, the service is asked, until one does. The dual prices of the known plans tell what a person
or a new site is worth in EUR, and so which questions to begin with.

References
----------
Prices for what is shared: Dantzig, G. B. and Wolfe, P. (1960), Decomposition principle for linear
programs, Operations Research 8(1). Bounds made exact only where they are picked: lazy evaluation,
as in Kellerer, H., Pferschy, U. and Pisinger, D. (2004), Knapsack Problems, chapter 5.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property

import numpy as np

from planner.domain import Budget, Option, Problem
from planner.facility_location import constraints as rule
from planner.facility_location.formulations import Formulation
from planner.facility_location.ground import Ground, Way, survey
from planner.facility_location.highs import Effort, Floats
from planner.facility_location.ledger import Ledger
from planner.facility_location.offers import NO_LIMIT, Amounts, Answer, Offers, Question
from planner.facility_location.pursuit import Pursuit
from planner.facility_location.reduction import reduce_ground
from planner.facility_location.stated import Stated, state

COST, UNSERVED = "cost_eur", "persons_unserved"
_ADD_UP = (
    UNSERVED,
    "persons_beyond_standard",
    "new_sites",
    COST,
    "person_minutes",
    "sites",
)
_LEAST_SECONDS = 0.5
_SECONDS_FOR_SMALL = 20.0
_ROUNDS_OF_PRICES = 5
_QUICK_SHARE = 0.3
_SHARE_OF_A_QUESTION = 0.5
_IN_VAIN_AT_MOST = 30
"""Rounds without a better bound after which the whole programme may try."""
_SAME = 1e-6


class Sharing:
    """Services with one common budget, and what has been learned of each of them."""

    def __init__(
        self,
        ground: Ground,
        formulation: Formulation,
        budget: Budget,
        aims: Sequence[str],
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self.ground, self.formulation, self.budget = ground, formulation, budget
        self.aims, self.stop = tuple(aims), stop

    @classmethod
    def of(
        cls,
        stated: Stated,
        formulation: Formulation,
        aims: Sequence[str],
        stop: Callable[[], bool] | None = None,
    ) -> Sharing | None:
        """Return the services of `stated` apart, ``None`` unless one budget is all they share.

        Aims that do not add up over services are left to others. Once `stop` says yes, stating
        the services ends with `CancelledError`.
        """
        ground = stated.ground
        budget = _the_budget(ground.problem, ground.services, formulation)
        if budget is None or aims[0] not in _ADD_UP:
            return None
        known = [aim for aim in aims if aim in _ADD_UP]
        names = list(dict.fromkeys([*known, UNSERVED, COST]))
        return cls(ground, formulation, budget, names, stop)

    @cached_property
    def offers(self) -> tuple[Offers, ...]:
        """What each service by itself can reach; the first use states their models."""
        alone = self.formulation.without(rule.stay_within_budget)
        offers = []
        for service in self.ground.services:
            part = reduce_ground(survey(self.ground.problem, (service,)), alone)
            offers.append(Offers(state(part, alone, self.aims, stop=self.stop), self.aims))
            offers[-1].pack(UNSERVED, COST)
        return tuple(offers)

    def pursue(self, pursuit: Pursuit, best: Floats) -> tuple[Floats, float]:
        """Return the best plan found for the aim of `pursuit`, and a bound.

        -inf where the aim does not add up over services, or too little time is left.
        """
        at_zero = pursuit.near(pursuit.stated.value_of(pursuit.aim, best), -math.inf)
        if pursuit.aim not in self.aims or pursuit.left < _LEAST_SECONDS or at_zero:
            return best, -math.inf
        return _Bargain(self, pursuit, best).strike()


class _Bargain:
    """One aim of services that share a budget: the best plan so far and the bound so far."""

    def __init__(self, sharing: Sharing, pursuit: Pursuit, best: Floats) -> None:
        self.sharing, self.pursuit, self.best = sharing, pursuit, best
        self.offers, self.aims = sharing.offers, sharing.aims
        self.aim = self.aims.index(pursuit.aim)
        self.cost = self.aims.index(COST)
        self.bound = -math.inf
        self.in_vain = 0
        self.value = pursuit.stated.value_of(pursuit.aim, best)
        held = pursuit.stated.held
        self.most = np.array([held.get(aim, NO_LIMIT) for aim in self.aims])
        self.most[self.cost] = min(self.most[self.cost], sharing.budget.amount_eur)
        self.effort = replace(pursuit.effort, threads=1)

    def strike(self) -> tuple[Floats, float]:
        """Return the best plan and the bound when they meet, or time is over."""
        self._begin()
        self._price()
        while not self._met and self.pursuit.left and self.in_vain < _IN_VAIN_AT_MOST:
            picked = self._ledger().least(self.aim, self._small_effort)
            if picked is None:
                break
            self._raise(picked.bound)
            known = self._known
            if self._met or not self._ask_for(picked.amounts) or self._known == known:
                break
            self._join()
        return self.best, self.bound

    @property
    def _met(self) -> bool:
        return self.pursuit.near(self.value, self.bound)

    def _begin(self) -> None:
        """Remember the best plan part by part, and what each service can use at most."""
        least = np.array([offers.corners.min(axis=0) for offers in self.offers])
        for offers, own in zip(self.offers, least, strict=True):
            offers.keep_part(self.pursuit.stated, self.best)
            offers.stay_within(self.most - least.sum(axis=0) + own)

    def _price(self) -> None:
        """Ask every service at the prices that the known plans set, until they stay the same."""
        before = math.inf
        for _ in range(_ROUNDS_OF_PRICES):
            prices = self._ledger().prices(self.aim, self._small_effort)
            if prices is None or not self.pursuit.left:
                break
            weights = prices.weights
            quick = Question(weights, self._no_limit, self._slack, thoroughly=False)
            self._ask([(offers, quick) for offers in self.offers], share=_QUICK_SHARE)
            if prices.value > before - max(self._slack, 0.001 * abs(before)):
                break
            before = prices.value
        self._join()
        self._price_exactly()

    def _price_exactly(self) -> None:
        """Ask thoroughly at the last prices where a quick look left much open."""
        prices = self._ledger().prices(self.aim, self._small_effort)
        if prices is None or not self.pursuit.left:
            return
        question = Question(prices.weights, self._no_limit, self._slack)
        asked = [
            (offers, question)
            for offers in self.offers
            if _left_open(offers, prices.weights) > self._slack
        ]
        self._ask(asked, share=_SHARE_OF_A_QUESTION)
        self._join()

    def _ask_for(self, picked: Sequence[Amounts]) -> bool:
        """Ask each service whether it reaches what was picked; return whether any was asked."""
        asked: list[tuple[Offers, Question]] = []
        for offers, amounts in zip(self.offers, picked, strict=True):
            limit = np.where(np.isfinite(self.most), amounts, NO_LIMIT)
            limit[self.aim] = amounts[self.aim] + self._slack
            limit = np.floor(limit / offers.steps + _SAME) * offers.steps
            if not offers.reached(limit):
                asked += [(offers, question) for question in self._questions(offers, limit)]
        self._ask(asked, share=_SHARE_OF_A_QUESTION)
        return bool(asked)

    def _questions(self, offers: Offers, limit: Amounts) -> Iterable[Question]:
        """Yield what to ask about a limit that no known plan keeps."""
        order = [self.cost, *(k for k in range(len(self.aims)) if k != self.cost)]
        elsewhere = limit.copy()
        elsewhere[self.aim] = NO_LIMIT
        toward = [self.aim, self.cost] if offers.reached(elsewhere) else [self.cost]
        if self.aims[self.aim] not in _COUNTED and not self.in_vain:
            toward = toward[:1]
        for k in dict.fromkeys(toward):
            loosest = offers.loosest(limit, k, [m for m in order if m != k])
            asked = np.where(np.arange(len(limit)) == k, NO_LIMIT, limit)
            weights = np.eye(len(self.aims))[k]
            slack = self._slack if k == self.aim else 0.0
            yield Question(weights, loosest, slack)
            if len(toward) == 1 and not np.array_equal(asked, loosest):
                yield Question(weights, asked, slack)

    def _ask(self, asked: Sequence[tuple[Offers, Question]], *, share: float) -> None:
        """Ask as many questions at once as there are threads; learn the answers in order."""
        now = time.monotonic()
        deadline = now + share * self.pursuit.left if self.pursuit.left < math.inf else math.inf

        def answer(task: tuple[Offers, Question]) -> Answer:
            offers, question = task
            began = time.monotonic()
            found = offers.answer(
                question, effort=self.effort, deadline=deadline, on_progress=self._tell
            )
            offers.seconds = time.monotonic() - began
            return found

        with ThreadPoolExecutor(max(1, self.pursuit.effort.threads)) as pool:
            slow_first = sorted(range(len(asked)), key=lambda k: -asked[k][0].seconds)
            runs = {k: pool.submit(answer, asked[k]) for k in slow_first}
            for k, (offers, _) in enumerate(asked):
                offers.learn(runs[k].result())

    def _tell(self, *_: float) -> None:
        self.pursuit.on_progress(self.value, self.bound)

    def _join(self) -> None:
        """Put the best known plans of all services together, if that betters the best plan."""
        picked = self._ledger().best_known(self.aim, self._small_effort)
        if picked is None or picked.value >= self.value - _SAME:
            return
        ways: dict[Option, Way] = {}
        for offers, amounts in zip(self.offers, picked.amounts, strict=True):
            ways |= offers.ways_of(amounts)
        stated, name = self.pursuit.stated, self.pursuit.aim
        settled = stated.settle(name, ways, effort=self.effort)
        if settled is not None and stated.value_of(name, settled) < self.value:
            self.best, self.value = settled, stated.value_of(name, settled)
            self._tell()

    def _raise(self, bound: float) -> None:
        rounded = self.pursuit.stated.rounded_bound(self.pursuit.aim, bound, self.value)
        risen = rounded is not None and rounded > self.bound + _SAME * max(1.0, abs(rounded))
        self.in_vain = 0 if risen else self.in_vain + 1
        if rounded is not None:
            self.bound = max(self.bound, rounded)

    def _ledger(self) -> Ledger:
        return Ledger(self.offers, self.most)

    @property
    def _known(self) -> tuple[object, ...]:
        """Return what changes when anything is learned: nothing learned would be asked again."""
        return tuple(
            (offers.corners.tobytes(), len(offers.prices), [p[0].tolist() for p in offers.points])
            for offers in self.offers
        )

    @property
    def _small_effort(self) -> Effort:
        return replace(self.effort, seconds=min(_SECONDS_FOR_SMALL, self.pursuit.left))

    @property
    def _no_limit(self) -> Amounts:
        return np.full(len(self.aims), NO_LIMIT)

    @property
    def _slack(self) -> float:
        """How far off a service may be, so that all of them together are near enough."""
        step = self.pursuit.stated.step_of(self.pursuit.aim)
        near = 0.5 * self.pursuit.effort.gap * max(1.0, self.value)
        return max(near, 0.2 * step) / len(self.offers)


_COUNTED = (UNSERVED, "persons_beyond_standard", "new_sites", "sites")


def _left_open(offers: Offers, weights: Amounts) -> float:
    """Return how far the best known plan is from what is known of the weighted sum."""
    least = max((v for w, v in offers.prices if np.array_equal(w, weights)), default=0.0)
    return min(float(weights @ amounts) for amounts, _ in offers.points) - least


def _the_budget(
    problem: Problem, services: Sequence[str], formulation: Formulation
) -> Budget | None:
    rules = formulation.subject_to
    together = {"*"} & {*problem.new_sites_at_most, *problem.sites_at_most}
    at_address = "*" in problem.address_places_at_most
    if len(problem.budgets) != 1 or len(services) < 2 or together or at_address:  # noqa: PLR2004
        return None
    budget = problem.budgets[0]
    every = budget.services is None or set(services) <= budget.services
    plain = budget.kind == "capital" and budget.share_permille == 1000  # noqa: PLR2004
    whole = budget.municipalities is None and budget.year is None
    known = rule.stay_within_budget in rules and rule.respect_capacity in rules
    return budget if every and plain and whole and known else None

"""How good a plan is in each aim, and is known to be, into what readers may be told of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    NOT_SHOWN,
    is_small,
    show_persons,
)
from planner.domain import AimProof, ProofStatus
from planner.locales import say
from planner.publishing import formats

AIM_NAMES: Mapping[str, str] = {
    "persons_unserved": "Persons unserved",
    "persons_beyond_standard": "Persons served beyond the standard",
    "new_sites": "New sites (day and short services)",
    "cost_eur": "Capital cost, EUR",
    "person_minutes": "Person-minutes one way",
    "sites": "Sites",
    "worst_minutes": "Longest trip, minutes",
    "worst_served_first": "Longest trips first",
    "changes": "Changes against the approved plan",
}

ROUND_MINUTES = 5
_PERSONS = ("persons_unserved", "persons_beyond_standard")
_LONGEST = ("worst_minutes", "worst_served_first")
_ALL_TRIPS = ("person_minutes",)
"""Aims that add up trips: beside the number of persons a sum tells how many travel how far."""
_WHOLE = 1e-6


@dataclass(frozen=True)
class AimTold:
    """What is told of an aim: its value in the plan, at best, the bound, the gap of the last two.

    At best it is before later aims gave back what the tolerance lets them.
    """

    in_plan: str
    at_best: str
    bound: str
    gap: str


def aim_told(
    aim: AimProof,
    *,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
    withheld: bool = False,
) -> AimTold:
    """Return what readers are told of an aim; `withheld` ones count persons the gate hides."""
    if withheld:
        return AimTold(HIDDEN_MARK, HIDDEN_MARK, HIDDEN_MARK, NOT_SHOWN)
    in_plan, at_best, bound = (
        value_told(aim.name, value, language=language, threshold=threshold)
        for value in (aim.in_plan, aim.value, aim.bound)
    )
    gap = formats.percent(aim.gap, language=language, decimals=2 if aim.gap else 0)
    few = aim_is_few(aim, threshold=threshold)
    return AimTold(in_plan, at_best, bound, NOT_SHOWN if few else gap)


def value_told(
    name: str, value: float, *, language: str, threshold: int = DEFAULT_THRESHOLD
) -> str:
    """Return a value or bound of an aim: whole persons, a few of them hidden; no sum of trips.

    A longest trip is rounded up to 5 minutes: it may be that of very few persons.
    """
    if not math.isfinite(value) or name in _ALL_TRIPS:
        return NOT_SHOWN
    if name in _PERSONS:
        return show_persons(_whole_persons(value), threshold=threshold)
    if name in _LONGEST:
        value = ROUND_MINUTES * math.ceil(value / ROUND_MINUTES - _WHOLE)
    return formats.number(value, language=language)


def aim_is_few(aim: AimProof, *, threshold: int = DEFAULT_THRESHOLD) -> bool:
    """Return whether an aim counts persons and its gap would tell how many of a few they are."""
    values = (aim.value, aim.bound, aim.in_plan)
    return aim.name in _PERSONS and any(
        is_small(_whole_persons(value), threshold=threshold) for value in values
    )


def proof_sentence(
    aim: AimProof,
    language: str,
    *,
    withheld: bool = False,
    threshold: int = DEFAULT_THRESHOLD,
) -> str:
    """Return how far an aim can be from the best possible, in words.

    `withheld` aims count persons whom the gate does not tell.
    """
    name = say(language, AIM_NAMES[aim.name])
    told = aim_told(aim, language=language, threshold=threshold, withheld=withheld)
    if withheld:
        return f"{name}: {told.in_plan}"
    if aim.name in _ALL_TRIPS:
        return _of_trips(aim, name, told, language)
    given_back = told.at_best != told.in_plan
    value = told.in_plan
    if given_back:
        value = say(
            language, "{plan} in the plan, {best} at best", plan=told.in_plan, best=told.at_best
        )
    sentence = "{aim}: {value}; no plan under these rules goes below {bound} ({gap} better at most)"
    if aim.status is ProofStatus.STOPPED:
        sentence = "{aim}: {value}; stopped before a bound was known"
    elif told.gap == NOT_SHOWN or (aim.gap == 0 and given_back):
        sentence = "{aim}: {value}; no plan under these rules goes below {bound}"
    elif aim.gap == 0:
        sentence = "{aim}: {value}; no plan under these rules has a lower value"
    return say(language, sentence, aim=name, value=value, bound=told.bound, gap=told.gap)


def _of_trips(aim: AimProof, name: str, told: AimTold, language: str) -> str:
    sentence = "{aim}: no plan under these rules is better by more than {gap}"
    if aim.status is ProofStatus.STOPPED:
        sentence = "{aim}: stopped before a bound was known"
    elif aim.gap == 0:
        sentence = "{aim}: no plan under these rules has a lower value"
    return say(language, sentence, aim=name, gap=told.gap)


def _whole_persons(value: float) -> int:
    """Return a value rounded down to whole persons, 0 where nothing is known."""
    return math.floor(max(0.0, value) + _WHOLE) if math.isfinite(value) else 0

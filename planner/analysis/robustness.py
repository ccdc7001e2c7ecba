"""A plan into how it would hold if needs, roads or unknown places were not as assumed.

The sites of the plan stay as they are; only who goes where is settled anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.analysis.indicators import ServiceFigures, service_figures
from planner.domain import Existing, Plan, Problem, Status
from planner.facility_location import Limits, solve
from planner.problem import with_only

SECONDS = 20.0


@dataclass(frozen=True)
class Trial:
    """Something that may turn out otherwise.

    `change` returns the problem as it would be then; it is given the problem whose only sites are
    those of the plan.
    """

    name: str
    change: Callable[[Problem], Problem]


def more_need(percent: int) -> Trial:
    """Return the trial of `percent` in 100 persons more at every point, rounded up."""

    def change(problem: Problem) -> Problem:
        persons = {need: -(-n * (100 + percent) // 100) for need, n in problem.persons.items()}
        return replace(problem, persons={need: n for need, n in persons.items() if n > 0})

    return Trial(f"need +{percent} %", change)


def slower_roads(percent: int) -> Trial:
    """Return the trial of every trip taking `percent` in 100 more minutes."""

    def change(problem: Problem) -> Problem:
        minutes = np.rint(problem.minutes * (1000 + 10 * percent)) / 1000
        return replace(problem, minutes=minutes)

    return Trial(f"minutes +{percent} %", change)


def unknown_places(places: Mapping[str, int], *, name: str) -> Trial:
    """Return the trial of sites with unknown places having so many, by service.

    Parameters
    ----------
    places : mapping of service to int
        For instance the smallest or the largest size of the catalogue.
    name : str
        What the trial is called.
    """

    def change(problem: Problem) -> Problem:
        existing = {
            option: e if e.places_known else replace(e, places=places[option[0]])
            for option, e in problem.existing.items()
        }
        return replace(problem, existing=existing)

    return Trial(name, change)


def with_sites_of(problem: Problem, plan: Plan) -> Problem:
    """Return the problem whose only sites are those of `plan`, with its places, none to change."""
    existing = {
        option: Existing(
            places=opening.places,
            places_known=option not in problem.existing or problem.existing[option].places_known,
            status=Status.OPERATING,
        )
        for option, opening in plan.opened.items()
    }
    return with_only(problem, existing)


def try_out(
    problem: Problem, plan: Plan, trials: Sequence[Trial], *, limits: Limits | None = None
) -> dict[str, dict[str, ServiceFigures]]:
    """Return the figures of every service by trial.

    Parameters
    ----------
    problem, plan : Problem and Plan
        A sound plan and what it answers.
    trials : sequence of Trial
        What may turn out otherwise, each by itself.
    limits : Limits, optional
        For each trial; 20 seconds by default.

    Raises
    ------
    NoPlanError
        If the time ends before persons have been assigned.
    """
    fixed = with_sites_of(problem, plan)
    limits = limits or Limits(seconds=SECONDS)
    found = {}
    for trial in trials:
        changed = trial.change(fixed)
        found[trial.name] = service_figures(changed, solve(changed, limits=limits))
    return found

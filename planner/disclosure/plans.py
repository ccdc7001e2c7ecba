"""A plan into the rows of persons that `protect_served` takes."""

from __future__ import annotations

from collections import Counter, defaultdict

from planner.analysis.indicators import municipality_figures
from planner.disclosure.served import Served
from planner.domain import Plan, Problem


def served_of(problem: Problem, plan: Plan) -> dict[tuple[str, str], Served]:
    """Return need, served, reach, loads and reasons by (municipality of the people, service)."""
    sites: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (service, point, site), persons in plan.assigned.items():
        sites[problem.municipality_of_point[point], service][site] += persons
    reasons: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (service, point), found in plan.reasons.items():
        for reason, persons in found.items():
            reasons[problem.municipality_of_point[point], service][reason.value] += persons
    return {
        key: Served(
            need=figures.need,
            served=figures.served,
            within_standard=figures.within_standard,
            reach=figures.reach,
            reasons=dict(reasons[key]),
            sites=dict(sites[key]),
        )
        for key, figures in municipality_figures(problem, plan).items()
    }

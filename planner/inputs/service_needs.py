"""A study area and a scenario into the persons who need each service, place by place."""

from __future__ import annotations

from planner.domain import Need, Scenario, StudyArea
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.forecast import forecast


def service_needs(area: StudyArea, scenario: Scenario) -> dict[Need, int]:
    """Return the persons in need of every service of the catalogue by demand point, without zeros.

    A service is needed by its share of the assessed group, rounded to the nearest person for the
    region, then shared out by largest remainders, over municipalities first and over the
    settlements of each then. Where a place's group is fewer than the share asks for, nothing is
    taken from elsewhere: a share is at most 1. A service that support plans name is needed by
    exactly those whose plans name it. Groups are those expected in the plan year, where the
    scenario lets them grow. Of all these the scenario's uptake would come.
    """
    planned = {service for service, _ in area.support_plans}
    municipality_of = {p.id: p.municipality_atvk for p in area.points}
    assessed = area.assessed
    if scenario.growth and scenario.base_year is not None:
        assessed = forecast(
            area.assessed,
            scenario.growth,
            base_year=scenario.base_year,
            year=scenario.plan_year,
            municipality_of=municipality_of,
        )
    needs: dict[Need, int] = {}
    for position, service in enumerate(area.services):
        if service.id in planned:
            group = {p.id: area.support_plans.get((service.id, p.id), 0) for p in area.points}
            share = 1.0
        else:
            group = {p.id: assessed.get((service.target_group, p.id), 0) for p in area.points}
            share = scenario.need_shares.get(service.id, service.need_share)
        share *= uptake_of(scenario, service.id)
        total = round(sum(group.values()) * share)
        shared = apportion_in_parts(total, group, municipality_of, rotate=7 * position)
        needs |= {(service.id, point): n for point, n in shared.items() if n}
    return needs


def uptake_of(scenario: Scenario, service: str) -> float:
    """Return the share of those in need of a service who would come, 1 where nothing is set."""
    stated = scenario.uptake.get(service)
    return 1.0 if stated is None else stated.value

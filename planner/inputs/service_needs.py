"""A study area and a scenario into the persons who need each service, place by place."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain import Need, Scenario, StudyArea
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.forecast import forecast
from planner.inputs.needs import PART_OF


def service_needs(area: StudyArea, scenario: Scenario) -> dict[Need, int]:
    """Return the persons in need of every service of the catalogue by demand point, without zeros.

    A service is needed by its share of the assessed group, rounded to the nearest person for the
    region, then shared out by largest remainders, over municipalities first and over the
    settlements of each then. Where a place's group is fewer than the share asks for, nothing is
    taken from elsewhere: a share is at most 1. A service that support plans name is needed by
    exactly those whose plans name it, and by its share of who comes on top of them. Groups are
    those expected in the plan year, where the scenario lets them grow. Of all these the
    scenario's uptake would come.
    """
    planned = {service for service, _ in area.support_plans}
    municipality_of = {p.id: p.municipality_atvk for p in area.points}
    assessed = area.assessed
    if scenario.growth or area.additions:
        assessed = forecast(
            area.assessed,
            scenario.growth,
            base_year=scenario.plan_year if scenario.base_year is None else scenario.base_year,
            year=scenario.plan_year,
            municipality_of=municipality_of,
            additions=area.additions,
        )
    needs: dict[Need, int] = {}
    added = _added(area, scenario)
    for position, service in enumerate(area.services):
        group = {p.id: assessed.get((service.target_group, p.id), 0) for p in area.points}
        share = scenario.need_shares.get(service.id, service.need_share)
        if service.id in planned:
            group = {p.id: area.support_plans.get((service.id, p.id), 0) for p in area.points}
            more = {p.id: added.get((service.target_group, p.id), 0) for p in area.points}
            more = _shared(more, share, municipality_of, rotate=7 * position)
            group, share = {point: n + more[point] for point, n in group.items()}, 1.0
        share *= uptake_of(scenario, service.id)
        shared = _shared(group, share, municipality_of, rotate=7 * position)
        needs |= {(service.id, point): n for point, n in shared.items() if n}
    return needs


def uptake_of(scenario: Scenario, service: str) -> float:
    """Return the share of those in need of a service who would come, 1 where nothing is set."""
    stated = scenario.uptake.get(service)
    return 1.0 if stated is None else stated.value


def _shared(
    group: Mapping[str, int], share: float, municipality_of: Mapping[str, str], *, rotate: int
) -> dict[str, int]:
    """Return the share of a group place by place, to the nearest person for the region."""
    total = round(sum(group.values()) * share)
    return apportion_in_parts(total, group, municipality_of, rotate=rotate)


def _added(area: StudyArea, scenario: Scenario) -> dict[tuple[str, str], int]:
    """Return who has come on top by the plan year, by group and place; parts count in wholes."""
    added: dict[tuple[str, str], int] = {}
    for addition in area.additions:
        if addition.year <= scenario.plan_year:
            for group in {addition.group, PART_OF.get(addition.group, addition.group)}:
                key = (group, addition.place_id)
                added[key] = added.get(key, 0) + addition.persons
    return added

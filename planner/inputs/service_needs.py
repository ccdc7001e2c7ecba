"""A study area and a scenario into the persons who need each service, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.domain import Need, Scenario, StudyArea
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.children import destinations, planned_moves, share_out, share_out_moves
from planner.inputs.forecast import forecast
from planner.inputs.needs import IN_INSTITUTIONS, OUT_OF_FAMILY, PART_OF


def service_needs(area: StudyArea, scenario: Scenario) -> dict[Need, int]:
    """Return the persons in need of every service of the catalogue by demand point, without zeros.

    A service is needed by its share of the assessed group, rounded to the nearest person for the
    region, then shared out by largest remainders, over municipalities first and over the
    settlements of each then. Where a place's group is fewer than the share asks for, nothing is
    taken from elsewhere: a share is at most 1. A service that support plans name is needed by
    exactly those whose plans name it, and by its share of who comes on top of them. Groups are
    those expected in the plan year, where the scenario lets them grow. Of all these the
    scenario's uptake would come.

    Children in institutions go to one service each (see `planner.inputs.children`): by the
    reorganisation plans of the institutions up to the plan year where there are any, otherwise by
    the shares.
    """
    planned = {service for service, _ in area.support_plans}
    municipality_of = {p.id: p.municipality_atvk for p in area.points}
    assessed = persons_expected(area, scenario)
    needs = _children_moving(area, scenario, assessed)
    moving = {s.id for s in destinations(area.services)} - planned
    added = _added(area, scenario)
    for position, service in enumerate(area.services):
        if service.id in moving:
            continue
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


def anybody_in_need(area: StudyArea, scenario: Scenario) -> bool:
    """Return whether there is a person in need of any service that `scenario` asks for."""
    asked = asked_services(area, scenario)
    return any(service in asked for service, _ in service_needs(area, scenario))


def asked_services(area: StudyArea, scenario: Scenario) -> tuple[str, ...]:
    """Return the services that `scenario` plans for: all that need a site, where it names none."""
    return scenario.services or tuple(s.id for s in area.services if s.site_bound)


def persons_expected(area: StudyArea, scenario: Scenario) -> Mapping[tuple[str, str], int]:
    """Return persons by (group, place id) in the plan year, who comes on top included."""
    if not (scenario.growth or area.additions):
        return area.assessed
    return forecast(
        area.assessed,
        scenario.growth,
        base_year=scenario.plan_year if scenario.base_year is None else scenario.base_year,
        year=scenario.plan_year,
        municipality_of={p.id: p.municipality_atvk for p in area.points},
        additions=area.additions,
    )


def shares_of_destinations(area: StudyArea, scenario: Scenario) -> dict[str, float]:
    """Return what share of the children in institutions goes to each of their services."""
    return {s.id: scenario.need_shares.get(s.id, s.need_share) for s in destinations(area.services)}


def uptake_of(scenario: Scenario, service: str) -> float:
    """Return the share of those in need of a service who would come, 1 where nothing is set."""
    stated = scenario.uptake.get(service)
    return 1.0 if stated is None else stated.value


def _children_moving(
    area: StudyArea, scenario: Scenario, expected: Mapping[tuple[str, str], int]
) -> dict[Need, int]:
    """Return the children in institutions by the service that they go to, at their places.

    Services that support plans name are left to these; their children are taken off first, and the
    others are shared out among the other services.
    """
    municipality_of = {p.id: p.municipality_atvk for p in area.points}
    turns = {s.id: 7 * k for k, s in enumerate(area.services)}
    children = {p.id: expected.get((IN_INSTITUTIONS, p.id), 0) for p in area.points}
    found: dict[Need, int] = {}
    if area.institutions:
        moves = planned_moves(
            area.institutions, destinations(area.services), year=scenario.plan_year
        )
        found = share_out_moves(moves, _pattern(area), municipality_of, turns=turns)
        added = _added(area, scenario)
        children = {p.id: added.get((IN_INSTITUTIONS, p.id), 0) for p in area.points}
    shares = shares_of_destinations(area, scenario)
    planned = shares.keys() & {service for service, _ in area.support_plans}
    for (service, place), count in area.support_plans.items():
        if service in planned:
            children[place] = max(0, children[place] - count)
    left = 1.0 - sum(shares[service] for service in planned)
    shares = {s: share / left for s, share in shares.items() if s not in planned and left > 0}
    for need, count in share_out(children, shares, municipality_of, turns=turns).items():
        found[need] = found.get(need, 0) + count
    return _coming(found, shares, scenario, municipality_of, turns)


def _coming(
    found: Mapping[Need, int],
    services: Iterable[str],
    scenario: Scenario,
    municipality_of: Mapping[str, str],
    turns: Mapping[str, int],
) -> dict[Need, int]:
    """Return those of `found` who would come by the scenario's uptake, without zeros."""
    coming: dict[Need, int] = {}
    for service in services:
        group = {place: n for (s, place), n in found.items() if s == service}
        share = uptake_of(scenario, service)
        come = _shared(group, share, municipality_of, rotate=turns[service])
        coming |= {(service, place): n for place, n in come.items() if n}
    return coming


def _pattern(area: StudyArea) -> Mapping[str, int]:
    """Return weights of places for children whose municipality nobody tells."""
    for group in (IN_INSTITUTIONS, OUT_OF_FAMILY):
        known = {p.id: area.assessed.get((group, p.id), 0) for p in area.points}
        if any(known.values()):
            return known
    return {p.id: max(1, p.population) for p in area.points}


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

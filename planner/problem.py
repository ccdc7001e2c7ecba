"""A study area, travel times and a scenario into the problem to be solved: here geography ends."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.domain import (
    EVERY_SERVICE,
    AimTerms,
    Building,
    Existing,
    Link,
    Need,
    Option,
    Problem,
    Scenario,
    Service,
    ServiceTerms,
    SiteWish,
    Size,
    Status,
    Stay,
    StudyArea,
    TravelTimes,
)
from planner.inputs.approved import ApprovedEdition
from planner.inputs.entitlement import persons_by_entitlement
from planner.inputs.funds import funds_of
from planner.inputs.scenario_names import refuse_unknown_names
from planner.inputs.service_needs import asked_services, service_needs

__all__ = ["TODAY_AIMS", "build_problem", "service_needs", "today_of"]

TODAY_AIMS = (
    AimTerms("persons_unserved"),
    AimTerms("persons_beyond_standard"),
    AimTerms("person_minutes"),
)


def build_problem(
    area: StudyArea,
    travel: TravelTimes,
    scenario: Scenario,
    *,
    today: Mapping[Link, int] = {},
    approved: ApprovedEdition | None = None,
) -> Problem:
    """Return the problem that `scenario` poses in `area`.

    Minutes are rounded to 0.001 and never below the scenario's shortest trip. `today` is today's
    assignment, needed where the scenario limits what anyone may lose; `approved` is the
    approved edition, needed where the scenario aims at few changes against it. What exists and it
    does not mention counts as approved as it is; with 0 places it was approved to close.

    Raises
    ------
    InputError
        If the scenario names services, sites or municipalities that are not there, keeps and
        closes the same, or counts changes without an approved plan; every fault at once.
    """
    refuse_unknown_names(area, scenario, approved)
    services = _asked_services(area, scenario)
    persons = {need: n for need, n in service_needs(area, scenario).items() if need[0] in services}
    existing = _existing_options(area, scenario, services)
    sizes, most_units = _new_options(area, scenario, services, persons)
    in_buildings = _options_in_buildings(area, scenario, services, existing)
    sizes |= in_buildings
    for option in existing.keys() & sizes.keys():  # committed at a settlement
        del sizes[option]
        most_units.pop(option, None)
    most_units |= dict.fromkeys(in_buildings, 1)
    places_approved = (
        None if approved is None else _approved_places(approved.places, services, existing)
    )
    used = {site for _, site in (*sizes, *existing, *(places_approved or {}))}
    sites = tuple(site for site in travel.site_ids if site in used)
    by_id = {site.id: site for site in area.sites}
    municipality_of_point = {p.id: p.municipality_atvk for p in area.points}
    return Problem(
        region=area.region,
        plan_year=scenario.plan_year,
        points=travel.point_ids,
        sites=sites,
        minutes=_minutes(travel, sites, scenario.shortest_trip_minutes),
        municipality_of_point=municipality_of_point,
        municipality_of_site={site: by_id[site].municipality_atvk for site in sites},
        services={s.id: _terms(s, scenario) for s in services.values()},
        persons=persons,
        sizes=sizes,
        most_units=most_units,
        existing=existing,
        kept=_by_option(scenario.kept, services),
        vetoed=_by_option(scenario.vetoed, services),
        closing=_by_option(scenario.closing, services),
        address_of={site: site for site in sites if by_id[site].building},
        address_places_at_most=_address_limits(services.values(), scenario),
        budgets=funds_of(scenario, [m.atvk for m in area.municipalities]),
        new_sites_at_most=scenario.new_sites_at_most,
        sites_at_most=scenario.sites_at_most,
        least_share_served=_floors(persons, municipality_of_point, scenario),
        today=today if scenario.most_loss_minutes is not None else {},
        most_loss_minutes=scenario.most_loss_minutes,
        detour_at_most=_by_service(scenario.detour_at_most, services),
        agreements=_agreements(scenario, services),
        opening_year=_opening_years(scenario, services, {*sizes, *existing}),
        approved=places_approved,
        approved_sizes=_of_services(approved.sizes, services) if approved else {},
        aims=scenario.aims,
        outside=frozenset(() if scenario.partners_in_totals else scenario.partners),
    )


def today_of(problem: Problem) -> Problem:
    """Return the problem of today: only what operates is open, and nothing may change."""
    operating = {
        option: replace(e, may_close=False, larger=())
        for option, e in problem.existing.items()
        if e.status is Status.OPERATING
    }
    return with_only(problem, operating)


def with_only(problem: Problem, existing: Mapping[Option, Existing]) -> Problem:
    """Return the problem whose only sites are `existing`, with nothing to build or to decide."""
    return replace(
        problem,
        sizes={},
        most_units={},
        existing=existing,
        kept={},
        vetoed={},
        closing={},
        address_places_at_most={},
        budgets=(),
        new_sites_at_most={},
        sites_at_most={},
        least_share_served={},
        today={},
        most_loss_minutes=None,
        detour_at_most={},
        opening_year={},
        approved=None,
        approved_sizes={},
        aims=TODAY_AIMS,
    )


def with_approved(problem: Problem, approved: ApprovedEdition | None) -> Problem:
    """Return the problem with another edition approved, ``None`` for none; all else stays."""
    if approved is None:
        return replace(problem, approved=None, approved_sizes={})
    return replace(
        problem,
        approved=_approved_places(approved.places, problem.services, problem.existing),
        approved_sizes=_of_services(approved.sizes, problem.services),
    )


def _asked_services(area: StudyArea, scenario: Scenario) -> dict[str, Service]:
    asked = asked_services(area, scenario)
    return {s.id: _entitled(s, scenario) for s in area.services if s.id in asked}


def _entitled(service: Service, scenario: Scenario) -> Service:
    """Return a service with the persons that a place of it serves under the scenario."""
    said = scenario.entitlement.get(service.id)
    return replace(service, persons_per_place=persons_by_entitlement(said)) if said else service


def _terms(service: Service, scenario: Scenario) -> ServiceTerms:
    standard, limit = scenario.standards.get(
        service.id, (service.standard_minutes, service.limit_minutes)
    )
    return ServiceTerms(
        id=service.id,
        stay=service.stay,
        standard_minutes=standard,
        limit_minutes=limit,
        persons_per_place=service.persons_per_place,
        least_load_persons=service.least_load_persons,
        home_is_standard=service.stay is Stay.HOME and scenario.own_municipality_is_standard,
    )


def _new_options(
    area: StudyArea,
    scenario: Scenario,
    services: Mapping[str, Service],
    persons: Mapping[Need, int],
) -> tuple[dict[Option, tuple[Size, ...]], dict[Option, int]]:
    towns = {point.id for point in area.points if point.town}
    places = [
        site
        for site in area.sites
        if not site.building
        and (scenario.candidates == "all" or (scenario.candidates == "towns" and site.id in towns))
    ]
    sizes: dict[Option, tuple[Size, ...]] = {}
    most_units: dict[Option, int] = {}
    for service in services.values():
        offered = tuple(
            Size(places=k, cost_eur=k * service.build_eur_per_place) for k in service.sizes_places
        )
        largest = max(1, math.floor(max(service.sizes_places) * service.persons_per_place))
        for site in places:
            own = persons.get((service.id, site.place_id), 0)
            fills = max(1, math.ceil(own / largest))
            sizes[service.id, site.id] = offered
            most_units[service.id, site.id] = scenario.most_units_at_a_place or fills
    return sizes, most_units


def _options_in_buildings(
    area: StudyArea,
    scenario: Scenario,
    services: Mapping[str, Service],
    existing: Mapping[Option, Existing],
) -> dict[Option, tuple[Size, ...]]:
    """Return the sizes that fit into candidate buildings, where they may hold a service.

    A building's own cost is shared out over its places; one whose places nobody told costs the
    same in every size.
    """
    options: dict[Option, tuple[Size, ...]] = {}
    for building in area.buildings:
        if scenario.buildings == "none" or (
            scenario.buildings == "adapted" and not building.adapted
        ):
            continue
        for service in services.values():
            option = service.id, building.site_id
            if option in existing or (building.services and service.id not in building.services):
                continue
            fitting = tuple(
                Size(places=k, cost_eur=_cost_in(building, service, k))
                for k in service.sizes_places
                if building.places is None or k <= building.places
            )
            if fitting:
                options[option] = fitting
    return options


def _cost_in(building: Building, service: Service, places: int) -> int:
    if building.cost_eur is None:
        return places * service.build_eur_per_place
    if building.places is None:
        return building.cost_eur
    return math.ceil(building.cost_eur * places / building.places)


def _existing_options(
    area: StudyArea, scenario: Scenario, services: Mapping[str, Service]
) -> dict[Option, Existing]:
    existing: dict[Option, Existing] = {}
    for facility in area.facilities:
        service = services.get(facility.service)
        if service is None:
            continue
        told = facility.places
        places = _guess(service, scenario.unknown_places) if told is None else told
        existing[service.id, facility.site_id] = Existing(
            places=places,
            places_known=told is not None,
            status=facility.status,
            may_close=scenario.existing_may_close,
            larger=_larger(service, scenario, places),
        )
    for decided in scenario.committed:
        service = services.get(decided.service)
        if service is not None:
            existing[service.id, decided.site] = Existing(
                places=decided.places,
                places_known=True,
                status=Status.COMMITTED,
                larger=_larger(service, scenario, decided.places),
            )
    return existing


def _larger(service: Service, scenario: Scenario, places: int) -> tuple[Size, ...]:
    """Return what an existing site with so many places may grow to, limits left aside."""
    return tuple(
        Size(places=k, cost_eur=(k - places) * service.enlarge_eur_per_place)
        for k in (service.sizes_places if scenario.existing_may_grow else ())
        if places < k
    )


def _guess(service: Service, which: str) -> int:
    if which == "smallest":
        return min(service.sizes_places)
    return max(service.sizes_places) if which == "largest" else service.typical_places


def _minutes(travel: TravelTimes, sites: tuple[str, ...], shortest: float) -> NDArray[np.float64]:
    column = {site: j for j, site in enumerate(travel.site_ids)}
    chosen = travel.minutes[:, [column[site] for site in sites]]
    rounded: NDArray[np.float64] = np.rint(np.maximum(chosen, shortest) * 1000) / 1000
    return rounded


def _address_limits(services: Iterable[Service], scenario: Scenario) -> dict[str, int]:
    """Return the most places at one address: for homes the largest size of the catalogue."""
    homes = {s.id: max(s.sizes_places) for s in services if s.stay is Stay.HOME}
    return homes | dict(scenario.address_places_at_most)


def _floors(
    persons: Mapping[Need, int], municipality_of: Mapping[str, str], scenario: Scenario
) -> dict[tuple[str, str], float]:
    floors = {}
    for service, point in persons:
        share = scenario.least_share_served.get(
            service, scenario.least_share_served.get(EVERY_SERVICE)
        )
        if share is not None:
            floors[service, municipality_of[point]] = share
    return floors


def _by_service(values: Mapping[str, float], services: Mapping[str, Service]) -> dict[str, float]:
    every = values.get(EVERY_SERVICE)
    found = {s: values.get(s, every) for s in services}
    return {s: value for s, value in found.items() if value is not None}


def _by_option(wishes: tuple[SiteWish, ...], services: Mapping[str, Service]) -> dict[Option, str]:
    return {
        (service, wish.site): wish.reason
        for wish in wishes
        for service in (services if wish.service == EVERY_SERVICE else (wish.service,))
        if service in services
    }


def _agreements(
    scenario: Scenario, services: Mapping[str, Service]
) -> frozenset[tuple[str, str, str]] | None:
    if scenario.agreements is None:
        return None
    return frozenset(
        (service, home, other)
        for named, home, other in scenario.agreements
        for service in (services if named == EVERY_SERVICE else (named,))
    )


def _opening_years(
    scenario: Scenario, services: Mapping[str, Service], options: Iterable[Option]
) -> dict[Option, int]:
    asked = {
        (service, said.site): said.year
        for said in scenario.opening_years
        for service in (services if said.service == EVERY_SERVICE else (said.service,))
    }
    return {option: asked[option] for option in sorted(options) if option in asked}


def _of_services(
    sizes: Mapping[Option, tuple[Size, ...]], services: Collection[str]
) -> dict[Option, tuple[Size, ...]]:
    return {option: found for option, found in sizes.items() if option[0] in services}


def _approved_places(
    approved: Mapping[Option, int],
    services: Collection[str],
    existing: Mapping[Option, Existing],
) -> dict[Option, int]:
    """Return the places of an edition, and of what exists and it does not mention."""
    unmentioned = {o: e.places for o, e in existing.items() if o not in approved}
    said = {
        option: places
        for option, places in approved.items()
        if option[0] in services and (places or option in existing)
    }
    return unmentioned | said

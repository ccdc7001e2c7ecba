"""What the catalogue and a scenario set for services into a table, every value with its basis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from planner.domain import Scenario, Service
from planner.inputs.entitlement import persons_by_entitlement
from planner.locales import say
from planner.publishing import formats
from planner.publishing.names import name_of
from planner.publishing.tables import Column, Table
from planner.workflow.looking import catalogue

_Setting = tuple[str, str, str]
"""(name, value, basis) of a setting in the words of a language."""
_OWN = "set in the scenario; catalogue: {usual} ({basis})"


def service_settings(
    services: Iterable[Service], scenario: Scenario | None = None, *, language: str
) -> Table:
    """Return a row for every value that is set for a service, by the scenario where it sets one."""
    rows = [
        (name_of(service, language), *setting)
        for service in services
        for setting in _settings(service, scenario, language)
    ]
    return Table(
        "settings",
        "What each value rests on",
        (
            Column("service", "Service"),
            Column("setting", "Setting"),
            Column("value", "Value"),
            Column("basis", "Basis"),
        ),
        tuple(rows),
    )


def catalogue_settings_text(*, language: str, data: Path | None = None) -> str:
    """Return every value of the catalogue with its basis, for a terminal.

    Raises
    ------
    InputError
        If the catalogue is not usable.
    """
    lines: list[str] = []
    for service in catalogue(data=data):
        lines.append(f"{service.id}: {name_of(service, language)}")
        lines += [f"  {n}: {v} ({b})" for n, v, b in _settings(service, None, language)]
    return "\n".join(lines)


def _settings(service: Service, scenario: Scenario | None, language: str) -> Iterator[_Setting]:
    """Yield what is set for a service; sizes, minutes and costs only where it has sites."""
    yield _share(service, scenario, language)
    if service.start_without_building:
        start = say(language, service.start_without_building)
        yield _of("Can start without building", start, service, "start", language)
    if not service.site_bound:
        return
    yield _of("Places of a unit", _list(service.sizes_places), service, "sizes", language)
    yield _persons_per_place(service, scenario, language)
    least = str(service.least_load_persons)
    yield _of("Least persons of a unit", least, service, "least_load", language)
    if math.isfinite(service.limit_minutes):
        yield _minutes(service, scenario, language)
    cost = say(
        language,
        "{build} new, {enlarge} enlarged, prices of {year}",
        build=formats.euros(service.build_eur_per_place, language=language),
        enlarge=formats.euros(service.enlarge_eur_per_place, language=language),
        year=service.price_year,
    )
    yield _of("Cost of a place", cost, service, "cost", language)


def _share(service: Service, scenario: Scenario | None, language: str) -> _Setting:
    basis = _basis(service.need_share_basis, language)
    usual = _percent(service.need_share, language)
    own = None if scenario is None else scenario.need_shares.get(service.id)
    name = say(language, "Needed by")
    if own is None:
        return name, usual, basis
    return name, _percent(own, language), say(language, _OWN, usual=usual, basis=basis)


def _persons_per_place(service: Service, scenario: Scenario | None, language: str) -> _Setting:
    said = None if scenario is None else scenario.entitlement.get(service.id)
    if said is None:
        places = formats.rounded(service.persons_per_place, language=language)
        return _of("Persons per place", places, service, "persons_per_place", language)
    places = formats.rounded(persons_by_entitlement(said), language=language)
    return say(language, "Persons per place"), places, said.basis


def _minutes(service: Service, scenario: Scenario | None, language: str) -> _Setting:
    usual = _two(service.standard_minutes, service.limit_minutes, language)
    basis = _basis(service.bases.get("minutes", ""), language)
    own = None if scenario is None else scenario.standards.get(service.id)
    name = say(language, "Standard and limit")
    if own is None:
        return name, usual, basis
    return name, _two(*own, language), say(language, _OWN, usual=usual, basis=basis)


def _of(name: str, value: str, service: Service, basis: str, language: str) -> _Setting:
    return say(language, name), value, _basis(service.bases.get(basis, ""), language)


def _basis(text: str, language: str) -> str:
    """Return what a value rests on; a catalogue of one's own says it in its own words."""
    return say(language, text or "no basis is told")


def _percent(share: float, language: str) -> str:
    decimals = 0 if (100 * share).is_integer() else 1
    return f"{formats.number(100 * share, language=language, decimals=decimals)}\u00a0%"


def _two(standard: float, limit: float, language: str) -> str:
    minutes = (formats.number(m, language=language) for m in (standard, limit))
    return say(language, "{minutes} min", minutes=" / ".join(minutes))


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))

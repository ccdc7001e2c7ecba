"""A scenario file (TOML) into a `Scenario`, and back; an unknown key is an error, not a silence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import tomli_w

from planner.domain import (
    DEFAULT_AIMS,
    Audience,
    Scenario,
)
from planner.errors import Fault, FaultList, InputError
from planner.inputs.approved import APPROVED
from planner.inputs.scenario_tables import (
    read_agreements,
    read_aims,
    read_budget,
    read_commitment,
    read_entitlement,
    read_growth,
    read_opening_year,
    read_standards,
    read_stated,
    read_thresholds,
    read_wishes,
    said_stated,
)
from planner.inputs.study_area import known_region
from planner.inputs.toml_tables import TomlTable

CANDIDATES = ("all", "towns", "none")
BUILDINGS = ("all", "adapted", "none")
UNKNOWN_PLACES = ("smallest", "typical", "largest")
DATA_FILES = (
    "settlements",
    "assessed",
    "support_plans",
    "additions",
    "leavers",
    "institutions",
    "facilities",
    "sites",
    "services",
    "municipalities",
    "boundaries",
    "roads",
    "minutes",
    APPROVED,
)
_TOP = (
    "id",
    "title",
    "region",
    "plan_year",
    "model",
    "standards",
    "need_shares",
    "budget",
    "new_sites_at_most",
    "sites_at_most",
    "least_share_served",
    "detour_at_most",
    "address_places_at_most",
    "keep",
    "forbid",
    "close",
    "commit",
    "opening_year",
    "agreement",
    "aim",
    "data",
    "base_year",
    "growth",
    "partners",
    "partners_in_totals",
    "not_participating",
    "uptake",
    "entitlement",
    "staff_per_place",
    "audience",
    "thresholds",
)
_LIMITS = (
    "need_shares",
    "new_sites_at_most",
    "sites_at_most",
    "least_share_served",
    "detour_at_most",
    "address_places_at_most",
)
_MODEL = (
    "services",
    "candidates",
    "buildings",
    "unknown_places",
    "own_municipality_is_standard",
    "most_units_at_a_place",
    "existing_may_close",
    "existing_may_grow",
    "shortest_trip_minutes",
    "most_loss_minutes",
)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario that a TOML file asks for; without an `id`, its file's name is its id.

    Raises
    ------
    InputError
        If the file is missing, no TOML, or holds an unknown key or a value out of range; every
        fault at once.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(Fault("the file is not there; check the path", file=str(path))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            Fault("not a TOML file: {what}", file=path.name, fields={"what": str(error)})
        ) from None
    except OSError as error:
        raise InputError(
            Fault("cannot be read: {what}", file=str(path), fields={"what": str(error)})
        ) from None
    scenario = scenario_from_mapping(data, scenario_id=path.stem, file=path.name)
    files = {role: str((path.parent / name).resolve()) for role, name in scenario.data.items()}
    return replace(scenario, data=files)


def scenario_from_mapping(data: Mapping[str, Any], *, scenario_id: str, file: str) -> Scenario:
    """Return the scenario that TOML values say; see `read_scenario`."""
    faults = FaultList()
    top = TomlTable(data, "", file, faults)
    top.only(_TOP)
    model = top.table("model")
    model.only(_MODEL)
    files = top.table("data")
    files.only(DATA_FILES)
    least_share = top.table("least_share_served").numbers(0, 1)
    scenario = Scenario(
        id=top.text("id", default=scenario_id),
        title=top.text("title", default=scenario_id),
        region=top.text("region"),
        plan_year=top.whole("plan_year", 2000, 2100),
        services=model.texts("services"),
        standards=read_standards(top.table("standards")),
        need_shares=top.table("need_shares").numbers(0, 1),
        candidates=model.choice("candidates", CANDIDATES, default="all"),
        buildings=model.choice("buildings", BUILDINGS, default="all"),
        own_municipality_is_standard=model.flag("own_municipality_is_standard", default=True),
        most_units_at_a_place=model.whole_or_none("most_units_at_a_place", 1, 1000),
        unknown_places=model.choice("unknown_places", UNKNOWN_PLACES, default="typical"),
        shortest_trip_minutes=model.number("shortest_trip_minutes", 0, 60, default=3.0),
        budgets=tuple(read_budget(row) for row in top.rows("budget")),
        new_sites_at_most=top.table("new_sites_at_most").wholes(0, 100_000),
        sites_at_most=top.table("sites_at_most").wholes(0, 100_000),
        existing_may_close=model.flag("existing_may_close", default=False),
        existing_may_grow=model.flag("existing_may_grow", default=True),
        kept=read_wishes(top, "keep"),
        vetoed=read_wishes(top, "forbid"),
        closing=read_wishes(top, "close"),
        committed=tuple(read_commitment(row) for row in top.rows("commit")),
        opening_years=tuple(read_opening_year(row) for row in top.rows("opening_year")),
        least_share_served=least_share,
        most_loss_minutes=model.number_or_none("most_loss_minutes", 0, 1000),
        detour_at_most=top.table("detour_at_most").numbers(0, 1000),
        agreements=read_agreements(top),
        address_places_at_most=top.table("address_places_at_most").wholes(0, 10_000),
        aims=read_aims(top),
        data={role: files.text(role) for role in DATA_FILES if role in files.data},
        base_year=top.whole_or_none("base_year", 2000, 2100),
        growth=tuple(read_growth(row) for row in top.rows("growth")),
        partners=top.texts("partners"),
        partners_in_totals=top.flag("partners_in_totals", default=True),
        not_participating=top.texts("not_participating"),
        uptake=read_stated(top.table("uptake"), "share", 1),
        entitlement=read_entitlement(top.table("entitlement")),
        staff_per_place=read_stated(top.table("staff_per_place"), "staff", 100),
        audience=Audience(top.choice("audience", tuple(Audience), default=Audience.PUBLIC)),
        thresholds=read_thresholds(top.table("thresholds")),
    )
    if scenario.growth and scenario.base_year is None:
        top.fault("is missing; give the year of the assessment", key="base_year")
    if scenario.region and "settlements" not in scenario.data:  # with own places, any name will do
        _refuse_unknown_region(scenario.region, top)
    faults.raise_if_any()
    return scenario


def _refuse_unknown_region(region: str, top: TomlTable) -> None:
    try:
        known_region(region)
    except InputError as error:
        for fault in error.faults:
            top.faults.add(fault.text, file=top.file, key="region", fields=fault.fields)


def scenario_to_toml(scenario: Scenario) -> str:
    """Return the TOML text that `read_scenario` reads as `scenario`."""
    data: dict[str, Any] = {name: getattr(scenario, name) for name in _TOP[:4]}
    data["model"] = {name: getattr(scenario, name) for name in _MODEL}
    data["standards"] = {
        service: {"standard_minutes": standard, "limit_minutes": limit}
        for service, (standard, limit) in scenario.standards.items()
    }
    for name in _LIMITS:
        data[name] = dict(getattr(scenario, name))
    data["base_year"], data["partners"] = scenario.base_year, scenario.partners
    data["growth"] = [asdict(growth) for growth in scenario.growth]
    data["partners_in_totals"] = None if scenario.partners_in_totals else False
    data["not_participating"] = scenario.not_participating
    data["uptake"] = said_stated(scenario.uptake, "share")
    data["entitlement"] = {s: asdict(e) for s, e in scenario.entitlement.items()}
    data["staff_per_place"] = said_stated(scenario.staff_per_place, "staff")
    data["audience"] = None if scenario.audience is Audience.PUBLIC else scenario.audience.value
    data["thresholds"] = {whose.value: k for whose, k in scenario.thresholds.items()}
    data["data"] = dict(scenario.data)
    data["budget"] = [asdict(budget) for budget in scenario.budgets]
    data["keep"] = [asdict(wish) for wish in scenario.kept]
    data["forbid"] = [asdict(wish) for wish in scenario.vetoed]
    data["close"] = [asdict(wish) for wish in scenario.closing]
    data["commit"] = [asdict(commitment) for commitment in scenario.committed]
    data["opening_year"] = [asdict(year) for year in scenario.opening_years]
    data["agreement"] = [
        {"service": service, "from": home, "to": other}
        for service, home, other in sorted(scenario.agreements or ())
    ]
    if scenario.aims != DEFAULT_AIMS:
        data["aim"] = [asdict(aim) for aim in scenario.aims]
    said = _said(data)
    if scenario.agreements == frozenset():
        said["agreement"] = []  # nobody crosses a border, which is not the same as no restriction
    return tomli_w.dumps(said)


def _said(value: Any) -> Any:
    """Return TOML values without what is empty or unset, sets as sorted lists."""
    if isinstance(value, Mapping):
        said = {str(k): _said(v) for k, v in value.items() if v is not None}
        return {k: v for k, v in said.items() if v not in ({}, [])}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_said(v) for v in value]
    return value

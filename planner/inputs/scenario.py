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
    EVERY_SERVICE,
    AimTerms,
    Budget,
    Commitment,
    Entitlement,
    Growth,
    OpeningYear,
    Scenario,
    SiteWish,
    Stated,
)
from planner.errors import Fault, FaultList, InputError
from planner.inputs.entitlement import DAYS_OF_WEEK, DAYS_OF_YEAR
from planner.inputs.toml_tables import TomlTable

CANDIDATES = ("all", "towns", "none")
BUILDINGS = ("all", "adapted", "none")
UNKNOWN_PLACES = ("smallest", "typical", "largest")
AIMS = (
    "persons_unserved",
    "persons_beyond_standard",
    "new_sites",
    "cost_eur",
    "person_minutes",
    "sites",
    "worst_minutes",
    "worst_served_first",
    "changes",
)
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
    "approved",
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
        standards=_standards(top.table("standards")),
        need_shares=top.table("need_shares").numbers(0, 1),
        candidates=model.choice("candidates", CANDIDATES, default="all"),
        buildings=model.choice("buildings", BUILDINGS, default="all"),
        own_municipality_is_standard=model.flag("own_municipality_is_standard", default=True),
        most_units_at_a_place=model.whole_or_none("most_units_at_a_place", 1, 1000),
        unknown_places=model.choice("unknown_places", UNKNOWN_PLACES, default="typical"),
        shortest_trip_minutes=model.number("shortest_trip_minutes", 0, 60, default=3.0),
        budgets=tuple(_budget(row) for row in top.rows("budget")),
        new_sites_at_most=top.table("new_sites_at_most").wholes(0, 100_000),
        sites_at_most=top.table("sites_at_most").wholes(0, 100_000),
        existing_may_close=model.flag("existing_may_close", default=False),
        existing_may_grow=model.flag("existing_may_grow", default=True),
        kept=_wishes(top, "keep"),
        vetoed=_wishes(top, "forbid"),
        closing=_wishes(top, "close"),
        committed=tuple(_commitment(row) for row in top.rows("commit")),
        opening_years=tuple(_opening_year(row) for row in top.rows("opening_year")),
        least_share_served=least_share,
        most_loss_minutes=model.number_or_none("most_loss_minutes", 0, 1000),
        detour_at_most=top.table("detour_at_most").numbers(0, 1000),
        agreements=_agreements(top),
        address_places_at_most=top.table("address_places_at_most").wholes(0, 10_000),
        aims=_aims(top),
        data={role: files.text(role) for role in DATA_FILES if role in files.data},
        base_year=top.whole_or_none("base_year", 2000, 2100),
        growth=tuple(_growth(row) for row in top.rows("growth")),
        partners=top.texts("partners"),
        partners_in_totals=top.flag("partners_in_totals", default=True),
        not_participating=top.texts("not_participating"),
        uptake=_stated(top.table("uptake"), "share", 1),
        entitlement=_entitlement(top.table("entitlement")),
        staff_per_place=_stated(top.table("staff_per_place"), "staff", 100),
    )
    if scenario.growth and scenario.base_year is None:
        top.fault("is missing; give {wanted}", key="base_year", wanted="the year of the assessment")
    faults.raise_if_any()
    return scenario


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
    data["uptake"] = _stated_said(scenario.uptake, "share")
    data["entitlement"] = {s: asdict(e) for s, e in scenario.entitlement.items()}
    data["staff_per_place"] = _stated_said(scenario.staff_per_place, "staff")
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


def _standards(table: TomlTable) -> dict[str, tuple[float, float]]:
    standards = {}
    for service in table.data:
        row = table.table(service)
        row.name = f"standards.{service}"
        row.only(("standard_minutes", "limit_minutes"))
        standard = row.number("standard_minutes", 0, 1000)
        limit = row.number("limit_minutes", 0, 1000)
        if standard > limit:
            row.fault(
                "the standard ({standard}) is above the limit ({limit}); give a limit at least as "
                "large",
                standard=standard,
                limit=limit,
            )
        standards[service] = (standard, limit)
    return standards


def _budget(row: TomlTable) -> Budget:
    row.only(
        ("id", "amount_eur", "kind", "year", "share_permille", "services", "municipalities", "eu")
    )
    services, municipalities = row.texts("services"), row.texts("municipalities")
    share = row.whole_or_none("share_permille", 0, 1000)
    return Budget(
        id=row.text("id", default="budget"),
        amount_eur=row.whole("amount_eur", 0, 10**12),
        kind=row.choice("kind", ("capital", "running"), default="capital"),
        year=row.whole_or_none("year", 2000, 2100),
        share_permille=1000 if share is None else share,
        services=frozenset(services) if services else None,
        municipalities=frozenset(municipalities) if municipalities else None,
        eu=row.flag("eu", default=False),
    )


def _stated(table: TomlTable, key: str, most: float) -> dict[str, Stated]:
    """Return a number by service, each with its basis."""
    stated = {}
    for service in table.data:
        row = table.table(service)
        row.name = f"{table.name}.{service}"
        row.only((key, "basis"))
        stated[service] = Stated(row.number(key, 0, most), row.text("basis"))
    return stated


def _stated_said(stated: Mapping[str, Stated], key: str) -> dict[str, dict[str, float | str]]:
    return {s: {key: found.value, "basis": found.basis} for s, found in stated.items()}


def _entitlement(table: TomlTable) -> dict[str, Entitlement]:
    entitlement = {}
    for service in table.data:
        row = table.table(service)
        row.name = f"{table.name}.{service}"
        row.only(("days_per_year", "days_per_week", "occupancy", "basis"))
        if ("days_per_year" in row.data) == ("days_per_week" in row.data):
            row.fault("give either days_per_year or days_per_week")
        entitlement[service] = Entitlement(
            basis=row.text("basis"),
            days_per_year=row.number_or_none("days_per_year", 1, DAYS_OF_YEAR),
            days_per_week=row.number_or_none("days_per_week", 0.5, DAYS_OF_WEEK),
            occupancy=row.number_or_none("occupancy", 0.1, 1),
        )
    return entitlement


def _growth(row: TomlTable) -> Growth:
    row.only(("group", "source", "rate_per_year", "persons_per_year", "persons_by_year"))
    by_year = row.table("persons_by_year")
    years = by_year.wholes(0, 1_000_000)
    for key in years:
        if not key.isdecimal():
            by_year.fault("found {found}; give {wanted}", key=key, found=key, wanted="a year")
    return Growth(
        group=row.text("group"),
        source=row.text("source"),
        rate_per_year=row.number_or_none("rate_per_year", -1, 1),
        persons_per_year=row.whole_or_none("persons_per_year", -100_000, 100_000),
        persons_by_year={int(key): n for key, n in years.items() if key.isdecimal()},
    )


def _wishes(top: TomlTable, key: str) -> tuple[SiteWish, ...]:
    wishes = []
    for row in top.rows(key):
        row.only(("service", "site", "reason"))
        wishes.append(SiteWish(row.text("service"), row.text("site"), row.text("reason")))
    return tuple(wishes)


def _commitment(row: TomlTable) -> Commitment:
    row.only(("service", "site", "places", "reason"))
    return Commitment(
        service=row.text("service"),
        site=row.text("site"),
        places=row.whole("places", 1, 10_000),
        reason=row.text("reason"),
    )


def _opening_year(row: TomlTable) -> OpeningYear:
    row.only(("service", "site", "year"))
    return OpeningYear(row.text("service"), row.text("site"), row.whole("year", 2000, 2100))


def _agreements(top: TomlTable) -> frozenset[tuple[str, str, str]] | None:
    if "agreement" not in top.data:
        return None
    found = set()
    for row in top.rows("agreement"):
        row.only(("service", "from", "to"))
        found.add((row.text("service", default=EVERY_SERVICE), row.text("from"), row.text("to")))
    return frozenset(found)


def _aims(top: TomlTable) -> tuple[AimTerms, ...]:
    if "aim" not in top.data:
        return DEFAULT_AIMS
    aims = []
    for row in top.rows("aim"):
        row.only(("name", "absolute", "of_need", "of_value"))
        if row.data.get("name") not in AIMS:
            row.fault(
                "found {found}; give {wanted}",
                key="name",
                found=repr(row.data.get("name")),
                wanted="one of " + ", ".join(AIMS),
            )
        aims.append(
            AimTerms(
                name=str(row.data.get("name")),
                absolute=row.number("absolute", 0, 10**12, default=0.0),
                of_need=row.number("of_need", 0, 1, default=0.0),
                of_value=row.number("of_value", 0, 100, default=0.0),
            )
        )
    names = [aim.name for aim in aims]
    if len(set(names)) != len(names):
        top.fault("an aim stands twice; name each once", key="aim")
    return tuple(aims)


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

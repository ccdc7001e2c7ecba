"""A scenario file (TOML) into a `Scenario`, and back; an unknown key is an error, not a silence."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import tomli_w

from planner.domain import (
    DEFAULT_AIMS,
    EVERY_SERVICE,
    AimTerms,
    Budget,
    Growth,
    Scenario,
    SiteWish,
)
from planner.errors import Fault, FaultList, InputError

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
    "facilities",
    "sites",
    "services",
    "municipalities",
    "roads",
    "minutes",
)
_TOP = (
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
    "agreement",
    "aim",
    "data",
    "base_year",
    "growth",
    "partners",
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
    """Return the scenario that a TOML file asks for; its id is the file's name without ending.

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
    top = _Table(data, "", file, faults)
    top.only(_TOP)
    model = top.table("model")
    model.only(_MODEL)
    files = top.table("data")
    files.only(DATA_FILES)
    least_share = top.table("least_share_served").numbers(0, 1)
    scenario = Scenario(
        id=scenario_id,
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
    )
    if scenario.growth and scenario.base_year is None:
        top.fault("is missing; give {wanted}", key="base_year", wanted="the year of the assessment")
    faults.raise_if_any()
    return scenario


def scenario_to_toml(scenario: Scenario) -> str:
    """Return the TOML text that `read_scenario` reads as `scenario` (its id is the file's name)."""
    data: dict[str, Any] = {name: getattr(scenario, name) for name in _TOP[:3]}
    data["model"] = {name: getattr(scenario, name) for name in _MODEL}
    data["standards"] = {
        service: {"standard_minutes": standard, "limit_minutes": limit}
        for service, (standard, limit) in scenario.standards.items()
    }
    for name in _LIMITS:
        data[name] = dict(getattr(scenario, name))
    data["base_year"], data["partners"] = scenario.base_year, scenario.partners
    data["growth"] = [asdict(growth) for growth in scenario.growth]
    data["data"] = dict(scenario.data)
    data["budget"] = [asdict(budget) for budget in scenario.budgets]
    data["keep"] = [asdict(wish) for wish in scenario.kept]
    data["forbid"] = [asdict(wish) for wish in scenario.vetoed]
    data["close"] = [asdict(wish) for wish in scenario.closing]
    data["agreement"] = [
        {"service": service, "from": home, "to": other}
        for service, home, other in sorted(scenario.agreements or ())
    ]
    if scenario.aims != DEFAULT_AIMS:
        data["aim"] = [asdict(aim) for aim in scenario.aims]
    return tomli_w.dumps(_said(data))


class _Table:
    """One TOML table while it is read: gives values of the asked type and notes every fault."""

    def __init__(self, data: Any, name: str, file: str, faults: FaultList) -> None:
        self.name, self.file, self.faults = name, file, faults
        if not isinstance(data, Mapping):
            self.fault("{found} is not a table; write [{name}]", found=data, name=name)
            data = {}
        self.data: Mapping[str, Any] = data

    def fault(self, text: str, *, key: str = "", **fields: object) -> None:
        column = ".".join(part for part in (self.name, key) if part)
        shown = {k: v if isinstance(v, int | float) else str(v) for k, v in fields.items()}
        self.faults.add(text, file=self.file, column=column, fields=shown)

    def only(self, known: Collection[str]) -> None:
        for key in self.data:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                if near:
                    self.fault("unknown key; did you mean {near}?", key=key, near=near[0])
                else:
                    self.fault("unknown key; known are {known}", key=key, known=", ".join(known))

    def table(self, key: str) -> _Table:
        return _Table(self.data.get(key, {}), key, self.file, self.faults)

    def rows(self, key: str) -> list[_Table]:
        rows = self.data.get(key, [])
        if not isinstance(rows, list):
            self.fault("write [[{key}]], once for each", key=key)
            return []
        return [_Table(row, f"{key}[{k}]", self.file, self.faults) for k, row in enumerate(rows, 1)]

    def _get(self, key: str, good: Callable[[Any], bool], wanted: str, default: Any) -> Any:
        if key not in self.data:
            if default is _REQUIRED:
                self.fault("is missing; give {wanted}", key=key, wanted=wanted)
                return None
            return default
        value = self.data[key]
        if not good(value):
            self.fault("found {found}; give {wanted}", key=key, found=repr(value), wanted=wanted)
            return None if default is _REQUIRED else default
        return value

    def text(self, key: str, *, default: Any = None) -> str:
        wanted = "a text that is not empty"
        value = self._get(key, _is_text, wanted, _REQUIRED if default is None else default)
        return value or ""

    def texts(self, key: str) -> tuple[str, ...]:
        def good(value: Any) -> bool:
            return isinstance(value, list) and all(_is_text(v) for v in value)

        return tuple(self._get(key, good, "a list of texts", ()))

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._get(key, lambda v: isinstance(v, bool), "true or false", default))

    def choice(self, key: str, known: tuple[str, ...], *, default: str) -> str:
        wanted = "one of " + ", ".join(known)
        return str(self._get(key, lambda v: v in known, wanted, default))

    def whole(self, key: str, least: int, most: int) -> int:
        wanted = f"a whole number from {least} to {most}"
        return self._get(key, _whole_within(least, most), wanted, _REQUIRED) or 0

    def whole_or_none(self, key: str, least: int, most: int) -> int | None:
        wanted = f"a whole number from {least} to {most}"
        value: int | None = self._get(key, _whole_within(least, most), wanted, None)
        return value

    def number(self, key: str, least: float, most: float, *, default: Any = None) -> float:
        wanted = f"a number from {least} to {most}"
        fallback = _REQUIRED if default is None else default
        return float(self._get(key, _number_within(least, most), wanted, fallback) or 0)

    def number_or_none(self, key: str, least: float, most: float) -> float | None:
        wanted = f"a number from {least} to {most}"
        value: float | None = self._get(key, _number_within(least, most), wanted, None)
        return value

    def numbers(self, least: float, most: float) -> dict[str, float]:
        return {key: self.number(key, least, most) for key in self.data}

    def wholes(self, least: int, most: int) -> dict[str, int]:
        return {key: self.whole(key, least, most) for key in self.data}


_REQUIRED = object()


def _standards(table: _Table) -> dict[str, tuple[float, float]]:
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


def _budget(row: _Table) -> Budget:
    row.only(("id", "amount_eur", "kind", "year", "share_permille", "services", "municipalities"))
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
    )


def _growth(row: _Table) -> Growth:
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


def _wishes(top: _Table, key: str) -> tuple[SiteWish, ...]:
    wishes = []
    for row in top.rows(key):
        row.only(("service", "site", "reason"))
        wishes.append(SiteWish(row.text("service"), row.text("site"), row.text("reason")))
    return tuple(wishes)


def _agreements(top: _Table) -> frozenset[tuple[str, str, str]] | None:
    if "agreement" not in top.data:
        return None
    found = set()
    for row in top.rows("agreement"):
        row.only(("service", "from", "to"))
        found.add((row.text("service", default=EVERY_SERVICE), row.text("from"), row.text("to")))
    return frozenset(found)


def _aims(top: _Table) -> tuple[AimTerms, ...]:
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


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole_within(least: int, most: int) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and least <= v <= most


def _number_within(least: float, most: float) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int | float) and not isinstance(v, bool) and least <= v <= most


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

"""The tables of a scenario file into what they ask for; every fault is noted at its key."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain import (
    DEFAULT_AIMS,
    EVERY_SERVICE,
    THRESHOLD_CEILING,
    THRESHOLD_FLOOR,
    AimTerms,
    Audience,
    Budget,
    Commitment,
    Entitlement,
    Growth,
    OpeningYear,
    SiteWish,
    Stated,
    Thresholds,
)
from planner.errors import InputError
from planner.inputs.entitlement import DAYS_OF_WEEK, DAYS_OF_YEAR
from planner.inputs.toml_tables import TomlTable

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


def read_standards(table: TomlTable) -> dict[str, tuple[float, float]]:
    """Return standard and limit in minutes by service."""
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


def read_budget(row: TomlTable) -> Budget:
    """Return one budget."""
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


def read_stated(table: TomlTable, key: str, most: float) -> dict[str, Stated]:
    """Return a number by service, each with its basis."""
    stated = {}
    for service in table.data:
        row = table.table(service)
        row.name = f"{table.name}.{service}"
        row.only((key, "basis"))
        stated[service] = Stated(row.number(key, 0, most), row.text("basis"))
    return stated


def said_stated(stated: Mapping[str, Stated], key: str) -> dict[str, dict[str, float | str]]:
    """Return what `read_stated` reads."""
    return {s: {key: found.value, "basis": found.basis} for s, found in stated.items()}


def read_entitlement(table: TomlTable) -> dict[str, Entitlement]:
    """Return by service what a person uses of a place."""
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


def read_thresholds(table: TomlTable) -> dict[Audience, int]:
    """Return the smallest count that an audience may read, as far as it is given."""
    table.only(tuple(Audience))
    found = {
        audience: table.whole(audience, THRESHOLD_FLOOR, THRESHOLD_CEILING)
        for audience in Audience
        if audience in table.data
    }
    if all(found.values()):
        try:
            Thresholds.filled(found)
        except InputError as error:
            for fault in error.faults:
                table.faults.add(fault.text, file=table.file, key=table.name, fields=fault.fields)
    return found


def read_growth(row: TomlTable) -> Growth:
    """Return how one group grows."""
    row.only(("group", "source", "rate_per_year", "persons_per_year", "persons_by_year"))
    by_year = row.table("persons_by_year")
    years = by_year.wholes(0, 1_000_000)
    for key in years:
        if not key.isdecimal():
            by_year.fault("found {found}; give a year", key=key, found=key)
    return Growth(
        group=row.text("group"),
        source=row.text("source"),
        rate_per_year=row.number_or_none("rate_per_year", -1, 1),
        persons_per_year=row.whole_or_none("persons_per_year", -100_000, 100_000),
        persons_by_year={int(key): n for key, n in years.items() if key.isdecimal()},
    )


def read_wishes(top: TomlTable, key: str) -> tuple[SiteWish, ...]:
    """Return the sites that a list names, each with its reason."""
    wishes = []
    for row in top.rows(key):
        row.only(("service", "site", "reason"))
        wishes.append(SiteWish(row.text("service"), row.text("site"), row.text("reason")))
    return tuple(wishes)


def read_commitment(row: TomlTable) -> Commitment:
    """Return one site that is decided."""
    row.only(("service", "site", "places", "reason"))
    return Commitment(
        service=row.text("service"),
        site=row.text("site"),
        places=row.whole("places", 1, 10_000),
        reason=row.text("reason"),
    )


def read_opening_year(row: TomlTable) -> OpeningYear:
    """Return in which year one site is paid for."""
    row.only(("service", "site", "year"))
    return OpeningYear(row.text("service"), row.text("site"), row.whole("year", 2000, 2100))


def read_agreements(top: TomlTable) -> frozenset[tuple[str, str, str]] | None:
    """Return who may serve whom, ``None`` where nothing is said."""
    if "agreement" not in top.data:
        return None
    found = set()
    for row in top.rows("agreement"):
        row.only(("service", "from", "to"))
        found.add((row.text("service", default=EVERY_SERVICE), row.text("from"), row.text("to")))
    return frozenset(found)


def read_aims(top: TomlTable) -> tuple[AimTerms, ...]:
    """Return the aims in their order, the usual ones where none are named."""
    if "aim" not in top.data:
        return DEFAULT_AIMS
    aims = []
    for row in top.rows("aim"):
        row.only(("name", "absolute", "of_need", "of_value"))
        aims.append(
            AimTerms(
                name=row.choice("name", AIMS),
                absolute=row.number("absolute", 0, 10**12, default=0.0),
                of_need=row.number("of_need", 0, 1, default=0.0),
                of_value=row.number("of_value", 0, 100, default=0.0),
            )
        )
    names = [aim.name for aim in aims if aim.name]
    if len(set(names)) != len(names):
        top.fault("an aim stands twice; name each once", key="aim")
    return tuple(aims)

"""The catalogue of services (CSV) into services with sizes, costs, standards and need shares."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from planner.domain import Service, Stay
from planner.errors import FaultList
from planner.inputs.cells import choice, decimal_number, required_text, whole_number
from planner.inputs.needs import GROUP_NAMES
from planner.inputs.readers import Column, Row, read_table, refuse_duplicates

_BASES = (
    "start_basis",
    "sizes_basis",
    "persons_per_place_basis",
    "least_load_basis",
    "minutes_basis",
    "cost_basis",
)
COLUMNS = (
    Column("id"),
    Column("code", ("kods",)),
    Column("name_lv", ("nosaukums",)),
    Column("name_en"),
    Column("target_group", ("mērķa grupa",)),
    Column("stay"),
    Column("site_bound"),
    Column("start_without_building"),
    Column("need_share"),
    Column("need_share_basis", (), required=False),
    Column("sizes_places"),
    Column("persons_per_place"),
    Column("least_load_persons"),
    Column("standard_minutes"),
    Column("limit_minutes"),
    Column("build_eur_per_place"),
    Column("enlarge_eur_per_place"),
    Column("price_year"),
    *(Column(basis, (), required=False) for basis in _BASES),
)
_STAYS = {stay.value: stay.value for stay in Stay}
_YES_NO = {"yes": "yes", "no": "no", "ja": "yes", "ne": "no"}
MOST_MINUTES = 600.0


def read_catalogue(path: Path, faults: FaultList) -> tuple[Service, ...]:
    """Return the services of a catalogue, in its order, or none with the faults noted."""
    table = read_table(path, COLUMNS, faults)
    rows = refuse_duplicates(table.rows, ("id",), faults)
    rows = refuse_duplicates(rows, ("code",), faults)
    read = [_service(row, faults) for row in rows]
    services = tuple(service for service in read if service is not None)
    return services if len(services) == len(table.rows) else ()


def _service(row: Row, faults: FaultList) -> Service | None:
    gathered = FaultList()
    service_id = required_text(row, "id", gathered)
    group = choice(row, "target_group", GROUP_NAMES, gathered)
    stay = choice(row, "stay", _STAYS, gathered)
    site_bound = choice(row, "site_bound", _YES_NO, gathered) == "yes"
    share = decimal_number(row, "need_share", gathered, least=0, most=1)
    sizes = _sizes(row, gathered, site_bound=site_bound)
    per_place = whole_number(row, "persons_per_place", gathered, least=int(site_bound), most=1000)
    least_load = whole_number(row, "least_load_persons", gathered, most=1000)
    standard, limit = _minutes(row, gathered)
    build = _euros(row, "build_eur_per_place", gathered)
    enlarge = _euros(row, "enlarge_eur_per_place", gathered)
    year = whole_number(row, "price_year", gathered, least=1990, most=2100)
    names = [required_text(row, name, gathered) for name in ("code", "name_lv", "name_en")]
    if gathered or stay is None:
        faults.extend(gathered.faults)
        return None
    return Service(
        id=service_id,
        code=names[0],
        name_lv=names[1],
        name_en=names[2],
        target_group=group or "",
        stay=Stay(stay),
        site_bound=site_bound,
        start_without_building=row.get("start_without_building"),
        need_share=share or 0.0,
        need_share_basis=row.get("need_share_basis"),
        sizes_places=sizes,
        persons_per_place=per_place or 0,
        least_load_persons=least_load or 0,
        standard_minutes=standard,
        limit_minutes=limit,
        build_eur_per_place=build or 0,
        enlarge_eur_per_place=enlarge or 0,
        price_year=year or 0,
        bases={basis.removesuffix("_basis"): row.get(basis) for basis in _BASES if row.get(basis)},
    )


def _sizes(row: Row, faults: FaultList, *, site_bound: bool) -> tuple[int, ...]:
    """Return the places that a unit may have, "8;13;30", rising."""
    texts = [text.strip() for text in row.get("sizes_places").split(";") if text.strip()]
    if not all(text.isascii() and text.isdigit() and int(text[:6]) > 0 for text in texts):
        row.fault(
            faults,
            "sizes_places",
            "{found!r} are no sizes; write whole numbers above 0 parted by semicolons: 8;13;30",
            found=row.get("sizes_places")[:40],
        )
        return ()
    sizes = tuple(int(text[:6]) for text in texts)
    if any(small >= large for small, large in pairwise(sizes)):
        row.fault(faults, "sizes_places", "sizes must rise from the smallest to the largest")
    if site_bound and not sizes:
        row.fault(faults, "sizes_places", "a service with a site needs at least one size")
    return sizes


def _minutes(row: Row, faults: FaultList) -> tuple[float, float]:
    """Return standard and limit in minutes; both infinite where the service knows no travel."""
    if not row.get("standard_minutes") and not row.get("limit_minutes"):
        return float("inf"), float("inf")
    standard = decimal_number(row, "standard_minutes", faults, least=0, most=MOST_MINUTES)
    limit = decimal_number(row, "limit_minutes", faults, least=0, most=MOST_MINUTES)
    if standard is not None and limit is not None and standard > limit:
        row.fault(
            faults,
            "limit_minutes",
            "the limit ({limit}) is below the standard ({standard})",
            limit=limit,
            standard=standard,
        )
    return standard or 0.0, limit or 0.0


def _euros(row: Row, column: str, faults: FaultList) -> int | None:
    return whole_number(row, column, faults, most=10_000_000)

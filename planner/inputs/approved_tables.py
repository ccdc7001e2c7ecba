"""A table of an approved edition into its rows, held against the services and sites there are."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.domain import StudyArea
from planner.errors import FaultList
from planner.inputs.cell_files import Sheet
from planner.inputs.cells import required_text, whole_euros, whole_number
from planner.inputs.readers import Column, Privacy, Row, read_table, refuse_duplicates

COLUMNS = (
    Column("service", ("pakalpojums", "pakalpojuma kods")),
    Column("site_id", ("vieta", "vietas kods", "site")),
    Column("places", ("vietu skaits", "vietas", "vietas ar plānu", "places_plan")),
    Column("units", ("adreses", "adrešu skaits"), required=False),
    Column("cost_eur", ("izmaksas", "izmaksas eur", "cost"), required=False),
)
_MOST_PLACES = 10_000
_MOST_UNITS = 100
_MOST_EUROS = 1_000_000_000


@dataclass(frozen=True)
class KnownOptions:
    """The ids of services and sites that a table may name, and which sites are buildings."""

    services: tuple[str, ...]
    buildings: Mapping[str, bool]


@dataclass(frozen=True)
class ApprovedRow:
    """A row of a table of an approved edition; units and euros are ``None`` where not told."""

    service: str
    site: str
    places: int
    units: int | None = None
    cost_eur: int | None = None


def options_in(area: StudyArea) -> KnownOptions:
    """Return the services and sites of an area that a table of an approved edition may name."""
    return KnownOptions(
        tuple(service.id for service in area.services),
        {site.id: site.building for site in area.sites},
    )


def read_approved_rows(
    path: Path,
    known: KnownOptions,
    *,
    mapping: Mapping[str, str] | None = None,
    sheet: Sheet | None = None,
) -> tuple[ApprovedRow, ...]:
    """Return the rows of a table of an approved edition.

    Parameters
    ----------
    path : Path
        See `read_approved`.
    known : KnownOptions
        What it may name.
    mapping, sheet
        See `planner.inputs.readers.read_table`.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once.
    """
    faults = FaultList()
    rows = []
    table = read_table(
        path, COLUMNS, faults, privacy=Privacy.BUILDINGS, mapping=mapping, sheet=sheet
    )
    for row in refuse_duplicates(table.rows, ("service", "site_id"), faults):
        service = _known(row, "service", known.services, faults)
        site = _known(row, "site_id", known.buildings, faults)
        places = whole_number(row, "places", faults, most=_MOST_PLACES)
        units = (
            whole_number(row, "units", faults, least=1, most=_MOST_UNITS)
            if row.get("units")
            else None
        )
        cost_eur = (
            whole_euros(row, "cost_eur", faults, most=_MOST_EUROS) if row.get("cost_eur") else None
        )
        if service is not None and site is not None and places is not None:
            rows.append(ApprovedRow(service, site, places, units, cost_eur))
    faults.raise_if_any()
    return tuple(rows)


def _known(row: Row, column: str, known: Collection[str], faults: FaultList) -> str | None:
    name = required_text(row, column, faults)
    if not name or name in known:
        return name or None
    near = difflib.get_close_matches(name, sorted(known), n=3)
    if near:
        hint = f"{', '.join(near)}?"
        row.fault(faults, column, "{name} is not known; {hint}", name=name, hint=hint)
    else:
        row.fault(faults, column, "{name} is not known; see the data", name=name)
    return None

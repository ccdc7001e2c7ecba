"""The questions that need no plan: which regions, which services, which minutes, which faults."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from planner.disclosure import DEFAULT_THRESHOLD, show_persons
from planner.domain import Service, TravelTimes
from planner.errors import FaultList
from planner.inputs.catalogue import read_catalogue
from planner.inputs.checks import CheckReport, check_file
from planner.inputs.kinds import columns_of
from planner.inputs.mappings import read_mapping
from planner.inputs.needs import GROUP_WORDS
from planner.inputs.study_area import REGIONS, ROLES, read_study_area, starter_data
from planner.locales import say, say_count, say_fault
from planner.publishing.package import write_atomically
from planner.records import Json
from planner.roads.network import load_network
from planner.roads.travel_times import travel_times
from planner.workflow.intake import edition_of, shown_totals
from planner.workflow.proposing import CUTOFF_MINUTES, STARTER_ROADS

TOTAL_WORDS = {
    **GROUP_WORDS,
    "operating": "operating",
    "committed": "committed",
    "places": "places",
    "addresses": "addresses",
    "sites": "buildings",
    "adapted": "premises adapted",
    "municipalities": "municipalities",
    "features": "features of the layer",
    "institutions": "institutions",
    "children": "Children",
}
"""What the totals of a checked file are called."""


def region_rows() -> list[Json]:
    """Return the planning regions: id and Latvian name."""
    return [{"id": region, "name": name} for region, name in REGIONS.items()]


def catalogue_rows(*, data: Path | None = None) -> list[Json]:
    """Return the services of the catalogue with their numbers.

    Raises
    ------
    InputError
        If the catalogue is not usable.
    """
    return [
        {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        for row in (asdict(service) for service in catalogue(data=data))
    ]


def catalogue(*, data: Path | None = None) -> tuple[Service, ...]:
    """Return the services of the catalogue of a data folder, the starter's where none is given.

    Raises
    ------
    InputError
        If the catalogue is not usable.
    """
    faults = FaultList()
    services = read_catalogue((data or starter_data()) / ROLES["services"], faults)
    faults.raise_if_any()
    return services


def check(
    kind: str,
    file: Path,
    *,
    data: Path | None = None,
    crs: str = "",
    mapping: Path | None = None,
    units: str = "",
    language: str,
) -> str:
    """Return in words what a sound input file holds, small counts hidden.

    Parameters
    ----------
    crs : str
        For boundaries: the reference system as confirmed by a person.
    mapping : Path, optional
        For tables: a saved mapping of this sender's headers.
    units : str
        For needs: of which time the municipalities are that stand in place of settlements, a key
        of `planner.inputs.homes.UNITS`.

    Raises
    ------
    InputError
        If anything is wrong with the file; every fault at once.
    """
    headers = read_mapping(mapping, columns_of(kind)) if mapping else None
    found = check_file(
        kind,
        file,
        data=data or starter_data(),
        crs=crs,
        mapping=headers,
        edition=edition_of(units),
    )
    return check_text(found, language=language)


def check_text(found: CheckReport, *, language: str) -> str:
    """Return in words what a file was found to hold, small counts hidden."""
    rows = say_count(
        language, "{file}: {count} row", "{file}: {count} rows", found.rows, file=found.file
    )
    told = totals_told(found.kind, found.totals)
    words = {name: say(language, TOTAL_WORDS.get(name, name)) for name in told}
    totals = [f"  {words[name]}: {text}" for name, text in told.items()]
    notes = [say_fault(language, note) for note in found.notes]
    return "\n".join([rows, *totals, *notes])


def totals_told(
    kind: str, totals: Mapping[str, int], *, threshold: int = DEFAULT_THRESHOLD
) -> dict[str, str]:
    """Return what a file of a kind adds up to: persons hidden below `threshold`, things never."""
    if kind in ("needs", "additions"):
        return shown_totals(totals, threshold=threshold)
    return {
        name: show_persons(count, threshold=threshold) if name == "children" else str(count)
        for name, count in sorted(totals.items())
    }


def travel_summary(travel: TravelTimes) -> Json:
    """Return where minutes come from and every assumption behind them."""
    return {
        "mode": travel.mode,
        "source": asdict(travel.source),
        "cutoff_minutes": travel.cutoff_minutes,
        "assumptions": list(travel.assumptions),
    }


def write_travel_times(
    region: str, out: Path, *, roads: Path | None = None, data: Path | None = None
) -> tuple[int, tuple[str, ...]]:
    """Write a row for each settlement and site within 120 minutes.

    Returns how many rows there are, and the assumptions behind the minutes.

    Columns from_id, from_name, to_id, to_name, minutes; comma, decimal point, UTF-8. Minutes are
    what the roads say, one way, without the scenario's shortest trip.

    Raises
    ------
    InputError
        If the region, the roads or the data are not usable, or `out` cannot be written.
    """
    folder = data or starter_data()
    area = read_study_area(region, data=folder)
    network = load_network(roads or folder / STARTER_ROADS)
    travel = travel_times(network, area.points, area.sites, cutoff_minutes=CUTOFF_MINUTES)
    rows, columns = np.nonzero(np.isfinite(travel.minutes))

    def write(draft: Path) -> None:
        with draft.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["from_id", "from_name", "to_id", "to_name", "minutes"])
            for i, j in zip(rows, columns, strict=True):
                point, site = area.points[i], area.sites[j]
                minutes = f"{travel.minutes[i, j]:.3f}"
                table.writerow([point.id, point.name, site.id, site.name, minutes])

    write_atomically(out, write)
    return len(rows), travel.assumptions

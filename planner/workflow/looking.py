"""The questions that need no plan: which regions, which services, which minutes, which faults."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from planner.inputs.study_area import REGIONS, read_study_area, starter_data
from planner.records import Json
from planner.roads.network import load_network
from planner.roads.travel_times import travel_times
from planner.workflow.proposing import CUTOFF_MINUTES, STARTER_ROADS


def region_rows() -> list[Json]:
    """Return the planning regions: id and Latvian name."""
    return [{"id": region, "name": name} for region, name in REGIONS.items()]


def write_travel_times(
    region: str, out: Path, *, roads: Path | None = None, data: Path | None = None
) -> int:
    """Write a row for each settlement and site within 120 minutes; return how many.

    Columns from_id, from_name, to_id, to_name, minutes; comma, decimal point, UTF-8. Minutes are
    what the roads say, one way, without the scenario's shortest trip.

    Raises
    ------
    InputError
        If the region, the roads or the data are not usable.
    """
    folder = data or starter_data()
    area = read_study_area(region, data=folder)
    network = load_network(roads or folder / STARTER_ROADS)
    travel = travel_times(network, area.points, area.sites, cutoff_minutes=CUTOFF_MINUTES)
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["from_id", "from_name", "to_id", "to_name", "minutes"])
        rows, columns = np.nonzero(np.isfinite(travel.minutes))
        for i, j in zip(rows, columns, strict=True):
            point, site = area.points[i], area.sites[j]
            minutes = f"{travel.minutes[i, j]:.3f}"
            table.writerow([point.id, point.name, site.id, site.name, minutes])
    return len(rows)

"""How far the starter roads are from the national map of state roads.

Run as ``python -m benchmarks.starter_roads``. Trips between the 580 settlements of Latvia within
one region, up to 60 minutes on the reference map (paved 80 km/h, unpaved 60 km/h; from a
settlement to the nearest road straight metres times 1.3 at 40 km/h). Printed: the median and the
90th percentile of the absolute error, and the median error with its sign, all in percent of the
reference time.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.domain import DemandPoint, Site, Source
from planner.roads.line_layers import LineColumns, import_lines
from planner.roads.network import RoadNetwork, load_network
from planner.roads.speeds import SpeedProfile
from planner.roads.travel_times import travel_times

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT.parent / "shared" / "data" / "reference" / "lv_roads_gmlv20.gpkg"
LONGEST_MINUTES = 60.0
REGION = "planning_region_before_2021"


@dataclass(frozen=True)
class Misfit:
    """Errors of travel times in percent of the reference."""

    trips: int
    median: float
    p90: float
    bias: float


def reference_roads(path: Path = REFERENCE) -> RoadNetwork:
    """Return the national map of state roads, driven at 80 and 60 km/h."""
    profile = SpeedProfile(
        id="reference",
        name="State roads, paved 80 km/h, unpaved 60 km/h",
        class_kmh={"paved": 80.0, "unpaved": 60.0},
        built_up_kmh={},
        built_up_most_kmh=200.0,
    )
    columns = LineColumns(road_class="rst", class_names={"1": "paved", "2": "unpaved"})
    source = Source("Map of state roads of Latvia", "non-commercial, reference only", "2020")
    return import_lines(path, columns, source=source, profile=profile)


def misfit(
    estimated: NDArray[np.float64], true: NDArray[np.float64], here: NDArray[np.bool_]
) -> Misfit:
    """Return the misfit over trips between the places in `here`."""
    trips = here[:, None] & here[None, :] & (true > 0) & (true <= LONGEST_MINUTES)
    error = 100 * (estimated[trips] / true[trips] - 1)
    return Misfit(
        int(trips.sum()),
        float(np.median(np.abs(error))),
        float(np.percentile(np.abs(error), 90)),
        float(np.median(error)),
    )


def misfits() -> dict[str, Misfit]:
    """Return the misfit of the starter roads in each region and in all Latvia."""
    points, regions = settlements()
    starter = load_network(ROOT / "data" / "roads" / "starter.npz")
    estimated, true = (_square(network, points) for network in (starter, reference_roads()))
    found = {region: misfit(estimated, true, regions == region) for region in sorted(set(regions))}
    return {**found, "Latvia": misfit(estimated, true, np.ones(len(points), dtype=np.bool_))}


def settlements() -> tuple[tuple[DemandPoint, ...], NDArray[np.str_]]:
    """Return all settlements of the starter data, and the region of each."""
    path = ROOT / "data" / "demand" / "settlements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = tuple(
        DemandPoint(r["place_id"], r["name"], "", float(r["lat"]), float(r["lon"])) for r in rows
    )
    return points, np.array([row[REGION] for row in rows])


def _square(network: RoadNetwork, points: tuple[DemandPoint, ...]) -> NDArray[np.float64]:
    sites = tuple(Site(p.id, p.name, p.id, "", p.lat, p.lon) for p in points)
    return travel_times(network, points, sites, cutoff_minutes=300.0).minutes


def main() -> None:
    """Print the table."""
    if not REFERENCE.exists():
        print("The reference map is not here, so nothing can be measured.")
        return
    print("| region | trips | median error, % | 90th percentile, % | bias, % |")
    print("|---|---|---|---|---|")
    for region, m in misfits().items():
        print(f"| {region} | {m.trips} | {m.median:.1f} | {m.p90:.1f} | {m.bias:+.1f} |")


if __name__ == "__main__":
    main()

"""How far the starter roads are from the national map of state roads.

Run as ``python -m benchmarks.starter_roads``. Trips between the 580 settlements of Latvia within
one region, up to 60 minutes on the reference map (paved 80 km/h, unpaved 60 km/h; from a
settlement to the nearest road straight metres times 1.3 at 40 km/h). Printed: the median and the
90th percentile of the absolute error, and the median error with its sign, all in percent of the
reference time.

``python -m benchmarks.starter_roads --junctions`` tries penalties at junctions (where three or more
roads meet), each with the speeds raised to make up for it.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, replace
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


def with_junctions(network: RoadNetwork, *, seconds: float, faster: float) -> RoadNetwork:
    """Return `network` with a penalty at every junction that an edge leads to, and faster edges."""
    pairs = np.unique(np.sort(np.stack([network.tail, network.head]), axis=0), axis=1)
    degree = np.bincount(pairs.ravel(), minlength=network.nodes)
    driven_s = network.length_m / (network.speed_kmh / 3.6) / faster
    total_s = driven_s + np.where(degree[network.head] > 2, seconds, 0.0)
    speed_kmh = np.divide(
        network.length_m * 3.6, total_s, out=network.speed_kmh.copy(), where=total_s > 0
    )
    return replace(network, speed_kmh=np.maximum(speed_kmh, 0.1))


def try_junctions() -> None:
    """Print the misfit in all Latvia by penalty and by how much faster the roads are driven."""
    points, _ = settlements()
    starter = load_network(ROOT / "data" / "roads" / "starter.npz")
    true, everywhere = _square(reference_roads(), points), np.ones(len(points), dtype=np.bool_)
    print("| seconds a junction | speeds | median error, % | 90th percentile, % | bias, % |")
    print("|---|---|---|---|---|")
    for seconds in (0, 3, 6, 10, 15):
        for faster in (1.0, 1.03, 1.06):
            tried = with_junctions(starter, seconds=seconds, faster=faster)
            m = misfit(_square(tried, points), true, everywhere)
            print(f"| {seconds} | ×{faster:g} | {m.median:.1f} | {m.p90:.1f} | {m.bias:+.1f} |")


def main() -> None:
    """Print the table that is asked for."""
    if not REFERENCE.exists():
        print("The reference map is not here, so nothing can be measured.")
        return
    if "--junctions" in sys.argv[1:]:
        try_junctions()
        return
    print("| region | trips | median error, % | 90th percentile, % | bias, % |")
    print("|---|---|---|---|---|")
    for region, m in misfits().items():
        print(f"| {region} | {m.trips} | {m.median:.1f} | {m.p90:.1f} | {m.bias:+.1f} |")


if __name__ == "__main__":
    main()

"""Shared material into the problems that the location engine is measured on."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, cKDTree

from planner.domain import Budget, Existing, Option, Problem, ServiceTerms, Size, Status, Stay

SHARED = Path(__file__).resolve().parents[2] / "shared"
GROUPS = {"adults": 462, "children_ft": 505, "children_in_institutions": 209}


def latgale(
    *, budget_eur: int | None = None, region: str | None = "Latgale", grow: bool = True
) -> Problem:
    """Return nine services on the settlements of a region (``None``: of all Latvia).

    Minutes are estimated from the main-road skeleton and straight links between neighbours.
    Existing sites are those of Latgale, with the typical size where places are unknown.
    """
    every = pd.read_csv(SHARED / "data/starter/settlements.csv", dtype={"place_id": str})
    places = every if region is None else every[every.planning_region == region]
    places = places.reset_index(drop=True)
    xy = gpd.GeoSeries(gpd.points_from_xy(places.lon, places.lat), crs=4326).to_crs(3059)
    minutes = _minutes(np.c_[xy.x, xy.y])
    weight = places.population_estimate.to_numpy(float)
    scale = weight.sum() / every[every.planning_region == "Latgale"].population_estimate.sum()
    groups = {g: _apportion(round(n * scale), weight) for g, n in GROUPS.items()}
    catalogue = _rows("service_catalogue.csv")
    standing = _rows("existing_services_latgale.csv")
    services, persons, sizes, most_units = {}, {}, {}, {}
    existing: dict[Option, Existing] = {}
    columns: dict[str, int] = {place: j for j, place in enumerate(places.place_id)}
    for row in catalogue:
        if not row["sizes_places"]:
            continue
        s = row["id"]
        group = groups[row["target_group"]].astype(float)
        need = _apportion(round(group.sum() * float(row["need_share"])), group)
        offered = [int(k) for k in row["sizes_places"].split(";")]
        services[s] = ServiceTerms(
            id=s,
            stay=Stay(row["stay"]),
            standard_minutes=float(row["standard_minutes"]),
            limit_minutes=float(row["limit_minutes"]),
            persons_per_place=int(row["persons_per_place"]),
            least_load_persons=int(row["least_load_persons"]),
        )
        for i, place in enumerate(places.place_id):
            if need[i]:
                persons[s, place] = int(need[i])
            price = int(row["build_eur_per_place"])
            sizes[s, place] = tuple(Size(k, k * price) for k in offered)
            largest = max(offered) * services[s].persons_per_place
            most_units[s, place] = max(1, math.ceil(int(need[i]) / largest))
        for number, old in enumerate(standing):
            if old["service_code"] != row["code"]:
                continue
            far = np.hypot(places.lat - float(old["lat"]), (places.lon - float(old["lon"])) * 0.56)
            site = f"e{number}"
            columns[site] = int(far.argmin())
            stands = int(old["places"] or offered[len(offered) // 2])
            dearer = int(row["enlarge_eur_per_place"])
            existing[s, site] = Existing(
                places=stands,
                places_known=bool(old["places"]),
                status=Status(old["status"]),
                larger=tuple(
                    Size(k, (k - stands) * dearer) for k in offered if k > stands and grow
                ),
            )
    sites = tuple(columns)
    home = dict(zip(places.place_id, places.municipality_atvk.astype(str), strict=True))
    ids = list(places.place_id)
    return Problem(
        region=region or "Latvia",
        plan_year=2027,
        points=tuple(ids),
        sites=sites,
        minutes=np.rint(minutes[:, [columns[site] for site in sites]] * 1000) / 1000,
        municipality_of_point=home,
        municipality_of_site={site: home[ids[columns[site]]] for site in sites},
        services=services,
        persons=persons,
        sizes=sizes,
        most_units=most_units,
        existing=existing,
        address_of={site: site for site in sites if site not in home},
        budgets=() if budget_eur is None else (Budget("common", budget_eur),),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (SHARED / "domain" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _apportion(total: int, weight: NDArray[np.float64]) -> NDArray[np.int64]:
    quota = total * weight / weight.sum()
    shares = np.floor(quota).astype(int)
    shares[np.argsort(-(quota - shares))[: total - shares.sum()]] += 1
    return shares


def _minutes(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return minutes between settlements: roads at 80 km/h, straight links at 60 km/h."""
    roads = gpd.read_file(SHARED / "data/starter/lv_roads_scgraph_osm.gpkg", layer="edges").to_crs(
        3059
    )
    number: dict[tuple[int, int], int] = {}
    nodes: list[tuple[float, float]] = []
    links: list[tuple[int, int, float]] = []

    def node(x: float, y: float) -> int:
        key = (round(x), round(y))
        if key not in number:
            number[key] = len(nodes)
            nodes.append((x, y))
        return number[key]

    for line, km in zip(roads.geometry, roads.km, strict=True):
        (ax, ay), (bx, by) = line.coords[0], line.coords[-1]
        parts = max(1, int(math.hypot(ax - bx, ay - by) // 500))
        chain = [
            node(ax + (bx - ax) * k / parts, ay + (by - ay) * k / parts) for k in range(parts + 1)
        ]
        links += [
            (u, v, km / parts * 1.06 / 80 * 60) for u, v in itertools.pairwise(chain) if u != v
        ]
    first, count = len(nodes), len(xy)
    metres, nearest = cKDTree(np.array(nodes)).query(xy)
    links += [
        (first + k, int(nearest[k]), max(metres[k] * 1.25 / 1000, 1e-6)) for k in range(count)
    ]
    pairs = {
        tuple(sorted((int(t[a]), int(t[b]))))
        for t in Delaunay(xy).simplices
        for a, b in ((0, 1), (1, 2), (0, 2))
    }
    for a, b in sorted(pairs):
        apart = float(np.hypot(*(xy[a] - xy[b])))
        if apart <= 25_000:
            links.append((first + a, first + b, apart * 1.25 / 1000))
    u, v, w = zip(*links, strict=True)
    total = first + count
    graph = coo_matrix((w, (u, v)), shape=(total, total)).tocsr()
    found = dijkstra(graph, directed=False, indices=range(first, total))[:, first:]
    return np.maximum(found, 3.0)

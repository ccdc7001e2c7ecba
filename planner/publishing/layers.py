"""A plan into layers for a geographic information system: GeoPackage and GeoJSON.

Counts of persons are those that the gate released, as text ("12", "< 5", "…"); without a release
there are none, and no flows. People are summed up by municipality. Coordinates are EPSG:4326.
"""

from __future__ import annotations

from pathlib import Path

import geopandas
import shapely

from planner.disclosure import DEFAULT_THRESHOLD, NOT_SHOWN, ServedTables
from planner.domain import Plan, Problem, StudyArea
from planner.publishing.illustrations import row_label
from planner.publishing.names import Names
from planner.publishing.package import write_atomically
from planner.publishing.people import People, coverage_of, in_need
from planner.publishing.plan_tables import FiguresOf, cost_of, status_of
from planner.publishing.scene import municipality_centres

CRS = "EPSG:4326"

Layers = dict[str, geopandas.GeoDataFrame]


def plan_layers(
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    figures: FiguresOf,
    *,
    released: ServedTables | None = None,
    language: str = "lv",
    threshold: int = DEFAULT_THRESHOLD,
) -> Layers:
    """Return the layers municipalities, sites, demand and flows by name; empty ones are absent.

    Parameters
    ----------
    released : ServedTables, optional
        What the gate released of this plan; without it no count of persons is written.
    """
    people = People(released) if released else None
    names = Names(area, language)
    layers = {
        "municipalities": _municipalities(area, figures, people, threshold),
        "sites": _sites(problem, plan, names, people),
        "demand": _demand(area, figures, names, people),
        "flows": _flows(area, problem, plan, names, people),
    }
    label = {"data": row_label(names.illustrative)[0]} if names.illustrative else {}
    return {name: _framed([label | row for row in rows]) for name, rows in layers.items() if rows}


def write_geopackage(path: Path, layers: Layers) -> Path:
    """Write all layers into one GeoPackage."""

    def write(draft: Path) -> None:
        for name, frame in layers.items():
            frame.to_file(draft, layer=name, driver="GPKG", engine="pyogrio")

    return write_atomically(path, write)


def write_geojson(folder: Path, layers: Layers) -> list[Path]:
    """Write a GeoJSON file for each layer into `folder`; return their paths."""

    def write(name: str) -> Path:
        def to_draft(draft: Path) -> None:
            layers[name].to_file(draft, driver="GeoJSON", engine="pyogrio")

        return write_atomically(folder / f"{name}.geojson", to_draft)

    return [write(name) for name in layers]


Row = dict[str, object]


def _framed(rows: list[Row]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _municipalities(
    area: StudyArea, figures: FiguresOf, people: People | None, threshold: int
) -> list[Row]:
    rows = []
    for m in area.municipalities:
        if not m.outline_wkb:
            continue
        row: Row = {"atvk": m.atvk, "name": m.name}
        for service in area.services:
            found = figures.get((m.atvk, service.id))
            if service.site_bound and found is not None:
                klass = coverage_of(people, (m.atvk, service.id), found, threshold=threshold)
                row[f"{service.id}_within"] = klass.text if klass else ""
        rows.append({**row, "geometry": shapely.from_wkb(m.outline_wkb)})
    columns = {key: "" for row in rows for key in row if key.endswith("_within")}
    return [{**columns, **row} for row in rows]


def _sites(problem: Problem, plan: Plan, names: Names, people: People | None) -> list[Row]:
    rows: list[Row] = []
    for option, opening in sorted(plan.opened.items(), key=lambda item: names.order(item[0])):
        service, site_id = option
        site = names.sites[site_id]
        rows.append(
            {
                "service": service,
                "service_name": names.services.get(service, service),
                "site": site_id,
                "place": names.place(site_id),
                "address": site.address if site.building else "",
                "municipality_atvk": site.municipality_atvk,
                "kind": opening.kind.value,
                "status": status_of(problem, option),
                "units": opening.units,
                "places": opening.places,
                "persons": people.served_at(site_id, service) if people else NOT_SHOWN,
                "cost_eur": cost_of(problem, option, opening),
                "geometry": shapely.Point(site.lon, site.lat),
            }
        )
    return rows


def _demand(area: StudyArea, figures: FiguresOf, names: Names, people: People | None) -> list[Row]:
    centres = municipality_centres(area)
    rows: list[Row] = []
    for (atvk, service), found in sorted(
        figures.items(), key=lambda item: names.municipal_order(item[0])
    ):
        if atvk in centres and in_need(people, (atvk, service), found):
            lat, lon = centres[atvk]
            rows.append(
                {
                    "municipality_atvk": atvk,
                    "municipality": names.municipalities[atvk],
                    "service": service,
                    "service_name": names.services.get(service, service),
                    "need": people.at(atvk, service).need if people else NOT_SHOWN,
                    "geometry": shapely.Point(lon, lat),
                }
            )
    return rows


def _flows(
    area: StudyArea, problem: Problem, plan: Plan, names: Names, people: People | None
) -> list[Row]:
    centres = municipality_centres(area)
    travelled = {(s, problem.municipality_of_point[p], site) for s, p, site in plan.assigned}
    rows: list[Row] = []
    for service, atvk, site_id in sorted(travelled):
        persons = people.flow(atvk, service, site_id) if people else None
        if atvk not in centres or persons is None:
            continue
        lat, lon = centres[atvk]
        site = names.sites[site_id]
        rows.append(
            {
                "service": service,
                "municipality_atvk": atvk,
                "municipality": names.municipalities[atvk],
                "site": site_id,
                "place": names.place(site_id),
                "persons": persons,
                "geometry": shapely.LineString([(lon, lat), (site.lon, site.lat)]),
            }
        )
    return rows

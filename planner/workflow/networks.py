"""Roads from a server, an extract or a line layer into a saved network, and its troubles."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planner.disclosure import show_persons
from planner.domain import DemandPoint, Site, Source, StudyArea
from planner.errors import Fault, InputError
from planner.inputs.study_area import read_study_area, starter_data
from planner.locales import say
from planner.publishing.package import write_text
from planner.roads.isochrones import bands_geojson, travel_bands
from planner.roads.network import RoadNetwork, load_network
from planner.roads.regions import municipality_shapes, region_shape
from planner.roads.speeds import read_profile
from planner.roads.trips import trip_path
from planner.workflow.proposing import STARTER_ROADS
from planner.workflow.roads_told import roads_report

if TYPE_CHECKING:
    from planner.roads.sources import FetchTerms, LineColumns

Tell = Callable[[str], None]
Box = tuple[float, float, float, float]
"""west, south, east, north in degrees, EPSG:4326"""

_OSM_ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


def fetch_roads(
    out: Path,
    *,
    region: str | None = None,
    place: str | None = None,
    box: Box | None = None,
    profile: str = "car",
    terms: FetchTerms | None = None,
    data: Path | None = None,
    on_step: Tell | None = None,
) -> RoadNetwork:
    """Fetch the roads of a region, a named place or a box, and save them; needs the internet.

    Raises
    ------
    InputError
        If not exactly one of region, place and box is given, or the region is not known.
    NetworkFetchError
        If the server fails; an older network at `out` stays as it is.
    """
    from planner.roads.sources import fetch_network, place_region

    if sum(given is not None for given in (region, place, box)) != 1:
        raise InputError(Fault("give one of: a region, a place, a box"))
    area = read_study_area(region, data=data or starter_data()) if region else None
    shape = region_shape(area) if area else place_region(place, terms=terms) if place else box
    network = fetch_network(
        shape,
        municipalities=municipality_shapes(area) if area else None,
        profile=read_profile(profile),
        terms=terms,
        on_progress=on_step,
    )
    network.save(out)
    return network


def import_roads(
    file: Path,
    out: Path,
    *,
    region: str | None = None,
    columns: LineColumns | None = None,
    layer: str | None = None,
    profile: str = "car",
    licence: str = "",
    made: str = "",
    data: Path | None = None,
    on_step: Tell | None = None,
) -> RoadNetwork:
    """Read roads from an OpenStreetMap extract or a line layer and save them.

    Raises
    ------
    InputError
        If the file is not usable; an older network at `out` stays as it is.
    """
    from planner.roads.sources import LineColumns, import_lines, import_osm

    speeds = read_profile(profile)
    area = read_study_area(region, data=data or starter_data()) if region else None
    shape = region_shape(area) if area else None
    if file.name.lower().endswith(_OSM_ENDINGS):
        network = import_osm(file, shape, profile=speeds, on_progress=on_step)
    else:
        source = Source(name=file.name, licence=licence, date=made)
        network = import_lines(
            file,
            columns or LineColumns(),
            source=source,
            layer=layer,
            profile=speeds,
            region=shape,
            on_progress=on_step,
        )
    network.save(out)
    return network


def roads_report_text(
    region: str, *, language: str, roads: Path | None = None, data: Path | None = None
) -> str:
    """Return in words which places of a region the roads serve badly, small counts hidden.

    Raises
    ------
    InputError
        If the region or the roads are not usable.
    """
    area, network = _area_and_roads(region, roads, data)
    found = roads_report(area, network)
    lines = [
        say(
            language,
            "{places} places looked at; {troubles} with trouble; persons cut off: {persons}",
            places=found.places,
            troubles=len(found.troubles),
            persons=show_persons(found.persons_cut_off),
        )
    ]
    lines += [
        say(
            language,
            "  {name}: {trouble}, {metres} m to the road, persons: {persons}",
            name=trouble.name,
            trouble=say(language, trouble.trouble.value),
            metres="–" if math.isinf(trouble.gap_m) else round(trouble.gap_m),
            persons=show_persons(trouble.persons),
        )
        for trouble in found.troubles
    ]
    return "\n".join(lines)


def trip_text(
    region: str,
    start: str,
    end: str,
    *,
    language: str,
    roads: Path | None = None,
    data: Path | None = None,
) -> str:
    """Return in words why a trip takes as long as it does, by class of road.

    Raises
    ------
    InputError
        If the region, the roads or a place is not known.
    """
    area, network = _area_and_roads(region, roads, data)
    first, last = _place(area, start), _place(area, end)
    trip = trip_path(network, first, last)
    if trip is None:
        text = "No way leads from {start} to {end}."
        return say(language, text, start=first.name, end=last.name)
    lines = [
        say(
            language,
            "{start} → {end}: {minutes} min, {kilometres} km",
            start=first.name,
            end=last.name,
            minutes=f"{trip.minutes:.1f}",
            kilometres=f"{trip.length_m / 1000:.1f}",
        )
    ]
    for name, minutes in sorted(trip.minutes_by_class.items(), key=lambda item: -item[1]):
        kilometres = trip.metres_by_class[name] / 1000
        lines.append(f"  {name}: {minutes:.1f} min, {kilometres:.1f} km")
    return "\n".join(lines)


def write_bands(
    region: str,
    site: str,
    minutes: Sequence[float],
    out: Path,
    *,
    roads: Path | None = None,
    data: Path | None = None,
) -> None:
    """Write the land from which a site is reached within each of `minutes`, as GeoJSON.

    Raises
    ------
    InputError
        If the region, the roads, the site or a limit is not usable.
    """
    area, network = _area_and_roads(region, roads, data)
    write_text(out, bands_geojson(travel_bands(network, _place(area, site), minutes)))


def _area_and_roads(
    region: str, roads: Path | None, data: Path | None
) -> tuple[StudyArea, RoadNetwork]:
    folder = data or starter_data()
    network = load_network(roads or folder / STARTER_ROADS)
    return read_study_area(region, data=folder), network


def _place(area: StudyArea, name: str) -> DemandPoint | Site:
    """Return a settlement or site by its id or its name."""
    places: tuple[DemandPoint | Site, ...] = (*area.points, *area.sites)
    found = [p for p in places if p.id == name] or [p for p in places if p.name == name]
    if not found:
        names = sorted({p.name for p in places})
        near = difflib.get_close_matches(name, names, n=3)
        raise InputError(
            Fault(
                "{name} is not known; {hint}",
                fields={"name": name, "hint": ", ".join(near) + "?" if near else "see the data"},
            )
        )
    return found[0]

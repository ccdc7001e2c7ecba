"""A study area into the shapes that roads are asked for and checked against."""

from __future__ import annotations

import shapely

from planner.domain import StudyArea

_AROUND_A_PLACE_DEGREES = 0.05


def region_shape(area: StudyArea) -> shapely.Geometry:
    """Return the outline of an area with all its settlements and sites inside, EPSG:4326."""
    points = [shapely.Point(point.lon, point.lat) for point in area.points]
    sites = [shapely.Point(site.lon, site.lat) for site in area.sites]
    around = [place.buffer(_AROUND_A_PLACE_DEGREES) for place in (*points, *sites)]
    return shapely.union_all([*municipality_shapes(area).values(), *around])


def municipality_shapes(area: StudyArea) -> dict[str, shapely.Geometry]:
    """Return the outlines of an area's municipalities by name, EPSG:4326."""
    return {m.name: shapely.from_wkb(m.outline_wkb) for m in area.municipalities if m.outline_wkb}

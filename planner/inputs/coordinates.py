"""The coordinates of a row into degrees, held against the settlement that the row names."""

from __future__ import annotations

import math

from planner.domain import DemandPoint
from planner.errors import FaultList
from planner.inputs.cells import decimal_number
from planner.inputs.readers import Row

FAR_KM = 50.0
"""No building of a settlement lies further from its centre."""
_KM_PER_DEGREE = 111.2


def coordinates_at(row: Row, point: DemandPoint | None, faults: FaultList) -> tuple[float, float]:
    """Return latitude and longitude (degrees); where the row tells none, those of the settlement.

    One of them alone, both exchanged, and a place far from the settlement are faults.
    """
    told = row.get("lat"), row.get("lon")
    here = (0.0, 0.0) if point is None else (point.lat, point.lon)
    if not any(told):
        return here
    if not all(told):
        row.fault(faults, "lat", "one coordinate alone tells nothing; give both or none")
        return here
    lat = decimal_number(row, "lat", faults, least=-90, most=90)
    lon = decimal_number(row, "lon", faults, least=-180, most=180)
    if lat is None or lon is None:
        return here
    if point is None or _km(here, (lat, lon)) <= FAR_KM:
        return lat, lon
    if _km(here, (lon, lat)) <= FAR_KM:
        row.fault(faults, "lat", "latitude and longitude are swapped; exchange them")
    else:
        row.fault(
            faults,
            "lat",
            "lies more than {km} km from {place}; check both coordinates, or leave them empty",
            km=int(FAR_KM),
            place=point.name,
        )
    return here


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    narrower = math.cos(math.radians(one[0]))
    return _KM_PER_DEGREE * math.hypot(other[0] - one[0], narrower * (other[1] - one[1]))

"""Study areas as JSON values and back: a saved plan can be shown without its input files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from planner.domain import (
    Addition,
    Building,
    DemandPoint,
    Facility,
    InstitutionYear,
    Municipality,
    Service,
    Site,
    Source,
    Status,
    Stay,
    StudyArea,
)
from planner.records.text import FORMAT, INTERNAL, Json, broken, need_format


def area_to_json(area: StudyArea) -> Json:
    """Return `area` as plain JSON values; geometry as WKB in hexadecimal text."""
    return {
        "format": FORMAT,
        "notice": INTERNAL,
        "region": area.region,
        "municipalities": [
            {**asdict(m), "outline_wkb": m.outline_wkb.hex()} for m in area.municipalities
        ],
        "points": [asdict(p) for p in area.points],
        "sites": [asdict(s) for s in area.sites],
        "assessed": [
            {"group": group, "point": point, "persons": persons}
            for (group, point), persons in sorted(area.assessed.items())
        ],
        "support_plans": [
            {"service": service, "point": point, "persons": persons}
            for (service, point), persons in sorted(area.support_plans.items())
        ],
        "services": [asdict(s) for s in area.services],
        "facilities": [asdict(f) for f in area.facilities],
        "sources": [asdict(s) for s in area.sources],
        "buildings": [asdict(b) for b in area.buildings],
        "additions": [asdict(a) for a in area.additions],
        "institutions": [asdict(i) for i in area.institutions],
        "background": {name: wkb.hex() for name, wkb in sorted(area.background.items())},
    }


def area_from_json(data: Json, *, file: str = "area.json") -> StudyArea:
    """Return the study area that `area_to_json` wrote.

    Raises
    ------
    InputError
        If a part is missing or has the wrong shape.
    """
    try:
        need_format(data)
        return StudyArea(
            region=data["region"],
            municipalities=tuple(
                Municipality(**{**m, "outline_wkb": bytes.fromhex(m["outline_wkb"])})
                for m in data["municipalities"]
            ),
            points=tuple(DemandPoint(**p) for p in data["points"]),
            sites=tuple(Site(**s) for s in data["sites"]),
            assessed={(a["group"], a["point"]): a["persons"] for a in data["assessed"]},
            services=tuple(_service(s) for s in data["services"]),
            facilities=tuple(
                Facility(**{**f, "status": Status(f["status"])}) for f in data["facilities"]
            ),
            sources=tuple(Source(**s) for s in data["sources"]),
            support_plans={
                (p["service"], p["point"]): p["persons"] for p in data.get("support_plans", ())
            },
            buildings=tuple(
                Building(**{**b, "services": tuple(b["services"])})
                for b in data.get("buildings", ())
            ),
            additions=tuple(Addition(**a) for a in data.get("additions", ())),
            institutions=tuple(InstitutionYear(**i) for i in data.get("institutions", ())),
            background={name: bytes.fromhex(wkb) for name, wkb in data["background"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise broken(file, error) from error


def _service(data: dict[str, Any]) -> Service:
    sizes = tuple(data["sizes_places"])
    said = {key: value for key, value in data.items() if key != "basis"}  # of an older planner
    return Service(**{**said, "stay": Stay(data["stay"]), "sizes_places": sizes})

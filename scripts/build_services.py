"""The catalogue and the list of existing services into tidy tables, each value with its basis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Row = dict[str, str]

PROPOSAL = "proposal, a setting"
TRAVEL = "proposal, a setting: no legal travel norm was found; day care is usually 30 to 60 minutes"
HOME_TRAVEL = (
    "proposal, a setting: visiting distance from the place of origin; there is no travel limit by "
    "law; the own municipality counts as within the standard"
)
CARER_TRAVEL = "proposal, a setting: the carer's drive"
SIZES = {
    "day_care_adults": "observed: Viļaka 8, Viļāni 13, Rēzekne 30",
    "workshop": "observed: Viļāni 10, Nīcgale 20, Rēzekne 20 in three workshops",
    "group_home": "16 clients at one address at most (Preiļi rules); 10, 12 and 16 observed",
    "family_like_home": "8 in a house observed (Krāslava)",
}
PERSONS_PER_PLACE = {
    "short_term_care": "proposal, a setting: stays of up to two months",
    "respite_children": (
        "proposal, a setting: 30 days a year at most; 365 days x 0.7 in use / 20 days used by a "
        "child = 12 children a place"
    ),
    "rehabilitation_children": (
        "proposal, a setting: a room serves several children; up to 4 services x 10 sessions each"
    ),
}
COSTS = {
    "day_care_adults": (
        "proposal, a setting: conversion in Rēzekne about 4,900 EUR a place, new build up to 40,000"
    ),
    "group_home": (
        "proposal, a setting: Viļāni 39,986 EUR eligible cost a place, new build; enlarging is a "
        "proposal"
    ),
}
REPRESENTATIVES: Row = {
    # the service matrix of the regional plans names it for parents; the table of services has the
    # adults' row of it alone
    "id": "support_groups_representatives",
    "code": "ATB_GR_LP",
    "name_lv": "Atbalsta grupas un grupu nodarbības likumiskajiem pārstāvjiem",
    "name_en": "Support groups and group sessions, legal representatives",
    "target_group": "legal_representatives",
    "stay": "mobile",
    "site_bound": "no",
    "start_without_building": "yes",
    "need_share": "1",
    "need_share_basis": "[proposal]: all of them; the group counts those whom services reached",
    "sizes_places": "",
    "persons_per_place": "0",
    "least_load_persons": "0",
    "standard_minutes": "30",
    "limit_minutes": "60",
    "build_eur_per_place": "0",
    "enlarge_eur_per_place": "0",
    "price_year": "2021",
}
PLACE_OF = {"Krauja": "0440274"}  # across the Daugava from the nearest centre; Naujenes pagasts
START = (
    "the process lets a service start at once where it needs no new infrastructure; which services "
    "do is read from the service matrix of the regional plans"
)


def catalogue(rows: Iterable[Row]) -> list[Row]:
    """Return the 14 services of the table and one more, with a basis beside every figure."""
    return [
        {
            **{
                column: row[column]
                for column in (
                    "id",
                    "code",
                    "name_lv",
                    "name_en",
                    "target_group",
                    "stay",
                    "site_bound",
                    "start_without_building",
                )
            },
            "start_basis": START,
            "need_share": row["need_share"],
            "need_share_basis": row["need_share_basis"].replace("[proposal]", f"({PROPOSAL})"),
            "sizes_places": row["sizes_places"],
            "sizes_basis": _of_site(row, SIZES.get(row["id"], PROPOSAL)),
            "persons_per_place": row["persons_per_place"],
            "persons_per_place_basis": _of_site(
                row, PERSONS_PER_PLACE.get(row["id"], "one person a place")
            ),
            "least_load_persons": row["least_load_persons"],
            "least_load_basis": _of_site(row, PROPOSAL),
            "standard_minutes": row["standard_minutes"],
            "limit_minutes": row["limit_minutes"],
            "minutes_basis": _minutes_basis(row),
            "build_eur_per_place": row["build_eur_per_place"],
            "enlarge_eur_per_place": row["enlarge_eur_per_place"],
            "price_year": row["price_year"],
            "cost_basis": _of_site(row, COSTS.get(row["id"], PROPOSAL)),
        }
        for row in (*rows, REPRESENTATIVES)
    ]


def _of_site(row: Row, basis: str) -> str:
    return basis if row["site_bound"] == "yes" else "needs no site"


def _minutes_basis(row: Row) -> str:
    if not row["standard_minutes"]:
        return "needs no site"
    return {"home": HOME_TRAVEL, "mobile": CARER_TRAVEL}.get(row["stay"], TRAVEL)


def facilities(rows: Iterable[Row], services: Sequence[Row], places: Sequence[Row]) -> list[Row]:
    """Return existing services with the id of their place and of their address.

    A facility whose settlement is a place of ours stands at that place's coordinates, so that the
    two agree; the others keep their own and belong to the nearest place of the municipality.
    """
    english = {service["code"]: service["id"] for service in services}
    sites: dict[tuple[str, str], str] = {}
    known: list[Row] = []
    for number, row in enumerate(rows, start=1):
        place, own = _place(row, places)
        address = (place["place_id"], row["address"])
        if address not in sites:
            seen = sum(1 for place_id, _ in sites if place_id == place["place_id"])
            sites[address] = f"{place['place_id']}-a{seen + 1}"
        known.append(
            {
                "facility_id": f"lat-{number:02d}",
                "site_id": sites[address],
                "service": english[row["service_code"]],
                "name": row["name"],
                "address": row["address"],
                "place_id": place["place_id"],
                "municipality_atvk": row["municipality_atvk"],
                "lat": place["lat"] if own else row["lat"],
                "lon": place["lon"] if own else row["lon"],
                "coordinates_basis": "centre of the settlement"
                if own
                else f"centre of {row['place']}",
                "places": row["places"],
                "places_basis": row["places_basis"],
                "status": row["status"],
                "status_text": row["status_text"],
                "since": row["since"],
                "note": row["note"],
                "source": row["source"],
            }
        )
    return known


def _place(row: Row, places: Sequence[Row]) -> tuple[Row, bool]:
    """Return the place of a facility, and whether its settlement is that place itself."""
    inside = [p for p in places if p["municipality_atvk"] == row["municipality_atvk"]]
    for place in inside:
        if place["name"] == row["place"]:
            return place, True
        if place["place_id"] == PLACE_OF.get(row["place"]):
            return place, False
    parish = "pag." in row["address"]
    nearest = min(
        inside,
        key=lambda p: (
            math.hypot(
                (float(p["lat"]) - float(row["lat"])) * 111.2,
                (float(p["lon"]) - float(row["lon"])) * 62.0,
            ),
            (p["kind"] == "town") == parish,
        ),
    )
    return nearest, False

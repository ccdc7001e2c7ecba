"""Starter layers and tables of facts into the files under data/ that the planner ships.

Run ``python scripts/build_data.py [SHARED [OUT]]`` from the root of the project; SHARED is the
folder that holds ``data/starter`` and ``domain`` (``../shared`` by default), OUT where to write
(``data`` by default). The result is the same for the same input, byte for byte. What is built, and
from what, stands in the README of each folder.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import build_boundaries
import build_services
import build_targets

from planner.inputs.apportionment import apportion, apportion_in_parts

ROOT = Path(__file__).resolve().parent.parent
REFORM, MERGER = "2021-07-01", "2025-07-01"
GROUPS = {
    "adults": "adults_assessed",
    "children_ft": "children_ft_assessed",
    "children_out_of_family": "children_out_of_family_assessed",
    "children_in_institutions": "children_in_institutions",
}
REPRESENTATIVES = "legal_representatives"
REPRESENTATIVES_OF_LATGALE = 260
"""Legal representatives whom services had reached by the end of 2023 (21 by 2018, 155 by 2021).

No total of assessed representatives is known. They live with the children with functional
impairments, so they are shared out by these.
"""
SERVED = "illustration; persons served by the end of 2023"
CENTRE_NAMES = {  # the starter layer gives the unit or a misspelling instead of the village
    "0769194": "Vārkava",
    "0780294": "Strūžāni",
    "0967148": "Burtnieki",
    "0780244": "Bērzgale",
}

Row = dict[str, str]


def main(arguments: Sequence[str]) -> None:
    """Build every file of data/."""
    shared = Path(arguments[0]) if arguments else ROOT.parent / "shared"
    out = Path(arguments[1]) if len(arguments) > 1 else ROOT / "data"
    starter, domain = shared / "data" / "starter", shared / "domain"
    places = settlements(read(starter / "settlements.csv"), read(domain / "latgale_pre2021.csv"))
    units = municipalities(read(domain / "municipalities.csv"))

    write(out / "demand/settlements.csv", places)
    assessed = assessed_persons(places, domain)
    write(out / "demand/assessed_persons.csv", assessed)
    counts = {(row["group"], row["place_id"]): int(row["persons"]) for row in assessed}
    of_21 = read(domain / "needs_default_latgale_21units.csv")
    targets = build_targets.persons_to_serve(places, of_21, counts)
    write(out / "demand/persons_to_serve_latgale.csv", targets)
    write(out / "demand/institutions.csv", build_targets.institutions())
    write(out / "boundaries/municipalities.csv", [u for u in units if not u["valid_to"]])
    write(out / "boundaries/municipalities_ended.csv", [u for u in units if u["valid_to"]])
    catalogue = build_services.catalogue(read(domain / "service_catalogue.csv"))
    write(out / "services/catalogue.csv", catalogue)
    facilities = build_services.facilities(
        read(domain / "existing_services_latgale.csv"), catalogue, places
    )
    write(out / "services/facilities.csv", facilities)
    build_boundaries.build(starter, places, units, out / "boundaries")


def settlements(rows: Iterable[Row], old_units: Iterable[Row]) -> list[Row]:
    """Return the 580 places with display names, a parish told apart from its town by its name."""
    rows = sorted(rows, key=lambda row: row["place_id"])
    old_codes = {unit["name_old"]: unit["atvk_old"] for unit in old_units}
    centres = [CENTRE_NAMES.get(row["place_id"], row["centre"]) for row in rows]
    towns = {
        (row["municipality_atvk"], centre)
        for row, centre in zip(rows, centres, strict=True)
        if row["kind"] == "town"
    }
    return [
        {
            "place_id": row["place_id"],
            "name": row["name"]
            if row["kind"] == "parish" and (row["municipality_atvk"], centre) in towns
            else centre,
            "unit": row["name"],
            "kind": row["kind"],
            "municipality_atvk": row["municipality_atvk"],
            "municipality": row["municipality"],
            "municipality_2021_atvk": row["municipality_2021_atvk"],
            "municipality_2021": row["municipality_2021"],
            "municipality_2020_atvk": old_codes.get(row["municipality_2020"], ""),
            "municipality_2020": row["municipality_2020"],
            "planning_region": row["planning_region"],
            "planning_region_before_2021": row["planning_region_before_2021"],
            "lat": row["lat"],
            "lon": row["lon"],
            "population_estimate": row["population_estimate"],
            "coordinates_source": row["coord_source"].replace("~", " (near)"),
        }
        for row, centre in zip(rows, centres, strict=True)
    ]


def municipalities(rows: Iterable[Row]) -> list[Row]:
    """Return the municipalities since the reform: 42 that stand and two that have ended."""
    units = []
    for row in rows:
        merged = row["atvk"] == "0038001"
        units.append(_unit(row, row["atvk"], since=MERGER if merged else REFORM))
        if merged:
            units.append(_unit(row, "0038000", since=REFORM, until="2025-06-30"))
    return sorted(units, key=lambda unit: unit["atvk"])


def _unit(row: Row, atvk: str, *, since: str, until: str = "") -> Row:
    until = until or row["valid_to"]
    return {
        "atvk": atvk,
        "name_lv": row["name_lv"],
        "type": row["type"],
        "planning_region": row["planning_region"],
        "planning_region_before_2021": row["planning_region_before_2021"],
        "valid_from": since,
        "valid_to": until,
        "replaced_by": "0038001" if until else "",
        "seat": row["seat"],
        "seat_lat": row["lat"],
        "seat_lon": row["lon"],
        "population": "" if atvk == "0038000" else row["population"],
        "population_year": "" if atvk == "0038000" else row["year"],
        "population_quality": "" if atvk == "0038000" else row["population_quality"],
    }


def assessed_persons(places: Sequence[Row], domain: Path) -> list[Row]:
    """Return a row per place and group with figures; zeros are written, unknowns are not."""
    counts: dict[tuple[str, str], int] = {}
    counts |= latgale(places, read(domain / "needs_default_latgale_21units.csv"))
    for region in read(domain / "di_regions.csv"):
        if region["region"] != "Latgale":
            here = [p for p in places if p["planning_region_before_2021"] == region["region"]]
            counts |= elsewhere(here, region)
    bases = {REPRESENTATIVES: SERVED}
    return [
        build_targets.persons_row(place, group, counts, bases.get(group, "illustration"))
        for place in places
        for group in (*GROUPS, REPRESENTATIVES)
        if (group, place["place_id"]) in counts
    ]


def latgale(places: Sequence[Row], units: Iterable[Row]) -> dict[tuple[str, str], int]:
    """Return persons by group and place, exact in each old unit and each present municipality.

    Each old unit is first parted between its present municipalities (only Aglonas novads has two),
    then inside each part, so that both tables come out to the person.
    """
    counts: dict[tuple[str, str], int] = {}
    for unit in units:
        if not unit["atvk_2020"]:  # the row of totals
            continue
        inside = [p for p in places if p["municipality_2020_atvk"] == unit["atvk_2020"]]
        totals = {group: int(unit[column]) for group, column in GROUPS.items()}
        counts |= by_parts(inside, totals)
    return counts | representatives(places, counts)


def representatives(
    places: Sequence[Row], counts: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    """Return legal representatives by place, over old units and their present parts first."""
    children = {p: n for (group, p), n in counts.items() if group == "children_ft"}
    unit = {p["place_id"]: (p["municipality_2020"], p["municipality_atvk"]) for p in places}
    parts = {p: "/".join(unit[p]) for p in children}
    shares = apportion_in_parts(REPRESENTATIVES_OF_LATGALE, children, parts)
    return {(REPRESENTATIVES, p): n for p, n in shares.items()}


def elsewhere(places: Sequence[Row], region: Row) -> dict[tuple[str, str], int]:
    """Return persons by group and place of a region of which only totals are known."""
    totals = {
        group: int(region[column])
        for group, column in GROUPS.items()
        if region[column] and group != "children_in_institutions"
    }
    return by_parts(places, totals)


def by_parts(places: Sequence[Row], totals: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Share totals by group out to present municipalities by population, then to their places."""
    codes = sorted({place["municipality_atvk"] for place in places})
    parts = [[p for p in places if p["municipality_atvk"] == code] for code in codes]
    people = [sum(int(p["population_estimate"]) for p in part) for part in parts]
    shares = {group: apportion(total, people) for group, total in totals.items()}
    counts: dict[tuple[str, str], int] = {}
    for index, part in enumerate(parts):
        counts |= inside_part(part, {group: share[index] for group, share in shares.items()})
    return counts


def inside_part(places: Sequence[Row], totals: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Share totals out to places by population; the turn at ties moves on from group to group.

    Children in institutions are some of those out of family, so they are shared out by these.
    """
    counts: dict[tuple[str, str], int] = {}
    turn = 0
    for group, total in totals.items():
        weights = even_weights(places)
        if group == "children_in_institutions":
            weights = [counts["children_out_of_family", p["place_id"]] for p in places]
        persons = apportion(total, weights, rotate=turn)
        turn += total - sum(int(total * weight / sum(weights)) for weight in weights)
        counts |= {(group, p["place_id"]): n for p, n in zip(places, persons, strict=True)}
    return counts


def even_weights(places: Sequence[Row]) -> list[float]:
    """Return populations, those of parishes of one old unit as their mean.

    They are even shares already, but for the one person that makes their sum exact; without the
    mean, that person would decide who gets every remainder.
    """
    shares: dict[tuple[str, str], list[int]] = {}
    for place in places:
        shares.setdefault(_share_key(place), []).append(int(place["population_estimate"]))
    return [sum(shares[_share_key(p)]) / len(shares[_share_key(p)]) for p in places]


def _share_key(place: Row) -> tuple[str, str]:
    share = "parish" if place["kind"] == "parish" else place["place_id"]
    return place["municipality_2020"], share


def read(path: Path) -> list[Row]:
    """Return the rows of a comma-separated UTF-8 file."""
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as a comma-separated UTF-8 file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as text:
        table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])

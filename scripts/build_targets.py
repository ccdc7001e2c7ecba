"""Targets of the regional plans and institutions for children into tables beside the assessed.

Both are opt-in: a scenario names them under ``[data]``. Targets take the place of the assessed
persons; the institutions say where children go year by year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.inputs.apportionment import apportion, apportion_in_parts

Row = dict[str, str]
Counts = Mapping[tuple[str, str], int]

TO_SERVE = {"adults": "adults_to_serve", "children_ft": "children_ft_to_serve"}
INSTITUTIONS, CHILDREN = 8, 209
YEARS = (2025, 2026, 2027)
SHARES = {"families": 45, "family_like_home": 40, "youth_house": 15}
FAMILIES = ("foster_family", "guardian", "adoption")
DESTINATIONS = (*FAMILIES, "family_like_home", "youth_house")


def persons_to_serve(places: Sequence[Row], units: Sequence[Row], assessed: Counts) -> list[Row]:
    """Return a row per place of Latgale and group with the persons whom its plan means to serve.

    They add up in the 21 old municipalities and follow the assessed persons from there on.
    """
    counts: dict[tuple[str, str], int] = {}
    for unit in (u for u in units if u["atvk_2020"]):
        inside = [p for p in places if p["municipality_2020_atvk"] == unit["atvk_2020"]]
        counts |= _like_assessed(inside, unit, assessed)
    return [
        persons_row(place, group, counts, "illustration; target of the regional plan")
        for place in places
        for group in TO_SERVE
        if (group, place["place_id"]) in counts
    ]


def persons_row(place: Row, group: str, counts: Counts, basis: str) -> Row:
    """Return a row of a table of persons by place and group."""
    return {
        "place_id": place["place_id"],
        "municipality_atvk": place["municipality_atvk"],
        "region": place["planning_region_before_2021"],
        "group": group,
        "persons": str(counts[group, place["place_id"]]),
        "basis": basis,
    }


def institutions() -> list[Row]:
    """Return eight unnamed institutions with 209 children who all leave within three years.

    Where they go is the illustration of 45, 40 and 15 %; that foster families, guardians and
    adoption get as many each is made up.
    """
    going = dict(zip(SHARES, apportion(CHILDREN, list(SHARES.values())), strict=True))
    families = apportion(going.pop("families"), [1] * len(FAMILIES))
    totals = dict(zip(FAMILIES, families, strict=True)) | going
    children = apportion(CHILDREN, [1] * INSTITUTIONS)
    cells = {f"{i}/{year}": 1 for i in range(INSTITUTIONS) for year in YEARS}
    leaving = _leaving(children, cells)
    moves: dict[tuple[str, str], int] = {}
    left = dict(leaving)
    for turn, destination in enumerate(DESTINATIONS):
        parts = {cell: cell.split("/")[1] for cell in left}
        here = apportion_in_parts(totals[destination], left, parts, rotate=3 * turn)
        for cell, count in here.items():
            left[cell] -= count
            moves[cell, destination] = count
    return [row for i, count in enumerate(children) for row in _years(i, count, leaving, moves)]


def _leaving(children: Sequence[int], cells: Mapping[str, int]) -> dict[str, int]:
    leaving: dict[str, int] = {}
    for i, count in enumerate(children):
        years = [cell for cell in cells if cell.startswith(f"{i}/")]
        leaving |= zip(years, apportion(count, [1] * len(years), rotate=i), strict=True)
    return leaving


def _years(
    index: int, children: int, leaving: Mapping[str, int], moves: Mapping[tuple[str, str], int]
) -> list[Row]:
    rows = []
    for year in YEARS:
        cell = f"{index}/{year}"
        stays = children - leaving[cell]
        rows.append(
            {
                "institution": f"BSAC {index + 1}",
                "year": str(year),
                "children": str(children),
                "places": str(stays),
                **{d: str(moves[cell, d]) for d in DESTINATIONS},
                "stays": str(stays),
                "target_places": "0",
                "basis": "illustration",
            }
        )
        children = stays
    return rows


def _like_assessed(
    places: Sequence[Row], totals: Row, assessed: Counts
) -> dict[tuple[str, str], int]:
    """Share totals out to present municipalities by population, then like the assessed."""
    codes = sorted({place["municipality_atvk"] for place in places})
    parts = [[p for p in places if p["municipality_atvk"] == code] for code in codes]
    people = [sum(int(p["population_estimate"]) for p in part) for part in parts]
    counts: dict[tuple[str, str], int] = {}
    for group, column in TO_SERVE.items():
        if not totals[column]:
            continue
        shares = apportion(int(totals[column]), people)
        for part, share in zip(parts, shares, strict=True):
            weights = [assessed.get((group, p["place_id"]), 0) for p in part]
            here = apportion(share, weights)
            counts |= {(group, p["place_id"]): n for p, n in zip(part, here, strict=True)}
    return counts

"""The files of a saved plan as the attacker reads them: every count of persons as it stands there.

Nothing here looks at what the gate wanted to say; only at what a reader finds in the files.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import geopandas

from planner.disclosure import (
    HIDDEN_MARK,
    Audience,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    equal_sums,
    sum_of,
)
from planner.disclosure.tables import NEED, Terms
from planner.workflow import Proposal

Text = tuple[str, str, str, Terms, str]
"""Table, row, column, what it counts, what stands there."""


def release_in(folder: Path, proposal: Proposal) -> Release:
    """Return what the files of a plan say of its persons, with what everybody knows."""
    problem = proposal.problem
    home = problem.municipality_of_point
    plans = {"today": proposal.today, "plan": proposal.plan}
    sites: dict[tuple[str, str, str], list[Part]] = {}
    for situation, plan in plans.items():
        for service, point, site in sorted(plan.assigned):
            part = Part(home[point], service, situation, f"@{site}")
            there = sites.setdefault((situation, service, site), [])
            if part not in there:
                there.append(part)
    texts = [
        *_of_municipalities(folder),
        *_of_sites(folder, sites),
        *_of_start_now(folder),
        *_of_layers(folder, sites),
        *_of_map(folder, sites),
    ]
    keys = sorted({(home[point], service) for service, point in problem.persons})
    facts = [
        fact
        for m, s in keys
        for situation in plans
        for fact in _facts(m, s, situation, [p for parts in sites.values() for p in parts])
    ]
    claims = [claim for text in texts if (claim := _claim(*text)) is not None]
    return Release("files", "files", Audience.PUBLIC, tuple(claims), tuple(facts))


def _facts(m: str, s: str, situation: str, at_sites: Iterable[Part]) -> Iterator[Fact]:
    def part(state: str) -> Part:
        return Part(m, s, situation, state)

    need = [Part(m, s, NEED)]
    yield equal_sums(need, [part("within"), part("beyond"), part("unserved")])
    yield equal_sums(need, [part("reach"), part("out of reach")])
    here = [p for p in at_sites if p[:3] == (m, s, situation)]
    if here:
        yield equal_sums([part("within"), part("beyond")], here)


_STATES = {
    "served": ("within", "beyond"),
    "unserved": ("unserved",),
    "within_standard": ("within",),
    "reach": ("reach",),
}


def _of_municipalities(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "municipalities.csv"):
        m, s = row["municipality_atvk"], row["service"]
        yield "municipalities.csv", m, f"{s} need", sum_of([Part(m, s, NEED)]), row["need"]
        for suffix, situation in (("", "plan"), ("_today", "today")):
            for figure, states in _STATES.items():
                if figure + suffix in row:
                    terms = sum_of(Part(m, s, situation, state) for state in states)
                    column = f"{s} {figure}{suffix}"
                    yield "municipalities.csv", m, column, terms, row[figure + suffix]


def _of_sites(folder: Path, sites: dict[tuple[str, str, str], list[Part]]) -> Iterator[Text]:
    for row in _rows(folder / "sites.csv"):
        there = sites.get(("plan", row["service"], row["site"]), [])
        yield "sites.csv", row["site"], row["service"], sum_of(there), row["persons"]


def _of_start_now(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "start_now.csv"):
        m, s, why = row["municipality_atvk"], row["service"], row["why"]
        part = Part(m, s, "plan", "unserved") if why == "unserved" else Part(m, s, NEED, why)
        yield "start_now.csv", m, f"{s} {why}", sum_of([part]), row["persons"]


def _of_layers(folder: Path, sites: dict[tuple[str, str, str], list[Part]]) -> Iterator[Text]:
    file = folder / "layers.gpkg"
    layers = set(geopandas.list_layers(file)["name"])
    for row in _layer(file, "sites", layers):
        there = sites.get(("plan", row["service"], row["site"]), [])
        yield "layers sites", row["site"], row["service"], sum_of(there), str(row["persons"])
    for row in _layer(file, "demand", layers):
        m, s = row["municipality_atvk"], row["service"]
        yield "layers demand", m, s, sum_of([Part(m, s, NEED)]), str(row["need"])
    for row in _layer(file, "flows", layers):
        m, s, site = row["municipality_atvk"], row["service"], row["site"]
        terms = sum_of([Part(m, s, "plan", f"@{site}")])
        yield "layers flows", m, f"{s} {site}", terms, str(row["persons"])


def _of_map(folder: Path, sites: dict[tuple[str, str, str], list[Part]]) -> Iterator[Text]:
    drawn = _drawn(folder / "map.html")
    at = {tuple(m["at"]): code for code, m in drawn["municipalities"].items()}
    for s, views in drawn["data"].items():
        for situation in ("plan", "today"):
            view = views[situation]
            of_point: dict[tuple[float, float], list[str]] = {}
            for lat, lon, _, _, told, _, site in view["sites"]:
                of_point.setdefault((lat, lon), []).append(site)
                terms = sum_of(sites.get((situation, s, site), []))
                yield f"map {situation} sites", site, s, terms, _after_colon(told)
            for lat, lon, _, told in view["demand"]:
                m = at[lat, lon]
                yield (
                    f"map {situation} demand",
                    m,
                    s,
                    sum_of([Part(m, s, NEED)]),
                    _after_colon(told),
                )
            for lat, lon, to_lat, to_lon, persons, _ in view["flows"]:
                m, ends = at[lat, lon], of_point[to_lat, to_lon]
                terms = sum_of(Part(m, s, situation, f"@{site}") for site in ends)
                if len(ends) == 1:
                    yield f"map {situation} flows", m, f"{s} {ends[0]}", terms, str(persons)


def _after_colon(told: str) -> str:
    """Return the last figure of a hint such as "place<br>served here: 12 pers."."""
    last = told.replace("&lt;", "<").split("<br>")[-1]
    return last.rpartition(": ")[2].removesuffix(" pers.") if ": " in last else ""


def _drawn(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    start = text.rindex('{"attribution"')
    return json.JSONDecoder().raw_decode(text[start:])[0]


def _layer(file: Path, name: str, layers: set[str]) -> Iterator[Any]:
    if name in layers:
        for _, row in geopandas.read_file(file, layer=name).iterrows():
            yield row


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _claim(table: str, row: str, column: str, terms: Terms, text: str) -> Claim | None:
    bare = text.replace("\u00a0", "").strip()
    if bare.isdigit():
        return Claim(table, row, column, terms, Mark.PLAIN, int(bare)) if terms else None
    if bare.startswith("<"):
        return Claim(table, row, column, terms, Mark.SMALL)
    return Claim(table, row, column, terms, Mark.HIDDEN) if bare == HIDDEN_MARK else None


__all__ = ["release_in"]

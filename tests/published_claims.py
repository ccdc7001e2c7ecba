"""The files of plans, comparisons and amendments as an attacker reads them, every count of persons.

Nothing here looks at what the gate wanted to say; only at what a reader finds in the files.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas
from openpyxl import load_workbook

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
from planner.domain import EVERY_SERVICE, Kind, Option
from planner.editions import operates
from planner.workflow import Proposal
from tests.published_document import facts_of_document, of_document
from tests.published_texts import (
    REASONS,
    TURNS,
    Sites,
    Text,
    keys_of,
    of_reasons,
    of_sentences,
    rows_of,
    share_facts,
    shares_of_sentences,
)


def release_in(
    folder: Path, proposal: Proposal, called: str = "plan", today: str = "today"
) -> Release:
    """Return what the files of a plan say of its persons, with what everybody knows.

    `called` names the plan where the files of several are held together, `today` its today: two
    that were not calculated to their end may differ.
    """
    sites = _sites(proposal, called, today)
    texts = [
        *_of_municipalities(folder, called, today),
        *_of_sites(folder, sites, called),
        *_of_start_now(folder, proposal, called),
        *_of_unserved(folder, proposal, called),
        *_of_layers(folder, sites, called),
        *_of_map(folder, sites, {"plan": called, "today": today}),
    ]
    at_sites = [part for parts in sites.values() for part in parts]
    facts = [
        *classes_of_map(folder, {"plan": called, "today": today}),
        *_classes_of_layers(folder, proposal, called),
    ]
    facts += [
        fact
        for m, s in keys_of(proposal)
        for situation in (today, called)
        for fact in _facts(m, s, situation, at_sites)
    ]
    facts += [*_rows_that_are_there(folder, proposal), *_new_sites(proposal, sites, called)]
    return release_of(texts, facts)


def _rows_that_are_there(folder: Path, proposal: Proposal) -> Iterator[Fact]:
    """Give that a row without any site stands there since somebody is in need."""
    home = proposal.problem.municipality_of_site
    sites = {(home[site], s) for s, site in {*proposal.problem.existing, *proposal.plan.opened}}
    for row in rows_of(folder / "municipalities.csv"):
        key = row["municipality_atvk"], row["service"]
        if key not in sites:
            yield Fact(((Part(*key, NEED), 1.0),), 1.0, math.inf)


def _new_sites(proposal: Proposal, sites: Sites, called: str) -> Iterator[Fact]:
    """Give that a new site serves as many as it is built for at least."""
    for (service, site), opening in proposal.plan.opened.items():
        if opening.kind is Kind.NEW:
            least = proposal.problem.services[service].least_load_persons * opening.units
            terms = tuple((part, 1.0) for part in sites[called, service, site])
            yield Fact(terms, float(max(1, least)), math.inf)


def release_of(texts: Iterable[Text], facts: Iterable[Fact]) -> Release:
    """Return texts as a release; what is no count of persons is left out."""
    claims = [claim for text in texts if (claim := _claim(*text)) is not None]
    return Release("files", "files", Audience.PUBLIC, tuple(claims), tuple(facts))


def _sites(proposal: Proposal, called: str, today: str = "today") -> Sites:
    home = proposal.problem.municipality_of_point
    sites: Sites = {}
    for situation, plan in ((today, proposal.today), (called, proposal.plan)):
        for service, point, site in sorted(plan.assigned):
            part = Part(home[point], service, situation, f"@{site}")
            there = sites.setdefault((situation, service, site), [])
            if part not in there:
                there.append(part)
        for (service, site), opening in plan.opened.items():
            there = sites.setdefault((situation, service, site), [])
            if opening.kind is Kind.NEW or not there:  # anybody may go there, as far as one sees
                keys = [key for key in keys_of(proposal) if key[1] == service]
                there[:] = [Part(m, s, situation, f"@{site}") for m, s in keys]
    return sites


def comparison_in(
    folder: Path, before: tuple[str, Proposal], after: tuple[str, Proposal]
) -> Release:
    """Return what the files of a comparison say; each side is a name and its plan or today's."""
    names = before[0], after[0]
    turns = f"turns {names[0]} {names[1]}"
    stay = ("shorter", "longer", "unchanged")
    both = sorted({*keys_of(before[1])} & {*keys_of(after[1])})
    facts = [
        fact
        for m, s in both
        for fact in (
            _equal(m, s, (names[0], "within", "beyond"), (turns, *stay, "gone")),
            _equal(m, s, (names[1], "within", "beyond"), (turns, *stay, "newly")),
            _equal(m, s, (names[0], "unserved"), (turns, "newly", "never")),
            _equal(m, s, (names[1], "unserved"), (turns, "gone", "never")),
        )
    ]
    facts += shares_of_sentences(folder, after[1], names)
    texts = [*_of_comparison(folder, names, turns), *of_sentences(folder, after[1], turns)]
    if before[1].plan is not after[1].plan:
        facts += classes_of_map(folder, {"after": names[1], "before": names[0]})
        sites = _sites(before[1], names[0]) | _sites(after[1], names[1])
        texts += _of_map(folder, sites, {"after": names[1], "before": names[0]})
    return release_of(texts, facts)


def _equal(m: str, s: str, one: tuple[str, ...], other: tuple[str, ...]) -> Fact:
    left, right = ([Part(m, s, side[0], state) for state in side[1:]] for side in (one, other))
    return equal_sums(left, right)


def _of_comparison(folder: Path, names: tuple[str, str], turns: str) -> Iterator[Text]:
    for row in rows_of(folder / "comparison.csv"):
        m, s = row["municipality_atvk"], row["service"]
        for name, suffix in zip(names, ("before", "after"), strict=True):
            need, within = sum_of([Part(m, s, NEED)]), sum_of([Part(m, s, name, "within")])
            yield "comparison", m, f"{s} need {suffix}", need, row[f"need_{suffix}"]
            told = row[f"within_standard_{suffix}"]
            yield "comparison", m, f"{s} within {suffix}", within, told
        for figure, states in TURNS.items():
            terms = sum_of(Part(m, s, turns, state) for state in states)
            yield "comparison", m, f"{s} {figure}", terms, row[figure]


def amendment_in(folder: Path, proposal: Proposal, called: str = "plan") -> Release:
    """Return what the tables of an amendment say of persons."""
    sites, changes = _sites(proposal, called), f"changes {called}"
    texts: list[Text] = []
    facts: list[Fact] = []
    for row in rows_of(folder / "amendment.csv"):
        service, site = row["service"], row["site"]
        option = service, site
        stands, opened = operates(proposal.problem, option), option in proposal.plan.opened
        loads = {s: sites.get((s, service, site), []) for s in ("today", called)}
        at = "amendment", site
        if stands or not opened:  # a new place may have several addresses
            texts.append((*at, f"{service} after", sum_of(loads[called]), row["persons_after"]))
        texts.append((*at, f"{service} before", sum_of(loads["today"]), row["persons_before"]))
        if not stands and not opened:  # never opened and dropped
            texts.append((*at, f"{service} concerned", (), row["persons"]))
            continue
        comes = not stands or _as_large_as_today(proposal, option)
        never = "lost" if comes else "newly"  # who comes, who goes
        concerned = [
            Part(f"site {site}", service, changes, reason)
            for reason in (*REASONS, "same")
            if reason != never
        ]
        stay, other = (Part(f"site {site}", service, changes, state) for state in ("stay", "other"))
        first, second = (called, "today") if comes else ("today", called)
        if not stands or not opened:
            facts.append(equal_sums(loads[first], concerned))
        else:
            facts.append(equal_sums(loads[first], [*concerned, stay]))
            facts.append(equal_sums(loads[second], [stay, other]))
        if stands:
            texts.append((*at, f"{service} concerned", sum_of(concerned), row["persons"]))
        texts += of_reasons("amendment", site, service, changes, row["reason"])
    texts += of_document(folder, proposal, sites, called)
    facts += facts_of_document(folder, proposal, called)
    return release_of([*texts, *_of_totals(folder, proposal, sites, called)], facts)


def _as_large_as_today(proposal: Proposal, option: Option) -> bool:
    """Return whether a site that operates today has as many places in the plan, or more."""
    now = proposal.plan.opened.get(option)
    return now is not None and now.places >= proposal.problem.existing[option].places


def _of_totals(folder: Path, proposal: Proposal, sites: Sites, called: str) -> Iterator[Text]:
    """Give the totals of municipalities from the second table of the workbook."""
    home = proposal.problem.municipality_of_site
    sheet = load_workbook(folder / "grozijumi.xlsx").worksheets[-1]
    keys = keys_of(proposal)
    for row in sheet.iter_rows(min_row=2, values_only=True):
        m, own = str(row[0]), [s for place, s in keys if place == str(row[0])]
        yield "totals", m, "need", sum_of(Part(m, s, NEED) for s in own), str(row[9])
        for k, situation in enumerate(("today", called)):
            here = [
                part
                for (when, _, site), parts in sites.items()
                if when == situation and home[site] == m
                for part in parts
            ]
            served = sum_of(Part(m, s, situation, st) for s in own for st in ("within", "beyond"))
            within = sum_of(Part(m, s, situation, "within") for s in own)
            yield "totals", m, f"at sites {k}", sum_of(here), str(row[7 + k])
            yield "totals", m, f"served {k}", served, str(row[10 + k])
            yield "totals", m, f"within {k}", within, str(row[12 + k])


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


def _of_municipalities(folder: Path, called: str, today: str) -> Iterator[Text]:
    for row in rows_of(folder / "municipalities.csv"):
        m, s = row["municipality_atvk"], row["service"]
        yield "municipalities.csv", m, f"{s} need", sum_of([Part(m, s, NEED)]), row["need"]
        for suffix, situation in (("", called), ("_today", today)):
            for figure, states in _STATES.items():
                if figure + suffix in row:
                    terms = sum_of(Part(m, s, situation, state) for state in states)
                    column = f"{s} {figure}{suffix}"
                    yield "municipalities.csv", m, column, terms, row[figure + suffix]


def _of_sites(folder: Path, sites: Sites, called: str) -> Iterator[Text]:
    for row in rows_of(folder / "sites.csv"):
        there = sites.get((called, row["service"], row["site"]), [])
        yield "sites.csv", row["site"], row["service"], sum_of(there), row["persons"]


def _of_start_now(folder: Path, proposal: Proposal, called: str) -> Iterator[Text]:
    """Give the rows of the table, and that there is nobody where it has none."""
    rows = [
        ((r["municipality_atvk"], r["service"], r["why"]), r["persons"])
        for r in rows_of(folder / "start_now.csv")
    ]
    told, ways = dict(rows), {(s, why) for (_, s, why), _ in rows}
    for m in sorted({*proposal.problem.municipality_of_point.values()}):
        for s, why in sorted(ways):
            part = Part(m, s, called, "unserved") if why == "unserved" else Part(m, s, NEED, why)
            yield "start_now.csv", m, f"{s} {why}", sum_of([part]), told.get((m, s, why), "0")


def _of_unserved(folder: Path, proposal: Proposal, called: str) -> Iterator[Text]:
    """Give the unserved for a reason; the others may be of any reason or of none."""
    for row in rows_of(folder / "unserved.csv"):
        area, s, why = row["municipality_atvk"], row["service"], row["why"]
        if why != "others":
            ours = [m for m, of in keys_of(proposal) if of == s and area in ("", m)]
            terms = sum_of(Part(m, s, called, f"#{why}") for m in ours)
            yield "unserved.csv", area, f"{s} {why}", terms, row["persons"]


def _of_layers(folder: Path, sites: Sites, called: str) -> Iterator[Text]:
    file = folder / "layers.gpkg"
    layers = set(geopandas.list_layers(file)["name"])
    for row in _layer(file, "sites", layers):
        there = sites.get((called, row["service"], row["site"]), [])
        yield "layers sites", row["site"], row["service"], sum_of(there), str(row["persons"])
    for row in _layer(file, "demand", layers):
        m, s = row["municipality_atvk"], row["service"]
        yield "layers demand", m, s, sum_of([Part(m, s, NEED)]), str(row["need"])
    for row in _layer(file, "flows", layers):
        m, s, site = row["municipality_atvk"], row["service"], row["site"]
        terms = sum_of([Part(m, s, called, f"@{site}")])
        yield "layers flows", m, f"{s} {site}", terms, str(row["persons"])


def _of_map(folder: Path, sites: Sites, called: Mapping[str, str]) -> Iterator[Text]:
    drawn = _drawn(folder / "map.html")
    at = {tuple(m["at"]): code for code, m in drawn["municipalities"].items()}
    for s, views in drawn["data"].items():
        for key, situation in called.items():
            view = views[key]
            of_point: dict[tuple[float, float], list[str]] = {}
            for lat, lon, _, _, told, _, site in view["sites"]:
                of_point.setdefault((lat, lon), []).append(site)
                terms = sum_of(sites.get((situation, s, site), []))
                yield f"map {situation} sites", site, s, terms, _after_colon(told)
            for lat, lon, _, told in view["demand"]:
                m = at[lat, lon]
                needs = sum_of(Part(*pair, NEED) for pair in _painted(drawn, key, m, s))
                yield f"map {situation} demand", m, s, needs, _after_colon(told)
            for lat, lon, to_lat, to_lon, persons, _ in view["flows"]:
                m, ends = at[lat, lon], of_point[to_lat, to_lon]
                terms = sum_of(Part(m, s, situation, f"@{site}") for site in ends)
                if len(ends) == 1:
                    yield f"map {situation} flows", m, f"{s} {ends[0]}", terms, str(persons)


def classes_of_map(folder: Path, called: Mapping[str, str]) -> Iterator[Fact]:
    """Give what the colours of a map say of those within the standard, and of their change.

    `called` has the situation of each view; the first is the one that a change leads to.
    """
    after, before = called.values()
    drawn = _drawn(folder / "map.html")
    for s, views in drawn["data"].items():
        for key, situation in called.items():
            for m, (_, text, *_) in views[key]["values"].items():
                yield from share_facts(_painted(drawn, key, m, s), situation, text)
        for m, (klass, *_) in views.get("change", {"values": {}})["values"].items():
            if klass >= 0:
                pairs = _painted(drawn, next(iter(called)), m, s)
                now, was = ([Part(*pair, at, "within") for pair in pairs] for at in (after, before))
                terms = (*((part, 1.0) for part in now), *((part, -1.0) for part in was))
                yield Fact(terms, *CHANGES[klass], group_only=True)


def _painted(drawn: Any, view: str, m: str, service: str) -> list[tuple[str, str]]:
    """Return what a figure of a municipality is of: a service, or all that it needs in a view."""
    if service != EVERY_SERVICE:
        return [(m, service)]
    services = (s for s in drawn["data"] if s != EVERY_SERVICE)
    return [(m, s) for s in services if m in drawn["data"][s][view]["values"]]


CHANGES = ((-math.inf, -5), (-4, -1), (0, 0), (1, 4), (5, math.inf))


def _classes_of_layers(folder: Path, proposal: Proposal, called: str) -> Iterator[Fact]:
    file = folder / "layers.gpkg"
    for row in _layer(file, "municipalities", set(geopandas.list_layers(file)["name"])):
        for service in proposal.problem.services:
            text = row.get(f"{service}_within")
            if isinstance(text, str):
                yield from share_facts([(row["atvk"], service)], called, text)


def _after_colon(told: str) -> str:
    """Return the last figure of a hint such as "place<br>served here: 12 pers."."""
    last = html.unescape(told).split("<br>")[-1]
    return last.rpartition(": ")[2].removesuffix(" pers.") if ": " in last else ""


def _drawn(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    start = text.rindex('{"attribution"')
    return json.JSONDecoder().raw_decode(text[start:])[0]


def _layer(file: Path, name: str, layers: set[str]) -> Iterator[Any]:
    if name in layers:
        for _, row in geopandas.read_file(file, layer=name).iterrows():
            yield row


def _claim(table: str, row: str, column: str, terms: Terms, text: str) -> Claim | None:
    bare = text.replace("\u00a0", "").strip()
    if bare.isdigit():
        return Claim(table, row, column, terms, Mark.PLAIN, int(bare)) if terms else None
    if bare.startswith("<"):
        return Claim(table, row, column, terms, Mark.SMALL)
    return Claim(table, row, column, terms, Mark.HIDDEN) if bare == HIDDEN_MARK else None


__all__ = ["amendment_in", "comparison_in", "release_in", "release_of"]

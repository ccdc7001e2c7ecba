"""Plans of one area into the small set of numbers and words that a map draws.

Everything here may be published: counts of persons are those that the gate released, and none where
it released nothing; coverage comes in classes, and every text is escaped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely

from planner.disclosure import BREAKS_PERCENT, DEFAULT_THRESHOLD
from planner.domain import (
    Kind,
    Opening,
    Option,
    Plan,
    Problem,
    Service,
    Site,
    Source,
    StudyArea,
)
from planner.editions import is_committed
from planner.inputs.study_area import REGIONS
from planner.locales import say, say_count
from planner.publishing import formats
from planner.publishing.coverage import change_class
from planner.publishing.illustrations import illustrated, illustration
from planner.publishing.markup import escape_markup
from planner.publishing.names import name_of
from planner.publishing.people import (
    WITHHELD,
    HasCoverage,
    People,
    coverage_of,
    in_need,
    whole,
    why_no_share,
)
from planner.publishing.reasons import NOT_OPERATING

Json = dict[str, Any]

COVERAGE_COLOURS = ("#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c")
CHANGE_COLOURS = ("#a63603", "#fdae6b", "#e6e6e6", "#9ecae1", "#08519c")
NOT_TOLD_COLOUR = "#f4f1ea"
CHANGE = "change"
CLOSING = "closing"
COMMITTED = "committed"
COMMITTED_ENLARGED = "committed_enlarged"
_PLACES = 5  # digits after the point: about a metre
_MARKER_PIXELS = 20


Figures = Mapping[tuple[str, str], HasCoverage]
"""By (municipality, service)."""


@dataclass(frozen=True)
class Situation:
    """A plan to look at, under a name: today, a plan, another plan.

    `title` is an English sentence of the catalogues. `people` is what the gate released of it;
    without it the map shows no count of persons and no line.
    """

    key: str
    title: str
    problem: Problem
    plan: Plan
    figures: Figures
    people: People | None = None


def scene(
    area: StudyArea,
    situations: Sequence[Situation],
    *,
    language: str,
    services: Sequence[str] = (),
    threshold: int = DEFAULT_THRESHOLD,
) -> Json:
    """Return what a map of `situations` draws, as plain JSON values.

    Parameters
    ----------
    situations : sequence of Situation
        The first one is shown first. With two, the change from the second to the first can be
        shown as well, and a site that only the second has is marked as closing in the first.
    services : sequence of service ids, optional
        Which to offer; all of the problem where absent.
    threshold : int
        Smallest number of persons that is told, and that a line stands for.
    """
    offered = [
        s
        for s in area.services
        if s.id in situations[0].problem.services and (not services or s.id in services)
    ]
    views = [_view(s.key, s.title, language) for s in situations]
    if len(situations) > 1:
        views.append(_view(CHANGE, "What changes", language))
    drawer = _Drawer(area, language, threshold)
    return {
        "words": {
            key: escape_markup(say(language, text, threshold=threshold))
            for key, text in _WORDS.items()
        },
        "services": [{"id": s.id, "name": escape_markup(name_of(s, language))} for s in offered],
        "views": views,
        "municipalities": drawer.municipalities(),
        "legend": {
            "coverage": _coverage_legend(),
            "change": _change_legend(language, threshold),
            "notTold": NOT_TOLD_COLOUR,
        },
        "data": {
            s.id: {
                **{view.key: drawer.view(s, situations, k) for k, view in enumerate(situations)},
                **({CHANGE: drawer.change(s, situations)} if len(situations) > 1 else {}),
            }
            for s in offered
        },
        "label": _label(area, language),
        "title": escape_markup(drawer.region_name()),
        "attribution": escape_markup(_attribution(area)),
        "sources": [
            escape_markup("; ".join(part for part in source_parts(s, language) if part))
            for s in area.sources
        ],
    }


def source_parts(source: Source, language: str) -> tuple[str, str, str]:
    """Return name, licence and date of a source in a language."""
    when = formats.day_text(source.date, language=language)
    return (say(language, source.name), say(language, source.licence), when)


def kinds_at(situations: Sequence[Situation], position: int) -> dict[Option, str]:
    """Return what a situation does at each option; what only the next one has is closing."""
    problem, opened = situations[position].problem, situations[position].plan.opened
    kinds = {option: kind_of(problem, option, opening) for option, opening in opened.items()}
    if position + 1 < len(situations):
        for option in situations[position + 1].plan.opened:
            kinds.setdefault(option, CLOSING)
    return kinds


def kind_of(problem: Problem, option: Option, opening: Opening | None) -> str:
    """Return what a plan does at an option, a key of `KIND_WORDS`.

    What is decided and does not operate yet is told apart from what stands.
    """
    if opening is None:
        return CLOSING
    if is_committed(problem, option):
        kinds = {Kind.EXISTING: COMMITTED, Kind.ENLARGED: COMMITTED_ENLARGED}
        return kinds.get(opening.kind, opening.kind.value)
    return opening.kind.value


@dataclass(frozen=True)
class _Drawer:
    area: StudyArea
    language: str
    threshold: int

    def region_name(self) -> str:
        return REGIONS.get(self.area.region, self.area.region)

    def municipalities(self) -> Json:
        return {
            m.atvk: {"name": escape_markup(m.name), "at": self._centres()[m.atvk]}
            for m in self.area.municipalities
            if m.atvk in self._centres()
        }

    def view(self, service: Service, situations: Sequence[Situation], position: int) -> Json:
        situation = situations[position]
        return {
            "values": self._coverage(service, situation),
            "sites": self._sites(service, situation, kinds_at(situations, position)),
            "flows": self._flows(service, situation),
            "demand": self._demand(service, situation),
        }

    def change(self, service: Service, situations: Sequence[Situation]) -> Json:
        after, before = situations[0], situations[1]
        values = {}
        for m in self.area.municipalities:
            key = m.atvk, service.id
            now, was = after.figures.get(key), before.figures.get(key)
            if now is None or was is None or not in_need(after.people, key, now):
                continue
            found = self._change(key, after, before)
            if found is None:
                values[m.atvk] = [-1, "", self._told(m.name, say(self.language, WITHHELD))]
                continue
            words = say(self.language, _CHANGE_WORDS[found], threshold=self.threshold)
            values[m.atvk] = [found, "", self._told(m.name, words)]
        return {
            "values": values,
            "sites": self._sites(service, after, kinds_at(situations, 0)),
            "flows": [],
            "demand": self._demand(service, after),
        }

    def _change(self, key: tuple[str, str], after: Situation, before: Situation) -> int | None:
        if after.people is not None and before.people is not None:
            return after.people.change_since(before.people, *key)
        within = (side.figures[key].within_standard for side in (before, after))
        return change_class(*within, threshold=self.threshold)

    def _told(self, *lines: str) -> str:
        return "<br>".join(escape_markup(line) for line in lines if line)

    def _coverage(self, service: Service, situation: Situation) -> Json:
        values = {}
        for m in self.area.municipalities:
            key = m.atvk, service.id
            found = situation.figures.get(key)
            if found is None or not in_need(situation.people, key, found):
                continue
            klass = coverage_of(situation.people, key, found, threshold=self.threshold)
            need = self._need(situation.people, m.atvk, service)
            if klass is None:
                share = say(self.language, _why_no_share(situation, key))
                values[m.atvk] = [-1, "", self._told(m.name, share, need)]
            else:
                share = say(self.language, "within the standard: {share}", share=klass.text)
                values[m.atvk] = [
                    klass.colour,
                    escape_markup(klass.text),
                    self._told(m.name, share, need),
                ]
        return values

    def _need(self, people: People | None, municipality: str, service: Service) -> str:
        if people is None:
            return ""
        persons = people.at(municipality, service.id).need
        return say(self.language, "in need: {persons}", persons=persons)

    def _sites(
        self, service: Service, situation: Situation, kinds: Mapping[Option, str]
    ) -> list[list[Any]]:
        sites = {site.id: site for site in self.area.sites}
        shown = [(sites[j], kind) for (s, j), kind in sorted(kinds.items()) if s == service.id]
        there: Counter[tuple[float, float]] = Counter((x.lat, x.lon) for x, _ in shown)
        drawn: Counter[tuple[float, float]] = Counter()
        rows = []
        for site, kind in shown:
            at = (site.lat, site.lon)
            shift = round((drawn[at] - (there[at] - 1) / 2) * _MARKER_PIXELS)
            drawn[at] += 1
            opening = situation.plan.opened.get((service.id, site.id))
            lines = [self._site_name(site), say(self.language, KIND_WORDS[kind])]
            if opening is not None:
                lines.append(
                    say_count(self.language, "{count} place", "{count} places", opening.places)
                )
            if opening is not None and situation.people is not None:
                persons = situation.people.served_at(site.id, service.id)
                lines.append(say(self.language, "served here: {persons}", persons=persons))
            rows.append(
                [
                    round(site.lat, _PLACES),
                    round(site.lon, _PLACES),
                    kind,
                    shift,
                    self._told(*lines),
                    escape_markup(", ".join(lines[:2])),
                    escape_markup(site.id),
                ]
            )
        return rows

    def _site_name(self, site: Site) -> str:
        place = next((p.name for p in self.area.points if p.id == site.place_id), site.name)
        named = site.address if site.building and site.address else ""
        return place if named in ("", place) else f"{place}, {named}"

    def _flows(self, service: Service, situation: Situation) -> list[list[Any]]:
        """Return a line for each flow that may be told."""
        if situation.people is None:
            return []
        centres, sites = self._centres(), {site.id: site for site in self.area.sites}
        names = {m.atvk: m.name for m in self.area.municipalities}
        travelled = {
            (situation.problem.municipality_of_point[point], site_id)
            for (s, point, site_id) in situation.plan.assigned
            if s == service.id
        }
        rows = []
        for municipality, site_id in sorted(travelled):
            persons = situation.people.flow(municipality, service.id, site_id)
            if persons is None or municipality not in centres:
                continue
            site = sites[site_id]
            told = say_count(
                self.language,
                "{origin} → {site}: {persons} person",
                "{origin} → {site}: {persons} persons",
                persons,
                origin=names.get(municipality, municipality),
                site=self._site_name(site),
                persons=formats.number(persons, language=self.language),
            )
            ends = [*centres[municipality], round(site.lat, _PLACES), round(site.lon, _PLACES)]
            rows.append([*ends, persons, escape_markup(told)])
        return rows

    def _demand(self, service: Service, situation: Situation) -> list[list[Any]]:
        """Return a circle for each need, of one size where the need is not told plainly."""
        rows: list[list[Any]] = []
        if situation.people is None:
            return rows
        for m in self.area.municipalities:
            found = situation.figures.get((m.atvk, service.id))
            at = self._centres().get(m.atvk)
            key = m.atvk, service.id
            if found is None or at is None or not in_need(situation.people, key, found):
                continue
            plain = whole(situation.people.at(m.atvk, service.id).need)
            size = (self.threshold - 1) / 2 if plain is None else plain
            need = self._need(situation.people, m.atvk, service)
            rows.append([*at, size, self._told(m.name, need)])
        return rows

    def _centres(self) -> dict[str, list[float]]:
        return municipality_centres(self.area)


def municipality_centres(area: StudyArea) -> dict[str, list[float]]:
    """Return latitude and longitude (EPSG:4326) of a point inside each municipality's outline.

    Where there is no outline: the middle of its settlements. It says nothing about where in the
    municipality people in need live.
    """
    points = defaultdict(list)
    for point in area.points:
        points[point.municipality_atvk].append((point.lat, point.lon))
    centres = {}
    for m in area.municipalities:
        if m.outline_wkb:
            inside = shapely.from_wkb(m.outline_wkb).representative_point()
            centres[m.atvk] = [round(inside.y, _PLACES), round(inside.x, _PLACES)]
        elif points[m.atvk]:
            lat, lon = (sum(x) / len(points[m.atvk]) for x in zip(*points[m.atvk], strict=True))
            centres[m.atvk] = [round(lat, _PLACES), round(lon, _PLACES)]
    return centres


KIND_WORDS = {
    Kind.EXISTING.value: "existing, stays",
    COMMITTED: NOT_OPERATING,
    Kind.NEW.value: "new",
    Kind.ENLARGED.value: "existing, enlarged",
    COMMITTED_ENLARGED: "approved, not yet operating; enlarged",
    CLOSING: "closing",
}

_CHANGE_WORDS = (
    "{threshold} persons or more fewer within the standard",
    "fewer than {threshold} persons fewer within the standard",
    "as many within the standard as before",
    "fewer than {threshold} persons more within the standard",
    "{threshold} persons or more in addition within the standard",
)


_WORDS = {
    "legend": "Legend",
    "service": "Service",
    "view": "Shown",
    "coverage": "Persons within the standard",
    "change": "What changes",
    "notTold": "no need, or not told",
    **KIND_WORDS,
    "flow": "where people travel to ({threshold} persons or more)",
    "lakes": "Lakes",
    "roads": "Roads",
    "demand": "Need by municipality",
    "flows": "Who travels where",
    "labels": "Names and shares",
    "layers": "Layers",
    "table": "The same in a table",
    "municipality": "Municipality",
    "sources": "Sources",
    "standardNote": "The share of persons in need who are served within the standard, in classes.",
}


def _why_no_share(situation: Situation, key: tuple[str, str]) -> str:
    return why_no_share() if situation.people is None else situation.people.why_no_share(*key)


def _view(key: str, title: str, language: str) -> Json:
    return {"id": key, "name": escape_markup(say(language, title))}


def _coverage_legend() -> list[list[str]]:
    pairs = pairwise(BREAKS_PERCENT)
    texts = [f"{low}–{high}\u00a0%" for low, high in pairs]
    return [[colour, text] for colour, text in zip(COVERAGE_COLOURS, texts, strict=True)][::-1]


def _change_legend(language: str, threshold: int) -> list[list[str]]:
    texts = [escape_markup(say(language, text, threshold=threshold)) for text in _CHANGE_WORDS]
    return [[colour, text] for colour, text in zip(CHANGE_COLOURS, texts, strict=True)][::-1]


def _label(area: StudyArea, language: str) -> str:
    return escape_markup(illustration(illustrated(area.sources), language))


def _attribution(area: StudyArea) -> str:
    """Return the credits that licences ask for on the map itself; the full list stands below."""
    told = " ".join(f"{s.name} {s.licence}" for s in area.sources)
    return ", ".join(credit for name, credit in _CREDITS.items() if name in told)


_CREDITS = {
    "OpenStreetMap": "© OpenStreetMap contributors (ODbL 1.0)",
    "GeoNames": "GeoNames (CC BY 4.0)",
    "Eurostat": "© Eurostat (CC BY 4.0)",
    "Natural Earth": "Natural Earth",
}

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
    EVERY_SERVICE,
    Kind,
    Opening,
    Option,
    Problem,
    Site,
    Source,
    StudyArea,
)
from planner.editions import is_committed
from planner.inputs.study_area import REGIONS
from planner.locales import say, say_count
from planner.publishing import formats
from planner.publishing.illustrations import illustrated, illustration
from planner.publishing.markup import escape_markup
from planner.publishing.names import name_of
from planner.publishing.painting import Painter, Situation, told, told_together
from planner.publishing.people import whole
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
    together = told_together(situations) and len(offered) == len(situations[0].problem.services)
    return {
        "words": {
            key: escape_markup(say(language, text, threshold=threshold))
            for key, text in _WORDS.items()
        },
        "services": [
            *({"id": s.id, "name": escape_markup(name_of(s, language))} for s in offered),
            *([{"id": EVERY_SERVICE, "name": drawer.told("All services")}] if together else []),
        ],
        "views": views,
        "municipalities": drawer.municipalities(),
        "legend": {
            "coverage": _coverage_legend(),
            "change": _change_legend(language, threshold),
            "notTold": NOT_TOLD_COLOUR,
        },
        "data": {
            s: {
                **{view.key: drawer.view(s, situations, k) for k, view in enumerate(situations)},
                **({CHANGE: drawer.change(s, situations)} if len(situations) > 1 else {}),
            }
            for s in (*(service.id for service in offered), *([EVERY_SERVICE] if together else []))
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

    @property
    def painter(self) -> Painter:
        return Painter(self.area, self.language, self.threshold)

    def told(self, sentence: str) -> str:
        return escape_markup(say(self.language, sentence))

    def view(self, service: str, situations: Sequence[Situation], position: int) -> Json:
        situation = situations[position]
        return {
            "values": self.painter.coverage(service, situation),
            "sites": self._sites(service, situation, kinds_at(situations, position)),
            "flows": self._flows(service, situation),
            "demand": self._demand(service, situation),
        }

    def change(self, service: str, situations: Sequence[Situation]) -> Json:
        after, before = situations[0], situations[1]
        return {
            "values": self.painter.change(service, after, before, _CHANGE_WORDS),
            "sites": self._sites(service, after, kinds_at(situations, 0)),
            "flows": [],
            "demand": self._demand(service, after),
        }

    def _sites(
        self, service: str, situation: Situation, kinds: Mapping[Option, str]
    ) -> list[list[Any]]:
        sites = {site.id: site for site in self.area.sites}
        shown = [(sites[j], kind) for (s, j), kind in sorted(kinds.items()) if s == service]
        there: Counter[tuple[float, float]] = Counter((x.lat, x.lon) for x, _ in shown)
        drawn: Counter[tuple[float, float]] = Counter()
        rows = []
        for site, kind in shown:
            at = (site.lat, site.lon)
            shift = round((drawn[at] - (there[at] - 1) / 2) * _MARKER_PIXELS)
            drawn[at] += 1
            opening = situation.plan.opened.get((service, site.id))
            lines = [self._site_name(site), say(self.language, KIND_WORDS[kind])]
            if opening is not None:
                lines.append(
                    say_count(self.language, "{count} place", "{count} places", opening.places)
                )
            if opening is not None and situation.people is not None:
                persons = situation.people.served_at(site.id, service)
                lines.append(say(self.language, "served here: {persons}", persons=persons))
            rows.append(
                [
                    round(site.lat, _PLACES),
                    round(site.lon, _PLACES),
                    kind,
                    shift,
                    told(*lines),
                    escape_markup(", ".join(lines[:2])),
                    escape_markup(site.id),
                ]
            )
        return rows

    def _site_name(self, site: Site) -> str:
        place = next((p.name for p in self.area.points if p.id == site.place_id), site.name)
        named = site.address if site.building and site.address else ""
        return place if named in ("", place) else f"{place}, {named}"

    def _flows(self, service: str, situation: Situation) -> list[list[Any]]:
        """Return a line for each flow that may be told."""
        if situation.people is None:
            return []
        centres, sites = self._centres(), {site.id: site for site in self.area.sites}
        names = {m.atvk: m.name for m in self.area.municipalities}
        travelled = {
            (situation.problem.municipality_of_point[point], site_id)
            for (s, point, site_id) in situation.plan.assigned
            if s == service
        }
        rows = []
        for municipality, site_id in sorted(travelled):
            persons = situation.people.flow(municipality, service, site_id)
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

    def _demand(self, service: str, situation: Situation) -> list[list[Any]]:
        """Return a circle for each need, of one size where the need is not told plainly."""
        rows: list[list[Any]] = []
        if situation.people is None:
            return rows
        for m in self.area.municipalities:
            key, at = (m.atvk, service), self._centres().get(m.atvk)
            if at is None or not situation.anybody_in_need(key):
                continue
            plain = whole(situation.people.at(*key).need)
            size = (self.threshold - 1) / 2 if plain is None else plain
            rows.append([*at, size, told(m.name, *self.painter.need(situation.people, key))])
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
    "joined": "wider ranges: the colour of their middle",
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
    "standardNote": "The share of persons in need who are served within the standard, in classes. "
    "A class that joins several has the colour of its middle.",
}


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

"""A plan into a map: one file that opens without a network, or the parts that a page shows.

The page loads what never changes by URL and swaps one compact layer; the file holds everything.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import folium
import shapely
from branca.element import MacroElement
from folium.template import Template
from shapely.geometry import mapping
from xstatic.pkg import jquery, leaflet

from planner.disclosure import DEFAULT_THRESHOLD, ServedTables
from planner.domain import Plan, Problem, StudyArea
from planner.locales import say
from planner.publishing.markup import escape_markup
from planner.publishing.package import write_text
from planner.publishing.painting import Figures, Situation
from planner.publishing.people import People
from planner.publishing.scene import scene

Json = dict[str, Any]

GROUND = ("outline", "lakes", "roads")
"""Layers of `StudyArea.background` that a map draws, from below."""
_FILES = Path(__file__).parent / "map_files"
_DIGITS = 4  # degrees: about 10 m, finer than the outlines are
_NO_REQUESTS = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)


@dataclass(frozen=True)
class MapParts:
    """A cheap map for every run of a page, and the one layer that holds what was found."""

    base: folium.Map
    solution: folium.FeatureGroup


def write_map(
    path: Path,
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    figures: Figures,
    *,
    today: Situation | None = None,
    released: ServedTables | None = None,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> Path:
    """Write the map of a plan as one HTML file that makes no request; return its path.

    Parameters
    ----------
    figures : mapping of (municipality, service) to figures
        `planner.analysis.indicators.municipality_figures` of the plan.
    today : Situation, optional
        What to look at beside the plan; see `today_situation`.
    released : ServedTables, optional
        What the gate released; without it there are no counts and no lines.
    threshold : int
        Smallest number of persons that is told, and that a line stands for.
    """
    people = People(released) if released else None
    plan_now = Situation("plan", "Plan", problem, plan, figures, people)
    situations = (plan_now, *((today,) if today else ()))
    return write_situations(path, area, situations, language=language, threshold=threshold)


def today_situation(
    problem: Problem, plan: Plan, figures: Figures, released: ServedTables | None = None
) -> Situation:
    """Return today as a situation to look at beside a plan."""
    people = People(released, "today") if released else None
    return Situation("today", "Today", problem, plan, figures, people)


def write_situations(
    path: Path,
    area: StudyArea,
    situations: Sequence[Situation],
    *,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> Path:
    """Write a map of one situation or of two and what changes between them; see `scene`."""
    drawn = scene(area, situations, language=language, threshold=threshold)
    sources = {key: {"data": data} for key, data in ground_layers(area).items()}
    base = _Base(_base_payload(area, drawn, sources, collapsed=False))
    return write_text(path, _standalone(base, _Solution(drawn), drawn, language))


def map_parts(
    area: StudyArea,
    situations: Sequence[Situation],
    *,
    language: str,
    services: Sequence[str],
    ground_urls: Mapping[str, str],
    script_urls: Sequence[str],
    style_urls: Sequence[str],
    shown: str = "",
    threshold: int = DEFAULT_THRESHOLD,
) -> MapParts:
    """Return the map that a page shows, and its solution layer for `feature_group_to_add`.

    Parameters
    ----------
    services : sequence of service ids
        Usually one: the page has its own choice.
    ground_urls : mapping of layer to URL
        Where the page serves the layers of `ground_layers`, a JSON file each.
    script_urls, style_urls : sequence of URL
        Where the page serves the files of `vendor_files`.
    shown : str, optional
        Key of the situation to look at first, or "change"; the first situation where absent.
    """
    drawn = scene(area, situations, language=language, services=services, threshold=threshold)
    drawn["shown"] = shown
    sources = {key: {"url": url} for key, url in ground_urls.items()}
    # the page has the label of the data itself
    base = _Base(_base_payload(area, {**drawn, "label": ""}, sources, collapsed=True))
    links = ([("script", url) for url in script_urls], [("style", url) for url in style_urls])
    return MapParts(_blank_map(*links, base, drawn["attribution"]), _Solution(drawn))


def ground_layers(area: StudyArea) -> dict[str, Json]:
    """Return outline, municipalities, lakes and roads of `area` as GeoJSON (EPSG:4326).

    They hold ATVK codes and no names, change only with the area, and may be served as files.
    """
    layers = {
        key: _feature_collection([(area.background[key], {})])
        for key in GROUND
        if area.background.get(key)
    }
    outlines = [(m.outline_wkb, {"atvk": m.atvk}) for m in area.municipalities if m.outline_wkb]
    return {**layers, "municipalities": _feature_collection(outlines)}


def vendor_files() -> dict[str, Path]:
    """Return the scripts and styles that a page must serve, by the name to serve them under."""
    leaflet_folder, jquery_folder = Path(leaflet.BASE_DIR), Path(jquery.BASE_DIR)
    images = sorted((leaflet_folder / "images").glob("*.png"))
    return {
        "leaflet.js": leaflet_folder / "leaflet.js",
        "jquery.min.js": jquery_folder / "jquery.min.js",
        "leaflet.css": leaflet_folder / "leaflet.css",
        **{f"images/{image.name}": image for image in images},
    }


class _Base(MacroElement):
    """Layers that stay, as one script."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "{{ this.code }}({{ this._parent.get_name() }}, {{ this.payload|tojson }});\n"
        "{% endmacro %}"
    )

    def __init__(self, payload: Json) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Base"
        self.payload = payload
        self.code = _script("base.js")


class _Solution(folium.FeatureGroup):
    """What was found, as one script; streamlit-folium never empties its own list of groups."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "window.feature_group = [];\n"
        "var {{ this.get_name() }} = L.featureGroup();\n"
        "{{ this.code }}({{ this.get_name() }}, {{ this.payload|tojson }});\n"
        "{% endmacro %}"
    )

    def __init__(self, payload: Json) -> None:
        super().__init__(name="solution", control=False)
        self.payload = payload
        self.code = _script("scene.js")


def _blank_map(
    scripts: Sequence[tuple[str, str]],
    styles: Sequence[tuple[str, str]],
    base: _Base,
    attribution: str,
) -> folium.Map:
    offline = type("Map", (folium.Map,), {"default_js": [*scripts], "default_css": [*styles]})
    blank: folium.Map = offline(tiles=None, zoom_control="topleft", zoom_snap=0.25, zoom_delta=0.5)
    blank.options["attributionControl"] = True
    base.payload["attribution"] = attribution
    blank.add_child(base)
    return blank


def _base_payload(area: StudyArea, drawn: Json, sources: Json, *, collapsed: bool) -> Json:
    return {
        "sources": sources,
        "words": drawn["words"],
        "label": drawn["label"],
        "bounds": _bounds(area),
        "collapsed": collapsed,
        "css": _script("map.css"),
    }


def _bounds(area: StudyArea) -> list[list[float]]:
    outlines = [shapely.from_wkb(m.outline_wkb) for m in area.municipalities if m.outline_wkb]
    places = [shapely.Point(point.lon, point.lat) for point in area.points]
    west, south, east, north = shapely.GeometryCollection([*outlines, *places]).bounds
    return [[round(south, 3), round(west, 3)], [round(north, 3), round(east, 3)]]


def _feature_collection(rows: Sequence[tuple[bytes, Mapping[str, str]]]) -> Json:
    features = []
    for wkb, properties in rows:
        shape = shapely.set_precision(shapely.from_wkb(wkb), 10.0**-_DIGITS, mode="valid_output")
        geometry = mapping(shape)
        features.append({"type": "Feature", "properties": dict(properties), "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _standalone(base: _Base, solution: _Solution, drawn: Json, language: str) -> str:
    blank = _blank_map([], [], base, drawn["attribution"])
    blank.add_child(solution)
    page: str = blank.get_root().render()
    title = f"{drawn['title']} – {escape_markup(say(language, 'Map of the plan'))}"
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_NO_REQUESTS}">\n'
        f"<title>{title}</title>\n"
        f"<style>{_inlined_css()}\n{_script('page.css')}</style>\n"
        f"<script>{_inlined_js('jquery.min.js')}</script>\n"
        f"<script>{_inlined_js('leaflet.js')}</script>\n"
    )
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    page = re.sub(r",\s*initial-scale=1.0, maximum-scale=1.0, user-scalable=no", "", page, count=1)
    page = page.replace('<div class="folium-map"', '<div role="main" class="folium-map"', 1)
    page = page.replace("</body>", f"{_table(drawn)}\n</body>", 1)
    return page.replace("<head>", f"<head>\n{head}", 1)


def _table(drawn: Json) -> str:
    """Return what the colours say as a table, with the sources: no map is the only carrier."""
    words, services, first = drawn["words"], drawn["services"], drawn["views"][0]["id"]
    heads = "".join(f'<th scope="col">{service["name"]}</th>' for service in services)
    rows = []
    for code, municipality in drawn["municipalities"].items():
        cells = ""
        for service in services:
            value = drawn["data"][service["id"]][first]["values"].get(code)
            cells += f"<td>{value[1] if value and value[1] else '–'}</td>"
        rows.append(f'<tr><th scope="row">{municipality["name"]}</th>{cells}</tr>')
    sources = "".join(f"<li>{source}</li>" for source in drawn["sources"])
    return (
        f'<section aria-label="{words["table"]}">'
        f'<details class="tuvak-table"><summary>{words["table"]} · {words["sources"]}</summary>'
        f"<p>{drawn['label']}</p><p>{words['standardNote']}</p>"
        f'<div><table><thead><tr><th scope="col">{words["municipality"]}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f"<h2>{words['sources']}</h2><ul>{sources}</ul></details></section>"
    )


@cache
def _script(name: str) -> str:
    text = (_FILES / name).read_text(encoding="utf-8")
    without_comment = re.sub(r"^/\*.*?\*/\s*", "", text, flags=re.DOTALL)
    return without_comment.strip()


@cache
def _inlined_js(name: str) -> str:
    text = vendor_files()[name].read_text(encoding="utf-8")
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return text.replace("</script", "<\\/script")


@cache
def _inlined_css() -> str:
    files = vendor_files()

    def data_url(found: re.Match[str]) -> str:
        image = files.get(found.group(1))
        if image is None:
            return found.group(0)
        data = base64.b64encode(image.read_bytes()).decode()
        return f"url(data:image/png;base64,{data})"

    css = files["leaflet.css"].read_text(encoding="utf-8")
    return re.sub(r"url\(['\"]?([^'\")]+)['\"]?\)", data_url, css)

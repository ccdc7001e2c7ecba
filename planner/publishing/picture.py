"""A plan into a still picture of the map, for paper: EPSG:3059, the legend outside.

All services at once: what stays, opens, grows and closes, a sign for each place.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import fill
from typing import Any

import geopandas
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from planner.domain import Kind, Opening, Option, Plan, Problem, StudyArea
from planner.locales import say
from planner.publishing.illustrations import illustrated, illustration
from planner.publishing.package import write_atomically
from planner.publishing.scene import (
    CLOSING,
    COMMITTED,
    COMMITTED_ENLARGED,
    KIND_WORDS,
    kind_of,
)

CRS_LATVIA = "EPSG:3059"
_APPROVED, _DROPPED = "approved", "dropped"
_SIGN_WORDS = {
    **KIND_WORDS,
    _APPROVED: "approved already, to be opened",
    _DROPPED: "approved, no longer planned",
}
_SIGNS: dict[str, dict[str, Any]] = {
    Kind.EXISTING.value: {"marker": "o", "color": "white", "edge": "#1a1a1a", "size": 6},
    COMMITTED: {"marker": "D", "color": "white", "edge": "#1a1a1a", "size": 6},
    Kind.ENLARGED.value: {"marker": "s", "color": "white", "edge": "#c2410c", "size": 8},
    COMMITTED_ENLARGED: {"marker": "D", "color": "white", "edge": "#c2410c", "size": 7},
    Kind.NEW.value: {"marker": "^", "color": "#c2410c", "edge": "white", "size": 10},
    _APPROVED: {"marker": "^", "color": "white", "edge": "#c2410c", "size": 8},
    CLOSING: {"marker": "X", "color": "#1a1a1a", "edge": "white", "size": 9},
    _DROPPED: {"marker": "v", "color": "white", "edge": "#1a1a1a", "size": 8},
}
"""In the order in which one covers another where a place has several."""
_LABEL_CHARACTERS = 120
_LEGEND_COLUMNS = 5
_INCHES = (8.2, 8.6)
_DOTS_PER_INCH = 170
_STEP_M = 2600.0
_SMALL_M2 = 2e8
_LAND, _LAKE, _BORDER, _INK = "#f1f0ea", "#a9d1e8", "#8a8a8a", "#1a1a1a"


def write_picture(
    path: Path,
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    *,
    before: dict[Option, Opening] | None = None,
    language: str = "lv",
) -> Path:
    """Write the picture of a plan as PNG or SVG, by the ending of `path`; return its path.

    Parameters
    ----------
    before : mapping of Option to Opening, optional
        What stands or was approved before. What the plan leaves out of it is closing, or was never
        opened and is dropped; what is new in the plan may have been approved already.
    """
    figure = Figure(figsize=_INCHES, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    _draw_ground(axes, area)
    kinds = _kinds(problem, plan, before or {})
    _draw_sites(axes, area, kinds)
    _draw_scale(axes)
    _draw_legend(figure, area, _legend_kinds(kinds), language)

    def write(draft: Path) -> None:
        figure.savefig(draft, metadata={})

    return write_atomically(path, write)


def _draw_ground(axes: Any, area: StudyArea) -> None:
    shapes = [shapely.from_wkb(m.outline_wkb) for m in area.municipalities if m.outline_wkb]
    if not shapes:
        return
    outlines = geopandas.GeoSeries(shapes, crs="EPSG:4326").to_crs(CRS_LATVIA)
    outlines.plot(ax=axes, facecolor=_LAND, edgecolor=_BORDER, linewidth=0.8)
    if area.background.get("lakes"):
        lakes = geopandas.GeoSeries([shapely.from_wkb(area.background["lakes"])], crs="EPSG:4326")
        within = lakes.to_crs(CRS_LATVIA).intersection(outlines.union_all())
        if not within.is_empty.all():
            within.plot(ax=axes, facecolor=_LAKE, edgecolor="none")
    names = [m.name for m in area.municipalities if m.outline_wkb]
    for name, outline in zip(names, outlines, strict=True):
        inside = outline.representative_point()
        lower = -17 if outline.area < _SMALL_M2 else 0  # a city's name clear of its own signs
        axes.annotate(
            name, (inside.x, inside.y), xytext=(0, lower), textcoords="offset points", ha="center",
            va="center", fontsize=7.5, color="#4a4a4a", parse_math=False,
        )  # fmt: skip


def _draw_sites(axes: Any, area: StudyArea, kinds: dict[str, set[str]]) -> None:
    sites = [site for site in area.sites if site.id in kinds]
    if not sites:
        return
    places = geopandas.GeoSeries(
        [shapely.Point(site.lon, site.lat) for site in sites], crs="EPSG:4326"
    ).to_crs(CRS_LATVIA)
    at = [(round(point.x), round(point.y)) for point in places]
    shown: list[tuple[tuple[int, int], str]] = sorted(
        {(xy, kind) for site, xy in zip(sites, at, strict=True) for kind in kinds[site.id]},
        key=lambda row: (row[0], list(_SIGNS).index(row[1])),
    )
    together, drawn = Counter(xy for xy, _ in shown), Counter[tuple[int, int]]()
    for xy, kind in shown:
        shift = (drawn[xy] - (together[xy] - 1) / 2) * _STEP_M
        drawn[xy] += 1
        sign = _SIGNS[kind]
        axes.plot(
            xy[0] + shift,
            xy[1],
            linestyle="none",
            marker=sign["marker"],
            markersize=sign["size"],
            markerfacecolor=sign["color"],
            markeredgecolor=sign["edge"],
            markeredgewidth=1.4,
            zorder=5,
        )


def _kinds(problem: Problem, plan: Plan, before: dict[Option, Opening]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for option in {*plan.opened, *before}:
        stands, opening = option in problem.existing, plan.opened.get(option)
        kind = kind_of(problem, option, opening)
        if option in before and not stands:
            kind = _APPROVED if opening else _DROPPED
        kinds.setdefault(option[1], set()).add(kind)
    return kinds


def _legend_kinds(kinds: dict[str, set[str]]) -> list[str]:
    """Return the signs to explain: of what does not operate only where it is drawn."""
    drawn = set().union(*kinds.values())
    only_drawn = (COMMITTED, COMMITTED_ENLARGED, _APPROVED, _DROPPED)
    return [k for k in _SIGNS if k in drawn or k not in only_drawn]


def _draw_scale(axes: Any) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    metres = next(m for m in (100_000, 50_000, 20_000, 10_000, 5_000, 1) if m < (east - west) / 3)
    left, low = west + 0.03 * (east - west), south + 0.02 * (north - south)
    axes.plot([left, left + metres], [low, low], color=_INK, linewidth=2, solid_capstyle="butt")
    axes.annotate(
        f"{metres // 1000} km", (left + metres / 2, low), xytext=(0, 4),
        textcoords="offset points", ha="center", fontsize=8, color=_INK,
    )  # fmt: skip


def _draw_legend(figure: Figure, area: StudyArea, kinds: list[str], language: str) -> None:
    handles: list[Any] = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=sign["marker"],
            markersize=sign["size"],
            markerfacecolor=sign["color"],
            markeredgecolor=sign["edge"],
            label=say(language, _SIGN_WORDS[kind]),
        )
        for kind, sign in ((kind, _SIGNS[kind]) for kind in kinds)
    ]
    handles.append(Patch(facecolor=_LAKE, label=say(language, "Lakes")))
    label = illustration(illustrated(area.sources), language)
    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    for columns in range(min(_LEGEND_COLUMNS, len(handles)), 0, -1):
        legend = figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=columns,
            frameon=False,
            fontsize=8.5,
            title=fill(label, _LABEL_CHARACTERS) or None,
            title_fontsize=7.5,
        )
        if columns == 1 or legend.get_window_extent(renderer).width <= figure.bbox.width:
            return
        legend.remove()

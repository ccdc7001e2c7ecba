from __future__ import annotations

import html
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from playwright.sync_api import Request, sync_playwright

from planner.analysis.indicators import municipality_figures
from planner.disclosure import ShareRange, protect_plan
from planner.domain import EVERY_SERVICE, Opening, Option, Plan, Problem, Status
from planner.problem import today_of
from planner.publishing.coverage import (
    change_class,
    change_told,
    class_of,
    coverage_class,
    may_be_alike,
)
from planner.publishing.maps import (
    ground_layers,
    map_parts,
    today_situation,
    vendor_files,
    write_map,
    write_situations,
)
from planner.publishing.markup import escape_markup
from planner.publishing.painting import Situation
from planner.publishing.people import People, class_told
from planner.publishing.picture import _INCHES, _SIGNS, _draw_legend, _kinds, write_picture
from planner.publishing.scene import scene
from tests.mapped_towns import area_of
from tests.towns import CARE, drawn, existing, new, river_town, standing, two_villages

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "</script><img src=x onerror=alert(1)> ${alert(2)} `x` \" ' \\ {{ 7*7 }} \u2028"


def river_plan() -> tuple[Problem, Plan, Problem, Plan]:
    problem = river_town(existing={(CARE, "left"): standing(10, may_close=True)}, build=("right",))
    before = today_of(problem)
    today = drawn(before, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 5})
    plan = drawn(problem, {(CARE, "right"): new(10)}, {(CARE, "right", "right"): 5})
    return problem, plan, before, today


def situations() -> tuple[Situation, Situation]:
    problem, plan, before, today = river_plan()
    return (
        Situation("plan", "Plan", problem, plan, municipality_figures(problem, plan)),
        today_situation(before, today, municipality_figures(before, today)),
    )


@given(st.text())
def test_escaped_text_holds_nothing_that_acts(text: str) -> None:
    escaped = escape_markup(text)

    assert not set(escaped.replace("&#", "")) & set("<>\"'`${}\\/&\u2028\u2029")
    assert all(ord(character) >= 0x20 for character in escaped)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_escaped_text_reads_as_before(text: str) -> None:
    assert html.unescape(escape_markup(text)) == text


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_class_of_coverage_stands_for_five_counts_at_least(counts: tuple[int, int]) -> None:
    part, whole = counts
    found = coverage_class(part, whole)

    if found is not None:
        same = [n for n in range(whole + 1) if coverage_class(n, whole) == found]
        assert len(same) >= 5
        assert part in same


def test_a_large_municipality_is_told_its_class_and_a_small_one_none() -> None:
    large = coverage_class(95, 100)

    assert large is not None
    assert large.text == "90–100\u00a0%"
    assert coverage_class(7, 8) is None
    assert coverage_class(3, 3) is None


def test_a_few_persons_more_are_told_from_many() -> None:
    assert [change_class(10, n) for n in (3, 8, 10, 11, 15)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (100, 100, ("100\u00a0%", 4)),
        (90, 100, ("90–100\u00a0%", 4)),
        (75, 100, ("75–100\u00a0%", 3)),
        (50, 100, ("50–100\u00a0%", 2)),
        (25, 75, ("25–75\u00a0%", 1)),
        (0, 50, ("0–50\u00a0%", 0)),
        (0, 0, ("0\u00a0%", 0)),
        (25, 100, None),
        (0, 75, None),
    ],
)
def test_what_is_known_of_a_share_has_the_colour_of_its_middle_or_none(
    low: int, high: int, told: tuple[str, int] | None
) -> None:
    found = class_of(ShareRange(low, high))

    assert (None if found is None else (found.text, found.colour)) == told


@pytest.mark.parametrize(
    ("shares", "alike"),
    [
        (("76 %", "75–100 %"), True),
        (("75–100 %", "76 %"), True),
        (("75–90 %", "75–100 %"), True),
        (("75–100 %", "75–100 %"), True),
        (("75 %", "50–75 %"), True),  # 74.6 % is told as 75 %
        (("90–100 %", "100 %"), True),
        (("0 %", "0–25 %"), True),
        (("57 %", "75–100 %"), False),
        (("50–75 %", "75–100 %"), False),
        (("76 %", "76 %"), False),
        (("76 %", "81 %"), False),
        (("–", "75–100 %"), False),
        (("57 %", "50–75 %", "90 %"), True),
        (("90 %", "50–75 %", "–"), False),
    ],
)
def test_shares_of_which_one_is_a_range_may_be_alike(
    shares: tuple[str, ...], *, alike: bool
) -> None:
    assert may_be_alike(*(share.replace(" ", "\u00a0") for share in shares)) is alike


def test_a_change_is_told_where_its_least_and_its_most_are_of_one_class() -> None:
    ends = [(-math.inf, -5), (-4, -1), (0, 0), (1, 4), (7, math.inf), (0, 3), (4, 5)]

    assert [change_told(both) for both in ends] == [0, 1, 2, 3, 4, None, None]
    assert change_told(None) is None


@pytest.mark.parametrize(
    ("part", "of", "told"),
    [
        ("57", "60", "90–100\u00a0%"),
        ("< 5", "40", "0–25\u00a0%"),
        ("< 5", "10", "0–50\u00a0%"),
        ("< 5", "7", None),
        ("…", "60", None),
        ("57", "…", None),
        ("0", "0", None),
    ],
)
def test_a_class_is_told_only_where_the_released_counts_tell_it(
    part: str, of: str, told: str | None
) -> None:
    found = class_told(part, of)

    assert (found.text if found else None) == told


def test_a_class_of_a_mark_holds_for_every_count_that_the_mark_may_be() -> None:
    for need in range(1, 200):
        told = class_told("< 5", str(need))
        if told is not None:
            assert {coverage_class(n, need) for n in range(1, min(5, need + 1))} == {told}


def test_a_site_that_only_today_has_is_closing_in_the_plan() -> None:
    area = area_of(river_plan()[0], addresses={"left": "Krasta iela 2"})

    drawing = scene(area, situations(), language="en")

    kinds = {site[5]: site[2] for site in drawing["data"][CARE]["plan"]["sites"]}
    assert kinds == {"Left, Krasta iela 2, closing": "closing", "Right, new": "new"}
    assert [site[2] for site in drawing["data"][CARE]["today"]["sites"]] == ["existing"]


def test_a_decided_site_has_a_sign_of_its_own() -> None:
    problem = river_town(existing={(CARE, "left"): standing(10, status=Status.COMMITTED)}, build=())
    plan = drawn(problem, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 5})
    shown = Situation("plan", "Plan", problem, plan, municipality_figures(problem, plan))

    drawing = scene(area_of(problem), [shown], language="lv")

    [site] = drawing["data"][CARE]["plan"]["sites"]
    assert site[2] == "committed"
    assert site[5] == "Left, apstiprināta, vēl nedarbojas"
    assert drawing["words"]["committed"] == "apstiprināta, vēl nedarbojas"


def test_a_line_stands_for_five_persons_or_more() -> None:
    problem, _, _, _ = river_plan()
    plan = drawn(
        problem,
        {(CARE, "right"): new(10)},
        {(CARE, "right", "right"): 5, (CARE, "left", "right"): 4},
    )
    figures = municipality_figures(problem, plan)
    people = People(protect_plan((problem, plan), (problem, plan), snapshot="river"))
    shown = Situation("plan", "Plan", problem, plan, figures, people)

    drawing = scene(area_of(problem), [shown], language="en")

    flows = drawing["data"][CARE]["plan"]["flows"]
    told = {people.served_at("right", CARE), people.at("right", CARE).served}
    assert not told & {"9"}
    assert [flow[5] for flow in flows] in ([], ["right novads → Right: 5 persons"])


def test_without_a_release_the_map_tells_no_count_and_draws_no_line() -> None:
    drawing = scene(area_of(river_plan()[0]), situations(), language="en")

    view = drawing["data"][CARE]["plan"]
    assert (view["flows"], view["demand"]) == ([], [])
    assert not [site for site in view["sites"] if "served here" in site[4]]
    assert not [value for value in view["values"].values() if "in need" in value[2]]


def test_a_need_that_is_withheld_has_a_circle_of_the_usual_size() -> None:
    problem, plan, _, _ = river_plan()
    problem = replace(problem, persons={(CARE, "left"): 3, (CARE, "right"): 40})
    plan = replace(plan, unserved={(CARE, "left"): 3, (CARE, "right"): 35})
    people = People(protect_plan((problem, plan), (problem, plan), snapshot="river"))
    figures = municipality_figures(problem, plan)

    drawing = scene(
        area_of(problem),
        [Situation("plan", "Plan", problem, plan, figures, people)],
        language="en",
    )

    sizes = [row[2] for row in drawing["data"][CARE]["plan"]["demand"]]
    told = [people.at(m, CARE).need for m in ("left", "right")]
    assert sizes == [2.0 if text in ("< 5", "…") else int(text) for text in told]
    assert told[0] in ("< 5", "…")


def test_all_services_together_have_a_map_where_their_totals_are_released() -> None:
    problem, plan, _, _ = river_plan()
    shop = replace(problem.services[CARE], id="workshop")
    both = replace(
        problem,
        services={**problem.services, "workshop": shop},
        persons={(CARE, "left"): 20, (CARE, "right"): 30, ("workshop", "left"): 10},
    )
    nobody = replace(plan, assigned={}, unserved=dict(both.persons), reasons={})
    people = People(protect_plan((both, nobody), (both, nobody), snapshot="river"))
    shown = Situation("plan", "Plan", both, nobody, municipality_figures(both, nobody), people)
    area = area_of(both)

    drawing = scene(area, [shown], language="en")
    bare = scene(area, [replace(shown, people=None)], language="en")
    alone = scene(area, [shown], language="en", services=[CARE])

    assert drawing["services"][-1] == {"id": EVERY_SERVICE, "name": "All services"}
    values = drawing["data"][EVERY_SERVICE]["plan"]["values"]
    assert {m: value[:2] for m, value in values.items()} == {
        "left": [0, "0\u00a0%"],
        "right": [0, "0\u00a0%"],
    }
    assert all("counted for each<br>in need: " in value[2] for value in values.values())
    assert drawing["data"][EVERY_SERVICE]["plan"]["sites"] == []
    assert EVERY_SERVICE not in {**bare["data"], **alone["data"]}


def test_sites_at_one_point_stand_side_by_side() -> None:
    problem, plan, _, _ = river_plan()
    area = area_of(problem)
    [left, right] = area.sites
    together = replace(area, sites=(left, replace(right, lat=left.lat, lon=left.lon)))
    both = drawn(
        problem,
        {(CARE, "left"): existing(10), (CARE, "right"): new(10)},
        dict(plan.assigned),
    )
    figures = municipality_figures(problem, both)

    drawing = scene(together, [Situation("plan", "Plan", problem, both, figures)], language="en")

    assert [site[3] for site in drawing["data"][CARE]["plan"]["sites"]] == [-10, 10]


def test_the_page_gets_layers_by_url_and_one_compact_solution() -> None:
    area = area_of(river_plan()[0])

    parts = map_parts(
        area,
        situations(),
        language="lv",
        services=[CARE],
        ground_urls={"municipalities": "area/municipalities.json"},
        script_urls=["leaflet.js", "jquery.min.js"],
        style_urls=["leaflet.css"],
    )

    parts.base.add_child(parts.solution)
    page = parts.base.get_root().render()
    assert "area/municipalities.json" in page
    assert "coordinates" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")


def test_ground_layers_hold_codes_and_no_names() -> None:
    layers = ground_layers(area_of(river_plan()[0]))

    assert set(layers) == {"outline", "lakes", "roads", "municipalities"}
    text = json.dumps(layers)
    assert '"atvk": "left"' in text
    assert "novads" not in text


def test_every_file_that_a_page_must_serve_is_there() -> None:
    assert all(path.is_file() for path in vendor_files().values())


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_map_opens_offline_in_latvian_and_hostile_names_do_nothing(tmp_path: Path) -> None:
    problem, plan, _, _ = river_plan()
    area = area_of(
        problem, addresses={"left": HOSTILE}, names={"left": HOSTILE, "right": "Labais krasts"}
    )
    now, today = situations()
    file = write_map(
        tmp_path / "map.html", area, problem, plan, now.figures, today=today, language="lv"
    )
    requests: list[str] = []
    faults: list[str] = []

    def note(request: Request) -> None:
        requests.append(request.url)

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.context.set_offline(True)
        page.on("request", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(file.as_uri())
        page.wait_for_selector(".tuvak-legend select")
        page.select_option("[data-choice=view]", "change")
        page.hover(".tuvak-site")
        names = page.locator(".tuvak-name").all_inner_texts()
        images = page.locator("img").count()
        language = page.evaluate("document.documentElement.lang")
        label = page.inner_text(".tuvak-label")
        sites = page.locator(".tuvak-site svg").evaluate_all(
            "all => all.map(svg => svg.getAttribute('aria-label'))"
        )
        browser.close()

    assert requests == [file.as_uri()]
    assert faults == []
    assert images == 0
    assert language == "lv"
    assert "Ilustratīvi dati" in label
    assert any("<img src=x onerror=alert(1)>" in name for name in names)
    assert any("Labais krasts" in str(site) for site in sites)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_legend_names_only_what_is_drawn_in_the_chosen_view(tmp_path: Path) -> None:
    river, _, _, _ = river_plan()
    problem = replace(
        river,
        services={
            name: replace(river.services[CARE], id=name) for name in (CARE, "workshop", "respite")
        },
        persons={
            (CARE, "left"): 20,
            (CARE, "right"): 30,
            ("workshop", "left"): 10,
            ("respite", "right"): 20,
        },
    )
    plan = drawn(
        problem,
        {(CARE, "right"): new(30), ("respite", "right"): new(19)},
        {(CARE, "right", "right"): 30, ("respite", "right", "right"): 19},
    )
    people = People(protect_plan((problem, plan), (problem, plan), snapshot="river"))
    figures = municipality_figures(problem, plan)
    now = Situation("plan", "Plan", problem, plan, figures, people)
    today = replace(now, key="today", title="Today")
    file = tmp_path / "map.html"
    write_situations(file, area_of(problem), (now, today), language="en", threshold=5)
    line, grey, sign = "where people travel to", "no need, or not told", "new"
    wide = "wider ranges"

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(file.as_uri())
        page.wait_for_selector(".tuvak-legend select")

        def named_and_drawn(service: str, view: str) -> tuple[set[str], set[str]]:
            page.select_option("[data-choice=service]", service)
            page.select_option("[data-choice=view]", view)
            rows = page.locator(".tuvak-legend > div").all_inner_texts()
            paths = {line: "flows-pane path", grey: "municipalities-pane path[fill='#f4f1ea']"}
            drawn = {w for w, path in paths.items() if page.locator(f".leaflet-{path}").count()}
            drawn |= {sign} if page.locator(".tuvak-site").count() else set()
            shares = page.locator(".tuvak-name b").all_inner_texts() if view == "plan" else []
            drawn |= (
                {wide} if any("–" in share[1:] and share not in rows for share in shares) else set()
            )
            return {word for word in (line, grey, sign, wide) for row in rows if word in row}, drawn

        found = {
            (service, view): named_and_drawn(service, view)
            for service in (CARE, "workshop", "respite", EVERY_SERVICE)
            for view in ("plan", "change")
        }
        browser.close()

    assert all(named == drawn for named, drawn in found.values()), found
    assert found[CARE, "plan"][0] == {line, sign}
    assert found["workshop", "plan"][0] == {grey}
    assert wide in found["respite", "plan"][0]
    assert found[EVERY_SERVICE, "plan"][0] == set()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_on_a_phone_the_legend_is_folded_until_it_is_opened(tmp_path: Path) -> None:
    problem, plan, _, _ = river_plan()
    now, today = situations()
    file = write_map(
        tmp_path / "map.html",
        area_of(problem),
        problem,
        plan,
        now.figures,
        today=today,
        language="lv",
    )

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(file.as_uri())
        legend = page.locator(".tuvak-legend")
        legend.wait_for()
        folded = legend.bounding_box()
        label = page.locator(".tuvak-label").bounding_box()
        legend.locator("summary").press("Enter")
        page.select_option("[data-choice=view]", "change")
        open_still = legend.locator("select").last.is_visible()
        unfolded = legend.bounding_box()
        browser.close()

    assert folded is not None
    assert label is not None
    assert unfolded is not None
    assert folded["height"] < 60
    assert folded["y"] + folded["height"] <= label["y"]
    assert open_still
    assert unfolded["height"] > 200


def test_a_picture_tells_what_was_approved_from_what_is_new(tmp_path: Path) -> None:
    problem = two_villages(existing={(CARE, "south"): standing(10)}, build=("north",))
    new_one, approved = {(CARE, "north"): new(10)}, {(CARE, "north"): new(20)}
    stays = {(CARE, "south"): existing(10)}

    def drawn_at(opened: dict[Option, Opening], before: dict[Option, Opening]) -> list[str]:
        plan = drawn(problem, {**stays, **opened}, {})
        file = write_picture(
            tmp_path / "map.svg", area_of(problem), problem, plan, before={**stays, **before},
            language="en",
        )  # fmt: skip
        assert file.stat().st_size > 10_000
        kinds = _kinds(problem, plan, {**stays, **before})
        assert kinds["south"] == {"existing"}
        return sorted(kinds.get("north", ()))

    assert drawn_at(new_one, {}) == ["new"]
    assert drawn_at(new_one, approved) == ["approved"]
    assert drawn_at({}, approved) == ["dropped"]
    assert drawn_at({}, {}) == []


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_legend_of_a_picture_keeps_within_the_paper(language: str) -> None:
    figure = Figure(figsize=_INCHES, layout="constrained")
    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()

    _draw_legend(figure, area_of(two_villages()), list(_SIGNS), language)

    figure.draw(renderer)
    [legend] = figure.legends
    shown = legend.get_window_extent(renderer)
    assert shown.x0 >= 0
    assert shown.x1 <= figure.bbox.width
    assert len(legend.get_texts()) == len(_SIGNS) + 1

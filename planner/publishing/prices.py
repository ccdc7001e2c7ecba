"""The price of an aim, point by point as it may be told, into a table, sentences and a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from planner.disclosure import DEFAULT_THRESHOLD, HIDDEN_MARK, LEGEND, small_mark
from planner.domain import ProofStatus
from planner.locales import say
from planner.publishing import formats
from planner.publishing.illustrations import illustration
from planner.publishing.package import write_atomically
from planner.publishing.people import whole
from planner.publishing.tables import Column, Euros, Table, Told, Word

Tell = Callable[..., str]

UNSERVED = "persons_unserved"
STATUS_WORDS = {
    ProofStatus.PROVEN: "proven",
    ProofStatus.BEST_FOUND: "best found",
    ProofStatus.STOPPED: "stopped",
}
_LABEL_CHARACTERS = 120
_INCHES = (7.2, 4.6)
_DOTS_PER_INCH = 150
_INK, _ASKED, _BAR = "#1a1a1a", "#c2410c", "#6b7280"


@dataclass(frozen=True)
class ToldPrice:
    """One tolerance of an aim and what it leads to; the counts of persons as the gate wrote them.

    Attributes
    ----------
    share : float
        Of the need, 0..1.
    served, within_standard, unserved : str
        Persons of the whole region, all services together.
    new_units, cost_eur : int
        New units of all services; capital cost.
    least_new_sites, least_cost_eur : int, optional
        What no plan with this tolerance goes below: new sites of day and short services, cost
        (subject to the aims before it); ``None`` where nothing is known.
    new_sites : int
        Those of day and short services.
    status : ProofStatus
        The worst of its aims.
    gap : float
        The largest of the aims that the tolerance buys.
    """

    share: float
    served: str
    within_standard: str
    unserved: str
    new_units: int
    new_sites: int
    least_new_sites: int | None
    cost_eur: int
    least_cost_eur: int | None
    status: ProofStatus
    gap: float


@dataclass(frozen=True)
class ToldPrices:
    """The price of an aim as it may be told, tightest tolerance first.

    `asked` is the tolerance of the scenario, where it is a share of the need; `need` the persons in
    need as text; `threshold` the smallest count that its readers may read.
    """

    aim: str
    asked: float | None
    need: str
    points: tuple[ToldPrice, ...]
    illustrative: tuple[str, ...] = ()
    threshold: int = DEFAULT_THRESHOLD

    @property
    def figure(self) -> str:
        """Which count of persons the tolerance is about."""
        return "served" if self.aim == UNSERVED else "within_standard"

    def persons(self, point: ToldPrice) -> str:
        """Return the persons whom this price is about: the served, or those within the standard."""
        return point.served if self.aim == UNSERVED else point.within_standard


def price_table(prices: ToldPrices) -> Table:
    """Return one row for each tolerance: persons, new sites, euros, and what is proven of them."""
    columns = (
        Column("tolerance_percent", "Tolerance, % of the need"),
        Column("asked", "Asked in the scenario"),
        Column("need", "In need"),
        Column("served", "Served"),
        Column("within_standard", "Within the standard"),
        Column("unserved", "Unserved"),
        Column("new_units", "New sites"),
        Column("new_sites", "New sites (day and short services)"),
        Column("least_new_sites", "No plan has fewer"),
        Column("cost_eur", "Capital cost, EUR"),
        Column("least_cost_eur", "No plan costs less than, EUR"),
        Column("gap_percent", "Gap, %"),
        Column("status", "Known of it"),
    )
    rows = tuple(
        (
            _percent(point.share),
            Word("yes", "yes") if point.share == prices.asked else "",
            Told(prices.need),
            Told(point.served),
            Told(point.within_standard),
            Told(point.unserved),
            point.new_units,
            point.new_sites,
            point.least_new_sites,
            Euros(point.cost_eur),
            Euros(point.least_cost_eur),
            round(100 * point.gap, 3),
            Word(point.status.value, STATUS_WORDS[point.status]),
        )
        for point in prices.points
    )
    return Table("prices", "The price of a tolerance", columns, rows, prices.illustrative)


def price_sentences(prices: ToldPrices, *, language: str) -> list[str]:
    """Return what each tolerance costs and saves, in words, small counts hidden."""
    tell = partial(say, language)
    lines = [
        tell(
            "How many persons may be left unserved, and what that saves; {need} in need:"
            if prices.aim == UNSERVED
            else "How many persons may travel beyond the standard, and what that saves; {need} in "
            "need:",
            need=prices.need,
        )
    ]
    if prices.illustrative:
        lines.insert(0, illustration(prices.illustrative, language))
    lines += ["  " + _run_sentence(prices, run, tell, language) for run in _runs(prices)]
    lines += [f"  {line}" for line in _step_sentences(prices, tell, language)]
    return [*lines, tell(LEGEND, small=small_mark(prices.threshold), hidden=HIDDEN_MARK)]


def _runs(prices: ToldPrices) -> list[tuple[ToldPrice, ...]]:
    """Return the points in runs that differ in their tolerance alone."""
    same = groupby(prices.points, key=lambda point: replace(point, share=0.0))
    return [tuple(run) for _, run in same]


def _run_sentence(prices: ToldPrices, run: Sequence[ToldPrice], tell: Tell, language: str) -> str:
    point = run[0]
    asked = any(p.share == prices.asked for p in run)
    said = tell(
        "{percent} % of the need: {persons} served, new sites: {units}, {cost} EUR"
        if prices.aim == UNSERVED
        else "{percent} % of the need: {persons} within the standard, new sites: {units}, "
        "{cost} EUR",
        percent="–".join(dict.fromkeys(_said(p, language) for p in (point, run[-1]))),
        persons=prices.persons(point),
        units=point.new_units,
        cost=formats.number(point.cost_eur, language=language),
    ) + (tell(" (as in the scenario)") if asked else "")
    if point.status is ProofStatus.STOPPED or point.least_cost_eur is None:
        return tell("{said}; stopped before a bound was known", said=said)
    if point.gap == 0:
        return tell("{said}; no plan with this tolerance does better", said=said)
    if point.least_new_sites is not None and point.least_new_sites < point.new_sites:
        said = tell(
            "{said}; no plan with this tolerance has fewer than {least} new sites",
            said=said,
            least=point.least_new_sites,
        )
    return tell(
        "{said}; no plan with this tolerance and no more new sites costs less than {least} EUR",
        said=said,
        least=formats.number(point.least_cost_eur, language=language),
    )


def _step_sentences(prices: ToldPrices, tell: Tell, language: str) -> list[str]:
    """Return what the tolerance asked for changes against none, and against giving all."""
    if not prices.points:
        return []
    asked = next((p for p in prices.points if p.share == prices.asked), None)
    first, last = prices.points[0], prices.points[-1]
    pairs = [(first, asked), (asked, last)] if asked else [(first, last)]
    return [
        tell(
            "From {tight} % to {loose} %: new sites {sites} → {fewer}, EUR {cost} → {less}, "
            "persons beyond the standard or unserved: {persons} more"
            if prices.aim != UNSERVED
            else "From {tight} % to {loose} %: new sites {sites} → {fewer}, EUR {cost} → {less}, "
            "persons unserved: {persons} more",
            tight=_said(tight, language),
            loose=_said(loose, language),
            sites=tight.new_units,
            fewer=loose.new_units,
            cost=formats.number(tight.cost_eur, language=language),
            less=formats.number(loose.cost_eur, language=language),
            persons=_fewer(prices, tight, loose, language),
        )
        for tight, loose in pairs
        if tight is not None and loose is not None and tight is not loose
    ]


def _fewer(prices: ToldPrices, tight: ToldPrice, loose: ToldPrice, language: str) -> str:
    before, after = whole(prices.persons(tight)), whole(prices.persons(loose))
    if before is None or after is None:
        return HIDDEN_MARK
    return formats.number(before - after, language=language)


def _said(point: ToldPrice, language: str) -> str:
    percent = _percent(point.share)
    return formats.number(percent, language=language, decimals=0 if percent % 1 == 0 else 1)


def write_price_picture(path: Path, prices: ToldPrices, *, language: str) -> Path:
    """Write the curve as PNG or SVG, by the ending of `path`; points withheld are left out."""
    figure = price_figure(prices, language=language)

    def write(draft: Path) -> None:
        figure.savefig(draft, metadata={})

    return write_atomically(path, write)


def price_figure(prices: ToldPrices, *, language: str) -> Figure:
    """Return persons against new sites and euros; a bar reaches down to what is proven."""
    tell = partial(say, language)
    figure = Figure(figsize=_INCHES, dpi=_DOTS_PER_INCH, layout="constrained")
    sites, euros = figure.subplots(2, 1, sharex=True)
    shown = [(n, p) for p in prices.points if (n := whole(prices.persons(p))) is not None]
    _draw(
        sites,
        [(n, p.new_sites, p.least_new_sites) for n, p in shown],
        asked=[p.share == prices.asked for _, p in shown],
    )
    _draw(
        euros,
        [(n, p.cost_eur / 1e6, None if p.least_cost_eur is None else p.least_cost_eur / 1e6)
         for n, p in shown],
        asked=[p.share == prices.asked for _, p in shown],
    )  # fmt: skip
    for n, point in shown:
        sites.annotate(
            f"{_said(point, language)} %", (n, point.new_sites), xytext=(0, 6),
            textcoords="offset points", ha="center", fontsize=7, color=_INK, parse_math=False,
        )  # fmt: skip
    if not shown:
        sites.set_title(tell("No point may be told: the persons are too few"), fontsize=8)
    sites.set_ylabel(tell("New sites (day and short services)"), fontsize=7.5, wrap=True)
    euros.set_ylabel(tell("Million EUR"), fontsize=8)
    euros.set_xlabel(
        tell("Persons served" if prices.aim == UNSERVED else "Persons within the standard"),
        fontsize=8,
    )
    if prices.illustrative:
        label = illustration(prices.illustrative, language)
        figure.suptitle(fill(label, _LABEL_CHARACTERS), fontsize=6.5)
    return figure


def _draw(
    axes: Axes, points: Sequence[tuple[int, float, float | None]], *, asked: Sequence[bool]
) -> None:
    axes.plot([x for x, _, _ in points], [y for _, y, _ in points], color=_BAR, linewidth=0.8)
    for (x, y, least), is_asked in zip(points, asked, strict=True):
        if least is not None:
            axes.plot([x, x], [least, y], color=_BAR, linewidth=2.2)
        axes.plot(
            x, y, marker="D" if is_asked else "o", markersize=6 if is_asked else 4.5,
            color=_ASKED if is_asked else _INK,
        )  # fmt: skip
    axes.set_ylim(0, 1.2 * max((y for _, y, _ in points), default=1) or 1)
    axes.tick_params(labelsize=7.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _percent(share: float) -> float:
    return round(100 * share, 3)

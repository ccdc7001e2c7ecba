"""A scenario into the price of one of its aims: the curve, its tables and picture, saved and read.

Every plan behind a point is verified; the persons of all points pass the gate together, and what
is written tells nothing else of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from planner.analysis.frontier import AIMS_WITH_A_PRICE, SHARES, PriceCurve, PricePoint, price_curve
from planner.disclosure import HIDDEN_MARK
from planner.disclosure.prices import PriceCounts, protect_prices
from planner.domain import ProofStatus, Readers
from planner.errors import Fault, InputError
from planner.facility_location import Limits
from planner.publishing.illustrations import illustrated
from planner.publishing.package import files_in, write_text
from planner.publishing.people import People, whole
from planner.publishing.prices import (
    ToldPrice,
    ToldPrices,
    price_sentences,
    price_table,
    write_price_picture,
)
from planner.publishing.tables import write_machine_csv, write_office_csv
from planner.records.text import broken
from planner.workflow.proposing import Prepared, Proposal, Report, posed
from planner.workflow.releasing import release, snapshot_of, with_release

PRICES = "prices.json"


@dataclass(frozen=True)
class Priced:
    """The price of an aim: the curve with its plans, and what may be told of it."""

    curve: PriceCurve
    told: ToldPrices


def price(
    prepared: Prepared,
    aim: str = AIMS_WITH_A_PRICE[0],
    *,
    shares: Sequence[float] = SHARES,
    limits: Limits | None = None,
    on_progress: Report | None = None,
    beside: Proposal | None = None,
    readers: Readers | None = None,
) -> Priced:
    """Return what each tolerance of `aim` costs, every plan checked and every count protected.

    Parameters
    ----------
    aim : str
        One of `planner.analysis.frontier.AIMS_WITH_A_PRICE`.
    shares : sequence of float
        Tolerances as shares of the need; the scenario's own is added.
    limits : Limits, optional
        For all points together.
    beside : Proposal, optional
        A plan that readers hold already: it is where the search begins, and what is told of it is
        held against the curve.
    readers : Readers, optional
        For whom it is told; whom the scenario names where absent.

    Raises
    ------
    InputError
        If the aim has no price: see `planner.facility_location.aims_at`.
    NoPlanError, InfeasibleError
        See `planner.facility_location.solve`.
    VerificationError
        If a plan breaks a rule; nothing is returned then.
    """
    if aim not in AIMS_WITH_A_PRICE:
        raise InputError(
            Fault(
                "found {found}; give {wanted}",
                column="aim",
                fields={"found": aim, "wanted": " / ".join(AIMS_WITH_A_PRICE)},
            )
        )
    curve = price_curve(
        posed(prepared, limits),
        aim,
        shares=shares,
        limits=limits,
        on_progress=on_progress,
        start=None if beside is None else beside.plan,
    )
    return Priced(curve, _told(prepared, curve, beside, readers or prepared.scenario.readers()))


def save_prices(priced: Priced, folder: Path, *, language: str) -> tuple[list[str], str]:
    """Write a curve as tables, pictures and sentences; return the files' names and the text."""
    folder.mkdir(parents=True, exist_ok=True)
    table = price_table(priced.told)
    write_machine_csv(folder / "prices.csv", table)
    write_office_csv(folder / f"prices_{language}.csv", table, language=language)
    for ending in ("png", "svg"):
        write_price_picture(folder / f"prices.{ending}", priced.told, language=language)
    text = "\n".join(price_sentences(priced.told, language=language))
    write_text(folder / "prices.txt", text + "\n")
    said = {**asdict(priced.told), "points": [asdict(point) for point in priced.told.points]}
    write_text(folder / PRICES, json.dumps(said, ensure_ascii=False, indent=1))
    return files_in(folder), text


def read_prices(folder: Path) -> ToldPrices:
    """Return the curve that `save_prices` wrote.

    Raises
    ------
    InputError
        If it is missing or damaged.
    """
    try:
        said = json.loads((folder / PRICES).read_text(encoding="utf-8"))
        points = tuple(
            ToldPrice(**{**point, "status": ProofStatus(point["status"])})
            for point in said["points"]
        )
        what = tuple(said["illustrative"])
        return ToldPrices(**{**said, "points": points, "illustrative": what})
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise broken(PRICES, error) from error


def _told(
    prepared: Prepared, curve: PriceCurve, beside: Proposal | None, readers: Readers
) -> ToldPrices:
    known = [] if beside is None else _known(prepared, with_release(beside, readers=readers))
    tables = protect_prices(
        [PriceCounts(p.need, p.served, p.within_standard) for p in curve.points],
        snapshot=snapshot_of(prepared.area, prepared.scenario),
        beside=known,
        audience=readers.audience,
        thresholds=readers.thresholds,
    )
    # The curve counts everybody: beside a region without its partners it would tell of these.
    hidden = HIDDEN_MARK if prepared.problem.outside else ""
    return ToldPrices(
        aim=curve.aim,
        asked=curve.asked,
        need=hidden or tables.need,
        points=tuple(
            replace(
                _point(point),
                served=hidden or tables.text(k, "served"),
                within_standard=hidden or tables.text(k, "within_standard"),
                unserved=hidden or tables.text(k, "unserved"),
            )
            for k, point in enumerate(curve.points)
        ),
        illustrative=illustrated(prepared.area.sources),
        threshold=readers.threshold,
    )


def _point(point: PricePoint) -> ToldPrice:
    bought = {aim.name: aim for aim in point.bought}
    sites, cost = bought.get("new_sites"), bought.get("cost_eur")
    stopped = ProofStatus.STOPPED
    return ToldPrice(
        share=point.share,
        served="",
        within_standard="",
        unserved="",
        new_units=point.new_units,
        new_sites=point.new_units if sites is None else round(sites.in_plan),
        least_new_sites=None if sites is None or sites.status is stopped else round(sites.bound),
        cost_eur=point.cost_eur,
        least_cost_eur=None if cost is None or cost.status is stopped else round(cost.bound),
        status=point.status,
        gap=max((aim.gap for aim in point.bought), default=0.0),
    )


def _known(prepared: Prepared, beside: Proposal) -> list[PriceCounts]:
    """Return what readers of a plan hold of its persons, where it is for the same needs."""
    if beside.problem.persons != prepared.problem.persons:
        return []
    released = release(beside)
    people = People(released)
    shown = people.at(released.everybody, people.every_service())
    plan, need = beside.plan, sum(beside.problem.persons.values())
    within = whole(shown.within_standard)
    told = {
        "served": shown.served,
        "unserved": shown.unserved,
        "within_standard": shown.within_standard,
    }
    if within is None:
        return []
    return [
        PriceCounts(
            need,
            sum(plan.assigned.values()),
            within,
            frozenset(figure for figure, text in told.items() if whole(text) is not None),
        )
    ]

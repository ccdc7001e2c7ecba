"""A scenario into the price of one of its aims: the curve, its tables and picture, saved and read.

Every plan behind a point is verified; the persons of all points pass the gate together and are held
against what readers hold; what is written for them tells nothing else of them. `points.json` holds
the true counts, so that a screen can tell the curve to other readers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from planner.analysis.frontier import AIMS_WITH_A_PRICE, SHARES, PriceCurve, PricePoint, price_curve
from planner.disclosure import (
    NOTHING_RELEASED,
    Ledger,
    Release,
    Served,
    read_ledger,
    served_of,
)
from planner.disclosure.plans import Rows
from planner.disclosure.prices import PriceTables, protect_prices
from planner.domain import ProofStatus, Readers
from planner.errors import Fault, InputError
from planner.facility_location import Limits
from planner.publishing.illustrations import illustrated
from planner.publishing.package import files_in, write_text
from planner.publishing.prices import (
    ToldPrice,
    ToldPrices,
    price_sentences,
    price_table,
    write_price_picture,
)
from planner.publishing.tables import write_machine_csv, write_office_csv
from planner.records.text import FORMAT, INTERNAL, broken, need_format
from planner.workflow.proposing import Prepared, Proposal, Report, posed
from planner.workflow.releasing import (
    enter,
    held_against,
    note_beside,
    readers_of,
    release,
    releases_of,
    snapshot_of,
    with_own,
)

PRICES, POINTS = "prices.json", "points.json"


@dataclass(frozen=True)
class Priced:
    """The price of an aim: the curve with its plans, and what may be told of it.

    `tables` is what the gate let through, `beside` the plan that readers hold and `seen` the ledger
    that both were held against.
    """

    curve: PriceCurve
    told: ToldPrices
    tables: PriceTables
    beside: Proposal | None = None
    seen: Ledger = NOTHING_RELEASED


def price(
    prepared: Prepared,
    aim: str = AIMS_WITH_A_PRICE[0],
    *,
    shares: Sequence[float] = SHARES,
    limits: Limits | None = None,
    on_progress: Report | None = None,
    beside: Proposal | None = None,
    readers: Readers | None = None,
    ledger: Path | None = None,
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
    ledger : Path, optional
        File of what was released before for these needs; the curve is held against it. Nothing is
        entered before `save_prices`.

    Raises
    ------
    InputError
        If the aim has no price: see `planner.facility_location.aims_at`.
    NoPlanError, InfeasibleError
        See `planner.facility_location.solve`.
    VerificationError
        If a plan breaks a rule; nothing is returned then.
    DisclosureError
        If what was released before tells a small count together with the plan or the curve.
    """
    if aim not in AIMS_WITH_A_PRICE:
        raise InputError(
            Fault(
                "the aim {found} has no curve of prices; give one of: {known}",
                fields={"found": aim, "known": ", ".join(AIMS_WITH_A_PRICE)},
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
    asked = readers or prepared.scenario.readers()
    if beside is None:
        seen = read_ledger(ledger) if ledger else NOTHING_RELEASED
    else:
        beside, seen = held_against(beside, ledger, asked)
    snapshot = snapshot_of(prepared.area, prepared.scenario)
    rows = [served_of(point.problem, point.plan) for point in curve.points]
    outside = bool(prepared.problem.outside)
    tables = _protected(rows, snapshot, seen, beside, asked, outside=outside)
    bare = ToldPrices(
        aim=curve.aim,
        asked=curve.asked,
        need="",
        points=tuple(_point(point) for point in curve.points),
        illustrative=illustrated(prepared.area.sources),
    )
    return Priced(curve, _told(bare, tables, asked), tables, beside, seen)


def save_prices(
    priced: Priced, folder: Path, *, language: str, ledger: Path | None = None
) -> tuple[list[str], str]:
    """Write a curve as tables, pictures and sentences; return the files' names and the text.

    What it tells is noted in `ledger`, with the plan that it stands beside, all of it or nothing,
    and beside that plan.

    Raises
    ------
    DisclosureError
        If what was entered meanwhile tells a small count together with it.
    """
    told, beside = priced.tables.release, priced.beside
    if told is not None:
        if ledger:
            plans = releases_of(beside) if beside else []
            enter(ledger, [*plans, told], seen=priced.seen)
        note_beside([beside] if beside and _same_needs(beside, told) else [], [told])
    table = price_table(priced.told)
    write_machine_csv(folder / "prices.csv", table)
    write_office_csv(folder / f"prices_{language}.csv", table, language=language)
    for ending in ("png", "svg"):
        write_price_picture(folder / f"prices.{ending}", priced.told, language=language)
    text = "\n".join(price_sentences(priced.told, language=language))
    write_text(folder / "prices.txt", text + "\n")
    said = {**asdict(priced.told), "points": [asdict(point) for point in priced.told.points]}
    write_text(folder / PRICES, json.dumps(said, ensure_ascii=False, indent=1))
    rows = [served_of(point.problem, point.plan) for point in priced.curve.points]
    outside = any(point.problem.outside for point in priced.curve.points)
    write_text(folder / POINTS, _points_to_json(rows, outside=outside))
    return files_in(folder), text


def prices_for(folder: Path, proposal: Proposal) -> ToldPrices:
    """Return the curve that `save_prices` wrote as the readers of a plan may know it now.

    It is told from the release of the plan as it stands, held against all that was told of it, and
    noted beside the plan. It takes seconds.

    Parameters
    ----------
    proposal : Proposal
        The plan that the curve is about, as `told_for` gives it.

    Raises
    ------
    InputError
        If the curve is missing or damaged.
    DisclosureError
        See `planner.disclosure.protect`.
    """
    bare, (rows, outside) = read_prices(folder), _read_points(folder)
    asked, snapshot = readers_of(proposal), snapshot_of(proposal.area, proposal.scenario)
    tables = _protected(rows, snapshot, NOTHING_RELEASED, proposal, asked, outside=outside)
    if tables.release is not None:
        note_beside([proposal], [tables.release])
    return _told(bare, tables, asked)


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


def _same_needs(proposal: Proposal, found: Release) -> bool:
    return release(proposal).release.snapshot == found.snapshot


def _protected(
    rows: Sequence[Rows],
    snapshot: str,
    held: Ledger,
    beside: Proposal | None,
    readers: Readers,
    *,
    outside: bool,
) -> PriceTables:
    """Return what may be told of the points: nothing where they count partners in no total.

    The curve counts everybody; beside a region without its partners it would tell of these.
    """
    if outside:
        return PriceTables(None, ("",) * len(rows))
    known: dict[str, Rows] = {}
    alone = not held.releases  # all else lies beside the plan and cannot be undone
    if beside is not None:
        held = with_own(held, beside)
        for one in releases_of(beside):
            held = held.with_release(one)
        names = release(beside).called
        known = {
            names["plan"]: served_of(beside.problem, beside.plan),
            names["today"]: served_of(beside.today_problem, beside.today),
        }
    return protect_prices(
        rows,
        snapshot=snapshot,
        known=known,
        audience=readers.audience,
        thresholds=readers.thresholds,
        ledger=held,
        but_for_told=alone,
    )


def _told(bare: ToldPrices, tables: PriceTables, readers: Readers) -> ToldPrices:
    """Return a curve with the persons that may be told."""
    return replace(
        bare,
        need=tables.need,
        points=tuple(
            replace(
                point,
                served=tables.text(k, "served"),
                within_standard=tables.text(k, "within_standard"),
                unserved=tables.text(k, "unserved"),
            )
            for k, point in enumerate(bare.points)
        ),
        threshold=readers.threshold,
    )


def _points_to_json(rows: Sequence[Rows], *, outside: bool) -> str:
    points = [
        [{"municipality": m, "service": s, **asdict(row)} for (m, s), row in sorted(of.items())]
        for of in rows
    ]
    said = {"format": FORMAT, "notice": INTERNAL, "outside": outside, "points": points}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def _read_points(folder: Path) -> tuple[list[Rows], bool]:
    try:
        said = json.loads((folder / POINTS).read_text(encoding="utf-8"))
        need_format(said)
        rows: list[Rows] = [
            {(row.pop("municipality"), row.pop("service")): Served(**row) for row in of}
            for of in said["points"]
        ]
        return rows, bool(said["outside"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise broken(POINTS, error) from error


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

"""Two plans, or today and a plan, into a table and sentences of who gains and who loses."""

from __future__ import annotations

from planner.analysis.comparison import Comparison, ComparisonRow, MunicipalityTotal
from planner.disclosure import DEFAULT_THRESHOLD, HIDDEN_MARK, NOT_SHOWN, TRAVEL, show_persons
from planner.disclosure.turns import (
    GAINING,
    GONE,
    LOSING,
    NEED_AFTER,
    NEED_BEFORE,
    NEWLY,
    WITHIN_AFTER,
    WITHIN_BEFORE,
)
from planner.domain import StudyArea
from planner.locales import say
from planner.publishing import formats
from planner.publishing.coverage import MAY_BE_ALIKE, may_be_alike, share_told
from planner.publishing.names import MUNICIPALITY_COLUMNS, SERVICE_COLUMNS, Names
from planner.publishing.people import Turnover
from planner.publishing.tables import (
    Cell,
    Column,
    Euros,
    Minutes,
    Persons,
    PersonsBeside,
    Share,
    ShareBeside,
    Table,
    Told,
)

TOLD_APART = (
    "The tables of the two plans, released apart from each other, tell some small counts already; "
    "nothing is added here. For what is given out make both plans with one ledger."
)
"""Said where a comparison of two plans keeps back what their own tables gave away."""


def comparison_table(
    area: StudyArea,
    comparison: Comparison,
    *,
    told: Turnover | None = None,
    language: str = "lv",
) -> Table:
    """Return one row per municipality and service: before, after, who gains and who loses.

    `told` is what the gate lets through of the two; without it each count is gated by itself.
    """
    names = Names(area, language)
    ordered = sorted(
        comparison.rows, key=lambda r: names.municipal_order((r.municipality, r.service))
    )
    columns = (
        *MUNICIPALITY_COLUMNS,
        *SERVICE_COLUMNS,
        Column("need_before", "Persons in need before"),
        Column("need_after", "Persons in need after"),
        Column("within_standard_before", "Within the standard before"),
        Column("within_standard_after", "Within the standard after"),
        Column("share_before", "Share before"),
        Column("share_after", "Share after"),
        Column("mean_minutes_before", "Mean minutes before"),
        Column("mean_minutes_after", "Mean minutes after"),
        Column("gaining", "Persons who gain"),
        Column("losing", "Persons who lose"),
        Column("newly_served", "Newly served"),
        Column("no_longer_served", "No longer served"),
        Column("cost_eur", "Cost, EUR (estimate)"),
    )
    cells = tuple(_compared(names, r, told) for r in ordered)
    return Table("comparison", "Comparison", columns, cells, names.illustrative)


def municipality_sentence(
    total: MunicipalityTotal,
    name: str,
    *,
    told: Turnover | None = None,
    services: str = TRAVEL,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> str:
    """Return in plain words what a plan does to a municipality's people, losses included.

    `told` is what the gate lets through of the total over `services`.
    """
    before = share_told(total.within_before, total.need_before, threshold=threshold)
    after = share_told(total.within_after, total.need_after, threshold=threshold)
    gaining = show_persons(total.turn.gaining, threshold=threshold)
    losing = show_persons(total.turn.losing, threshold=threshold)
    needs = str(total.need_before), str(total.need_after)
    if told is not None:
        at = total.municipality, services
        before = told.total_share(WITHIN_BEFORE, *at)
        after = told.total_share(WITHIN_AFTER, *at)
        gaining, losing = told.text(GAINING, *at), told.text(LOSING, *at)
        needs = told.text(NEED_BEFORE, *at), told.text(NEED_AFTER, *at)
    fields = {
        "municipality": name,
        "gaining": gaining,
        "losing": losing,
        "cost": formats.euros(total.cost_eur, language=language),
    }
    if needs == ("0", "0"):
        return say(language, "{municipality}: nobody in need.", municipality=name)
    if NOT_SHOWN in (before, after):
        return say(
            language,
            "{municipality}: the share within the standard is withheld, since a few persons could "
            "be told from it; {gaining} pers. gain, {losing} pers. lose; cost {cost}.",
            **fields,
        )
    sentence = say(
        language,
        "{municipality}: {before} → {after} within the standard; {gaining} pers. gain, {losing} "
        "pers. lose; cost {cost}.",
        before=before,
        after=after,
        **fields,
    )
    if may_be_alike(before, after):
        sentence += f" {say(language, MAY_BE_ALIKE)}"
    return sentence


def _compared(names: Names, row: ComparisonRow, told: Turnover | None) -> tuple[Cell, ...]:
    return (
        *names.municipality_cells(row.municipality),
        *names.service_cells(row.service),
        *(_people_compared(row) if told is None else _people_told(row, told)),
        Euros(row.cost_eur),
    )


def _people_told(row: ComparisonRow, told: Turnover) -> tuple[Cell, ...]:
    """Return the persons of a row as the gate released them, in the order of their columns."""
    key = row.municipality, row.service
    before, after = told.before.at(*key), told.after.at(*key)
    minutes_before, minutes_after = (
        NOT_SHOWN if shown.served == HIDDEN_MARK else Minutes(found.mean_minutes, found.served)
        for shown, found in ((before, row.before), (after, row.after))
    )
    return (
        Told(before.need),
        Told(after.need),
        Told(before.within_standard),
        Told(after.within_standard),
        Told(before.share_within_standard),
        Told(after.share_within_standard),
        minutes_before,
        minutes_after,
        *(Told(told.text(figure, *key)) for figure in (GAINING, LOSING, NEWLY, GONE)),
    )


def _people_compared(row: ComparisonRow) -> tuple[Cell, ...]:
    before, after = row.before, row.after
    return (
        Persons(before.need),
        PersonsBeside(after.need, beside=before.need),
        Persons(before.within_standard),
        PersonsBeside(after.within_standard, beside=before.within_standard),
        Share(before.within_standard, before.need),
        ShareBeside(after.within_standard, after.need, beside=before.within_standard),
        Minutes(before.mean_minutes, before.served),
        Minutes(after.mean_minutes, after.served),
        Persons(row.turn.gaining),
        Persons(row.turn.losing),
        Persons(row.turn.newly_served),
        Persons(row.turn.no_longer_served),
    )

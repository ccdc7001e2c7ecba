"""What a planner set for sites before the calculation into a table: forbidden, kept, to close."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain import Option, Problem, StudyArea
from planner.editions import Amendment
from planner.publishing.names import MUNICIPALITY_COLUMNS, SERVICE_COLUMNS, Names
from planner.publishing.tables import Cell, Column, Table, Word

KEPT = Word("keep", "has to be open")
FORBIDDEN = Word("forbid", "nothing new and no enlarging here")
CLOSING = Word("close", "has to close")


def wishes_table(
    area: StudyArea, problem: Problem, amendment: Amendment, *, language: str = "lv"
) -> Table:
    """Return one row per site and service that was kept, forbidden or closed by hand, and why.

    What a row of the changes gives as its reason already is left out.
    """
    names = Names(area, language)
    told = {(change.service, change.site) for change in amendment.changes if change.decided}
    set_by_hand: Iterable[tuple[Option, Word, str]] = (
        (option, word, reason)
        for word, wishes in (
            (KEPT, problem.kept),
            (FORBIDDEN, problem.vetoed),
            (CLOSING, problem.closing),
        )
        for option, reason in wishes.items()
        if option not in told
    )
    columns = (
        *MUNICIPALITY_COLUMNS,
        *SERVICE_COLUMNS,
        Column("site", "Site code", for_machines=True),
        Column("place", "Place"),
        Column("address", "Address"),
        Column("wish", "What was set"),
        Column("reason", "Reason"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (*_where(names, option), word, reason)
        for option, word, reason in sorted(set_by_hand, key=lambda row: names.order(row[0]))
    )
    return Table("wishes", "Set by the planner", columns, rows)


def _where(names: Names, option: Option) -> tuple[str, ...]:
    service, site = option
    found = names.sites[site]
    return (
        *names.municipality_cells(found.municipality_atvk),
        *names.service_cells(service),
        site,
        names.place(site),
        found.address if found.building else "",
    )

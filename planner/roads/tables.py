"""A table of minutes from elsewhere (public transport, dial-a-ride) into travel times."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from planner.domain import DemandPoint, Site, Source, TravelTimes
from planner.errors import Fault, FaultList, InputError

COLUMNS = ("point_id", "site_id", "minutes")
_ALSO_CALLED = {"from_id": "point_id", "to_id": "site_id"}  # as `planner travel-times` writes them
_MOST_MINUTES = 24 * 60.0


def read_minutes_table(
    path: Path,
    points: Sequence[DemandPoint],
    sites: Sequence[Site],
    *,
    mode: str = "table",
    source: Source | None = None,
) -> TravelTimes:
    """Return the travel times of a CSV table, minutes.

    Parameters
    ----------
    path : Path
        UTF-8 text with the columns ``point_id``, ``site_id`` and ``minutes``, separated by commas,
        semicolons or tabs; a pair that is absent has no way. ``from_id`` and ``to_id``, as
        `planner travel-times` writes them, are understood as well.
    points, sites : sequences of DemandPoint and Site
        Rows about other points or sites are refused.
    mode : str
        What travels, e.g. "bus".
    source : Source, optional
        Who made the table.

    Raises
    ------
    InputError
        With every row whose ids are not known, whose minutes are no number from 0 to 1440, or
        whose pair was there before.
    """
    point_at = {point.id: place for place, point in enumerate(points)}
    site_at = {site.id: place for place, site in enumerate(sites)}
    minutes = np.full((len(points), len(sites)), np.inf)
    faults = FaultList()
    first_row: dict[tuple[int, int], int] = {}
    for row, (point, site, text) in _rows(path):
        for name, column, known in (
            (point, "point_id", point_at),
            (site, "site_id", site_at),
        ):
            if name not in known:
                faults.add(
                    "{found!r} is not known",
                    file=path.name,
                    row=row,
                    column=column,
                    fields={"found": name},
                )
        value = _minutes(text)
        if value is None:
            faults.add(
                "{found!r} is no number of minutes; give 0 to 1440",
                file=path.name,
                row=row,
                column="minutes",
                fields={"found": text},
            )
        if value is None or point not in point_at or site not in site_at:
            continue
        pair = point_at[point], site_at[site]
        if first_row.setdefault(pair, row) != row:
            faults.add(
                "this pair stands in row {before} already",
                file=path.name,
                row=row,
                fields={"before": first_row[pair]},
            )
        minutes[pair] = value
    faults.raise_if_any()
    return TravelTimes(
        point_ids=tuple(point.id for point in points),
        site_ids=tuple(site.id for site in sites),
        minutes=minutes,
        snap_m_points=np.zeros(len(points)),
        snap_m_sites=np.zeros(len(sites)),
        cutoff_minutes=_MOST_MINUTES,
        mode=mode,
        source=source or Source(name=path.name, licence="", date=""),
        assumptions=("Minutes are taken from a table as they stand; absent pairs have no way.",),
    )


def _rows(path: Path) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Yield the row number and the three cells of every row that is not empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Fault("this is no UTF-8 text; save it as UTF-8", file=path.name)
        ) from error
    except OSError as error:
        raise InputError(Fault("the file cannot be read", file=path.name)) from error
    lines = text.splitlines()
    head = lines[0] if lines else ""
    separator = max(",;\t", key=head.count)
    heads = [name.strip().lower() for name in next(csv.reader([head], delimiter=separator), [])]
    names = [_ALSO_CALLED.get(name, name) for name in heads]
    faults = FaultList()
    for column in COLUMNS:
        if names.count(column) != 1:
            faults.add("there must be one such column", file=path.name, row=1, column=column)
    faults.raise_if_any()
    places = [names.index(column) for column in COLUMNS]
    for row, cells in enumerate(csv.reader(lines[1:], delimiter=separator), start=2):
        if not any(cell.strip() for cell in cells):
            continue
        padded = [*cells, *[""] * len(names)]
        point, site, minutes = (padded[place].strip() for place in places)
        yield row, (point, site, minutes)


def _minutes(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= _MOST_MINUTES else None

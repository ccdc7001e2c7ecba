"""A saved plan, or a table of an approved one, into the places approved at each option."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection
from pathlib import Path

from planner.domain import Option
from planner.errors import Fault, FaultList, InputError
from planner.inputs.cells import required_text, whole_number
from planner.inputs.readers import Column, Row, read_table, refuse_duplicates
from planner.records import plan_from_json

COLUMNS = (
    Column("service", ("pakalpojums", "pakalpojuma kods")),
    Column("site_id", ("vieta", "vietas kods", "site")),
    Column("places", ("vietu skaits", "vietas", "vietas ar plānu", "places_plan")),
)
_PLAN = "plan.json"
_MOST_PLACES = 10_000


def read_approved(
    path: Path, *, services: Collection[str], sites: Collection[str]
) -> dict[Option, int]:
    """Return the approved places by option.

    Parameters
    ----------
    path : Path
        A folder that `planner plan` wrote, its ``plan.json``, or a table with the columns
        ``service``, ``site_id`` and ``places``; a row with 0 places says that nothing is there.
    services, sites : collections of str
        Those that are known.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once.
    """
    if path.is_dir():
        path /= _PLAN
    if path.suffix == ".json":
        return _of_plan(path, services, sites)
    faults = FaultList()
    table = read_table(path, COLUMNS, faults)
    approved = {}
    for row in refuse_duplicates(table.rows, ("service", "site_id"), faults):
        service = _known(row, "service", services, faults)
        site = _known(row, "site_id", sites, faults)
        places = whole_number(row, "places", faults, most=_MOST_PLACES)
        if service is not None and site is not None and places is not None:
            approved[service, site] = places
    faults.raise_if_any()
    return {option: places for option, places in approved.items() if places}


def _known(row: Row, column: str, known: Collection[str], faults: FaultList) -> str | None:
    name = required_text(row, column, faults)
    if not name or name in known:
        return name or None
    near = difflib.get_close_matches(name, sorted(known), n=3)
    hint = ", ".join(near) + "?" if near else "see the data"
    row.fault(faults, column, "{name} is not known; {hint}", name=name, hint=hint)
    return None


def _of_plan(path: Path, services: Collection[str], sites: Collection[str]) -> dict[Option, int]:
    try:
        plan = plan_from_json(json.loads(path.read_text(encoding="utf-8")), file=path.name)
    except FileNotFoundError:
        raise InputError(Fault("the file is not there; check the path", file=str(path))) from None
    except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        fault = Fault("not a JSON file: {what}", file=path.name, fields={"what": str(error)})
        raise InputError(fault) from None
    faults = FaultList()
    for service, site in sorted(plan.opened):
        for name, known, column in ((service, services, "service"), (site, sites, "site")):
            if name not in known:
                faults.add(
                    "{name} is not known; {hint}",
                    file=path.name,
                    column=column,
                    fields={"name": name, "hint": "see the data"},
                )
    faults.raise_if_any()
    return {option: opening.places for option, opening in plan.opened.items()}

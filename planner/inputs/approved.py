"""A saved plan, or a table of an approved one, into the places approved at each option."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.domain import Kind, Opening, Option, StudyArea
from planner.errors import Fault, FaultList, InputError
from planner.inputs.cells import required_text, whole_number
from planner.inputs.readers import Column, Row, read_table, refuse_duplicates
from planner.records import plan_from_json, problem_from_json

COLUMNS = (
    Column("service", ("pakalpojums", "pakalpojuma kods")),
    Column("site_id", ("vieta", "vietas kods", "site")),
    Column("places", ("vietu skaits", "vietas", "vietas ar plānu", "places_plan")),
)
_PLAN, _PROBLEM = "plan.json", "problem.json"
_MOST_PLACES = 10_000


@dataclass(frozen=True)
class ApprovedEdition:
    """What was approved: places by option, 0 where nothing may be there any more.

    What is absent is not mentioned. `units` says how many addresses places of new units have, where
    that is known.
    """

    places: Mapping[Option, int]
    units: Mapping[Option, int] = field(default_factory=dict)


def read_approved(path: Path, area: StudyArea) -> ApprovedEdition:
    """Return what was approved at each option.

    A saved plan mentions all that stood when it was made; what it
    opened at a settlement and has got an address since is found there.

    Parameters
    ----------
    path : Path
        A folder that `planner plan` wrote, its ``plan.json`` (what stood then is read from the
        ``problem.json`` beside it, and not known without), or a table with the columns
        ``service``, ``site_id`` and ``places``; a row with 0 places says that nothing is there.
    area : StudyArea
        Its services and sites are those that are known.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once.
    """
    if path.is_dir():
        path /= _PLAN
    services = [service.id for service in area.services]
    sites = [site.id for site in area.sites]
    if path.suffix == ".json":
        return _with_addresses(_of_plan(path, services, sites), area)
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
    return ApprovedEdition(approved)


@dataclass(frozen=True)
class _Saved:
    """A saved plan: what it opened, and what stood then, ``None`` where that is not known."""

    opened: dict[Option, Opening]
    stood: frozenset[Option] | None


def _known(row: Row, column: str, known: Collection[str], faults: FaultList) -> str | None:
    name = required_text(row, column, faults)
    if not name or name in known:
        return name or None
    near = difflib.get_close_matches(name, sorted(known), n=3)
    hint = ", ".join(near) + "?" if near else "see the data"
    row.fault(faults, column, "{name} is not known; {hint}", name=name, hint=hint)
    return None


def _of_plan(path: Path, services: Collection[str], sites: Collection[str]) -> _Saved:
    plan = plan_from_json(_json_of(path), file=path.name)
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
    beside = path.with_name(_PROBLEM)
    if not beside.exists():
        return _Saved(dict(plan.opened), None)
    problem = problem_from_json(_json_of(beside), file=beside.name)
    return _Saved(dict(plan.opened), frozenset(problem.existing))


def _json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(Fault("the file is not there; check the path", file=str(path))) from None
    except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        fault = Fault("not a JSON file: {what}", file=path.name, fields={"what": str(error)})
        raise InputError(fault) from None


def _with_addresses(saved: _Saved, area: StudyArea) -> ApprovedEdition:
    """Return the places of a saved plan, those built since at the addresses that they have got.

    A plan opens units at a settlement, and each gets an address when it is built. What is at an
    address there and was not then is one of them.
    """
    approved = dict.fromkeys(saved.stood or (), 0)
    approved |= {option: opening.places for option, opening in saved.opened.items()}
    units = {o: opening.units for o, opening in saved.opened.items() if opening.kind is Kind.NEW}
    settlements = {site.place_id: site.id for site in area.sites if not site.building}
    place_of = {site.id: site.place_id for site in area.sites}
    for facility in sorted(area.facilities, key=lambda f: (f.service, f.site_id)):
        built = facility.service, facility.site_id
        home = facility.service, settlements.get(place_of[facility.site_id], "")
        left = approved.get(home, 0)
        if saved.stood is None or built in approved or home in saved.stood or not left:
            continue
        own = _places_of_one(left, units[home], facility.places)
        approved[built], approved[home] = own, left - own
        units[home] -= 1
        if not approved[home]:
            del approved[home]
    return ApprovedEdition(approved, {o: n for o, n in units.items() if approved.get(o)})


def _places_of_one(places: int, units: int, built: int | None) -> int:
    """Return the approved places of one of some units, as like what was `built` as they can be."""
    if built is None or places % units == 0:
        return places // units
    return min(built, places - (units - 1))

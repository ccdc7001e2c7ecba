"""A saved plan, or a table of an approved one, into the places approved at each option."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from planner.domain import (
    Commitment,
    Kind,
    Opening,
    Option,
    Problem,
    Service,
    Size,
    StudyArea,
    fewest_units,
    most_like,
    unit_sizes,
)
from planner.errors import Fault, FaultList, InputError
from planner.inputs.approved_tables import options_in, read_approved_rows
from planner.inputs.kept_files import SHORT_DIGEST, kept_day, short_digest
from planner.records import openings_digest, plan_from_json, problem_from_json

APPROVED = "approved"
"""The role of an approved edition among the files of a scenario."""
_PLAN, _PROBLEM = "plan.json", "problem.json"


@dataclass(frozen=True)
class ApprovedEdition:
    """What was approved: places by option, 0 where nothing may be there any more.

    What is absent is not mentioned. `sizes` are the addresses of what is new or larger, as the
    edition sized and priced them, where that is known; they make up the places.
    """

    places: Mapping[Option, int]
    sizes: Mapping[Option, tuple[Size, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class NamedEdition:
    """By what readers know an approved edition: its name, and which file of it was read.

    `day` is the ISO date of the file, `digest` the first twelve hexadecimal digits of the SHA-256
    of a table, or of what a saved plan opens. Both are empty where the file is not there any more,
    or says something else by now.
    """

    name: str
    day: str = ""
    digest: str = ""


def named_edition(path: Path, *, name: str = "") -> NamedEdition:
    """Return by what readers know the edition in a folder, its ``plan.json`` or a table.

    Parameters
    ----------
    path : Path
        As `read_approved` takes it.
    name : str
        What it is called; its folder's or table's name where empty.

    Raises
    ------
    InputError
        If the file cannot be read, or is no plan.
    """
    name = name or name_of_edition(path)
    file = path / _PLAN if path.is_dir() else path
    try:
        content, changed_s = file.read_bytes(), file.stat().st_mtime
    except OSError:
        raise _not_there(path) from None
    day = kept_day(file) or datetime.fromtimestamp(changed_s).astimezone().date().isoformat()
    if file.suffix == ".json":
        plan = plan_from_json(_json_of(file), file=file.name)
        return NamedEdition(name, day, openings_digest(plan)[:SHORT_DIGEST])
    return NamedEdition(name, day, short_digest(content))


def name_of_edition(path: Path) -> str:
    """Return what an edition is called that nobody named: as its folder or table is."""
    return path.parent.name if path.name == _PLAN else path.name


def read_approved(
    path: Path, area: StudyArea, *, committed: Sequence[Commitment] = ()
) -> ApprovedEdition:
    """Return what was approved at each option.

    A saved plan mentions all that stood when it was made; what it opened at a settlement and has
    got an address since is found there.

    Parameters
    ----------
    path : Path
        A folder that `planner plan` wrote, its ``plan.json`` (what stood then, and the addresses
        with their costs, are read from the ``problem.json`` beside it, and not known without), or
        a table with the columns ``service``, ``site_id`` and ``places``, where they are known also
        ``units`` and ``cost_eur``; a row with 0 places says that nothing is there.
    area : StudyArea
        Its services and sites are those that are known.
    committed : sequence of Commitment
        What the scenario says to be decided.

    Raises
    ------
    InputError
        If anything is wrong; every fault at once.
    """
    if path.is_dir():
        path /= _PLAN
    if path.suffix == ".json":
        return _with_addresses(_of_plan(path, area), area, committed)
    return _of_table(path, area)


def _of_table(path: Path, area: StudyArea) -> ApprovedEdition:
    services = {service.id: service for service in area.services}
    known = options_in(area)
    approved: dict[Option, int] = {}
    sizes: dict[Option, tuple[Size, ...]] = {}
    for row in read_approved_rows(path, known):
        option = row.service, row.site
        approved[option] = row.places
        if row.places and row.cost_eur is not None:
            one = 1 if known.buildings[row.site] else row.units
            sizes[option] = _priced(services[row.service], row.places, one, row.cost_eur)
        elif row.places and row.units is not None and not known.buildings[row.site]:
            sizes[option] = _sizes(services[row.service], row.places, row.units)
    return ApprovedEdition(approved, {option: found for option, found in sizes.items() if found})


def _sizes(service: Service, places: int, units: int | None) -> tuple[Size, ...]:
    """Return the sizes of the catalogue that make up places, as few as can be where not told."""
    offered = [Size(k, k * service.build_eur_per_place) for k in service.sizes_places]
    units = units or fewest_units(offered, places) or 1
    return unit_sizes(offered, Opening(places, units, Kind.NEW))


def _priced(service: Service, places: int, units: int | None, cost_eur: int) -> tuple[Size, ...]:
    """Return the addresses of places at a cost that is told, each its share by its places."""
    found = [size.places for size in _sizes(service, places, units)]
    if not found:
        least, more = divmod(places, min(units or 1, places))
        found = [least + (k < more) for k in range(min(units or 1, places))]
    so_far = [cost_eur * sum(found[:k]) // places for k in range(len(found) + 1)]
    costs = (after - before for before, after in pairwise(so_far))
    return tuple(Size(k, cost) for k, cost in zip(found, costs, strict=True))


@dataclass(frozen=True)
class _Saved:
    """A saved plan: what it opened; where its problem is known also what stood, and the sizes."""

    opened: Mapping[Option, Opening]
    stood: frozenset[Option] | None = None
    sizes: Mapping[Option, tuple[Size, ...]] = field(default_factory=dict)


def _of_plan(path: Path, area: StudyArea) -> _Saved:
    plan = plan_from_json(_json_of(path), file=path.name)
    beside = path.with_name(_PROBLEM)
    problem = problem_from_json(_json_of(beside), file=beside.name) if beside.exists() else None
    faults = FaultList()
    if problem is not None and problem.region != area.region:
        faults.add(
            "a plan of the region {region}; the scenario asks for {asked}",
            file=path.name,
            fields={"region": problem.region, "asked": area.region},
        )
        faults.raise_if_any()
    services = {service.id for service in area.services}
    sites = {site.id for site in area.sites}
    for column, names, known in (
        ("service", {service for service, _ in plan.opened}, services),
        ("site", {site for _, site in plan.opened}, sites),
    ):
        for name in sorted(names - known):
            faults.add(
                "{name} is not known; see the data",
                file=path.name,
                column=column,
                fields={"name": name},
            )
    faults.raise_if_any()
    if problem is None:
        return _Saved(plan.opened)
    return _Saved(plan.opened, frozenset(problem.existing), _sizes_of(problem, plan.opened))


def _sizes_of(problem: Problem, opened: Mapping[Option, Opening]) -> dict[Option, tuple[Size, ...]]:
    """Return the addresses of what is new or larger, as the problem of the plan priced them."""
    found = {}
    for option, opening in opened.items():
        existing = problem.existing.get(option)
        offered = problem.sizes.get(option, ()) if existing is None else existing.larger
        if sizes := unit_sizes(offered, opening):
            found[option] = sizes
    return found


def _json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _not_there(path) from None
    except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        fault = Fault("not a JSON file: {what}", file=path.name, fields={"what": str(error)})
        raise InputError(fault) from None


def _not_there(path: Path) -> InputError:
    return InputError(Fault("the file is not there; check the path", file=str(path)))


def _with_addresses(
    saved: _Saved, area: StudyArea, committed: Iterable[Commitment]
) -> ApprovedEdition:
    """Return the places of a saved plan, those built or decided since at their addresses.

    A plan opens units at a settlement, and each gets an address when it is built. What is at an
    address there and was not then is one of them: the one that is most like it in size.
    """
    approved = dict.fromkeys(saved.stood or (), 0)
    approved |= {option: opening.places for option, opening in saved.opened.items()}
    sizes = dict(saved.sizes)
    settlements = {site.place_id: site.id for site in area.sites if not site.building}
    place_of = {site.id: site.place_id for site in area.sites}
    here = {(f.service, f.site_id): f.places for f in area.facilities}
    here |= {(c.service, c.site): c.places for c in committed}
    for (service, site), places in sorted(here.items(), key=lambda item: item[0]):
        home = service, settlements.get(place_of.get(site, ""), "")
        waiting = list(sizes.get(home, ()))
        if (service, site) in approved or home in (saved.stood or ()) or not waiting:
            continue
        own = waiting[0] if places is None else most_like(waiting, places)
        waiting.remove(own)
        approved[service, site] = own.places
        if waiting:
            approved[home] -= own.places
            sizes[home] = tuple(waiting)
        else:
            del approved[home], sizes[home]
    return ApprovedEdition(approved, sizes)

"""What a sender calls a service (id, code or name) into the service that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.domain import Service
from planner.errors import FaultList, Words
from planner.inputs.cells import choice, refuse_unknown
from planner.inputs.needs import CHILDREN_FT, GROUP_WORDS, PART_OF, REPRESENTATIVES
from planner.inputs.readers import Row, plain

_FAMILY = {REPRESENTATIVES: CHILDREN_FT}
"""Groups whose support plans may name services of another: a child's and its parents'."""


@dataclass(frozen=True)
class ServiceNames:
    """Service ids by what they are called (see `plain`), and code and target group by id."""

    ids: Mapping[str, str]
    codes: Mapping[str, str]
    groups: Mapping[str, str]


def service_names(services: Iterable[Service]) -> ServiceNames:
    """Return an index of services by id, code and both names."""
    every = tuple(services)
    return ServiceNames(
        ids={
            plain(said): s.id
            for s in every
            for said in (s.id, s.code, s.name_lv, s.name_en)
            if plain(said)
        },
        codes={s.id: s.code or s.id for s in every},
        groups={s.id: s.target_group for s in every},
    )


def service_of(row: Row, names: ServiceNames, faults: FaultList) -> str | None:
    """Return the id of the service that the column of services means, or ``None`` with a fault."""
    return choice(row, "service", names.ids, faults, said=names.codes)


def services_of(row: Row, names: ServiceNames, faults: FaultList) -> tuple[str, ...]:
    """Return the ids of the services of a cell, parted by semicolons, commas or bars.

    A name may hold commas itself. Every part that is not known is a fault.
    """
    found: dict[str, None] = {}
    for part in re.split(r"[;|\n]", row.get("services")):
        whole = names.ids.get(plain(part))
        for said in [part] if whole else part.split(","):
            if plain(said) in names.ids:
                found[names.ids[plain(said)]] = None
            elif said.strip():
                refuse_unknown(row, "services", said.strip(), names.codes.values(), faults)
    return tuple(found)


def refuse_other_groups(
    row: Row,
    column: str,
    services: Iterable[str],
    group: str | None,
    names: ServiceNames,
    faults: FaultList,
) -> None:
    """Note services of a row that are none for its group, with those that are."""
    if group is None:
        return
    wrong = [service for service in services if _kin(names.groups[service]) != _kin(group)]
    if wrong and row.private:
        row.fault(faults, column, "a service is none for the group; mend one of the two")
        return
    for service in wrong:
        fit = [names.codes[s] for s, its in names.groups.items() if _kin(its) == _kin(group)]
        row.fault(
            faults,
            column,
            "{service} is no service for {group}; for them there are: {known}",
            service=names.codes[service],
            group=Words([GROUP_WORDS[group]]),
            known=", ".join(fit) or "–",
        )


def _kin(group: str) -> str:
    """Return the group that a group shares its services with."""
    whole = PART_OF.get(group, group)
    return _FAMILY.get(whole, whole)

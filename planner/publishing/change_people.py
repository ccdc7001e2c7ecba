"""The persons of an amendment's changes into what may be told of them beside the plan's release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.disclosure import (
    HIDDEN_MARK,
    ChangeTables,
    Concerned,
    ServedTables,
    show_persons,
)
from planner.domain import StudyArea
from planner.editions import Change, ChangeKind, MunicipalTotal, State
from planner.publishing.people import People, whole


@dataclass(frozen=True)
class ChangePeople:
    """Persons at an address before and after, whom the change concerns, and why, as text."""

    before: str
    after: str
    concerned: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class TotalPeople:
    """The people of a municipality or region over all services, before and after, as text."""

    need: str
    served: tuple[str, str]
    within: tuple[str, str]
    at_sites: tuple[str, str]


def people_of_change(
    change: Change, released: ServedTables, changed: ChangeTables | None = None
) -> ChangePeople:
    """Return what may be told of the persons of a change.

    `changed` is what the gate lets through of those concerned and why; nothing of it is told
    without.
    """
    before = People(released, "today").served_at(change.site, change.service)
    after = People(released, "plan").served_at(change.site, change.service)
    at_address = _state_told(change.after, after, change.addresses_here, released.release.threshold)
    at = change.site, change.service
    return ChangePeople(
        before=_state_told(change.before, before, 1, released.release.threshold),
        after=at_address,
        concerned=_concerned(change, changed, at_address),
        reasons=tuple(
            HIDDEN_MARK if changed is None else changed.because(reason, *at)
            for reason, _ in change.reasons
        ),
    )


def concerned_by(changes: Sequence[Change]) -> dict[tuple[str, str], Concerned]:
    """Return whom changes concern by (service, site), all new addresses at a site together."""
    found: dict[tuple[str, str], Concerned] = {}
    for change in changes:
        key = change.service, change.site
        others = found[key].persons if key in found else 0
        found[key] = Concerned(
            stands_before=change.kind is not ChangeKind.OPEN,
            stands_after=change.kind is not ChangeKind.CLOSE,
            grows=change.kind in (ChangeKind.OPEN, ChangeKind.ENLARGE),
            persons=change.persons + others,
            reasons=dict(change.reasons),
        )
    return found


def _concerned(change: Change, changed: ChangeTables | None, at_address: str) -> str:
    if change.kind is ChangeKind.OPEN:
        return at_address
    if changed is None:
        return HIDDEN_MARK
    return changed.concerned(change.site, change.service)


def people_of_total(
    totals: Sequence[MunicipalTotal], area: StudyArea, released: ServedTables
) -> TotalPeople:
    """Return what may be told of one municipality, or of all together."""
    one = totals[0].municipality if len(totals) == 1 else ""
    place = one or released.everybody
    today, plan = People(released, "today"), People(released, "plan")
    services = today.every_service()
    was, now = today.at(place, services), plan.at(place, services)
    sites = {s.id for s in area.sites if one in (s.municipality_atvk, "")}
    return TotalPeople(
        now.need,
        (was.served, now.served),
        (was.within_standard, now.within_standard),
        (released.served_at_all("today", sites), released.served_at_all("plan", sites)),
    )


def _state_told(state: State | None, at_site: str, addresses: int, threshold: int) -> str:
    """Return the persons of one of the addresses at a site."""
    if state is None:
        return "0"
    if addresses == 1 or whole(at_site) is None:
        return at_site if addresses == 1 else HIDDEN_MARK
    return show_persons(state.persons, threshold=threshold)

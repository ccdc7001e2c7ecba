"""The persons of an amendment's changes into what may be told of them beside the plan's release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.disclosure import (
    HIDDEN_MARK,
    ChangeTables,
    Concerned,
    ServedTables,
    is_small,
    show_persons,
)
from planner.domain import StudyArea
from planner.editions import Change, MunicipalTotal, ReasonPart
from planner.publishing.people import People, reasons_told, whole


@dataclass(frozen=True)
class ChangePeople:
    """Persons at an address before and after, whom the change concerns, and why, as text.

    `reasons` are those that may be named, of all addresses of the service at the site together;
    under "" that others may have one. `minutes` says whether those of before and after may be told:
    whether they are shown at all depends on how many of the concerned are served then.
    """

    before: str
    after: str
    concerned: str
    reasons: Mapping[str, str]
    minutes: tuple[bool, bool]


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
    at_address = _state_told(change, after, released.release.threshold)
    concerned = _concerned(change, changed, at_address)
    dropped = change.after is None
    here = concerned if change.operates or dropped else after
    reasons = _reasons(change, changed, here)
    all_told = whole(here) is not None
    return ChangePeople(
        before=before if change.operates else "0",
        after=at_address,
        concerned=concerned,
        reasons=reasons,
        minutes=(
            all_told and _known(ReasonPart.NEWLY_SERVED, reasons, never=not change.comes),
            all_told and _known(ReasonPart.LOST, reasons, never=change.comes),
        ),
    )


def concerned_by(changes: Sequence[Change]) -> dict[tuple[str, str], Concerned]:
    """Return whom changes concern by (service, site), all addresses at a site together.

    What was approved, never opened and is dropped concerns nobody, as everybody knows.
    """
    return {
        (change.service, change.site): Concerned(
            stands_before=change.operates,
            stands_after=change.after is not None,
            grows=change.comes,
            persons=change.persons_here,
            reasons=dict(change.reasons),
        )
        for change in changes
        if change.operates or change.after is not None
    }


def _reasons(change: Change, changed: ChangeTables | None, concerned: str) -> dict[str, str]:
    if changed is None:
        return reasons_told(concerned, {})
    at = change.site, change.service
    told = {reason.value: changed.because(reason, *at) for reason, _ in change.reasons}
    return reasons_told(concerned, told)


def _known(reason: ReasonPart, reasons: Mapping[str, str], *, never: bool) -> bool:
    """Return whether readers know how many there are for a reason."""
    return never or whole(reasons.get(reason, "")) is not None or "" not in reasons


def _concerned(change: Change, changed: ChangeTables | None, at_address: str) -> str:
    if not change.operates:
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


def _state_told(change: Change, at_site: str, threshold: int) -> str:
    """Return the persons at one of the addresses of a site; none where one has but a few.

    All addresses of a site together are told: of three the third follows from two.
    """
    if change.after is None:
        return "0"
    if change.addresses_here == 1:
        return at_site
    if whole(at_site) is None or is_small(change.fewest_at_an_address, threshold=threshold):
        return HIDDEN_MARK
    return show_persons(change.after.persons, threshold=threshold)

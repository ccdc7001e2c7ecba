"""The persons of an amendment's changes into what may be told of them beside the plan's release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    REGION,
    ServedTables,
    is_small,
    show_persons,
)
from planner.domain import StudyArea
from planner.editions import Change, ChangeKind, MunicipalTotal, State
from planner.publishing.people import People, part_told, whole


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


def people_of_change(change: Change, released: ServedTables) -> ChangePeople:
    """Return what may be told of the persons of a change."""
    before = People(released, "today").served_at(change.site, change.service)
    after = People(released, "plan").served_at(change.site, change.service)
    grows = change.kind in (ChangeKind.OPEN, ChangeKind.ENLARGE)
    at_address = _state_told(change.after, after, change.addresses_here)
    if change.kind is ChangeKind.OPEN:
        concerned, of_reasons = at_address, after
    elif change.kind is ChangeKind.CLOSE:
        concerned, of_reasons = before, before
    else:
        concerned = of_reasons = part_told(change.persons, after if grows else before)
    return ChangePeople(
        before=_state_told(change.before, before, 1),
        after=at_address,
        concerned=concerned,
        reasons=parts_told([persons for _, persons in change.reasons], of_reasons),
    )


def people_of_total(
    totals: Sequence[MunicipalTotal], area: StudyArea, released: ServedTables
) -> TotalPeople:
    """Return what may be told of one municipality, or of all together."""
    place = totals[0].municipality if len(totals) == 1 else REGION
    today, plan = People(released, "today"), People(released, "plan")
    services = today.every_service()
    was, now = today.at(place, services), plan.at(place, services)
    sites = {s.id for s in area.sites if place in (s.municipality_atvk, REGION)}
    return TotalPeople(
        now.need,
        (was.served, now.served),
        (was.within_standard, now.within_standard),
        (released.served_at_all("today", sites), released.served_at_all("plan", sites)),
    )


def parts_told(
    parts: Sequence[int], whole_told: str, *, threshold: int = DEFAULT_THRESHOLD
) -> tuple[str, ...]:
    """Return the parts of a count as text; what is left of it beside them may be a few as well.

    Where the whole is told and some part is small, the largest part is withheld, so that the small
    one is not what is missing.
    """

    def small(count: int) -> bool:
        return is_small(count, threshold=threshold)

    total = whole(whole_told)
    if total is None:
        return tuple(HIDDEN_MARK if n and not small(n) else show_persons(n) for n in parts)
    told = [show_persons(n, threshold=threshold) for n in parts]
    if any(small(n) for n in (*parts, max(0, total - sum(parts)))):
        largest = max(range(len(parts)), key=lambda k: parts[k], default=0)
        if parts and not small(parts[largest]):
            told[largest] = HIDDEN_MARK
    return tuple(told)


def _state_told(state: State | None, at_site: str, addresses: int) -> str:
    """Return the persons of one of the addresses at a site."""
    if state is None:
        return "0"
    if addresses == 1 or whole(at_site) is None:
        return at_site if addresses == 1 else HIDDEN_MARK
    return show_persons(state.persons)

"""What the gate released of a plan beside today into the figures of one of the two."""

from __future__ import annotations

from dataclasses import dataclass

from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    NOT_SHOWN,
    ServedTables,
    ShownServed,
    TurnTables,
    is_small,
    show_persons,
)
from planner.disclosure.turns import NEED_AFTER, NEED_BEFORE, WITHIN_BEFORE
from planner.domain import EVERY_SERVICE
from planner.publishing.coverage import coverage_class, share_told

NOBODY = ShownServed("0", "0", "0", "0", NOT_SHOWN, NOT_SHOWN, "0")


@dataclass(frozen=True)
class People:
    """The persons of one situation, "plan" or "today", as they may be told; every text is safe."""

    released: ServedTables
    situation: str = "plan"

    def at(self, area: str, service: str) -> ShownServed:
        """Return the figures of an area and a service, none at all where nobody is in need."""
        try:
            return self.released.at(self.situation, area, service)
        except KeyError:
            return NOBODY

    def served_at(self, site: str, service: str) -> str:
        """Return the persons whom a site serves."""
        return self.released.served_at(self.situation, site, service)

    def flow(self, municipality: str, service: str, site: str) -> int | None:
        """Return the persons of a municipality who go to a site, where that may be told."""
        told = self.released.flow(self.situation, municipality, service, site)
        return None if told is None else whole(told)

    def unserved_because(self, area: str, service: str, reason: str) -> str:
        """Return the unserved of an area for a reason."""
        return self.released.unserved_because(self.situation, area, service, reason)

    def every_service(self) -> str:
        """Return under which service the figures over all services stand."""
        services = self.released.services
        return EVERY_SERVICE if len(services) > 1 else next(iter(services), "")

    def share(self, area: str, service: str, *, part: int, of: int) -> str:
        """Return the share within the standard, as a class where the exact one is withheld."""
        told = self.at(area, service).share_within_standard
        if told != NOT_SHOWN or not of:
            return told
        found = coverage_class(part, of, threshold=self.released.release.threshold)
        return found.text if found else NOT_SHOWN


@dataclass(frozen=True)
class Turnover:
    """Two situations as they may be told: the figures of both, and who gains and loses."""

    before: People
    after: People
    turns: TurnTables

    def text(self, figure: str, area: str, service: str) -> str:
        """Return a count of those who gain, lose, ...; see `planner.disclosure.turns`."""
        return self.turns.text(figure, area, service)

    def total_share(self, figure: str, area: str, total: str, *, part: int, of: int) -> str:
        """Return a share of a total over services, as a class where the exact one is withheld."""
        whose = NEED_BEFORE if figure == WITHIN_BEFORE else NEED_AFTER
        need, some = whole(self.text(whose, area, total)), whole(self.text(figure, area, total))
        if need is not None and some is not None:
            return share_told(some, need, threshold=self.turns.release.threshold)
        found = coverage_class(part, of, threshold=self.turns.release.threshold) if of else None
        return found.text if found else NOT_SHOWN


def aims_withheld(released: ServedTables | None) -> frozenset[str]:
    """Return the aims that count persons whom the gate withholds in the total of the region."""
    if released is None:
        return frozenset()
    plan = People(released)
    shown = plan.at(released.everybody, plan.every_service())
    served = (shown.served, shown.within_standard)
    found = {
        "persons_unserved": shown.unserved == HIDDEN_MARK,
        "persons_beyond_standard": HIDDEN_MARK in served,
    }
    return frozenset(aim for aim, withheld in found.items() if withheld)


def part_told(part: int, whole_told: str, *, threshold: int = DEFAULT_THRESHOLD) -> str:
    """Return some of the persons of a count that the gate released, as far as it may be told.

    Nothing but a mark where the whole is no plain number, or where a few are left beside the part.
    """
    total = whole(whole_told)
    if total is None or part > total or is_small(total - part, threshold=threshold):
        return HIDDEN_MARK if part else "0"
    return show_persons(part, threshold=threshold)


def whole(told: str) -> int | None:
    """Return the number that a text of the gate tells plainly, ``None`` where it tells none."""
    bare = told.replace("\u00a0", "")
    return int(bare) if bare.isdigit() else None

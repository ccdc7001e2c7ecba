"""What the gate released of a plan beside today into the figures of one of the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Protocol

from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    NOT_SHOWN,
    REGION,
    ServedTables,
    ShownServed,
    TurnTables,
    changes_following,
    is_small,
    show_persons,
    small_mark,
)
from planner.disclosure.turns import NEED_AFTER, NEED_BEFORE, WITHIN_BEFORE
from planner.domain import EVERY_SERVICE
from planner.publishing.coverage import (
    CoverageClass,
    change_told,
    class_of,
    coverage_class,
    share_told,
)

_ALL_PERCENT = 100.0
WITHHELD = "withheld, so that no small number can be worked out"
NOBODY = ShownServed("0", "0", "0", "0", NOT_SHOWN, NOT_SHOWN, "0")


@dataclass(frozen=True)
class People:
    """The persons of one situation, "plan" or "today", as they may be told; every text is safe.

    `changes` has by how many more or fewer are within the standard than in another plan, the least
    and the most, by (area, service); see `changed_from`.
    """

    released: ServedTables
    situation: str = "plan"
    changes: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

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

    def share(self, area: str, service: str) -> str:
        """Return the share within the standard, as a class where the exact one would tell."""
        told = self.at(area, service).share_within_standard
        found = self.coverage(area, service) if told == NOT_SHOWN else None
        return found.text if found else told

    def percent(self, area: str, service: str) -> float | None:
        """Return the share within the standard as readers hold it, the middle of a class.

        ``None`` also where it may be of several classes, which have no order.
        """
        shown = self.at(area, service)
        need, within = whole(shown.need), whole(shown.within_standard)
        if shown.share_within_standard != NOT_SHOWN and need and within is not None:
            return 100 * within / need
        found = self.coverage(area, service)
        if found is None or found.joined:
            return None
        return (found.low_percent + found.high_percent) / 2

    def why_no_share(self, area: str, service: str) -> str:
        """Return in English why the share within the standard is not told."""
        shown = self.at(area, service)
        return why_no_share(shown.need, shown.within_standard)

    def coverage(self, area: str, service: str) -> CoverageClass | None:
        """Return the class of the share within the standard as all that was released tells it.

        ``None`` where that leaves too much open. A class says nothing that its reader could not
        work out, so that nothing can be worked out from it.
        """
        return class_of(self.released.within_standard_lies(self.situation, area, service))

    def change_since(self, before: People, area: str, service: str) -> int | None:
        """Return the class of the change of those within the standard, as readers hold both."""
        threshold = self.released.release.threshold
        if self.released.release == before.released.release:
            asked = before.situation, self.situation, area, service
            return change_told(self.released.within_standard_changes(*asked), threshold=threshold)
        if self.changes:
            return change_told(self.changes.get((area, service)), threshold=threshold)
        now, was = (whole(side.at(area, service).within_standard) for side in (self, before))
        if now is None or was is None:
            return None
        return change_told((now - was, now - was), threshold=threshold)

    def changed_from(self, before: People, turns: TurnTables) -> People:
        """Return these with the changes that follow from the tables of both plans and `turns`.

        Not where they were made apart and tell small counts together: then nothing is added.
        """
        sides = before.released.release, self.released.release
        if turns.told_before or sides[0].snapshot != sides[1].snapshot or sides[0] == sides[1]:
            return self
        asked = {}
        for key in product(self.released.areas, (*self.released.services, EVERY_SERVICE)):
            was, now = (p.released.share_terms(p.situation, *key) for p in (before, self))
            if was is not None and now is not None:
                asked[key] = now[0], was[0]
        return replace(self, changes=changes_following([*sides, turns.release], asked))


@dataclass(frozen=True)
class Turnover:
    """Two situations as they may be told: the figures of both, and who gains and loses."""

    before: People
    after: People
    turns: TurnTables

    def text(self, figure: str, area: str, service: str) -> str:
        """Return a count of those who gain, lose, ...; see `planner.disclosure.turns`."""
        return self.turns.text(figure, area, service)

    def total_share(self, figure: str, area: str, total: str) -> str:
        """Return a share of a total over services, as a class where the exact one would tell."""
        whose, side = self._beside(figure)
        need, some = self.text(whose, area, total), self.text(figure, area, total)
        persons, of = whole(some), whole(need)
        if persons is not None and of is not None:
            return share_told(persons, of, threshold=self._threshold)
        counted = self.turns.terms(figure, area, total), self.turns.terms(whose, area, total)
        if counted == side.released.share_terms(side.situation, area, total):
            found = side.coverage(area, total)  # the same share stands in the tables of the side
        else:
            found = class_told(some, need, threshold=self._threshold)
        return found.text if found else NOT_SHOWN

    def why_no_total_share(self, figure: str, area: str, total: str) -> str:
        """Return in English why a share of a total over services is not told."""
        whose, _ = self._beside(figure)
        return why_no_share(self.text(whose, area, total), self.text(figure, area, total))

    def _beside(self, figure: str) -> tuple[str, People]:
        """Return the need that a figure is a share of, and the situation that both are of."""
        if figure == WITHIN_BEFORE:
            return NEED_BEFORE, self.before
        return NEED_AFTER, self.after

    @property
    def _threshold(self) -> int:
        return self.turns.release.threshold


@dataclass(frozen=True)
class Least:
    """The areas with the lowest share of those told, and whether every area in need is told."""

    areas: tuple[str, ...]
    share: str
    all_told: bool


def least_served(people: People, areas: Iterable[str], service: str) -> Least:
    """Return which areas have the lowest share within the standard, by what is told alone.

    No area where some are not told and the lowest is not below the region: one of them is lower.
    """
    in_need = [area for area in areas if people.at(area, service).need != "0"]
    percents = {area: people.percent(area, service) for area in in_need}
    told = {area: percent for area, percent in percents.items() if percent is not None}
    all_told = len(told) == len(in_need)
    lowest, region = min(told.values(), default=None), people.percent(REGION, service)
    if lowest is None or (not all_told and lowest >= (_ALL_PERCENT if region is None else region)):
        return Least((), NOT_SHOWN, all_told)
    found = tuple(area for area, percent in told.items() if percent == lowest)
    return Least(found, people.share(found[0], service), all_told)


class HasCoverage(Protocol):
    """What is told of the figures of a municipality and a service where nothing was released."""

    @property
    def need(self) -> int: ...  # noqa: D102

    @property
    def within_standard(self) -> int: ...  # noqa: D102


def coverage_of(
    people: People | None, key: tuple[str, str], figures: HasCoverage, *, threshold: int
) -> CoverageClass | None:
    """Return the class of a (municipality, service): of the release, or of `figures` without one.

    The classes by themselves, with no count beside them, tell no small number.
    """
    if people is not None:
        return people.coverage(*key)
    return coverage_class(figures.within_standard, figures.need, threshold=threshold)


def in_need(people: People | None, key: tuple[str, str], figures: HasCoverage) -> bool:
    """Return whether readers may see that somebody is, or might be, in need: a withheld 0 too."""
    return bool(figures.need) if people is None else people.at(*key).need != "0"


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


def class_told(part: str, of: str, *, threshold: int = DEFAULT_THRESHOLD) -> CoverageClass | None:
    """Return the class of a share of persons as the released texts of both tell it by themselves.

    ``None`` where they leave it open: a class says nothing that its reader does not hold already,
    so that nothing can be worked out from it together with the counts.
    """
    total, persons = whole(of), whole(part)
    if not total:
        return None
    if persons is None:
        few = range(1, min(threshold, total + 1)) if part == small_mark(threshold) else ()
    else:
        few = range(persons, persons + 1)
    found = {coverage_class(count, total, threshold=threshold) for count in few}
    return found.pop() if len(found) == 1 else None


def reasons_told(total: str, reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons whose persons are told, and "" for the others of `total` if there may be.

    A reason that stood as "…" would tell that it has somebody.
    """
    told = {reason: text for reason, text in reasons.items() if text not in (HIDDEN_MARK, "0")}
    counts = [whole(text) for text in told.values()]
    all_told = None not in counts and whole(total) == sum(count or 0 for count in counts)
    return told if all_told else {**told, "": HIDDEN_MARK}


def why_no_share(*told: str) -> str:
    """Return in English why a share of persons is not told, from the released texts behind it."""
    return WITHHELD if HIDDEN_MARK in told else "too few persons to tell a share"


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

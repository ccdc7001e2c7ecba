"""Whom the changes of an amendment concern, and why, into counts that may be published.

They are protected together with the tables of the plan, whose readers hold those as well. A reason
whose persons are withheld is not even named: that it has somebody would tell too much.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.served_tables import ServedTables
from planner.disclosure.tables import (
    CHANGED,
    TURNS,
    Cell,
    Claim,
    Fact,
    Part,
    Release,
    claim_text,
    equal_sums,
    sum_of,
)
from planner.domain.readers import Audience, Thresholds
from planner.editions import ReasonPart

CONCERNED = "concerned"
_NO_DIFFERENCE, _STAY, _LEAVE, _COME = "no difference", "stay", "leave", "come"
_OF_ALL = (ReasonPart.BROUGHT_WITHIN, ReasonPart.SHORTER, ReasonPart.LONGER)
_LOSS_OF_CONCERNED = 2.0


@dataclass(frozen=True)
class Concerned:
    """A service at a site that changes: whom it concerns, by what it means for them.

    Attributes
    ----------
    stands_before, stands_after : bool
        Whether it operates today, and will. What was only approved does not.
    grows : bool
        Whether those concerned come (to what is new or larger) or go. It must follow from today
        and the plan alone: the same parts stand for them in every amendment of that plan.
    persons : int
        All whom it concerns, those without any difference too.
    reasons : mapping of ReasonPart to int
        Persons by reason.
    """

    stands_before: bool
    stands_after: bool
    grows: bool
    persons: int
    reasons: Mapping[ReasonPart, int]


@dataclass(frozen=True)
class ChangeTables:
    """Whom each change concerns, and why, as text."""

    release: Release
    called: str

    def concerned(self, site: str, service: str) -> str:
        """Return the persons whom the change of a service at a site concerns."""
        return self._text(CONCERNED, site, service)

    def because(self, reason: ReasonPart, site: str, service: str) -> str:
        """Return those of them for one reason; "0" where there are none."""
        return self._text(reason, site, service)

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}

    def _text(self, figure: str, site: str, service: str) -> str:
        claim = self._claims.get((f"{self.called}/{figure}", site, service))
        return "0" if claim is None else claim_text(claim, threshold=self.release.threshold)


def protect_changes(
    released: ServedTables,
    changes: Mapping[tuple[str, str], Concerned],
    *,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
) -> ChangeTables:
    """Return whom the changes from today to the plan of `released` concern, as it may be published.

    Parameters
    ----------
    released : ServedTables
        What `protect_plan` made; this release is held against it.
    changes : mapping of (service, site) to Concerned
        True counts.
    audience, thresholds, ledger
        See `planner.disclosure.protect`.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    today, plan = released.called["today"], released.called["plan"]
    called = f"{CHANGED} {today} {plan}"
    before = Ledger(ledger.releases).with_release(released.release)
    counts: dict[Part, int] = {}
    facts: list[Fact] = []
    cells: list[Cell] = []
    for (service, site), change in sorted(changes.items()):
        rest = change.persons - sum(change.reasons.values())
        persons: dict[str, int] = dict.fromkeys(_conceivable(change), 0)
        persons |= {why.value: n for why, n in change.reasons.items()}
        persons[_NO_DIFFERENCE] = rest
        parts = {Part(_at(site), service, called, why): n for why, n in persons.items()}
        counts |= parts
        loads = [_load(released, situation, site, service) for situation in (today, plan)]
        facts += _facts(change, list(parts), loads)
        if change.stands_before:  # of what is new they are those whom it serves
            table = f"{called}/{CONCERNED}"
            cells.append(Cell(table, site, service, sum_of(parts), _LOSS_OF_CONCERNED))
        for reason in change.reasons:
            part = Part(_at(site), service, called, reason)
            cells.append(Cell(f"{called}/{reason}", site, service, sum_of([part])))
    facts += _at_most(counts, released, (today, plan), before)
    release = protect(
        cells,
        counts,
        name=called,
        snapshot=released.release.snapshot,
        facts=facts,
        audience=audience,
        thresholds=thresholds,
        ledger=before,
    )
    return ChangeTables(release, called)


def _at(site: str) -> str:
    """Return the place of parts at a site, which may be called like a municipality."""
    return f"@{site}"


def _conceivable(change: Concerned) -> tuple[ReasonPart, ...]:
    """Return the reasons that a reader thinks of, named or not."""
    return (*_OF_ALL, ReasonPart.NEWLY_SERVED if change.grows else ReasonPart.LOST)


def _load(released: ServedTables, situation: str, site: str, service: str) -> list[Part]:
    """Return the parts of those whom a site serves, as the plan's tables count them."""
    for claim in released.release.claims:
        if claim.key == (f"{situation}/@", site, service):
            return [part for part, _ in claim.terms]
    return []


def _facts(
    change: Concerned, concerned: Sequence[Part], loads: Sequence[Sequence[Part]]
) -> list[Fact]:
    """Return how those concerned, those who stay and the others make up the loads of the site."""
    stay, leave, come = (concerned[0]._replace(state=s) for s in (_STAY, _LEAVE, _COME))
    before, after = loads
    if not change.stands_before:
        return [equal_sums(after, concerned)]
    if not change.stands_after:
        return [equal_sums(before, concerned)]
    if change.grows:
        return [equal_sums(after, [*concerned, stay]), equal_sums(before, [stay, leave])]
    return [equal_sums(before, [*concerned, stay]), equal_sums(after, [stay, come])]


def _at_most(
    counts: Collection[Part], released: ServedTables, called: tuple[str, str], before: Ledger
) -> Iterable[Fact]:
    """Return that no more persons begin or cease to be served at sites than in the region."""
    today, plan = called
    turns = f"{TURNS} {today} {plan}"
    known_turns = any(release.name == turns for release in before.releases)
    for service in sorted({part.subject for part in counts}):
        for reason, situation, turned in (
            (ReasonPart.NEWLY_SERVED, today, "newly"),
            (ReasonPart.LOST, plan, "gone"),
        ):
            here = [p for p in counts if p.subject == service and p.state == reason]
            if not here:
                continue
            wholes = [[Part(m, service, situation, "unserved") for m in released.areas]]
            if known_turns:
                wholes.append([Part(m, service, turns, turned) for m in released.areas])
            for whole in wholes:
                terms = equal_sums(whole, here).terms
                yield Fact(terms, 0.0, math.inf)

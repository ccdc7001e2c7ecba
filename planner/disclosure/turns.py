"""Who gains and who loses between today and a plan, into counts that may be published.

They are protected together with the tables of the plan itself, whose readers hold those as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from planner.disclosure.gate import protect
from planner.disclosure.ledger import Ledger
from planner.disclosure.served import REGION, ServedTables
from planner.disclosure.tables import (
    NEED,
    Cell,
    Claim,
    Fact,
    Part,
    Release,
    claim_text,
    equal_sums,
    sum_of,
)

TURNS = "turns"
GAINING, LOSING, NEWLY, GONE = "gaining", "losing", "newly served", "no longer served"
NEED_OF, WITHIN_BEFORE, WITHIN_AFTER = "need", "within today", "within plan"

_STATES: Mapping[str, tuple[str, ...]] = {
    GAINING: ("shorter", "newly"),
    LOSING: ("longer", "gone"),
    NEWLY: ("newly",),
    GONE: ("gone",),
}
_LOSS_OF_REGION, _LOSS_OF_TOTALS = 20.0, 4.0
_LOSS = {NEWLY: 0.5, GONE: 0.5}


@dataclass(frozen=True)
class Turned:
    """How the persons of one municipality who need one service fare, in persons."""

    shorter: int
    longer: int
    newly: int
    gone: int
    unchanged: int


@dataclass(frozen=True)
class TurnTables:
    """Who gains and who loses, by municipality and service and in total, as text."""

    release: Release

    def text(self, figure: str, area: str, service: str) -> str:
        """Return a count of `GAINING`, `LOSING`, ...; "0" where nobody is in need."""
        claim = self._claims.get((f"{TURNS} {figure}", area, service))
        return "0" if claim is None else claim_text(claim, threshold=self.release.threshold)

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}


def protect_turns(
    released: ServedTables,
    turned: Mapping[tuple[str, str], Turned],
    persons: Mapping[tuple[str, str], tuple[int, int, int]],
    *,
    totals: Mapping[str, Sequence[str]],
) -> TurnTables:
    """Return who gains and loses from today to the plan of `released`, as it may be published.

    Parameters
    ----------
    released : ServedTables
        What `protect_plan` made of the two; this release is held against it.
    turned : mapping of (municipality, service) to Turned
        True counts.
    persons : mapping of (municipality, service) to (need, within today, within plan)
        True counts, for totals over some of the services.
    totals : mapping of name to services
        Groups of services whose totals are asked for, e.g. those that people travel to.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    today, plan = released.called["today"], released.called["plan"]
    counts: dict[Part, int] = {}
    for (m, s), turn in turned.items():
        need, within_today, within_plan = persons[m, s]
        served_today = turn.shorter + turn.longer + turn.unchanged + turn.gone
        served_plan = turn.shorter + turn.longer + turn.unchanged + turn.newly
        never = need - served_today - turn.newly
        states = {**asdict(turn), "never": never}
        counts |= {Part(m, s, TURNS, state): n for state, n in states.items()}
        counts |= {
            Part(m, s, NEED): need,
            Part(m, s, today, "within"): within_today,
            Part(m, s, today, "beyond"): served_today - within_today,
            Part(m, s, today, "unserved"): need - served_today,
            Part(m, s, plan, "within"): within_plan,
            Part(m, s, plan, "beyond"): served_plan - within_plan,
            Part(m, s, plan, "unserved"): need - served_plan,
        }
    release = protect(
        _cells(sorted(turned), today, plan, totals),
        counts,
        name=f"{TURNS} {released.release.name}",
        snapshot=released.release.snapshot,
        facts=[fact for m, s in turned for fact in _facts(m, s, today, plan)],
        ledger=Ledger((released.release,)),
    )
    return TurnTables(release)


def _facts(m: str, s: str, today: str, plan: str) -> list[Fact]:
    def parts(situation: str, *states: str) -> list[Part]:
        return [Part(m, s, situation, state) for state in states]

    stay = ("shorter", "longer", "unchanged")
    return [
        equal_sums(parts(today, "within", "beyond"), parts(TURNS, *stay, "gone")),
        equal_sums(parts(today, "unserved"), parts(TURNS, "newly", "never")),
        equal_sums(parts(plan, "within", "beyond"), parts(TURNS, *stay, "newly")),
        equal_sums(parts(plan, "unserved"), parts(TURNS, "gone", "never")),
    ]


def _cells(
    keys: Sequence[tuple[str, str]], today: str, plan: str, totals: Mapping[str, Sequence[str]]
) -> list[Cell]:
    municipalities = sorted({m for m, _ in keys})
    services = sorted({s for _, s in keys})
    cells = []
    for column, chosen in [*((s, [s]) for s in services), *totals.items()]:
        for area in (*municipalities, REGION):
            held = [(m, s) for m, s in keys if s in chosen and area in (m, REGION)]
            if not held:
                continue
            loss = (_LOSS_OF_REGION if area == REGION else 1.0) * (
                _LOSS_OF_TOTALS if column in totals else 1.0
            )
            for figure, states in _STATES.items():
                terms = sum_of(Part(m, s, TURNS, state) for m, s in held for state in states)
                weight = loss * _LOSS.get(figure, 1.0)
                cells.append(Cell(f"{TURNS} {figure}", area, column, terms, weight))
            if column in totals:
                of = {
                    NEED_OF: (NEED, ""),
                    WITHIN_BEFORE: (today, "within"),
                    WITHIN_AFTER: (plan, "within"),
                }
                for figure, (situation, state) in of.items():
                    terms = sum_of(Part(m, s, situation, state) for m, s in held)
                    cells.append(Cell(f"{TURNS} {figure}", area, column, terms, loss))
    return cells

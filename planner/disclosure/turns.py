"""Who gains and who loses between two situations, into counts that may be published.

They are protected together with the tables of both, whose readers hold those as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from planner.disclosure.attacker import audit
from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.served_cells import Served
from planner.disclosure.served_tables import REGION, ServedTables
from planner.disclosure.tables import (
    NEED,
    TURNS,
    Cell,
    Claim,
    Fact,
    Part,
    Release,
    Terms,
    claim_text,
    equal_sums,
    sum_of,
)
from planner.domain.readers import Audience, Thresholds

GAINING, LOSING, NEWLY, GONE = "gaining", "losing", "newly served", "no longer served"
NEED_BEFORE, NEED_AFTER, WITHIN_BEFORE, WITHIN_AFTER = (
    "need before",
    "need after",
    "within before",
    "within after",
)

_STATES: Mapping[str, tuple[str, ...]] = {
    GAINING: ("shorter", "newly"),
    LOSING: ("longer", "gone"),
    NEWLY: ("newly",),
    GONE: ("gone",),
}
_LOSS_OF_REGION, _LOSS_OF_TOTALS = 20.0, 40.0
_LOSS = {NEWLY: 0.5, GONE: 0.5}
_OTHER_NEED = "need of the other"


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
    """Who gains and who loses, by municipality and service and in total, as text.

    `told_before` says that the tables of both sides tell some small counts already.
    """

    release: Release
    called: str = TURNS
    told_before: bool = False

    def text(self, figure: str, area: str, service: str) -> str:
        """Return a count of `GAINING`, `LOSING`, ...; "0" where nobody is in need."""
        claim = self._claims.get((f"{self.called}/{figure}", area, service))
        return "0" if claim is None else claim_text(claim, threshold=self.release.threshold)

    def terms(self, figure: str, area: str, service: str) -> Terms | None:
        """Return what a count sums up, ``None`` where there is none."""
        claim = self._claims.get((f"{self.called}/{figure}", area, service))
        return None if claim is None else claim.terms

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}


@dataclass(frozen=True)
class Side:
    """One of the two situations: its tables, "plan" or "today" in them, and its true counts."""

    released: ServedTables
    situation: str
    rows: Mapping[tuple[str, str], Served]

    @property
    def called(self) -> str:
        """What the ledger calls the situation."""
        return self.released.called.get(self.situation, self.situation)


def protect_turns(
    before: Side,
    after: Side,
    turned: Mapping[tuple[str, str], Turned],
    *,
    totals: Mapping[str, Sequence[str]],
    outside: Collection[str] = (),
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
    apart: bool = False,
) -> TurnTables:
    """Return who gains and loses from `before` to `after`, as it may be published.

    It is held against what the tables of both tell and what stands in the ledger. Small counts that
    these tell already become no nearer known. Needs of the two may differ: then nobody is followed
    from the unserved of the one to those of the other.

    Parameters
    ----------
    before, after : Side
        Today, a plan, or two plans.
    turned : mapping of (municipality, service) to Turned
        True counts.
    totals : mapping of name to services
        Groups of services whose totals are asked for, e.g. those that people travel to.
    outside : collection of municipalities
        Those that are in no total of the region.
    audience, thresholds, ledger
        See `planner.disclosure.protect`.
    apart : bool
        The two may have been released without a look at each other; say whether they tell small
        counts.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    same_needs = before.released.release.snapshot == after.released.release.snapshot
    turns = f"{TURNS} {before.called} {after.called}"
    counts: dict[Part, int] = {}
    facts: list[Fact] = []
    for (m, s), turn in turned.items():
        was, now = before.rows.get((m, s)), after.rows.get((m, s))
        counts |= {Part(m, s, turns, state): n for state, n in asdict(turn).items()}
        for side, row in ((before, was), (after, now)):
            counts |= _persons(m, s, side.called, row or Served(0, 0, 0))
        followed = same_needs and was is not None and now is not None
        if was is not None:
            counts[Part(m, s, NEED if same_needs else _OTHER_NEED)] = was.need
        if now is not None:
            counts[Part(m, s, NEED)] = now.need
        if followed and now is not None:
            counts[Part(m, s, turns, "never")] = now.unserved - turn.gone
        facts += _facts(m, s, turns, (before.called, after.called), followed=followed)
        facts += [
            Fact(((Part(m, s, side.called, state), 1.0),))
            for side, row in ((before, was), (after, now))
            for state in ("within", "beyond")
            if row is None  # the service is not part of this plan, as everybody sees
        ]
    held = [r for r in ledger.releases if r.snapshot == after.released.release.snapshot]
    held += [
        r if same_needs else _of_other_needs(r, after.released.release.snapshot)
        for r in (*ledger.releases, before.released.release)
        if r.snapshot == before.released.release.snapshot and r not in held
    ]
    held += [after.released.release] if after.released.release not in held else []
    release = protect(
        _cells(turns, before, after, sorted(turned), totals, outside),
        counts,
        name=turns,
        snapshot=after.released.release.snapshot,
        facts=facts,
        audience=audience,
        thresholds=thresholds,
        ledger=Ledger(tuple(held)),
    )
    known = Ledger(tuple(held)).known_to(audience, release.snapshot)
    told_before = apart and bool(audit((*known, release), threshold=release.threshold))
    return TurnTables(release, turns, told_before=told_before)


def _of_other_needs(release: Release, snapshot: str) -> Release:
    """Return a release about other needs as one that can be held beside these."""

    def apart(part: Part) -> Part:
        return part._replace(situation=_OTHER_NEED) if part.situation == NEED else part

    return replace(
        release,
        snapshot=snapshot,
        claims=tuple(
            replace(c, terms=tuple(sorted((apart(p), n) for p, n in c.terms)))
            for c in release.claims
        ),
        facts=tuple(
            replace(f, terms=tuple(sorted((apart(p), n) for p, n in f.terms)))
            for f in release.facts
        ),
    )


def _persons(m: str, s: str, situation: str, row: Served) -> dict[Part, int]:
    return {
        Part(m, s, situation, "within"): row.within_standard,
        Part(m, s, situation, "beyond"): row.served - row.within_standard,
        Part(m, s, situation, "unserved"): row.unserved,
    }


def _facts(m: str, s: str, turns: str, called: tuple[str, str], *, followed: bool) -> list[Fact]:
    def parts(situation: str, *states: str) -> list[Part]:
        return [Part(m, s, situation, state) for state in states]

    before, after = called
    stay = ("shorter", "longer", "unchanged")
    facts = [
        equal_sums(parts(before, "within", "beyond"), parts(turns, *stay, "gone")),
        equal_sums(parts(after, "within", "beyond"), parts(turns, *stay, "newly")),
    ]
    if followed:
        facts += [
            equal_sums(parts(before, "unserved"), parts(turns, "newly", "never")),
            equal_sums(parts(after, "unserved"), parts(turns, "gone", "never")),
        ]
    return facts


def _cells(
    turns: str,
    before: Side,
    after: Side,
    keys: Sequence[tuple[str, str]],
    totals: Mapping[str, Sequence[str]],
    outside: Collection[str],
) -> list[Cell]:
    cells = []
    municipalities = sorted({m for m, _ in keys})
    ours = [m for m in municipalities if m not in outside]
    for column, chosen in [*((s, [s]) for s in sorted({s for _, s in keys})), *totals.items()]:
        for area in (*municipalities, REGION):
            members = ours if area == REGION else [area]
            held = [(m, s) for m, s in keys if s in chosen and m in members]
            if not held:
                continue
            loss = (_LOSS_OF_REGION if area == REGION else 1.0) * (
                _LOSS_OF_TOTALS if column in totals else 1.0
            )
            for figure, states in _STATES.items():
                terms = sum_of(Part(m, s, turns, state) for m, s in held for state in states)
                weight = loss * _LOSS.get(figure, 1.0)
                cells.append(Cell(f"{turns}/{figure}", area, column, terms, weight))
            if column in totals:
                for figure, parts in _of_total(held, before, after).items():
                    cells.append(Cell(f"{turns}/{figure}", area, column, sum_of(parts), loss))
    return cells


def _of_total(held: Sequence[tuple[str, str]], before: Side, after: Side) -> dict[str, list[Part]]:
    """Return the parts of need and of within the standard, before and after, by figure."""
    same_needs = before.released.release.snapshot == after.released.release.snapshot
    was = [key for key in held if key in before.rows]
    now = [key for key in held if key in after.rows]
    return {
        NEED_BEFORE: [Part(m, s, NEED if same_needs else _OTHER_NEED) for m, s in was],
        NEED_AFTER: [Part(m, s, NEED) for m, s in now],
        WITHIN_BEFORE: [Part(m, s, before.called, "within") for m, s in was],
        WITHIN_AFTER: [Part(m, s, after.called, "within") for m, s in now],
    }

"""Who is served, by municipality and service, into a table whose every text may be published.

The door for the tables that most screens and documents print: need, served, unserved and within
the standard, for today and for plans, by municipality and for the region, by service and for all
services together. All of it is protected at once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from planner.disclosure.figures import NOT_SHOWN, show_persons, show_share
from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.tables import (
    NEED,
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
from planner.domain import EVERY_SERVICE
from planner.domain.readers import Audience, Thresholds

REGION = ""
"""The row of the whole region."""
WITH_PARTNERS = "region and partners"
"""The row of everybody who is planned for, where partners stand in no total of the region."""
ASSESSED = "assessed"
"""The situation of parts that count the assessed persons of a target group."""

_FIGURES: Mapping[str, tuple[str, ...]] = {
    "served": ("within", "beyond"),
    "unserved": ("unserved",),
    "within_standard": ("within",),
}
_AT, _BECAUSE = "@", "#"  # before the name of a site or a reason in a state
_REACH, _OUT_OF_REACH = "reach", "out of reach"
_LOSS_OF_REGION = 30.0
_LOSS_OF_EVERY_SERVICE = 10.0
_LOSS: Mapping[str, float] = {NEED: 4.0, "within_standard": 3.0, ASSESSED: 6.0}
_LOSS_OF_OTHERS = 2.0
_LOSS_OF_A_FLOW = 0.5
_LOSS_OF_TOTALS = 4.0
_ROUNDING = 1.5  # persons; largest remainders over municipalities move a share by less


@dataclass(frozen=True)
class Served:
    """Persons of one municipality who need one service, and how many a situation serves.

    Attributes
    ----------
    need, served, within_standard : int
        Persons; the served within the standard are some of the served.
    reach : int, optional
        Persons with an open site within the standard, whatever its places; give it for all rows
        of a situation or for none.
    reasons : mapping of str to int
        The unserved by reason, as far as it is known.
    sites : mapping of str to int
        The served by the site that they go to, as far as it is known.
    """

    need: int
    served: int
    within_standard: int
    reach: int | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    sites: Mapping[str, int] = field(default_factory=dict)

    @property
    def unserved(self) -> int:
        """Persons whom nobody serves."""
        return self.need - self.served


@dataclass(frozen=True)
class ShownServed:
    """The same as text: numbers, "< 5" or "…"; shares as "42 %" or "–"."""

    need: str
    served: str
    unserved: str
    within_standard: str
    share_served: str
    share_within_standard: str
    reach: str = NOT_SHOWN
    share_reach: str = NOT_SHOWN


@dataclass(frozen=True)
class ServedTables:
    """A protected table; `release` is what goes into the ledger when it is published."""

    release: Release
    situations: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)

    def known_as(self, called: Mapping[str, str]) -> ServedTables:
        """Return the same tables, asked for by other names of the situations."""
        return replace(self, called=dict(called))

    def at(self, situation: str, area: str, service: str) -> ShownServed:
        """Return what may be printed for a municipality or `REGION`, a service or every one."""
        situation = self.called.get(situation, situation)
        need = self._claims[NEED, area, service]
        of = {f: self._claims[_table(situation, f), area, service] for f in _FIGURES}
        reach = self._claims.get((_table(situation, _REACH), area, service))
        return ShownServed(
            need=self._text(need),
            served=self._text(of["served"]),
            unserved=self._text(of["unserved"]),
            within_standard=self._text(of["within_standard"]),
            share_served=self._share(of["served"], need),
            share_within_standard=self._share(of["within_standard"], need),
            reach=NOT_SHOWN if reach is None else self._text(reach),
            share_reach=NOT_SHOWN if reach is None else self._share(reach, need),
        )

    def need(self, area: str, service: str) -> str:
        """Return the need of an area as text."""
        return self._text(self._claims[NEED, area, service])

    def unserved_because(self, situation: str, area: str, service: str, reason: str) -> str:
        """Return the unserved of an area for one reason as text; "0" where there are none."""
        situation = self.called.get(situation, situation)
        return self._or_none(_table(situation, _BECAUSE + reason), area, service)

    def served_at(self, situation: str, site: str, service: str) -> str:
        """Return the persons whom a site serves as text; "0" where there are none."""
        situation = self.called.get(situation, situation)
        return self._or_none(_table(situation, _AT), site, service)

    def served_at_all(self, situation: str, sites: Collection[str]) -> str:
        """Return the persons whom sites serve together, "–" where not each is told plainly."""
        table = _table(self.called.get(situation, situation), _AT)
        found = [c for c in self.release.claims if c.table == table and c.row in sites]
        if any(claim.persons is None for claim in found):
            return NOT_SHOWN
        total = sum(claim.persons or 0 for claim in found)
        return show_persons(total, threshold=self.release.threshold)

    def flow(self, situation: str, municipality: str, service: str, site: str) -> str | None:
        """Return the persons of a municipality who go to a site, ``None`` where none may be told.

        Flows of few persons are neither told nor marked: on a map they are no line at all.
        """
        situation = self.called.get(situation, situation)
        claim = self._claims.get((_table(situation, _AT + site), municipality, service))
        return None if claim is None or claim.persons is None else self._text(claim)

    def assessed(self, area: str, group: str) -> str:
        """Return the assessed persons of a target group as text."""
        return self._text(self._claims[ASSESSED, area, group])

    @property
    def everybody(self) -> str:
        """The row of all who are planned for: `REGION`, or `WITH_PARTNERS` where these differ."""
        apart = any(claim.row == WITH_PARTNERS for claim in self.release.claims)
        return WITH_PARTNERS if apart else REGION

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}

    def _or_none(self, table: str, row: str, column: str) -> str:
        claim = self._claims.get((table, row, column))
        return "0" if claim is None else self._text(claim)

    def _text(self, claim: Claim) -> str:
        return claim_text(claim, threshold=self.release.threshold)

    def _share(self, part: Claim, whole: Claim) -> str:
        if part.persons is None or whole.persons is None:
            return NOT_SHOWN
        return show_share(part.persons, whole.persons, threshold=self.release.threshold)


@dataclass(frozen=True)
class GroupCounts:
    """Assessed persons by (municipality, group), and how needs were computed from them.

    ``shares[service]`` is (group, share of it in need); a service whose needs were counted from
    support plans is absent.
    """

    persons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    shares: Mapping[str, tuple[str, float]] = field(default_factory=dict)


def protect_served(
    situations: Mapping[str, Mapping[tuple[str, str], Served]],
    *,
    name: str,
    snapshot: str,
    groups: GroupCounts | None = None,
    totals: Mapping[str, Collection[str]] | None = None,
    outside: Collection[str] = (),
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
) -> ServedTables:
    """Return need, served, unserved and within standard as text that may be published.

    Parameters
    ----------
    situations : mapping of situation to mapping of (municipality, service) to Served
        E.g. "today" and the digest of a plan. The needs must be the same in all.
    name : str
        What the ledger calls this release.
    snapshot : str
        Names the needs; everything released for it is held together.
    groups : GroupCounts, optional
        Assessed persons, released in the same breath.
    totals : mapping of name to services
        Some services whose need and within the standard are asked for together, by that name.
    outside : collection of municipalities
        Those that are in no total of the region.
    audience, thresholds, ledger
        See `planner.disclosure.protect`.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    groups = groups or GroupCounts()
    keys = sorted({key for rows in situations.values() for key in rows})
    of_needs = _persons(situations, keys)
    threshold = (thresholds or Thresholds()).of(audience)
    cells = _cells(of_needs, outside) + _flow_cells(of_needs, threshold)
    cells += _total_cells(keys, list(situations), totals or {}, outside)
    cells += _group_cells(groups, outside)
    persons = of_needs | _group_persons(groups)
    release = protect(
        cells,
        persons,
        name=name,
        snapshot=snapshot,
        facts=_facts(of_needs) + _share_facts(keys, groups, persons),
        groups=frozenset(group for _, group in groups.persons),
        audience=audience,
        thresholds=thresholds,
        ledger=ledger,
    )
    return ServedTables(
        release,
        tuple(situations),
        tuple(sorted({m for m, _ in keys})),
        tuple(sorted({s for _, s in keys})),
    )


def _persons(
    situations: Mapping[str, Mapping[tuple[str, str], Served]], keys: Sequence[tuple[str, str]]
) -> dict[Part, int]:
    nobody = Served(0, 0, 0)
    persons: dict[Part, int] = {}
    for situation, rows in situations.items():
        reach_known = any(row.reach is not None for row in rows.values())
        for m, s in keys:
            row = rows.get((m, s), nobody)
            persons[Part(m, s, NEED)] = row.need
            states = {
                "within": row.within_standard,
                "beyond": row.served - row.within_standard,
                "unserved": row.unserved,
            }
            if reach_known:
                states |= {_REACH: row.reach or 0, _OUT_OF_REACH: row.need - (row.reach or 0)}
            states |= _in_detail(_AT, row.sites, row.served)
            states |= _in_detail(_BECAUSE, row.reasons, row.unserved)
            for state, count in states.items():
                persons[Part(m, s, situation, state)] = count
    return persons


def _in_detail(sign: str, counts: Mapping[str, int], total: int) -> dict[str, int]:
    """Return the states of a total in detail, what is not known under the bare sign."""
    if not counts:
        return {}
    rest = total - sum(counts.values())
    named = {sign + name: count for name, count in counts.items() if count}
    return named | ({sign: rest} if rest else {})


def _cells(persons: Mapping[Part, int], outside: Collection[str]) -> list[Cell]:
    """Return every need, served, ... that a reader may ask for, areas and services in total too."""
    keys = sorted({(part.place, part.subject) for part in persons})
    situations = [s for s in dict.fromkeys(part.situation for part in persons) if s != NEED]
    figures = dict(_FIGURES)
    if any(part.state == _REACH for part in persons):
        figures[_REACH] = (_REACH,)
    cells = []
    for area, service, members in _rows(keys, outside):
        loss = _loss_of(area, service)
        needs = sum_of(Part(m, s, NEED) for m, s in members)
        cells.append(Cell(NEED, area, service, needs, loss * _LOSS[NEED]))
        for situation in situations:
            for figure, states in figures.items():
                terms = sum_of(Part(m, s, situation, st) for m, s in members for st in states)
                table = _table(situation, figure)
                weight = loss * _LOSS.get(figure, _LOSS_OF_OTHERS)
                cells.append(Cell(table, area, service, terms, weight))
    return cells + _cells_in_detail(persons, outside)


def _total_cells(
    keys: Sequence[tuple[str, str]],
    situations: Sequence[str],
    totals: Mapping[str, Collection[str]],
    outside: Collection[str],
) -> list[Cell]:
    """Return need and within the standard of some services together, by area and of the region."""
    cells = []
    municipalities = sorted({m for m, _ in keys})
    ours = [m for m in municipalities if m not in outside]
    for name, chosen in totals.items():
        for area in (*municipalities, REGION):
            members = ours if area == REGION else [area]
            held = [(m, s) for m, s in keys if s in chosen and m in members]
            if not held:
                continue
            loss = _LOSS_OF_TOTALS * _loss_of(area, name)
            cells.append(Cell(NEED, area, name, sum_of(Part(m, s, NEED) for m, s in held), loss))
            for situation in situations:
                terms = sum_of(Part(m, s, situation, "within") for m, s in held)
                cells.append(Cell(_table(situation, "within_standard"), area, name, terms, loss))
    return cells


def _cells_in_detail(persons: Mapping[Part, int], outside: Collection[str]) -> list[Cell]:
    """Return the load of every site, and the unserved by reason of every area and the region."""
    members: dict[tuple[str, str, str], list[Part]] = {}
    for part in persons:
        table, name = _table(part.situation, part.state), part.state[1:]
        if part.state.startswith(_AT) and name:
            members.setdefault((_table(part.situation, _AT), name, part.subject), []).append(part)
        elif part.state.startswith(_BECAUSE) and name:
            members.setdefault((table, part.place, part.subject), []).append(part)
            if part.place not in outside:
                members.setdefault((table, REGION, part.subject), []).append(part)
    return [
        Cell(table, row, service, sum_of(parts), _LOSS_OF_OTHERS * _loss_of(row, service))
        for (table, row, service), parts in members.items()
    ]


def _flow_cells(persons: Mapping[Part, int], threshold: int) -> list[Cell]:
    """Return the flows of `threshold` persons or more from a municipality to a site."""
    return [
        Cell(_table(p.situation, p.state), p.place, p.subject, sum_of([p]), _LOSS_OF_A_FLOW)
        for p, count in persons.items()
        if p.state.startswith(_AT) and len(p.state) > 1 and count >= threshold
    ]


def _group_cells(groups: GroupCounts, outside: Collection[str]) -> list[Cell]:
    by_group: dict[str, list[str]] = {}
    for municipality, group in sorted(groups.persons):
        by_group.setdefault(group, []).append(municipality)

    def cell(area: str, group: str, members: Sequence[str]) -> Cell:
        terms: Terms = sum_of(Part(m, group, ASSESSED) for m in members)
        return Cell(ASSESSED, area, group, terms, _loss_of(area, group) * _LOSS[ASSESSED])

    return [
        cell(area, group, members)
        for group, municipalities in by_group.items()
        for area, members in [
            *((m, [m]) for m in municipalities),
            (REGION, [m for m in municipalities if m not in outside]),
        ]
    ]


def _group_persons(groups: GroupCounts) -> dict[Part, int]:
    return {Part(m, group, ASSESSED): count for (m, group), count in groups.persons.items()}


def _facts(persons: Mapping[Part, int]) -> list[Fact]:
    """Return what makes up what: need by state and by reach, the served by site, and so on."""
    kinds: dict[Part, dict[str, list[Part]]] = {}
    for part in persons:
        if part.situation != NEED:
            whole = part._replace(state="")
            kinds.setdefault(whole, {}).setdefault(_kind(part.state), []).append(part)
    facts = []
    for whole, of in kinds.items():
        need = [Part(whole.place, whole.subject, NEED)]
        facts.append(equal_sums(need, of["state"]))
        if _REACH in of:
            facts.append(equal_sums(need, of[_REACH]))
        if _AT in of:
            served = [whole._replace(state=state) for state in _FIGURES["served"]]
            facts.append(equal_sums(served, of[_AT]))
        if _BECAUSE in of:
            facts.append(equal_sums([whole._replace(state="unserved")], of[_BECAUSE]))
    return facts


def _kind(state: str) -> str:
    if state in (_REACH, _OUT_OF_REACH):
        return _REACH
    return state[0] if state[0] in (_AT, _BECAUSE) else "state"


def _share_facts(
    keys: Sequence[tuple[str, str]], groups: GroupCounts, persons: Mapping[Part, int]
) -> list[Fact]:
    """Return that a need is its share of the group but for rounding, as far as that is so."""
    facts = []
    for m, s in keys:
        group, share = groups.shares.get(s, ("", 0.0))
        if (m, group) not in groups.persons:
            continue
        need, assessed = Part(m, s, NEED), Part(m, group, ASSESSED)
        off = abs(persons[need] - share * persons[assessed])
        rounding = max(_ROUNDING, math.ceil(off))
        terms = tuple(sorted([(assessed, -share), (need, 1.0)]))
        facts.append(Fact(terms, -rounding, rounding, group_only=True))
    return facts


def _rows(
    keys: Sequence[tuple[str, str]], outside: Collection[str]
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return area, service and the (municipality, service) pairs that they hold, totals last."""
    municipalities, services = sorted({m for m, _ in keys}), sorted({s for _, s in keys})
    rows = [(m, s, [(m, s)]) for m in municipalities for s in services]
    ours = [m for m in municipalities if m not in outside]
    if len(services) > 1:
        rows += [(m, EVERY_SERVICE, [(m, s) for s in services]) for m in municipalities]
        rows.append((REGION, EVERY_SERVICE, [(m, s) for m in ours for s in services]))
    rows += [(REGION, s, [(m, s) for m in ours]) for s in services]
    if len(ours) < len(municipalities):  # the aims of a plan count everybody
        total = EVERY_SERVICE if len(services) > 1 else services[0]
        rows.append((WITH_PARTNERS, total, [(m, s) for m in municipalities for s in services]))
    return rows


def _loss_of(area: str, column: str) -> float:
    loss = _LOSS_OF_REGION if area == REGION else 1.0
    return loss * (_LOSS_OF_EVERY_SERVICE if column == EVERY_SERVICE else 1.0)


def _table(situation: str, figure: str) -> str:
    return f"{situation}/{figure}"

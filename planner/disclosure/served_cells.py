"""Who is served, by municipality and service, into cells, the persons behind them, and facts."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from planner.disclosure.served_tables import (
    ASSESSED,
    AT,
    BECAUSE,
    FIGURES,
    REACH,
    REGION,
    WITH_PARTNERS,
    table_of,
)
from planner.disclosure.tables import NEED, Cell, Fact, Part, Terms, equal_sums, sum_of
from planner.domain import EVERY_SERVICE

_OUT_OF_REACH = "out of reach"
_LOSS_OF_REGION = 30.0
_LOSS_OF_EVERY_SERVICE = 10.0
_LOSS: Mapping[str, float] = {NEED: 4.0, "within_standard": 3.0, ASSESSED: 6.0}
_LOSS_OF_OTHERS = 2.0
_LOSS_OF_A_FLOW = 0.5
_LOSS_OF_TOTALS = 40.0  # what a council reads first
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
        The served by the site that they go to, as far as it is known; 0 for a site that some of
        them may go to for all that readers can see.
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
class GroupCounts:
    """Assessed persons by (municipality, group), and how needs were computed from them.

    ``shares[service]`` is (group, share of it in need); a service whose needs were counted from
    support plans is absent.
    """

    persons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    shares: Mapping[str, tuple[str, float]] = field(default_factory=dict)


def persons_of(
    situations: Mapping[str, Mapping[tuple[str, str], Served]], keys: Sequence[tuple[str, str]]
) -> dict[Part, int]:
    """Return the persons of every part; see `planner.disclosure.tables.Part`."""
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
                states |= {REACH: row.reach or 0, _OUT_OF_REACH: row.need - (row.reach or 0)}
            states |= _in_detail(AT, row.sites, row.served)
            states |= _in_detail(BECAUSE, row.reasons, row.unserved)
            for state, count in states.items():
                persons[Part(m, s, situation, state)] = count
    return persons


def _in_detail(sign: str, counts: Mapping[str, int], total: int) -> dict[str, int]:
    """Return the states of a total in detail, what is not known under the bare sign."""
    if not counts:
        return {}
    rest = total - sum(counts.values())
    named = {sign + name: count for name, count in counts.items()}
    return named | ({sign: rest} if rest else {})


def cells_of(persons: Mapping[Part, int], outside: Collection[str]) -> list[Cell]:
    """Return every need, served, ... that a reader may ask for, areas and services in total too."""
    keys = sorted({(part.place, part.subject) for part in persons})
    situations = [s for s in dict.fromkeys(part.situation for part in persons) if s != NEED]
    figures = dict(FIGURES)
    if any(part.state == REACH for part in persons):
        figures[REACH] = (REACH,)
    cells = []
    for area, service, members in _rows(keys, outside):
        loss = _loss_of(area, service)
        needs = sum_of(Part(m, s, NEED) for m, s in members)
        cells.append(Cell(NEED, area, service, needs, loss * _LOSS[NEED]))
        for situation in situations:
            for figure, states in figures.items():
                terms = sum_of(Part(m, s, situation, st) for m, s in members for st in states)
                table = table_of(situation, figure)
                weight = loss * _LOSS.get(figure, _LOSS_OF_OTHERS)
                cells.append(Cell(table, area, service, terms, weight))
    return cells + _cells_in_detail(persons, outside)


def total_cells(
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
                cells.append(Cell(table_of(situation, "within_standard"), area, name, terms, loss))
    return cells


def _cells_in_detail(persons: Mapping[Part, int], outside: Collection[str]) -> list[Cell]:
    """Return the load of every site, and the unserved by reason of every area and the region."""
    members: dict[tuple[str, str, str], list[Part]] = {}
    for part in persons:
        table, name = table_of(part.situation, part.state), part.state[1:]
        if part.state.startswith(AT) and name:
            members.setdefault((table_of(part.situation, AT), name, part.subject), []).append(part)
        elif part.state.startswith(BECAUSE) and name:
            members.setdefault((table, part.place, part.subject), []).append(part)
            if part.place not in outside:
                members.setdefault((table, REGION, part.subject), []).append(part)
    return [
        Cell(table, row, service, sum_of(parts), _LOSS_OF_OTHERS * _loss_of(row, service))
        for (table, row, service), parts in members.items()
    ]


def flow_cells(persons: Mapping[Part, int], threshold: int) -> list[Cell]:
    """Return the flows of `threshold` persons or more from a municipality to a site."""
    return [
        Cell(table_of(p.situation, p.state), p.place, p.subject, sum_of([p]), _LOSS_OF_A_FLOW)
        for p, count in persons.items()
        if p.state.startswith(AT) and len(p.state) > 1 and count >= threshold
    ]


def group_cells(groups: GroupCounts, outside: Collection[str]) -> list[Cell]:
    """Return the assessed persons of every group, by municipality and of the region."""
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


def group_persons(groups: GroupCounts) -> dict[Part, int]:
    """Return the assessed persons of every part."""
    return {Part(m, group, ASSESSED): count for (m, group), count in groups.persons.items()}


def rows_known(persons: Mapping[Part, int]) -> list[Fact]:
    """Return that somebody is in need where a table has a row for the need of a pair."""
    return [
        Fact(((part, 1.0),), 1.0, math.inf)
        for part, count in persons.items()
        if part.situation == NEED and count
    ]


def loads_known(cells: Sequence[Cell], fewest: Mapping[tuple[str, str, str], int]) -> list[Fact]:
    """Return how many the sites of `cells` serve at least, by (situation, service, site)."""
    loads = {
        (table_of(situation, AT), site, service): least
        for (situation, service, site), least in fewest.items()
        if least
    }
    return [
        Fact(tuple((part, float(n)) for part, n in cell.terms), float(loads[key]), math.inf)
        for cell in cells
        if (key := (cell.table, cell.row, cell.column)) in loads
    ]


def facts_of(persons: Mapping[Part, int]) -> list[Fact]:
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
        if REACH in of:
            facts.append(equal_sums(need, of[REACH]))
        if AT in of:
            served = [whole._replace(state=state) for state in FIGURES["served"]]
            facts.append(equal_sums(served, of[AT]))
        if BECAUSE in of:
            facts.append(equal_sums([whole._replace(state="unserved")], of[BECAUSE]))
    return facts


def _kind(state: str) -> str:
    if state in (REACH, _OUT_OF_REACH):
        return REACH
    return state[0] if state[0] in (AT, BECAUSE) else "state"


def share_facts(
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
    """Return area, service and the (municipality, service) pairs that they hold, totals last.

    A pair that no table has is one without need, as every reader sees; so it is no part of a total.
    """
    municipalities, services = sorted({m for m, _ in keys}), sorted({s for _, s in keys})
    rows = [(m, s, [(m, s)]) for m, s in keys]
    ours = [key for key in keys if key[0] not in outside]
    if len(services) > 1:
        rows += [(m, EVERY_SERVICE, [k for k in keys if k[0] == m]) for m in municipalities]
        rows.append((REGION, EVERY_SERVICE, ours))
    rows += [(REGION, s, [k for k in ours if k[1] == s]) for s in services]
    if len(ours) < len(keys):  # the aims of a plan count everybody
        total = EVERY_SERVICE if len(services) > 1 else services[0]
        rows.append((WITH_PARTNERS, total, list(keys)))
    return rows


def _loss_of(area: str, column: str) -> float:
    loss = _LOSS_OF_REGION if area == REGION else 1.0
    return loss * (_LOSS_OF_EVERY_SERVICE if column == EVERY_SERVICE else 1.0)

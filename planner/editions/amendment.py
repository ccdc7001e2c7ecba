"""What stands and what a plan proposes into numbered, typed changes that add up.

The unit of a regional plan is municipality × service × address, so each change is one such row:
bija (before) and būs (after), with places, persons, minutes, euros and the reason in figures.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.domain import (
    Kind,
    Link,
    Opening,
    Option,
    Plan,
    Problem,
    Site,
    Size,
    Status,
    StudyArea,
)
from planner.editions.changes import (
    Amendment,
    Change,
    ChangeKind,
    MunicipalTotal,
    Nearest,
    ReasonCode,
    ReasonPart,
    State,
)
from planner.editions.funding import DEFAULT_FUNDING, FundingShare, add_up, split_cost
from planner.editions.moves import Move, moves


@dataclass(frozen=True)
class _Books:
    """What every row is read from."""

    problem: Problem
    plan: Plan
    before: Mapping[Option, Opening]
    sites: Mapping[str, Site]
    places_of: Mapping[str, str]
    moves: Sequence[Move]
    costs_before: Mapping[Option, int]
    funding: tuple[FundingShare, ...]
    without_eu: frozenset[str]

    def split(self, option: Option, cost_eur: int) -> dict[str, int]:
        """Return who pays what of a cost at an option."""
        home = self.problem.municipality_of_site[option[1]]
        return split_cost(cost_eur, self.funding, with_eu=home not in self.without_eu)

    def load(self, option: Option, *, after: bool) -> int:
        return sum(
            m.persons
            for m in self.moves
            if (m.service, m.site_after if after else m.site_before) == option
        )


def amendment(
    problem: Problem,
    before: Mapping[Option, Opening],
    plan: Plan,
    area: StudyArea,
    *,
    assigned_before: Mapping[Link, int] | None = None,
    costs_before: Mapping[Option, int] | None = None,
    funding: Sequence[FundingShare] = DEFAULT_FUNDING,
    without_eu: Collection[str] = (),
) -> Amendment:
    """Return the changes that lead from `before` to `plan`, and the municipal totals.

    Parameters
    ----------
    problem : Problem
        The problem that `plan` answers.
    before : mapping of Option to Opening
        What stands or has been approved; see `standing` for what exists.
    plan : Plan
        A checked plan.
    area : StudyArea
        Names and addresses of the sites.
    assigned_before : mapping of Link to persons, optional
        Who went where before, for the persons, minutes and reasons.
    costs_before : mapping of Option to euros, optional
        Approved costs of what stands before; unknown where absent.
    funding : sequence of FundingShare
        Who pays; thousandths that add up to 1000.
    without_eu : collection of str
        Municipalities that take no part in projects of the EU, and pay all themselves.
    """
    point_names = {point.id: point.name for point in area.points}
    books = _Books(
        problem=problem,
        plan=plan,
        before=before,
        sites={site.id: site for site in area.sites},
        places_of={s.id: point_names.get(s.place_id, s.name) for s in area.sites},
        moves=moves(problem, assigned_before or {}, plan.assigned),
        costs_before=costs_before or {},
        funding=tuple(funding),
        without_eu=frozenset(without_eu),
    )
    order = {m.atvk: position for position, m in enumerate(area.municipalities)}
    rank = {service.id: position for position, service in enumerate(area.services)}

    def row_order(change: Change) -> tuple[int, int, str, int]:
        return (
            order.get(change.municipality, len(order)),
            rank.get(change.service, len(rank)),
            change.site,
            change.address_number,
        )

    rows = [row for option in sorted({*before, *plan.opened}) for row in _rows(books, option)]
    rows.sort(key=row_order)
    numbered = tuple(replace(row, number=n) for n, row in enumerate(rows, start=1))
    return Amendment(
        region=problem.region,
        plan_year=problem.plan_year,
        changes=numbered,
        totals=tuple(_total(books, m.atvk, numbered) for m in area.municipalities),
        funding=tuple(funding),
        without_eu=books.without_eu,
    )


def standing(problem: Problem) -> dict[Option, Opening]:
    """Return what exists in `problem`, committed included, as a plan would list it."""
    return {o: Opening(e.places, 1, Kind.EXISTING) for o, e in problem.existing.items()}


def is_committed(problem: Problem, option: Option) -> bool:
    """Return whether an option is decided and does not operate yet."""
    existing = problem.existing.get(option)
    return existing is not None and existing.status is Status.COMMITTED


def unit_sizes(sizes: Iterable[Size], opening: Opening) -> tuple[Size, ...]:
    """Return the cheapest `opening.units` sizes whose places sum to `opening.places`.

    Larger ones first; empty where no such set exists.
    """
    offered = sorted(sizes, key=lambda size: size.places)
    best: dict[tuple[int, int], tuple[int, tuple[Size, ...]]] = {(0, 0): (0, ())}
    for units in range(opening.units):
        for (count, places), (cost, chosen) in list(best.items()):
            if count != units:
                continue
            for size in offered:
                key = (units + 1, places + size.places)
                dearer = key in best and best[key][0] <= cost + size.cost_eur
                if key[1] <= opening.places and not dearer:
                    best[key] = (cost + size.cost_eur, (*chosen, size))
    chosen = best.get((opening.units, opening.places), (0, ()))[1]
    return tuple(sorted(chosen, key=lambda size: -size.places))


def _rows(books: _Books, option: Option) -> list[Change]:
    was, now = books.before.get(option), books.plan.opened.get(option)
    if was is None and now is not None:
        return _opened(books, option, now)
    if was is not None and now is None:
        return [_closed(books, option, was)]
    if was is not None and now is not None and was.places != now.places:
        return [_resized(books, option, was, now)]
    return []


def _opened(books: _Books, option: Option, now: Opening) -> list[Change]:
    users = [m for m in books.moves if (m.service, m.site_after) == option]
    sizes = unit_sizes(books.problem.sizes.get(option, ()), now) or (Size(now.places, 0),)
    shares = _share_out(sum(m.persons for m in users), [size.places for size in sizes])
    row = _row(books, option, ChangeKind.OPEN, users)
    rows = []
    nearest = _nearest(books, option)
    for k, (size, persons) in enumerate(zip(sizes, shares, strict=True)):
        rows.append(
            replace(
                row,
                nearest=nearest,
                after=_state(books, option, size.places, persons, size.cost_eur),
                persons=persons,
                cost_eur=size.cost_eur,
                by_source=books.split(option, size.cost_eur),
                address_number=k + 1,
                addresses_here=len(sizes),
                fewest_at_an_address=min(shares),
            )
        )
    return rows


def _nearest(books: _Books, option: Option) -> Nearest | None:
    """Return where a service operates nearest to a site so far, as the site's settlement has it."""
    problem, (service, here) = books.problem, option
    place = books.sites[here].place_id if here in books.sites else here
    if place not in problem.points:
        return None
    minutes = problem.minutes[problem.points.index(place)]
    found = [
        (float(minutes[problem.sites.index(site)]), site)
        for (s, site), existing in problem.existing.items()
        if s == service and site != here and existing.status is Status.OPERATING
    ]
    far, site = min(found, default=(math.inf, ""))
    if far > problem.services[service].limit_minutes:
        return Nearest("", None)
    return Nearest(books.places_of.get(site, site), far)


def _closed(books: _Books, option: Option, was: Opening) -> Change:
    users = [m for m in books.moves if (m.service, m.site_before) == option]
    row = _row(books, option, ChangeKind.CLOSE, users)
    load = books.load(option, after=False)
    return replace(
        row,
        before=_standing(books, option, was.places, load),
        duty_kept=all(m.site_after is not None for m in users),
    )


def _resized(books: _Books, option: Option, was: Opening, now: Opening) -> Change:
    grows = now.places > was.places
    kind = ChangeKind.ENLARGE if grows else ChangeKind.REDUCE
    users = [
        m
        for m in books.moves
        if (m.service, m.site_after if grows else m.site_before) == option
        and m.site_before != m.site_after
    ]
    existing = books.problem.existing.get(option)
    larger = existing.larger if existing else ()
    cost = next((size.cost_eur for size in larger if size.places == now.places), 0)
    loads = books.load(option, after=False), books.load(option, after=True)
    known = books.costs_before.get(option)
    total = None if known is None else known + cost
    return replace(
        _row(books, option, kind, users),
        before=_standing(books, option, was.places, loads[0]),
        after=_state(books, option, now.places, loads[1], total),
        cost_eur=cost,
        by_source=books.split(option, cost),
    )


def _row(books: _Books, option: Option, kind: ChangeKind, users: Sequence[Move]) -> Change:
    service, site = option
    served_before = [m for m in users if m.minutes_before is not None]
    served_after = [m for m in users if m.minutes_after is not None]
    problem = books.problem
    return Change(
        number=0,
        kind=kind,
        municipality=problem.municipality_of_site[site],
        service=service,
        site=site,
        before=None,
        after=None,
        persons=sum(m.persons for m in users),
        minutes_before=_mean([(m.minutes_before or 0, m.persons) for m in served_before]),
        minutes_after=_mean([(m.minutes_after or 0, m.persons) for m in served_after]),
        served_before=sum(m.persons for m in served_before),
        served_after=sum(m.persons for m in served_after),
        cost_eur=0,
        by_source=books.split(option, 0),
        reason_code=_reason_code(books, option, kind),
        reasons=_reasons(users),
        decided=problem.kept.get(option, "") or problem.closing.get(option, ""),
    )


def _reasons(users: Sequence[Move]) -> tuple[tuple[ReasonPart, int], ...]:
    counts = dict.fromkeys(ReasonPart, 0)
    for move in users:
        counts[_part(move)] += move.persons
    counts[ReasonPart.DECIDED] = 0
    return tuple((part, persons) for part, persons in counts.items() if persons)


def _part(move: Move) -> ReasonPart:
    """Return what a move means; ``DECIDED`` stands for no difference."""
    if move.minutes_after is None:
        return ReasonPart.LOST
    if move.minutes_before is None:
        return ReasonPart.NEWLY_SERVED
    if move.within_after and not move.within_before:
        return ReasonPart.BROUGHT_WITHIN
    if move.minutes_after < move.minutes_before:
        return ReasonPart.SHORTER
    return ReasonPart.LONGER if move.minutes_after > move.minutes_before else ReasonPart.DECIDED


def _reason_code(books: _Books, option: Option, kind: ChangeKind) -> ReasonCode:
    service, site = option
    home = books.problem.municipality_of_site

    def in_municipality(options: Iterable[Option]) -> bool:
        return any(s == service and home[j] == home[site] for s, j in options)

    opens = [o for o in books.plan.opened if o not in books.before]
    closes = [o for o in books.before if o not in books.plan.opened]
    if kind is ChangeKind.CLOSE:
        moved = in_municipality(opens)
        return ReasonCode.ADDRESS if moved else ReasonCode.INFRASTRUCTURE_DROPPED
    if kind is ChangeKind.OPEN and in_municipality(closes):
        return ReasonCode.ADDRESS
    if kind is ChangeKind.OPEN and not in_municipality(books.before):
        return ReasonCode.NEW_SERVICE
    return ReasonCode.COSTS if kind is ChangeKind.REDUCE else ReasonCode.ADDITIONAL


def _state(books: _Books, option: Option, places: int, persons: int, cost: int | None) -> State:
    site = books.sites.get(option[1])
    address = site.address if site is not None and site.building else ""
    return State(address, books.places_of.get(option[1], option[1]), places, persons, cost)


def _standing(books: _Books, option: Option, places: int, persons: int) -> State:
    """Return what stands at an option before, or is decided and does not operate yet."""
    state = _state(books, option, places, persons, books.costs_before.get(option))
    return replace(state, committed=is_committed(books.problem, option))


def _total(books: _Books, municipality: str, changes: Sequence[Change]) -> MunicipalTotal:
    problem = books.problem
    rows = [c for c in changes if c.municipality == municipality]
    here = {j for j, m in problem.municipality_of_site.items() if m == municipality}
    own = [m for m in books.moves if problem.municipality_of_point[m.point] == municipality]
    was = {o: opening for o, opening in books.before.items() if o[1] in here}
    now = {o: opening for o, opening in books.plan.opened.items() if o[1] in here}
    known = [books.costs_before.get(o) for o in was]
    return MunicipalTotal(
        municipality=municipality,
        changes=len(rows),
        addresses_before=sum(opening.units for opening in was.values()),
        addresses_after=sum(opening.units for opening in now.values()),
        places_before=sum(opening.places for opening in was.values()),
        places_committed=sum(was[o].places for o in was if is_committed(problem, o)),
        places_after=sum(opening.places for opening in now.values()),
        persons_before=sum(m.persons for m in books.moves if m.site_before in here),
        persons_after=sum(m.persons for m in books.moves if m.site_after in here),
        need=sum(m.persons for m in own),
        served_before=sum(m.persons for m in own if m.site_before is not None),
        served_after=sum(m.persons for m in own if m.site_after is not None),
        within_before=sum(m.persons for m in own if m.within_before),
        within_after=sum(m.persons for m in own if m.within_after),
        planned_cost_eur=None if None in known else sum(cost or 0 for cost in known),
        cost_eur=sum(c.cost_eur for c in rows),
        by_source=add_up([c.by_source for c in rows], books.funding),
    )


def _share_out(persons: int, places: Sequence[int]) -> list[int]:
    whole = sum(places)
    shares = [persons * k // whole for k in places]
    by_remainder = sorted(range(len(places)), key=lambda k: (-(persons * places[k] % whole), k))
    for k in by_remainder[: persons - sum(shares)]:
        shares[k] += 1
    return shares


def _mean(weighted: Sequence[tuple[float, int]]) -> float | None:
    persons = sum(n for _, n in weighted)
    return sum(value * n for value, n in weighted) / persons if persons else None

"""What was before and what is proposed at an option into its rows, one for each address."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from planner.domain import Kind, Option
from planner.editions.addresses import (
    Address,
    Pair,
    addresses,
    addresses_before,
    operates,
    pair,
    standing_of,
)
from planner.editions.books import Books
from planner.editions.changes import (
    Change,
    ChangeKind,
    Nearest,
    ReasonCode,
    ReasonPart,
    State,
)
from planner.editions.moves import Move


def rows_of(books: Books, option: Option) -> list[Change]:
    """Return the rows of an option, in the order of its addresses; none where nothing changes."""
    was = addresses_before(books.problem, option, books.before.get(option))
    now = addresses(books.problem, option, books.plan.opened.get(option))
    exists = option in books.problem.existing
    pairs = sorted(pair(was, now, exists=exists), key=_dropped_last)
    if all(_is_same(found) for found in pairs):
        return []
    shares = _share_out(books.load(option, after=True), [address.places for address in now])
    rows = []
    for k, (before, after) in enumerate(pairs):
        if _is_same((before, after)):
            continue
        numbered = replace(
            _row(books, option, (before, after)),
            address_number=k + 1,
            addresses_here=len(now) if after else len(was),
        )
        rows.append(_shared(books, numbered, after, shares, k))
    return rows


def _is_same(found: Pair) -> bool:
    before, after = found
    return before is not None and after is not None and before.places == after.places


def _dropped_last(found: Pair) -> tuple[bool, int]:
    before, after = found
    return after is None, -(after or before or Address(0, None)).places


def _row(books: Books, option: Option, found: Pair) -> Change:
    """Return the row of an address, with all persons of its place and without what is after."""
    before, after = found
    service, site = option
    stands = operates(books.problem, option)
    kind = _kind(found, stands=stands)
    users = books.concerned(option) if after or stands else []
    served_before = [m for m in users if m.minutes_before is not None]
    served_after = [m for m in users if m.minutes_after is not None]
    cost_eur = _price(after) - _price(before)
    return Change(
        number=0,
        kind=kind,
        municipality=books.home_of[site],
        service=service,
        site=site,
        before=_before(books, option, before),
        after=None,
        persons=sum(m.persons for m in users),
        minutes_before=_mean([(m.minutes_before or 0, m.persons) for m in served_before]),
        minutes_after=_mean([(m.minutes_after or 0, m.persons) for m in served_after]),
        served_before=sum(m.persons for m in served_before),
        served_after=sum(m.persons for m in served_after),
        cost_eur=cost_eur,
        by_source=books.split(option, cost_eur),
        reason_code=_reason_code(books, option, kind),
        reasons=_reasons(users),
        decided=_decided(books, option, kind),
        persons_here=sum(m.persons for m in users),
        operates=stands,
        comes=books.comes(option),
        unpriced=before is not None and before.cost_eur is None,
        duty_kept=all(m.site_after is not None for m in users),
    )


def _shared(
    books: Books, row: Change, after: Address | None, shares: Sequence[int], k: int
) -> Change:
    """Return a row with what is after; the persons of a new place shared over its addresses."""
    if after is None:
        return row
    option = row.service, row.site
    row = replace(row, after=_state(books, option, after, shares[k]))
    if row.operates:
        return row
    return replace(
        row,
        persons=shares[k],
        fewest_at_an_address=min(shares),
        nearest=_nearest(books, option),
    )


def _kind(found: Pair, *, stands: bool) -> ChangeKind:
    before, after = found
    if after is None:
        return ChangeKind.CLOSE
    if before is None:
        return ChangeKind.KEEP if stands else ChangeKind.OPEN
    return ChangeKind.ENLARGE if after.places > before.places else ChangeKind.REDUCE


def _price(address: Address | None) -> int:
    return 0 if address is None else address.cost_eur or 0


def _before(books: Books, option: Option, address: Address | None) -> State | None:
    """Return what was before; where it operates and was approved to close, no places."""
    stands = operates(books.problem, option)
    if address is None and not stands:
        return None
    address = address or Address(0, 0, exists=True)
    persons = books.load(option, after=False) if stands else 0
    state = _state(books, option, address, persons)
    return replace(state, standing=standing_of(books.problem, option, address))


def _state(books: Books, option: Option, address: Address, persons: int) -> State:
    """Return an address; what it cost is not known where it stands already."""
    site = books.sites.get(option[1])
    stands = address.exists and address.places > 0 and address.cost_eur == 0
    return State(
        address=site.address if site is not None and site.building else "",
        place=books.places_of.get(option[1], option[1]),
        places=address.places,
        persons=persons,
        cost_eur=None if stands else address.cost_eur,
    )


def _nearest(books: Books, option: Option) -> Nearest | None:
    """Return where a service operates nearest to a site so far, as the site's settlement has it."""
    problem, (service, here) = books.problem, option
    place = books.sites[here].place_id if here in books.sites else here
    if place not in problem.points:
        return None
    minutes = problem.minutes[problem.points.index(place)]
    found = [
        (float(minutes[problem.sites.index(site)]), site)
        for s, site in problem.existing
        if s == service and site != here and operates(problem, (s, site))
    ]
    far, site = min(found, default=(math.inf, ""))
    if far > problem.services[service].limit_minutes:
        return Nearest("", None)
    return Nearest(books.places_of.get(site, site), far)


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


def _reason_code(books: Books, option: Option, kind: ChangeKind) -> ReasonCode:
    service, site = option

    def in_municipality(options: Iterable[Option]) -> bool:
        home = books.home_of
        return any(s == service and home[j] == home[site] for s, j in options)

    opens = [o for o in books.plan.opened if o not in books.before]
    closes = [o for o in books.before if o not in books.plan.opened]
    if kind is ChangeKind.CLOSE:
        moved = in_municipality(opens)
        return ReasonCode.ADDRESS if moved else ReasonCode.INFRASTRUCTURE_DROPPED
    if kind in (ChangeKind.OPEN, ChangeKind.KEEP) and in_municipality(closes):
        return ReasonCode.ADDRESS
    if kind is ChangeKind.OPEN and not in_municipality(books.before):
        return ReasonCode.NEW_SERVICE
    if kind is ChangeKind.REDUCE:
        as_today = books.plan.opened[option].kind is Kind.EXISTING
        return ReasonCode.INFRASTRUCTURE_DROPPED if as_today else ReasonCode.COSTS
    return ReasonCode.ADDITIONAL


def _decided(books: Books, option: Option, kind: ChangeKind) -> str:
    """Return the planner's own reason; a veto explains what was approved and is not built."""
    problem = books.problem
    said = problem.kept.get(option, "") or problem.closing.get(option, "")
    fewer = kind in (ChangeKind.CLOSE, ChangeKind.REDUCE)
    forbids = fewer and books.is_to_build(option)
    return said or (problem.vetoed.get(option, "") if forbids else "")


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

"""What stands, was approved or is proposed at an option into its addresses, with their prices.

A plan says how many units are open at a place; a regional plan decides address by address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from planner.domain import (
    Existing,
    Kind,
    Opening,
    Option,
    Plan,
    Problem,
    Status,
    fewest_units,
    most_like,
    unit_sizes,
)
from planner.editions.changes import Standing


@dataclass(frozen=True)
class Address:
    """Places at one address, and what it costs to have them.

    What was approved costs what it was approved at, where that is known, else what the catalogue
    says today. `cost_eur` is 0 where nothing has to be built for them, ``None`` where no price is
    known. `exists`: it operates or has been decided; so it is where it was approved to close.
    """

    places: int
    cost_eur: int | None
    exists: bool = False


Pair = tuple[Address | None, Address | None]
"""An address before and after; ``None`` where there is none."""


def before_of(problem: Problem, plan: Plan) -> dict[Option, Opening]:
    """Return what a plan is compared with: the approved edition, else what stands today."""
    return standing(problem) if problem.approved is None else approved_edition(problem, plan)


def standing(problem: Problem) -> dict[Option, Opening]:
    """Return what exists in `problem`, committed included, as a plan would list it."""
    return {o: Opening(e.places, 1, Kind.EXISTING) for o, e in problem.existing.items()}


def approved_edition(problem: Problem, plan: Plan) -> dict[Option, Opening]:
    """Return the approved places of `problem` as a plan would list them.

    What exists and has no approved places, as in problems of older planners, is as it stands.
    Where an edition knows places, not addresses, and `plan` has as many at an option they are the
    same addresses; elsewhere they are as few as the sizes allow, or one where no sizes make them.
    """
    approved = {o: e.places for o, e in problem.existing.items()} | dict(problem.approved or {})
    return {o: _approved(problem, plan, o, places) for o, places in approved.items() if places}


def _approved(problem: Problem, plan: Plan, option: Option, places: int) -> Opening:
    existing, now = problem.existing.get(option), plan.opened.get(option)
    units = len(problem.approved_sizes.get(option, ()))
    if existing is not None:
        kind = Kind.ENLARGED if places > existing.places else Kind.EXISTING
        return Opening(places, units or 1, kind)
    if not units and now is not None and now.places == places:
        return now
    fewest = fewest_units(problem.sizes.get(option, ()), places)
    return Opening(places, units or fewest or 1, Kind.NEW)


def is_committed(problem: Problem, option: Option) -> bool:
    """Return whether an option is decided and does not operate yet."""
    return _has_status(problem.existing.get(option), Status.COMMITTED)


def operates(problem: Problem, option: Option) -> bool:
    """Return whether an option serves people today."""
    return _has_status(problem.existing.get(option), Status.OPERATING)


def standing_of(problem: Problem, option: Option, address: Address) -> Standing:
    """Return how far an address of before has come; with 0 places it was approved to close."""
    if not address.exists:
        return Standing.APPROVED
    existing = problem.existing[option]
    if existing.status is Status.COMMITTED:
        return Standing.COMMITTED
    if not address.places:
        return Standing.TO_CLOSE
    return Standing.TO_ENLARGE if address.places > existing.places else Standing.OPERATING


def places_to_come(problem: Problem, option: Option, opening: Opening) -> int:
    """Return how many places of before do not operate yet."""
    at_work = problem.existing[option].places if operates(problem, option) else 0
    return max(0, opening.places - at_work)


def addresses(problem: Problem, option: Option, opening: Opening | None) -> tuple[Address, ...]:
    """Return the addresses of an opening, larger ones first; none where nothing is open."""
    if opening is None:
        return ()
    existing = problem.existing.get(option)
    if existing is not None:
        return (_grown(existing, opening.places),)
    sizes = unit_sizes(problem.sizes.get(option, ()), opening)
    found = tuple(Address(size.places, size.cost_eur) for size in sizes)
    return found or (Address(opening.places, None),)


def addresses_before(
    problem: Problem, option: Option, opening: Opening | None
) -> tuple[Address, ...]:
    """Return the addresses of what was before, as the edition has them where that is known.

    What exists by now is the one of them that is most like it in size, and comes first.
    """
    approved = list(problem.approved_sizes.get(option, ()))
    if opening is None or not approved:
        return addresses(problem, option, opening)
    existing = problem.existing.get(option)
    if existing is None:
        return tuple(Address(size.places, size.cost_eur) for size in approved)
    own = most_like(approved, existing.places)
    approved.remove(own)
    grown = _grown(existing, own.places)
    if grown.cost_eur != 0 and existing.status is Status.OPERATING:
        grown = replace(grown, cost_eur=own.cost_eur)
    return (grown, *(Address(size.places, size.cost_eur) for size in approved))


def pair(before: Sequence[Address], after: Sequence[Address], *, exists: bool) -> list[Pair]:
    """Return the addresses at a place before and after, by pairs.

    What exists is the first of both. Elsewhere those of the same size are the same; of the rest
    the largest becomes the largest.
    """
    if exists:
        return list(zip_longest(before, after))
    same = Counter(a.places for a in before) & Counter(a.places for a in after)
    return [
        *zip(_some(before, same), _some(after, same), strict=True),
        *zip_longest(_others(before, same), _others(after, same)),
    ]


def _has_status(existing: Existing | None, status: Status) -> bool:
    return existing is not None and existing.status is status


def _grown(existing: Existing, places: int) -> Address:
    if places <= existing.places:
        return Address(places, 0, exists=True)
    costs = (size.cost_eur for size in existing.larger if size.places == places)
    return Address(places, next(costs, None), exists=True)


def _some(found: Iterable[Address], chosen: Mapping[int, int]) -> list[Address]:
    """Return as many addresses of each size as are `chosen`."""
    left = Counter(chosen)
    return [a for a in _by_size(found) if _taken(left, a.places)]


def _others(found: Iterable[Address], chosen: Mapping[int, int]) -> list[Address]:
    left = Counter(chosen)
    return [a for a in _by_size(found) if not _taken(left, a.places)]


def _taken(left: Counter[int], places: int) -> bool:
    left[places] -= 1
    return left[places] >= 0


def _by_size(found: Iterable[Address]) -> list[Address]:
    return sorted(found, key=lambda address: -address.places)

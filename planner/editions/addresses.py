"""What stands, was approved or is proposed at an option into its addresses, with their prices.

A plan says how many units are open at a place; a regional plan decides address by address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from planner.domain import Existing, Kind, Opening, Option, Plan, Problem, Size, Status
from planner.editions.changes import Standing


@dataclass(frozen=True)
class Address:
    """Places at one address, and what it costs to have them as the catalogue prices it today.

    `cost_eur` is 0 where nothing has to be built for them, ``None`` where no price is known.
    """

    places: int
    cost_eur: int | None


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

    What exists and has no approved places, as in problems of older planners, is as it stands. A
    table knows places, not addresses. Where `plan` has as many at an option they are the same
    addresses; elsewhere they are as few as the sizes allow, or one where no sizes make them.
    """
    approved = {o: e.places for o, e in problem.existing.items()} | dict(problem.approved or {})
    return {o: _approved(problem, plan, o, places) for o, places in approved.items() if places}


def _approved(problem: Problem, plan: Plan, option: Option, places: int) -> Opening:
    existing, now = problem.existing.get(option), plan.opened.get(option)
    if existing is not None:
        kind = Kind.ENLARGED if places > existing.places else Kind.EXISTING
        return Opening(places, 1, kind)
    units = problem.approved_units.get(option, 0)
    if not units and now is not None and now.places == places:
        return now
    fewest = fewest_units(problem.sizes.get(option, ()), places)
    return Opening(places, min(units, places) or fewest or 1, Kind.NEW)


def is_committed(problem: Problem, option: Option) -> bool:
    """Return whether an option is decided and does not operate yet."""
    return _has_status(problem.existing.get(option), Status.COMMITTED)


def operates(problem: Problem, option: Option) -> bool:
    """Return whether an option serves people today."""
    return _has_status(problem.existing.get(option), Status.OPERATING)


def standing_of(problem: Problem, option: Option, places: int) -> Standing:
    """Return how far `places` of before have come at an option; 0: it was approved to close."""
    existing = problem.existing.get(option)
    if existing is None:
        return Standing.APPROVED
    if existing.status is Status.COMMITTED:
        return Standing.COMMITTED
    if not places:
        return Standing.TO_CLOSE
    return Standing.TO_ENLARGE if places > existing.places else Standing.OPERATING


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
        return (Address(opening.places, _price_of_growing(existing, opening.places)),)
    sizes = unit_sizes(problem.sizes.get(option, ()), opening)
    found = tuple(Address(size.places, size.cost_eur) for size in sizes)
    return found or _alike(opening)


def pair(before: Sequence[Address], after: Sequence[Address]) -> list[Pair]:
    """Return the addresses at a place before and after, by pairs.

    Those of the same size are the same; of the rest the largest becomes the largest.
    """
    same = Counter(a.places for a in before) & Counter(a.places for a in after)
    return [
        *zip(_some(before, same), _some(after, same), strict=True),
        *zip_longest(_others(before, same), _others(after, same)),
    ]


def unit_sizes(sizes: Iterable[Size], opening: Opening) -> tuple[Size, ...]:
    """Return the cheapest `opening.units` sizes whose places sum to `opening.places`.

    Larger ones first; empty where no such set exists.
    """
    offered = sorted(sizes, key=lambda size: size.places)
    best: dict[int, tuple[int, tuple[Size, ...]]] = {0: (0, ())}
    for _ in range(opening.units):
        larger: dict[int, tuple[int, tuple[Size, ...]]] = {}
        for places, (cost, chosen) in best.items():
            for size in offered:
                found, total = places + size.places, cost + size.cost_eur
                dearer = found in larger and larger[found][0] <= total
                if found <= opening.places and not dearer:
                    larger[found] = (total, (*chosen, size))
        best = larger
    chosen = best.get(opening.places, (0, ()))[1]
    return tuple(sorted(chosen, key=lambda size: -size.places))


def fewest_units(sizes: Iterable[Size], places: int) -> int | None:
    """Return how few units of `sizes` have exactly so many places, ``None`` where none have."""
    offered = {size.places for size in sizes}
    fewest = {0: 0}
    for sought in range(1, places + 1):
        units = [fewest[sought - k] for k in offered if sought - k in fewest]
        if units:
            fewest[sought] = 1 + min(units)
    return fewest.get(places)


def _alike(opening: Opening) -> tuple[Address, ...]:
    """Return addresses as like in size as can be, at a cost that is not known."""
    least, more = divmod(opening.places, opening.units)
    return tuple(Address(least + (k < more), None) for k in range(opening.units))


def _has_status(existing: Existing | None, status: Status) -> bool:
    return existing is not None and existing.status is status


def _price_of_growing(existing: Existing, places: int) -> int | None:
    if places <= existing.places:
        return 0
    return next((size.cost_eur for size in existing.larger if size.places == places), None)


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

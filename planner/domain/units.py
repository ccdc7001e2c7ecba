"""The places of an opening into the sizes of its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.domain.plan import Opening
from planner.domain.problem import Size


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


def most_like(sizes: Sequence[Size], places: int) -> Size:
    """Return the size whose places are nearest to so many; of two as near the first."""
    return min(sizes, key=lambda size: abs(size.places - places))

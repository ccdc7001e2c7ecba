"""What readers know into other worlds that fit it: how far every withheld number could lie apart.

A *world* is a whole number of persons for every part that agrees with all that readers know. As
long as worlds differ enough in a number, nobody can tell it. Readers are tried at three levels:
`TOTALS` (the plain counts and the facts), `MARKS` (also that "< 5" means 1 to 4) and `SHARES`
(also how needs were computed from group counts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from planner.disclosure.programmes import TOLERANCE, Floats, Reader
from planner.disclosure.tables import Part

_BATCH = 0.4  # share of the targets pushed apart at once; all at once stand in each other's way
_ROUNDS = 16
_ROUNDS_IN_VAIN = 3
_FEW_STEPS = 2  # of rounding, before a nearer world is looked for


class Level(IntEnum):
    """How much of what was released a reader puts to use."""

    TOTALS = 0
    MARKS = 1
    SHARES = 2


@dataclass(frozen=True)
class Sums:
    """Sums of parts as rows of a matrix of shape (sums, parts), for one order of the parts."""

    matrix: Any

    @staticmethod
    def of(terms: Sequence[Sequence[tuple[Part, float]]], column_of: Mapping[Part, int]) -> Sums:
        """Return the rows of `terms`; a part without a column holds nobody."""
        entries = [(r, part, c) for r, row in enumerate(terms) for part, c in row]
        entries = [entry for entry in entries if entry[1] in column_of]
        rows = [r for r, _, _ in entries]
        columns = [column_of[part] for _, part, _ in entries]
        values = [float(c) for _, _, c in entries]
        shape = (len(terms), len(column_of))
        return Sums(sparse.csr_matrix((values, (rows, columns)), shape=shape))


@dataclass
class Spread:
    """How far the worlds found so far lie apart in each target, at one level of knowledge.

    `needed` is how far is far enough, in persons; shape (targets,) everywhere.
    """

    needed: Floats
    lowest: Floats
    highest: Floats
    worlds: list[Floats] = field(default_factory=list)

    @staticmethod
    def empty(needed: Floats) -> Spread:
        """Return a spread before any world was seen."""
        return Spread(needed, np.full(needed.shape, np.inf), np.full(needed.shape, -np.inf))

    def see(self, world: Floats, targets: Any) -> None:
        """Take in another world."""
        self.worlds.append(world)
        values = targets @ world
        np.minimum(self.lowest, values, out=self.lowest)
        np.maximum(self.highest, values, out=self.highest)

    def narrow(self) -> NDArray[np.intp]:
        """Return the targets whose worlds do not lie far enough apart yet."""
        return np.flatnonzero(self.highest - self.lowest < self.needed - TOLERANCE)

    def is_narrow(self, target: int) -> bool:
        """Return whether the worlds of one target do not lie far enough apart yet."""
        seen = self.highest[target] - self.lowest[target]
        return bool(seen < self.needed[target] - TOLERANCE)

    def goal(self, target: int, sign: float) -> float:
        """Return how high (`sign` 1) or low (-1) a world must carry `target` to be far enough."""
        if sign > 0:
            return float(self.lowest[target] + self.needed[target])
        return float(self.highest[target] - self.needed[target])


def any_world(reader: Reader) -> Floats | None:
    """Return one world that fits, or ``None`` where statements contradict each other."""
    nothing = np.zeros(reader.known.matrix.shape[1])
    whole = find_world(reader, nothing)
    return reader.cheapest(nothing) if whole is None else whole


def spread_out(reader: Reader, targets: Any, spread: Spread, rng: np.random.Generator) -> None:
    """Find worlds, whole persons each, until every target is spread far enough or none helps.

    Many targets are pushed apart at once, up or down by chance.
    """
    without_progress = 0
    for _ in range(_ROUNDS):
        narrow = spread.narrow()
        if len(narrow) == 0 or without_progress == _ROUNDS_IN_VAIN:
            break
        chosen = _some_of(narrow, rng)
        pushes = rng.choice([-1.0, 1.0], size=len(chosen)) * rng.random(len(chosen))
        found = reader.cheapest(targets[chosen].T @ pushes)
        world = None if found is None else reader.whole_near(found, steps=_FEW_STEPS)
        if world is not None:
            spread.see(world, targets)
        without_progress = 0 if len(spread.narrow()) < len(narrow) else without_progress + 1


def spread_one(reader: Reader, targets: Any, spread: Spread, target: int) -> bool:
    """Find worlds for one target alone; return whether it is spread far enough then."""
    for sign in (1.0, -1.0):
        if _push(reader, targets, spread, target, (sign, spread.goal(target, sign))):
            return True
    cost = np.asarray(targets[target].todense()).ravel()
    ends: list[float] = []
    for sign in (1.0, -1.0):
        found = reader.cheapest(-sign * cost)
        if found is None:
            return False
        ends.append(float(cost @ found))
        world = reader.whole_near(found, steps=_FEW_STEPS)
        if world is not None:
            spread.see(world, targets)
            if not spread.is_narrow(target):
                return True
    high, low = ends
    if high - low < spread.needed[target] - TOLERANCE:
        return False
    ways = [(sign, spread.goal(target, sign)) for sign in (1.0, -1.0)]
    ways += [(1.0, float(np.floor(high + TOLERANCE))), (-1.0, float(np.ceil(low - TOLERANCE)))]
    if any(_push(reader, targets, spread, target, way) for way in ways):
        return True
    _spread_by_branching(reader, targets, spread, target)
    return not spread.is_narrow(target)


def _push(
    reader: Reader, targets: Any, spread: Spread, target: int, end: tuple[float, float]
) -> bool:
    """Look for a world where `target` is carried to an end; return whether that is far enough."""
    found = reader.nearest(spread.worlds[0], targets[target], *beyond(*end))
    if found.world is not None:
        spread.see(found.world, targets)
    return not spread.is_narrow(target)


def _spread_by_branching(reader: Reader, targets: Any, spread: Spread, target: int) -> None:
    """Look for worlds in whole persons where rounding found none that lie far enough apart."""
    cost = np.asarray(targets[target].todense()).ravel()
    for sign in (1.0, -1.0):
        if spread.is_narrow(target):
            goal = -sign * spread.goal(target, sign)
            world = reader.branched(-sign * cost, cap=(goal, np.inf))
            if world is not None:
                spread.see(world, targets)


def find_world(reader: Reader, cost: Floats) -> Floats | None:
    """Return a cheap world in whole persons, or ``None`` where none was found."""
    relaxed = reader.cheapest(cost)
    if relaxed is None:
        return None
    near = reader.whole_near(relaxed)
    return near if near is not None else reader.branched(cost)


def beyond(sign: float, bound: float) -> tuple[float, float]:
    """Return the limits of one statement: at least `bound` (`sign` 1) or at most (-1)."""
    return (bound, np.inf) if sign > 0 else (-np.inf, bound)


def _some_of(narrow: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    return rng.permutation(narrow)[: max(8, int(_BATCH * len(narrow)))]

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
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.disclosure.tables import Part

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-6
_NODES = 400  # branch-and-bound nodes of one search; without an answer the number counts as told
_BATCH = 0.4  # share of the targets pushed apart at once; all at once stand in each other's way
_ROUNDS = 16
_ROUNDS_IN_VAIN = 3


class Level(IntEnum):
    """How much of what was released a reader puts to use."""

    TOTALS = 0
    MARKS = 1
    SHARES = 2


@dataclass(frozen=True)
class Known:
    """``low <= matrix @ persons <= high``; `matrix` has shape (statements, parts)."""

    matrix: Any
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Sums:
    """Sums of parts as rows of a matrix of shape (sums, parts), for one order of the parts."""

    matrix: Any

    @staticmethod
    def of(terms: Sequence[Sequence[tuple[Part, float]]], column_of: Mapping[Part, int]) -> Sums:
        """Return the rows of `terms`."""
        rows = [r for r, row in enumerate(terms) for _ in row]
        columns = [column_of[part] for row in terms for part, _ in row]
        values = [float(c) for row in terms for _, c in row]
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


def any_world(known: Known) -> Floats | None:
    """Return one world that fits, or ``None`` where statements contradict each other."""
    nothing = np.zeros(known.matrix.shape[1])
    whole = find_world(known, nothing)
    return solve(nothing, known, whole=0) if whole is None else whole


def spread_out(known: Known, targets: Any, spread: Spread, rng: np.random.Generator) -> None:
    """Find worlds, whole persons each, until every target is spread far enough or none helps.

    Many targets are pushed apart at once, up or down by chance.
    """
    without_progress = 0
    for _ in range(_ROUNDS):
        narrow = spread.narrow()
        if len(narrow) == 0 or without_progress == _ROUNDS_IN_VAIN:
            break
        world = _push_apart(known, targets, spread, _some_of(narrow, rng), rng)
        if world is not None:
            spread.see(world, targets)
        without_progress = 0 if len(spread.narrow()) < len(narrow) else without_progress + 1


def spread_one(known: Known, targets: Any, spread: Spread, target: int) -> bool:
    """Find worlds for one target alone; return whether it is spread far enough then."""
    row = targets[target]
    for sign in (1.0, -1.0):
        if not spread.is_narrow(target):
            break
        capped = with_rows(known, row, *beyond(-sign, spread.goal(target, sign)))
        world = find_world(capped, -sign * np.asarray(row.todense()).ravel())
        if world is not None:
            spread.see(world, targets)
    return not spread.is_narrow(target)


def find_world(known: Known, cost: Floats) -> Floats | None:
    """Return the cheapest world in whole persons, or ``None`` where none was found."""
    parts = known.matrix.shape[1]
    return solve(cost, known, whole=parts)


def solve(cost: Floats, known: Known, *, whole: int, least: Floats | None = None) -> Floats | None:
    """Minimise `cost` over ``known`` with variables at least 0, the first `whole` of them whole.

    Parameters
    ----------
    cost : float64 array of shape (variables,)
    known : Known
        Its matrix has shape (statements, variables).
    whole : int
        How many of the first variables are whole numbers.
    least : float64 array of shape (variables,), optional
        Lower bounds instead of 0.
    """
    relaxed = _minimise(cost, known, whole=0, least=least)
    if relaxed is None or whole == 0:
        return relaxed
    if np.abs(relaxed[:whole] - np.round(relaxed[:whole])).max(initial=0.0) > TOLERANCE:
        return _minimise(cost, known, whole=whole, least=least)
    relaxed[:whole] = np.round(relaxed[:whole])
    return relaxed


def _minimise(cost: Floats, known: Known, *, whole: int, least: Floats | None) -> Floats | None:
    size = len(cost)
    integrality = np.zeros(size)
    integrality[:whole] = 1
    result = milp(
        cost,
        integrality=integrality,
        bounds=Bounds(np.zeros(size) if least is None else least, np.full(size, np.inf)),
        constraints=LinearConstraint(known.matrix, known.low, known.high),
        options={"node_limit": _NODES, "mip_rel_gap": 0.02},
    )
    if result.x is None:
        return None
    found: Floats = np.asarray(result.x, dtype=float)
    if whole:
        found[:whole] = np.round(found[:whole])
    return found


def with_rows(known: Known, rows: Any, low: Floats, high: Floats) -> Known:
    """Return `known` with more statements."""
    return Known(
        sparse.vstack([known.matrix, rows], format="csr"),
        np.concatenate([known.low, low]),
        np.concatenate([known.high, high]),
    )


def beyond(sign: float, bound: float) -> tuple[Floats, Floats]:
    """Return the limits of one statement: at least `bound` (`sign` 1) or at most (-1)."""
    if sign > 0:
        return np.array([bound]), np.array([np.inf])
    return np.array([-np.inf]), np.array([bound])


def _some_of(narrow: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    return rng.permutation(narrow)[: max(8, int(_BATCH * len(narrow)))]


def _push_apart(
    known: Known, targets: Any, spread: Spread, chosen: NDArray[np.intp], rng: np.random.Generator
) -> Floats | None:
    """Maximise how much of what they lack the chosen targets gain together."""
    signs = rng.choice([-1.0, 1.0], size=len(chosen))
    gains = sparse.identity(len(chosen), format="csr")
    pushed = sparse.diags(signs) @ targets[chosen]
    goals = np.array([s * spread.goal(t, s) for t, s in zip(chosen, signs, strict=True)])
    none = sparse.csr_matrix((known.matrix.shape[0], len(chosen)))
    matrix = sparse.bmat(
        [
            [known.matrix, none],
            [pushed, gains],  # what is lacking is at least goal - value
        ],
        format="csr",
    )
    statements = Known(
        matrix,
        np.concatenate([known.low, goals]),
        np.concatenate([known.high, np.full(len(chosen), np.inf)]),
    )
    parts = known.matrix.shape[1]
    lacking = np.concatenate([np.zeros(parts), np.ones(len(chosen))])
    found = solve(lacking, statements, whole=parts)
    return None if found is None else found[:parts]

"""Counts that are or will be released into a search: what is known, what is secret, what moves.

A *line* is one count as it stands in the tables; a *target* is a sum of parts that readers must not
tell. The search changes the marks of lines and gathers worlds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from planner.disclosure.figures import is_small
from planner.disclosure.tables import (
    Claim,
    Fact,
    Mark,
    Part,
    Terms,
    changes_between_situations,
    persons_in,
)
from planner.disclosure.worlds import (
    TOLERANCE,
    Floats,
    Known,
    Level,
    Spread,
    Sums,
    any_world,
    beyond,
    find_world,
    solve,
    spread_one,
    spread_out,
    with_rows,
)
from planner.errors import DisclosureError, Fault

_LOSS_OF_A_ZERO = 3.0  # "0" tells a reader much; withhold it late
_LOSS_OF_A_SMALL_MARK = 0.25  # "< 5" into "…"


@dataclass
class Line:
    """One count that several cells may show: how it stands, and what withholding it costs."""

    terms: Terms
    persons: int | None
    mark: Mark
    loss: float
    fixed: bool
    threshold: int

    @property
    def told(self) -> bool:
        """Whether it stands there plainly."""
        return self.mark is Mark.PLAIN

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the most persons that its mark allows, if it is not withheld."""
        if self.told:
            return float(self.persons or 0), float(self.persons or 0)
        return 1.0, self.threshold - 1.0


@dataclass(frozen=True)
class Ground:
    """What stays the same through a search."""

    persons: Mapping[Part, int]
    groups: frozenset[str]
    threshold: int
    also_watch: tuple[Terms, ...] = ()


@dataclass
class Board:
    """The search's state: lines, targets and the worlds seen at each level."""

    lines: list[Line]
    facts: Sequence[Fact]
    column_of: dict[Part, int]
    threshold: int
    sums: Sums
    targets: Sums
    line_of_target: list[int | None]
    of_group: list[bool]
    spreads: dict[Level, Spread] = field(default_factory=dict)
    hidden_for: dict[int, int] = field(default_factory=dict)  # line: the secret that hid it

    def known(self, level: Level) -> Known:
        """Return what a reader at `level` knows now."""
        rows = [
            r
            for r, line in enumerate(self.lines)
            if line.told or (line.mark is Mark.SMALL and level >= Level.MARKS)
        ]
        low, high = limits_of(self, rows)
        return with_rows(self.background(level), self.sums.matrix[rows], low, high)

    def background(self, level: Level) -> Known:
        """Return the facts that a reader at `level` uses."""
        used = [f for f in self.facts if not f.group_only or level == Level.SHARES]
        return Known(
            Sums.of([f.terms for f in used], self.column_of).matrix,
            np.array([f.low for f in used]),
            np.array([f.high for f in used]),
        )


def set_up(
    lines: list[Line],
    facts: Sequence[Fact],
    ground: Ground,
    *,
    worlds_of: Board | None = None,
) -> Board:
    """Set up the search; worlds of an earlier board over the same lines are kept."""
    named = [line.terms for line in lines] + [f.terms for f in facts]
    column_of = {
        part: k for k, part in enumerate(dict.fromkeys(p for terms in named for p, _ in terms))
    }
    watched = _watched(lines, column_of, ground)
    secret: dict[Terms, int | None] = dict.fromkeys([*watched, *ground.also_watch])
    secret |= {line.terms: k for k, line in enumerate(lines)}
    board = Board(
        lines=lines,
        facts=facts,
        column_of=column_of,
        threshold=ground.threshold,
        sums=Sums.of([line.terms for line in lines], column_of),
        targets=Sums.of(list(secret), column_of),
        line_of_target=list(secret.values()),
        of_group=[all(part.subject in ground.groups for part, _ in terms) for terms in secret],
    )
    _start(board)
    for level, spread in (worlds_of.spreads if worlds_of is not None else {}).items():
        for world in spread.worlds:
            board.spreads[level].see(world, board.targets.matrix)
    return board


def _watched(lines: Sequence[Line], column_of: Mapping[Part, int], ground: Ground) -> list[Terms]:
    """Return what no cell shows and nobody may work out: small parts and small changes."""
    parts: list[Terms] = [((part, 1),) for part in column_of]
    told = [Claim("", "", "", line.terms, line.mark, line.persons) for line in lines if line.told]
    sums = parts + list(changes_between_situations(told))
    return [
        t for t in sums if is_small(abs(persons_in(t, ground.persons)), threshold=ground.threshold)
    ]


def _start(board: Board) -> None:
    count = board.targets.matrix.shape[0]
    group = np.array(board.of_group, dtype=bool)
    for level in Level:
        needed = np.full(count, float(board.threshold - (0 if level is Level.TOTALS else 2)))
        if level is Level.SHARES:
            needed[~group] = 0.0
            if not any(fact.group_only for fact in board.facts):
                continue
        board.spreads[level] = Spread.empty(needed)
        world = any_world(board.known(level))
        if world is None:
            raise DisclosureError(
                Fault(
                    "the figures contradict what was released before for the same data; give the "
                    "new data a new name"
                )
            )
        board.spreads[level].see(world, board.targets.matrix)


def narrow_secrets(board: Board, rng: np.random.Generator) -> list[tuple[Level, int]]:
    """Return the secrets for which no worlds far enough apart were found in one go."""
    narrow = []
    for level in board.spreads:
        secrets = _of_secrets(board, level)
        spread_out(board.known(level), board.targets.matrix, secrets, rng)
        narrow += [(level, int(t)) for t in secrets.narrow()]
    return narrow


def _of_secrets(board: Board, level: Level) -> Spread:
    """Return the spread of a level where what stands plainly needs none; it shares the worlds."""
    told = np.array([k is not None and board.lines[k].told for k in board.line_of_target])
    spread = board.spreads[level]
    needed = np.where(told, 0.0, spread.needed)
    return Spread(needed, spread.lowest, spread.highest, spread.worlds)


def spread_alone(board: Board, level: Level, target: int) -> bool:
    """Find worlds for one secret by itself; return whether it is spread far enough then."""
    spread = board.spreads[level]
    if not spread.is_narrow(target):
        return True
    return spread_one(board.known(level), board.targets.matrix, spread, target)


def worlds_that_fit(board: Board, level: Level, spread: Spread, k: int) -> Spread:
    """Return the worlds of a level that agree with line `k` as it is marked now."""
    line, row = board.lines[k], board.sums.matrix[k]
    if not line.told and level is Level.TOTALS:
        return spread
    low, high = line.limits
    fitting = Spread.empty(spread.needed)
    for world in spread.worlds:
        value = float((row @ world)[0])
        if low - TOLERANCE <= value <= high + TOLERANCE:
            fitting.see(world, board.targets.matrix)
    return fitting


def cheapest_shift(
    board: Board, level: Level, target: int, sign: float, goal: float, *, whole: bool
) -> tuple[Floats, list[int]] | None:
    """Return the cheapest world where `target` reaches `goal`, and the lines that move in it."""
    parts = len(board.column_of)
    held = [
        k
        for k, line in enumerate(board.lines)
        if line.mark is Mark.PLAIN or (line.mark is Mark.SMALL and level >= Level.MARKS)
    ]
    free = [k for k in held if not board.lines[k].fixed and np.isfinite(board.lines[k].loss)]
    row_of = {k: r for r, k in enumerate(held)}
    slack = sparse.csr_matrix(
        (np.ones(len(free)), ([row_of[k] for k in free], np.arange(len(free)))),
        shape=(len(held), len(free)),
    )
    background = board.background(level)
    nothing = sparse.csr_matrix((background.matrix.shape[0] + 1, 2 * len(free)))
    matrix = sparse.bmat(
        [
            [sparse.vstack([background.matrix, board.targets.matrix[target]]), nothing],
            [board.sums.matrix[held], sparse.hstack([slack, -slack])],
        ],
        format="csr",
    )
    low, high = limits_of(board, held)
    goal_low, goal_high = beyond(sign, goal)
    statements = Known(
        matrix,
        np.concatenate([background.low, goal_low, low]),
        np.concatenate([background.high, goal_high, high]),
    )
    losses = np.array([loss_of(board.lines[k]) for k in free])
    cost = np.concatenate([np.zeros(parts), losses, losses])
    found = solve(cost, statements, whole=parts if whole else 0)
    if found is None:
        return None
    moved = found[parts : parts + len(free)] + found[parts + len(free) :]
    return found[:parts], [k for k, by in zip(free, moved, strict=True) if by > TOLERANCE]


def furthest(board: Board, level: Level, target: int, sign: float) -> float | None:
    """Return how high (`sign` 1) or low (-1) `target` can be with everything free withheld."""
    bound = [
        k
        for k, line in enumerate(board.lines)
        if (line.fixed or not np.isfinite(line.loss))
        and (line.told or (line.mark is Mark.SMALL and level >= Level.MARKS))
    ]
    low, high = limits_of(board, bound)
    row = board.targets.matrix[target]
    known = with_rows(board.background(level), board.sums.matrix[bound], low, high)
    capped = with_rows(known, row, *beyond(-sign, board.spreads[level].goal(target, sign)))
    world = find_world(capped, -sign * np.asarray(row.todense()).ravel())
    return None if world is None else float((row @ world)[0])


def limits_of(board: Board, rows: Sequence[int]) -> tuple[Floats, Floats]:
    """Return the least and the most persons of lines as they are marked."""
    limits = np.array([board.lines[k].limits for k in rows], dtype=float).reshape(-1, 2)
    return limits[:, 0], limits[:, 1]


def loss_of(line: Line) -> float:
    """Return what one person's shift of a line costs, so that small and zero counts weigh in."""
    if line.mark is Mark.SMALL:
        return line.loss * _LOSS_OF_A_SMALL_MARK
    if line.persons == 0:
        return line.loss * _LOSS_OF_A_ZERO
    return line.loss * (1.0 + float(np.log10(1 + (line.persons or 0))))

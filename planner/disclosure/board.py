"""Counts that are or will be released into a search: what is known, what is secret, what moves.

A *line* is one count as it stands in the tables; a *target* is a sum of parts that readers must not
tell. The search changes the marks of lines and gathers worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from planner.disclosure.figures import is_small
from planner.disclosure.programmes import (
    MOST_PERSONS,
    TOLERANCE,
    Flags,
    Floats,
    Known,
    Reader,
)
from planner.disclosure.shifts import Shift
from planner.disclosure.tables import (
    NOTHING_TOLD,
    Claim,
    Fact,
    Mark,
    Part,
    Terms,
    Told,
    changes_between_situations,
    persons_in,
    whole_numbers,
)
from planner.disclosure.worlds import (
    Level,
    Spread,
    Sums,
    any_world,
    beyond,
    spread_one,
    spread_out,
)
from planner.errors import DisclosureError, Fault

_MANY_PARTS = 3000
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

    def said_to(self, level: Level) -> tuple[float, float]:
        """Return the least and the most persons that a reader at `level` reads out of it."""
        if self.told or (self.mark is Mark.SMALL and level >= Level.MARKS):
            return self.limits
        return -np.inf, np.inf

    def most_off(self, level: Level) -> float:
        """Return by how many persons a shift may carry it off: none where it must stay."""
        says = self.told or (self.mark is Mark.SMALL and level >= Level.MARKS)
        return MOST_PERSONS if says and not self.fixed and np.isfinite(self.loss) else 0.0


@dataclass(frozen=True)
class Ground:
    """What stays the same through a search."""

    persons: Mapping[Part, int]
    groups: frozenset[str]
    threshold: int
    also_watch: tuple[Terms, ...] = ()
    told: Told = field(default_factory=lambda: NOTHING_TOLD)
    yielding: bool = False


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
    yielding: bool = False
    plain_facts: Sequence[Fact] = ()
    spreads: dict[Level, Spread] = field(default_factory=dict)
    hidden_for: dict[int, int] = field(default_factory=dict)  # line: the secret that hid it
    readers: dict[Level, Reader] = field(default_factory=dict)
    shifts: dict[Level, Shift] = field(default_factory=dict)

    def reader(self, level: Level) -> Reader:
        """Return what a reader at `level` knows now, to be asked: the facts, then all lines."""
        if level not in self.readers:
            self.readers[level] = Reader(self._statements(level))
        return self.readers[level]

    def shift(self, level: Level) -> Shift:
        """Return the same with a price for every person by which a line that may go is off."""
        if level not in self.shifts:
            self.shifts[level] = _shifting(self, level)
        return self.shifts[level]

    def mark(self, k: int, mark: Mark) -> None:
        """Let line `k` stand as `mark`."""
        line = self.lines[k]
        line.mark = mark
        for level, reader in self.readers.items():
            reader.state(self.row_of(level, k), *line.said_to(level))
        for level, shift in self.shifts.items():
            shift.state(self.row_of(level, k), *line.said_to(level))
            shift.price(k, _price(line), line.most_off(level))

    def movable(self, level: Level, target: int) -> list[Flags]:
        """Return which parts may move for `target`, shape (parts,): at last all.

        Of very many first a few: those that are open already and those of the same places.
        """
        every = np.ones(len(self.column_of), dtype=bool)
        if len(every) <= _MANY_PARTS:
            return [every]
        of_target = self._places[self.targets.matrix[target].indices]
        return [self.reader(level).is_open() | np.isin(self._places, of_target), every]

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """The places of the parts as numbers."""
        return np.unique([part.place for part in self.column_of], return_inverse=True)[1]

    def row_of(self, level: Level, k: int) -> int:
        """Return the statement of line `k` in what a reader at `level` knows."""
        return len(self.facts_for(level)) + k

    def facts_for(self, level: Level) -> Sequence[Fact]:
        """Return the facts that a reader at `level` uses."""
        return self.facts if level == Level.SHARES else self.plain_facts

    def _statements(self, level: Level) -> Known:
        used = self.facts_for(level)
        said = [line.said_to(level) for line in self.lines]
        limits = np.array([(f.low, f.high) for f in used] + said, dtype=float).reshape(-1, 2)
        matrix = sparse.vstack(
            [Sums.of([f.terms for f in used], self.column_of).matrix, self.sums.matrix],
            format="csr",
        )
        return Known(matrix, limits[:, 0], limits[:, 1])


def _shifting(board: Board, level: Level) -> Shift:
    return Shift(
        board.reader(level).known,
        board.spreads[level].worlds[0],
        board.row_of(level, 0),
        np.array([_price(line) for line in board.lines], dtype=float),
        np.array([line.most_off(level) for line in board.lines], dtype=float),
    )


def _price(line: Line) -> float:
    """Return what one person's shift of a line costs; it cannot be paid where it must stay."""
    return loss_of(line) if np.isfinite(line.loss) else 0.0


def set_up(
    lines: list[Line],
    facts: Sequence[Fact],
    ground: Ground,
    *,
    worlds_of: Board | None = None,
) -> Board:
    """Set up the search; worlds of an earlier board over the same lines are kept."""
    stands_for = _alike([line.terms for line in lines] + [f.terms for f in facts])
    column_of = {part: k for k, part in enumerate(dict.fromkeys(stands_for.values()))}
    watched = _watched(lines, stands_for, ground)
    also = [_by_one_of_each(terms, stands_for) for terms in ground.also_watch]
    told = {(_by_one_of_each(of, stands_for), by): ends for (of, by), ends in ground.told.items()}
    secret: dict[Terms, int | None] = dict.fromkeys([*watched, *also])
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
        yielding=ground.yielding,
        plain_facts=[fact for fact in facts if not fact.group_only],
    )
    _start(board, list(secret), told)
    for level, spread in (worlds_of.spreads if worlds_of is not None else {}).items():
        for world in spread.worlds:
            board.spreads[level].see(world, board.targets.matrix)
    return board


def _alike(named: Sequence[Sequence[tuple[Part, float]]] | Sequence[Terms]) -> dict[Part, Part]:
    """Return each part and the one that stands for it: of those of which all sums say the same.

    The first two stand for themselves, the first for all others too. Who has the persons of them
    all may as well have them in these two alone: a world like any other, and what is open for the
    first is open for each.
    """
    says: dict[Part, list[tuple[int, float]]] = {}
    for k, terms in enumerate(named):
        for part, factor in terms:
            says.setdefault(part, []).append((k, factor))
    alike: dict[tuple[tuple[int, float], ...], list[Part]] = {}
    for part, of in says.items():
        alike.setdefault(tuple(of), []).append(part)
    stands_for = {part: some[0] for some in alike.values() for part in some}
    return stands_for | {part: part for some in alike.values() for part in some[1:2]}


def _by_one_of_each(terms: Terms, stands_for: Mapping[Part, Part]) -> Terms:
    """Return a sum that names some parts of those that are alike by one that stands for them."""
    found = {stands_for.get(part, part): factor for part, factor in reversed(terms)}
    return terms if found.keys() <= dict(terms).keys() else tuple(sorted(found.items()))


def _watched(
    lines: Sequence[Line], stands_for: Mapping[Part, Part], ground: Ground
) -> Iterator[Terms]:
    """Give what no cell shows and nobody may work out: small parts and small changes."""
    for part, first in stands_for.items():
        if is_small(ground.persons.get(part, 0), threshold=ground.threshold):
            yield ((first, 1),)
    told = [Claim("", "", "", line.terms, line.mark, line.persons) for line in lines if line.told]
    for change in changes_between_situations(told):
        if is_small(abs(persons_in(change, ground.persons)), threshold=ground.threshold):
            yield change


def _start(board: Board, secret: Sequence[Terms], told: Told) -> None:
    group = np.array(board.of_group, dtype=bool)
    for level in Level:
        enough = float(board.threshold - (0 if level is Level.TOTALS else 2))
        open_by = [_open_by(told.get((terms, level.name.lower()))) for terms in secret]
        needed = np.minimum(enough, np.array(open_by, dtype=float))
        if level is Level.SHARES:
            needed[~group] = 0.0
            if not any(fact.group_only for fact in board.facts):
                continue
        board.spreads[level] = Spread.empty(needed)
        world = any_world(board.reader(level))
        if world is None:
            raise DisclosureError(
                Fault(
                    "the figures contradict what was released before for the same data; give the "
                    "new data a new name"
                )
            )
        board.spreads[level].see(world, board.targets.matrix)


def _open_by(ends: tuple[float, float] | None) -> float:
    """Return by how many persons a secret can be open still, whose ends readers know."""
    if ends is None or not np.isfinite(ends).all():
        return np.inf if ends is None else 0.0
    least, most = whole_numbers(*ends)
    return float(max(0, most - least))


def services_of(board: Board, target: int) -> set[str]:
    """Return the services, or groups, whose persons a secret counts."""
    parts = list(board.column_of)
    return {parts[c].subject for c in board.targets.matrix[target].indices}


def give_in(board: Board, services: set[str]) -> None:
    """Withhold all counts of `services`, so that nothing is added to what is known of them."""
    for k, line in enumerate(board.lines):
        if not line.fixed and any(part.subject in services for part, _ in line.terms):
            board.mark(k, Mark.HIDDEN)
            board.hidden_for.pop(k, None)
    of_others = np.array([part.subject not in services for part in board.column_of])
    for spread in board.spreads.values():
        spread.needed[abs(board.targets.matrix) @ of_others == 0] = 0.0


def narrow_secrets(board: Board, rng: np.random.Generator) -> list[tuple[Level, int]]:
    """Return the secrets for which no worlds far enough apart were found in one go."""
    narrow = []
    for level in board.spreads:
        secrets = _of_secrets(board, level)
        spread_out(board.reader(level), board.targets.matrix, secrets, rng)
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
    return spread_one(board.reader(level), board.targets.matrix, spread, target)


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
    sum_ = board.targets.matrix[target], *beyond(sign, goal)
    for movable in board.movable(level, target):
        found = board.shift(level).cheapest(sum_, movable, whole=whole)
        if found is not None:
            world, off = found
            return world, [int(k) for k in np.flatnonzero(off > TOLERANCE)]
    return None


def furthest(board: Board, level: Level, target: int, sign: float) -> float | None:
    """Return how high (`sign` 1) or low (-1) `target` can be with everything free withheld."""
    reader = Reader(board.reader(level).known)
    for k, line in enumerate(board.lines):
        if not line.fixed and np.isfinite(line.loss):
            reader.state(board.row_of(level, k), -np.inf, np.inf)
    cost = -sign * np.asarray(board.targets.matrix[target].todense()).ravel()
    goal = board.spreads[level].goal(target, sign)
    world = reader.branched(cost, cap=(-sign * goal, np.inf))
    return None if world is None else float(-sign * (cost @ world))


def loss_of(line: Line) -> float:
    """Return what one person's shift of a line costs, so that small and zero counts weigh in."""
    if line.mark is Mark.SMALL:
        return line.loss * _LOSS_OF_A_SMALL_MARK
    if line.persons == 0:
        return line.loss * _LOSS_OF_A_ZERO
    return line.loss * (1.0 + float(np.log10(1 + (line.persons or 0))))

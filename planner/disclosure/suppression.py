"""Cells and what was released before into a release from which no small count can be worked out.

Small counts are marked "< 5" first. Then every number that must not be told is tried: while the
worlds that fit lie too near to each other, the cells whose absence costs a reader least are
withheld ("…"), found by the cheapest shift of all cells that carries the number far enough. At the
end each withheld cell is put back where all numbers stay safe without its absence.

References
----------
J. P. Kelly, B. L. Golden, A. A. Assad: Cell suppression: disclosure protection for sensitive
tabular data. Networks 22 (1992) 397-417.
M. Fischetti, J. J. Salazar: Models and algorithms for optimizing cell suppression in tabular data
with linear constraints. Journal of the American Statistical Association 95 (2000) 916-928.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from planner.disclosure.figures import is_small
from planner.disclosure.tables import (
    Cell,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
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
    solve,
    spread_one,
    spread_out,
    with_rows,
)
from planner.errors import DisclosureError, Fault

log = logging.getLogger(__name__)

_SEED = 20261122
_LOSS_OF_A_ZERO = 3.0  # "0" tells a reader much; withhold it late
_LOSS_OF_A_SMALL_MARK = 0.25  # "< 5" into "…"
_PUT_BACK_AT_MOST = 40
_ATTACKS = 6
_TELLS = {Mark.HIDDEN: 0, Mark.SMALL: 1, Mark.PLAIN: 2}

Attack = Callable[[Sequence[Claim]], Iterable[Terms]]


@dataclass
class _Line:
    """One count that several cells may show: how it stands, and what withholding it costs."""

    terms: Terms
    persons: int | None
    mark: Mark
    loss: float
    fixed: bool

    @property
    def told(self) -> bool:
        return self.mark is Mark.PLAIN


@dataclass(frozen=True)
class _Ground:
    """What stays the same through a search."""

    persons: Mapping[Part, int]
    groups: frozenset[str]
    threshold: int
    also_watch: tuple[Terms, ...] = ()


@dataclass
class _Board:
    """The search's state: lines, targets and the worlds seen at each level."""

    lines: list[_Line]
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
        rows, low, high = [], [], []
        for r, line in enumerate(self.lines):
            if line.told and line.persons is not None:
                rows.append(r)
                low.append(float(line.persons))
                high.append(float(line.persons))
            elif line.mark is Mark.SMALL and level >= Level.MARKS:
                rows.append(r)
                low.append(1.0)
                high.append(self.threshold - 1.0)
        return with_rows(
            self.background(level), self.sums.matrix[rows], np.array(low), np.array(high)
        )

    def background(self, level: Level) -> Known:
        """Return the facts that a reader at `level` uses."""
        used = [f for f in self.facts if not f.group_only or level == Level.SHARES]
        return Known(
            Sums.of([f.terms for f in used], self.column_of).matrix,
            np.array([f.low for f in used]),
            np.array([f.high for f in used]),
        )


def suppress(
    cells: Sequence[Cell],
    persons: Mapping[Part, int],
    *,
    facts: Sequence[Fact] = (),
    before: Sequence[Release] = (),
    groups: frozenset[str] = frozenset(),
    threshold: int,
    attack: Attack | None = None,
    complementary: bool = True,
) -> tuple[Claim, ...]:
    """Return what may be said of each cell, in their order.

    Parameters
    ----------
    cells : sequence of Cell
        The counts to release.
    persons : mapping of Part to int
        The true counts; needed for every part that a cell names, 0 where absent.
    facts : sequence of Fact
        What everybody knows; those of earlier releases count too.
    before : sequence of Release
        What the same readers hold already, of the same snapshot.
    groups : frozenset of str
        Subjects that are target groups; the shares of the needs are held against them.
    threshold : int
        Persons; see `planner.disclosure.figures`.
    attack : callable, optional
        Takes the claims and returns the sums of parts that it could tell; they are protected too.
    complementary : bool
        ``False`` only marks small counts: for showing what an attacker finds then.

    Raises
    ------
    DisclosureError
        If cells that must be shown would tell a small count, with those cells.
    """
    started = time.monotonic()
    lines, line_of_cell = _lines(cells, persons, before, threshold)

    def claims() -> tuple[Claim, ...]:
        return tuple(_claim(cell, lines[k]) for cell, k in zip(cells, line_of_cell, strict=True))

    if not complementary or not cells:
        return claims()
    every_fact = list(dict.fromkeys([*facts, *(f for r in before for f in r.facts)]))
    ground = _Ground(persons, groups, threshold)
    for some_lines, some_facts in _by_subject(lines, every_fact):
        piece = _board(some_lines, some_facts, ground)
        _withhold(piece)
        _put_back(piece)
    board = _board(lines, every_fact, ground)
    _withhold(board)
    _put_back(board)
    for _ in range(_ATTACKS):
        told = tuple(attack(claims())) if attack is not None else ()
        if not told:
            break
        ground = replace(ground, also_watch=(*ground.also_watch, *told))
        board = _board(lines, every_fact, ground, worlds_of=board)
        _withhold(board)
    log.info(
        "protected %d cells: %d small, %d more withheld, %.1f s",
        len(cells),
        sum(line.mark is Mark.SMALL for line in lines),
        sum(line.mark is Mark.HIDDEN for line in lines),
        time.monotonic() - started,
    )
    return claims()


def fitting_persons(releases: Sequence[Release]) -> dict[Part, int]:
    """Return persons by part as they may be, judging by what `releases` say.

    Raises
    ------
    DisclosureError
        If the releases contradict each other.
    """
    threshold = max(release.threshold for release in releases)
    lines, _ = _lines((), {}, releases, threshold)
    facts = list(dict.fromkeys(fact for release in releases for fact in release.facts))
    board = _board(lines, facts, _Ground({}, frozenset(), threshold))
    world = board.spreads[Level.MARKS].worlds[0]
    return {part: round(world[k]) for part, k in board.column_of.items()}


def _claim(cell: Cell, line: _Line) -> Claim:
    persons = line.persons if line.told else None
    return Claim(cell.table, cell.row, cell.column, cell.terms, line.mark, persons)


def _lines(
    cells: Sequence[Cell], persons: Mapping[Part, int], before: Sequence[Release], threshold: int
) -> tuple[list[_Line], list[int]]:
    """Return what was said before and what is to be said now, equal counts once."""
    lines: list[_Line] = []
    at: dict[Terms, int] = {}
    for release in before:
        for claim in release.claims:
            known = at.get(claim.terms)
            if known is None or _TELLS[claim.mark] > _TELLS[lines[known].mark]:
                at[claim.terms] = len(lines)
                lines.append(_Line(claim.terms, claim.persons, claim.mark, 0.0, fixed=True))
    line_of_cell = []
    for cell in cells:
        count = persons_in(cell.terms, persons)
        known = at.get(cell.terms)
        if known is not None and lines[known].fixed:
            _need_same(cell, lines[known], count)
        elif known is None:
            known = at[cell.terms] = len(lines)
            mark = Mark.SMALL if is_small(count, threshold=threshold) else Mark.PLAIN
            lines.append(_Line(cell.terms, count, mark, 0.0, fixed=False))
        line = lines[known]
        line.loss += np.inf if cell.must_show else cell.loss
        line_of_cell.append(known)
    return lines, line_of_cell


def _need_same(cell: Cell, line: _Line, count: int) -> None:
    if line.told and line.persons != count:
        raise DisclosureError(
            Fault(
                "table {table}, row {row}: this count was released with another value for the "
                "same data; give the new data a new name",
                column=cell.column,
                fields={"table": cell.table, "row": cell.row},
            )
        )


def _by_subject(
    lines: Sequence[_Line], facts: Sequence[Fact]
) -> list[tuple[list[_Line], list[Fact]]]:
    """Return lines and facts of one subject each: smaller searches before the one over all."""
    pieces: dict[str, tuple[list[_Line], list[Fact]]] = {}
    for line in lines:
        subjects = {part.subject for part, _ in line.terms}
        if len(subjects) == 1:
            pieces.setdefault(subjects.pop(), ([], []))[0].append(line)
    for fact in facts:
        subjects = {part.subject for part, _ in fact.terms}
        if len(subjects) == 1:
            pieces.setdefault(subjects.pop(), ([], []))[1].append(fact)
    return list(pieces.values()) if len(pieces) > 1 else []


def _board(
    lines: list[_Line],
    facts: Sequence[Fact],
    ground: _Ground,
    *,
    worlds_of: _Board | None = None,
) -> _Board:
    """Set up the search; worlds of an earlier board over the same lines are kept."""
    named = [line.terms for line in lines] + [f.terms for f in facts]
    column_of = {
        part: k for k, part in enumerate(dict.fromkeys(p for terms in named for p, _ in terms))
    }
    watched = _watched(lines, column_of, ground)
    secret: dict[Terms, int | None] = dict.fromkeys([*watched, *ground.also_watch])
    secret |= {line.terms: k for k, line in enumerate(lines)}
    board = _Board(
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


def _watched(lines: Sequence[_Line], column_of: Mapping[Part, int], ground: _Ground) -> list[Terms]:
    """Return what no cell shows and nobody may work out: small parts and small changes."""
    parts: list[Terms] = [((part, 1),) for part in column_of]
    told = [Claim("", "", "", line.terms, line.mark, line.persons) for line in lines if line.told]
    sums = parts + list(changes_between_situations(told))
    return [
        t for t in sums if is_small(abs(persons_in(t, ground.persons)), threshold=ground.threshold)
    ]


def _withhold(board: _Board) -> None:
    """Withhold cells until every secret is spread far enough at every level."""
    rng = np.random.default_rng(_SEED)
    while narrow := _narrow(board, rng):
        for level, target in narrow:
            if board.spreads[level].is_narrow(target):
                _hide_for(board, level, target)


def _start(board: _Board) -> None:
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


def _narrow(board: _Board, rng: np.random.Generator) -> list[tuple[Level, int]]:
    """Return the secrets for which no worlds far enough apart were found in one go."""
    narrow = []
    for level in board.spreads:
        secrets = _of_secrets(board, level)
        spread_out(board.known(level), board.targets.matrix, secrets, rng)
        narrow += [(level, int(t)) for t in secrets.narrow()]
    return narrow


def _safe(board: _Board, rng: np.random.Generator, *, first: int) -> bool:
    """Return whether every secret is spread far enough; `first` is the likeliest not to be."""
    if not all(_spread_alone(board, level, first) for level in board.spreads):
        return False
    return all(_spread_alone(board, level, target) for level, target in _narrow(board, rng))


def _spread_alone(board: _Board, level: Level, target: int) -> bool:
    spread = board.spreads[level]
    if not spread.is_narrow(target):
        return True
    return spread_one(board.known(level), board.targets.matrix, spread, target)


def _of_secrets(board: _Board, level: Level) -> Spread:
    """Return the spread of a level where what stands plainly needs none; it shares the worlds."""
    told = np.array([k is not None and board.lines[k].told for k in board.line_of_target])
    spread = board.spreads[level]
    needed = np.where(told, 0.0, spread.needed)
    return Spread(needed, spread.lowest, spread.highest, spread.worlds)


def _hide_for(board: _Board, level: Level, target: int) -> None:
    """Withhold the cells of the cheapest shift that carries `target` far enough."""
    if _spread_alone(board, level, target):
        return
    for whole in (False, True):
        shifts = _shifts(board, level, target, whole=whole)
        if not shifts:
            continue
        worlds, moved = min(shifts, key=lambda shift: sum(board.lines[k].loss for k in shift[1]))
        for k in moved:
            board.lines[k].mark = Mark.HIDDEN
            board.hidden_for[k] = target
        for world in worlds:
            if np.abs(world - np.round(world)).max() < TOLERANCE:
                board.spreads[level].see(np.round(world), board.targets.matrix)
        if _spread_alone(board, level, target):
            return
    raise DisclosureError(*_cannot(board, target))


def _shifts(
    board: _Board, level: Level, target: int, *, whole: bool
) -> list[tuple[list[Floats], set[int]]]:
    """Return ways to spread `target` far enough: the worlds of each and the lines to withhold.

    Up, down, or, for a number marked "< k", to both ends of what the mark allows.
    """
    spread, line = board.spreads[level], board.line_of_target[target]
    ways: list[tuple[tuple[float, float], ...]] = [
        ((1.0, spread.goal(target, 1.0)),),
        ((-1.0, spread.goal(target, -1.0)),),
    ]
    shifts = []
    if level >= Level.MARKS and line is not None and board.lines[line].mark is Mark.SMALL:
        ways.append(((1.0, board.threshold - 1.0), (-1.0, 1.0)))
    for way in ways:
        legs = [_cheapest_shift(board, level, target, *leg, whole=whole) for leg in way]
        found = [leg for leg in legs if leg is not None]
        if len(found) == len(way):
            shifts.append(([world for world, _ in found], {k for _, moved in found for k in moved}))
    return shifts


def _cheapest_shift(
    board: _Board, level: Level, target: int, sign: float, goal: float, *, whole: bool
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
    low, high = _limits(board, held)
    goal_low, goal_high = beyond(sign, goal)
    statements = Known(
        matrix,
        np.concatenate([background.low, goal_low, low]),
        np.concatenate([background.high, goal_high, high]),
    )
    losses = np.array([_loss(board.lines[k]) for k in free])
    cost = np.concatenate([np.zeros(parts), losses, losses])
    found = solve(cost, statements, whole=parts if whole else 0)
    if found is None:
        return None
    moved = found[parts : parts + len(free)] + found[parts + len(free) :]
    return found[:parts], [k for k, by in zip(free, moved, strict=True) if by > TOLERANCE]


def _limits(board: _Board, held: Sequence[int]) -> tuple[Floats, Floats]:
    lines = [board.lines[k] for k in held]
    low = [float(line.persons or 0) if line.told else 1.0 for line in lines]
    high = [float(line.persons or 0) if line.told else board.threshold - 1.0 for line in lines]
    return np.array(low), np.array(high)


def _loss(line: _Line) -> float:
    if line.mark is Mark.SMALL:
        return line.loss * _LOSS_OF_A_SMALL_MARK
    if line.persons == 0:
        return line.loss * _LOSS_OF_A_ZERO
    return line.loss * (1.0 + float(np.log10(1 + (line.persons or 0))))


def _put_back(board: _Board) -> None:
    """Show withheld cells again where every secret stays safe, the costliest absences first."""
    rng = np.random.default_rng(_SEED)
    hidden = [
        k
        for k, line in enumerate(board.lines)
        if line.mark is Mark.HIDDEN and k in board.hidden_for
    ]
    hidden.sort(key=lambda k: -_loss(board.lines[k]))
    for k in hidden[:_PUT_BACK_AT_MOST]:
        line = board.lines[k]
        small = is_small(line.persons or 0, threshold=board.threshold)
        line.mark = Mark.SMALL if small else Mark.PLAIN
        kept = board.spreads
        board.spreads = {
            level: _worlds_that_fit(board, level, spread, k) for level, spread in kept.items()
        }
        if not _safe(board, rng, first=board.hidden_for[k]):
            line.mark = Mark.HIDDEN
            board.spreads = kept


def _worlds_that_fit(board: _Board, level: Level, spread: Spread, k: int) -> Spread:
    line, row = board.lines[k], board.sums.matrix[k]
    low, high = (1.0, board.threshold - 1.0)
    if line.told:
        low = high = float(line.persons or 0)
    elif level is Level.TOTALS:
        return spread
    fitting = Spread.empty(spread.needed)
    for world in spread.worlds:
        value = float((row @ world)[0])
        if low - TOLERANCE <= value <= high + TOLERANCE:
            fitting.see(world, board.targets.matrix)
    return fitting


def _cannot(board: _Board, target: int) -> list[Fault]:
    """Say which count would be told by cells that must be shown."""
    terms = board.targets.matrix[target]
    parts = list(board.column_of)
    named = "; ".join(
        " ".join(p for p in parts[c] if p)
        for c in sorted(terms.indices)[:3]  # enough to find it
    )
    return [
        Fault(
            "a small count would be told ({what}) by cells that must be shown or were released "
            "before; leave out or merge rows of this table",
            fields={"what": named},
        )
    ]

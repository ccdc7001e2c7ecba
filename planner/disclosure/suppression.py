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

import itertools
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

import numpy as np

from planner.disclosure.board import (
    Board,
    Ground,
    Line,
    cheapest_shift,
    furthest,
    give_in,
    loss_of,
    narrow_secrets,
    services_of,
    set_up,
    spread_alone,
    worlds_that_fit,
)
from planner.disclosure.figures import is_small
from planner.disclosure.programmes import TOLERANCE, Floats, own_threads
from planner.disclosure.tables import (
    NOTHING_TOLD,
    Cell,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    Terms,
    Told,
    persons_in,
)
from planner.disclosure.worlds import Level
from planner.errors import DisclosureError, Fault

log = logging.getLogger(__name__)

_SEED = 20261122
_PUT_BACK_AT_MOST = 10
_ATTACKS = 6
_SORTS: tuple[Callable[[Part], str], ...] = (attrgetter("subject"), attrgetter("place"))
TOLD_BY_OTHERS = (
    "the number of a few persons could be worked out from counts that must be shown or were "
    "published before; leave out or merge rows of this table"
)
_TELLS = {Mark.HIDDEN: 0, Mark.SMALL: 1, Mark.PLAIN: 2}

Attack = Callable[[Sequence[Claim]], Iterable[Terms]]


@own_threads()
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
    told: Told = NOTHING_TOLD,
    yielding: bool = False,
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
    told : Told
        What is told too closely already, so that nothing can protect it any more. It becomes no
        nearer known.
    yielding : bool
        Withhold all counts of a service sooner than refuse.

    Raises
    ------
    DisclosureError
        If cells that must be shown would tell a small count.
    """
    started = time.monotonic()
    lines, line_of_cell = _lines(cells, persons, before, threshold)

    def claims() -> tuple[Claim, ...]:
        return tuple(_claim(cell, lines[k]) for cell, k in zip(cells, line_of_cell, strict=True))

    if not complementary or not cells:
        return claims()
    every_fact = list(dict.fromkeys([*facts, *(f for r in before for f in r.facts)]))
    ground = Ground(persons, groups, threshold, told=told, yielding=yielding)
    for sort in _SORTS:
        for some_lines, some_facts in _pieces(lines, every_fact, sort):
            piece = set_up(some_lines, some_facts, ground)
            _withhold(piece)
            _put_back(piece)
    board = set_up(lines, every_fact, ground)
    _withhold(board)
    _put_back(board)
    for attempt in itertools.count():
        found = tuple(attack(claims())) if attack is not None else ()
        if not found:
            break
        stood = [line.mark for line in lines]
        if attempt < _ATTACKS:
            ground = replace(ground, also_watch=(*ground.also_watch, *found))
            board = set_up(lines, every_fact, ground, worlds_of=board)
            _withhold(board)
        if yielding and stood == [line.mark for line in lines]:
            give_in(board, {part.subject for terms in found for part, _ in terms})
        if stood == [line.mark for line in lines]:
            break
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
    board = set_up(lines, facts, Ground({}, frozenset(), threshold))
    world = board.spreads[Level.MARKS].worlds[0]
    return {part: round(world[k]) for part, k in board.column_of.items()}


def _claim(cell: Cell, line: Line) -> Claim:
    persons = line.persons if line.told else None
    return Claim(cell.table, cell.row, cell.column, cell.terms, line.mark, persons)


def _lines(
    cells: Sequence[Cell], persons: Mapping[Part, int], before: Sequence[Release], threshold: int
) -> tuple[list[Line], list[int]]:
    """Return what was said before and what is to be said now, equal counts once."""
    lines: list[Line] = []
    at: dict[Terms, int] = {}
    for release in before:
        for claim in release.claims:
            known = at.get(claim.terms)
            if known is None or _TELLS[claim.mark] > _TELLS[lines[known].mark]:
                at[claim.terms] = len(lines)
                lines.append(
                    Line(
                        claim.terms,
                        claim.persons,
                        claim.mark,
                        loss=0.0,
                        fixed=True,
                        threshold=release.threshold,
                    )
                )
    line_of_cell = []
    for cell in cells:
        count = persons_in(cell.terms, persons)
        known = at.get(cell.terms)
        if known is not None and lines[known].fixed:
            _need_same(cell, lines[known], count)
        elif known is None:
            known = at[cell.terms] = len(lines)
            mark = Mark.SMALL if is_small(count, threshold=threshold) else Mark.PLAIN
            lines.append(Line(cell.terms, count, mark, loss=0.0, fixed=False, threshold=threshold))
        line = lines[known]
        line.loss += np.inf if cell.must_show else cell.loss
        line_of_cell.append(known)
    return lines, line_of_cell


def _need_same(cell: Cell, line: Line, count: int) -> None:
    if line.told and line.persons != count:
        raise DisclosureError(
            Fault(
                "table {table}, row {row}: this count was released with another value for the "
                "same data; give the new data a new name",
                column=cell.column,
                fields={"table": cell.table, "row": cell.row},
            )
        )


def _pieces(
    lines: Sequence[Line], facts: Sequence[Fact], sort: Callable[[Part], str]
) -> list[tuple[list[Line], list[Fact]]]:
    """Return lines and facts whose parts are all of one sort, sort by sort.

    They are small searches before the one over all, which then has little left to do. Where all
    has been released before there is nothing to search.
    """
    pieces: dict[str, tuple[list[Line], list[Fact]]] = {}
    for line in lines:
        if (of := _only(line.terms, sort)) is not None:
            pieces.setdefault(of, ([], []))[0].append(line)
    for fact in facts:
        if (of := _only(fact.terms, sort)) in pieces:
            pieces[of][1].append(fact)
    asked = [piece for piece in pieces.values() if not all(line.fixed for line in piece[0])]
    return asked if len(pieces) > 1 else []


def _only(terms: Iterable[tuple[Part, float]], sort: Callable[[Part], str]) -> str | None:
    """Return the one sort of all parts of a sum, ``None`` where there are several."""
    found = {sort(part) for part, _ in terms}
    return found.pop() if len(found) == 1 else None


def _withhold(board: Board) -> None:
    """Withhold cells until every secret is spread far enough at every level."""
    rng = np.random.default_rng(_SEED)
    while narrow := narrow_secrets(board, rng):
        for level, target in narrow:
            if board.spreads[level].is_narrow(target):
                _hide_for(board, level, target)


def _safe(board: Board, rng: np.random.Generator, *, first: int) -> bool:
    """Return whether every secret is spread far enough; `first` is the likeliest not to be."""
    if not all(spread_alone(board, level, first) for level in board.spreads):
        return False
    return all(spread_alone(board, level, target) for level, target in narrow_secrets(board, rng))


def _hide_for(board: Board, level: Level, target: int) -> None:
    """Withhold the cells of the cheapest shift that carries `target` far enough."""
    if spread_alone(board, level, target):
        return
    for whole in (False, True):
        shifts = _shifts(board, level, target, whole=whole)
        if not shifts:
            continue
        worlds, moved = min(shifts, key=lambda shift: sum(board.lines[k].loss for k in shift[1]))
        for k in moved:
            board.mark(k, Mark.HIDDEN)
            board.hidden_for[k] = target
        for world in worlds:
            if np.abs(world - np.round(world)).max() < TOLERANCE:
                board.spreads[level].see(np.round(world), board.targets.matrix)
        if spread_alone(board, level, target):
            return
    if not board.yielding:
        raise DisclosureError(Fault(TOLD_BY_OTHERS))
    give_in(board, services_of(board, target))


def _shifts(
    board: Board, level: Level, target: int, *, whole: bool
) -> list[tuple[list[Floats], set[int]]]:
    """Return ways to spread `target` far enough: the worlds of each and the lines to withhold.

    Up, down, or to both ends of what is possible: of what the mark "< k" allows, or of what is
    left open by statements that cannot be taken back.
    """
    spread, line = board.spreads[level], board.line_of_target[target]
    ways: list[tuple[tuple[float, float], ...]] = [
        ((1.0, spread.goal(target, 1.0)),),
        ((-1.0, spread.goal(target, -1.0)),),
    ]
    if level >= Level.MARKS and line is not None and board.lines[line].mark is Mark.SMALL:
        least, most = board.lines[line].limits
        ways.append(((1.0, most), (-1.0, least)))
    shifts = [shift for way in ways if (shift := _along(board, level, target, way, whole=whole))]
    if shifts:
        return shifts
    top = furthest(board, level, target, 1.0)
    if top is None:
        return []
    both = ((1.0, top), (-1.0, top - float(spread.needed[target])))
    shift = _along(board, level, target, both, whole=whole)
    return [shift] if shift is not None else []


def _along(
    board: Board, level: Level, target: int, way: Sequence[tuple[float, float]], *, whole: bool
) -> tuple[list[Floats], set[int]] | None:
    """Return the cheapest worlds for all legs of a way and the lines that move in any of them."""
    legs = [cheapest_shift(board, level, target, *leg, whole=whole) for leg in way]
    found = [leg for leg in legs if leg is not None]
    if len(found) < len(way):
        return None
    return [world for world, _ in found], {k for _, moved in found for k in moved}


def _put_back(board: Board) -> None:
    """Show withheld cells again where every secret stays safe, the costliest absences first."""
    rng = np.random.default_rng(_SEED)
    hidden = [
        k
        for k, line in enumerate(board.lines)
        if line.mark is Mark.HIDDEN and k in board.hidden_for
    ]
    hidden.sort(key=lambda k: -loss_of(board.lines[k]))
    for k in hidden[:_PUT_BACK_AT_MOST]:
        line = board.lines[k]
        small = is_small(line.persons or 0, threshold=board.threshold)
        board.mark(k, Mark.SMALL if small else Mark.PLAIN)
        kept = board.spreads
        board.spreads = {
            level: worlds_that_fit(board, level, spread, k) for level, spread in kept.items()
        }
        if not _safe(board, rng, first=board.hidden_for[k]):
            board.mark(k, Mark.HIDDEN)
            board.spreads = kept

"""Releases into what an attacker can work out from them: the numbers that were meant to be hidden.

The attacker holds everything released and nothing else. Each withheld number is tried in two ways:
as a combination of what stands plainly (row space: it is told exactly), and as the least and the
most that it can be (linear programmes over all non-negative worlds). This module shares no code
with the search that protects a release, so that a mistake there shows here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsmr

from planner.disclosure.tables import (
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    Terms,
    changes_between_situations,
)

Floats = NDArray[np.float64]

_NEAR = 1e-6
_MOST_PERSONS = 100_000.0  # no part holds more; keeps the programmes bounded
_SHAKES = 16
_PRIMAL_SIMPLEX = 4
_SEED = 5


@dataclass(frozen=True)
class Finding:
    """A number that readers can tell too closely.

    Attributes
    ----------
    table, row, column : str
        The withheld cell, or "" and the parts in words where no cell shows the number.
    terms : Terms
        What it counts.
    low, high : float
        The least and the most persons that it can be.
    exact : bool
        Whether it is told to the person.
    by : str
        "totals", "marks" (knowing that "< 5" means 1 to 4) or "shares" (of the group counts).
    """

    table: str
    row: str
    column: str
    terms: Terms
    low: float
    high: float
    exact: bool
    by: str


@dataclass(frozen=True)
class _Suspect:
    claim: Claim | None
    terms: Terms
    threshold: int


@dataclass(frozen=True)
class _Statement:
    terms: Sequence[tuple[Part, float]]
    low: float
    high: float


def audit(
    releases: Sequence[Release],
    *,
    groups: frozenset[str] = frozenset(),
    threshold: int | None = None,
) -> tuple[Finding, ...]:
    """Return every number that `releases` together tell too closely; empty means safe.

    A withheld number is told too closely where its interval is narrower than the threshold k, or,
    using that a mark "< k" means 1 to k - 1, narrower than such a mark. Numbers that no cell shows
    (single parts, changes between situations) count where the narrow interval reaches 1 to k - 1.

    Parameters
    ----------
    releases : sequence of Release
        All that the reader holds, of one snapshot.
    groups : frozenset of str
        Subjects that are target groups; only they are attacked through the shares of needs.
    threshold : int, optional
        Persons from which on this reader may know a count. Where absent, each mark has that of its
        release, and what no cell shows the strictest of all.
    """
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - HiGHS keeps one pool of threads
    suspects = _suspects(releases, threshold)
    findings: dict[Terms, Finding] = {}
    for by in ("totals", "marks", "shares"):
        facts = [f for release in releases for f in release.facts]
        if by == "shares" and not any(f.group_only for f in facts):
            continue
        asked = [s for s in suspects if by != "shares" or _is_group(s.terms, groups)]
        for finding in _attack(_statements(releases, facts, by), asked, by):
            findings.setdefault(finding.terms, finding)
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - of its threads nothing stays
    return tuple(findings.values())


def _suspects(releases: Sequence[Release], threshold: int | None) -> list[_Suspect]:
    """Return the withheld cells, then every part and every change that no cell shows."""
    strictest = threshold or max((release.threshold for release in releases), default=0)
    told = {c.terms for r in releases for c in r.claims if c.mark is Mark.PLAIN}
    suspects: dict[Terms, _Suspect] = {}
    for release in releases:
        for claim in release.claims:
            if claim.mark is not Mark.PLAIN and claim.terms not in told:
                suspects[claim.terms] = _Suspect(claim, claim.terms, threshold or release.threshold)
    claims = [claim for release in releases for claim in release.claims]
    parts = dict.fromkeys(part for claim in claims for part, _ in claim.terms)
    parts |= dict.fromkeys(part for r in releases for fact in r.facts for part, _ in fact.terms)
    unshown: Iterable[Terms] = [
        *(((part, 1),) for part in parts),
        *changes_between_situations(claims),
    ]
    for terms in unshown:
        if terms not in told:
            suspects.setdefault(terms, _Suspect(None, terms, strictest))
    return list(suspects.values())


def _statements(releases: Sequence[Release], facts: Sequence[Fact], by: str) -> list[_Statement]:
    statements = [
        _Statement(fact.terms, fact.low, fact.high)
        for fact in facts
        if by == "shares" or not fact.group_only
    ]
    for release in releases:
        for claim in release.claims:
            terms = [(part, float(c)) for part, c in claim.terms]
            if claim.mark is Mark.PLAIN and claim.persons is not None:
                statements.append(_Statement(terms, float(claim.persons), float(claim.persons)))
            elif claim.mark is Mark.SMALL and by != "totals":
                statements.append(_Statement(terms, 1.0, release.threshold - 1.0))
    return statements


def _attack(
    statements: Sequence[_Statement], suspects: Sequence[_Suspect], by: str
) -> Iterator[Finding]:
    """Yield what is told too closely, one connected piece of the tables after another."""
    for piece_statements, piece_suspects in _pieces(statements, suspects):
        parts = dict.fromkeys(p for s in piece_statements for p, _ in s.terms)
        parts |= dict.fromkeys(p for s in piece_suspects for p, _ in s.terms)
        column_of = {part: k for k, part in enumerate(parts)}
        attacker = _Attacker.of(piece_statements, column_of)
        asked = _matrix([s.terms for s in piece_suspects], column_of)
        low, high, exact = attacker.intervals(asked, [_enough(s, by) for s in piece_suspects])
        for s, least, most, told in zip(piece_suspects, low, high, exact, strict=True):
            if _too_close(s, float(least), float(most), by):
                yield _finding(s, float(least), float(most), exact=bool(told), by=by)


def _enough(suspect: _Suspect, by: str) -> float:
    """Return how wide an interval must be, in persons."""
    return suspect.threshold if by == "totals" else suspect.threshold - 2


def _too_close(suspect: _Suspect, low: float, high: float, by: str) -> bool:
    if high - low >= _enough(suspect, by) - _NEAR:
        return False
    if suspect.claim is not None:
        return True
    least, most = (low, high) if high > 0 else (-high, -low)
    if low < -_NEAR and high > _NEAR:
        least, most = 0.0, max(-low, high)
    return most >= 1 - _NEAR and least <= suspect.threshold - 1 + _NEAR


def _finding(suspect: _Suspect, low: float, high: float, *, exact: bool, by: str) -> Finding:
    if suspect.claim is not None:
        table, row, column = suspect.claim.key
    else:
        first = suspect.terms[0][0]
        table, row, column = "", first.place, f"{first.subject} {first.situation} {first.state}"
    return Finding(table, row, column, suspect.terms, low, high, exact or high - low < _NEAR, by)


@dataclass(frozen=True)
class _Attacker:
    """Equations and limits of one piece, without the parts that must be 0."""

    equations: Any
    upper: Floats
    solver: highspy.Highs

    @staticmethod
    def of(statements: Sequence[_Statement], column_of: Mapping[Part, int]) -> _Attacker:
        equal = [s for s in statements if s.low == s.high]
        unequal = [s for s in statements if s.low != s.high]
        equations = _matrix([s.terms for s in equal], column_of)
        values = np.array([s.low for s in equal], dtype=float)
        rows = _matrix([s.terms for s in unequal], column_of)
        low = np.array([s.low for s in unequal], dtype=float)
        high = np.array([s.high for s in unequal], dtype=float)
        limits = sparse.vstack([rows[np.isfinite(high)], -rows[np.isfinite(low)]], format="csr")
        most = np.concatenate([high[np.isfinite(high)], -low[np.isfinite(low)]])
        upper = _upper(equations, values)
        solver = _solver_of(equations, values, limits, most, upper)
        return _Attacker(equations, upper, solver)

    def intervals(
        self, asked: Any, enough: Sequence[float]
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return the least and the most of each sum of `asked`, and which are told exactly.

        An interval that is wide enough is not measured to its end.
        """
        width = np.array(enough, dtype=float)
        low = np.full(len(width), np.inf)
        high = np.full(len(width), -np.inf)

        def see(world: Floats | None) -> None:
            if world is not None:
                np.minimum(low, asked @ world, out=low)
                np.maximum(high, asked @ world, out=high)

        see(self.extreme(np.zeros(asked.shape[1])))
        exact = self.told_exactly(asked)
        rng = np.random.default_rng(_SEED)
        for _ in range(_SHAKES):
            narrow = np.flatnonzero((high - low < width - _NEAR) & ~exact)
            if len(narrow) == 0:
                break
            signs = rng.choice([-1.0, 1.0], size=len(narrow)) * rng.random(len(narrow))
            see(self.extreme(asked[narrow].T @ signs))
        for t in np.flatnonzero((high - low < width - _NEAR) & ~exact):
            row = np.asarray(asked[t].todense()).ravel()
            for sign in (1.0, -1.0):
                if high[t] - low[t] < width[t] - _NEAR:
                    see(self.extreme(sign * row))
        return low, high, exact

    def extreme(self, cost: Floats) -> Floats | None:
        """Return the world of least cost, fractions allowed, ``None`` where none was found.

        The solver goes on from the world that it found before (primal simplex).
        """
        size = len(self.upper)
        self.solver.changeColsCost(size, np.arange(size, dtype=np.int32), cost)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.solver.clearSolver()  # from nothing, so that no bad start hides a world
            self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.solver.getSolution().col_value)

    def told_exactly(self, asked: Any) -> NDArray[np.bool_]:
        """Return which sums are combinations of the equations (row space of the plain counts).

        A sum is one iff it does not move along any direction that leaves the equations alone; three
        random such directions decide.
        """
        open_parts = self.upper > 0
        equations, asked = self.equations[:, open_parts], asked[:, open_parts]
        rng = np.random.default_rng(_SEED)
        moves = np.zeros(asked.shape[0])
        for _ in range(3):
            direction = rng.standard_normal(equations.shape[1])
            if equations.shape[0]:
                direction -= _into_row_space(equations, direction)
            moves = np.maximum(moves, np.abs(asked @ direction))
        return np.asarray(moves < _NEAR, dtype=bool)


def _solver_of(
    equations: Any, values: Floats, limits: Any, most: Floats, upper: Floats
) -> highspy.Highs:
    rows = sparse.vstack([equations, limits], format="csr")
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(upper), rows.shape[0]
    model.col_cost_ = model.col_lower_ = np.zeros(len(upper))
    model.col_upper_ = upper
    model.row_lower_ = np.concatenate([values, np.full(len(most), -np.inf)])
    model.row_upper_ = np.concatenate([values, most])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
    model.a_matrix_.value_ = rows.data
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    solver.run()
    solver.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
    return solver


def _into_row_space(equations: Any, direction: Floats) -> Floats:
    """Return the projection of `direction` onto the row space of `equations`."""
    weights = lsmr(
        equations.T, direction, atol=1e-13, btol=1e-13, maxiter=20 * sum(equations.shape)
    )[0]
    return np.asarray(equations.T @ weights, dtype=float)


def _upper(equations: Any, values: Floats) -> Floats:
    """Return the most that each part can be: 0 where a sum that is 0 holds it, over and over."""
    upper = np.full(equations.shape[1], _MOST_PERSONS)
    rows = equations.tocsr()
    pending = set(np.flatnonzero(values == 0))
    changed = True
    while changed:
        changed = False
        for r in sorted(pending):
            columns = rows.indices[rows.indptr[r] : rows.indptr[r + 1]]
            factors = rows.data[rows.indptr[r] : rows.indptr[r + 1]]
            live = upper[columns] > 0
            if (factors[live] > 0).all() or (factors[live] < 0).all():
                upper[columns[live]] = 0.0
                pending.discard(r)
                changed = True
    return upper


def _pieces(
    statements: Sequence[_Statement], suspects: Sequence[_Suspect]
) -> Iterator[tuple[list[_Statement], list[_Suspect]]]:
    """Yield statements and suspects that share no part with any other piece."""
    items: list[Sequence[tuple[Part, float]] | Terms] = [s.terms for s in statements]
    items += [s.terms for s in suspects]
    column_of = {
        part: k for k, part in enumerate(dict.fromkeys(p for terms in items for p, _ in terms))
    }
    links = _matrix(items, column_of)
    graph = sparse.bmat([[None, links], [links.T, None]], format="csr")
    count, label = connected_components(graph, directed=False) if items else (0, np.zeros(0))
    pieces: list[tuple[list[_Statement], list[_Suspect]]] = [([], []) for _ in range(count)]
    for k, statement in enumerate(statements):
        pieces[label[k]][0].append(statement)
    for k, suspect in enumerate(suspects):
        pieces[label[len(statements) + k]][1].append(suspect)
    return iter([piece for piece in pieces if piece[1]])


def _matrix(
    terms: Sequence[Sequence[tuple[Part, float]]] | Sequence[Terms], column_of: Mapping[Part, int]
) -> Any:
    rows = [r for r, row in enumerate(terms) for _ in row]
    columns = [column_of[part] for row in terms for part, _ in row]
    values = [float(c) for row in terms for _, c in row]
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(terms), len(column_of)))


def _is_group(terms: Terms, groups: frozenset[str]) -> bool:
    return all(part.subject in groups for part, _ in terms)

"""Location instances in OR-Library's formats into proven answers, one JSON line per file.

``python -m benchmarks.orlib pmed|pcenter|cap FILE... [--time-limit S]``. Sites and demand rows are
numbered from 0 in the order of the file. Formats: Beasley (1990), OR-Library, J. Opl. Res. Soc. 41.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from planner.errors import Fault, InputError, PlannerError
from planner.facility_location.classical import LocationAnswer, fixed_charge, p_center, p_median

Floats = NDArray[np.float64]

_END_OF_FILE = "\x1a"
"""What old systems write after a text."""


@dataclass(frozen=True, eq=False)
class Graph:
    """A pmed file: minutes of shape (n, n) between all vertices, and the sites to open."""

    minutes: Floats
    p: int


@dataclass(frozen=True, eq=False)
class Warehouses:
    """A cap file: costs of shape (customers, facilities) of serving all of a customer's demand."""

    costs: Floats
    demand: Floats
    fixed: Floats
    capacity: Floats


def read_pmed(path: Path) -> Graph:
    """Return the shortest ways between all vertices of a pmed file.

    Edges have no direction; of repeated edges the last one counts. Raises `InputError` with the
    line for a malformed file.
    """
    words = _Words(path)
    n = words.whole("the number of vertices", least=1)
    m = words.whole("the number of edges", least=0)
    p = words.whole("the number of sites", least=1, most=n)
    length: dict[tuple[int, int], float] = {}
    for _ in range(m):
        a = words.whole("a vertex", least=1, most=n) - 1
        b = words.whole("a vertex", least=1, most=n) - 1
        length[min(a, b), max(a, b)] = words.number("the length of an edge")
    words.end()
    ends = np.array(list(length), dtype=np.int64).reshape(-1, 2)
    graph = csr_matrix((np.array(list(length.values())), (ends[:, 0], ends[:, 1])), shape=(n, n))
    return Graph(np.asarray(dijkstra(graph, directed=False), dtype=np.float64), p)


def read_cap(path: Path, *, capacity: float | None = None) -> Warehouses:
    """Return the costs, demand and capacities of a cap file.

    `capacity` is what every facility holds where the file says "capacity" instead of a number
    (capa, capb, capc). Raises `InputError` with the line for a malformed file.
    """
    words = _Words(path)
    m = words.whole("the number of facilities", least=1)
    n = words.whole("the number of customers", least=1)
    holds, fixed = np.empty(m), np.empty(m)
    for j in range(m):
        holds[j] = words.capacity(capacity)
        fixed[j] = words.number("a fixed cost")
    demand, costs = np.empty(n), np.empty((n, m))
    for i in range(n):
        demand[i] = words.number("a demand")
        for j in range(m):
            costs[i, j] = words.number("a cost")
    words.end()
    return Warehouses(costs, demand, fixed, holds)


def main(arguments: list[str] | None = None) -> int:
    """Answer every file; return 0, or the exit code of the last error."""
    asked = _parser().parse_args(arguments)
    code = 0
    for path in asked.files:
        try:
            answer = _answer(path, asked)
        except PlannerError as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            code = error.exit_code
            continue
        print(json.dumps(_line(path, answer)), flush=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.orlib", description=__doc__)
    parser.add_argument("problem", choices=("pmed", "pcenter", "cap"))
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--time-limit", type=float, default=None, metavar="S", help="seconds each")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap to be content with")
    parser.add_argument("--capacity", type=float, help='where a cap file says "capacity"')
    parser.add_argument("--uncapacitated", action="store_true", help="cap without capacities")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _answer(path: Path, asked: argparse.Namespace) -> LocationAnswer:
    limits: dict[str, Any] = {
        "seconds": asked.time_limit,
        "gap": asked.gap,
        "seed": asked.seed,
    }
    if asked.problem == "cap":
        given = 0.0 if asked.uncapacitated and asked.capacity is None else asked.capacity
        cap = read_cap(path, capacity=given)
        capacity = None if asked.uncapacitated else cap.capacity
        return fixed_charge(cap.costs, cap.demand, cap.fixed, capacity, **limits)
    graph = read_pmed(path)
    if asked.problem == "pcenter":
        return p_center(graph.minutes, graph.p, **limits)
    return p_median(graph.minutes, np.ones(len(graph.minutes)), graph.p, **limits)


def _line(path: Path, answer: LocationAnswer) -> dict[str, Any]:
    if answer.assignment.ndim == 1:
        assignment: list[Any] = answer.assignment.tolist()
    else:  # demand may be split: [site, share] pairs for each row
        assignment = [
            [[int(j), float(row[j])] for j in np.flatnonzero(row)] for row in answer.assignment
        ]
    return {
        "file": str(path),
        "opened": answer.opened.tolist(),
        "assignment": assignment,
        "value": _finite(answer.value),
        "bound": _finite(answer.bound),
        "gap": answer.gap,
        "status": str(answer.status),
        "seconds": round(answer.seconds, 3),
    }


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


class _Words:
    """The words of a file, one by one, each with its line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._row = 1
        try:
            text = path.read_text(encoding="ascii").partition(_END_OF_FILE)[0]
        except (OSError, UnicodeDecodeError) as error:
            raise self._error("cannot be read: {why}", why=str(error)) from error
        self._words = self._by_line(text)

    def number(self, what: str) -> float:
        """Return the next word as a finite number, 0 or more."""
        return self._as_number(self._next(what), what)

    def _as_number(self, word: str, what: str) -> float:
        try:
            found = float(word)
        except ValueError:
            found = math.nan
        if not math.isfinite(found) or found < 0:
            raise self._error(
                "{found!r} instead of {what}: give a number, 0 or more", found=word, what=what
            )
        return found

    def whole(self, what: str, *, least: int, most: int | None = None) -> int:
        """Return the next word as a whole number from `least` to `most`."""
        word = self._next(what)
        within = word.isdecimal() and int(word) >= least and (most is None or int(word) <= most)
        if not within:
            allowed = f"from {least} to {most}" if most is not None else f"of at least {least}"
            raise self._error(
                "{found!r} instead of {what}: give a whole number {allowed}",
                found=word,
                what=what,
                allowed=allowed,
            )
        return int(word)

    def capacity(self, given: float | None) -> float:
        """Return the next word as a capacity; the word "capacity" stands for `given`."""
        word = self._next("a capacity")
        if word.lower() != "capacity":
            return self._as_number(word, "a capacity")
        if given is None:
            raise self._error("the file leaves the capacity open: give --capacity")
        return given

    def end(self) -> None:
        """Raise unless every word was read."""
        for row, word in self._words:
            self._row = row
            raise self._error("{found!r} after the end of the data: remove it", found=word)

    def _by_line(self, text: str) -> Iterator[tuple[int, str]]:
        for row, line in enumerate(text.splitlines(), start=1):
            for word in line.split():
                yield row, word

    def _next(self, what: str) -> str:
        for row, word in self._words:
            self._row = row
            return word
        raise self._error("the file ends where {what} should be", what=what)

    def _error(self, text: str, **fields: str) -> InputError:
        return InputError(Fault(text, str(self._path), self._row, fields=fields))


if __name__ == "__main__":
    sys.exit(main())

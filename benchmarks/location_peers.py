"""Classical location problems of growing size into seconds beside other open solvers, in one run.

``python -m benchmarks.location_peers [--time-limit S] [--quick] [--only TEXT]`` prints a Markdown
table. Peers: spopt with its default solver, the textbook model in PuLP with CBC, and pbp-pmedian
(extra ``bench``). Every answer is timed in a process of its own, which loads what it needs and
solves a tiny problem before the clock starts.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import cdist

from benchmarks.orlib_instances import pmed_text

Floats = NDArray[np.float64]

OURS = "Tuvāk"
SPOPT = "spopt"
PLAIN = "PuLP + CBC"
PBP = "pbp-pmedian"

_TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Processor time is counted in such seconds; less is not seen."""
_GLANCE_SECONDS = 0.5


@dataclass(frozen=True)
class Instance:
    """What to solve: p-median, p-center, set covering or maximal covering, on what."""

    problem: str
    kind: str
    size: int
    p: int
    peers: tuple[str, ...]

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{self.problem}, {self.kind} {self.size}/{self.p}"


_SIZES = {
    ("p-median", "graph"): ((100, 10), (200, 20), (300, 30), (900, 90)),
    ("p-median", "Euclidean"): ((250, 12), (500, 25), (1000, 50)),
    ("p-center", "graph"): ((25, 3), (50, 5), (100, 10), (200, 20), (900, 90)),
    ("set covering", "Euclidean"): ((100, 6), (200, 12), (400, 24), (800, 48)),
    ("maximal covering", "Euclidean"): ((200, 10), (400, 20), (800, 40), (1600, 80)),
}
_LARGEST = {
    ("p-median", SPOPT): 500,
    ("p-median", PLAIN): 300,
    ("p-center", SPOPT): 200,
    ("p-center", PLAIN): 50,
}
"""Sizes above which a solver is not asked: it would not end within any limit that is waited for."""


def _peers(problem: str, size: int) -> tuple[str, ...]:
    solvers = (SPOPT, PLAIN, PBP) if problem == "p-median" else (SPOPT, PLAIN)
    return tuple(s for s in solvers if size <= _LARGEST.get((problem, s), size))


INSTANCES = tuple(
    Instance(problem, kind, size, p, _peers(problem, size))
    for (problem, kind), sizes in _SIZES.items()
    for size, p in sizes
)


@dataclass(frozen=True)
class Timed:
    """Value and seconds of one solver; `value` is ``None`` where time ran out or it failed.

    `processor` are the processor seconds, those of a solver that was started included.
    """

    value: float | None
    seconds: float
    processor: float
    note: str = ""


def main(arguments: list[str] | None = None) -> None:
    """Print one line per instance and solver."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--time-limit", type=float, default=180.0, metavar="S", help="processor seconds each"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="instances named so")
    parser.add_argument("--quick", action="store_true", help="the smallest of each problem")
    asked = parser.parse_args(arguments)
    print("| instance (size/p) | solver | value | seconds | processor | times ours |")
    print("|---|---|---|---|---|---|")
    seen: set[str] = set()
    for instance in INSTANCES:
        if (asked.quick and instance.problem in seen) or asked.only not in instance.name:
            continue
        seen.add(instance.problem)
        ours = _timed(instance, OURS, asked.time_limit)
        _print_row(instance, OURS, ours, ours)
        for peer in instance.peers:
            _print_row(instance, peer, _timed(instance, peer, asked.time_limit), ours)


def _print_row(instance: Instance, solver: str, timed: Timed, ours: Timed) -> None:
    over = "> " if timed.value is None and not timed.note else ""
    value = timed.note or ("–" if timed.value is None else f"{timed.value:g}")
    times = timed.processor / max(ours.processor, _TICK)
    ratio = "" if solver == OURS or timed.note else f"{over}{times:.1f}"
    print(
        f"| {instance.name} | {solver} | {value} | {over}{timed.seconds:.2f} "
        f"| {over}{timed.processor:.2f} | {ratio} |",
        flush=True,
    )


def _timed(instance: Instance, solver: str, time_limit: float) -> Timed:
    """Return what `solver` needs, ended from outside after `time_limit` processor seconds."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(instance, solver, sender))
    process.start()
    # ready, then the answer; setting up is not timed
    receiver.poll(600)
    setting_up = receiver.recv()
    if setting_up:
        process.join()
        return Timed(None, 0.0, 0.0, setting_up)
    began, before = time.perf_counter(), _processor_seconds(process.pid)
    used = 0.0
    while not (answered := receiver.poll(_GLANCE_SECONDS)) and used < time_limit:
        used = _processor_seconds(process.pid) - before
    result = receiver.recv() if answered else Timed(None, time.perf_counter() - began, used)
    os.killpg(process.pid, signal.SIGKILL)  # with the solver that it may have started
    process.join()
    return result


def _answer(instance: Instance, solver: str, sender: multiprocessing.connection.Connection) -> None:
    os.setsid()
    try:
        solve = {OURS: _by_us, SPOPT: _by_spopt, PLAIN: _by_plain, PBP: _by_pbp}[solver]
        tiny = Instance(instance.problem, instance.kind, 20, 3, ())
        solve(tiny, _minutes(tiny))
        minutes = _minutes(instance)
    except ImportError as error:
        sender.send(f"not installed ({error.name})")
        return
    sender.send("")
    began, before = time.perf_counter(), sum(os.times()[:4])
    value, note = None, ""
    try:
        value = solve(instance, minutes)
    except Exception as error:  # noqa: BLE001 - a peer's failure is a result
        note = type(error).__name__
    seconds, processor = time.perf_counter() - began, sum(os.times()[:4]) - before
    sender.send(Timed(value, seconds, processor, note))


def _processor_seconds(group: int | None) -> float:
    """Return the processor seconds of the living processes of a group."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # after the name in brackets: state, parent, group, ... user and system time
            fields = path.read_text("ascii", errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
    return ticks * _TICK


def _minutes(instance: Instance) -> Floats:
    n = instance.size
    if instance.kind == "Euclidean":
        places = np.random.default_rng(n + instance.p).random((n, 2)) * 10_000
        return np.rint(cdist(places, places))
    lines = pmed_text(n, instance.p, seed=n + instance.p).splitlines()[1:]
    edges = {}
    for line in lines:
        a, b, length = map(int, line.split())
        edges[min(a, b) - 1, max(a, b) - 1] = length
    ends = np.array(list(edges))
    graph = csr_matrix((list(edges.values()), (ends[:, 0], ends[:, 1])), shape=(n, n))
    return np.asarray(dijkstra(graph, directed=False))


def _persons(instance: Instance) -> Floats:
    if instance.problem != "maximal covering":
        return np.ones(instance.size)
    return np.random.default_rng(instance.size).integers(1, 100, instance.size).astype(float)


def _limit(instance: Instance) -> float:
    """Return a limit at which about p sites are needed on a square of 10,000."""
    return float(round(6_500 / np.sqrt(instance.p)))


def _by_us(instance: Instance, minutes: Floats) -> float:
    from planner.facility_location import classical

    doors: dict[str, Callable[[], classical.LocationAnswer]] = {
        "p-median": lambda: classical.p_median(minutes, _persons(instance), instance.p),
        "p-center": lambda: classical.p_center(minutes, instance.p),
        "set covering": lambda: classical.set_covering(minutes, _limit(instance)),
        "maximal covering": lambda: classical.maximal_covering(
            minutes, _persons(instance), instance.p, _limit(instance) / 2
        ),
    }
    answer = doors[instance.problem]()
    if answer.gap:
        raise ArithmeticError
    return answer.value


def _by_spopt(instance: Instance, minutes: Floats) -> float:
    import pulp
    from spopt.locate import LSCP, MCLP, PCenter, PMedian

    persons = _persons(instance)
    if instance.problem == "p-median":
        model = PMedian.from_cost_matrix(minutes, persons, p_facilities=instance.p)
    elif instance.problem == "p-center":
        model = PCenter.from_cost_matrix(minutes, p_facilities=instance.p)
    elif instance.problem == "set covering":
        model = LSCP.from_cost_matrix(minutes, _limit(instance))
    else:
        model = MCLP.from_cost_matrix(
            minutes, persons, service_radius=_limit(instance) / 2, p_facilities=instance.p
        )
    solved = model.solve(pulp.PULP_CBC_CMD(msg=False))
    return float(pulp.value(solved.problem.objective))


def _by_plain(instance: Instance, minutes: Floats) -> float:
    import pulp

    n = instance.size
    program = pulp.LpProblem(
        "plain",
        pulp.LpMaximize if instance.problem == "maximal covering" else pulp.LpMinimize,
    )
    y = [pulp.LpVariable(f"y{j}", cat="Binary") for j in range(n)]
    if instance.problem != "set covering":
        program += pulp.lpSum(y) == instance.p
    if instance.problem in {"set covering", "maximal covering"}:
        limit = _limit(instance) / (1 if instance.problem == "set covering" else 2)
        near = [[y[j] for j in np.flatnonzero(row <= limit)] for row in minutes]
        if instance.problem == "set covering":
            program.setObjective(pulp.lpSum(y))
            for sites in near:
                program += pulp.lpSum(sites) >= 1
        else:
            z = [pulp.LpVariable(f"z{i}", 0, 1) for i in range(n)]
            program.setObjective(pulp.lpDot(_persons(instance).tolist(), z))
            for covered, sites in zip(z, near, strict=True):
                program += covered <= pulp.lpSum(sites)
    else:
        x = [[pulp.LpVariable(f"x{i}_{j}", 0) for j in range(n)] for i in range(n)]
        longest = pulp.LpVariable("longest", 0)
        if instance.problem == "p-median":
            program.setObjective(
                pulp.lpSum(minutes[i, j] * x[i][j] for i in range(n) for j in range(n))
            )
        else:
            program.setObjective(longest + 0)
        for i in range(n):
            program += pulp.lpSum(x[i]) == 1
            if instance.problem == "p-center":
                program += pulp.lpDot(minutes[i].tolist(), x[i]) <= longest
            for j in range(n):
                program += x[i][j] <= y[j]
    program.solve(pulp.PULP_CBC_CMD(msg=False))
    return float(pulp.value(program.objective))


def _by_pbp(instance: Instance, minutes: Floats) -> float:
    import pbp_pmedian

    return float(pbp_pmedian.solve(minutes, p=instance.p)[0])


if __name__ == "__main__":
    main()

"""Travel times against everything that pip installs: ``python -m benchmarks.travel_times``.

One run makes the road graphs and lets each contender answer the same question on them in a process
of its own, one after the other: set-up (its own graph from arrays of arcs) and query together.
Slow contenders do a part of the origins, and the time is scaled up; the table says so. Before the
clock starts, each has answered a question on a tiny graph (imports, compilers).

Both the clock on the wall and the processor time of all threads are told: on a machine that others
use too, only the second can be compared.

The answers are compared with ours on all that was asked: weights are whole milliseconds.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.synthetic_roads import synthetic_roads
from benchmarks.travel_time_contenders import CONTENDERS, Question, ours
from planner.roads.elimination import Graph

_TOLD = "result: "
GRAPHS = {"20k": (20_000, False), "200k": (200_000, False), "1M": (1_000_000, True)}
QUESTIONS = {"500×300": (500, 300), "5,000×1,000": (5_000, 1_000)}


@dataclass(frozen=True)
class Result:
    """What one contender did with one question, by the clock and of all processors together."""

    contender: str
    graph: str
    question: str
    setup_wall_s: float
    query_wall_s: float
    setup_cpu_s: float
    query_cpu_s: float
    share_asked: float
    largest_error_ms: float
    peak_mb: int


def run(graphs: list[str], questions: list[str], contenders: list[str]) -> list[Result]:
    """Return what every contender did with every question, each in its own process."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name in graphs:
            roads = synthetic_roads(GRAPHS[name][0], subdivided=GRAPHS[name][1])
            file = Path(folder) / f"{name}.npz"
            np.savez(
                file,
                tail=roads.graph.tail,
                head=roads.graph.head,
                weight=roads.graph.weight,
                xy=roads.xy,
                mutual=roads.mutual,
            )
            for question in questions:
                for contender in contenders:
                    result = _in_own_process(contender, name, question, file)
                    print(result or f"{contender}: no answer", file=sys.stderr, flush=True)
                    results += [result] if result else []
    return results


def table(results: list[Result], graph: str, question: str) -> str:
    """Return the results of one question as a table in Markdown, ratios to ours."""
    here = [r for r in results if (r.graph, r.question) == (graph, question)]
    if not here or here[0].contender != "ours":
        return ""
    own = here[0]
    own_wall, own_cpu = own.setup_wall_s + own.query_wall_s, own.setup_cpu_s + own.query_cpu_s
    lines = [
        f"### {graph} nodes, {question}",
        "",
        (
            "| contender | processor s (set-up + query) | ÷ ours | query alone ÷ ours | clock s | "
            "÷ ours | largest error, ms | peak memory, MB | asked |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for r in here:
        cpu, wall = r.setup_cpu_s + r.query_cpu_s, r.setup_wall_s + r.query_wall_s
        lines.append(
            f"| {r.contender} | {_figures(r.setup_cpu_s)} + {_figures(r.query_cpu_s)} "
            f"| {_figures(cpu / own_cpu)} | {_figures(r.query_cpu_s / own_cpu)} "
            f"| {_figures(wall)} | {_figures(wall / own_wall)} "
            f"| {r.largest_error_ms:.0f} | {r.peak_mb} | {_share(r.share_asked)} |"
        )
    return "\n".join(lines) + "\n"


def _figures(number: float) -> str:
    """Return two or three figures, without an exponent."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def _share(share: float) -> str:
    return "all" if share == 1 else f"{100 * share:.2g} %, scaled up"


def _question(file: Path, question: str) -> Question:
    with np.load(file) as data:
        xy, mutual = data["xy"], data["mutual"]
        graph = Graph(len(xy), data["tail"], data["head"], data["weight"])
    random = np.random.default_rng(7)
    points, sites = QUESTIONS[question]
    sites = min(sites, len(mutual))
    return Question(
        graph, random.choice(mutual, points), random.choice(mutual, sites, replace=False), xy
    )


def _in_own_process(contender: str, graph: str, question: str, file: Path) -> Result | None:
    package = CONTENDERS[contender][0]
    try:
        if package:
            importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
    words = ["--one", contender, "--graphs", graph, "--questions", question, "--file", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.travel_times", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parent.parent,
    )
    if done.returncode:
        print(done.stderr[-400:], file=sys.stderr)
        return None
    # Contenders print as they please, some after Python has ended.
    told = done.stdout.rpartition(_TOLD)[2].splitlines()[0]
    return Result(**json.loads(told))


def _one(contender: str, graph: str, question: str, file: Path) -> Result:
    answer = CONTENDERS[contender][1]
    tiny = Graph(
        3,
        np.array([0, 1, 1, 2], dtype=np.int32),
        np.array([1, 0, 2, 1], dtype=np.int32),
        np.array([1, 1, 2, 2], dtype=np.int64),
    )
    corners = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]])
    answer(Question(tiny, np.array([0, 1, 2]), np.array([0, 1, 2]), corners))
    asked = _question(file, question)
    found, setup, query = answer(asked)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    known = ~np.isnan(found)
    true = ours(asked)[0] if contender != "ours" else found
    error = np.abs(found[known] - true[known])
    return Result(
        contender,
        graph,
        question,
        *(float(seconds[k]) for k in (0, 1) for seconds in (setup, query)),
        share_asked=float(known.mean()),
        largest_error_ms=float(error.max()),
        peak_mb=peak_mb,
    )


def main() -> None:
    """Run and print the tables."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--graphs", nargs="+", default=list(GRAPHS), choices=list(GRAPHS))
    words.add_argument("--questions", nargs="+", default=list(QUESTIONS), choices=list(QUESTIONS))
    words.add_argument("--contenders", nargs="+", default=list(CONTENDERS))
    words.add_argument("--one", help=argparse.SUPPRESS)
    words.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    told = words.parse_args()
    if told.one:
        print(
            _TOLD + json.dumps(asdict(_one(told.one, told.graphs[0], told.questions[0], told.file)))
        )
        return
    results = run(told.graphs, told.questions, told.contenders)
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else float("nan")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {load:.1f}.\n")
    for graph in told.graphs:
        for question in told.questions:
            print(table(results, graph, question))


if __name__ == "__main__":
    main()

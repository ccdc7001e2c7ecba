"""What a curve of ten points costs beside one solve, on Latgale of the starter data, in one run.

    python -m benchmarks.price_curve
    python -m benchmarks.price_curve --scenario scenarios/latgale_budget.toml --seconds 120

Prints one JSON line: seconds and processor seconds of one solve with all its aims, of the same
without the aim about minutes (which no point of the curve has), of the curve, and the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from planner.analysis.frontier import price_curve
from planner.facility_location import Limits, aims_at, solve
from planner.inputs.scenario import read_scenario
from planner.workflow import prepare


def main() -> None:
    """Run what the command line asks for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scenario", type=Path, default=Path("scenarios/latgale.toml"))
    asked.add_argument("--aim", default="persons_beyond_standard")
    asked.add_argument("--seconds", type=float, default=60.0, help="for one solve")
    asked.add_argument("--curve-seconds", type=float, default=180.0)
    wanted = asked.parse_args()
    problem = prepare(read_scenario(wanted.scenario)).problem
    limits = Limits(seconds=wanted.seconds)
    part = replace(problem, aims=aims_at(problem, wanted.aim, 0.05))
    whole_clock, whole_work, plan = timed(lambda: solve(problem, limits=limits))
    part_clock, part_work, _ = timed(lambda: solve(part, limits=limits))
    clock, work, curve = timed(
        lambda: price_curve(problem, wanted.aim, limits=Limits(seconds=wanted.curve_seconds))
    )
    told = {
        "scenario": wanted.scenario.stem,
        "aim": wanted.aim,
        "load": round(os.getloadavg()[0], 1),
        "solve": [round(whole_clock, 1), round(whole_work, 1)],
        "solve_without_minutes": [round(part_clock, 1), round(part_work, 1)],
        "curve": [round(clock, 1), round(work, 1)],
        "curve_by_solve": [round(clock / whole_clock, 2), round(work / whole_work, 2)],
        "curve_by_solve_without_minutes": [
            round(clock / part_clock, 2),
            round(work / part_work, 2),
        ],
        "gaps_of_the_plan": [round(a.gap, 4) for _, aims in plan.proof.groups for a in aims],
        "points": [
            {
                "share": p.share,
                "new_units": p.new_units,
                "cost_eur": p.cost_eur,
                "status": p.status.value,
                "gap": round(max(a.gap for a in p.aims), 4),
            }
            for p in curve.points
        ],
    }
    print(json.dumps(told), flush=True)


def timed(work: Callable[[], object]) -> tuple[float, float, object]:
    """Return seconds, processor seconds of all threads, and what came of it."""
    began, worked = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - began, time.process_time() - worked, found


if __name__ == "__main__":
    main()

"""The location engine on Latgale and on all Latvia, beside the textbook model, in one run.

    python -m benchmarks.location                       nine services, no budget, 0.5 %
    python -m benchmarks.location --textbook            the same, the textbook model first
    python -m benchmarks.location --budget 4000000      a budget that all services share
    python -m benchmarks.location --latvia --seconds 300 --gap 0.01

Prints one JSON line for each run. Compare inside one run only: machines differ, and so do hours.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

from benchmarks.location_instances import SHARED, latgale
from planner.facility_location import Limits, solve
from planner.records import aim_to_json, total_aims
from planner.verification import broken_rules

TEXTBOOK = SHARED / "prototypes/location/latgale_textbook.py"


def main() -> None:
    """Run what the command line asks for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--textbook", action="store_true")
    asked.add_argument("--latvia", action="store_true")
    asked.add_argument("--no-growth", action="store_true", help="as the textbook: none may grow")
    asked.add_argument("--budget", type=int, default=None)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--gap", type=float, default=0.005)
    wanted = asked.parse_args()
    if wanted.textbook:
        tell(textbook())
    problem = latgale(
        budget_eur=wanted.budget,
        region=None if wanted.latvia else "Latgale",
        grow=not wanted.no_growth,
    )
    began, worked = time.perf_counter(), time.process_time()
    plan = solve(problem, limits=Limits(seconds=wanted.seconds, gap=wanted.gap))
    tell(
        {
            "model": "engine",
            "region": problem.region,
            "budget_eur": wanted.budget,
            "asked_gap": wanted.gap,
            "seconds": round(time.perf_counter() - began, 1),
            "processor_seconds": round(time.process_time() - worked, 1),
            "load": round(os.getloadavg()[0], 1),
            "broken_rules": len(broken_rules(problem, plan)),
            "aims": [aim_to_json(aim) for aim in total_aims(plan.proof)],
            "worst_gap_of_a_group": {
                terms.name: max(
                    0.0 if aim.value - aim.bound < 1 else aim.gap
                    for _, aims in plan.proof.groups
                    for aim in aims
                    if aim.name == terms.name
                )
                for terms in problem.aims
            },
        }
    )


def textbook() -> dict[str, object]:
    """Return how long the textbook model takes, and what it says."""
    before = os.times()
    began = time.perf_counter()
    command = [sys.executable, str(TEXTBOOK), "all"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    after = os.times()
    used = after.children_user - before.children_user
    return {
        "model": "textbook",
        "seconds": round(time.perf_counter() - began, 1),
        "processor_seconds": round(used, 1),
        "load": round(os.getloadavg()[0], 1),
        "said": run.stdout.splitlines(),
    }


def tell(found: dict[str, object]) -> None:
    """Print one JSON line."""
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()

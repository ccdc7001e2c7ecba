"""`python -m planner.ui` opens the app; the command `planner app` calls it."""

import argparse
import os
import sys

from planner.errors import PlannerError
from planner.locales import DEFAULT_LANGUAGE, say_fault
from planner.ui.launch import launch

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="planner app")
    arguments.add_argument("--port", type=int)
    arguments.add_argument("--headless", action="store_true")
    chosen = arguments.parse_args()
    try:
        launch(chosen.port, headless=chosen.headless)
    except PlannerError as error:
        language = os.environ.get("TUVAK_LANGUAGE", DEFAULT_LANGUAGE)
        for fault in error.faults:
            sys.stderr.write(f"{say_fault(language, fault)}\n")
        raise SystemExit(error.exit_code) from None

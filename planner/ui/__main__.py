"""`python -m planner.ui` opens the app; the command `planner app` calls it."""

import argparse

from planner.ui.launch import launch

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="planner app")
    arguments.add_argument("--port", type=int)
    arguments.add_argument("--headless", action="store_true")
    chosen = arguments.parse_args()
    launch(chosen.port, headless=chosen.headless)

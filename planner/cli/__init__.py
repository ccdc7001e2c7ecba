"""The terminal's side of the planner: it translates arguments, results and errors, nothing else."""

from planner.cli.commands import app, main

__all__ = ["app", "main"]

"""What screen, terminal and notebooks call: prepare, propose, save, verify, compare, amend."""

from planner.workflow.folders import load, report, save, summary, verify
from planner.workflow.looking import catalogue_rows, check, region_rows, write_travel_times
from planner.workflow.proposing import Prepared, Proposal, StartNow, prepare, propose, start_now

__all__ = [
    "Prepared",
    "Proposal",
    "StartNow",
    "catalogue_rows",
    "check",
    "load",
    "prepare",
    "propose",
    "region_rows",
    "report",
    "save",
    "start_now",
    "summary",
    "verify",
    "write_travel_times",
]

"""What screen, terminal and notebooks call: prepare, propose, save, verify, compare, amend."""

from planner.workflow.folders import load, release, report, save, summary, verify, with_release
from planner.workflow.intake import (
    ImportedNeeds,
    import_needs,
    needs_text,
    preview_needs,
    preview_text,
    write_template,
)
from planner.workflow.looking import catalogue_rows, check, region_rows, write_travel_times
from planner.workflow.networks import fetch_roads, import_roads, roads_report_text
from planner.workflow.outcomes import (
    Compared,
    amend,
    compare,
    dossier_of,
    save_amendment,
    save_comparison,
)
from planner.workflow.proposing import (
    Duplication,
    Prepared,
    Proposal,
    StartNow,
    prepare,
    propose,
    solving_seconds,
    start_now,
)

__all__ = [
    "Compared",
    "Duplication",
    "ImportedNeeds",
    "Prepared",
    "Proposal",
    "StartNow",
    "amend",
    "catalogue_rows",
    "check",
    "compare",
    "dossier_of",
    "fetch_roads",
    "import_needs",
    "import_roads",
    "load",
    "needs_text",
    "prepare",
    "preview_needs",
    "preview_text",
    "propose",
    "region_rows",
    "release",
    "report",
    "roads_report_text",
    "save",
    "save_amendment",
    "save_comparison",
    "solving_seconds",
    "start_now",
    "summary",
    "verify",
    "with_release",
    "write_template",
    "write_travel_times",
]

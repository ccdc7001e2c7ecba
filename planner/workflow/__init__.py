"""What screen, terminal and notebooks call: prepare, propose, save, verify, compare, amend."""

from planner.inputs.kinds import columns_of
from planner.workflow.folders import load, release, report, save, summary, verify, with_release
from planner.workflow.importing import (
    ImportedFile,
    import_file,
    import_text,
    importable_kinds,
)
from planner.workflow.intake import (
    ImportedNeeds,
    import_needs,
    needs_text,
    preview_columns,
    preview_text,
    write_template,
)
from planner.workflow.looking import (
    catalogue_rows,
    check,
    region_rows,
    travel_summary,
    write_travel_times,
)
from planner.workflow.networks import (
    fetch_roads,
    import_roads,
    roads_report_text,
    trip_text,
    write_bands,
)
from planner.workflow.outcomes import (
    Compared,
    amend,
    compare,
    dossier_of,
    save_amendment,
    save_comparison,
    turnover,
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
    "ImportedFile",
    "ImportedNeeds",
    "Prepared",
    "Proposal",
    "StartNow",
    "amend",
    "catalogue_rows",
    "check",
    "columns_of",
    "compare",
    "dossier_of",
    "fetch_roads",
    "import_file",
    "import_needs",
    "import_roads",
    "import_text",
    "importable_kinds",
    "load",
    "needs_text",
    "prepare",
    "preview_columns",
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
    "travel_summary",
    "trip_text",
    "turnover",
    "verify",
    "with_release",
    "write_bands",
    "write_template",
    "write_travel_times",
]

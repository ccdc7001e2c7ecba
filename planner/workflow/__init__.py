"""What screen, terminal and notebooks call: prepare, propose, save, verify, compare, amend."""

from planner.inputs.kinds import columns_of
from planner.workflow.conflicts import conflict_in_words
from planner.workflow.folders import load, report, save, summary, verify
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
    changes_told,
    compare,
    dossier_of,
    save_amendment,
    save_comparison,
    turnover,
)
from planner.workflow.pricing import Priced, price, read_prices, save_prices
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
from planner.workflow.releasing import RELEASE, readers_of, release, with_release

__all__ = [
    "RELEASE",
    "Compared",
    "Duplication",
    "ImportedFile",
    "ImportedNeeds",
    "Prepared",
    "Priced",
    "Proposal",
    "StartNow",
    "amend",
    "catalogue_rows",
    "changes_told",
    "check",
    "columns_of",
    "compare",
    "conflict_in_words",
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
    "price",
    "propose",
    "read_prices",
    "readers_of",
    "region_rows",
    "release",
    "report",
    "roads_report_text",
    "save",
    "save_amendment",
    "save_comparison",
    "save_prices",
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

"""The one gate that every count of persons passes before it is shown or written.

`figures` says one number; a table whose rows and columns add up goes through `protect`.
"""

from planner.disclosure.attacker import Finding, audit
from planner.disclosure.changed import ChangeTables, Concerned, protect_changes
from planner.disclosure.figures import (
    NOT_SHOWN,
    cell_persons,
    is_small,
    show_change,
    show_minutes,
    show_persons,
    show_share,
    small_mark,
)
from planner.disclosure.following import (
    BREAKS_PERCENT,
    ShareRange,
    changes_following,
    shares_following,
)
from planner.disclosure.gate import (
    ToldTogetherError,
    least_loosening,
    loosened,
    protect,
    require_safe,
)
from planner.disclosure.ledger import (
    NOTHING_RELEASED,
    Ledger,
    kept_for_one,
    read_ledger,
    write_ledger,
)
from planner.disclosure.plans import (
    HOMES,
    TRAVEL,
    StartTables,
    protect_plan,
    protect_start,
    released_plan,
    released_start,
    served_of,
    totals_of,
)
from planner.disclosure.served import protect_served
from planner.disclosure.served_cells import GroupCounts, Served
from planner.disclosure.served_tables import REGION, WITH_PARTNERS, ServedTables, ShownServed
from planner.disclosure.tables import (
    HIDDEN_MARK,
    LEGEND,
    NEED,
    Cell,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    claim_text,
    equal_sums,
    share_fact,
    sum_of,
)
from planner.disclosure.turns import Side, Turned, TurnTables, protect_turns
from planner.disclosure.units import UnitTables, protect_by_unit
from planner.domain.readers import DEFAULT_THRESHOLD, THRESHOLD_FLOOR, Audience, Readers, Thresholds

__all__ = [
    "BREAKS_PERCENT",
    "DEFAULT_THRESHOLD",
    "HIDDEN_MARK",
    "HOMES",
    "LEGEND",
    "NEED",
    "NOTHING_RELEASED",
    "NOT_SHOWN",
    "REGION",
    "THRESHOLD_FLOOR",
    "TRAVEL",
    "WITH_PARTNERS",
    "Audience",
    "Cell",
    "ChangeTables",
    "Claim",
    "Concerned",
    "Fact",
    "Finding",
    "GroupCounts",
    "Ledger",
    "Mark",
    "Part",
    "Readers",
    "Release",
    "Served",
    "ServedTables",
    "ShareRange",
    "ShownServed",
    "Side",
    "StartTables",
    "Thresholds",
    "ToldTogetherError",
    "TurnTables",
    "Turned",
    "UnitTables",
    "audit",
    "cell_persons",
    "changes_following",
    "claim_text",
    "equal_sums",
    "is_small",
    "kept_for_one",
    "least_loosening",
    "loosened",
    "protect",
    "protect_by_unit",
    "protect_changes",
    "protect_plan",
    "protect_served",
    "protect_start",
    "protect_turns",
    "read_ledger",
    "released_plan",
    "released_start",
    "require_safe",
    "served_of",
    "share_fact",
    "shares_following",
    "show_change",
    "show_minutes",
    "show_persons",
    "show_share",
    "small_mark",
    "sum_of",
    "totals_of",
    "write_ledger",
]

"""The one gate that every count of persons passes before it is shown or written.

`figures` says one number; a table whose rows and columns add up goes through `protect`.
"""

from planner.disclosure.attacker import Finding, audit
from planner.disclosure.figures import (
    DEFAULT_THRESHOLD,
    NOT_SHOWN,
    THRESHOLD_FLOOR,
    Audience,
    Thresholds,
    cell_persons,
    is_small,
    show_change,
    show_minutes,
    show_persons,
    show_share,
    small_mark,
)
from planner.disclosure.gate import least_loosening, protect, require_safe
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger, read_ledger, write_ledger
from planner.disclosure.plans import (
    StartTables,
    protect_plan,
    protect_start,
    released_plan,
    released_start,
    served_of,
)
from planner.disclosure.served import (
    REGION,
    GroupCounts,
    Served,
    ServedTables,
    ShownServed,
    protect_served,
)
from planner.disclosure.tables import (
    HIDDEN_MARK,
    LEGEND,
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
from planner.disclosure.turns import Turned, TurnTables, protect_turns

__all__ = [
    "DEFAULT_THRESHOLD",
    "HIDDEN_MARK",
    "LEGEND",
    "NOTHING_RELEASED",
    "NOT_SHOWN",
    "REGION",
    "THRESHOLD_FLOOR",
    "Audience",
    "Cell",
    "Claim",
    "Fact",
    "Finding",
    "GroupCounts",
    "Ledger",
    "Mark",
    "Part",
    "Release",
    "Served",
    "ServedTables",
    "ShownServed",
    "StartTables",
    "Thresholds",
    "TurnTables",
    "Turned",
    "audit",
    "cell_persons",
    "claim_text",
    "equal_sums",
    "is_small",
    "least_loosening",
    "protect",
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
    "show_change",
    "show_minutes",
    "show_persons",
    "show_share",
    "small_mark",
    "sum_of",
    "write_ledger",
]

"""Two plans into the changes between them, as an officer writes and a council decides on them."""

from planner.editions.addresses import (
    approved_edition,
    before_of,
    is_committed,
    operates,
    standing,
)
from planner.editions.amendment import amendment
from planner.editions.changes import (
    Amendment,
    Change,
    ChangeKind,
    MunicipalTotal,
    Nearest,
    ReasonCode,
    ReasonPart,
    Standing,
    State,
    sum_faults,
)
from planner.editions.funding import DEFAULT_FUNDING, FundingShare, split_cost

__all__ = [
    "DEFAULT_FUNDING",
    "Amendment",
    "Change",
    "ChangeKind",
    "FundingShare",
    "MunicipalTotal",
    "Nearest",
    "ReasonCode",
    "ReasonPart",
    "Standing",
    "State",
    "amendment",
    "approved_edition",
    "before_of",
    "is_committed",
    "operates",
    "split_cost",
    "standing",
    "sum_faults",
]

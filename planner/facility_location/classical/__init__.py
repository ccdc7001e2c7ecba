"""Arrays into proven answers of the classical location problems, each stated with its source."""

from planner.facility_location.classical.answers import NOWHERE, LocationAnswer
from planner.facility_location.classical.center import p_center
from planner.facility_location.classical.covering import maximal_covering, set_covering
from planner.facility_location.classical.fixed_charge import fixed_charge
from planner.facility_location.classical.median import p_median

__all__ = [
    "NOWHERE",
    "LocationAnswer",
    "fixed_charge",
    "maximal_covering",
    "p_center",
    "p_median",
    "set_covering",
]

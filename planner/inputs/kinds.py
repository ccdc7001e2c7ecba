"""Which kinds of file a planner may send, and what columns the tables among them may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.errors import Fault, InputError
from planner.inputs.additions import COLUMNS as ADDITION_COLUMNS
from planner.inputs.approved import APPROVED
from planner.inputs.approved_tables import COLUMNS as APPROVED_COLUMNS
from planner.inputs.facilities import COLUMNS as FACILITY_COLUMNS
from planner.inputs.institutions import COLUMNS as INSTITUTION_COLUMNS
from planner.inputs.intake import COLUMNS as NEEDS_COLUMNS
from planner.inputs.readers import Column, Privacy
from planner.inputs.sites import COLUMNS as SITE_COLUMNS

KINDS = ("needs", "facilities", "sites", "boundaries", "additions", "institutions")
COLUMNS_OF: Mapping[str, Sequence[Column]] = {
    "needs": NEEDS_COLUMNS,
    "facilities": FACILITY_COLUMNS,
    "sites": SITE_COLUMNS,
    "additions": ADDITION_COLUMNS,
    "institutions": INSTITUTION_COLUMNS,
    APPROVED: APPROVED_COLUMNS,
}
ABOUT_PERSONS = ("needs", "additions", "institutions")
"""Kinds of tables in which an address would be one of a person."""


def privacy_of(kind: str) -> Privacy:
    """Return what is refused in a table of a kind as data about one person."""
    return Privacy.PERSONS if kind in ABOUT_PERSONS else Privacy.BUILDINGS


def columns_of(kind: str) -> Sequence[Column]:
    """Return the columns that a table of a kind may have.

    Raises
    ------
    InputError
        If no table is of that kind.
    """
    if kind not in COLUMNS_OF:
        raise InputError(
            Fault(
                "there are no tables of {found!r}; give one of: {known}",
                fields={"found": kind[:40], "known": ", ".join(COLUMNS_OF)},
            )
        )
    return COLUMNS_OF[kind]

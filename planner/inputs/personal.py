"""Headers and cells into a refusal where they look like data about one person.

Found texts are never repeated in a fault: what must not be in the file must not be in a message.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

_HEADS = {
    "looks like a personal code; delete the column, the planner takes no data about persons": (
        "personas kods",
        "personas kodi",
        "pers kods",
        "pk",
        "personal code",
        "person code",
        "personal identity number",
        "national id",
        "ssn",
    ),
    "looks like a name; delete the column, the planner takes no data about persons": (
        "vards",
        "uzvards",
        "vards uzvards",
        "first name",
        "last name",
        "surname",
        "given name",
        "family name",
        "full name",
        "person name",
        "klients",
        "client name",
    ),
    "looks like a date of birth; delete the column, the planner takes no data about persons": (
        "dzimsanas datums",
        "dzimsanas gads",
        "dzimsanas dati",
        "dzimis",
        "dzimusi",
        "birth date",
        "birthdate",
        "birth year",
        "year of birth",
        "date of birth",
        "dob",
    ),
    "looks like a diagnosis; delete the column, the planner takes no data about persons": (
        "diagnoze",
        "diagnozes",
        "diagnosis",
        "diagnoses",
        "ssk",
        "ssk 10",
        "icd",
        "icd 10",
        "slimiba",
        "saslimsana",
        "disease",
    ),
    "looks like contact details; delete the column, the planner takes no data about persons": (
        "talrunis",
        "telefons",
        "talruna numurs",
        "phone",
        "mobile",
        "e pasts",
        "epasts",
        "email",
        "e mail",
    ),
}
_ADDRESS = "looks like an address; delete the column, the planner takes no data about persons"
_ADDRESS_HEADS = (
    "adrese",
    "dzivesvieta",
    "dzivesvietas adrese",
    "deklareta adrese",
    "deklareta dzivesvieta",
    "iela",
    "majas numurs",
    "dzivokla numurs",
    "address",
    "home address",
    "street",
    "house number",
)
_CODE = re.compile(r"(?<![0-9])(?<![0-9][.,])([0-9]{2})([0-9]{2})([0-9]{2})-?[0-9]{5}(?![0-9])")
_NEW_CODE = "32"  # codes given since 2017 begin with it and hold no date


def suspicious_header(header: str, *, addresses: bool) -> str:
    """Return the fault of a header that promises data about one person, or nothing.

    Parameters
    ----------
    header : str
        In the form of `planner.inputs.readers.plain`.
    addresses : bool
        Whether an address is one of a person here, and not of a building.
    """
    said = header.replace("_", " ")
    for what, heads in _HEADS.items():
        if any(_names(said, head) for head in heads):
            return what
    if addresses and any(_names(said, head) for head in _ADDRESS_HEADS):
        return _ADDRESS
    return ""


def holds_personal_code(text: str) -> bool:
    """Return whether a text holds what may be a Latvian personal code.

    Six digits of a date, or a number that begins with 32, and five digits more, with or without a
    hyphen. Registration numbers of institutions have eleven digits too, but begin with 4, 5 or 9.
    """
    return any(
        match.group(1) == _NEW_CODE or _is_day(match.group(1), match.group(2))
        for match in _CODE.finditer(text)
    )


def cells_with_codes(cells: Sequence[str]) -> Iterable[int]:
    """Return the positions of cells that hold a personal code."""
    return (index for index, cell in enumerate(cells) if holds_personal_code(cell))


def _names(said: str, head: str) -> bool:
    """Return whether a header says `head`, alone or as whole words among others."""
    return f" {head} " in f" {said} "


def _is_day(day: str, month: str) -> bool:
    try:
        dt.date(2000, int(month), int(day))
    except ValueError:
        return False
    return True

"""Tables of what others plan (who comes on top, institutions that shrink) into a study area's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from planner.domain import Addition, InstitutionYear
from planner.errors import FaultList, InputError
from planner.inputs.additions import read_additions
from planner.inputs.institutions import read_institutions
from planner.inputs.place_names import place_names
from planner.inputs.places import Place
from planner.inputs.readers import plain

ADDITIONS = "additions"
"""Role of a table of persons who come on top of the assessed."""
LEAVERS = "leavers"
"""Role of a table of the same shape that rows of assessed persons have left: who comes later."""
INSTITUTIONS = "institutions"
"""Role of a table of the reorganisation of institutions for children."""


def read_plans_of_others(
    files: Mapping[str, Path], places: Iterable[Place], faults: FaultList
) -> tuple[tuple[Addition, ...], tuple[InstitutionYear, ...]]:
    """Return who comes on top of the assessed, and how institutions for children get smaller.

    Parameters
    ----------
    files : mapping of role to Path
        `LEAVERS` and `ADDITIONS` are both counted; the same persons in both are a fault.
    places : iterable of Place
        Those that a table may name.
    faults : FaultList
        Takes every fault of every table.
    """
    names = place_names(places)
    additions: list[Addition] = []
    institutions: tuple[InstitutionYear, ...] = ()
    for role in (LEAVERS, ADDITIONS):
        try:
            if role in files:
                read = read_additions(files[role], names=names)
                _refuse_counted_twice(files[role], additions, read, faults)
                additions += read
        except InputError as error:
            faults.extend(error.faults)
    try:
        if INSTITUTIONS in files:
            institutions = read_institutions(files[INSTITUTIONS])
    except InputError as error:
        faults.extend(error.faults)
    return tuple(additions), institutions


def _refuse_counted_twice(
    path: Path, before: Collection[Addition], read: Collection[Addition], faults: FaultList
) -> None:
    """Note those of a second table who come from the same source to the same place in a year.

    Groups are not compared: who leaves may be called an adult in one of the two.
    """
    known = {(a.place_id, a.year, plain(a.source)) for a in before}
    twice = [a for a in read if (a.place_id, a.year, plain(a.source)) in known]
    for source, year in sorted({(a.source, a.year) for a in twice}):
        faults.add(
            "those of {source} in {year} are in the table of needs already; leave them in one",
            file=path.name,
            column="source",
            fields={"source": source, "year": year},
        )

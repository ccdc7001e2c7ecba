"""What a row calls its place, a settlement or a municipality of some time, into settlements.

Counts by municipality are shared out over its settlements, so that they can be planned with; the
municipalities of which time are meant must be said, since names outlive borders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.errors import FaultList
from planner.inputs.place_names import PlaceNames, placed
from planner.inputs.places import Place
from planner.inputs.readers import Row, plain
from planner.inputs.territories import Edition, spread, unit_of

UNITS: Mapping[str, Edition] = {
    "before-2021": Edition.BEFORE_2021,
    "2021": Edition.FROM_2021,
    "2025": Edition.FROM_2025,
}
"""What a planner calls the municipalities of a time: before the reform, from 1 July 2021, and from
1 July 2025."""
_UNIT = "unit:"
_SHOWN = 40


@dataclass(frozen=True)
class Homes:
    """The places that a table may name, and the municipalities of one edition, if it names any."""

    names: PlaceNames
    edition: Edition | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    elsewhen: frozenset[str] = frozenset()


def homes_of(names: PlaceNames, edition: Edition | None = None) -> Homes:
    """Return what a table may name: settlements, and the municipalities of an edition if given."""
    places = names.places.values()
    units: dict[str, str] = {}
    if edition is not None:
        for place in places:
            units |= dict.fromkeys(_called(place, edition), unit_of(place, edition))
    every = {said for place in places for time in Edition for said in _called(place, time)}
    return Homes(names, edition, units, frozenset(every - names.ids_by_name.keys()))


def known_home(row: Row, column: str, homes: Homes, faults: FaultList) -> str | None:
    """Return what place a row means: a settlement's id, a unit (see `settled`), or ``None``.

    A municipality in the row's own column must be that of the settlement.
    """
    said = plain(row.get(column))
    if said in homes.units:
        return _UNIT + homes.units[said]
    if said in homes.elsewhen and row.get(column) not in homes.names.places:
        row.fault(
            faults,
            column,
            "{found!r} is a municipality; give settlements, or say which municipalities the table "
            "means: {known}",
            found=row.get(column)[:_SHOWN],
            known=", ".join(UNITS),
        )
        return None
    return placed(row, homes.names, faults, column=column)


def settled(
    counts: Mapping[tuple[str, str], int],
    homes: Homes,
    *,
    like: Mapping[tuple[str, str], int] | None = None,
) -> dict[tuple[str, str], int]:
    """Return persons by (group, place id) from persons by (group, home), totals as they are.

    Parameters
    ----------
    like : mapping of (group, place id) to persons, optional
        Whose pattern a unit's persons follow; its settlements' population where there is none.
    """
    persons = {key: n for key, n in counts.items() if not key[1].startswith(_UNIT)}
    of_units = {
        (group, home.removeprefix(_UNIT)): n
        for (group, home), n in counts.items()
        if home.startswith(_UNIT)
    }
    if of_units and homes.edition is not None:
        places = homes.names.places.values()
        for key, n in spread(of_units, places, homes.edition, like=like).items():
            persons[key] = persons.get(key, 0) + n
    return persons


def estimated(homes_named: Iterable[str], homes: Homes) -> frozenset[str]:
    """Return the ids of the places whose persons are a share of their municipality's."""
    units = {home.removeprefix(_UNIT) for home in homes_named if home.startswith(_UNIT)}
    if homes.edition is None or not units:
        return frozenset()
    edition = homes.edition
    return frozenset(i for i, p in homes.names.places.items() if unit_of(p, edition) in units)


def refuse_counted_twice(
    row_of: Mapping[tuple[str, str, str], Row], homes: Homes, faults: FaultList
) -> None:
    """Note settlements that are counted beside the whole of their municipality.

    The last part of a key of `row_of` is the home.
    """
    if homes.edition is None:
        return
    for key, row in row_of.items():
        if key[-1].startswith(_UNIT):
            continue
        unit = unit_of(homes.names.places[key[-1]], homes.edition)
        whole = row_of.get((key[0], key[1], _UNIT + unit))
        if whole is not None:
            row.fault(
                faults,
                "place_id",
                "is counted in its municipality in row {first} too; leave one of them",
                first=whole.number,
            )


def deal_out(persons: Sequence[int], home: str, homes: Homes) -> list[dict[str, int]]:
    """Return for each of several counts of one home its persons by place id.

    They are dealt from one sharing out, so that single persons do not all go to the same town.
    """
    if not home.startswith(_UNIT):
        return [{home: n} for n in persons]
    together = settled({("", home): sum(persons)}, homes)
    queue = [place for (_, place), n in together.items() for _ in range(n)]
    dealt: list[dict[str, int]] = []
    for n in persons:
        here, queue = queue[:n], queue[n:]
        dealt.append({place: here.count(place) for place in dict.fromkeys(here)})
    return dealt


def _called(place: Place, edition: Edition) -> set[str]:
    """Return what the municipality of a place in an edition may be called, see `plain`."""
    name, code = {
        Edition.BEFORE_2021: (place.municipality_2020, place.municipality_2020_atvk),
        Edition.FROM_2021: (place.municipality_2021, place.municipality_2021_atvk),
        Edition.FROM_2025: (place.municipality, place.point.municipality_atvk),
    }[edition]
    return {plain(said) for said in (name, code) if said}

"""A Ground into the unknowns of a linear programme, keyed by the ids that a planner knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulp

from planner.domain import Link, Need, Option
from planner.facility_location.ground import Ground, Way

Key = tuple[int, ...]


@dataclass(frozen=True)
class Decisions:
    """The unknowns.

    Attributes
    ----------
    chosen : mapping of Option to (way, binary variable) pairs
        w[s,j,c]: is site j open for service s in way c?
    opened : mapping of Option to variable in [0, 1]
        y[s,j] = sum_c w[s,j,c]; where there is one way only, that way's own variable.
    assigned : mapping of Link to variable
        x[s,i,j]: persons from i served at j.
    unserved : mapping of Need to variable
        u[s,i]: persons from i whom nobody serves.
    travelled : mapping of minutes to binary variable
        z[t]: is anyone sent t minutes or more? Declared where an aim speaks of the worst served.
    """

    chosen: Mapping[Option, tuple[tuple[Way, pulp.LpVariable], ...]]
    opened: Mapping[Option, pulp.LpVariable]
    assigned: Mapping[Link, pulp.LpVariable]
    unserved: Mapping[Need, pulp.LpVariable]
    travelled: Mapping[float, pulp.LpVariable]


def declare(
    program: pulp.LpProblem, ground: Ground, *, whole_persons: bool, levels: bool = False
) -> Decisions:
    """Return the decisions on `ground`, added to `program`.

    Persons are continuous unless `whole_persons`: for fixed openings they are flows, whole by
    themselves, and settled as whole ones in the end.
    """
    persons = pulp.LpInteger if whole_persons else pulp.LpContinuous
    add = program.add_variable
    chosen = {
        option: tuple(
            (way, add(label("way", (*ground.key_of_option(option), c)), 0, 1, cat=pulp.LpInteger))
            for c, way in enumerate(ways)
        )
        for option, ways in ground.ways.items()
        if ways
    }
    return Decisions(
        chosen=chosen,
        opened={
            option: ways[0][1]
            if len(ways) == 1
            else add(label("open", ground.key_of_option(option)), 0, 1)
            for option, ways in chosen.items()
        },
        assigned={
            link: add(
                label("assign", ground.key_of_link(link)), 0, ground.needs[link[:2]], cat=persons
            )
            for link in ground.links
        },
        unserved={
            need: add(label("unserved", ground.key_of_need(need)), 0, n, cat=persons)
            for need, n in ground.needs.items()
        },
        travelled={
            minutes: add(label("travelled", (k,)), 0, 1, cat=pulp.LpInteger)
            for k, minutes in enumerate(sorted(set(ground.links.values())) if levels else ())
        },
    )


def label(name: str, key: Key) -> str:
    """Return a name that a solver's log can show: a word and whole numbers."""
    return "_".join((name, *map(str, key)))

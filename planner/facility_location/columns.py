"""Decisions into the columns of a programme, and a solution back into what it decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain import Link, Need, Option
from planner.facility_location.decisions import Decisions
from planner.facility_location.ground import Ground, Way, Ways
from planner.facility_location.highs import Floats

_OPEN = 0.5


class Columns:
    """Which column stands for which decision.

    Solutions are float64 arrays of shape (columns,), of whole persons.

    Attributes
    ----------
    ground : Ground
        What is decided about.
    count : int
    offered : mapping of Option to (way, column) pairs
        The ways of opening each option.
    opened : mapping of Option to column
        What says whether an option is open; where there is one way only, that way's own column.
    of_link : mapping of Link to column
        The persons on each link.
    unserved : mapping of Need to column
        The persons of each need whom nobody serves.
    """

    def __init__(self, ground: Ground, decisions: Decisions, index: Mapping[str, int]) -> None:
        self.ground, self.count = ground, len(index)
        self.offered: Mapping[Option, Sequence[tuple[Way, int]]] = {
            option: [(way, index[w.name]) for way, w in ways]
            for option, ways in decisions.chosen.items()
        }
        self.opened = {option: index[y.name] for option, y in decisions.opened.items()}
        self.of_link = {link: index[x.name] for link, x in decisions.assigned.items()}
        self.unserved = {need: index[u.name] for need, u in decisions.unserved.items()}

    def ways_in(self, values: Floats) -> Ways:
        """Return the openings of a solution."""
        return {
            option: way
            for option, ways in self.offered.items()
            for way, column in ways
            if values[column] > _OPEN
        }

    def minutes_in(self, values: Floats) -> set[float]:
        """Return the minutes that anyone is sent in a solution."""
        return {self.ground.links[link] for link in self.assigned_in(values)}

    def assigned_in(self, values: Floats) -> dict[Link, int]:
        """Return the persons on each link of a solution."""
        links, columns = self._links
        used = np.flatnonzero(np.rint(values[columns])).tolist()
        return {links[k]: round(values[columns[k]]) for k in used}

    def unserved_in(self, values: Floats) -> dict[Need, int]:
        """Return the unserved persons of a solution."""
        found = {need: round(values[column]) for need, column in self.unserved.items()}
        return {need: persons for need, persons in found.items() if persons}

    def needs_about(self, values: Floats, options: Collection[Option]) -> list[Need]:
        """Return who is served at `options`, or could be there and is not served so well now."""
        chosen = set(options)
        about = {link[:2] for link in self.assigned_in(values) if (link[0], link[2]) in chosen}
        badly = self.badly_served_in(values)
        for service, site in chosen:
            near = self.ground.points_near.get((service, site), ())
            about |= badly & {(service, point) for point in near}
        return sorted(about)

    def badly_served_in(self, values: Floats) -> set[Need]:
        """Return the needs of which someone is unserved or served beyond the standard."""
        beyond = self.ground.beyond
        badly = {link[:2] for link in self.assigned_in(values) if link in beyond}
        return badly | self.unserved_in(values).keys()

    def of_services(self, services: Sequence[str]) -> NDArray[np.intp]:
        """Return the columns of some services, those that belong to none included."""
        found = self._service_of_column
        numbers = [self.ground.services.index(service) for service in services]
        return np.flatnonzero(np.isin(found, [-1, *numbers]))

    @cached_property
    def _service_of_column(self) -> NDArray[np.intp]:
        found = np.full(self.count, -1)
        number = {service: k for k, service in enumerate(self.ground.services)}
        for option, columns in self.of_option.items():
            found[columns] = number[option[0]]
        for (service, _), column in self.unserved.items():
            found[column] = number[service]
        return found

    @cached_property
    def ways(self) -> Sequence[int]:
        """Columns of all ways of opening."""
        return [k for columns in self.of_ways.values() for k in columns.tolist()]

    @cached_property
    def of_ways(self) -> Mapping[Option, NDArray[np.intp]]:
        """Columns of the ways of opening each option."""
        return {
            option: np.array([column for _, column in ways], dtype=np.intp)
            for option, ways in self.offered.items()
        }

    @cached_property
    def of_option(self) -> Mapping[Option, NDArray[np.intp]]:
        """Columns of the ways, the opening and the persons of each option."""
        found = {o: columns.tolist() for o, columns in self.of_ways.items()}
        for option, opened in self.opened.items():
            found[option].append(opened)
        for (service, _, site), column in self.of_link.items():
            found[service, site].append(column)
        return {option: np.array(columns, dtype=np.intp) for option, columns in found.items()}

    @cached_property
    def of_need(self) -> Mapping[Need, Mapping[Option, int]]:
        """The columns of the persons of a need, by where they go."""
        found: dict[Need, dict[Option, int]] = {need: {} for need in self.ground.needs}
        for (service, point, site), column in self.of_link.items():
            found[service, point][service, site] = column
        return found

    @cached_property
    def _links(self) -> tuple[Sequence[Link], NDArray[np.intp]]:
        return list(self.of_link), np.array([*self.of_link.values()], dtype=np.intp)

    @cached_property
    def persons(self) -> NDArray[np.bool_]:
        """Which columns count persons; shape (columns,)."""
        persons = np.zeros(self.count, dtype=bool)
        persons[[*self.of_link.values(), *self.unserved.values()]] = True
        return persons

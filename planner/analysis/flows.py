"""An assignment and spare places into who more could be served, by rerouting, with no solver."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Trip = tuple[str, str]
"""(demand point, site)"""


@dataclass
class Flow:
    """Persons of one service on their way, which `serve` adds to without leaving anyone behind.

    Attributes
    ----------
    usable : mapping of demand point to sites
        Where people from a point may go.
    capacity : mapping of site to persons
    assigned : mapping of (point, site) to persons
        Changed by `serve`.
    """

    usable: Mapping[str, Iterable[str]]
    capacity: Mapping[str, int]
    assigned: dict[Trip, int] = field(default_factory=dict)

    def serve(self, waiting: Mapping[str, int]) -> dict[str, int]:
        """Serve as many of the waiting persons by point as possible; return how many of each.

        Shortest augmenting paths: whoever is on the way stays served, perhaps at another site, so
        the sum is the most that can be served together with them.

        References
        ----------
        Edmonds and Karp (1972), Theoretical improvements in algorithmic efficiency for network
        flow problems, Journal of the ACM 19(2).
        """
        served: dict[str, int] = {}
        for point, persons in sorted(waiting.items()):
            left = persons
            while left:
                moved = self._augment(point, left)
                if not moved:
                    break
                left -= moved
            if left < persons:
                served[point] = persons - left
        return served

    def _augment(self, source: str, most: int) -> int:
        """Move up to `most` persons from `source` along one path to a free place."""
        load, guests = self._loads()
        came_from: dict[str, str] = {}  # site -> point it was reached from
        left_at: dict[str, str] = {source: ""}  # point -> site it would leave
        queue = deque([source])
        while queue:
            point = queue.popleft()
            for site in self.usable.get(point, ()):
                if site in came_from:
                    continue
                came_from[site] = point
                if load[site] < self.capacity.get(site, 0):
                    free = self.capacity[site] - load[site]
                    return self._move(site, min(most, free), came_from, left_at)
                for guest in guests[site]:
                    if guest not in left_at:
                        left_at[guest] = site
                        queue.append(guest)
        return 0

    def _move(
        self, last: str, most: int, came_from: Mapping[str, str], left_at: Mapping[str, str]
    ) -> int:
        steps: list[tuple[str, str, str]] = []  # point, from site, to site
        site = last
        while site:
            point = came_from[site]
            steps.append((point, left_at[point], site))
            site = left_at[point]
        moved = min([most, *(self.assigned[p, old] for p, old, _ in steps if old)])
        for point, old, to in steps:
            self.assigned[point, to] = self.assigned.get((point, to), 0) + moved
            if old:
                self.assigned[point, old] -= moved
        return moved

    def _loads(self) -> tuple[defaultdict[str, int], defaultdict[str, list[str]]]:
        load: defaultdict[str, int] = defaultdict(int)
        guests: defaultdict[str, list[str]] = defaultdict(list)
        for (point, site), persons in self.assigned.items():
            if persons:
                load[site] += persons
                guests[site].append(point)
        return load, guests

"""Two assignments of the same people into groups who move: from where, to where, how many.

Neither plan knows persons, only counts. Whoever can stay at a site stays; of the others, who had
the shortest trip before is paired with the shortest trip after, and the unserved come last. So a
trip gets longer only for as many people as must go further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from planner.domain import Link, Need, Problem


@dataclass(frozen=True)
class Move:
    """`persons` of a demand point who use `site_before` before and `site_after` after.

    A site is ``None`` where they are unserved. Minutes are one way, ``None`` with the site.
    """

    service: str
    point: str
    site_before: str | None
    site_after: str | None
    minutes_before: float | None
    minutes_after: float | None
    persons: int
    within_before: bool
    within_after: bool


def moves(problem: Problem, before: Mapping[Link, int], after: Mapping[Link, int]) -> list[Move]:
    """Return who goes where, before and after, for every need of `problem`."""
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    ways_before, ways_after = _by_need(before), _by_need(after)
    found: list[Move] = []
    for need in sorted(problem.persons):
        service, point = need

        def minutes(site: str | None, i: int = row[point]) -> float | None:
            return None if site is None else float(problem.minutes[i, column[site]])

        def within(site: str | None, key: Need = need) -> bool:
            return site is not None and is_within_standard(problem, *key, site)

        paired = _pair(
            _with_unserved(ways_before.get(need, {}), problem.persons[need]),
            _with_unserved(ways_after.get(need, {}), problem.persons[need]),
            {site: problem.minutes[row[point], column[site]] for site in problem.sites},
        )
        found.extend(
            Move(service, point, b, a, minutes(b), minutes(a), persons, within(b), within(a))
            for b, a, persons in paired
        )
    return found


def is_within_standard(problem: Problem, service: str, point: str, site: str) -> bool:
    """Return whether `site` is within the standard of `service` for people from `point`."""
    terms = problem.services[service]
    home = problem.municipality_of_point[point] == problem.municipality_of_site[site]
    if terms.home_is_standard and home:
        return True
    i, j = problem.points.index(point), problem.sites.index(site)
    return bool(problem.minutes[i, j] <= terms.standard_minutes)


def _by_need(assigned: Mapping[Link, int]) -> dict[Need, dict[str | None, int]]:
    ways: dict[Need, dict[str | None, int]] = defaultdict(dict)
    for (service, point, site), persons in assigned.items():
        ways[service, point][site] = persons
    return ways


def _with_unserved(ways: Mapping[str | None, int], need: int) -> dict[str | None, int]:
    unserved = need - sum(ways.values())
    return {**ways, **({None: unserved} if unserved > 0 else {})}


def _pair(
    before: dict[str | None, int], after: dict[str | None, int], minutes: Mapping[str, float]
) -> list[tuple[str | None, str | None, int]]:
    def nearest_first(ways: Mapping[str | None, int]) -> list[tuple[str | None, int]]:
        def key(way: tuple[str | None, int]) -> tuple[float, str]:
            site = way[0]
            return (float("inf"), "") if site is None else (minutes[site], site)

        return sorted(ways.items(), key=key)

    staying = {site: min(n, after[site]) for site, n in before.items() if site in after}
    pairs = [(site, site, n) for site, n in nearest_first(staying)]
    left = nearest_first({s: n - staying.get(s, 0) for s, n in before.items()})
    right = nearest_first({s: n - staying.get(s, 0) for s, n in after.items()})
    moving: dict[tuple[str | None, str | None], int] = {}
    k = 0
    for site_before, persons in left:
        rest = persons
        while rest and k < len(right):
            site_after, room = right[k]
            taken = min(rest, room)
            if taken:
                key = (site_before, site_after)
                moving[key] = moving.get(key, 0) + taken
            rest -= taken
            right[k] = (site_after, room - taken)
            k += room == taken
    return pairs + [(b, a, n) for (b, a), n in moving.items()]

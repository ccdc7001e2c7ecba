"""Towns small enough to check by hand, as problems, and plans drawn by hand for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.domain import (
    AimProof,
    Existing,
    Kind,
    Link,
    Need,
    Opening,
    Option,
    Plan,
    Problem,
    Proof,
    ProofStatus,
    ServiceTerms,
    Size,
    Status,
    Stay,
)
from planner.records import problem_digest
from planner.verification.aims import AIMS
from planner.verification.books import open_books

CARE = "day_care"
HOME = "group_home"
FAR = float("inf")

DAY_CARE = ServiceTerms(
    CARE, Stay.DAY, standard_minutes=30.0, limit_minutes=60.0, least_load_persons=3
)
GROUP_HOME = ServiceTerms(
    HOME,
    Stay.HOME,
    standard_minutes=30.0,
    limit_minutes=60.0,
    least_load_persons=4,
    home_is_standard=True,
)
SMALL, LARGE = Size(10, 100_000, 10_000), Size(20, 180_000, 18_000)


def town(
    minutes: Mapping[str, Mapping[str, float]],
    persons: Mapping[str, int] | Mapping[Need, int],
    *,
    services: Sequence[ServiceTerms] = (DAY_CARE,),
    build: Sequence[str] | Mapping[Option, tuple[Size, ...]] = (),
    municipalities: Mapping[str, str] | None = None,
    **rest: Any,
) -> Problem:
    """Return a problem: minutes by point and site (absent: out of reach), persons by point.

    `build` names the sites where the first service may be new, in the sizes 10 and 20. A place
    lies in the municipality of its name unless `municipalities` says otherwise.
    """
    first = services[0].id
    sites = sorted({site for row in minutes.values() for site in row})
    towns = municipalities or {}
    sizes = build if isinstance(build, Mapping) else {(first, j): (SMALL, LARGE) for j in build}
    return Problem(
        region="town",
        plan_year=2027,
        points=tuple(minutes),
        sites=tuple(sites),
        minutes=np.array([[row.get(site, FAR) for site in sites] for row in minutes.values()]),
        municipality_of_point={point: towns.get(point, point) for point in minutes},
        municipality_of_site={site: towns.get(site, site) for site in sites},
        services={terms.id: terms for terms in services},
        persons={(k if isinstance(k, tuple) else (first, k)): n for k, n in persons.items()},
        sizes=dict(sizes),
        **rest,
    )


def two_villages(**rest: Any) -> Problem:
    """Ten persons in the north, four in the south, 20 minutes apart; either may build."""
    return town(
        {"north": {"north": 3.0, "south": 20.0}, "south": {"north": 20.0, "south": 3.0}},
        {"north": 10, "south": 4},
        **{"build": ("north", "south"), **rest},
    )


def river_town(**rest: Any) -> Problem:
    """Two banks that see each other; the bridge makes it 50 minutes. Five persons on either."""
    return town(
        {"left": {"left": 3.0, "right": 50.0}, "right": {"left": 50.0, "right": 3.0}},
        {"left": 5, "right": 5},
        **{"build": ("left", "right"), **rest},
    )


def island(**rest: Any) -> Problem:
    """Eight persons ashore, two on an island that no road reaches."""
    return town(
        {"shore": {"shore": 3.0}, "island": {}},
        {"shore": 8, "island": 2},
        **{"build": ("shore",), **rest},
    )


def overfull(**rest: Any) -> Problem:
    """A centre of 10 places in a town of 10 persons, and 4 more 20 minutes away."""
    return town(
        {"town": {"town": 3.0}, "village": {"town": 20.0}},
        {"town": 10, "village": 4},
        **{"existing": {(CARE, "town"): standing(10)}, **rest},
    )


def standing(
    places: int, *, status: Status = Status.OPERATING, may_close: bool = False, larger: Any = ()
) -> Existing:
    """Return what stands somewhere, with known places."""
    return Existing(places, places_known=True, status=status, may_close=may_close, larger=larger)


def new(places: int, units: int = 1) -> Opening:
    """Return new units."""
    return Opening(places, units, Kind.NEW)


def existing(places: int) -> Opening:
    """Return an existing site that stays as it is."""
    return Opening(places, 1, Kind.EXISTING)


def enlarged(places: int) -> Opening:
    """Return an existing site that grows."""
    return Opening(places, 1, Kind.ENLARGED)


def drawn(problem: Problem, opened: Mapping[Option, Opening], assigned: Mapping[Link, int]) -> Plan:
    """Return a plan drawn by hand: whoever is not assigned is unserved, every aim is its bound."""
    left = dict(problem.persons)
    for (service, point, _), persons in assigned.items():
        left[service, point] = left.get((service, point), 0) - persons
    unserved = {need: persons for need, persons in left.items() if persons > 0}
    empty = Proof((), problem_digest(problem), "drawn by hand", 0.0)
    plan = Plan(dict(opened), dict(assigned), unserved, empty)
    groups = tuple(((service,), _aims(problem, plan, service)) for service in problem.services)
    return replace(plan, proof=replace(empty, groups=groups))


def _aims(problem: Problem, plan: Plan, service: str) -> tuple[AimProof, ...]:
    books = open_books(problem, plan)
    need = sum(n for (s, _), n in problem.persons.items() if s == service)
    proofs = []
    for terms in problem.aims:
        value = float(AIMS[terms.name](books, frozenset({service})))
        proofs.append(
            AimProof(
                name=terms.name,
                value=value,
                bound=value,
                gap=0.0,
                status=ProofStatus.PROVEN,
                seconds=0.0,
                allowance=terms.absolute + terms.of_need * need + terms.of_value * value,
                in_plan=value,
            )
        )
    return tuple(proofs)

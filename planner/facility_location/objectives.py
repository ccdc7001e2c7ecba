"""A Ground and its decisions into what a good plan makes small: each aim is one expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pulp

from planner.domain import Stay
from planner.facility_location.decisions import Decisions
from planner.facility_location.ground import Ground

Aim = Callable[[Ground, Decisions], pulp.LpAffineExpression]


def persons_unserved(_: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_si u[s,i]."""
    return pulp.lpSum(d.unserved.values())


def persons_beyond_standard(ground: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_sij x[s,i,j]  over links that are not within the standard."""
    return pulp.lpSum(x for link, x in d.assigned.items() if link in ground.beyond)


def new_sites(ground: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_sjc n[c] w[s,j,c]  over new units of services that people travel to."""
    counted = {s for s, terms in ground.problem.services.items() if terms.stay in COUNTED}
    return pulp.lpSum(
        way.new_units * w
        for (s, _), ways in d.chosen.items()
        if s in counted
        for way, w in ways
        if way.new_units
    )


def cost_eur(_: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_sjc cost[c] w[s,j,c]  of new units and of enlarging."""
    ways = (pair for pairs in d.chosen.values() for pair in pairs)
    return pulp.lpSum(way.cost_eur * w for way, w in ways if way.cost_eur)


def person_minutes(ground: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_sij minutes[i,j] x[s,i,j]."""
    return pulp.LpAffineExpression([(x, ground.links[link]) for link, x in d.assigned.items()])


def sites(_: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_sjc n[c] w[s,j,c]  over all units, existing ones too."""
    return pulp.lpSum(way.units * w for ways in d.chosen.values() for way, w in ways)


def worst_minutes(_: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """sum_t (t - next smaller t) z[t]: the minutes of whoever is sent furthest."""
    steps = zip([0.0, *d.travelled], d.travelled.items(), strict=False)
    return pulp.LpAffineExpression([(z, minutes - before) for before, (minutes, z) in steps])


def changes(ground: Ground, d: Decisions) -> pulp.LpAffineExpression:
    """Options whose places differ from the approved ones: a[s,j] is 1 where some are approved.

    sum_sj a[s,j] (1 - y[s,j]) + sum_c w[s,j,c] with places unlike the approved.
    """
    approved = ground.problem.approved or {}
    gone = sum(o[0] in ground.services and places > 0 for o, places in approved.items())
    terms: list[tuple[pulp.LpVariable, int]] = []
    for option, ways in d.chosen.items():
        wanted = approved.get(option, 0)
        terms += [(w, (way.places != wanted) - (wanted > 0)) for way, w in ways]
    return pulp.LpAffineExpression([(w, n) for w, n in terms if n], constant=gone)


COUNTED = (Stay.DAY, Stay.SHORT)
"""Services whose new units the aim `new_sites` counts."""
AIMS: Mapping[str, Aim] = {
    aim.__name__: aim
    for aim in (
        persons_unserved,
        persons_beyond_standard,
        new_sites,
        cost_eur,
        person_minutes,
        sites,
        worst_minutes,
        changes,
    )
} | {"worst_served_first": worst_minutes}
"""The last one begins as `worst_minutes`; `worst_first` goes on from there."""

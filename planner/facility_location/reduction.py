"""A Ground into a smaller one with the same best plans: what no plan can use is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.domain import EVERY_SERVICE, Kind, Option
from planner.facility_location import constraints as rule
from planner.facility_location.formulations import Formulation
from planner.facility_location.ground import Ground, Way


def reduce_ground(ground: Ground, formulation: Formulation) -> Ground:
    """Return `ground` without ways and links that no plan under `formulation` can use.

    Left out are: links that agreements bar, new and enlarging ways at vetoed options, everything
    at closing ones, ways whose least load is more than all who reach them, ways that another way
    of the same option makes needless, and links to options that cannot open.
    """
    rules = formulation.subject_to
    links = ground.links
    if rule.respect_agreements in rules and ground.problem.agreements is not None:
        links = {k: t for k, t in links.items() if rule.may_serve(ground, *k)}
    ground = replace(ground, links=links)
    ways = {
        option: _useful(ground, formulation, option, found) for option, found in ground.ways.items()
    }
    ways = {option: found for option, found in ways.items() if found}
    links = {(s, i, j): t for (s, i, j), t in links.items() if (s, j) in ways}
    beyond = frozenset(link for link in ground.beyond if link in links)
    return replace(ground, ways=ways, links=links, beyond=beyond)


def _useful(
    ground: Ground, formulation: Formulation, option: Option, ways: tuple[Way, ...]
) -> tuple[Way, ...]:
    problem, rules = ground.problem, formulation.subject_to
    if rule.close in rules and option in problem.closing:
        return ()
    if rule.veto in rules and option in problem.vetoed:
        ways = tuple(way for way in ways if way.kind is Kind.EXISTING)
    if rule.be_viable in rules:
        least = problem.services[option[0]].least_load_persons
        reach = _reach(ground, option)
        ways = tuple(way for way in ways if least * way.new_units <= reach)
    wanted = option in problem.kept or problem.approved is not None
    if not wanted and not _reach(ground, option):
        ways = tuple(way for way in ways if way.kind is not Kind.NEW)
    if _places_matter(ground, option):
        return ways
    needless = _needless(ways)
    return tuple(way for way, spare in zip(ways, needless, strict=True) if not spare)


def _reach(ground: Ground, option: Option) -> int:
    service = option[0]
    return sum(ground.needs[service, i] for i in ground.points_near.get(option, ()))


def _needless(ways: Sequence[Way]) -> list[bool]:
    """Return for each way whether another of its kind is never worse; of equals the first stays."""
    worth = np.array([(-w.places, w.units, w.cost_eur, w.running_eur) for w in ways]).reshape(-1, 4)
    kinds = np.array([way.kind for way in ways])
    found = []
    for k, own in enumerate(worth):
        never_worse = (worth <= own).all(axis=1) & (kinds == kinds[k])
        better = never_worse & (worth < own).any(axis=1)
        found.append(bool(better.any() or never_worse[:k].any()))
    return found


def _places_matter(ground: Ground, option: Option) -> bool:
    """Return whether more places can be worse: an approved plan, or a limit at the address."""
    problem = ground.problem
    service, site = option
    limited = {service, EVERY_SERVICE} & problem.address_places_at_most.keys()
    return problem.approved is not None or (bool(limited) and site in problem.address_of)

"""Small random location problems with every nuisance, and their best values by trying all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linprog


@dataclass(frozen=True, eq=False)
class Case:
    """One small problem: minutes (points, sites), persons, p, limit, costs by site, capacity."""

    minutes: np.ndarray
    persons: np.ndarray
    p: int
    limit: float
    costs: np.ndarray
    capacity: np.ndarray


def random_case(seed: int) -> Case:
    """Return up to 7 by 7 with ties, gaps, duplicates, nobody at some points, whole or not."""
    random = np.random.default_rng(seed)
    points, sites = int(random.integers(1, 8)), int(random.integers(1, 8))
    whole = seed % 3 != 0
    minutes = random.integers(0, 20, (points, sites)).astype(float)
    if not whole:
        minutes = random.random((points, sites)) * 50
    if seed % 5 == 0 and sites > 1:
        minutes[:, -1] = minutes[:, 0]
    if seed % 7 == 0 and points > 1:
        minutes[-1] = minutes[0]
    if seed % 2 == 0:
        minutes[random.random((points, sites)) < 0.25] = np.inf
    persons = random.integers(0, 6, points) if whole else random.random(points) * 9
    p = {0: 1, 1: sites}.get(seed % 11, int(random.integers(1, sites + 1)))
    costs = random.integers(0, 40, sites) if whole else random.random(sites) * 40
    return Case(
        minutes,
        persons.astype(float),
        p,
        float(random.integers(0, 25)),
        costs.astype(float),
        random.integers(0, 12, sites).astype(float),
    )


def least_person_minutes(case: Case) -> float:
    asking = case.persons > 0
    weights = case.persons[asking][:, None]
    return min(
        float((weights[:, 0] * case.minutes[asking][:, chosen].min(axis=1)).sum())
        for chosen in _choices(case, [case.p])
    )


def shortest_longest_way(case: Case) -> float:
    return min(
        float(case.minutes[:, chosen].min(axis=1).max()) for chosen in _choices(case, [case.p])
    )


def cheapest_cover(case: Case) -> float:
    near = case.minutes <= case.limit
    return min(
        (
            float(case.costs[chosen].sum())
            for chosen in _choices(case)
            if near[:, chosen].any(axis=1).all()
        ),
        default=np.inf,
    )


def most_persons_covered(case: Case) -> float:
    near = case.minutes <= case.limit
    return max(
        float(case.persons[near[:, chosen].any(axis=1)].sum())
        for chosen in _choices(case, [case.p])
    )


def least_cost(case: Case) -> float:
    return min(
        float(case.minutes[:, chosen].min(axis=1).sum() + case.costs[chosen].sum())
        for chosen in _choices(case)
    )


def least_cost_with_capacity(case: Case) -> float:
    return min(
        transport_cost(case, chosen) + float(case.costs[chosen].sum()) for chosen in _choices(case)
    )


def transport_cost(case: Case, chosen: list[int]) -> float:
    points, sites = len(case.persons), len(chosen)
    if case.capacity[chosen].sum() < case.persons.sum() - 1e-9:
        return np.inf
    costs = case.minutes[:, chosen].ravel()
    way = np.isfinite(costs)
    solved = linprog(
        np.where(way, costs, 0.0),
        A_ub=np.hstack([d * np.eye(sites) for d in case.persons]),
        b_ub=case.capacity[chosen],
        A_eq=np.kron(np.eye(points), np.ones(sites)),
        b_eq=np.ones(points),
        bounds=[(0, 1 if usable else 0) for usable in way],
    )
    return float(solved.fun) if solved.status == 0 else np.inf


def _choices(case: Case, sizes: list[int] | None = None) -> Iterator[list[int]]:
    sites = range(case.minutes.shape[1])
    for size in sizes or range(1, len(sites) + 1):
        for chosen in combinations(sites, size):
            yield list(chosen)

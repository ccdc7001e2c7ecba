"""What a cover is narrowed by keeps the best cover: reduction, cuts, search and bound."""

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from planner.domain import ProofStatus
from planner.facility_location.classical import p_center, set_covering
from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.cover_cuts import broken_rows
from planner.facility_location.classical.cover_reduction import alike, reduced
from planner.facility_location.classical.cover_search import search_cover
from planner.facility_location.classical.knapsacks import choose_sites
from planner.facility_location.classical.lagrangian import CLOSED, FREE, OPEN
from planner.facility_location.classical.relaxed_cover import RelaxedCover

SEEDS = range(60)
NO_LIMIT = Stopwatch(None)


def links_of(seed, points=9, sites=9):
    """Return random links, each row with one or more, and costs with ties and zeros."""
    random = np.random.default_rng(seed)
    points, sites = int(random.integers(1, points + 1)), int(random.integers(1, sites + 1))
    links = random.random((points, sites)) < random.uniform(0.15, 0.6)
    links[np.arange(points), random.integers(0, sites, points)] = True
    costs = np.ones(sites) if seed % 3 else random.integers(0, 6, sites).astype(float)
    return links, costs


def covers(links):
    """Return every cover, of shape (covers, sites)."""
    choices = np.array(list(product([False, True], repeat=links.shape[1])))
    return choices[(choices @ links.T.astype(int) > 0).all(axis=1)]


def least(links, costs):
    return float((covers(links) @ costs).min())


@pytest.mark.parametrize("seed", SEEDS)
def test_reduction_loses_no_cheapest_cover(seed):
    links, costs = links_of(seed)

    rows, forced, live = reduced(links, costs)

    rest = least(links[np.ix_(rows, live)], costs[live]) if rows.size else 0.0
    assert costs[forced].sum() + rest == least(links, costs)


def test_reduction_leaves_nothing_of_a_road():
    places = np.arange(6.0)
    near = np.abs(places[:, None] - places[None]) <= 1

    rows, forced, _ = reduced(near, np.ones(6))

    assert not rows.size
    assert forced.tolist() == [1, 4]


def test_equal_rows_are_one_group():
    first, groups = alike(np.array([[True, False], [False, True], [True, False]]))

    assert first.tolist() == [0, 1]
    assert groups.tolist() == [0, 1, 0]


def test_a_ring_of_three_villages_breaks_half_a_site_each():
    ring = csr_matrix(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]))

    rows, at_least = broken_rows(ring, np.ones(3), np.full(3, 0.5), most=9)

    assert rows.toarray().tolist() == [[1.0, 1.0, 1.0]]
    assert at_least.tolist() == [2.0]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_whole_cover_breaks_a_cut_and_every_cut_is_broken_by_the_fractional_one(seed):
    links, costs = links_of(seed, points=12, sites=10)
    whole = covers(links).astype(float)
    relaxed = RelaxedCover(links, costs)

    for _ in range(4):
        assert relaxed.solve(NO_LIMIT)
        assert relaxed.bound <= least(links, costs) + 1e-9
        rows, at_least = broken_rows(relaxed.matrix, relaxed.least, relaxed.shares, most=50)
        if not len(at_least):
            break
        assert (rows @ relaxed.shares < at_least - 1e-3).all()
        assert (whole @ rows.T.toarray() >= at_least - 1e-9).all()
        relaxed.add(rows, at_least)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_price_bounds_every_cover_with_or_without_a_site(seed):
    links, costs = links_of(seed)
    relaxed = RelaxedCover(links, costs)
    relaxed.solve(NO_LIMIT)

    found = covers(links)
    value = found @ costs
    for site, price in enumerate(relaxed.reduced_costs):
        assert (value[found[:, site]] >= relaxed.bound + price - 1e-9).all()
        assert (value[~found[:, site]] >= relaxed.bound - price - 1e-9).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_search_returns_a_cover_that_costs_no_more(seed):
    links, costs = links_of(seed)
    start = np.ones(links.shape[1], dtype=bool)

    found = search_cover(links, costs, start, target=0.0, steps=300, seed=seed, watch=NO_LIMIT)

    assert links[:, found].any(axis=1).all()
    assert costs[found].sum() <= costs.sum()
    if seed % 3:
        assert found.sum() == least(links, costs)


@pytest.mark.parametrize("seed", range(40))
def test_set_covering_of_a_dozen_sites_finds_the_cheapest(seed):
    links, costs = links_of(seed, points=16, sites=12)
    minutes = np.where(links, 1.0, 9.0)

    answer = set_covering(minutes, 5.0, costs)

    assert answer.status is ProofStatus.PROVEN
    assert answer.value == least(links, costs)


@pytest.mark.parametrize("seed", range(3))
def test_a_center_is_the_shortest_limit_that_p_sites_cover(seed):
    random = np.random.default_rng(seed)
    places = random.random((120, 2)) * 100
    minutes = np.rint(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)))

    answer = p_center(minutes, 12)

    assert answer.status is ProofStatus.PROVEN
    assert set_covering(minutes, answer.value).value <= 12
    assert set_covering(minutes, answer.value - 1).value > 12


@pytest.mark.parametrize("seed", range(200))
def test_the_cheapest_whole_sites_hold_the_demand(seed):
    random = np.random.default_rng(seed)
    sites = int(random.integers(1, 9))
    worth = random.integers(-3, 9, sites).astype(float)
    capacity = random.integers(0, 9, sites).astype(float) if seed % 3 else np.full(sites, 4.0)
    state = random.choice([FREE, FREE, FREE, OPEN, CLOSED], sites).astype(np.int8)
    demand = float(random.integers(0, 25))
    part = np.zeros(sites)

    total = choose_sites(worth, capacity, state, demand, part)

    choices = np.array(list(product([0, 1], repeat=sites)))
    allowed = (choices[:, state == OPEN] == 1).all(axis=1)
    allowed &= (choices[:, state == CLOSED] == 0).all(axis=1) & (choices @ capacity >= demand)
    assert total == min(choices[allowed] @ worth, default=np.inf)
    if allowed.any():
        assert set(part) <= {0.0, 1.0}
        assert part @ worth == total
        assert part @ capacity >= demand

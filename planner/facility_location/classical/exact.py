"""A choice of sites without capacities into the best one, with a proof.

In order: interchange from two starts and kicks for a value; multipliers by subgradient steps for a
bound; sites whose other state is bounded out are decided; a short branching on the rest; where
that does not end, multipliers from a linear programme with Benders cuts, more sites decided, and
the small rest as a mixed-integer programme (PuLP states it, HiGHS solves it).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from planner.facility_location.classical.answers import Stopwatch
from planner.facility_location.classical.benders import improve_by_cuts
from planner.facility_location.classical.branching import Node, branch
from planner.facility_location.classical.kicks import improve, look_around
from planner.facility_location.classical.lagrangian import (
    ANY_NUMBER,
    CLOSED,
    FREE,
    OPEN,
    Ranked,
    ascend,
    rank,
)
from planner.facility_location.classical.reduced import solve_rest
from planner.facility_location.classical.uncapacitated import (
    Floats,
    Incumbent,
    Ints,
    Uncapacitated,
    fix,
)

_log = logging.getLogger(__name__)

_STEPS, _LEAST_STEP = 4000, 3e-4
_STEP_ENTRIES = 20_000_000_000
"""Entries that all steps together may look at, so that a large root keeps its time."""
_ENTRIES_AT_ONCE = 200_000_000
"""Between two looks at the clock."""
_FEW_TO_OPEN = 14
"""Up to so many sites still to open, branching beats linear programming."""
_SHORT_BRANCHING, _LONG_BRANCHING = 3000, 60_000
_CORE_TIME = 1 / 3
_CORE_SITES, _CORE_SHARE, _SHARE = 150, 0.6, 1e-4
"""Undecided sites above which the likely ones are solved first, the share of all that these may be,
and what counts as open in part."""
_FEW_POINTS, _SOME_TO_OPEN, _BRANCHED_POINTS = 600, 30, 100_000
"""Points, and sites still to open, up to which branching goes on long; above, nodes times points: a
node keeps a multiplier for each point, and linear programming gains on it."""


@dataclass(frozen=True, eq=False)
class Found:
    """The best choice and the bound: no choice costs less than `bound`."""

    opened: Ints
    value: float
    bound: float


def find_best(
    problem: Uncapacitated,
    *,
    watch: Stopwatch,
    gap: float = 0.0,
    allowed: float = 0.0,
    seed: int = 0,
    start: Ints | None = None,
) -> Found:
    """Return the best choice of sites found in time and a true lower bound.

    Parameters
    ----------
    gap, allowed : float
        Relative and absolute gap at which to be content.
    start : int64 array, optional
        Sites of a choice to begin with; exactly `count` where a number is given.
    """
    random = np.random.default_rng(seed)
    incumbent = Incumbent(gap, allowed)
    _first_choice(problem, incumbent, random, start, watch)
    if problem.costs.shape[1] == problem.count:
        return Found(incumbent.opened, incumbent.value, incumbent.value)
    points = len(problem.weights)
    ranked = rank(problem.costs, at_most=problem.row_length)
    node, worth = _root(problem, ranked, incumbent, watch)
    look_around(problem, incumbent, node, worth, random, watch)
    by_branching = points <= _FEW_POINTS or problem.count <= _FEW_TO_OPEN
    if node.bound < incumbent.cutoff and by_branching:
        again, second_worth = _climb(
            problem, ranked, node.multipliers, incumbent, step=0.5, watch=watch
        )
        if again.bound > node.bound:
            node, worth = again, second_worth
    _log.info(
        "location root: %d points, %d sites, value %g, bound %g, %.1f s",
        *problem.costs.shape, incumbent.value, node.bound, watch.spent,
    )  # fmt: skip
    bound = _close(problem, node, worth, incumbent, watch=watch, seed=seed)
    bound = min(incumbent.value, problem.rounded_up(max(bound, node.bound)))
    return Found(incumbent.opened, incumbent.value, bound)


def _first_choice(
    problem: Uncapacitated,
    incumbent: Incumbent,
    random: np.random.Generator,
    start: Ints | None,
    watch: Stopwatch,
) -> None:
    sites = problem.costs.shape[1]
    is_open = np.zeros(sites, dtype=bool)
    if start is not None:
        is_open[start] = True
    elif problem.count == ANY_NUMBER:
        total = problem.weights @ problem.costs + problem.fixed
        is_open[np.argmin(total)] = True
    else:
        is_open[random.choice(sites, problem.count, replace=False)] = True
    incumbent.offer(problem, np.flatnonzero(is_open))
    improve(problem, incumbent, is_open, random.permutation(sites), watch)


def _root(
    problem: Uncapacitated, ranked: Ranked, incumbent: Incumbent, watch: Stopwatch
) -> tuple[Node, Floats]:
    opened = incumbent.opened
    near = np.sort(problem.costs[:, opened], axis=1)
    begin = near[:, 0] if len(opened) == 1 else (near[:, 0] + near[:, 1]) / 2
    return _climb(problem, ranked, np.minimum(begin, ranked.cap), incumbent, step=1.0, watch=watch)


def _climb(
    problem: Uncapacitated,
    ranked: Ranked,
    multipliers: Floats,
    incumbent: Incumbent,
    *,
    step: float,
    watch: Stopwatch,
) -> tuple[Node, Floats]:
    sites = problem.costs.shape[1]
    state = np.full(sites, FREE, dtype=np.int8)
    worth, use = np.zeros(sites), np.zeros(sites)
    better = multipliers.copy()
    steps = min(_STEPS, max(100, _STEP_ENTRIES // max(1, ranked.cost.size)))
    pace = np.array([step])
    at_once = max(10, _ENTRIES_AT_ONCE // max(1, ranked.cost.size))
    bound = -np.inf
    for done in range(0, steps, at_once):
        bound = ascend(
            ranked.start, ranked.site, ranked.cost, ranked.cap, problem.weights, problem.fixed,
            state, problem.count, incumbent.cutoff, better, pace, _LEAST_STEP, 15,
            min(at_once, steps - done), worth, use,
        )  # fmt: skip
        if bound >= incumbent.cutoff or pace[0] < _LEAST_STEP or watch.is_over:
            break
    return Node(bound, state, better, use), worth


def _close(
    problem: Uncapacitated,
    node: Node,
    worth: Floats,
    incumbent: Incumbent,
    *,
    watch: Stopwatch,
    seed: int,
) -> float:
    """Return a bound of `problem`, at least the cutoff when there was time to close the gap."""
    if node.bound >= incumbent.cutoff:
        return node.bound
    state = fix(node.state, worth, node.bound, count=problem.count, cutoff=incumbent.cutoff)
    rest, node = _without_closed(problem, Node(node.bound, state, node.multipliers, node.use))
    if not _is_open_question(rest, node, incumbent):
        return incumbent.cutoff
    room = rest.count - int((node.state == OPEN).sum())
    few = rest.count != ANY_NUMBER and room <= _FEW_TO_OPEN
    ranked = rank(rest.costs, at_most=rest.row_length)
    points = len(rest.weights)
    brief = _SHORT_BRANCHING
    if points > _FEW_POINTS or not 0 < room <= _SOME_TO_OPEN:
        brief = min(brief, _BRANCHED_POINTS // points)
    most_nodes = _LONG_BRANCHING if few else brief if points <= _FEW_POINTS else 0
    bound = branch(rest, ranked, node, incumbent, most_nodes=most_nodes, watch=watch)
    if bound >= incumbent.cutoff or watch.is_over:
        return bound
    node, cuts = improve_by_cuts(rest, ranked, node, incumbent, watch=watch)
    if node.bound >= incumbent.cutoff or watch.is_over:
        return max(bound, node.bound)
    if (node.state == FREE).sum() > _CORE_SITES:
        node = _through_core(rest, ranked, node, incumbent, watch=watch, seed=seed)
    tried = branch(rest, ranked, node, incumbent, most_nodes=brief, watch=watch)
    if tried >= incumbent.cutoff or watch.is_over:
        return max(bound, tried)
    last = solve_rest(rest, node, cuts, incumbent, watch=watch, seed=seed)
    return max(bound, tried, last)


def _through_core(
    problem: Uncapacitated,
    ranked: Ranked,
    node: Node,
    incumbent: Incumbent,
    *,
    watch: Stopwatch,
    seed: int,
) -> Node:
    """Return `node` with more sites decided by what the best of its likely sites cost.

    Likely are the sites of every good choice met and those that the linear programme opens in part
    (heuristic concentration, Rosing & ReVelle 1997, EJOR 97).
    """
    bound, worth = _weigh(problem, ranked, node, incumbent)
    likely = node.use > _SHARE
    likely |= np.isin(problem.names, sorted(incumbent.met.union(incumbent.opened.tolist())))
    if likely.sum() > _CORE_SHARE * len(likely):
        return node
    state = np.where((node.state == FREE) & ~likely, CLOSED, node.state).astype(np.int8)
    core, start = _without_closed(problem, Node(node.bound, state, node.multipliers, node.use))
    if _is_open_question(core, start, incumbent):
        share = watch.part(_CORE_TIME)
        _close(core, start, np.zeros(len(start.state)), incumbent, watch=share, seed=seed)
    decided = fix(node.state, worth, bound, count=problem.count, cutoff=incumbent.cutoff)
    _log.info(
        "location core: %d sites, value %g, %d undecided, %.1f s",
        len(start.state), incumbent.value, int((decided == FREE).sum()), watch.spent,
    )  # fmt: skip
    return Node(node.bound, decided, node.multipliers, node.use)


def _weigh(
    problem: Uncapacitated, ranked: Ranked, node: Node, incumbent: Incumbent
) -> tuple[float, Floats]:
    """Return what the multipliers of `node` prove, and the worth of each site under them."""
    sites = len(node.state)
    worth = np.zeros(sites)
    bound = ascend(
        ranked.start, ranked.site, ranked.cost, ranked.cap, problem.weights, problem.fixed,
        node.state, problem.count, incumbent.cutoff, np.minimum(node.multipliers, ranked.cap),
        np.ones(1), _LEAST_STEP, 1, 1, worth, np.zeros(sites),
    )  # fmt: skip
    return bound, worth


def _without_closed(problem: Uncapacitated, node: Node) -> tuple[Uncapacitated, Node]:
    live = np.flatnonzero(node.state != CLOSED)
    narrowed = Node(node.bound, node.state[live], node.multipliers, node.use[live])
    return problem.narrowed(live), narrowed


def _is_open_question(rest: Uncapacitated, node: Node, incumbent: Incumbent) -> bool:
    """Return whether anything is left to decide; if not, the only choice left is offered."""
    if (node.state == FREE).any():
        return True
    opened = np.flatnonzero(node.state == OPEN)
    if opened.size:
        incumbent.offer(rest, opened)
    return False

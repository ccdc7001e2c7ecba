"""A directed graph into a smaller one with the same distances between the nodes that are kept.

A node with few neighbours is taken out and its neighbours are joined by the ways that led through
it: dead ends vanish, chains become one edge, stars become triangles. Where a way round is no
longer, no edge is needed. No distance between the remaining nodes changes, and with whole numbers
as weights not even in the last digit.

References
----------
Taking out a node is one step of Gaussian elimination over the (min, +) semiring: B. A. Carré, "An
algebra for network routing problems", J. Inst. Math. Appl. 7 (1971). Leaving out edges that have a
way round, and doing so for road networks: R. Geisberger, P. Sanders, D. Schultes, D. Delling,
"Contraction Hierarchies", WEA 2008; here the way round has one stop, and a core is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

FAR = 2**60
"""Longer than any way; the sum of two still fits into 64 bits."""
_WAYS_ROUND_FROM = 4
"""Up to three neighbours, taking a node out adds no more edges than it frees."""


@dataclass(frozen=True, eq=False)
class Graph:
    """A directed graph by its arcs; weights are whole and never negative.

    Attributes
    ----------
    nodes : int
    tail, head : int32 arrays of shape (arcs,)
    weight : int64 array of shape (arcs,)
    """

    nodes: int
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    weight: NDArray[np.int64]


def contract(
    graph: Graph, keep: NDArray[np.bool_], *, most_neighbours: int
) -> tuple[Graph, NDArray[np.int32]]:
    """Return a smaller graph with the same distances, and each node's number there or -1.

    Parameters
    ----------
    graph : Graph
    keep : bool array of shape (nodes,)
        Nodes that must stay.
    most_neighbours : int
        Nodes with more neighbours stay too: a larger number costs more here and saves in every
        search.
    """
    links = _linked(graph.nodes, graph.tail, graph.head, graph.weight)
    alive = _eliminate(keep, max(most_neighbours, 0), links)
    number = np.where(alive, np.cumsum(alive) - 1, -1).astype(np.int32)
    tail, head, weight = _arcs(alive, number, links)
    return Graph(int(alive.sum()), tail, head, weight), number


# The graph as linked lists. Half-edges 2e and 2e+1 are the two ends of one neighbourhood: half h
# leads from its owner to to[h] with weight[h], its twin h ^ 1 leads back. The halves of one owner
# form a doubly linked list that starts at first[owner]. free is a stack of unused e, its height in
# free[0]. All arrays travel together as `links`; the compiler takes the tuple apart again.


@numba.njit(cache=True, nogil=True)
def _linked(
    nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32], weights: NDArray[np.int64]
) -> Any:
    arcs = len(tail)
    first = np.full(nodes, -1, np.int32)
    degree = np.zeros(nodes, np.int32)
    to = np.empty(2 * arcs, np.int32)
    following = np.empty(2 * arcs, np.int32)
    before = np.empty(2 * arcs, np.int32)
    weight = np.empty(2 * arcs, np.int64)
    free = np.arange(arcs, -1, -1).astype(np.int32)
    free[0] = arcs
    links = (first, degree, to, following, before, weight, free)
    for arc in range(arcs):
        if tail[arc] != head[arc]:
            _join(tail[arc], head[arc], weights[arc], FAR, links)
    return links


@numba.njit(cache=True, nogil=True)
def _join(x: int, y: int, there: int, back: int, links: Any) -> None:
    """Make the ways from x to y and back no longer than told; a new neighbourhood if need be."""
    first, degree, to, following, before, weight, free = links
    half = _find(x, y, links)
    if half < 0:
        half = 2 * free[free[0]]
        free[0] -= 1
        to[half], to[half + 1] = y, x
        weight[half], weight[half + 1] = FAR, FAR
        for owner, end in ((x, half), (y, half + 1)):
            following[end] = first[owner]
            before[end] = -1
            if first[owner] >= 0:
                before[first[owner]] = end
            first[owner] = end
            degree[owner] += 1
    weight[half] = min(weight[half], there)
    weight[half ^ 1] = min(weight[half ^ 1], back)


@numba.njit(cache=True, nogil=True)
def _find(x: int, y: int, links: Any) -> Any:
    """Return the half-edge from x to y, or -1; walks the shorter of the two lists."""
    first, degree, to, following, _, _, _ = links
    if degree[x] <= degree[y]:
        half = first[x]
        while half >= 0 and to[half] != y:
            half = following[half]
        return half
    half = first[y]
    while half >= 0 and to[half] != x:
        half = following[half]
    return half ^ 1 if half >= 0 else -1


@numba.njit(cache=True, nogil=True)
def _has_way_round(x: int, y: int, there: int, back: int, links: Any) -> Any:
    """Return whether ways with one stop are no longer than `there` from x to y and `back`."""
    first, degree, to, following, _, weight, _ = links
    if degree[x] > degree[y]:
        x, y, there, back = y, x, back, there
    there_found, back_found = there >= FAR, back >= FAR
    half = first[x]
    while half >= 0 and not (there_found and back_found):
        if weight[half] < there or weight[half ^ 1] < back:
            onward = _find(to[half], y, links)
            if onward >= 0:
                there_found |= weight[half] + weight[onward] <= there
                back_found |= weight[half ^ 1] + weight[onward ^ 1] <= back
        half = following[half]
    return there_found and back_found


@numba.njit(cache=True, nogil=True)
def _take_out(x: int, links: Any, around: Any, out_of: Any, into: Any) -> int:
    """Unlink node x; its neighbours and the ways to and from them are written to the arrays."""
    first, degree, to, following, before, weight, free = links
    count = 0
    half = first[x]
    while half >= 0:
        back = half ^ 1
        y = to[half]
        around[count], out_of[count], into[count] = y, weight[half], weight[back]
        count += 1
        if before[back] >= 0:
            following[before[back]] = following[back]
        else:
            first[y] = following[back]
        if following[back] >= 0:
            before[following[back]] = before[back]
        degree[y] -= 1
        free[0] += 1
        free[free[0]] = half // 2
        half = following[half]
    return count


@numba.njit(cache=True, nogil=True)
def _eliminate(keep: NDArray[np.bool_], most: int, links: Any) -> NDArray[np.bool_]:
    """Take out nodes with few neighbours, those with the fewest first; return which stay."""
    degree, free = links[1], links[6]
    nodes = len(degree)
    alive = np.ones(nodes, np.bool_)
    queue = np.empty(nodes, np.int32)
    waiting = np.zeros(nodes, np.bool_)
    around = np.empty(most, np.int32)
    out_of = np.empty(most, np.int64)
    into = np.empty(most, np.int64)
    for level in range(most + 1):
        start = length = 0
        for x in range(nodes):
            if alive[x] and not keep[x] and degree[x] <= level:
                waiting[x] = True
                queue[length] = x
                length += 1
        # First in, first out: neighbours of what was just taken out wait, which spreads new edges.
        while length > 0:
            x = queue[start]
            start = (start + 1) % nodes
            length -= 1
            waiting[x] = False
            many = degree[x]
            if many > level or free[0] + many < many * (many - 1) // 2:
                continue
            alive[x] = False
            count = _take_out(x, links, around, out_of, into)
            _join_around(count, links, around, out_of, into)
            for i in range(count):
                y = around[i]
                if not waiting[y] and not keep[y] and degree[y] <= level:
                    waiting[y] = True
                    queue[(start + length) % nodes] = y
                    length += 1
    return alive


@numba.njit(cache=True, nogil=True)
def _join_around(count: int, links: Any, around: Any, out_of: Any, into: Any) -> None:
    """Join the neighbours of a node that has been taken out by the ways that led through it."""
    for i in range(count):
        for j in range(i + 1, count):
            y, z = around[i], around[j]
            there, back = into[i] + out_of[j], into[j] + out_of[i]
            if there >= FAR and back >= FAR:
                continue
            if (
                count >= _WAYS_ROUND_FROM
                and _find(y, z, links) < 0
                and _has_way_round(y, z, there, back, links)
            ):
                continue
            _join(y, z, there, back, links)


@numba.njit(cache=True, nogil=True)
def _arcs(alive: NDArray[np.bool_], number: NDArray[np.int32], links: Any) -> Any:
    """Return the arcs that are left, as tails, heads and weights."""
    first, degree, to, following, _, weight, _ = links
    most = 0
    for x in range(len(alive)):
        if alive[x]:
            most += degree[x]
    tail = np.empty(most, np.int32)
    head = np.empty(most, np.int32)
    length = np.empty(most, np.int64)
    count = 0
    for x in range(len(alive)):
        half = first[x] if alive[x] else -1
        while half >= 0:
            if weight[half] < FAR:
                tail[count] = number[x]
                head[count] = number[to[half]]
                length[count] = weight[half]
                count += 1
            half = following[half]
    return tail[:count].copy(), head[:count].copy(), length[:count].copy()

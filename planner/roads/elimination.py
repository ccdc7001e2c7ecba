"""A directed graph into a smaller one with the same distances between the nodes that are kept.

A node with at most three neighbours is taken out and its neighbours are joined by the ways that led
through it: dead ends vanish, chains become one edge, stars become triangles. No distance between
the remaining nodes changes, and with whole numbers as weights not even in the last digit.

References
----------
The rule is one step of Gaussian elimination over the (min, +) semiring: B. A. Carré, "An algebra
for network routing problems", J. Inst. Math. Appl. 7 (1971); for roads: R. Geisberger et al.,
"Contraction Hierarchies", WEA 2008, here without witness searches since three neighbours add at
most as many edges as they free.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

FAR = np.int64(2**60)
"""Longer than any way; the sum of two still fits into 64 bits."""


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
    graph: Graph, keep: NDArray[np.bool_], *, most_neighbours: int = 3
) -> tuple[Graph, NDArray[np.int32]]:
    """Return a smaller graph with the same distances, and each node's number there or -1.

    Parameters
    ----------
    graph : Graph
    keep : bool array of shape (nodes,)
        Nodes that must stay.
    most_neighbours : int
        Nodes with more neighbours stay.
    """
    first, degree, to, following, before, weight, free = _linked(
        graph.nodes, graph.tail, graph.head, graph.weight
    )
    alive = _eliminate(keep, most_neighbours, first, degree, to, following, before, weight, free)
    number = np.where(alive, np.cumsum(alive) - 1, -1).astype(np.int32)
    tail, head, length = _arcs(alive, number, first, to, following, weight)
    return Graph(int(alive.sum()), tail, head, length), number


# Half-edges 2e and 2e+1 are the two ends of one neighbourhood: half h leads from its owner to
# to[h] with weight[h], its twin h ^ 1 leads back. Halves of one owner form a doubly linked list.


@numba.njit(cache=True, nogil=True)
def _linked(nodes, tail, head, weight):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    arcs = len(tail)
    first = np.full(nodes, -1, np.int32)
    degree = np.zeros(nodes, np.int32)
    to = np.empty(2 * arcs, np.int32)
    following = np.empty(2 * arcs, np.int32)
    before = np.empty(2 * arcs, np.int32)
    length = np.empty(2 * arcs, np.int64)
    used = 0
    for arc in range(arcs):
        x, y = tail[arc], head[arc]
        if x == y:
            continue
        half = _find(x, y, first, degree, to, following)
        if half < 0:
            half = 2 * used
            used += 1
            to[half] = y
            to[half + 1] = x
            length[half] = FAR
            length[half + 1] = FAR
            _push(half, x, first, degree, following, before)
            _push(half + 1, y, first, degree, following, before)
        length[half] = min(length[half], weight[arc])
    free = np.empty(arcs + 1, np.int32)
    free[0] = 0
    for edge in range(arcs - 1, used - 1, -1):
        free[0] += 1
        free[free[0]] = edge
    return first, degree, to, following, before, length, free


@numba.njit(cache=True, nogil=True)
def _push(half, owner, first, degree, following, before):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    following[half] = first[owner]
    before[half] = -1
    if first[owner] >= 0:
        before[first[owner]] = half
    first[owner] = half
    degree[owner] += 1


@numba.njit(cache=True, nogil=True)
def _find(x, y, first, degree, to, following):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the half-edge from x to y, or -1; walks the shorter of the two lists."""
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
def _eliminate(keep, most, first, degree, to, following, before, weight, free):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0912, PLR0915
    # One function and not five: the compiler must see the loop to keep its arrays in registers.
    nodes = len(first)
    alive = np.ones(nodes, np.bool_)
    stack = np.empty(nodes, np.int32)
    waiting = np.zeros(nodes, np.bool_)
    around = np.empty(most, np.int32)
    out_of = np.empty(most, np.int64)
    into = np.empty(most, np.int64)
    for level in range(most + 1):
        height = 0
        for x in range(nodes - 1, -1, -1):
            waiting[x] = alive[x] and not keep[x] and degree[x] <= level
            if waiting[x]:
                stack[height] = x
                height += 1
        while height > 0:
            height -= 1
            x = stack[height]
            waiting[x] = False
            count = degree[x]
            if count > level or free[0] + count < count * (count - 1) // 2:
                continue
            alive[x] = False
            half = first[x]
            for i in range(count):
                y = to[half]
                around[i] = y
                out_of[i] = weight[half]
                into[i] = weight[half ^ 1]
                back = half ^ 1
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
            for i in range(count):
                for j in range(i + 1, count):
                    there, back_again = into[i] + out_of[j], into[j] + out_of[i]
                    if there >= FAR and back_again >= FAR:
                        continue
                    y, z = around[i], around[j]
                    half = _find(y, z, first, degree, to, following)
                    if half < 0:
                        half = 2 * free[free[0]]
                        free[0] -= 1
                        to[half] = z
                        to[half + 1] = y
                        weight[half] = FAR
                        weight[half + 1] = FAR
                        _push(half, y, first, degree, following, before)
                        _push(half + 1, z, first, degree, following, before)
                    weight[half] = min(weight[half], there)
                    weight[half ^ 1] = min(weight[half ^ 1], back_again)
            for i in range(count):
                y = around[i]
                if not waiting[y] and not keep[y] and degree[y] <= level:
                    waiting[y] = True
                    stack[height] = y
                    height += 1
    return alive


@numba.njit(cache=True, nogil=True)
def _arcs(alive, number, first, to, following, weight):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    count = 0
    for turn in range(2):
        if turn == 1:
            tail = np.empty(count, np.int32)
            head = np.empty(count, np.int32)
            length = np.empty(count, np.int64)
            count = 0
        for x in range(len(alive)):
            half = first[x] if alive[x] else -1
            while half >= 0:
                if weight[half] < FAR:
                    if turn == 1:
                        tail[count] = number[x]
                        head[count] = number[to[half]]
                        length[count] = weight[half]
                    count += 1
                half = following[half]
    return tail, head, length

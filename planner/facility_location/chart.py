"""Options of a model on a map without a map: how far apart they are, and who is near whom.

Two options are as far apart as the shortest way from one to the other by a demand point.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from planner.domain import Option, Problem

_FARTHEST = 1e6
"""Minutes that stand for a way that does not exist."""


class Chart:
    """Some options of a problem, numbered in their order.

    Attributes
    ----------
    options : tuple of Option
    number : mapping of Option to its place in `options`
    """

    def __init__(self, problem: Problem, options: Sequence[Option]) -> None:
        self.problem = problem
        self.options = tuple(options)
        self.number = {option: k for k, option in enumerate(self.options)}

    @cached_property
    def apart(self) -> NDArray[np.float32]:
        """Minutes between two options; shape (options, options)."""
        column = {site: j for j, site in enumerate(self.problem.sites)}
        minutes = self.problem.minutes[:, [column[site] for _, site in self.options]]
        minutes = np.minimum(minutes, _FARTHEST).astype(np.float32)
        return np.array([(minutes + own[:, None]).min(axis=0) for own in minutes.T])

    def window(self, seed: int, size: int, among: Collection[Option]) -> list[Option]:
        """Return option number `seed` and the options of `among` nearest to it, `size` in all."""
        near = (self.options[k] for k in np.argsort(self.apart[seed], kind="stable"))
        own = self.options[seed]
        return [own, *islice((o for o in near if o in among and o != own), size - 1)]

    def districts(self, least: int) -> Iterator[NDArray[np.intp]]:
        """Yield the numbers of the options in each district, larger ones before their parts.

        All options together are the first. One of `least` options or more falls into halves: the
        two options far from each other, and whoever is nearer to one or the other.
        """
        whole = [np.arange(len(self.options))]
        while whole:
            members = whole.pop()
            yield members
            if len(members) < least:
                continue
            apart = self.apart[np.ix_(members, members)]
            one = apart[apart.sum(axis=1).argmax()]
            other = apart[one.argmax()]
            order = members[np.argsort(one - other, kind="stable")]
            whole += [order[len(order) // 2 :], order[: len(order) // 2]]

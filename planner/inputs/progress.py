"""Rows on their way through a reader into reports of how many have been read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from planner.inputs.readers import Row

Tell = Callable[[int, int], None]
"""Called with rows read and rows in all; never with what stands in them."""

EVERY_ROWS = 2_000


def telling(rows: Sequence[Row], tell: Tell | None) -> Iterator[Row]:
    """Yield `rows`; tell how many have passed, every two thousand and at the end."""
    for done, row in enumerate(rows):
        if tell is not None and done % EVERY_ROWS == 0:
            tell(done, len(rows))
        yield row
    if tell is not None:
        tell(len(rows), len(rows))

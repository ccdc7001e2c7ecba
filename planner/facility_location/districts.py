"""Options into districts of their map, and how many units open in each: sums to branch on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from planner.domain import Option
from planner.facility_location.chart import Chart
from planner.facility_location.ground import Way

_OPTIONS_FOR_DISTRICTS, _LEAST_DISTRICT = 30, 4
"""Of a service from which on its sites are counted by district, and of a district to be halved."""


def sites_of_districts(
    chart: Chart,
    services: Sequence[str],
    offered: Mapping[Option, Sequence[tuple[Way, int]]],
    width: int,
) -> csc_matrix:
    """Return the units of each service in each district of its options.

    Parameters
    ----------
    chart : Chart
        Of all options.
    offered : mapping of Option to (way, column) pairs
    width : int
        Variables of the programme.

    Returns
    -------
    sparse array of shape (sums, variables)
    """
    districts: list[list[Option]] = []
    for service in services:
        own = [option for option in chart.options if option[0] == service]
        if len(own) < _OPTIONS_FOR_DISTRICTS:
            continue
        alone = chart if len(own) == len(chart.options) else Chart(chart.problem, own)
        districts += [[own[k] for k in part] for part in alone.districts(_LEAST_DISTRICT)]
    members = [[pair for option in district for pair in offered[option]] for district in districts]
    sums = csr_matrix(
        (
            np.array([way.units for pairs in members for way, _ in pairs], dtype=float),
            np.array([column for pairs in members for _, column in pairs], dtype=np.intp),
            np.cumsum([0, *map(len, members)]),
        ),
        shape=(len(districts), width),
    )
    return csc_matrix(sums)


def telling(sums: csc_matrix) -> csr_matrix:
    """Return the sums of several columns, each once, in their order."""
    rows = csr_matrix(sums)
    seen: dict[bytes, int] = {}
    for r in range(rows.shape[0]):
        part = slice(rows.indptr[r], rows.indptr[r + 1])
        if part.stop - part.start > 1:
            seen.setdefault(rows.indices[part].tobytes(), r)
    return rows[list(seen.values())]

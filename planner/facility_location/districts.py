"""Options into districts of their map, and how many units open in each: sums to branch on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from planner.domain import Option
from planner.facility_location.chart import Chart
from planner.facility_location.ground import Way

_OPTIONS_FOR_DISTRICTS, _LEAST_DISTRICT = 30, 4
"""Of a service from which on its sites are counted by district, and of a district to be halved."""


def sites_of_districts(
    chart: Chart,
    services: Sequence[str],
    ways: Mapping[Option, Sequence[Way]],
    columns: Mapping[Option, NDArray[np.intp]],
    width: int,
) -> csc_matrix:
    """Return the units of each service in each district of its options.

    Parameters
    ----------
    chart : Chart
        Of all options.
    ways, columns : mappings of Option
        Its ways of opening, and the column of each.
    width : int
        Variables of the programme.

    Returns
    -------
    sparse array of shape (sums, variables)
    """
    units = {option: np.array([way.units for way in ways[option]], float) for option in ways}
    districts: list[list[Option]] = []
    for service in services:
        own = [option for option in chart.options if option[0] == service]
        if len(own) < _OPTIONS_FOR_DISTRICTS:
            continue
        alone = chart if len(own) == len(chart.options) else Chart(chart.problem, own)
        districts += [[own[k] for k in members] for members in alone.districts(_LEAST_DISTRICT)]
    of_district = [np.concatenate([columns[option] for option in d]) for d in districts]
    factors = [np.concatenate([units[option] for option in d]) for d in districts]
    starts = np.cumsum([0, *map(len, of_district)])
    empty: list[NDArray[np.float64]] = [np.zeros(0)]
    sums = csr_matrix(
        (
            np.concatenate(factors or empty),
            np.concatenate(of_district or empty).astype(np.intp),
            starts,
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

"""Who is served, by municipality and service, into a table whose every text may be published.

The door for the tables that most screens and documents print: need, served, unserved and within
the standard, for today and for plans, by municipality and for the region, by service and for all
services together. All of it is protected at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.served_cells import (
    GroupCounts,
    Served,
    cells_of,
    facts_of,
    flow_cells,
    group_cells,
    group_persons,
    loads_known,
    persons_of,
    rows_known,
    share_facts,
    total_cells,
)
from planner.disclosure.served_tables import ServedTables
from planner.domain.readers import Audience, Thresholds


def protect_served(
    situations: Mapping[str, Mapping[tuple[str, str], Served]],
    *,
    name: str,
    snapshot: str,
    groups: GroupCounts | None = None,
    totals: Mapping[str, Collection[str]] | None = None,
    outside: Collection[str] = (),
    fewest: Mapping[tuple[str, str, str], int] | None = None,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
    but_for_told: bool = False,
) -> ServedTables:
    """Return need, served, unserved and within standard as text that may be published.

    Parameters
    ----------
    situations : mapping of situation to mapping of (municipality, service) to Served
        E.g. "today" and the digest of a plan. The needs must be the same in all.
    name : str
        What the ledger calls this release.
    snapshot : str
        Names the needs; everything released for it is held together.
    groups : GroupCounts, optional
        Assessed persons, released in the same breath.
    totals : mapping of name to services
        Some services whose need and within the standard are asked for together, by that name.
    outside : collection of municipalities
        Those that are in no total of the region.
    fewest : mapping of (situation, service, site) to persons, optional
        How many a site serves at least, as everybody knows: nothing is built for nobody.
    audience, thresholds, ledger, but_for_told
        See `planner.disclosure.protect`.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    groups = groups or GroupCounts()
    keys = sorted({key for rows in situations.values() for key in rows})
    of_needs = persons_of(situations, keys)
    threshold = (thresholds or Thresholds()).of(audience)
    cells = cells_of(of_needs, outside) + flow_cells(of_needs, threshold)
    cells += total_cells(keys, list(situations), totals or {}, outside)
    cells += group_cells(groups, outside)
    persons = of_needs | group_persons(groups)
    release = protect(
        cells,
        persons,
        name=name,
        snapshot=snapshot,
        facts=[
            *facts_of(of_needs),
            *rows_known(of_needs),
            *loads_known(cells, fewest or {}),
            *share_facts(keys, groups, persons),
        ],
        groups=frozenset(group for _, group in groups.persons),
        audience=audience,
        thresholds=thresholds,
        ledger=ledger,
        but_for_told=but_for_told,
    )
    return ServedTables(
        release,
        tuple(situations),
        tuple(sorted({m for m, _ in keys})),
        tuple(sorted({s for _, s in keys})),
    )

"""A plan beside today into tables of persons that may be published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict

from planner.analysis.indicators import municipality_figures
from planner.disclosure.figures import Audience, Thresholds
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.served import GroupCounts, Served, ServedTables, protect_served
from planner.disclosure.tables import Release
from planner.domain import Plan, Problem
from planner.records.text import digest

Rows = Mapping[tuple[str, str], Served]

TODAY, PLAN = "today", "plan"


def protect_plan(
    today: tuple[Problem, Plan],
    plan: tuple[Problem, Plan],
    *,
    snapshot: str,
    groups: GroupCounts | None = None,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
) -> ServedTables:
    """Return the figures of a plan and of today as text that may be published.

    Every table of one export takes its persons from here: ``at("plan", municipality, service)``,
    ``at("today", REGION, EVERY_SERVICE)``, `served_at` for loads of sites, `unserved_because`.
    It takes seconds; keep the result for as long as the plan is looked at.

    Parameters
    ----------
    today, plan : pairs of Problem and Plan
        With the same needs.
    snapshot : str
        Names the needs: the same for all plans that are made for the same assessed persons and
        shares of them, whatever services a plan is about.
    groups, audience, thresholds, ledger
        See `planner.disclosure.protect_served`. The ledger knows a plan by its figures.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    rows = {TODAY: served_of(*today), PLAN: served_of(*plan)}
    called = _called(rows)
    tables = protect_served(
        {called[name]: of for name, of in rows.items()},
        name=called[PLAN],
        snapshot=snapshot,
        groups=groups,
        audience=audience,
        thresholds=thresholds,
        ledger=ledger,
    )
    return tables.known_as(called)


def released_plan(
    release: Release, *, today: tuple[Problem, Plan], plan: tuple[Problem, Plan]
) -> ServedTables | None:
    """Return the tables of a release that `protect_plan` made, ``None`` if it is of other plans."""
    rows = {TODAY: served_of(*today), PLAN: served_of(*plan)}
    called = _called(rows)
    if release.name != called[PLAN] or not any(
        claim.table.startswith(f"{called[TODAY]}/") for claim in release.claims
    ):
        return None
    keys = {*rows[TODAY], *rows[PLAN]}
    return ServedTables(
        release,
        tuple(called.values()),
        tuple(sorted({m for m, _ in keys})),
        tuple(sorted({s for _, s in keys})),
        called,
    )


def served_of(problem: Problem, plan: Plan) -> dict[tuple[str, str], Served]:
    """Return need, served, reach, loads and reasons by (municipality of the people, service)."""
    sites: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (service, point, site), persons in plan.assigned.items():
        sites[problem.municipality_of_point[point], service][site] += persons
    reasons: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (service, point), found in plan.reasons.items():
        for reason, persons in found.items():
            reasons[problem.municipality_of_point[point], service][reason.value] += persons
    return {
        key: Served(
            need=figures.need,
            served=figures.served,
            within_standard=figures.within_standard,
            reach=figures.reach,
            reasons=dict(reasons[key]),
            sites=dict(sites[key]),
        )
        for key, figures in municipality_figures(problem, plan).items()
    }


def _called(rows: Mapping[str, Rows]) -> dict[str, str]:
    """Return what the ledger calls each situation."""
    return {name: f"{name} {_digest(of)}" for name, of in rows.items()}


def _digest(rows: Rows) -> str:
    """Return a short name of figures; rows without need say nothing and do not count."""
    named = {"/".join(key): asdict(row) for key, row in sorted(rows.items()) if row.need}
    return digest(named)[:16]

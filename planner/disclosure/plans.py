"""A plan beside today into tables of persons that may be published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from planner.analysis.indicators import municipality_figures
from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.served import protect_served
from planner.disclosure.served_cells import GroupCounts, Served
from planner.disclosure.served_tables import REGION, ServedTables
from planner.disclosure.tables import NEED, Cell, Part, Release, claim_text, sum_of
from planner.domain import Kind, Option, Plan, Problem, Stay
from planner.domain.readers import Audience, Thresholds
from planner.records.text import digest

Rows = Mapping[tuple[str, str], Served]

TODAY, PLAN = "today", "plan"
TRAVEL, HOMES = "travel", "homes"
"""Totals over the services that people travel to, and over those where people live."""
_WHOLE_NEED = ("mobile", "family")  # rows of these count everybody who needs the service
_START, _START_TOGETHER = "start now", "start now together"


def protect_plan(
    today: tuple[Problem, Plan],
    plan: tuple[Problem, Plan],
    *,
    snapshot: str,
    groups: GroupCounts | None = None,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
    but_for_told: bool = False,
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
    groups, audience, thresholds, ledger, but_for_told
        See `planner.disclosure.protect_served`. The ledger knows a plan by its figures.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    rows = {TODAY: served_of(*today), PLAN: served_of(*plan)}
    names = _called(rows)
    tables = protect_served(
        {names[name]: of for name, of in rows.items()},
        name=names[PLAN],
        snapshot=snapshot,
        groups=groups,
        totals=totals_of(plan[0]),
        outside=plan[0].outside,
        fewest={(names[PLAN], *option): n for option, n in fewest_at_new_sites(*plan).items()},
        audience=audience,
        thresholds=thresholds,
        ledger=ledger,
        but_for_told=but_for_told,
    )
    return tables.known_as(names)


def released_plan(
    release: Release, *, today: tuple[Problem, Plan], plan: tuple[Problem, Plan]
) -> ServedTables | None:
    """Return the tables of a release that `protect_plan` made, ``None`` if it is of other plans."""
    rows = {TODAY: served_of(*today), PLAN: served_of(*plan)}
    names = _called(rows)
    if release.name != names[PLAN] or not any(
        claim.table.startswith(f"{names[TODAY]}/") for claim in release.claims
    ):
        return None
    keys = {*rows[TODAY], *rows[PLAN]}
    return ServedTables(
        release,
        tuple(names.values()),
        tuple(sorted({m for m, _ in keys})),
        tuple(sorted({s for _, s in keys})),
        names,
    )


@dataclass(frozen=True)
class StartTables:
    """Whom services can reach without anything built, as it may be published."""

    release: Release

    def persons(self, municipality: str, service: str, why: str = "") -> str:
        """Return the persons of a row as text; all rows of a service together without `why`."""
        table = _START if why else _START_TOGETHER
        for claim in self.release.claims:
            if claim.key == (table, municipality, f"{service} {why}".strip()):
                return claim_text(claim, threshold=self.release.threshold)
        return "0"


def protect_start(
    rows: Mapping[tuple[str, str, str], int],
    *,
    snapshot: str,
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
    but_for_told: bool = False,
) -> StartTables:
    """Return whom services can reach at once as text that may be published, regions in total too.

    Parameters
    ----------
    rows : mapping of (municipality, service, why) to persons
        Of services that no plan decides, e.g. mobile ones.
    snapshot, audience, thresholds, ledger, but_for_told
        See `planner.disclosure.protect`. Only releases that speak of some of the same persons are
        held against it.
    """
    persons = {
        Part(m, s, NEED, "" if why in _WHOLE_NEED else why): n for (m, s, why), n in rows.items()
    }
    by_cell: defaultdict[tuple[str, str, str], list[Part]] = defaultdict(list)
    for (m, s, why), part in zip(rows, persons, strict=True):
        for area in (m, REGION):
            by_cell[_START, area, f"{s} {why}"].append(part)
            by_cell[_START_TOGETHER, area, s].append(part)
    release = protect(
        [Cell(*key, sum_of(parts)) for key, parts in by_cell.items()],
        persons,
        name=f"{_START} {digest({' '.join(key): n for key, n in sorted(rows.items())})[:16]}",
        snapshot=snapshot,
        audience=audience,
        thresholds=thresholds,
        ledger=Ledger(tuple(r for r in ledger.releases if _speaks_of(r, persons))),
        but_for_told=but_for_told,
    )
    return StartTables(release)


def released_start(release: Release) -> StartTables | None:
    """Return the tables of a release that `protect_start` made, ``None`` if it is another."""
    return StartTables(release) if release.name.startswith(_START) else None


def served_of(problem: Problem, plan: Plan) -> dict[tuple[str, str], Served]:
    """Return need, served, reach, loads and reasons by (municipality of the people, service)."""
    sites: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (service, point, site), persons in plan.assigned.items():
        sites[problem.municipality_of_point[point], service][site] += persons
    figures_of = municipality_figures(problem, plan)
    for service, site in _anybody_may_go_to(plan):
        for key in figures_of:
            if key[1] == service:
                sites[key][site] += 0
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
        for key, figures in figures_of.items()
    }


def _anybody_may_go_to(plan: Plan) -> list[Option]:
    """Return the new sites and those that nobody goes to: no reader knows from where they come."""
    used = {(service, site) for service, _, site in plan.assigned}
    return sorted(
        o for o, opening in plan.opened.items() if opening.kind is Kind.NEW or o not in used
    )


def fewest_at_new_sites(problem: Problem, plan: Plan) -> dict[Option, int]:
    """Return how many persons new sites serve at least, by what is built for how many at least."""
    loads: Counter[Option] = Counter()
    for (service, _, site), persons in plan.assigned.items():
        loads[service, site] += persons
    return {
        option: min(
            loads[option],
            max(1, problem.services[option[0]].least_load_persons * opening.units),
        )
        for option, opening in plan.opened.items()
        if opening.kind is Kind.NEW
    }


def totals_of(*problems: Problem) -> dict[str, list[str]]:
    """Return the services that people travel to, and those where people live, by name of both."""
    services = {s.id: s for problem in problems for s in problem.services.values()}
    return {
        TRAVEL: [s.id for s in services.values() if s.stay is not Stay.HOME],
        HOMES: [s.id for s in services.values() if s.stay is Stay.HOME],
    }


def _speaks_of(release: Release, persons: Mapping[Part, int]) -> bool:
    return any(part in persons for claim in release.claims for part, _ in claim.terms)


def called(name: str, rows: Rows) -> str:
    """Return what the ledger calls a situation: `TODAY` or `PLAN`, and a short name of its figures.

    Rows without need say nothing and do not count.
    """
    named = {"/".join(key): asdict(row) for key, row in sorted(rows.items()) if row.need}
    return f"{name} {digest(named)[:16]}"


def _called(rows: Mapping[str, Rows]) -> dict[str, str]:
    return {name: called(name, of) for name, of in rows.items()}

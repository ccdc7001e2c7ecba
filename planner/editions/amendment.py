"""What was before and what a plan proposes into numbered, typed changes that add up.

The unit of a regional plan is municipality × service × address, so each change is one such row:
bija (before) and būs (after), with places, persons, minutes, euros and the reason in figures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from planner.domain import Link, Opening, Option, Plan, Problem, StudyArea
from planner.editions.addresses import addresses_before, places_to_come
from planner.editions.books import Books
from planner.editions.changes import Amendment, Change, MunicipalTotal
from planner.editions.funding import DEFAULT_FUNDING, FundingShare, add_up
from planner.editions.moves import moves
from planner.editions.rows import rows_of


def amendment(
    problem: Problem,
    before: Mapping[Option, Opening],
    plan: Plan,
    area: StudyArea,
    *,
    assigned_before: Mapping[Link, int] | None = None,
    funding: Sequence[FundingShare] = DEFAULT_FUNDING,
    without_eu: Collection[str] = (),
) -> Amendment:
    """Return the changes that lead from `before` to `plan`, and the municipal totals.

    Parameters
    ----------
    problem : Problem
        The problem that `plan` answers.
    before : mapping of Option to Opening
        What stands or has been approved; see `before_of`.
    plan : Plan
        A checked plan.
    area : StudyArea
        Names and addresses of the sites.
    assigned_before : mapping of Link to persons, optional
        Who goes where today, for the persons, minutes and reasons.
    funding : sequence of FundingShare
        Who pays; thousandths that add up to 1000.
    without_eu : collection of str
        Municipalities that take no part in projects of the EU, and pay all themselves.
    """
    point_names = {point.id: point.name for point in area.points}
    books = Books(
        problem=problem,
        plan=plan,
        before=before,
        sites={site.id: site for site in area.sites},
        places_of={s.id: point_names.get(s.place_id, s.name) for s in area.sites},
        home_of={s.id: s.municipality_atvk for s in area.sites} | {**problem.municipality_of_site},
        moves=moves(problem, assigned_before or {}, plan.assigned),
        funding=tuple(funding),
        without_eu=frozenset(without_eu),
    )
    order = {m.atvk: position for position, m in enumerate(area.municipalities)}
    rank = {service.id: position for position, service in enumerate(area.services)}

    def row_order(change: Change) -> tuple[int, int, str, int]:
        return (
            order.get(change.municipality, len(order)),
            rank.get(change.service, len(rank)),
            change.site,
            change.address_number,
        )

    rows = [row for option in sorted({*before, *plan.opened}) for row in rows_of(books, option)]
    rows.sort(key=row_order)
    numbered = tuple(replace(row, number=n) for n, row in enumerate(rows, start=1))
    return Amendment(
        region=problem.region,
        plan_year=problem.plan_year,
        changes=numbered,
        totals=tuple(_total(books, m.atvk, numbered) for m in area.municipalities),
        funding=tuple(funding),
        without_eu=books.without_eu,
    )


def _total(books: Books, municipality: str, changes: Sequence[Change]) -> MunicipalTotal:
    problem = books.problem
    rows = [c for c in changes if c.municipality == municipality]
    here = {j for j, m in books.home_of.items() if m == municipality}
    own = [m for m in books.moves if problem.municipality_of_point[m.point] == municipality]
    was = {o: opening for o, opening in books.before.items() if o[1] in here}
    now = {o: opening for o, opening in books.plan.opened.items() if o[1] in here}
    return MunicipalTotal(
        municipality=municipality,
        changes=len(rows),
        addresses_before=sum(opening.units for opening in was.values()),
        addresses_after=sum(opening.units for opening in now.values()),
        places_before=sum(opening.places for opening in was.values()),
        places_committed=sum(places_to_come(problem, o, was[o]) for o in was),
        places_after=sum(opening.places for opening in now.values()),
        persons_before=sum(m.persons for m in books.moves if m.site_before in here),
        persons_after=sum(m.persons for m in books.moves if m.site_after in here),
        need=sum(m.persons for m in own),
        served_before=sum(m.persons for m in own if m.site_before is not None),
        served_after=sum(m.persons for m in own if m.site_after is not None),
        within_before=sum(m.persons for m in own if m.within_before),
        within_after=sum(m.persons for m in own if m.within_after),
        planned_cost_eur=_planned_cost(books, was),
        cost_eur=sum(c.cost_eur for c in rows),
        by_source=add_up([c.by_source for c in rows], books.funding),
    )


def _planned_cost(books: Books, was: Mapping[Option, Opening]) -> int | None:
    """Return what was approved and is not built yet would cost, ``None`` where that is not known.

    Where nothing approved has been read, what stands was approved at a cost that nobody told.
    """
    if books.problem.approved is None:
        return None if was else 0
    prices = [a.cost_eur for o in was for a in addresses_before(books.problem, o, was[o])]
    return None if None in prices else sum(price or 0 for price in prices)

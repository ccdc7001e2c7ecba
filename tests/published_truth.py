"""True plans into the persons behind every part that an attacker reads of in their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner import workflow
from planner.analysis.comparison import compare
from planner.disclosure import Mark, Part, Release, served_of
from planner.disclosure.served_cells import persons_of
from planner.disclosure.tables import NEED, persons_in
from planner.domain import Plan, Problem
from planner.editions import ReasonPart
from planner.publishing.change_people import concerned_by
from planner.publishing.plan_tables import UNSERVED
from planner.workflow import Proposal

Persons = dict[Part, int]

_REASONS = {
    ReasonPart.NEWLY_SERVED: "newly",
    ReasonPart.BROUGHT_WITHIN: "within",
    ReasonPart.SHORTER: "shorter",
    ReasonPart.LONGER: "longer",
    ReasonPart.LOST: "lost",
}


def persons_behind(proposal: Proposal, called: str, today: str = "today") -> Persons:
    """Return the persons of a plan and of today by all that their tables count, start now too."""
    rows = {
        today: served_of(proposal.today_problem, proposal.today),
        called: served_of(proposal.problem, proposal.plan),
    }
    found = persons_of(rows, sorted({key for of in rows.values() for key in of}))
    for row in proposal.start_now:
        if row.why != UNSERVED:
            found[Part(row.municipality, row.service, NEED, row.why)] = row.persons
    return found


def persons_who_turn(
    before: tuple[str, Problem, Plan], after: tuple[str, Problem, Plan]
) -> Persons:
    """Return the persons who gain, lose or stay between two situations, by their names."""
    found: Persons = {}
    turns = f"turns {before[0]} {after[0]}"
    for row in compare(*before[1:], *after[1:]).rows:
        turn = row.turn
        states = {
            "shorter": turn.shorter,
            "longer": turn.longer,
            "newly": turn.newly_served,
            "gone": turn.no_longer_served,
            "unchanged": turn.unchanged,
            "never": row.after.unserved - turn.no_longer_served,
        }
        for state, persons in states.items():
            found[Part(row.municipality, row.service, turns, state)] = persons
    return found


def persons_concerned(proposal: Proposal, called: str) -> Persons:
    """Return the persons whom the changes of an amendment concern, and why."""
    found: Persons = {}
    changes = workflow.amend(proposal).changes
    loads = [_loads(plan) for plan in (proposal.today, proposal.plan)]
    for (service, site), change in concerned_by(changes).items():
        first, second = loads[::-1] if change.grows else loads
        stay = first.get((service, site), 0) - change.persons
        states = dict.fromkeys(_REASONS.values(), 0)
        states |= {_REASONS[ReasonPart(why)]: n for why, n in change.reasons.items()}
        states["same"] = change.persons - sum(change.reasons.values())
        states |= {"stay": stay, "other": second.get((service, site), 0) - stay}
        for state, persons in states.items():
            found[Part(f"site {site}", service, f"changes {called}", state)] = persons
    return found


def _loads(plan: Plan) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for (service, _, site), persons in plan.assigned.items():
        found[service, site] = found.get((service, site), 0) + persons
    return found


def untrue(said: Release, persons: Persons) -> Iterator[str]:
    """Give every claim and fact that does not hold of the true persons."""
    for claim in said.claims:
        count = persons_in(claim.terms, persons)
        if claim.mark is Mark.PLAIN and claim.persons != count:
            yield f"{claim.key}: {claim.persons}, truly {count}"
        if claim.mark is Mark.SMALL and not 0 < count < said.threshold:
            yield f"{claim.key}: a few, truly {count}"
    for fact in said.facts:
        value = sum(c * persons.get(part, 0) for part, c in fact.terms)
        if not fact.low - 1e-9 <= value <= fact.high + 1e-9:
            yield f"{fact.terms[:2]} …: {fact.low} to {fact.high}, truly {value}"

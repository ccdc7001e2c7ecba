"""A problem and the ids of a plan, into what makes no sense before any rule is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.errors import Fault
from planner.verification.books import Books, Rule, exact_thousandths, fault, is_whole


def state_a_sound_problem(books: Books) -> Iterator[Fault]:
    """Persons are whole and above 0, minutes whole thousandths, an option existing or new."""
    problem = books.problem
    for (service, point), persons in problem.persons.items():
        if (not is_whole(persons) and problem.whole_persons) or not persons > 0:
            yield fault(
                "state_a_sound_problem: {persons} persons from {point} need {service}; "
                "give whole numbers above 0",
                service=service,
                point=point,
                persons=persons,
            )
    for row, point in enumerate(problem.points):
        for column, site in enumerate(problem.sites):
            minutes = float(problem.minutes[row, column])
            if not (minutes == math.inf or _sound_minutes(minutes, whole=problem.whole_persons)):
                yield fault(
                    "state_a_sound_problem: {minutes} minutes from {point} to {site}; give 0 or "
                    "more, in thousandths",
                    point=point,
                    site=site,
                    minutes=str(minutes),
                )
    for service, site in problem.existing.keys() & problem.sizes.keys():
        yield fault(
            "state_a_sound_problem: {service} at {site} exists and is open to new units at once",
            service=service,
            site=site,
        )


def use_known_ids(books: Books) -> Iterator[Fault]:
    """Name only what the problem has: opened options, assigned links, unserved needs."""
    problem, plan = books.problem, books.plan
    for service, site in plan.opened:
        if (service, site) not in problem.sizes and (service, site) not in problem.existing:
            yield fault(
                "use_known_ids: {service} cannot stand at {site}", service=service, site=site
            )
    known_sites = frozenset(problem.sites)
    for service, point, site in plan.assigned:
        if (service, point) not in problem.persons or site not in known_sites:
            yield fault(
                "use_known_ids: {service} from {point} to {site} is no trip of the problem",
                service=service,
                point=point,
                site=site,
            )
    for service, point in plan.unserved:
        if (service, point) not in problem.persons:
            yield fault(
                "use_known_ids: nobody from {point} needs {service}", service=service, point=point
            )


STATEMENT_RULES: tuple[Rule, ...] = (
    state_a_sound_problem,
    use_known_ids,
)


def _sound_minutes(minutes: float, *, whole: bool) -> bool:
    thousandths = exact_thousandths(minutes)
    return (
        thousandths is not None and thousandths >= 0 and (isinstance(thousandths, int) or not whole)
    )

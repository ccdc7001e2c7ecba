"""A problem and a plan into one fault for every rule and aim that the plan breaks."""

from __future__ import annotations

from planner.domain import Plan, Problem
from planner.errors import Fault, VerificationError
from planner.verification.aims import broken_aims
from planner.verification.books import open_books
from planner.verification.openings import OPENING_RULES
from planner.verification.statement import STATEMENT_RULES
from planner.verification.trips import TRIP_RULES

RULES = (*STATEMENT_RULES, *TRIP_RULES, *OPENING_RULES)


def broken_rules(problem: Problem, plan: Plan) -> tuple[Fault, ...]:
    """Return one fault for every breach of a rule or an aim; none means that the plan is sound.

    Parameters
    ----------
    problem : Problem
        What was asked; the only source of persons, minutes, sizes and euros.
    plan : Plan
        What was answered, with its proof.

    Returns
    -------
    tuple of Fault
        Each text begins with the name of the rule.
    """
    books = open_books(problem, plan)
    faults = [found for rule in RULES for found in rule(books)]
    return (*faults, *broken_aims(books))


def require_sound(problem: Problem, plan: Plan) -> None:
    """Let a sound plan pass.

    Raises
    ------
    VerificationError
        If the plan breaks a rule; holds every fault.
    """
    faults = broken_rules(problem, plan)
    if faults:
        raise VerificationError(*faults)

"""A saved problem and a saved plan into everything that no longer fits together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from planner.domain import Plan, Problem
from planner.errors import Fault, InputError
from planner.records import (
    Json,
    aim_to_json,
    digest,
    plan_from_json,
    problem_digest,
    problem_from_json,
    total_aims,
)
from planner.verification.aims import broken_aims
from planner.verification.books import fault, open_books
from planner.verification.plans import RULES

_ROWS = {
    "opened": (("service", "site"), {"places", "units", "kind"}),
    "assigned": (("service", "point", "site"), {"persons"}),
    "unserved": (("service", "point", "reason"), {"persons"}),
}
_UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


def check_saved(
    problem_json: Json,
    plan_json: Json,
    *,
    problem_file: str = "problem.json",
    plan_file: str = "plan.json",
) -> tuple[Fault, ...]:
    """Return every breach of a rule, an aim or the files' own seals, from the files alone.

    Parameters
    ----------
    problem_json, plan_json : dict
        The two files as read by `json.load`.
    problem_file, plan_file : str
        What the files are called in the faults.

    Returns
    -------
    tuple of Fault
        Empty when the plan is sound and nothing was changed since it was saved.
    """
    try:
        problem = problem_from_json(problem_json, file=problem_file)
        plan = plan_from_json(plan_json, file=plan_file)
    except InputError as error:
        return error.faults
    checks: list[tuple[str, Callable[[], Iterable[Fault]]]] = [
        ("rows", partial(_wrong_rows, plan_json)),
        ("totals", partial(_wrong_totals, plan_json, plan)),
        ("problem_digest", partial(_broken_seal_of_problem, problem, problem_json)),
        ("plan_digest", partial(_broken_seal_of_plan, plan_json)),
    ]
    faults = [
        *_broken_one_by_one(problem, plan),
        *(found for name, check in checks for found in _told(name, check)),
    ]
    return tuple(replace(found, file=found.file or plan_file) for found in faults)


def _broken_one_by_one(problem: Problem, plan: Plan) -> list[Fault]:
    """Return what the rules find, each by itself: a value that stops one does not stop the next."""
    try:
        books = open_books(problem, plan)
    except _UNREADABLE as error:
        return [_unreadable("books", error)]
    faults = [found for rule in RULES for found in _told(rule.__name__, partial(rule, books))]
    return faults + _told("aims", partial(broken_aims, books))


def _told(name: str, check: Callable[[], Iterable[Fault]]) -> list[Fault]:
    """Return what a check finds; a value that it cannot read is a fault too."""
    try:
        return list(check())
    except _UNREADABLE as error:
        return [_unreadable(name, error)]


def _unreadable(name: str, error: Exception) -> Fault:
    return fault(
        "{rule}: cannot be checked, a value is missing or of the wrong kind ({what})",
        rule=name,
        what=f"{type(error).__name__}: {error}",
    )


def _broken_seal_of_problem(problem: Problem, problem_json: Json) -> Iterator[Fault]:
    if digest(problem_json) != problem_digest(problem):
        yield Fault("problem_digest: the problem holds something that the planner did not write")


def _broken_seal_of_plan(plan_json: Json) -> Iterator[Fault]:
    body = {key: value for key, value in plan_json.items() if key != "plan_digest"}
    if digest(body) != plan_json.get("plan_digest"):
        yield Fault("plan_digest: the plan was changed after it was saved")


def _wrong_rows(plan_json: Json) -> Iterator[Fault]:
    for part, (key, values) in _ROWS.items():
        rows: list[Json] = plan_json[part]
        for row in rows:
            if set(row) != {*key, *values}:
                yield fault(
                    "rows: {part} holds {found}, only {known} may stand there",
                    part=part,
                    found=", ".join(sorted(row)),
                    known=", ".join(sorted({*key, *values})),
                )
        counted = Counter(tuple(str(row.get(name)) for name in key) for row in rows)
        for names, times in counted.items():
            if times > 1:
                yield fault(
                    "rows: {row} stands {times} times in {part}",
                    row=", ".join(names),
                    times=times,
                    part=part,
                )


def _wrong_totals(plan_json: Json, plan: Plan) -> Iterator[Fault]:
    said: list[dict[str, Any]] = plan_json["aims"]
    totals = total_aims(plan.proof)
    for aim, found in zip(said, totals, strict=True):
        for name, value in aim_to_json(found).items():
            if aim.get(name) != value:
                yield fault(
                    "totals: {aim} has {name} {said}, its groups make {found}",
                    aim=found.name,
                    name=name,
                    said=str(aim.get(name)),
                    found=str(value),
                )
    for aim in said:
        groups = [tuple(group["services"]) for group in aim["by_group"]]
        if groups != [services for services, _ in plan.proof.groups]:
            yield fault(
                "totals: the groups of {aim} are not those of the first aim", aim=aim["name"]
            )

"""The aims and the proof of a plan into what does not follow from the problem."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from planner.domain import AimProof, AimTerms, Kind, ProofStatus, Stay
from planner.errors import Fault
from planner.records import gap_of, problem_digest
from planner.verification.books import Books, Number, apart, exact, fault, told, total

Services = frozenset[str]

PROVEN_GAP = 0.05
"""Largest gap that may be called proven, where the aim is more than one whole step off."""
_NEAR = Fraction(1, 10**5)
_GAP_NEAR = 1e-8


def broken_aims(books: Books) -> Iterator[Fault]:
    """Yield what is wrong with the proof: its digest, its groups and every figure of each aim."""
    problem, proof = books.problem, books.plan.proof
    if proof.problem_digest != problem_digest(problem):
        yield Fault("problem_digest: the plan was made for another problem, or one was changed")
    if not _a_duration(proof.seconds):
        yield fault("proof: {seconds} seconds", seconds=str(proof.seconds))
    yield from _wrong_groups(books)
    for services, aims in proof.groups:
        known = frozenset(services) & problem.services.keys()
        for k, aim in enumerate(aims):
            terms = problem.aims[k] if k < len(problem.aims) else None
            yield from _wrong_aim(books, known, aim, terms)


def _persons_unserved(books: Books, services: Services) -> Number:
    return total(persons for (s, _), persons in books.unserved.items() if s in services)


def _persons_beyond_standard(books: Books, services: Services) -> Number:
    return total(
        persons
        for (s, i, j), persons in books.assigned.items()
        if s in services and not books.within_standard(s, i, j)
    )


def _new_sites(books: Books, services: Services) -> Number:
    counted = {s for s in services if books.problem.services[s].stay in {Stay.DAY, Stay.SHORT}}
    return sum(
        opening.units
        for (s, _), opening in books.plan.opened.items()
        if s in counted and opening.kind is Kind.NEW
    )


def _sites(books: Books, services: Services) -> Number:
    return sum(opening.units for (s, _), opening in books.plan.opened.items() if s in services)


def _worst_minutes(books: Books, services: Services) -> Number:
    travelled = (books.thousandths(i, j) or 0 for s, i, j in books.assigned if s in services)
    return exact(Fraction(max(travelled, default=0)) / 1000)


def _cost_eur(books: Books, services: Services) -> Number:
    return sum(size.cost_eur for (s, _), size in books.built.items() if s in services)


def _person_minutes(books: Books, services: Services) -> Number:
    return exact(
        Fraction(
            total(
                persons * (books.thousandths(i, j) or 0)
                for (s, i, j), persons in books.assigned.items()
                if s in services
            )
        )
        / 1000
    )


def _changes(books: Books, services: Services) -> Number:
    approved = books.problem.approved or {}
    opened = books.plan.opened
    return sum(
        (opened[option].places if option in opened else 0) != approved.get(option, 0)
        for option in opened.keys() | approved.keys()
        if option[0] in services
    )


AIMS: Mapping[str, Callable[[Books, Services], Number]] = {
    "persons_unserved": _persons_unserved,
    "persons_beyond_standard": _persons_beyond_standard,
    "new_sites": _new_sites,
    "cost_eur": _cost_eur,
    "person_minutes": _person_minutes,
    "sites": _sites,
    "worst_minutes": _worst_minutes,
    "worst_served_first": _worst_minutes,
    "changes": _changes,
}


def _wrong_groups(books: Books) -> Iterator[Fault]:
    problem, groups = books.problem, books.plan.proof.groups
    named = sorted(service for services, _ in groups for service in services)
    if named != sorted(problem.services):
        yield fault(
            "groups: the proof speaks of {named}, the problem of {services}",
            named=", ".join(named),
            services=", ".join(sorted(problem.services)),
        )
    wanted = [terms.name for terms in problem.aims]
    for services, aims in groups:
        if [aim.name for aim in aims] != wanted:
            yield fault(
                "aims: {services} were solved for {found}, the problem asks for {wanted}",
                services=", ".join(services),
                found=", ".join(aim.name for aim in aims),
                wanted=", ".join(wanted),
            )


def _wrong_aim(
    books: Books, services: Services, aim: AimProof, terms: AimTerms | None
) -> Iterator[Fault]:
    said = {"aim": aim.name, "services": ", ".join(sorted(services))}
    figures = (aim.value, aim.bound, aim.gap, aim.allowance, aim.in_plan)
    if not all(_a_number(figure) for figure in figures) or not _a_duration(aim.seconds):
        yield fault("{aim} ({services}): a figure is no finite number", **said)
        return
    if aim.name not in AIMS:
        yield fault("{aim} ({services}): no aim of that name is known", **said)
        return
    found = AIMS[aim.name](books, services)
    if not _same(aim.in_plan, found):
        yield fault(
            "{aim} ({services}): the plan says {said}, recomputed {found}",
            **said,
            said=aim.in_plan,
            found=told(found),
        )
    yield from _wrong_allowance(books, services, aim, terms)
    yield from _wrong_proof(aim, said)


def _wrong_allowance(
    books: Books, services: Services, aim: AimProof, terms: AimTerms | None
) -> Iterator[Fault]:
    said = {"aim": aim.name, "services": ", ".join(sorted(services))}
    if terms is not None and terms.name == aim.name:
        need = total(exact(p) for (s, _), p in books.problem.persons.items() if s in services)
        allowance = (
            exact(terms.absolute)
            + exact(terms.of_need) * need
            + exact(terms.of_value) * exact(aim.value)
        )
        if not _same(aim.allowance, allowance):
            yield fault(
                "{aim} ({services}): the allowance is {allowance}, the plan says {said}",
                **said,
                allowance=told(allowance),
                said=aim.allowance,
            )
    if exact(aim.in_plan) > exact(aim.value) + exact(aim.allowance) + _near(aim.value):
        yield fault(
            "{aim} ({services}): {in_plan} in the plan is more than {value} and the allowance of "
            "{allowance}",
            **said,
            in_plan=aim.in_plan,
            value=aim.value,
            allowance=aim.allowance,
        )


def _wrong_proof(aim: AimProof, said: Mapping[str, str]) -> Iterator[Fault]:
    if aim.bound > aim.value:
        yield fault(
            "{aim} ({services}): the bound {bound} is above the value {value}",
            **said,
            bound=aim.bound,
            value=aim.value,
        )
    if exact(aim.in_plan) < exact(aim.bound) - _near(aim.bound):
        yield fault(
            "{aim} ({services}): the plan has {in_plan}, below the bound {bound}",
            **said,
            in_plan=aim.in_plan,
            bound=aim.bound,
        )
    gap = 1.0 if aim.status is ProofStatus.STOPPED else gap_of(aim.value, aim.bound)
    if abs(gap - aim.gap) > _GAP_NEAR:
        yield fault(
            "{aim} ({services}): the gap is {gap}, the plan says {said}",
            **said,
            gap=gap,
            said=aim.gap,
        )
    if (
        aim.status is ProofStatus.PROVEN
        and aim.gap > PROVEN_GAP
        and exact(aim.value) - exact(aim.bound) >= 1
    ):
        yield fault("{aim} ({services}): called proven with a gap of {gap}", **said, gap=aim.gap)


def _same(told_value: float, found: Number) -> bool:
    return apart(exact(told_value), found) <= _near(float(found))


def _near(value: float) -> Fraction:
    """Return what a sum of floats may be off."""
    return max(_NEAR, apart(exact(value), 0) / Fraction(10**12))


def _a_number(value: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _a_duration(value: float) -> bool:
    return _a_number(value) and value >= 0

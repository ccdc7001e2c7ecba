"""Who goes where, into what breaks a rule on persons and their trips."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from planner.domain import Kind, Link, Need
from planner.errors import Fault
from planner.verification.books import (
    Books,
    Number,
    Rule,
    apart,
    exact,
    fault,
    is_whole,
    told,
    total,
)


def count_whole_persons(books: Books) -> Iterator[Fault]:
    """Every row of the plan holds a whole number of persons above 0."""
    whole = books.problem.whole_persons
    for (service, point, site), persons in books.plan.assigned.items():
        if not _count(persons, whole=whole):
            yield fault(
                "count_whole_persons: {persons} persons from {point} to {service} at {site}; "
                "whole numbers above 0 only",
                service=service,
                point=point,
                site=site,
                persons=str(persons),
            )
    for (service, point), persons in books.plan.unserved.items():
        if not _count(persons, whole=whole):
            yield fault(
                "count_whole_persons: {persons} persons from {point} without {service}; "
                "whole numbers above 0 only",
                service=service,
                point=point,
                persons=str(persons),
            )


def account_for_every_need(books: Books) -> Iterator[Fault]:
    """Split the persons in need of every point into served and unserved, these by reason."""
    for (service, point), persons in books.problem.persons.items():
        served = books.served.get((service, point), 0)
        unserved = books.unserved.get((service, point), 0)
        if apart(served + unserved, exact(persons)) > books.slack:
            yield fault(
                "account_for_every_need: of {persons} persons from {point} who need {service}, "
                "{served} are served and {unserved} unserved",
                service=service,
                point=point,
                persons=persons,
                served=told(served),
                unserved=told(unserved),
            )
    yield from _unreasoned(books)


def serve_only_where_open(books: Books) -> Iterator[Fault]:
    """Nobody goes where the plan opens nothing."""
    for (service, point, site), persons in books.assigned.items():
        if (service, site) not in books.plan.opened:
            yield fault(
                "serve_only_where_open: {persons} persons from {point} go to {service} at {site}, "
                "which is not open",
                service=service,
                point=point,
                site=site,
                persons=told(persons),
            )


def limit_minutes(books: Books) -> Iterator[Fault]:
    """Nobody travels further than the limit of the service."""
    for service, point, site in books.assigned:
        if not books.within_limit(service, point, site):
            thousandths = books.thousandths(point, site)
            yield fault(
                "limit_minutes: {service} from {point} to {site} takes {minutes} minutes, the "
                "limit is {limit}",
                service=service,
                point=point,
                site=site,
                minutes="∞" if thousandths is None else told(exact(thousandths) / 1000),
                limit=books.problem.services[service].limit_minutes,
            )


def respect_capacity(books: Books) -> Iterator[Fault]:
    """No site holds more persons than its places allow."""
    for (service, site), load in books.load.items():
        opening = books.plan.opened.get((service, site))
        if opening is None:
            continue
        terms = books.problem.services[service]
        most = opening.places * Fraction(terms.persons_per_place) // 1
        if load > most + books.slack:
            yield fault(
                "respect_capacity: {service} at {site} holds {load} persons, its {places} places "
                "allow {most}",
                service=service,
                site=site,
                load=told(load),
                places=opening.places,
                most=most,
            )


def be_viable(books: Books) -> Iterator[Fault]:
    """Every new unit carries its least load."""
    for (service, site), opening in books.plan.opened.items():
        terms = books.problem.services.get(service)
        if opening.kind is not Kind.NEW or terms is None:
            continue
        load, least = books.load.get((service, site), 0), terms.least_load_persons * opening.units
        if load < least - books.slack:
            yield fault(
                "be_viable: {service} at {site} carries {load} persons, {units} new units need "
                "{least}",
                service=service,
                site=site,
                load=told(load),
                units=opening.units,
                least=least,
            )


def leave_no_council_behind(books: Books) -> Iterator[Fault]:
    """In every municipality, at least the agreed share of the need is served."""
    need: dict[tuple[str, str], Number] = defaultdict(int)
    served: dict[tuple[str, str], Number] = defaultdict(int)
    for (service, point), persons in books.problem.persons.items():
        home = books.municipality_of(point)
        need[service, home] += exact(persons)
        served[service, home] += books.served.get((service, point), 0)
    for (service, home), share in books.problem.least_share_served.items():
        least = exact(share) * need[service, home]
        if served[service, home] < least - books.slack:
            yield fault(
                "leave_no_council_behind: {served} persons of {municipality} are served by "
                "{service}, at least {least} must be",
                service=service,
                municipality=home,
                served=told(served[service, home]),
                least=told(least),
            )


def nobody_loses_more(books: Books) -> Iterator[Fault]:
    """Whoever is served today has, level by level, a trip at most so many minutes longer."""
    most_loss = books.problem.most_loss_minutes
    if most_loss is None:
        return
    before = _trips(books, {link: exact(n) for link, n in books.problem.today.items()})
    after = _trips(books, books.assigned)
    for (service, point), trips in before.items():
        for level in sorted({thousandths for thousandths, _ in trips}):
            allowed = level + exact(most_loss) * 1000
            then = min(
                total(persons for thousandths, persons in trips if thousandths <= level),
                exact(books.problem.persons.get((service, point), 0)),
            )
            new_trips = after.get((service, point), [])
            now = total(persons for thousandths, persons in new_trips if thousandths <= allowed)
            if now < then - books.slack:
                yield fault(
                    "nobody_loses_more: {then} persons from {point} reach {service} within "
                    "{minutes} minutes today, the plan serves {now} within {allowed}",
                    service=service,
                    point=point,
                    then=told(then),
                    now=told(now),
                    minutes=told(exact(level) / 1000),
                    allowed=told(exact(allowed) / 1000),
                )


def do_not_send_past(books: Books) -> Iterator[Fault]:
    """Nobody is sent further past a nearer open site than allowed."""
    for service, point, site in books.assigned:
        detour = books.problem.detour_at_most.get(service)
        thousandths = books.thousandths(point, site)
        if detour is None or thousandths is None:
            continue
        for other in books.open_sites.get(service, ()):
            nearer = books.thousandths(point, other)
            if (
                nearer is not None
                and thousandths > nearer + exact(detour) * 1000
                and books.may_serve(service, point, other)
            ):
                yield fault(
                    "do_not_send_past: {service} from {point} to {site} goes more than {detour} "
                    "minutes past {nearer}",
                    service=service,
                    point=point,
                    site=site,
                    nearer=other,
                    detour=detour,
                )
                break


def respect_agreements(books: Books) -> Iterator[Fault]:
    """Nobody is served in another municipality without an agreement."""
    for service, point, site in books.assigned:
        if not books.may_serve(service, point, site):
            yield fault(
                "respect_agreements: no agreement lets people from {point} use {service} at {site}",
                service=service,
                point=point,
                site=site,
            )


TRIP_RULES: tuple[Rule, ...] = (
    count_whole_persons,
    account_for_every_need,
    serve_only_where_open,
    limit_minutes,
    respect_capacity,
    be_viable,
    leave_no_council_behind,
    nobody_loses_more,
    do_not_send_past,
    respect_agreements,
)


def _trips(
    books: Books, assigned: Mapping[Link, Number]
) -> Mapping[Need, Sequence[tuple[Number, Number]]]:
    """Return thousandths of a minute and persons of every trip, by need."""
    trips: dict[Need, list[tuple[Number, Number]]] = defaultdict(list)
    for (service, point, site), persons in assigned.items():
        thousandths = books.thousandths(point, site)
        if thousandths is not None:
            trips[service, point].append((thousandths, persons))
    return trips


def _unreasoned(books: Books) -> Iterator[Fault]:
    """Once reasons are given, they account for every unserved person, and for nobody else."""
    reasons = books.plan.reasons
    if not reasons:
        return
    for service, point in books.plan.unserved.keys() | reasons.keys():
        unserved = books.unserved.get((service, point), 0)
        given = tuple(reasons.get((service, point), {}).values())
        if any(persons <= 0 for persons in given) or sum(given) != unserved:
            yield fault(
                "account_for_every_need: {unserved} persons from {point} lack {service}, reasons "
                "are given for {given}",
                service=service,
                point=point,
                unserved=told(unserved),
                given=sum(given),
            )


def _count(persons: float, *, whole: bool) -> bool:
    known = is_whole(persons) or (
        not whole and isinstance(persons, float) and math.isfinite(persons)
    )
    return known and persons > 0

"""What stands where, into what breaks a rule on sites, places and euros."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.domain import EVERY_SERVICE, Budget, Kind, Option, Stay
from planner.errors import Fault
from planner.verification.books import Books, Rule, exact, fault, is_whole, told


def build_allowed_sizes(books: Books) -> Iterator[Fault]:
    """Put new units only where they may stand, as many and in such sizes as may."""
    problem = books.problem
    for (service, site), opening in books.plan.opened.items():
        if opening.kind is not Kind.NEW:
            continue
        most = problem.most_units.get((service, site), 1)
        if not is_whole(opening.units) or not 1 <= opening.units <= most:
            yield fault(
                "build_allowed_sizes: {units} new units of {service} at {site}, 1 to {most} may "
                "stand there",
                service=service,
                site=site,
                units=opening.units,
                most=most,
            )
        elif (service, site) not in books.built:
            yield fault(
                "build_allowed_sizes: {units} new units of {service} at {site} cannot have "
                "{places} places",
                service=service,
                site=site,
                units=opening.units,
                places=opening.places,
            )


def keep_existing(books: Books) -> Iterator[Fault]:
    """Leave open what exists, with its places or grown to an allowed size, unless it may close."""
    for (service, site), existing in books.problem.existing.items():
        opening = books.plan.opened.get((service, site))
        if opening is None:
            if not existing.may_close and (service, site) not in books.problem.closing:
                yield fault(
                    "keep_existing: {service} at {site} exists and may not close",
                    service=service,
                    site=site,
                )
            continue
        if opening.kind is Kind.NEW or opening.units != 1:
            yield fault(
                "keep_existing: {service} at {site} exists once, the plan says {units} {kind}",
                service=service,
                site=site,
                units=opening.units,
                kind=opening.kind.value,
            )
        if opening.kind is Kind.EXISTING and opening.places != existing.places:
            yield fault(
                "keep_existing: {service} at {site} has {known} places, the plan says {places}",
                service=service,
                site=site,
                known=existing.places,
                places=opening.places,
            )
        if opening.kind is Kind.ENLARGED and (service, site) not in books.built:
            yield fault(
                "keep_existing: {service} at {site} cannot grow to {places} places",
                service=service,
                site=site,
                places=opening.places,
            )
    for (service, site), opening in books.plan.opened.items():
        if opening.kind is not Kind.NEW and (service, site) not in books.problem.existing:
            yield fault(
                "keep_existing: {service} does not exist at {site}, the plan says {kind}",
                service=service,
                site=site,
                kind=opening.kind.value,
            )


def keep(books: Books) -> Iterator[Fault]:
    """Open what must be open."""
    for (service, site), reason in books.problem.kept.items():
        if (service, site) not in books.plan.opened:
            yield fault(
                "keep: {service} at {site} must be open ({reason})",
                service=service,
                site=site,
                reason=reason,
            )


def veto(books: Books) -> Iterator[Fault]:
    """Where it is forbidden, nothing is new and nothing grows."""
    for (service, site), reason in books.problem.vetoed.items():
        opening = books.plan.opened.get((service, site))
        if opening is not None and opening.kind is not Kind.EXISTING:
            yield fault(
                "veto: {service} at {site} may neither be new nor grow ({reason})",
                service=service,
                site=site,
                reason=reason,
            )


def close(books: Books) -> Iterator[Fault]:
    """Close what must close."""
    for (service, site), reason in books.problem.closing.items():
        if (service, site) in books.plan.opened:
            yield fault(
                "close: {service} at {site} must close ({reason})",
                service=service,
                site=site,
                reason=reason,
            )


def limit_places_at_one_address(books: Books) -> Iterator[Fault]:
    """Let no address grow beyond the limit; what stands there already may stay.

    At a settlement every unit has an address of its own: the sizes of new ones are bounded where
    they are priced, so only what grows is looked at here.
    """
    problem = books.problem
    for key, most in problem.address_places_at_most.items():
        places: dict[str, int] = defaultdict(int)
        growing: set[str] = set()
        for (service, site), opening in books.plan.opened.items():
            own = f"{service} {site}" if opening.kind is not Kind.NEW else ""
            address = problem.address_of.get(site, own)
            if address and _limited_by(books, key, service):
                places[address] += opening.places
                growing |= {address} if opening.kind is not Kind.EXISTING else set()
        for address in sorted(growing):
            if places[address] > most:
                yield fault(
                    "limit_places_at_one_address: {places} places of {service} at {address}, at "
                    "most {most}",
                    service=key,
                    address=address,
                    places=places[address],
                    most=most,
                )


def new_sites_at_most(books: Books) -> Iterator[Fault]:
    """No more new units than allowed."""
    for key, most in books.problem.new_sites_at_most.items():
        units = _units(books, key, new_only=True)
        if units > most:
            yield fault(
                "new_sites_at_most: {units} new units of {service}, at most {most}",
                service=key,
                units=units,
                most=most,
            )


def sites_at_most(books: Books) -> Iterator[Fault]:
    """No more units than allowed."""
    for key, most in books.problem.sites_at_most.items():
        units = _units(books, key, new_only=False)
        if units > most:
            yield fault(
                "sites_at_most: {units} units of {service}, at most {most}",
                service=key,
                units=units,
                most=most,
            )


def stay_within_budget(books: Books) -> Iterator[Fault]:
    """Ask of each fund no more than it has."""
    for budget in books.problem.budgets:
        if budget.kind not in {"capital", "running"}:
            yield fault(
                "stay_within_budget: {budget} is of kind {kind}; capital and running are known",
                budget=budget.id,
                kind=budget.kind,
            )
        permille = sum(
            (size.running_eur if budget.kind == "running" else size.cost_eur)
            * budget.share_permille
            for option, size in books.built.items()
            if _pays_for(books, budget, option)
        )
        if permille > budget.amount_eur * 1000:
            yield fault(
                "stay_within_budget: {budget} pays {cost} EUR and has {amount}",
                budget=budget.id,
                cost=told(exact(permille) / 1000) if permille % 1000 == 0 else permille / 1000,
                amount=budget.amount_eur,
            )


OPENING_RULES: tuple[Rule, ...] = (
    build_allowed_sizes,
    keep_existing,
    keep,
    veto,
    close,
    limit_places_at_one_address,
    new_sites_at_most,
    sites_at_most,
    stay_within_budget,
)


def _units(books: Books, key: str, *, new_only: bool) -> int:
    return sum(
        opening.units
        for (service, _), opening in books.plan.opened.items()
        if _in_scope(key, service) and (opening.kind is Kind.NEW or not new_only)
    )


def _limited_by(books: Books, key: str, service: str) -> bool:
    """Return whether an address limit counts `service`; the common one counts homes only."""
    terms = books.problem.services.get(service)
    return key == service or (
        key == EVERY_SERVICE and terms is not None and terms.stay is Stay.HOME
    )


def _in_scope(key: str, service: str) -> bool:
    return key in {EVERY_SERVICE, service}


def _pays_for(books: Books, budget: Budget, option: Option) -> bool:
    problem, (service, site) = books.problem, option
    return (
        (budget.services is None or service in budget.services)
        and (
            budget.municipalities is None
            or books.municipality_of(site, of_site=True) in budget.municipalities
        )
        and (
            budget.year is None
            or problem.opening_year.get(option, problem.plan_year) == budget.year
        )
    )

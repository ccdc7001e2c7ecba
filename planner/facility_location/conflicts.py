"""Rules that no plan can keep into the smallest set of them that conflict, with who and how much.

First every rule may be broken at a price (an elastic model): the dual prices of the cheapest
breach name rules that conflict already without whole openings. What is left is thinned by leaving
out each rule in turn (a deletion filter). Both are a second opinion on "infeasible" as well.

References
----------
Chinneck, J. W. (2008), Feasibility and Infeasibility in Optimization, chapters 6 and 7.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

import numpy as np

from planner.domain import EVERY_SERVICE, Problem, Stay
from planner.errors import Fault, InfeasibleError, NoPlanError
from planner.facility_location import constraints as rule
from planner.facility_location.decisions import Key
from planner.facility_location.formulations import STRUCTURE, Formulation
from planner.facility_location.ground import Ground, survey
from planner.facility_location.highs import Effort, Ending
from planner.facility_location.stated import Stated, state

Item = tuple[str, Key]
"""A rule and the numbers of what it speaks of: one service, one budget, one option."""

_BROKEN = 1e-6
_SECONDS_A_TRY = 10.0
_OF_A_SERVICE = (
    rule.respect_capacity,
    rule.be_viable,
    rule.nobody_loses_more,
    rule.do_not_send_past,
    rule.respect_agreements,
)


def explain_conflict(ground: Ground, formulation: Formulation, *, effort: Effort) -> NoReturn:
    """Raise `InfeasibleError`, with one fault for each rule of a smallest set in conflict.

    Raises
    ------
    NoPlanError
        If the second opinion does not confirm that there is no plan.
    """
    whole = survey(ground.problem, ground.services)
    stated = state(whole, formulation, ["persons_unserved"])
    items = _items(stated)
    effort = replace(effort, seconds=_SECONDS_A_TRY, gap=0.0, gap_abs=_BROKEN)
    in_conflict = _suspects(stated, items, effort)
    for item in list(in_conflict):
        fewer = [other for other in in_conflict if other != item]
        if _conflict(stated, items, fewer, effort):
            in_conflict = fewer
    faults = _unit_limits(stated, formulation, in_conflict, effort)
    for item in in_conflict:
        others = [other for other in in_conflict if other != item]
        short = _least_breach(stated, items, others, item, effort)
        faults.append(_fault(whole, item, short))
    raise InfeasibleError(*faults)


def _unit_limits(
    stated: Stated, formulation: Formulation, in_conflict: Sequence[Item], effort: Effort
) -> list[Fault]:
    """Return the limits on the size of a unit at a settlement that are part of the conflict.

    They leave out ways of opening before any row is written, so no row can be dropped for them:
    with all sizes back, the other rules are asked again.
    """
    problem, services = stated.ground.problem, stated.ground.services
    if rule.limit_places_at_one_address not in formulation.subject_to:
        return []
    free = replace(problem, address_of={j: j for j in problem.sites} | dict(problem.address_of))
    without = formulation.without(rule.limit_places_at_one_address)
    larger = state(survey(free, services), without, ["persons_unserved"])
    items = {(name, _who(name, key)): rows for (name, key), rows in _items(larger).items()}
    kept = [found for name, key in in_conflict if (found := (name, _who(name, key))) in items]
    if _conflict(larger, items, kept, effort):
        return []
    faults = []
    named = {key[0] for name, key in in_conflict if name == "limit_places_at_one_address"}
    for number, (service, limit) in enumerate(sorted(problem.address_places_at_most.items())):
        above = [
            size.places - limit
            for (s, j), sizes in problem.sizes.items()
            for size in sizes
            if _is_limited(problem, s, service) and j not in problem.address_of
            if s in services and size.places > limit
        ]
        if above and number not in named:
            faults.append(_at_one_address(service, limit, min(above)))
    return faults


def _is_limited(problem: Problem, service: str, named: str) -> bool:
    at_home = problem.services[service].stay is Stay.HOME
    return service == named or (named == EVERY_SERVICE and at_home)


def _who(name: str, key: Key) -> Key:
    """Return the key of a rule without what depends on the ways of opening: a budget's step."""
    return key[:1] if name == rule.stay_within_budget.__name__ else key


def _items(stated: Stated) -> Mapping[Item, list[int]]:
    """Return the rows of each rule that could be left out."""
    items: dict[Item, list[int]] = defaultdict(list)
    for row, (wrote, key) in enumerate(stated.rows):
        if wrote in STRUCTURE:
            continue
        about = key
        if wrote in _OF_A_SERVICE:
            about = key[:1]
        elif wrote is rule.limit_places_at_one_address:
            about = key[:2]
        items[wrote.__name__, about].append(row)
    return items


def _suspects(stated: Stated, items: Mapping[Item, list[int]], effort: Effort) -> list[Item]:
    """Return rules that conflict: those with a price, or all where whole openings matter."""
    rows = [row for found in items.values() for row in found]
    elastic, costs = stated.handed.stretched(rows)
    split = elastic.minimise(costs, replace(effort, relaxed=True))
    if split.ending is Ending.DONE and split.value > _BROKEN and split.prices is not None:
        prices = split.prices
        return [i for i, found in items.items() if np.abs(prices[found]).max() > _BROKEN]
    broken = elastic.minimise(costs, effort)
    if broken.ending is Ending.DONE and broken.value <= _BROKEN:
        raise NoPlanError(
            Fault("the solver found no plan, but a second opinion found one; report this problem")
        )
    suspects = list(items)
    part = len(suspects) // 2
    while part >= 1:
        for first in range(0, len(suspects), part):
            fewer = suspects[:first] + suspects[first + part :]
            if _conflict(stated, items, fewer, effort):
                suspects = fewer
                break
        else:
            part //= 2
    return suspects


def _conflict(
    stated: Stated, items: Mapping[Item, list[int]], kept: Sequence[Item], effort: Effort
) -> bool:
    """Return whether the rules `kept` conflict by themselves; unknown counts as not."""
    model = stated.handed.without_rows(_dropped(stated, items, kept))
    nothing = np.zeros(len(model.lower))
    if model.minimise(nothing, replace(effort, relaxed=True)).ending is Ending.INFEASIBLE:
        return True
    return model.minimise(nothing, effort).ending is Ending.INFEASIBLE


def _least_breach(
    stated: Stated,
    items: Mapping[Item, list[int]],
    kept: Sequence[Item],
    broken: Item,
    effort: Effort,
) -> float:
    """Return by how much `broken` must be broken if the rules `kept` are kept."""
    model = stated.handed.without_rows(_dropped(stated, items, [*kept, broken]))
    elastic, costs = model.stretched(items[broken])
    return elastic.minimise(costs, effort).value


def _dropped(
    stated: Stated, items: Mapping[Item, list[int]], kept: Sequence[Item]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    dropped = np.zeros(stated.handed.matrix.shape[0], dtype=np.bool_)
    for item in items.keys() - set(kept):
        dropped[items[item]] = True
    return dropped


def _fault(ground: Ground, item: Item, short: float) -> Fault:
    name, key = item
    amount = math.ceil(short - _BROKEN) if math.isfinite(short) else "?"
    return _FAULTS[name](ground.problem, key, amount)


def _about_option(text: str, reasons: str = "") -> Callable[[Problem, Key, int | str], Fault]:
    def fault(problem: Problem, key: Key, _: int | str) -> Fault:
        option = list(problem.services)[key[0]], problem.sites[key[1]]
        fields = {"service": option[0], "site": option[1]}
        if reasons:
            fields["reason"] = getattr(problem, reasons)[option]
        return Fault(text, fields=fields)

    return fault


def _about_kept(problem: Problem, key: Key, _: int | str) -> Fault:
    (service, site), reason = sorted(problem.kept.items())[key[0]]
    return Fault(
        "keep {service} at {site} open: {reason}",
        fields={"service": service, "site": site, "reason": reason},
    )


def _about_service(text: str) -> Callable[[Problem, Key, int | str], Fault]:
    def fault(problem: Problem, key: Key, short: int | str) -> Fault:
        fields: dict[str, int | str | float] = {"short": short}
        fields["service"] = list(problem.services)[key[0]]
        if problem.most_loss_minutes is not None:
            fields["minutes"] = problem.most_loss_minutes
        return Fault(text, fields=fields)

    return fault


def _about_limit(text: str, limits: str) -> Callable[[Problem, Key, int | str], Fault]:
    def fault(problem: Problem, key: Key, short: int | str) -> Fault:
        service, limit = sorted(getattr(problem, limits).items())[key[0]]
        return Fault(text, fields={"service": service, "limit": limit, "short": short})

    return fault


def _about_budget(problem: Problem, key: Key, short: int | str) -> Fault:
    budget, step = problem.budgets[key[0]], key[1]
    eur = short
    if not isinstance(short, str):
        needed = (budget.amount_eur * 1000 // step + short) * step
        eur = math.ceil(needed / 1000 - budget.amount_eur)
    return Fault(
        "budget {budget} of {amount_eur} EUR: {short} EUR short",
        fields={"budget": budget.id, "amount_eur": budget.amount_eur, "short": eur},
    )


def _about_floor(problem: Problem, key: Key, short: int | str) -> Fault:
    (service, atvk), share = sorted(problem.least_share_served.items())[key[0]]
    return Fault(
        "at least {percent} % of the need for {service} served in {municipality}: "
        "{short} persons short",
        fields={
            "percent": round(share * 100, 3),
            "service": service,
            "municipality": atvk,
            "short": short,
        },
    )


def _about_address(problem: Problem, key: Key, short: int | str) -> Fault:
    service, limit = sorted(problem.address_places_at_most.items())[key[0]]
    return _at_one_address(service, limit, short)


def _at_one_address(service: str, limit: int, short: int | str) -> Fault:
    return Fault(
        "at most {limit} places at one address ({service}): {short} places too many",
        fields={"limit": limit, "service": service, "short": short},
    )


_FAULTS: Mapping[str, Callable[[Problem, Key, int | str], Fault]] = {
    "keep": _about_kept,
    "stay": _about_option("{service} at {site} exists and may not close"),
    "veto": _about_option("nothing new or larger of {service} at {site}: {reason}", "vetoed"),
    "close": _about_option("close {service} at {site}: {reason}", "closing"),
    "stay_within_budget": _about_budget,
    "new_sites_at_most": _about_limit(
        "at most {limit} new sites ({service}): {short} more are needed", "new_sites_at_most"
    ),
    "sites_at_most": _about_limit(
        "at most {limit} sites ({service}): {short} more are needed", "sites_at_most"
    ),
    "leave_no_council_behind": _about_floor,
    "nobody_loses_more": _about_service(
        "nobody served by {service} today may lose more than {minutes} minutes: "
        "{short} persons would"
    ),
    "limit_places_at_one_address": _about_address,
    "do_not_send_past": _about_service(
        "nobody is sent past a nearer open site of {service}: {short} persons would be"
    ),
    "respect_agreements": _about_service(
        "agreements on who may use {service}: {short} persons without one"
    ),
    "respect_capacity": _about_service("places of {service}: {short} persons too many"),
    "be_viable": _about_service("least load of {service}: {short} persons short"),
}

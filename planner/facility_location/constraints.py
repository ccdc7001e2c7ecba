"""A Ground and its decisions into the rules of a plan: one pure generator of rows for each.

A rule yields ``(key, constraint)`` pairs, reads its numbers from the problem and yields nothing
where the problem sets no such limit. s is a service, i a demand point, j a site, c a way of
opening; n[c] its units, q[c] its places.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, pairwise

import pulp

from planner.domain import EVERY_SERVICE, Kind, Option, Stay
from planner.facility_location.decisions import Decisions, Key
from planner.facility_location.ground import Ground

Rows = Iterator[tuple[Key, pulp.LpConstraint]]
Rule = Callable[[Ground, Decisions], Rows]


def open_in_one_way(ground: Ground, d: Decisions) -> Rows:
    """y[s,j] = sum_c w[s,j,c]  for every option with several ways of opening."""
    for option, ways in d.chosen.items():
        if len(ways) > 1:
            total = pulp.lpSum(w for _, w in ways)
            yield ground.key_of_option(option), total - d.opened[option] == 0


def account_for_every_need(ground: Ground, d: Decisions) -> Rows:
    """sum_j x[s,i,j] + u[s,i] = persons[s,i]  for every need."""
    for (s, i), persons in ground.needs.items():
        served = [d.assigned[s, i, j] for j in ground.sites_near.get((s, i), ())]
        yield ground.key_of_need((s, i)), pulp.lpSum([*served, d.unserved[s, i]]) == persons


def serve_only_where_open(ground: Ground, d: Decisions) -> Rows:
    """x[s,i,j] <= persons[s,i] y[s,j]  for every link to a site that need not be open."""
    for (s, i, j), x in d.assigned.items():
        if not ground.stays_open((s, j)):
            row = pulp.LpAffineExpression([(x, 1), (d.opened[s, j], -ground.needs[s, i])])
            yield ground.key_of_link((s, i, j)), row <= 0


def respect_capacity(ground: Ground, d: Decisions) -> Rows:
    """sum_i x[s,i,j] <= sum_c floor(persons_per_place[s] q[c]) w[s,j,c]  for every option."""
    for (s, j), ways in d.chosen.items():
        terms = ground.problem.services[s]
        capacity = [(w, -terms.persons_at(way.places)) for way, w in ways]
        yield ground.key_of_option((s, j)), _load(ground, d, (s, j), capacity) <= 0


def be_viable(ground: Ground, d: Decisions) -> Rows:
    """sum_i x[s,i,j] >= least_load[s] sum_c n[c] w[s,j,c]  for every option with new units."""
    for (s, j), ways in d.chosen.items():
        least = ground.problem.services[s].least_load_persons
        needed = [(w, -least * way.new_units) for way, w in ways if way.new_units]
        if least and needed:
            yield ground.key_of_option((s, j)), _load(ground, d, (s, j), needed) >= 0


def keep(ground: Ground, d: Decisions) -> Rows:
    """y[s,j] >= 1  for every option that must be open; the key is its place among them."""
    for number, option in enumerate(sorted(ground.problem.kept)):
        if option[0] in ground.services:
            opened = [d.opened[option]] if option in d.opened else []
            yield (number,), pulp.lpSum(opened) >= 1


def stay(ground: Ground, d: Decisions) -> Rows:
    """y[s,j] >= 1  for everything existing or committed that may not close."""
    for option, opened in d.opened.items():
        if ground.stays_open(option):
            yield ground.key_of_option(option), pulp.lpSum([opened]) >= 1


def veto(ground: Ground, d: Decisions) -> Rows:
    """sum_c w[s,j,c] <= 0 over new and enlarging ways  for every vetoed option."""
    for option in sorted(ground.problem.vetoed.keys() & d.chosen.keys()):
        built = [w for way, w in d.chosen[option] if way.kind is not Kind.EXISTING]
        if built:
            yield ground.key_of_option(option), pulp.lpSum(built) <= 0


def close(ground: Ground, d: Decisions) -> Rows:
    """y[s,j] <= 0  for every option that must close."""
    for option in sorted(ground.problem.closing.keys() & d.opened.keys()):
        yield ground.key_of_option(option), pulp.lpSum([d.opened[option]]) <= 0


def stay_within_budget(ground: Ground, d: Decisions) -> Rows:
    """sum_sjc share[b] cost[c] w[s,j,c] <= amount[b]  over the options in scope of budget b.

    In steps of so many thousandths of a EUR as all costs are multiples of; the key holds the step.
    """
    for number, budget in enumerate(ground.problem.budgets):
        spent = [
            (w, budget.share_permille * (way.running_eur if running else way.cost_eur))
            for running in (budget.kind == "running",)
            for option, ways in d.chosen.items()
            if in_scope(ground, number, option)
            for way, w in ways
        ]
        if any(cost for _, cost in spent):
            step = math.gcd(*(cost for _, cost in spent))
            row = pulp.LpAffineExpression([(w, cost // step) for w, cost in spent if cost])
            yield (number, step), row <= budget.amount_eur * 1000 // step


def new_sites_at_most(ground: Ground, d: Decisions) -> Rows:
    """sum_jc n[c] w[s,j,c] <= limit[s]  over new units."""
    yield from _units_at_most(d, ground.problem.new_sites_at_most, new_only=True)


def sites_at_most(ground: Ground, d: Decisions) -> Rows:
    """sum_jc n[c] w[s,j,c] <= limit[s]  over all units."""
    yield from _units_at_most(d, ground.problem.sites_at_most, new_only=False)


def leave_no_council_behind(ground: Ground, d: Decisions) -> Rows:
    """sum_i u[s,i] <= need - least share of it, whole persons  in every municipality m."""
    at_home: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for s, i in ground.needs:
        at_home[s, ground.problem.municipality_of_point.get(i, "")].append((s, i))
    for number, (floor, share) in enumerate(sorted(ground.problem.least_share_served.items())):
        needs = at_home.get(floor, [])
        total = sum(ground.needs[need] for need in needs)
        most = total - math.ceil(share * total - 1e-9)
        if needs and most < total:
            yield (number,), pulp.lpSum(d.unserved[need] for need in needs) <= most


def nobody_loses_more(ground: Ground, d: Decisions) -> Rows:
    """sum_j x[s,i,j] with minutes <= t + loss >= persons served today within t  for each t."""
    loss = ground.problem.most_loss_minutes
    if loss is None:
        return
    today: dict[tuple[str, str], dict[float, int]] = defaultdict(lambda: defaultdict(int))
    row = {point: i for i, point in enumerate(ground.problem.points)}
    column = {site: j for j, site in enumerate(ground.problem.sites)}
    for (s, i, j), persons in ground.problem.today.items():
        if (s, i) in ground.needs and i in row and j in column:
            today[s, i][float(ground.problem.minutes[row[i], column[j]])] += persons
    for (s, i), levels in sorted(today.items()):
        served = 0
        for level, (minutes, persons) in enumerate(sorted(levels.items())):
            served += persons
            near = [
                d.assigned[s, i, j]
                for j in ground.sites_near.get((s, i), ())
                if ground.links[s, i, j] <= minutes + loss + 1e-9
            ]
            least = min(served, ground.needs[s, i])
            yield (*ground.key_of_need((s, i)), level), pulp.lpSum(near) >= least


def limit_places_at_one_address(ground: Ground, d: Decisions) -> Rows:
    """sum_jc q[c] w[s,j,c] <= limit  at every known building; what is above it may not grow.

    Where more than the limit stands already, it may stay, and any way g of growing there brings
    the limit back: sum_jc q[c] w <= standing - (standing - limit) w[g].
    """
    problem = ground.problem
    for number, (service, limit) in enumerate(sorted(problem.address_places_at_most.items())):
        at_address: dict[str, list[Option]] = defaultdict(list)
        for s, j in d.chosen:
            together = service == EVERY_SERVICE and problem.services[s].stay is Stay.HOME
            if j in problem.address_of and (s == service or together):
                at_address[problem.address_of[j]].append((s, j))
        for address, (_, options) in enumerate(sorted(at_address.items())):
            ways = list(chain.from_iterable(d.chosen[option] for option in options))
            standing = sum(problem.existing[o].places for o in options if o in problem.existing)
            places = pulp.lpSum(way.places * w for way, w in ways)
            if standing <= limit:
                yield (number, address), places <= limit
                continue
            growing = [w for way, w in ways if way.kind is not Kind.EXISTING]
            for g, w in enumerate(growing):
                yield (number, address, g), places + (standing - limit) * w <= standing


def do_not_send_past(ground: Ground, d: Decisions) -> Rows:
    """sum_j' x[s,i,j'] <= persons (1 - y[s,j])  over sites j' more than the detour beyond j."""
    detours = ground.problem.detour_at_most
    for (s, i), sites in ground.sites_near.items():
        if s not in detours:
            continue
        persons = ground.needs[s, i]
        for j in sites:
            nearer = ground.links[s, i, j] + detours[s] + 1e-9
            past = [d.assigned[s, i, k] for k in sites if ground.links[s, i, k] > nearer]
            if past:
                row = pulp.lpSum(past) + persons * d.opened[s, j] <= persons
                yield ground.key_of_link((s, i, j)), row


def respect_agreements(ground: Ground, d: Decisions) -> Rows:
    """sum_j x[s,i,j] <= 0  over the sites that no agreement lets people from i use."""
    for (s, i), sites in ground.sites_near.items():
        barred = [d.assigned[s, i, j] for j in sites if not may_serve(ground, s, i, j)]
        if barred:
            yield ground.key_of_need((s, i)), pulp.lpSum(barred) <= 0


def mark_the_furthest(ground: Ground, d: Decisions) -> Rows:
    """x[s,i,j] <= persons[s,i] z[t]  for every link of t minutes, and z[t] <= z[t'] for t' < t."""
    for link, x in d.assigned.items() if d.travelled else ():
        row = x - ground.needs[link[:2]] * d.travelled[ground.links[link]]
        yield ground.key_of_link(link), row <= 0
    levels = list(d.travelled.values())
    for k, (nearer, further) in enumerate(pairwise(levels)):
        yield (k,), further - nearer <= 0


def may_serve(ground: Ground, service: str, point: str, site: str) -> bool:
    """Return whether agreements let people from `point` use `site`."""
    problem = ground.problem
    if problem.agreements is None:
        return True
    home = problem.municipality_of_point.get(point, "")
    there = problem.municipality_of_site.get(site, "")
    return home == there or (service, home, there) in problem.agreements


def in_scope(ground: Ground, number: int, option: Option) -> bool:
    """Return whether budget `number` pays for what is built at `option`."""
    problem = ground.problem
    budget = problem.budgets[number]
    service, site = option
    return (
        (budget.services is None or service in budget.services)
        and (
            budget.municipalities is None
            or problem.municipality_of_site.get(site, "") in budget.municipalities
        )
        and budget.year in {None, problem.opening_year.get(option, problem.plan_year)}
    )


def _load(
    ground: Ground, d: Decisions, option: Option, others: list[tuple[pulp.LpVariable, int]]
) -> pulp.LpAffineExpression:
    s, j = option
    persons = [(d.assigned[s, i, j], 1) for i in ground.points_near.get(option, ())]
    return pulp.LpAffineExpression([*persons, *others])


def _units_at_most(d: Decisions, limits: Mapping[str, int], *, new_only: bool) -> Rows:
    for number, (service, limit) in enumerate(sorted(limits.items())):
        units = [
            (w, way.new_units if new_only else way.units)
            for option, ways in d.chosen.items()
            if service in {option[0], EVERY_SERVICE}
            for way, w in ways
        ]
        counted = [(w, n) for w, n in units if n]
        if counted:
            yield (number,), pulp.LpAffineExpression(counted) <= limit

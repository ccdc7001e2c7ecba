"""Small problems solved by trying every opening and every assignment; shares no code with a model.

Persons are dealt out need by need; what is remembered of a partial deal are the loads of the open
sites and the best sums of (unserved, beyond the standard, thousandths of a minute), and, where an
aim asks for it, how many persons make a trip of each length, longest first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from itertools import combinations_with_replacement, product

from planner.domain import EVERY_SERVICE, Stay

EXISTING, ENLARGED, NEW = "existing", "enlarged", "new"


def best_values(problem, services):
    """Return the value of each aim in order, or ``None`` where no plan keeps the rules."""
    per_service = [_outcomes(problem, s) for s in services]
    plans = []
    for parts in product(*per_service):
        opened = {o: w for part in parts for o, w in part["opened"].items()}
        if not _together(problem, services, opened):
            continue
        base = {
            "new_sites": sum(p["new_sites"] for p in parts),
            "cost_eur": sum(p["cost_eur"] for p in parts),
            "sites": sum(w[2] for w in opened.values()),
            "changes": _changes(problem, services, opened),
        }
        for deals in product(*(p["deals"] for p in parts)):
            unserved, beyond, thousandths, *trips = map(sum, zip(*deals, strict=True))
            worst = next((t for t, n in zip(_lengths(problem), trips, strict=False) if n), 0.0)
            plans.append(
                base
                | {
                    "persons_unserved": unserved,
                    "persons_beyond_standard": beyond,
                    "person_minutes": Fraction(thousandths, 1000),
                    "worst_minutes": worst,
                    "worst_served_first": worst,
                    "trips": trips,
                }
            )
    if not plans:
        return None
    need = sum(n for (s, _), n in problem.persons.items() if s in services)
    values = []
    for aim in problem.aims:
        best = min(plan[aim.name] for plan in plans)
        values.append(float(best))
        most = float(best) + aim.absolute + aim.of_need * need + aim.of_value * float(best)
        plans = [plan for plan in plans if float(plan[aim.name]) <= most + 1e-9]
        if aim.name == "worst_served_first":
            kindest = min(plan["trips"] for plan in plans)
            plans = [plan for plan in plans if plan["trips"] == kindest]
    return values


def _lengths(problem):
    """Return the lengths of all trips, longest first, where an aim asks for them."""
    if not {"worst_minutes", "worst_served_first"} & {aim.name for aim in problem.aims}:
        return []
    found = {float(t) for t in problem.minutes.ravel() if math.isfinite(t)}
    return sorted(found, reverse=True)


def _ways(problem, option):  # noqa: C901 - every rule about one option
    """Return (kind, places, units, cost, running) for each way of opening, closed as ``None``."""
    service, site = option
    terms = problem.services[service]
    most = math.inf
    if site not in problem.address_of:
        most = problem.address_places_at_most.get(service, math.inf)
        if terms.stay is Stay.HOME:
            most = min(most, problem.address_places_at_most.get(EVERY_SERVICE, math.inf))
    kept, vetoed = option in problem.kept, option in problem.vetoed
    ways = [] if kept else [None]
    if option in problem.existing:
        old = problem.existing[option]
        if option in problem.closing:
            return [] if kept else [None]
        if not old.may_close:
            ways = []
        ways.append((EXISTING, old.places, 1, 0, 0))
        for size in old.larger:
            if not vetoed and size.places <= most:
                ways.append((ENLARGED, size.places, 1, size.cost_eur, size.running_eur))
        return ways
    if vetoed or option in problem.closing:
        return ways
    best = {}
    for units in range(1, problem.most_units.get(option, 1) + 1):
        sizes = [k for k in problem.sizes[option] if k.places <= most]
        for chosen in combinations_with_replacement(sizes, units):
            places = sum(k.places for k in chosen)
            price = (sum(k.cost_eur for k in chosen), sum(k.running_eur for k in chosen))
            if (units, places) not in best or price < best[units, places]:
                best[units, places] = price
    return ways + [(NEW, places, units, *price) for (units, places), price in best.items()]


def _outcomes(problem, service):
    options = sorted({o for o in (*problem.sizes, *problem.existing) if o[0] == service})
    missing = [o for o in problem.kept if o[0] == service and o not in options]
    if missing:
        return
    outcomes = []
    for ways in product(*(_ways(problem, option) for option in options)):
        opened = {o: w for o, w in zip(options, ways, strict=True) if w is not None}
        if not _limits_hold(problem, service, opened):
            continue
        deals = _deal(problem, service, opened)
        if deals:
            counted = problem.services[service].stay in {Stay.DAY, Stay.SHORT}
            new = sum(w[2] for w in opened.values() if w[0] == NEW)
            outcomes.append(
                {
                    "opened": opened,
                    "deals": deals,
                    "new_sites": new if counted else 0,
                    "cost_eur": sum(w[3] for w in opened.values()),
                }
            )
    yield from outcomes


def _limits_hold(problem, service, opened):
    new = sum(w[2] for w in opened.values() if w[0] == NEW)
    every = sum(w[2] for w in opened.values())
    return new <= problem.new_sites_at_most.get(service, math.inf) and (
        every <= problem.sites_at_most.get(service, math.inf)
    )


def _together(problem, services, opened):
    new = sum(w[2] for w in opened.values() if w[0] == NEW)
    every = sum(w[2] for w in opened.values())
    if new > problem.new_sites_at_most.get(EVERY_SERVICE, math.inf):
        return False
    if every > problem.sites_at_most.get(EVERY_SERVICE, math.inf):
        return False
    for budget in problem.budgets:
        spent = 0
        for (s, j), way in opened.items():
            town = problem.municipality_of_site[j]
            year = problem.opening_year.get((s, j), problem.plan_year)
            if budget.services is not None and s not in budget.services:
                continue
            if budget.municipalities is not None and town not in budget.municipalities:
                continue
            if budget.year is not None and budget.year != year:
                continue
            spent += way[4] if budget.kind == "running" else way[3]
        if spent * budget.share_permille > budget.amount_eur * 1000:
            return False
    return _addresses_hold(problem, services, opened)


def _addresses_hold(problem, services, opened):
    for named, limit in problem.address_places_at_most.items():
        places, standing, grows = defaultdict(int), defaultdict(int), set()
        for s, j in {*problem.sizes, *problem.existing}:
            at_home = named == EVERY_SERVICE and problem.services[s].stay is Stay.HOME
            if s not in services or j not in problem.address_of or not (s == named or at_home):
                continue
            address = problem.address_of[j]
            if (s, j) in problem.existing:
                standing[address] += problem.existing[s, j].places
            way = opened.get((s, j))
            if way:
                places[address] += way[1]
                if way[0] != EXISTING:
                    grows.add(address)
        for address, total in places.items():
            if total > limit and (address in grows or total > standing[address]):
                return False
    return True


def _changes(problem, services, opened):
    approved = problem.approved or {}
    options = {*approved, *opened}
    return sum(
        approved.get(o, 0) != (opened[o][1] if o in opened else 0)
        for o in options
        if o[0] in services
    )


def _deal(problem, service, opened):
    terms = problem.services[service]
    sites = [site for _, site in opened]
    ways = list(opened.values())
    capacity = [int(w[1] * Fraction(terms.persons_per_place)) for w in ways]
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    home = problem.municipality_of_point
    needs = sorted((home[i], i, n) for (s, i), n in problem.persons.items() if s == service)
    nobody = (0, 0, 0, *([0] * len(_lengths(problem))))
    states = {(0,) * len(sites): {nobody}}
    for position, (town, point, persons) in enumerate(needs):
        first = position == 0 or needs[position - 1][0] != town
        last = position == len(needs) - 1 or needs[position + 1][0] != town
        if first:
            states = {(*loads, 0): front for loads, front in states.items()}
        minutes = [float(problem.minutes[row[point], column[j]]) for j in sites]
        ends = list(_splits(problem, service, point, persons, sites, minutes))
        after = defaultdict(set)
        for loads, front in states.items():
            for split in ends:
                added = tuple(a + b for a, b in zip(loads[:-1], split[0], strict=True))
                if any(a > c for a, c in zip(added, capacity, strict=True)):
                    continue
                key = (*added, loads[-1] + split[1][0])
                after[key] |= {
                    tuple(a + b for a, b in zip(f, split[1], strict=True)) for f in front
                }
        states = {key: _undominated(front) for key, front in after.items()}
        if last:
            states = _close_town(problem, service, town, needs, states)
    found = set()
    for loads, front in states.items():
        enough = all(
            w[0] != NEW or load >= terms.least_load_persons * w[2]
            for load, w in zip(loads, ways, strict=True)
        )
        if enough:
            found |= front
    return _undominated(found)


def _sum(one, other):
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _close_town(problem, service, town, needs, states):
    total = sum(n for t, _, n in needs if t == town)
    share = problem.least_share_served.get((service, town), 0.0)
    merged = defaultdict(set)
    for key, front in states.items():
        if total - key[-1] >= Fraction(str(share)) * total:
            merged[key[:-1]] |= front
    return merged


def _splits(problem, service, point, persons, sites, minutes):
    """Yield (load by site, (unserved, beyond, thousandths)) for every way to deal one need."""
    terms = problem.services[service]
    home = problem.municipality_of_point[point]
    at = [problem.municipality_of_site[j] for j in sites]
    allowed = []
    for k, m in enumerate(minutes):
        agreed = (
            problem.agreements is None
            or home == at[k]
            or (service, home, at[k]) in problem.agreements
        )
        reached = [
            minutes[q]
            for q in range(len(sites))
            if minutes[q] <= terms.limit_minutes
            and (
                problem.agreements is None
                or home == at[q]
                or (service, home, at[q]) in problem.agreements
            )
        ]
        detour = problem.detour_at_most.get(service)
        past = detour is not None and reached and m > min(reached) + detour + 1e-9
        allowed.append(m <= terms.limit_minutes and agreed and not past)
    beyond = [
        m > terms.standard_minutes and not (terms.home_is_standard and at[k] == home)
        for k, m in enumerate(minutes)
    ]
    today = defaultdict(int)
    for (s, i, j), n in problem.today.items():
        if (s, i) == (service, point):
            column = problem.sites.index(j)
            today[float(problem.minutes[problem.points.index(i), column])] += n
    lengths = _lengths(problem)
    for counts in _counts(persons, [a and persons for a in allowed]):
        if problem.most_loss_minutes is not None and not _nobody_loses(
            problem.most_loss_minutes, today, counts, minutes, persons
        ):
            continue
        late = sum(n for n, b in zip(counts, beyond, strict=True) if b)
        walk = sum(n * round(m * 1000) for n, m in zip(counts, minutes, strict=True) if n)
        trips = [
            sum(n for n, m in zip(counts, minutes, strict=True) if m == length)
            for length in lengths
        ]
        yield counts, (persons - sum(counts), late, walk, *trips)


def _nobody_loses(loss, today, counts, minutes, persons):
    for level in today:
        before = min(persons, sum(n for t, n in today.items() if t <= level))
        now = sum(n for n, m in zip(counts, minutes, strict=True) if m <= level + loss + 1e-9)
        if now < before:
            return False
    return True


def _counts(persons, most):
    if not most:
        yield ()
        return
    for here in range(min(persons, most[0]) + 1):
        for rest in _counts(persons - here, most[1:]):
            yield (here, *rest)


def _undominated(front):
    kept = []
    for point in sorted(front):
        if not any(all(a <= b for a, b in zip(k, point, strict=True)) for k in kept):
            kept.append(point)
    return set(kept)

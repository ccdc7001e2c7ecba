"""Random towns of a few points and sites, every rule switched on at random, against brute force."""

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from planner.domain import (
    EVERY_SERVICE,
    AimTerms,
    Budget,
    Existing,
    Problem,
    ServiceTerms,
    Size,
    Status,
    Stay,
)
from planner.errors import InfeasibleError
from planner.facility_location import Limits, solve
from planner.verification import broken_rules
from tests.location_brute_force import best_values

EXACT = Limits(gap=0.0, threads=1)
MINUTES = (3.0, 10.5, 20.0, 29.999, 30.0, 31.0, 45.25, 60.0, 61.0, np.inf)
MOST_SITES = 8
DEFAULT_RUN, CROWDED_RUN, SOAK = 500, 500, 6000
CROWDED, RARER_AIMS_FROM = 3.0, 2.0
LEAST_TOWNS = 20


def random_town(seed, *, eager=1.0):
    """Return a problem of up to 8 points, 8 sites and 2 services, most rules off by default.

    `eager` multiplies the chance of every rule; from 2 on the rarer aims come too.
    """
    r = random.Random(seed)
    service_count = r.choice((1, 1, 2))
    points = [f"p{k}" for k in range(r.randint(1, 8 if service_count == 1 else 4))]
    sites = [f"j{k}" for k in range(r.randint(1, 5 if service_count == 1 else 3))]
    if service_count == 1 and r.random() < 0.05:
        sites = [f"j{k}" for k in range(MOST_SITES)]
    towns = ["A", "B", "C"][: r.randint(1, 3)]
    minutes = np.array(
        [
            [
                r.choice((3.0, 10.5, 20.0, 29.999, 30.0, 31.0, 45.25, 60.0, 61.0, np.inf))
                for _ in sites
            ]
            for _ in points
        ]
    )
    services, persons, sizes, most_units, existing = {}, {}, {}, {}, {}
    for s in ("care", "home")[:service_count]:
        services[s] = ServiceTerms(
            s,
            r.choice((Stay.DAY, Stay.SHORT, Stay.HOME)),
            30.0,
            60.0,
            persons_per_place=r.choice((1, 1, 2, Fraction(5, 3))),
            least_load_persons=r.choice((0, 1, 2, 3)),
            home_is_standard=r.random() < 0.3,
        )
        left = 5 if service_count == 2 or len(sites) == MOST_SITES else 8
        for i in points:
            n = min(left, r.randint(0, 3))
            left -= n
            if n:
                persons[s, i] = n
        for j in sites:
            kind = r.random()
            if kind < 0.3:
                places = r.randint(1, 3)
                larger = tuple(
                    Size(places + k, 10_000 * k * r.choice((1, 2)), 1000 * k)
                    for k in r.sample((1, 2, 3), r.randint(0, 1))
                )
                existing[s, j] = Existing(
                    places,
                    places_known=True,
                    status=r.choice((Status.OPERATING, Status.COMMITTED)),
                    may_close=r.random() < 0.2,
                    larger=larger,
                )
            elif kind < 0.9:
                places = r.sample((1, 2, 3, 5), 1 if len(sites) > 4 else r.randint(1, 2))
                sizes[s, j] = tuple(
                    Size(k, 10_000 * k + r.choice((0, 5_000)), r.choice((500, 900)) * k)
                    for k in places
                )
                if r.random() < 0.15 and len(sites) < 5 and service_count == 1:
                    most_units[s, j] = 2
    problem = Problem(
        region="random",
        plan_year=2027,
        points=tuple(points),
        sites=tuple(sites),
        minutes=minutes,
        municipality_of_point={i: r.choice(towns) for i in points},
        municipality_of_site={j: r.choice(towns) for j in sites},
        services=services,
        persons=persons,
        sizes=sizes,
        most_units=most_units,
        existing=existing,
    )
    return _with_rules(problem, r, eager)


def _with_rules(  # noqa: C901, PLR0912 - one line or two for each rule
    problem, r, eager
):
    options = sorted({*problem.sizes, *problem.existing})
    services = sorted(problem.services)
    rules = {}

    def sometimes(share=0.12):
        return r.random() < share * eager

    if options and sometimes():
        rules["kept"] = {r.choice(options): "asked"}
    if options and sometimes():
        rules["vetoed"] = dict.fromkeys(r.sample(options, 1), "no ground")
    if problem.existing and sometimes():
        rules["closing"] = {r.choice(sorted(problem.existing)): "sold"}
    if sometimes(0.25):
        rules["address_of"] = {j: r.choice(("yard", j)) for j in problem.sites if sometimes(0.5)}
        rules["address_places_at_most"] = {r.choice((EVERY_SERVICE, *services)): r.randint(1, 5)}
    if sometimes(0.3):
        rules["budgets"] = tuple(
            Budget(
                f"fund {k}",
                r.choice((0, 3_000, 25_000, 40_000)) // (10 if kind == "running" else 1),
                kind=kind,
                year=r.choice((None, None, 2026, 2027)),
                share_permille=r.choice((1000, 850)),
                services=r.choice((None, frozenset(services[:1]))),
                municipalities=r.choice((None, frozenset({"A"}))),
            )
            for k, kind in enumerate(r.choice((["capital"], ["capital", "running"])))
        )
        rules["opening_year"] = {o: 2026 for o in options if sometimes(0.3)}
    if sometimes():
        rules["new_sites_at_most"] = {r.choice((EVERY_SERVICE, services[0])): r.randint(0, 2)}
    if sometimes():
        rules["sites_at_most"] = {r.choice((EVERY_SERVICE, services[0])): r.randint(1, 3)}
    if sometimes(0.15):
        rules["least_share_served"] = {
            (services[0], m): r.choice((0.3, 0.5, 0.7))
            for m in sorted(set(problem.municipality_of_point.values()))
        }
    if sometimes():
        rules["detour_at_most"] = {services[0]: r.choice((0.0, 5.0, 15.0))}
    if sometimes():
        towns = ("A", "B", "C")
        rules["agreements"] = frozenset(
            (s, a, b) for s in services for a in towns for b in towns if sometimes(0.4)
        )
    if sometimes(0.15):
        rules |= {"today": _today(problem, r), "most_loss_minutes": r.choice((0.0, 10.0, 20.0))}
    aims = list(problem.aims)
    if sometimes(0.3):
        aims[0] = AimTerms("persons_unserved", absolute=r.choice((0, 1)))
        aims[1] = AimTerms("persons_beyond_standard", of_value=r.choice((0.0, 0.5, 2.0)))
        aims[3] = AimTerms("cost_eur", of_value=r.choice((0.0, 0.1)))
    if sometimes(0.1):
        rules["approved"] = {o: r.randint(1, 3) for o in options if sometimes(0.5)}
        aims.insert(1, AimTerms("changes"))
    if sometimes(0.1):
        r.shuffle(aims)
    if eager >= RARER_AIMS_FROM:
        rarer = r.choice(("worst_served_first", "worst_minutes", "sites", ""))
        aims[r.randint(1, len(aims) - 1)] = AimTerms(rarer) if rarer else aims[-1]
        aims = list({terms.name: terms for terms in aims}.values())
    return replace(problem, aims=tuple(aims), **rules)


def _today(problem, r):
    today = {}
    for (s, j), old in sorted(problem.existing.items()):
        left = old.places
        for (service, i), n in sorted(problem.persons.items()):
            t = problem.minutes[problem.points.index(i), problem.sites.index(j)]
            given = min(left, n - sum(v for k, v in today.items() if k[:2] == (s, i)))
            if service == s and t <= 60 and given > 0 and r.random() < 0.7:
                today[s, i, j] = given
                left -= given
    return today


def check(problem, seed):
    try:
        plan = solve(problem, limits=EXACT)
    except InfeasibleError:
        every = tuple(sorted(problem.services))
        groups = [every, *((service,) for service in every)]
        if all(best_values(problem, group) is not None for group in groups):
            pytest.fail(f"seed {seed}: a plan there is, and it was not found")
        return
    for services, aims in plan.proof.groups:
        best = best_values(problem, services)
        found = [aim.value for aim in aims]
        assert best is not None, f"seed {seed}: the plan breaks a rule"
        assert found == pytest.approx(best, abs=1e-4), f"seed {seed}: {found}, best {best}"
        assert all(aim.gap <= 1e-6 for aim in aims), f"seed {seed}: {aims}"
    assert broken_rules(problem, plan) == (), f"seed {seed}"


@pytest.mark.parametrize("block", range(20))
def test_random_towns_get_the_best_plan(block):
    for seed in range(block, DEFAULT_RUN, 20):
        check(random_town(seed), seed)


@pytest.mark.parametrize("block", range(12))
def test_random_towns_with_many_rules_at_once_get_the_best_plan(block):
    for seed in range(block, CROWDED_RUN, 12):
        check(random_town(seed, eager=CROWDED), seed)


SWITCHES = {
    "kept": lambda p: p.kept,
    "vetoed": lambda p: p.vetoed,
    "closing": lambda p: p.closing,
    "existing that may close": lambda p: any(e.may_close for e in p.existing.values()),
    "committed": lambda p: any(e.status is Status.COMMITTED for e in p.existing.values()),
    "enlarging": lambda p: any(e.larger for e in p.existing.values()),
    "several units at a place": lambda p: any(n > 1 for n in p.most_units.values()),
    "least load": lambda p: any(t.least_load_persons for t in p.services.values()),
    "several persons a place": lambda p: any(t.persons_per_place > 1 for t in p.services.values()),
    "parts of persons a place": lambda p: any(
        Fraction(t.persons_per_place).denominator > 1 for t in p.services.values()
    ),
    "the own municipality": lambda p: any(t.home_is_standard for t in p.services.values()),
    "address limit of a service": lambda p: _limits_a_building(p, EVERY_SERVICE, other=True),
    "address limit of all homes": lambda p: _limits_a_building(p, EVERY_SERVICE, other=False),
    "two services": lambda p: len(p.services) > 1,
    "budget": lambda p: p.budgets,
    "budget of a year": lambda p: any(b.year for b in p.budgets) and p.opening_year,
    "budget of a fund's share": lambda p: any(b.share_permille < 1000 for b in p.budgets),
    "budget of municipalities": lambda p: any(b.municipalities for b in p.budgets),
    "running budget": lambda p: any(b.kind == "running" for b in p.budgets),
    "two budgets": lambda p: len(p.budgets) > 1,
    "budget of two services": lambda p: (
        len(p.services) > 1 and any(b.services is None for b in p.budgets)
    ),
    "new sites at most": lambda p: p.new_sites_at_most,
    "sites at most": lambda p: p.sites_at_most,
    "floors": lambda p: p.least_share_served,
    "nobody loses more": lambda p: p.today and p.most_loss_minutes is not None,
    "detour": lambda p: p.detour_at_most,
    "agreements": lambda p: p.agreements is not None,
    "tolerances": lambda p: any(t.absolute or t.of_value for t in p.aims),
    "changes": lambda p: p.approved is not None,
    "worst served first": lambda p: _aims_at(p, "worst_served_first"),
    "worst minutes": lambda p: _aims_at(p, "worst_minutes"),
    "all sites as an aim": lambda p: _aims_at(p, "sites"),
    "eight sites": lambda p: len(p.sites) == MOST_SITES,
}


def _limits_a_building(problem, named, *, other):
    return problem.address_of and (named in problem.address_places_at_most) != other


def _aims_at(problem, name):
    return name in {terms.name for terms in problem.aims}


def test_every_rule_and_aim_is_switched_on_in_many_of_the_random_towns():
    towns = [random_town(seed) for seed in range(DEFAULT_RUN)]
    towns += [random_town(seed, eager=CROWDED) for seed in range(CROWDED_RUN)]

    counted = {name: sum(bool(is_on(p)) for p in towns) for name, is_on in SWITCHES.items()}

    assert {name: n for name, n in counted.items() if n < LEAST_TOWNS} == {}


@pytest.mark.soak
def test_thousands_of_random_towns_get_the_best_plan():
    for seed in range(DEFAULT_RUN, SOAK):
        check(random_town(seed), seed)
        check(random_town(seed, eager=CROWDED), seed)

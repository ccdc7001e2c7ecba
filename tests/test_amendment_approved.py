"""An amendment against the edition that the Council approved, worked out by hand and at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain import Kind, Opening, Option, Plan, Problem, Size, Status
from planner.editions import (
    DEFAULT_FUNDING,
    Amendment,
    Change,
    ChangeKind,
    ReasonCode,
    ReasonPart,
    Standing,
    State,
    amendment,
    approved_edition,
    before_of,
    split_cost,
    standing,
    sum_faults,
)
from planner.publishing.reasons import address_text, change_words, reason_text
from planner.verification.aims import AIMS
from planner.verification.books import open_books
from tests.mapped_towns import area_of
from tests.towns import CARE, drawn, enlarged, existing, new, river_town, town
from tests.towns import standing as stands

SIXTEEN, THIRTY = Size(16, 160_000, 16_000), Size(30, 270_000, 27_000)
NORTH, SOUTH = (CARE, "north"), (CARE, "south")


def villages(**rest: Any) -> Problem:
    """Forty persons in the north, ten in the south, 20 minutes apart; 16 or 30 places a unit."""
    sizes = {NORTH: (SIXTEEN, THIRTY), SOUTH: (SIXTEEN, THIRTY)}
    return town(
        {"north": {"north": 3.0, "south": 20.0}, "south": {"north": 20.0, "south": 3.0}},
        {"north": 40, "south": 10},
        **{"build": sizes, "most_units": {NORTH: 3, SOUTH: 3}, **rest},
    )


def against(problem: Problem, plan: Plan, **today: Any) -> Amendment:
    found = amendment(problem, before_of(problem, plan), plan, area_of(problem), **today)
    assert sum_faults(found) == ()
    if not problem.approved_sizes:
        assert changed_options(found) == changes_counted(problem, plan)
    return found


def changed_options(found: Amendment) -> int:
    return len({(c.service, c.site) for c in found.changes})


def changes_counted(problem: Problem, plan: Plan) -> int:
    """Return the aim `changes` as the independent check counts it."""
    return int(AIMS["changes"](open_books(problem, plan), frozenset(problem.services)))


def places(change: Change) -> tuple[int | None, int | None]:
    return tuple(None if s is None else s.places for s in (change.before, change.after))  # type: ignore[return-value]


def test_the_same_plan_as_approved_changes_nothing() -> None:
    problem = villages(approved={NORTH: 46, SOUTH: 16})
    plan = drawn(
        problem,
        {NORTH: new(46, units=2), SOUTH: new(16)},
        {(CARE, "north", "north"): 40, (CARE, "south", "south"): 10},
    )

    found = against(problem, plan)

    assert found.changes == ()
    north, south = found.totals
    assert (north.addresses_before, north.places_before, north.places_committed) == (2, 46, 46)
    assert (north.planned_cost_eur, north.cost_eur) == (430_000, 0)
    assert south.planned_cost_eur == 160_000


def test_the_same_places_are_the_same_addresses_whatever_sizes_would_be_fewest() -> None:
    problem = villages(approved={NORTH: 48})
    sizes = {NORTH: (*problem.sizes[NORTH], Size(48, 400_000))}
    problem = replace(problem, sizes=sizes)
    plan = drawn(problem, {NORTH: new(48, units=3)}, {})

    assert against(problem, plan).changes == ()


def test_a_saved_plan_knows_its_addresses() -> None:
    """Three of 16 were approved; a new size would hold all 48 places at one address."""
    sizes = {NORTH: (SIXTEEN, Size(48, 400_000))}
    problem = villages(build=sizes, approved={NORTH: 48}, approved_sizes={NORTH: (SIXTEEN,) * 3})
    same = drawn(problem, {NORTH: new(48, units=3)}, {})
    other = drawn(problem, {NORTH: new(48)}, {})

    assert against(problem, same).changes == ()
    assert [places(c) for c in against(problem, other).changes] == [
        (16, 48),
        (16, None),
        (16, None),
    ]
    dropped = against(problem, drawn(problem, {}, {}))
    assert [c.cost_eur for c in dropped.changes] == [-160_000] * 3


def test_what_was_approved_costs_what_it_was_approved_at() -> None:
    """The catalogue has neither these sizes any more nor these prices."""
    approved = (Size(13, 100_000), Size(8, 70_000))
    problem = villages(approved={NORTH: 21}, approved_sizes={NORTH: approved})

    found = against(problem, drawn(problem, {NORTH: new(16)}, {}))

    assert [(places(c), c.cost_eur) for c in found.changes] == [
        ((13, 16), 60_000),
        ((8, None), -70_000),
    ]
    assert not any(c.unpriced for c in found.changes)
    assert found.totals[0].planned_cost_eur == 170_000


def test_of_three_approved_addresses_one_is_decided_and_the_others_are_dropped() -> None:
    problem = villages(
        existing={NORTH: stands(16, status=Status.COMMITTED)},
        build={SOUTH: (SIXTEEN,)},
        approved={NORTH: 62},
        approved_sizes={NORTH: (THIRTY, SIXTEEN, SIXTEEN)},
    )
    plan = drawn(problem, {NORTH: existing(16)}, {(CARE, "north", "north"): 16})

    found = against(problem, plan)

    assert [(c.kind, places(c), c.cost_eur) for c in found.changes] == [
        (ChangeKind.CLOSE, (30, None), -270_000),
        (ChangeKind.CLOSE, (16, None), -160_000),
    ]
    assert [(c.address_number, c.addresses_here) for c in found.changes] == [(2, 3), (3, 3)]
    assert [c.before and c.before.cost_eur for c in found.changes] == [270_000, 160_000]
    assert {c.before and c.before.standing for c in found.changes} == {Standing.APPROVED}
    assert [address_text(c, language="lv") for c in found.changes] == [
        "North, 2. adrese no 3", "North, 3. adrese no 3",
    ]  # fmt: skip
    assert {change_words(c) for c in found.changes} == {"drop"}
    assert [c.persons for c in found.changes] == [0, 0]
    north, _ = found.totals
    assert (north.addresses_before, north.addresses_after) == (3, 1)
    assert (north.places_before, north.places_committed, north.places_after) == (62, 62, 16)
    assert (north.planned_cost_eur, north.cost_eur) == (430_000, -430_000)


def test_what_is_decided_is_the_approved_address_most_like_it() -> None:
    """Of 30 and 8 approved places an address with 16 has been decided: it is the smaller one."""
    problem = villages(
        existing={NORTH: stands(16, status=Status.COMMITTED)},
        build={SOUTH: (SIXTEEN,)},
        approved={NORTH: 38},
        approved_sizes={NORTH: (THIRTY, Size(8, 80_000))},
    )

    found = against(problem, drawn(problem, {NORTH: existing(16)}, {}))

    assert [(c.kind, places(c), c.cost_eur) for c in found.changes] == [
        (ChangeKind.ENLARGE, (8, 16), 0),
        (ChangeKind.CLOSE, (30, None), -270_000),
    ]


def test_what_was_approved_and_is_dropped_is_infrastructure_that_nobody_used() -> None:
    problem = villages(approved={NORTH: 30, SOUTH: 16}, vetoed={SOUTH: "applūst"})
    plan = drawn(problem, {NORTH: new(30)}, {(CARE, "north", "north"): 30})

    found = against(problem, plan)

    [change] = found.changes
    assert (change.kind, change.reason_code) == (
        ChangeKind.CLOSE,
        ReasonCode.INFRASTRUCTURE_DROPPED,
    )
    assert change.before == State("", "South", 16, 0, 160_000, Standing.APPROVED)
    assert change.after is None
    assert (change.persons, change.persons_here, change.reasons) == (0, 0, ())
    assert change.cost_eur == -160_000
    assert change.by_source == {"eu": -136_000, "state": -7_200, "municipality": -16_800}
    assert reason_text(change, language="en") == "nobody uses it today; decided: applūst"
    assert (found.cost_eur, found.totals[1].planned_cost_eur) == (-160_000, 160_000)


@pytest.mark.parametrize(
    ("approved", "places_now", "kind", "cost_eur"),
    [(16, 30, ChangeKind.ENLARGE, 110_000), (30, 16, ChangeKind.REDUCE, -110_000)],
)
def test_other_places_than_approved_cost_the_difference(
    approved: int, places_now: int, kind: ChangeKind, cost_eur: int
) -> None:
    problem = villages(approved={NORTH: approved})
    plan = drawn(problem, {NORTH: new(places_now)}, {(CARE, "north", "north"): 16})

    [change] = against(problem, plan).changes

    assert change_words(change) == kind.value
    assert (change.kind, places(change)) == (kind, (approved, places_now))
    assert (change.cost_eur, sum(change.by_source.values())) == (cost_eur, cost_eur)
    assert change.before is not None
    assert change.before.standing is Standing.APPROVED
    assert (change.before.persons, change.persons) == (0, 16)
    assert change.reasons == ((ReasonPart.NEWLY_SERVED, 16),)
    assert change.comes
    assert not change.operates


def test_units_of_the_same_size_are_the_same_and_the_rest_are_resized() -> None:
    problem = villages(approved={NORTH: 32})
    plan = drawn(problem, {NORTH: new(46, units=2)}, {(CARE, "north", "north"): 40})

    [change] = against(problem, plan).changes

    assert (change.kind, places(change)) == (ChangeKind.ENLARGE, (16, 30))
    assert (change.address_number, change.addresses_here) == (1, 2)
    assert change.cost_eur == 110_000
    assert (change.persons, change.persons_here, change.fewest_at_an_address) == (26, 40, 14)


def test_units_come_and_go_one_by_one() -> None:
    problem = villages(approved={NORTH: 48, SOUTH: 16})
    plan = drawn(problem, {NORTH: new(30), SOUTH: new(32, units=2)}, {})

    found = against(problem, plan)

    assert [(c.site, c.kind, places(c)) for c in found.changes] == [
        ("north", ChangeKind.ENLARGE, (16, 30)),
        ("north", ChangeKind.CLOSE, (16, None)),
        ("north", ChangeKind.CLOSE, (16, None)),
        ("south", ChangeKind.OPEN, (None, 16)),
    ]
    assert [(c.address_number, c.addresses_here) for c in found.changes] == [
        (1, 1), (2, 3), (3, 3), (2, 2),
    ]  # fmt: skip
    assert [c.cost_eur for c in found.changes] == [110_000, -160_000, -160_000, 160_000]
    assert found.changes[-1].reason_code is ReasonCode.ADDITIONAL


def test_what_was_not_approved_is_new() -> None:
    problem = villages(approved={NORTH: 30})
    plan = drawn(problem, {NORTH: new(30), SOUTH: new(16)}, {(CARE, "south", "south"): 10})

    [change] = against(problem, plan).changes

    assert (change.site, change.kind) == ("south", ChangeKind.OPEN)
    assert change.reason_code is ReasonCode.NEW_SERVICE
    assert change.cost_eur == 160_000


def test_places_that_no_sizes_make_are_one_address_at_a_cost_that_is_not_known() -> None:
    problem = villages(approved={NORTH: 25, SOUTH: 25})
    plan = drawn(problem, {NORTH: new(30)}, {})

    found = against(problem, plan)

    assert [(c.site, places(c), c.cost_eur) for c in found.changes] == [
        ("north", (25, 30), 270_000),
        ("south", (25, None), 0),
    ]
    assert all(c.unpriced for c in found.changes)
    assert all(c.before is not None and c.before.cost_eur is None for c in found.changes)
    assert [t.planned_cost_eur for t in found.totals] == [None, None]
    assert [t.addresses_before for t in found.totals] == [1, 1]


def grown(approved: Mapping[Option, int], now: Opening | None, **rest: Any) -> Change:
    """Return the one change of a centre of 8 places that may grow to 13, and serves five."""
    larger = (Size(13, 35_000), Size(20, 84_000))
    there = {(CARE, "left"): stands(8, may_close=True, larger=larger)}
    problem = river_town(existing=there, build=(), approved=approved, **rest)
    opened = {} if now is None else {(CARE, "left"): now}
    plan = drawn(problem, opened, {(CARE, "left", "left"): 5} if now else {})
    [change] = against(problem, plan, assigned_before={(CARE, "left", "left"): 5}).changes
    return change


def test_an_enlargement_that_was_approved_and_is_not_made_is_taken_back() -> None:
    change = grown({(CARE, "left"): 13}, existing(8), vetoed={(CARE, "left"): "nav vietas"})

    assert (change.kind, places(change)) == (ChangeKind.REDUCE, (13, 8))
    assert change.reason_code is ReasonCode.INFRASTRUCTURE_DROPPED
    assert change_words(change) == "do not enlarge"
    assert change.before is not None
    assert (change.before.standing, change.before.cost_eur) == (Standing.TO_ENLARGE, 35_000)
    assert (change.before.persons, change.cost_eur) == (5, -35_000)
    # nobody loses a place that has never been there: it is still as large as today
    assert change.operates
    assert change.comes
    assert (change.persons, change.reasons, change.decided) == (0, (), "nav vietas")


def test_an_enlargement_that_nothing_prices_any_more_cost_what_it_was_approved_at() -> None:
    """Approved to grow to 15 places, which is no size of the catalogue."""
    known = {(CARE, "left"): (Size(15, 49_000),)}

    told = grown({(CARE, "left"): 15}, existing(8), approved_sizes=known)
    not_told = grown({(CARE, "left"): 15}, existing(8))

    assert (told.cost_eur, told.unpriced) == (-49_000, False)
    assert (not_told.cost_eur, not_told.unpriced) == (0, True)


def test_an_enlargement_may_become_another_one() -> None:
    change = grown({(CARE, "left"): 13}, enlarged(20))

    assert (change.kind, change.cost_eur) == (ChangeKind.ENLARGE, 49_000)


def test_an_enlargement_that_was_approved_is_lost_with_what_closes() -> None:
    change = grown({(CARE, "left"): 13}, None)

    assert (change.kind, change.cost_eur) == (ChangeKind.CLOSE, -35_000)
    assert (change.persons, change.reasons) == (5, ((ReasonPart.LOST, 5),))
    assert not change.comes


def test_what_was_approved_to_close_and_stays_is_kept_open() -> None:
    change = grown({(CARE, "left"): 0}, existing(8))

    assert (change.kind, places(change)) == (ChangeKind.KEEP, (0, 8))
    assert change.before is not None
    assert (change.before.standing, change.before.persons) == (Standing.TO_CLOSE, 5)
    assert (change.cost_eur, change.operates, change.persons) == (0, True, 0)


def test_what_was_approved_to_close_and_closes_is_no_change() -> None:
    there = {(CARE, "left"): stands(8, may_close=True)}
    problem = river_town(existing=there, build=(), approved={(CARE, "left"): 0})

    assert against(problem, drawn(problem, {}, {})).changes == ()


def test_what_stands_with_more_places_than_approved_costs_nothing_more() -> None:
    change = grown({(CARE, "left"): 6}, existing(8))

    assert (change.kind, change.cost_eur, change.unpriced) == (ChangeKind.ENLARGE, 0, False)


def test_what_is_decided_is_before_as_it_is_decided() -> None:
    decided = stands(10, status=Status.COMMITTED)
    problem = river_town(
        existing={(CARE, "left"): decided}, build=(), approved={(CARE, "left"): 10}
    )
    plan = drawn(problem, {(CARE, "left"): existing(10)}, {})

    found = against(problem, plan)

    assert found.changes == ()
    assert found.totals[0].places_committed == 10


def test_without_an_approved_edition_before_is_what_stands() -> None:
    problem = villages(existing={NORTH: stands(16)}, build={SOUTH: (SIXTEEN,)})
    plan = drawn(problem, {NORTH: existing(16), SOUTH: new(16)}, {})

    assert before_of(problem, plan) == standing(problem)
    assert [t.planned_cost_eur for t in against_today(problem, plan).totals] == [None, 0]
    # a folder of an older planner: what it did not mention is not called approved to close
    assert approved_edition(replace(problem, approved={}), plan) == standing(problem)


def against_today(problem: Problem, plan: Plan) -> Amendment:
    return amendment(problem, standing(problem), plan, area_of(problem))


SIZES = (Size(8, 80), Size(13, 120), Size(16, 150), Size(30, 260))
SITES = "abcd"


@st.composite
def problems_with_plans(draw: st.DrawFn) -> tuple[Problem, Plan]:
    """Draw an approved edition and a plan of four sites, of which the last two may stand."""
    here = {(CARE, j): draw(st.sampled_from([8, 13, 20])) for j in SITES[2:] if draw(st.booleans())}
    larger = (Size(16, 70), Size(30, 200))
    decided = {o: draw(st.lists(st.sampled_from(SIZES), max_size=3)) for o in here}
    there = {o: stands(n, may_close=True, larger=tuple(k for k in larger if k.places > n),
                       status=Status.COMMITTED if decided[o] else Status.OPERATING)
             for o, n in here.items()}  # fmt: skip
    options = [(CARE, j) for j in SITES if (CARE, j) not in there]
    chosen = st.lists(st.sampled_from(SIZES), max_size=3)
    amounts = st.one_of(st.just(0), st.integers(1, 60))
    known = {o: tuple(sizes) for o, sizes in decided.items() if sizes}
    approved = {o: sum(k.places for k in known[o]) if o in known else draw(amounts) for o in there}
    for option in options:
        sizes = tuple(draw(chosen))
        approved[option] = draw(amounts) if draw(st.booleans()) else sum(k.places for k in sizes)
        if approved[option] == sum(k.places for k in sizes) and sizes:
            known[option] = sizes
    problem = town(
        {"home": dict.fromkeys(SITES, 10.0)},
        {"home": 50},
        build=dict.fromkeys(options, SIZES),
        most_units=dict.fromkeys(options, 3),
        existing=there,
        municipalities={"a": "m", "b": "m"},
        approved={o: n for o, n in approved.items() if n or o in there},
        approved_sizes=known if draw(st.booleans()) else {},
    )
    opened: dict[Option, Opening] = {}
    for option in options:
        if units := draw(chosen):
            opened[option] = new(sum(k.places for k in units), units=len(units))
    for option, e in there.items():
        size = draw(st.sampled_from([None, e.places, *(k.places for k in e.larger)]))
        if size is not None:
            opened[option] = existing(size) if size == e.places else enlarged(size)
    return problem, drawn(problem, opened, {})


@given(problems_with_plans())
def test_applied_to_what_was_before_an_amendment_gives_the_plan(
    drawn_plan: tuple[Problem, Plan],
) -> None:
    problem, plan = drawn_plan
    before = before_of(problem, plan)

    found = against(problem, plan)

    applied = Counter({o: opening.places for o, opening in before.items()})
    addresses = Counter({o: opening.units for o, opening in before.items()})
    for change in found.changes:
        option, (was, now) = (change.service, change.site), places(change)
        applied[option] += (now or 0) - (was or 0)
        addresses[option] += bool(now) - bool(was)
        assert was != now
        assert change.kind is not ChangeKind.KEEP or not was
    assert +applied == {o: opening.places for o, opening in plan.opened.items()}
    assert +addresses == {o: opening.units for o, opening in plan.opened.items()}


@given(problems_with_plans())
def test_what_was_approved_and_the_changes_cost_what_the_plan_does(
    drawn_plan: tuple[Problem, Plan],
) -> None:
    problem, plan = drawn_plan

    found = against(problem, plan)

    cost = dict.fromkeys({*problem.municipality_of_site.values()}, 0)
    for (_, site), size in open_books(problem, plan).built.items():
        cost[problem.municipality_of_site[site]] += size.cost_eur
    for total in found.totals:
        if total.planned_cost_eur is not None:
            assert total.planned_cost_eur + total.cost_eur == cost.get(total.municipality, 0)


@given(problems_with_plans())
def test_what_counts_persons_does_not_depend_on_what_was_approved(
    drawn_plan: tuple[Problem, Plan],
) -> None:
    """Parts of the gate are called alike in every amendment of a plan, so they must be alike."""
    problem, plan = drawn_plan
    assigned = {(CARE, "home", j): 5 for _, j in plan.opened}
    plan = drawn(problem, plan.opened, assigned)
    today = {(CARE, "home", j): 7 for _, j in problem.existing}

    found = against(problem, plan, assigned_before=today)
    other = amendment(problem, standing(problem), plan, area_of(problem), assigned_before=today)

    def concerned(found: Amendment) -> dict[Option, Any]:
        return {
            (c.service, c.site): (c.operates, c.comes, c.persons_here, c.reasons)
            for c in found.changes
            if c.operates or c.after is not None
        }

    mine, theirs = concerned(found), concerned(other)
    assert all(mine[option] == theirs[option] for option in mine.keys() & theirs.keys())


@given(st.integers(-10_000_000, 10_000_000), st.booleans())
def test_what_is_saved_is_shared_as_what_is_paid(cost_eur: int, with_eu: bool) -> None:  # noqa: FBT001
    shares = split_cost(cost_eur, DEFAULT_FUNDING, with_eu=with_eu)

    assert sum(shares.values()) == cost_eur
    paid = split_cost(-cost_eur, DEFAULT_FUNDING, with_eu=with_eu)
    assert paid == {source: -eur for source, eur in shares.items()}


def test_an_opening_of_a_kind_that_is_not_new_is_no_unit_of_sizes() -> None:
    problem = villages(
        existing={NORTH: stands(20)}, build={SOUTH: (SIXTEEN,)}, approved={NORTH: 32}
    )

    assert approved_edition(problem, drawn(problem, {}, {})) == {
        NORTH: Opening(32, 1, Kind.ENLARGED)
    }

"""Whom changes concern and why: given out also where a new site serves a few for two reasons."""

from dataclasses import replace
from typing import Any

import pytest

from planner.disclosure import (
    HIDDEN_MARK,
    ChangeTables,
    Concerned,
    Served,
    ServedTables,
    audit,
    protect_changes,
    protect_plan,
    protect_served,
)
from planner.domain import Problem
from planner.editions import Change, ChangeKind, ReasonCode, ReasonPart, State
from planner.publishing.change_people import ChangePeople, concerned_by, people_of_change
from planner.publishing.people import reasons_told
from planner.publishing.reasons import reason_text
from tests.test_publishing_documents import river_dossier
from tests.towns import CARE, drawn, existing, new, standing, town

NEWLY, WITHIN, SHORTER = ReasonPart.NEWLY_SERVED, ReasonPart.BROUGHT_WITHIN, ReasonPart.SHORTER
LONGER, LOST = ReasonPart.LONGER, ReasonPart.LOST
COMING = (ChangeKind.OPEN, ChangeKind.ENLARGE)


def city_and_villages() -> Problem:
    """Sixty in the city with a centre, twelve and four in villages that may get one."""
    return town(
        {
            "city": {"city": 3.0},
            "upper": {"city": 40.0, "upper": 3.0},
            "lower": {"city": 50.0, "lower": 3.0},
        },
        {"city": 60, "upper": 12, "lower": 4},
        build=("upper", "lower"),
        existing={(CARE, "city"): standing(70)},
    )


def published() -> ServedTables:
    problem = city_and_villages()
    today = {(CARE, "city", "city"): 60, (CARE, "upper", "city"): 6, (CARE, "lower", "city"): 2}
    plan = {(CARE, "city", "city"): 60, (CARE, "upper", "upper"): 12, (CARE, "lower", "lower"): 4}
    city = {(CARE, "city"): existing(70)}
    opened = {**city, (CARE, "upper"): new(20), (CARE, "lower"): new(10)}
    return protect_plan(
        (problem, drawn(problem, city, today)),
        (problem, drawn(problem, opened, plan)),
        snapshot="2026",
    )


def opens(persons: int, reasons: dict[ReasonPart, int]) -> Concerned:
    return Concerned(
        stands_before=False, stands_after=True, grows=True, persons=persons, reasons=reasons
    )


def told_of(released: ServedTables) -> ChangeTables:
    return protect_changes(
        released,
        {
            (CARE, "upper"): opens(12, {NEWLY: 6, WITHIN: 6}),
            (CARE, "lower"): opens(4, {NEWLY: 2, WITHIN: 2}),
        },
    )


def test_a_new_site_for_a_few_can_be_given_out() -> None:
    released = published()

    told = told_of(released)

    assert told.because(WITHIN, "lower", CARE) in (HIDDEN_MARK, "< 5")
    assert audit([released.release, told.release]) == ()


@pytest.mark.parametrize("plain", ["6", HIDDEN_MARK])
def test_the_other_reasons_are_mentioned_unless_the_named_ones_make_all_up(plain: str) -> None:
    reasons = {"newly": "6", "within": plain, "longer": "0"}
    told = {reason: text for reason, text in reasons.items() if text == "6"}

    assert reasons_told("12", reasons) == told | ({} if plain == "6" else {"": HIDDEN_MARK})
    assert reasons_told("13", reasons) == told | {"": HIDDEN_MARK}
    assert reasons_told(HIDDEN_MARK, reasons) == told | {"": HIDDEN_MARK}
    assert reasons_told("0", {}) == {}


def test_a_withheld_reason_is_not_named() -> None:
    dossier = river_dossier()
    [change] = [replace(c, nearest=None) for c in dossier.amendment.changes if c.reasons]

    def sentence(concerned: str, **reasons: str) -> str:
        told = ChangePeople("0", "8", concerned, reasons_told(concerned, reasons), (True, True))
        return reason_text(change, told=told, language="en")

    assert sentence("8", newly_served="6", shorter="…") == (
        "begin to receive the service: 6 pers.; others: not told, or no difference"
    )
    assert sentence("8", newly_served="…", shorter="…") == "what changes for them is not told"
    assert sentence("6", newly_served="6", shorter="0") == ("begin to receive the service: 6 pers.")
    assert sentence("0") == "nobody's way or service changes"


def state(places: int, persons: int) -> State:
    return State("", "place", places, persons, None)


def row(kind: ChangeKind, reasons: dict[ReasonPart, int], **rest: Any) -> Change:
    fields: dict[str, Any] = {
        "number": 1, "kind": kind, "municipality": "A", "service": CARE, "site": "K",
        "before": None, "after": None, "persons": sum(reasons.values()),
        "minutes_before": 40.0, "minutes_after": 20.0,
        "served_before": sum(n for why, n in reasons.items() if why is not NEWLY),
        "served_after": sum(n for why, n in reasons.items() if why is not LOST),
        "cost_eur": 0, "by_source": {}, "reason_code": ReasonCode.ADDITIONAL,
        "reasons": tuple(reasons.items()), "persons_here": sum(reasons.values()),
        "operates": kind is not ChangeKind.OPEN, "comes": kind in COMING,
    }  # fmt: skip
    return Change(**{**fields, **rest})


def people(change: Change, today: Served, plan: Served) -> ChangePeople:
    """Return what is told of a change in a region of one municipality and one service."""
    rows = {"t": {("A", CARE): today}, "p": {("A", CARE): plan}}
    released = protect_served(rows, name="p", snapshot="n").known_as({"today": "t", "plan": "p"})
    changed = protect_changes(released, concerned_by([change]))
    assert audit([released.release, changed.release]) == ()
    return people_of_change(change, released, changed)


def test_no_minutes_stand_where_they_would_tell_how_many_were_served() -> None:
    """Of seven who come three begin to be served: too few of the others for minutes before."""
    grows = row(
        ChangeKind.ENLARGE, {NEWLY: 3, SHORTER: 4}, before=state(20, 20), after=state(30, 27)
    )
    today = Served(60, 40, 30, sites={"J": 20, "K": 20})

    told = people(grows, today, Served(60, 43, 36, sites={"J": 16, "K": 27}))

    assert (told.concerned, told.minutes) == ("7", (False, True))


def test_a_service_stays_secured_only_where_all_reasons_are_told() -> None:
    def secured(shorter: int, longer: int, lost: int) -> bool:
        reasons = {why: n for why, n in ((SHORTER, shorter), (LONGER, longer), (LOST, lost)) if n}
        gone = shorter + longer + lost
        closes = row(
            ChangeKind.CLOSE, reasons, before=state(gone, gone), after=None, duty_kept=not lost
        )
        today = Served(60, 40, 30, sites={"K": gone, "J": 40 - gone})
        told = people(closes, today, Served(60, 50, 45, sites={"J": 50}))
        said = "the service stays secured" in reason_text(closes, told=told, language="en")
        assert not said or "" not in told.reasons
        return said

    assert not secured(3, 1, 1)
    assert not secured(4, 1, 0)
    assert secured(12, 9, 0)


@pytest.mark.parametrize(
    ("newly", "shorter", "others"), [(32, 0, False), (16, 16, False), (28, 4, True)]
)
def test_reasons_of_several_addresses_are_held_against_all_who_come(
    newly: int, shorter: int, *, others: bool
) -> None:
    reasons = {why: n for why, n in ((NEWLY, newly), (SHORTER, shorter)) if n}
    opens = row(
        ChangeKind.OPEN, reasons, after=state(16, 16), persons=16,
        address_number=1, addresses_here=2, fewest_at_an_address=16,
    )  # fmt: skip
    twice = [opens, replace(opens, number=2, address_number=2)]
    assert [c.persons for c in concerned_by(twice).values()] == [32]
    before = Served(60, shorter, 0, sites={"J": shorter} if shorter else {})
    rows = {"t": {("A", CARE): before}, "p": {("A", CARE): Served(60, 32, 32, sites={"K": 32})}}
    released = protect_served(rows, name="p", snapshot="n").known_as({"today": "t", "plan": "p"})
    changed = protect_changes(released, concerned_by(twice))

    told = people_of_change(opens, released, changed)

    assert ("" in told.reasons) is others
    assert "2 addresses together" in reason_text(opens, told=told, language="en")


@pytest.mark.parametrize(
    ("shares", "shown"), [((8, 8, 4), ["…"] * 3), ((8, 7, 5), ["8", "7", "5"])]
)
def test_no_address_is_told_where_another_at_the_place_has_but_a_few(
    shares: tuple[int, ...], shown: list[str]
) -> None:
    rows = [
        row(
            ChangeKind.OPEN, {NEWLY: 20}, after=state(8, persons), persons=persons, number=k,
            address_number=k, addresses_here=3, fewest_at_an_address=min(shares),
        )
        for k, persons in enumerate(shares, start=1)
    ]  # fmt: skip
    loads = {
        "t": {("A", CARE): Served(60, 0, 0)},
        "p": {("A", CARE): Served(60, 20, 20, sites={"K": 20})},
    }
    released = protect_served(loads, name="p", snapshot="n").known_as({"today": "t", "plan": "p"})
    changed = protect_changes(released, concerned_by(rows))

    assert [people_of_change(change, released, changed).after for change in rows] == shown
    assert [people_of_change(change, released, changed).concerned for change in rows] == shown


def test_what_was_never_opened_and_is_dropped_counts_nobody() -> None:
    drops = row(ChangeKind.CLOSE, {}, before=state(16, 0), operates=False)
    rows = Served(60, 40, 30, sites={"J": 40})

    told = people(drops, rows, rows)

    assert concerned_by([drops]) == {}
    assert (told.before, told.after, told.concerned, told.reasons) == ("0", "0", "0", {})
    assert reason_text(drops, told=told, language="en") == "nobody uses it today"


def test_a_unit_that_is_dropped_where_another_opens_counts_nobody() -> None:
    """Of two approved units one is dropped: all who come are at the one that stays as approved."""
    drops = row(
        ChangeKind.CLOSE, {}, before=state(16, 0), operates=False,
        address_number=2, addresses_here=2,
    )  # fmt: skip
    today = Served(60, 0, 0)

    told = people(drops, today, Served(60, 12, 12, sites={"K": 12}))

    assert (told.before, told.after, told.concerned, told.reasons) == ("0", "0", "0", {})


@pytest.mark.parametrize(("stays", "shown"), [(16, "16"), (3, HIDDEN_MARK)])
def test_an_address_is_told_unless_one_that_does_not_change_has_but_a_few(
    stays: int, shown: str
) -> None:
    """One of two approved addresses is resized; the other has no row, and serves some as well."""
    grows = row(
        ChangeKind.ENLARGE, {NEWLY: 16 + stays}, before=state(13, 0), after=state(16, 16),
        persons=16, operates=False, addresses_here=2, fewest_at_an_address=min(16, stays),
    )  # fmt: skip
    load = 16 + stays
    assert [c.persons for c in concerned_by([grows]).values()] == [load]

    told = people(grows, Served(60, 0, 0), Served(60, load, load, sites={"K": load}))

    assert (told.before, told.after, told.concerned) == ("0", shown, shown)


def test_who_is_at_a_site_that_was_approved_to_close_is_told_as_today() -> None:
    stays = row(
        ChangeKind.KEEP, {}, before=state(0, 20), after=state(20, 20), operates=True, comes=True
    )
    rows = Served(60, 40, 30, sites={"J": 20, "K": 20})

    told = people(stays, rows, rows)

    assert (told.before, told.after, told.concerned) == ("20", "20", "0")


@pytest.mark.parametrize("operates", [True, False])
def test_a_change_of_places_that_were_only_approved_is_about_those_who_come(
    *, operates: bool
) -> None:
    """Approved with 30 places and planned with 20: smaller than approved, larger than today."""
    shrinks = row(
        ChangeKind.REDUCE, {NEWLY: 9, SHORTER: 3}, before=state(30, 8 if operates else 0),
        after=state(20, 20 if operates else 12), operates=operates, comes=True,
    )  # fmt: skip
    today = {"J": 20, "K": 8} if operates else {"J": 20}
    plan = {"J": 17, "K": 20} if operates else {"J": 17, "K": 12}

    told = people(
        shrinks,
        Served(60, sum(today.values()), 10, sites=today),
        Served(60, sum(plan.values()), 20, sites=plan),
    )

    assert told.before in (("8", HIDDEN_MARK) if operates else ("0",))
    assert told.concerned in ("12", HIDDEN_MARK)
    assert LOST.value not in told.reasons

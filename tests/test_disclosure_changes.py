"""Whom changes concern and why: given out also where a new site serves a few for two reasons."""

from dataclasses import replace

import pytest

from planner.disclosure import (
    HIDDEN_MARK,
    ChangeTables,
    Concerned,
    ServedTables,
    audit,
    protect_changes,
    protect_plan,
)
from planner.domain import Problem
from planner.editions import ReasonPart
from planner.publishing.change_people import ChangePeople
from planner.publishing.people import reasons_told
from planner.publishing.reasons import reason_text
from tests.test_publishing_documents import river_dossier
from tests.towns import CARE, drawn, existing, new, standing, town

NEWLY, WITHIN, SHORTER = ReasonPart.NEWLY_SERVED, ReasonPart.BROUGHT_WITHIN, ReasonPart.SHORTER


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
    [change] = [c for c in dossier.amendment.changes if c.reasons]
    change = replace(change, reasons=((NEWLY, 6), (SHORTER, 2)))

    def sentence(concerned: str, *reasons: str) -> str:
        told = ChangePeople("0", "8", concerned, reasons)
        known = replace(change, reasons=change.reasons[: len(reasons)])
        return reason_text(known, told=told, language="en")

    assert sentence("8", "6", "…") == (
        "begin to receive the service: 6 pers.; others: not told, or no difference"
    )
    assert sentence("8", "…", "…") == "others: not told, or no difference"
    assert sentence("6", "6", "0") == "begin to receive the service: 6 pers."
    assert sentence("0") == "nobody's way or service changes"

"""Tables by old and by present municipalities tell nobody between them where borders differ."""

from collections.abc import Mapping

import pytest

from planner.disclosure import (
    NOTHING_RELEASED,
    REGION,
    Mark,
    Release,
    Served,
    audit,
    protect_by_unit,
    protect_served,
)
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.checks import known_names
from planner.inputs.places import Place
from planner.inputs.study_area import read_study_area, starter_data
from planner.inputs.territories import Edition, totals_by_unit

OLD, NOW = Edition.BEFORE_2021, Edition.FROM_2025
AGLONA, PREILI = "Aglonas novads", "0042000"
Persons = Mapping[tuple[str, str], int]


@pytest.fixture(scope="module")
def places() -> list[Place]:
    every = known_names(starter_data())[0].places.values()
    return [place for place in every if place.region == "Latgale"]


@pytest.fixture(scope="module")
def needs(places: list[Place]) -> Persons:
    """Return the need by (service, place): a share of the assessed, by largest remainders."""
    area = read_study_area("latgale", data=starter_data())
    municipality_of = {place.point.id: place.point.municipality_atvk for place in places}
    found = {}
    for service in (s for s in area.services if s.site_bound):
        group = {p: n for (g, p), n in area.assessed.items() if g == service.target_group}
        total = round(sum(group.values()) * service.need_share)
        shared = apportion_in_parts(total, group, municipality_of)
        found |= {(service.id, place): count for place, count in shared.items()}
    return found


def plain(release: Release) -> list[Mark]:
    return [claim.mark for claim in release.claims if claim.mark is Mark.PLAIN]


def test_nothing_is_recovered_from_the_tables_of_both_editions(
    places: list[Place], needs: Persons
) -> None:
    by_old = protect_by_unit(needs, places, OLD, snapshot="starter")
    ledger = NOTHING_RELEASED.with_release(by_old.release)
    by_new = protect_by_unit(needs, places, NOW, snapshot="starter", ledger=ledger)

    assert {c.row for c in by_old.release.claims} >= {AGLONA, REGION}
    assert len({c.row for c in by_old.release.claims}) == 21 + 1
    assert len({c.row for c in by_new.release.claims}) == 9 + 1
    assert audit([by_old.release, by_new.release]) == ()
    assert len(plain(by_old.release)) > 100
    assert len(plain(by_new.release)) > 30


def test_the_same_audit_finds_those_where_borders_differ_if_the_tables_do_not_know_each_other(
    places: list[Place], needs: Persons
) -> None:
    by_old = protect_by_unit(needs, places, OLD, snapshot="starter").release
    by_new = protect_by_unit(needs, places, NOW, snapshot="starter").release

    assert audit([by_old]) == audit([by_new]) == ()
    assert len(audit([by_old, by_new])) > 0


def test_those_of_aglona_who_came_to_preili_are_not_told_by_a_subtraction(
    places: list[Place],
) -> None:
    """Three of Aglona live in the parish that went to Preiļi, forty in one that did not."""
    of_aglona = [p.point for p in places if p.municipality_2020 == AGLONA]
    of_preili = [p.point for p in places if p.municipality_2020 == "Preiļu novads"]
    in_preili = next(p for p in of_aglona if p.municipality_atvk == PREILI)
    elsewhere = next(p for p in of_aglona if p.municipality_atvk != PREILI)
    persons = {("day", in_preili.id): 3, ("day", elsewhere.id): 40, ("day", of_preili[0].id): 60}

    old = protect_by_unit(persons, places, OLD, snapshot="s")
    ledger = NOTHING_RELEASED.with_release(old.release)
    new = protect_by_unit(persons, places, NOW, snapshot="s", ledger=ledger)

    assert old.persons("Preiļu novads", "day") == "60"
    assert new.persons(PREILI, "day") != "63"
    assert audit([old.release, new.release]) == ()


def test_a_table_by_old_units_is_held_against_the_tables_of_a_plan(
    places: list[Place], needs: Persons
) -> None:
    few = {key: n for key, n in needs.items() if key[0] in ("day_care_adults", "workshop")}
    rows = {
        (m, s): Served(n, n * 6 // 10, n * 5 // 10)
        for (s, m), n in totals_by_unit(few, places, NOW).items()
    }
    tables = protect_served({"plan": rows}, name="plan", snapshot="starter")

    ledger = NOTHING_RELEASED.with_release(tables.release)
    by_old = protect_by_unit(few, places, OLD, snapshot="starter", ledger=ledger)

    assert audit([tables.release, by_old.release]) == ()
    assert by_old.persons(REGION, "workshop") == tables.need(REGION, "workshop")

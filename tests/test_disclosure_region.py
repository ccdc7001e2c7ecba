"""The region's whole export, today and two plan versions: an attacker recovers nothing from it."""

import time
from collections import Counter
from collections.abc import Mapping

import pytest

from planner.disclosure import (
    REGION,
    Audience,
    Cell,
    GroupCounts,
    Ledger,
    Mark,
    Part,
    Release,
    Served,
    ServedTables,
    audit,
    protect,
    protect_served,
    sum_of,
)
from planner.disclosure.tables import NEED
from planner.domain import EVERY_SERVICE, StudyArea
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.study_area import read_study_area, starter_data

Rows = Mapping[tuple[str, str], Served]
SECONDS = 30.0


@pytest.fixture(scope="module")
def latgale() -> StudyArea:
    return read_study_area("latgale", data=starter_data())


@pytest.fixture(scope="module")
def needs(latgale: StudyArea) -> dict[tuple[str, str], int]:
    """Return the need by (place, service): a share of the assessed, by largest remainders."""
    municipality_of = {point.id: point.municipality_atvk for point in latgale.points}
    found = {}
    for service in (s for s in latgale.services if s.site_bound):
        group = {p: n for (g, p), n in latgale.assessed.items() if g == service.target_group}
        total = round(sum(group.values()) * service.need_share)
        shared = apportion_in_parts(total, group, municipality_of)
        found |= {(place, service.id): count for place, count in shared.items()}
    return found


def by_municipality(
    latgale: StudyArea, needs: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    municipality_of = {point.id: point.municipality_atvk for point in latgale.points}
    sums: Counter[tuple[str, str]] = Counter()
    for (place, service), count in needs.items():
        sums[municipality_of[place], service] += count
    return dict(sums)


def situation(
    needs: Mapping[tuple[str, str], int], *, tenths: int, turn: int
) -> dict[tuple[str, str], Served]:
    """Return a made-up situation that serves about `tenths` of ten, uneven but the same always."""
    rows = {}
    for k, (key, need) in enumerate(sorted(needs.items())):
        served = need * min(10, tenths + (k * turn) % 4) // 10
        rows[key] = Served(need, served, max(0, served - (k * turn) % 3))
    return rows


@pytest.fixture(scope="module")
def situations(latgale: StudyArea, needs: dict[tuple[str, str], int]) -> dict[str, Rows]:
    of_municipalities = by_municipality(latgale, needs)
    return {
        "today": situation(of_municipalities, tenths=3, turn=7),
        "plan a": situation(of_municipalities, tenths=7, turn=5),
        "plan b": situation(of_municipalities, tenths=8, turn=11),
    }


@pytest.fixture(scope="module")
def groups(latgale: StudyArea) -> GroupCounts:
    municipality_of = {point.id: point.municipality_atvk for point in latgale.points}
    persons: Counter[tuple[str, str]] = Counter()
    for (group, place), count in latgale.assessed.items():
        persons[municipality_of[place], group] += count
    shares = {s.id: (s.target_group, s.need_share) for s in latgale.services if s.site_bound}
    return GroupCounts(dict(persons), shares)


@pytest.fixture(scope="module")
def exports(situations: dict[str, Rows], groups: GroupCounts) -> dict[str, ServedTables]:
    """Return the export of plan a, then of plan b held against it; each within the time."""
    made, ledger = {}, Ledger()
    for plan in ("plan a", "plan b"):
        started = time.process_time()
        made[plan] = protect_served(
            {name: situations[name] for name in ("today", plan)},
            name=plan,
            snapshot="starter",
            groups=groups,
            ledger=ledger,
        )
        assert time.process_time() - started < SECONDS
        ledger = ledger.with_release(made[plan].release)
    return made


def groups_of(groups: GroupCounts) -> frozenset[str]:
    return frozenset(group for _, group in groups.persons)


def test_nothing_is_recovered_from_an_export_nor_from_both_together(
    exports: dict[str, ServedTables], groups: GroupCounts
) -> None:
    a, b = exports["plan a"].release, exports["plan b"].release

    assert audit([a], groups=groups_of(groups)) == ()
    assert audit([a, b], groups=groups_of(groups)) == ()


def test_the_same_audit_finds_cells_where_only_small_counts_are_marked(
    exports: dict[str, ServedTables], situations: dict[str, Rows]
) -> None:
    protected, few = exports["plan a"].release, {"day_care_adults", "respite_children"}
    bare = Release(
        "bare",
        "starter",
        Audience.PUBLIC,
        tuple(bared(c, situations) for c in protected.claims if c.column in few),
        tuple(f for f in protected.facts if {part.subject for part, _ in f.terms} <= few),
    )

    found = audit([bare])

    assert sum(finding.exact for finding in found) > 10


def bared(claim, situations):  # type: ignore[no-untyped-def]
    """Return a claim as primary suppression alone would have it."""
    count = sum(persons(part, situations) * c for part, c in claim.terms)
    if claim.mark is not Mark.HIDDEN or claim.table == "assessed":
        return claim
    if 0 < count < 5:
        return type(claim)(claim.table, claim.row, claim.column, claim.terms, Mark.SMALL)
    return type(claim)(claim.table, claim.row, claim.column, claim.terms, Mark.PLAIN, count)


def persons(part: Part, situations: dict[str, Rows]) -> int:
    if part.situation == NEED:
        return situations["today"][part.place, part.subject].need
    if part.situation not in situations:
        return 0
    row = situations[part.situation][part.place, part.subject]
    return {
        "within": row.within_standard,
        "beyond": row.served - row.within_standard,
        "unserved": row.unserved,
    }[part.state]


def test_most_of_the_table_can_still_be_read(exports: dict[str, ServedTables]) -> None:
    claims = exports["plan a"].release.claims
    of_region = [c for c in claims if c.row == REGION and c.column == EVERY_SERVICE]

    assert sum(claim.mark is Mark.PLAIN for claim in claims) > len(claims) / 2
    assert all(claim.mark is Mark.PLAIN for claim in of_region)


def test_needs_look_the_same_in_both_exports(exports: dict[str, ServedTables]) -> None:
    a, b = exports["plan a"], exports["plan b"]

    assert [a.need(m, s) for m in a.areas for s in a.services] == [
        b.need(m, s) for m in a.areas for s in a.services
    ]


def test_needs_of_all_settlements_pass_in_time(
    latgale: StudyArea, needs: dict[tuple[str, str], int]
) -> None:
    municipality_of = {point.id: point.municipality_atvk for point in latgale.points}
    counts = {Part(place, service, NEED): n for (place, service), n in needs.items()}
    members: dict[tuple[str, str], list[Part]] = {}
    for part in counts:
        members.setdefault((municipality_of[part.place], part.subject), []).append(part)
        members.setdefault((REGION, part.subject), []).append(part)
    cells = [Cell("settlements", p.place, p.subject, sum_of([p])) for p in counts]
    cells += [
        Cell("areas", area, service, sum_of(parts), loss=30.0 if area == REGION else 6.0)
        for (area, service), parts in members.items()
    ]

    started = time.process_time()
    release = protect(cells, counts, name="needs", snapshot="starter")
    seconds = time.process_time() - started

    assert seconds < SECONDS
    assert all(c.mark is Mark.PLAIN for c in release.claims if c.row == REGION)


def test_a_small_town_reads_as_words_and_shares_stay_away_from_small_rests() -> None:
    rows = {
        ("a", "day"): Served(60, 57, 40),
        ("b", "day"): Served(3, 0, 0),
        ("c", "day"): Served(80, 60, 60),
        ("d", "day"): Served(90, 50, 20),
    }

    tables = protect_served({"today": rows}, name="x", snapshot="s")

    assert tables.need("b", "day") == "< 5"
    assert tables.at("today", "a", "day").share_served == "–"  # three of sixty would be told
    assert "57" not in tables.at("today", "a", "day").served
    assert tables.at("today", REGION, "day").need == "233"
    assert tables.at("today", "d", "day").share_served in ("56\u00a0%", "–")


def test_reasons_reach_and_loads_are_protected_with_the_rest() -> None:
    rows = {
        ("a", "day"): Served(
            60, 40, 40, reach=50, reasons={"places": 18, "budget": 2}, sites={"x": 37, "y": 3}
        ),
        ("c", "day"): Served(80, 60, 60, reach=77, reasons={"places": 20}, sites={"x": 60}),
    }

    tables = protect_served({"plan": rows}, name="x", snapshot="s")

    assert tables.at("plan", "c", "day").reach == "…"  # 77 of 80 would tell three
    assert tables.unserved_because("plan", REGION, "day", "budget") in ("< 5", "…")
    assert tables.unserved_because("plan", REGION, "day", "places") == "…"
    assert tables.unserved_because("plan", "a", "day", "veto") == "0"
    assert (
        tables.served_at("plan", "x", "day") != "97"
        or tables.at("plan", REGION, "day").served == "…"
    )
    assert tables.served_at("plan", "y", "day") in ("< 5", "…")
    assert audit([tables.release]) == ()

"""What a table may say once it has passed the gate: little towns, checked by hand."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.disclosure import (
    Audience,
    Cell,
    Claim,
    Mark,
    Part,
    Release,
    Thresholds,
    audit,
    equal_sums,
    least_loosening,
    protect,
    require_safe,
    share_fact,
    sum_of,
)
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.suppression import suppress
from planner.errors import DisclosureError, InputError


def part(place: str, state: str = "", situation: str = "need") -> Part:
    return Part(place, "day", situation, state)


def column(persons: dict[str, int]) -> tuple[list[Cell], dict[Part, int]]:
    """Return a table of one column: the need of each town, and of all together."""
    cells = [Cell("need", town, "persons", sum_of([part(town)])) for town in persons]
    everyone = sum_of(part(town) for town in persons)
    cells.append(Cell("need", "all", "persons", everyone, loss=20.0))
    return cells, {part(town): n for town, n in persons.items()}


def marks(release: Release) -> dict[str, Mark]:
    return {claim.row: claim.mark for claim in release.claims}


def released(cells: list[Cell], persons: dict[Part, int], **options: object) -> Release:
    return protect(cells, persons, name="table", snapshot="2026", **options)  # type: ignore[arg-type]


def primary_only(cells: list[Cell], persons: dict[Part, int], facts: tuple = ()) -> Release:
    claims = suppress(cells, persons, facts=facts, threshold=5, complementary=False)
    return Release("table", "2026", Audience.PUBLIC, claims, facts)


def test_one_small_town_hides_the_next_smallest_so_that_the_total_does_not_tell() -> None:
    release = released(*column({"a": 2, "b": 20, "c": 300}))

    assert marks(release) == {
        "a": Mark.SMALL,
        "b": Mark.HIDDEN,
        "c": Mark.PLAIN,
        "all": Mark.PLAIN,
    }
    assert [release.text("need", row, "persons") for row in ("a", "b", "c", "all")] == [
        "< 5",
        "…",
        "300",
        "322",
    ]


def test_without_complementary_suppression_the_attacker_reads_the_small_town() -> None:
    cells, persons = column({"a": 2, "b": 20, "c": 300})

    found = audit([primary_only(cells, persons)])

    assert [(f.row, f.low, f.high, f.exact) for f in found] == [("a", 2.0, 2.0, True)]


def test_a_table_without_small_counts_is_left_alone() -> None:
    release = released(*column({"a": 5, "b": 20, "c": 0}))

    assert set(marks(release).values()) == {Mark.PLAIN}


def test_two_towns_of_four_are_not_given_away_by_a_total_of_eight() -> None:
    cells, persons = column({"a": 4, "b": 4, "c": 40})

    bare, safe = primary_only(cells, persons), released(cells, persons)

    assert {f.row for f in audit([bare])} == {"a", "b"}  # two of 1 to 4 that make 8 are both 4
    assert sorted([marks(safe)["a"], marks(safe)["b"]]) == [Mark.HIDDEN, Mark.SMALL]
    assert audit([safe]) == ()  # 1 to 4 and 4 to 7: as wide as a mark


def test_two_small_towns_hide_each_other_where_the_total_leaves_room() -> None:
    release = released(*column({"a": 2, "b": 3, "c": 40}))

    assert marks(release) == {
        "a": Mark.SMALL,
        "b": Mark.SMALL,
        "c": Mark.PLAIN,
        "all": Mark.PLAIN,
    }


def test_the_unserved_are_not_told_by_need_and_served() -> None:
    whole, served, unserved = (
        part("a"),
        part("a", "served", "plan"),
        part("a", "unserved", "plan"),
    )
    cells = [
        Cell("need", "a", "persons", sum_of([whole])),
        Cell("served", "a", "persons", sum_of([served])),
    ]
    facts = (equal_sums([whole], [served, unserved]),)
    persons = {whole: 30, served: 28, unserved: 2}

    bare, safe = primary_only(cells, persons, facts), released(cells, persons, facts=facts)

    assert [(f.table, f.low) for f in audit([bare])] == [("", 2.0)]  # no cell shows the two
    assert [c.mark for c in safe.claims].count(Mark.HIDDEN) == 1


def test_a_change_of_three_between_today_and_the_plan_is_not_told() -> None:
    today, plan = part("a", "served", "today"), part("a", "served", "plan")
    cells = [
        Cell("today", "a", "served", sum_of([today]), loss=2.0),
        Cell("plan", "a", "served", sum_of([plan])),
    ]

    release = released(cells, {today: 50, plan: 53})

    assert [c.mark for c in release.claims] == [Mark.PLAIN, Mark.HIDDEN]


def test_a_catchment_inside_a_municipality_does_not_tell_the_village_left_over() -> None:
    town, village = part("town"), part("village")
    cells = [
        Cell("municipality", "m", "need", sum_of([town, village]), loss=5.0),
        Cell("catchment", "centre", "need", sum_of([town])),
    ]
    persons = {town: 40, village: 3}

    bare, safe = primary_only(cells, persons), released(cells, persons)

    assert [f.row for f in audit([bare])] == ["village"]
    assert [c.mark for c in safe.claims] == [Mark.PLAIN, Mark.HIDDEN]


def test_a_printed_percentage_gives_a_withheld_count_away() -> None:
    served, whole = sum_of([part("a", "served", "plan")]), sum_of([part("a")])
    claims = (
        Claim("need", "a", "persons", whole, Mark.PLAIN, 60),
        Claim("served", "a", "persons", served, Mark.HIDDEN),
    )
    silent = Release("table", "2026", Audience.PUBLIC, claims)
    told = Release("table", "2026", Audience.PUBLIC, claims, share_fact(served, whole, 95))

    assert audit([silent]) == ()
    assert [(f.table, round(f.low, 1), round(f.high, 1)) for f in audit([told])] == [
        ("served", 56.7, 57.3)
    ]
    with pytest.raises(DisclosureError, match="table need, row a: leave this count out"):
        require_safe(told)


def test_a_percentage_of_a_need_that_was_published_before_must_go_itself() -> None:
    served, whole = sum_of([part("a", "served", "plan")]), sum_of([part("a")])
    need = Claim("need", "a", "persons", whole, Mark.PLAIN, 60)
    hidden = Claim("served", "a", "persons", served, Mark.HIDDEN)
    before = Release("needs", "2026", Audience.PUBLIC, (need,))
    told = Release("plan", "2026", Audience.PUBLIC, (hidden,), share_fact(served, whole, 95))

    with pytest.raises(DisclosureError, match="leave out the percentages"):
        require_safe(told, ledger=Ledger((before,)))


def test_parts_of_a_small_need_are_not_counted_down_by_their_marks() -> None:
    kinds = ["far", "full", "budget", "veto"]
    parts = [part("a", kind, "plan") for kind in kinds]
    cells = [Cell("why", "a", kind, sum_of([p])) for kind, p in zip(kinds, parts, strict=True)]
    cells.append(Cell("why", "a", "unserved", sum_of(parts), loss=5.0))
    persons = dict.fromkeys(parts, 1)

    bare, safe = primary_only(cells, persons), released(cells, persons)

    assert len(audit([bare])) == 5  # four of 1 to 4 that make at most 4 are 1 each
    assert audit([safe]) == ()


def test_a_cell_that_must_be_shown_blocks_the_export_and_is_named() -> None:
    cells, persons = column({"a": 2, "b": 20})
    insisted = [
        Cell(c.table, c.row, c.column, c.terms, c.loss, must_show=c.row != "a") for c in cells
    ]

    with pytest.raises(DisclosureError, match="row b: leave this count out") as error:
        released(insisted, persons)

    assert error.value.exit_code == 6
    assert "2" not in str(error.value)  # the refusal itself tells no count


def test_a_table_made_elsewhere_is_refused_with_the_least_that_would_mend_it() -> None:
    cells, persons = column({"a": 2, "b": 20, "c": 300})
    bare = primary_only(cells, persons)

    with pytest.raises(DisclosureError, match=r"row a: .* worked out exactly"):
        require_safe(bare)

    assert [claim.row for claim in least_loosening(bare)] == ["b"]


def test_a_cell_that_stands_twice_and_a_negative_count_are_refused_at_once() -> None:
    cells, persons = column({"a": 7})

    with pytest.raises(InputError) as error:
        released([*cells, cells[0]], persons | {part("b"): -1})

    assert len(error.value.faults) == 2


def test_the_public_may_get_a_stricter_threshold() -> None:
    cells, persons = column({"a": 7, "b": 30, "c": 300})
    strict = Thresholds(public=10)

    public = released(cells, persons, thresholds=strict)
    staff = released(cells, persons, thresholds=strict, audience=Audience.STAFF)

    assert public.text("need", "a", "persons") == "< 10"
    assert marks(public)["b"] is Mark.HIDDEN
    assert staff.text("need", "a", "persons") == "7"


def test_the_same_table_is_protected_the_same_way_twice() -> None:
    cells, persons = column({"a": 2, "b": 3, "c": 4, "d": 9, "e": 12})

    assert released(cells, persons) == released(cells, persons)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Cell], dict[Part, int]]:
    """Draw a table with the totals of its rows, of its columns and of all."""
    rows = draw(st.integers(2, 4))
    columns = draw(st.integers(1, 4))
    persons = {
        Part(f"r{r}", f"c{c}", "need"): draw(st.integers(0, 12))
        for r in range(rows)
        for c in range(columns)
    }
    cells = [Cell("t", p.place, p.subject, sum_of([p])) for p in persons]
    cells += [
        Cell("t", f"r{r}", "*", sum_of(p for p in persons if p.place == f"r{r}"), loss=4.0)
        for r in range(rows)
    ]
    cells += [
        Cell("t", "", f"c{c}", sum_of(p for p in persons if p.subject == f"c{c}"), loss=4.0)
        for c in range(columns)
    ]
    return [*cells, Cell("t", "", "*", sum_of(persons), loss=20.0)], persons


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_nothing_is_recovered_from_any_protected_table(
    table: tuple[list[Cell], dict[Part, int]],
) -> None:
    cells, persons = table

    release = released(cells, persons)

    assert audit([release]) == ()
    for cell, claim in zip(cells, release.claims, strict=True):
        count = sum(persons[p] * c for p, c in cell.terms)
        assert claim.persons in (None, count)
        assert not (claim.mark is Mark.PLAIN and 0 < count < 5)
        assert claim.mark is not Mark.SMALL or 0 < count < 5


@settings(max_examples=12)
@given(st.lists(st.integers(0, 7), min_size=4, max_size=4))
def test_trying_every_table_of_whole_persons_leaves_every_small_count_open(
    counts: list[int],
) -> None:
    names = [Part(r, c, "need") for r, c in product("ab", "xy")]
    persons = dict(zip(names, counts, strict=True))
    cells = [Cell("t", p.place, p.subject, sum_of([p])) for p in names]
    cells += [Cell("t", r, "*", sum_of(p for p in names if p.place == r)) for r in "ab"]
    cells += [Cell("t", "", c, sum_of(p for p in names if p.subject == c)) for c in "xy"]

    release = released(cells, persons)

    possible = [
        dict(zip(names, guess, strict=True))
        for guess in product(range(max(15, sum(counts)) + 1), repeat=4)
        if sum(guess) <= 30 and fits(release, dict(zip(names, guess, strict=True)))
    ]
    for p in names:
        if 0 < persons[p] < 5:
            assert {world[p] for world in possible} >= {1, 2, 3, 4} or len(
                {world[p] for world in possible}
            ) >= 4


def fits(release: Release, guess: dict[Part, int]) -> bool:
    for claim in release.claims:
        count = sum(c * guess[p] for p, c in claim.terms)
        if claim.mark is Mark.PLAIN and count != claim.persons:
            return False
        if claim.mark is Mark.SMALL and not 0 < count < 5:
            return False
    return True


def test_an_empty_table_passes() -> None:
    release = protect([], {}, name="none", snapshot="2026", ledger=NOTHING_RELEASED)

    assert release.claims == ()

"""What was released once is remembered, and held against what is asked for next."""

from pathlib import Path

import pytest

from planner.disclosure import (
    NOTHING_RELEASED,
    Audience,
    Cell,
    Ledger,
    Mark,
    Part,
    Release,
    Thresholds,
    ToldTogetherError,
    audit,
    equal_sums,
    loosened,
    protect,
    read_ledger,
    require_safe,
    share_fact,
    sum_of,
    write_ledger,
)
from planner.errors import DisclosureError, InputError

A, B, C = (Part(town, "day", "need") for town in "abc")


def needs(*towns: Part) -> list[Cell]:
    cells = [Cell("need", town.place, "persons", sum_of([town])) for town in towns]
    return [*cells, Cell("need", "all", "persons", sum_of(towns), loss=20.0)]


def publish(
    cells: list[Cell],
    persons: dict[Part, int],
    ledger: Ledger = NOTHING_RELEASED,
    **options: object,
) -> Release:
    options = {"name": "table", "snapshot": "2026"} | options
    return protect(cells, persons, ledger=ledger, **options)  # type: ignore[arg-type]


def test_a_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    fact = equal_sums([A], [B, C])
    percent = share_fact(sum_of([A]), sum_of([B]), 40)
    release = publish(needs(A, B, C), {A: 3, B: 20, C: 40})
    other = Release("x", "2025", Audience.STAFF, release.claims[:1], (fact, *percent), 10)
    ledger = Ledger((release, other))

    write_ledger(tmp_path / "ledger.json", ledger)

    assert read_ledger(tmp_path / "ledger.json") == ledger
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.json"]


def test_no_withheld_count_stands_in_the_ledger(tmp_path: Path) -> None:
    release = publish(needs(A, B, C), {A: 3, B: 27, C: 40})

    write_ledger(tmp_path / "ledger.json", Ledger((release,)))

    text = (tmp_path / "ledger.json").read_text(encoding="utf-8")
    assert '"persons":40' in text
    assert '"persons":3,' not in text
    assert '"persons":27' not in text


def test_a_missing_ledger_is_an_empty_one(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "ledger.json") == NOTHING_RELEASED


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99}', '{"format": 1, "releases": [{}]}'])
def test_a_broken_ledger_is_refused_and_not_taken_for_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger.json").write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=r"ledger\.json: not a file that the planner wrote"):
        read_ledger(tmp_path / "ledger.json")


def test_a_ledger_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "ledger.json"
    write_ledger(file, NOTHING_RELEASED)
    before = file.read_bytes()
    broken = Ledger((Release("x", "y", Audience.STAFF, (), threshold=object()),))  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        write_ledger(file, broken)

    assert file.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == ["ledger.json"]


def test_the_same_release_is_entered_once() -> None:
    release = publish(needs(A, B, C), {A: 3, B: 20, C: 40})

    ledger = NOTHING_RELEASED.with_release(release).with_release(release)

    assert len(ledger.releases) == 1


def test_needs_released_again_hide_the_same_cells() -> None:
    persons = {A: 3, B: 20, C: 40}
    plan = {Part(t.place, "day", "plan", "served"): n for t, n in persons.items()}
    first = publish(needs(A, B, C), persons)
    ledger = NOTHING_RELEASED.with_release(first)
    cells = needs(A, B, C) + [
        Cell("served", part.place, "persons", sum_of([part])) for part in plan
    ]

    second = publish(cells, persons | plan, ledger, name="later")

    for row in ("a", "b", "c", "all"):
        assert second.at("need", row, "persons").mark is first.at("need", row, "persons").mark


def test_a_second_table_is_held_against_the_first() -> None:
    persons = {A: 3, B: 20, C: 40}
    first = publish([Cell("one", "a and b", "need", sum_of([A, B]))], persons)
    only_b = [Cell("two", "b", "need", sum_of([B]))]

    alone = publish(only_b, persons)
    after = publish(only_b, persons, NOTHING_RELEASED.with_release(first))

    assert alone.claims[0].mark is Mark.PLAIN
    assert audit([first, alone]) != ()  # 23 less 20 are three persons
    assert after.claims[0].mark is Mark.HIDDEN
    assert audit([first, after]) == ()


def test_another_snapshot_is_another_matter() -> None:
    persons = {A: 3, B: 20, C: 40}
    first = publish([Cell("one", "a and b", "need", sum_of([A, B]))], persons, snapshot="2025")

    after = publish(
        [Cell("two", "b", "need", sum_of([B]))], persons, NOTHING_RELEASED.with_release(first)
    )

    assert after.claims[0].mark is Mark.PLAIN


def test_new_needs_under_the_old_name_are_refused() -> None:
    first = publish(needs(A, B, C), {A: 7, B: 20, C: 40})

    with pytest.raises(DisclosureError, match="give the new data a new name"):
        publish(needs(A, B, C), {A: 8, B: 20, C: 40}, NOTHING_RELEASED.with_release(first))


def test_the_public_does_not_hold_what_only_the_staff_got() -> None:
    persons = {A: 7, B: 20, C: 40}
    strict = Thresholds(public=10)
    staff = publish(needs(A, B, C), persons, audience=Audience.STAFF, thresholds=strict)

    ledger = NOTHING_RELEASED.with_release(staff)
    public = publish(needs(A, B, C), persons, ledger, thresholds=strict)

    assert staff.text("need", "a", "persons") == "7"
    assert public.text("need", "a", "persons") == "< 10"


def test_a_public_table_that_tells_the_staff_a_small_count_is_blocked() -> None:
    persons = {A: 3, B: 20, C: 40}
    for_staff = [Cell("one", "a and b", "need", sum_of([A, B]))]
    staff = publish(for_staff, persons, audience=Audience.STAFF)

    with pytest.raises(DisclosureError, match="table two, row b: leave this count out"):
        publish(
            [Cell("two", "b", "need", sum_of([B]))], persons, NOTHING_RELEASED.with_release(staff)
        )


def test_the_public_is_refused_smaller_counts_than_the_staff_got() -> None:
    persons = {A: 7, B: 20, C: 40}
    of_staff = Thresholds(public=10, institutions=10, staff=10)
    staff = publish(needs(A, B, C), persons, audience=Audience.STAFF, thresholds=of_staff)
    ledger = NOTHING_RELEASED.with_release(staff)
    public = publish(needs(A, B, C), persons)

    with pytest.raises(DisclosureError, match="give public 10 or more"):
        publish(needs(A, B, C), persons, ledger)
    with pytest.raises(DisclosureError, match="give public 10 or more"):
        require_safe(public, ledger=ledger)
    again = publish(needs(A, B, C), persons, ledger, thresholds=Thresholds(public=10))

    assert again.text("need", "a", "persons") == "< 10"


def test_the_staff_keep_their_own_threshold_beside_a_stricter_public_table() -> None:
    persons = {A: 3, B: 20, C: 40}
    usual = Thresholds(staff=3)
    staff = publish(needs(A, B, C), persons, audience=Audience.STAFF, thresholds=usual)

    public = publish(needs(A, B, C), persons, NOTHING_RELEASED.with_release(staff))

    assert staff.text("need", "a", "persons") == "3"
    assert public.text("need", "a", "persons") == "< 5"


def test_a_release_made_elsewhere_is_held_against_what_nearer_readers_hold() -> None:
    persons = {A: 3, B: 20, C: 40}
    staff = publish(
        [Cell("one", "a and b", "need", sum_of([A, B]))], persons, audience=Audience.STAFF
    )
    public = publish([Cell("two", "b", "need", sum_of([B]))], persons)

    with pytest.raises(DisclosureError, match="table two, row b: leave this count out"):
        require_safe(public, ledger=NOTHING_RELEASED.with_release(staff))


def test_what_a_refusal_asks_to_leave_out_is_enough_and_nothing_else_goes() -> None:
    persons = {A: 3, B: 20, C: 40}
    ledger = NOTHING_RELEASED.with_release(
        publish([Cell("one", "a and b", "need", sum_of([A, B]))], persons)
    )
    apart = publish([Cell("two", t, "need", sum_of([p])) for t, p in (("b", B), ("c", C))], persons)
    with pytest.raises(ToldTogetherError) as refused:
        require_safe(apart, ledger=ledger)

    mended = loosened(apart, ledger=ledger)

    require_safe(mended, ledger=ledger)
    assert [claim.row for claim in refused.value.loosening] == ["b"]
    assert [claim.mark for claim in mended.claims] == [Mark.HIDDEN, Mark.PLAIN]
    assert mended.claims[0].persons is None


def test_counts_given_out_from_five_on_cannot_be_hidden_at_ten_afterwards() -> None:
    persons = {A: 7, B: 20, C: 40}
    ledger = NOTHING_RELEASED.with_release(
        publish([Cell("one", "a and b", "need", sum_of([A, B]))], persons)
    )
    strict = Thresholds(public=10)
    elsewhere = publish([Cell("two", "b", "need", sum_of([B]))], persons, thresholds=strict)

    with pytest.raises(DisclosureError) as refused:
        require_safe(elsewhere, ledger=ledger)

    assert "leave this count out" in str(refused.value)

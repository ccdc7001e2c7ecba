"""What a planner sets on the screen becomes the scenario that is asked."""

from dataclasses import replace
from pathlib import Path

from planner.domain import Budget, Scenario, Service, SiteWish, Stay
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.ui import question

CARE = Service(
    id="care",
    code="",
    name_lv="Aprūpe",
    name_en="Care",
    target_group="adults",
    stay=Stay.DAY,
    site_bound=True,
    start_without_building="no",
    need_share=1.0,
    need_share_basis="",
    sizes_places=(8,),
    persons_per_place=1,
    least_load_persons=0,
    standard_minutes=30.0,
    limit_minutes=45.0,
    build_eur_per_place=1,
    enlarge_eur_per_place=1,
    price_year=2021,
)
PLAIN = Scenario(id="plain", title="Plain", region="latgale", plan_year=2027)


def test_a_standard_above_the_limit_raises_the_limit() -> None:
    asked = question.with_standards(PLAIN, (CARE,), {"care": 60.0})

    assert asked.standards == {"care": (60.0, 60.0)}


def test_a_standard_below_the_limit_leaves_the_limit() -> None:
    asked = question.with_standards(PLAIN, (CARE,), {"care": 15.0})

    assert asked.standards == {"care": (15.0, 45.0)}
    assert question.standard_of(asked, CARE) == 15.0


def test_the_standard_of_the_catalogue_is_not_written_down() -> None:
    changed = replace(PLAIN, standards={"care": (15.0, 45.0)})

    asked = question.with_standards(changed, (CARE,), {"care": 30.0})

    assert asked.standards == {}


def test_a_budget_for_everything_takes_the_place_of_the_one_before() -> None:
    fund = Budget("fund", 5, year=2028)
    before = replace(PLAIN, budgets=(Budget("old", 7), fund))

    asked = question.with_budget(before, 6_000_000)

    assert question.budget_of(asked) == 6_000_000
    assert asked.budgets == (Budget("building", 6_000_000), fund)
    assert question.with_budget(asked, None).budgets == (fund,)


def test_marks_become_wishes_and_keep_the_reason_that_they_had() -> None:
    before = replace(PLAIN, kept=(SiteWish("care", "a", "council decision 7"),))

    asked = question.with_marks(
        before, {("care", "a"): question.KEEP, ("care", "b"): question.FORBID}, "on the screen"
    )

    assert asked.kept == (SiteWish("care", "a", "council decision 7"),)
    assert asked.vetoed == (SiteWish("care", "b", "on the screen"),)
    assert question.marks_of(asked) == {
        ("care", "a"): question.KEEP,
        ("care", "b"): question.FORBID,
    }


def test_a_mark_taken_back_is_no_wish_any_more() -> None:
    before = replace(PLAIN, kept=(SiteWish("care", "a", "council decision 7"),))

    assert question.with_marks(before, {}, "on the screen").kept == ()


def test_the_question_about_today_lets_nothing_change() -> None:
    asked = question.today_only(
        replace(PLAIN, kept=(SiteWish("care", "a", "wish"),), budgets=(Budget("b", 1),))
    )

    assert (asked.candidates, asked.existing_may_grow, asked.existing_may_close) == (
        "none",
        False,
        False,
    )
    assert (asked.kept, asked.budgets) == ((), ())


def test_wishes_are_the_same_however_they_are_written_down() -> None:
    plain = replace(PLAIN, budgets=(Budget("old", 7),), standards={"care": (30.0, 45.0)})
    set_again = question.with_budget(question.with_standards(plain, (CARE,), {"care": 30.0}), 7)

    assert set_again != plain
    assert question.same_wishes(set_again, plain, (CARE,))
    for other in (
        question.with_budget(plain, 8),
        question.with_standards(plain, (CARE,), {"care": 15.0}),
        question.with_marks(plain, {("care", "b"): question.FORBID}, "on the screen"),
    ):
        assert not question.same_wishes(other, plain, (CARE,))


def test_every_question_can_be_written_and_read(tmp_path: Path) -> None:
    asked = question.with_marks(
        question.with_budget(question.with_standards(PLAIN, (CARE,), {"care": 60.0}), 1),
        {("care", "b"): question.FORBID},
        "on the screen",
    )
    file = tmp_path / "plain.toml"

    file.write_text(scenario_to_toml(asked), encoding="utf-8")

    assert read_scenario(file) == asked

"""What a plan says of sites that it could do without."""

from __future__ import annotations

from dataclasses import replace

from planner.analysis.duplication import Duplication
from planner.disclosure import protect_plan
from planner.domain import Stay
from planner.publishing.repetition import repetition_sentences
from tests.mapped_towns import area_of
from tests.towns import CARE, drawn, existing, new, river_town
from tests.towns import standing as stands

NOTHING = Duplication(beyond_fewest={CARE: (0, True)}, needless=())


def emptied():
    """A new centre on the right takes everybody from the one that stands on the left."""
    problem = replace(
        river_town(existing={(CARE, "left"): stands(100)}, build=("right",)),
        persons={(CARE, "left"): 60, (CARE, "right"): 80},
    )
    today = drawn(problem, {(CARE, "left"): existing(100)}, {(CARE, "left", "left"): 60})
    plan = drawn(
        problem,
        {(CARE, "left"): existing(100), (CARE, "right"): new(200, 10)},
        {(CARE, "left", "right"): 60, (CARE, "right", "right"): 80},
    )
    return problem, today, plan


def said(problem, plan, found, released=None):
    """Return the sentences in English."""
    return repetition_sentences(
        area_of(problem), problem, plan, found=found, released=released, language="en"
    )


def test_nothing_is_said_where_nobody_looked_and_nothing_of_new_sites_where_none_is():
    problem, today, plan = emptied()

    assert said(problem, plan, None) == []
    assert said(problem, today, NOTHING) == []


def test_needless_sites_are_named_and_their_absence_is_said():
    problem, _, plan = emptied()

    [none] = said(problem, plan, NOTHING)
    [named] = said(problem, plan, replace(NOTHING, needless=((CARE, "right"),)))

    assert none.startswith("No new site is needless")
    assert named.startswith("Needless new sites: ")
    assert named.endswith("Right")


def test_sites_beyond_the_fewest_are_counted_and_explained_where_people_live():
    problem, _, plan = emptied()
    home = replace(problem, services={CARE: replace(problem.services[CARE], stay=Stay.HOME)})

    proven = said(problem, plan, replace(NOTHING, beyond_fewest={CARE: (2, True)}))
    open_still = said(home, plan, replace(NOTHING, beyond_fewest={CARE: (2, False)}))

    assert proven[0].startswith("New sites beyond the fewest that serve the same persons: ")
    assert proven[0].endswith(": 2")
    assert "at least" in open_still[0]
    assert open_still[1].startswith("Where people live, cost decides")
    assert not any("cost decides" in sentence for sentence in proven)


def test_a_site_left_without_users_is_named_where_both_its_loads_are_told():
    problem, today, plan = emptied()
    released = protect_plan((problem, today), (problem, plan), snapshot="river")

    idle = [s for s in said(problem, plan, NOTHING, released) if "nobody uses" in s]

    assert len(idle) == 1
    assert idle[0].endswith("Left")

"""What readers may be told of the people of municipalities, by what the gate released alone."""

from __future__ import annotations

import pytest

from planner.disclosure import (
    NEED,
    REGION,
    Audience,
    Claim,
    Mark,
    Part,
    Release,
    ServedTables,
    sum_of,
)
from planner.publishing.people import Least, People, least_served

CARE = "day_care_adults"
Told = int | None
"""A count that is told plainly; ``None`` where it is withheld."""


def people_of(**told: tuple[Told, Told]) -> People:
    """Return what is told of need and persons within the standard, by municipality."""
    claims = [
        claim
        for area, (need, within) in told.items()
        for row in [REGION if area == "region" else area]
        for claim in (
            claim_of(NEED, row, need),
            *(
                claim_of(f"plan/{figure}", row, within)
                for figure in ("within_standard", "served", "unserved")
            ),
        )
    ]
    release = Release("town", "town", Audience.PUBLIC, tuple(claims))
    return People(ServedTables(release, ("plan",), tuple(told), (CARE,)))


def claim_of(table: str, row: str, persons: Told) -> Claim:
    mark = Mark.HIDDEN if persons is None else Mark.PLAIN
    return Claim(table, row, CARE, sum_of([Part(row, CARE, table)]), mark, persons)


@pytest.mark.parametrize(
    ("told", "least"),
    [
        # everybody is told: the lowest, however the region stands
        ({"region": (200, 140), "a": (100, 90), "b": (100, 50)}, (("b",), "50\u00a0%", True)),
        # nobody in need is no municipality that is kept back
        (
            {"region": (100, 90), "a": (100, 90), "b": (0, 0)},
            (("a",), "90\u00a0%", True),
        ),
        # some are not told
        ({"region": (300, 240), "a": (100, 60), "b": (100, None)}, (("a",), "60\u00a0%", False)),
        # those who are not told pull the region below all that are shown
        ({"region": (200, 190), "a": (100, 100), "b": (100, None)}, ((), "–", False)),
        # neither is the region: all of 100 % are the worst of nobody
        ({"region": (200, None), "a": (100, 100), "b": (100, None)}, ((), "–", False)),
        # several alike
        (
            {"region": (300, 200), "a": (100, 100), "b": (100, 50), "c": (60, 30)},
            (("b", "c"), "50\u00a0%", True),
        ),
        # a class stands by its middle: 98 of 100 is told as 90 % or more
        (
            {"region": (200, 190), "a": (100, 98), "b": (100, 92)},
            (("b",), "92\u00a0%", True),
        ),
    ],
)
def test_the_least_served_are_found_by_what_is_told(
    told: dict[str, tuple[Told, Told]], least: tuple[tuple[str, ...], str, bool]
) -> None:
    areas = [area for area in told if area != "region"]

    assert least_served(people_of(**told), areas, CARE) == Least(*least)


def test_the_order_of_withheld_counts_tells_nothing() -> None:
    # both are told as 90 % or more: which of them lacks more people stays open
    people = people_of(region=(300, 250), a=(60, 58), b=(60, 57))

    found = least_served(people, ["a", "b"], CARE)

    assert found.areas == ("a", "b")

"""Persons assessed in a base year into persons expected in a plan year, group by group.

Nothing grows by itself: a group without a rule stays as it is, and a rule of zero growth gives the
base, person by person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.domain import Addition, Growth
from planner.errors import Fault, FaultList, InputError
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.needs import PART_OF

GroupAt = tuple[str, str]
"""(group, place id)"""


def forecast(
    persons: Mapping[GroupAt, int],
    growth: Sequence[Growth],
    *,
    base_year: int,
    year: int,
    municipality_of: Mapping[str, str],
    additions: Iterable[Addition] = (),
) -> dict[GroupAt, int]:
    """Return persons by group and place in `year`, whole, with exact totals.

    A group's new total keeps the pattern of its base over places. A group that is part of another
    never exceeds it anywhere. Additions come on top, from their year on.

    Parameters
    ----------
    persons : mapping of (group, place id) to persons in `base_year`
    growth : sequence of Growth
        At most one for each group.
    municipality_of : mapping of place id to ATVK code

    Raises
    ------
    InputError
        If the plan year lies before the base year, a group has two rules, a rule does not say one
        thing, a table lacks the year, or there is nobody to grow from.
    """
    _refuse_unclear(persons, growth, base_year=base_year, year=year)
    rules = {rule.group: rule for rule in growth}
    expected: dict[GroupAt, int] = {}
    groups = dict.fromkeys(group for group, _ in persons)
    for turn, group in enumerate(sorted(groups, key=lambda g: g in PART_OF)):
        base = {place: n for (g, place), n in persons.items() if g == group}
        total = _total(sum(base.values()), rules.get(group), years=year - base_year, year=year)
        parts = {place: municipality_of[place] for place in base}
        here = apportion_in_parts(total, base, parts, rotate=turn)
        whole = {p: expected.get((PART_OF.get(group, ""), p), 0) for p in base}
        if group in PART_OF and any(n > whole[p] for p, n in here.items()) and any(whole.values()):
            total = min(total, sum(whole.values()))
            here = apportion_in_parts(total, whole, parts, rotate=turn)
        expected |= {(group, place): n for place, n in here.items()}
    for addition in additions:
        if addition.year <= year:
            for group in {addition.group, PART_OF.get(addition.group, addition.group)}:
                key = (group, addition.place_id)
                expected[key] = expected.get(key, 0) + addition.persons
    return expected


def _total(base: int, rule: Growth | None, *, years: int, year: int) -> int:
    if rule is None:
        return base
    if rule.rate_per_year is not None:
        return round(base * (1 + rule.rate_per_year) ** years)
    if rule.persons_per_year is not None:
        return max(0, base + rule.persons_per_year * years)
    return rule.persons_by_year[year]


def _refuse_unclear(
    persons: Mapping[GroupAt, int], growth: Sequence[Growth], *, base_year: int, year: int
) -> None:
    if year < base_year:
        raise InputError(
            Fault(
                "the plan year {year} lies before the year of the assessment, {base_year}",
                fields={"year": year, "base_year": base_year},
            )
        )
    faults = FaultList()
    seen: set[str] = set()
    for rule in growth:
        fields: dict[str, str | float] = {"group": rule.group, "year": year}
        said = (rule.rate_per_year is not None) + (rule.persons_per_year is not None)
        if said + bool(rule.persons_by_year) != 1:
            faults.add("the growth of {group} must be a rate, a number or a table", fields=fields)
        elif rule.persons_by_year and year not in rule.persons_by_year:
            faults.add("the table of {group} has no year {year}", fields=fields)
        elif rule.rate_per_year is not None and not -1 <= rule.rate_per_year <= 1:
            faults.add("the growth rate of {group} must be from -1 to 1 a year", fields=fields)
        if rule.group in seen:
            faults.add("{group} has two rules of growth; leave one", fields=fields)
        if not any(n for (group, _), n in persons.items() if group == rule.group):
            faults.add("{group} has nobody to grow from; add persons by place", fields=fields)
        seen.add(rule.group)
    faults.raise_if_any()

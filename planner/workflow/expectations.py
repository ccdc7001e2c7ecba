"""What lies ahead of a study area into figures and sentences: growth, who comes on top, children.

The figures of the functions that end in ``by_year`` are true counts for internal use; the sentences
hide small ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from planner.disclosure import DEFAULT_THRESHOLD, HIDDEN_MARK, is_small, show_persons
from planner.domain import Growth, InstitutionYear, Scenario, StudyArea
from planner.inputs.children import destinations
from planner.inputs.needs import GROUP_WORDS
from planner.inputs.service_needs import persons_expected
from planner.locales import say
from planner.records import Json


def institutions_by_year(area: StudyArea) -> list[Json]:
    """Return places and children of the institutions, and where children go, summed by year.

    An institution without a row for a year keeps the places and the children of the year before.
    """
    years = sorted({row.year for row in area.institutions})
    rows: list[Json] = []
    for year in years:
        known: dict[str, InstitutionYear] = {}
        for row in area.institutions:
            if row.year <= year:
                known[row.institution] = row if row.year == year else _kept(row)
        told: dict[str, int] = {"institutions": len(known), "places": 0, "children": 0}
        for row in known.values():
            counts = {"places": row.places, "children": row.children, **row.to, "stays": row.stays}
            for name, count in counts.items():
                told[name] = told.get(name, 0) + count
        rows.append({"year": year, **told})
    return rows


def additions_by_year(area: StudyArea, scenario: Scenario) -> list[Json]:
    """Return who comes on top of the assessed by year and group, with the sources of the counts.

    ``counted`` tells whether the year has come by the plan year. Partners that stand in no total of
    the region are left out.
    """
    ours = _in_totals(area, scenario)
    persons: dict[tuple[int, str], int] = {}
    sources: dict[tuple[int, str], set[str]] = {}
    for addition in area.additions:
        if addition.place_id not in ours:
            continue
        key = (addition.year, addition.group)
        persons[key] = persons.get(key, 0) + addition.persons
        sources.setdefault(key, set()).add(addition.source)
    return [
        {
            "year": year,
            "group": group,
            "persons": count,
            "sources": sorted(sources[year, group]),
            "counted": year <= scenario.plan_year,
        }
        for (year, group), count in sorted(persons.items())
    ]


def growth_by_year(area: StudyArea, scenario: Scenario) -> list[Json]:
    """Return the persons of every group that grows, year by year up to the plan year.

    Who comes on top is not among them, nor are partners that stand in no total of the region. Years
    that a group's own table lacks are left out.
    """
    ours = _in_totals(area, scenario)
    base = scenario.plan_year if scenario.base_year is None else scenario.base_year
    assessed = replace(area, additions=())
    rows: list[Json] = []
    for rule in scenario.growth:
        alone = replace(scenario, growth=(rule,))
        for year in range(base, scenario.plan_year + 1):
            if year == base:
                persons = assessed.assessed
            elif rule.persons_by_year and year not in rule.persons_by_year:
                continue
            else:
                persons = persons_expected(assessed, replace(alone, plan_year=year))
            rows.append(
                {
                    "group": rule.group,
                    "year": year,
                    "persons": _total(persons, rule.group, ours),
                    "source": rule.source,
                }
            )
    return rows


def expectations_text(
    area: StudyArea, scenario: Scenario, *, language: str, threshold: int = DEFAULT_THRESHOLD
) -> list[str]:
    """Return in sentences who is expected and where that is from, small counts hidden."""
    return [
        *_growth_lines(area, scenario, language, threshold),
        *_addition_lines(area, scenario, language, threshold),
        *_institution_lines(area, language),
    ]


def _growth_lines(area: StudyArea, scenario: Scenario, language: str, threshold: int) -> list[str]:
    lines = []
    for rule in scenario.growth:
        rows = [row for row in growth_by_year(area, scenario) if row["group"] == rule.group]
        first, last = rows[0], rows[-1]
        # the rule is told, so what grows out of a hidden count would tell it
        hidden = is_small(first["persons"], threshold=threshold)
        lines.append(
            say(
                language,
                "{group}: {before} in {base_year}, {after} expected in {year} ({rule}; {source})",
                group=say(language, GROUP_WORDS[rule.group]),
                before=show_persons(first["persons"], threshold=threshold),
                base_year=first["year"],
                after=HIDDEN_MARK if hidden else show_persons(last["persons"], threshold=threshold),
                year=last["year"],
                rule=_rule_said(rule, language),
                source=rule.source,
            )
        )
    return lines


def _rule_said(rule: Growth, language: str) -> str:
    if rule.rate_per_year is not None:
        percent = f"{round(100 * rule.rate_per_year, 2):g}"
        if language == "lv":
            percent = percent.replace(".", ",")
        return say(language, "{percent} % a year", percent=percent)
    if rule.persons_per_year is not None:
        # a change of a few persons a year is a planner's assumption, not a count of anybody
        return say(language, "{persons} a year", persons=f"{rule.persons_per_year:+d}")
    return say(language, "own table")


def _addition_lines(
    area: StudyArea, scenario: Scenario, language: str, threshold: int
) -> list[str]:
    persons: dict[str, int] = {}
    sources: dict[str, set[str]] = {}
    for row in additions_by_year(area, scenario):
        if row["counted"]:
            persons[row["group"]] = persons.get(row["group"], 0) + row["persons"]
            sources.setdefault(row["group"], set()).update(row["sources"])
    return [
        say(
            language,
            "On top of the assessed by {year}: {persons}, {group} (according to: {sources})",
            year=scenario.plan_year,
            persons=show_persons(count, threshold=threshold),
            group=say(language, GROUP_WORDS[group]),
            sources=", ".join(sorted(sources[group])),
        )
        for group, count in sorted(persons.items())
    ]


def _institution_lines(area: StudyArea, language: str) -> list[str]:
    """Return the places of institutions by year; children are few and are not told."""
    lines = [
        say(
            language,
            "Institutions for children in {year}: {places} places",
            year=row["year"],
            places=row["places"],
        )
        for row in institutions_by_year(area)
    ]
    if lines and destinations(area.services):
        text = "Family-like homes, youth houses and families: as these plans say, not by shares"
        lines.append(say(language, text))
    return lines


def _kept(row: InstitutionYear) -> InstitutionYear:
    """Return what is left of an institution after the last year that its plan tells."""
    return replace(row, children=row.stays, to=dict.fromkeys(row.to, 0))


def _in_totals(area: StudyArea, scenario: Scenario) -> frozenset[str]:
    """Return the ids of the places whose people stand in the totals of the region."""
    outside = () if scenario.partners_in_totals else scenario.partners
    return frozenset(p.id for p in area.points if p.municipality_atvk not in outside)


def _total(persons: Mapping[tuple[str, str], int], group: str, ours: Collection[str]) -> int:
    return sum(count for (g, place), count in persons.items() if g == group and place in ours)

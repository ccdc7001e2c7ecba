"""What a scenario sets beside the plan into figures: staff to find, institutions that shrink."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from planner.domain import Kind, Plan, Problem, Scenario, StudyArea
from planner.locales import say
from planner.publishing.report import name_of
from planner.records import Json


def staff_of(scenario: Scenario, problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the staff to be found and trained by service, to one decimal, where it is set.

    Counted are the places that open with the plan: those of new units, and what enlarging adds.
    """
    places: Counter[str] = Counter()
    for option, opening in plan.opened.items():
        if opening.kind is Kind.NEW:
            places[option[0]] += opening.places
        elif opening.kind is Kind.ENLARGED:
            places[option[0]] += opening.places - problem.existing[option].places
    return {
        service: round(places[service] * stated.value, 1)
        for service, stated in scenario.staff_per_place.items()
        if service in problem.services
    }


def institutions_by_year(area: StudyArea) -> list[Json]:
    """Return places and children of the institutions, and where children go, summed by year."""
    rows: dict[int, Counter[str]] = {}
    for row in area.institutions:
        told = {"places": row.places, "children": row.children, **row.to, "stays": row.stays}
        rows.setdefault(row.year, Counter({"institutions": 0})).update({"institutions": 1, **told})
    return [{"year": year, **rows[year]} for year in sorted(rows)]


def settings_of_needs(area: StudyArea, scenario: Scenario) -> Json:
    """Return what changes the needs beside shares and growth: uptake, and who comes on top.

    Empty where nothing does. Plans that differ in it speak of different needs.
    """
    told: Json = {}
    if scenario.uptake:
        told["uptake"] = {s: stated.value for s, stated in sorted(scenario.uptake.items())}
    if area.additions:
        added = sorted([a.place_id, a.group, a.persons, a.year] for a in area.additions)
        told |= {"additions": added, "plan_year": scenario.plan_year}
    return told


def settings_summary(
    area: StudyArea, scenario: Scenario, problem: Problem, plan: Plan
) -> dict[str, Json]:
    """Return the parts of a plan's summary that only exist where they were asked for."""
    staff = staff_of(scenario, problem, plan)
    parts: dict[str, Json] = _need_settings(area, scenario, problem)
    if staff:
        parts["staff"] = {
            service: {
                "staff": number,
                "per_place": scenario.staff_per_place[service].value,
                "basis": scenario.staff_per_place[service].basis,
            }
            for service, number in staff.items()
        }
    if area.institutions:
        parts["institutions"] = {"by_year": institutions_by_year(area)}
    return parts


def settings_text(
    area: StudyArea, scenario: Scenario, problem: Problem, plan: Plan, *, language: str
) -> str:
    """Return what a scenario sets beside the plan in words; nothing where it sets nothing.

    Of institutions only places are told: children are few.
    """
    services = {service.id: service for service in area.services}
    lines = _need_lines(area, scenario, problem, language)
    lines += [
        say(
            language,
            "Staff to be found and trained, {service}: {staff} ({per_place} for a place; {basis})",
            service=name_of(services[service], language),
            staff=_number(number, language),
            per_place=_number(scenario.staff_per_place[service].value, language),
            basis=scenario.staff_per_place[service].basis,
        )
        for service, number in staff_of(scenario, problem, plan).items()
    ]
    lines += [
        say(
            language,
            "Institutions for children in {year}: {places} places",
            year=row["year"],
            places=row["places"],
        )
        for row in institutions_by_year(area)
    ]
    return "\n".join(lines)


def _need_settings(area: StudyArea, scenario: Scenario, problem: Problem) -> dict[str, Json]:
    parts: dict[str, Json] = {}
    if scenario.uptake:
        parts["uptake"] = {
            s: {"share": stated.value, "basis": stated.basis}
            for s, stated in scenario.uptake.items()
        }
    if scenario.entitlement:
        parts["entitlement"] = {
            s: {"persons_per_place": problem.services[s].persons_per_place, **asdict(said)}
            for s, said in scenario.entitlement.items()
            if s in problem.services
        }
    if scenario.not_participating:
        parts["participation"] = {"not_participating": list(scenario.not_participating)}
    if area.additions:
        parts["additions"] = {"sources": sorted({a.source for a in area.additions})}
    return parts


def _need_lines(area: StudyArea, scenario: Scenario, problem: Problem, language: str) -> list[str]:
    services = {service.id: name_of(service, language) for service in area.services}
    names = {m.atvk: m.name for m in area.municipalities}
    lines = [
        say(
            language,
            "Of those in need {percent} % would come: {service} ({basis})",
            percent=_number(round(stated.value * 100, 1), language),
            service=services[service],
            basis=stated.basis,
        )
        for service, stated in scenario.uptake.items()
    ]
    lines += [
        say(
            language,
            "Persons that a place serves: {persons}, {service} ({basis})",
            persons=problem.services[service].persons_per_place,
            service=services[service],
            basis=said.basis,
        )
        for service, said in scenario.entitlement.items()
        if service in problem.services
    ]
    if scenario.not_participating:
        outside = ", ".join(names.get(code, code) for code in scenario.not_participating)
        lines.append(
            say(language, "No funds of the EU for: {municipalities}", municipalities=outside)
        )
    if area.additions:
        sources = ", ".join(sorted({a.source for a in area.additions}))
        lines.append(
            say(language, "On top of the assessed, according to: {sources}", sources=sources)
        )
    return lines


def _number(value: float, language: str) -> str:
    text = f"{value:g}"
    return text.replace(".", ",") if language == "lv" else text

"""What a scenario sets beside the plan into figures and words, each setting with its basis."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from planner.disclosure import DEFAULT_THRESHOLD
from planner.domain import Kind, Plan, Problem, Scenario, StudyArea
from planner.locales import say
from planner.publishing import formats
from planner.publishing.names import name_of
from planner.records import Json
from planner.workflow.expectations import (
    additions_by_year,
    expectations_text,
    growth_by_year,
    institutions_by_year,
)


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


def settings_of_needs(area: StudyArea, scenario: Scenario) -> Json:
    """Return what changes the needs beside shares and growth: uptake, additions, institutions.

    Empty where nothing does. Plans that differ in it speak of different needs.
    """
    told: Json = {}
    if scenario.uptake:
        told["uptake"] = {s: stated.value for s, stated in sorted(scenario.uptake.items())}
    if area.additions:
        added = sorted([a.place_id, a.group, a.persons, a.year] for a in area.additions)
        told |= {"additions": added, "plan_year": scenario.plan_year}
    if area.institutions:
        moves = sorted([i.institution, i.year, sorted(i.to.items())] for i in area.institutions)
        told |= {"institutions": moves, "plan_year": scenario.plan_year}
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
    area: StudyArea,
    scenario: Scenario,
    problem: Problem,
    plan: Plan,
    *,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> str:
    """Return what a scenario sets beside the plan in words; nothing where it sets nothing.

    Counts of persons below `threshold` are hidden.
    """
    services = {service.id: service for service in area.services}
    lines = _kept_lines(area, language) + _need_lines(area, scenario, problem, language)
    lines += expectations_text(area, scenario, language=language, threshold=threshold)
    lines += [
        say(
            language,
            "Staff to be found and trained, {service}: {staff} ({per_place} for a place; {basis})",
            service=name_of(services[service], language),
            staff=formats.rounded(number, language=language),
            per_place=formats.rounded(scenario.staff_per_place[service].value, language=language),
            basis=scenario.staff_per_place[service].basis,
        )
        for service, number in staff_of(scenario, problem, plan).items()
    ]
    return "\n".join(lines)


def _need_settings(area: StudyArea, scenario: Scenario, problem: Problem) -> dict[str, Json]:
    parts: dict[str, Json] = {}
    if scenario.uptake:
        parts["uptake"] = {
            s: {"share": stated.value, "basis": stated.basis}
            for s, stated in scenario.uptake.items()
        }
    if scenario.need_shares:
        known = {s.id: s for s in area.services}
        parts["need_shares"] = {
            s: {
                "share": share,
                "catalogue": known[s].need_share,
                "basis": known[s].need_share_basis,
            }
            for s, share in scenario.need_shares.items()
        }
    if scenario.entitlement:
        parts["entitlement"] = {
            s: {"persons_per_place": float(problem.services[s].persons_per_place), **asdict(said)}
            for s, said in scenario.entitlement.items()
            if s in problem.services
        }
    if scenario.partners:
        parts["partners"] = {
            "municipalities": list(scenario.partners),
            "in_totals": scenario.partners_in_totals,
        }
    if scenario.not_participating:
        parts["participation"] = {"not_participating": list(scenario.not_participating)}
    if area.additions:
        parts["additions"] = {"by_year": additions_by_year(area, scenario)}
    if scenario.growth:
        parts["growth"] = {"by_year": growth_by_year(area, scenario)}
    return parts


def _need_lines(area: StudyArea, scenario: Scenario, problem: Problem, language: str) -> list[str]:
    services = {service.id: name_of(service, language) for service in area.services}
    names = {m.atvk: m.name for m in area.municipalities}
    lines = _share_lines(area, scenario, language)
    lines += [
        say(
            language,
            "Of those in need {percent} % would come: {service} ({basis})",
            percent=_share(stated.value, language),
            service=services[service],
            basis=stated.basis,
        )
        for service, stated in scenario.uptake.items()
    ]
    lines += [
        say(
            language,
            "Persons that a place serves: {persons}, {service} ({basis})",
            persons=formats.rounded(problem.services[service].persons_per_place, language=language),
            service=services[service],
            basis=said.basis,
        )
        for service, said in scenario.entitlement.items()
        if service in problem.services
    ]
    if scenario.partners and not scenario.partners_in_totals:
        partners = ", ".join(names.get(code, code) for code in scenario.partners)
        text = "Planned with, but in no total of the region: {municipalities}"
        lines.append(say(language, text, municipalities=partners))
    if scenario.not_participating:
        outside = ", ".join(names.get(code, code) for code in scenario.not_participating)
        lines.append(
            say(language, "No funds of the EU for: {municipalities}", municipalities=outside)
        )
    return lines


def _kept_lines(area: StudyArea, language: str) -> list[str]:
    """Return the dated files that a plan rests on, beside the project's own."""
    kept = [
        f"{source.name} ({formats.day_text(source.date, language=language)})"
        for source in area.sources
        if source.date and not source.licence
    ]
    return [say(language, "Made with {files}", files="; ".join(kept))] if kept else []


def _share_lines(area: StudyArea, scenario: Scenario, language: str) -> list[str]:
    """Return the need shares that a scenario sets, beside those of the catalogue."""
    text = "Needed by {percent} % of the group: {service} (catalogue: {usual} %; {basis})"
    return [
        say(
            language,
            text,
            percent=formats.rounded(
                round(scenario.need_shares[service.id] * 100, 1), language=language
            ),
            service=name_of(service, language),
            usual=_share(service.need_share, language),
            basis=say(language, service.need_share_basis),
        )
        for service in area.services
        if service.id in scenario.need_shares
    ]


def _share(value: float, language: str) -> str:
    return formats.rounded(round(value * 100, 1), language=language)

"""A plan beside today into plain words for a terminal: who reaches what, what is new, how good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from planner.analysis.duplication import Duplication
from planner.analysis.indicators import ServiceFigures
from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    LEGEND,
    REGION,
    ServedTables,
    show_minutes,
    show_persons,
    small_mark,
)
from planner.domain import Kind, Plan, Problem, Service, StudyArea
from planner.inputs.study_area import REGIONS
from planner.locales import say
from planner.publishing.aims import proof_sentence
from planner.publishing.coverage import RANGES, may_be_alike, share_told
from planner.publishing.illustrations import illustrated, illustration
from planner.publishing.names import name_of
from planner.publishing.people import People, aims_withheld
from planner.publishing.reasons import unserved_text, why_unserved
from planner.publishing.repetition import repetition_sentences
from planner.records import total_aims

NAME_WIDTH = 52


def report(
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    *,
    figures: Mapping[str, ServiceFigures],
    today: Mapping[str, ServiceFigures],
    duplication: Duplication | None = None,
    released: ServedTables | None = None,
    language: str,
) -> str:
    """Return the finding of a checked plan as text of several lines, small counts hidden.

    `duplication` is what is known of sites to do without; ``None`` where nobody looked.
    `released` is what the gate lets through of the persons; without it each count is gated by
    itself.
    """
    tell = partial(say, language)
    parts = [
        tell(
            "{region}, plan year {year}: {services} services, {points} settlements",
            region=REGIONS.get(area.region, area.region),
            year=problem.plan_year,
            services=len(problem.services),
            points=len(problem.points),
        )
    ]
    if label := illustration(illustrated(area.sources), language):
        parts.append(label)
    threshold = DEFAULT_THRESHOLD if released is None else released.release.threshold
    own = _without_partners(area, problem)
    parts += ["", *_table(own, figures, today, released, language)]
    if why := _unserved(own, problem, plan, released, language):
        parts += ["", tell("Who stays unserved, and why") + ":", *why]
    parts += ["", tell(LEGEND, small=small_mark(threshold), hidden=HIDDEN_MARK)]
    told = (people_of(figures[s.id], today[s.id], s, released) for s in _planned(area, figures))
    if any(may_be_alike(was, then) for _, was, then, _ in told):
        parts.append(tell(RANGES))
    parts += ["", *_changes(area, plan, language)]
    parts += ["", *_proof(plan, aims_withheld(released), language, threshold)]
    parts += repetition_sentences(
        area, problem, plan, found=duplication, released=released, language=language
    )
    parts.append(tell("An independent check has recomputed every rule and every aim of this plan."))
    return "\n".join(parts)


def _without_partners(area: StudyArea, problem: Problem) -> StudyArea:
    """Return the area with the assessed of the municipalities that stand in the region's totals."""
    if not problem.outside:
        return area
    ours = {p.id for p in area.points if p.municipality_atvk not in problem.outside}
    return replace(area, assessed={k: n for k, n in area.assessed.items() if k[1] in ours})


def people_of(
    then: ServiceFigures, now: ServiceFigures, service: Service, released: ServedTables | None
) -> tuple[str, str, str, str]:
    """Return need, share within the standard today and with the plan, unserved of the region."""
    if released is None:
        return (
            show_persons(then.need),
            share_told(now.within_standard, now.need),
            share_told(then.within_standard, then.need),
            show_persons(then.unserved),
        )
    plan, today = People(released, "plan"), People(released, "today")
    shown = plan.at(REGION, service.id)
    return (
        shown.need,
        today.share(REGION, service.id),
        plan.share(REGION, service.id),
        shown.unserved,
    )


def _planned(area: StudyArea, figures: Mapping[str, ServiceFigures]) -> list[Service]:
    """Return the services of a plan, those of one group together."""
    return sorted(
        (service for service in area.services if service.id in figures),
        key=lambda service: [*GROUP_NAMES, service.target_group].index(service.target_group),
    )


GROUP_NAMES: Mapping[str, str] = {
    "adults": "Adults with mental impairment",
    "children_ft": "Children with functional impairments",
    "children_out_of_family": "Children in out-of-family care",
    "children_in_institutions": "Children in institutions",
}


def _table(
    area: StudyArea,
    figures: Mapping[str, ServiceFigures],
    today: Mapping[str, ServiceFigures],
    released: ServedTables | None,
    language: str,
) -> list[str]:
    heads = [
        say(language, head)
        for head in (
            "Service",
            "Need",
            "Within the standard today",
            "with the plan",
            "Unserved",
            "New",
            "Mean minutes",
            "EUR",
        )
    ]
    chosen = _planned(area, figures)
    rows = [heads]
    threshold = DEFAULT_THRESHOLD if released is None else released.release.threshold
    for service in chosen:
        then = figures[service.id]
        need, within_today, within, unserved = people_of(then, today[service.id], service, released)
        rows.append(
            [
                name_of(service, language),
                need,
                within_today,
                within,
                unserved,
                str(then.sites_new),
                show_minutes(then.mean_minutes, then.served, threshold=threshold),
                _number(then.cost_eur),
            ]
        )
    lines = _aligned(rows)
    table = lines[:1]
    for service, line, above in zip(chosen, lines[1:], [None, *chosen], strict=False):
        if above is None or above.target_group != service.target_group:
            table += ["", _group_heading(area, service.target_group, language, threshold)]
        table.append(line)
    return table


def _unserved(
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    released: ServedTables | None,
    language: str,
) -> list[str]:
    people = None if released is None else People(released)
    found = [
        (service, why_unserved(problem, plan, people, service=service.id))
        for service in area.services
        if service.id in problem.services
    ]
    return [
        f"  {name_of(service, language)}: {unserved_text(reasons, language=language)}"
        for service, reasons in found
        if reasons
    ]


def _group_heading(area: StudyArea, group: str, language: str, threshold: int) -> str:
    assessed = sum(persons for (g, _), persons in area.assessed.items() if g == group)
    text = "{group}, assessed: {persons}"
    name = say(language, GROUP_NAMES.get(group, group))
    told = show_persons(assessed, threshold=threshold)
    return say(language, text, group=name, persons=told)


def _changes(area: StudyArea, plan: Plan, language: str) -> list[str]:
    site_name = {site.id: site.name for site in area.sites}
    lines = []
    for kind, heading in ((Kind.NEW, "New sites"), (Kind.ENLARGED, "Enlarged sites")):
        found = [line for s in area.services if (line := _of(s, kind, site_name, plan, language))]
        if found:
            lines += [say(language, heading) + ":", *found]
    return lines or [say(language, "The plan opens nothing new and enlarges nothing.")]


def _of(
    service: Service, kind: Kind, site_name: Mapping[str, str], plan: Plan, language: str
) -> str:
    places = [
        f"{site_name.get(site, site)} ({o.places})"
        for (s, site), o in sorted(plan.opened.items())
        if s == service.id and o.kind is kind
    ]
    return f"  {name_of(service, language)}: {', '.join(places)}" if places else ""


def _proof(plan: Plan, withheld: frozenset[str], language: str, threshold: int) -> list[str]:
    heading = say(language, "How far from the best possible, aim after aim:")
    sentences = [
        proof_sentence(aim, language, withheld=aim.name in withheld, threshold=threshold)
        for aim in total_aims(plan.proof)
    ]
    return [heading, *(f"  {sentence}" for sentence in sentences)]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    widths[0] = min(widths[0], NAME_WIDTH)
    return [
        "  ".join(
            cell[: widths[k]].ljust(widths[k]) if k == 0 else cell.rjust(widths[k])
            for k, cell in enumerate(row)
        )
        for row in rows
    ]


def _number(value: float) -> str:
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace(",", "\u00a0").replace(".", ",")

"""A plan and its figures into the tables that planners, councils and machines read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from planner.analysis.indicators import MunicipalityFigures
from planner.disclosure import (
    HIDDEN_MARK,
    NOT_SHOWN,
    REGION,
    ServedTables,
    StartTables,
)
from planner.domain import Kind, Opening, Option, Plan, Problem, StudyArea, unit_sizes
from planner.editions import standing
from planner.inputs.study_area import REGIONS
from planner.publishing.names import MUNICIPALITY_COLUMNS, SERVICE_COLUMNS, Names
from planner.publishing.people import People
from planner.publishing.reasons import reason_sentence, why_unserved
from planner.publishing.scene import CLOSING, KIND_WORDS, kind_of
from planner.publishing.tables import (
    Cell,
    Column,
    Euros,
    Minutes,
    Persons,
    PersonsBeside,
    Share,
    ShareBeside,
    Table,
    Told,
    Word,
)

FiguresOf = Mapping[tuple[str, str], MunicipalityFigures]
"""By (municipality, service)."""


class StartNowRow(Protocol):
    """Persons of a municipality whom a service can reach without anything being built."""

    @property
    def municipality(self) -> str: ...  # noqa: D102
    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def persons(self) -> int: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102


UNSERVED = "unserved"
OTHERS = "others"
_WHY_NOW = {
    "mobile": "comes to people's homes",
    "family": "in a family",
    UNSERVED: "contracted specialists, since no site can serve them",
    "assessed": "out-of-family care, not in an institution",
}


def sites_table(
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    *,
    released: ServedTables | None = None,
    language: str = "lv",
) -> Table:
    """Return one row per option that the plan opens or lets close.

    `released` is what the gate lets through of the persons whom sites serve; without it each count
    is gated by itself.
    """
    names = Names(area, language)
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    load: dict[Option, int] = defaultdict(int)
    minutes: dict[Option, float] = defaultdict(float)
    for (service, point, site_id), persons in plan.assigned.items():
        load[service, site_id] += persons
        minutes[service, site_id] += persons * float(problem.minutes[row[point], column[site_id]])
    closing = {option: None for option in standing(problem) if option not in plan.opened}
    opened: Mapping[Option, Opening | None] = {**plan.opened, **closing}
    rows: list[tuple[Cell, ...]] = []
    for option in sorted(opened, key=names.order):
        service, site_id = option
        opening, site = opened[option], names.sites[site_id]
        kind = CLOSING if opening is None else opening.kind.value
        rows.append(
            (
                *names.service_cells(service),
                *names.municipality_cells(problem.municipality_of_site[site_id]),
                site_id,
                names.place(site_id),
                site.address if site.building else "",
                Word(kind, KIND_WORDS[kind_of(problem, option, opening)]),
                0 if opening is None else opening.units,
                0 if opening is None else opening.places,
                *_people_at(option, load[option], minutes[option], released),
                Euros(0 if opening is None else cost_of(problem, option, opening)),
                site.lat,
                site.lon,
                status_of(problem, option),
            )
        )
    columns = (
        *SERVICE_COLUMNS,
        *MUNICIPALITY_COLUMNS,
        Column("site", "Site code", for_machines=True),
        Column("place", "Place"),
        Column("address", "Address"),
        Column("kind", "What happens"),
        Column("units", "Addresses"),
        Column("places", "Places"),
        Column("persons", "Persons served here"),
        Column("mean_minutes", "Mean minutes, one way"),
        Column("cost_eur", "Capital cost, EUR (estimate)"),
        Column("lat", "Latitude", for_machines=True),
        Column("lon", "Longitude", for_machines=True),
        Column("status", "Status", for_machines=True),
    )
    return Table("sites", "Sites", columns, tuple(rows), names.illustrative)


def municipalities_table(
    area: StudyArea,
    figures: FiguresOf,
    *,
    today: FiguresOf | None = None,
    released: ServedTables | None = None,
    language: str = "lv",
) -> Table:
    """Return one row per municipality and service: its people with the plan, and today.

    Parameters
    ----------
    released : ServedTables, optional
        What the gate lets through of these very figures, for the situations "plan" and "today":
        then no count can be worked out from the others either. Without it each count is gated by
        itself.
    """
    names = Names(area, language)
    rows: list[tuple[Cell, ...]] = []
    for municipality, service in sorted({*figures, *(today or {})}, key=names.municipal_order):
        now = figures.get((municipality, service))
        before = (today or {}).get((municipality, service))
        rows.append(
            (
                *names.municipality_cells(municipality),
                *names.service_cells(service),
                *_gated(_people(now), released, "plan", (municipality, service)),
                0 if now is None else now.sites,
                0 if now is None else now.sites_new,
                0 if now is None else now.places,
                Euros(0 if now is None else now.cost_eur),
                *(
                    _gated(_people_today(before, now), released, "today", (municipality, service))
                    if today is not None
                    else ()
                ),
            )
        )
    columns = (
        *MUNICIPALITY_COLUMNS,
        *SERVICE_COLUMNS,
        Column("need", "Persons in need"),
        Column("served", "Served"),
        Column("unserved", "Unserved"),
        Column("reach", "With an open site within the standard"),
        Column("within_standard", "Served within the standard"),
        Column("share_within_standard", "Share within the standard"),
        Column("mean_minutes", "Mean minutes, one way"),
        Column("sites", "Addresses in the municipality"),
        Column("sites_new", "New addresses"),
        Column("places", "Places in the municipality"),
        Column("cost_eur", "Capital cost, EUR (estimate)"),
    )
    columns_today = (
        Column("served_today", "Served today"),
        Column("within_standard_today", "Served within the standard today"),
        Column("share_within_standard_today", "Share within the standard today"),
        Column("mean_minutes_today", "Mean minutes today, one way"),
    )
    return Table(
        "municipalities",
        "Municipalities",
        (*columns, *(columns_today if today is not None else ())),
        tuple(rows),
        names.illustrative,
    )


def unserved_table(
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    *,
    released: ServedTables | None = None,
    language: str = "lv",
) -> Table:
    """Return who stays unserved by reason, in the whole region and in each municipality.

    `released` is what the gate lets through; without it each count is gated by itself.
    """
    names = Names(area, language)
    people = None if released is None else People(released)
    region = (REGION, REGIONS.get(area.region, area.region))
    areas = (region, *(names.municipality_cells(m.atvk) for m in area.municipalities))
    columns = (
        *MUNICIPALITY_COLUMNS,
        *SERVICE_COLUMNS,
        Column("why", "Why"),
        Column("persons", "Persons"),
    )
    rows = tuple(
        (
            *cells,
            *names.service_cells(service.id),
            Word(reason or OTHERS, reason_sentence(reason)),
            Told(persons),
        )
        for cells in areas
        for service in area.services
        if service.id in problem.services
        for reason, persons in why_unserved(
            problem, plan, people, area=cells[0], service=service.id
        ).items()
    )
    return Table("unserved", "Who stays unserved, and why", columns, rows, names.illustrative)


def start_now_table(
    area: StudyArea,
    rows: Sequence[StartNowRow],
    *,
    released: ServedTables | None = None,
    begun: StartTables | None = None,
    language: str = "lv",
) -> Table:
    """Return whom services can reach before anything is built.

    `released` and `begun` are what the gate lets through of those whom the plan leaves unserved and
    of all others; without them each count is gated by itself.
    """
    names = Names(area, language)
    ordered = sorted(
        rows, key=lambda r: (*names.municipal_order((r.municipality, r.service)), r.why)
    )
    columns = (
        *MUNICIPALITY_COLUMNS,
        *SERVICE_COLUMNS,
        Column("persons", "Persons"),
        Column("why", "How it can start"),
    )
    persons = [_persons_now(r, released, begun) for r in ordered]
    cells = tuple(
        (
            *names.municipality_cells(r.municipality),
            *names.service_cells(r.service),
            told,
            Word(r.why, _WHY_NOW.get(r.why, r.why)),
        )
        for r, told in zip(ordered, persons, strict=True)
        if told not in (Told("0"), Persons(0))
    )
    return Table("start_now", "Start now", columns, cells, names.illustrative)


def status_of(problem: Problem, option: Option) -> str:
    """Return "operating" or "committed" where something stands or is decided, "" elsewhere."""
    existing = problem.existing.get(option)
    return "" if existing is None else existing.status.value


def cost_of(problem: Problem, option: Option, opening: Opening) -> int:
    """Return the capital cost in euros of what the plan does at an option."""
    if opening.kind is Kind.NEW:
        return sum(size.cost_eur for size in unit_sizes(problem.sizes.get(option, ()), opening))
    existing = problem.existing.get(option)
    if opening.kind is Kind.ENLARGED and existing is not None:
        return next((k.cost_eur for k in existing.larger if k.places == opening.places), 0)
    return 0


def _persons_now(
    row: StartNowRow, released: ServedTables | None, begun: StartTables | None
) -> Cell:
    if row.why == UNSERVED and released is not None:
        return Told(People(released).at(row.municipality, row.service).unserved)
    if row.why != UNSERVED and begun is not None:
        return Told(begun.persons(row.municipality, row.service, row.why))
    return Persons(row.persons)


def _people_at(
    option: Option, load: int, minutes: float, released: ServedTables | None
) -> tuple[Cell, Cell]:
    """Return persons and mean minutes of a site; no minutes where the persons are withheld."""
    mean = Minutes(minutes / load if load else None, load)
    if released is None:
        return Persons(load), mean
    told = released.served_at("plan", option[1], option[0])
    return Told(told), NOT_SHOWN if told == HIDDEN_MARK else mean


def _gated(
    cells: tuple[Cell, ...], released: ServedTables | None, situation: str, key: tuple[str, str]
) -> tuple[Cell, ...]:
    """Return the cells of people as the gate released them, in the order of their columns."""
    if released is None:
        return cells
    try:
        shown = released.at(situation, *key)
    except KeyError:  # nobody in need: nothing was released and nothing is told
        return cells
    texts: tuple[str, ...] = (shown.served, shown.within_standard, shown.share_within_standard)
    if situation == "plan":
        texts = (shown.need, shown.served, shown.unserved, shown.reach, *texts[1:])
    minutes = cells[-1] if shown.served != HIDDEN_MARK else NOT_SHOWN
    return (*(Told(text) for text in texts), minutes)


def _people(figures: MunicipalityFigures | None) -> tuple[Cell, ...]:
    if figures is None:
        return (Persons(0),) * 5 + (Share(0, 0), Minutes(None, 0))
    return (
        Persons(figures.need),
        Persons(figures.served),
        Persons(figures.unserved),
        Persons(figures.reach),
        Persons(figures.within_standard),
        Share(figures.within_standard, figures.need),
        Minutes(figures.mean_minutes, figures.served),
    )


def _people_today(
    figures: MunicipalityFigures | None, plan: MunicipalityFigures | None
) -> tuple[Cell, ...]:
    if figures is None:
        return (Persons(0), Persons(0), Share(0, 0), Minutes(None, 0))
    served = 0 if plan is None else plan.served
    within = 0 if plan is None else plan.within_standard
    return (
        PersonsBeside(figures.served, beside=served),
        PersonsBeside(figures.within_standard, beside=within),
        ShareBeside(figures.within_standard, figures.need, beside=within),
        Minutes(figures.mean_minutes, figures.served),
    )

"""Little towns put on a map: a study area around a problem, with squares for municipalities."""

from __future__ import annotations

from collections.abc import Mapping

from shapely.geometry import box

from planner.domain import (
    DemandPoint,
    Facility,
    Municipality,
    Problem,
    Service,
    Site,
    Source,
    Status,
    StudyArea,
)

LABEL = Source(
    "Izvērtētās personas", "CC0", "2020-12-31", "illustration", illustrative=True, role="assessed"
)
ROADS = Source("Roads", "ODbL, © OpenStreetMap contributors", "2024-01-01")
DEGREE_WIDE = 0.2


def area_of(
    problem: Problem,
    *,
    addresses: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> StudyArea:
    """Return a study area for `problem`: places in a row, each municipality a square around."""
    addresses, names = addresses or {}, names or {}
    places = sorted({*problem.points, *problem.sites})
    lon = {place: 26.0 + DEGREE_WIDE * k for k, place in enumerate(places)}
    home = {**problem.municipality_of_site, **problem.municipality_of_point}
    squares: dict[str, list[float]] = {}
    for place in places:
        squares.setdefault(home[place], []).append(lon[place])
    return StudyArea(
        region=problem.region,
        municipalities=tuple(
            Municipality(
                atvk=m,
                name=names.get(m, f"{m} novads"),
                type="novads",
                planning_region=problem.region,
                outline_wkb=box(min(x) - 0.09, 55.9, max(x) + 0.09, 56.1).wkb,
            )
            for m, x in sorted(squares.items())
        ),
        points=tuple(
            DemandPoint(p, names.get(p, p.title()), home[p], 56.0, lon[p], 100)
            for p in problem.points
        ),
        sites=tuple(
            Site(
                id=s,
                name=names.get(s, s.title()),
                place_id=s,
                municipality_atvk=home[s],
                lat=56.0,
                lon=lon[s],
                building=s in addresses,
                address=addresses.get(s, ""),
            )
            for s in problem.sites
        ),
        assessed={},
        services=tuple(_service(problem, s) for s in problem.services),
        facilities=tuple(
            Facility(f"f-{s}-{j}", s, j, f"{s} {j}", e.places, "stated", Status.OPERATING)
            for (s, j), e in problem.existing.items()
        ),
        sources=(LABEL, ROADS),
        background={
            "outline": box(25.8, 55.8, 27.0, 56.2).wkb,
            "lakes": box(26.02, 56.02, 26.05, 56.05).wkb,
            "roads": box(25.9, 55.95, 26.6, 56.05).exterior.wkb,
        },
    )


def _service(problem: Problem, service: str) -> Service:
    terms = problem.services[service]
    names = {"day_care": "Dienas aprūpes centrs", "group_home": "Grupu māja (dzīvoklis)"}
    return Service(
        id=service,
        code=service.upper(),
        name_lv=names.get(service, service),
        name_en=service.replace("_", " ").capitalize(),
        target_group="adults",
        stay=terms.stay,
        site_bound=True,
        start_without_building="no",
        need_share=1.0,
        need_share_basis="",
        sizes_places=(10, 20),
        persons_per_place=terms.persons_per_place,
        least_load_persons=terms.least_load_persons,
        standard_minutes=terms.standard_minutes,
        limit_minutes=terms.limit_minutes,
        build_eur_per_place=10_000,
        enlarge_eur_per_place=7_000,
        price_year=2021,
    )

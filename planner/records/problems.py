"""Problems as JSON values and back, times as whole thousandths of a minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from planner.domain import (
    AimTerms,
    Budget,
    Existing,
    Option,
    Problem,
    ServiceTerms,
    Size,
    Status,
    Stay,
)
from planner.records.text import (
    FORMAT,
    INTERNAL,
    Json,
    broken,
    digest,
    fraction_to_json,
    keyed,
    need_format,
    unkeyed,
)


def problem_to_json(problem: Problem) -> Json:
    """Return `problem` as plain JSON values, keys sorted where order carries no meaning."""
    return {
        "format": FORMAT,
        "notice": INTERNAL,
        "region": problem.region,
        "plan_year": problem.plan_year,
        "points": list(problem.points),
        "sites": list(problem.sites),
        "minutes_thousandths": [_sparse(row) for row in problem.minutes],
        "municipality_of_point": dict(sorted(problem.municipality_of_point.items())),
        "municipality_of_site": dict(sorted(problem.municipality_of_site.items())),
        "services": [_terms_to_json(problem.services[s]) for s in sorted(problem.services)],
        "persons": keyed(problem.persons, ("service", "point"), "persons"),
        "sizes": _sizes_to_json(problem.sizes),
        "most_units": keyed(problem.most_units, ("service", "site"), "units"),
        "existing": [
            {
                "service": s,
                "site": j,
                "places": e.places,
                "places_known": e.places_known,
                "status": e.status.value,
                "may_close": e.may_close,
                "larger": [_size_to_json(k) for k in e.larger],
            }
            for (s, j), e in sorted(problem.existing.items())
        ],
        "kept": keyed(problem.kept, ("service", "site"), "reason"),
        "vetoed": keyed(problem.vetoed, ("service", "site"), "reason"),
        "closing": keyed(problem.closing, ("service", "site"), "reason"),
        "address_of": dict(sorted(problem.address_of.items())),
        "address_places_at_most": dict(sorted(problem.address_places_at_most.items())),
        "budgets": [_budget_to_json(b) for b in problem.budgets],
        "new_sites_at_most": dict(sorted(problem.new_sites_at_most.items())),
        "sites_at_most": dict(sorted(problem.sites_at_most.items())),
        "least_share_served": keyed(
            problem.least_share_served, ("service", "municipality"), "share"
        ),
        "today": keyed(problem.today, ("service", "point", "site"), "persons"),
        "most_loss_minutes": problem.most_loss_minutes,
        "detour_at_most": dict(sorted(problem.detour_at_most.items())),
        "agreements": None
        if problem.agreements is None
        else [list(a) for a in sorted(problem.agreements)],
        "opening_year": keyed(problem.opening_year, ("service", "site"), "year"),
        "approved": None
        if problem.approved is None
        else keyed(problem.approved, ("service", "site"), "places"),
        "aims": [
            {"name": a.name, "absolute": a.absolute, "of_need": a.of_need, "of_value": a.of_value}
            for a in problem.aims
        ],
        "whole_persons": problem.whole_persons,
        **({"outside": sorted(problem.outside)} if problem.outside else {}),
        **(
            {"approved_sizes": _sizes_to_json(problem.approved_sizes)}
            if problem.approved_sizes
            else {}
        ),
    }


def problem_from_json(data: Json, *, file: str = "problem.json") -> Problem:
    """Return the problem that `problem_to_json` wrote.

    Raises
    ------
    InputError
        If a part is missing or has the wrong shape.
    """
    try:
        need_format(data)
        points, sites = tuple(data["points"]), tuple(data["sites"])
        minutes = np.full((len(points), len(sites)), np.inf)
        for i, row in enumerate(data["minutes_thousandths"]):
            for j, thousandths in row:
                minutes[i, j] = thousandths / 1000
        return Problem(
            region=data["region"],
            plan_year=data["plan_year"],
            points=points,
            sites=sites,
            minutes=minutes,
            municipality_of_point=data["municipality_of_point"],
            municipality_of_site=data["municipality_of_site"],
            services={s["id"]: _terms_from_json(s) for s in data["services"]},
            persons=unkeyed(data["persons"], ("service", "point"), "persons"),
            sizes=_sizes_from_json(data["sizes"]),
            most_units=unkeyed(data["most_units"], ("service", "site"), "units"),
            existing={
                (o["service"], o["site"]): Existing(
                    places=o["places"],
                    places_known=o["places_known"],
                    status=Status(o["status"]),
                    may_close=o["may_close"],
                    larger=tuple(Size(**k) for k in o["larger"]),
                )
                for o in data["existing"]
            },
            kept=unkeyed(data["kept"], ("service", "site"), "reason"),
            vetoed=unkeyed(data["vetoed"], ("service", "site"), "reason"),
            closing=unkeyed(data["closing"], ("service", "site"), "reason"),
            address_of=data["address_of"],
            address_places_at_most=data["address_places_at_most"],
            budgets=tuple(_budget_from_json(b) for b in data["budgets"]),
            new_sites_at_most=data["new_sites_at_most"],
            sites_at_most=data["sites_at_most"],
            least_share_served=unkeyed(
                data["least_share_served"], ("service", "municipality"), "share"
            ),
            today=unkeyed(data["today"], ("service", "point", "site"), "persons"),
            most_loss_minutes=data["most_loss_minutes"],
            detour_at_most=data["detour_at_most"],
            agreements=None
            if data["agreements"] is None
            else frozenset((a, b, c) for a, b, c in data["agreements"]),
            opening_year=unkeyed(data["opening_year"], ("service", "site"), "year"),
            approved=None
            if data["approved"] is None
            else unkeyed(data["approved"], ("service", "site"), "places"),
            aims=tuple(AimTerms(**a) for a in data["aims"]),
            whole_persons=data["whole_persons"],
            outside=frozenset(data.get("outside", ())),
            approved_sizes=_sizes_from_json(data.get("approved_sizes", ())),
        )
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise broken(file, error) from error


def problem_digest(problem: Problem) -> str:
    """Return the digest that a plan for `problem` carries."""
    return digest(problem_to_json(problem))


def _sparse(row: Any) -> list[list[int]]:
    near = np.flatnonzero(np.isfinite(row))
    return [[int(j), round(float(row[j]) * 1000)] for j in near]


def _terms_to_json(terms: ServiceTerms) -> Json:
    return {
        "id": terms.id,
        "stay": terms.stay.value,
        "standard_minutes": terms.standard_minutes,
        "limit_minutes": terms.limit_minutes,
        "persons_per_place": fraction_to_json(terms.persons_per_place),
        "least_load_persons": terms.least_load_persons,
        "home_is_standard": terms.home_is_standard,
    }


def _terms_from_json(data: Json) -> ServiceTerms:
    places = {"persons_per_place": Fraction(data["persons_per_place"])}
    return ServiceTerms(**{**data, **places, "stay": Stay(data["stay"])})


def _sizes_to_json(sizes: Mapping[Option, tuple[Size, ...]]) -> list[Json]:
    return [
        {"service": s, "site": j, "sizes": [_size_to_json(k) for k in found]}
        for (s, j), found in sorted(sizes.items())
    ]


def _sizes_from_json(rows: Iterable[Json]) -> dict[Option, tuple[Size, ...]]:
    return {(o["service"], o["site"]): tuple(Size(**k) for k in o["sizes"]) for o in rows}


def _size_to_json(size: Size) -> Json:
    return {"places": size.places, "cost_eur": size.cost_eur, "running_eur": size.running_eur}


def _budget_to_json(budget: Budget) -> Json:
    def scope(ids: frozenset[str] | None) -> list[str] | None:
        return None if ids is None else sorted(ids)

    return {
        "id": budget.id,
        "amount_eur": budget.amount_eur,
        "kind": budget.kind,
        "year": budget.year,
        "share_permille": budget.share_permille,
        "services": scope(budget.services),
        "municipalities": scope(budget.municipalities),
    }


def _budget_from_json(data: Json) -> Budget:
    def scope(ids: list[str] | None) -> frozenset[str] | None:
        return None if ids is None else frozenset(ids)

    return Budget(
        **{
            **data,
            "services": scope(data["services"]),
            "municipalities": scope(data["municipalities"]),
        }
    )

"""Problems and plans as JSON text and back, with digests: what a saved plan is checked from.

Times are saved as whole thousandths of a minute, so that nothing is lost or gained on the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from planner.domain import (
    AimProof,
    AimTerms,
    Budget,
    Existing,
    Kind,
    Link,
    Need,
    Opening,
    Plan,
    Problem,
    Proof,
    ProofStatus,
    Reason,
    ServiceTerms,
    Size,
    Source,
    Status,
    Stay,
)
from planner.errors import Fault, InputError

FORMAT = 1
INTERNAL = (
    "Iekšējs darba fails ar neapslēptiem personu skaitiem; neizplatīt. / "
    "Internal work file with unsuppressed counts of persons; not for publication."
)

Json = dict[str, Any]


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
        "persons": _keyed(problem.persons, ("service", "point"), "persons"),
        "sizes": [
            {"service": s, "site": j, "sizes": [_size_to_json(k) for k in sizes]}
            for (s, j), sizes in sorted(problem.sizes.items())
        ],
        "most_units": _keyed(problem.most_units, ("service", "site"), "units"),
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
        "kept": _keyed(problem.kept, ("service", "site"), "reason"),
        "vetoed": _keyed(problem.vetoed, ("service", "site"), "reason"),
        "closing": _keyed(problem.closing, ("service", "site"), "reason"),
        "address_of": dict(sorted(problem.address_of.items())),
        "address_places_at_most": dict(sorted(problem.address_places_at_most.items())),
        "budgets": [_budget_to_json(b) for b in problem.budgets],
        "new_sites_at_most": dict(sorted(problem.new_sites_at_most.items())),
        "sites_at_most": dict(sorted(problem.sites_at_most.items())),
        "least_share_served": _keyed(
            problem.least_share_served, ("service", "municipality"), "share"
        ),
        "today": _keyed(problem.today, ("service", "point", "site"), "persons"),
        "most_loss_minutes": problem.most_loss_minutes,
        "detour_at_most": dict(sorted(problem.detour_at_most.items())),
        "agreements": None
        if problem.agreements is None
        else [list(a) for a in sorted(problem.agreements)],
        "opening_year": _keyed(problem.opening_year, ("service", "site"), "year"),
        "approved": None
        if problem.approved is None
        else _keyed(problem.approved, ("service", "site"), "places"),
        "aims": [
            {"name": a.name, "absolute": a.absolute, "of_need": a.of_need, "of_value": a.of_value}
            for a in problem.aims
        ],
        "whole_persons": problem.whole_persons,
    }


def problem_from_json(data: Json, *, file: str = "problem.json") -> Problem:
    """Return the problem that `problem_to_json` wrote.

    Raises
    ------
    InputError
        If a part is missing or has the wrong shape.
    """
    try:
        _need_format(data)
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
            persons=_unkeyed(data["persons"], ("service", "point"), "persons"),
            sizes={
                (o["service"], o["site"]): tuple(Size(**k) for k in o["sizes"])
                for o in data["sizes"]
            },
            most_units=_unkeyed(data["most_units"], ("service", "site"), "units"),
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
            kept=_unkeyed(data["kept"], ("service", "site"), "reason"),
            vetoed=_unkeyed(data["vetoed"], ("service", "site"), "reason"),
            closing=_unkeyed(data["closing"], ("service", "site"), "reason"),
            address_of=data["address_of"],
            address_places_at_most=data["address_places_at_most"],
            budgets=tuple(_budget_from_json(b) for b in data["budgets"]),
            new_sites_at_most=data["new_sites_at_most"],
            sites_at_most=data["sites_at_most"],
            least_share_served=_unkeyed(
                data["least_share_served"], ("service", "municipality"), "share"
            ),
            today=_unkeyed(data["today"], ("service", "point", "site"), "persons"),
            most_loss_minutes=data["most_loss_minutes"],
            detour_at_most=data["detour_at_most"],
            agreements=None
            if data["agreements"] is None
            else frozenset((a, b, c) for a, b, c in data["agreements"]),
            opening_year=_unkeyed(data["opening_year"], ("service", "site"), "year"),
            approved=None
            if data["approved"] is None
            else _unkeyed(data["approved"], ("service", "site"), "places"),
            aims=tuple(AimTerms(**a) for a in data["aims"]),
            whole_persons=data["whole_persons"],
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _broken(file, error) from error


def plan_to_json(plan: Plan, *, sources: Iterable[Source] = ()) -> Json:
    """Return `plan` as plain JSON values: opened, assigned, unserved, aims, digests, sources."""
    data: Json = {
        "format": FORMAT,
        "notice": INTERNAL,
        "opened": [
            {"service": s, "site": j, "places": o.places, "units": o.units, "kind": o.kind.value}
            for (s, j), o in sorted(plan.opened.items())
        ],
        "assigned": _keyed(plan.assigned, ("service", "point", "site"), "persons"),
        "unserved": [
            {"service": s, "point": i, "persons": persons, "reason": reason}
            for (s, i), total in sorted(plan.unserved.items())
            for reason, persons in _reasons(plan, (s, i), total)
        ],
        "aims": [
            {
                **aim_to_json(total),
                "by_group": [
                    {"services": list(services), **aim_to_json(aims[k])}
                    for services, aims in plan.proof.groups
                ],
            }
            for k, total in enumerate(total_aims(plan.proof))
        ],
        "problem_digest": plan.proof.problem_digest,
        "solver": plan.proof.solver,
        "seconds": plan.proof.seconds,
        "sources": [
            {
                "name": s.name,
                "licence": s.licence,
                "date": s.date,
                "note": s.note,
                "illustrative": s.illustrative,
            }
            for s in sources
        ],
    }
    return {**data, "plan_digest": digest(data)}


def plan_from_json(data: Json, *, file: str = "plan.json") -> Plan:
    """Return the plan that `plan_to_json` wrote.

    Raises
    ------
    InputError
        If a part is missing or has the wrong shape.
    """
    try:
        _need_format(data)
        unserved: dict[Need, int] = {}
        reasons: dict[Need, dict[Reason, int]] = {}
        for row in data["unserved"]:
            need = (row["service"], row["point"])
            unserved[need] = unserved.get(need, 0) + row["persons"]
            if row["reason"]:
                reasons.setdefault(need, {})[Reason(row["reason"])] = row["persons"]
        groups = [
            (
                tuple(first["services"]),
                tuple(_aim_from_json(aim["by_group"][g]) for aim in data["aims"]),
            )
            for g, first in enumerate(data["aims"][0]["by_group"] if data["aims"] else ())
        ]
        return Plan(
            opened={
                (o["service"], o["site"]): Opening(o["places"], o["units"], Kind(o["kind"]))
                for o in data["opened"]
            },
            assigned=_unkeyed(data["assigned"], ("service", "point", "site"), "persons"),
            unserved=unserved,
            proof=Proof(tuple(groups), data["problem_digest"], data["solver"], data["seconds"]),
            reasons=reasons,
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _broken(file, error) from error


def aim_to_json(aim: AimProof) -> Json:
    """Return one aim's proof as plain JSON values."""
    return {
        "name": aim.name,
        "value": aim.value,
        "bound": aim.bound,
        "gap": aim.gap,
        "status": aim.status.value,
        "seconds": aim.seconds,
        "allowance": aim.allowance,
        "in_plan": aim.in_plan,
    }


def total_aims(proof: Proof) -> tuple[AimProof, ...]:
    """Return the aims of all groups together: values and bounds add up, the status is the worst."""
    if not proof.groups:
        return ()
    worst = list(ProofStatus)
    totals = []
    for parts in zip(*(aims for _, aims in proof.groups), strict=True):
        value, bound = _exact_sum(p.value for p in parts), _exact_sum(p.bound for p in parts)
        status = max((p.status for p in parts), key=worst.index)
        totals.append(
            AimProof(
                name=parts[0].name,
                value=value,
                bound=bound,
                gap=1.0 if status is ProofStatus.STOPPED else gap_of(value, bound),
                status=status,
                seconds=round(sum(p.seconds for p in parts), 3),
                allowance=_exact_sum(p.allowance for p in parts),
                in_plan=_exact_sum(p.in_plan for p in parts),
            )
        )
    return tuple(totals)


def gap_of(value: float, bound: float) -> float:
    """Return (value - bound) / max(1, |value|), not below 0."""
    return round(max(0.0, (value - bound) / max(1.0, abs(value))), 9)


def digest(data: Json) -> str:
    """Return the SHA-256 of JSON values in canonical form, as hexadecimal text."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def problem_digest(problem: Problem) -> str:
    """Return the digest that a plan for `problem` carries."""
    return digest(problem_to_json(problem))


def _exact_sum(values: Iterable[float]) -> float:
    return round(sum(values), 6)


def _sparse(row: Any) -> list[list[int]]:
    near = np.flatnonzero(np.isfinite(row))
    return [[int(j), round(float(row[j]) * 1000)] for j in near]


def _keyed(values: Mapping[Any, Any], names: tuple[str, ...], value_name: str) -> list[Json]:
    return [
        {**dict(zip(names, key, strict=True)), value_name: values[key]} for key in sorted(values)
    ]


def _unkeyed(rows: list[Json], names: tuple[str, ...], value_name: str) -> dict[Any, Any]:
    found = {tuple(row[name] for name in names): row[value_name] for row in rows}
    if len(found) != len(rows):
        raise ValueError(f"{value_name}: the same {', '.join(names)} stands twice")
    return found


def _terms_to_json(terms: ServiceTerms) -> Json:
    return {
        "id": terms.id,
        "stay": terms.stay.value,
        "standard_minutes": terms.standard_minutes,
        "limit_minutes": terms.limit_minutes,
        "persons_per_place": terms.persons_per_place,
        "least_load_persons": terms.least_load_persons,
        "home_is_standard": terms.home_is_standard,
    }


def _terms_from_json(data: Json) -> ServiceTerms:
    return ServiceTerms(**{**data, "stay": Stay(data["stay"])})


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


def _aim_from_json(data: Json) -> AimProof:
    return AimProof(
        name=data["name"],
        value=data["value"],
        bound=data["bound"],
        gap=data["gap"],
        status=ProofStatus(data["status"]),
        seconds=data["seconds"],
        allowance=data["allowance"],
        in_plan=data["in_plan"],
    )


def _reasons(plan: Plan, need: Need, total: int) -> list[tuple[str, int]]:
    known = [(reason.value, persons) for reason, persons in plan.reasons.get(need, {}).items()]
    rest = total - sum(persons for _, persons in known)
    return known + ([("", rest)] if rest else [])


def _need_format(data: Json) -> None:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}, this version reads {FORMAT}")


def _broken(file: str, error: Exception) -> InputError:
    return InputError(
        Fault(
            "not a file that the planner wrote ({what}); use the file as it was saved",
            file=file,
            fields={"what": f"{type(error).__name__}: {error}"},
        )
    )


__all__ = [
    "INTERNAL",
    "Json",
    "Link",
    "aim_to_json",
    "digest",
    "gap_of",
    "plan_from_json",
    "plan_to_json",
    "problem_digest",
    "problem_from_json",
    "problem_to_json",
    "total_aims",
]

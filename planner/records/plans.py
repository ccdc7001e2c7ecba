"""Plans and their proofs as JSON values and back; the totals of a proof over its groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from planner.domain import AimProof, Kind, Need, Opening, Plan, Proof, ProofStatus, Reason, Source
from planner.records.text import FORMAT, INTERNAL, Json, broken, digest, keyed, need_format, unkeyed


def plan_to_json(plan: Plan, *, sources: Iterable[Source] = ()) -> Json:
    """Return `plan` as plain JSON values: opened, assigned, unserved, aims, digests, sources."""
    data: Json = {
        "format": FORMAT,
        "notice": INTERNAL,
        "opened": _opened_to_json(plan),
        "assigned": keyed(plan.assigned, ("service", "point", "site"), "persons"),
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
        "sources": [asdict(source) for source in sources],
    }
    return {**data, "plan_digest": digest(data)}


def openings_digest(plan: Plan) -> str:
    """Return the SHA-256 of what a plan opens, in canonical form, as hexadecimal text.

    It tells plans apart and may be published. That of a whole plan may not be: who guesses the true
    counts of persons could check the guess by it.
    """
    return digest({"opened": _opened_to_json(plan)})


def _opened_to_json(plan: Plan) -> list[Json]:
    return [
        {"service": s, "site": j, "places": o.places, "units": o.units, "kind": o.kind.value}
        for (s, j), o in sorted(plan.opened.items())
    ]


def plan_from_json(data: Json, *, file: str = "plan.json") -> Plan:
    """Return the plan that `plan_to_json` wrote.

    Raises
    ------
    InputError
        If a part is missing or has the wrong shape.
    """
    try:
        need_format(data)
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
            assigned=unkeyed(data["assigned"], ("service", "point", "site"), "persons"),
            unserved=unserved,
            proof=Proof(tuple(groups), data["problem_digest"], data["solver"], data["seconds"]),
            reasons=reasons,
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise broken(file, error) from error


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


def _exact_sum(values: Iterable[float]) -> float:
    return round(sum(values), 6)


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

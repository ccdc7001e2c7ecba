"""The nouns of the plan: what is open, who goes where, who stays unserved, how good that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from planner.domain.keys import Link, Need, Option


class Kind(StrEnum):
    """What a plan does at a site that it keeps open."""

    EXISTING = "existing"
    ENLARGED = "enlarged"
    NEW = "new"


class ProofStatus(StrEnum):
    """How good the value of an aim is known to be."""

    PROVEN = "proven"
    BEST_FOUND = "best found"
    STOPPED = "stopped"


class Reason(StrEnum):
    """Why a person stays unserved: the rule whose absence would serve them."""

    NO_SITE_WITHIN_LIMIT = "no site within the limit"
    BELOW_VIABLE_LOAD = "below viable load"
    NO_PLACES = "no places"
    BUDGET = "budget"
    SITES_AT_MOST = "number of sites"
    FORBIDDEN = "forbidden"
    NO_AGREEMENT = "no agreement"


@dataclass(frozen=True)
class Opening:
    """What is open at an option: all its places, how many units, and what the plan did there.

    New units at one place may differ in size: `places` is their sum, and they are the cheapest
    set of `units` allowed sizes with that sum.
    """

    places: int
    units: int
    kind: Kind


@dataclass(frozen=True)
class AimProof:
    """What is known about one aim.

    `value` is what was achieved when the aim was solved, `bound` what no plan can beat under the
    earlier aims, `allowance` what later aims could give back, `in_plan` the value in the final
    plan, ``gap = (value - bound) / max(1, |value|)``; a stopped aim has gap 1.
    """

    name: str
    value: float
    bound: float
    gap: float
    status: ProofStatus
    seconds: float
    allowance: float
    in_plan: float


@dataclass(frozen=True)
class Proof:
    """How good a plan is known to be: for each group of coupled services, aim after aim.

    Services that no rule couples are solved apart and form a group each.
    """

    groups: tuple[tuple[tuple[str, ...], tuple[AimProof, ...]], ...]
    problem_digest: str
    solver: str
    seconds: float


@dataclass(frozen=True)
class Plan:
    """Where each service is open, who goes where, who stays unserved and why.

    `reasons` splits each unserved need by reason; empty until they have been found.
    """

    opened: Mapping[Option, Opening]
    assigned: Mapping[Link, int]
    unserved: Mapping[Need, int]
    proof: Proof
    reasons: Mapping[Need, Mapping[Reason, int]] = field(default_factory=dict)

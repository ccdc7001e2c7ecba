"""Problems, plans and study areas as JSON values and back: what a saved plan is checked from."""

from planner.records.areas import area_from_json, area_to_json
from planner.records.plans import (
    aim_to_json,
    gap_of,
    openings_digest,
    plan_from_json,
    plan_to_json,
    total_aims,
)
from planner.records.problems import problem_digest, problem_from_json, problem_to_json
from planner.records.text import INTERNAL, Json, digest

__all__ = [
    "INTERNAL",
    "Json",
    "aim_to_json",
    "area_from_json",
    "area_to_json",
    "digest",
    "gap_of",
    "openings_digest",
    "plan_from_json",
    "plan_to_json",
    "problem_digest",
    "problem_from_json",
    "problem_to_json",
    "total_aims",
]

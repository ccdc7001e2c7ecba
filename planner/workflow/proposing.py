"""A scenario into a checked plan beside today: read, pose, solve, explain, verify."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from planner import facility_location, verification
from planner.analysis.duplication import Duplication, needless_units, sites_beyond_fewest
from planner.analysis.explanation import explain_unserved
from planner.disclosure import Release, ServedTables, StartTables
from planner.domain import (
    Plan,
    Problem,
    Scenario,
    Stay,
    StudyArea,
    TravelTimes,
)
from planner.errors import Fault, InputError
from planner.facility_location import Limits, Progress
from planner.inputs.approved import APPROVED, ApprovedEdition, read_approved
from planner.inputs.study_area import read_study_area, starter_data
from planner.problem import build_problem, service_needs, today_of
from planner.roads.network import load_network
from planner.roads.tables import read_minutes_table
from planner.roads.travel_times import travel_times

log = logging.getLogger(__name__)

DEFAULT_SECONDS = 60.0
CUTOFF_MINUTES = 120.0
STARTER_ROADS = Path("roads") / "starter.npz"
SHARE_FOR_TODAY = 0.15  # of the time limit, at most
SHARE_FOR_PLAN = 0.8  # of what is left then; the rest explains and looks for duplicates
MOST_FOR_WRITING = 12.0  # seconds kept back of the time limit for protecting and writing tables
SHARE_FOR_WRITING = 0.2
LEAST_FOR_DUPLICATION = 2.0  # seconds; with less it is not worth while to begin
NOT_OF_THE_AREA = ("roads", "minutes", APPROVED)  # files of a scenario that are read apart
OUT_OF_FAMILY = "children_out_of_family"
IN_INSTITUTIONS = "children_in_institutions"

Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Prepared:
    """A question with all that is needed to answer it."""

    scenario: Scenario
    area: StudyArea
    travel: TravelTimes
    problem: Problem


@dataclass(frozen=True)
class StartNow:
    """Persons of a municipality whom a service can reach without anything being built.

    ``why`` is "mobile", "family", "unserved" (by the site-bound service, so that contracted
    specialists can come) or "assessed" (out of family, not in an institution).
    """

    municipality: str
    service: str
    persons: int
    why: str


@dataclass(frozen=True)
class Proposal:
    """A checked plan beside today, with what it answers and what it was made from.

    `duplication` is ``None`` where there was no time to look for it. `released` and
    `released_start` are what readers may know of the persons; ``None`` before the gate has
    protected it, see `with_release`. A plan that was loaded knows its `folder`, and `kept` is all
    that has been released of it.
    """

    scenario: Scenario
    area: StudyArea
    problem: Problem
    plan: Plan
    today_problem: Problem
    today: Plan
    start_now: tuple[StartNow, ...]
    duplication: Duplication | None = None
    released: ServedTables | None = None
    released_start: StartTables | None = None
    folder: Path | None = None
    kept: tuple[Release, ...] = ()


def prepare(scenario: Scenario, *, data: Path | None = None) -> Prepared:
    """Read what `scenario` needs and pose its problem.

    Parameters
    ----------
    scenario : Scenario
        As `planner.inputs.scenario.read_scenario` gives it.
    data : Path, optional
        The data folder; the starter data that come with the planner where it is absent.

    Raises
    ------
    InputError
        If any file or name is not usable, every fault at once; or if nobody is in need of what is
        asked for, of whom a plan could say nothing.
    """
    folder = data or starter_data()
    roles = {r: Path(p) for r, p in scenario.data.items() if r not in NOT_OF_THE_AREA}
    area = read_study_area(scenario.region, data=folder, files=roles, partners=scenario.partners)
    travel = _travel(area, scenario, folder)
    role = "minutes" if "minutes" in scenario.data else "roads"
    area = replace(area, sources=(*area.sources, replace(travel.source, role=role)))
    problem = build_problem(area, travel, scenario, approved=approved_in(area, scenario))
    if not problem.persons:
        raise nobody_in_need()
    return Prepared(scenario, area, travel, problem)


def propose(
    prepared: Prepared, *, limits: Limits | None = None, on_progress: Report | None = None
) -> Proposal:
    """Solve today and the plan, explain who stays unserved, and check both before anyone sees them.

    Raises
    ------
    NoPlanError, InfeasibleError
        See `planner.facility_location.solve`.
    VerificationError
        If a plan breaks a rule; nothing is returned then.
    """
    limits = limits or Limits(seconds=DEFAULT_SECONDS)
    started = time.monotonic()

    def left(share: float) -> Limits:
        if limits.seconds is None:
            return limits
        rest = limits.seconds - (time.monotonic() - started)
        return replace(limits, seconds=max(0.5, rest * share))

    problem, today_problem = prepared.problem, today_of(prepared.problem)
    today = facility_location.solve(today_problem, limits=left(SHARE_FOR_TODAY))
    today = explain_unserved(today_problem, today, limits=left(SHARE_FOR_TODAY))
    verification.require_sound(today_problem, today)
    if problem.most_loss_minutes is not None:
        problem = replace(problem, today=today.assigned)
    with facility_location.solving(problem, limits=left(SHARE_FOR_PLAN)) as steps:
        for step in steps:
            if on_progress is not None:
                on_progress(step)
        plan = steps.plan
    plan = explain_unserved(problem, plan, limits=left(SHARE_FOR_PLAN))
    verification.require_sound(problem, plan)
    log.info("proposed a plan in %.1f s", time.monotonic() - started)
    return Proposal(
        scenario=prepared.scenario,
        area=prepared.area,
        problem=problem,
        plan=plan,
        today_problem=today_problem,
        today=today,
        start_now=start_now(prepared.area, prepared.scenario, problem, plan),
        duplication=_duplication(problem, plan, left(1.0)),
    )


def nobody_in_need() -> InputError:
    """Return what to say where a plan would be one for nobody."""
    return InputError(
        Fault(
            "nobody is assessed who needs the services asked for; bring in needs (planner "
            "import needs FILE --out FOLDER) and name the file that this writes under [data] "
            "as assessed"
        )
    )


def posed(prepared: Prepared, limits: Limits | None = None) -> Problem:
    """Return the problem with today's assignment, where nobody may lose more than some minutes."""
    problem = prepared.problem
    if problem.most_loss_minutes is None:
        return problem
    today = facility_location.solve(today_of(problem), limits=limits or Limits())
    return replace(problem, today=today.assigned)


def _duplication(problem: Problem, plan: Plan, limits: Limits) -> Duplication | None:
    if limits.seconds is not None and limits.seconds < LEAST_FOR_DUPLICATION:
        return None
    half = limits if limits.seconds is None else replace(limits, seconds=limits.seconds / 2)
    fewest = sites_beyond_fewest(problem, plan, limits=half)
    needless = needless_units(problem, plan, limits=half)
    return Duplication(
        beyond_fewest={s: (found.beyond, found.proven) for s, found in fewest.items()},
        needless=tuple(sorted(option for option, spare in needless.items() if spare)),
    )


def solving_seconds(time_limit: float) -> float:
    """Return how long to solve so that all is also checked, protected and written in good time."""
    return time_limit - min(MOST_FOR_WRITING, SHARE_FOR_WRITING * time_limit)


def start_now(
    area: StudyArea, scenario: Scenario, problem: Problem, plan: Plan
) -> tuple[StartNow, ...]:
    """Return whom each municipality can begin to serve before anything is built.

    Every municipality has a row for each service and way to begin that anybody has, also for
    nobody: that a row is not there would tell so where its count is withheld.
    """
    found: Counter[tuple[str, str, str]] = Counter()
    municipality_of = problem.municipality_of_point
    stay = {s.id: s.stay for s in area.services}
    for (service, point), persons in service_needs(area, scenario).items():
        if stay[service] in (Stay.MOBILE, Stay.FAMILY):
            found[municipality_of[point], service, stay[service].value] += persons
    contracted = {s.id for s in area.services if "contracted" in s.start_without_building}
    for (service, point), persons in plan.unserved.items():
        if service in contracted:
            found[municipality_of[point], service, "unserved"] += persons
    family = next((s.id for s in area.services if s.stay is Stay.FAMILY), "")
    for place in area.points:
        assessed = area.assessed.get((OUT_OF_FAMILY, place.id), 0)
        others = assessed - area.assessed.get((IN_INSTITUTIONS, place.id), 0)
        if others > 0 and family:
            found[place.municipality_atvk, family, "assessed"] += others
    ways = sorted({(service, why) for (_, service, why), n in found.items() if n})
    return tuple(
        StartNow(m, service, found[m, service, why], why)
        for m in sorted(set(municipality_of.values()))
        for service, why in ways
    )


def approved_in(area: StudyArea, scenario: Scenario) -> ApprovedEdition | None:
    """Return the approved edition that a scenario names, ``None`` where it names none.

    Raises
    ------
    InputError
        See `planner.inputs.approved.read_approved`.
    """
    if APPROVED not in scenario.data:
        return None
    path = Path(scenario.data[APPROVED])
    return read_approved(path, area, committed=scenario.committed)


def _travel(area: StudyArea, scenario: Scenario, folder: Path) -> TravelTimes:
    if "minutes" in scenario.data:
        return read_minutes_table(Path(scenario.data["minutes"]), area.points, area.sites)
    roads = Path(scenario.data.get("roads", folder / STARTER_ROADS))
    return travel_times(load_network(roads), area.points, area.sites, cutoff_minutes=CUTOFF_MINUTES)

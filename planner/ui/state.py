"""What a session remembers: the question being asked, the plan being looked at.

This module, `address`, `data_state` and `given_state` alone touch `st.session_state`. Results lie
in files; a session holds their ids.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st

from planner import workflow
from planner.domain import Audience, Option, Readers, Scenario, StudyArea, bounds_of
from planner.errors import PlannerError
from planner.inputs.service_needs import anybody_in_need
from planner.inputs.uploads import sweep_uploads
from planner.locales import say
from planner.ui import address, given_state, home, once, question
from planner.ui.calculations import Calculations, Stage, Standing
from planner.ui.home import Run
from planner.workflow import Proposal

log = logging.getLogger(__name__)

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SECONDS_FOR_TODAY = 20.0

_SOURCE, _REGION, _SHOWN, _WATCHED, _MARKS = "source", "region", "shown", "watched", "marks"
_WANTED = "wanted"


def begin() -> None:
    """Prepare a new session: the newest plan, what still runs, and never nothing at all."""
    if _SOURCE in st.session_state:
        return
    sweep_uploads()
    st.session_state[_MARKS], st.session_state[_WANTED] = {}, {}
    known = calculations()
    newest = next(_of_plans(known.at(Stage.RUNNING)), None) or next(
        _of_plans(known.at(Stage.DONE)), None
    )
    choose(newest.source if newest and newest.source in sources() else once.FIRST_SCENARIO)


# --- the question --------------------------------------------------------------------------------


def sources() -> dict[str, Scenario]:
    """Return the scenarios that a question can start from, by id."""
    return once.sources(SCENARIOS, tuple(sorted(SCENARIOS.glob("*.toml"))))


def source() -> str:
    """Return the id of the scenario that the question starts from; "" where there is none."""
    return str(st.session_state[_SOURCE])


def region() -> str:
    """Return the id of the region that all pages are about."""
    return str(st.session_state[_REGION])


def choose_region(region_id: str) -> None:
    """Turn to a region, and to its first scenario."""
    fitting = [name for name, s in sources().items() if s.region == region_id]
    if fitting:
        choose(fitting[0])
    else:
        st.session_state[_REGION], st.session_state[_SOURCE] = region_id, ""
        st.session_state[_SHOWN] = st.session_state[_WATCHED] = None


def choose(source_id: str) -> None:
    """Turn to a scenario: its newest plan, or else today's situation, calculated now."""
    known = calculations()
    st.session_state[_SOURCE] = source_id
    st.session_state[_REGION] = sources()[source_id].region
    st.session_state[_SHOWN] = _usable(known.at(Stage.DONE, source=source_id, purpose=home.PLAN))
    if shown() is None:
        st.session_state[_SHOWN] = _usable(known.at(Stage.DONE, source=source_id))
    st.session_state[_WATCHED] = next(known.at(Stage.RUNNING, source=source_id), None)
    if shown() is None and watched() is None and has_needs():
        calculate(
            question.today_only(sources()[source_id]),
            purpose=home.TODAY,
            seconds=SECONDS_FOR_TODAY,
        )


def _of_plans(found: Iterable[Run]) -> Iterator[Run]:
    return (run for run in found if run.purpose != home.PRICES)


def _usable(found: Iterable[Run]) -> Run | None:
    """Return the first calculation that still loads; an older planner may have left others."""
    for run in found:
        try:
            once.load(run.id, run.result)
        except PlannerError as error:
            log.warning("the plan %s is passed over: %s", run.id, error)
        else:
            return run
    return None


def asked() -> Scenario:
    """Return the scenario as it was last asked in this project, or as its file says."""
    run = shown()
    if run is not None and is_plan():
        return question_of(run)
    return sources()[source()]


def marks() -> dict[Option, str]:
    """Return the sites marked to be kept or forbidden in the next calculation."""
    if source() not in st.session_state[_MARKS]:
        st.session_state[_MARKS][source()] = question.marks_of(asked())
    return dict(st.session_state[_MARKS][source()])


def set_marks(wanted: Mapping[Option, str]) -> None:
    """Remember the marks for the next calculation."""
    st.session_state[_MARKS][source()] = dict(wanted)


def set_mark(option: Option, mark: str) -> None:
    """Remember one mark for the next calculation."""
    set_marks({**marks(), option: mark})


def want(scenario: Scenario) -> None:
    """Remember what the next calculation asks, as the controls stand now."""
    st.session_state[_WANTED][source()] = scenario


def answers_what_is_set() -> bool:
    """Return whether the shown plan was asked with what the controls say now."""
    wanted = st.session_state[_WANTED].get(source())
    return wanted is None or question.same_wishes(wanted, asked(), area().services)


# --- calculations and plans ----------------------------------------------------------------------


def calculate(scenario: Scenario, *, purpose: str, seconds: float) -> None:
    """Begin a calculation with the chosen data, for the readers, and follow it.

    One followed before is ended.
    """
    if (before := watched()) is not None:
        calculations().cancel(before)
    base = replace(scenario, data=sources()[source()].data)
    st.session_state[_WATCHED] = calculations().start(
        workflow.with_kept_data(base, data_folder()),
        source=source(),
        purpose=purpose,
        seconds=seconds,
        language=address.language(),
        readers=readers(),
    )


def watched() -> Run | None:
    """Return the calculation that this session follows."""
    run: Run | None = st.session_state.get(_WATCHED)
    return run


def standing() -> Standing | None:
    """Return how far the followed calculation has come; a finished one becomes the shown plan."""
    run = watched()
    if run is None:
        return None
    found = calculations().standing(run)
    if found.stage is Stage.DONE:
        st.session_state[_SHOWN], st.session_state[_WATCHED] = run, None
    return found


def cancel() -> None:
    """End the followed calculation at once."""
    if (run := watched()) is not None:
        calculations().cancel(run)


def shown() -> Run | None:
    """Return the calculation whose plan all pages look at."""
    run: Run | None = st.session_state.get(_SHOWN)
    return run


def is_plan() -> bool:
    """Return whether what is shown is a plan, and not only what operates and is decided."""
    run = shown()
    return run is not None and run.purpose == home.PLAN


def proposal() -> Proposal | None:
    """Return the plan that all pages look at, as its readers may know it; ``None`` before one."""
    run = shown()
    return None if run is None else proposal_of(run)


def loaded() -> Proposal | None:
    """Return the plan that all pages look at as it was saved; ``None`` before one."""
    run = shown()
    return None if run is None else once.load(run.id, run.result)


def proposal_of(run: Run) -> Proposal:
    """Return the plan that a calculation left, as the readers may know it.

    The first time for other readers it takes seconds.
    """
    chosen = readers()
    folder = _folder_for(run, chosen)
    with st.spinner(say(address.language(), "The counts are protected for their readers")):
        return once.told(run.id, run.result, folder, workflow.edition(folder), chosen)


def told_key() -> str:
    """Return what tells the shown plan apart from others, and from itself for other readers."""
    run = shown()
    return "" if run is None else told_key_of(run)


def told_key_of(run: Run) -> str:
    """Return what tells the plan of a calculation apart, as `told_key` does."""
    folder = _folder_for(run, readers())
    return f"{folder}:{workflow.edition(folder)}"


def readers() -> Readers:
    """Return for whom plans are shown: as was chosen, or as the shown plan was made.

    Their threshold is one that the scenario allows, which may have changed since.
    """
    if not source():
        return Readers()
    run, found = shown(), given_state.readers(source())
    if found is None and run is not None:
        found = workflow.readers_of(once.load(run.id, run.result))
    found = found or sources()[source()].readers()
    least, most = threshold_bounds(found.audience)
    return Readers(found.audience, min(max(found.threshold, least), most))


def usual_readers(audience: Audience) -> Readers:
    """Return an audience with the threshold that the scenario leaves it."""
    return asked().readers(audience)


def threshold_bounds(audience: Audience) -> tuple[int, int]:
    """Return the least and the most that an audience's threshold may be in this scenario."""
    return bounds_of(audience, {k: n for k, n in asked().thresholds.items() if k is not audience})


def _folder_for(run: Run, chosen: Readers) -> Path:
    """Return where what some readers may know of a plan is kept."""
    return run.folder / "told" / f"{chosen.audience}-{chosen.threshold}"


def question_of(run: Run) -> Scenario:
    """Return what a calculation was asked."""
    return once.asked_in(run.id, run.question)


def area() -> StudyArea:
    """Return the area of the shown plan, or of the region before there is one."""
    run = shown()
    return next_area() if run is None else once.load(run.id, run.result).area


def area_key() -> str:
    """Return what tells the area apart from others."""
    run = shown()
    return run.id if run is not None else f"{region()}:{source()}"


# --- data of one's own ---------------------------------------------------------------------------


def data_folder() -> Path:
    """Return the folder of what is kept for the region, or for a scenario on its own places."""
    own = source() if source() and "settlements" in sources()[source()].data else ""
    return home.data_folder(home.home(), own or region())


def next_scenario() -> Scenario | None:
    """Return the scenario with the data that its next calculation uses; ``None`` without one."""
    return workflow.with_kept_data(sources()[source()], data_folder()) if source() else None


def next_area() -> StudyArea:
    """Return the area that the next calculation is about."""
    scenario = next_scenario()
    if scenario is None:
        return once.area_of(region(), (), ())
    return once.area_of(region(), tuple(sorted(scenario.data.items())), scenario.partners)


def has_needs() -> bool:
    """Return whether the next calculation has anybody to place."""
    try:
        scenario = next_scenario()
        return scenario is not None and anybody_in_need(next_area(), scenario)
    except PlannerError:
        return True  # the calculation itself says what is wrong with the files


def calculations() -> Calculations:
    """Return the calculations of the project, one for the whole server."""
    return once.calculations(home.home())

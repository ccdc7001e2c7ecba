"""Which two situations the reader compares: today and a plan, or two plans of the project."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from planner.domain import Service
from planner.publishing import formats
from planner.publishing.comparison_tables import TOLD_APART
from planner.publishing.people import Turnover
from planner.ui import address, home, question, state
from planner.ui.calculations import Stage
from planner.ui.cards import show_note
from planner.ui.home import Run
from planner.ui.words import euros, tell, then
from planner.workflow import Compared, Proposal, beside

TODAY = ""
SIDE_TITLES = ("Plan A", "Plan B")


@dataclass(frozen=True)
class View:
    """Two situations beside each other; `today` is today beside the first where that is a plan."""

    compared: Compared
    area_key: str
    is_plan: bool
    today: View | None = None

    @property
    def told(self) -> Turnover:
        """What may be told of the persons of both."""
        return self.compared.told

    @property
    def proposal(self) -> Proposal:
        """The plan that is looked at, the second of two."""
        return self.compared.about[-1]

    @property
    def outside(self) -> frozenset[str]:
        """The municipalities that are in no total of the region."""
        return frozenset().union(*(p.problem.outside for p in self.compared.about))

    @property
    def services(self) -> list[Service]:
        """The services that both plan for, in the catalogue's order."""
        problems = self.compared.before.problem, self.compared.after.problem
        offered = self.proposal.area.services
        return [s for s in offered if all(s.id in problem.services for problem in problems)]

    @property
    def then(self) -> str:
        """Whose figures the second ones are, as they stand in a sentence."""
        if self.today is not None:
            return tell("by plan B")
        return then(plan=self.is_plan)

    def minutes(self, service: str) -> float | None:
        """Return the standard of a service in minutes, ``None`` where the two plans differ."""
        both = {
            situation.problem.services[service].standard_minutes
            for situation in (self.compared.before, self.compared.after)
        }
        return both.pop() if len(both) == 1 else None


def choose_view(shown: Run) -> View | None:
    """Return what the reader compares: today and the shown plan, unless two plans are chosen."""
    plans = {run.id: run for run in (*_beside_today(shown), *finished_plans(shown))}
    if len(plans) < len(SIDE_TITLES):
        show_note(tell("Compared with today: {plan}", plan=label_of(shown)))
        return _today_beside(shown)
    labels = {TODAY: tell("Today")} | {run_id: label_of(run) for run_id, run in plans.items()}
    left, right = st.columns(2)
    with left:
        first = st.selectbox(
            tell("Plan A, or today"),
            list(labels),
            format_func=labels.__getitem__,
            key=f"first:{state.data_folder().name}",
        )
    with right:
        second = st.selectbox(
            tell(SIDE_TITLES[1]),
            list(plans),
            index=list(plans).index(shown.id),
            format_func=labels.__getitem__,
            key=f"second:{state.data_folder().name}",
        )
    if first == second:
        st.info(tell("Plan A and plan B are the same; choose two different ones."))
        return None
    after = plans[second or shown.id]
    return _two(plans[first], after) if first else _today_beside(after)


def finished_plans(shown: Run) -> list[Run]:
    """Return the finished plans of the project for the same places as the shown one, newest first.

    A scenario that brings its own settlements has other places than its region.
    """
    known = state.calculations().at(Stage.DONE, purpose=home.PLAN)
    return [run for run in known if _places(run) == _places(shown)]


def show_differences(view: View) -> None:
    """Say so where two plans are not for the same needs or standards, or tell too much together."""
    if view.today is None:
        return
    before, after = view.compared.before.problem, view.compared.after.problem
    if before.persons != after.persons:
        show_note(
            tell("The two plans rest on different needs, so their shares are of different persons.")
        )
    if any(view.minutes(service.id) is None for service in view.services):
        show_note(tell("The two plans have different standards."))
    if view.told.turns.told_before:
        show_note(tell(TOLD_APART))


def _beside_today(shown: Run) -> list[Run]:
    """Return the shown calculation where it is no plan, but only what operates and is decided."""
    return [] if shown.purpose == home.PLAN else [shown]


def _places(run: Run) -> tuple[str, str]:
    asked = state.question_of(run)
    return asked.region, asked.data.get("settlements", "")


def label_of(run: Run) -> str:
    """Return what tells a plan from others: scenario, budget, and when it was asked for."""
    asked = state.question_of(run)
    when = run.started.astimezone()
    parts = [asked.title, f"{formats.day(when, language=address.language())} {when:%H:%M:%S}"]
    if (amount := question.budget_of(asked)) is not None:
        parts.insert(1, euros(amount))
    if run.purpose != home.PLAN:
        parts.append(tell("with what is decided"))
    return ", ".join(parts)


def _today_beside(run: Run) -> View:
    is_plan = run.purpose == home.PLAN
    title = "Plan" if is_plan else "Decided already"
    proposal = state.proposal_of(run)
    compared = _beside(TODAY, state.told_key_of(run), ("Today", title), None, proposal)
    return View(compared, run.id, is_plan)


def _two(first: Run, second: Run) -> View:
    proposals = state.proposal_of(first), state.proposal_of(second)
    keys = state.told_key_of(first), state.told_key_of(second)
    compared = _beside(*keys, SIDE_TITLES, *proposals)
    return View(compared, second.id, is_plan=True, today=_today_beside(first))


@st.cache_resource(max_entries=6, show_spinner=False)
def _beside(
    before_key: str,
    after_key: str,
    titles: tuple[str, str],
    _before: Proposal | None,
    _after: Proposal,
) -> Compared:
    del before_key, after_key  # what the same readers may know of two plans never changes
    return beside(_before, _after, titles=titles)

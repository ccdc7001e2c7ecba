"""What a page shows while the first figures of a region are still being calculated."""

from __future__ import annotations

import streamlit as st

from planner.domain import StudyArea
from planner.ui import edition, files_in_view, state
from planner.ui.cards import show_note, show_sentence
from planner.ui.giving_out import say_who_reads
from planner.ui.words import tell, tell_count

FIRST_PAGE = "planner/ui/pages/explore.py"


def show_waiting(area: StudyArea) -> None:
    """Say what is known of the region already, and what is being done."""
    if state.watched() is not None:
        show_sentence(tell("Today's situation is being calculated"))
    show_note(
        " · ".join(
            (
                tell_count(
                    "{count} municipality", "{count} municipalities", len(area.municipalities)
                ),
                tell_count("{count} settlement", "{count} settlements", len(area.points)),
                tell_count(
                    "{count} existing service", "{count} existing services", len(area.facilities)
                ),
            )
        )
    )


def say_what_is_shown() -> None:
    """Say so where what is shown is no plan yet, rests on other data, or is not for everybody."""
    say_who_reads()
    if _rests_on_others():
        st.info(
            tell(
                "What is shown was calculated with other data than those that are chosen now; "
                "Calculate on the first page uses the chosen ones."
            )
        )
    if state.is_plan() and not state.answers_what_is_set():
        st.info(
            tell(
                "What is shown was calculated with another budget, standard or mark than is set "
                "now; Calculate on the first page makes a plan for what is set."
            )
        )
    if not state.is_plan():
        st.info(
            tell(
                "There is no plan yet for this scenario. Shown is what operates and what is "
                "decided already; Calculate on the first page makes a plan."
            )
        )


def lead_to_calculation() -> None:
    """Say so where the shown plan rests on other data than are chosen, and lead to Calculate."""
    if _rests_on_others():
        show_note(tell("The plan that is shown does not rest on these data yet."))
        st.page_link(FIRST_PAGE, label=tell("Calculate with them on the first page"))


def _rests_on_others() -> bool:
    if state.shown() is None:
        return False
    others = files_in_view.shown_data() != files_in_view.next_data()
    return others or edition.asks_for_calculation()


def need_a_plan() -> None:
    """Say that there is no plan yet, and lead to where one is made."""
    st.info(tell("There is nothing to show yet; the first page calculates it."))
    st.page_link(FIRST_PAGE, label=tell("To the first page"))

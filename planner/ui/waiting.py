"""What a page shows while the first figures of a region are still being calculated."""

from __future__ import annotations

import streamlit as st

from planner.domain import StudyArea
from planner.ui import state
from planner.ui.cards import show_note, show_sentence
from planner.ui.words import tell, tell_count


def show_waiting(area: StudyArea) -> None:
    """Say what is known of the region already, and what is being done."""
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


def need_a_plan() -> None:
    """Say that there is no plan yet, and lead to where one is made."""
    if state.watched() is not None:
        st.info(tell("A plan is being calculated; it appears here when it is there."))
    else:
        st.info(tell("There is no plan yet for this scenario: calculate one on the first page."))
    st.page_link("planner/ui/pages/explore.py", label=tell("To the first page"))

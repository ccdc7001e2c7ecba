"""Compare: today against the plan for one municipality or for all; who gains, who gets worse."""

import streamlit as st

from planner.publishing.scene import CHANGE
from planner.ui import state
from planner.ui.choosing import choose_municipality
from planner.ui.comparing import (
    choose_services,
    comparison_of,
    rows_of,
    show_answer,
    show_municipalities,
    show_turns,
    sum_of,
)
from planner.ui.figures import figures_of
from planner.ui.map_view import show_map
from planner.ui.showing import showing_errors, title
from planner.ui.waiting import need_a_plan, say_what_is_shown
from planner.ui.words import tell

with showing_errors():
    title(tell("What does the plan do to the people of a municipality?"))
    proposal = state.proposal()
    if proposal is None:
        need_a_plan()
        st.stop()
    say_what_is_shown()
    left, right = st.columns(2)
    with left:
        municipality = choose_municipality(proposal)
    with right:
        service = choose_services(proposal)
    rows = rows_of(comparison_of(proposal), service)
    outside = proposal.problem.outside
    own = [
        row
        for row in rows
        if (
            row.municipality not in outside
            if municipality is None
            else row.municipality == municipality.atvk
        )
    ]
    if own:
        show_answer(proposal, sum_of(own), municipality, service)
        show_turns(proposal, sum_of(own))
    else:
        st.info(tell("Nobody here needs this service."))
    if service is not None:
        show_map(proposal, figures_of(proposal), service, first=CHANGE)
    st.subheader(tell("Municipalities, those with most persons who get worse first"), anchor=False)
    show_municipalities(proposal, rows)

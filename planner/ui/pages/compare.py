"""Compare: today, plan A and plan B for one municipality or for all; who gains, who gets worse."""

import streamlit as st

from planner.publishing.scene import CHANGE
from planner.ui import state
from planner.ui.choosing import choose_municipality
from planner.ui.comparing import (
    choose_services,
    rows_at,
    rows_of,
    show_answer,
    show_municipalities,
    show_turns,
    sum_of,
)
from planner.ui.map_view import show_situations
from planner.ui.showing import showing_errors, title
from planner.ui.sides import choose_view, show_differences
from planner.ui.waiting import need_a_plan, say_what_is_shown
from planner.ui.words import tell

with showing_errors():
    title(tell("What does the plan do to the people of a municipality?"))
    run = state.shown()
    if run is None:
        need_a_plan()
        st.stop()
    say_what_is_shown()
    view = choose_view(run)
    if view is None:
        st.stop()
    left, right = st.columns(2)
    with left:
        municipality = choose_municipality(view.proposal)
    with right:
        service = choose_services(view)
    rows = rows_of(view, service)
    if own := rows_at(view, rows, municipality):
        show_answer(view, sum_of(own), municipality, service)
        show_turns(view, sum_of(own))
    else:
        st.info(tell("Nobody here needs this service."))
    show_differences(view)
    if service is not None:
        situations = view.compared.after, view.compared.before
        area = view.proposal.area
        show_situations(situations, area, service, key=view.area_key, first=CHANGE)
    st.subheader(tell("Municipalities, those with most persons who get worse first"), anchor=False)
    show_municipalities(view, rows, service)

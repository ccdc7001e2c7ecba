"""Method: how a plan is made, what proven means, and which settings are in force."""

import streamlit as st

from planner.ui import state
from planner.ui.method import show_settings, show_steps
from planner.ui.showing import plain, showing_errors, title
from planner.ui.waiting import need_a_plan
from planner.ui.words import tell

with showing_errors():
    title(tell("How is a plan made?"))
    left, right = st.columns([1.2, 1.0], gap="large")
    scenario, proposal = state.asked() if state.source() else None, state.proposal()
    with left:
        show_steps(scenario, proposal)
    with right:
        if scenario is None or proposal is None:
            need_a_plan()
        else:
            told = tell("Settings in force: {scenario}", scenario=plain(scenario.title))
            st.subheader(told, anchor=False)
            show_settings(scenario, proposal)

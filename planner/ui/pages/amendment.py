"""Plan and amendments: what the plan changes, row by row, and the documents to download."""

import streamlit as st

from planner.ui import state
from planner.ui.showing import showing_errors, title
from planner.ui.waiting import need_a_plan
from planner.ui.words import tell

with showing_errors():
    title(tell("What changes against what exists?"))
    proposal = state.proposal()
    if proposal is None:
        need_a_plan()
        st.stop()

"""Data: what a plan rests on, files of one's own checked and taken in, places the roads miss."""

import streamlit as st

from planner.inputs.kinds import KINDS
from planner.ui.asking import choose_place
from planner.ui.in_use import show_choices, show_roads, show_sources
from planner.ui.receipt import show_received, show_taken
from planner.ui.sending import ask_for_file, choose_kind, offer_templates
from planner.ui.showing import showing_errors, title
from planner.ui.waiting import lead_to_calculation
from planner.ui.words import tell

with showing_errors():
    title(tell("What does the plan rest on?"))
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        choose_place()
        st.subheader(tell("Used by the next calculation"), anchor=False)
        show_choices()
        lead_to_calculation()
    with right:
        st.subheader(tell("Bring in data of your own"), anchor=False)
        kind = choose_kind()
        offer_templates(kind)
        ask_for_file(kind)
        show_received(kind)
        show_taken(*KINDS)
    st.subheader(tell("Sources"), anchor=False)
    show_sources()
    st.subheader(tell("Roads"), anchor=False)
    show_roads()

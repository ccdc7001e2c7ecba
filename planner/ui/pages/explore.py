"""Explore: ask a question, watch the search, see the plan beside today, mark sites, ask again."""

import streamlit as st

from planner.ui import state
from planner.ui.asking import ask
from planner.ui.choosing import choose_service
from planner.ui.figures import figures_of, show_four, show_services
from planner.ui.following import show_proof
from planner.ui.map_view import show_map
from planner.ui.pricing import show_prices
from planner.ui.showing import showing_errors, title
from planner.ui.site_table import add_mark, show_sites
from planner.ui.waiting import say_what_is_shown, show_waiting
from planner.ui.why import why_said
from planner.ui.words import tell

with showing_errors():
    title(tell("Where should services go, so that people reach them close to home?"))
    left, centre, right = st.columns([1.3, 2.8, 1.1], gap="medium")
    with left:
        ask(state.area())
    proposal = state.proposal()
    if proposal is None:
        with centre:
            show_waiting(state.area())
        st.stop()
    figures = figures_of(proposal)
    with centre:
        say_what_is_shown()
        service = choose_service(proposal)
        show_map(proposal, figures, service)
    with right:
        show_four(proposal, figures, service)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(tell("Sites"), anchor=False, width="stretch")
        add_mark(proposal, service)
    show_sites(proposal, service, why_said(proposal))
    st.subheader(tell("All services"), anchor=False)
    show_services(proposal, figures)
    show_proof(proposal)
    show_prices()

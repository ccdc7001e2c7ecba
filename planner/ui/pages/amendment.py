"""Plan and amendments: what the plan changes, row by row, and the documents to download."""

import streamlit as st

from planner.publishing.amendment_tables import compared_with, unpriced_sentence
from planner.ui import address, edition, state
from planner.ui.amending import (
    amendment_of,
    changes_in,
    show_changes,
    show_sum,
)
from planner.ui.cards import show_note
from planner.ui.choosing import choose_municipality
from planner.ui.giving_out import choose_readers, offer_documents
from planner.ui.showing import showing_errors, title
from planner.ui.waiting import FIRST_PAGE, need_a_plan, say_what_is_shown
from planner.ui.words import tell

with showing_errors():
    proposal, run = state.proposal(), state.shown()
    head = st.empty()
    with head:
        title(tell("What changes against what exists?"))
    if proposal is None or run is None:
        need_a_plan()
        st.stop()
    edition.choose_edition(run)
    edition.bring_in()
    say_what_is_shown()
    beside = edition.compared(proposal)
    if beside is None:
        st.page_link(FIRST_PAGE, label=tell("Calculate against the chosen edition"))
    proposal = beside or proposal
    if proposal.problem.approved is not None:
        with head:
            title(tell("What changes against the approved edition?"))
    municipality = choose_municipality(proposal)
    found = amendment_of(proposal)
    changes = changes_in(found, municipality)
    show_sum(proposal, found, changes)
    show_note(compared_with(edition.before(proposal), address.language()))
    if unpriced := unpriced_sentence(found, address.language()):
        show_note(unpriced)
    show_note(tell("The documents hold every municipality of the region and are in Latvian."))
    choose_readers()
    offer_documents(proposal)
    st.subheader(tell("List of changes"), anchor=False)
    if changes:
        show_changes(proposal, found, changes)
    else:
        st.info(tell("Nothing changes here."))

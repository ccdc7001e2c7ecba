"""What each new or enlarged site is there for, said in one line."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from planner.analysis.purposes import Purpose, why_open
from planner.disclosure import NOT_SHOWN, show_minutes
from planner.domain import Option
from planner.publishing.people import part_told, whole
from planner.ui import state
from planner.ui.figures import people_of
from planner.ui.words import tell
from planner.workflow import Proposal


def why_said(proposal: Proposal) -> dict[Option, str]:
    """Return why the plan builds or enlarges what it does, in the reader's language."""
    purposes = _purposes(state.area_key(), proposal)
    people = people_of(proposal)
    return {
        (service, site): _said(purpose, people.served_at(site, service))
        for (service, site), purpose in purposes.items()
    }


def _said(purpose: Purpose, coming: str) -> str:
    """Return what a site is there for; `coming` is what may be told of the persons who come."""
    threshold = state.readers().threshold
    if whole(coming) is None:  # what else stands here would tell how many they are
        return tell("near to those who come: {persons} pers.", persons=coming)
    if purpose.without:
        return tell(
            "without it unserved: {persons} pers.",
            persons=part_told(purpose.without, coming, threshold=threshold),
        )
    now = show_minutes(purpose.minutes, purpose.persons, threshold=threshold)
    elsewhere = show_minutes(
        purpose.minutes_elsewhere, purpose.persons_elsewhere, threshold=threshold
    )
    if NOT_SHOWN not in (now, elsewhere) and now != elsewhere:
        return tell(
            "without it a trip of {elsewhere} min in place of {now}", elsewhere=elsewhere, now=now
        )
    return tell("near to those who come: {persons} pers.", persons=coming)


@st.cache_resource(max_entries=4, show_spinner=False)
def _purposes(key: str, _proposal: Proposal) -> Mapping[Option, Purpose]:
    del key  # a plan's purposes never change
    return why_open(_proposal.problem, _proposal.plan)

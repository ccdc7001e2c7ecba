"""Which service and which municipality the reader looks at; one choice for all pages."""

from __future__ import annotations

import streamlit as st

from planner.domain import Municipality, Service
from planner.ui import state
from planner.ui.words import service_name, tell
from planner.workflow import Proposal

EVERYWHERE = ""


def choose_service(proposal: Proposal) -> Service:
    """Return the service of the plan that the reader wants to see."""
    offered = {s.id: s for s in proposal.area.services if s.id in proposal.problem.services}
    chosen = st.selectbox(
        tell("Service"),
        list(offered),
        format_func=lambda service: service_name(offered[service]),
        key="service",
        persist_state="session",
    )
    return offered.get(chosen or "", next(iter(offered.values())))


def choose_municipality(proposal: Proposal) -> Municipality | None:
    """Return the municipality that the reader wants to see, ``None`` for all; also ?novads=."""
    by_code = {m.atvk: m for m in proposal.area.municipalities}
    names = {code: m.name for code, m in by_code.items()}
    choices = [EVERYWHERE, *sorted(by_code, key=lambda code: names[code])]
    now = state.municipality(names)
    chosen = st.selectbox(
        tell("Municipality"),
        choices,
        index=choices.index(now),
        format_func=lambda code: names.get(code) or tell("All municipalities"),
    )
    if chosen != now:
        state.choose_municipality(chosen, names.get(chosen, ""))
        st.rerun()
    return by_code.get(chosen)

"""Which service and which municipality the reader looks at; one choice for all pages."""

from __future__ import annotations

import streamlit as st

from planner.domain import Municipality, Service
from planner.ui import address
from planner.ui.words import service_name, tell
from planner.workflow import Proposal

EVERYWHERE = ""


def choose_service(proposal: Proposal) -> Service:
    """Return the service of the plan that the reader wants to see."""
    offered = {s.id: s for s in proposal.area.services if s.id in proposal.problem.services}
    names = {service.id: service_name(service) for service in offered.values()}
    chosen = st.selectbox(
        tell("Service"),
        list(offered),
        format_func=names.__getitem__,
        key="service",
        persist_state="session",
    )
    return offered.get(chosen or "", next(iter(offered.values())))


def choose_municipality(proposal: Proposal) -> Municipality | None:
    """Return the municipality that the reader wants to see, ``None`` for all; also ?novads=."""
    by_code = {m.atvk: m for m in proposal.area.municipalities}
    names = {code: m.name for code, m in by_code.items()}
    labels = {EVERYWHERE: tell("All municipalities"), **names}
    choices = [EVERYWHERE, *sorted(by_code, key=lambda code: names[code])]
    now = address.municipality(names)
    chosen = st.selectbox(
        tell("Municipality"),
        choices,
        index=choices.index(now),
        format_func=labels.__getitem__,
    )
    if chosen != now:
        address.choose_municipality(chosen, names.get(chosen, ""))
        st.rerun()
    return by_code.get(chosen)

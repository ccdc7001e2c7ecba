"""Which service and which municipality the reader looks at; one choice for all pages."""

from __future__ import annotations

import streamlit as st

from planner.domain import Municipality, Service
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
    chosen = st.selectbox(
        tell("Municipality"),
        [EVERYWHERE, *sorted(by_code, key=lambda code: by_code[code].name)],
        format_func=lambda code: by_code[code].name if code else tell("All municipalities"),
        key="novads",
        bind="query-params",
    )
    return by_code.get(chosen or "")

"""The curve of prices of the shown plan: asked for, followed, and read where it is done."""

from __future__ import annotations

import streamlit as st

from planner.locales import say
from planner.publishing.prices import ToldPrices
from planner.ui import address, home, once, state
from planner.ui.home import Run


def price_run() -> Run | None:
    """Return the newest calculation of what each tolerance of the shown plan costs."""
    run = state.shown()
    if run is None:
        return None
    found = home.runs(state.calculations().folder)
    ours = (r for r in found if (r.source, r.purpose) == (run.id, home.PRICES))
    return next((r for r in ours if home.ended(r) != 0 or home.complete(r)), None)


def ask_prices(*, seconds: float) -> None:
    """Begin to calculate what each tolerance of the shown plan costs."""
    run = state.shown()
    if run is not None:
        state.calculations().start(
            state.question_of(run),
            source=run.id,
            purpose=home.PRICES,
            seconds=seconds,
            language=address.language(),
            readers=state.readers(),
            plan=run.result,
        )


def prices(run: Run) -> ToldPrices | None:
    """Return the curve that a calculation left, as the readers of the shown plan may know it.

    It follows what was left out of the plan. The first time for other readers it takes seconds.
    """
    plan = state.proposal()
    if plan is None:
        return None
    with st.spinner(say(address.language(), "The counts are protected for their readers")):
        return once.prices(run.id, run.result, state.told_key(), plan)

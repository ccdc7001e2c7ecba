"""The price of the tolerance of the shown plan, on demand: a curve and a table, or its progress."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.publishing.people import whole
from planner.publishing.prices import STATUS_WORDS, ToldPrices, price_figure
from planner.ui import address, price_state, state
from planner.ui.calculations import Stage
from planner.ui.cards import show_note
from planner.ui.figures import show_legend
from planner.ui.following import show_end, show_standing
from planner.ui.tables import show_table
from planner.ui.words import euros, number, tell

SECONDS = 120.0


def show_prices() -> None:
    """Offer the curve of the shown plan, follow its calculation, or show it."""
    if not state.is_plan():
        return
    with st.expander(tell("What does it cost to keep everyone within the standard?")):
        _show_curve()


@st.fragment(run_every=1.0)
def _follow() -> None:
    run = price_state.price_run()
    standing = None if run is None else state.calculations().standing(run)
    if run is None or standing is None or standing.stage is not Stage.RUNNING:
        st.rerun(scope="app")
    show_standing(run, standing)
    if st.button(tell("Cancel"), key="cancel_prices"):
        state.calculations().cancel(run)
        st.rerun(scope="app")


def _show_curve() -> None:
    run = price_state.price_run()
    standing = None if run is None else state.calculations().standing(run)
    if run is not None and standing is not None:
        if standing.stage is Stage.RUNNING:
            _follow()
            return
        if standing.stage is Stage.DONE:
            if (told := price_state.prices(run)) is not None:
                _show_told(told)
            return
        show_end(standing)
    show_note(
        tell(
            "How many persons may travel beyond the standard decides how many sites are built. "
            "Ten plans, from a site for everyone to none for comfort alone, show what each step "
            "saves."
        )
    )
    if st.button(tell("Calculate the curve"), key="calculate_prices"):
        price_state.ask_prices(seconds=SECONDS)
        st.rerun()


def _show_told(prices: ToldPrices) -> None:
    if any(whole(prices.persons(point)) is not None for point in prices.points):
        picture, figures = st.columns([1.2, 1.0], gap="medium")
        with picture:
            st.pyplot(price_figure(prices, language=address.language()), width="stretch")
    else:
        figures = st.container()
    with figures:
        show_table(_table(prices), name=tell("The price of a tolerance"))
    show_note(
        tell(
            "The tolerance is a share of the need of each service; the rhomb marks the one of this "
            "plan. The gap says how far new sites and cost can be from the best possible."
        )
    )
    show_legend()


def _table(prices: ToldPrices) -> pd.DataFrame:
    return pd.DataFrame(
        {
            tell("Tolerance"): f"{number(100 * p.share)}\u00a0%"
            + (" ◆" if p.share == prices.asked else ""),
            tell("Within the standard"): prices.persons(p),
            tell("New sites"): p.new_units,
            tell("Cost"): euros(p.cost_eur),
            tell("Gap"): f"{number(100 * p.gap, decimals=1 if p.gap else 0)}\u00a0%",
            tell("Known of it"): tell(STATUS_WORDS[p.status]),
        }
        for p in prices.points
    )

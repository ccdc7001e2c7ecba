"""Tables that only show: words to the left, figures to the right, as high as they are long."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.ui.showing import plain


def show_table(table: pd.DataFrame, *, name: str, remark: str = "") -> None:
    """Show a table that can be sorted; the first column and `remark` hold words, others figures.

    Remarks belong to the right: what is too wide for a screen is then cut off of words, not of
    euros.
    """
    right = {
        column: st.column_config.Column(alignment="right")
        for column in table.columns[1:]
        if column != remark
    }
    st.dataframe(table, hide_index=True, height="content", column_config=right, alt=name)


def show_text_table(table: pd.DataFrame, *, name: str) -> None:
    """Show a table whose texts are read as a whole: lines break, nothing is cut."""
    st.table(table.map(plain), hide_index=True, border="horizontal", alt=name)

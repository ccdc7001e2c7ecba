"""Tables that only show: words to the left, figures to the right, as high as they are long."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from planner.ui.showing import plain

_PHONE_PIXELS = 328
_NAMES_PIXELS = 103


def show_table(
    table: pd.DataFrame, *, name: str, remark: str = "", first: Mapping[str, str] | None = None
) -> None:
    """Show a table that can be sorted; the first column and `remark` hold words, others figures.

    Remarks belong to the right: what is too wide for a screen is then cut off of words, not of
    euros. The columns that come `first` beside the names, under short headings, are as wide as a
    phone shows them whole.
    """
    right = {
        column: st.column_config.Column(alignment="right")
        for column in table.columns[1:]
        if column != remark
    }
    if first:
        names = table.columns[0]
        right[names] = st.column_config.Column(width=_NAMES_PIXELS)
        width = (_PHONE_PIXELS - _NAMES_PIXELS) // len(first)
        for column, heading in first.items():
            right[column] = st.column_config.Column(
                heading, width=width, help=column, alignment="right"
            )
        rest = [column for column in table.columns if column not in (names, *first)]
        table = table[[names, *first, *rest]]
    st.dataframe(table, hide_index=True, height="content", column_config=right, alt=name)


def show_text_table(table: pd.DataFrame, *, name: str) -> None:
    """Show a table whose texts are read as a whole: lines break, nothing is cut."""
    st.table(table.map(plain), hide_index=True, border="horizontal", alt=name)

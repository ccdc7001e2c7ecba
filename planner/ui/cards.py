"""Figures into small cards of HTML: a label, a value, a line that says what to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Card:
    """One figure; `trend` is "better", "worse" or "" and is said in words by `note` as well."""

    label: str
    value: str
    note: str = ""
    trend: str = ""


def show_cards(cards: Sequence[Card], *, name: str, across: bool = False) -> None:
    """Show figures one under or beside the other, as a list that screen readers call `name`."""
    looks = "cards across" if across else "cards"
    body = "".join(map(_card, cards))
    st.html(f'<dl class="{looks}" aria-label="{escape(name)}">{body}</dl>')


def show_sentence(sentence: str) -> None:
    """Show the sentence that says the answer, larger than the rest."""
    st.html(f'<p class="answer">{escape(sentence)}</p>')


def show_note(text: str) -> None:
    """Show a line that explains."""
    st.html(f'<p class="note">{escape(text)}</p>')


def _card(card: Card) -> str:
    sign = {"better": "▲", "worse": "▼"}.get(card.trend, "")
    mark = f'<span class="mark" aria-hidden="true">{sign}</span> ' if sign else ""
    return (
        f'<div class="card {escape(card.trend)}"><dt>{escape(card.label)}</dt>'
        f'<dd class="value">{escape(card.value)}</dd>'
        f'<dd class="beside">{mark}{escape(card.note)}</dd></div>'
    )

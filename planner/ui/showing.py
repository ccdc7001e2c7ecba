"""What every page shares: errors in words, the language, the label of the data, the looks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path

import streamlit as st

from planner.errors import Fault, PlannerError
from planner.inputs.kept_files import kept_day
from planner.locales import LANGUAGES, say_fault
from planner.publishing.illustrations import illustrated, illustration
from planner.ui import address, files_in_view, state
from planner.ui.words import tell

log = logging.getLogger(__name__)

THEME = Path(__file__).parent / "theme"
LANGUAGE_NAMES = {"lv": "Latviski", "en": "English"}


@contextmanager
def showing_errors() -> Iterator[None]:
    """Turn what the planner says when it cannot go on into words on the page."""
    try:
        yield
    except PlannerError as error:
        log.info("shown to the reader: %s with %d faults", error.code, len(error.faults))
        said = [say_fault(address.language(), fault) for fault in error.faults]
        st.error("\n".join(f"- {plain(line)}" for line in said), icon=":material/error:")


def fault_sentence(fault: Fault) -> str:
    """Return what a fault says, without where it stands."""
    return say_fault(address.language(), replace(fault, file="", row=None, column="", key=""))


def frame() -> None:
    """Put what stands on every page: looks, language of the document, label of the data."""
    st.html(THEME / "screen.css")
    st.logo(THEME / "logo.png", size="large")
    st.html(
        f"<script>document.documentElement.lang = '{address.language()}';</script>",
        unsafe_allow_javascript=True,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="frame", gap="small"):
        st.html(f'<p class="label" role="note">{escape(_label())}</p>', width="stretch")
        choose_language()


def _label() -> str:
    """Return what in view is an illustration, and what are counts that somebody sent."""
    data = (
        files_in_view.shown_data() if state.shown() else files_in_view.next_data(),
        files_in_view.next_data(),
    )
    own = [found["assessed"] for found in data if _is_snapshot(found.get("assessed", ""))]
    label = illustration(illustrated(files_in_view.sources_in_view()), address.language())
    said = [label] if label else []
    if own:
        said.append(
            tell(
                "Assessed needs of your own ({snapshot}): for use inside the institution.",
                snapshot=own[-1],
            )
        )
    return " ".join(said)


def _is_snapshot(file: str) -> bool:
    return bool(kept_day(Path(file)))


def title(text: str) -> None:
    """Show the question that a page answers."""
    st.title(text, anchor=False)


def choose_language() -> None:
    """Offer the languages; the choice stands in the address as ?lang=."""
    st.segmented_control(
        "Valoda / Language",
        LANGUAGES,
        format_func=LANGUAGE_NAMES.__getitem__,
        key=address.LANGUAGE_KEY,
        default=address.language(),
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    address.keep_language_in_address()


def plain(text: str) -> str:
    """Return text from files so that Markdown shows its characters and obeys none of them."""
    return "".join(f"\\{c}" if c in _MARKS else c for c in text.replace("\n", " "))


_MARKS = frozenset("\\`*_{}[]()<>#+-.!|~$:&\"'")

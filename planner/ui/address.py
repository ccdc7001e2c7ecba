"""What the address of a page says: the reader's language, and the municipality looked at.

Both live on in the session, since a link is followed once and pages are turned often.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from planner.locales import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_KEY = "language"

_ASKED_LANGUAGE, _ASKED_PLACE = "lang", "novads"
_MUNICIPALITY, _ADDRESS_SEEN = "municipality", "address_seen"


def language() -> str:
    """Return the reader's language, "lv" or "en"; ?lang= says the first one."""
    chosen = st.session_state.get(LANGUAGE_KEY) or st.query_params.get(_ASKED_LANGUAGE)
    return str(chosen) if chosen in LANGUAGES else DEFAULT_LANGUAGE


def keep_language_in_address() -> None:
    """Let the address say the language, so that a link opens in it."""
    _in_address(_ASKED_LANGUAGE, "" if language() == DEFAULT_LANGUAGE else language())


def municipality(known: Mapping[str, str]) -> str:
    """Return the code of the municipality that the reader looks at, "" for all.

    Parameters
    ----------
    known : mapping of code to name
        The address may say either: ?novads=Ludzas novads, ?novads=0042000.
    """
    asked = st.query_params.get(_ASKED_PLACE, "")
    if asked and asked != st.session_state.get(_ADDRESS_SEEN, ""):
        st.session_state[_ADDRESS_SEEN] = asked
        by_name = {name.casefold(): code for code, name in known.items()}
        found = asked if asked in known else by_name.get(asked.casefold(), "")
        st.session_state[_MUNICIPALITY] = found
    code = str(st.session_state.get(_MUNICIPALITY, ""))
    _in_address(_ASKED_PLACE, known.get(code, ""))
    return code if code in known else ""


def choose_municipality(code: str, name: str) -> None:
    """Turn to a municipality, "" for all, and let the address say so."""
    st.session_state[_MUNICIPALITY] = code
    st.session_state[_ADDRESS_SEEN] = name
    _in_address(_ASKED_PLACE, name)


def _in_address(key: str, value: str) -> None:
    if not value:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value

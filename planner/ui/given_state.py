"""What a session remembers of giving out: for whom, and the files that were prepared for them.

This module, `state` and `data_state` alone touch `st.session_state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from planner.domain import Readers
from planner.workflow import Refusal

_READERS, _FILES, _REFUSED = "readers", "given_files", "refused"


def readers(source: str) -> Readers | None:
    """Return for whom plans of a scenario are shown, ``None`` before anybody has chosen."""
    found: Readers | None = _remembered(_READERS).get(source)
    return found


def choose_readers(source: str, chosen: Readers) -> None:
    """Show plans of a scenario as `chosen` may know them from now on."""
    _remembered(_READERS)[source] = chosen


def files(key: str) -> Mapping[str, bytes] | None:
    """Return the files that were prepared for a plan and its readers, by name."""
    found: Mapping[str, bytes] | None = _remembered(_FILES).get(key)
    return found


def set_files(key: str, given: Mapping[str, bytes]) -> None:
    """Remember the files of the plan that is looked at; others are let go."""
    _remembered(_FILES).clear()
    _remembered(_REFUSED).clear()
    _remembered(_FILES)[key] = given


def refusal(key: str) -> Refusal | None:
    """Return why the files of a plan were not given out, ``None`` where they were not refused."""
    found: Refusal | None = _remembered(_REFUSED).get(key)
    return found


def set_refusal(key: str, why: Refusal) -> None:
    """Remember why the files of the plan that is looked at were not given out."""
    _remembered(_REFUSED).clear()
    _remembered(_REFUSED)[key] = why


def _remembered(name: str) -> dict[str, Any]:
    found: dict[str, Any] = st.session_state.setdefault(name, {})
    return found

"""For whom files are, and the files: prepared, held against all given out before, then taken.

A file is first prepared and then downloaded, since a download begins in the browser and can no
longer say why it may not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from planner import workflow
from planner.domain import Audience, Readers
from planner.errors import DisclosureError
from planner.ui import address, edition, given_state, home, state
from planner.ui.cards import show_note
from planner.ui.showing import plain
from planner.ui.words import tell
from planner.workflow import Proposal, Refusal

DOCUMENTS = (
    (
        "grozijumi.docx",
        "Document (DOCX)",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "grozijumi.xlsx",
        "Workbook (XLSX)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("grozijumi.csv", "Table (CSV)", "text/csv"),
)
AUDIENCE_WORDS = {
    Audience.PUBLIC: "the public",
    Audience.INSTITUTIONS: "institutions among themselves",
    Audience.STAFF: "the region's own staff",
}


def choose_readers() -> None:
    """Offer for whom the plan is shown and written, and from how many persons on; for all pages."""
    now = state.readers()
    words = {audience.value: tell(text) for audience, text in AUDIENCE_WORDS.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="readers"):
        chosen = st.selectbox(
            tell("For whom"),
            list(words),
            index=list(words).index(now.audience),
            format_func=words.__getitem__,
            width=320,
        )
        if chosen != now.audience:
            _turn_to(state.usual_readers(Audience(chosen)))
        least, most = state.threshold_bounds(now.audience)
        threshold = st.number_input(
            tell("Smallest count of persons that they may read"),
            min_value=least,
            max_value=most,
            value=now.threshold,
            step=1,
            key=f"threshold:{state.source()}:{now.audience}",
            width=320,
        )
        if threshold != now.threshold:
            _turn_to(Readers(now.audience, int(threshold)))


def offer_documents(proposal: Proposal) -> None:
    """Offer the amendment as files, or say why it may not leave and what would let it."""
    key = edition.key()
    if (given := given_state.files(key)) is not None:
        _offer(given)
        return
    refused = given_state.refusal(key)
    if refused is not None:
        _show_refusal(refused)
    with st.container(horizontal=True, key="documents"):
        if st.button(
            tell("Prepare the documents"),
            type="secondary" if refused else "primary",
            key="prepare",
        ):
            _prepare(proposal)
        if (
            refused is not None
            and refused.leave_out
            and st.button(
                tell("Leave these counts out and prepare"), type="primary", key="leave_out"
            )
        ):
            _prepare(proposal, leave_out=True)
    show_note(
        tell(
            "What the documents tell of persons is held against all that was given out before, "
            "and entered in the ledger of this project."
        )
    )


def say_who_reads() -> None:
    """Say so where what is shown is not for the public."""
    readers = state.readers()
    if readers.audience is not Audience.PUBLIC:
        st.info(
            tell(
                "Shown as for {readers}, counts from {threshold} persons on: not for the public.",
                readers=tell(AUDIENCE_WORDS[readers.audience]),
                threshold=readers.threshold,
            )
        )


def _turn_to(readers: Readers) -> None:
    given_state.choose_readers(state.source(), readers)
    st.rerun()


def _offer(given: Mapping[str, bytes]) -> None:
    with st.container(horizontal=True, key="documents"):
        for file, label, mime in DOCUMENTS:
            st.download_button(
                tell(label),
                data=given[file],
                file_name=file,
                mime=mime,
                on_click="ignore",
                type="primary" if file == DOCUMENTS[0][0] else "secondary",
                key=f"download:{file}",
            )
    show_note(tell("Entered in the ledger: later files are held against what these tell."))


def _prepare(proposal: Proposal, *, leave_out: bool = False) -> None:
    """Write the documents and enter them, or remember why not."""
    ledger = home.home() / workflow.LEDGER
    today = datetime.now(UTC).astimezone().date()
    try:
        with st.spinner(tell("The counts are held against all that was given out before")):
            told = workflow.left_out(proposal, ledger) if leave_out else proposal
            named = edition.name_in("lv", proposal)  # documents are in Latvian
            given = workflow.give_out_amendment(told, ledger, made_on=today, edition_name=named)
    except DisclosureError as error:
        why = workflow.refusal_in_words(error, proposal.area, address.language())
        given_state.set_refusal(edition.key(), why)
    else:
        given_state.set_files(edition.key(), given)
    st.rerun()


def _show_refusal(refused: Refusal) -> None:
    said = [
        tell(
            "The documents were not given out: together with what was given out before they "
            "would tell a few persons."
        ),
        *(f"- {plain(reason)}" for reason in refused.reasons),
    ]
    if refused.leave_out:
        said += ["", tell("The least that would have to be left out:")]
        said += [f"- {plain(count)}" for count in refused.leave_out]
    st.error("\n".join(said), icon=":material/error:")

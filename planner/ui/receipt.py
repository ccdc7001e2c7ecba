"""What a file holds into what the reader sees of it: columns, faults by row, totals, the import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from planner import workflow
from planner.disclosure import show_persons
from planner.inputs.readers import Recognition
from planner.inputs.uploads import Upload
from planner.locales import say_fault
from planner.publishing.templates import COLUMN_WORDS
from planner.ui import address, data_state, home, state
from planner.ui.cards import show_note
from planner.ui.showing import plain
from planner.ui.tables import show_text_table
from planner.ui.words import tell, tell_count
from planner.workflow.looking import TOTAL_WORDS

_ENCODINGS = {"cp1257": "Windows-1257", "utf-16": "UTF-16", "xlsx": "XLSX"}
SEPARATOR_WORDS = {";": "semicolon", ",": "comma", "\t": "tab"}
_TABLE_HEIGHT_PIXELS = 480
_ROWS_IN_SIGHT = 8
_MOST_QUESTIONS = 30


def show_received(kind: str) -> None:
    """Show what the last file of a kind held, and what can be done with it."""
    found = data_state.received(kind)
    if found is None:
        return
    upload = found.upload
    _ask_for_more(upload)
    if upload.seen is not None:
        _show_reading(upload.seen)
        with st.expander(tell("How the columns were recognised"), expanded=bool(found.waiting)):
            _show_recognition(upload.seen)
            _ask_meanings(kind, upload, upload.seen, waiting=bool(found.waiting))
    if found.waiting and (crs := workflow.crs_to_confirm(upload)):
        st.button(
            tell("The coordinates are in {crs}: read it so", crs=crs),
            key="confirm_crs",
            on_click=data_state.confirm_crs,
            args=(kind, found.waiting, crs),
        )
    if not upload.faults:
        _show_holdings(upload)
        _offer_import(kind, upload)


def _ask_for_more(upload: Upload) -> None:
    """Say what must be known before the file can be read, or else everything that is wrong."""
    asks = workflow.asks_for_mapping(upload)
    if asks:
        st.info(tell("Say below what this sender's columns are; then the file can be read."))
    elif workflow.asks_for_units(upload):
        st.info(tell("Say above which municipalities the table means; then it is read again."))
    if asks and workflow.lacks_columns(upload):  # what the rows hold is not known yet
        for fault in upload.faults:
            if fault.row is None:
                show_note(say_fault(address.language(), fault))
    elif upload.faults:
        _show_faults(upload)


def show_taken(*kinds: str) -> None:
    """Say what of these kinds was taken in last, and offer to use what is not used already."""
    taken = data_state.taken()
    if taken is None or taken.kept.kind not in kinds:
        return
    kept = taken.kept
    if kept.new:
        said = tell("Kept as {name}.", name=kept.name)
    else:
        said = tell("This was there already as {name}; nothing changes.", name=kept.name)
    st.success(plain(said))
    _show_totals(taken.totals)
    if workflow.chosen_data(state.data_folder())[kept.kind] != kept.name:
        st.button(
            tell("Use it in the next calculation"),
            key="use_taken",
            on_click=data_state.choose_data,
            args=(kept.kind, kept.name),
        )


def _show_reading(seen: Recognition) -> None:
    """Say how many rows there are, and which encoding and separator were found."""
    separator = SEPARATOR_WORDS.get(seen.separator)
    encoding = _ENCODINGS.get(seen.encoding, "UTF-8")
    rows = (
        show_persons(seen.rows, threshold=state.readers().threshold)
        if "person_id" in seen.headers
        else str(seen.rows)
    )
    said = [tell("Rows: {rows}", rows=rows), tell("read as {encoding}", encoding=encoding)]
    if separator:
        said.append(tell("separated by {separator}", separator=tell(separator)))
    show_note(" · ".join(said))


def _show_recognition(seen: Recognition) -> None:
    """Show which column is read as what; no row is shown."""
    known = [(header, _meaning(name)) for name, header in seen.headers.items()]
    unread = [(header, tell("is not read")) for header in seen.unread]
    missing = [(tell("no column"), _meaning(name)) for name in seen.missing]
    heads = [tell("In the file"), tell("Read as")]
    table = pd.DataFrame([*known, *unread, *missing], columns=heads)
    show_text_table(table, name=tell("How the columns were recognised"))


def _ask_meanings(kind: str, upload: Upload, seen: Recognition, *, waiting: bool) -> None:
    """Let the reader say what a column is that was not recognised; it is remembered."""
    offered = [c.name for c in workflow.columns_for(kind) if c.name in COLUMN_WORDS]
    free = [name for name in offered if name not in seen.headers]
    asked = seen.unread[:_MOST_QUESTIONS]
    if not asked or not free:
        return
    words = {"": tell("is not read")} | {name: _meaning(name) for name in free}
    with st.form(f"meanings:{upload.headers}", border=True):
        st.markdown(f"**{tell('What are the other columns?')}**")
        meanings = {
            header: st.selectbox(
                plain(header), list(words), format_func=words.__getitem__, key=f"means:{k}:{header}"
            )
            or ""
            for k, header in enumerate(asked)
        }
        sent = st.form_submit_button(tell("Remember for files with these headers"))
    if not sent:
        return
    twice = [name for name in free if list(meanings.values()).count(name) > 1]
    if twice:
        text = "several headers are to be {name}; leave one of them"
        st.error(plain(tell(text, name=_meaning(twice[0]))))
        return
    workflow.save_mapping(upload, meanings, home.mappings_folder(home.home()))
    if waiting:
        data_state.set_received(kind, None)
        st.rerun()
    st.info(tell("Remembered. Send the file once more; it is not kept here."))


def _show_faults(upload: Upload) -> None:
    """Show everything that is wrong, row by row; nothing of the file is used."""
    st.error(
        tell_count(
            "{count} fault; nothing was taken in.",
            "{count} faults; nothing was taken in.",
            len(upload.faults),
        ),
        icon=":material/error:",
    )
    found = workflow.faults_table(upload.faults, language=address.language())
    heads = [tell(column.heading) for column in found.columns]
    table = pd.DataFrame([[str(cell) or "–" for cell in row] for row in found.rows], columns=heads)
    long = len(found.rows) > _ROWS_IN_SIGHT
    with st.container(height=_TABLE_HEIGHT_PIXELS if long else "content", key="faults"):
        st.download_button(
            tell("Faults as a table (CSV)"),
            data=workflow.faults_csv(upload.faults, language=address.language()),
            file_name=f"tuvak-{upload.kind}-{tell('faults')}.csv",
            mime="text/csv",
            on_click="ignore",
            key="faults_csv",
        )
        show_text_table(table, name=tell(found.title))


def _show_holdings(upload: Upload) -> None:
    """Show what a sound file adds up to, few persons hidden, and what was noticed."""
    threshold = state.readers().threshold
    _show_totals(workflow.told_totals(upload, threshold=threshold))
    for note in upload.notes:
        show_note(say_fault(address.language(), note))


def _show_totals(totals: Mapping[str, str]) -> None:
    rows = [(tell(TOTAL_WORDS.get(name, name)), count) for name, count in totals.items()]
    table = pd.DataFrame(rows, columns=[tell("What the file holds"), tell("Count")])
    with st.container(key="holdings"):
        show_text_table(table, name=tell("What the file holds"))


def _offer_import(kind: str, upload: Upload) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            tell("Date of the data"), value="today", format="DD.MM.YYYY", key="day", width=220
        )
        said = day.isoformat() if isinstance(day, dt.date) else ""
        st.button(
            tell("Import"),
            type="primary",
            key="import",
            on_click=data_state.take_in,
            args=(kind, upload, said),
        )


def _meaning(name: str) -> str:
    return tell(COLUMN_WORDS[name]) if name in COLUMN_WORDS else name

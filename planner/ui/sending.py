"""A file from the reader's disk into what it holds: sent, read apart, and let go at once."""

from __future__ import annotations

from functools import partial

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.uploaded_file_manager import UploadedFile

from planner import workflow
from planner.inputs.approved import APPROVED
from planner.inputs.kinds import KINDS
from planner.inputs.uploads import MOST_BYTES
from planner.publishing.templates import SHAPES
from planner.ui import address, data_state, home, state
from planner.ui.words import number, tell

# The server would put larger files into the folder of temporary files while it receives them;
# rows about persons are not to touch a disk before they are read.
MultiPartParser.spool_max_size = 2 * MOST_BYTES

KIND_TITLES = {
    "needs": "Assessed needs",
    "facilities": "Existing services",
    "sites": "Candidate sites",
    "boundaries": "Boundaries",
    "additions": "Persons on top of the assessed",
    "institutions": "Institutions for children",
}
SEND_TITLES = {
    "needs": "Table of assessed needs: CSV or XLSX, at most 50 MB",
    "facilities": "Table of existing services: CSV or XLSX, at most 50 MB",
    "sites": "Table of candidate sites: CSV or XLSX, at most 50 MB",
    "boundaries": "Boundaries: GeoPackage, GeoJSON or zipped Shapefile, at most 50 MB",
    "additions": "Table of persons on top of the assessed: CSV or XLSX, at most 50 MB",
    "institutions": "Reorganisation plans of institutions: CSV or XLSX, at most 50 MB",
    APPROVED: "Table of an approved plan: CSV or XLSX, at most 50 MB",
}
TEMPLATE_TITLES = {
    "counts": "Template of counts",
    "persons": "Template of persons",
    "": "Template",
}
UNIT_TITLES = {
    "": "Settlements",
    "before-2021": "Municipalities as before 1 July 2021",
    "2021": "Municipalities from 1 July 2021",
    "2025": "Municipalities from 1 July 2025",
}
"""What the places of a table of needs may be; keys as in `planner.inputs.homes.UNITS`."""
_TABLES, _LAYERS = ["csv", "xlsx", "txt"], ["gpkg", "geojson", "json", "zip"]
_MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def choose_kind() -> str:
    """Return the kind of data that the reader wants to bring in."""
    titles = {kind: tell(title) for kind, title in KIND_TITLES.items()}
    chosen = st.segmented_control(
        tell("What do you bring in?"),
        list(titles),
        format_func=titles.__getitem__,
        default=KINDS[0],
        required=True,
        key="kind",
        persist_state="session",
    )
    return chosen or KINDS[0]


def offer_templates(kind: str) -> None:
    """Offer empty tables of a kind to be filled in, in the reader's language."""
    language, ground = address.language(), data_state.ground()
    with st.container(horizontal=True, key="templates"):
        for shape in ("counts", "persons") if kind == "needs" else (kind,):
            if shape not in SHAPES:
                continue
            title = tell(TEMPLATE_TITLES.get(shape, TEMPLATE_TITLES[""]))
            for ending, mime in _MIMES.items():
                st.download_button(
                    f"{title} ({ending.upper()})",
                    data=partial(
                        workflow.table_template, shape, ending, language=language, ground=ground
                    ),
                    file_name=f"tuvak-{shape}-{language}.{ending}",
                    mime=mime,
                    on_click="ignore",
                    key=f"template:{shape}:{ending}",
                )


def ask_for_file(kind: str) -> None:
    """Let the reader send a file; it is read and let go, unless something must be asked first.

    A file that waits is read again where the reader chooses other places of the table.
    """
    units = _choose_units() if kind == "needs" else ""
    file = st.file_uploader(
        tell(SEND_TITLES[kind]),
        type=_LAYERS if kind == "boundaries" else _TABLES,
        key=data_state.uploader_key(kind),
    )
    before = data_state.received(kind)
    waiting, read_with = (before.waiting, before.units) if before else ("", "")
    if file is not None and (file.file_id, units) != (waiting, read_with):
        _read(kind, file, units)
    elif file is None and waiting:
        data_state.set_received(kind, None)
        data_state.let_go(waiting)


def _choose_units() -> str:
    """Return of which time the municipalities of a table of needs are, nothing for settlements."""
    titles = {units: tell(title) for units, title in UNIT_TITLES.items()}
    chosen = st.selectbox(
        tell("Places of the table"),
        list(titles),
        format_func=titles.__getitem__,
        key="units",
        persist_state="session",
        help=tell(
            "Counts by municipality are shared out over its settlements by population, whole and "
            "exact."
        ),
    )
    return chosen or ""


def _read(kind: str, file: UploadedFile, units: str) -> None:
    """Read a file that was sent and say how far it has come; its name is never used."""
    bar = st.progress(0.0, text=tell("The file is being read"))

    def tell_rows(done: int, rows: int) -> None:
        part = done / max(rows, 1)
        text = tell("Rows checked: {percent} %", percent=number(100 * part))
        bar.progress(part, text=text)

    upload = workflow.receive(
        file.getbuffer(),
        kind=kind,
        ground=data_state.ground(),
        mappings=home.mappings_folder(home.home()),
        crs=data_state.confirmed_crs(file.file_id),
        units=units,
        area=state.next_area() if kind == APPROVED else None,
        on_rows=tell_rows,
    )
    bar.empty()
    if (
        workflow.asks_for_mapping(upload)
        or workflow.asks_for_units(upload)
        or workflow.crs_to_confirm(upload)
    ):
        data_state.set_received(kind, upload, waiting=file.file_id, units=units)
        return
    data_state.set_received(kind, upload)
    data_state.let_go(file.file_id)
    st.rerun()

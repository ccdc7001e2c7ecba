"""The list of pages and the language: the door of the app, nothing else."""

import logging

import streamlit as st

from planner.inputs.approved import APPROVED
from planner.inputs.kinds import KINDS
from planner.ui import data_state, showing, state
from planner.ui.pages import PAGES_FOLDER
from planner.ui.words import tell

DATA_PATH, AMENDMENT_PATH = "dati", "grozijumi"
# Which kinds of file a page asks for; one that waits is let go on the others.
RECEIVED_ON = {DATA_PATH: KINDS, AMENDMENT_PATH: (APPROVED,)}

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
st.set_page_config(page_title="Tuvāk", page_icon=str(showing.THEME / "icon.png"), layout="wide")
state.begin()
page = st.navigation(
    [
        st.Page(
            PAGES_FOLDER / "explore.py", title=tell("Explore"), url_path="izpete", default=True
        ),
        st.Page(PAGES_FOLDER / "compare.py", title=tell("Compare"), url_path="salidzinat"),
        st.Page(
            PAGES_FOLDER / "amendment.py",
            title=tell("Plan and amendments"),
            url_path=AMENDMENT_PATH,
        ),
        st.Page(PAGES_FOLDER / "data.py", title=tell("Data"), url_path=DATA_PATH),
        st.Page(PAGES_FOLDER / "method.py", title=tell("Method"), url_path="metode"),
    ],
    position="top",
)
showing.frame()
data_state.forget_waiting(but=RECEIVED_ON.get(page.url_path, ()))
page.run()

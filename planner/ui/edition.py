"""Which edition the Council approved: chosen for the project, compared with, and taken back.

The choice lies in the project's folder, as that of files of one's own does.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from planner import workflow
from planner.errors import PlannerError
from planner.inputs.approved import APPROVED, NamedEdition, name_of_edition
from planner.inputs.kept_files import kept_day
from planner.locales import say, say_fault
from planner.publishing import formats
from planner.ui import address, data_state, home, state
from planner.ui.cards import show_note
from planner.ui.home import Run
from planner.ui.receipt import show_received, show_taken
from planner.ui.sending import ask_for_file
from planner.ui.showing import plain
from planner.ui.sides import finished_plans, label_of
from planner.ui.words import tell
from planner.workflow import Proposal


def choose_edition(shown: Run) -> None:
    """Offer what may be "before": a saved plan, what the scenario names, or what stands today."""
    folder = state.data_folder()
    for fault in data_state.refused():
        st.error(plain(say_fault(address.language(), fault)))
    words = _offered(shown)
    now = workflow.chosen_data(folder)[APPROVED]
    if now not in words:
        st.warning(tell("The chosen edition is not there any more and is not used."))
        now = workflow.AS_IN_SCENARIO
    with st.container(horizontal=True, vertical_alignment="bottom", key="edition"):
        picked = st.selectbox(
            tell("Before: what was approved"),
            list(words),
            index=list(words).index(now),
            format_func=words.__getitem__,
            key=data_state.choice_key(APPROVED, now),
            width=560,
            help=tell(
                "The choice is for everybody in this project. Plans calculated from now on know "
                "it, too."
            ),
        )
        st.button(
            tell("Back to the former"),
            key="back:approved",
            disabled=not workflow.can_go_back(folder, APPROVED),
            on_click=data_state.go_back,
            args=(APPROVED,),
        )
    if picked is not None and picked != now:
        data_state.choose_data(APPROVED, picked)
        st.rerun()


def bring_in() -> None:
    """Let the reader send the table of an approved plan, which is compared with at once."""
    found = data_state.received(APPROVED)
    with st.expander(tell("Bring in the table of an approved plan"), expanded=found is not None):
        show_note(
            tell(
                "A row for each service and site: service (code), site_id (code) and places; where "
                "they are known also units (addresses) and cost_eur. 0 places: nothing is there "
                "any more. The table of sites of a plan (sites.csv) is such a table."
            )
        )
        ask_for_file(APPROVED)
        show_received(APPROVED)
    show_taken(APPROVED)
    chosen = workflow.chosen_data(state.data_folder())[APPROVED]
    if chosen in _tables():
        st.button(
            tell("Remove the table"),
            key="remove_edition",
            on_click=data_state.remove_edition,
            args=(chosen,),
            help=tell("It is deleted from the project, and what was used before is used again."),
        )


def compared(proposal: Proposal) -> Proposal | None:
    """Return the shown plan beside the chosen edition, ``None`` where it must be solved anew."""
    return _against(state.told_key(), _chosen(), proposal)


def key() -> str:
    """Return what tells the shown plan beside the chosen edition apart from others."""
    return f"{state.told_key()}:{_chosen()}"


def before(proposal: Proposal) -> NamedEdition | None:
    """Return which edition a plan is compared with, ``None`` for what stands today."""
    name = name_in(address.language(), proposal)
    return _before(f"{key()}:{name}", name, proposal)


def name_in(language: str, proposal: Proposal) -> str:
    """Return what the edition is called that a plan is compared with, nothing where there is none.

    A plan of the app is called by when it was asked for, another one as its folder or table is.
    """
    file = proposal.scenario.data.get(APPROVED)
    return "" if file is None else _called(Path(file), language)


def asks_for_calculation() -> bool:
    """Return whether the shown plan cannot be compared with the chosen edition as it is."""
    proposal = state.loaded()
    if proposal is None:
        return False
    try:
        return _against(state.area_key(), _chosen(), proposal) is None
    except PlannerError:
        return False  # the page of amendments says what is wrong with the edition


def _chosen() -> str:
    """Return the edition as the next calculation names it, nothing for what stands today."""
    scenario = state.next_scenario()
    return "" if scenario is None else scenario.data.get(APPROVED, "")


def _called(file: Path, language: str) -> str:
    began = home.began(file)
    if began is None:
        return say(language, "table sent to the app") if kept_day(file) else name_of_edition(file)
    when = began.astimezone()
    told = f"{formats.day(when, language=language)} {when:%H:%M:%S}"
    return say(language, "plan of {when}", when=told)


def _tables() -> dict[str, str]:
    """Return the tables of approved plans that were brought in, by the name that is remembered."""
    return {
        table.path.name: tell(
            "table of {day}, digest {digest}",
            day=formats.day_text(table.day, language=address.language()),
            digest=table.digest,
        )
        for table in workflow.kept_editions(state.data_folder())
    }


def _offered(shown: Run) -> dict[str, str]:
    """Return what can be chosen, in words, by the name that is remembered."""
    folder, scenario = state.data_folder(), state.sources()[state.source()]
    today, own = tell("what stands or is decided today"), scenario.data.get(APPROVED)
    words = {workflow.AS_IN_SCENARIO: today}
    if own is not None:
        name = _called(Path(own), address.language())
        words[workflow.AS_IN_SCENARIO] = tell("as the scenario says: {name}", name=name)
        if not scenario.counts_changes:
            words[workflow.NOTHING_APPROVED] = today
    words |= _tables()
    for run in finished_plans(shown):
        label = label_of(run)
        if run.id == shown.id:
            label = tell("{plan} (the one that is shown)", plan=label)
        words[workflow.edition_named(folder, run.result)] = label
    return words


@st.cache_resource(max_entries=4, show_spinner=False)
def _against(key: str, edition: str, _proposal: Proposal) -> Proposal | None:
    del key  # a plan and an edition never change
    return workflow.against(_proposal, edition)


@st.cache_resource(max_entries=8, show_spinner=False)
def _before(key: str, name: str, _proposal: Proposal) -> NamedEdition | None:
    del key  # a plan and an edition never change
    return workflow.edition_before(_proposal, name=name)

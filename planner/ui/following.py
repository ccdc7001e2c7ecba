"""A calculation that goes on into what a person sees of it: aim, value, bound, gap, seconds."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from planner.publishing.aims import AIM_NAMES, aim_told, value_told
from planner.publishing.people import aims_withheld
from planner.publishing.progress import OPEN_AIMS
from planner.publishing.repetition import repetition_sentences
from planner.records import total_aims
from planner.ui import address, state
from planner.ui.calculations import Stage, Standing, Step
from planner.ui.cards import show_note
from planner.ui.home import Run
from planner.ui.showing import plain
from planner.ui.tables import show_text_table
from planner.ui.words import number, service_name, tell
from planner.workflow import Proposal, release


@st.fragment(run_every=1.0)
def show_progress() -> None:
    """Show how far the followed calculation has come, every second, and offer to end it."""
    run, standing = state.watched(), state.standing()
    if run is None or standing is None or standing.stage is not Stage.RUNNING:
        st.rerun(scope="app")
    show_standing(run, standing)
    if st.button(tell("Cancel"), width="stretch", key="cancel"):
        state.cancel()
        st.rerun(scope="app")


def show_standing(run: Run, standing: Standing) -> None:
    """Show how much of its time a calculation has used, and its newest step."""
    elapsed = min(standing.elapsed_seconds, run.seconds)
    st.progress(
        elapsed / run.seconds,
        text=tell(
            "Calculating: {elapsed} of at most {seconds} seconds",
            elapsed=number(elapsed),
            seconds=number(run.seconds),
        ),
    )
    if standing.step is not None:
        show_step(standing.step)


def show_step(step: Step) -> None:
    """Show the aim in work, its best value, what no plan can beat, and the gap between.

    Of aims that speak of persons the calculation tells a coarse gap alone.
    """
    names = {service.id: service_name(service) for service in state.area().services}
    about = ", ".join(names.get(service, service) for service in step.services[:2])
    if len(step.services) > len(step.services[:2]):
        about = tell("{count} services together", count=len(step.services))
    st.markdown(f"**{plain(about)}**  \n{plain(tell(AIM_NAMES.get(step.aim, step.aim)))}")
    value, bound, gap = st.columns(3)
    value.metric(tell("Best value"), _said(step.aim, step.value))
    bound.metric(tell("Bound"), _said(step.aim, step.bound))
    told = "–" if _unknown(step.gap) else _percent(step.gap or 0.0)
    gap.metric(tell("Gap"), told if step.aim in OPEN_AIMS or not step.gap else f"≤ {told}")


def show_proof(proposal: Proposal) -> None:
    """Show how far each aim of a plan can be from the best possible, on demand."""
    hidden = aims_withheld(release(proposal))
    rows = []
    for aim in total_aims(proposal.plan.proof):
        told = aim_told(
            aim,
            language=address.language(),
            threshold=state.readers().threshold,
            withheld=aim.name in hidden,
        )
        rows.append(
            {
                tell("Aim"): tell(AIM_NAMES.get(aim.name, aim.name)),
                tell("In the plan"): told.in_plan,
                tell("At best"): told.at_best,
                tell("Bound"): told.bound,
                tell("Gap"): told.gap,
            }
        )
    with st.expander(tell("How far from the best possible?")):
        show_text_table(pd.DataFrame(rows), name=tell("Proof of the plan"))
        show_note(
            tell(
                "Aims are met in this order. The bound is what no plan under these rules can "
                "beat; the gap is the distance to it. An independent check has recomputed every "
                "rule and every aim."
            )
        )
        for sentence in repetition_sentences(
            proposal.area,
            proposal.problem,
            proposal.plan,
            found=proposal.duplication,
            released=release(proposal),
            language=address.language(),
        ):
            show_note(sentence)


def show_end(standing: Standing) -> None:
    """Say how a calculation ended that gave no plan."""
    if standing.stage is Stage.CANCELLED:
        show_note(tell("The calculation was cancelled."))
    elif standing.stage is Stage.KILLED:
        st.error(
            tell(
                "The calculation was ended from outside and gave no answer, perhaps because this "
                "computer ran out of memory or was switched off. Calculate again; if it ends like "
                "this again, close other programs first or ask for fewer services at a time."
            )
        )
    elif standing.stage is Stage.FAILED:
        said = standing.said or (tell("The calculation ended without an answer."),)
        st.error("  \n".join(plain(line) for line in said))


def _said(aim: str, value: float | None) -> str:
    told = math.nan if value is None else value
    return value_told(aim, told, language=address.language(), threshold=state.readers().threshold)


def _percent(gap: float) -> str:
    return f"{number(gap * 100, decimals=1 if gap else 0)}\u00a0%"


def _unknown(value: float | None) -> bool:
    return value is None or not math.isfinite(value)

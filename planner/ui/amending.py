"""A plan against the approved edition, or what exists, into the list of changes on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from planner import workflow
from planner.disclosure import ChangeTables
from planner.domain import Municipality
from planner.editions import Amendment, Change, ChangeKind, Standing
from planner.editions.funding import add_up
from planner.publishing.amendment_tables import SOURCE_HEADINGS, changes_table
from planner.publishing.tables import shown
from planner.ui import address, edition, state
from planner.ui.cards import Card, show_cards
from planner.ui.figures import show_legend
from planner.ui.tables import show_text_table
from planner.ui.words import euros, number, tell, tell_count
from planner.workflow import Proposal

_COLUMNS = (
    "number",
    "municipality",
    "service_name",
    "change",
    "address",
    "status_before",
    "places_before",
    "places_after",
    "persons",
    "mean_minutes_before",
    "mean_minutes_after",
    "cost_eur",
    "reason",
)


def amendment_of(proposal: Proposal) -> Amendment:
    """Return the changes to the shown plan from the approved edition, else from what exists."""
    return _amendment(edition.key(), proposal)


def changes_in(found: Amendment, municipality: Municipality | None) -> tuple[Change, ...]:
    """Return the changes in a municipality, or all."""
    if municipality is None:
        return found.changes
    return tuple(c for c in found.changes if c.municipality == municipality.atvk)


def show_sum(proposal: Proposal, found: Amendment, changes: Sequence[Change]) -> None:
    """Show how many addresses open and grow, what that costs, and who pays."""
    kinds = [change.kind for change in changes]
    closing = kinds.count(ChangeKind.CLOSE) + kinds.count(ChangeKind.REDUCE)
    shares = add_up([change.by_source for change in changes], found.funding)
    show_cards(
        [
            Card(
                tell("New addresses"),
                number(kinds.count(ChangeKind.OPEN)),
                tell("where only the place is known, the municipality decides the address"),
            ),
            Card(
                tell("Enlarged addresses"),
                number(kinds.count(ChangeKind.ENLARGE)),
                tell_count(
                    "{count} closes, becomes smaller or is dropped",
                    "{count} close, become smaller or are dropped",
                    closing,
                ),
            ),
            Card(
                tell("Cost (estimate)")
                if proposal.problem.approved is None
                else tell("Cost less that approved before (estimate)"),
                euros(sum(change.cost_eur for change in changes)),
                " · ".join(
                    f"{tell(SOURCE_HEADINGS[source])}: {number(amount)}"
                    for source, amount in shares.items()
                ),
            ),
        ],
        name=tell("Sum of the changes"),
        across=True,
    )


def show_changes(proposal: Proposal, found: Amendment, changes: Sequence[Change]) -> None:
    """Show the changes as a table: before, after, persons, minutes, euros and the reason."""
    language, threshold = address.language(), state.readers().threshold
    table = changes_table(
        proposal.area,
        found,
        released=workflow.release(proposal),
        changed=_changes_told(edition.key(), proposal, found),
        language=language,
    )
    wanted = {change.number for change in changes}
    standings = {c.before.standing for c in changes if c.before is not None}
    hidden = set() if standings - {Standing.OPERATING} else {"status_before"}
    kept = [(k, c) for k, c in enumerate(table.columns) if c.key in {*_COLUMNS} - hidden]
    rows = [
        {
            tell(column.heading): shown(row[k], language=language, threshold=threshold)
            for k, column in kept
        }
        for row in table.rows
        if row[0] in wanted
    ]
    with st.container(key="changes"):
        show_text_table(pd.DataFrame(rows), name=tell("Changes"))
    show_legend()


@st.cache_resource(max_entries=4, show_spinner=False)
def _amendment(key: str, _proposal: Proposal) -> Amendment:
    del key  # a plan's amendment never changes
    return workflow.amend(_proposal)


@st.cache_resource(max_entries=4, show_spinner=False)
def _changes_told(key: str, _proposal: Proposal, _found: Amendment) -> ChangeTables:
    del key  # what these readers may know of a plan's amendment never changes
    return workflow.changes_told(_proposal, _found)

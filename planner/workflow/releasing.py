"""What readers may know of a plan's persons: protected, held against what they hold, and noted.

A plan's folder keeps all that was released of it in `release.json`. A ledger keeps what was
released of the same needs from all folders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from planner.disclosure import (
    Ledger,
    Readers,
    Release,
    ServedTables,
    StartTables,
    protect_plan,
    protect_start,
    read_ledger,
    require_safe,
    write_ledger,
)
from planner.domain import Scenario, StudyArea
from planner.publishing.plan_tables import UNSERVED
from planner.records import digest
from planner.workflow.proposing import Proposal
from planner.workflow.settings import settings_of_needs

RELEASE = "release.json"


def with_release(
    proposal: Proposal, ledger: Path | None = None, readers: Readers | None = None
) -> Proposal:
    """Return a proposal with what readers may know of its persons, protected as one table.

    Parameters
    ----------
    ledger : Path, optional
        File of what has been released for these needs before: this release is held against it and
        added to it. Without one the release is protected by itself, once.
    readers : Readers, optional
        For whom it is written; those of its release, or else the public, where absent.

    Raises
    ------
    DisclosureError
        If the earlier releases would tell a small count together with this one.
    """
    before = held_for(proposal, ledger)
    asked = readers or readers_of(proposal)
    known = proposal.released
    noted = bool(ledger and known and known.release in read_ledger(ledger).releases)
    if known is None or readers_of(proposal) != asked:
        proposal = replace(
            proposal, released=_protected(proposal, before, asked), released_start=None
        )
    elif ledger and not noted:
        if proposal.folder is None:
            proposal = replace(proposal, released=_protected(proposal, before, asked))
        else:  # its files stand there already: they are what readers hold
            require_safe(known.release, ledger=before)
    before = before.with_release(release(proposal).release)
    if proposal.released_start is None or (ledger and not noted and proposal.folder is None):
        proposal = replace(proposal, released_start=_protected_start(proposal, before, asked))
    if ledger:
        note(ledger, [*proposal.kept, release(proposal).release, *_start(proposal)])
    return proposal


def release(proposal: Proposal) -> ServedTables:
    """Return what readers may know of the persons of a proposal; it takes seconds where absent."""
    return proposal.released or _protected(proposal, Ledger(proposal.kept), Readers())


def readers_of(proposal: Proposal) -> Readers:
    """Return for whom a proposal was released; the public where it was not yet."""
    if proposal.released is None:
        return Readers()
    found = proposal.released.release
    return Readers(found.audience, found.threshold)


def held_for(proposal: Proposal, ledger: Path | None) -> Ledger:
    """Return what readers hold: all in the ledger, and all that was released of this plan."""
    before = read_ledger(ledger) if ledger else Ledger()
    beside = read_ledger(proposal.folder / RELEASE).releases if proposal.folder else ()
    for kept in (*proposal.kept, *beside):
        before = before.with_release(kept)
    return before


def note(file: Path, releases: Sequence[Release]) -> None:
    """Add releases to a ledger on disk."""
    known = read_ledger(file)
    added = known
    for one in releases:
        added = added.with_release(one)
    if added != known:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_ledger(file, added)


def note_beside(proposals: Sequence[Proposal], releases: Sequence[Release]) -> None:
    """Note what was released about plans beside each of them, where they lie in a folder."""
    for proposal in proposals:
        if proposal.folder is not None:
            note(proposal.folder / RELEASE, releases)


def _start(proposal: Proposal) -> list[Release]:
    return [proposal.released_start.release] if proposal.released_start else []


def _protected(proposal: Proposal, before: Ledger, readers: Readers) -> ServedTables:
    return protect_plan(
        (proposal.today_problem, proposal.today),
        (proposal.problem, proposal.plan),
        snapshot=snapshot_of(proposal.area, proposal.scenario),
        audience=readers.audience,
        thresholds=readers.thresholds,
        ledger=before,
    )


def _protected_start(proposal: Proposal, before: Ledger, readers: Readers) -> StartTables:
    """Protect the rows that no plan decides; who stays unserved stands in the plan's release."""
    return protect_start(
        {
            (row.municipality, row.service, row.why): row.persons
            for row in proposal.start_now
            if row.why != UNSERVED
        },
        snapshot=snapshot_of(proposal.area, proposal.scenario),
        audience=readers.audience,
        thresholds=readers.thresholds,
        ledger=before,
    )


def snapshot_of(area: StudyArea, scenario: Scenario) -> str:
    """Return the name of the needs: the same for all plans for these persons and shares of them."""
    shares = {s.id: scenario.need_shares.get(s.id, s.need_share) for s in area.services}
    growth = [asdict(step) for step in scenario.growth]
    years = [scenario.base_year, scenario.plan_year] if growth else []
    assessed = sorted([*key, persons] for key, persons in area.assessed.items())
    planned = sorted([*key, persons] for key, persons in area.support_plans.items())
    return digest(
        {
            "region": area.region,
            "assessed": assessed,
            "shares": shares,
            "planned": planned,
            "growth": growth,
            "years": years,
            **settings_of_needs(area, scenario),
        }
    )

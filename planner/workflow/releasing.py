"""What readers may know of a plan's persons: protected, held against what they hold, and noted.

A plan's folder keeps all that was released of it in `release.json`. A ledger keeps what was
released of the same needs from all folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from planner.disclosure import (
    Ledger,
    Readers,
    Release,
    ServedTables,
    StartTables,
    kept_for_one,
    protect_plan,
    protect_start,
    read_ledger,
    released_plan,
    released_start,
    require_safe,
    write_ledger,
)
from planner.domain import Audience, Scenario, StudyArea
from planner.inputs.scenario import read_scenario
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
        For whom it is written; those of its release, or else of its scenario, where absent.

    Raises
    ------
    DisclosureError
        If the earlier releases would tell a small count together with this one.
    """
    proposal, seen = held_against(proposal, ledger, readers)
    if ledger:
        enter(ledger, releases_of(proposal), seen=seen)
    return proposal


def held_against(
    proposal: Proposal, ledger: Path | None = None, readers: Readers | None = None
) -> tuple[Proposal, Ledger]:
    """Return a proposal as `with_release` does, not yet entered, and the ledger that was read.

    Raises
    ------
    DisclosureError
        See `with_release`.
    """
    seen = read_ledger(ledger) if ledger else Ledger()
    before = with_own(seen, proposal)
    asked = readers or readers_of(proposal)
    known = proposal.released
    noted = bool(ledger and known and known.release in seen.releases)
    if known is None or readers_of(proposal) != asked:
        proposal = replace(
            proposal,
            released=_protected(proposal, before, asked, alone=ledger is None),
            released_start=None,
        )
    elif ledger and not noted:
        if proposal.folder is None:
            protected = _protected(proposal, before, asked)
            proposal = replace(proposal, released=protected, released_start=None)
        else:  # its files stand there already: they are what readers hold
            for one in {r.audience: r for r in (*proposal.kept, known.release)}.values():
                require_safe(one, ledger=before)  # one of each: all that is held is attacked
    before = before.with_release(release(proposal).release)
    if proposal.released_start is None:
        start = _protected_start(proposal, before, asked, alone=ledger is None)
        proposal = replace(proposal, released_start=start)
    return proposal, seen


def releases_of(proposal: Proposal) -> list[Release]:
    """Return all that readers of a proposal's files hold: what was noted beside it, and its own."""
    own = [release(proposal).release]
    if proposal.released_start is not None:
        own.append(proposal.released_start.release)
    return list(dict.fromkeys([*proposal.kept, *own]))


def with_kept(proposal: Proposal, folder: Path) -> Proposal:
    """Return a proposal with what was released of it according to `folder`, not protected anew.

    Raises
    ------
    InputError
        If what lies there is not what the planner wrote.
    """
    kept = read_ledger(folder / RELEASE).releases
    today, plan = (proposal.today_problem, proposal.today), (proposal.problem, proposal.plan)
    of_plan = (released_plan(found, today=today, plan=plan) for found in kept)
    of_start = (released_start(found) for found in kept)
    return replace(
        proposal,
        released=next(filter(None, of_plan), None),
        released_start=next(filter(None, of_start), None),
        folder=folder,
        kept=kept,
    )


def release(proposal: Proposal) -> ServedTables:
    """Return what readers may know of the persons of a proposal; it takes seconds where absent."""
    kept = Ledger(proposal.kept)
    return proposal.released or _protected(proposal, kept, readers_of(proposal), alone=True)


def readers_of(proposal: Proposal) -> Readers:
    """Return for whom a proposal was released; where it was not yet, whom its scenario names."""
    if proposal.released is None:
        return proposal.scenario.readers()
    found = proposal.released.release
    return Readers(found.audience, found.threshold)


def readers_of_all(proposals: Iterable[Proposal]) -> Readers:
    """Return for whom all of them may be told: the widest audience by the strictest threshold."""
    found = [readers_of(proposal) for proposal in proposals]
    return Readers(
        min((readers.audience for readers in found), key=tuple(Audience).index),
        max(readers.threshold for readers in found),
    )


def readers_asked(
    folders: Sequence[Path], audience: Audience | None, threshold: int | None
) -> Readers | None:
    """Return for whom later files of saved plans are, ``None`` where they stay as they were.

    Parameters
    ----------
    folders : sequence of Path
        As `save` wrote them; what is not named is as it was for the first of them, or as its
        scenario says for another audience.

    Raises
    ------
    InputError
        If a folder is not usable, or a wider audience would read smaller counts than a nearer one.
    """
    if not folders or (audience is None and threshold is None):
        return None
    scenario = read_scenario(folders[0] / "scenario.toml")
    kept = read_ledger(folders[0] / RELEASE).releases
    before = kept[0].audience if kept else scenario.audience
    return scenario.readers(audience or before, threshold)


def with_own(before: Ledger, proposal: Proposal) -> Ledger:
    """Return what readers hold: all in a ledger, and all that was released of this plan."""
    beside = read_ledger(proposal.folder / RELEASE).releases if proposal.folder else ()
    for kept in (*proposal.kept, *beside):
        before = before.with_release(kept)
    return before


def enter(file: Path, releases: Sequence[Release], *, seen: Ledger) -> None:
    """Enter what was held against `seen` into the ledger on disk, all of it or nothing.

    Where somebody else has entered more meanwhile, it is held against that as well.

    Raises
    ------
    DisclosureError
        If it tells a small count together with what was entered meanwhile.
    """
    with kept_for_one(file):
        known = read_ledger(file)
        held, more = known, set(known.releases) - set(seen.releases)
        for one in releases if more else ():
            if one not in held.releases:
                require_safe(one, ledger=held, but_for_told=True)
                held = held.with_release(one)
        _add(file, known, releases)


def note_beside(proposals: Sequence[Proposal], releases: Sequence[Release]) -> None:
    """Note what was released about plans beside each of them, where they lie in a folder."""
    for proposal in proposals:
        if proposal.folder is not None:
            file = proposal.folder / RELEASE
            with kept_for_one(file):
                _add(file, read_ledger(file), releases)


def _add(file: Path, known: Ledger, releases: Sequence[Release]) -> None:
    """Write a ledger with more in it, where that is more."""
    added = known
    for one in releases:
        added = added.with_release(one)
    if added != known:
        write_ledger(file, added)


def _protected(
    proposal: Proposal, before: Ledger, readers: Readers, *, alone: bool = False
) -> ServedTables:
    """Protect a plan; `alone` where all of `before` lies beside it and cannot be undone."""
    return protect_plan(
        (proposal.today_problem, proposal.today),
        (proposal.problem, proposal.plan),
        snapshot=snapshot_of(proposal.area, proposal.scenario),
        audience=readers.audience,
        thresholds=readers.thresholds,
        ledger=before,
        but_for_told=alone,
    )


def _protected_start(
    proposal: Proposal, before: Ledger, readers: Readers, *, alone: bool
) -> StartTables:
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
        but_for_told=alone,
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

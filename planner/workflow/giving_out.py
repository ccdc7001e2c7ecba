"""A plan in the app into what its readers see, and into files that all given out before allow.

What a screen shows of a plan is protected by itself and kept in a folder for each kind of readers.
Only files that leave are entered in the ledger of the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.disclosure import (
    Ledger,
    Readers,
    Release,
    StartTables,
    loosened,
    read_ledger,
    require_safe,
    write_ledger,
)
from planner.publishing.package import write_text
from planner.workflow.amending import amend, changes_told, write_amendment_files
from planner.workflow.proposing import Proposal
from planner.workflow.releasing import (
    RELEASE,
    enter,
    readers_of,
    release,
    with_kept,
    with_release,
)

LEDGER = "ledger.json"
"""The ledger in a folder of projects; `--ledger` of the commands takes the same file."""

LEFT_OUT = "left_out.txt"


def told_for(proposal: Proposal, folder: Path, readers: Readers) -> Proposal:
    """Return a loaded plan as `readers` may know it; the first time for them it takes seconds.

    Parameters
    ----------
    folder : Path
        Where what they may know of this plan is kept, theirs alone; made where absent.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    found = with_kept(proposal, folder)
    if found.released is None and readers_of(proposal) == readers:
        found = replace(found, released=proposal.released, released_start=proposal.released_start)
    told = with_release(found, readers=readers)
    if found.released is None or not found.kept:
        folder.mkdir(parents=True, exist_ok=True)
        write_ledger(folder / RELEASE, Ledger(tuple(_plan_and_start(told))))
    return told


def give_out_amendment(
    proposal: Proposal, ledger: Path, *, made_on: date, edition_name: str = ""
) -> Mapping[str, bytes]:
    """Return the files of an amendment by name, as the screen tells it, and enter what they tell.

    Parameters
    ----------
    proposal : Proposal
        As `told_for` gives it.
    ledger : Path
        What was given out before. All that the files tell is held against it and entered, or
        nothing is.
    edition_name : str
        What the approved edition is called; its folder's or table's name where empty.

    Raises
    ------
    DisclosureError
        If what was given out before tells a small count together with it; `left_out` is the least
        that would pass.
    """
    seen = read_ledger(ledger)
    found = amend(proposal)
    changed = changes_told(proposal, found)
    releases = [*_plan_and_start(proposal), changed.release]
    held = seen
    for one in releases:
        if one not in seen.releases:
            require_safe(one, ledger=held, but_for_told=one.of_plans)
            held = held.with_release(one)
    with TemporaryDirectory() as draft:
        write_amendment_files(
            proposal, found, changed, Path(draft), made_on=made_on, edition_name=edition_name
        )
        files = {file.name: file.read_bytes() for file in Path(draft).iterdir()}
    enter(ledger, releases, seen=seen)
    return files


def left_out(proposal: Proposal, ledger: Path) -> Proposal:
    """Return a plan without the counts that `give_out_amendment` refused to give out.

    Screens tell it so from then on, too: what is kept for its readers is written anew.

    Raises
    ------
    DisclosureError
        If leaving out counts does not help.
    """
    held = read_ledger(ledger)
    start = proposal.released_start
    changed = changes_told(proposal, amend(proposal))
    kept: list[Release] = []
    for one in [*_plan_and_start(proposal), changed.release]:
        found = one
        if one not in held.releases:
            found = loosened(one, ledger=held, but_for_told=one.of_plans)
        held = held.with_release(found)
        kept.append(found)
    if proposal.folder is not None:
        write_ledger(proposal.folder / RELEASE, Ledger(tuple(kept)))
        write_text(proposal.folder / LEFT_OUT, f"{edition(proposal.folder) + 1}\n")
    return replace(
        proposal,
        released=replace(release(proposal), release=kept[0]),
        released_start=start and StartTables(kept[1]),
        kept=tuple(kept),
    )


def edition(folder: Path) -> int:
    """Return how often something was left out of what is kept in a folder of `told_for`."""
    try:
        return int((folder / LEFT_OUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0


def _plan_and_start(proposal: Proposal) -> list[Release]:
    start = proposal.released_start
    return [release(proposal).release, *([start.release] if start else [])]

"""A plan into the amendment that officers send: what changes, for whom, at what cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.analysis.indicators import service_figures
from planner.disclosure import (
    HIDDEN_MARK,
    LEGEND,
    NOTHING_RELEASED,
    ChangeTables,
    Ledger,
    Readers,
    protect_changes,
    small_mark,
)
from planner.editions import Amendment, amendment, before_of, standing
from planner.inputs.approved import NamedEdition
from planner.locales import say
from planner.publishing.amendment_tables import (
    changes_table,
    compared_with,
    totals_table,
    unpriced_sentence,
)
from planner.publishing.change_people import concerned_by
from planner.publishing.documents import Dossier, write_amendment
from planner.publishing.package import files_in
from planner.publishing.picture import write_picture
from planner.publishing.tables import write_machine_csv, write_office_csv, write_workbook
from planner.publishing.wishes import wishes_table
from planner.workflow.approving import edition_before
from planner.workflow.proposing import Proposal, nobody_in_need
from planner.workflow.releasing import (
    enter,
    held_against,
    note_beside,
    readers_of,
    release,
    releases_of,
    with_own,
)


def amend(proposal: Proposal) -> Amendment:
    """Return the changes to a plan from the approved edition, else from what stands."""
    return amendment(
        proposal.problem,
        before_of(proposal.problem, proposal.plan),
        proposal.plan,
        proposal.area,
        assigned_before=proposal.today.assigned,
        without_eu=proposal.scenario.not_participating,
    )


def save_amendment(
    proposal: Proposal,
    folder: Path,
    *,
    made_on: date,
    ledger: Path | None = None,
    readers: Readers | None = None,
) -> list[str]:
    """Write a plan's amendment as DOCX in Latvian, XLSX and CSV; return the files' names.

    What it tells is noted in `ledger`, all of it or nothing, and beside the plan.

    Raises
    ------
    InputError
        If the plan is for nobody, as older planners made them.
    DisclosureError
        If what was released before tells a small count together with it; nothing is written then.
    """
    if not proposal.problem.persons:
        raise nobody_in_need()
    proposal, seen = held_against(proposal, ledger, readers)
    found = amend(proposal)
    changed = _changes_protected(proposal, found, seen)
    if ledger:
        enter(ledger, [*releases_of(proposal), changed.release], seen=seen)
    note_beside([proposal], [changed.release])
    write_amendment_files(proposal, found, changed, folder, made_on=made_on)
    return files_in(folder)


def write_amendment_files(
    proposal: Proposal,
    found: Amendment,
    changed: ChangeTables,
    folder: Path,
    *,
    made_on: date,
    edition_name: str = "",
) -> None:
    """Write an amendment as DOCX in Latvian, XLSX and CSV, with the persons that may be told.

    `edition_name` is what the approved edition is called, see `edition_before`.
    """
    area, released = proposal.area, release(proposal)
    threshold = released.release.threshold
    edition = edition_before(proposal, name=edition_name)
    changes = changes_table(
        area, found, released=released, changed=changed, edition=edition, language="lv"
    )
    totals = totals_table(area, found, released=released, language="lv")
    wishes = wishes_table(area, proposal.problem, found, language="lv")
    with TemporaryDirectory() as drawing:
        dossier = dossier_of(proposal, found, made_on=made_on, edition=edition)
        dossier = replace(dossier, changed=changed)
        stood = standing(proposal.problem)
        before = {**stood, **before_of(proposal.problem, proposal.plan)}
        picture = write_picture(
            Path(drawing) / "map.png", area, proposal.problem, proposal.plan, before=before
        )
        dossier = replace(dossier, map_picture=picture)
        write_amendment(folder / "grozijumi.docx", dossier, threshold=threshold)
    notes = (
        say("lv", LEGEND, small=small_mark(threshold), hidden=HIDDEN_MARK),
        compared_with(edition, "lv"),
        unpriced_sentence(found, "lv"),
    )
    write_workbook(
        folder / "grozijumi.xlsx",
        (changes, *((wishes,) if wishes.rows else ()), totals),
        notes=tuple(note for note in notes if note),
        language="lv",
        threshold=threshold,
    )
    write_office_csv(folder / "grozijumi.csv", changes, language="lv", threshold=threshold)
    write_machine_csv(folder / "amendment.csv", changes, threshold=threshold)


def changes_told(proposal: Proposal, found: Amendment) -> ChangeTables:
    """Return what may be told of those whom changes concern; it takes a few seconds.

    It is noted beside the plan.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect_changes`.
    """
    changed = _changes_protected(proposal, found, NOTHING_RELEASED)
    note_beside([proposal], [changed.release])
    return changed


def _changes_protected(proposal: Proposal, found: Amendment, seen: Ledger) -> ChangeTables:
    asked = readers_of(proposal)
    return protect_changes(
        release(proposal),
        concerned_by(found.changes),
        audience=asked.audience,
        thresholds=asked.thresholds,
        ledger=with_own(seen, proposal),
    )


def dossier_of(
    proposal: Proposal, found: Amendment, *, made_on: date, edition: NamedEdition | None
) -> Dossier:
    """Return what the document of an amendment is made from; see `edition_before`."""
    return Dossier(
        area=proposal.area,
        scenario=proposal.scenario,
        problem=proposal.problem,
        plan=proposal.plan,
        amendment=found,
        figures=service_figures(proposal.problem, proposal.plan),
        today=service_figures(proposal.today_problem, proposal.today),
        start_now=proposal.start_now,
        made_on=made_on,
        released=proposal.released,
        begun=proposal.released_start,
        duplication=proposal.duplication,
        edition=edition,
    )

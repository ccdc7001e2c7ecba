"""Saved plans, or today and a plan, into the comparison that councils read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.analysis.comparison import Comparison, MunicipalityTotal
from planner.analysis.comparison import compare as compare_plans
from planner.analysis.indicators import municipality_figures
from planner.disclosure import (
    HIDDEN_MARK,
    HOMES,
    LEGEND,
    NOTHING_RELEASED,
    TRAVEL,
    Ledger,
    Readers,
    Side,
    Turned,
    protect_turns,
    read_ledger,
    served_of,
    small_mark,
    totals_of,
)
from planner.errors import Fault, FaultList, InputError
from planner.locales import say
from planner.publishing.comparison_tables import (
    TOLD_APART,
    comparison_table,
    municipality_sentence,
)
from planner.publishing.maps import write_situations
from planner.publishing.package import files_in, write_text
from planner.publishing.painting import Situation
from planner.publishing.people import People, Turnover
from planner.publishing.tables import write_machine_csv, write_office_csv
from planner.workflow.folders import load
from planner.workflow.proposing import Proposal
from planner.workflow.releasing import (
    enter,
    note_beside,
    readers_of,
    readers_of_all,
    release,
    with_own,
    with_release,
)

TODAY = "today"


@dataclass(frozen=True)
class Compared:
    """Two situations of one region, and what changes between them for people.

    `told` is what the gate lets through of them; `about` are the plans that it speaks of, and
    `seen` the ledger that it was held against.
    """

    proposal: Proposal
    before: Situation
    after: Situation
    comparison: Comparison
    told: Turnover
    about: tuple[Proposal, ...]
    seen: Ledger = NOTHING_RELEASED


def compare(
    before: str, after: str, *, ledger: Path | None = None, readers: Readers | None = None
) -> Compared:
    """Compare two saved plans, or today and a plan.

    Parameters
    ----------
    before, after : str
        A folder that `save` wrote, or "today", which is then today of the other one.
    ledger, readers : Path, Readers, optional
        See `with_release`. Nothing is entered before `save_comparison`, but for the plans. Plans
        that were released for different readers are compared for the widest of their audiences,
        by the strictest of their thresholds.

    Raises
    ------
    InputError
        If both are today, a folder is not usable, or the two are of different regions.
    DisclosureError
        If what was released before tells a small count together with a plan of these.
    """
    folders_compared(before, after)
    loaded = {name: load(Path(name)) for name in (before, after) if name != TODAY}
    asked = readers or readers_of_all(loaded.values())
    saved = {name: with_release(plan, ledger, asked) for name, plan in loaded.items()}
    if len({proposal.area.region for proposal in saved.values()}) > 1:
        raise InputError(
            Fault(
                "{before} and {after} are of different regions; compare plans of one region",
                fields={"before": before, "after": after},
            )
        )
    seen = read_ledger(ledger) if ledger else NOTHING_RELEASED
    return _compared(saved.get(before), saved.get(after), ("Before", "After"), seen)


def folders_compared(before: str, after: str) -> list[Path]:
    """Return the folders of plans among two that are to be compared.

    Raises
    ------
    InputError
        If both are today, or one is neither today nor a folder.
    """
    if before == after == TODAY:
        raise InputError(Fault("today beside today shows nothing; name a plan's folder"))
    folders = [Path(name) for name in (before, after) if name != TODAY]
    faults = FaultList()
    for folder in folders:
        if not folder.is_dir():
            faults.add(
                "{found} is not a folder; name one that planner plan wrote, or the word {today}",
                fields={"found": str(folder), "today": TODAY},
            )
    faults.raise_if_any()
    return folders


def beside(
    before: Proposal | None, after: Proposal, *, titles: tuple[str, str] = ("Before", "After")
) -> Compared:
    """Compare two plans of one region, or today and a plan, and note beside them what is told.

    It takes seconds, about as long as `release`. Plans that were released for different readers
    are compared as in `compare`.

    Parameters
    ----------
    before : Proposal, optional
        Where there is none, today of `after`.
    titles : pair of str
        What a map calls the two.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect_turns`.
    """
    asked = readers_of_all([after] if before is None else [before, after])
    first = None if before is None else with_release(before, readers=asked)
    second = with_release(after, readers=asked)
    compared = _compared(first, second, titles, NOTHING_RELEASED)
    note_beside(compared.about, [compared.told.turns.release])
    return compared


def _compared(
    before: Proposal | None,
    after: Proposal | None,
    titles: tuple[str, str],
    seen: Ledger,
) -> Compared:
    """Return two plans beside each other; ``None`` is today of the other."""
    about = tuple(proposal for proposal in (before, after) if proposal is not None)
    one = about[0]
    first, second = _situation(titles[0], before, one), _situation(titles[1], after, one)
    found = compare_plans(first.problem, first.plan, second.problem, second.plan)
    told = _turnover((_side(before, one), _side(after, one)), found, about, seen)
    first, second = replace(first, people=told.before), replace(second, people=told.after)
    return Compared(one, first, second, found, told, about, seen)


def _turnover(
    sides: tuple[Side, Side],
    comparison: Comparison,
    about: Sequence[Proposal],
    seen: Ledger,
) -> Turnover:
    """Return what may be told beside all that readers hold of the plans."""
    before, after = sides
    held = Ledger(tuple(dict.fromkeys(r for p in about for r in with_own(seen, p).releases)))
    for side in sides:
        held = held.with_release(side.released.release)
    asked = readers_of(about[0])
    turns = protect_turns(
        before,
        after,
        {
            (row.municipality, row.service): Turned(
                row.turn.shorter,
                row.turn.longer,
                row.turn.newly_served,
                row.turn.no_longer_served,
                row.turn.unchanged,
            )
            for row in comparison.rows
            if row.before.need or row.after.need
        },
        totals=totals_of(*(p.problem for p in about)),
        outside=frozenset().union(*(p.problem.outside for p in about)),
        audience=asked.audience,
        thresholds=asked.thresholds,
        ledger=held,
        apart=len(about) > 1,
    )
    was, now = (People(side.released, side.situation) for side in sides)
    return Turnover(was, now.changed_from(was, turns), turns)


def _side(proposal: Proposal | None, one: Proposal) -> Side:
    if proposal is None:
        return Side(release(one), "today", served_of(one.today_problem, one.today))
    return Side(release(proposal), "plan", served_of(proposal.problem, proposal.plan))


def save_comparison(
    compared: Compared, folder: Path, *, language: str, ledger: Path | None = None
) -> tuple[list[str], str]:
    """Write a comparison as tables, map and sentences; return the files' names and the text.

    What it tells is noted in `ledger`, and beside each of the plans.
    """
    area, told = compared.proposal.area, compared.told
    threshold = told.turns.release.threshold
    if ledger:
        enter(ledger, [told.turns.release], seen=compared.seen)
    note_beside(compared.about, [told.turns.release])
    table = comparison_table(area, compared.comparison, told=told, language=language)
    write_machine_csv(folder / "comparison.csv", table, threshold=threshold)
    office = folder / f"comparison_{language}.csv"
    write_office_csv(office, table, language=language, threshold=threshold)
    situations = (compared.after, compared.before)
    write_situations(folder / "map.html", area, situations, language=language, threshold=threshold)
    text = "\n".join(_sentences(compared, language, threshold))
    write_text(folder / "sentences.txt", text + "\n")
    return files_in(folder), text


def _situation(title: str, proposal: Proposal | None, one: Proposal) -> Situation:
    problem, plan = one.today_problem, one.today
    if proposal is not None:
        problem, plan = proposal.problem, proposal.plan
    return Situation(title.lower(), title, problem, plan, municipality_figures(problem, plan))


def _sentences(compared: Compared, language: str, threshold: int) -> list[str]:
    names = {m.atvk: m.name for m in compared.proposal.area.municipalities}
    found = compared.comparison

    def said(totals: Sequence[MunicipalityTotal], services: str) -> list[str]:
        return [
            "  "
            + municipality_sentence(
                total,
                names[total.municipality],
                told=compared.told,
                services=services,
                language=language,
                threshold=threshold,
            )
            for total in totals
        ]

    lines = [say(language, "Services that people travel to:"), *said(found.municipalities, TRAVEL)]
    if found.homes:
        lines += [say(language, "Services where people live:"), *said(found.homes, HOMES)]
    if compared.told.turns.told_before:
        lines.append(say(language, TOLD_APART))
    return [*lines, say(language, LEGEND, small=small_mark(threshold), hidden=HIDDEN_MARK)]

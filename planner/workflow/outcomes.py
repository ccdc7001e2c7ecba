"""Saved plans into what councils and officers read: a comparison, an amendment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.analysis.comparison import Comparison, MunicipalityTotal
from planner.analysis.comparison import compare as compare_plans
from planner.analysis.indicators import municipality_figures, service_figures
from planner.disclosure import HIDDEN_MARK, LEGEND, Turned, protect_turns, small_mark
from planner.domain import Plan, Problem, Stay
from planner.editions import Amendment, amendment, standing
from planner.errors import Fault, InputError
from planner.locales import say
from planner.publishing.amendment_tables import changes_table, totals_table
from planner.publishing.documents import Dossier, write_amendment
from planner.publishing.maps import write_situations
from planner.publishing.package import files_in, write_text
from planner.publishing.people import HOMES, TRAVEL, People, Turnover
from planner.publishing.picture import write_picture
from planner.publishing.plan_tables import comparison_table, municipality_sentence
from planner.publishing.scene import Situation
from planner.publishing.tables import write_machine_csv, write_office_csv, write_workbook
from planner.workflow.folders import load, release, with_release
from planner.workflow.proposing import Proposal

TODAY = "today"


@dataclass(frozen=True)
class Compared:
    """Two situations of one region, and what changes between them for people.

    `told` is what the gate lets through of them, for today beside a plan; ``None`` for two plans.
    """

    proposal: Proposal
    before: Situation
    after: Situation
    comparison: Comparison
    told: Turnover | None = None


def compare(before: str, after: str) -> Compared:
    """Compare two saved plans, or today and a plan.

    Parameters
    ----------
    before, after : str
        A folder that `save` wrote, or "today", which is then today of the other one.

    Raises
    ------
    InputError
        If both are today, a folder is not usable, or the two are of different regions.
    """
    folders = [name for name in (before, after) if name != TODAY]
    if not folders:
        raise InputError(Fault("today beside today shows nothing; name a plan's folder"))
    saved = {name: load(Path(name)) for name in folders}
    one = saved[folders[0]]
    if len({proposal.area.region for proposal in saved.values()}) > 1:
        raise InputError(
            Fault(
                "{before} and {after} are of different regions; compare plans of one region",
                fields={"before": before, "after": after},
            )
        )
    first = _situation(before, "Before", saved, one)
    second = _situation(after, "After", saved, one)
    found = compare_plans(first.problem, first.plan, second.problem, second.plan)
    told = turnover(one, found) if before == TODAY else None
    if told is not None:
        first, second = replace(first, people=told.today), replace(second, people=told.plan)
    return Compared(one, first, second, found, told)


def turnover(proposal: Proposal, comparison: Comparison) -> Turnover:
    """Return what may be told of today beside a plan; it takes seconds, about as long as `release`.

    Parameters
    ----------
    comparison : Comparison
        Of `proposal.today` with `proposal.plan`.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect_turns`.
    """
    released = release(proposal)
    rows = {(r.municipality, r.service): r for r in comparison.rows if r.after.need}
    services = proposal.problem.services.values()
    turns = protect_turns(
        released,
        {
            key: Turned(
                row.turn.shorter,
                row.turn.longer,
                row.turn.newly_served,
                row.turn.no_longer_served,
                row.turn.unchanged,
            )
            for key, row in rows.items()
        },
        {
            key: (row.after.need, row.before.within_standard, row.after.within_standard)
            for key, row in rows.items()
        },
        totals={
            TRAVEL: [s.id for s in services if s.stay is not Stay.HOME],
            HOMES: [s.id for s in services if s.stay is Stay.HOME],
        },
    )
    return Turnover(People(released, "today"), People(released), turns)


def save_comparison(compared: Compared, folder: Path, *, language: str) -> tuple[list[str], str]:
    """Write a comparison as tables, map and sentences; return the files' names and the text."""
    area = compared.proposal.area
    table = comparison_table(area, compared.comparison, told=compared.told, language=language)
    write_machine_csv(folder / "comparison.csv", table)
    write_office_csv(folder / f"comparison_{language}.csv", table, language=language)
    situations = (compared.after, compared.before)
    write_situations(folder / "map.html", area, situations, language=language)
    text = "\n".join(_sentences(compared, language))
    write_text(folder / "sentences.txt", text + "\n")
    return files_in(folder), text


def amend(proposal: Proposal) -> Amendment:
    """Return the changes from what stands to a plan."""
    return amendment(
        proposal.problem,
        standing(proposal.problem),
        proposal.plan,
        proposal.area,
        assigned_before=proposal.today.assigned,
    )


def save_amendment(proposal: Proposal, folder: Path, *, made_on: date) -> list[str]:
    """Write a plan's amendment as DOCX in Latvian, XLSX and CSV; return the files' names."""
    proposal = with_release(proposal)
    found, area, released = amend(proposal), proposal.area, proposal.released
    changes = changes_table(area, found, released=released, language="lv")
    totals = totals_table(area, found, released=released, language="lv")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as drawing:
        dossier = dossier_of(proposal, found, made_on=made_on)
        before = standing(proposal.problem)
        picture = write_picture(Path(drawing) / "map.png", area, proposal.plan, before=before)
        write_amendment(folder / "grozijumi.docx", replace(dossier, map_picture=picture))
    legend = say("lv", LEGEND, small=small_mark(), hidden=HIDDEN_MARK)
    write_workbook(folder / "grozijumi.xlsx", (changes, totals), notes=(legend,), language="lv")
    write_office_csv(folder / "grozijumi.csv", changes, language="lv")
    write_machine_csv(folder / "amendment.csv", changes)
    return files_in(folder)


def dossier_of(proposal: Proposal, found: Amendment, *, made_on: date) -> Dossier:
    """Return what the document of an amendment is made from."""
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
    )


def _situation(name: str, title: str, saved: dict[str, Proposal], one: Proposal) -> Situation:
    problem: Problem
    plan: Plan
    if name == TODAY:
        problem, plan = one.today_problem, one.today
    else:
        problem, plan = saved[name].problem, saved[name].plan
    return Situation(title.lower(), title, problem, plan, municipality_figures(problem, plan))


def _sentences(compared: Compared, language: str) -> list[str]:
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
            )
            for total in totals
        ]

    lines = [say(language, "Services that people travel to:"), *said(found.municipalities, TRAVEL)]
    if found.homes:
        lines += [say(language, "Services where people live:"), *said(found.homes, HOMES)]
    return [*lines, say(language, LEGEND, small=small_mark(), hidden=HIDDEN_MARK)]

"""A proposal into a folder of files and back; what is saved can be checked from the files alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from planner import verification
from planner.analysis.duplication import Duplication
from planner.analysis.indicators import ServiceFigures, municipality_figures, service_figures
from planner.disclosure import (
    Ledger,
    Readers,
    write_ledger,
)
from planner.errors import Fault, InputError
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.problem import today_of
from planner.publishing.layers import plan_layers, write_geopackage
from planner.publishing.maps import today_situation, write_map
from planner.publishing.package import files_in, write_text
from planner.publishing.plan_tables import (
    municipalities_table,
    sites_table,
    start_now_table,
    unserved_table,
)
from planner.publishing.report import report as report_in_words
from planner.publishing.tables import write_machine_csv
from planner.records import (
    INTERNAL,
    Json,
    aim_to_json,
    area_from_json,
    area_to_json,
    plan_from_json,
    plan_to_json,
    problem_from_json,
    problem_to_json,
    total_aims,
)
from planner.records.text import broken
from planner.workflow.proposing import Proposal, start_now
from planner.workflow.releasing import RELEASE, readers_of, release, with_kept, with_release
from planner.workflow.settings import settings_summary, settings_text


def save(
    proposal: Proposal,
    folder: Path,
    *,
    language: str,
    ledger: Path | None = None,
    readers: Readers | None = None,
) -> list[str]:
    """Write a proposal with its tables, map and layers into `folder`; return the files' names.

    Each file takes the place of an older one only when it is whole.

    Parameters
    ----------
    ledger, readers : Path, Readers, optional
        See `with_release`.

    Raises
    ------
    DisclosureError
        If the earlier releases would tell a small count together with this one.
    """
    proposal = with_release(proposal, ledger, readers)
    released = release(proposal)
    threshold = released.release.threshold
    area, problem, plan = proposal.area, proposal.problem, proposal.plan
    then = municipality_figures(problem, plan)
    now = municipality_figures(proposal.today_problem, proposal.today)
    for name, text in _records(proposal).items():
        write_text(folder / name, text)
    begun = proposal.released_start
    write_ledger(folder / RELEASE, Ledger((released.release, *((begun.release,) if begun else ()))))
    for table in (
        sites_table(area, problem, plan, released=released, language=language),
        municipalities_table(area, then, today=now, released=released, language=language),
        unserved_table(area, problem, plan, released=released, language=language),
        start_now_table(
            area, proposal.start_now, released=released, begun=begun, language=language
        ),
    ):
        write_machine_csv(folder / f"{table.name}.csv", table, threshold=threshold)
    today = today_situation(proposal.today_problem, proposal.today, now, released)
    write_map(
        folder / "map.html",
        area,
        problem,
        plan,
        then,
        today=today,
        released=released,
        language=language,
        threshold=threshold,
    )
    layers = plan_layers(
        area, problem, plan, then, released=released, language=language, threshold=threshold
    )
    write_geopackage(folder / "layers.gpkg", layers)
    return files_in(folder)


def load(folder: Path) -> Proposal:
    """Return the proposal that was saved in `folder`.

    Raises
    ------
    InputError
        If a file is missing or damaged.
    """
    problem = problem_from_json(_read_json(folder / "problem.json"))
    plan = plan_from_json(_read_json(folder / "plan.json"))
    today = plan_from_json(_read_json(folder / "today.json"), file="today.json")
    area = area_from_json(_read_json(folder / "area.json"))
    scenario = read_scenario(folder / "scenario.toml")
    today_problem = today_of(problem)
    proposal = Proposal(
        scenario=scenario,
        area=area,
        problem=problem,
        plan=plan,
        today_problem=today_problem,
        today=today,
        start_now=start_now(area, scenario, problem, plan),
        duplication=_duplication_from_json(_read_json(folder / "duplication.json")),
    )
    return with_release(with_kept(proposal, folder))


def verify(folder: Path) -> tuple[Fault, ...]:
    """Return every rule that the plan saved in `folder` breaks, from the files alone.

    Today's plan is checked as well, where it was saved beside it.

    Raises
    ------
    InputError
        If a file is missing or cannot be read at all.
    """
    problem = _read_json(folder / "problem.json")
    faults = verification.check_saved(problem, _read_json(folder / "plan.json"))
    if faults or not (folder / "today.json").exists():
        return faults
    today = problem_to_json(today_of(problem_from_json(problem)))
    return verification.check_saved(
        today, _read_json(folder / "today.json"), plan_file="today.json"
    )


def summary(proposal: Proposal) -> Json:
    """Return what `planner plan --json` prints: figures by service, aims, today, start now."""
    figures = service_figures(proposal.problem, proposal.plan)
    today = service_figures(proposal.today_problem, proposal.today)
    return {
        "notice": INTERNAL,
        "region": proposal.area.region,
        "scenario": proposal.scenario.id,
        "plan_year": proposal.scenario.plan_year,
        "services": {s: _figures(f) for s, f in figures.items()},
        "aims": [aim_to_json(aim) for aim in total_aims(proposal.plan.proof)],
        "today": {s: _figures(f) for s, f in today.items()},
        "start_now": [asdict(row) for row in proposal.start_now if row.persons],
        "duplication": _duplication_to_json(proposal.duplication),
        "verified": not verification.broken_rules(proposal.problem, proposal.plan),
        **settings_summary(proposal.area, proposal.scenario, proposal.problem, proposal.plan),
    }


def report(proposal: Proposal, *, language: str) -> str:
    """Return what was found, in plain words for a terminal, small counts hidden."""
    found = report_in_words(
        proposal.area,
        proposal.problem,
        proposal.plan,
        figures=service_figures(proposal.problem, proposal.plan),
        today=service_figures(proposal.today_problem, proposal.today),
        duplication=proposal.duplication,
        released=proposal.released,
        language=language,
    )
    beside = settings_text(
        proposal.area,
        proposal.scenario,
        proposal.problem,
        proposal.plan,
        language=language,
        threshold=readers_of(proposal).threshold,
    )
    return f"{found}\n\n{beside}" if beside else found


_FIGURES = (
    "need",
    "served",
    "unserved",
    "reach",
    "within_standard",
    "sites_existing",
    "sites_kept",
    "sites_enlarged",
    "sites_new",
    "places",
    "cost_eur",
    "mean_minutes",
)


def _figures(figures: ServiceFigures) -> Json:
    return {name: getattr(figures, name) for name in _FIGURES}


def _records(proposal: Proposal) -> dict[str, str]:
    values: Mapping[str, Json] = {
        "plan.json": plan_to_json(proposal.plan, sources=proposal.area.sources),
        "problem.json": problem_to_json(proposal.problem),
        "today.json": plan_to_json(proposal.today, sources=proposal.area.sources),
        "area.json": area_to_json(proposal.area),
        "duplication.json": _duplication_to_json(proposal.duplication),
    }
    texts = {name: json.dumps(v, ensure_ascii=False) for name, v in values.items()}
    return texts | {"scenario.toml": scenario_to_toml(proposal.scenario)}


def _duplication_to_json(found: Duplication | None) -> Json:
    if found is None:
        return {"looked_for": False, "beyond_fewest": [], "needless": []}
    return {
        "looked_for": True,
        "beyond_fewest": [
            {"service": service, "sites_beyond_fewest": beyond, "proven": proven}
            for service, (beyond, proven) in sorted(found.beyond_fewest.items())
        ],
        "needless": [{"service": service, "site": site} for service, site in found.needless],
    }


def _duplication_from_json(data: Json, *, file: str = "duplication.json") -> Duplication | None:
    try:
        if not data["looked_for"]:
            return None
        return Duplication(
            beyond_fewest={
                row["service"]: (row["sites_beyond_fewest"], row["proven"])
                for row in data["beyond_fewest"]
            },
            needless=tuple((row["service"], row["site"]) for row in data["needless"]),
        )
    except (KeyError, TypeError) as error:
        raise broken(file, error) from error


def _read_json(file: Path) -> Json:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fault = Fault("the file is not there; check the path", file=str(file))
        raise InputError(fault) from None
    except (OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        fault = Fault("not a JSON file: {what}", file=file.name, fields={"what": str(error)})
        raise InputError(fault) from None
    if not isinstance(data, dict):
        fault = Fault("not a JSON file: {what}", file=file.name, fields={"what": "no object"})
        raise InputError(fault)
    return data

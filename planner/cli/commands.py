"""The commands of the terminal: arguments into workflow calls, results into text or JSON."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import __version__
from planner.cli.needs import import_app, template_app
from planner.cli.roads import roads_app
from planner.cli.speaking import (
    Speaks,
    naming_conflicts,
    naming_counts,
    print_files,
    print_json,
    print_text,
    progress_lines,
    progress_words,
    telling_errors,
)
from planner.errors import VerificationError
from planner.locales import DEFAULT_LANGUAGE, LANGUAGES, say

if TYPE_CHECKING:
    from planner.domain import Audience

app = typer.Typer(
    name="planner",
    help="Tuvāk: where community-based services should go, so that people reach them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(roads_app, name="roads")
app.add_typer(import_app, name="import")
app.add_typer(template_app, name="template")

ScenarioFile = Annotated[
    Path, typer.Argument(help="A scenario, for instance scenarios/latgale.toml")
]
OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the files; made where absent")]
PlanFolder = Annotated[Path, typer.Argument(help="A folder that `planner plan` wrote")]
LedgerFile = Annotated[
    Path | None, typer.Option(help="What was released before for the same needs; kept up")
]
ForWhom = Annotated[
    str | None,
    typer.Option(help="Readers: public, institutions or staff; else as before, or the scenario's"),
]
FromPersons = Annotated[
    int | None,
    typer.Option(help="Smallest count of persons that they may read, 3 or more; else as before"),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else")]


@app.callback()
def _main(
    language: Annotated[
        str, typer.Option(help="lv or en; TUVAK_LANGUAGE sets the default")
    ] = os.environ.get("TUVAK_LANGUAGE", DEFAULT_LANGUAGE),
    *,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say each step on stderr")] = False,
) -> None:
    if language not in LANGUAGES:
        raise typer.BadParameter("lv, en")
    Speaks.language = language
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(message)s",
    )


def main() -> None:
    """Run the command line; the entry point `planner`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    app()


@app.command()
def plan(
    scenario: ScenarioFile,
    out: OutFolder,
    *,
    as_json: AsJson = False,
    time_limit: Annotated[
        float, typer.Option(min=1, help="Seconds of wall clock for all solving")
    ] = 60.0,
    gap: Annotated[
        float, typer.Option(min=0, max=1, help="Stop an aim when it is proven this close")
    ] = 0.005,
    progress: Annotated[
        bool, typer.Option("--progress", help="Progress as JSON lines on stderr")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder in place of the starter")] = None,
    ledger: LedgerFile = None,
    audience: ForWhom = None,
    threshold: FromPersons = None,
) -> None:
    """Make a plan for a scenario, check it, and write it with tables, map and layers."""
    from planner import workflow
    from planner.facility_location import Limits
    from planner.inputs.scenario import read_scenario

    with telling_errors():
        _need_writable(out, ledger)
        asked = read_scenario(scenario)
        readers = asked.readers(*_named(audience, threshold))
        prepared = workflow.prepare(asked, data=data)
        limits = Limits(seconds=workflow.solving_seconds(time_limit), gap=gap)
        tell = progress_lines() if progress else progress_words(quiet=as_json)
        with naming_conflicts(prepared.area, readers):
            proposal = workflow.propose(prepared, limits=limits, on_progress=tell)
        with naming_counts(lambda: prepared.area):
            proposal = workflow.with_release(proposal, ledger, readers)
        files = workflow.save(proposal, out, language=Speaks.language)
        if as_json:
            about_roads = workflow.travel_summary(prepared.travel)
            told = {**workflow.summary(proposal), "travel_times": about_roads, "files": files}
            print_json(told)
        else:
            print_text(workflow.report(proposal, language=Speaks.language))
            print_files(out, files)


@app.command()
def curve(
    scenario: ScenarioFile,
    out: OutFolder,
    *,
    aim: Annotated[
        str, typer.Option(help="persons_beyond_standard or persons_unserved")
    ] = "persons_beyond_standard",
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="A folder that `planner plan` wrote for the same scenario"),
    ] = None,
    as_json: AsJson = False,
    time_limit: Annotated[
        float, typer.Option(min=1, help="Seconds of wall clock for all points together")
    ] = 120.0,
    gap: Annotated[
        float, typer.Option(min=0, max=1, help="Stop an aim when it is proven this close")
    ] = 0.005,
    progress: Annotated[
        bool, typer.Option("--progress", help="Progress as JSON lines on stderr")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder in place of the starter")] = None,
    ledger: LedgerFile = None,
    audience: ForWhom = None,
    threshold: FromPersons = None,
) -> None:
    """Tell what each tolerance of an aim saves: persons against new sites and euros."""
    from planner import workflow
    from planner.facility_location import Limits
    from planner.inputs.scenario import read_scenario

    with telling_errors():
        _need_writable(out, ledger)
        asked = read_scenario(scenario)
        readers = asked.readers(*_named(audience, threshold))
        beside = None if plan is None else workflow.load(plan)
        prepared = workflow.prepare(asked, data=data)
        limits = Limits(seconds=time_limit, gap=gap)
        tell = progress_lines() if progress else progress_words(quiet=as_json)
        area = prepared.area
        with naming_conflicts(area, readers), naming_counts(lambda: area):
            priced = workflow.price(
                prepared,
                aim,
                limits=limits,
                on_progress=tell,
                beside=beside,
                readers=readers,
                ledger=ledger,
            )
            files, text = workflow.save_prices(priced, out, language=Speaks.language, ledger=ledger)
        if as_json:
            print_json({"prices": asdict(priced.told), "files": files})
        else:
            print_text(text)
            print_files(out, files)


@app.command()
def verify(folder: PlanFolder, *, as_json: AsJson = False) -> None:
    """Check a saved plan against its problem, from the files alone."""
    from planner import workflow

    with telling_errors():
        faults = workflow.verify(folder)
        if as_json:
            print_json({"verified": not faults, "broken": [str(fault) for fault in faults]})
        if faults:
            raise VerificationError(*faults)
        if not as_json:
            print_text(say(Speaks.language, "The plan keeps every rule of its problem."))


@app.command("travel-times")
def travel_times(
    out: Annotated[Path, typer.Option("--out", help="CSV file to write")],
    region: Annotated[str, typer.Option(help="A region, see `planner regions`")] = "latgale",
    roads: Annotated[Path | None, typer.Option(help="A saved network; else the starter's")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder in place of the starter")] = None,
) -> None:
    """Write the minutes between all settlements and sites of a region, up to 120."""
    from planner import workflow

    with telling_errors():
        pairs, assumptions = workflow.write_travel_times(region, out, roads=roads, data=data)
        text = say(Speaks.language, "{pairs} pairs written to {file}", pairs=pairs, file=str(out))
        print_text("\n  ".join([text, *assumptions]))


@app.command()
def check(
    kind: Annotated[
        str,
        typer.Argument(help="needs, facilities, sites, boundaries, additions or institutions"),
    ],
    file: Annotated[Path, typer.Argument(help="The file to look at")],
    *,
    data: Annotated[Path | None, typer.Option(help="Data folder in place of the starter")] = None,
    crs: Annotated[str, typer.Option(help="Boundaries: reference system as confirmed")] = "",
    mapping: Annotated[Path | None, typer.Option(help="A saved mapping of the headers")] = None,
    units: Annotated[
        str, typer.Option(help="Needs by municipality: before-2021, 2021 or 2025")
    ] = "",
) -> None:
    """Look at an input file and say all that is wrong with it."""
    from planner import workflow

    with telling_errors():
        found = workflow.check(
            kind,
            file,
            data=data,
            crs=crs,
            mapping=mapping,
            units=units,
            language=Speaks.language,
        )
        print_text(found)


@app.command()
def services(
    *,
    bases: Annotated[bool, typer.Option(help="Every value with what it rests on")] = False,
    as_json: AsJson = False,
) -> None:
    """List the services of the catalogue."""
    from planner import workflow

    with telling_errors():
        rows = workflow.catalogue_rows()
        if as_json:
            print_json({"services": rows})
        elif bases:
            print_text(workflow.catalogue_settings_text(language=Speaks.language))
        else:
            name = f"name_{Speaks.language}"
            print_text("\n".join(f"{row['id']:26} {row[name]}" for row in rows))


@app.command()
def regions(*, as_json: AsJson = False) -> None:
    """List the planning regions."""
    from planner import workflow

    with telling_errors():
        rows = workflow.region_rows()
        if as_json:
            print_json({"regions": rows})
        else:
            print_text("\n".join(f"{row['id']:10} {row['name']}" for row in rows))


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="A plan's folder, or the word today")],
    after: Annotated[str, typer.Argument(help="A plan's folder, or the word today")],
    out: OutFolder,
    *,
    as_json: AsJson = False,
    ledger: LedgerFile = None,
    audience: ForWhom = None,
    threshold: FromPersons = None,
) -> None:
    """Compare two plans, or today and a plan, municipality by municipality."""
    from planner import workflow

    with telling_errors():
        folders = workflow.folders_compared(before, after)
        readers = workflow.readers_asked(folders, *_named(audience, threshold))
        with naming_counts(lambda: workflow.load(folders[0]).area):
            found = workflow.compare(before, after, ledger=ledger, readers=readers)
            files, text = workflow.save_comparison(
                found, out, language=Speaks.language, ledger=ledger
            )
        if as_json:
            print_json({"files": files})
        else:
            print_text(text)
            print_files(out, files)


@app.command()
def amend(
    folder: PlanFolder,
    out: OutFolder,
    *,
    as_json: AsJson = False,
    ledger: LedgerFile = None,
    audience: ForWhom = None,
    threshold: FromPersons = None,
) -> None:
    """Write what a plan changes as an amendment: DOCX, XLSX and CSV."""
    from planner import workflow

    with telling_errors():
        today = datetime.now(tz=UTC).astimezone().date()
        saved = workflow.load(folder)
        with naming_counts(lambda: saved.area):
            files = workflow.save_amendment(
                saved,
                out,
                made_on=today,
                ledger=ledger,
                readers=workflow.readers_asked([folder], *_named(audience, threshold)),
            )
        if as_json:
            print_json({"files": files})
        else:
            print_files(out, files)


@app.command("app")
def open_app(
    port: Annotated[int | None, typer.Option(help="Port on this machine")] = None,
    *,
    headless: Annotated[bool, typer.Option(help="Do not open a browser")] = False,
) -> None:
    """Open the planner in the browser, on this machine alone."""
    command = [sys.executable, "-m", "planner.ui"]
    command += ["--port", str(port)] if port is not None else []
    command += ["--headless"] if headless else []
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - who ends the command ends the app


def _named(audience: str | None, threshold: int | None) -> tuple[Audience | None, int | None]:
    """Return the readers that the options name, ``None`` where they name nobody."""
    from planner.domain import Audience

    if audience is not None and audience not in set(Audience):
        raise typer.BadParameter(", ".join(Audience), param_hint="--audience")
    return None if audience is None else Audience(audience), threshold


def _need_writable(out: Path, ledger: Path | None) -> None:
    """Say at once where nothing could be written in the end."""
    from planner.publishing.package import need_writable

    for folder in (out,) if ledger is None else (out, ledger.parent):
        need_writable(folder)


@app.command()
def version() -> None:
    """Say which version this is."""
    print_text(__version__)

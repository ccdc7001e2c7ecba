"""The commands that take files in: templates to send out, files to read, columns to map."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.speaking import Speaks, print_text, telling_errors
from planner.locales import say, say_count

_BAR = 24
"""Characters of the bar that tells how far a table has been read."""
import_app = typer.Typer(help="Take in what municipalities send.", no_args_is_help=True)
template_app = typer.Typer(help="Empty tables for municipalities.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A table, CSV or XLSX")]
Mapping = Annotated[Path | None, typer.Option(help="A saved mapping of this sender's headers")]
Units = Annotated[
    str,
    typer.Option(help="Municipalities in place of settlements: before-2021, 2021 or 2025"),
]
Out = Annotated[Path, typer.Option("--out", help="Folder that dated files are kept in")]
Date = Annotated[str, typer.Option(help="Date that it bears, 2026-11-22; else today")]
Data = Annotated[Path | None, typer.Option(help="Data folder in place of the starter")]


@import_app.command("needs")
def import_needs(
    file: File,
    out: Out,
    *,
    date: Date = "",
    mapping: Mapping = None,
    units: Units = "",
    data: Data = None,
) -> None:
    """Keep the counts of a table of needs as a dated snapshot; rows of persons are forgotten."""
    from planner import workflow

    with telling_errors():
        found = workflow.import_needs(
            file, out, day=date, mapping=mapping, data=data, units=units, on_rows=_rows_told()
        )
        print_text(workflow.needs_text(found, file=file.name, language=Speaks.language))


def _import_table(kind: str, about: str) -> None:
    """Add the command that keeps tables of a kind."""

    @import_app.command(kind, help=about)
    def keep(
        file: File, out: Out, *, date: Date = "", mapping: Mapping = None, data: Data = None
    ) -> None:
        _import(kind, file, out, date=date, mapping=mapping, data=data)


_import_table("facilities", "Keep a table of existing services as a dated file.")
_import_table("sites", "Keep a table of buildings that could hold services as a dated file.")
_import_table("additions", "Keep a table of persons who come on top of the assessed.")
_import_table("institutions", "Keep reorganisation plans of institutions for children.")


@import_app.command("boundaries")
def import_boundaries(
    file: Annotated[Path, typer.Argument(help="GeoPackage, GeoJSON or (zipped) Shapefile")],
    out: Out,
    *,
    date: Date = "",
    crs: Annotated[str, typer.Option(help="Reference system as confirmed: EPSG:3059")] = "",
    data: Data = None,
) -> None:
    """Keep outlines of municipalities as a dated file, in degrees."""
    _import("boundaries", file, out, date=date, crs=crs, data=data)


def _import(
    kind: str,
    file: Path,
    out: Path,
    *,
    date: str,
    mapping: Path | None = None,
    crs: str = "",
    data: Path | None = None,
) -> None:
    from planner import workflow

    with telling_errors():
        found = workflow.import_file(kind, file, out, day=date, mapping=mapping, crs=crs, data=data)
        print_text(workflow.import_text(found, language=Speaks.language))


@import_app.command()
def columns(
    file: File,
    *,
    kind: Annotated[
        str, typer.Option(help="needs, facilities, sites, additions or institutions")
    ] = "needs",
    mapping: Mapping = None,
    save: Annotated[
        Path | None, typer.Option(help="Write a mapping to fill in and use again (TOML)")
    ] = None,
) -> None:
    """Show how the columns of a table would be read, before any row is."""
    from planner import workflow
    from planner.inputs.kinds import columns_of

    with telling_errors():
        known = columns_of(kind)
        seen = workflow.preview_columns(file, known, mapping=mapping, save=save)
        print_text(workflow.preview_text(seen, known, language=Speaks.language))
        if save is not None:
            print_text(say(Speaks.language, "mapping written to {file}", file=str(save)))


Template = Annotated[Path, typer.Option("--out", help="File to write, .xlsx or .csv")]
Language = Annotated[str, typer.Option(help="lv or en; else the language of the call")]


@template_app.command("needs")
def needs_template(
    out: Template,
    *,
    language: Language = "",
    shape: Annotated[str, typer.Option(help="counts or persons")] = "counts",
    data: Data = None,
) -> None:
    """Write an empty table of needs that opens well in Latvian Excel."""
    _write_template(out, shape=shape, language=language, data=data)


def _template(kind: str, about: str) -> None:
    """Add the command that writes empty tables of a kind."""

    @template_app.command(kind, help=about)
    def write(out: Template, *, language: Language = "", data: Data = None) -> None:
        _write_template(out, shape=kind, language=language, data=data)


_template("facilities", "Write an empty table of existing services.")
_template("sites", "Write an empty table of buildings that could hold services.")
_template("additions", "Write an empty table of persons who come on top of the assessed.")
_template("institutions", "Write an empty table of institutions for children, year by year.")


def _write_template(out: Path, *, shape: str, language: str, data: Path | None) -> None:
    from planner import workflow
    from planner.locales import LANGUAGES

    if language and language not in LANGUAGES:
        raise typer.BadParameter("lv, en")
    with telling_errors():
        workflow.write_template(out, shape=shape, language=language or Speaks.language, data=data)
        print_text(say(Speaks.language, "template written to {file}", file=str(out)))


def _rows_told() -> Callable[[int, int], None]:
    """Return a reporter of rows on stderr: a bar that rewrites itself, or one line at the end."""
    live = sys.stderr.isatty()

    def tell(done: int, rows: int) -> None:
        if not live and done < rows:
            return
        text = say_count(
            Speaks.language,
            "{done} of {count} row read",
            "{done} of {count} rows read",
            rows,
            done=done,
        )
        filled = _BAR * done // rows if rows else _BAR
        bar = "█" * filled + "░" * (_BAR - filled)
        typer.echo(f"\r{bar} {text}" if live else text, err=True, nl=not live or done == rows)

    return tell

"""The commands that take needs in: templates to send out, tables to read, columns to map."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.speaking import Speaks, print_text, telling_errors
from planner.locales import say, say_count

import_app = typer.Typer(help="Take in what municipalities send.", no_args_is_help=True)
template_app = typer.Typer(help="Empty tables for municipalities.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A table of needs, CSV or XLSX")]
Mapping = Annotated[Path | None, typer.Option(help="A saved mapping of this sender's headers")]
Data = Annotated[Path | None, typer.Option(help="Data folder in place of the starter")]


@import_app.command("needs")
def import_needs(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder that snapshots are kept in")],
    *,
    date: Annotated[str, typer.Option(help="Date of the snapshot, 2026-11-22; else today")] = "",
    mapping: Mapping = None,
    data: Data = None,
) -> None:
    """Keep the counts of a table of needs as a dated snapshot; rows of persons are forgotten."""
    from planner import workflow

    with telling_errors():
        found = workflow.import_needs(
            file, out, day=date, mapping=mapping, data=data, on_rows=_rows_told()
        )
        print_text(workflow.needs_text(found, file=file.name, language=Speaks.language))


@import_app.command()
def columns(
    file: File,
    *,
    mapping: Mapping = None,
    save: Annotated[
        Path | None, typer.Option(help="Write a mapping to fill in and use again (TOML)")
    ] = None,
) -> None:
    """Show how the columns of a table of needs would be read, before any row is."""
    from planner import workflow

    with telling_errors():
        seen = workflow.preview_needs(file, mapping=mapping, save=save)
        print_text(workflow.preview_text(seen, language=Speaks.language))
        if save is not None:
            print_text(say(Speaks.language, "mapping written to {file}", file=str(save)))


@template_app.command("needs")
def needs_template(
    out: Annotated[Path, typer.Option("--out", help="File to write, .xlsx or .csv")],
    *,
    language: Annotated[str, typer.Option(help="lv or en; else the language of the call")] = "",
    shape: Annotated[str, typer.Option(help="counts or persons")] = "counts",
    data: Data = None,
) -> None:
    """Write an empty table of needs that opens well in Latvian Excel."""
    from planner import workflow
    from planner.locales import LANGUAGES

    if language and language not in LANGUAGES:
        raise typer.BadParameter("lv, en")
    with telling_errors():
        workflow.write_template(out, shape=shape, language=language or Speaks.language, data=data)
        print_text(say(Speaks.language, "template written to {file}", file=str(out)))


def _rows_told() -> Callable[[int, int], None]:
    """Return a reporter of rows on stderr: one line that rewrites itself, or one at the end."""
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
        typer.echo(f"\r{text}" if live else text, err=True, nl=not live or done == rows)

    return tell

"""How the terminal side speaks: language, errors, progress, text and JSON on the right streams."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from planner.errors import DisclosureError, Fault, InfeasibleError, PlannerError
from planner.locales import DEFAULT_LANGUAGE, say, say_fault

if TYPE_CHECKING:
    from planner.domain import Readers, StudyArea
    from planner.facility_location import Progress


class Speaks:
    """The language of this call; set once, before a command runs."""

    language = DEFAULT_LANGUAGE


@contextmanager
def telling_errors() -> Iterator[None]:
    """Turn an error of ours into sentences on stderr and its exit code."""
    try:
        yield
    except PlannerError as error:
        for fault in error.faults:
            typer.echo(say_fault(Speaks.language, fault), err=True)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@contextmanager
def naming_conflicts(area: StudyArea, readers: Readers) -> Iterator[None]:
    """Let rules in conflict be said with the names of `area`, and counts as `readers` may know."""
    from planner.workflow import conflict_in_words

    try:
        yield
    except InfeasibleError as error:
        told = conflict_in_words(error, area, Speaks.language, threshold=readers.threshold)
        raise told from error


@contextmanager
def naming_counts(area: Callable[[], StudyArea]) -> Iterator[None]:
    """Let counts that may not be told be said with the names of an area, and what to leave out."""
    from planner.disclosure import ToldTogetherError
    from planner.workflow import refusal_in_words

    try:
        yield
    except ToldTogetherError as error:
        told = refusal_in_words(error, area(), Speaks.language)
        out = (Fault("leave out: {count}", fields={"count": count}) for count in told.leave_out)
        raise DisclosureError(*map(Fault, told.reasons), *out) from error


def progress_lines() -> Callable[[Progress], None]:
    """Return a reporter that writes each step as a line of JSON on stderr, for a screen to read.

    Value and bound are null, and the gap is coarse, for aims that speak of persons.
    """
    from planner.publishing.progress import told_step

    def tell(step: Progress) -> None:
        known = {k: v if _is_known(v) else None for k, v in asdict(told_step(step)).items()}
        line = {"event": "progress", **known}
        typer.echo(json.dumps(line, ensure_ascii=False), err=True)

    return tell


def _is_known(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def progress_words(*, quiet: bool) -> Callable[[Progress], None] | None:
    """Return a reporter that rewrites one line on a terminal, or nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        return None

    from planner.publishing.progress import told_step

    def tell(step: Progress) -> None:
        told = told_step(step)
        value = f" {told.value:g}" if _is_known(told.value) else ""
        gap = f" (≤ {told.gap:.0%})" if _is_known(told.gap) else ""
        text = f"{step.seconds:.0f} s {', '.join(told.services)}: {told.aim}{value}{gap}"
        typer.echo(f"\r{text[:100]:100}", err=True, nl=False)

    return tell


def print_text(text: str) -> None:
    """Write text to stdout."""
    typer.echo(text)


def print_files(folder: Path, files: list[str]) -> None:
    """Say which files stand in a folder."""
    print_text(say(Speaks.language, "Files in {folder}:", folder=str(folder)))
    print_text("  " + ", ".join(files))


def print_json(data: object) -> None:
    """Write one JSON document to stdout."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))

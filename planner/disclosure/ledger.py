"""Releases into a JSON file of the project folder and back: a later one is held against all."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.disclosure.tables import Claim, Fact, Mark, Part, Release
from planner.domain.readers import Audience
from planner.errors import saying_unwritable
from planner.records import Json
from planner.records.text import FORMAT, broken, need_format

NOTICE = (
    "Publicēto tabulu žurnāls: pēc tā pārbauda, vai jauna tabula kopā ar agrākajām neatklāj mazus "
    "skaitļus. / Ledger of released tables: a new one is held against them."
)


@dataclass(frozen=True)
class Ledger:
    """What has been released, oldest first."""

    releases: tuple[Release, ...] = ()

    def with_release(self, release: Release) -> Ledger:
        """Return the ledger with one more release; one that is there already adds nothing."""
        if release in self.releases:
            return self
        return replace(self, releases=(*self.releases, release))

    def known_to(self, audience: Audience, snapshot: str) -> tuple[Release, ...]:
        """Return what `audience` holds of `snapshot`: its own and all that wider ones got."""
        return tuple(
            release
            for release in self.releases
            if release.snapshot == snapshot and release.audience in (*audience.wider, audience)
        )


NOTHING_RELEASED = Ledger()


def read_ledger(path: Path) -> Ledger:
    """Return the ledger saved at `path`; an empty one where there is no file yet.

    Raises
    ------
    InputError
        If the file is not what `write_ledger` wrote.
    """
    if not path.exists():
        return NOTHING_RELEASED
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        need_format(data)
        return Ledger(tuple(_release_from_json(release) for release in data["releases"]))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise broken(path.name, error) from error


def write_ledger(path: Path, ledger: Ledger) -> None:
    """Save `ledger`, whole or not at all: a crash leaves the file as it was."""
    data: Json = {
        "format": FORMAT,
        "notice": NOTICE,
        "releases": [_release_to_json(release) for release in ledger.releases],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
    with saying_unwritable(path.name):
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".draft")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise


@contextmanager
def kept_for_one(path: Path) -> Iterator[None]:
    """Let nobody else enter into the ledger at `path` meanwhile, in this process or another.

    What is locked is its folder, so that no file is left beside it.
    """
    import fcntl  # noqa: PLC0415 - not on every system

    with saying_unwritable(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _release_to_json(release: Release) -> Json:
    """Return a release with its parts listed once and named by position after that."""
    of_claims = [part for claim in release.claims for part, _ in claim.terms]
    of_facts = [part for fact in release.facts for part, _ in fact.terms]
    position = {part: k for k, part in enumerate(dict.fromkeys(of_claims + of_facts))}
    return {
        "name": release.name,
        "snapshot": release.snapshot,
        "audience": release.audience.value,
        "threshold": release.threshold,
        "parts": [list(part) for part in position],
        "claims": [
            {
                "table": claim.table,
                "row": claim.row,
                "column": claim.column,
                "terms": _indexed(claim.terms, position),
                "mark": claim.mark.value,
                "persons": claim.persons,
            }
            for claim in release.claims
        ],
        "facts": [
            {
                "terms": _indexed(fact.terms, position),
                "low": fact.low,
                "high": fact.high if math.isfinite(fact.high) else None,
                "group_only": fact.group_only,
            }
            for fact in release.facts
        ],
    }


def _release_from_json(data: Json) -> Release:
    parts = [Part(*map(_text, part)) for part in data["parts"]]
    return Release(
        name=data["name"],
        snapshot=data["snapshot"],
        audience=Audience(data["audience"]),
        claims=tuple(
            Claim(
                claim["table"],
                claim["row"],
                claim["column"],
                tuple((parts[k], int(c)) for k, c in claim["terms"]),
                Mark(claim["mark"]),
                claim["persons"],
            )
            for claim in data["claims"]
        ),
        facts=tuple(
            Fact(
                tuple((parts[k], float(c)) for k, c in fact["terms"]),
                fact["low"],
                math.inf if fact["high"] is None else fact["high"],
                fact["group_only"],
            )
            for fact in data["facts"]
        ),
        threshold=data["threshold"],
    )


def _indexed(
    terms: Sequence[tuple[Part, int]] | Sequence[tuple[Part, float]], position: Mapping[Part, int]
) -> list[list[float]]:
    return [[position[part], coefficient] for part, coefficient in terms]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value

"""Needs that were taken in into dated files of counts, one for each different set of counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.errors import saying_unwritable
from planner.inputs.intake import additions_csv, assessed_csv, support_plans_csv
from planner.inputs.needs import NeedsIntake
from planner.inputs.place_names import PlaceNames
from planner.inputs.whole_files import write_whole

_NAME = "needs-{day}-{digest}.csv"
_PLANS = "support-plans-{day}-{digest}.csv"
_ADDITIONS = "additions-{day}-{digest}.csv"
_SHORT = 12


@dataclass(frozen=True)
class Snapshot:
    """Files of counts as of a day; `new` is false where these counts were there already.

    `support_plans` is the table of persons by service, where the needs named any; `additions` of
    who comes in a later year.
    """

    path: Path
    support_plans: Path | None
    day: str
    digest: str
    new: bool
    additions: Path | None = None


def keep_snapshot(intake: NeedsIntake, folder: Path, *, day: str, names: PlaceNames) -> Snapshot:
    """Write the counts of `intake` as a table that a study area reads, and return where.

    The file is named by day and content. The same counts are not written again, whatever file and
    day they come from; so a re-import changes nothing. The file appears whole or not at all.

    Parameters
    ----------
    folder : Path
        Where snapshots are kept; an internal folder, since counts are not suppressed in it.
    day : str
        ISO date of the assessment or of the import.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    digest = intake.digest[:_SHORT]
    with saying_unwritable(folder.name):
        folder.mkdir(parents=True, exist_ok=True)
        for known in sorted(folder.glob(_NAME.format(day="*", digest=digest))):
            return _snapshot(known, new=False)
        path = folder / _NAME.format(day=day, digest=digest)
        if intake.by_service:
            plans = folder / _PLANS.format(day=day, digest=digest)
            write_whole(plans, support_plans_csv(intake, names).encode())
        if intake.additions:
            later = folder / _ADDITIONS.format(day=day, digest=digest)
            write_whole(later, additions_csv(intake, names).encode())
        write_whole(path, assessed_csv(intake, names).encode())
    return _snapshot(path, new=True)


def snapshots(folder: Path) -> tuple[Snapshot, ...]:
    """Return the snapshots of a folder, the oldest first."""
    found = sorted(folder.glob(_NAME.format(day="*", digest="*")))
    return tuple(_snapshot(path, new=False) for path in found)


def _snapshot(path: Path, *, new: bool) -> Snapshot:
    day, _, digest = path.stem.removeprefix("needs-").rpartition("-")
    plans = path.with_name(_PLANS.format(day=day, digest=digest))
    later = path.with_name(_ADDITIONS.format(day=day, digest=digest))
    return Snapshot(
        path,
        plans if plans.is_file() else None,
        day,
        digest,
        new=new,
        additions=later if later.is_file() else None,
    )

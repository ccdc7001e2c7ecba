"""The roads of a scenario into what may be said of them: source, troubles, stated error."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from planner.domain import Scenario, Source, StudyArea
from planner.inputs.kept_files import kept_day
from planner.inputs.study_area import REGIONS, starter_data
from planner.roads.network import RoadNetwork, load_network
from planner.roads.snap_report import SnapReport, snap_report
from planner.roads.starter import SOURCE as STARTER_SOURCE
from planner.workflow.proposing import STARTER_ROADS

_STATED = Path("roads") / "measured_error.csv"


@dataclass(frozen=True)
class StatedError:
    """How far trips on the starter roads were from those on the map of state roads."""

    trips: int
    median_percent: float
    ninetieth_percent: float
    measured_on: str


def roads_report(area: StudyArea, network: RoadNetwork) -> SnapReport:
    """Return which places and addresses of an area the roads serve badly, with true counts."""
    persons: Counter[str] = Counter()
    for (group, point), count in area.assessed.items():
        if group != "children_in_institutions":  # they are among those out of family
            persons[point] += count
    buildings = [site for site in area.sites if site.building]
    return snap_report(network, [*area.points, *buildings], persons=persons)


def roads_at(file: Path | None, *, data: Path | None = None) -> RoadNetwork:
    """Return the network of a file, or of the starter data.

    Raises
    ------
    InputError
        If the network cannot be read.
    """
    return load_network(file or (data or starter_data()) / STARTER_ROADS)


def minutes_source(scenario: Scenario | None, network: RoadNetwork | None) -> Source:
    """Return where the minutes of a scenario come from."""
    if network is not None:
        return replace(network.source, role="roads")
    table = Path((scenario.data if scenario else {})["minutes"])
    return Source(name=table.name, licence="", date=kept_day(table), role="minutes")


def sources_of(area: StudyArea, scenario: Scenario | None) -> tuple[Source, ...]:
    """Return where the figures of an area come from, with the starter roads if they are used."""
    own = scenario is not None and {"roads", "minutes"} & {*scenario.data}
    return area.sources if own else (*area.sources, replace(STARTER_SOURCE, role="roads"))


def stated_error(
    scenario: Scenario | None, region: str, *, data: Path | None = None
) -> StatedError | None:
    """Return the measured error of the starter roads in a region; ``None`` for roads of one's own.

    References
    ----------
    data/roads/README.md says how it was measured; `python -m benchmarks.starter_roads` does it.
    """
    if scenario is not None and {"roads", "minutes"} & {*scenario.data}:
        return None
    table = (data or starter_data()) / _STATED
    if not table.exists():
        return None
    with table.open(encoding="utf-8", newline="") as text:
        rows = {row["region"]: row for row in csv.DictReader(text)}
    row = rows.get(REGIONS.get(region, ""))
    if row is None:
        return None
    return StatedError(
        trips=int(row["trips"]),
        median_percent=float(row["median_percent"]),
        ninetieth_percent=float(row["ninetieth_percent"]),
        measured_on=row["measured_on"],
    )

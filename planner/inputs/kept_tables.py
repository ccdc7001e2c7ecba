"""A sound file into the text that is kept of it: known columns as CSV, outlines as GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely

from planner.errors import Fault, FaultList
from planner.inputs.cell_files import Sheet
from planner.inputs.checks import Outlines
from planner.inputs.readers import Column, Privacy, read_table


def table_content(
    path: Path,
    columns: Sequence[Column],
    *,
    mapping: Mapping[str, str] | None = None,
    privacy: Privacy = Privacy.BUILDINGS,
    sheet: Sheet | None = None,
) -> tuple[str, list[Fault]]:
    """Return the known columns of a table as CSV, and a remark for every column that is not read.

    Columns have the planner's own names, whatever the sender calls them. `sheet` is the cells of
    `path`, where they have been read already.
    """
    table = read_table(path, columns, FaultList(), privacy=privacy, mapping=mapping, sheet=sheet)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in columns if column.name in table.headers]
    writer.writerow(names)
    writer.writerows([row.get(name) for name in names] for row in table.rows)
    return text.getvalue(), [
        Fault("the column is not read", column=header) for header in table.unread
    ]


def outlines_content(outlines: Outlines) -> str:
    """Return outlines of municipalities as GeoJSON in degrees, by their code."""
    features = [
        {
            "type": "Feature",
            "properties": {"atvk": code},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, shape in sorted(outlines.shapes.items())
    ]
    collection = {"type": "FeatureCollection", "came_in": outlines.crs, "features": features}
    return json.dumps(collection, separators=(",", ":"))

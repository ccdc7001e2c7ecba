"""No file that is sent uses more than a gigabyte or twenty seconds of processor, whatever it is.

Measured is the reading process together with the largest of those that it starts.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

ROOT = Path(__file__).parent.parent
MEASURED = """
import json, resource, sys
from pathlib import Path
from planner.errors import InputError
from planner.inputs.checks import check_file
from planner.inputs.study_area import starter_data
kind, path = sys.argv[1:]
try:
    found = check_file(kind, Path(path), data=starter_data())
    said = f"{found.rows} rows {found.notes and found.notes[-1].text}"
except InputError as error:
    said = error.faults[0].text
own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
seconds = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
print(json.dumps([seconds, (own.ru_maxrss + others.ru_maxrss) / 1024, said]))
"""
HEAD = b"place_id;group;persons\n"
MOST_SECONDS, MOST_MEGABYTES = 20, 1_000
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
WORKBOOK = (
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    b'<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    b'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    b"</Types>"
)
ROOT_RELATIONS = RELATIONS.replace(b"worksheets/sheet1.xml", b"xl/workbook.xml").replace(
    b"relationships/worksheet", b"relationships/officeDocument"
)


def workbook(sheet: bytes, **more: bytes) -> bytes:
    packed = io.BytesIO()
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": SHEET + sheet,
        **more,
    }
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_of_persons(rows: int) -> bytes:
    lines = ["<row>" + "".join(map(cell, ("person_id", "place_id", "group"))) + "</row>"]
    rest = cell("0680201") + cell("GRT")
    lines += [f"<row>{cell(f'P{n}')}{rest}</row>" for n in range(rows - 1)]
    return workbook("".join(lines).encode() + b"</sheetData></worksheet>")


def csv_of_persons(rows: int) -> bytes:
    lines = ["person_id;place_id;group;services;assessed_on"]
    lines += [f"P{n};0680201;GRT;DAC_GRT,SPEC_DARB;2018-02-01" for n in range(rows - 1)]
    return "\n".join(lines).encode()


def ring(points: int) -> str:
    up = [f"[{20 + 8 * n / points:.5f},56]" for n in range(points - 2)]
    return f"[{','.join([*up, '[28,57]', up[0]])}]"


def geojson(coordinates: str) -> bytes:
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        f'{{"type":"Polygon","coordinates":[{coordinates}]}}}}]}}'
    ).encode()


def geopackage(points: int) -> bytes:
    angles = np.linspace(0, 2 * np.pi, points - 1)
    circle = np.column_stack([25 + np.cos(angles), 57 + np.sin(angles) / 2])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        pyogrio.raw.write(
            path,
            geometry=[shapely.to_wkb(shapely.polygons(circle))],
            field_data=[],
            fields=[],
            geometry_type="Polygon",
            crs="EPSG:4326",
        )
        return path.read_bytes()


FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "bomb.xlsx": ("needs", lambda: workbook(b"", **{"xl/b.xml": bytes(900_000_000)}), "unpacks to"),
    "white_rows.xlsx": (
        "needs",
        lambda: workbook(b"<row/>" * 10_000_000 + b"</sheetData></worksheet>"),
        "",
    ),
    "open_tags.xlsx": ("needs", lambda: workbook(b"<row>" * 10_000_000), ""),
    # where the machine is busy the processor time of these two ends before the rows do
    "persons.xlsx": ("needs", lambda: sheet_of_persons(200_000), ""),
    "too_many.xlsx": ("needs", lambda: sheet_of_persons(200_001), ""),
    "persons.csv": ("needs", lambda: csv_of_persons(200_000), "199999 rows"),
    "too_many.csv": ("needs", lambda: csv_of_persons(200_001), "has more than {rows} rows"),
    "dense.csv": ("needs", lambda: HEAD + (b"12;" * 200 + b"\n") * 80_000, "has more than"),
    "empty_lines.csv": ("needs", lambda: HEAD + b"\n" * 49_000_000, "has more than"),
    "formula.xlsx": (
        "needs",
        lambda: workbook(
            b"<row><c><f>REPT(&quot;a&quot;,999999999)</f></c></row></sheetData></worksheet>"
        ),
        "is empty",
    ),
    "deep.geojson": ("boundaries", lambda: b'{"a":' * 8_000_000, "is no GeoPackage"),
    "deep_ring.geojson": ("boundaries", lambda: geojson("[" * 20_000_000), "has more points"),
    "huge.geojson": ("boundaries", lambda: geojson(ring(750_000)), "no feature carries the code"),
    "huger.geojson": ("boundaries", lambda: geojson(ring(5_000_000)), "has more points"),
    "numbers.geojson": (
        "boundaries",
        lambda: geojson(f"[{'1,' * 20_000_000}1]"),
        "has more points",
    ),
    "huge.gpkg": ("boundaries", lambda: geopackage(1_400_000), ""),
    "huger.gpkg": ("boundaries", lambda: geopackage(5_000_000), "has more points"),
    "virtual.geojson": (
        "boundaries",
        lambda: (
            b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/dev/zero</SrcDataSource>"
            b"</OGRVRTLayer></OGRVRTDataSource>"
        ),
        "is no GeoPackage",
    ),
    "web.geojson": (
        "boundaries",
        lambda: b"<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>",
        "is no GeoPackage",
    ),
    "address.geojson": (
        "boundaries",
        lambda: b"http://127.0.0.1:9/layer.geojson",
        "is no GeoPackage",
    ),
}


@pytest.mark.parametrize("name", list(FILES))
def test_no_file_takes_a_gigabyte_or_twenty_seconds_of_processor(tmp_path: Path, name: str) -> None:
    kind, content, expected = FILES[name]
    path = tmp_path / name
    path.write_bytes(content())

    done = subprocess.run(
        # by way of a shell, since a process begins with the largest memory of the one it came from
        ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", MEASURED, kind, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )

    seconds, megabytes, said = json.loads(done.stdout)
    assert expected in said
    assert (seconds < MOST_SECONDS, megabytes < MOST_MEGABYTES) == (True, True), done.stdout

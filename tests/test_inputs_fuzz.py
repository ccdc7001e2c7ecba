"""Whatever is sent, a reader answers with counts or with an InputError, and with nothing else."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from planner.errors import InputError
from planner.inputs.checks import check_file
from planner.inputs.study_area import read_study_area, starter_data

ONE_FOLDER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
CELLS = st.one_of(
    st.sampled_from(
        ["", "0002000", "Daugavpils", "GRT", "adults", "5", "-1", "2,5", "1.200", "NA"]
    ),
    st.text(max_size=12),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
)
HEADERS = st.lists(
    st.sampled_from(
        [
            "place_id",
            "Vieta",
            "group",
            "persons",
            "service",
            "person_id",
            "services",
            "ATVK",
            "x",
            "in_institution",
            "origin",
            "year",
            "wishes_to_leave",
            "leaves_in",
            "source",
            "institution",
            "children",
            "places",
            "stays",
        ]
    ),
    max_size=6,
)


def answer(kind: str, path: Path) -> str:
    """Return "counts" or "refused"; any other error is one of ours."""
    try:
        check_file(kind, path, data=starter_data())
    except InputError as error:
        return "refused" if error.faults and all(map(str, error.faults)) else "refused in silence"
    return "counts"


@settings(max_examples=100, suppress_health_check=ONE_FOLDER)
@given(content=st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)

    if not content.startswith(b"PK\x03\x04"):
        assert answer("needs", path) in {"counts", "refused"}


@pytest.mark.parametrize("kind", ["needs", "facilities", "sites", "additions", "institutions"])
@settings(max_examples=40, suppress_health_check=ONE_FOLDER)
@given(header=HEADERS, rows=st.lists(st.lists(CELLS, max_size=7), max_size=6), tail=st.text())
def test_any_table(
    tmp_path: Path, kind: str, header: list[str], rows: list[list[str]], tail: str
) -> None:
    path = tmp_path / "any.csv"
    text = "\n".join(";".join(row) for row in [header, *rows]) + "\n" + tail
    path.write_text(text, encoding="utf-8", errors="surrogatepass")

    assert answer(kind, path) in {"counts", "refused"}


@pytest.mark.parametrize("role", ["assessed", "facilities", "services", "municipalities"])
@settings(max_examples=10, suppress_health_check=ONE_FOLDER)
@given(data=st.data())
def test_any_spoiled_copy_of_a_shipped_file(tmp_path: Path, role: str, data: st.DataObject) -> None:
    shipped = {
        "assessed": "demand/assessed_persons.csv",
        "facilities": "services/facilities.csv",
        "services": "services/catalogue.csv",
        "municipalities": "boundaries/municipalities.csv",
    }
    content = bytearray((starter_data() / shipped[role]).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "spoiled.csv"
    path.write_bytes(bytes(content))

    with contextlib.suppress(InputError):
        read_study_area("latgale", data=starter_data(), files={role: path})


@settings(max_examples=6, suppress_health_check=ONE_FOLDER)
@given(data=st.data())
def test_any_spoiled_spreadsheet(tmp_path: Path, data: st.DataObject) -> None:
    book = Workbook()
    book.worksheets[0].append(["place_id", "group", "persons"])
    book.worksheets[0].append(["0002000", "GRT", 5])
    packed = io.BytesIO()
    book.save(packed)
    content = bytearray(packed.getvalue())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "spoiled.xlsx"
    path.write_bytes(bytes(content))

    assert answer("needs", path) in {"counts", "refused"}


@settings(max_examples=6, suppress_health_check=ONE_FOLDER)
@given(data=st.data())
def test_any_spoiled_layer(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"atvk":"0002000"},'
        b'"geometry":{"type":"Polygon","coordinates":[[[26,56],[26.1,56],[26.1,56.1],[26,56]]]}}]}'
    )
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "spoiled.geojson"
    path.write_bytes(bytes(content))

    assert answer("boundaries", path) in {"counts", "refused"}

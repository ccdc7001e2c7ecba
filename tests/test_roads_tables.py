from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.errors import InputError
from planner.roads.tables import read_minutes_table
from tests.roads_towns import point, site

POINTS = [point(56.0, 27.0, "0001"), point(56.1, 27.0, "0002")]
SITES = [site(56.0, 27.0, "a"), site(56.1, 27.0, "b")]


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "bus.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_minutes_are_taken_as_they_stand_and_the_rest_has_no_way(tmp_path: Path) -> None:
    file = write(tmp_path, "point_id,site_id,minutes\n0001,a,0\n0001,b,41.5\n0002,b,0\n")

    found = read_minutes_table(file, POINTS, SITES, mode="bus")

    assert found.minutes.tolist() == [[0.0, 41.5], [np.inf, 0.0]]
    assert found.mode == "bus"


def test_semicolons_decimal_commas_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = write(tmp_path, "\ufeffminutes;site_id;point_id\n12,5;a;0002\n\n")

    assert read_minutes_table(file, POINTS, SITES).minutes[1, 0] == 12.5


def test_every_fault_is_told_with_row_and_column(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "point_id,site_id,minutes\n1,a,5\n0001,z,5\n0001,a,-3\n0001,b,soon\n"
        "0002,a,nan\n0002,b,5\n0002,b,6\n0002,a\n",
    )

    with pytest.raises(InputError) as error:
        read_minutes_table(file, POINTS, SITES)

    assert [(fault.row, fault.column) for fault in error.value.faults] == [
        (2, "point_id"),
        (3, "site_id"),
        (4, "minutes"),
        (5, "minutes"),
        (6, "minutes"),
        (8, ""),
        (9, "minutes"),
    ]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_minutes_table(write(tmp_path, "from,to,minutes\n"), POINTS, SITES)

    assert [fault.column for fault in error.value.faults] == ["point_id", "site_id"]


def test_a_file_that_is_no_text_or_not_there_says_so(tmp_path: Path) -> None:
    (tmp_path / "bus.csv").write_bytes(b"\xff\xfe\x00x")

    with pytest.raises(InputError, match="no UTF-8"):
        read_minutes_table(tmp_path / "bus.csv", POINTS, SITES)
    with pytest.raises(InputError, match="cannot be read"):
        read_minutes_table(tmp_path / "none.csv", POINTS, SITES)

"""A checked file is kept by kind, date and content: whole, and the same content once."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.inputs.kept_files import keep_file, kept_day, kept_files


def test_the_same_content_is_kept_once_whatever_day_it_comes(tmp_path: Path) -> None:
    first = keep_file(b"a", tmp_path, kind="facilities", day="2026-11-22", ending="csv")
    before = first.path.stat().st_mtime_ns

    again = keep_file(b"a", tmp_path, kind="facilities", day="2026-12-01", ending="csv")

    assert (first.new, again.new) == (True, False)
    assert again.path == first.path
    assert first.path.stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]


def test_other_content_is_another_file_and_the_oldest_comes_first(tmp_path: Path) -> None:
    late = keep_file(b"b", tmp_path, kind="sites", day="2026-12-01", ending="csv")
    early = keep_file(b"a", tmp_path, kind="sites", day="2026-11-22", ending="csv")

    found = kept_files(tmp_path, "sites")

    assert [kept.path for kept in found] == [early.path, late.path]
    assert [kept.day for kept in found] == ["2026-11-22", "2026-12-01"]


def test_a_kind_whose_name_begins_like_another_is_not_taken_for_it(tmp_path: Path) -> None:
    keep_file(b"a", tmp_path, kind="sites-old", day="2026-11-22", ending="csv")
    (tmp_path / "sites-of-mine.csv").write_text("x", encoding="utf-8")

    assert kept_files(tmp_path, "sites") == ()
    assert keep_file(b"a", tmp_path, kind="sites", day="2026-11-22", ending="csv").new


def test_a_kept_file_tells_its_day_and_other_files_none() -> None:
    assert kept_day(Path("x/facilities-2026-11-22-0123456789ab.csv")) == "2026-11-22"
    assert kept_day(Path("x/support-plans-2026-11-22-0123456789ab.csv")) == "2026-11-22"
    assert kept_day(Path("x/facilities-2026-11-22.csv")) == ""
    assert kept_day(Path("x/assessed_persons.csv")) == ""


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file stands here", encoding="utf-8")

    with pytest.raises(InputError, match="cannot be written"):
        keep_file(b"a", tmp_path / "folder", kind="sites", day="2026-11-22", ending="csv")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]

"""The app starts on this machine alone and brings its own scripts."""

import os
import tomllib
from pathlib import Path

import pytest

from planner.ui.home import home
from planner.ui.launch import launch, prepare_static

ROOT = Path(__file__).resolve().parents[1]


def test_every_script_of_the_map_is_copied_once(tmp_path: Path) -> None:
    prepare_static(tmp_path)
    copied = {file.relative_to(tmp_path).as_posix(): file for file in tmp_path.rglob("*.*")}
    before = {name: file.stat().st_mtime_ns for name, file in copied.items()}

    prepare_static(tmp_path)

    assert {"leaflet.js", "leaflet.css", "jquery.min.js", "images/layers.png"} <= set(copied)
    assert {name: file.stat().st_mtime_ns for name, file in copied.items()} == before


@pytest.mark.parametrize("asked", ["", "theirs"])
def test_what_people_make_is_kept_where_the_app_was_started(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Path] = []
    monkeypatch.setattr(os, "execv", lambda *_: kept.append(home()))
    monkeypatch.setenv("TUVAK_HOME", asked)
    if not asked:
        monkeypatch.delenv("TUVAK_HOME")
    monkeypatch.chdir(tmp_path)

    launch(headless=True)

    assert kept == [tmp_path / (asked or ".tuvak")]
    assert Path.cwd() == ROOT  # where the settings of the server are


def test_nothing_is_reported_and_no_detail_of_an_error_is_shown() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["server"]["address"] == "127.0.0.1"


def test_no_third_party_script_lies_in_the_repository() -> None:
    ours = {"planner/publishing/map_files/base.js", "planner/publishing/map_files/scene.js"}
    folders = ("planner", "scripts", "docs", "data")
    found = {
        file.relative_to(ROOT).as_posix()
        for folder in folders
        for file in (ROOT / folder).rglob("*.js")
    }

    assert found == ours

"""Every bad file is refused with exactly the words that a person can mend it by, in both languages.

The goldens under tests/goldens hold what is said, file by file. To write them anew after a change
of wording, set ``TUVAK_WRITE_GOLDENS=1``, run this module and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.errors import Fault, InputError
from planner.inputs.kinds import KINDS
from planner.inputs.study_area import check_file, read_study_area, starter_data
from planner.locales import say_fault
from tests.bad_files import write_bad_files

GOLDENS = Path(__file__).parent / "goldens"
LANGUAGES = ("en", "lv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad")


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, tuple[Fault, ...]]:
    """Return the faults of every bad file by its name."""
    return {name: faults_of(kind, folder / name) for name, kind in write_bad_files(folder).items()}


def faults_of(kind: str, path: Path) -> tuple[Fault, ...]:
    try:
        if kind not in KINDS:
            region = "tiny" if kind == "settlements" else "latgale"
            read_study_area(region, data=starter_data(), files={kind: path})
        else:
            check_file(kind, path, data=starter_data())
    except InputError as error:
        return error.faults
    return ()


def test_there_are_more_than_a_hundred_bad_files_and_all_are_refused(
    found: dict[str, tuple[Fault, ...]],
) -> None:
    assert len(found) > 100
    assert [name for name, faults in found.items() if not faults] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_is_said_exactly(language: str, found: dict[str, tuple[Fault, ...]]) -> None:
    said = "".join(
        f"{name}\n" + "".join(f"    {say_fault(language, fault)}\n" for fault in faults)
        for name, faults in found.items()
    )
    golden = GOLDENS / f"inputs_bad_files.{language}.txt"
    if os.environ.get("TUVAK_WRITE_GOLDENS"):
        golden.write_text(said, encoding="utf-8")

    assert said == golden.read_text(encoding="utf-8")


def test_nothing_is_left_in_english_for_a_latvian_reader(
    found: dict[str, tuple[Fault, ...]],
) -> None:
    for name, faults in found.items():
        for fault in faults:
            english, latvian = say_fault("en", fault), say_fault("lv", fault)
            assert latvian != english, (name, english)


def test_no_fault_repeats_a_persons_row(found: dict[str, tuple[Fault, ...]]) -> None:
    said = "\n".join(str(fault) for faults in found.values() for fault in faults)

    for secret in ("010190", "32123456789", "Bērziņš", "jauks", "29999999", "F70"):
        assert secret not in said

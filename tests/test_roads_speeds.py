from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.roads.speeds import read_profile, shipped_profiles

CAR = read_profile("car")


@pytest.mark.parametrize(
    ("signed", "kmh"),
    [
        ("50", 50),
        (" 50 ", 50),
        ("50 km/h", 50),
        ("50kmh", 50),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("10 knots", 18.52),
        ("walk", 7),
        ("none", 130),
        ("LV:urban", 50),
        ("LV:rural", 90),
        ("LV:motorway", 120),
        ("LV:living_street", 20),
        ("DE:zone30", 30),
        ("DE:zone:30", 30),
        ("DE:30", 30),
        ("70;50", 50),
        ("50|70", 50),
        ("90 @ (May-Sep)", 90),
        ("7,5", 7.5),
    ],
)
def test_a_signed_limit_is_read_in_all_its_forms(signed: str, kmh: float) -> None:
    assert CAR.signed_kmh(signed) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "signed", ["", None, "signals", "variable", "fast", "0", "-50", "5000", "50 furlongs", ";", "@"]
)
def test_what_says_no_limit_is_no_limit(signed: str | None) -> None:
    assert math.isnan(CAR.signed_kmh(signed))


@given(st.text(max_size=30))
def test_no_text_makes_the_reader_fall_over(text: str) -> None:
    kmh = CAR.signed_kmh(text)

    assert math.isnan(kmh) or 0 < kmh <= 200


def speed(
    road_class: str, *, surface: str = "", signed: float = math.nan, inside: bool = False
) -> float:
    found = CAR.speeds_kmh(
        class_names=(road_class,),
        road_class=np.array([0], dtype=np.uint8),
        surface_names=(surface,),
        surface=np.array([0], dtype=np.uint8),
        maxspeed_kmh=np.array([signed], dtype=np.float32),
        built_up=np.array([inside]),
    )
    return float(found[0])


def test_the_latvian_limits_hold_where_nothing_is_signed() -> None:
    assert speed("primary") == pytest.approx(90 * 0.9)
    assert speed("primary", inside=True) == pytest.approx(50 * 0.9)
    assert speed("primary", surface="gravel") == pytest.approx(80 * 0.85 * 0.9)


def test_a_sign_counts_more_than_the_class() -> None:
    assert speed("primary", signed=70) == pytest.approx(70 * 0.9)
    assert speed("primary", signed=70, inside=True) == pytest.approx(70 * 0.9)


def test_gravel_caps_a_sign() -> None:
    assert speed("tertiary", surface="gravel", signed=90) == pytest.approx(80 * 0.85 * 0.9)


def test_an_unknown_class_has_the_default() -> None:
    assert speed("corridor") == pytest.approx(50 * 0.9)


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_can_be_read(name: str) -> None:
    assert read_profile(name).id == name


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(InputError, match="car_winter"):
        read_profile("hovercraft")


def test_every_fault_of_a_profile_is_told(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'id = "own"\nname = "Own"\nwheels = 4\nunpaved_factor = -1\n'
        '[class_kmh]\nprimary = 0\nsecondary = "fast"\n',
        encoding="utf-8",
    )

    with pytest.raises(InputError) as error:
        read_profile(file)

    said = " | ".join(str(fault) for fault in error.value.faults)
    for word in ("wheels", "built_up_kmh is missing", "unpaved_factor", "primary", "fast"):
        assert word in said


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("id = ", encoding="utf-8")

    with pytest.raises(InputError, match="no TOML"):
        read_profile(file)

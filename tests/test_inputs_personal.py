"""What looks like data about one person is recognised, and what only resembles it is not."""

from __future__ import annotations

import pytest

from planner.inputs.personal import holds_personal_code, suspicious_header
from planner.inputs.readers import plain


@pytest.mark.parametrize(
    "text",
    ["010190-12345", "01019012345", "32123456789", "321234-56789", "kods 311299-00000, tālr."],
)
def test_personal_codes_are_recognised(text: str) -> None:
    assert holds_personal_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "40003059155",  # a registration number
        "990190-12345",  # no day
        "27.12011234567",  # degrees with eleven decimals
        "27,12011234567",
        "0002000",
        "9.3.1.1/18/I/021",
        "2026-11-22",
        "0101901234567",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_personal_code(text)


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("Personas kods", "personal code"),
        ("Klienta uzvārds", "name"),
        ("Vārds, uzvārds", "name"),
        ("Dzimšanas datums", "date of birth"),
        ("Date of birth", "date of birth"),
        ("Diagnoze (SSK-10)", "diagnosis"),
        ("E-pasts", "contact details"),
        ("Deklarētā adrese", "address"),
    ],
)
def test_headers_that_promise_a_person_are_recognised(header: str, what: str) -> None:
    assert what in suspicious_header(plain(header), addresses=True)


@pytest.mark.parametrize("header", ["Vieta", "Personas", "Personu skaits", "Grupa", "Pakalpojums"])
def test_headers_of_the_template_are_not_suspected(header: str) -> None:
    assert suspicious_header(plain(header), addresses=True) == ""


def test_the_address_of_a_building_is_no_persons_address() -> None:
    assert suspicious_header("adrese", addresses=False) == ""

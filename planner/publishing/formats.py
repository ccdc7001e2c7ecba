"""Numbers, money, dates and minutes into the text that Latvian and English readers expect."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from planner.locales import say

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_RELEASE = "release "


def number(value: float, *, language: str, decimals: int = 0) -> str:
    """Return a number with no-break spaces between thousands: 1 234 567,89."""
    text = f"{abs(value):,.{decimals}f}".replace(",", NO_BREAK)
    if language == "lv":
        text = text.replace(".", ",")
    negative = value < 0 and any(digit in text for digit in "123456789")
    return (MINUS if negative else "") + text


def rounded(value: Fraction | float, *, language: str) -> str:
    """Return a number with as many decimals as it has, two at most: 1,67 or 2."""
    text = f"{round(float(value), 2):g}"
    return text.replace(".", ",") if language == "lv" else text


def euros(amount_eur: float, *, language: str, decimals: int = 0) -> str:
    """Return an amount of money: 1 234 567 EUR."""
    return f"{number(amount_eur, language=language, decimals=decimals)}{NO_BREAK}EUR"


def day(moment: date, *, language: str) -> str:
    """Return a date: 22.11.2026. in Latvian, 22 November 2026 in English."""
    if language == "lv":
        return f"{moment:%d.%m.%Y}."
    return f"{moment.day} {moment:%B %Y}"


def day_text(text: str, *, language: str) -> str:
    """Return a date that stands as text (2026-11-22), or "release 2.0", as the reader writes it."""
    if text.startswith(_RELEASE):
        return say(language, "release {version}", version=text.removeprefix(_RELEASE))
    try:
        return day(date.fromisoformat(text), language=language) if "-" in text else text
    except ValueError:
        return text


def percent(share: float, *, language: str, decimals: int = 0) -> str:
    """Return a share of 0..1 as percent: 42 %."""
    return f"{number(100 * share, language=language, decimals=decimals)}{NO_BREAK}%"

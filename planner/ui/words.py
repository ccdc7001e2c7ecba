"""English sentences, numbers and names into what the reader's language says on the screen."""

from __future__ import annotations

from babel.numbers import format_decimal

from planner.domain import Service
from planner.locales import say, say_count
from planner.publishing.report import name_of
from planner.ui import state

_MILLION = 1_000_000


def tell(sentence: str, **fields: object) -> str:
    """Return an English sentence, a message id of the catalogues, in the reader's language."""
    return say(state.language(), sentence, **fields)


def tell_count(one: str, many: str, count: int, **fields: object) -> str:
    """Return the plural form that `count` asks for, in the reader's language."""
    return say_count(state.language(), one, many, count, **fields)


def service_name(service: Service) -> str:
    """Return the catalogue's name of a service in the reader's language."""
    return name_of(service, state.language())


def number(value: float, *, decimals: int = 0) -> str:
    """Return a number with no-break spaces between thousands and the language's decimal mark."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    said = format_decimal(abs(value), format=pattern, locale=state.language())
    if state.language() == "en":
        said = said.replace(",", "\u00a0")
    sign = "\u2212" if value < 0 and said.strip("0.,") else ""
    return sign + said


def euros(amount: float) -> str:
    """Return an amount of money, in millions from one million on."""
    if abs(amount) >= _MILLION:
        return tell("{amount} million EUR", amount=number(amount / _MILLION, decimals=1))
    return f"{number(amount)}\u00a0EUR"

"""English sentences, numbers and names into what the reader's language says on the screen."""

from __future__ import annotations

from fractions import Fraction

from planner.domain import Service, ServiceTerms
from planner.locales import say, say_count
from planner.publishing import formats
from planner.publishing.coverage import share_told
from planner.publishing.names import name_of
from planner.ui import address, state

_MILLION = 1_000_000


def tell(sentence: str, **fields: object) -> str:
    """Return an English sentence, a message id of the catalogues, in the reader's language."""
    return say(address.language(), sentence, **fields)


def tell_count(one: str, many: str, count: int, **fields: object) -> str:
    """Return the plural form that `count` asks for, in the reader's language."""
    return say_count(address.language(), one, many, count, **fields)


def then(*, plan: bool | None = None) -> str:
    """Return what stands beside today: the plan, or only what is decided where there is none.

    `plan` says which of them; where absent, what all pages look at does.
    """
    is_plan = state.is_plan() if plan is None else plan
    return tell("by the plan") if is_plan else tell("with what is decided")


def service_name(service: Service) -> str:
    """Return the catalogue's name of a service in the reader's language."""
    return name_of(service, address.language())


def number(value: float, *, decimals: int = 0) -> str:
    """Return a number with no-break spaces between thousands and the language's decimal mark."""
    return formats.number(value, language=address.language(), decimals=decimals)


def rounded(value: Fraction | float) -> str:
    """Return a number with as many decimals as it has, two at most."""
    return formats.rounded(value, language=address.language())


def euros(amount: float) -> str:
    """Return an amount of money, in millions from one million on."""
    if abs(amount) >= _MILLION:
        return tell("{amount} million EUR", amount=number(amount / _MILLION, decimals=1))
    return formats.euros(amount, language=address.language())


def share(part: int, whole: int) -> str:
    """Return a share of persons in percent, or the class that may be told of it, or "–"."""
    return share_told(part, whole)


def service_minutes(terms: ServiceTerms) -> str:
    """Return what within the standard means for a service, as a heading."""
    minutes = number(terms.standard_minutes)
    if terms.home_is_standard:
        return tell("Within {minutes} minutes or the own municipality", minutes=minutes)
    return tell("Within {minutes} minutes", minutes=minutes)

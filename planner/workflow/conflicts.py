"""Rules in conflict, by id, into the words of a planner: names of services, places and councils."""

from __future__ import annotations

from dataclasses import replace

from planner.disclosure import DEFAULT_THRESHOLD, show_persons
from planner.domain import EVERY_SERVICE, StudyArea
from planner.errors import Fault, FieldValue, InfeasibleError, Words
from planner.locales import say
from planner.publishing import formats
from planner.publishing.names import name_of

_OF_PERSONS = "{short} persons"
_QUOTED = {"lv": "„{}”", "en": "“{}”"}


def conflict_in_words(
    error: InfeasibleError, area: StudyArea, language: str, *, threshold: int = DEFAULT_THRESHOLD
) -> InfeasibleError:
    """Return the same conflict as a reader of `language` would say it, small counts hidden.

    The first fault says what the others are: a smallest set of rules that cannot all hold.
    """
    heading = (
        Fault("these {count} rules cannot all hold:", fields={"count": len(error.faults)})
        if len(error.faults) > 1
        else Fault("this rule cannot hold:")
    )
    told = (_in_words(fault, area, language, threshold) for fault in error.faults)
    return InfeasibleError(heading, *told)


def _in_words(fault: Fault, area: StudyArea, language: str, threshold: int) -> Fault:
    names = _names(area, language)
    said: dict[str, FieldValue] = {
        key: names[key].get(str(value), str(value))
        if key in names
        else _told(key, value, fault, language, threshold)
        for key, value in fault.fields.items()
    }
    return replace(fault, fields=said)


def _names(area: StudyArea, language: str) -> dict[str, dict[str, str]]:
    services = {s.id: _QUOTED[language].format(name_of(s, language)) for s in area.services}
    return {
        "service": {**services, EVERY_SERVICE: say(language, "all services together")},
        "site": {s.id: s.name for s in area.sites},
        "municipality": {m.atvk: m.name for m in area.municipalities},
    }


def _told(key: str, value: FieldValue, fault: Fault, language: str, threshold: int) -> FieldValue:
    """Return a number as it may be told, a text as it is."""
    if isinstance(value, str | Words):
        return value
    if key == "short" and _OF_PERSONS in fault.text:
        return show_persons(int(value), threshold=threshold)
    return formats.number(value, language=language, decimals=0 if value % 1 == 0 else 1)

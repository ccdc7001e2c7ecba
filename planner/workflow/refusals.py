"""A refusal of the gate, by ids, into what a planner reads: which counts, of whom, where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.disclosure import (
    HOMES,
    NEED,
    REGION,
    TRAVEL,
    WITH_PARTNERS,
    Claim,
    Finding,
    ToldTogetherError,
)
from planner.domain import EVERY_SERVICE, StudyArea
from planner.errors import DisclosureError
from planner.locales import say, say_fault
from planner.publishing.names import name_of
from planner.publishing.reasons import REASON_WORDS

FIGURE_WORDS = {
    NEED: "In need",
    "served": "Served",
    "within": "Within the standard",
    "within_standard": "Within the standard",
    "beyond": "Beyond the standard",
    "unserved": "Unserved",
    "reach": "With a site within the standard",
    "out of reach": "Without a site within the standard",
    "concerned": "Persons concerned",
    "newly_served": "Newly served",
    "newly": "Newly served",
    "newly served": "Newly served",
    "brought_within": "Brought within the standard",
    "shorter": "With a shorter trip",
    "longer": "With a longer trip",
    "lost": "No longer served",
    "gone": "No longer served",
    "no longer served": "No longer served",
    "gaining": "Who gains",
    "losing": "Who gets worse",
    "start now": "Start now",
    "start now together": "Start now",
}
"""What figures of releases are called; others are called "Persons"."""
_TOTAL_WORDS = {
    EVERY_SERVICE: "all services together",
    TRAVEL: "all services that people travel to",
    HOMES: "all services where people live",
}
_AREA_WORDS = {REGION: "the whole region", WITH_PARTNERS: "the region with its partners"}


@dataclass(frozen=True)
class Refusal:
    """Why something may not be given out, and the least that would have to be left out of it.

    `leave_out` is empty where leaving out single counts would not help.
    """

    reasons: tuple[str, ...]
    leave_out: tuple[str, ...]


def refusal_in_words(error: DisclosureError, area: StudyArea, language: str) -> Refusal:
    """Return a refusal with the names of `area`, each count once; none is told how large it is."""
    if not isinstance(error, ToldTogetherError):
        return Refusal(tuple(say_fault(language, fault) for fault in error.faults), ())
    names = _Names(area, language)
    told = [names.of_finding(finding) for finding in error.findings]
    reasons = [
        say(language, "{count}: could be worked out too closely", count=count) for count in told
    ]
    reasons += [say_fault(language, fault) for fault in error.beside]
    return Refusal(_once(reasons), _once(names.of_claim(claim) for claim in error.loosening))


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


class _Names:
    """The names that ids of an area have in a language."""

    def __init__(self, area: StudyArea, language: str) -> None:
        self._language = language
        self._services = {s.id: name_of(s, language) for s in area.services}
        self._services |= {key: say(language, text) for key, text in _TOTAL_WORDS.items()}
        self._places = {m.atvk: m.name for m in area.municipalities}
        self._places |= {site.id: site.name for site in area.sites}
        self._places |= {key: say(language, text) for key, text in _AREA_WORDS.items()}
        self._reasons = {reason.value: text for reason, text in REASON_WORDS.items()}

    def of_claim(self, claim: Claim) -> str:
        """Return what a cell counts."""
        return self._said(claim.table.rpartition("/")[2], claim.row, claim.column)

    def of_finding(self, finding: Finding) -> str:
        """Return what can be worked out: a cell, or a part that no cell shows."""
        if finding.table:
            return self._said(finding.table.rpartition("/")[2], finding.row, finding.column)
        part, _ = finding.terms[0]
        return self._said(part.state or NEED, part.place.removeprefix("@"), part.subject)

    def _said(self, figure: str, row: str, column: str) -> str:
        service = column.partition(" ")[0]  # rows of "start now" say why after the service
        told = self._services.get(column) or self._services.get(service, service)
        return " · ".join((self._figure(figure), self._places.get(row, row), told))

    def _figure(self, figure: str) -> str:
        if figure.startswith("#"):
            reason = self._reasons.get(figure[1:], figure[1:])
            because = say(self._language, reason) if reason else ""
            return f"{say(self._language, FIGURE_WORDS['unserved'])} ({because})"
        if figure.startswith("@"):
            at = self._places.get(figure[1:], "")
            served = say(self._language, "Served at the site")
            return f"{served} {at}" if at and figure != "@" else served
        return say(self._language, FIGURE_WORDS.get(figure, "Persons"))

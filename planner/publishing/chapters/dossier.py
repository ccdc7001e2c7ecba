"""What the document of an amendment is made from, and how its figures are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planner.analysis.duplication import Duplication
from planner.analysis.indicators import ServiceFigures
from planner.disclosure import (
    DEFAULT_THRESHOLD,
    HIDDEN_MARK,
    LEGEND,
    NOT_SHOWN,
    ChangeTables,
    ServedTables,
    StartTables,
    show_minutes,
    show_persons,
    small_mark,
)
from planner.domain import Plan, Problem, Scenario, StudyArea
from planner.editions import Amendment
from planner.inputs.approved import NamedEdition
from planner.inputs.study_area import REGIONS
from planner.locales import say
from planner.publishing import formats
from planner.publishing.coverage import share_told
from planner.publishing.names import Names
from planner.publishing.people import People
from planner.publishing.plan_tables import StartNowRow
from planner.publishing.tables import PersonsBeside

SOURCE_NAMES = {"eu": "ERDF", "state": "State", "municipality": "Municipality"}


@dataclass(frozen=True)
class Dossier:
    """What the document of an amendment is made from.

    `figures` and `today` are by service; `map_picture` is a PNG, ``None`` for a document without.
    `released`, `begun` and `changed` are what the gate lets through of the persons; without them
    each count is gated by itself. `edition` is the approved one that the amendment compares with,
    ``None`` for what stands today.
    """

    area: StudyArea
    scenario: Scenario
    problem: Problem
    plan: Plan
    amendment: Amendment
    figures: Mapping[str, ServiceFigures]
    today: Mapping[str, ServiceFigures]
    start_now: Sequence[StartNowRow]
    made_on: date
    map_picture: Path | None = None
    released: ServedTables | None = None
    begun: StartTables | None = None
    changed: ChangeTables | None = None
    duplication: Duplication | None = None
    edition: NamedEdition | None = None


class Words:
    """Names, sentences and figures of a dossier in the reader's language, small counts hidden."""

    def __init__(
        self, dossier: Dossier, language: str, *, threshold: int = DEFAULT_THRESHOLD
    ) -> None:
        self.language = language
        self.threshold = threshold
        self.names = Names(dossier.area, language)
        self.plan = People(dossier.released, "plan") if dossier.released else None
        self.today = People(dossier.released, "today") if dossier.released else None
        self.region = REGIONS.get(dossier.area.region, dossier.area.region)

    def say(self, sentence: str, **fields: object) -> str:
        """Return an English sentence of the catalogues in the reader's language."""
        return say(self.language, sentence, **fields)

    def legend(self) -> str:
        """Return what the marks of withheld counts mean."""
        return self.say(LEGEND, small=small_mark(self.threshold), hidden=HIDDEN_MARK)

    def persons(self, count: int) -> str:
        """Return a count of persons as it may be shown."""
        return show_persons(count, threshold=self.threshold)

    def persons_beside(self, count: int, beside: int) -> str:
        """Return a count beside another one, withheld where a few make the difference."""
        return PersonsBeside(count, beside).told(self.threshold)

    def persons_change(self, before: int, after: int) -> str:
        """Return two counts of persons as before → after."""
        return self.change(self.persons(before), self.persons_beside(after, before))

    def share(self, part: int, whole: int) -> str:
        """Return a share of persons, as a class where the exact one would give a few away."""
        return share_told(part, whole, threshold=self.threshold)

    def minutes(self, minutes: float | None, persons: int) -> str:
        """Return mean minutes of persons as they may be shown."""
        return show_minutes(minutes, persons, threshold=self.threshold)

    def number(self, value: float) -> str:
        """Return a number, with one decimal where it is not whole."""
        decimals = 0 if float(value).is_integer() else 1
        return formats.number(value, language=self.language, decimals=decimals)

    def euros(self, amount: int) -> str:
        """Return an amount of money with its cents, as officers write it."""
        return formats.euros(amount, language=self.language, decimals=2)

    def source(self, source: str) -> str:
        """Return who pays."""
        return self.say(SOURCE_NAMES.get(source, source))

    def split(self, cost_eur: int, by_source: Mapping[str, int]) -> str:
        """Return a cost and below it who pays what part of it."""
        if not cost_eur and not any(by_source.values()):
            return "0"
        parts = [f"{self.source(s)} {self.number(eur)}" for s, eur in by_source.items()]
        return "\n".join([self.number(cost_eur), *parts])

    @staticmethod
    def change(before: str, after: str) -> str:
        """Return two figures as before → after, one dash where neither is told."""
        return NOT_SHOWN if before == after == NOT_SHOWN else f"{before} → {after}"

"""Situations of an area into the colours of its municipalities, each with the words behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.domain import EVERY_SERVICE, Municipality, Plan, Problem, StudyArea
from planner.locales import say
from planner.publishing.coverage import CoverageClass, change_class
from planner.publishing.markup import escape_markup
from planner.publishing.people import (
    WITHHELD,
    HasCoverage,
    People,
    coverage_of,
    in_need,
    why_no_share,
)

Figures = Mapping[tuple[str, str], HasCoverage]
"""By (municipality, service)."""
Values = dict[str, list[Any]]
"""Colour (-1 where none is told), text and hint by municipality; of shares that are told also
whether they may be of several classes."""


@dataclass(frozen=True)
class Situation:
    """A plan to look at, under a name: today, a plan, another plan.

    `title` is an English sentence of the catalogues. `people` is what the gate released of it;
    without it the map shows no count of persons and no line.
    """

    key: str
    title: str
    problem: Problem
    plan: Plan
    figures: Figures
    people: People | None = None

    def anybody_in_need(self, key: tuple[str, str]) -> bool:
        """Return whether readers may see that somebody is, or might be, in need."""
        if key[1] == EVERY_SERVICE:
            return self.people is not None and self.people.at(*key).need != "0"
        found = self.figures.get(key)
        return found is not None and in_need(self.people, key, found)

    def coverage(self, key: tuple[str, str], threshold: int) -> CoverageClass | None:
        """Return the class of the share within the standard."""
        if self.people is not None:
            return self.people.coverage(*key)
        return coverage_of(None, key, self.figures[key], threshold=threshold)

    def why_no_share(self, key: tuple[str, str]) -> str:
        """Return in English why a share is not told."""
        return why_no_share() if self.people is None else self.people.why_no_share(*key)


def told_together(situations: Sequence[Situation]) -> bool:
    """Return whether all services together can be shown: released, and the same everywhere."""
    found = {None if s.people is None else s.people.released.services for s in situations}
    [services, *others] = found
    return not others and services is not None and len(services) > 1


@dataclass(frozen=True)
class Painter:
    """Colours and words in the reader's language."""

    area: StudyArea
    language: str
    threshold: int

    def coverage(self, service: str, situation: Situation) -> Values:
        """Return the class of the share within the standard, with the need, by municipality."""
        values: Values = {}
        for m, key in self._in_need(service, situation):
            klass = situation.coverage(key, self.threshold)
            if klass is None:
                share = say(self.language, situation.why_no_share(key))
                values[m.atvk] = [-1, "", told(m.name, share, *self.need(situation.people, key))]
            else:
                share = say(self.language, "within the standard: {share}", share=klass.text)
                hint = told(m.name, share, *self.need(situation.people, key))
                text = escape_markup(klass.text)
                values[m.atvk] = [klass.colour, text, hint, klass.joined]
        return values

    def change(
        self, service: str, after: Situation, before: Situation, words: Sequence[str]
    ) -> Values:
        """Return the class of the change of those within the standard by municipality.

        `words` are the English sentences of the classes.
        """
        values: Values = {}
        for m, key in self._in_need(service, after):
            if service != EVERY_SERVICE and key not in before.figures:
                continue
            found = _change(key, after, before, self.threshold)
            text = WITHHELD if found is None else words[found]
            hint = told(m.name, say(self.language, text, threshold=self.threshold))
            values[m.atvk] = [-1 if found is None else found, "", hint]
        return values

    def need(self, people: People | None, key: tuple[str, str]) -> tuple[str, ...]:
        """Return the persons in need in lines of words, none where none were released."""
        if people is None:
            return ()
        need = say(self.language, "in need: {persons}", persons=people.at(*key).need)
        if key[1] != EVERY_SERVICE:
            return (need,)
        return (say(self.language, "who needs several services is counted for each"), need)

    def _in_need(
        self, service: str, situation: Situation
    ) -> Iterator[tuple[Municipality, tuple[str, str]]]:
        for m in self.area.municipalities:
            if situation.anybody_in_need((m.atvk, service)):
                yield m, (m.atvk, service)


def told(*lines: str) -> str:
    """Return the lines of a hint, escaped."""
    return "<br>".join(escape_markup(line) for line in lines if line)


def _change(
    key: tuple[str, str], after: Situation, before: Situation, threshold: int
) -> int | None:
    if after.people is not None and before.people is not None:
        return after.people.change_since(before.people, *key)
    within = (side.figures[key].within_standard for side in (before, after))
    return change_class(*within, threshold=threshold)

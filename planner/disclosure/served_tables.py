"""What a release says of those who are served: the names of its tables, and its counts as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from planner.disclosure.figures import NOT_SHOWN, show_persons, show_share
from planner.disclosure.following import ShareRange, changes_following, shares_following
from planner.disclosure.tables import NEED, Claim, Release, Terms, claim_text

REGION = ""
"""The row of the whole region."""
WITH_PARTNERS = "region and partners"
"""The row of everybody who is planned for, where partners stand in no total of the region."""
ASSESSED = "assessed"
"""The situation of parts that count the assessed persons of a target group."""

FIGURES: Mapping[str, tuple[str, ...]] = {
    "served": ("within", "beyond"),
    "unserved": ("unserved",),
    "within_standard": ("within",),
}
AT, BECAUSE = "@", "#"  # before the name of a site or a reason in a state
REACH = "reach"
_WITHIN = "within_standard"


@dataclass(frozen=True)
class ShownServed:
    """The same as text: numbers, "< 5" or "…"; shares as "42 %" or "–"."""

    need: str
    served: str
    unserved: str
    within_standard: str
    share_served: str
    share_within_standard: str
    reach: str = NOT_SHOWN
    share_reach: str = NOT_SHOWN


@dataclass(frozen=True)
class ServedTables:
    """A protected table; `release` is what goes into the ledger when it is published."""

    release: Release
    situations: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)

    def known_as(self, called: Mapping[str, str]) -> ServedTables:
        """Return the same tables, asked for by other names of the situations."""
        return replace(self, called=dict(called))

    def at(self, situation: str, area: str, service: str) -> ShownServed:
        """Return what may be printed for a municipality or `REGION`, a service or every one."""
        situation = self.called.get(situation, situation)
        need = self._claims[NEED, area, service]
        of = {f: self._claims[table_of(situation, f), area, service] for f in FIGURES}
        reach = self._claims.get((table_of(situation, REACH), area, service))
        return ShownServed(
            need=self._text(need),
            served=self._text(of["served"]),
            unserved=self._text(of["unserved"]),
            within_standard=self._text(of["within_standard"]),
            share_served=self._share(of["served"], need),
            share_within_standard=self._share(of["within_standard"], need),
            reach=NOT_SHOWN if reach is None else self._text(reach),
            share_reach=NOT_SHOWN if reach is None else self._share(reach, need),
        )

    def within_standard_lies(self, situation: str, area: str, service: str) -> ShareRange | None:
        """Return between which breaks the share within the standard lies by all that is released.

        ``None`` where the release does not tell that somebody is in need.
        """
        situation = self.called.get(situation, situation)
        return self._shares.get((table_of(situation, _WITHIN), area, service))

    def share_terms(self, situation: str, area: str, service: str) -> tuple[Terms, Terms] | None:
        """Return what those within the standard and those in need sum up, where both are told."""
        key = table_of(self.called.get(situation, situation), _WITHIN), area, service
        within, need = self._within.get(key), self._claims.get((NEED, area, service))
        return None if within is None or need is None else (within.terms, need.terms)

    def within_standard_changes(
        self, before: str, after: str, area: str, service: str
    ) -> tuple[float, float] | None:
        """Return the least and the most by which those within the standard change, in persons.

        By all that is released; ``None`` where one of the two situations counts none of them.
        """
        before, after = (self.called.get(name, name) for name in (before, after))
        forth = self._changes.get((before, after, area, service))
        back = self._changes.get((after, before, area, service))
        return forth if back is None else (-back[1], -back[0])

    def need(self, area: str, service: str) -> str:
        """Return the need of an area as text."""
        return self._text(self._claims[NEED, area, service])

    def unserved_because(self, situation: str, area: str, service: str, reason: str) -> str:
        """Return the unserved of an area for one reason as text; "0" where there are none."""
        situation = self.called.get(situation, situation)
        return self._or_none(table_of(situation, BECAUSE + reason), area, service)

    def served_at(self, situation: str, site: str, service: str) -> str:
        """Return the persons whom a site serves as text; "0" where there are none."""
        situation = self.called.get(situation, situation)
        return self._or_none(table_of(situation, AT), site, service)

    def served_at_all(self, situation: str, sites: Collection[str]) -> str:
        """Return the persons whom sites serve together, "–" where not each is told plainly."""
        table = table_of(self.called.get(situation, situation), AT)
        found = [c for c in self.release.claims if c.table == table and c.row in sites]
        if any(claim.persons is None for claim in found):
            return NOT_SHOWN
        total = sum(claim.persons or 0 for claim in found)
        return show_persons(total, threshold=self.release.threshold)

    def flow(self, situation: str, municipality: str, service: str, site: str) -> str | None:
        """Return the persons of a municipality who go to a site, ``None`` where none may be told.

        Flows of few persons are neither told nor marked: on a map they are no line at all.
        """
        situation = self.called.get(situation, situation)
        claim = self._claims.get((table_of(situation, AT + site), municipality, service))
        return None if claim is None or claim.persons is None else self._text(claim)

    def assessed(self, area: str, group: str) -> str:
        """Return the assessed persons of a target group as text."""
        return self._text(self._claims[ASSESSED, area, group])

    @property
    def everybody(self) -> str:
        """The row of all who are planned for: `REGION`, or `WITH_PARTNERS` where these differ."""
        apart = any(claim.row == WITH_PARTNERS for claim in self.release.claims)
        return WITH_PARTNERS if apart else REGION

    @cached_property
    def _shares(self) -> Mapping[tuple[str, str, str], ShareRange]:
        needs = {key: self._claims[NEED, *key[1:]] for key in self._within}
        asked = {key: (claim.terms, needs[key].terms) for key, claim in self._within.items()}
        return shares_following([self.release], asked)

    @cached_property
    def _changes(self) -> Mapping[tuple[str, str, str, str], tuple[float, float]]:
        asked = {
            (before, after, *key[1:]): (claim.terms, was.terms)
            for before, after in combinations(self.situations, 2)
            for key, claim in self._within.items()
            if key[0] == table_of(after, _WITHIN)
            and (was := self._within.get((table_of(before, _WITHIN), *key[1:]))) is not None
        }
        return changes_following([self.release], asked)

    @cached_property
    def _within(self) -> Mapping[tuple[str, str, str], Claim]:
        tables = {table_of(name, _WITHIN) for name in self.situations}
        return {key: claim for key, claim in self._claims.items() if key[0] in tables}

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}

    def _or_none(self, table: str, row: str, column: str) -> str:
        claim = self._claims.get((table, row, column))
        return "0" if claim is None else self._text(claim)

    def _text(self, claim: Claim) -> str:
        return claim_text(claim, threshold=self.release.threshold)

    def _share(self, part: Claim, whole: Claim) -> str:
        if part.persons is None or whole.persons is None:
            return NOT_SHOWN
        return show_share(part.persons, whole.persons, threshold=self.release.threshold)


def table_of(situation: str, figure: str) -> str:
    """Return what the table of a figure in a situation is called."""
    return f"{situation}/{figure}"

"""What readers hold when something more is released, and what that adds to what they can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from planner.disclosure.attacker import Finding, audit_each_level
from planner.disclosure.ledger import Ledger
from planner.disclosure.tables import NOTHING_TOLD, Mark, Release, Told, whole_numbers
from planner.domain.readers import Audience


@dataclass(frozen=True)
class Holding:
    """What readers of one audience hold.

    Attributes
    ----------
    audience : Audience
        Who they are.
    threshold : int
        Persons from which on they may know a count.
    releases : tuple of Release
        What they hold, what wider audiences got too.
    groups : frozenset of str
        Subjects that are target groups, see `planner.disclosure.tables.Fact`.
    told : Told
        What they can tell already, which nothing takes back; empty as long as nobody looked.
    """

    audience: Audience
    threshold: int
    releases: tuple[Release, ...]
    groups: frozenset[str] = frozenset()
    told: Told = field(default_factory=lambda: NOTHING_TOLD)

    def looked_at(self, release: Release) -> Holding:
        """Return the same with what they can tell without any count of `release`.

        How the figures of plans hang together is known to everybody. Of what only tells more of
        plans that they hold that is no news; of a new plan it is.
        """
        return replace(self, told=self._without_counts_of(release))

    def told_by(self, release: Release) -> tuple[Finding, ...]:
        """Return what they can tell too closely with `release` and no nearer without it."""
        found = self._found(release)
        return tuple(f for f in found if not _as_open(f, self.told))

    def _without_counts_of(self, release: Release) -> Told:
        claims = tuple(replace(c, mark=Mark.HIDDEN, persons=None) for c in release.claims)
        bare = replace(release, claims=claims, facts=release.facts if release.of_plans else ())
        return {(f.terms, f.by): (f.low, f.high) for f in self._found(bare)}

    def _found(self, more: Release) -> tuple[Finding, ...]:
        held = (*self.releases, more)
        return audit_each_level(held, groups=self.groups, threshold=self.threshold)


def held_by_readers(
    release: Release, ledger: Ledger, groups: frozenset[str] = frozenset()
) -> Iterator[Holding]:
    """Give what each of those who read a release hold: its audience, then nearer ones.

    Of the nearer those that got something of their own.
    """
    held = ledger.known_to(release.audience, release.snapshot)
    yield Holding(release.audience, release.threshold, held, groups)
    for reader in release.audience.nearer:
        held = ledger.known_to(reader, release.snapshot)
        own = [earlier.threshold for earlier in held if earlier.audience is reader]
        if own:
            yield Holding(reader, min(own), held, groups)


def _as_open(finding: Finding, told: Told) -> bool:
    """Return whether a number may be all that it could be by what was told already."""
    ends = told.get((finding.terms, finding.by))
    if ends is None:
        return False
    if not all(map(math.isfinite, (*ends, finding.low, finding.high))):
        return ends == (finding.low, finding.high)
    least, most = whole_numbers(*ends)
    now_least, now_most = whole_numbers(finding.low, finding.high)
    return now_least <= least and most <= now_most

"""Persons by settlement into a table by the municipalities of a time that may be published.

A table by the units of before 2021 and one by the present ones would tell between them who lives
where the two differ. So every count is a sum of the pieces into which all editions cut the country,
and the pieces of a present municipality make up its part in the tables of plans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.disclosure.gate import protect
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.served_tables import REGION
from planner.disclosure.tables import (
    NEED,
    Cell,
    Claim,
    Part,
    Release,
    claim_text,
    equal_sums,
    sum_of,
)
from planner.domain.readers import Readers
from planner.inputs.places import Place
from planner.inputs.territories import Edition, unit_of

_LOSS_OF_REGION = 30.0


@dataclass(frozen=True)
class UnitTables:
    """Persons by the units of an edition, and of all together, as text."""

    release: Release
    called: str

    def persons(self, unit: str, subject: str) -> str:
        """Return the persons of a unit, or of `REGION`; "0" where nobody is known."""
        claim = self._claims.get((self.called, unit, subject))
        return "0" if claim is None else claim_text(claim, threshold=self.release.threshold)

    @cached_property
    def _claims(self) -> Mapping[tuple[str, str, str], Claim]:
        return {claim.key: claim for claim in self.release.claims}


def protect_by_unit(
    persons: Mapping[tuple[str, str], int],
    places: Iterable[Place],
    edition: Edition,
    *,
    snapshot: str,
    situation: str = NEED,
    readers: Readers | None = None,
    ledger: Ledger = NOTHING_RELEASED,
) -> UnitTables:
    """Return persons by the units of an edition as text that may be published.

    Parameters
    ----------
    persons : mapping of (subject, place id) to persons
        Needs by service, or the assessed by target group.
    places : iterable of Place
        All places of the region, those without persons too.
    edition : Edition
        Whose units the rows are.
    snapshot, ledger
        See `planner.disclosure.protect`: tables by other editions and those of plans are held
        against it.
    situation : str
        What the tables of plans call these persons: `NEED`, or "assessed" for target groups.
    readers : Readers, optional
        The public where absent.

    Raises
    ------
    DisclosureError
        See `planner.disclosure.protect`.
    """
    asked = readers or Readers()
    home = {place.point.id: place for place in places}
    counts: Counter[Part] = Counter()
    of_unit: dict[tuple[str, str], dict[Part, None]] = {}
    of_municipality: dict[Part, dict[Part, None]] = {}
    for subject in sorted({subject for subject, _ in persons}):
        for place in home.values():
            piece = Part(_piece(place), subject, situation)
            counts[piece] += persons.get((subject, place.point.id), 0)
            for unit in (unit_of(place, edition), REGION):
                of_unit.setdefault((unit, subject), {})[piece] = None
            now = Part(unit_of(place, Edition.FROM_2025), subject, situation)
            of_municipality.setdefault(now, {})[piece] = None
    called = f"{situation} by unit {edition.value}"
    release = protect(
        [
            Cell(
                called,
                unit,
                subject,
                sum_of(pieces),
                _LOSS_OF_REGION if unit == REGION else 1.0,
            )
            for (unit, subject), pieces in of_unit.items()
        ],
        counts | {whole: sum(counts[p] for p in parts) for whole, parts in of_municipality.items()},
        name=called,
        snapshot=snapshot,
        facts=[equal_sums([whole], parts) for whole, parts in of_municipality.items()],
        audience=asked.audience,
        thresholds=asked.thresholds,
        ledger=ledger,
    )
    return UnitTables(release, called)


def _piece(place: Place) -> str:
    """Return the name of the piece of the country that lay together in every edition."""
    return " / ".join(unit_of(place, edition) for edition in Edition)

"""Cells, with all that was released before, into a release that passed the attacker's audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.disclosure.attacker import Finding
from planner.disclosure.holdings import Holding, held_by_readers
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.suppression import TOLD_BY_OTHERS, fitting_persons, suppress
from planner.disclosure.tables import (
    NOTHING_TOLD,
    Cell,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    Terms,
    Told,
    check_cells,
)
from planner.domain.readers import Audience, Thresholds, contradiction
from planner.errors import DisclosureError, Fault

_LOOSENINGS = 4


class ToldTogetherError(DisclosureError):
    """A release would tell small counts together with what its readers hold.

    Attributes
    ----------
    findings : tuple of Finding
        What could be worked out.
    loosening : tuple of Claim
        The counts whose absence would prevent it, as few as were found; empty where none would.
    beside : tuple of Fault
        Why leaving out counts does not help, where it does not.
    """

    def __init__(
        self, findings: Sequence[Finding], loosening: Sequence[Claim], beside: Sequence[Fault]
    ) -> None:
        self.findings, self.loosening = tuple(findings), tuple(loosening)
        self.beside = tuple(beside)
        super().__init__(*map(_told, self.findings), *self.beside, *map(_leave_out, self.loosening))


def protect(
    cells: Sequence[Cell],
    persons: Mapping[Part, int],
    *,
    name: str,
    snapshot: str,
    facts: Sequence[Fact] = (),
    groups: frozenset[str] = frozenset(),
    audience: Audience = Audience.PUBLIC,
    thresholds: Thresholds | None = None,
    ledger: Ledger = NOTHING_RELEASED,
    but_for_told: bool = False,
) -> Release:
    """Return what may be released of `cells`, audited together with everything in `ledger`.

    What only tells more of plans is withheld sooner than refused, at worst all of it: what readers
    can tell without its counts is past protecting, and becomes no nearer known.

    Parameters
    ----------
    cells : sequence of Cell
        The counts of persons that the tables want to show, totals included.
    persons : mapping of Part to int
        The true counts behind them; 0 where absent.
    name, snapshot : str
        What the ledger calls the release, and the needs that it speaks of.
    facts : sequence of Fact
        What everybody knows without the tables.
    groups : frozenset of str
        Subjects that are target groups, see `planner.disclosure.tables.Fact`.
    audience : Audience
        Who will read it. It is held against all that this audience and wider ones hold.
    thresholds : Thresholds, optional
        5 for every audience where absent.
    ledger : Ledger
        What was released before. The release is not entered: do that when it leaves.
    but_for_told : bool
        What the ledger tells by itself is past protecting, whatever is released; a release for as
        small counts is not refused for it. It becomes no nearer known.

    Raises
    ------
    InputError
        If a cell stands twice or a count is below 0.
    DisclosureError
        If cells that must be shown, or what an audience holds already, would tell a small count;
        with the cells to leave out.
    """
    check_cells(cells, persons)
    threshold = (thresholds or Thresholds()).of(audience)
    claims = tuple(Claim(*cell.key, cell.terms, Mark.HIDDEN) for cell in cells)
    empty = Release(name, snapshot, audience, claims, tuple(facts), threshold)
    need_no_wider_threshold(empty, ledger)
    holdings = list(held_by_readers(empty, ledger, groups))
    try:
        return _protected(cells, persons, empty, holdings)
    except DisclosureError:
        finer = any(earlier.threshold < threshold for earlier in holdings[0].releases)
        if not empty.of_plans and (finer or not but_for_told):
            raise
        holdings = [holding.looked_at(empty) for holding in holdings]
        return _protected(cells, persons, empty, holdings, yielding=empty.of_plans)


def _protected(
    cells: Sequence[Cell],
    persons: Mapping[Part, int],
    empty: Release,
    holdings: Sequence[Holding],
    *,
    yielding: bool = False,
) -> Release:
    """Return `empty` with what may be said of its cells; see `suppress` for `yielding`."""
    own, passed = holdings[0], list[Sequence[Claim]]()

    def attack(claims: Sequence[Claim]) -> list[Terms]:
        release = replace(empty, claims=tuple(claims))
        told = [f.terms for h in holdings if yielding or h is own for f in h.told_by(release)]
        if not told:
            passed.append(claims)
        return told

    def suppressed(asked: Sequence[Cell]) -> tuple[Claim, ...]:
        return suppress(
            asked,
            persons,
            facts=empty.facts,
            before=own.releases,
            groups=own.groups,
            threshold=own.threshold,
            attack=attack,
            told=own.told,
            yielding=yielding,
        )

    try:
        release = replace(empty, claims=suppressed(cells))
    except DisclosureError as error:
        if not any(cell.must_show for cell in cells):
            raise
        lifted = suppressed([replace(cell, must_show=False) for cell in cells])
        raise DisclosureError(*error.faults, *_to_leave_out(cells, lifted)) from error
    for holding in holdings:
        if holding is own and release.claims in passed:
            continue
        if yielding and holding.told_by(release):
            raise DisclosureError(Fault(TOLD_BY_OTHERS))  # without a word of which counts
        _need_safe_for(release, holding)
    return release


def require_safe(
    release: Release,
    *,
    ledger: Ledger = NOTHING_RELEASED,
    groups: frozenset[str] = frozenset(),
    but_for_told: bool = False,
) -> None:
    """Refuse a release made elsewhere that tells a small count, with the least that would mend it.

    It is held against what its readers hold, and against what nearer ones hold beside it: with
    `but_for_told` not for what they can tell without its counts.

    Raises
    ------
    DisclosureError
        With every count that can be worked out, and the cells whose absence would prevent it.
    """
    need_no_wider_threshold(release, ledger)
    for holding in held_by_readers(release, ledger, groups):
        _need_safe_for(release, holding.looked_at(release) if but_for_told else holding)


def loosened(
    release: Release,
    *,
    ledger: Ledger = NOTHING_RELEASED,
    groups: frozenset[str] = frozenset(),
    but_for_told: bool = False,
) -> Release:
    """Return `release` without the counts that `require_safe` would ask to leave out.

    Raises
    ------
    DisclosureError
        If leaving out counts does not help.
    """
    for readers in held_by_readers(release, ledger, groups):
        holding = readers.looked_at(release) if but_for_told else readers
        for _ in range(_LOOSENINGS):
            if not holding.told_by(release):
                break
            out = least_loosening(
                release, before=holding.releases, groups=groups, told=holding.told
            )
            release = replace(
                release,
                claims=tuple(
                    replace(claim, mark=Mark.HIDDEN, persons=None) if claim in out else claim
                    for claim in release.claims
                ),
            )
    require_safe(release, ledger=ledger, groups=groups, but_for_told=but_for_told)
    return release


def need_no_wider_threshold(release: Release, ledger: Ledger) -> None:
    """Refuse to tell an audience smaller counts than a nearer one got of the same needs.

    Raises
    ------
    DisclosureError
        With the threshold that would pass.
    """
    for nearer in held_by_readers(release, ledger):
        if release.threshold < nearer.threshold:
            raise DisclosureError(
                contradiction(
                    release.audience, release.threshold, nearer.audience, nearer.threshold
                )
            )


def least_loosening(
    release: Release,
    *,
    before: Sequence[Release] = (),
    groups: frozenset[str] = frozenset(),
    told: Told = NOTHING_TOLD,
) -> tuple[Claim, ...]:
    """Return the plain claims of `release` whose absence makes it safe, as few as the gate finds.

    Raises
    ------
    DisclosureError
        If leaving out cells does not help: facts such as printed percentages tell too much.
    """
    plain = [claim for claim in release.claims if claim.mark is Mark.PLAIN]
    withheld = replace(
        release, claims=tuple(claim for claim in release.claims if claim.mark is not Mark.PLAIN)
    )
    kept = suppress(
        [Cell(claim.table, claim.row, claim.column, claim.terms) for claim in plain],
        fitting_persons((*before, release)),
        facts=release.facts,
        before=(*before, withheld),
        groups=groups,
        threshold=release.threshold,
        told=told,
    )
    return tuple(
        claim for claim, now in zip(plain, kept, strict=True) if now.mark is not Mark.PLAIN
    )


def _need_safe_for(release: Release, holding: Holding) -> None:
    findings = {f.terms: f for f in reversed(holding.told_by(release))}  # the least knowing stay
    if not findings:
        return
    held = holding.releases
    try:
        loosening = least_loosening(release, before=held, groups=holding.groups, told=holding.told)
    except DisclosureError:
        loosening = ()
    beside = () if loosening else (_beyond_help(held, holding.threshold),)
    raise ToldTogetherError(list(reversed(findings.values())), loosening, beside)


def _to_leave_out(cells: Sequence[Cell], lifted: Sequence[Claim]) -> list[Fault]:
    return [
        _leave_out(claim)
        for cell, claim in zip(cells, lifted, strict=True)
        if cell.must_show and claim.mark is not Mark.PLAIN
    ]


def _beyond_help(before: Sequence[Release], threshold: int) -> Fault:
    """Say why leaving out single counts is not enough."""
    earlier = min((release.threshold for release in before), default=threshold)
    if earlier < threshold:
        return Fault(
            "counts of these needs were given out from {earlier} persons on already, which cannot "
            "be taken back: give {earlier} in place of {threshold}",
            fields={"earlier": earlier, "threshold": threshold},
        )
    return Fault("leaving out single counts does not help: leave out the percentages or a table")


def _told(finding: Finding) -> Fault:
    """Say which count is told, and not how many persons it is."""
    text = (
        "table {table}, row {row}: this withheld count can be worked out exactly"
        if finding.exact
        else "table {table}, row {row}: this withheld count can be worked out too closely"
    )
    if not finding.table:
        text = "row {row}: a count that no table shows can be worked out too closely"
    return Fault(text, column=finding.column, fields={"table": finding.table, "row": finding.row})


def _leave_out(claim: Claim) -> Fault:
    return Fault(
        "table {table}, row {row}: leave this count out, or merge its row with another",
        column=claim.column,
        fields={"table": claim.table, "row": claim.row},
    )

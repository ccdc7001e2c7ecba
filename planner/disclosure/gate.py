"""Cells, with all that was released before, into a release that passed the attacker's audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from planner.disclosure.attacker import Finding, audit
from planner.disclosure.ledger import NOTHING_RELEASED, Ledger
from planner.disclosure.suppression import fitting_persons, suppress
from planner.disclosure.tables import (
    Cell,
    Claim,
    Fact,
    Mark,
    Part,
    Release,
    Terms,
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
    given_up: frozenset[Terms] = frozenset(),
) -> Release:
    """Return what may be released of `cells`, audited together with everything in `ledger`.

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
    given_up : frozenset of Terms
        What `told_already` found: counts that the ledger tells by itself, past protecting.

    Raises
    ------
    InputError
        If a cell stands twice or a count is below 0.
    DisclosureError
        If cells that must be shown, or what an audience holds already, would tell a small count;
        with the cells to leave out.
    """
    check_cells(cells, persons)
    thresholds = thresholds or Thresholds()
    threshold = thresholds.of(audience)
    before = ledger.known_to(audience, snapshot)

    def release_of(claims: Sequence[Claim]) -> Release:
        return Release(name, snapshot, audience, tuple(claims), tuple(facts), threshold)

    need_no_wider_threshold(release_of(()), ledger)
    passed: list[Sequence[Claim]] = []

    def attack(claims: Sequence[Claim]) -> list[Terms]:
        found = audit((*before, release_of(claims)), groups=groups, threshold=threshold)
        told = [f.terms for f in found if f.terms not in given_up]
        if not told:
            passed.append(claims)
        return told

    def suppressed(asked: Sequence[Cell]) -> tuple[Claim, ...]:
        return suppress(
            asked,
            persons,
            facts=facts,
            before=before,
            groups=groups,
            threshold=threshold,
            attack=attack,
            given_up=given_up,
        )

    try:
        release = release_of(suppressed(cells))
    except DisclosureError as error:
        if not any(cell.must_show for cell in cells):
            raise
        lifted = suppressed([replace(cell, must_show=False) for cell in cells])
        raise DisclosureError(*error.faults, *_to_leave_out(cells, lifted)) from error
    if release.claims not in passed:
        _need_safe_for(release, before, groups, threshold, given_up)
    for _, at_least, held in _nearer_readers(release, ledger):
        _need_safe_for(release, held, groups, at_least, given_up)
    return release


def told_already(
    ledger: Ledger,
    *,
    audience: Audience,
    snapshot: str,
    threshold: int,
    groups: frozenset[str] = frozenset(),
) -> frozenset[Terms]:
    """Return the small counts that earlier releases tell an audience with no further one."""
    held = ledger.known_to(audience, snapshot)
    return frozenset(f.terms for f in audit(held, groups=groups, threshold=threshold))


def require_safe(
    release: Release,
    *,
    ledger: Ledger = NOTHING_RELEASED,
    groups: frozenset[str] = frozenset(),
    given_up: frozenset[Terms] = frozenset(),
) -> None:
    """Refuse a release made elsewhere that tells a small count, with the least that would mend it.

    It is held against what its readers hold, and against what nearer ones hold beside it.

    Raises
    ------
    DisclosureError
        With every count that can be worked out, and the cells whose absence would prevent it.
    """
    need_no_wider_threshold(release, ledger)
    for at_least, held in _held_by(release, ledger):
        _need_safe_for(release, held, groups, at_least, given_up)


def loosened(
    release: Release, *, ledger: Ledger = NOTHING_RELEASED, groups: frozenset[str] = frozenset()
) -> Release:
    """Return `release` without the counts that `require_safe` would ask to leave out.

    Raises
    ------
    DisclosureError
        If leaving out counts does not help.
    """
    for at_least, held in _held_by(release, ledger):
        for _ in range(_LOOSENINGS):
            if not audit((*held, release), groups=groups, threshold=at_least):
                break
            out = least_loosening(release, before=held, groups=groups)
            release = replace(
                release,
                claims=tuple(
                    replace(claim, mark=Mark.HIDDEN, persons=None) if claim in out else claim
                    for claim in release.claims
                ),
            )
    require_safe(release, ledger=ledger, groups=groups)
    return release


def need_no_wider_threshold(release: Release, ledger: Ledger) -> None:
    """Refuse to tell an audience smaller counts than a nearer one got of the same needs.

    Raises
    ------
    DisclosureError
        With the threshold that would pass.
    """
    for reader, at_least, _ in _nearer_readers(release, ledger):
        if release.threshold < at_least:
            raise DisclosureError(
                contradiction(release.audience, release.threshold, reader, at_least)
            )


def least_loosening(
    release: Release, *, before: Sequence[Release] = (), groups: frozenset[str] = frozenset()
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
    )
    return tuple(
        claim for claim, now in zip(plain, kept, strict=True) if now.mark is not Mark.PLAIN
    )


def _held_by(release: Release, ledger: Ledger) -> Iterator[tuple[int, tuple[Release, ...]]]:
    """Give what each of those who read a release hold, with the threshold that holds for them."""
    yield release.threshold, ledger.known_to(release.audience, release.snapshot)
    for _, at_least, held in _nearer_readers(release, ledger):
        yield at_least, held


def _nearer_readers(
    release: Release, ledger: Ledger
) -> Iterator[tuple[Audience, int, tuple[Release, ...]]]:
    """Give nearer audiences that got something of their own, from how many persons on, and what."""
    for reader in release.audience.nearer:
        held = ledger.known_to(reader, release.snapshot)
        own = [earlier.threshold for earlier in held if earlier.audience is reader]
        if own:
            yield reader, min(own), held


def _need_safe_for(
    release: Release,
    before: Sequence[Release],
    groups: frozenset[str],
    threshold: int,
    given_up: frozenset[Terms] = frozenset(),
) -> None:
    found = audit((*before, release), groups=groups, threshold=threshold)
    findings = [finding for finding in found if finding.terms not in given_up]
    if not findings:
        return
    try:
        loosening = least_loosening(release, before=before, groups=groups)
    except DisclosureError:
        loosening = ()
    beside = () if loosening else (_beyond_help(before, threshold),)
    raise ToldTogetherError(findings, loosening, beside)


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

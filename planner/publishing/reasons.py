"""What a change does for people, as the amendment counted it, into a sentence for officers."""

from __future__ import annotations

from collections.abc import Sequence

from planner.disclosure import DEFAULT_THRESHOLD, show_persons
from planner.editions import Change, ChangeKind, ReasonCode, ReasonPart
from planner.locales import say

CHANGE_WORDS = {
    ChangeKind.OPEN: "open",
    ChangeKind.ENLARGE: "enlarge",
    ChangeKind.REDUCE: "reduce",
    ChangeKind.CLOSE: "close",
}
REASON_CODE_WORDS = {
    ReasonCode.ADDRESS: "address",
    ReasonCode.COSTS: "costs",
    ReasonCode.INFRASTRUCTURE_DROPPED: "infrastructure dropped",
    ReasonCode.ADDITIONAL: "additional activities",
    ReasonCode.NEW_SERVICE: "new service in the municipality",
    ReasonCode.EDITORIAL: "editorial, technical correction",
    ReasonCode.TERRITORIAL_REFORM: "territorial reform",
    ReasonCode.TARGET_GROUP: "change in the size of the target group",
}
_PART_WORDS = {
    ReasonPart.NEWLY_SERVED: "begin to receive the service: {persons} pers.",
    ReasonPart.BROUGHT_WITHIN: "come within the standard: {persons} pers.",
    ReasonPart.SHORTER: "a shorter way for {persons} pers.",
    ReasonPart.LONGER: "a longer way for {persons} pers.",
    ReasonPart.LOST: "no longer receive the service: {persons} pers.",
}


def reason_text(
    change: Change,
    *,
    told: Sequence[str] | None = None,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> str:
    """Return why a change is proposed: the counts of the plan, then the planner's own word.

    `told` are the counts of its reasons as the gate lets them through; without it each is gated by
    itself.
    """
    if told is None:
        told = [show_persons(persons, threshold=threshold) for _, persons in change.reasons]
    parts = [
        say(language, _PART_WORDS[part], persons=text)
        for (part, _), text in zip(change.reasons, told, strict=True)
        if part in _PART_WORDS
    ]
    found = "; ".join(parts)
    if parts and change.addresses_here > 1:
        found = say(
            language, "{count} addresses together: {reasons}", count=change.addresses_here,
            reasons=found,
        )  # fmt: skip
    if change.kind is ChangeKind.CLOSE and change.duty_kept and change.persons:
        found = "; ".join([*([found] if found else []), say(language, "the service stays secured")])
    sentences = [found or say(language, "nobody's way or service changes")]
    if change.decided:
        sentences.append(say(language, "decided: {reason}", reason=change.decided))
    return "; ".join(sentences)


def address_text(change: Change, *, language: str) -> str:
    """Return the address of a change; where only the place is known, that the municipality decides.

    Several new addresses at one place are numbered.
    """
    state = change.after or change.before
    if state is None:
        return ""
    if state.address:
        same = state.address == state.place
        return state.address if same else f"{state.address}, {state.place}"
    if change.addresses_here > 1:
        return say(
            language,
            "{place}, address {number} of {count}: decided by the municipality",
            place=state.place,
            number=change.address_number,
            count=change.addresses_here,
        )
    return say(language, "{place}, address decided by the municipality", place=state.place)

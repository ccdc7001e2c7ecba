"""Why a change is proposed, and why somebody stays unserved, into words for officers."""

from __future__ import annotations

from planner.disclosure import DEFAULT_THRESHOLD, show_persons
from planner.domain import Reason
from planner.editions import Change, ChangeKind, ReasonCode, ReasonPart
from planner.locales import say
from planner.publishing.change_people import ChangePeople

CHANGE_WORDS = {
    ChangeKind.OPEN: "open",
    ChangeKind.ENLARGE: "enlarge",
    ChangeKind.REDUCE: "reduce",
    ChangeKind.CLOSE: "close",
}
NOT_OPERATING = "approved, not yet operating"
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
REASON_WORDS = {
    Reason.NO_SITE_WITHIN_LIMIT: "no site within the limit",
    Reason.BELOW_VIABLE_LOAD: "below viable load",
    Reason.NO_PLACES: "no places",
    Reason.BUDGET: "budget",
    Reason.SITES_AT_MOST: "number of sites",
    Reason.FORBIDDEN: "forbidden",
    Reason.NO_AGREEMENT: "no agreement",
}
_PART_WORDS = {
    ReasonPart.NEWLY_SERVED: "begin to receive the service: {persons} pers.",
    ReasonPart.BROUGHT_WITHIN: "come within the standard: {persons} pers.",
    ReasonPart.SHORTER: "a shorter way for {persons} pers.",
    ReasonPart.LONGER: "a longer way for {persons} pers.",
    ReasonPart.LOST: "no longer receive the service: {persons} pers.",
}
_OTHERS = "others: not told, or no difference"
_NONE_TOLD = "what changes for them is not told"


def reason_text(
    change: Change,
    *,
    told: ChangePeople | None = None,
    language: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> str:
    """Return why a change is proposed: the counts of the plan, then the planner's own word.

    `told` is what the gate lets through of its persons; without it each reason is gated by itself.
    """
    reasons = told.reasons if told else _of_each(change, threshold)
    others = _OTHERS if len(reasons) > 1 else _NONE_TOLD
    parts = [
        say(language, _PART_WORDS[ReasonPart(part)] if part else others, persons=text)
        for part, text in reasons.items()
    ]
    found = "; ".join(parts)
    if parts and change.addresses_here > 1:
        found = say(
            language, "{count} addresses together: {reasons}", count=change.addresses_here,
            reasons=found,
        )  # fmt: skip
    all_known = bool(parts) and "" not in reasons
    if change.kind is ChangeKind.CLOSE and change.duty_kept and all_known:
        found = f"{found}; {say(language, 'the service stays secured')}"
    sentences = [found or say(language, "nobody's way or service changes")]
    if change.decided:
        sentences.append(say(language, "decided: {reason}", reason=change.decided))
    return "; ".join(sentences)


def _of_each(change: Change, threshold: int) -> dict[str, str]:
    """Return the persons by reason as text, each gated by itself."""
    return {part.value: show_persons(n, threshold=threshold) for part, n in change.reasons}


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

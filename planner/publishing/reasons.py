"""Why a change is proposed, and why somebody stays unserved, into words for officers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from planner.disclosure import DEFAULT_THRESHOLD, NOT_SHOWN, REGION, show_persons
from planner.domain import Plan, Problem, Reason
from planner.editions import Change, ChangeKind, Nearest, ReasonCode, ReasonPart, Standing
from planner.locales import say
from planner.publishing.change_people import ChangePeople
from planner.publishing.people import People, reasons_told

CHANGE_WORDS = {
    ChangeKind.OPEN: "open",
    ChangeKind.ENLARGE: "enlarge",
    ChangeKind.REDUCE: "reduce",
    ChangeKind.CLOSE: "close",
    ChangeKind.KEEP: "keep open",
}
NOT_OPERATING = "approved, not yet operating"
STANDING_WORDS = {
    Standing.OPERATING: "operating",
    Standing.COMMITTED: NOT_OPERATING,
    Standing.APPROVED: "approved, not opened",
    Standing.TO_ENLARGE: "operating, enlarging approved",
    Standing.TO_CLOSE: "operating, closing approved",
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
REASON_WORDS = {
    Reason.NO_SITE_WITHIN_LIMIT: "no site within the limit",
    Reason.BELOW_VIABLE_LOAD: "below viable load",
    Reason.NO_PLACES: "no places",
    Reason.BUDGET: "budget",
    Reason.SITES_AT_MOST: "number of sites",
    Reason.FORBIDDEN: "forbidden",
    Reason.NO_AGREEMENT: "no agreement",
}
OTHER_REASONS = "others, or not told"
_PART_WORDS = {
    ReasonPart.NEWLY_SERVED: "begin to receive the service: {persons} pers.",
    ReasonPart.BROUGHT_WITHIN: "come within the standard: {persons} pers.",
    ReasonPart.SHORTER: "a shorter way for {persons} pers.",
    ReasonPart.LONGER: "a longer way for {persons} pers.",
    ReasonPart.LOST: "no longer receive the service: {persons} pers.",
}
_OF_A_TRIP = frozenset({ReasonPart.BROUGHT_WITHIN, ReasonPart.SHORTER, ReasonPart.LONGER})
_OTHERS = "others: not told, or no difference"
_NONE_TOLD = "what changes for them is not told"


def change_words(change: Change) -> str:
    """Return in English what happens at an address.

    What was never opened does not close, and what was never enlarged does not become smaller.
    """
    if change.kind is ChangeKind.CLOSE and not change.operates:
        return "drop"
    dropped = change.reason_code is ReasonCode.INFRASTRUCTURE_DROPPED
    if change.kind is ChangeKind.REDUCE and dropped:
        return "do not enlarge"
    return CHANGE_WORDS[change.kind]


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
        _part_text(change, ReasonPart(part), text, language) if part else say(language, others)
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
    sentences = [] if change.nearest is None else [_so_far(change, change.nearest, language)]
    never_used = change.after is None and not change.operates
    nothing = "nobody uses it today" if never_used else "nobody's way or service changes"
    sentences.append(found or say(language, nothing))
    if change.decided:
        sentences.append(say(language, "decided: {reason}", reason=change.decided))
    return "; ".join(sentences)


def _part_text(change: Change, part: ReasonPart, persons: str, language: str) -> str:
    """Return a reason; whoever travelled already lives elsewhere where nothing was within reach."""
    found = say(language, _PART_WORDS[part], persons=persons)
    nowhere = change.nearest is not None and change.nearest.minutes is None
    if not nowhere or part not in _OF_A_TRIP:
        return found
    return say(language, "{reason} (living elsewhere)", reason=found)


def _so_far(change: Change, nearest: Nearest, language: str) -> str:
    if nearest.minutes is None:
        return say(language, "so far no site of the service is within reach of this settlement")
    if change.after is not None and change.after.place == nearest.place:
        return say(language, "the service operates in the same place already")
    return say(
        language,
        "nearest site of the service so far: {place}, {minutes} min",
        place=nearest.place,
        minutes=round(nearest.minutes),
    )


def _of_each(change: Change, threshold: int) -> dict[str, str]:
    """Return the persons by reason as text, each gated by itself."""
    return {part.value: show_persons(n, threshold=threshold) for part, n in change.reasons}


def why_unserved(
    problem: Problem,
    plan: Plan,
    people: People | None,
    *,
    area: str = REGION,
    service: str,
    threshold: int = DEFAULT_THRESHOLD,
) -> dict[str, str]:
    """Return the unserved of an area and a service by reason as text, those without one under "".

    `people` is what the gate released; without it each count is gated by itself.
    """
    if people is not None:
        told = {r.value: people.unserved_because(area, service, r.value) for r in Reason}
        return reasons_told(people.at(area, service).unserved, told)
    counted: dict[str, int] = defaultdict(int)
    for (of, point), persons in plan.unserved.items():
        if of == service and area in (REGION, problem.municipality_of_point[point]):
            known = plan.reasons.get((of, point), {})
            for reason, part in known.items():
                counted[reason.value] += part
            counted[""] += persons - sum(known.values())
    return {r: show_persons(n, threshold=threshold) for r, n in sorted(counted.items()) if n}


def reason_sentence(reason: str) -> str:
    """Return in English why somebody stays unserved; "" stands for all of whom it is not told."""
    return REASON_WORDS[Reason(reason)] if reason else OTHER_REASONS


def unserved_text(reasons: Mapping[str, str], *, language: str) -> str:
    """Return what `why_unserved` found as one line; "–" where no reason is told."""
    if not any(reasons):
        return NOT_SHOWN
    return "; ".join(
        f"{say(language, reason_sentence(reason))}: {persons}"
        for reason, persons in reasons.items()
    )


def address_text(change: Change, *, language: str) -> str:
    """Return the address of a change; where only the place is known, that the municipality decides.

    Several new addresses at one place are numbered. Of what is dropped there is nothing to decide.
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
            "{place}, address {number} of {count}: decided by the municipality"
            if change.after
            else "{place}, address {number} of {count}",
            place=state.place,
            number=change.address_number,
            count=change.addresses_here,
        )
    if change.after is None:
        return state.place
    return say(language, "{place}, address decided by the municipality", place=state.place)

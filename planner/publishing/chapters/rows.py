"""The chapters of the changes: every row before and after, and the totals of the municipalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.analysis.purposes import Purpose, why_open
from planner.disclosure import NOT_SHOWN
from planner.domain import Option
from planner.editions import Change, ChangeKind, MunicipalTotal, Standing, State
from planner.publishing.change_people import (
    ChangePeople,
    people_of_change,
    people_of_total,
)
from planner.publishing.chapters.dossier import Dossier, Words
from planner.publishing.paper import Head, Paper
from planner.publishing.reasons import REASON_CODE_WORDS, address_text, change_words, reason_text
from planner.publishing.tables import shown
from planner.publishing.wishes import wishes_table

_PLACES_WORDS = {
    Standing.COMMITTED: "approved, not yet operating: {places}",
    Standing.APPROVED: "approved, not opened: {places}",
    Standing.TO_ENLARGE: "enlarging approved: {places}",
    Standing.TO_CLOSE: "closing approved: {places}",
}


def changes(paper: Paper, d: Dossier, w: Words) -> None:
    """Write the table of changes, before and after."""
    paper.heading(w.say("Changes: before and after"))
    if not d.amendment.changes:
        paper.text(w.say("Nothing changes."))
        return
    heads = [
        Head(w.say("No."), 0.9, figures=True),
        Head(w.say("Municipality, ATVK"), 2.7),
        Head(w.say("Service, change, address"), 5.2),
        Head(w.say("Before: places / persons"), 2.0, figures=True),
        Head(w.say("After: places / persons"), 2.0, figures=True),
        Head(w.say("Minutes before → after"), 1.9, figures=True),
        Head(w.say("Estimate, EUR, and by source"), 4.4),
        Head(w.say("Reason"), 6.6),
    ]
    changes, purposes = d.amendment.changes, why_open(d.problem, d.plan)
    paper.table(
        heads,
        [
            _change(
                w,
                change,
                purposes,
                people_of_change(change, d.released, d.changed) if d.released else None,
            )
            for change in changes
        ],
        caption=w.say("Proposed changes"),
        total=[
            "",
            w.say("Total"),
            "",
            _places(w, [c.before for c in changes]),
            _places(w, [c.after for c in changes]),
            "",
            w.split(d.amendment.cost_eur, d.amendment.by_source),
            "",
        ],
    )
    paper.small(w.legend())


def wishes(paper: Paper, d: Dossier, w: Words) -> None:
    """Write what the planner set for sites by hand, where there is more than the changes tell."""
    table = wishes_table(d.area, d.problem, d.amendment, language=w.language)
    if not table.rows:
        return
    paper.heading(w.say("Set by the planner"))
    paper.text(
        w.say(
            "The planner set this before the calculation, and the plan keeps to it. What the "
            "reasons of the changes tell already is not repeated here."
        )
    )
    heads = {
        "municipality": Head(w.say("Municipality"), 4.0),
        "service_name": Head(w.say("Service"), 6.0),
        "place": Head(w.say("Place"), 5.2),
        "wish": Head(w.say("What was set"), 4.5),
        "reason": Head(w.say("Reason"), 6.0),
    }
    keys = [column.key for column in table.columns]
    told = [
        dict(zip(keys, (shown(cell, language=w.language) for cell in row), strict=True))
        for row in table.rows
    ]
    for row in told:
        row["place"] = ", ".join(part for part in (row["address"], row["place"]) if part)
    paper.table(
        list(heads.values()),
        [[row[key] or NOT_SHOWN for key in heads] for row in told],
        caption=w.say("What was set for sites before the calculation"),
    )


def totals(paper: Paper, d: Dossier, w: Words) -> None:
    """Write what the municipalities have before and after."""
    paper.heading(w.say("Municipal totals before and after"))
    heads = [
        Head(w.say("Municipality"), 3.6),
        Head(w.say("ATVK"), 1.7),
        Head(w.say("Changes"), 1.9, figures=True),
        Head(w.say("Addresses"), 1.9, figures=True),
        Head(w.say("Places"), 2.1, figures=True),
        Head(w.say("Its own needs"), 2.1, figures=True),
        Head(w.say("Of them served"), 2.4, figures=True),
        Head(w.say("Within the standard"), 2.4, figures=True),
        Head(w.say("Approved before, EUR"), 2.6, figures=True),
        Head(w.say("Changes, EUR (estimate)"), 2.8, figures=True),
        Head(w.say("Municipality's part, EUR"), 2.6, figures=True),
    ]
    rows = [
        [w.names.municipalities[total.municipality], total.municipality, *_total(w, d, [total])]
        for total in d.amendment.totals
    ]
    paper.table(
        heads,
        rows,
        caption=w.say("Municipalities: before → after, over all services"),
        total=[w.say("Total"), "", *_total(w, d, d.amendment.totals)],
    )
    if not_operating := sum(t.places_committed for t in d.amendment.totals):
        paper.small(
            w.say(
                "Places before that are approved and not yet operating: {places}.",
                places=w.number(not_operating),
            )
        )
    paper.small(
        w.say(
            "A person who needs two services counts twice. What was approved before is not known "
            "where no approved edition with costs has been read."
        )
        if d.problem.approved is None
        else w.say(
            "A person who needs two services counts twice. Approved before is the cost of what was "
            "approved and is not built yet; with the changes it makes up what is approved next."
        )
    )


def _total(w: Words, d: Dossier, totals: Sequence[MunicipalTotal]) -> list[str]:
    planned = [t.planned_cost_eur for t in totals]
    known = [cost for cost in planned if cost is not None]
    return [
        w.number(sum(t.changes for t in totals)),
        w.change(
            w.number(sum(t.addresses_before for t in totals)),
            w.number(sum(t.addresses_after for t in totals)),
        ),
        w.change(
            w.number(sum(t.places_before for t in totals)),
            w.number(sum(t.places_after for t in totals)),
        ),
        *_people(w, d, totals),
        w.number(sum(known)) if len(known) == len(planned) else w.say("not known"),
        w.number(sum(t.cost_eur for t in totals)),
        w.number(sum(t.by_source.get("municipality", 0) for t in totals)),
    ]


def _people(w: Words, d: Dossier, totals: Sequence[MunicipalTotal]) -> list[str]:
    """Return need, served and within the standard, the latter two before and after."""
    if d.released is not None:
        told = people_of_total(totals, d.area, d.released)
        return [told.need, w.change(*told.served), w.change(*told.within)]
    return [
        w.persons(sum(t.need for t in totals)),
        w.persons_change(sum(t.served_before for t in totals), sum(t.served_after for t in totals)),
        w.persons_change(sum(t.within_before for t in totals), sum(t.within_after for t in totals)),
    ]


def _change(
    w: Words,
    change: Change,
    purposes: Mapping[Option, Purpose],
    told: ChangePeople | None,
) -> list[str]:
    service = w.names.services.get(change.service, change.service)
    what = w.say(change_words(change))
    kind = w.say(REASON_CODE_WORDS[change.reason_code])
    why = reason_text(change, told=told, language=w.language, threshold=w.threshold)
    if elsewhere := _elsewhere(w, change, purposes):
        why = f"{why}\n{elsewhere}"
    return [
        str(change.number),
        f"{w.names.municipalities.get(change.municipality, '')}\n{change.municipality}",
        f"{service}\n{what}: {address_text(change, language=w.language)}",
        _state(w, change.before, told=told.before if told else ""),
        _state(w, change.after, beside=change.before, told=told.after if told else ""),
        _minutes(w, change, told),
        w.split(change.cost_eur, change.by_source),
        f"{kind}: {why}",
    ]


def _elsewhere(w: Words, change: Change, purposes: Mapping[Option, Purpose]) -> str:
    """Return the places that were weighed for what a new address does."""
    purpose = purposes.get((change.service, change.site))
    if change.kind is not ChangeKind.OPEN or purpose is None or not purpose.alternatives:
        return ""
    places = ", ".join(dict.fromkeys(w.names.place(a.site) for a in purpose.alternatives))
    return w.say("other places weighed: {places}", places=places)


def _minutes(w: Words, change: Change, told: ChangePeople | None) -> str:
    before, after = told.minutes if told else (True, True)
    if not before and not after:
        return NOT_SHOWN
    return w.change(
        w.minutes(change.minutes_before, change.served_before) if before else NOT_SHOWN,
        w.minutes(change.minutes_after, change.served_after) if after else NOT_SHOWN,
    )


def _state(w: Words, state: State | None, *, beside: State | None = None, told: str = "") -> str:
    """Return places and persons of an address; `told` is what the gate released of the persons."""
    if state is None:
        return NOT_SHOWN
    places = w.number(state.places)
    if state.standing in _PLACES_WORDS:
        places = w.say(_PLACES_WORDS[state.standing], places=places)
    if told:
        return f"{places} / {told}"
    if beside is None:
        return f"{places} / {w.persons(state.persons)}"
    return f"{places} / {w.persons_beside(state.persons, beside.persons)}"


def _places(w: Words, states: Sequence[State | None]) -> str:
    return w.number(sum(state.places for state in states if state is not None))

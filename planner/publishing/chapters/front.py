"""The first chapters: title and decisions, purpose, what people get, financing, the map."""

from __future__ import annotations

from planner.disclosure import NOT_SHOWN
from planner.domain import ProofStatus
from planner.editions import Amendment, ChangeKind
from planner.locales import say_count
from planner.publishing import formats
from planner.publishing.amendment_tables import compared_with, unpriced_sentence
from planner.publishing.budgets import budgets_told
from planner.publishing.chapters.dossier import Dossier, Words
from planner.publishing.coverage import RANGES, may_be_alike
from planner.publishing.illustrations import illustrated, illustration
from planner.publishing.paper import Head, Paper
from planner.publishing.repetition import repetition_sentences
from planner.publishing.report import people_of
from planner.records import total_aims

_BLANK = "____________"
_BODY_NAMES = (
    "Councils of the municipalities concerned",
    "Regional DI steering group",
    "Development council of the planning region",
    "Social Services Development Council",
)


def opening(paper: Paper, d: Dossier, w: Words) -> None:
    """Write title, label of the data and the decisions to be filled in."""
    paper.title(
        w.say("Amendments No. {blank} to the deinstitutionalisation plan (proposal)",
                 blank="____"),
        below=w.say("Planning region: {region}. Plan year: {year}.", region=w.region,
                       year=d.scenario.plan_year),
    )  # fmt: skip
    if label := illustration(illustrated(d.area.sources), w.language):
        paper.note(label)
    if any(aim.status is ProofStatus.STOPPED for aim in total_aims(d.plan.proof)):
        paper.note(
            w.say(
                "The search was stopped before every aim had a bound: a longer search may find a "
                "better plan. Search longer before deciding on this one."
            )
        )
    paper.table(
        [
            Head(w.say("Decided by"), 9),
            Head(w.say("Date"), 4),
            Head(w.say("Decision, minutes No."), 4),
        ],
        [[w.say(body), _BLANK, _BLANK] for body in _BODY_NAMES],
        caption=w.say("Decisions (to be filled in)"),
    )


def purpose(paper: Paper, d: Dossier, w: Words) -> None:
    """Write what the amendments are for, in figures."""
    paper.heading(w.say("Purpose"))
    if any(c.kind in (ChangeKind.OPEN, ChangeKind.ENLARGE) for c in d.amendment.changes):
        paper.text(
            w.say(
                "The amendments bring community-based services closer to people in need and keep "
                "a new site from merely repeating its neighbour."
            )
            if d.problem.approved is None
            else w.say(
                "Against today the plan so amended brings community-based services closer to "
                "people in need and keeps a new site from merely repeating its neighbour."
            )
        )
    paper.text(_sum_of_changes(d, w))
    for sentence in repetition_sentences(
        d.area,
        d.problem,
        d.plan,
        found=d.duplication,
        released=d.released,
        language=w.language,
    ):
        paper.text(sentence)
    budgets = "; ".join(budgets_told(d.scenario, language=w.language))
    paper.text(w.say("Scenario: {title}. {budgets}.", title=d.scenario.title, budgets=budgets))
    paper.text(compared_with(d.edition, w.language))
    if unpriced := unpriced_sentence(d.amendment, w.language):
        paper.text(unpriced)


def _sum_of_changes(d: Dossier, w: Words) -> str:
    changes = d.amendment.changes
    if not changes:
        return w.say("No change is proposed.")
    municipalities = len({change.municipality for change in changes})
    return " ".join(
        (
            say_count(
                w.language,
                "{count} change is proposed.",
                "{count} changes are proposed.",
                len(changes),
            ),
            say_count(
                w.language,
                "{count} municipality is concerned.",
                "{count} municipalities are concerned.",
                municipalities,
            ),
            _cost_of_changes(d, w),
        )
    )


def _cost_of_changes(d: Dossier, w: Words) -> str:
    cost = d.amendment.cost_eur
    if d.problem.approved is None:
        return w.say("Estimated cost of building and enlarging: {cost}.", cost=w.euros(cost))
    unpriced = any(change.unpriced for change in d.amendment.changes)  # taken off as 0
    if cost < 0:
        sentence = (
            "By estimate at least {cost} less is to be paid than was approved."
            if unpriced
            else "By estimate {cost} less is to be paid than was approved."
        )
    elif unpriced:
        sentence = "By estimate at most {cost} more is to be paid than was approved."
    elif cost:
        sentence = "By estimate {cost} more is to be paid than was approved."
    else:
        sentence = "By estimate as much is to be paid as was approved."
    return w.say(sentence, cost=w.euros(abs(cost)))


def overview(paper: Paper, d: Dossier, w: Words) -> None:
    """Write what each service gives to people, today and with the plan."""
    paper.heading(w.say("What the plan gives to people"))
    heads = [
        Head(w.say("Service"), 3.8),
        Head(w.say("Standard, min"), 2.0, figures=True),
        Head(w.say("Need"), 2.1, figures=True),
        Head(w.say("Within the standard today"), 2.0, figures=True),
        Head(w.say("with the plan"), 1.5, figures=True),
        Head(w.say("Unserved"), 2.5, figures=True),
        Head(w.say("New sites"), 1.5, figures=True),
        Head(w.say("Mean minutes"), 1.7, figures=True),
    ]
    rows = []
    for service in d.area.services:
        if service.id not in d.figures:
            continue
        then = d.figures[service.id]
        told = people_of(then, d.today[service.id], service, d.released)
        need, within_today, within, unserved = told
        rows.append(
            [
                w.names.services[service.id],
                w.number(d.problem.services[service.id].standard_minutes),
                need,
                within_today,
                within,
                unserved,
                w.number(then.sites_new),
                w.minutes(then.mean_minutes, then.served),
            ]
        )
    paper.table(heads, rows, caption=w.say("Services: today and with the plan"))
    paper.small(w.legend())
    if any(may_be_alike(within_today, within) for _, _, _, within_today, within, *_ in rows):
        paper.small(w.say(RANGES))
    paper.small(
        w.say(
            "Minutes are one way; for services where people live they are the visiting "
            "distance from the place of origin. “{small}” stands for a few persons; “–” for a "
            "figure that would let a few persons be told.",
            small=f"< {w.threshold}",
        )
    )


def finance(paper: Paper, d: Dossier, w: Words) -> None:
    """Write who pays how much, as an estimate."""
    paper.heading(w.say("Financing (estimate)"))
    split, cost = d.amendment.by_source, d.amendment.cost_eur
    shares = _shares(d.amendment)

    def share_told(source: str) -> str:
        found = shares.get(source)
        if found is None:
            return NOT_SHOWN
        return formats.percent(found, language=w.language, decimals=1)

    rows = [
        [w.source(share.source), share_told(share.source), w.euros(split[share.source])]
        for share in d.amendment.funding
    ]
    paper.table(
        [
            Head(w.say("Source"), 7),
            Head(w.say("Share"), 3, figures=True),
            Head(w.say("Amount"), 5, figures=True),
        ],
        rows,
        caption=w.say("Estimated capital cost by source")
        if d.problem.approved is None
        else w.say("Estimated capital cost less that approved before, by source"),
        total=[
            w.say("Total"),
            formats.percent(1, language=w.language, decimals=1) if shares else NOT_SHOWN,
            w.euros(cost),
        ],
    )
    alone = {c.municipality for c in d.amendment.changes} & d.amendment.without_eu
    if alone:
        paper.text(
            w.say(
                "They take no part in projects of the EU and pay all themselves: {names}.",
                names=", ".join(w.names.municipalities[code] for code in sorted(alone)),
            )
        )
    years = sorted({s.price_year for s in d.area.services if s.id in d.problem.services})
    paper.small(
        w.say(
            "The costs are estimates from the catalogue's costs per place, in prices of "
            "{years}; the shares are a setting, taken from one built centre (Ludza, 2020), and "
            "are no rule of a programme.",
            years=", ".join(str(year) for year in years),
        )
    )


def _shares(found: Amendment) -> dict[str, float]:
    """Return who pays which part of the cost, 0..1; none where some pay more and others less."""
    split, cost = found.by_source, found.cost_eur
    if not any(split.values()):
        return {share.source: share.permille / 1000 for share in found.funding}
    if min(split.values()) < 0 < max(split.values()):
        return {}
    return {source: eur / cost for source, eur in split.items()}


def map_picture(paper: Paper, d: Dossier, w: Words) -> None:
    """Write the picture of the map, if there is one."""
    if d.map_picture is None:
        return
    paper.heading(w.say("Map"))
    paper.picture(
        d.map_picture,
        alt=w.say(
            "Map of {region}: where sites stay, open, grow and close. The same facts stand in "
            "the table of changes.",
            region=w.region,
        )
        if d.problem.approved is None
        else w.say(
            "Map of {region}: where sites stay, open, grow and close against today. What was "
            "approved already is on it too, and is no row of the table of changes.",
            region=w.region,
        ),
        caption=w.say("Sites of all services: what stays, opens, grows and closes"),
    )

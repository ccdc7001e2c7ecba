"""The last chapters: what starts now, who stays unserved and why, the proof, the data."""

from __future__ import annotations

from collections import defaultdict

from planner.disclosure import NOT_SHOWN, REGION
from planner.domain import ProofStatus
from planner.publishing import formats
from planner.publishing.aims import AIM_NAMES, aim_told
from planner.publishing.chapters.dossier import Dossier, Words
from planner.publishing.paper import Head, Paper
from planner.publishing.people import aims_withheld
from planner.publishing.plan_tables import UNSERVED
from planner.publishing.reasons import reason_sentence, why_unserved
from planner.publishing.scene import source_parts
from planner.records import total_aims

_DIGEST_SHOWN = 12
_NO_REASON_TOLD = "reasons not told, so that no small number can be worked out"
_STATUS_WORDS = {
    ProofStatus.PROVEN: "proven",
    ProofStatus.BEST_FOUND: "best found",
    ProofStatus.STOPPED: "stopped",
}


def start_now(paper: Paper, d: Dossier, w: Words) -> None:
    """Write whom services can reach before anything is built."""
    rows = d.start_now
    counted: dict[tuple[str, str], int] = defaultdict(int)
    unserved_now = {row.service for row in rows if row.why == UNSERVED}
    for row in rows:
        counted[row.municipality, row.service] += row.persons

    def told(municipality: str, service: str) -> str:
        if service in unserved_now and w.plan is not None:
            return w.plan.at(municipality, service).unserved
        if service not in unserved_now and d.begun is not None:
            return d.begun.persons(municipality, service)
        return w.persons(counted[municipality, service])

    texts = {key: text for key in counted if (text := told(*key)) != "0"}
    services = [s.id for s in d.area.services if any(of == s.id for _, of in texts)]
    if not services:
        return
    paper.heading(w.say("Start now"))
    paper.text(
        w.say("These services need nothing built: the municipal social service may begin at once.")
    )
    width = 22.0 / len(services)
    paper.table(
        [
            Head(w.say("Municipality"), 3.6),
            *(Head(w.names.services[s], min(4.0, width), figures=True) for s in services),
        ],
        [
            [name, *(texts.get((atvk, s), "0") for s in services)]
            for atvk, name in w.names.municipalities.items()
            if any(m == atvk for m, _ in texts)
        ],
        caption=w.say("Persons whom a service can reach before anything is built"),
    )
    paper.small(w.legend())


def unserved(paper: Paper, d: Dossier, w: Words) -> None:
    """Write who stays unserved, by service and reason."""
    paper.heading(w.say("Who stays unserved, and why"))
    rows = [
        [w.names.services[service.id], *row]
        for service in d.area.services
        for row in _unserved_because(d, w, service.id)
    ]
    if not rows:
        paper.text(w.say("The plan serves everyone in need."))
        return
    paper.table(
        [
            Head(w.say("Service"), 9),
            Head(w.say("Why"), 8),
            Head(w.say("Persons"), 3, figures=True),
        ],
        rows,
        caption=w.say("Persons who stay unserved, by reason"),
    )
    paper.small(w.legend())


def _unserved_because(d: Dossier, w: Words, service: str) -> list[list[str]]:
    """Return each reason with its persons; all persons in one row where no reason may be told."""
    found = why_unserved(d.problem, d.plan, w.plan, service=service, threshold=w.threshold)
    if w.plan is not None and list(found) == [""]:
        everybody = w.plan.at(REGION, service).unserved
        return [[w.say(_NO_REASON_TOLD), everybody]]
    return [[w.say(reason_sentence(reason)), persons] for reason, persons in sorted(found.items())]


def proof(paper: Paper, d: Dossier, w: Words) -> None:
    """Write how good the plan is known to be, and the line to make it again."""
    paper.heading(w.say("How good the plan is known to be"))
    paper.text(
        w.say(
            "The aims come in this order; each is as low as it can be while the ones before "
            "it keep their value within the tolerance. No plan under these rules goes below the "
            "bound."
        )
    )

    withheld = aims_withheld(d.released)

    def percent(gap: float) -> str:
        return formats.percent(gap, language=w.language, decimals=2)

    aims = total_aims(d.plan.proof)
    told = [
        aim_told(aim, language=w.language, threshold=w.threshold, withheld=aim.name in withheld)
        for aim in aims
    ]
    rows = [
        [
            w.say(AIM_NAMES.get(aim.name, aim.name)),
            part.in_plan,
            part.at_best,
            part.bound,
            part.gap,
            w.say(_STATUS_WORDS[aim.status]),
        ]
        for aim, part in zip(aims, told, strict=True)
    ]
    paper.table(
        [
            Head(w.say("Aim"), 5.6),
            Head(w.say("In the plan"), 2.3, figures=True),
            Head(w.say("At best"), 2.4, figures=True),
            Head(w.say("Bound"), 2.3, figures=True),
            Head(w.say("Gap"), 1.8, figures=True),
            Head(w.say("Status"), 2.2),
        ],
        rows,
        caption=w.say("Aims, bounds and gaps"),
    )
    paper.text(w.say("An independent check has recomputed every rule and every aim of this plan."))
    worst = max(
        (aim.gap for aim, part in zip(aims, told, strict=True) if part.gap != NOT_SHOWN),
        default=0.0,
    )
    paper.small(
        w.say(
            "Reproducibility: data {data}; scenario “{scenario}” ({id}), plan year {year}; "
            "problem {digest}; solver {solver}; largest gap {gap}; {day}",
            data=", ".join(
                formats.day_text(day, language=w.language)
                for day in sorted({s.date for s in d.area.sources if s.date})
            ),
            scenario=d.scenario.title,
            id=d.scenario.id,
            year=d.scenario.plan_year,
            digest=d.plan.proof.problem_digest[:_DIGEST_SHOWN],
            solver=d.plan.proof.solver,
            gap=percent(worst),
            day=formats.day(d.made_on, language=w.language),
        )
    )


def sources(paper: Paper, d: Dossier, w: Words) -> None:
    """Write where the data come from."""
    paper.heading(w.say("Data"))
    paper.bullets(
        [
            "; ".join(part for part in source_parts(source, w.language) if part)
            for source in d.area.sources
        ]
    )

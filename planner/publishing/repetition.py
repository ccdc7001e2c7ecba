"""Sites that a plan could do without into sentences: needless, beyond the fewest, without users."""

from __future__ import annotations

from planner.analysis.duplication import Duplication
from planner.disclosure import HIDDEN_MARK, ServedTables
from planner.domain import Kind, Option, Plan, Problem, Stay, StudyArea
from planner.locales import say
from planner.publishing.names import Names
from planner.publishing.people import People


def repetition_sentences(
    area: StudyArea,
    problem: Problem,
    plan: Plan,
    *,
    found: Duplication | None,
    released: ServedTables | None,
    language: str,
) -> list[str]:
    """Return what may be said of sites that a plan could do without; a sentence each.

    `found` is ``None`` where nobody looked. That a site is left without users is said only where
    both its loads are told.
    """
    names = Names(area, language)

    def listed(options: list[Option]) -> str:
        return "; ".join(f"{names.services[s]}: {names.sites[site].name}" for s, site in options)

    sentences = []
    if found is not None and any(o.kind is Kind.NEW for o in plan.opened.values()):
        sentences += _of_new_sites(problem, found, names, language)
        if found.needless:
            named = listed(list(found.needless))
            sentences.append(say(language, "Needless new sites: {sites}", sites=named))
        else:
            sentences.append(
                say(language, "No new site is needless: without any of them the plan is worse.")
            )
    if released is not None and (idle := _idle(plan, released)):
        said = "Existing sites that nobody uses in the plan: {sites}"
        sentences.append(say(language, said, sites=listed(idle)))
    return sentences


def _of_new_sites(problem: Problem, found: Duplication, names: Names, language: str) -> list[str]:
    beyond = {s: n for s, (n, _) in found.beyond_fewest.items() if n > 0}
    if not beyond:
        return []
    more = "; ".join(f"{names.services[s]}: {n}" for s, n in sorted(beyond.items()))
    said = "New sites beyond the fewest that serve the same persons: {services}"
    if not all(found.beyond_fewest[s][1] for s in beyond):
        said = "New sites beyond the fewest that serve the same persons, at least: {services}"
    sentences = [say(language, said, services=more)]
    if any(problem.services[s].stay is Stay.HOME for s in beyond):
        sentences.append(
            say(language, "Where people live, cost decides and not the number of sites.")
        )
    return sentences


def _idle(plan: Plan, released: ServedTables) -> list[Option]:
    """Return the existing sites whose persons are told for today, and told to be none then."""
    today, then = People(released, "today"), People(released, "plan")
    return [
        (service, site)
        for (service, site), opening in sorted(plan.opened.items())
        if opening.kind is not Kind.NEW
        and then.served_at(site, service) == "0"
        and today.served_at(site, service) not in ("0", HIDDEN_MARK)
    ]

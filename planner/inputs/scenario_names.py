"""The names in a scenario against the area that it is about: unknown ones, and contradictions."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from planner.domain import EVERY_SERVICE, Commitment, Scenario, SiteWish, StudyArea
from planner.errors import FaultList
from planner.inputs.approved import ApprovedEdition
from planner.inputs.children import refuse_more_than_all
from planner.inputs.service_needs import shares_of_destinations


def refuse_unknown_names(
    area: StudyArea, scenario: Scenario, approved: ApprovedEdition | None
) -> None:
    """Refuse a scenario that names what `area` does not know, or asks for what cannot both be.

    Raises
    ------
    InputError
        Every fault at once.
    """
    faults = FaultList()
    bound = {s.id for s in area.services if s.site_bound}
    every = {s.id for s in area.services}
    sites = {site.id for site in area.sites}
    municipalities = {m.atvk for m in area.municipalities}

    def refuse(names: Iterable[str], known: set[str], key: str) -> None:
        for name in names:
            if name in known or name == EVERY_SERVICE:
                continue
            near = difflib.get_close_matches(name, sorted(known), n=3)
            faults.add(
                "{name} is not known; {hint}" if near else "{name} is not known; see the data",
                file=f"{scenario.id}.toml",
                key=key,
                fields={"name": name, "hint": ", ".join(near) + "?"} if near else {"name": name},
            )

    refuse(scenario.services, bound, "model.services")
    refuse(scenario.standards, bound, "standards")
    refuse(scenario.need_shares, every, "need_shares")
    going = shares_of_destinations(area, scenario)
    refuse_more_than_all(going, faults, file=f"{scenario.id}.toml")
    refuse(scenario.uptake, every, "uptake")
    refuse(scenario.entitlement, bound, "entitlement")
    refuse(scenario.staff_per_place, bound, "staff_per_place")
    refuse(scenario.not_participating, municipalities, "not_participating")
    for table in ("new_sites_at_most", "sites_at_most", "least_share_served", "detour_at_most"):
        refuse(getattr(scenario, table), bound, table)
    refuse(scenario.address_places_at_most, bound, "address_places_at_most")
    wishes = {"keep": scenario.kept, "forbid": scenario.vetoed, "close": scenario.closing}
    for table, rows in wishes.items():
        refuse((w.service for w in rows), bound, f"{table}.service")
        refuse((w.site for w in rows), sites, f"{table}.site")
    for table, said in (("commit", scenario.committed), ("opening_year", scenario.opening_years)):
        refuse((row.service for row in said), bound, f"{table}.service")
        refuse((row.site for row in said), sites, f"{table}.site")
    if approved is None and scenario.counts_changes:
        faults.add(
            "the aim changes needs an approved plan; name its folder or table under [data] as "
            "approved",
            file=f"{scenario.id}.toml",
            key="aim",
        )
    for budget in scenario.budgets:
        refuse(budget.services or (), bound, "budget.services")
        refuse(budget.municipalities or (), municipalities, "budget.municipalities")
    for service, home, other in scenario.agreements or ():
        refuse((service,), bound, "agreement.service")
        refuse((home, other), municipalities, "agreement")
    _refuse_contradictions(area, scenario, faults)
    faults.raise_if_any()


def _refuse_contradictions(area: StudyArea, scenario: Scenario, faults: FaultList) -> None:
    def contradicts(sentence: str, key: str, said: Commitment | SiteWish) -> None:
        fields = {"service": said.service, "site": said.site}
        faults.add(sentence, file=f"{scenario.id}.toml", key=key, fields=fields)

    built = {(f.service, f.site_id) for f in area.facilities}
    kept = {(w.service, w.site) for w in scenario.kept}
    for decided in scenario.committed:
        if (decided.service, decided.site) in built:
            sentence = "{service} stands at {site} already; commit only what is to come"
            contradicts(sentence, "commit", decided)
    for wish in scenario.closing:
        if (wish.service, wish.site) in kept:
            contradicts("{service} at {site} is both kept and closed; choose one", "close", wish)
        if (wish.service, wish.site) not in built and wish.service != EVERY_SERVICE:
            sentence = "{service} does not stand at {site}; only what exists can close"
            contradicts(sentence, "close", wish)

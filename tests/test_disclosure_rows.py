"""That a row stands there, or does not, tells a reader no more than the gate let through."""

import numpy as np
import pytest

from planner.disclosure import HIDDEN_MARK, Part, Served, audit, protect_served, protect_start
from planner.disclosure.tables import NEED
from planner.publishing.plan_tables import start_now_table
from planner.publishing.tables import machine_csv
from planner.workflow.proposing import StartNow
from tests.mapped_towns import area_of
from tests.towns import CARE, overfull

TOWNS, SERVICES = "ABCDE", ("day", "home")


def some_rows(seed: int) -> dict[tuple[str, str], Served]:
    """Return who is served in towns where some need nothing of a service."""
    rng = np.random.default_rng(seed)
    rows = {}
    for key in ((town, service) for town in TOWNS for service in SERVICES):
        need = int(rng.choice([0, 0, 1, 2, 3, 4, 6, 9, 15]))
        served = need - min(need, int(rng.choice([0, 0, 0, 1, 2, 3, need])))
        if need:
            rows[key] = Served(need, served, served)
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_nobody_can_be_meant_by_a_row_that_is_not_there(seed: int) -> None:
    """An attacker knows that a pair without a row has no need, and one with a row has some."""
    rows = some_rows(seed)

    release = protect_served({"today": rows}, name="x", snapshot="n").release

    named = {part for claim in release.claims for part, _ in claim.terms}
    assert {(part.place, part.subject) for part in named} == rows.keys()
    known = {fact.terms for fact in release.facts if fact.low == 1.0}
    assert known == {((Part(*key, NEED), 1.0),) for key in rows}
    assert audit([release]) == ()


def test_a_new_site_serves_somebody_and_an_old_one_may_not() -> None:
    rows = {
        ("A", CARE): Served(3, 3, 3, sites={"first": 2, "second": 1, "old": 0}),
        ("B", CARE): Served(20, 20, 20, sites={"third": 20, "old": 0}),
    }
    fewest = {("today", CARE, site): 1 for site in ("first", "second", "third")}

    tables = protect_served({"today": rows}, name="x", snapshot="n", fewest=fewest)

    assert audit([tables.release]) == ()
    loads = {c.row: c for c in tables.release.claims if c.table == "today/@"}
    assert loads.keys() == {"first", "second", "third", "old"}
    least = {fact.terms[0][0].state: fact.low for fact in tables.release.facts if fact.low == 1.0}
    assert {"@first", "@second", "@third"} <= least.keys()
    assert "@old" not in least


def test_a_mark_of_a_few_never_means_one_number_alone() -> None:
    """Four persons where four are the least that may be built for: "< 5" would be exact."""
    rows = {
        ("A", CARE): Served(34, 34, 34, sites={"new": 4, "other": 30}),
        ("B", CARE): Served(50, 50, 50, sites={"other": 50}),
    }
    fewest = {("plan", CARE, "new"): 4}

    tables = protect_served({"plan": rows}, name="x", snapshot="n", fewest=fewest)

    assert tables.served_at("plan", "new", CARE) == HIDDEN_MARK
    assert audit([tables.release]) == ()


def test_who_can_start_now_has_a_row_unless_nobody_is_told() -> None:
    area = area_of(overfull())
    [first, *_] = [m.atvk for m in area.municipalities]
    counts = {first: 3, "B": 1, "C": 1, "D": 0, "E": 6}
    rows = [StartNow(m, "family", n, "family") for m, n in counts.items()]
    begun = protect_start(
        {(r.municipality, r.service, r.why): r.persons for r in rows}, snapshot="n"
    )

    table = machine_csv(start_now_table(area, rows, begun=begun, language="en"))

    told = {m: begun.persons(m, "family", "family") for m in counts}
    shown = {line.split(",")[0] for line in table.splitlines()[1:]}
    assert shown == {m for m, text in told.items() if text != "0"}
    assert audit([begun.release]) == ()

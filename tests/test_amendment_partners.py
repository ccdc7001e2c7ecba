"""An amendment sums up all municipalities that it names, also partners outside of the totals."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner import workflow
from planner.disclosure import REGION, WITH_PARTNERS, audit, read_ledger
from planner.facility_location import Limits
from planner.inputs.scenario import read_scenario
from planner.publishing.amendment_tables import totals_table
from planner.publishing.change_people import people_of_total
from planner.publishing.people import whole
from planner.workflow import Proposal

KURZEME = Path(__file__).parent.parent / "scenarios" / "kurzeme.toml"
TUKUMS = "0052000"
CARE = "day_care_adults"


@pytest.fixture(scope="module")
def plans() -> Mapping[bool, Proposal]:
    """Give the same plan with a partner in the totals of the region, and with one outside."""
    asked = replace(read_scenario(KURZEME), partners=(TUKUMS,), services=(CARE,))
    found = {}
    for counted in (True, False):
        scenario = replace(asked, partners_in_totals=counted)
        limits = Limits(seconds=15, gap=0.2)
        proposal = workflow.propose(workflow.prepare(scenario), limits=limits)
        found[counted] = workflow.with_release(proposal)
    return found


@pytest.mark.parametrize("counted", [True, False])
def test_a_partner_has_its_row_and_stands_in_the_sum_of_an_amendment(
    plans: Mapping[bool, Proposal], *, counted: bool
) -> None:
    proposal = plans[counted]
    found, released = workflow.amend(proposal), workflow.release(proposal)
    every = sum(proposal.problem.persons.values())
    of_partner = [t for t in found.totals if t.municipality == TUKUMS]

    told = people_of_total(found.totals, proposal.area, released)

    assert len(of_partner) == 1
    assert sum(total.need for total in found.totals) == every
    assert told.need.replace("\u00a0", "") == str(every)
    table = totals_table(proposal.area, found, released=released, language="en")
    assert [TUKUMS in row for row in table.rows].count(True) == 1


def test_outside_of_the_totals_a_partner_is_in_no_figure_of_the_region(
    plans: Mapping[bool, Proposal],
) -> None:
    inside, outside = (workflow.release(plans[counted]) for counted in (True, False))
    every = sum(plans[False].problem.persons.values())
    partner = sum(t.need for t in workflow.amend(plans[False]).totals if t.municipality == TUKUMS)

    assert (inside.everybody, outside.everybody) == (REGION, WITH_PARTNERS)
    assert 0 < partner < every
    assert whole(inside.at("plan", REGION, CARE).need) == every
    assert whole(outside.at("plan", REGION, CARE).need) == every - partner


def test_whom_changes_concern_stays_protected_beside_both_sums(
    plans: Mapping[bool, Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.json"
    told = workflow.told_for(plans[False], tmp_path / "told", workflow.readers_of(plans[False]))

    workflow.give_out_amendment(told, ledger, made_on=date(2026, 11, 28))

    held = read_ledger(ledger).releases
    [changed] = [release for release in held if release.name.startswith("changes")]
    few = [c.persons for c in changed.claims if c.persons is not None and 0 < c.persons < 5]
    assert few == []
    assert any(c.column == CARE and c.persons for c in changed.claims)
    assert audit(held) == ()

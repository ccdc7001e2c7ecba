"""The named models: what to minimise in which order, and which rules to keep, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.domain import AimTerms
from planner.facility_location import constraints as rule
from planner.facility_location.constraints import Rule


@dataclass(frozen=True)
class Formulation:
    """What to minimise, most important first, and which rules to keep.

    Attributes
    ----------
    minimise : tuple of AimTerms, optional
        ``None``: the aims that the problem names.
    subject_to : tuple of rules
        See `planner.facility_location.constraints`.
    """

    minimise: tuple[AimTerms, ...] | None
    subject_to: tuple[Rule, ...]

    def without(self, *dropped: Rule) -> Formulation:
        """Return this formulation less some rules."""
        return replace(self, subject_to=tuple(r for r in self.subject_to if r not in dropped))

    def aiming_at(self, *names: str) -> Formulation:
        """Return this formulation with other aims, none of which gives anything back."""
        return replace(self, minimise=tuple(AimTerms(name) for name in names))


STRUCTURE = (
    rule.open_in_one_way,
    rule.account_for_every_need,
    rule.serve_only_where_open,
    rule.mark_the_furthest,
)
"""What the words of the model mean; never dropped, never in conflict by themselves."""

RULES = (
    *STRUCTURE,
    rule.respect_capacity,
    rule.be_viable,
    rule.keep,
    rule.stay,
    rule.veto,
    rule.close,
    rule.stay_within_budget,
    rule.new_sites_at_most,
    rule.sites_at_most,
    rule.leave_no_council_behind,
    rule.nobody_loses_more,
    rule.limit_places_at_one_address,
    rule.do_not_send_past,
    rule.respect_agreements,
)

DEFAULT = Formulation(None, RULES)
CAPACITATED_P_MEDIAN = DEFAULT.aiming_at("persons_unserved", "person_minutes")
P_MEDIAN = CAPACITATED_P_MEDIAN.without(rule.respect_capacity, rule.be_viable)
SET_COVERING = DEFAULT.without(rule.respect_capacity, rule.be_viable).aiming_at(
    "persons_unserved", "cost_eur"
)
MAXIMAL_COVERING = DEFAULT.without(rule.respect_capacity, rule.be_viable).aiming_at(
    "persons_unserved"
)
P_CENTER = DEFAULT.without(rule.respect_capacity, rule.be_viable).aiming_at(
    "persons_unserved", "worst_minutes"
)

"""The books of an amendment: what every row and every total of it is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.domain import Kind, Opening, Option, Plan, Problem, Site
from planner.editions.addresses import operates
from planner.editions.funding import FundingShare, split_cost
from planner.editions.moves import Move


@dataclass(frozen=True)
class Books:
    """A problem, what was before, a plan, and who moves from today to the plan.

    `places_of` names the settlement of a site, `home_of` its municipality.
    """

    problem: Problem
    plan: Plan
    before: Mapping[Option, Opening]
    sites: Mapping[str, Site]
    places_of: Mapping[str, str]
    home_of: Mapping[str, str]
    moves: Sequence[Move]
    funding: tuple[FundingShare, ...]
    without_eu: frozenset[str]

    def split(self, option: Option, cost_eur: int) -> dict[str, int]:
        """Return who pays what of a cost at an option."""
        home = self.home_of[option[1]]
        return split_cost(cost_eur, self.funding, with_eu=home not in self.without_eu)

    def load(self, option: Option, *, after: bool) -> int:
        """Return the persons whom an option serves today, or in the plan."""
        return sum(
            m.persons
            for m in self.moves
            if (m.service, m.site_after if after else m.site_before) == option
        )

    def comes(self, option: Option) -> bool:
        """Return whether a change at an option concerns those who come, not those who leave.

        It follows from today and the plan alone: what was approved and not opened, or not
        enlarged, served nobody. So it is the same whatever a plan is compared with.
        """
        if not operates(self.problem, option):
            return True
        now = self.plan.opened.get(option)
        return now is not None and now.places >= self.problem.existing[option].places

    def concerned(self, option: Option) -> list[Move]:
        """Return who comes to an option, or who leaves it, from today to the plan."""
        comes = self.comes(option)
        return [
            m
            for m in self.moves
            if (m.service, m.site_after if comes else m.site_before) == option
            and m.site_before != m.site_after
        ]

    def is_to_build(self, option: Option) -> bool:
        """Return whether something of what was before at an option is not built yet."""
        was = self.before.get(option)
        return was is not None and was.kind is not Kind.EXISTING

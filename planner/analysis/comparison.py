"""Two plans into what changes for the people of every municipality, and who gains and who loses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.analysis.indicators import MunicipalityFigures, municipality_figures
from planner.analysis.reach import thousandths
from planner.domain import Need, Plan, Problem, Stay

_NOTHING = MunicipalityFigures(
    need=0,
    served=0,
    unserved=0,
    reach=0,
    within_standard=0,
    mean_minutes=None,
    sites=0,
    sites_new=0,
    places=0,
    cost_eur=0,
)


@dataclass(frozen=True)
class Turn:
    """How persons fare by the second plan against the first.

    Trips of a point are compared in order of length, the shortest with the shortest, so that
    nobody is said to gain because two persons changed places.
    """

    shorter: int = 0
    longer: int = 0
    newly_served: int = 0
    no_longer_served: int = 0
    unchanged: int = 0

    @property
    def gaining(self) -> int:
        """Persons with a shorter trip, or served at last."""
        return self.shorter + self.newly_served

    @property
    def losing(self) -> int:
        """Persons with a longer trip, or served no more."""
        return self.longer + self.no_longer_served

    def __add__(self, other: Turn) -> Turn:
        return Turn(
            self.shorter + other.shorter,
            self.longer + other.longer,
            self.newly_served + other.newly_served,
            self.no_longer_served + other.no_longer_served,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True)
class ComparisonRow:
    """A municipality and a service, before and after."""

    municipality: str
    service: str
    before: MunicipalityFigures
    after: MunicipalityFigures
    turn: Turn

    @property
    def cost_eur(self) -> int:
        """What the second plan builds there costs so much more."""
        return self.after.cost_eur - self.before.cost_eur


@dataclass(frozen=True)
class MunicipalityTotal:
    """A municipality over several services; its figures are sums over services."""

    municipality: str
    need_before: int
    need_after: int
    served_before: int
    served_after: int
    reach_before: int
    reach_after: int
    within_before: int
    within_after: int
    cost_eur: int
    turn: Turn

    @property
    def share_before(self) -> float | None:
        """Share of the need that is served within the standard, 0..1; ``None`` without need."""
        return self.within_before / self.need_before if self.need_before else None

    @property
    def share_after(self) -> float | None:
        """Share of the need that is served within the standard, 0..1; ``None`` without need."""
        return self.within_after / self.need_after if self.need_after else None


@dataclass(frozen=True)
class Comparison:
    """What changes from one plan to another.

    Attributes
    ----------
    rows : tuple of ComparisonRow
        By municipality and service, wherever there is a need or an open site in either.
    turns : mapping of Need to Turn
        How the persons of every demand point fare.
    municipalities : tuple of MunicipalityTotal
        Over all services that people travel to.
    homes : tuple of MunicipalityTotal
        Over the services where people live.
    """

    rows: tuple[ComparisonRow, ...]
    turns: Mapping[Need, Turn]
    municipalities: tuple[MunicipalityTotal, ...]
    homes: tuple[MunicipalityTotal, ...]

    def total(self, *, homes: bool = False) -> MunicipalityTotal:
        """Return all municipalities together."""
        return _sum_up("", self.homes if homes else self.municipalities)


def compare(
    problem_before: Problem, before: Plan, problem_after: Problem, after: Plan
) -> Comparison:
    """Return what changes for people from `before` to `after`.

    Parameters
    ----------
    problem_before, problem_after : Problem
        What each plan answers; the two may differ in sites, standards, services and needs.
    before, after : Plan
        Sound plans; today is one too.
    """
    figures = (
        municipality_figures(problem_before, before),
        municipality_figures(problem_after, after),
    )
    turns = _turns(problem_before, before, problem_after, after)
    by_row: dict[tuple[str, str], Turn] = defaultdict(Turn)
    homes_of = {**problem_before.municipality_of_point, **problem_after.municipality_of_point}
    for (service, point), turn in turns.items():
        by_row[homes_of[point], service] += turn
    rows = tuple(
        ComparisonRow(
            municipality=key[0],
            service=key[1],
            before=figures[0].get(key, _NOTHING),
            after=figures[1].get(key, _NOTHING),
            turn=by_row[key],
        )
        for key in sorted({*figures[0], *figures[1]})
    )
    lived_in = {
        terms.id
        for problem in (problem_before, problem_after)
        for terms in problem.services.values()
        if terms.stay is Stay.HOME
    }
    return Comparison(
        rows=rows,
        turns=turns,
        municipalities=_totals(row for row in rows if row.service not in lived_in),
        homes=_totals(row for row in rows if row.service in lived_in),
    )


def _turns(
    problem_before: Problem, before: Plan, problem_after: Problem, after: Plan
) -> dict[Need, Turn]:
    trips_before = _trips_by_need(problem_before, before)
    trips_after = _trips_by_need(problem_after, after)
    needs = sorted({*problem_before.persons, *problem_after.persons})
    return {need: _turn(trips_before[need], trips_after[need]) for need in needs}


def _turn(before: Counter[int], after: Counter[int]) -> Turn:
    """Match the k-th shortest trip before with the k-th shortest after."""
    then, now = sorted(before.elements()), sorted(after.elements())
    pairs = list(zip(then, now, strict=False))
    return Turn(
        shorter=sum(b > a for b, a in pairs),
        longer=sum(b < a for b, a in pairs),
        newly_served=max(0, len(now) - len(then)),
        no_longer_served=max(0, len(then) - len(now)),
        unchanged=sum(b == a for b, a in pairs),
    )


def _trips_by_need(problem: Problem, plan: Plan) -> defaultdict[Need, Counter[int]]:
    row = {point: i for i, point in enumerate(problem.points)}
    column = {site: j for j, site in enumerate(problem.sites)}
    trips: defaultdict[Need, Counter[int]] = defaultdict(Counter)
    for (service, point, site), persons in plan.assigned.items():
        minutes = thousandths(problem.minutes[row[point], column[site]])
        trips[service, point][minutes] += persons
    return trips


def _totals(rows: Iterable[ComparisonRow]) -> tuple[MunicipalityTotal, ...]:
    by_municipality: dict[str, list[MunicipalityTotal]] = defaultdict(list)
    for row in rows:
        by_municipality[row.municipality].append(
            MunicipalityTotal(
                municipality=row.municipality,
                need_before=row.before.need,
                need_after=row.after.need,
                served_before=row.before.served,
                served_after=row.after.served,
                reach_before=row.before.reach,
                reach_after=row.after.reach,
                within_before=row.before.within_standard,
                within_after=row.after.within_standard,
                cost_eur=row.cost_eur,
                turn=row.turn,
            )
        )
    return tuple(_sum_up(name, parts) for name, parts in sorted(by_municipality.items()))


def _sum_up(municipality: str, parts: Iterable[MunicipalityTotal]) -> MunicipalityTotal:
    listed = list(parts)
    return MunicipalityTotal(
        municipality=municipality,
        need_before=sum(p.need_before for p in listed),
        need_after=sum(p.need_after for p in listed),
        served_before=sum(p.served_before for p in listed),
        served_after=sum(p.served_after for p in listed),
        reach_before=sum(p.reach_before for p in listed),
        reach_after=sum(p.reach_after for p in listed),
        within_before=sum(p.within_before for p in listed),
        within_after=sum(p.within_after for p in listed),
        cost_eur=sum(p.cost_eur for p in listed),
        turn=sum((p.turn for p in listed), start=Turn()),
    )

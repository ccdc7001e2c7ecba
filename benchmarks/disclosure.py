"""How long the gate takes for tables of a region, search and attack together.

Run as ``python -m benchmarks.disclosure [CASE …]``; without cases all are run. The counts are those
of the starter Latgale; the plans are made up (uneven, the same always). Printed: cells, processor
seconds, and how many cells stand as a small mark or withheld. ``--profile`` prints where the time
goes as well.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping

from planner.disclosure import (
    NOTHING_RELEASED,
    REGION,
    Cell,
    GroupCounts,
    Ledger,
    Mark,
    Part,
    Release,
    Served,
    protect,
    protect_served,
    sum_of,
)
from planner.disclosure.tables import NEED
from planner.inputs.apportionment import apportion_in_parts
from planner.inputs.checks import known_names
from planner.inputs.study_area import read_study_area, starter_data
from planner.inputs.territories import Edition, unit_of

Needs = dict[tuple[str, str], int]
Rows = Mapping[tuple[str, str], Served]

AREA = read_study_area("latgale", data=starter_data())
PLACES = {p.point.id: p for p in known_names(starter_data())[0].places.values()}
SHOWN_LINES = 25


def needs_of_places() -> Needs:
    """Return the need by (place, service): a share of the assessed, by largest remainders."""
    municipality_of = {point.id: point.municipality_atvk for point in AREA.points}
    found: Needs = {}
    for service in (s for s in AREA.services if s.site_bound):
        group = {p: n for (g, p), n in AREA.assessed.items() if g == service.target_group}
        total = round(sum(group.values()) * service.need_share)
        shared = apportion_in_parts(total, group, municipality_of)
        found |= {(place, service.id): count for place, count in shared.items()}
    return found


def by_unit(needs: Needs, edition: Edition) -> Needs:
    """Return needs of places by (unit, service)."""
    sums: Counter[tuple[str, str]] = Counter()
    for (place, service), count in needs.items():
        sums[unit_of(PLACES[place], edition), service] += count
    return dict(sums)


def situation(needs: Needs, *, tenths: int, turn: int) -> dict[tuple[str, str], Served]:
    """Return a made-up situation that serves about `tenths` of ten, uneven but the same always."""
    rows = {}
    for k, (key, need) in enumerate(sorted(needs.items())):
        served = need * min(10, tenths + (k * turn) % 4) // 10
        rows[key] = Served(need, served, max(0, served - (k * turn) % 3))
    return rows


def groups() -> GroupCounts:
    """Return the assessed by municipality, and the shares of them in need."""
    municipality_of = {point.id: point.municipality_atvk for point in AREA.points}
    persons: Counter[tuple[str, str]] = Counter()
    for (group, place), count in AREA.assessed.items():
        persons[municipality_of[place], group] += count
    shares = {s.id: (s.target_group, s.need_share) for s in AREA.services if s.site_bound}
    return GroupCounts(dict(persons), shares)


def two_versions(needs: Needs, of: GroupCounts | None = None) -> list[Callable[[Ledger], Release]]:
    """Return today with plan a, then today with plan b, each held against what was before."""
    today = situation(needs, tenths=3, turn=7)
    plans = {
        "plan a": situation(needs, tenths=7, turn=5),
        "plan b": situation(needs, tenths=8, turn=11),
    }

    def one(name: str, rows: Rows) -> Callable[[Ledger], Release]:
        return lambda ledger: (
            protect_served(
                {"today": today, name: rows},
                name=name,
                snapshot="starter",
                groups=of,
                ledger=ledger,
            ).release
        )

    return [one(name, rows) for name, rows in plans.items()]


def needs_of_settlements(ledger: Ledger) -> Release:
    """Protect the need of every settlement, with municipalities and the region."""
    counts = {Part(place, service, NEED): n for (place, service), n in needs_of_places().items()}
    members: dict[tuple[str, str], list[Part]] = {}
    for part in counts:
        home = PLACES[part.place].point.municipality_atvk
        members.setdefault((home, part.subject), []).append(part)
        members.setdefault((REGION, part.subject), []).append(part)
    cells = [Cell("settlements", p.place, p.subject, sum_of([p])) for p in counts]
    cells += [
        Cell("areas", area, service, sum_of(parts), loss=30.0 if area == REGION else 6.0)
        for (area, service), parts in members.items()
    ]
    return protect(cells, counts, name="needs", snapshot="starter", ledger=ledger)


def cases() -> dict[str, Callable[[], list[Callable[[Ledger], Release]]]]:
    """Return what is protected, one release after another, by name."""
    places = needs_of_places()
    travelled = sorted({s for _, s in places})[:9]
    nine = {key: n for key, n in places.items() if key[1] in travelled}
    return {
        "municipalities, 14 services": lambda: two_versions(
            by_unit(places, Edition.FROM_2025), groups()
        ),
        "old units, 9 services": lambda: two_versions(by_unit(nine, Edition.BEFORE_2021)),
        "old units, 14 services": lambda: two_versions(by_unit(places, Edition.BEFORE_2021)),
        "needs of settlements, 14 services": lambda: [needs_of_settlements],
        "settlements, 14 services": lambda: two_versions(places),
    }


def main(arguments: list[str]) -> None:
    """Run the cases named, or all."""
    asked = [a for a in arguments if not a.startswith("--")]
    for name, steps in cases().items():
        if asked and name not in asked:
            continue
        ledger = NOTHING_RELEASED
        for k, step in enumerate(steps(), start=1):
            profile = cProfile.Profile()
            started = time.process_time()
            profiled = "--profile" in arguments
            release = profile.runcall(step, ledger) if profiled else step(ledger)
            seconds = time.process_time() - started
            ledger = ledger.with_release(release)
            marks = Counter(claim.mark for claim in release.claims)
            print(
                f"{name}, release {k}: {len(release.claims)} cells, {seconds:.1f} processor "
                f"seconds; {marks[Mark.SMALL]} small, {marks[Mark.HIDDEN]} withheld",
                flush=True,
            )
            if profiled:
                pstats.Stats(profile).sort_stats("tottime").print_stats(SHOWN_LINES)


if __name__ == "__main__":
    main(sys.argv[1:])

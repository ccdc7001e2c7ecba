"""Groups of services at work side by side: who begins, and with how much of the time."""

import math
import threading
import time
from dataclasses import replace

import pytest

from planner.errors import CancelledError
from planner.facility_location.search import Clock
from planner.facility_location.teams import Limits, Team
from tests.towns import CARE, two_villages

SECONDS = 100.0


def groups_of(*needs):
    """Return a problem with one service for each number of needs, and a group for each."""
    problem = two_villages()
    names = [f"s{k}" for k in range(len(needs))]
    persons = {(s, f"p{i}"): 1 for s, n in zip(names, needs, strict=True) for i in range(n)}
    services = {s: replace(problem.services[CARE], id=s) for s in names}
    return replace(problem, services=services, persons=persons), [(s,) for s in names]


def seconds_of(problem, groups, *, threads, together=1):
    """Return the seconds that each group gets, where none uses any; `together` wait for another."""
    meet, got, order = threading.Barrier(together), {}, []

    def work(group, search):
        got[group] = search.clock.left
        order.append(group)
        if len(order) <= together:
            meet.wait(timeout=30.0)
        return group

    limits = Limits(seconds=SECONDS, threads=threads)
    found = Team(work, clock=Clock(SECONDS), limits=limits).find_all(problem, groups)
    assert found == groups
    return [got[group] for group in groups], order


def test_large_groups_begin_and_shares_follow_the_root_of_their_needs():
    problem, groups = groups_of(1, 16, 4)

    seconds, order = seconds_of(problem, groups, threads=1)

    assert order == [groups[1], groups[2], groups[0]]
    assert seconds[1] == pytest.approx(SECONDS * 4 / 7, rel=0.02)
    assert seconds[2] == pytest.approx(SECONDS * 2 / 3, rel=0.02)
    assert seconds[0] == pytest.approx(SECONDS, rel=0.02)


def test_groups_side_by_side_are_promised_no_more_than_all_threads_have():
    problem, groups = groups_of(4, 4, 4, 4)

    seconds, order = seconds_of(problem, groups, threads=2, together=2)

    for group in order[:2]:
        assert seconds[groups.index(group)] == pytest.approx(SECONDS / 2, rel=0.02)


def test_nobody_gets_more_than_the_clock_has_left():
    problem, groups = groups_of(10_000, 1)

    seconds, _ = seconds_of(problem, groups, threads=2, together=2)

    assert seconds[0] == pytest.approx(SECONDS, rel=0.02)
    assert seconds[1] == pytest.approx(SECONDS, rel=0.02)


def test_without_a_limit_everybody_has_all_the_time():
    problem, groups = groups_of(9, 1)
    got = []

    def work(group, search):
        got.append((group, search.clock.left))

    team = Team(work, clock=Clock(None), limits=Limits())

    team.find_all(problem, groups)

    assert sorted(got) == [(group, math.inf) for group in groups]


def test_a_fault_of_one_group_ends_the_work_on_the_others_and_is_what_is_raised():
    problem, groups = groups_of(4, 4, 4)
    begun, failing = [], groups[0]

    def work(group, search):
        begun.append(group)
        if group == failing:
            raise LookupError("of the first")
        while search.effort.stop is not None and not search.effort.stop():
            time.sleep(0.01)
        raise CancelledError

    team = Team(work, clock=Clock(SECONDS), limits=Limits(seconds=SECONDS, threads=2))
    with pytest.raises(LookupError, match="of the first"):
        team.find_all(problem, groups)
    assert groups[2] not in begun

"""Children in institutions into where each of them goes: nobody twice, nobody forgotten.

Their services are destinations, not shares that overlap: a child goes to a family, a family-like
home or a youth house, or stays. Whole children are shared out destination after destination, so
that at every place those who go and those who stay are the children of that place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.domain import InstitutionYear, Need, Service, Stay
from planner.errors import FaultList
from planner.inputs.apportionment import apportion, apportion_in_parts
from planner.inputs.needs import IN_INSTITUTIONS

FAMILIES = ("foster_family", "guardian", "adoption")
"""Destinations that the catalogue has as one service, the one with stay "family"."""
_WHOLE = 1.0 + 1e-9


def destinations(services: Iterable[Service]) -> tuple[Service, ...]:
    """Return the services that children in institutions go to, those with a site first."""
    known = [s for s in services if s.target_group == IN_INSTITUTIONS]
    return tuple(sorted(known, key=lambda s: s.stay is Stay.FAMILY))


def refuse_more_than_all(shares: Mapping[str, float], faults: FaultList, *, file: str) -> None:
    """Note shares of destinations that add up to more than all children."""
    whole = sum(shares.values())
    if whole > _WHOLE:
        faults.add(
            "the destinations of children in institutions add up to {percent} %: {services}; "
            "every child goes to one, so give shares of at most 100 % in all",
            file=file,
            column="need_shares",
            fields={"percent": round(100 * whole, 1), "services": ", ".join(shares)},
        )


def planned_moves(
    institutions: Iterable[InstitutionYear], services: Sequence[Service], *, year: int
) -> dict[str, int]:
    """Return children by service who have left their institutions by `year`, as planned."""
    moves: dict[str, int] = {}
    for row in institutions:
        if row.year > year:
            continue
        for destination, children in row.to.items():
            for service in services:
                family = service.stay is Stay.FAMILY and destination in FAMILIES
                if family or service.id == destination:
                    moves[service.id] = moves.get(service.id, 0) + children
    return moves


def share_out(
    children: Mapping[str, int],
    shares: Mapping[str, float],
    municipality_of: Mapping[str, str],
    *,
    turns: Mapping[str, int],
) -> dict[Need, int]:
    """Return children by (service, place id), each child in one service at most.

    Parameters
    ----------
    children : mapping of place id to children
    shares : mapping of service id to its share of all children, together at most 1
        What is left of 1 stays. Shares are whole children for all places together by largest
        remainders.
    municipality_of : mapping of place id to ATVK code
    turns : mapping of service id to where equal remainders begin, see `apportion`
    """
    stays = max(0.0, 1.0 - sum(shares.values()))
    every = sum(children.values())
    totals = apportion(every, [*shares.values(), stays]) if every else [0] * (len(shares) + 1)
    return _one_after_another(
        children, dict(zip(shares, totals[:-1], strict=True)), municipality_of, turns
    )


def share_out_moves(
    moves: Mapping[str, int],
    pattern: Mapping[str, int],
    municipality_of: Mapping[str, str],
    *,
    turns: Mapping[str, int],
) -> dict[Need, int]:
    """Return planned moves by (service, place id), in the pattern of children over places.

    Institutions do not tell from which municipality a child is; the pattern stands for it.
    """
    every = sum(moves.values())
    if not every:
        return {}
    children = apportion_in_parts(every, pattern, municipality_of)
    return _one_after_another(children, moves, municipality_of, turns)


def _one_after_another(
    children: Mapping[str, int],
    totals: Mapping[str, int],
    municipality_of: Mapping[str, str],
    turns: Mapping[str, int],
) -> dict[Need, int]:
    left = dict(children)
    gone: dict[Need, int] = {}
    for service, total in totals.items():
        here = apportion_in_parts(total, left, municipality_of, rotate=turns[service])
        for place, count in here.items():
            left[place] -= count
            if count:
                gone[service, place] = count
    return gone

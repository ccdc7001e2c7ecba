"""The nouns of who reads: audiences, and the smallest count of persons that each may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from planner.errors import Fault, InputError

DEFAULT_THRESHOLD = 5
"""Counts of 1 to one less than this are never shown."""
THRESHOLD_FLOOR = 3
"""No setting goes below this."""
THRESHOLD_CEILING = 1000
"""A larger one would withhold everything."""


class Audience(StrEnum):
    """Who will read it, the widest first: what the public gets, everybody has."""

    PUBLIC = "public"
    INSTITUTIONS = "institutions"
    STAFF = "staff"

    @property
    def wider(self) -> tuple[Audience, ...]:
        """The audiences whose papers this one holds as well, without itself."""
        order = tuple(Audience)
        return order[: order.index(self)]

    @property
    def nearer(self) -> tuple[Audience, ...]:
        """The audiences that read what this one reads and more, e.g. staff for the public."""
        order = tuple(Audience)
        return order[order.index(self) + 1 :]


@dataclass(frozen=True)
class Thresholds:
    """The smallest count of persons that each audience may read, 0 apart.

    A wider audience never reads smaller counts than a nearer one.

    Raises
    ------
    InputError
        If a threshold lies below `THRESHOLD_FLOOR`, or below that of a nearer audience.
    """

    public: int = DEFAULT_THRESHOLD
    institutions: int = DEFAULT_THRESHOLD
    staff: int = DEFAULT_THRESHOLD

    def __post_init__(self) -> None:
        for audience in Audience:
            need_threshold(self.of(audience))
        for wide, near in pairwise(Audience):
            if self.of(wide) < self.of(near):
                raise InputError(contradiction(wide, self.of(wide), near, self.of(near)))

    @classmethod
    def filled(cls, given: Mapping[Audience, int]) -> Thresholds:
        """Return the thresholds that are given, the others as near to the usual as these allow.

        Raises
        ------
        InputError
            See `Thresholds`.
        """
        found = dict(given)
        for audience in Audience:
            if audience not in found:
                least, most = bounds_of(audience, found)
                found[audience] = min(max(DEFAULT_THRESHOLD, least), max(most, least))
        return cls(**{audience.value: threshold for audience, threshold in found.items()})

    def of(self, audience: Audience) -> int:
        """Return the threshold of `audience` in persons."""
        return {
            Audience.PUBLIC: self.public,
            Audience.INSTITUTIONS: self.institutions,
            Audience.STAFF: self.staff,
        }[audience]


@dataclass(frozen=True)
class Readers:
    """For whom something is written, and from how many persons on they may read a count."""

    audience: Audience = Audience.PUBLIC
    threshold: int = DEFAULT_THRESHOLD

    def __post_init__(self) -> None:
        need_threshold(self.threshold)

    @property
    def thresholds(self) -> Thresholds:
        """The threshold as a setting of the audience; the others keep theirs where they can."""
        return Thresholds.filled({self.audience: self.threshold})


def bounds_of(audience: Audience, given: Mapping[Audience, int]) -> tuple[int, int]:
    """Return the least and the most that the threshold of `audience` may be beside the given."""
    least = max((given[near] for near in audience.nearer if near in given), default=THRESHOLD_FLOOR)
    most = min((given[wide] for wide in audience.wider if wide in given), default=THRESHOLD_CEILING)
    return least, most


def contradiction(wide: Audience, of_wide: int, near: Audience, of_near: int) -> Fault:
    """Return that a wider audience would read what is withheld from a nearer one."""
    return Fault(
        "{wide} would read counts from {of_wide} persons on, {near} only from {of_near}; a wider "
        "audience never reads smaller counts: give {wide} {of_near} or more",
        key="threshold",
        fields={
            "wide": wide.value,
            "of_wide": of_wide,
            "near": near.value,
            "of_near": of_near,
        },
    )


def need_threshold(threshold: int) -> None:
    """Refuse a threshold below the floor.

    Raises
    ------
    InputError
        If `threshold` is below `THRESHOLD_FLOOR`.
    """
    if threshold < THRESHOLD_FLOOR:
        raise InputError(
            Fault(
                "the smallest count to show is {found}; give {floor} or more",
                fields={"found": threshold, "floor": THRESHOLD_FLOOR},
            )
        )

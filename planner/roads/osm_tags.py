"""Tags of an OpenStreetMap way into what a driver must know: may I, which way, how fast.

The rules are those of osmnx's "drive" network, so that a file and a fetch give the same roads:
regular expressions that search anywhere in a value, one-way by ``oneway`` and roundabouts, and no
barriers, turn restrictions or ferries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from planner.roads.speeds import SpeedProfile

USEFUL_TAGS = (
    "highway",
    "oneway",
    "junction",
    "surface",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "maxspeed:type",
    "source:maxspeed",
    "zone:maxspeed",
    "zone:traffic",
)
"""What is read from a way that may be driven."""

_SHUT: Mapping[str, re.Pattern[str]] = {
    "area": re.compile("yes"),
    "access": re.compile("private"),
    "highway": re.compile(
        "abandoned|bridleway|bus_guideway|construction|corridor|cycleway|elevator|escalator|footway"
        "|no|path|pedestrian|planned|platform|proposed|raceway|razed|rest_area|service|services"
        "|steps|track"
    ),
    "motor_vehicle": re.compile("no"),
    "motorcar": re.compile("no"),
    "service": re.compile("alley|driveway|emergency_access|parking|parking_aisle|private"),
}
_ONE_WAY = frozenset({"yes", "true", "1", "-1", "reverse", "T", "F"})
_REVERSED = frozenset({"-1", "reverse", "T"})
_HOME_CLASSES = frozenset({"residential", "living_street"})
_TOLD_BY = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic", "maxspeed")


@dataclass(frozen=True)
class Way:
    """What the tags of one way say.

    `built_up` is ``None`` where they do not tell; limits are km/h, ``nan`` where unsigned.
    """

    road_class: str
    surface: str
    forward: bool
    backward: bool
    forward_kmh: float
    backward_kmh: float
    built_up: bool | None


def may_be_driven(tags: Mapping[str, str]) -> bool:
    """Return whether osmnx's "drive" network has a way with these tags.

    References
    ----------
    osmnx 2.1, ``_overpass._get_network_filter("drive")``.
    """
    return "highway" in tags and not any(
        key in tags and shut.search(tags[key]) for key, shut in _SHUT.items()
    )


def read_way(tags: Mapping[str, str], profile: SpeedProfile) -> Way:
    """Return what the tags of a way that may be driven say.

    References
    ----------
    osmnx 2.1, ``graph._is_path_one_way`` and ``graph._is_path_reversed``.
    """
    said = tags.get("oneway", "")
    one_way = said in _ONE_WAY or tags.get("junction") == "roundabout"
    turned = one_way and said in _REVERSED
    signed = tags.get("maxspeed") or _first_told(tags)
    return Way(
        road_class=tags.get("highway", ""),
        surface=tags.get("surface", "").split(";")[0].split(":")[0].strip().lower(),
        forward=not turned,
        backward=turned or not one_way,
        forward_kmh=profile.signed_kmh(tags.get("maxspeed:forward") or signed),
        backward_kmh=profile.signed_kmh(tags.get("maxspeed:backward") or signed),
        built_up=_built_up(tags),
    )


def _first_told(tags: Mapping[str, str]) -> str:
    """Return the first tag that names a zone such as ``LV:rural``; "sign" and "survey" say none."""
    return next((tags[key] for key in _TOLD_BY if ":" in tags.get(key, "")), "")


def _built_up(tags: Mapping[str, str]) -> bool | None:
    for key in _TOLD_BY:
        said = tags.get(key, "").lower()
        if said.endswith(("urban", "living_street")):
            return True
        if said.endswith(("rural", "motorway", "trunk")):
            return False
    return True if tags.get("highway") in _HOME_CLASSES else None

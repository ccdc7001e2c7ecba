"""Speed profiles: class, surface, built-up area and signed limit of a road into km/h driven."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import Fault, FaultList, InputError

DEFAULT_PROFILE = "car"
_KMH_PER_MPH = 1.609344
_KMH_PER_KNOT = 1.852
_SIGNED = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(km/h|kmh|kph|mph|knots)?$", re.IGNORECASE)
_UNITS = {"mph": _KMH_PER_MPH, "knots": _KMH_PER_KNOT}
_WALK_KMH = 7.0
_NO_LIMIT_KMH = 130.0
_ZONES = {"urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0, "living_street": 20.0}
"""Words of implicit limits such as ``LV:urban``; a country's own figures stand in the profile."""
_FASTEST_KMH = 200.0


@dataclass(frozen=True)
class SpeedProfile:
    """How fast each kind of road is driven; every number is an assumption that is shown.

    Attributes
    ----------
    id, name : str
        Short name and a sentence for the screen.
    class_kmh, built_up_kmh : mapping of road class to km/h
        Outside and inside settlements, where nothing is signed.
    default_kmh : float
        For classes that are not listed.
    built_up_most_kmh : float
        Ceiling inside settlements for classes not in `built_up_kmh`.
    unpaved_surfaces : tuple of str
        Values of ``surface`` that count as gravel.
    unpaved_most_kmh, unpaved_factor : float
        Ceiling and factor on gravel.
    signed_factor : float
        Share of a signed limit, or of a class's speed, that is driven on average.
    season_factor : float
        On all roads, e.g. 0.85 in winter.
    access_kmh, access_detour : float
        How the gap between a place and the road is covered: straight metres times detour.
    no_access : tuple of str
        Classes that nobody joins from a yard.
    zones_kmh : mapping of word to km/h
        What ``urban``, ``rural`` and the like mean in this country.
    """

    id: str
    name: str
    class_kmh: Mapping[str, float]
    built_up_kmh: Mapping[str, float]
    default_kmh: float = 50.0
    built_up_most_kmh: float = 50.0
    unpaved_surfaces: tuple[str, ...] = ()
    unpaved_most_kmh: float = 80.0
    unpaved_factor: float = 1.0
    signed_factor: float = 1.0
    season_factor: float = 1.0
    access_kmh: float = 40.0
    access_detour: float = 1.3
    no_access: tuple[str, ...] = ()
    zones_kmh: Mapping[str, float] | None = None

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], *, file: str = "") -> SpeedProfile:
        """Return the profile that a TOML or JSON mapping tells.

        Raises
        ------
        InputError
            With every unknown key, missing key and speed that cannot be.
        """
        faults = FaultList()
        known = {field.name for field in fields(cls)}
        for key in sorted(set(data) - known):
            faults.add("unknown key {key!r}; take it out", file=file, fields={"key": key})
        for key in ("id", "name", "class_kmh", "built_up_kmh"):
            if key not in data:
                faults.add("{key} is missing", file=file, fields={"key": key})
        for key, value in sorted(data.items()):
            _check_number(faults, key, value, file=file)
        faults.raise_if_any()
        lists: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**lists)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Every number of the profile in sentences."""
        listed = ", ".join(f"{c} {_said(v)}" for c, v in sorted(self.class_kmh.items()))
        inside = ", ".join(f"{c} {_said(v)}" for c, v in sorted(self.built_up_kmh.items()))
        return (
            f"Profile {self.id}: {self.name}.",
            (
                f"Signed limits where known; else km/h outside settlements: {listed}; "
                f"others {_said(self.default_kmh)}."
            ),
            f"Inside settlements at most {_said(self.built_up_most_kmh)} km/h"
            + (f"; {inside}." if inside else "."),
            (
                f"Unpaved at most {_said(self.unpaved_most_kmh)} km/h, "
                f"times {_said(self.unpaved_factor)}."
            ),
            f"Driven: {_said(self.signed_factor)} of that; season {_said(self.season_factor)}.",
            (
                f"From a place to the road: straight metres times {_said(self.access_detour)} "
                f"at {_said(self.access_kmh)} km/h."
            ),
        )

    def speeds_kmh(
        self,
        *,
        class_names: Sequence[str],
        road_class: NDArray[np.uint8],
        surface_names: Sequence[str],
        surface: NDArray[np.uint8],
        maxspeed_kmh: NDArray[np.float32],
        built_up: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Return the speed driven on every edge, km/h.

        Parameters
        ----------
        class_names, surface_names : sequences of str
            OpenStreetMap's words of ``highway`` and ``surface``; "" where not known.
        road_class, surface : uint8 arrays of shape (edges,)
            Places in these.
        maxspeed_kmh : float32 array of shape (edges,)
            Signed limit in km/h, ``nan`` where there is none.
        built_up : bool array of shape (edges,)
            Inside a settlement.
        """
        outside = np.array([self.class_kmh.get(c, self.default_kmh) for c in class_names])
        capped = np.minimum(outside, self.built_up_most_kmh)
        inside = np.array(
            [self.built_up_kmh.get(c, most) for c, most in zip(class_names, capped, strict=True)]
        )
        unsigned = np.where(built_up, inside[road_class], outside[road_class])
        speed = np.where(np.isnan(maxspeed_kmh), unsigned, maxspeed_kmh.astype(np.float64))
        unpaved = np.array([name in self.unpaved_surfaces for name in surface_names])[surface]
        on_gravel = np.minimum(speed, self.unpaved_most_kmh) * self.unpaved_factor
        driven: NDArray[np.float64] = np.where(unpaved, on_gravel, speed)
        return driven * self.signed_factor * self.season_factor

    def signed_kmh(self, text: str | None) -> float:
        """Return a ``maxspeed`` value in km/h, ``nan`` where it says nothing.

        Read are ``50``, ``50 km/h``, ``30 mph``, ``10 knots``, ``walk``, ``none``, ``LV:urban``,
        ``LV:zone30``, lists such as ``50;70`` (the lowest counts) and ``70 @ (…)`` (the part before
        the condition counts).

        References
        ----------
        OpenStreetMap wiki, "Key:maxspeed".
        """
        if not text:
            return float("nan")
        parts = [self._one_limit(part.split("@")[0].strip()) for part in re.split(r"[;|]", text)]
        known = [kmh for kmh in parts if not np.isnan(kmh)]
        return min(known, default=float("nan"))

    def _one_limit(self, word: str) -> float:
        match = _SIGNED.match(word)
        if match:
            kmh = float(match[1].replace(",", ".")) * _UNITS.get((match[2] or "").lower(), 1.0)
            return kmh if 0 < kmh <= _FASTEST_KMH else float("nan")
        plain = word.lower().rsplit(":", 1)[-1]
        if plain == "walk":
            return _WALK_KMH
        if plain in {"none", "no", "unlimited"}:
            return _NO_LIMIT_KMH
        zone = re.match(r"^(?:zone:?)?(\d{1,3})$", plain)
        if zone and 0 < int(zone[1]) <= _FASTEST_KMH:
            return float(zone[1])
        return float((self.zones_kmh or _ZONES).get(plain, float("nan")))


def read_profile(name_or_path: str | Path = DEFAULT_PROFILE) -> SpeedProfile:
    """Return a profile by the name of one that is shipped, or from a TOML file.

    Raises
    ------
    InputError
        If there is no such profile, or with every fault in the file.
    """
    path = Path(name_or_path)
    name = str(name_or_path)
    shipped = resources.files("planner.roads") / "profiles" / f"{name}.toml"
    try:
        own = path.suffix == ".toml"
        text = path.read_text(encoding="utf-8") if own else shipped.read_text(encoding="utf-8")
        return SpeedProfile.from_mapping(tomllib.loads(text), file=path.with_suffix(".toml").name)
    except FileNotFoundError as error:
        raise InputError(
            Fault(
                "there is no speed profile {name!r}; take one of {known} or a .toml file",
                fields={"name": name, "known": ", ".join(shipped_profiles())},
            )
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            Fault("this is no TOML: {why}", file=path.name, fields={"why": str(error)})
        ) from error


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the planner."""
    folder = resources.files("planner.roads") / "profiles"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def _check_number(faults: FaultList, key: str, value: Any, *, file: str) -> None:
    pairs = value.items() if isinstance(value, Mapping) else ((key, value),)
    for name, number in pairs:
        if isinstance(value, Mapping) and not isinstance(number, int | float):
            wrong = True
        elif isinstance(number, bool) or not isinstance(number, int | float):
            continue
        else:
            most = _FASTEST_KMH if "kmh" in key else 10.0
            wrong = not 0 < number <= most
        if wrong:
            faults.add(
                "{key} is {found}; give a number above 0",
                file=file,
                key=key,
                fields={"key": str(name), "found": str(number)},
            )


def _said(number: float) -> str:
    return f"{number:g}"

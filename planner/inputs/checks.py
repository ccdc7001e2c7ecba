"""One file of a kind into a report of what it holds, or one error with everything wrong in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from planner.errors import Fault, FaultList, InputError
from planner.inputs.additions import read_additions
from planner.inputs.boundaries import read_municipalities
from planner.inputs.catalogue import read_catalogue
from planner.inputs.facilities import read_facilities
from planner.inputs.geometry import read_layer
from planner.inputs.institutions import read_institutions
from planner.inputs.intake import read_needs
from planner.inputs.kinds import KINDS
from planner.inputs.needs import remarks_of
from planner.inputs.place_names import PlaceNames, place_names
from planner.inputs.places import read_places
from planner.inputs.readers import plain
from planner.inputs.service_names import ServiceNames, service_names
from planner.inputs.sites import read_sites
from planner.inputs.territories import Edition

_CODE_FIELDS = ("atvk", "code", "kods", "atvk_code", "atvk_kods", "l0_code")
_NAME_FIELDS = ("name_lv", "name", "nosaukums", "novads", "shapename", "label")


@dataclass(frozen=True)
class CheckReport:
    """What a sound file holds.

    Attributes
    ----------
    kind, file : str
    rows : int
        Rows or features read.
    totals : mapping of str to int
        Persons by group for needs, services by status for facilities, and the like.
    notes : tuple of Fault
        What was noticed and left as it is.
    digest : str
        Of the counts, for needs: the same counts are the same snapshot.
    """

    kind: str
    file: str
    rows: int
    totals: Mapping[str, int]
    notes: tuple[Fault, ...] = ()
    digest: str = ""


def check_file(
    kind: str,
    path: Path,
    *,
    data: Path,
    crs: str = "",
    mapping: Mapping[str, str] | None = None,
    edition: Edition | None = None,
) -> CheckReport:
    """Return what a file of one of `KINDS` holds.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    path : Path
    data : Path
        Folder laid out as data/ of the project: places and services that the file may name.
    crs : str
        For boundaries: the reference system as confirmed by a person.
    mapping : mapping of header to column name, optional
        For tables: how this sender's headers are to be read.
    edition : Edition, optional
        For needs: of which time the municipalities are that stand in place of settlements.

    Raises
    ------
    InputError
        If the kind is unknown or anything is wrong with the file; every fault at once.
    """
    if kind == "boundaries":
        table = data / "boundaries" / "municipalities.csv"
        return read_outlines(path, table, crs=crs).report
    if kind not in KINDS:
        raise InputError(
            Fault(
                "{found!r} can not be checked; give one of: {known}",
                fields={"found": kind[:40], "known": ", ".join(KINDS)},
            )
        )
    names, services = known_names(data)
    if kind == "needs":
        return _check_needs(path, names, services, mapping=mapping, edition=edition)
    return CHECKS[kind](path, names, services, mapping)


def known_names(data: Path) -> tuple[PlaceNames, ServiceNames]:
    """Return the places of a data folder, and its services by all that they may be called.

    Raises
    ------
    InputError
        If the settlements or the catalogue of the folder are faulty.
    """
    faults = FaultList()
    names = place_names(read_places(data / "demand" / "settlements.csv", faults))
    services = service_names(read_catalogue(data / "services" / "catalogue.csv", faults))
    faults.raise_if_any()
    return names, services


def _check_needs(
    path: Path,
    names: PlaceNames,
    services: ServiceNames,
    *,
    mapping: Mapping[str, str] | None,
    edition: Edition | None,
) -> CheckReport:
    intake = read_needs(path, names=names, services=services, mapping=mapping, edition=edition)
    totals: Counter[str] = Counter()
    for (group, _), persons in sorted(intake.persons.items()):
        totals[group] += persons
    notes = remarks_of(intake, file=path.name)
    return CheckReport("needs", path.name, intake.rows, dict(totals), notes, digest=intake.digest)


def check_facilities(
    path: Path,
    names: PlaceNames,
    services: ServiceNames,
    mapping: Mapping[str, str] | None = None,
) -> CheckReport:
    """Return what a table of existing services holds; see `check_file`."""
    faults = FaultList()
    existing = read_facilities(path, faults, services=services, names=names, mapping=mapping)
    faults.raise_if_any()
    totals = Counter(f.status.value for f in existing.facilities)
    unknown = sum(f.places is None for f in existing.facilities)
    totals["places"] = sum(f.places or 0 for f in existing.facilities)
    totals["addresses"] = len(existing.buildings)
    notes = (
        Fault(
            "{unknown} services have no number of places; the typical size is taken and marked",
            file=path.name,
            fields={"unknown": unknown},
        ),
    )
    return CheckReport(
        "facilities",
        path.name,
        len(existing.facilities),
        dict(totals),
        notes if unknown else (),
    )


def check_sites(
    path: Path,
    names: PlaceNames,
    services: ServiceNames,
    mapping: Mapping[str, str] | None = None,
) -> CheckReport:
    """Return what a table of candidate sites holds; see `check_file`."""
    faults = FaultList()
    sites = read_sites(path, faults, services=services, names=names, mapping=mapping)
    faults.raise_if_any()
    totals = {
        "sites": len(sites),
        "places": sum(site.places or 0 for site in sites),
        "adapted": sum(site.adapted is True for site in sites),
    }
    return CheckReport("sites", path.name, len(sites), totals)


def check_additions(
    path: Path,
    names: PlaceNames,
    services: ServiceNames,  # noqa: ARG001 - every check is asked alike
    mapping: Mapping[str, str] | None = None,
) -> CheckReport:
    """Return who comes on top of the assessed by group; see `check_file`."""
    read = read_additions(path, names=names, mapping=mapping)
    totals: Counter[str] = Counter()
    for addition in read:
        totals[addition.group] += addition.persons
    rows = len({(a.group, a.year, a.source) for a in read})
    return CheckReport("additions", path.name, rows, dict(totals))


def check_institutions(
    path: Path,
    names: PlaceNames,  # noqa: ARG001 - every check is asked alike
    services: ServiceNames,  # noqa: ARG001 - the same
    mapping: Mapping[str, str] | None = None,
) -> CheckReport:
    """Return how institutions for children get smaller; see `check_file`."""
    read = read_institutions(path, mapping=mapping)
    first = {row.institution: row for row in reversed(read)}
    last = {row.institution: row for row in read}
    totals = {
        "institutions": len(first),
        "children": sum(row.children for row in first.values()),
        "places": sum(row.places for row in last.values()),
    }
    return CheckReport("institutions", path.name, len(read), totals)


CHECKS = {
    "facilities": check_facilities,
    "sites": check_sites,
    "additions": check_additions,
    "institutions": check_institutions,
}
"""What reads each kind of table beside the needs."""


@dataclass(frozen=True)
class Outlines:
    """The shapes of present municipalities in a layer, by code, and what was seen of the rest.

    Shapes are in EPSG:4326; `crs` is the reference system that they came in.
    """

    shapes: Mapping[str, BaseGeometry]
    crs: str
    report: CheckReport


def read_outlines(path: Path, municipalities: Path, *, crs: str = "") -> Outlines:
    """Return the features of a layer that are municipalities that stand now, by code or by name.

    Parameters
    ----------
    municipalities : Path
        The table of municipalities.
    crs : str
        The reference system as confirmed by a person.

    Raises
    ------
    InputError
        If anything is wrong with either file; every fault at once.
    """
    faults = FaultList()
    layer = read_layer(path, faults, crs=crs)
    known = read_municipalities(municipalities, faults)
    faults.raise_if_any()
    features = layer.features if layer is not None else ()
    codes = {m.atvk for m in known}
    names = {plain(m.name): m.atvk for m in known}
    coded = [(_code(properties, codes, names), _areas(shape)) for properties, shape in features]
    found = Counter(code for code, _ in coded)
    if not any(found):
        faults.add(
            "no feature carries the code or the name of a present municipality", file=path.name
        )
    lines = sum(bool(code) and shape.is_empty for code, shape in coded)
    if lines:
        faults.add(
            "{count} municipalities are drawn as points or lines; give areas",
            file=path.name,
            fields={"count": lines},
        )
    for code, times in found.items():
        if code and times > 1:
            faults.add(
                "the municipality {code} has {times} features; join them",
                file=path.name,
                fields={"code": code, "times": times},
            )
    faults.raise_if_any()
    notes = list(layer.remarks) if layer is not None else []
    missing = sorted(codes - set(found))
    if missing:
        notes.append(
            Fault(
                "{count} present municipalities have no feature: {codes}",
                file=path.name,
                fields={"count": len(missing), "codes": ", ".join(missing[:10])},
            )
        )
    if found[""]:
        notes.append(
            Fault(
                "{count} features carry no code or name of a present municipality",
                file=path.name,
                fields={"count": found[""]},
            )
        )
    totals = {"municipalities": len(set(found) - {""}), "features": len(features)}
    return Outlines(
        shapes={code: shape for code, shape in coded if code},
        crs=layer.crs if layer is not None else "",
        report=CheckReport("boundaries", path.name, len(features), totals, tuple(notes)),
    )


def _areas(shape: BaseGeometry) -> BaseGeometry:
    """Return the areas of a shape without the lines and points that a repair may have left."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def _code(properties: Mapping[str, str], codes: set[str], names: Mapping[str, str]) -> str:
    """Return the code of the municipality that a feature is, or nothing."""
    said = {plain(key): str(value).removeprefix("LV") for key, value in properties.items()}
    for field in _CODE_FIELDS:
        if said.get(field) in codes:
            return said[field]
    for field in _NAME_FIELDS:
        if plain(said.get(field, "")) in names:
            return names[plain(said[field])]
    return ""

"""Feed a reader with bytes that atheris grows; only typed errors may come back.

Needs the package atheris, which nothing else here uses (``make soak`` installs it and runs this)::

    python scripts/fuzz_readers.py needs -max_total_time=60 -max_len=400
    python scripts/fuzz_readers.py all 20

The second form runs every reader for that many seconds, one after the other, and stops at the first
that lets another error through. Spreadsheets and layers are read in a process of their own, so few
of them are tried in a second.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["planner.inputs", "csv"]):
    from planner.domain import Site
    from planner.errors import FaultList, InputError
    from planner.inputs.additions import read_additions
    from planner.inputs.boundaries import read_municipalities
    from planner.inputs.catalogue import read_catalogue
    from planner.inputs.checks import known_names
    from planner.inputs.facilities import read_facilities
    from planner.inputs.geometry import read_layer, read_shapes
    from planner.inputs.institutions import read_institutions
    from planner.inputs.intake import COLUMNS, read_needs
    from planner.inputs.mappings import read_mapping
    from planner.inputs.needs import read_assessed
    from planner.inputs.places import read_places
    from planner.inputs.readers import recognise
    from planner.inputs.scenario import read_scenario
    from planner.inputs.sites import join_sites, read_sites
    from planner.inputs.study_area import starter_data
    from planner.inputs.support_plans import read_support_plans

NAMES, SERVICES = known_names(starter_data())
FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
NEEDS = b"place_id;group;persons;service\n0002000;GRT;5;\n"
PERSONS = b"person_id;place_id;group;services;assessed_on;at_risk\nA1;0002000;GRT;;2020-01-01;no\n"
SITES = b"address;place_id;adapted;places;cost_eur\nIela 1;0002000;yes;8;90000\n"
FACILITIES = b"service;name;address;place_id;places;status\nworkshop;N;Iela 1;0002000;8;operating\n"
INSTITUTIONS = (
    b"institution;year;children;places;foster_family;guardian;adoption;family_like_home;"
    b"youth_house;stays\nA;2026;8;8;1;1;1;1;0;4\n"
)
ADDITIONS = b"place_id;group;persons;year;source\n0002000;VSAC;3;2026;Kalupe\n"
PLACES = b"place_id;name;municipality_atvk;lat;lon\n1;A;2;56,1;26,2\n"
UNITS = b"atvk;name_lv\n0002000;Daugavpils\n"
SCENARIO = b'title="T"\nregion="latgale"\nplan_year=2027\n[[growth]]\ngroup="adults"\n'
LAYER = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"atvk":"0002000"},'
    b'"geometry":{"type":"Polygon","coordinates":[[[26,56],[26.1,56],[26.1,56.1],[26,56]]]}}]}'
)

Reader = Callable[[Path], object]


def _sites(path: Path) -> object:
    faults = FaultList()
    found = read_sites(path, faults, services=SERVICES, names=NAMES)
    standing = (Site("0002000-b1", "D", "0002000", "0002000", 55.9, 26.5),)
    return join_sites(found, standing, faults, file=path.name)


READERS: Mapping[str, tuple[str, bytes, Reader]] = {
    "needs": (".csv", NEEDS, lambda p: read_needs(p, names=NAMES, services=SERVICES)),
    "persons": (".csv", PERSONS, lambda p: read_needs(p, names=NAMES, services=SERVICES)),
    "columns": (".csv", NEEDS, lambda p: recognise(p, COLUMNS)),
    "assessed": (".csv", NEEDS, lambda p: read_assessed(p, FaultList(), names=NAMES)),
    "support_plans": (
        ".csv",
        NEEDS,
        lambda p: read_support_plans(p, FaultList(), names=NAMES, services=SERVICES),
    ),
    "additions": (".csv", ADDITIONS, lambda p: read_additions(p, names=NAMES)),
    "institutions": (".csv", INSTITUTIONS, read_institutions),
    "facilities": (
        ".csv",
        FACILITIES,
        lambda p: read_facilities(p, FaultList(), services=SERVICES, names=NAMES),
    ),
    "sites": (".csv", SITES, _sites),
    "places": (".csv", PLACES, lambda p: read_places(p, FaultList())),
    "catalogue": (
        ".csv",
        (starter_data() / "services/catalogue.csv").read_bytes()[:1500],
        lambda p: read_catalogue(p, FaultList()),
    ),
    "municipalities": (".csv", UNITS, lambda p: read_municipalities(p, FaultList())),
    "mapping": (".toml", b'[columns]\n"Skaits" = "persons"\n', lambda p: read_mapping(p, COLUMNS)),
    "scenario": (".toml", SCENARIO, read_scenario),
    "outlines": (".geojson", LAYER, lambda p: read_shapes(p, FaultList())),
    "layer": (".geojson", LAYER, lambda p: read_layer(p, FaultList())),
    "zipped": (".zip", b"", lambda p: read_layer(p, FaultList())),
    "spreadsheet": (".xlsx", b"", lambda p: read_needs(p, names=NAMES, services=SERVICES)),
}


def packed(names: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of parts, stored unpacked so that a spoiled byte spoils a part."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        for name, content in names.items():
            members.writestr(name, content)
    return archive.getvalue()


def seed_of(name: str) -> bytes:
    """Return a file that the reader understands, for atheris to spoil."""
    if name == "zipped":
        return packed({"a.shp": b"\x00\x00\x27\x0a" + bytes(96), "a.dbf": bytes(33), "a.shx": b""})
    if name != "spreadsheet":
        return READERS[name][1]
    from openpyxl import Workbook  # noqa: PLC0415 - for this reader alone

    book, whole = Workbook(), io.BytesIO()
    for row in (["place_id", "group", "persons"], ["0002000", "GRT", 5]):
        book.worksheets[0].append(row)
    book.save(whole)
    with zipfile.ZipFile(whole) as archive:
        return packed({entry: archive.read(entry) for entry in archive.namelist()})


def fuzz(name: str, options: list[str]) -> None:
    """Run atheris on one reader until `options` end it; does not return."""
    ending, _, read = READERS[name]
    path = FOLDER / f"any{ending}"
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    seed = seed_of(name)
    head = seed[: seed.find(b"\n") + 1] if ending == ".csv" else b""
    (corpus / "seed").write_bytes(seed.removeprefix(head))

    def one_input(content: bytes) -> None:
        # most inputs keep the header, so that more than the search for a header is tried
        whole = content.startswith(b"!") or not head
        path.write_bytes(content.removeprefix(b"!") if whole else head + content)
        with suppress(InputError):
            read(path)

    kept = f"-artifact_prefix={FOLDER}/"
    atheris.Setup([sys.argv[0], kept, *options, str(corpus)], one_input)
    atheris.Fuzz()


def fuzz_all(seconds: int) -> int:
    """Run every reader in a process of its own; return 0, or the exit code of the first to fail."""
    for name in READERS:
        print(f"{name}: {seconds} s", flush=True)
        options = [f"-max_total_time={seconds}", "-max_len=20000", "-verbosity=0"]
        done = subprocess.run([sys.executable, __file__, name, *options], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "all":
        sys.exit(fuzz_all(int(sys.argv[2])))
    fuzz(sys.argv[1], sys.argv[2:])

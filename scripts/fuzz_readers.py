"""Feed the table readers with bytes that atheris grows; only typed errors may come back.

Needs the package atheris (``pip install atheris``), which no other part of the project uses::

    python scripts/fuzz_readers.py -max_total_time=60 -max_len=400
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["planner.inputs", "csv"]):
    from planner.errors import FaultList, InputError
    from planner.inputs.catalogue import read_catalogue
    from planner.inputs.checks import known_names
    from planner.inputs.facilities import read_facilities
    from planner.inputs.intake import read_needs
    from planner.inputs.places import read_places
    from planner.inputs.sites import read_sites
    from planner.inputs.study_area import starter_data

NAMES, SERVICES = known_names(starter_data())
PATH = Path(tempfile.mkdtemp(prefix="fuzz-")) / "any.csv"
HEADS = (
    b"place_id;group;persons;service\n",
    b"person_id;place_id;group;services;assessed_on;at_risk\n",
    b"service;name;address;place_id;places;status\n",
    b"address;place_id;adapted;places;cost_eur\n",
    b"place_id;name;municipality_atvk;lat;lon\n",
    b"",
)


def one_input(content: bytes) -> None:
    """Read one input in every way; any error that is not an InputError ends the run."""
    if content.startswith(b"PK\x03\x04"):
        return  # spreadsheets are read in a process of their own
    which = content[0] % len(HEADS) if content else 0
    PATH.write_bytes(HEADS[which] + content[1:])
    with contextlib.suppress(InputError):
        read_needs(PATH, names=NAMES, services=SERVICES)
    read_facilities(PATH, FaultList(), services=SERVICES, names=NAMES)
    read_sites(PATH, FaultList(), services=SERVICES, names=NAMES)
    read_places(PATH, FaultList())
    read_catalogue(PATH, FaultList())


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()

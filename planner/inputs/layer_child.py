"""A geographic file into features as JSON, read apart from the planner with few drivers and limits.

Run as ``python -m planner.inputs.layer_child FILE`` with GDAL_SKIP and OGR_SKIP set; FILE is a copy
under a name that the planner chose. The first line to stdout tells the CRS, then comes one line a
feature.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from planner.inputs.drivers import ALLOWED, set_drivers

MEMORY_BYTES = 2_500_000_000  # of address space, much of which GDAL and its data never touch
CPU_SECONDS = 18
MOST_FEATURES = 5_000
MOST_POINTS = 1_500_000
REFUSED = 3


def main(path: Path) -> int:
    """Write the features of `path` to stdout; return 0, or `REFUSED` with the reason last."""
    import resource  # noqa: PLC0415 - not on every system, and this module's limits are read there

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    reason = "unreadable"
    try:
        reason = _write_features(path)
    except MemoryError:
        reason = "memory"
    except Exception:  # noqa: BLE001 - whatever a hostile file causes must end as a plain refusal
        reason = "unreadable"
    if reason:
        sys.stdout.write(json.dumps({"refused": reason}) + "\n")
        return REFUSED
    return 0


def _write_features(path: Path) -> str:
    set_drivers(os.environ)
    import pyogrio  # noqa: PLC0415 - only after the drivers are restricted
    import pyogrio.raw  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    if set(pyogrio.list_drivers()) - set(ALLOWED):
        return "drivers"
    layers = pyogrio.list_layers(path)
    names = [name for name, kind in layers if kind]
    if not names:
        return "no_layer"
    information = pyogrio.read_info(path, layer=names[0])
    if information["features"] > MOST_FEATURES:
        return "features"
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=names[0])
    shapes = shapely.from_wkb(geometry, on_invalid="ignore")
    if sum(shapely.get_num_coordinates(shapes)) > MOST_POINTS:
        return "points"
    head = {
        "crs": meta["crs"] or "",
        "implied": path.suffix == ".geojson",  # degrees by its format, whatever it holds
        "layers": len(names),
        "layer": str(names[0]),
    }
    sys.stdout.write(json.dumps(head) + "\n")
    columns = [str(name) for name in meta["fields"]]
    for index, shape in enumerate(shapes):
        values = {
            name: "" if field[index] is None else str(field[index])
            for name, field in zip(columns, fields, strict=True)
        }
        wkb = None if shape is None else shapely.to_wkb(shape, hex=True)
        sys.stdout.write(json.dumps({"properties": values, "wkb": wkb}) + "\n")
    return ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

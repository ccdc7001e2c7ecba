"""The commands about roads: fetch, import, and look at how places join them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.speaking import Speaks, print_text, telling_errors
from planner.locales import say

roads_app = typer.Typer(help="Road networks: fetch, import, look at.", no_args_is_help=True)

Out = Annotated[Path, typer.Option("--out", help="Where the network is saved, ending in .npz")]
Profile = Annotated[str, typer.Option(help="Speeds: car, car_winter or a TOML file")]


@roads_app.command()
def fetch(
    out: Out,
    *,
    region: Annotated[str | None, typer.Option(help="A region, see `planner regions`")] = None,
    place: Annotated[str | None, typer.Option(help="A place by name, asked from Nominatim")] = None,
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees")] = None,
    profile: Profile = "car",
) -> None:
    """Fetch roads from OpenStreetMap through an Overpass server; needs the internet."""
    from planner import workflow

    with telling_errors():
        network = workflow.fetch_roads(
            out,
            region=region,
            place=place,
            box=_box(bbox) if bbox else None,
            profile=profile,
            on_step=_step,
        )
        _tell_saved(network.nodes, network.edges, out)


@roads_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=".osm.pbf, .osm(.gz|.bz2), or a line layer")],
    out: Out,
    *,
    region: Annotated[str | None, typer.Option(help="Keep the roads of a region only")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of a GeoPackage")] = None,
    class_column: Annotated[str, typer.Option(help="Line layer: column of the road class")] = "",
    speed_column: Annotated[str, typer.Option(help="Line layer: column of km/h")] = "",
    surface_column: Annotated[str, typer.Option(help="Line layer: column of the surface")] = "",
    one_way_column: Annotated[str, typer.Option(help="Line layer: column of one-way")] = "",
    licence: Annotated[str, typer.Option(help="Licence of a line layer")] = "",
    profile: Profile = "car",
) -> None:
    """Read roads from an OpenStreetMap extract or a line layer."""
    from planner import workflow
    from planner.roads.sources import LineColumns

    with telling_errors():
        network = workflow.import_roads(
            file,
            out,
            region=region,
            layer=layer,
            columns=LineColumns(class_column, speed_column, surface_column, one_way_column),
            profile=profile,
            licence=licence,
            on_step=_step,
        )
        _tell_saved(network.nodes, network.edges, out)


@roads_app.command()
def report(
    region: Annotated[str, typer.Option(help="A region, see `planner regions`")] = "latgale",
    roads: Annotated[Path | None, typer.Option(help="A saved network; else the starter's")] = None,
) -> None:
    """Say which places are far from the roads, on an island or in a one-way trap."""
    from planner import workflow

    with telling_errors():
        print_text(workflow.roads_report_text(region, roads=roads, language=Speaks.language))


@roads_app.command()
def trip(
    start: Annotated[str, typer.Argument(help="A settlement or site, by id or name")],
    end: Annotated[str, typer.Argument(help="Another one")],
    region: Annotated[str, typer.Option(help="A region, see `planner regions`")] = "latgale",
    roads: Annotated[Path | None, typer.Option(help="A saved network; else the starter's")] = None,
) -> None:
    """Say why a trip takes as long as it does: minutes and kilometres by class of road."""
    from planner import workflow

    with telling_errors():
        text = workflow.trip_text(region, start, end, roads=roads, language=Speaks.language)
        print_text(text)


@roads_app.command()
def bands(
    site: Annotated[str, typer.Argument(help="A settlement or site, by id or name")],
    out: Annotated[Path, typer.Option("--out", help="GeoJSON file to write")],
    region: Annotated[str, typer.Option(help="A region, see `planner regions`")] = "latgale",
    minutes: Annotated[str, typer.Option(help="Limits, with commas between")] = "15,30,45,60",
    roads: Annotated[Path | None, typer.Option(help="A saved network; else the starter's")] = None,
) -> None:
    """Write the land from which a site is reached within 15, 30, 45 and 60 minutes."""
    from planner import workflow

    try:
        limits = [float(part) for part in minutes.split(",")]
    except ValueError:
        raise typer.BadParameter("15,30,45,60") from None
    with telling_errors():
        workflow.write_bands(region, site, limits, out, roads=roads)
        print_text(str(out))


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter("west,south,east,north") from None
    if not (math.isfinite(west + south + east + north) and west < east and south < north):
        raise typer.BadParameter("west,south,east,north")
    return west, south, east, north


def _step(text: str) -> None:
    typer.echo(text, err=True)


def _tell_saved(nodes: int, edges: int, out: Path) -> None:
    text = "{nodes} nodes and {edges} directed edges saved in {file}"
    print_text(say(Speaks.language, text, nodes=nodes, edges=edges, file=str(out)))

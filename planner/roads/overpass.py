"""A region into roads asked from an Overpass server through osmnx; the only step that goes online.

osmnx alone would repeat a "429 Too Many Requests" for ever, take a partial answer with a "timed
out" remark for the whole, and stumble over a truncated cache file. Every response passes a guard
here first: at most three tries with growing pauses, one deadline over all, nothing partial.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import networkx as nx
import numpy as np
import osmnx
import requests
import shapely
import urllib3
from osmnx import settings

from planner.domain import Source
from planner.errors import Fault, FaultList, NetworkFetchError
from planner.roads.components import islands
from planner.roads.network import RoadNetwork
from planner.roads.osm_network import (
    LICENCE,
    Region,
    RoadCollector,
    region_with_margin,
    tags_of,
)
from planner.roads.osm_tags import USEFUL_TAGS
from planner.roads.speeds import SpeedProfile, read_profile

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org/"
MOST_TRIES = 3
_FIRST_PAUSE_S = 15.0
_QUERY_S = 180
_LEAST_IN_LARGEST = 0.8
_BUSY = (429, 502, 503, 504)
_KM_PER_DEGREE = 111.1949266
_KM2_PER_REQUEST = 2500.0
_NODES_PER_KM2 = 12.0
_MB_PER_NODE = 2.5e-4
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class FetchTerms:
    """How patient a fetch is, and whom it asks.

    Attributes
    ----------
    overpass_url, nominatim_url : str
    deadline_s : float
        Seconds after which the whole fetch is given up.
    most_tries : int
    first_pause_s : float
        Before the second try; doubled before the third. A server's own ``Retry-After`` counts more.
    cache : Path, optional
        Where answers are kept; a folder that is forgotten afterwards by default.
    sleep, clock : callables
    """

    overpass_url: str = OVERPASS
    nominatim_url: str = NOMINATIM
    deadline_s: float = 1800.0
    most_tries: int = MOST_TRIES
    first_pause_s: float = _FIRST_PAUSE_S
    cache: Path | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class FetchSize:
    """What a fetch will ask for: area, number of requests, roughly how many nodes and megabytes."""

    area_km2: float
    requests: int
    nodes: int
    megabytes: float
    server: str

    def __str__(self) -> str:
        return (
            f"{self.area_km2:,.0f} km², {self.server}, requests: about {self.requests}; "
            f"about {self.nodes:,} nodes and {self.megabytes:,.0f} MB"
        )


def fetch_size(
    region: Region, *, margin_km: float = 20.0, terms: FetchTerms | None = None
) -> FetchSize:
    """Return what `fetch_network` would ask for, without asking; estimates for rural Europe."""
    shape = region_with_margin(region, margin_km)
    if shape is None:
        return FetchSize(0.0, 0, 0, 0.0, "")
    middle = math.radians(float(shape.centroid.y))
    area_km2 = float(shape.area) * _KM_PER_DEGREE**2 * math.cos(middle)
    nodes = int(area_km2 * _NODES_PER_KM2)
    return FetchSize(
        area_km2=area_km2,
        requests=max(1, math.ceil(area_km2 / _KM2_PER_REQUEST)),
        nodes=nodes,
        megabytes=nodes * _MB_PER_NODE,
        server=(terms or FetchTerms()).overpass_url,
    )


def place_region(name: str, *, terms: FetchTerms | None = None) -> shapely.Geometry:
    """Return the outline of a place by its name, EPSG:4326, asked from a Nominatim server.

    Raises
    ------
    NetworkFetchError
        If the server does not answer or knows no area of that name.
    """
    terms = terms or FetchTerms()
    guard = _Guard(terms)

    def ask() -> shapely.Geometry:
        return osmnx.geocode_to_gdf(name).geometry.iloc[0]

    with _osmnx_settings(terms, guard, cache=None):
        return _tried(ask, guard, terms, lambda _text: None)


def fetch_network(
    region: Region,
    *,
    municipalities: Mapping[str, shapely.Geometry] | None = None,
    margin_km: float = 20.0,
    profile: SpeedProfile | None = None,
    terms: FetchTerms | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> RoadNetwork:
    """Return the drivable roads of a region from an Overpass server.

    Parameters
    ----------
    region : polygon or (west, south, east, north)
        EPSG:4326.
    municipalities : mapping of name to polygon, optional
        Areas that the roads must touch, every one.
    margin_km : float
        How far beyond the region roads are asked for.
    profile : SpeedProfile, optional
        The car's by default.
    terms : FetchTerms, optional
    on_progress : callable, optional
        Told each step in a sentence.

    Raises
    ------
    NetworkFetchError
        If the server does not answer in time, answers in part, or what it sent is no good network.
        Nothing has been changed then.
    InputError
        If the region is no area.
    """
    terms = terms or FetchTerms()
    say = on_progress or (lambda _text: None)
    shape = region_with_margin(region, margin_km)
    guard = _Guard(terms)
    say(f"Asking for {fetch_size(region, margin_km=margin_km, terms=terms)}")

    def ask() -> nx.MultiDiGraph:
        return osmnx.graph_from_polygon(
            shape, network_type="drive", simplify=False, retain_all=True, truncate_by_edge=True
        )

    with contextlib.ExitStack() as stack:
        cache = terms.cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _drop_broken_answers(cache, say)
        stack.enter_context(_osmnx_settings(terms, guard, cache))
        guard.say = say
        graph = _tried(ask, guard, terms, say)
    say(f"{len(graph)} nodes received")
    source = Source(
        name="OpenStreetMap through Overpass",
        licence=LICENCE,
        date=guard.data_date or dt.datetime.now(tz=dt.UTC).date().isoformat(),
    )
    network = network_from_graph(graph, source=source, profile=profile)
    _need_good_network(network, municipalities or {})
    say(f"{network.nodes} nodes, {network.edges} directed edges, checked")
    return network


def network_from_graph(
    graph: nx.MultiDiGraph, *, source: Source, profile: SpeedProfile | None = None
) -> RoadNetwork:
    """Return an osmnx graph (not simplified: edges are straight) as a road network.

    Raises
    ------
    InputError
        If it has no edge.
    """
    roads = RoadCollector(profile or read_profile())
    for tail, head, told in graph.edges(data=True):
        roads.add(
            tags_of(told),
            (tail, head),
            turned=bool(told.get("reversed", False)),
            length_m=float(told["length"]),
        )
    ids = np.array(sorted(graph.nodes), dtype=np.int64)
    lat = np.array([graph.nodes[node]["y"] for node in ids.tolist()], dtype=np.float64)
    lon = np.array([graph.nodes[node]["x"] for node in ids.tolist()], dtype=np.float64)
    return roads.network(ids, lat, lon, source=source)


class _AskAgainError(Exception):
    """The server has not answered in full; another try may help."""

    def __init__(self, why: str, pause_s: float | None = None) -> None:
        super().__init__(why)
        self.pause_s = pause_s


@dataclass
class _Guard:
    """Looks at every response before osmnx does."""

    terms: FetchTerms
    started: float = field(init=False)
    data_date: str = ""
    answers: int = 0
    say: Callable[[str], None] = lambda _text: None

    def __post_init__(self) -> None:
        self.started = self.terms.clock()

    @property
    def left_s(self) -> float:
        """Seconds until the deadline."""
        return self.terms.deadline_s - (self.terms.clock() - self.started)

    def check(self, response: requests.Response, *_args: Any, **_named: Any) -> requests.Response:
        """Return a whole and healthy response; raise otherwise."""
        if response.status_code in _BUSY:
            told = response.headers.get("Retry-After", "")
            pause_s = float(told) if told.isdigit() else None
            raise _AskAgainError(f"the server is busy ({response.status_code})", pause_s)
        content = self._read(response)
        if not response.ok:
            raise NetworkFetchError(
                Fault(
                    "the server refused the request ({status}); the roads in use stay as they are",
                    fields={"status": response.status_code},
                )
            )
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise _AskAgainError("the answer is cut off or no JSON") from error
        if isinstance(answer, dict):
            if "remark" in answer:
                raise _AskAgainError(f"the answer is partial: {answer['remark']}")
            self.data_date = str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10]
        self.answers += 1
        self.say(f"Answer {self.answers}: {len(content) / 1e6:.1f} MB")
        return response

    def _read(self, response: requests.Response) -> bytes:
        """Read the body piece by piece, so that a trickle cannot outlast the deadline."""
        pieces = []
        while piece := response.raw.read1(65536, decode_content=True):
            pieces.append(piece)
            if self.left_s <= 0:
                raise _AskAgainError("the deadline has passed")
        # requests reads the body after its hooks; it has been read, so it is handed over here.
        response._content = b"".join(pieces)  # noqa: SLF001
        response._content_consumed = True  # noqa: SLF001
        return response._content  # noqa: SLF001


def _tried(
    ask: Callable[[], Answer], guard: _Guard, terms: FetchTerms, say: Callable[[str], None]
) -> Answer:
    """Return what `ask` returns, after a few tries within the deadline."""
    why = "the deadline has passed"
    for number in range(1, terms.most_tries + 1):
        pause_s: float | None = None
        if guard.left_s <= 0:
            break
        try:
            return ask()
        except _AskAgainError as error:
            why, pause_s = str(error), error.pause_s
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            why = f"no connection ({type(error).__name__})"
        except (TypeError, ValueError) as error:
            raise NetworkFetchError(
                Fault(
                    "the server knows no roads or no area there ({why}); the roads in use stay as "
                    "they are",
                    fields={"why": str(error)[:200]},
                )
            ) from error
        wait_s = pause_s if pause_s is not None else terms.first_pause_s * 2 ** (number - 1)
        say(f"Try {number} of {terms.most_tries} failed: {why}")
        if number < terms.most_tries and wait_s < guard.left_s:
            say(f"Waiting {wait_s:g} seconds")
            terms.sleep(wait_s)
        else:
            break
    raise NetworkFetchError(
        Fault(
            "no roads after {tries} tries: {why}; the roads in use stay as they are",
            fields={"tries": number, "why": why},
        )
    )


@contextlib.contextmanager
def _osmnx_settings(terms: FetchTerms, guard: _Guard, cache: Path | None) -> Iterator[None]:
    """Set what osmnx keeps globally, and put all of it back afterwards.

    osmnx also replaces ``socket.getaddrinfo`` (gboeing/osmnx ``_http._config_dns``) for good.
    """
    wanted = {
        "overpass_url": terms.overpass_url,
        "nominatim_url": terms.nominatim_url,
        "overpass_rate_limit": False,
        "requests_timeout": max(1, int(min(_QUERY_S, terms.deadline_s))),
        "requests_kwargs": {"hooks": {"response": guard.check}},
        "use_cache": cache is not None,
        "cache_folder": str(cache or ""),
        "doh_url_template": None,
        "useful_tags_way": list(USEFUL_TAGS),
        "useful_tags_node": [],
    }
    before = {name: getattr(settings, name) for name in wanted}
    look_up = socket.getaddrinfo
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = look_up


def _drop_broken_answers(cache: Path, say: Callable[[str], None]) -> None:
    """Delete answers in the cache that are cut off or partial."""
    for file in sorted(cache.glob("*.json")):
        try:
            answer = json.loads(file.read_text(encoding="utf-8"))
            whole = isinstance(answer.get("elements"), list) and "remark" not in answer
        except (ValueError, AttributeError):
            whole = False
        if not whole:
            file.unlink()
            say(f"A broken answer in the cache was thrown away: {file.name}")


def _need_good_network(
    network: RoadNetwork, municipalities: Mapping[str, shapely.Geometry]
) -> None:
    """Raise unless the roads hang together and touch every municipality."""
    faults = FaultList()
    share = float(np.mean(islands(network) == 0))
    if share < _LEAST_IN_LARGEST:
        faults.add(
            "only {share} % of the road nodes hang together; the answer may be partial",
            fields={"share": round(100 * share)},
        )
    for name, outline in sorted(municipalities.items()):
        if not shapely.contains_xy(outline, network.node_lon, network.node_lat).any():
            faults.add("no road touches {municipality}", fields={"municipality": name})
    faults.raise_if_any(NetworkFetchError)

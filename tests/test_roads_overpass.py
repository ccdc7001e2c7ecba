from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import osmnx
import pytest
import shapely

from planner.errors import InputError, NetworkFetchError
from planner.roads.network import RoadNetwork, load_network
from planner.roads.sources import FetchTerms, fetch_network, fetch_size, import_osm, place_region
from tests.roads_osm_town import way, write_town
from tests.roads_overpass_server import Server, overpass_server
from tests.roads_towns import two_villages

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference"
WHOLE_TOWN = (26.9, 55.9, 27.2, 56.2)


class Clock:
    """A clock that only moves when someone sleeps, and remembers the naps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds

    def read(self) -> float:
        return self.now


def terms(server: Server, clock: Clock, **settings: object) -> FetchTerms:
    return FetchTerms(
        overpass_url=f"{server.url}/api",
        nominatim_url=f"{server.url}/",
        sleep=clock.sleep,
        clock=clock.read,
        **settings,  # type: ignore[arg-type]
    )


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path / "town.osm")


def rows(roads: RoadNetwork) -> list[tuple[float, ...]]:
    columns = (
        roads.node_lat[roads.tail],
        roads.node_lon[roads.tail],
        roads.node_lat[roads.head],
        roads.node_lon[roads.head],
        roads.length_m.round(4),
        roads.speed_kmh.round(4),
    )
    return sorted(zip(*(np.round(column, 7).tolist() for column in columns), strict=True))


def test_a_fetch_gives_the_same_roads_as_the_file(town: Path) -> None:
    clock = Clock()
    with overpass_server(town) as server:
        fetched = fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, clock))

    assert rows(fetched) == rows(import_osm(town))
    assert clock.naps == []
    assert fetched.source.date == "2026-11-01"
    assert "OpenStreetMap contributors" in fetched.source.licence


def test_it_says_what_it_will_ask_before_it_asks(town: Path) -> None:
    said: list[str] = []
    with overpass_server(town) as server:
        fetch_network(
            WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()), on_progress=said.append
        )

    assert said[0].startswith("Asking for ")
    assert "km²" in said[0]
    assert server.url in said[0]
    assert said[-1] == "9 nodes, 16 directed edges, checked"


def test_the_size_is_told_without_asking_anyone() -> None:
    size = fetch_size((27.0, 56.0, 28.0, 57.0), margin_km=0)

    assert size.area_km2 == pytest.approx(6823, rel=0.01)
    assert size.requests == 3


def test_a_busy_server_is_given_the_time_that_it_asks_for(town: Path) -> None:
    clock = Clock()
    with overpass_server(town, "429") as server:
        fetched = fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, clock))

    assert fetched.nodes == 9
    assert clock.naps == [7.0]


def test_pauses_grow_where_the_server_tells_none(town: Path) -> None:
    clock = Clock()
    with overpass_server(town, "504", "504") as server:
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, clock))

    assert clock.naps == [15.0, 30.0]


@pytest.mark.parametrize("fault", ["429", "504", "remark", "cut", "broken line"])
def test_three_tries_and_no_more(town: Path, fault: str) -> None:
    with (
        overpass_server(town, *[fault] * 9) as server,
        pytest.raises(NetworkFetchError, match="after 3 tries"),
    ):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))

    assert len(server.script.requests) == 3


def test_a_partial_answer_with_a_remark_is_never_taken(town: Path) -> None:
    with (
        overpass_server(town, "remark", "remark", "remark") as server,
        pytest.raises(NetworkFetchError, match=r"partial.*timed out"),
    ):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))


@pytest.mark.parametrize("fault", ["remark", "cut", "broken line", "503"])
def test_one_bad_answer_is_asked_for_again(town: Path, fault: str) -> None:
    with overpass_server(town, fault) as server:
        fetched = fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))

    assert rows(fetched) == rows(import_osm(town))


def test_the_deadline_ends_the_tries(town: Path) -> None:
    clock = Clock()
    with (
        overpass_server(town, "504", "504", "504") as server,
        pytest.raises(NetworkFetchError, match="after 2 tries"),
    ):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, clock, deadline_s=40.0))

    assert clock.naps == [15.0]


def test_a_trickle_cannot_outlast_the_deadline(town: Path) -> None:
    clock = Clock()

    def read() -> float:
        clock.now += 3.0
        return clock.now

    with overpass_server(town) as server:
        patient = FetchTerms(overpass_url=f"{server.url}/api", deadline_s=5.0, clock=read)
        with pytest.raises(NetworkFetchError, match="deadline"):
            fetch_network(WHOLE_TOWN, margin_km=0, terms=patient)


def test_a_refused_request_is_not_repeated(town: Path) -> None:
    with (
        overpass_server(town, "400") as server,
        pytest.raises(NetworkFetchError, match="refused the request \\(400\\)"),
    ):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))

    assert len(server.script.requests) == 1


def test_no_server_at_all_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(NetworkFetchError, match="no connection"):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(Server(nobody, None), Clock()))  # type: ignore[arg-type]


def test_an_answer_without_roads_is_refused(town: Path) -> None:
    with (
        overpass_server(town, "empty") as server,
        pytest.raises(NetworkFetchError, match="knows no roads"),
    ):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))


def test_roads_must_touch_every_municipality(town: Path) -> None:
    areas = {
        "Te": shapely.box(26.9, 55.9, 27.2, 56.2),
        "Citur": shapely.box(28.0, 55.9, 28.2, 56.2),
        "Tālu": shapely.box(29.0, 55.9, 29.2, 56.2),
    }
    with overpass_server(town) as server, pytest.raises(NetworkFetchError) as error:
        fetch_network(WHOLE_TOWN, margin_km=0, municipalities=areas, terms=terms(server, Clock()))

    assert [f.fields["municipality"] for f in error.value.faults] == ["Citur", "Tālu"]


def test_roads_in_pieces_are_refused(tmp_path: Path) -> None:
    pieces = write_town(
        tmp_path / "pieces.osm",
        way(1, [1, 2, 3], highway="primary"),
        way(2, [7, 8, 9], highway="primary"),
    )
    with (
        overpass_server(pieces) as server,
        pytest.raises(NetworkFetchError, match="only 50 % of the road nodes hang together"),
    ):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))


def test_whatever_fails_the_roads_in_use_stay(town: Path, tmp_path: Path) -> None:
    in_use = tmp_path / "roads.npz"
    two_villages().save(in_use)
    before = in_use.read_bytes()

    for fault in ("remark", "cut", "400", "empty"):
        with overpass_server(town, *[fault] * 3) as server, pytest.raises(NetworkFetchError):
            fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock())).save(in_use)

    assert in_use.read_bytes() == before
    assert load_network(in_use).nodes == 3


def test_an_answer_in_the_cache_is_not_asked_for_again(town: Path, tmp_path: Path) -> None:
    cache = tmp_path / "answers"
    with overpass_server(town) as server:
        for _ in range(2):
            fetched = fetch_network(
                WHOLE_TOWN, margin_km=0, terms=terms(server, Clock(), cache=cache)
            )

    assert len(server.script.requests) == 1
    assert fetched.nodes == 9


@pytest.mark.parametrize(
    "break_it",
    [
        lambda text: text[: len(text) // 2],
        lambda _text: "",
        lambda _text: "[]",
        lambda text: json.dumps({**json.loads(text), "remark": "timed out"}),
    ],
)
def test_a_broken_answer_in_the_cache_is_thrown_away(
    town: Path, tmp_path: Path, break_it: Callable[[str], str]
) -> None:
    cache = tmp_path / "answers"
    with overpass_server(town) as server:
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock(), cache=cache))
        (file,) = cache.glob("*.json")
        file.write_text(break_it(file.read_text(encoding="utf-8")), encoding="utf-8")
        fetched = fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock(), cache=cache))

    assert len(server.script.requests) == 2
    assert rows(fetched) == rows(import_osm(town))


def test_the_settings_of_osmnx_and_of_the_system_are_as_before(town: Path) -> None:
    before = {name: getattr(osmnx.settings, name) for name in dir(osmnx.settings) if name[0] != "_"}
    look_up = socket.getaddrinfo

    with overpass_server(town, "400") as server, pytest.raises(NetworkFetchError):
        fetch_network(WHOLE_TOWN, margin_km=0, terms=terms(server, Clock()))

    assert {name: getattr(osmnx.settings, name) for name in before} == before
    assert socket.getaddrinfo is look_up


def test_a_place_is_found_by_its_name(town: Path) -> None:
    with overpass_server(town) as server:
        outline = place_region("Andorra", terms=terms(server, Clock()))

    assert outline.bounds == (1.3, 42.4, 1.8, 42.7)


def test_a_region_that_is_no_area_is_refused_before_anyone_is_asked() -> None:
    with pytest.raises(InputError, match="no area"):
        fetch_network((27.0, 56.0, 27.0, 56.0))


@pytest.mark.reference
def test_real_roads_fetched_are_those_of_the_extract() -> None:
    file = REFERENCE / "andorra.osm.pbf"
    if not file.exists():
        pytest.skip("the reference data is not here")
    region = (1.45, 42.45, 1.6, 42.6)
    with overpass_server(file, "429", "remark") as server:
        fetched = fetch_network(region, margin_km=0, terms=terms(server, Clock()))

    assert fetched.edges > 5_000
    assert rows(fetched) == rows(import_osm(file, region, margin_km=0))

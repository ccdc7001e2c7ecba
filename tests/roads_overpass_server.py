"""A small server that speaks Overpass and Nominatim on this machine, with data of an OSM file."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import osmium
import shapely

_CONDITION = re.compile(r'\["([^"]+)"(?:(!~|~|=|!=)"([^"]*)")?\]')
_POLYGON = re.compile(r"poly:'([^']+)'")


@dataclass
class Script:
    """What the server does wrong: one word for each request, then all is well."""

    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    remark: str = 'runtime error: Query timed out in "query" at line 1 after 180 seconds.'


@dataclass(frozen=True)
class Server:
    """Address of a running server and what it was asked."""

    url: str
    script: Script


def answer(file: Path, query: str) -> dict[str, Any]:
    """Return what Overpass would say about the ways in a polygon and their nodes."""
    conditions = _CONDITION.findall(query)
    told = [float(word) for word in _POLYGON.findall(query)[0].split()]
    polygon = shapely.Polygon(list(zip(told[1::2], told[::2], strict=True)))
    ways, nodes = [], {}
    for way in osmium.FileProcessor(str(file)).with_locations():
        if not way.is_way():
            continue
        tags = dict(way.tags)
        places = {n.ref: n.location for n in way.nodes if n.location.valid()}
        if not _fits(tags, conditions) or not any(
            shapely.contains_xy(polygon, p.lon, p.lat) for p in places.values()
        ):
            continue
        ways.append(
            {
                "type": "way",
                "id": way.id,
                "nodes": [n.ref for n in way.nodes if n.ref in places],
                "tags": tags,
            }
        )
        nodes.update(
            {r: {"type": "node", "id": r, "lat": p.lat, "lon": p.lon} for r, p in places.items()}
        )
    return {
        "osm3s": {"timestamp_osm_base": "2026-11-01T00:00:00Z"},
        "elements": [*nodes.values(), *ways],
    }


def _fits(tags: dict[str, str], conditions: list[tuple[str, str, str]]) -> bool:
    for key, operator, value in conditions:
        found = tags.get(key)
        if not operator and found is None:
            return False
        if operator == "!~" and found is not None and re.search(value, found):
            return False
        if operator == "~" and not (found is not None and re.search(value, found)):
            return False
    return True


@contextlib.contextmanager
def overpass_server(file: Path, *faults: str) -> Iterator[Server]:
    """Run the server while the block runs."""
    script = Script(list(faults))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            script.requests.append(self.path)
            outline = shapely.box(1.3, 42.4, 1.8, 42.7)
            self._send(
                json.dumps(
                    [
                        {
                            "place_id": 1,
                            "osm_type": "relation",
                            "osm_id": 1,
                            "lat": "42.5",
                            "lon": "1.5",
                            "boundingbox": ["42.4", "42.7", "1.3", "1.8"],
                            "class": "boundary",
                            "type": "administrative",
                            "importance": 1,
                            "place_rank": 1,
                            "addresstype": "state",
                            "name": "Andorra",
                            "display_name": "Andorra",
                            "geojson": json.loads(shapely.to_geojson(outline)),
                        }
                    ]
                ).encode()
            )

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            query = urllib.parse.parse_qs(self.rfile.read(length).decode())["data"][0]
            script.requests.append(query)
            fault = script.faults.pop(0) if script.faults else ""
            if fault.isdigit():
                self.send_response(int(fault))
                if fault == "429":
                    self.send_header("Retry-After", "7")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            said = {"elements": []} if fault == "empty" else answer(file, query)
            if fault == "remark":
                said = {
                    **said,
                    "elements": said["elements"][: len(said["elements"]) // 2],
                    "remark": script.remark,
                }
            if fault == "half":
                said["elements"] = [
                    e for e in said["elements"] if e["type"] == "node" or e["id"] % 2
                ]
            text = json.dumps(said).encode()
            self._send(
                text[: len(text) // 2] if fault == "cut" else text,
                whole=len(text) if fault == "broken line" else None,
            )

        def _send(self, text: bytes, whole: int | None = None) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if whole is None:
                self.wfile.write(text)
                return
            self.wfile.write(text[: len(text) // 2])
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_address[1]}", script)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
